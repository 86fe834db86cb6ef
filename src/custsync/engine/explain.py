"""Decisions in words: one line each for a plan, and a few sentences for the question why.

Values are in the text only where the caller allows it; otherwise a field is named and not quoted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Merge,
    Recover,
    RecoverBy,
    Review,
    Skip,
    TransactionDecision,
    Unchanged,
    Update,
    fields_of,
)
from custsync.models import ABSENT, Address, Issue, Severity, display_html, reveal
from custsync.rules.fields.mapping import Change

_COUNTED: Final[Mapping[type, str]] = {
    Create: "to create",
    Update: "to update",
    Link: "to link",
    Merge: "to merge",
    Recover: "to recover",
    Review: "for review",
    Invalid: "refused",
    Unchanged: "unchanged",
    Skip: "left out",
}


def one_line(decision: Decision) -> str:
    """Return the decision's line in a plan: symbol, customer, counterpart, what happens and why.

    `+` create, `~` update, `=` link, `>` merge, `*` recover, `?` review, `!` refused. Mere notes on how a
    value came about are left to `explanation`.
    """
    ends = str(decision.source)
    if isinstance(decision, Link | Merge | Update | Recover | Unchanged) and decision.target is not None:
        ends = f"{ends} → {decision.target}"
    return f"{decision.symbol} {ends:<44} {decision.verb:<9} {_gist(decision)}".rstrip()


def _gist(decision: Decision) -> str:
    if isinstance(decision, Create):
        gist = ", ".join(fields_of(decision))
    elif isinstance(decision, Update | Link):
        gist = ", ".join(fields_of(decision) or ["nothing to change"])
        gist += "; write the id back" if decision.write_back else ""
        gist += f" [{decision.trace[-1].rule}]" if isinstance(decision, Link) and decision.trace else ""
    elif isinstance(decision, Merge):
        gist = f"{decision.duplicate} goes" if decision.duplicate else "its record follows"
    elif isinstance(decision, Recover):
        gist = _recovery(decision)
    elif isinstance(decision, Review):
        candidates = ", ".join(map(str, decision.candidates))
        return _reasons(decision.issues) + (f": {candidates}" if candidates else "")
    else:
        return _reasons(decision.issues)
    odd = _reasons(issue for issue in decision.issues if issue.severity is not Severity.NOTE)
    return f"{gist} ({odd})" if odd else gist


def _reasons(issues: Iterable[Issue]) -> str:
    return "; ".join(f"{issue.field}: {issue.reason} [{issue.rule}]" for issue in issues)


def summary_of(decisions: Iterable[Decision]) -> str:
    """Return how many decisions of each kind there are, on one line.

    >>> from custsync.models import Ref
    >>> summary_of([Skip(source=Ref("stripe", "cus_1")), Skip(source=Ref("stripe", "cus_2"))])
    '2 left out'
    >>> summary_of([])
    'nothing to do'
    """
    counts = Counter(type(decision) for decision in decisions)
    counted = [f"{counts[kind]} {words}" for kind, words in _COUNTED.items() if counts[kind]]
    return ", ".join(counted) or "nothing to do"


class Explanation(str):
    """Why a decision was taken, as text; a notebook shows the decision, opened."""

    __slots__ = ("decision", "values")
    decision: Decision
    values: bool

    _repr_html_ = display_html


def explanation(decision: Decision, *, values: bool = False) -> Explanation:
    """Return why the customer has this decision: the rules asked, the evidence, what would change it.

    Args:
        decision: the decision.
        values: whether the text may hold the values; without it, it has only the names of the fields.

    Rule: G-WHY
    """
    asked = (f"  Asked: {entry.asked} Answer: {entry.answer}. [{entry.rule}]" for entry in decision.trace)
    text_lines = [headline(decision), *asked]
    if isinstance(decision, Create):
        shown = {name: f": {_plain(value)}" if values else "" for name, value in decision.values.items()}
        text_lines += [f"  Writes {name}{value}." for name, value in shown.items()]
    if isinstance(decision, Link | Update):
        text_lines += [_change_line(change, values) for change in decision.changes]
        text_lines += (
            ["  Writes the counterpart's id back to the source. [G-DUP]"] if decision.write_back else []
        )
    if isinstance(decision, Merge) and decision.duplicate is not None:
        text_lines.append(
            f"  Merges {decision.duplicate}, whose name and address the survivor keeps. [ST-MRG-1]"
        )
    text_lines += [_posted(made) for made in decision.transactions if made.issue not in decision.issues]
    text_lines += [f"  Because {issue.field}: {issue.reason}. [{issue.rule}]" for issue in decision.issues]
    if isinstance(decision, Review) and decision.candidates:
        text_lines.append(f"  Candidates: {', '.join(str(ref) for ref in decision.candidates)}.")
    text_lines.append(f"  What would change it: {remedies(decision)}")
    text = Explanation("\n".join(text_lines))
    text.decision, text.values = decision, values
    return text


def _recovery(decision: Recover) -> str:
    """Return what is done about a create whose outcome is unknown, and until when it is waited for."""
    words = _RECOVERIES[decision.by]
    if decision.by is not RecoverBy.WAIT or decision.until is None:
        return words
    return f"{words} (until {decision.until.isoformat(timespec='seconds')})"


def headline(decision: Decision) -> str:
    """Return what is done for the customer, in one sentence."""
    if isinstance(decision, Recover):
        return f"{decision.source}: an earlier create's outcome is unknown; {_recovery(decision)}."
    target = f" {decision.target}" if isinstance(decision, Link | Merge | Update) else ""
    return f"{decision.source}: {_SENTENCES[type(decision)]}{target}."


def _posted(made: TransactionDecision) -> str:
    name = f"{made.type} {made.id}".strip()
    if made.issue is not None:
        return f"  Transaction {name} fails: {made.issue.reason}. [{made.issue.rule}]"
    return f"  Transaction {name} posts to {made.target or 'the new customer'}. [ST-TRIG]"


def _change_line(change: Change, values: bool) -> str:  # noqa: FBT001 - one switch, handed through
    shown = f" from {_plain(change.before)} to {_plain(change.after)}" if values else ""
    return f"  Changes {change.field}{shown}. [{change.rule}]"


def _plain(value: Any) -> str:
    if value is None or value is ABSENT or value == "":
        return "nothing"
    return reveal(value) if isinstance(value, Address) else repr(value)


def remedies(decision: Decision) -> str:
    """Return the remedies of the issues; of a note only where it is why a customer is left out."""
    issues = [
        issue
        for issue in decision.issues
        if isinstance(decision, Skip) or issue.severity is not Severity.NOTE
    ]
    remedies = dict.fromkeys(f"{issue.remedy.rstrip('.')}." for issue in issues)
    remedies.pop("Nothing to do.", None)
    return " ".join(remedies) or _CHANGES[type(decision)]


_RECOVERIES: Final[Mapping[RecoverBy, str]] = {
    RecoverBy.ADOPT: "the customer was found and is linked",
    RecoverBy.REISSUE: "the same create is sent again under the same key, which cannot double it",
    RecoverBy.ANEW: "nothing is there and nothing can appear any more, so it is created anew",
    RecoverBy.WAIT: "it may still appear, so nothing is written yet",
}
_SENTENCES: Final[Mapping[type, str]] = {
    Create: "will be created, because no counterpart was found",
    Update: "is linked, and what changed will be written to",
    Link: "will be linked to the one counterpart that was found,",
    Merge: "was merged into another, and follows its survivor to",
    Recover: "an earlier create's outcome is unknown",
    Unchanged: "stays as it is: this flow has nothing to write",
    Skip: "is left out",
    Review: "waits for a person; nothing is written",
    Invalid: "cannot be synced as it is; nothing is written",
}
_CHANGES: Final[Mapping[type, str]] = {
    Create: "a counterpart that one of these questions finds would be linked instead.",
    Update: "undo the change in the source, and nothing is written.",
    Link: "a second counterpart with the same value would send it to a person.",
    Merge: "undo the merge in the source before this is carried out.",
    Recover: "if the target shows the customer, it is linked and nothing is created.",
    Unchanged: "a change in the source of a field that this flow keeps up to date.",
    Skip: "see the reason above.",
    Review: "see the reason above.",
    Invalid: "see the reason above.",
}
