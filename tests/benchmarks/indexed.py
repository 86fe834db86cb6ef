"""The systems of the benchmarks: dictionaries behind an adapter's three methods, with the calls counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from custsync.protocols import Answer, Capabilities, CreateRequest, Done, Found, Payload, Tier, UpdateRequest

BATCH = 100


class Counted:
    """An adapter that counts its calls."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()

    def count(self, call: str) -> None:
        """Count one call."""
        self._calls[f"{type(self).__name__} {call}"] += 1

    def taken(self) -> Mapping[str, int]:
        """Return the counts, and begin anew."""
        calls, self._calls = self._calls, Counter()
        return calls


class IndexedStripe(Counted):
    """Stripe customers by id and by email."""

    account = ""
    mode = "test"
    capabilities = Capabilities(
        tier=Tier.B,
        key_lifetime=timedelta(hours=24),
        lookups={"id": BATCH, "email": BATCH},
        creates=BATCH,
        updates=BATCH,
    )

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        self._by_id: dict[str, Payload] = {}
        self._by_email: dict[str, list[Payload]] = {}
        for row in rows:
            self._by_id[row["id"]] = row
            self._by_email.setdefault(row["email"], []).append(row)

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        self.count(f"find {by}")
        if by == "email":
            return {value: self._by_email.get(value, ()) for value in values}
        return {value: (self._by_id[value],) if value in self._by_id else () for value in values}

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        self.count("create")
        answers: dict[str, Answer] = {}
        for request in requests:
            identity = f"cus_Made{request.payload['metadata']['netsuite_internal_id']}"
            row = {"id": identity, "object": "customer", "livemode": False, **request.payload}
            self._by_id[identity] = row
            answers[request.key] = Done(identity, row)
        return answers

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        self.count("update")
        answers: dict[str, Answer] = {}
        for request in requests:
            row = {**self._by_id[request.id], **request.payload}
            self._by_id[request.id] = row
            answers[request.id] = Done(request.id, row)
        return answers


class IndexedNetSuite(Counted):
    """A source that takes write-backs and does nothing with them: the next file has them."""

    account = ""
    mode = ""
    capabilities = Capabilities(tier=Tier.A, lookups={"id": BATCH}, updates=BATCH)

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        self.count(f"find {by}")
        return dict.fromkeys(values, ())

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        raise NotImplementedError

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        self.count("write back")
        return {request.id: Done(request.id) for request in requests}
