"""A small world for the engine's tests: two plain systems, a flow between them, parties that fail when told.

A payload here has our own field names. `Party` is an adapter over rows in memory; `Party.then` says what its
next calls do instead of what they should.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import define, evolve, field

from custsync.engine.calls import End
from custsync.engine.environment import AsyncEnvironment, Environment
from custsync.engine.plan.context import RunContext
from custsync.engine.requests import Side
from custsync.errors import PayloadError
from custsync.flow import Flow
from custsync.models import ABSENT, Address, Customer, Issue, Ref
from custsync.protocols import Capabilities, CreateRequest, Done, Exists, Rejected, Tier, UpdateRequest
from custsync.rules.fields.mapping import FieldMapping, value_of
from custsync.rules.matching.rule import Key
from custsync.rules.matching.steps import MatchStep
from custsync.rules.normalize import email_key
from custsync.stores.async_store import AwaitableStore
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import RecordWrite, SyncRecord
from custsync.systems.system import System

LINK: Final = "shop-books"
NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
DAY: Final = timedelta(days=1)
WINDOW: Final = timedelta(minutes=10)
TEXTS: Final = ("name", "email", "phone", "external_id")
_NOT_A_TEXT: Final = Issue(
    code="not_a_text", rule="G-ISO", field="name", reason="not a text", remedy="Send a text"
)


def _read(system: str, payload: Mapping[str, Any], account: str, mode: str) -> Customer:
    if not id_of(payload) or not isinstance(payload.get("name", ""), str | None):
        raise PayloadError("a payload that is not of its system's shape", (_NOT_A_TEXT,))
    modified = payload.get("modified")
    address = payload.get("address", ABSENT)
    line = Address(default_billing=True, **address) if isinstance(address, Mapping) else None
    return Customer(
        ref=Ref(system, payload["id"], account, mode, payload.get("kind", "customer")),
        deleted=payload.get("deleted", False),
        modified_at=datetime.fromisoformat(modified) if modified else ABSENT,
        addresses=ABSENT if address is ABSENT else ((line,) if line else ()),
        custom=dict(payload.get("custom", {})),
        **{name: payload[name] for name in TEXTS if name in payload},
    )


def read_shop(payload: Mapping[str, Any], account: str = "", mode: str = "") -> Customer:
    return _read("shop", payload, account, mode)


def read_books(payload: Mapping[str, Any], account: str = "", mode: str = "") -> Customer:
    return _read("books", payload, account, mode)


def write(values: Mapping[str, Any], _current: Customer | None = None) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    for name, value in values.items():
        if name.startswith("custom."):
            payload.setdefault("custom", {})[name[7:]] = value
        elif name == "billing_address":
            payload["address"] = value and {"city": value.city}
        else:
            payload[name] = value
    return payload


def id_of(payload: Mapping[str, Any]) -> str:
    found = payload.get("id")
    return found if type(found) is str else ""


def is_deleted(payload: Mapping[str, Any]) -> bool:
    return bool(payload.get("deleted"))


def billing(customer: Customer, _current: Customer | None) -> Any:
    return customer.billing_address


def row(target: str, **changes: Any) -> FieldMapping:
    """Return the row that carries one field over as it is."""
    parts: dict[str, Any] = {"sources": (target,), "rule": "G-LOSS", "compute": Read(target)}
    return FieldMapping(target=target, **parts | changes)


@define(frozen=True)
class Read:
    """Read one field of the source as it is."""

    name: str

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        return value_of(customer, self.name)


SHOP: Final = System(name="shop", read=read_shop, write=write, id_of=id_of, is_deleted=is_deleted)
BOOKS: Final = System(name="books", read=read_books, write=write, id_of=id_of, is_deleted=is_deleted)
BY_ID: Final = MatchStep(
    id="SP-OUT-1",
    keys=Key("custom.books_id", right="id", kind="id"),
    question="By id?",
    lookup="id",
    authoritative=True,
)
BY_EMAIL: Final = MatchStep(
    id="SP-OUT-2", keys=Key("email", kind=email_key), question="By email?", lookup="email"
)
STAMP: Final = "custom.shop_id"
FLOW: Final = Flow(
    name="shop.EXPORT",
    link=LINK,
    source=SHOP,
    target=BOOKS,
    match=(BY_ID, BY_EMAIL),
    fields=(row("name"), row("email"), row("phone"), row(STAMP, sources=("id",), compute=Read("id"))),
    source_id_field=STAMP,
    write_back="custom.books_id",
)


def shop(identity: str = "1", **values: Any) -> Customer:
    return Customer(ref=Ref("shop", identity), **values)


def books(identity: str = "b1", **values: Any) -> Customer:
    return Customer(ref=Ref("books", identity), **values)


Instead = Callable[["Party", Any], Any]


@define
class Party:
    """An adapter over rows in memory, with idempotency keys in tier B and unique external ids in tier A."""

    prefix: str = "b"
    tier: Tier = Tier.B
    finds: tuple[str, ...] = ("id", "email")
    lagging: tuple[str, ...] = ()
    shows_answers: bool = True
    account: str = ""
    mode: str = ""
    size: int = 10
    rows: dict[str, dict[str, Any]] = field(factory=dict)
    keys: dict[str, str] = field(factory=dict)
    calls: list[tuple[str, Any]] = field(factory=list)
    instead: dict[str, list[Instead]] = field(factory=dict)

    capabilities: Capabilities = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.capabilities = Capabilities(
            tier=self.tier,
            key_lifetime=DAY if self.tier is Tier.B else timedelta(0),
            settle_window=WINDOW,
            lookups=dict.fromkeys(self.finds, self.size),
            eventually_consistent=frozenset(self.lagging),
            creates=self.size,
            updates=self.size,
            answers_with_payload=self.shows_answers,
        )

    def then(self, method: str, *instead: Instead) -> "Party":
        self.instead.setdefault(method, []).extend(instead)
        return self

    def put(self, identity: str, **values: Any) -> "Party":
        self.rows[identity] = {"id": identity, **values}
        return self

    @property
    def writes(self) -> list[tuple[str, Any]]:
        return [call for call in self.calls if call[0] != "find"]

    def payloads(self) -> list[dict[str, Any]]:
        return deepcopy(list(self.rows.values()))

    def find(self, by: str, values: Sequence[str]) -> Any:
        self.calls.append(("find", (by, tuple(values))))
        return self._answered("find", (by, values))

    def create(self, requests: Sequence[CreateRequest]) -> Any:
        self.calls.append(("create", tuple(request.key for request in requests)))
        return self._answered("create", requests)

    def update(self, requests: Sequence[UpdateRequest]) -> Any:
        self.calls.append(("update", tuple((request.id, dict(request.payload)) for request in requests)))
        return self._answered("update", requests)

    def _answered(self, method: str, asked: Any) -> Any:
        instead = self.instead.get(method)
        return (instead.pop(0) if instead else getattr(Party, f"do_{method}"))(self, asked)

    def do_find(self, asked: tuple[str, Sequence[str]]) -> Any:
        by, values = asked
        return {
            value: [deepcopy(entry) for entry in self.rows.values() if _holds(entry, by, value)]
            for value in values
        }

    def do_create(self, requests: Sequence[CreateRequest]) -> Any:
        return {request.key: self._create(request) for request in requests}

    def _create(self, request: CreateRequest) -> Any:
        unique = request.payload.get("external_id")
        if self.tier is Tier.A and any(entry.get("external_id") == unique for entry in self.rows.values()):
            return Exists()
        identity = self.keys.get(request.key) if self.tier is Tier.B else None
        if identity is None:
            identity = f"{self.prefix}{len(self.rows) + 1}"
            self.rows[identity] = {"id": identity, **deepcopy(dict(request.payload))}
            self.keys[request.key] = identity
        return self.done(identity)

    def do_update(self, requests: Sequence[UpdateRequest]) -> Any:
        return {request.id: self._update(request) for request in requests}

    def _update(self, request: UpdateRequest) -> Any:
        if request.id not in self.rows:
            return Rejected("missing", "id")
        there = self.rows[request.id]
        custom = {**there.get("custom", {}), **request.payload.get("custom", {})}
        there.update({**request.payload, "custom": custom})
        return self.done(request.id)

    def done(self, identity: str) -> Done:
        return Done(identity, deepcopy(self.rows[identity]) if self.shows_answers else None)


def _holds(entry: Mapping[str, Any], by: str, value: str) -> bool:
    if by.startswith("custom."):
        return bool(entry.get("custom", {}).get(by[7:]) == value)
    return str(entry.get(by) or "").lower() == value.lower()


def lost_after(method: str) -> Instead:
    """Do it, and lose the answer: a time-out whose write went through."""

    def call(party: Party, asked: Any) -> Any:
        getattr(party, f"do_{method}")(asked)
        raise TimeoutError

    return call


def lost_before(_party: Party, _asked: Any) -> Any:
    raise TimeoutError


def answering(answer: Any) -> Instead:
    """Answer each of those asked with the same, and do nothing."""

    def call(_party: Party, asked: Any) -> Any:
        if isinstance(asked, tuple) and isinstance(asked[0], str):
            return dict.fromkeys(asked[1], answer)
        return {getattr(one, "key", None) or one.id: answer for one in asked}

    return call


def saying(answers: Any) -> Instead:
    """Answer with exactly this, whatever was asked."""

    def call(_party: Party, _asked: Any) -> Any:
        return answers

    return call


class Clock:
    """A world's clock and sleep: sleeping moves it."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


class CountingStore(MemoryStore):
    """A store that counts what it saves, and how often it is called to."""

    def __init__(self) -> None:
        super().__init__()
        self.saves = self.calls = 0

    def save(self, writes: Sequence[RecordWrite]) -> list[bool]:
        self.saves += len(writes)
        self.calls += 1
        return super().save(writes)


@define
class Setup:
    """A source, a target, a store and a clock, and the worlds that they make."""

    source: Party = field(factory=lambda: Party(prefix=""))
    target: Party = field(factory=Party)
    store: CountingStore = field(factory=CountingStore)
    clock: Clock = field(factory=Clock)

    @property
    def world(self) -> Environment:
        return Environment(
            source=self.source,
            target=self.target,
            store=self.store,
            clock=self.clock,
            sleep=self.clock.sleep,
            random=_no_chance,
        )

    @property
    def async_world(self) -> AsyncEnvironment:
        return AsyncEnvironment(
            source=AsyncParty(self.source),
            target=AsyncParty(self.target),
            store=AwaitableStore(self.store),
            clock=self.clock,
            sleep=_async_sleep(self.clock),
            random=_no_chance,
        )

    def records(self) -> list[SyncRecord]:
        return list(self.store.records(LINK))

    def the_record(self) -> SyncRecord:
        (record,) = self.records()
        return record

    def keep(self, record: SyncRecord) -> SyncRecord:
        """Have a record in the store; return it as stored."""
        assert self.store.save([RecordWrite(record=record, expected=record.version)]) == [True]
        return evolve(record, version=record.version + 1)


def _no_chance() -> float:
    return 0.0


def _async_sleep(clock: Clock) -> Callable[[float], Any]:
    async def sleep(seconds: float) -> None:
        clock.sleep(seconds)

    return sleep


@define
class AsyncParty:
    """A party whose calls are coroutines."""

    party: Party
    capabilities: Capabilities = field(init=False)
    account: str = field(init=False)
    mode: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.capabilities = self.party.capabilities
        self.account, self.mode = self.party.account, self.party.mode

    async def find(self, by: str, values: Sequence[str]) -> Any:
        return self.party.find(by, values)

    async def create(self, requests: Sequence[CreateRequest]) -> Any:
        return self.party.create(requests)

    async def update(self, requests: Sequence[UpdateRequest]) -> Any:
        return self.party.update(requests)


def run_context(target: Party, source: Party | None = None, *, incremental: bool = False) -> RunContext:
    return RunContext(
        source=End(Side.SOURCE, (source or Party(finds=())).capabilities),
        target=End(Side.TARGET, target.capabilities),
        incremental=incremental,
    )
