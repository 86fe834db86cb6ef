"""The other four integrations over the same NetSuite account: two that fill it, and two that it feeds."""

from collections.abc import Iterator
from typing import Final

from custsync.cli.demo.house import House
from custsync.flow import Flow
from custsync.flows.lago import customer_sync
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.flows.servicetitan import CUSTOMER_SYNC
from custsync.flows.upflow import CUSTOMER_IMPORT

__all__ = ["from_lago", "from_servicetitan", "merging", "to_lightspeed", "to_upflow"]

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
