"""The six flows of the simulator: their systems, their fields, and where the other side's id is in a row."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import evolve, frozen

from custsync.flow import Flow
from custsync.flows.lago import LAGO_ID_FIELD
from custsync.flows.servicetitan.flow import SERVICETITAN_ID_FIELD
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.protocols import Tier
from custsync.testing.fakes.base import FakeSystem, Row
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from custsync.testing.fakes.stripe import FakeStripe
from tests.proofs.integrations import FOUR, Pair, lago_row

_COMPANY: Final = {"name": "companyName", "email": "email", "phone": "phone"}
_PLAIN: Final = {"name": "name", "email": "email", "phone": "phone"}


@frozen
class Kind:
    """A link between two systems: its flows, the tiers of its target, its fields on either side.

    `stamps` says which field of either side carries the other side's id. `links` says whether a customer that
    is in both systems from the start can be linked.
    """

    flows: tuple[Flow, ...]
    source: Callable[..., FakeSystem]
    target: Callable[..., FakeSystem]
    tiers: str
    fields: tuple[Mapping[str, str], Mapping[str, str]]
    stamps: tuple[str, str]
    links: bool = True

    def flows_in(self, tier: Tier) -> tuple[Flow, ...]:
        """Return the flows for a target of that tier; without unique ids, none is sent."""
        if tier is Tier.A or len(self.flows) > 1:
            return self.flows
        return tuple(flow.replace(unique_key="") if flow.unique_key else flow for flow in self.flows)


def _kind(pair: Pair, tiers: str, stamp: str, *fields: Mapping[str, str]) -> Kind:
    ours, theirs = fields or ({}, {})
    return Kind((pair.flow,), pair.source, pair.target, tiers, (ours, theirs), ("", stamp))


_LIGHTSPEED, _SERVICETITAN, _LAGO, _UPFLOW = FOUR
KINDS: Final[Mapping[str, Kind]] = {
    "stripe": Kind(
        (EXPORT, IMPORT),
        FakeNetSuite,
        FakeStripe,
        "BCD",
        (_COMPANY, _PLAIN),
        ("custentity_stripe_customer_id", "metadata"),
    ),
    "lightspeed": _kind(_LIGHTSPEED, "ACD", "customer_code", _COMPANY, {**_PLAIN, "name": "company_name"}),
    "servicetitan": _kind(_SERVICETITAN, "ABCD", SERVICETITAN_ID_FIELD),
    "lago": _kind(_LAGO, "ABCD", LAGO_ID_FIELD, _PLAIN, _COMPANY),
    "upflow": evolve(
        _kind(_UPFLOW, "A", "Customer ID", {"name": "companyName"}, {"name": "Customer name"}), links=False
    ),
}
"""The two flows of Stripe run over one link."""


def row_of(
    system: FakeSystem, fields: Mapping[str, str], number: int, values: Mapping[str, str], twin: str
) -> Row:
    """Return a customer as a person enters it; `twin` is the id that it is known to have over there."""
    if isinstance(system, FakeLago):
        known: dict[str, Any] = {"external_customer_id": twin, "sync_with_provider": False} if twin else {}
        return {**lago_row(f"lago-{number}", **known), **values}
    if isinstance(system, FakeServiceTitan):
        place = {"street": "1 Elm St", "city": "Astoria", "state": "OR", "country": "USA"}
        legacy = [{"name": "Legacy ID", "value": twin}] if twin else []
        return {"name": f"{values['name']}, Ines", "address": place, "customFields": legacy}
    row = {key: values[name] for name, key in fields.items()}
    if isinstance(system, FakeNetSuite):
        named = {"companyName": values["name"], "entityId": f"C-{number}", "subsidiary": {"id": "2"}}
        return {**named, **row}
    if isinstance(system, FakeLightspeed):
        return {**row, "customer_code": f"C-{number}"}
    return row


def stamp_of(kind: Kind, side: int, row: Mapping[str, Any]) -> str:
    """Return the other side's id that a row carries."""
    value = row.get(kind.stamps[side])
    return str(value.get("netsuite_internal_id", "") if isinstance(value, Mapping) else value or "")
