"""Whatever comes in, only the library's own exceptions come out, and no personal value is said aloud.

Names of fields are said, also of metadata and custom fields: an issue could not name its field otherwise.
"""

import json
import logging
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings, strategies as st

from custsync.engine.api import apply, decide_each, plan, sync
from custsync.engine.environment import Environment
from custsync.engine.plans import Plan
from custsync.errors import CustsyncError
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.models import Customer, reveal
from custsync.rules import countries, names, normalize
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import SyncRecord
from custsync.systems.netsuite import REST, SOAP
from custsync.systems.stripe import STRIPE
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.faults import Fault, Faults
from tests.strategies import customers, json_values, netsuite_payloads, stripe_payloads

CANARY = "Kanarienvogel"
BOTH = pytest.mark.parametrize("flow", [EXPORT, IMPORT], ids=["EXPORT", "IMPORT"])
SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def world_of(flow: Flow) -> Environment:
    clock = VirtualClock()
    netsuite, stripe = FakeNetSuite(clock), FakeStripe(clock)
    ends = (netsuite, stripe) if flow is EXPORT else (stripe, netsuite)
    return Environment(source=ends[0], target=ends[1], store=MemoryStore(), clock=clock, sleep=clock.sleep)


@st.composite
def damaged(draw: st.DrawFn, payloads: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """Return a payload of which some values are anything at all."""
    payload = draw(payloads)
    for key in draw(st.lists(st.sampled_from(sorted(payload)), max_size=3)):
        payload[key] = draw(json_values(5))
    return payload


RECORDS = json_values() | damaged(stripe_payloads()) | damaged(netsuite_payloads())
TEXT_FUNCTIONS: tuple[Callable[..., Any], ...] = (
    names.split_name,
    countries.resolve_country,
    normalize.email_key,
    normalize.id_key,
    normalize.company_key,
    normalize.phone_key,
    normalize.read_stamp,
)


class TestOnlyOurOwnExceptions:
    """Nothing but `CustsyncError` leaves a public function, for any JSON."""

    @BOTH
    @SLOW
    @given(records=st.lists(RECORDS, max_size=3))
    def test_the_calls_that_people_make(self, flow: Flow, records: list[Any]) -> None:
        for call in (plan, sync, lambda *args: list(decide_each(*args))):
            with suppress(CustsyncError):
                call(flow, records, world_of(flow))
        apply(flow, plan(flow, records, world_of(flow)), world_of(flow))

    @BOTH
    @SLOW
    @given(text=st.text() | st.binary())
    def test_a_record_as_text(self, flow: Flow, text: str | bytes) -> None:
        assert len(plan(flow, [text], world_of(flow))) == 1

    @pytest.mark.parametrize("system", [REST, SOAP, STRIPE], ids=["REST", "SOAP", "STRIPE"])
    @SLOW
    @given(record=RECORDS)
    def test_reading(self, system: Any, record: Any) -> None:
        with suppress(CustsyncError):
            system.read(record, "", "")
        assert isinstance(system.id_of(record), str)

    @SLOW
    @given(data=json_values(), kind=st.sampled_from(["Create", "Update", "Unchanged", "Recover", "Review"]))
    def test_loading_a_plan(self, data: Any, kind: str) -> None:
        entry = {"kind": kind, **data} if isinstance(data, dict) else data
        head = {"format": 2, "flow": "stripe.EXPORT", "version": "1", "decisions": 1}
        for lines in ([data], [head, entry], [{**head, "decisions": data}, entry]):
            with suppress(CustsyncError):
                Plan.from_lines(map(json.dumps, lines))

    @pytest.mark.parametrize("function", TEXT_FUNCTIONS, ids=lambda function: function.__name__)
    @given(value=json_values(5) | st.text(max_size=200))
    def test_the_rules_that_stand_alone(self, function: Callable[..., Any], value: Any) -> None:
        with suppress(CustsyncError):
            function(value)


def netsuite_canary(number: int, **others: Any) -> dict[str, Any]:
    """Return a NetSuite record with the canary in every personal field."""
    texts = (
        "companyName",
        "firstName",
        "lastName",
        "altName",
        "entityId",
        "phone",
        "mobilePhone",
        "fax",
        "comments",
    )
    lines = dict.fromkeys(("addr1", "addr2", "city", "zip", "attention", "addressee", "addrPhone"), CANARY)
    line = {
        "id": 31,
        "defaultBilling": True,
        "defaultShipping": True,
        "label": CANARY,
        "addressBookAddress": {**lines, "country": {"id": "US", "refName": CANARY}},
    }
    return {
        "id": str(number),
        "isPerson": False,
        **dict.fromkeys(texts, CANARY),
        "email": f"{CANARY}.{number}@works.example",
        "custentity_note": CANARY,
        "addressBook": {"items": [line]},
        **others,
    }


def stripe_canary(number: int, **others: Any) -> dict[str, Any]:
    """Return a Stripe customer with the canary in every personal field."""
    address = dict.fromkeys(("line1", "line2", "city", "state", "postal_code"), CANARY)
    address["country"] = "US"
    return {
        "id": f"cus_{number}",
        "object": "customer",
        "livemode": False,
        "created": 1_767_225_600,
        **dict.fromkeys(("name", "phone", "description", "business_name"), CANARY),
        "email": f"{CANARY}.{number}@works.example",
        "metadata": {"note": CANARY},
        "address": address,
        "shipping": {"name": CANARY, "phone": CANARY, "address": address},
        **others,
    }


WRONG: tuple[Any, ...] = (
    {"email": [CANARY]},
    {"email": {CANARY: CANARY}},
    {"email": CANARY * 60 + "@works.example"},
    {"name": {"a": CANARY}, "companyName": [CANARY]},
    {"name": CANARY * 40, "companyName": CANARY * 40},
    {"address": CANARY, "addressBook": CANARY},
    {"address": {"country": CANARY, "line1": [CANARY]}, "addressBook": {"items": [{"id": CANARY}]}},
    {"address": {"country": CANARY}},
    {"created": CANARY, "dateCreated": CANARY},
    {"balance": CANARY, "isPerson": CANARY, "livemode": CANARY},
    {"metadata": {"note": [CANARY]}, "custentity_note": {CANARY: {CANARY: CANARY}}},
    {"id": CANARY + "!"},
    {"id": [CANARY]},
)


class Loud:
    """An adapter and store that raises, at every call, with the customer's values in the text."""

    def __init__(self, inner: Any) -> None:
        self.capabilities, self.account, self.mode = inner.capabilities, inner.account, inner.mode

    def _raise(self, *args: Any) -> Any:
        raise ValueError(f"{CANARY}: {args}")

    find = create = update = _raise


class LoudStore:
    """A store that raises, at every call."""

    def load(self, link: str, refs: Sequence[Any]) -> Sequence[SyncRecord]:
        raise OSError(CANARY)

    def find_by_digest(self, link: str, digests: Sequence[str]) -> Mapping[str, SyncRecord]:
        raise OSError(CANARY)

    def save(self, writes: Sequence[Any]) -> Sequence[bool]:
        raise OSError(CANARY)


def records_of(flow: Flow) -> list[Any]:
    make = netsuite_canary if flow is EXPORT else stripe_canary
    wrong = [make(50 + number, **dict(change)) for number, change in enumerate(WRONG)]
    shared = make(3, email=f"{CANARY}.2@works.example")
    return [make(1), make(2), shared, *wrong, CANARY, [CANARY], f'{{"{CANARY}'.encode()]


def told_of_everything(flow: Flow, world: Environment) -> Iterator[str]:
    """Yield every text that a run over those records gives to people who did not ask for values."""
    store: Any = world.store
    try:
        for _ in range(2):
            made = plan(flow, records_of(flow), world)
            yield from (repr(made), str(made), *map(repr, made), *map(str, made))
            yield from (made.explain(decision.source) for decision in made)
            outcomes: list[Any] = []
            report = sync(flow, records_of(flow), world, observe=outcomes.append)
            yield from (repr(report), str(report), *map(repr, outcomes), *map(str, outcomes))
        yield from map(repr, store.records(flow.link))
    except CustsyncError as error:
        yield "".join(traceback.format_exception(error))
        yield from map(repr, (error, error.args, error.__cause__, getattr(error, "issues", ())))


def _quarrelsome(flow: Flow) -> Environment:
    """Return a world whose target has customers too, and where answers get lost."""
    world = world_of(flow)
    target: Any = world.target
    for number in (2, 3):
        target.put(stripe_canary(number) if flow is EXPORT else netsuite_canary(number))
    return Faults({9: Fault.LOST_AFTER, 12: Fault.RAISED_BEFORE}).around(world)


class TestNoPersonalValueIsSaid:
    """A canary in every field is never seen in a repr, a text, a log, a warning or an exception."""

    @BOTH
    @pytest.mark.parametrize("trouble", ["none", "lost answers", "loud target", "loud source", "loud store"])
    def test_in_a_run(self, flow: Flow, trouble: str, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        world = world_of(flow)
        loud = {
            "none": lambda: world,
            "lost answers": lambda: _quarrelsome(flow),
            "loud target": lambda: _with(world, target=Loud(world.target)),
            "loud source": lambda: _with(world, source=Loud(world.source)),
            "loud store": lambda: _with(world, store=LoudStore()),
        }[trouble]()
        with warnings.catch_warnings(record=True) as warned:
            texts = [*told_of_everything(flow, loud)] if trouble != "lost answers" else [*_told(flow, loud)]
        assert texts
        assert [text for text in [*texts, caplog.text, *map(str, warned)] if CANARY in text] == []

    @pytest.mark.parametrize("system", [REST, STRIPE], ids=["REST", "STRIPE"])
    @pytest.mark.parametrize("change", WRONG, ids="+".join)
    def test_in_a_refusal_to_read(self, system: Any, change: dict[str, Any]) -> None:
        payload = netsuite_canary(1, **change) if system is REST else stripe_canary(1, **change)
        try:
            assert CANARY not in repr(system.read(payload, "", ""))
        except CustsyncError as error:
            texts = ["".join(traceback.format_exception(error)), repr(error), repr(error.args)]
            assert [text for text in texts if CANARY in text] == []

    @given(customer=customers())
    def test_in_the_repr_of_a_customer(self, customer: Customer) -> None:
        assert str(customer.email or "@") not in repr(customer)
        assert str(customer.email or "") in reveal(customer)

    def test_unless_values_are_asked_for(self) -> None:
        made = plan(EXPORT, [netsuite_canary(1)], world_of(EXPORT))
        assert CANARY in made.explain("1", values=True)


def _with(world: Environment, **changes: Any) -> Environment:
    return evolve(world, **changes)


def _told(flow: Flow, world: Environment) -> Iterator[str]:
    try:
        for _ in range(3):
            report = sync(flow, records_of(flow), world)
            yield from (repr(report), str(report))
    except CustsyncError as error:
        yield "".join(traceback.format_exception(error))
