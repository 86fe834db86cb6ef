"""What a decision reports: the issues of this package, one table."""

from collections.abc import Mapping
from typing import Final

from custsync.models import Issue, Severity
from custsync.rules.matching.judgement import Verdict

__all__ = [
    "BROKEN_LINK",
    "CLOCK_BEHIND",
    "LINKED_ANEW",
    "OTHER_ID",
    "UNKNOWN_OUTCOME",
    "review_issue",
]

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
    reason="an earlier create may have taken effect, and the target cannot tell",
    remedy="Look it up in the target, then link it by hand, or unlink it so that it is created again",
)


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
        "Remove the id that the source keeps, to let the customer be created again",
    ),
}
