"""Lago in memory: its customer object, whose links to other systems are a list that is written whole."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from custsync.protocols import Exists, Payload, Rejected, Tier
from custsync.rules.countries import is_valid
from custsync.testing.fakes.base import FakeSystem, Refusal, Row

__all__ = ["FakeLago"]

NAME_LENGTH: Final = 255

_PLACE: Final = ("address_line1", "address_line2", "city", "zipcode", "state", "country")
_TEXTS: Final = (
    "external_id",
    "account_type",
    "customer_type",
    "name",
    "firstname",
    "lastname",
    "email",
    "phone",
    "url",
    "logo_url",
    "legal_name",
    "legal_number",
    "currency",
    "tax_identification_number",
    "timezone",
    "external_salesforce_id",
    "billing_entity_code",
    *_PLACE,
)
_CHOICES: Final[Mapping[str, tuple[Any, ...]]] = {
    "customer_type": (None, "company", "individual"),
    "account_type": ("customer", "partner"),
}
_SAID: Final = ("external_customer_id", "sync_with_provider", "subsidiary_id")
"""What a request may say of a connection, beside what it is."""
_CURRENCY_LENGTH: Final = 3


class FakeLago(FakeSystem):
    """Lago's customers, each under an `external_id` of the caller's choice; `lago_id` is Lago's own.

    `tier` A takes the external id for the unique key that it is said to be: a second create with it is
    `Exists`, as an adapter has to say that looks before it posts (Lago itself changes the customer). In D it
    is found late.

    The connections of a request replace those that are there: a link that is left out is destroyed, one that
    names a connection of before keeps what it does not say. A new one without an id is made half if
    `sync_with_provider` asks for a customer over there, and not at all otherwise. Metadata are replaced too.

    Args:
        connections: the codes of the organisation's connections; empty to take any.

    >>> from custsync.protocols import CreateRequest
    >>> lago = FakeLago()
    >>> link = {"integration_type": "netsuite", "integration_code": "us", "sync_with_provider": True}
    >>> payload = {"external_id": "joinery", "integration_customers": [link]}
    >>> answer = lago.create([CreateRequest(key="k", payload=payload)])["k"]
    >>> answer.payload["integration_customers"][0]["external_customer_id"] is None
    True
    >>> lago.create([CreateRequest(key="k2", payload={"name": "Joinery"})])
    {'k2': Rejected(code='value_is_mandatory', field='external_id')}

    Source: getlago/lago-openapi, CustomerObject; getlago/lago-api, customer services
    """

    system: ClassVar[str] = "lago"
    finds: ClassVar[Mapping[str, int]] = {"id": 1, "external_id": 1}
    id_key: ClassVar[str] = "lago_id"
    first_id: ClassVar[int] = 1

    def __init__(
        self,
        clock: Any = None,
        *,
        tier: Tier = Tier.A,
        connections: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        """Begin without a customer."""
        super().__init__(clock, tier=tier, **settings)
        self.connections = frozenset(connections)
        self._parts = 0

    def put(self, payload: Payload) -> str:
        """Have a person put a row there, as `FakeSystem.put`; its lists are as an answer has them."""
        lists = {"integration_customers": self._half_made, "metadata": self._unsaid}
        own = {key: [{**new(), **one} for one in payload.get(key, ())] for key, new in lists.items()}
        return super().put({**payload, **own})

    def blank(self) -> Row:
        """Return a customer with nothing in it."""
        now = _stamp(self.clock())
        number = self._next
        return {
            **dict.fromkeys(_TEXTS),
            "external_id": f"customer-{number}",
            "account_type": "customer",
            "billing_entity_code": "default",
            "sequential_id": number,
            "slug": f"LAG-8C11-{number:03}",
            "created_at": now,
            "updated_at": now,
            "applicable_timezone": "UTC",
            "net_payment_term": None,
            "finalize_zero_amount_invoice": "inherit",
            "billing_configuration": {},
            "shipping_address": dict.fromkeys(_PLACE),
            "skip_invoice_custom_sections": False,
            "metadata": [],
            "integration_customers": [],
        }

    def _named(self, number: int) -> str:
        return _uuid("4f0f3c1e", number)

    def _tombstone(self, identity: str) -> None:
        return None

    def _having(self, by: str, value: str, rows: Iterable[Row]) -> list[Row]:
        key = "lago_id" if by == "id" else by
        return [row for row in rows if row[key] == value]

    def _created(self, payload: Payload) -> Row:
        row = self.blank()
        self._change(row, {"external_id": None, **payload})
        return row

    def _change(self, row: Row, payload: Payload) -> None:
        for key, value in payload.items():
            match key:
                case "integration_customers":
                    row[key] = self._connected(row[key], value)
                case "metadata":
                    row[key] = self._noted(row[key], value)
                case "shipping_address":
                    row[key] = {**row[key], **_place(value)}
                case "billing_configuration":
                    row[key] = {**row[key], **(value or {})}
                case "net_payment_term":
                    row[key] = value
                case _:
                    row[key] = _checked(key, value)
        self._refuse_taken(row)
        row["updated_at"] = _stamp(self.clock())

    def _refuse_taken(self, row: Row) -> None:
        if not row["external_id"]:
            raise Refusal(Rejected("value_is_mandatory", "external_id"))
        for other in self._having("external_id", row["external_id"], self._seen(late=False)):
            if "lago_id" not in row:
                raise Refusal(Exists(other["lago_id"]))
            if other["lago_id"] != row["lago_id"]:
                raise Refusal(Rejected("value_already_exist", "external_id"))

    def _connected(self, there: Sequence[Row], given: Any) -> list[Row]:
        """Return the connections that are given, over what is there of each; the others are destroyed."""
        old = {entry["integration_code"]: entry for entry in there}
        made = [self._connection(entry, old) for entry in given or ()]
        kept = [entry for entry in made if entry is not None]
        for key in ("integration_code", "type"):
            if len({entry[key] for entry in kept}) < len(kept):
                raise Refusal(Rejected("value_is_duplicated", "integration_customers"))
        return kept

    def _connection(self, given: Mapping[str, Any], old: Mapping[str, Row]) -> Row | None:
        code = given.get("integration_code")
        kind = given.get("integration_type")
        if not code or not kind:
            raise Refusal(Rejected("value_is_mandatory", "integration_customers"))
        if self.connections and code not in self.connections:
            raise Refusal(Rejected("integration_not_found", "integration_customers"))
        if code not in old and not (given.get("external_customer_id") or given.get("sync_with_provider")):
            return None
        there = old.get(code) or self._half_made()
        said = {key: given[key] for key in _SAID if key in given}
        return {**there, **said, "type": kind, "integration_code": code}

    def _half_made(self) -> Row:
        return {
            "lago_id": self._part_id(),
            "external_customer_id": None,
            "type": None,
            "integration_code": None,
            "code": None,
            "is_default": False,
            "category": "accounting",
            "sync_with_provider": False,
            "subsidiary_id": None,
        }

    def _noted(self, there: Sequence[Row], given: Any) -> list[Row]:
        """Return the metadata that are given, over what is there of each; the others are destroyed."""
        old = {datum["lago_id"]: datum for datum in there}
        made = [self._datum(datum, old) for datum in given or ()]
        if len({datum["key"] for datum in made}) < len(made):
            raise Refusal(Rejected("value_already_exist", "metadata"))
        return made

    def _datum(self, given: Mapping[str, Any], old: Mapping[str, Row]) -> Row:
        if not given.get("key"):
            raise Refusal(Rejected("value_is_mandatory", "metadata"))
        if given.get("id") is not None and given["id"] not in old:
            raise Refusal(Rejected("metadata_not_found", "metadata"))
        there = old.get(given.get("id", "")) or self._unsaid()
        return {**there, **{key: value for key, value in given.items() if key != "id"}}

    def _unsaid(self) -> Row:
        now = _stamp(self.clock())
        return {
            "lago_id": self._part_id(),
            "key": None,
            "value": None,
            "display_in_invoice": False,
            "created_at": now,
        }

    def _part_id(self) -> str:
        self._parts += 1
        return _uuid("b5b2a5b0", self._parts)


def _checked(key: str, value: Any) -> Any:
    if key not in _TEXTS:
        raise Refusal(Rejected("unknown_field", key))
    if value is not None and not isinstance(value, str):
        raise Refusal(Rejected("invalid_format", key))
    if key in _CHOICES and value not in _CHOICES[key]:
        raise Refusal(Rejected("value_is_invalid", key))
    if key == "name" and len(value or "") > NAME_LENGTH:
        raise Refusal(Rejected("value_is_too_long", key))
    return _FORMED[key](value) if value and key in _FORMED else value


def _place(given: Any) -> Row:
    for key in given or ():
        if key not in _PLACE:
            raise Refusal(Rejected("unknown_field", "shipping_address"))
    return {key: _checked(key, value) for key, value in (given or {}).items()}


def _email(value: str) -> str:
    if not all("@" in part for part in value.split(",")):
        raise Refusal(Rejected("invalid_format", "email"))
    return value


def _country(value: str) -> str:
    if not is_valid(value.upper(), system="lago"):
        raise Refusal(Rejected("country_code_invalid", "country"))
    return value.upper()


def _currency(value: str) -> str:
    if not (len(value) == _CURRENCY_LENGTH and value.isascii() and value.isalpha() and value.isupper()):
        raise Refusal(Rejected("value_is_invalid", "currency"))
    return value


_FORMED: Final[Mapping[str, Callable[[str], str]]] = {
    "email": _email,
    "country": _country,
    "currency": _currency,
}


def _uuid(head: str, number: int) -> str:
    return f"{head}-6f0a-4a52-9c5f-{number:012x}"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
