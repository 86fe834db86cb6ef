"""Worlds of any payloads for the six flows: correlated, so that some customers meet and some collide."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.fakes.upflow import FakeUpflow
from tests.proofs.integrations import CONNECTION, Pair, Pairing, empty
from tests.strategies import netsuite_payloads, stripe_payloads

WORDS: Final = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=12)
IDS: Final = st.integers(1, 6).map(str)
MAYBE_WORDS: Final = st.none() | WORDS
_COUNTRIES: Final = st.sampled_from([None, "", "US", "USA", "France", "CI", "Narnia"])


@st.composite
def netsuite_customers(draw: st.DrawFn) -> dict[str, Any]:
    """Return a customer of NetSuite whose id, entity id, parent and category may be another one's."""
    row = {**draw(netsuite_payloads()), "id": draw(IDS)}
    if draw(st.booleans()):
        row["entityId"] = draw(st.sampled_from(["C-1", "C-2", "c-2", " C-1 ", "WALKIN", ""]))
    if draw(st.booleans()):
        row["parent"] = {"id": draw(IDS)}
    if draw(st.booleans()):
        row["balance"] = draw(st.sampled_from([0, 15.5, "20.01", -3]))
    return row


@st.composite
def servicetitan_customers(draw: st.DrawFn) -> dict[str, Any]:
    """Return a customer of ServiceTitan whose Legacy ID may name one of NetSuite, and that may be merged.

    Nobody is merged into himself, or into one that was merged into him: what is said of such a circle depends
    on which of its members are read together.
    """
    fields = [{"name": "Legacy ID", "value": draw(st.sampled_from([None, "", "1", " 2 ", "x", "77"]))}]
    number = int(draw(IDS))
    into = draw(st.sampled_from([None, None, *range(1, number)]))
    place = {"street": draw(MAYBE_WORDS), "city": draw(MAYBE_WORDS), "country": draw(_COUNTRIES)}
    return {
        "id": number,
        "name": draw(st.sampled_from(["Vale, Ines", "Lund", "", "A & B, C"]) | WORDS),
        "type": draw(st.sampled_from(["Residential", "Commercial"])),
        "active": into is None,
        "mergedToId": into,
        "address": place,
        "customFields": draw(st.sampled_from([fields, []])),
    }


@st.composite
def lago_customers(draw: st.DrawFn) -> dict[str, Any]:
    """Return a customer of Lago that may be connected, and may name a customer of NetSuite."""
    link = {
        "type": "netsuite",
        "integration_code": draw(st.sampled_from([CONNECTION, CONNECTION, "other"])),
        "sync_with_provider": draw(st.booleans()),
        "external_customer_id": draw(st.sampled_from([None, None, "1", "2", "77", "x"])),
        "subsidiary_id": draw(st.sampled_from(["2", None])),
    }
    return {
        "lago_id": draw(IDS),
        "external_id": draw(WORDS),
        "customer_type": draw(st.sampled_from([None, "company", "individual"])),
        "account_type": draw(st.sampled_from(["customer", "customer", "partner"])),
        "name": draw(MAYBE_WORDS),
        "firstname": draw(MAYBE_WORDS),
        "lastname": draw(MAYBE_WORDS),
        "email": draw(st.sampled_from([None, "a@works.example", "a@works.example,b@works.example"])),
        "country": draw(st.sampled_from([None, "US", "FR"])),
        "city": draw(MAYBE_WORDS),
        "integration_customers": draw(st.sampled_from([[link], [link], []])),
    }


def customers_of(system: FakeSystem) -> SearchStrategy[dict[str, Any]]:
    """Return customers of a source, in its shape."""
    if isinstance(system, FakeServiceTitan):
        return servicetitan_customers()
    if isinstance(system, FakeStripe):
        return stripe_payloads()
    return lago_customers() if isinstance(system, FakeLago) else netsuite_customers()


def counterparts_of(system: FakeSystem) -> SearchStrategy[dict[str, Any]]:
    """Return customers of a target that the source's may meet."""
    if isinstance(system, FakeStripe):
        return stripe_payloads()
    if isinstance(system, FakeNetSuite):
        subsidiary = st.sampled_from(["1", "2"]).map(lambda one: {"id": one})
        plain = st.fixed_dictionaries({"id": IDS, "companyName": WORDS, "subsidiary": subsidiary})
        return plain | netsuite_payloads()
    if isinstance(system, FakeLightspeed):
        codes = st.sampled_from(["C-1", "C-2", "WALKIN"])
        return st.fixed_dictionaries({"customer_code": codes, "company_name": WORDS})
    key, name = ("externalId", "name") if isinstance(system, FakeUpflow) else ("Customer ID", "Customer name")
    return st.fixed_dictionaries({key: IDS, name: WORDS})


@st.composite
def worlds(draw: st.DrawFn, setting: Pair) -> Pairing:
    """Return a world in which both systems have customers."""
    pair = empty(setting)
    key = pair.source.id_key
    for row in draw(st.lists(customers_of(pair.source), max_size=6, unique_by=lambda one: one[key])):
        pair.source.put(row)
    for row in draw(st.lists(counterparts_of(pair.target), max_size=3)):
        pair.target.put(row)
    if isinstance(pair.source, FakeServiceTitan):
        for row in pair.source.rows:
            if draw(st.booleans()):
                pair.invoice(str(row["id"]))
    return pair
