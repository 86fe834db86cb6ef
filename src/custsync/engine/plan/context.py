"""What a run is made under, the items of its work, each record on its way to a decision, and its issues."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from attrs import define, field, frozen

from custsync._arguments import kind_of
from custsync.engine.calls import End
from custsync.engine.decide.core import Evidence
from custsync.engine.decisions import Decision, Invalid, Review, external_id_of, none_posts
from custsync.engine.environment import AsyncEnvironment, Environment
from custsync.engine.plan.inputs import WholeInput
from custsync.engine.requests import LoadRecords, Request, Side
from custsync.errors import InputError, PayloadError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.protocols import Adapter, AsyncAdapter, Capabilities, Found, Payload, RetryAfter, Tier
from custsync.rules.eligibility import rule_raised
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.matching.steps import Keys
from custsync.rules.merging.redirects import Redirects
from custsync.syncrecords import Status, SyncRecord
from custsync.systems.system import Read

PLACE_MARK: Final = "#"
"""Begins the name of a record without a readable id, which is named by its place in the input."""

SourceRecord: TypeAlias = Payload | Customer | str | bytes
"""One source record: a payload, its JSON text, or a customer that was read already."""


@frozen(kw_only=True, eq=False, repr=False)
class RunContext:
    """What a run is made under: the two ends, whether unchanged text ends the matter.

    `incremental`: a source record whose text is what it was when last synced is unchanged, without a look
    at the target. `prescanned`: a customer as the flow's prescan of all of them has it; None where the flow
    has none. `whole`: the whole input of the run.
    `redirects`: target customers that were merged there, each with its survivor.
    """

    source: End
    target: End
    incremental: bool = False
    prescanned: Callable[[Customer], MappedValue] | None = None
    whole: WholeInput = field(factory=WholeInput)
    redirects: Redirects[str] = Redirects()


class Known(NamedTuple):
    """A text that was synced before.

    Attributes:
        record: the sync record by which it is known.
        source: the customer.
        payload: what the sync record has of the customer: the digest of the text, and that of the prescan.
        part: the customer's fields that the prescan needs, where it needs any.
        issues: what the prescan reports about the customer.
    """

    record: SyncRecord
    source: Ref
    payload: str
    part: Customer | None = None
    issues: tuple[Issue, ...] = ()


@define(kw_only=True, eq=False, repr=False)
class WorkItem(Evidence):
    """One record on its way to a decision, with the evidence for it.

    Attributes:
        item: the record.
        place: its place in the input.
        known: what is known of its text, where that is what it was when last synced.
        before: the customer, where an earlier pass over the input has read it.
        customer: the customer that was read from it; None before that, when it is not used.
        keys: the keys of the match steps.
        issues: what is reported about it beside the decision.
        decision: the decision, once there is one.
    """

    item: SourceRecord
    place: int
    known: Known | None = None
    before: Customer | None = None
    customer: Customer = field(default=None)
    keys: Keys = ()
    issues: tuple[Issue, ...] = ()
    decision: Decision | None = None

    @property
    def is_read(self) -> bool:
        """Return whether the customer was read."""
        return self.customer is not None

    @property
    def source(self) -> Ref:
        """Return the customer of a case that was read, or whose text is known."""
        return self.customer.ref if self.known is None else self.known.source


Steps: TypeAlias = Generator[Request, Any, None]
Step: TypeAlias = Callable[[Flow, Sequence[WorkItem], RunContext], Steps]
"""One step of a plan: it takes the cases that are still open, and may decide some of them."""


def is_intent(case: WorkItem) -> bool:
    """Return whether an earlier create of this customer has no known outcome."""
    return case.record is not None and case.record.status is Status.INTENT


def with_transactions(flow: Flow, customer: Customer | None, decision: Decision) -> Decision:
    """Return the decision with what becomes of the customer's transactions, for a flow that has any."""
    if flow.transactions is None or customer is None:
        return decision
    try:
        return flow.transactions(customer, decision)  # type: ignore[no-any-return]
    except Exception as error:  # noqa: BLE001 - the caller's function raised: one record fails alone
        return Invalid(source=decision.source, issues=(rule_raised(error),))


def reviewed(
    decision: Decision, issue: Issue, target: Ref | None, customer: Customer | None = None
) -> Review:
    """Return the review of a decision that is not carried out after all; none of its transactions post."""
    return Review(
        source=decision.source,
        trace=decision.trace,
        issues=(issue,),
        transactions=none_posts(decision.transactions, issue),
        external_id=external_id_of(decision),
        customer=customer,
        candidates=(target,) if target else (),
    )


def end_in(record: SyncRecord, system: str) -> Ref | None:
    """Return the record's end in that system, None where it is not known."""
    source, target = record.source, record.target
    if source.system == system:
        return source
    return target if target is not None and target.system == system else None


def by_end(records: Iterable[SyncRecord]) -> dict[Ref, SyncRecord]:
    """Return the records by each end that they own: the target of a merged or sharing one is another's."""
    ends: dict[Ref, SyncRecord] = {}
    for record in records:
        ends[record.source] = record
        if record.target is not None and record.owns_target:
            ends[record.target] = record
    return ends


def stored_by_end(flow: Flow, refs: Iterable[Ref]) -> Generator[Request, Any, dict[Ref, SyncRecord]]:
    """Return the sync records of these customers, by each end that they own."""
    asked = tuple(refs)
    return by_end((yield LoadRecords(flow.link, asked))) if asked else {}


def the_hit(read: Read, end: End, ref: Ref, hits: Found) -> Customer | None:
    """Return the customer of an answer that the reference names, None where there is not exactly one.

    Records of several types may have one id, so that an answer to an id may hold others.
    """
    if not isinstance(hits, Sequence):
        return None
    account, mode = end.account, end.mode
    try:
        named = [one for payload in hits if (one := read(payload, account, mode)).ref.is_one_with(ref)]
    except PayloadError:
        return None
    return named[0] if len(named) == 1 else None


def name_of(flow: Flow, place: int, payload: Any, context: RunContext) -> Ref:
    """Return how to name a record that cannot be read: by its id, else by its place in the input."""
    end = context.source
    identity = flow.source.id_of(payload) if isinstance(payload, Mapping) else ""
    return Ref(flow.source.name, identity or f"{PLACE_MARK}{place}", end.account, end.mode)


def hits_of(flow: Flow, case: WorkItem, answer: Found, context: RunContext) -> list[Customer]:
    """Return the target customers of an answer; a failed look-up or an unreadable one ends the case."""
    end = context.target
    try:
        if isinstance(answer, Sequence):
            return [flow.target.read(payload, end.account, end.mode) for payload in answer]
        issues: tuple[Issue, ...] = (look_up_failed(answer),)
    except PayloadError as error:
        issues = error.issues
    except Exception as error:  # noqa: BLE001 - the system's reader raised: one record fails alone
        issues = (rule_raised(error, f"the reader of {flow.target.name}"),)
    is_named = case.is_read or case.known is not None
    source = case.source if is_named else name_of(flow, case.place, case.item, context)
    case.decision = Invalid(source=source, issues=issues)
    return []


# What a run is made under


_NOTHING: Final = Capabilities(tier=Tier.D, lookups={})


def context_of(environment: Environment | AsyncEnvironment, *, incremental: bool = False) -> RunContext:
    """Return what a run in this environment is made under.

    Raises:
        InputError: `incremental` is neither True nor False.
    """
    if not isinstance(incremental, bool):
        raise InputError(f"incremental: True or False is needed, not {kind_of(incremental)}")
    return RunContext(
        source=_end(Side.SOURCE, environment, environment.source),
        target=_end(Side.TARGET, environment, environment.target),
        incremental=incremental,
        redirects=Redirects(environment.redirects),
    )


def _end(
    side: Side, environment: Environment | AsyncEnvironment, adapter: Adapter | AsyncAdapter | None
) -> End:
    """Return one end of the run; where there is no adapter, the environment has its account and mode."""
    can, place = (_NOTHING, environment) if adapter is None else (adapter.capabilities, adapter)
    return End(side, can, place.account, place.mode, environment.retry)


# What a plan reports


CONTESTED: Final = Issue(
    code="contested",
    rule="G-DUP",
    field="target",
    reason="several source customers match the same target customer",
    remedy="Link one of them by hand, or merge them in the source",
)
SHARED_VALUE: Final = Issue(
    code="shared_value",
    rule="G-DUP",
    field="",
    reason="several source customers share this value, and the target has no customer with it",
    remedy="Merge them in the source, give each its own value, or let the flow create each",
)
PARENT_WAITING: Final = Issue(
    code="parent_waiting",
    rule="UF-HIER-1",
    field="parent",
    reason="the customer's parent is not synced yet",
    remedy="Nothing to do: the parent is filled in when it is known",
    severity=Severity.NOTE,
)
REPEATED: Final = Issue(
    code="repeated",
    rule="G-DUP",
    field="id",
    reason="an earlier record of this input is of the same customer",
    remedy="Pass each once",
)
ANOTHER_WORLD: Final = Issue(
    code="another_world",
    rule="G-DUP",
    field="ref",
    reason="the customer is of another system, account or mode than this run's source",
    remedy="Read it with the source's own account and mode",
)
NOT_A_RECORD: Final = Issue(
    code="not_a_record",
    rule="G-ISO",
    field="record",
    reason="not a record but another kind of value",
    remedy="Pass JSON objects",
)
KEY_TWICE: Final = Issue(
    code="key_twice",
    rule="G-ISO",
    field="record",
    reason="an object in the text has one key twice",
    remedy="Correct the file or the export",
)
NOT_A_JSON_VALUE: Final = Issue(
    code="not_a_json_value",
    rule="G-ISO",
    field="record",
    reason="the field holds what JSON cannot: NUL, half a character, no finite number, a key that is no text",
    remedy="Correct the field, or leave it out",
)
NOT_JSON: Final = Issue(
    code="not_json",
    rule="G-ISO",
    field="record",
    reason="the text is neither JSON nor a whole row",
    remedy="Correct the file or the export",
)


def look_up_failed(answer: Found) -> Issue:
    """Return the issue of a look-up that failed, with the adapter's word: a code or an exception's type."""
    word = getattr(answer, "code", "") or getattr(answer, "reason", "")
    why = " (not now)" if isinstance(answer, RetryAfter) else f" ({word})" if word else ""
    return Issue(
        code="look_up_failed",
        rule="G-ISO",
        field="target",
        reason=f"the target could not be asked{why}, so that nothing was written",
        remedy="Run again; the adapter's log has the cause",
    )
