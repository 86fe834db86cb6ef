"""Excluding customers for good, and taking one in again, on a person's word.

An exclusion is a status of the sync record. The link is kept, nothing is deleted anywhere, and no later run
brings the customer back.
"""

from collections.abc import Generator, Sequence
from typing import Any, Final

from custsync.engine.plan.search import RunContext, by_end
from custsync.engine.requests import LoadRecords, Request, SaveRecords
from custsync.errors import ConfigurationError, InputError, StoreError
from custsync.flow import Flow
from custsync.models import Issue, Ref, Severity
from custsync.syncrecords import RecordWrite, Status, SyncRecord, exclude, saved

__all__ = ["EXCLUDED_BY_HAND", "exclude_steps", "include_steps"]


def exclude_steps(
    flow: Flow, sources: Sequence[str], reason: Issue, terms: RunContext
) -> Generator[Request, Any, list[SyncRecord]]:
    """Return the sync records of these customers, excluded from now on, saving them on the way.

    A customer that is excluded already keeps its first reason. One without a record gets one.

    Args:
        flow: the policy of the pair.
        sources: the source customers' ids.
        reason: what later runs say of them.
        terms: what the run is made under.

    Raises:
        InputError: one of them was merged into another; none is excluded.
        StoreError: somebody else saved a record meanwhile; those before it are excluded.

    Rule: UF-EXC-3, UF-EXC-4
    """
    refs = [_ref(flow, source, terms) for source in dict.fromkeys(sources)]
    kept = by_end((yield LoadRecords(flow.link, tuple(refs)))) if refs else {}
    merged = [str(ref) for ref in refs if ref in kept and kept[ref].status is Status.MERGED]
    if merged:
        raise InputError(f"{', '.join(merged)}: merged into another customer; exclude the survivor instead")
    excluded = []
    for ref in refs:
        record = kept.get(ref) or SyncRecord(
            link=flow.link, source=ref, status=Status.EXCLUDED, flow=flow.name
        )
        if record.version == 0 or record.status is not Status.EXCLUDED:
            record = yield from _save(exclude(record, reason))
        excluded.append(record)
    return excluded


def include_steps(
    flow: Flow, source: str, reason: str, terms: RunContext
) -> Generator[Request, Any, SyncRecord]:
    """Return the sync record of a customer that takes part again, saving it on the way.

    The next run looks for its counterpart as it does for a new customer.

    Raises:
        ConfigurationError: the flow's exclusions are permanent.
        InputError: no reason is given, or the customer is not excluded.
        StoreError: somebody else saved the record meanwhile.

    Rule: UF-EXC-4
    """
    if not flow.reinclusion:
        raise ConfigurationError(
            f"flow {flow.name!r}: an exclusion is permanent (UF-EXC-4); "
            "where the target takes customers in again, give the flow `reinclusion=True`"
        )
    said: object = reason
    if not isinstance(said, str) or not said.strip():
        raise InputError("reason: say why the customer takes part again")
    ref = _ref(flow, source, terms)
    record = by_end((yield LoadRecords(flow.link, (ref,)))).get(ref)
    if record is None or record.status is not Status.EXCLUDED:
        raise InputError(f"{ref} is not excluded in {flow.link!r}")
    return (yield from _save(_taken_in(record, reason)))


def _taken_in(record: SyncRecord, reason: str) -> SyncRecord:
    issue = Issue(
        code="reincluded",
        rule="UF-EXC-4",
        field="status",
        reason=f"taken in again: {reason.strip()}",
        remedy="Nothing to do",
        severity=Severity.NOTE,
    )
    status = Status.FAILED if record.target is None else Status.LINKED
    return SyncRecord(
        link=record.link,
        source=record.source,
        target=record.target,
        status=status,
        flow=record.flow,
        error=issue,
        version=record.version,
    )


def _ref(flow: Flow, source: str, terms: RunContext) -> Ref:
    end = terms.ends.source
    return Ref(flow.source.name, source, end.account, end.mode)


def _save(record: SyncRecord) -> Generator[Request, Any, SyncRecord]:
    (done,) = yield SaveRecords((RecordWrite(record=record, expected=record.version),))
    if not done:
        raise StoreError(f"the sync record of {record.source} was saved by somebody else; try again")
    return saved(record, record.version + 1)


EXCLUDED_BY_HAND: Final = Issue(
    code="excluded_by_hand",
    rule="UF-EXC-3",
    field="status",
    reason="a person excluded the customer, which is permanent",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
"""What runs say of a customer that a person excluded."""
