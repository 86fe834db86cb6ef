"""ServiceTitan in memory: its customers and their contacts, as people work on them. It is a source alone."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, Literal

from attrs import define, field

from custsync.protocols import Answer, CreateRequest, Payload, Rejected, Tier, UpdateRequest
from custsync.testing.fakes.base import FakeSystem, Refusal, Row

__all__ = ["FakeServiceTitan"]

FIRST_CONTACT: Final = 66_010_001
FIRST_TYPE: Final = 191_000_001

_READ_ONLY: Final = ("id", "createdOn", "modifiedOn", "mergedToId")
_ADDRESS: Final = ("street", "unit", "city", "state", "zip", "country", "latitude", "longitude")
_BLANK: Final[Row] = {
    "active": True,
    "name": "",
    "type": "Residential",
    "address": dict.fromkeys(_ADDRESS),
    "customFields": [],
    "balance": 0.0,
    "taxExempt": False,
    "tagTypeIds": [],
    "doNotMail": False,
    "doNotService": False,
    "nationalAccount": False,
    "createdOn": None,
    "createdById": 880_011,
    "modifiedOn": None,
    "mergedToId": None,
    "paymentTermId": None,
    "creditLimit": None,
    "creditLimitBalance": None,
    "externalData": None,
}

ContactType = Literal["Email", "Phone", "MobilePhone", "Fax"]


@define(slots=False, eq=False, repr=False)
class FakeServiceTitan(FakeSystem):
    """ServiceTitan's customers. An adapter's writes are refused; tests write by other methods.

    A customer has neither email nor phone: see `contact` and `contacts`. One that was merged is inactive and
    names its survivor; it is found by its id, and listed only with `active="Any"` or `"False"`. The names of
    custom fields keep the blanks that live data has in front of them.

    >>> servicetitan = FakeServiceTitan()
    >>> vale = servicetitan.put({"name": "Vale, Ines", "customFields": [{"name": "NetSuite ID"}]})
    >>> servicetitan.row(vale)["customFields"]
    [{'typeId': 191000001, 'name': '  NetSuite ID', 'value': None}]
    >>> servicetitan.merge(vale, servicetitan.put({"name": "Vale, Ines"}))
    >>> len(servicetitan.listed()), len(servicetitan.listed(active="Any"))
    (1, 2)

    Source: ServiceTitan CRM v2, customers
    """

    system: ClassVar[str] = "servicetitan"
    finds: ClassVar[Mapping[str, int]] = {"id": 1}
    first_id: ClassVar[int] = 771_000_001
    stamp_form: ClassVar[str] = "%Y-%m-%dT%H:%M:%S.%fZ"

    tier: Tier = field(default=Tier.D, kw_only=True)
    _types: dict[str, int] = field(factory=dict, init=False)
    _contacts: list[Row] = field(factory=list, init=False)

    def listed(self, *, active: Literal["True", "False", "Any"] = "True") -> list[Row]:
        """Return the customers as the list call does: active ones, unless `active` selects others."""
        return [row for row in self.rows if active in ("Any", str(row["active"]))]

    def merge(self, loser: str, survivor: str) -> None:
        """Have a person merge one customer into another; it stays, inactive, and names its survivor."""
        row = self.row(loser)
        row |= {"active": False, "mergedToId": self.row(survivor)["id"], "modifiedOn": self._stamp()}
        self._keep(loser, row)

    def contact(self, identity: str, kind: ContactType, value: str, memo: str | None = None) -> str:
        """Have a person add a contact to a customer; return its id."""
        number = FIRST_CONTACT + len(self._contacts)
        settings = {"phoneNumber": value, "doNotText": False} if kind.endswith("Phone") else None
        self._contacts.append(
            {
                "id": number,
                "type": kind,
                "value": value,
                "memo": memo,
                "modifiedOn": self._stamp(),
                "phoneSettings": settings,
                "customerId": self.row(identity)["id"],
            }
        )
        return str(number)

    def contacts(self, identity: str = "") -> list[Row]:
        """Return the contacts of a customer, or of all: they are a resource of their own."""
        return [{**one} for one in self._contacts if identity in ("", str(one["customerId"]))]

    def put(self, payload: Payload) -> str:
        """Have a person put a customer there, as `FakeSystem.put`; custom fields get their blanks."""
        fields = payload.get("customFields", ())
        address = {**dict.fromkeys(_ADDRESS), **(payload.get("address") or {})}
        return super().put({**payload, "customFields": self._spelled(fields), "address": address})

    def blank(self) -> Row:
        """Return a customer with nothing in it: the keys that a live tenant answers."""
        now = self._stamp()
        return {**_BLANK, "createdOn": now, "modifiedOn": now}

    def _named(self, number: int) -> int:
        return number

    def _create(self, request: CreateRequest) -> Answer:
        return Rejected("read_only")

    def _update(self, request: UpdateRequest) -> Answer:
        return Rejected("read_only")

    def _change(self, row: Row, payload: Payload) -> None:
        for key, value in payload.items():
            if key in _READ_ONLY or key not in row:
                raise Refusal(Rejected("unknown_field", key))
            if key == "address":
                row[key] = {**row[key], **value}
            else:
                row[key] = self._spelled(value) if key == "customFields" else value
        row["modifiedOn"] = self._stamp()

    def _spelled(self, fields: Iterable[Mapping[str, Any]]) -> list[Row]:
        """Return the custom fields with the ids of their types, and with blanks in front of their names."""
        made = []
        for one in fields:
            name = str(one["name"])
            number = self._types.setdefault(name.strip(), FIRST_TYPE + len(self._types))
            name = name if name.startswith(" ") else f"  {name}"
            made.append({"typeId": one.get("typeId", number), "name": name, "value": one.get("value")})
        return made
