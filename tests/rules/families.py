"""Customers with parents for the engine's tests: a flow of the small world that waits for parents."""

from typing import Any, Final

from custsync.engine.outcomes import Outcome
from custsync.flow import Flow
from custsync.models import ABSENT, Customer
from tests.environments import BY_EMAIL, FLOW, STAMP, Party, Read, row, shop

FAMILY: Final[Flow] = FLOW.replace(
    match=(BY_EMAIL,),
    fields=(
        row("name"),
        row(STAMP, sources=("id",), compute=Read("id")),
        row("external_id", sources=("parent",), compute=Read("parent")),
    ),
    write_back="",
    parent="external_id",
)
"""The books keep the id of a customer's parent as `external_id`."""


def child(identity: str, parent: Any = ABSENT, **values: Any) -> Customer:
    """Return a customer of the shop with its parent's id."""
    return shop(identity, **{"name": f"No. {identity}", "parent": parent, **values})


def parents_in(target: Party) -> dict[str, str | None]:
    """Return whom each customer hangs from in the books, both by their ids in the shop."""
    names = {identity: there["custom"]["shop_id"] for identity, there in target.rows.items()}
    return {
        names[identity]: names.get(there.get("external_id") or "") for identity, there in target.rows.items()
    }


def told(outcomes: list[Outcome]) -> dict[str, tuple[str, list[str]]]:
    """Return how each customer's run ended, and the codes of what was said."""
    return {one.source.id: (one.result.value, [issue.code for issue in one.issues]) for one in outcomes}
