"""Hypothesis strategies: JSON, Stripe's and NetSuite's payloads, customers.

Payloads are what the systems can answer with: keys that are absent, null or empty, texts of many scripts,
addresses of every degree of completeness. Emails and phones are of reserved kinds.
"""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from custsync.models import Customer
from custsync.systems.netsuite import REST
from custsync.systems.stripe import STRIPE

_COUNTRIES: Final = ("US", "FR", "DE", "GB", "CI", "XK")
_WORDS: Final = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=20)


def _emails() -> SearchStrategy[str]:
    """Return emails at reserved domains, in any spelling."""
    local = st.text("abcXYZ019.+_", min_size=1, max_size=12)
    return st.builds("{}@{}".format, local, st.sampled_from(["works.example", "Joinery.EXAMPLE"]))


def _phones() -> SearchStrategy[str]:
    return st.integers(100, 199).map("(503) 555-0{}".format)


def json_values(max_leaves: int = 20) -> SearchStrategy[Any]:
    """Return any value that JSON can hold: not-a-number, half surrogates and huge numbers too."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=20), inner, max_size=5),
        max_leaves=max_leaves,
    )


def _optional(**keys: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def _stripe_address() -> SearchStrategy[dict[str, Any]]:
    parts = ("line1", "line2", "city", "state", "postal_code")
    keys = {part: st.none() | _WORDS for part in parts}
    return st.fixed_dictionaries({**keys, "country": st.none() | st.sampled_from(_COUNTRIES)})


def stripe_payloads() -> SearchStrategy[dict[str, Any]]:
    """Return customer objects as Stripe answers with them; a few are deleted."""
    alive = st.builds(
        lambda fixed, optional: {"object": "customer", "livemode": False, **fixed, **optional},
        st.fixed_dictionaries(
            {
                "id": st.text("abcDEF0123", min_size=4, max_size=8).map("cus_{}".format),
                "name": st.none() | _WORDS,
                "email": st.none() | _emails(),
                "phone": st.none() | _phones(),
                "address": st.none() | _stripe_address(),
                "metadata": st.dictionaries(st.text("abc_", min_size=1, max_size=8), _WORDS, max_size=3),
                "created": st.integers(1_500_000_000, 1_900_000_000),
            }
        ),
        _optional(
            shipping=st.none()
            | st.fixed_dictionaries(
                {"name": _WORDS, "phone": st.none() | _phones(), "address": _stripe_address()}
            ),
            balance=st.integers(-10_000, 10_000),
            business_name=st.none() | _WORDS,
        ),
    )
    gone = st.text("abcDEF0123", min_size=4, max_size=8).map(
        lambda name: {"id": f"cus_{name}", "object": "customer", "deleted": True}
    )
    return st.integers(0, 19).flatmap(lambda chance: gone if chance == 0 else alive)


def _netsuite_line(number: int) -> SearchStrategy[dict[str, Any]]:
    parts = ("addr1", "addr2", "city", "zip", "attention", "addressee")
    keys: dict[str, SearchStrategy[Any]] = dict.fromkeys(parts, _WORDS)
    country = st.sampled_from(_COUNTRIES).map(lambda code: {"id": code, "refName": code})
    return st.fixed_dictionaries(
        {"id": st.just(number), "addressBookAddress": _optional(**keys, country=country)}
    )


@st.composite
def _books(draw: st.DrawFn) -> dict[str, Any]:
    lines = [draw(_netsuite_line(number)) for number in range(31, 31 + draw(st.integers(0, 3)))]
    for default in ("defaultBilling", "defaultShipping"):
        chosen = draw(st.integers(-1, len(lines) - 1))
        for place, line in enumerate(lines):
            line[default] = place == chosen
    return {"items": lines}


def netsuite_payloads() -> SearchStrategy[dict[str, Any]]:
    """Return customer records as NetSuite's REST service answers with them: a null key is absent."""
    return st.builds(
        lambda fixed, optional: {**fixed, **optional},
        st.fixed_dictionaries(
            {"id": st.integers(1, 99_999).map(str), "isPerson": st.booleans(), "isInactive": st.booleans()}
        ),
        _optional(
            companyName=_WORDS,
            firstName=_WORDS,
            lastName=_WORDS,
            entityId=_WORDS,
            email=_emails(),
            phone=_phones(),
            addressBook=_books(),
            subsidiary=st.sampled_from(["1", "2"]).map(lambda id: {"id": id, "refName": "One"}),
            custentity_stripe_customer_id=st.sampled_from(["cus_none1", "cus_none2"]),
            globalSubscriptionStatus=st.sampled_from(["1", "2", "3", "4"]).map(lambda id: {"id": id}),
        ),
    )


def customers() -> SearchStrategy[Customer]:
    """Return customers of either system, as they are read."""
    return st.builds(REST.read, netsuite_payloads(), st.just(""), st.just("")) | st.builds(
        STRIPE.read, stripe_payloads(), st.just(""), st.just("")
    )
