"""The scenes between NetSuite and Stripe: there, back, and a run that dies on the way."""

from collections.abc import Iterator
from typing import Final

from custsync.cli.demo.house import House, ProcessDied
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.protocols import Payload

__all__ = ["crashing", "exporting", "importing"]

_LATE_EMAIL: Final = "hello@tidewater-kitchens.example"
_LATE: Final[Payload] = {
    "id": "2070",
    "entityId": "CUST-2070",
    "isPerson": False,
    "isInactive": False,
    "companyName": "Tidewater Kitchens, LLC",
    "email": _LATE_EMAIL,
}


def exporting(house: House) -> Iterator[str]:
    """Yield the way from NetSuite to Stripe."""
    yield "\n== NetSuite to Stripe: the plan. Nothing is written yet."
    made = house.plan(EXPORT)
    yield str(made)
    yield "\n== Why does customer 2042 wait?"
    yield made.explain("2042")
    yield "\n== The plan carried out. Planned again, nothing is left to write."
    yield f"applied: {house.apply(made, EXPORT)}"
    yield f"planned: {house.plan(EXPORT).summary}"


def importing(house: House) -> Iterator[str]:
    """Yield the way back."""
    yield "\n== Stripe to NetSuite: the other direction shares the links, so nothing echoes."
    made = house.plan(IMPORT)
    yield str(made)
    yield f"applied: {house.apply(made, IMPORT)}"
    yield f"back to Stripe, to write the new NetSuite id there: {house.apply(house.plan(EXPORT), EXPORT)}"
    yield f"planned: {house.plan(IMPORT).summary}"
    yield f"planned: {house.plan(EXPORT).summary}"
    yield f'The country that Stripe has as "Côte d\'Ivoire" is {_country_of(house, "2057")} in NetSuite.'


def crashing(house: House) -> Iterator[str]:
    """Yield a run whose process dies between a create and its answer, and the run after it."""
    yield "\n== A new customer in NetSuite. The process dies when its create was sent and not yet answered."
    house.add(_LATE)
    try:
        house.apply(house.plan(EXPORT), EXPORT, dying=True)
    except ProcessDied:
        yield f"Stripe holds {_count(house, _LATE_EMAIL)} customer of that email. The answer was lost."
    yield "\n== The next run. The intent of the create was on record before it was sent."
    made = house.plan(EXPORT)
    yield made.explain("2070")
    yield f"applied: {house.apply(made, EXPORT)}"
    yield f"planned: {house.plan(EXPORT).summary}"
    yield f"Stripe holds {_count(house, _LATE_EMAIL)} customer of that email."


def _count(house: House, email: str) -> int:
    return sum(record.get("email") == email for record in house.records("stripe"))


def _country_of(house: House, identity: str) -> str:
    (book,) = (record["addressBook"] for record in house.records("netsuite") if record["id"] == identity)
    return str(book["items"][0]["addressBookAddress"]["country"]["id"])
