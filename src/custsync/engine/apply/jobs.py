"""The jobs of a batch: each decision on its way to an outcome, and its sync record saved along the way."""

from collections.abc import Generator, Sequence
from typing import Any

from attrs import define

from custsync.engine.decisions import Decision, Skip, Unchanged, Update
from custsync.engine.outcomes import Result
from custsync.engine.plan.search import by_end
from custsync.engine.requests import LoadRecords, Request, SaveRecords
from custsync.errors import StoreError
from custsync.models import Customer, Issue, Ref
from custsync.syncrecords import Intent, RecordWrite, Status, SyncRecord, saved

__all__ = ["Job", "save", "write_of"]

Steps = Generator[Request, Any, None]


@define
class Job:
    """One decision on its way to an outcome."""

    decision: Decision
    record: SyncRecord | None = None
    intent: Intent | None = None
    target: Ref | None = None
    after: Customer | None = None
    answered: bool = False
    result: Result | None = None
    issues: tuple[Issue, ...] = ()

    def end(self, result: Result, *issues: Issue) -> None:
        """End the job, with what there is to say."""
        self.result = result
        self.issues += issues


def write_of(record: SyncRecord) -> RecordWrite:
    """Return the compare-and-set that saves the record."""
    return RecordWrite(record=record, expected=record.version)


def save(jobs: Sequence[Job]) -> Steps:
    """Save the jobs' records; a job whose record somebody else saved meanwhile is ended."""
    answers = yield SaveRecords(tuple([write_of(job.record) for job in jobs if job.record]))
    if len(answers) != len(jobs):
        raise StoreError(f"save: {len(jobs)} writes have {len(answers)} answers; a store gives one for each")
    lost = []
    for job, is_saved in zip(jobs, answers, strict=True):
        if is_saved and job.record is not None:
            job.record = saved(job.record, job.record.version + 1)
        else:
            lost.append(job)
    if lost:
        records = yield LoadRecords(
            lost[0].record.link if lost[0].record else "", tuple(job.decision.source for job in lost)
        )
        stored = by_end(records)
        for job in lost:
            _lose(job, stored.get(job.decision.source))


def _lose(job: Job, stored: SyncRecord | None) -> None:
    if isinstance(job.decision, Unchanged):
        job.end(Result.UNCHANGED)
        return
    wanted = Status.EXCLUDED if isinstance(job.decision, Skip) else Status.LINKED
    done = stored is not None and stored.status is wanted
    if done and stored is not None and job.target is not None:
        done = stored.other(job.decision.source) == job.target
    job.end(Result.ALREADY_DONE if done and not isinstance(job.decision, Update) else Result.STALE)
