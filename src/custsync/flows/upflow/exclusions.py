"""Who is excluded: between companies of one group, by category, by rule; and what is not imported then."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from custsync._arguments import checked
from custsync.engine.arguments import check_call, source_records
from custsync.engine.environment import Environment, run
from custsync.engine.manual import exclude_steps
from custsync.engine.plan.context import RunContext, SourceRecord, context_of, stored_by_end
from custsync.engine.plan.reading import read_quietly
from custsync.engine.requests import Request
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.flows.upflow import issues as issue_table
from custsync.flows.upflow.names import UpflowName
from custsync.models import Customer, Issue, Ref
from custsync.rules.eligibility import Check, ExclusionPeriod
from custsync.rules.fields.mapping import value_of
from custsync.rules.normalize.texts import id_key, text_key
from custsync.syncrecords import SyncRecord
from custsync.systems.netsuite import NOT_CUSTOMERS
from custsync.systems.values import internal_id


@checked
def imports_data_of(record: SyncRecord | None) -> bool:
    """Return whether a customer's contacts, invoices and transactions are imported: only of one in Upflow.

    An excluded customer's own record is kept, and so is its link; nothing that hangs from it is imported.

    Args:
        record: the customer's sync record, None where it has none.

    Rule: UF-EXC-2

    >>> from custsync.models import Ref
    >>> from custsync.syncrecords import Status
    >>> ours, theirs = Ref("netsuite", "7"), Ref("upflow", "6b0e")
    >>> kept = SyncRecord(link="l", flow="upflow", source=ours, target=theirs, status=Status.LINKED)
    >>> imports_data_of(kept), imports_data_of(evolve(kept, status=Status.EXCLUDED)), imports_data_of(None)
    (True, False, False)
    """
    return record is not None and record.is_joined and record.hidden is None


@frozen(init=False)
class Is:
    """A condition of a smart rule: a field's whole text is one of these, letter by letter.

    Attributes:
        field: the customer's field, `"custom.NAME"` for a custom one.
        values: the texts that fulfil the condition, one being enough.

    >>> from custsync.models import Ref
    >>> is_vip = Is("custom.tier", "VIP", "Gold")
    >>> [is_vip(Customer(ref=Ref("netsuite", "7"), custom={"tier": tier})) for tier in ("VIP", "vip", "VIPs")]
    [True, False, False]
    """

    field: str
    values: tuple[str, ...]

    def __init__(self, field: str, *values: str) -> None:
        """Take the field's name, `"custom.NAME"` for a custom one, and the texts."""
        self.__attrs_init__(field, values)

    def __call__(self, customer: Customer) -> bool:
        """Return whether the field holds one of the texts."""
        return value_of(customer, self.field) in self.values


@frozen(kw_only=True)
class SmartRule:
    """A smart rule: who meets all its conditions is excluded, or kept from the rules after it.

    Attributes:
        name: what decisions call it; it names no customer.
        where: the conditions, all of which must hold: `Is`, or any predicate over a customer.
        excludes: whether its action is "Exclude from Upflow"; another action only takes the customer away
            from later rules, for the first rule wins.

    Rule: UF-EXC-3
    """

    name: str
    where: tuple[Callable[[Customer], bool], ...]
    excludes: bool = True

    def catches(self, customer: Customer) -> bool:
        """Return whether the customer meets all conditions; without conditions no customer does."""
        return bool(self.where) and all(condition(customer) for condition in self.where)


@frozen
class _FirstIs:
    """Whether the last of these rules is the first to catch a customer."""

    rules: tuple[SmartRule, ...]

    def __call__(self, customer: Customer) -> bool:
        *before, rule = self.rules
        return rule.catches(customer) and not any(one.catches(customer) for one in before)


@frozen
class _HasCategory:
    categories: frozenset[str]

    def __call__(self, customer: Customer) -> bool:
        return isinstance(customer.category, str) and id_key(customer.category) in self.categories


def is_inactive(customer: Customer) -> bool:
    """Return whether the customer is marked as inactive.

    Rule: UF-INA
    """
    return customer.is_inactive is True


def is_intercompany(customer: Customer) -> bool:
    """Return whether the customer represents a subsidiary of the account itself.

    Rule: UF-INT
    """
    subsidiary = customer.representing_subsidiary
    return isinstance(subsidiary, str) and bool(subsidiary.strip())


def exclusions(
    categories: frozenset[str], rules: tuple[SmartRule, ...], lasts: ExclusionPeriod
) -> tuple[Check, ...]:
    """Return who is left out, in order: those that last come before those that may come back.

    Args:
        categories: internal ids of the categories whose customers are excluded.
        rules: the smart rules, in order.
        lasts: for how long a category, a rule or a representing subsidiary excludes.

    Rule: UF-INA, UF-INT, UF-EXC-1, UF-EXC-3, UF-EXC-4
    """
    of_one = _HasCategory(frozenset(filter(None, map(internal_id, categories))))
    by_category = Check(fails=of_one, issue=issue_table.EXCLUDED_CATEGORY, lasts=lasts, hides=True)
    named = [evolve(issue_table.RULE_EXCLUDES, shape=rule.name) for rule in rules]
    by_rule = [
        evolve(by_category, fails=_FirstIs(rules[: at + 1]), issue=named[at])
        for at, rule in enumerate(rules)
        if rule.excludes
    ]
    return (
        *NOT_CUSTOMERS,
        Check(fails=is_intercompany, issue=issue_table.INTERCOMPANY, lasts=lasts),
        *((by_category,) if categories else ()),
        *by_rule,
        Check(fails=is_inactive, issue=issue_table.INACTIVE, lasts=ExclusionPeriod.ONCE_LINKED),
    )


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
    rows: Iterable[Mapping[str, str]], customers: Mapping[str, Customer], upflow_ids: Mapping[str, str]
) -> list[Listed]:
    """Return for each row whose customer it is, or which of its three parts disagrees with the others.

    The customer is the one with the external id; its name in Upflow and its Upflow id are compared with the
    row's, without blanks around them, the name without regard to case. No issue quotes a row.

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
        return Listed(row=place, issues=(issue_table.NOT_A_ROW,))
    columns = {_heading(title): text for title, text in row.items()}
    texts = {title: _text(columns.get(title)) for title in LIST_COLUMNS}
    blank = tuple(evolve(issue_table.COLUMN_BLANK, field=title) for title, text in texts.items() if not text)
    if blank:
        return Listed(row=place, issues=blank)
    customer = customers.get(texts["external_id"])
    if customer is None:
        return Listed(row=place, issues=(issue_table.NO_CUSTOMER,))
    is_named = text_key(texts["name"]) == text_key(UpflowName()(customer).text)
    issues: tuple[Issue, ...] = () if is_named else (issue_table.OTHER_NAME,)
    if texts["upflow_id"] != upflow_ids.get(customer.id):
        issues += (issue_table.OTHER_UPFLOW_ID if customer.id in upflow_ids else issue_table.NOT_LINKED,)
    return Listed(row=place, source=None if issues else customer.ref, issues=issues)


def _heading(title: object) -> str:
    """Return a column's title as ours: the page writes `External ID`."""
    return str(title).strip().lower().replace(" ", "_")


def _text(value: object) -> str:
    return (id_key(value) if isinstance(value, str) else None) or ""


@checked
def exclude_by_list(
    flow: Flow,
    rows: Iterable[Mapping[str, str]],
    customers: Iterable[SourceRecord],
    environment: Environment,
    *,
    upflow_ids: Mapping[str, str] | None = None,
) -> list[Listed]:
    """Exclude permanently the customers of a list, and return what became of each row.

    Only rows of which all three parts belong to one customer count; the others are refused, each by itself.

    Args:
        flow: the policy of the pair.
        rows: `name`, `external_id` and `upflow_id` of each customer to exclude; any number.
        customers: the source customers.
        environment: the adapters and the store.
        upflow_ids: external id → Upflow's id, as Upflow shows them, where the flow writes the import, whose
            ids are the external ones. None takes the ids of the links.

    Raises:
        InputError: something else than a list of rows.
        StoreError: another process saved a record meanwhile; those before it are excluded.

    Rule: UF-EXC-3, UF-EXC-4
    """
    check_call(flow, environment, Environment)
    context = context_of(environment)
    read = list(readable(flow, customers, context))
    return run(_exclude_steps(flow, rows, read, upflow_ids, context), environment)


def _exclude_steps(
    flow: Flow,
    rows: Iterable[Mapping[str, str]],
    customers: Sequence[Customer],
    upflow_ids: Mapping[str, str] | None,
    context: RunContext,
) -> Generator[Request, Any, list[Listed]]:
    if upflow_ids is None:
        records = yield from stored_by_end(flow, [one.ref for one in customers])
        others = {one.id: records[one.ref].other(one.ref) for one in customers if one.ref in records}
        upflow_ids = {one: other.id for one, other in others.items() if other is not None}
    listed = check_list(rows, {customer.id: customer for customer in customers}, upflow_ids)
    sources = [one.source for one in listed if one.source is not None]
    yield from exclude_steps(flow, sources, issue_table.EXCLUDED_BY_LIST, context)
    return listed


def readable(flow: Flow, customers: Iterable[SourceRecord], context: RunContext) -> Iterator[Customer]:
    """Return an iterator of the customers that can be read; of the others the sync has reported why."""
    records = source_records(customers)
    items = records() if callable(records) else records
    return filter(None, (read_quietly(flow, item, context) for item in items))
