"""Stripe in memory: its customer object, and the quirks that its documentation tells of."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from custsync.protocols import Payload, Rejected, Tier
from custsync.systems.stripe_writes import BLANK, changed
from custsync.testing.fakes.base import FakeSystem, Refusal, Row

__all__ = ["FakeStripe"]


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
        return {**BLANK, "created": int(self.clock().timestamp()), "livemode": self.mode == "live"}

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
        return self._changed(self.blank(), payload, creates=True)

    def _change(self, row: Row, payload: Payload) -> None:
        row |= self._changed(row, payload)

    def edit(self, identity: str, **changes: Any) -> None:
        """Have a person change a customer, as `FakeSystem.edit`."""
        super().edit(identity, **_cleared(changes))

    def _changed(self, row: Row, payload: Payload, *, creates: bool = False) -> Row:
        made = changed(row, payload, creates=creates)
        if isinstance(made, Rejected):
            raise Refusal(made)
        return made


def _age(row: Row) -> tuple[int, str]:
    return row["created"], row["id"]


def _cleared(value: Any) -> Any:
    """Return what a person said with an empty text for each null: Stripe has no other way to clear."""
    if isinstance(value, Mapping):
        return {key: _cleared(part) for key, part in value.items()}
    return "" if value is None else value
