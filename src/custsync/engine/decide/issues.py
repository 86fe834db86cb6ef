"""What a decision reports: the issues of this package, one table."""

from collections.abc import Mapping
from typing import Final

from attrs import evolve

from custsync.models import Issue, Severity
from custsync.rules.matching.judgement import Verdict

UNREAD_ADDRESS: Final = Issue(
    code="unread",
    rule="G-LOSS",
    field="billing_address",
    reason="the counterpart was read without its address book, so that its addresses are not known",
    remedy="Let the adapter read the whole record; the address is compared then",
    severity=Severity.WARNING,
)
LATE_EFFECT: Final = Issue(
    code="late_effect",
    rule="G-LOSS",
    field="target",
    reason="the target shows an earlier update that took effect late, over a newer value",
    remedy="Nothing to do: the newer value is written again; an edit to the same value there is lost",
    severity=Severity.WARNING,
)
KEPT_AS_IT_IS: Final = Issue(
    code="kept_as_it_is",
    rule="LG-LINK",
    field="target",
    reason="the linked customer keeps what it has where the two differ",
    remedy="Nothing to do: what changes in the source from now on is written",
    severity=Severity.NOTE,
)
BROKEN_LINK: Final = Issue(
    code="broken_link",
    rule="G-DUP",
    field="target",
    reason="the customer is linked, but the linked customer is not there any more",
    remedy="Link it to the right customer by hand, or unlink it so that it is created again",
)
LINKED_ANEW: Final = Issue(
    code="linked_anew",
    rule="SP-OUT-1",
    field="target",
    reason="the linked customer was deleted in the target; the search found another one, which is linked",
    remedy="Check that the two customers are one",
    severity=Severity.WARNING,
)
OTHER_ID: Final = Issue(
    code="other_id",
    rule="G-DUP",
    field="write_back",
    reason="the customer keeps the id of another customer than the one its sync record links it to",
    remedy="Correct whichever of the two is wrong",
)
CLOCK_BEHIND: Final = Issue(
    code="clock_behind",
    rule="G-DUP",
    field="clock",
    reason="an earlier create was announced at a time that is still to come: a worker's clock is wrong",
    remedy="Set the clocks of all workers right, then run again; nothing is written until then",
)
UNKNOWN_OUTCOME: Final = Issue(
    code="unknown_outcome",
    rule="G-DUP",
    field="target",
    reason="an earlier create may have taken effect, and the target cannot confirm it",
    remedy="Look it up in the target, then link it by hand, or unlink it so that it is created again",
)


def newly_excluded(reason: Issue, remedy: str, severity: Severity = Severity.WARNING) -> Issue:
    """Return that the customer is excluded from now on, for that reason."""
    return evolve(reason, code="newly_excluded", remedy=remedy, severity=severity)


def review_issue(verdict: Verdict, rule: str, field: str) -> Issue:
    """Return why a search that ended so is for a person."""
    code, reason, remedy = _REVIEWS[verdict]
    return Issue(code=code, rule=rule, field=field, reason=reason, remedy=remedy)


_REVIEWS: Final[Mapping[Verdict, tuple[str, str, str]]] = {
    Verdict.SEVERAL: (
        "ambiguous",
        "several target customers match",
        "Choose one and link it, or merge them in the target",
    ),
    Verdict.TAKEN: (
        "taken",
        "the target customer that matches is linked to another source customer",
        "If the two source customers are one, merge them; if not, give them different match values",
    ),
    Verdict.GONE: (
        "deleted_target",
        "the target customer that matches was deleted there",
        "Remove the value that it was found by from the source, to let the customer be created again",
    ),
}
EXCLUDED: Final = Issue(
    code="excluded",
    rule="UF-EXC-4",
    field="status",
    reason="the customer is permanently excluded",
    remedy="Lift the exclusion on its sync record by an explicit act, if it was a mistake",
)
MERGED: Final = Issue(
    code="merged",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the customer was merged into another, which is synced in its place",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
MERGED_UNSYNCED: Final = Issue(
    code="merged_unsynced",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the customer was merged into another before it was synced",
    remedy="Nothing to do: the survivor is synced in its place",
    severity=Severity.NOTE,
)
SIDES_DIFFER: Final = Issue(
    code="sides_differ",
    rule="ST-MRG-2",
    field="merged_into",
    reason="its counterpart was merged in the target only, so that the two sides now differ",
    remedy="Merge the customers in the source too; until then both are synced with the survivor",
    severity=Severity.WARNING,
)
SURVIVOR_TAKES_OVER: Final = Issue(
    code="survivor_takes_over",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the survivor takes over the duplicate's counterpart, with the duplicate's name and address",
    remedy="Set the counterpart's name and address to the survivor's",
    severity=Severity.WARNING,
)
SURVIVOR_COUNTERPART_GONE: Final = Issue(
    code="survivor_counterpart_gone",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the survivor's counterpart is not there any more",
    remedy="Link the surviving customer to the right one by hand",
)
SURVIVOR_OPEN: Final = Issue(
    code="survivor_open",
    rule="ST-MRG-1",
    field="merged_into",
    reason="it is not known yet which counterpart the survivor has",
    remedy="Sync the surviving customer first, then run again",
)
CANNOT_MERGE: Final = Issue(
    code="cannot_merge",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the target's adapter cannot merge customers",
    remedy="Merge the two in the target by hand; the next run follows",
)
OLDER_SNAPSHOT: Final = Issue(
    code="older_snapshot",
    rule="G-LOSS",
    field="modified_at",
    reason="the record was modified before the one that was synced last, so that nothing was written",
    remedy="Read the customer again from the source, and sync that; newer records go last",
    severity=Severity.WARNING,
)
