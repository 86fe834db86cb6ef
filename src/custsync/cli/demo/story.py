"""The demonstration: one NetSuite account's customers through all five integrations, over real files."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import Final

from custsync.cli.demo.house import House, ProcessDied
from custsync.flow import Flow
from custsync.flows.lago import customer_sync
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.flows.servicetitan import CUSTOMER_SYNC
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.flows.upflow import CUSTOMER_IMPORT
from custsync.protocols import Payload

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


_LAGO: Final = customer_sync("netsuite-us", subsidiaries=("2", "3"))
_UPFLOW: Final = CUSTOMER_IMPORT


def from_servicetitan(house: House) -> Iterator[str]:
    """Yield customers that come in with their transactions, and a Legacy ID that nobody has."""
    yield "\n== ServiceTitan to NetSuite: customers come in with their transactions."
    yield from _carried(house, CUSTOMER_SYNC)
    yield "\n== Why is customer 773 refused?"
    yield house.plan(CUSTOMER_SYNC).explain("773")


def merging(house: House) -> Iterator[str]:
    """Yield a merge that somebody made in ServiceTitan."""
    yield "\n== Somebody merges customer 771 into 774 in ServiceTitan. NetSuite follows."
    house.edit("servicetitan", "771", active=False, mergedToId=774)
    yield from _carried(house, CUSTOMER_SYNC)
    (survivor,) = [row for row in house.records("netsuite") if row.get("lastName") == "Vale"]
    lines = survivor["addressBook"]["items"]
    yield f"netsuite:{survivor['id']} keeps the duplicate's name and address: {len(lines)} lines in its book."


def from_lago(house: House) -> Iterator[str]:
    """Yield one customer to create, one to link, one that asks for neither, one that names nobody."""
    yield "\n== Lago to NetSuite: create, link, neither."
    yield from _carried(house, _LAGO)


def to_lightspeed(house: House) -> Iterator[str]:
    """Yield the account's customers on their way to the shop."""
    yield "\n== NetSuite to Lightspeed: the entity ID is the customer code."
    yield from _carried(house, CUSTOMER_EXPORT)
    (opted_out,) = [row for row in house.records("lightspeed") if row["customer_code"] == "CUST-2042"]
    yield f"Customer 2042 opted out of mail, so Lightspeed has do_not_email: {opted_out['do_not_email']}."


def to_upflow(house: House) -> Iterator[str]:
    """Yield the account's customers in two levels."""
    yield "\n== NetSuite to Upflow: two levels, whatever NetSuite has."
    yield from _carried(house, _UPFLOW)
    yield f"applied: {house.apply(house.plan(_UPFLOW), _UPFLOW)}"
    yield f"planned: {house.plan(_UPFLOW).summary}"
    for row in house.records("upflow_import"):
        if row.get("Parent ID"):
            yield f"netsuite:{row['Customer ID']} stands under netsuite:{row['Parent ID']}."


def _carried(house: House, flow: Flow) -> Iterator[str]:
    made = house.plan(flow)
    yield str(made)
    yield f"applied: {house.apply(made, flow)}"
    yield f"planned: {house.plan(flow).summary}"


_WIDTH: Final = 108
_SCENES: Final = (
    exporting,
    importing,
    crashing,
    from_servicetitan,
    merging,
    from_lago,
    to_lightspeed,
    to_upflow,
)


def story() -> Iterator[str]:
    """Yield the lines of the demonstration, the same on every run. It leaves nothing behind.

    >>> next(story())
    'custsync demo: one NetSuite account and the systems around it, all invented'
    """
    with TemporaryDirectory(prefix="custsync-demo-") as name:
        house = House(Path(name))
        house.furnish()
        yield "custsync demo: one NetSuite account and the systems around it, all invented"
        for scene in _SCENES:
            for line in "\n".join(scene(house)).split("\n"):
                yield fill(line, _WIDTH, subsequent_indent=" " * 6, break_on_hyphens=False) if line else ""
