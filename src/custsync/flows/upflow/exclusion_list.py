"""Excluding by a list: rows of name, external id and Upflow id, all three checked against each other."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from custsync._arguments import checked
from custsync.engine.arguments import check_call, source_records
from custsync.engine.drivers import run
from custsync.engine.environment import Environment
from custsync.engine.manual import exclude_steps
from custsync.engine.plan.context import RunContext, SourceRecord, by_end, context_of
from custsync.engine.plan.reading import read_quietly
from custsync.engine.requests import LoadRecords, Request
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.flows.upflow.issues import (
    COLUMN_BLANK,
    EXCLUDED_BY_LIST,
    NO_CUSTOMER,
    NOT_A_ROW,
    NOT_LINKED,
    OTHER_NAME,
    OTHER_UPFLOW_ID,
)
from custsync.flows.upflow.names import UpflowName
from custsync.models import Customer, Issue, Ref
from custsync.rules.normalize.texts import text_key
from custsync.syncrecords import SyncRecord

__all__ = ["LIST_COLUMNS", "Listed", "check_list", "exclude_by_list"]

LIST_COLUMNS: Final = ("name", "external_id", "upflow_id")
"""What a row of an exclusion list names a customer by; `Name`, `External ID` and `Upflow ID` are read too."""


@frozen(kw_only=True)
class Listed:
    """What became of one row of an exclusion list.

    Attributes:
        row: the row's place in the list, from 1.
        source: the customer that is excluded, None where the row is refused.
        issues: why it is refused: one for each of the three that disagrees.
    """

    row: int
    source: Ref | None = None
    issues: tuple[Issue, ...] = ()


def check_list(
    rows: Iterable[Mapping[str, str]],
    customers: Mapping[str, Customer],
    upflow_ids: Mapping[str, str],
) -> list[Listed]:
    """Return for each row whose customer it is, or which of its three parts disagrees with the others.

    The customer is the one with the external id; its name in Upflow and its Upflow id are compared with the
    row's, without blanks around them, the name without regard to case. What a row says is in no issue.

    Args:
        rows: `name`, `external_id` and `upflow_id` of each customer to exclude.
        customers: external id → the source customer.
        upflow_ids: external id → Upflow's id, as the links or Upflow itself show them.

    Raises:
        InputError: something else than a list of rows.

    Rule: UF-EXC-3

    >>> joinery = Customer(ref=Ref("netsuite", "7"), company_name="Joinery")
    >>> row = {"name": "Joinery", "external_id": "7", "upflow_id": "6b0e-7"}
    >>> [one.source for one in check_list([row], {"7": joinery}, {"7": "6b0e-7"})]
    [Ref(system='netsuite', id='7', account='', mode='', kind='customer')]
    >>> [issue.field for issue in check_list([row], {"7": joinery}, {"7": "6b0e-8"})[0].issues]
    ['upflow_id']
    """
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise InputError("rows: the rows of an exclusion list are needed")
    return [_checked(place, row, customers, upflow_ids) for place, row in enumerate(rows, start=1)]


def _checked(
    place: int, row: object, customers: Mapping[str, Customer], upflow_ids: Mapping[str, str]
) -> Listed:
    if not isinstance(row, Mapping):
        return Listed(row=place, issues=(NOT_A_ROW,))
    said = {_heading(title): text for title, text in row.items()}
    texts = {title: _text(said.get(title)) for title in LIST_COLUMNS}
    blank = tuple(evolve(COLUMN_BLANK, field=title) for title, text in texts.items() if not text)
    if blank:
        return Listed(row=place, issues=blank)
    customer = customers.get(texts["external_id"])
    if customer is None:
        return Listed(row=place, issues=(NO_CUSTOMER,))
    is_named = text_key(texts["name"]) == text_key(UpflowName()(customer).text)
    issues: tuple[Issue, ...] = () if is_named else (OTHER_NAME,)
    if texts["upflow_id"] != upflow_ids.get(customer.id):
        issues += (OTHER_UPFLOW_ID if customer.id in upflow_ids else NOT_LINKED,)
    return Listed(row=place, source=None if issues else customer.ref, issues=issues)


def _heading(title: object) -> str:
    """Return a column's title as ours: the page writes `External ID`."""
    return str(title).strip().lower().replace(" ", "_")


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


@checked
def exclude_by_list(
    flow: Flow,
    rows: Iterable[Mapping[str, str]],
    customers: Iterable[SourceRecord],
    world: Environment,
    *,
    upflow_ids: Mapping[str, str] | None = None,
) -> list[Listed]:
    """Exclude permanently the customers of a list, and return what became of each row.

    Only rows of which all three parts belong to one customer count; the others are refused, each by itself.

    Args:
        flow: the policy of the pair.
        rows: `name`, `external_id` and `upflow_id` of each customer to exclude; any number.
        customers: the source customers.
        world: the adapters and the store.
        upflow_ids: external id → Upflow's id, as Upflow shows them, where the flow writes the import, whose
            ids are the external ones. None takes the ids of the links.

    Raises:
        InputError: something else than a list of rows.
        StoreError: somebody else saved a record meanwhile; those before it are excluded.

    Rule: UF-EXC-3, UF-EXC-4
    """
    check_call(flow, world, Environment)
    terms = context_of(world)
    read = [one for item in source_records(customers) if (one := read_quietly(flow, item, terms)) is not None]
    return run(_exclude_steps(flow, rows, read, upflow_ids, terms), world)


def _exclude_steps(
    flow: Flow,
    rows: Iterable[Mapping[str, str]],
    customers: Sequence[Customer],
    upflow_ids: Mapping[str, str] | None,
    terms: RunContext,
) -> Generator[Request, Any, list[Listed]]:
    if upflow_ids is None:
        refs = tuple(customer.ref for customer in customers)
        records = by_end((yield LoadRecords(flow.link, refs))) if refs else {}
        upflow_ids = _linked_ids(refs, records)
    listed = check_list(rows, {customer.id: customer for customer in customers}, upflow_ids)
    sources = [one.source for one in listed if one.source is not None]
    yield from exclude_steps(flow, sources, EXCLUDED_BY_LIST, terms)
    return listed


def _linked_ids(refs: Iterable[Ref], records: Mapping[Ref, SyncRecord]) -> dict[str, str]:
    others = {ref.id: records[ref].other(ref) for ref in refs if ref in records}
    return {one: other.id for one, other in others.items() if other is not None}
