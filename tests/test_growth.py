"""What is said to take linear time does: ten times the customers, about ten times the steps.

Steps are counted, never timed.
"""

import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from custsync import (
    Environment,
    Field,
    MatchStrategy,
    choose_survivor,
    find_duplicates,
    flatten,
    identities,
    match_customers,
    merge_customers,
    plan,
    sync,
)
from custsync.flow import Flow
from custsync.flows import lightspeed, stripe, upflow
from custsync.flows.servicetitan import join_transactions
from custsync.models import Contact, Customer, Ref
from custsync.rules.contacts import (
    CustomerContacts,
    contact_records,
    contacts_of,
    custom_contacts,
    overridden,
)
from custsync.rules.fields.conflicts import merge_fields
from custsync.rules.hierarchy import in_order, roll_up
from custsync.rules.identity import Link
from custsync.rules.merging import reparented
from custsync.rules.merging.redirects import redirects_of
from custsync.stores.memory import MemoryStore
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.fakes.upflow import FakeUpflowImport
from tests.public_api.catalogue import MODULES, names_of
from tests.test_linear_text import RULES, steps

BY_EMAIL = MatchStrategy(fields=(Field("email"), Field("company_name")))


def customers(count: int, system: str = "netsuite") -> list[Customer]:
    return [
        Customer(ref=Ref(system, str(n)), email=f"c{n}@lund{n}.example", company_name=f"Lund Mills {n}")
        for n in range(count)
    ]


def several(count: int) -> tuple[Contact, ...]:
    return tuple(Contact(email=f"c{n}@lund.example", name=f"Vale {n}") for n in range(count))


def with_contacts(count: int) -> Customer:
    return Customer(
        ref=Ref("netsuite", "1"),
        contacts=several(count),
        custom={f"custentity_{n}": f"c{n}@lund.example" for n in range(count)},
    )


def chain(count: int) -> dict[str, str | None]:
    return {str(n): str(n - 1) if n else None for n in range(count)}


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {"id": str(n), "entityId": f"C-{n}", "companyName": f"Lund Mills {n}"} for n in range(1, count + 1)
    ]


GROWING: dict[str, Callable[[int], object]] = {
    "choose_survivor": lambda n: choose_survivor(customers(n), "oldest"),
    "find_duplicates": lambda n: find_duplicates(customers(n), BY_EMAIL),
    "match_customers": lambda n: match_customers(customers(n), customers(n, "stripe"), BY_EMAIL),
    "flatten": lambda n: flatten(chain(n)),
    "in_order": lambda n: in_order(chain(n)),
    "roll_up": lambda n: roll_up({str(at): {"EUR": Decimal(1)} for at in range(n)}, chain(n)),
    "identities": lambda n: identities(
        [*customers(n), *customers(n, "stripe")],
        [Link(one=Ref("netsuite", str(at)), other=Ref("stripe", str(at)), by="kept id") for at in range(n)],
    ),
    "merge_customers": lambda n: merge_customers(customers(n)[0], customers(n)[1:]),
    "contact_records": lambda n: contact_records(several(n)),
    "contacts_of": lambda n: contacts_of(with_contacts(n)),
    "custom_contacts": lambda n: custom_contacts(with_contacts(n), [f"custentity_{at}" for at in range(n)]),
    "overridden": lambda n: overridden(
        CustomerContacts(contacts=several(n)), CustomerContacts(contacts=several(2 * n)), keep_others=True
    ),
    "merge_fields": lambda n: merge_fields({}, {str(at): "a" for at in range(n)}, {}),
    "redirects_of": lambda n: redirects_of((str(at), str(at + 1)) for at in range(n)),
    "reparented": lambda n: reparented(chain(n), redirects_of([(str(n - 1), str(n - 2))])[0]),
    "join_transactions": lambda n: join_transactions([{"id": at} for at in range(n)], ()),
}


def world(target: Any, clock: VirtualClock) -> Environment:
    source = FakeNetSuite(clock)
    return Environment(target=target, source=source, store=MemoryStore(), clock=clock, sleep=clock.sleep)


def run(flow: Flow, target: Callable[[VirtualClock], Any], count: int) -> None:
    """Plan and sync new customers, and sync them again."""
    clock = VirtualClock()
    ends = world(target(clock), clock)
    plan(flow, rows(count), ends)
    sync(flow, rows(count), ends, batch=20)
    sync(flow, rows(count), ends, batch=20)


RUNS: dict[str, Callable[[int], object]] = {
    "stripe.EXPORT": lambda n: run(stripe.EXPORT, FakeStripe, n),
    "lightspeed.CUSTOMER_EXPORT": lambda n: run(lightspeed.CUSTOMER_EXPORT, FakeLightspeed, n),
    "upflow.CUSTOMER_IMPORT": lambda n: run(upflow.CUSTOMER_IMPORT, FakeUpflowImport, n),
}


def quadratic(count: int) -> None:
    for _ in range(count):
        for _ in range(count):
            pass


@pytest.mark.parametrize("name", [*GROWING, *RUNS])
def test_ten_times_as_many_take_about_ten_times_the_steps(name: str) -> None:
    call = {**GROWING, **RUNS}[name]
    call(1)  # tables that are made once
    few, small, large = (steps(call, count) for count in (1, 20, 200))
    assert large - few <= 12 * (small - few) + 2000


def test_the_count_sees_what_is_not_linear() -> None:
    assert steps(quadratic, 400) > 50 * steps(quadratic, 40)


def test_whatever_is_said_to_be_linear_is_counted() -> None:
    said = {
        name
        for module in MODULES
        for name, value in names_of(module)
        if inspect.isfunction(value) and "inear" in (inspect.getdoc(value) or "")
    }
    assert said - GROWING.keys() - {name.partition(",")[0] for name in RULES} == set()
