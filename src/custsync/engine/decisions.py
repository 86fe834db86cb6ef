"""The closed set of decisions: exactly one for every input record, each with the trace of how it came about.

A decision is data. It holds what was read (the customers, the sync record), what is to be written, and why;
carrying it out is another module's work.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Final, TypeAlias

import attrs
from attrs import define, frozen

from custsync.models import Customer, Issue, Ref, Severity, display_html
from custsync.rules.fields.mapping import Change
from custsync.rules.matching.steps import Step
from custsync.syncrecords import SyncRecord

__all__ = [
    "Create",
    "Decision",
    "Invalid",
    "Link",
    "Merge",
    "Recover",
    "RecoverBy",
    "Review",
    "Skip",
    "TransactionDecision",
    "Unchanged",
    "Update",
    "external_id_of",
    "fields_of",
]


@frozen(kw_only=True)
class TransactionDecision:
    """What becomes of one transaction of the customer: it posts to the target customer, or it fails.

    Attributes:
        id: the transaction's id, `""` where it has none.
        type: its type, in the source's words.
        subsidiary: internal id of the subsidiary that it names, `""` for none.
        target: the target customer that it posts to; None where it fails, and where that customer is still to
            be created: the outcome names it.
        issue: why it fails, None where it posts.
    """

    id: str
    type: str
    subsidiary: str
    target: Ref | None = None
    issue: Issue | None = None

    @property
    def posts(self) -> bool:
        """Return whether the transaction posts."""
        return self.issue is None


_ONLY_IF_GIVEN: Final = {"only_if_given": True}
"""Of a field that most decisions leave blank: a plan's JSON does not carry it then."""


def _version_of(record: SyncRecord | None) -> tuple[str, Ref, int] | None:
    """Return what is compared of a sync record: its key and its version, of which there is one state."""
    return None if record is None else (record.link, record.source, record.version)


def none_posts(
    transactions: tuple[TransactionDecision, ...], issue: Issue
) -> tuple[TransactionDecision, ...]:
    """Return the transactions of a customer that is not synced after all: each fails for the same reason."""
    return tuple(attrs.evolve(made, target=None, issue=issue) for made in transactions)


@define(kw_only=True, repr=False, eq=False, weakref_slot=False)  # a base class alone, of drafts too
class _Decided:
    """What every decision has.

    Attributes:
        source: the source customer.
        trace: the rules that were asked, in order.
        issues: what there is to report.
        transactions: what becomes of each of its transactions, where the flow has them.
        external_id: the source customer's external id, where the decision does not hold the customer itself.
    """

    source: Ref
    trace: tuple[Step, ...] = ()
    issues: tuple[Issue, ...] = ()
    transactions: tuple[TransactionDecision, ...] = attrs.field(default=(), metadata=_ONLY_IF_GIVEN)
    external_id: str = attrs.field(default="", metadata=_ONLY_IF_GIVEN)

    _repr_html_ = display_html


@define(kw_only=True, repr=False, eq=False, weakref_slot=False)  # a base class alone
class _Read(_Decided):
    """What a decision has whose customer was read.

    Attributes:
        customer: the source customer as it was read.
        record: its sync record, None where it has none yet.
        digest: digest of the payload that it was read from.
    """

    customer: Customer
    record: SyncRecord | None = attrs.field(default=None, eq=_version_of)
    digest: str = ""


@frozen(kw_only=True, weakref_slot=False)
class Create(_Read):
    """No counterpart was found: create the customer in the target.

    Attributes:
        values: target field → value.
    """

    symbol: ClassVar[str] = "+"
    verb: ClassVar[str] = "create"
    values: Mapping[str, Any] = attrs.field(repr=False)


@define(kw_only=True, repr=False, eq=False, weakref_slot=False)  # a base class alone
class _Found(_Read):
    """What a decision has whose counterpart is known.

    Attributes:
        target: the counterpart.
        current: the counterpart as it was read.
        changes: the fields to write, with both values.
        in_step: the target fields on which both sides agree afterwards.
        held: those that the source still has something to say of.
        seen_at: when the target was read, where an update was in flight then.
        write_back: whether the counterpart's id is to be written to the source.
    """

    target: Ref
    current: Customer
    changes: tuple[Change, ...] = ()
    in_step: tuple[str, ...] = ()
    held: tuple[str, ...] = attrs.field(default=(), metadata=_ONLY_IF_GIVEN)
    seen_at: datetime | None = attrs.field(default=None, metadata=_ONLY_IF_GIVEN)
    write_back: bool = False


@frozen(kw_only=True, weakref_slot=False)
class Update(_Found):
    """The linked customer differs: write the changed fields, and only those."""

    symbol: ClassVar[str] = "~"
    verb: ClassVar[str] = "update"


@frozen(kw_only=True, weakref_slot=False)
class Link(_Found):
    """One customer was found that no other one is linked to: link it, and bring it up to date.

    Attributes:
        shared: whether it is another customer's, and nothing is written to it.
    """

    shared: bool = attrs.field(default=False, metadata=_ONLY_IF_GIVEN)
    symbol: ClassVar[str] = "="
    verb: ClassVar[str] = "link"


class RecoverBy(Enum):
    """What to do about a create whose outcome is unknown."""

    ADOPT = "adopt"
    """The customer was found: link it."""
    REISSUE = "reissue"
    """Send the same create with the same key again: the target keeps it from being doubled."""
    ANEW = "anew"
    """Nothing can appear any more and nothing is there: create with a new key."""
    WAIT = "wait"
    """The create may still appear: look again after `until`."""


@frozen(kw_only=True, weakref_slot=False)
class Recover(_Read):
    """An earlier create's outcome is unknown: find out, without ever creating twice.

    Attributes:
        by: what to do.
        target: the customer that was found, for `ADOPT`.
        current: that customer as it was read.
        until: when to look again, for `WAIT`.
        values: target field → value, where it is created anew.
    """

    symbol: ClassVar[str] = "*"
    verb: ClassVar[str] = "recover"
    by: RecoverBy
    target: Ref | None = None
    current: Customer | None = None
    until: datetime | None = None
    values: Mapping[str, Any] = attrs.field(factory=dict, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class Merge(_Read):
    """The customer was merged into another: let its record, and its counterpart, follow.

    Attributes:
        record: the customer's sync record.
        target: the survivor's counterpart.
        duplicate: the customer's own counterpart, which is merged into it; None where it is gone already, or
            where the survivor takes it over.
        survivor: the surviving source customer, None for a merge in the target alone.
        heir: the survivor, where it has no counterpart yet.
        started: whether the merge was sent before, and is not known to be over.
    """

    symbol: ClassVar[str] = ">"
    verb: ClassVar[str] = "merge"
    record: SyncRecord = attrs.field(eq=_version_of)
    target: Ref
    duplicate: Ref | None = None
    survivor: Ref | None = None
    heir: Ref | None = None
    started: bool = False


@frozen(kw_only=True, weakref_slot=False)
class Unchanged(_Decided):
    """Both sides agree, or what differs is not this direction's to say.

    Attributes:
        target: the counterpart.
        customer: the source customer; kept only where the sync record has something to learn from it.
        current: the counterpart as it was read, likewise.
        record: the sync record.
        digest: digest of the payload that the customer was read from.
        in_step: the target fields on which both sides agree.
        held: those that the source still has something to say of.
        seen_at: when the target was read, where an update was in flight then.
    """

    symbol: ClassVar[str] = " "
    verb: ClassVar[str] = "unchanged"
    target: Ref | None = None
    customer: Customer | None = None
    current: Customer | None = None
    record: SyncRecord | None = attrs.field(default=None, eq=_version_of)
    digest: str = ""
    in_step: tuple[str, ...] = ()
    held: tuple[str, ...] = attrs.field(default=(), metadata=_ONLY_IF_GIVEN)
    seen_at: datetime | None = attrs.field(default=None, metadata=_ONLY_IF_GIVEN)


@frozen(kw_only=True, weakref_slot=False)
class Skip(_Decided):
    """A check of the flow leaves the customer out; `issues` holds the reason.

    Attributes:
        record: the sync record as it was, None for a new one.
        lasts: whether it is left out permanently, which its sync record keeps.
    """

    symbol: ClassVar[str] = " "
    verb: ClassVar[str] = "left out"
    record: SyncRecord | None = attrs.field(default=None, eq=_version_of)
    lasts: bool = False


@frozen(kw_only=True, weakref_slot=False)
class Review(_Decided):
    """A person must decide: nothing is written, the candidates are attached.

    Attributes:
        customer: kept where another customer of the run claims the same counterpart, which counts when a plan
            is carried out.
        candidates: the target customers to choose from.
    """

    symbol: ClassVar[str] = "?"
    verb: ClassVar[str] = "review"
    customer: Customer | None = None
    candidates: tuple[Ref, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class Invalid(_Decided):
    """The data or the configuration does not allow it; `issues` names field, rule and remedy."""

    symbol: ClassVar[str] = "!"
    verb: ClassVar[str] = "refused"


Decision: TypeAlias = Create | Update | Link | Merge | Recover | Unchanged | Skip | Review | Invalid


def external_id_of(decision: Decision) -> str:
    """Return the external id of the decision's source customer, `""` where it has none or was not read."""
    customer: Customer | None = getattr(decision, "customer", None)
    return getattr(decision, "external_id", "") if customer is None else str(customer.external_id or "")


def as_shared(link: Link) -> Link:
    """Return the link of a customer that is to share the target customer with the one that owns it."""
    rule = link.trace[-1].rule if link.trace else "G-DUP"
    issues = [issue for issue in link.issues if issue.severity is Severity.WARNING]
    return attrs.evolve(
        link, changes=(), in_step=(), held=(), shared=True, issues=(*issues, attrs.evolve(_SHARED, rule=rule))
    )


_SHARED: Final = Issue(
    code="shared_target",
    rule="G-DUP",
    field="target",
    reason="another customer owns the target customer; this one is linked to it and writes nothing there",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)


def fields_of(decision: Decision) -> list[str]:
    """Return the names of the target's fields that are written."""
    if isinstance(decision, Create):
        return list(decision.values)
    return [change.field for change in decision.changes] if isinstance(decision, Update | Link) else []
