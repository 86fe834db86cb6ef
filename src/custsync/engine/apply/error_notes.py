"""Noting errors: the sync record of a customer that could not be synced says why.

For flows whose sync records are looked at by people: who was refused, or waits for a person, has a record
with the error on it before anything of it exists in the target.
"""

from collections.abc import Generator, Sequence
from typing import Any

from custsync.engine.apply.jobs import Job, write_of
from custsync.engine.decisions import Invalid, Review
from custsync.engine.plan.search import PLACE_MARK, by_end
from custsync.engine.requests import LoadRecords, Request, SaveRecords
from custsync.flow import Flow
from custsync.models import Issue, Severity
from custsync.syncrecords import Status, begin, reject

__all__ = ["note_errors"]


def note_errors(flow: Flow, jobs: Sequence[Job]) -> Generator[Request, Any, None]:
    """Save, for each customer that was refused or is for review, a record that failed, with the first error.

    A record that says more than that (a link, an intent, an exclusion) is left alone, and so is one that says
    the same already. A record that somebody else saves meanwhile is left to the next run.

    Rule: ST-REC, G-WHY
    """
    told = {
        job.decision.source: _error(job.decision)
        for job in jobs
        if isinstance(job.decision, Invalid | Review) and _is_named(job.decision)
    }
    if not told:
        return
    kept = by_end((yield LoadRecords(flow.link, tuple(told))))
    writes = []
    for ref, issue in told.items():
        record = kept.get(ref) or begin(flow.link, ref, flow.name)
        if record.status is Status.FAILED and record.error != issue:
            writes.append(write_of(reject(record, issue)))
    if writes:
        yield SaveRecords(tuple(writes))


def _error(decision: Invalid | Review) -> Issue:
    errors = [issue for issue in decision.issues if issue.severity is Severity.ERROR]
    return (errors or decision.issues)[0]


def _is_named(decision: Invalid | Review) -> bool:
    """Return whether the record has an id; one that cannot be read is named by its place in the input."""
    return bool(decision.issues) and not decision.source.id.startswith(PLACE_MARK)
