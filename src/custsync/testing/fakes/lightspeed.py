"""Lightspeed X-Series in memory: its customer object in both generations, and the quirks that are known."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, ClassVar, Final, Literal

from attrs import define, field

from custsync._arguments import checked
from custsync.protocols import Payload, Tier
from custsync.systems.lightspeed_writes import BLANK, FIELDS, WALK_IN, changed, created, made_up_code
from custsync.testing.fakes.base import FakeSystem, Row, accepted

__all__ = ["FakeLightspeed"]

_AMOUNTS: Final = ("year_to_date", "balance", "loyalty_balance")
_OLD: Final[Mapping[str, str]] = {
    "gender": "sex",
    **{f"{kind}_address_{line}": f"{kind}_address{line}" for kind in ("physical", "postal") for line in "12"},
}
"""The keys of 2.0 that the 0.9 era spells otherwise."""
_NEW: Final[Mapping[str, str]] = {old: new for new, old in _OLD.items()}
_STAMPS: Final = {"0.9": "%Y-%m-%d %H:%M:%S", "2.0": "%Y-%m-%dT%H:%M:%S+00:00"}
_GROUP: Final = "0a6f6e36-8bab-11ea-f3d6-5a11c2b9d0e1"


@checked
@define(slots=False, eq=False, repr=False)
class FakeLightspeed(FakeSystem):
    """Lightspeed's customers. The shop's anonymous one, WALKIN, is there from the start, and never written.

    `tier` C is Lightspeed as it is known: a second create with a customer code is `Exists`, but the result of
    two writers at once is not documented. A takes the code for unique; in D all look-ups but by id lag. A
    missing code is made up (`Tony-37YP`). Emails are found in any spelling, codes in their exact one. A
    deleted customer is found only by its id, and its code is free again (unverified).

    An update replaces the whole record, `do_not_email` too, unless `replaces` is false. It is not documented
    which of the two Lightspeed does, so bodies have to be right for both.

    Attributes:
        generation: how rows are spelled: `"2.0"`, or `"0.9"` with amounts as text and stamps without a zone.
            Bodies are taken in both spellings.
        replaces: whether an update sets the fields to null that its body leaves out.

    >>> from custsync.protocols import CreateRequest
    >>> lightspeed = FakeLightspeed()
    >>> request = CreateRequest(key="k", payload={"first_name": "Tony", "last_name": None})
    >>> lightspeed.create([request])["k"].payload["customer_code"]
    'Tony-D72Q'
    >>> lightspeed.create([CreateRequest(key="k", payload={"company_name": "Joinery"})])
    {'k': Rejected(code='required', field='first_name')}

    Source: Lightspeed X-Series API 2.0, customers
    """

    system: ClassVar[str] = "lightspeed"
    finds: ClassVar[Mapping[str, int]] = {"id": 1, "customer_code": 1, "email": 1}
    first_id: ClassVar[int] = 0

    tier: Tier = field(default=Tier.C, kw_only=True)
    generation: Literal["0.9", "2.0"] = field(default="2.0", kw_only=True)
    replaces: bool = field(default=True, kw_only=True)
    _version: int = field(default=30_000_000_000, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with WALKIN."""
        super().__attrs_post_init__()
        self.put({"customer_code": WALK_IN})

    def listed(self, after: int = 0, *, deleted: bool = False) -> list[Row]:
        """Return the page of customers whose version is higher, lowest first; deleted ones on request."""
        rows = [row for row in self.rows if row["version"] > after and (deleted or not self._is_gone(row))]
        return sorted(rows, key=itemgetter("version"))

    def put(self, payload: Payload) -> str:
        """Have a person put a row there, as `FakeSystem.put`; its keys may be spelled in both ways."""
        return super().put({self._spelled(key): value for key, value in payload.items()})

    def blank(self) -> Row:
        """Return a customer object with nothing in it, under a code that is made up."""
        made_up = made_up_code(None, self._named(self._next))
        amounts = dict.fromkeys(_AMOUNTS, 0 if self.generation == "2.0" else "0.00000")
        blank = {**BLANK, **amounts, "customer_group_id": _GROUP, "customer_code": made_up}
        return {self._spelled(key): value for key, value in blank.items()} | self._stamps(new=True)

    def _stamps(self, *, new: bool = False) -> Row:
        """Return what every change leaves on a row, and what a new row begins with."""
        now = self._stamp()
        self._version += 1
        return {"updated_at": now, "version": self._version, **({"created_at": now} if new else {})}

    def _stamp(self) -> str:
        return self.clock().strftime(_STAMPS[self.generation])

    def _named(self, number: int) -> str:
        return f"0a91b764-1c71-11eb-e0eb-{number:012x}"

    def _is_gone(self, row: Row) -> bool:
        return row["deleted_at"] is not None

    def _tombstone(self, identity: str) -> Row:
        return {**self.row(identity), "deleted_at": self._stamp(), **self._stamps()}

    def _holding(self, by: str, value: str, rows: Iterable[Row]) -> list[Row]:
        if by == "id":
            return super()._holding(by, value, rows)
        alive = [row for row in rows if not self._is_gone(row)]
        if by == "email":
            return [row for row in alive if (row["email"] or "").casefold() == value.casefold()]
        return super()._holding(by, value, alive)

    def _created(self, payload: Payload) -> Row:
        made = accepted(created(self._named(self._next), "", _in_new_spelling(payload)))
        row = {**self.blank(), **self._in_rows_spelling({key: made[key] for key in (*FIELDS.at, "name")})}
        row["customer_group_id"] = made["customer_group_id"] or _GROUP
        self._refuse_taken(row, "customer_code")
        return row

    def _change(self, row: Row, payload: Payload) -> None:
        self._put_in(row, payload, replaces=self.replaces)

    def _edit(self, row: Row, changes: Row) -> None:
        """Change the row as a person does: nothing else is touched."""
        names = {key: row[key] for key in ("first_name", "last_name")}
        self._put_in(row, {**names, **changes}, replaces=False)

    def _put_in(self, row: Row, payload: Payload, *, replaces: bool) -> None:
        """Change the row as an update does."""
        there, body = _in_new_spelling(row), _in_new_spelling(payload)
        made = accepted(changed(there, body, replaces=replaces))
        row |= self._in_rows_spelling(made) | self._stamps()
        self._refuse_taken(row, "customer_code")

    def _in_rows_spelling(self, row: Row) -> Row:
        return {self._spelled(key): value for key, value in row.items()}

    def _spelled(self, key: str) -> str:
        """Return the key in the spelling of the rows."""
        return _NEW.get(key, key) if self.generation == "2.0" else _OLD.get(key, key)


def _in_new_spelling(row: Mapping[str, Any]) -> Row:
    return {_NEW.get(key, key): value for key, value in row.items()}
