"""Lightspeed X-Series in memory: its customer object in both generations, and the quirks that are known."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from custsync.protocols import Answer, Exists, Payload, Rejected, Tier, UpdateRequest
from custsync.rules.countries import is_valid
from custsync.systems.lightspeed import CUSTOM_FIELDS, WALK_IN
from custsync.testing.fakes.base import FakeSystem, Refusal, Row

__all__ = ["FakeLightspeed"]

_NAMES: Final = ("first_name", "last_name")
_PLACE: Final = ("address_1", "address_2", "suburb", "city", "postcode", "state", "country_id")
_PLACES: Final = tuple(f"{kind}_{part}" for kind in ("physical", "postal") for part in _PLACE)
_FLAGS: Final = ("do_not_email", "enable_loyalty")
_TEXTS: Final = (
    "customer_code",
    "first_name",
    "last_name",
    "company_name",
    "email",
    "phone",
    "mobile",
    "fax",
    "website",
    "twitter",
    "note",
    "gender",
    "date_of_birth",
    "customer_group_id",
    *_PLACES,
    *CUSTOM_FIELDS,
)
_AMOUNTS: Final = ("year_to_date", "balance", "loyalty_balance")
_OLD: Final[Mapping[str, str]] = {
    "gender": "sex",
    **{f"{kind}_address_{line}": f"{kind}_address{line}" for kind in ("physical", "postal") for line in "12"},
}
"""The keys of 2.0 that the 0.9 era spells otherwise."""
_NEW: Final[Mapping[str, str]] = {old: new for new, old in _OLD.items()}
_GROUP: Final = "0a6f6e36-8bab-11ea-f3d6-5a11c2b9d0e1"
_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXYZ"


class FakeLightspeed(FakeSystem):
    """Lightspeed's customers. The shop's anonymous one, WALKIN, is there from the start, and never written.

    `tier` C is Lightspeed as it is known: a second create with a customer code is `Exists`, but nobody has
    proved what two writers at once get. A takes the code for proven; in D all look-ups but by id lag. A code
    that is left out is made up (`Tony-37YP`). Emails are found in any spelling, codes in their exact one. A
    deleted customer is found by its id alone, and its code is free again (unverified).

    Args:
        generation: how rows are spelled: `"2.0"`, or `"0.9"` with amounts as text and stamps without a zone.
            Bodies are taken in both spellings.

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

    def __init__(
        self,
        clock: Any = None,
        *,
        tier: Tier = Tier.C,
        generation: Literal["0.9", "2.0"] = "2.0",
        **settings: Any,
    ) -> None:
        """Begin with WALKIN."""
        super().__init__(clock, tier=tier, **settings)
        self.generation = generation
        self._version = 30_000_000_000
        self.put({"customer_code": WALK_IN})

    def listed(self, after: int = 0, *, deleted: bool = False) -> list[Row]:
        """Return the page of customers whose version is higher, lowest first; deleted ones if asked for."""
        rows = [row for row in self.rows if row["version"] > after and (deleted or not self._is_gone(row))]
        return sorted(rows, key=_version)

    def put(self, payload: Payload) -> str:
        """Have a person put a row there, as `FakeSystem.put`; its keys may be spelled in both ways."""
        return super().put({self._spelled(key): value for key, value in payload.items()})

    def blank(self) -> Row:
        """Return a customer object with nothing in it, under a code that is made up."""
        now = self._stamp(self.clock())
        return {
            **{self._spelled(key): None for key in _TEXTS},
            **dict.fromkeys(_FLAGS, False),
            **dict.fromkeys(_AMOUNTS, 0 if self.generation == "2.0" else "0.00000"),
            "name": None,
            "customer_code": self._made_up(None),
            "customer_group_id": _GROUP,
            "created_at": now,
            "updated_at": now,
            "deleted_at": None,
            "version": self._bumped(),
        }

    def _named(self, number: int) -> str:
        return f"0a91b764-1c71-11eb-e0eb-{number:012x}"

    def _is_gone(self, row: Row) -> bool:
        return row["deleted_at"] is not None

    def _tombstone(self, identity: str) -> Row:
        now = self._stamp(self.clock())
        return {**self.row(identity), "deleted_at": now, "updated_at": now, "version": self._bumped()}

    def _having(self, by: str, value: str, rows: Iterable[Row]) -> list[Row]:
        if by == "id":
            return [row for row in rows if row["id"] == value]
        alive = [row for row in rows if not self._is_gone(row)]
        if by == "email":
            return [row for row in alive if (row["email"] or "").casefold() == value.casefold()]
        return [row for row in alive if row["customer_code"] == value]

    def _created(self, payload: Payload) -> Row:
        _require_names(payload)
        row = self.blank()
        self._change(row, {"customer_code": None, **payload})
        return row

    def _update(self, request: UpdateRequest) -> Answer:
        try:
            _require_names(request.payload)
        except Refusal as payload_error:
            return payload_error.answer
        return super()._update(request)

    def _change(self, row: Row, payload: Payload) -> None:
        if row["customer_code"] == WALK_IN:
            raise Refusal(Rejected("walk_in", "customer_code"))
        changes = {_NEW.get(key, key): value for key, value in payload.items()}
        for key, value in changes.items():
            row[self._spelled(key)] = _checked(key, value)
        if not any(row[key] for key in (*_NAMES, "company_name")):
            raise Refusal(Rejected("required", "first_name"))
        row["customer_code"] = row["customer_code"] or self._made_up(row["first_name"])
        self._refuse_taken(row)
        row["name"] = " ".join(row[key] for key in _NAMES if row[key]) or None
        row["updated_at"], row["version"] = self._stamp(self.clock()), self._bumped()

    def _refuse_taken(self, row: Row) -> None:
        for other in self._having("customer_code", row["customer_code"], self._seen(late=False)):
            if "id" not in row:
                raise Refusal(Exists(other["id"]))
            if other["id"] != row["id"]:
                raise Refusal(Rejected("taken", "customer_code"))

    def _spelled(self, key: str) -> str:
        """Return the key in the spelling of the rows."""
        return _NEW.get(key, key) if self.generation == "2.0" else _OLD.get(key, key)

    def _stamp(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00" if self.generation == "2.0" else "%Y-%m-%d %H:%M:%S")

    def _bumped(self) -> int:
        self._version += 1
        return self._version

    def _made_up(self, name: str | None) -> str:
        """Return a code that nobody has: the name, and four letters that look drawn by lot."""
        number = self._next * 421_337 + 11_903
        letters = "".join(_LETTERS[number >> 5 * place & 31] for place in (3, 2, 1, 0))
        return f"{name or 'UNNAMED'}-{letters}"


def _version(row: Row) -> int:
    version: int = row["version"]
    return version


def _require_names(payload: Payload) -> None:
    """Refuse a body without the keys of both names; null is taken."""
    for key in _NAMES:
        if key not in payload:
            raise Refusal(Rejected("required", key))


def _checked(key: str, value: Any) -> Any:
    if key in _FLAGS:
        if not isinstance(value, bool):
            raise Refusal(Rejected("not_a_flag", key))
        return value
    if key not in _TEXTS:
        raise Refusal(Rejected("unknown_field", key))
    if value is not None and not isinstance(value, str):
        raise Refusal(Rejected("not_a_text", key))
    if key == "email" and value and "@" not in value:
        raise Refusal(Rejected("not_an_email", key))
    if key.endswith("_country_id") and value and not is_valid(value, system="lightspeed"):
        raise Refusal(Rejected("not_a_country", key))
    return value
