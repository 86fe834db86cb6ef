"""An adapter for Stripe's official SDK: the target of `EXPORT`, the source of `IMPORT`."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import stripe
from attrs import frozen

from custsync.adapters.functions import adapter_from_functions
from custsync.errors import AuthenticationError
from custsync.protocols import Adapter, Capabilities, Payload, Rejected, RetryAfter, Tier, Unknown

STRIPE_CAN = Capabilities(
    tier=Tier.B,
    key_lifetime=timedelta(hours=24),
    settle_window=timedelta(minutes=10),
    lookups={"id": 1, "email": 1},
)


@frozen
class OneCustomer:
    """Stripe's calls, each for one customer; `api` is the client's `v1.customers`."""

    api: Any

    def find(self, by: str, value: str) -> Iterator[Payload]:
        """Yield every customer with this id or email, a deleted one as Stripe shows it."""
        if by == "email":
            listed = list(self.api.list({"email": value, "limit": 100}).auto_paging_iter())
            for customer in listed or self.searched(value):
                yield customer.to_dict()
            return
        try:
            yield self.api.retrieve(value).to_dict()
        except stripe.InvalidRequestError as error:
            if error.http_status != HTTPStatus.NOT_FOUND:
                raise

    def searched(self, email: str) -> Iterator[Any]:
        """Yield every customer whose email differs in case alone, none in an account without the search."""
        with suppress(stripe.InvalidRequestError):
            yield from self.api.search({"query": f'email:"{email}"', "limit": 100}).auto_paging_iter()

    def create(self, payload: Payload, key: str) -> Any:
        """Create a customer, once per key."""
        return self.api.create(dict(payload), {"idempotency_key": key}).to_dict()

    def update(self, id: str, payload: Payload) -> Any:
        """Change what the payload names, and nothing else."""
        return self.api.update(id, dict(payload)).to_dict()


NOTHING_TOOK_EFFECT = stripe.InvalidRequestError | stripe.CardError
DENIED = stripe.AuthenticationError | stripe.PermissionError


def classify(error: Exception) -> Rejected | RetryAfter | Unknown | None:
    """Return what an exception of the SDK means for the write; None for one that is not Stripe's.

    A key that is refused, or may not do this, ends the run.
    """
    if isinstance(error, stripe.RateLimitError):
        return RetryAfter.from_header((error.headers or {}).get("Retry-After", ""), datetime.now(UTC))
    if isinstance(error, DENIED):
        raise AuthenticationError(str(getattr(error.error, "code", None) or error.http_status))
    if isinstance(error, NOTHING_TOOK_EFFECT):
        code = error.code or error.http_status or type(error).__name__
        return Rejected(str(code), getattr(error, "param", None) or "")
    if isinstance(error, stripe.StripeError):
        # No connection, a time-out, a 5xx, a conflict of idempotency keys: it may have taken effect.
        return Unknown(type(error).__name__)
    return None


def stripe_adapter(
    client: stripe.StripeClient, *, mode: str, account: str = "", can: Capabilities = STRIPE_CAN
) -> Adapter:
    """Return the adapter of one account; `mode` is the one of the client's key, `"test"` or `"live"`."""
    one = OneCustomer(client.v1.customers)
    return adapter_from_functions(
        capabilities=can,
        find=one.find,
        create=one.create,
        update=one.update,
        classify=classify,
        account=account,
        mode=mode,
    )
