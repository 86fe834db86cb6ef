"""NetSuite in memory: the customer record of its REST service, and the quirks that are known of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from custsync.countries import is_valid
from custsync.ports import Done, Exists, Payload, Rejected, Tier
from custsync.testing.memory import MemorySystem, Refusal, Row

__all__ = ["MemoryNetSuite"]

STRIPE_ID_FIELD: Final = "custentity_stripe_customer_id"

_LENGTHS: Final = {
    "firstName": 32,
    "lastName": 32,
    "companyName": 83,
    "entityId": 80,
    "email": 254,
    "altEmail": 254,
    "externalId": 255,
    "addr1": 150,
    "addr2": 150,
    "addr3": 150,
    "city": 50,
    "state": 30,
    "zip": 36,
    "attention": 150,
    "addressee": 100,
}
_FLAGS: Final = ("isPerson", "isInactive")
_DEFAULTS: Final = ("defaultBilling", "defaultShipping")
_READ_ONLY: Final = (
    "id",
    "dateCreated",
    "lastModifiedDate",
    "balance",
    "topLevelParent",
    "representingSubsidiary",
)
_LOOK_UPS: Final = {"id": "id", "email": "email", "external_id": "externalId", "entity_id": "entityId"}


class MemoryNetSuite(MemorySystem):
    """NetSuite's customers, in the shape of the REST record service.

    `tier` A is NetSuite as it is: the external id is unique, a second create with it is `Exists`. B also
    keeps idempotency keys; C and D are for flows that set no external id; in D all look-ups but by id lag.
    Emails are found in any spelling and belong to any number of customers. A write answers without a record.

    Args:
        subsidiaries: the internal ids of a OneWorld account's subsidiaries; empty for any other account.

    >>> from custsync.ports import CreateRequest
    >>> netsuite = MemoryNetSuite(subsidiaries=["2"])
    >>> netsuite.create([CreateRequest(key="k", payload={"companyName": "Brightwater"})])
    {'k': Rejected(code='USER_ERROR', field='subsidiary')}

    Source: NetSuite REST API browser 2026.1, record customer; SuiteTalk REST guide
    """

    finds: ClassVar[Mapping[str, int]] = {
        "id": 1,
        "email": 10,
        "external_id": 1,
        "entity_id": 1,
        f"custom.{STRIPE_ID_FIELD}": 10,
    }
    answers_with_payload: ClassVar[bool] = False
    first_id: ClassVar[int] = 5001

    def __init__(
        self, clock: Any = None, *, tier: Tier = Tier.A, subsidiaries: Sequence[str] = (), **settings: Any
    ) -> None:
        """Begin without a customer."""
        super().__init__(clock, tier=tier, **settings)
        self.subsidiaries = frozenset(subsidiaries)

    @property
    def query_rows(self) -> list[Row]:
        """Return all customers as query rows: keys in lower case, flags `T` and `F`, no sub-lists."""
        return [_query_row(row) for row in self.rows]

    def blank(self) -> Row:
        """Return a record with nothing in it."""
        now = _stamp(self.clock())
        return {"isPerson": False, "isInactive": False, "dateCreated": now, "lastModifiedDate": now}

    def _named(self, number: int) -> str:
        return str(number)

    def _tombstone(self, identity: str) -> None:
        return None

    def _having(self, by: str, value: str, rows: Iterable[Row]) -> list[Row]:
        key = _LOOK_UPS.get(by) or by.removeprefix("custom.")
        return [row for row in rows if str(row.get(key, "")).casefold() == value.casefold()]

    def _created(self, payload: Payload) -> Row:
        row = self.blank()
        self._change(row, payload)
        return row

    def _change(self, row: Row, payload: Payload) -> None:
        for key, value in payload.items():
            if key in _READ_ONLY:
                raise Refusal(Rejected("READ_ONLY_FIELD", key))
            if key == "addressBook":
                self._change_book(row, value)
            elif value is None or value == "":
                row.pop(key, None)
            else:
                row[key] = _checked(key, value)
        self._check(row)
        row["lastModifiedDate"] = _stamp(self.clock())

    def _check(self, row: Row) -> None:
        name = "lastName" if row.get("isPerson") else "companyName"
        if not row.get(name):
            raise Refusal(Rejected("USER_ERROR", name))
        if self.subsidiaries and not row.get("subsidiary"):
            raise Refusal(Rejected("USER_ERROR", "subsidiary"))
        if self.subsidiaries and row["subsidiary"].get("id") not in self.subsidiaries:
            raise Refusal(Rejected("INVALID_KEY_OR_REF", "subsidiary"))
        taken = [
            other for other in self._seen(late=False) if other.get("externalId") == row.get("externalId")
        ]
        if row.get("externalId") and any(other["id"] != row.get("id") for other in taken):
            raise Refusal(Exists())

    def _change_book(self, row: Row, given: Any) -> None:
        """Lay a line with an id over the one that is there; add a line without; leave the others alone."""
        lines = row.setdefault("addressBook", {"items": []})["items"]
        for line in (given or {}).get("items", ()):
            _check_address(line.get("addressBookAddress") or {})
            there = next((old for old in lines if old["id"] == line.get("id")), None)
            if there is None and "id" in line:
                raise Refusal(Rejected("INVALID_KEY_OR_REF", "addressBook.id"))
            if there is None:
                there = {"id": max((old["id"] for old in lines), default=0) + 1}
                lines.append(there)
            _lay(there, line)
            for default in (name for name in _DEFAULTS if line.get(name)):
                for other in lines:
                    other[default] = other is there

    def _done(self, row: Row) -> Done:
        return Done(str(row["id"]))


def _lay(there: Row, line: Mapping[str, Any]) -> None:
    address = {**there.get("addressBookAddress", {}), **(line.get("addressBookAddress") or {})}
    there.update({key: value for key, value in line.items() if key != "addressBookAddress"})
    there["addressBookAddress"] = {key: value for key, value in address.items() if value not in (None, "")}


def _checked(key: str, value: Any) -> Any:
    if key in _FLAGS and not isinstance(value, bool):
        raise Refusal(Rejected("INVALID_CONTENT", key))
    if key in _LENGTHS and (not isinstance(value, str) or len(value) > _LENGTHS[key]):
        raise Refusal(Rejected("INVALID_CONTENT", key))
    if key == "email" and "@" not in value:
        raise Refusal(Rejected("INVALID_EMAIL", key))
    return value


def _check_address(address: Mapping[str, Any]) -> None:
    for key, value in address.items():
        if key in _LENGTHS and value is not None and len(value) > _LENGTHS[key]:
            raise Refusal(Rejected("INVALID_CONTENT", f"addressBook.{key}"))
    country = address.get("country")
    if country is None:
        return
    code = country.get("id") if isinstance(country, Mapping) else None
    if not isinstance(code, str) or not is_valid(code, system="netsuite"):
        raise Refusal(Rejected("INVALID_KEY_OR_REF", "addressBook.country"))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _query_row(row: Row) -> Row:
    flat = {key.lower(): value for key, value in row.items() if not isinstance(value, Mapping)}
    flat |= {
        key.lower(): value["id"] for key, value in row.items() if isinstance(value, Mapping) and "id" in value
    }
    return {key: ("T" if value else "F") if isinstance(value, bool) else value for key, value in flat.items()}
