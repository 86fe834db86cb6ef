"""A part of a record: fields that are read without the others are what the whole record says."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any, Final

import pytest
from attrs import fields

from custsync.errors import PayloadError
from custsync.models import ABSENT, Customer
from custsync.protocols import Payload
from custsync.rules.fields.limits import ADDRESSES
from custsync.rules.fields.mapping import value_of
from custsync.systems.netsuite import suiteql
from custsync.systems.stripe import STRIPE
from custsync.systems.system import System
from custsync.testing.system_contract import SystemContract
from tests.benchmarks.flows import CASES, Block, Case
from tests.benchmarks.timing import Stopwatch
from tests.engine.test_quick_and_careful import MANY, damaged, reshaped
from tests.systems import test_system_contract as contracts

CONTRACTS: Final = [
    one()
    for one in vars(contracts).values()
    if isinstance(one, type) and issubclass(one, SystemContract) and hasattr(one, "system")
]
WHOLE: Final = [one.name for one in fields(Customer) if one.name not in ("ref", "issues")]


def glimpsed(read: Callable[..., Customer], row: Any, names: Sequence[str]) -> object:
    try:
        customer = read(row, "acme", "test")
    except PayloadError:
        return None
    known = (customer.ref, customer.deleted, customer.merged_into)
    return (*known, *(_part_of(customer, name) for name in names))


def _part_of(customer: Customer, name: str) -> object:
    head, _, rest = name.partition(".")
    return customer.extra.get(rest, ABSENT) if head == "extra" and rest else value_of(customer, name)


def names_of(system: System, rows: Sequence[Payload]) -> list[str]:
    """Return all that can be read of these records: each field, each custom field, each that is kept."""
    read = [system.read(row, "acme", "test") for row in rows]
    held = {f"custom.{name}" for one in read for name in ("unheard", *one.custom)}
    kept = {f"extra.{name}" for one in read for name in ("unheard", *one.extra)}
    return [*WHOLE, *ADDRESSES, "id", *sorted(held), *sorted(kept)]


def assert_one(system: System, good: Sequence[Payload], odd: Sequence[Payload], random: Random) -> None:
    """Assert that any few names are read of each record as the whole record has them."""
    names = names_of(system, good)
    for some in [[name] for name in names] + [random.sample(names, 3) for _ in range(10)]:
        glance, rows = system.glance(*some), [*good, *random.sample(odd, min(len(odd), 12))]
        whole = [glimpsed(system.read, row, some) for row in rows]
        little = [glimpsed(glance, row, some) for row in rows]
        wrong = [at for at, known in enumerate(whole) if known is not None and little[at] != known]
        assert not wrong, (some, wrong)


@pytest.mark.rule("G-IDEM", "G-DUP")
class TestGlance:
    """What is read of a record in part is what the whole record says."""

    @pytest.mark.parametrize("contract", CONTRACTS, ids=lambda one: type(one).__name__)
    def test_each_system(self, contract: Any) -> None:
        random = Random(11)  # noqa: S311 - the same records in every run
        good: Sequence[Payload] = contract.payloads()
        odd = [damaged(deepcopy(row), random) for row in good for _ in range(60)]
        odd += [reshaped(row, random) for row in good for _ in range(20)]
        odd += [{key.upper(): value for key, value in row.items()} for row in good]
        assert_one(contract.system, good, odd, random)

    @pytest.mark.parametrize("case", CASES, ids=lambda one: one.flow.name)
    def test_both_ends_of_each_flow(self, case: Case) -> None:
        random = Random(7)  # noqa: S311 - the same customers in every run
        world = Block(case, range(MANY), True, Stopwatch()).synced()[1]  # noqa: FBT003 - linked
        for system, fake in ((case.flow.source, world.source.fake), (case.flow.target, world.target.fake)):  # type: ignore[union-attr,attr-defined]
            rows = [deepcopy(row) for row in fake.rows]
            dead = [{**rows[0], "deleted": True}, {**rows[0], "deleted_at": "2026-10-02T07:15:00+00:00"}]
            odd = [damaged(row, random) for row in rows * 4] + [reshaped(row, random) for row in rows * 2]
            good = [row for row in rows if glimpsed(system.read, row, ())]
            assert_one(system, good[:4], [*dead, *odd], random)

    def test_columns_that_a_query_selects(self) -> None:
        system = suiteql(columns=["id", "isperson", "phone", "custentity_tier"])
        row = {"id": "7", "isperson": "F"}
        for names in (("phone",), ("custom.custentity_tier",), ("email", "billing_address")):
            assert glimpsed(system.glance(*names), row, names) == glimpsed(system.read, row, names)

    def test_other_fields_are_passed_over(self) -> None:
        customer = STRIPE.glance("email", "phone")({"id": "cus_1", "email": "a@b.example", "name": 7}, "", "")
        assert (customer.email, customer.phone, customer.name) == ("a@b.example", ABSENT, ABSENT)
        with pytest.raises(PayloadError):
            STRIPE.glance("name")({"id": "cus_1", "email": "a@b.example", "name": 7}, "", "")

    def test_what_reads_a_few_fields_is_made_once(self) -> None:
        assert STRIPE.glance("email") is STRIPE.glance("email")
        assert all(case.flow.source.glance("email") is not case.flow.source.read for case in CASES)
