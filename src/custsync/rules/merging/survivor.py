"""Before a merge: who stays, and what a target refuses to merge, checked before it is called."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal, TypeAlias, get_args

from attrs import evolve, fields, frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import Customer, Issue, Ref
from custsync.rules.fields.mapping import known_reader_of
from custsync.rules.fields.values import says_nothing
from custsync.rules.merging.customers import distinct
from custsync.rules.normalize.texts import as_text
from custsync.rules.order import ref_order, seconds_of

MOST_AT_ONCE: Final = 200
"""How many records one merge of NetSuite takes, the survivor among them (section_4345799008)."""

VAT_FIELDS: Final = ("vatRegNumber", "vatregnumber", "vatRegNo")
"""The names of the VAT number in NetSuite: of the REST record, of a query's column, of the SOAP record."""


class SurvivorRule(Enum):
    """By what the survivor is chosen; NetSuite's own words for it in brackets."""

    MOST_TRANSACTIONS = "most_transactions"
    """The one with most transactions: NetSuite's advice, for the fewest records change."""
    EARLIEST = "earliest"
    """The one that was created first (CREATED_EARLIEST)."""
    MOST_RECENT = "most_recent"
    """The one that was active last (MOST_RECENT_ACTIVITY)."""
    NEWEST = "newest"
    """The one that was created last."""
    MOST_COMPLETE = "most_complete"
    """The one with most fields filled in (MOST_POPULATED_FIELDS)."""
    KEEPS_ID = "keeps_id"
    """The one that keeps an id of another system: its field is named with `id_field`."""


Undecided: TypeAlias = Literal["review", "lowest_id"]
"""Where the rule finds two customers equal, or one has nothing about it: an issue; or the lowest id."""


@frozen(kw_only=True)
class Chosen:
    """Which of several customers stays.

    Attributes:
        survivor: the customer that stays.
        duplicates: those that go, in the order of their ids.
        by: what decided: the value of a `SurvivorRule`, `"instruction"`, or `"lowest_id"` where the rule left
            it open.
    """

    survivor: Customer
    duplicates: tuple[Customer, ...]
    by: str


@checked
def choose_survivor(
    customers: Iterable[Customer],
    rule: SurvivorRule | Ref | str,
    *,
    transactions: Mapping[Ref, int] | None = None,
    active_at: Mapping[Ref, datetime] | None = None,
    id_field: str = "",
    undecided: Undecided = "review",
) -> Chosen | Issue:
    """Return the customer that stays and those that go, or the issue with the reason why none can be chosen.

    A customer that is gone, deleted or merged into another, never stays. The order of the customers makes no
    difference. One without the data that the rule needs may be the one: none is chosen then,
    and none where two come first.

    Args:
        customers: customers of one system, at least one.
        rule: a rule; or an instruction, the survivor's `Ref` or id.
        transactions: how many each customer has, counted by the caller, for `MOST_TRANSACTIONS`.
        active_at: when each customer was last active (aware UTC), for `MOST_RECENT`; who is not there counts
            with `modified_at`.
        id_field: the field that keeps the other system's id, `"custom.NAME"` or a field of `Customer`, for
            `KEEPS_ID`.
        undecided: `"lowest_id"` chooses all the same: who has no value comes last, and of those that come
            first the lowest id stays (a short one is lower than a long one).

    Returns:
        The choice, or an issue: `survivor_not_there`, `survivor_gone`, `other_system`, `not_known`, `tie`.
        Linear time, plus the sorting of the ids.

    Raises:
        InputError: no customers, two that differ under one id, a count that is none, a time without a zone,
            `KEEPS_ID` without a field.

    Rule: ST-MRG-1
    Source: NetSuite help, section_4345807658

    >>> old = Customer(ref=Ref("netsuite", "9"), created_at=datetime.fromisoformat("2024-05-01T00:00:00Z"))
    >>> new = Customer(ref=Ref("netsuite", "7"), created_at=datetime.fromisoformat("2026-05-01T00:00:00Z"))
    >>> choose_survivor([new, old], SurvivorRule.EARLIEST).survivor is old
    True
    >>> choose_survivor([new, old], SurvivorRule.MOST_COMPLETE).code
    'tie'
    >>> choose_survivor([new, old], "8").code
    'survivor_not_there'
    """
    if undecided not in get_args(Undecided):
        raise InputError(f"undecided is {' or '.join(get_args(Undecided))}")
    known = sorted(distinct(customers), key=lambda customer: ref_order(customer.ref))
    if not known:
        raise InputError("there is no customer to choose from")
    if len({customer.ref.namespace for customer in known}) > 1:
        return OTHER_SYSTEM
    if not isinstance(rule, SurvivorRule):
        return _instructed(known, rule)
    there = [customer for customer in known if not is_deleted(customer)]
    if not there:
        return SURVIVOR_GONE
    if rule is SurvivorRule.KEEPS_ID and not id_field:
        raise InputError("SurvivorRule.KEEPS_ID needs id_field, the field that keeps the other system's id")
    weights = list(map(_weigher(rule, transactions or {}, active_at or {}, id_field), there))
    issue = _undecided(rule, weights)
    if issue is not None and undecided == "review":
        return issue
    best = max((weight for weight in weights if weight is not None), default=None)
    by = rule.value if issue is None else "lowest_id"
    return _chosen(there[weights.index(best)], known, by)


def is_deleted(customer: Customer) -> bool:
    """Return whether the customer was deleted or merged into another."""
    return customer.deleted or not says_nothing(customer.merged_into)


def _count(ref: Ref, transactions: Mapping[Ref, int]) -> Any:
    count: object = transactions.get(ref)
    if count is not None and (type(count) is not int or count < 0):
        raise InputError(f"{ref}: a count of transactions is a whole number, 0 or more")
    return count


def _weigher(
    rule: SurvivorRule, transactions: Mapping[Ref, int], active_at: Mapping[Ref, datetime], id_field: str
) -> Callable[[Customer], Any]:
    """Return a customer's weight by the rule, None where it is not known: who weighs most stays."""
    weighers: Mapping[SurvivorRule, Callable[[Customer], Any]] = {
        SurvivorRule.MOST_TRANSACTIONS: lambda one: _count(one.ref, transactions),
        SurvivorRule.EARLIEST: lambda one: (age := seconds_of(one, one.created_at)) and -age,
        SurvivorRule.NEWEST: lambda one: seconds_of(one, one.created_at),
        SurvivorRule.MOST_RECENT: lambda one: seconds_of(one, active_at.get(one.ref, one.modified_at)),
        SurvivorRule.MOST_COMPLETE: completeness,
        SurvivorRule.KEEPS_ID: lambda one: not says_nothing(known_reader_of(id_field, "id_field")(one)),
    }
    return weighers[rule]


def completeness(customer: Customer) -> int:
    """Return how many fields of the customer are filled in, its custom fields, lines and contacts too."""
    values = [getattr(customer, name) for name in _COUNTED]
    values += customer.custom.values()
    return sum(not says_nothing(value) for value in values)


def _undecided(rule: SurvivorRule, weights: list[Any]) -> Issue | None:
    if len(weights) == 1:
        return None
    unknown = weights.count(None)
    if unknown:
        return evolve(NOT_KNOWN, field=_ASKED[rule], shape=f"{unknown} of {len(weights)} customers")
    first = weights.count(max(weights))
    return evolve(TIE, field=_ASKED[rule], shape=f"{first} customers") if first > 1 else None


def _instructed(known: list[Customer], wanted: Ref | str) -> Chosen | Issue:
    named = [customer for customer in known if wanted in (customer.ref, customer.id)]
    if not named:
        return SURVIVOR_NOT_THERE
    return SURVIVOR_GONE if is_deleted(named[0]) else _chosen(named[0], known, "instruction")


def _chosen(survivor: Customer, known: list[Customer], by: str) -> Chosen:
    gone = tuple(customer for customer in known if customer is not survivor)
    return Chosen(survivor=survivor, duplicates=gone, by=by)


@checked
def mergeable(
    survivor: Customer,
    duplicate: Customer,
    *,
    vat: Collection[str] = VAT_FIELDS,
    shared_vendors: Collection[Ref] = (),
    never_differ: Collection[str] = (),
) -> tuple[Issue, ...]:
    """Return why the two cannot be merged; nothing where they can.

    NetSuite needs equal VAT numbers or none on both, and refuses a customer that several subsidiaries share
    and that is a vendor too. Any target needs two of its customers, both there.

    Args:
        survivor: the customer that stays, as the target returns it.
        duplicate: the customer that goes, as the target returns it.
        vat: names of the field that holds the VAT number, a custom field or one that the payload carried
            beside the known ones; the first that returns a reason counts. None of them for targets without
            this quirk. A field that was not read counts as blank.
        shared_vendors: those of whom the caller knows that they are shared and vendors.
        never_differ: fields that must not differ between two customers that are merged: an id of another
            system, a tax id. `"custom.NAME"` names a custom field; a blank differs from nothing.

    Raises:
        InputError: a VAT number is no text.
        ConfigurationError: a customer has no field of a name in `never_differ`.

    Rule: ST-MRG-1
    Source: NetSuite help, section_1509542900

    >>> from custsync.models import Ref
    >>> stays = Customer(ref=Ref("netsuite", "7"), extra={"vatRegNumber": "DE1"})
    >>> goes = Customer(ref=Ref("netsuite", "9"), extra={"vatRegNumber": "DE2"})
    >>> [issue.code for issue in mergeable(stays, goes)]
    ['other_vat']
    >>> mergeable(stays, Customer(ref=Ref("netsuite", "9"), custom={"vatregnumber": "DE1 "}))
    ()
    """
    found = (
        (OTHER_SYSTEM, survivor.ref.namespace != duplicate.ref.namespace),
        (MERGED_INTO_ITSELF, survivor.ref == duplicate.ref),
        (SURVIVOR_GONE, is_deleted(survivor)),
        (DUPLICATE_GONE, duplicate.deleted),
        (evolve(OTHER_VAT, field=next(iter(vat), "")), _vat_of(survivor, vat) != _vat_of(duplicate, vat)),
        (SHARED_VENDOR, survivor.ref in shared_vendors or duplicate.ref in shared_vendors),
        *((evolve(IDS_DIFFER, field=name), _differs(survivor, duplicate, name)) for name in never_differ),
    )
    return tuple(issue for issue, is_so in found if is_so)


def _differs(survivor: Customer, duplicate: Customer, name: str) -> bool:
    values = list(map(known_reader_of(name, "never_differ"), (survivor, duplicate)))
    return not any(map(says_nothing, values)) and as_text(values[0]).strip() != as_text(values[1]).strip()


def _vat_of(customer: Customer, names: Collection[str]) -> str:
    held: Iterable[Any] = (fields.get(name) for name in names for fields in (customer.custom, customer.extra))
    return as_text(next((value for value in held if not says_nothing(value)), "")).strip()


_ASKED: Final[Mapping[SurvivorRule, str]] = {
    SurvivorRule.MOST_TRANSACTIONS: "transactions",
    SurvivorRule.EARLIEST: "created_at",
    SurvivorRule.NEWEST: "created_at",
    SurvivorRule.KEEPS_ID: "id_field",
    SurvivorRule.MOST_RECENT: "modified_at",
    SurvivorRule.MOST_COMPLETE: "fields",
}
_NOT_COUNTED: Final = frozenset({"ref", "deleted", "merged_into", "custom", "extra"})
_COUNTED: Final = tuple(each.name for each in fields(Customer) if each.name not in _NOT_COUNTED)
MERGED_INTO_ITSELF: Final = Issue(
    code="merged_into_itself",
    rule="ST-MRG-1",
    field="ref",
    reason="a customer cannot be merged into itself",
    remedy="Name two customers",
)
DUPLICATE_GONE: Final = Issue(
    code="duplicate_gone",
    rule="ST-MRG-1",
    field="deleted",
    reason="the customer that is to go is not there any more",
    remedy="Nothing to merge: let its sync record follow the survivor",
)
OTHER_VAT: Final = Issue(
    code="other_vat",
    rule="ST-MRG-1",
    field="vatRegNumber",
    reason="the target merges only customers with equal VAT numbers, or with none on both",
    remedy="Make the two VAT numbers equal, or clear both, then merge",
)
IDS_DIFFER: Final = Issue(
    code="ids_differ",
    rule="ST-MRG-1",
    field="id",
    reason="the two customers have different values in a field that identifies customers",
    remedy="Correct the field if the two are one customer; else keep both",
)
SHARED_VENDOR: Final = Issue(
    code="shared_vendor",
    rule="ST-MRG-1",
    field="subsidiary",
    reason="the target does not merge a customer that several subsidiaries share and that is a vendor too",
    remedy="Take its vendor role or its further subsidiaries away, or keep both customers",
)
OTHER_SYSTEM: Final = Issue(
    code="other_system",
    rule="ST-MRG-1",
    field="ref",
    reason="the customers are not of one system, account and kind",
    remedy="Merge customers within one system only",
)
SURVIVOR_GONE: Final = Issue(
    code="survivor_gone",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the customer that is to stay was deleted, or merged into another",
    remedy="Choose a customer that is still there; follow an earlier merge to its survivor",
)
SURVIVOR_NOT_THERE: Final = Issue(
    code="survivor_not_there",
    rule="ST-MRG-1",
    field="id",
    reason="the customer that is to stay is not among those that are merged",
    remedy="Name one of them",
)
NOT_KNOWN: Final = Issue(
    code="not_known",
    rule="ST-MRG-1",
    field="fields",
    reason="what the rule asks for is not known of every customer",
    remedy="Read it, name the survivor, or let the lowest id stay",
)
TIE: Final = Issue(
    code="tie",
    rule="ST-MRG-1",
    field="fields",
    reason="several customers come first by the rule, without a further criterion",
    remedy="Name the survivor, or let the lowest id stay",
)
