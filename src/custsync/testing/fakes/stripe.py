"""Stripe in memory: its customer object, and the quirks that its documentation describes."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from operator import itemgetter
from typing import Any, ClassVar

from attrs import define, field

from custsync.protocols import Found, Payload, Tier
from custsync.systems.stripe_writes import BLANK, changed
from custsync.testing.fakes.base import FakeSystem, Row, accepted

__all__ = ["FakeStripe"]


@define(slots=False, eq=False, repr=False)
class FakeStripe(FakeSystem):
    """Stripe's customers. An email belongs to any number of them.

    A look-up by email uses Stripe's list first, which finds only the exact spelling. If it finds no customer,
    the look-up uses Stripe's search, which finds any spelling and lags behind writes, but not behind `put`.

    `tier` B is Stripe as it is: an idempotency key is kept for 24 hours, the same key with other parameters
    is an error, and there is no look-up by metadata. C ignores keys and finds by metadata at once; D ignores
    keys, and its look-ups by email and metadata lag.

    >>> from custsync.protocols import CreateRequest
    >>> stripe = FakeStripe()
    >>> request = CreateRequest(key="k", payload={"email": "ap@joinery.example"})
    >>> stripe.create([request]) == stripe.create([request]), len(stripe.rows)
    (True, 1)
    >>> len(stripe.find("email", ["AP@joinery.example"])["AP@joinery.example"])  # the search lags
    0
    >>> stripe.clock.advance(stripe.lag)
    >>> len(stripe.find("email", ["AP@joinery.example"])["AP@joinery.example"])
    1

    Source: docs.stripe.com/api/customers, /api/customers/search, /api/idempotent_requests, /api/metadata
    """

    system: ClassVar[str] = "stripe"
    finds: ClassVar[Mapping[str, int]] = {"id": 1, "email": 1, "custom.netsuite_internal_id": 1}

    tier: Tier = field(default=Tier.B, kw_only=True)
    mode: str = field(default="test", kw_only=True)
    _entered: set[str] = field(factory=set, init=False)

    def blank(self) -> Row:
        """Return a customer object with nothing in it."""
        return {**BLANK, "created": int(self.clock().timestamp()), "livemode": self.mode == "live"}

    def _finds(self) -> Mapping[str, int]:
        return {
            by: size
            for by, size in self.finds.items()
            if self.tier is not Tier.B or not by.startswith("custom.")
        }

    def put(self, payload: Payload) -> str:
        """Have a person put a customer there, as `FakeSystem.put`."""
        identity = super().put(payload)
        self._entered.add(identity)
        return identity

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        """Return, for each value, every row whose `by` equals it; an email in any spelling, if need be."""
        found = super().find(by, values)
        if by != "email":
            return found
        return {value: rows or self._searched(value) for value, rows in found.items()}

    def _searched(self, email: str) -> list[Row]:
        indexed = {row["id"] for row in self._seen(late=True, holding=email)} | self._entered
        rows = (row for row in self._seen(late=False, holding=email) if row["id"] in indexed)
        alive = (row for row in rows if not self._is_gone(row))
        return [deepcopy(row) for row in alive if (row["email"] or "").casefold() == email.casefold()]

    def _named(self, number: int) -> str:
        return f"cus_{number:06}"

    def _tombstone(self, identity: str) -> Row:
        return {"id": identity, "object": "customer", "deleted": True}

    def _holding(self, by: str, value: str, rows: Iterable[Row]) -> list[Row]:
        if by == "id":
            return super()._holding(by, value, rows)
        alive = [row for row in rows if not self._is_gone(row)]
        name = by.removeprefix("custom.")
        found = (row for row in alive if (row if by == "email" else row["metadata"]).get(name) == value)
        return sorted(found, key=itemgetter("created", "id"), reverse=True)

    def _created(self, payload: Payload) -> Row:
        return accepted(changed(self.blank(), payload, creates=True))

    def _change(self, row: Row, payload: Payload) -> None:
        row |= accepted(changed(row, payload))

    def _edit(self, row: Row, changes: Row) -> None:
        self._change(row, _cleared(changes))


def _cleared(value: Any) -> Any:
    """Return what a person entered, with an empty text for each null: Stripe has no other way to clear."""
    if isinstance(value, Mapping):
        return {key: _cleared(part) for key, part in value.items()}
    return "" if value is None else value
