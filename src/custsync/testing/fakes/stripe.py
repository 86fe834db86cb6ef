"""Stripe in memory: its customer object, and the quirks that its documentation tells of."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from custsync.protocols import Payload, Rejected, Tier
from custsync.testing.fakes.base import FakeSystem, Refusal, Row

__all__ = ["FakeStripe"]

EMAIL_LENGTH: Final = 512
METADATA_PAIRS: Final = 50
METADATA_KEY: Final = 40
METADATA_VALUE: Final = 500

_TEXTS: Final = ("name", "email", "phone", "description", "business_name", "individual_name")
_ADDRESS: Final = ("line1", "line2", "city", "state", "postal_code", "country")


class FakeStripe(FakeSystem):
    """Stripe's customers. An email belongs to any number of them, and is found in its exact spelling only.

    `tier` B is Stripe as it is: an idempotency key is kept for 24 hours, the same key with other parameters
    is an error, and there is no look-up by metadata. C ignores keys and finds by metadata at once; D ignores
    keys, and its look-ups by email and metadata lag.

    >>> from custsync.protocols import CreateRequest
    >>> stripe = FakeStripe()
    >>> request = CreateRequest(key="k", payload={"email": "ap@joinery.example"})
    >>> stripe.create([request]) == stripe.create([request]), len(stripe.rows)
    (True, 1)
    >>> len(stripe.find("email", ["AP@joinery.example"])["AP@joinery.example"])
    0

    Source: docs.stripe.com/api/customers, /api/idempotent_requests, /api/metadata
    """

    system: ClassVar[str] = "stripe"
    finds: ClassVar[Mapping[str, int]] = {"id": 1, "email": 1, "custom.netsuite_internal_id": 1}

    def __init__(
        self, clock: Any = None, *, tier: Tier = Tier.B, mode: str = "test", **settings: Any
    ) -> None:
        """Begin without a customer; `mode` is `"test"` or `"live"`."""
        super().__init__(clock, tier=tier, mode=mode, **settings)

    def blank(self) -> Row:
        """Return a customer object with nothing in it."""
        return {
            "object": "customer",
            "address": None,
            "balance": 0,
            "created": int(self.clock().timestamp()),
            "currency": None,
            "delinquent": False,
            "description": None,
            "email": None,
            "livemode": self.mode == "live",
            "metadata": {},
            "name": None,
            "phone": None,
            "preferred_locales": [],
            "shipping": None,
        }

    def _finds(self, tier: Tier) -> Mapping[str, int]:
        return {
            by: size for by, size in self.finds.items() if tier is not Tier.B or not by.startswith("custom.")
        }

    def _named(self, number: int) -> str:
        return f"cus_{number:06}"

    def _tombstone(self, identity: str) -> Row:
        return {"id": identity, "object": "customer", "deleted": True}

    def _having(self, by: str, value: str, rows: Iterable[Row]) -> list[Row]:
        if by == "id":
            return [row for row in rows if row["id"] == value]
        alive = [row for row in rows if not row.get("deleted")]
        if by == "email":
            found = [row for row in alive if row["email"] == value]
        else:
            found = [row for row in alive if row["metadata"].get(by.removeprefix("custom.")) == value]
        return sorted(found, key=_age, reverse=True)

    def _created(self, payload: Payload) -> Row:
        row = self.blank()
        self._change(row, payload)
        return row

    def _change(self, row: Row, payload: Payload) -> None:
        for key, value in payload.items():
            if key in _TEXTS:
                row[key] = _text(key, value)
            elif key == "metadata":
                row["metadata"] = _merged(row["metadata"], value)
            elif key == "address":
                row["address"] = _address(row["address"], value, "address")
            elif key == "shipping":
                row["shipping"] = _shipping(row["shipping"], value)
            else:
                raise Refusal(Rejected("parameter_unknown", key))


def _age(row: Row) -> tuple[int, str]:
    return row["created"], row["id"]


def _text(key: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Refusal(Rejected("parameter_invalid_string", key))
    if key == "email" and (len(value) > EMAIL_LENGTH or "@" not in value):
        raise Refusal(Rejected("email_invalid", key))
    return value


def _merged(there: Mapping[str, str], given: Any) -> dict[str, str]:
    """Return the metadata merged by key; an empty text takes its key away."""
    if given is None or given == "":
        return {}
    for key, value in given.items():
        if len(key) > METADATA_KEY or "[" in key or "]" in key or len(str(value)) > METADATA_VALUE:
            raise Refusal(Rejected("parameter_invalid", "metadata"))
    merged = {key: str(value) for key, value in {**there, **given}.items() if value not in ("", None)}
    if len(merged) > METADATA_PAIRS:
        raise Refusal(Rejected("parameter_invalid", "metadata"))
    return merged


def _address(there: Any, given: Any, field: str) -> dict[str, str | None] | None:
    """Return the address; its country is free text, a component that is not named keeps its value."""
    if given is None or given == "":
        return None
    if not given.keys() <= set(_ADDRESS):
        raise Refusal(Rejected("parameter_unknown", field))
    laid = {**dict.fromkeys(_ADDRESS), **(there or {}), **given}
    return {key: value or None for key, value in laid.items()}


def _shipping(there: Any, given: Any) -> Any:
    if given is None or given == "":
        return None
    there = there or {"name": None, "phone": None, "address": None}
    address = _address(there["address"], given.get("address", there["address"]), "shipping[address]")
    name = given.get("name", there["name"])
    if not name or address is None:
        raise Refusal(Rejected("parameter_missing", "shipping[address]" if name else "shipping[name]"))
    return {"name": name, "phone": given.get("phone", there["phone"]) or None, "address": address}
