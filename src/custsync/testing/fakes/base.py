"""What the in-memory systems share: rows with a history, idempotency keys, lagging look-ups, late effects.

A system has payloads in its vendor's shape and is an adapter (`custsync.protocols.Adapter`) at the same
time.
Beside the adapter's methods it has methods for tests (`rows`, `row`, `put`, `edit`, `remove`), by which a
test acts as a person who works there, and reads the records.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from attrs import define, field, frozen

from custsync.protocols import (
    Answer,
    Capabilities,
    CreateRequest,
    Done,
    Exists,
    Found,
    Payload,
    Rejected,
    Tier,
    Unknown,
    UpdateRequest,
)
from custsync.testing.clock import VirtualClock

KEY_LIFETIME = timedelta(hours=24)
SETTLE_WINDOW = timedelta(minutes=10)
LAG = timedelta(minutes=1)

Row = dict[str, Any]


class Refusal(Exception):  # noqa: N818 - a business "no", not an error
    """Ends a write that the system refuses; `answer` is what the caller gets."""

    def __init__(self, answer: Answer) -> None:
        """Keep the answer."""
        super().__init__(type(answer).__name__)
        self.answer = answer


def accepted(made: Row | Answer) -> Row:
    """Return the row that a write made.

    Raises:
        Refusal: the system refuses the write.
    """
    if not isinstance(made, dict):
        raise Refusal(made)
    return made


@frozen
class _Kept:
    """What is kept under an idempotency key."""

    at: datetime
    payload: Payload = field(repr=False)
    answer: Answer = field(repr=False)


@define(slots=False, eq=False, repr=False)
class FakeSystem:
    """An adapter over rows in memory; a subclass adds a vendor's shape and special behaviour.

    Attributes:
        clock: the time, aware UTC.
        tier: what protects a create from being doubled.
        account: the account of the ids.
        mode: the mode of the ids.
        lag: the delay of lagging look-ups: in tier D all but the one by id.
        key_lifetime: how long an idempotency key is kept (tier B); then it is forgotten.
        settle_window: declared: the longest time after which a create that seemed lost can still appear.
        capabilities: what the system declares of itself.
        writes: the kind and the id of each write that took effect, in order.
    """

    system: ClassVar[str]
    finds: ClassVar[Mapping[str, int]]
    id_key: ClassVar[str] = "id"
    answers_with_payload: ClassVar[bool] = True
    merges: ClassVar[int] = 0
    first_id: ClassVar[int] = 1
    keys: ClassVar[Mapping[str, str]] = {}
    stamp_form: ClassVar[str] = "%Y-%m-%dT%H:%M:%SZ"

    clock: Callable[[], datetime] = field(factory=VirtualClock)
    tier: Tier = field(kw_only=True)
    account: str = field(default="", kw_only=True)
    mode: str = field(default="", kw_only=True)
    lag: timedelta = field(default=LAG, kw_only=True)
    key_lifetime: timedelta = field(default=KEY_LIFETIME, kw_only=True)
    settle_window: timedelta = field(default=SETTLE_WINDOW, kw_only=True)
    capabilities: Capabilities = field(init=False)
    writes: list[tuple[str, str]] = field(factory=list, init=False)
    _pasts: dict[str, list[tuple[datetime, Row | None]]] = field(factory=dict, init=False)
    _places: dict[str, int] = field(factory=dict, init=False)
    _holders: dict[str, set[str]] = field(factory=dict, init=False)
    _keys: dict[str, _Kept] = field(factory=dict, init=False)
    _late: list[tuple[datetime, Callable[[], object]]] = field(factory=list, init=False)
    _next: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Declare what the system can do."""
        finds = self._finds()
        self.capabilities = Capabilities(
            tier=self.tier,
            key_lifetime=self.key_lifetime if self.tier is Tier.B else timedelta(0),
            settle_window=self.settle_window,
            lookups=finds,
            eventually_consistent=frozenset(finds.keys() - {"id"} if self.tier is Tier.D else ()),
            merges=self.merges,
            answers_with_payload=self.answers_with_payload,
        )
        self._next = self.first_id

    # What an adapter does

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        """Return, for each value, every row whose `by` equals it, as copies."""
        self._receive(self.capabilities.lookups.get(by, 0), values)
        late = by in self.capabilities.eventually_consistent
        found = {value: self._holding(by, value, self._seen(late, holding=value)) for value in values}
        return {value: [_copy(row) for row in rows if self._is_seen(row)] for value, rows in found.items()}

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        """Create each row; under tier B once per key, while the key is kept."""
        self._receive(self.capabilities.creates, requests)
        return {request.key: self._create(request) for request in requests}

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        """Change the rows, each by the fields of its payload."""
        self._receive(self.capabilities.updates, requests)
        return {request.id: self._update(request) for request in requests}

    # The back door

    @property
    def rows(self) -> list[Row]:
        """Return all rows as they are now, oldest first, as copies; with the late effects that are due."""
        self.arrive()
        return [_copy(row) for row in self._seen(late=False)]

    def row(self, identity: str) -> Row:
        """Return one row as it is now, as a copy."""
        self.arrive()
        (row,) = self._held("id", identity)
        return _copy(row)  # type: ignore[no-any-return]

    def put(self, payload: Payload) -> str:
        """Have a person enter a row, without the checks of a write; return its id."""
        row = {**self.blank(), **_copy(payload)}
        row.setdefault(self.id_key, self._new_id())
        self._keep(self._identity(row), row)
        return self._identity(row)

    def edit(self, identity: str, **changes: Any) -> None:
        """Have a person change a row, as an update would; None empties a field.

        Raises:
            Refusal: the system refuses it.
        """
        row = self.row(identity)
        self._edit(row, changes)
        self._keep(identity, row)

    def remove(self, identity: str) -> None:
        """Have a person delete a row."""
        self._keep(identity, self._tombstone(identity))

    def later(self, delay: timedelta, effect: Callable[[], object]) -> None:
        """Schedule an effect for that time."""
        self._late.append((self.clock() + delay, effect))

    @property
    def has_late(self) -> bool:
        """Return whether something is still to happen here."""
        return bool(self._late)

    def arrive(self) -> None:
        """Carry out all late effects that are due."""
        due = [effect for at, effect in self._late if at <= self.clock()]
        self._late = [(at, effect) for at, effect in self._late if at > self.clock()]
        for effect in due:
            effect()

    # The vendor's shape

    def blank(self) -> Row:
        """Return what every row of this system has."""
        raise NotImplementedError

    def _finds(self) -> Mapping[str, int]:
        return self.finds

    def _holding(self, by: str, value: str, rows: Iterable[Row]) -> list[Row]:
        """Return the rows whose `by` is the value; `keys` has the vendor's names of look-ups."""
        if by == "id":
            return [row for row in rows if self._identity(row) == value]
        key = self.keys.get(by, by)
        return [row for row in rows if row[key] == value]

    def _is_seen(self, row: Row) -> bool:
        """Return whether look-ups and updates find the row."""
        return True

    def _created(self, payload: Payload) -> Row:
        row = self.blank()
        self._change(row, payload)
        return row

    def _change(self, row: Row, payload: Payload) -> None:
        raise NotImplementedError

    def _edit(self, row: Row, changes: Row) -> None:
        """Change the row as a person does."""
        self._change(row, changes)

    def _tombstone(self, identity: str) -> Row | None:
        return None

    def _named(self, number: int) -> Any:
        return str(number)

    def _stamp(self) -> str:
        """Return the time, as this system writes it."""
        return self.clock().strftime(self.stamp_form)

    def _is_gone(self, row: Row) -> bool:
        return bool(row.get("deleted"))

    def _identity(self, row: Row) -> str:
        return str(row[self.id_key])

    # How writes happen

    def _create(self, request: CreateRequest) -> Answer:
        kept = self._keys.get(request.key) if self.tier is Tier.B else None
        if kept is not None and self.clock() < kept.at + self.capabilities.key_lifetime:
            return kept.answer if kept.payload == request.payload else Unknown("idempotency_error")
        try:
            row = self._created(_copy(request.payload))
        except Refusal as refusal:
            return refusal.answer
        row.setdefault(self.id_key, self._new_id())
        self._keep(self._identity(row), row)
        self.writes.append(("create", self._identity(row)))
        answer = self._done(row)
        self._keys[request.key] = _Kept(self.clock(), _copy(request.payload), answer)
        return answer

    def _update(self, request: UpdateRequest) -> Answer:
        there = filter(self._is_seen, self._held("id", request.id))
        row = next((row for row in there if not self._is_gone(row)), None)
        if row is None:
            return Rejected("resource_missing", "id")
        row = _copy(row)
        try:
            self._change(row, _copy(request.payload))
        except Refusal as refusal:
            return refusal.answer
        self._keep(request.id, row)
        self.writes.append(("update", request.id))
        return self._done(row)

    def _done(self, row: Row) -> Done:
        return Done(self._identity(row), _copy(row) if self.answers_with_payload else None)

    def _keep(self, identity: str, row: Row | None) -> None:
        self._pasts.setdefault(identity, []).append((self.clock(), None if row is None else _copy(row)))
        self._places.setdefault(identity, len(self._places))
        for text in _texts(row):
            self._holders.setdefault(text, set()).add(identity)

    def _seen(self, late: bool, *, holding: str | None = None) -> list[Row]:  # noqa: FBT001 - two views
        """Return the rows as they are, or as they were before the lag, oldest first.

        `holding` narrows them, at a cost that does not grow with the rows, to those that have or had this
        text in any field, in any case: the caller still has to check the field.
        """
        until = self.clock() - (self.lag if late else timedelta(0))
        named: Iterable[str] = self._pasts
        if holding is not None:
            named = sorted(self._holders.get(holding.casefold(), ()), key=self._places.__getitem__)
        views = (_as_of(self._pasts[identity], until) for identity in named)
        return [row for row in views if row is not None]

    def _held(self, by: str, value: str) -> list[Row]:
        """Return the rows whose `by` is the value now, also those that look-ups do not find."""
        return self._holding(by, value, self._seen(late=False, holding=str(value)))

    def _refuse_taken(self, row: Row, by: str, code: str = "taken") -> None:
        """Refuse a value that another row has; the holder of a new row's is named where it can be read."""
        key = self.keys.get(by, by)
        for other in self._held(by, row[key]):
            if self.id_key not in row:
                raise Refusal(Exists(self._identity(other) if self._is_seen(other) else ""))
            if other[self.id_key] != row[self.id_key]:
                raise Refusal(Rejected(code, key))

    def _new_id(self) -> Any:
        self._next += 1
        return self._named(self._next - 1)

    def _receive(self, most: int, requests: Sequence[object]) -> None:
        """Carry out the late effects that are due; refuse more requests than one call takes."""
        self.arrive()
        if len(requests) > most:
            raise ValueError(f"{len(requests)} at once; at most {most} are accepted")


def _as_of(past: Sequence[tuple[datetime, Row | None]], until: datetime) -> Row | None:
    return next((row for at, row in reversed(past) if at <= until), None)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text and number of a row as text, in one case, at whatever depth."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif value is not None:
        yield str(value).casefold()


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))
