"""Plans, decisions and reports: what is to be done, what was done, and why; the match funnel.

A plan is a line for each decision, which opens to its explanation; boxes above choose the kinds that are
shown. The HTML holds no script and loads nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from custsync._arguments import checked
from custsync.display.parts import (
    Shown,
    bar,
    card,
    issue_list,
    paged,
    rule_mark,
    safe,
    table,
    value_text,
    visible,
)
from custsync.engine import decisions
from custsync.engine.explain import Explanation, headline, remedies, summary_of
from custsync.engine.outcomes import Outcome, Report, Result
from custsync.engine.plans import Plan
from custsync.models import Issue, Ref

_KINDS: Final[Mapping[type, str]] = {
    decisions.Create: "create",
    decisions.Update: "update",
    decisions.Link: "link",
    decisions.Merge: "merge",
    decisions.Recover: "recover",
    decisions.Review: "review",
    decisions.Invalid: "refused",
    decisions.Skip: "out",
    decisions.Unchanged: "same",
}
_NAMES: Final[Mapping[str, str]] = {
    "create": "create",
    "update": "update",
    "link": "link",
    "merge": "merge",
    "recover": "recover",
    "review": "for review",
    "refused": "refused",
    "out": "left out",
    "same": "unchanged",
}
_RESULTS: Final[Mapping[Result, str]] = {
    Result.CREATED: "create",
    Result.UPDATED: "update",
    Result.LINKED: "link",
    Result.MERGED: "merge",
    Result.RECOVERED: "recover",
    Result.UNKNOWN: "recover",
    Result.REVIEW: "review",
    Result.STALE: "review",
    Result.REFUSED: "refused",
    Result.FAILED: "refused",
    Result.LEFT_OUT: "out",
    Result.UNCHANGED: "same",
    Result.ALREADY_DONE: "same",
}


def plan_html(made: Plan, *, values: bool) -> str:
    """Return the plan as HTML: the counts, then a line for each decision, which opens.

    Unchanged customers are counted, and listed only if there are no others.
    """
    places = [n for n, decision in enumerate(made.decisions) if not isinstance(decision, decisions.Unchanged)]
    places = places or list(range(len(made.decisions)))
    rows = [_decision_row(made.decisions[place], values=values) for place in places]
    counts = Counter(_KINDS[type(decision)] for decision in made)
    listed = Counter(_KINDS[type(made.decisions[place])] for place in places)
    rest = f"plan[{places[LISTED]}:]" if len(places) > LISTED else ""
    return card(
        made.flow,
        summary_of(made),
        shares({_NAMES[kind]: (kind, counts[kind]) for kind in _NAMES if counts[kind]}),
        boxes(listed),
        paged(rows, rest),
    )


LISTED: Final = 2_000
"""The most decisions that are listed, in pages; a slice of the plan displays the rest."""


def decision_html(decision: decisions.Decision, *, values: bool) -> str:
    """Return one decision as HTML, opened to its explanation."""
    return card(decision.source, decision.verb, _decision_row(decision, values=values, is_open=True))


def explanation_html(text: Explanation, *, values: bool) -> str:
    """Return the explanation as HTML: its decision, opened."""
    return decision_html(text.decision, values=values or text.values)


def report_html(report: Report) -> str:
    """Return the report as HTML: the counts, then a line for each outcome that needs attention."""
    counted = {one.value: (_RESULTS[one], report.counts[one]) for one in Result if report.counts.get(one)}
    rows = [_outcome_row(outcome) for outcome in report.attention]
    kinds = Counter(_RESULTS[outcome.result] for outcome in report.attention)
    more = f"<p class=more>{report.unlisted:,} more need attention</p>" if report.unlisted else ""
    listed = paged(rows, "report.attention")
    return card("report", report.summary, shares(counted), boxes(kinds), listed, more)


def outcome_html(outcome: Outcome) -> str:
    """Return one outcome as HTML, opened."""
    return card(outcome.source, outcome.result.value, _outcome_row(outcome, is_open=True))


def shares(counts: Mapping[str, tuple[str, int]]) -> str:
    """Return one bar with a part for every name: its kind and how many."""
    parts = "".join(
        f'<i class={kind} style="flex:{count}" title="{count} {safe(name)}"></i>'
        for name, (kind, count) in counts.items()
    )
    return f"<div class=shares>{parts}</div>" if parts else ""


def boxes(counts: Mapping[str, int]) -> str:
    """Return a box for each of several kinds; a kind that is not checked is hidden, by style alone."""
    boxes = [
        f"<label class={kind}><input type=checkbox checked><b class=kind>{name}</b> {counts[kind]:,}</label>"
        for kind, name in _NAMES.items()
        if counts.get(kind)
    ]
    return f"<div class=filter>{''.join(boxes)}</div>" if len(boxes) > 1 else ""


def row(kind: str, name: str, ends: str, gist: str, body: str, *, is_open: bool = False) -> str:
    """Return a line that opens: its kind, what it is about, and why."""
    return (
        f"<details class={kind}{' open' if is_open else ''}><summary><b class=kind>{name}</b>"
        f"<code>{ends}</code><span>{gist}</span></summary><div class=why>{body}</div></details>"
    )


def _ends(source: Ref, target: Ref | None) -> str:
    return f"{safe(source)} <i>→</i> {safe(target)}" if target else safe(source)


def _decision_row(decision: decisions.Decision, *, values: bool, is_open: bool = False) -> str:
    kind = _KINDS[type(decision)]
    ends = _ends(decision.source, getattr(decision, "target", None))
    body = _why(decision, values=values)
    return row(kind, _NAMES[kind], ends, _gist(decision), body, is_open=is_open)


def _outcome_row(outcome: Outcome, *, is_open: bool = False) -> str:
    candidates = "".join(f" <code>{safe(ref)}</code>" for ref in outcome.candidates)
    body = issue_list(outcome.issues) + (f"<p>Candidates:{candidates}</p>" if candidates else "")
    gist = "; ".join(map(_reason, outcome.issues))
    ends = _ends(outcome.source, outcome.target)
    return row(
        _RESULTS[outcome.result], outcome.result.value, ends, gist, body or "<p>done</p>", is_open=is_open
    )


def _gist(decision: decisions.Decision) -> str:
    fields = ", ".join(f"<em>{safe(name)}</em>" for name in decisions.fields_of(decision))
    return "; ".join(filter(None, [fields, *map(_reason, decision.issues)]))


def _reason(issue: Issue) -> str:
    return f"<em>{safe(issue.field)}</em>: {safe(issue.reason)} {rule_mark(issue.rule)}"


def _why(decision: decisions.Decision, *, values: bool) -> str:
    """Return the explanation: the questions, what is written, the issues, what would change it."""
    asked = ((safe(entry.asked), safe(entry.answer), rule_mark(entry.rule)) for entry in decision.trace)
    candidates = ", ".join(safe(ref) for ref in getattr(decision, "candidates", ()))
    return "".join(
        (
            f"<p>{safe(headline(decision))}</p>",
            table(("asked", "answer", ""), asked),
            _written(decision, values=values),
            _transactions(decision),
            issue_list(decision.issues),
            f"<p>Candidates: <code>{candidates}</code></p>" if candidates else "",
            f"<p><small>What would change it:</small> {safe(remedies(decision))}</p>",
        )
    )


def _written(decision: decisions.Decision, *, values: bool) -> str:
    """Return the fields that are written, with their values or the shapes of these."""
    text_of = partial(value_text, values=values)
    if isinstance(decision, decisions.Link | decisions.Update):
        rows = (
            (safe(change.field), text_of(change.before), text_of(change.after), rule_mark(change.rule))
            for change in decision.changes
        )
        back = "<p>The counterpart's id is written back to the source.</p>" if decision.write_back else ""
        return table(("changes", "from", "to", ""), rows) + back
    written: Mapping[str, Any] = getattr(decision, "values", {})
    return table(("writes", "value"), ((safe(name), text_of(value)) for name, value in written.items()))


def _transactions(decision: decisions.Decision) -> str:
    rows = (
        (
            safe(f"{made.type} {made.id}".strip()),
            safe(made.target or "the new customer") if made.issue is None else "fails",
            "" if made.issue is None else _reason(made.issue),
        )
        for made in decision.transactions
    )
    return table(("transaction", "posts to", ""), rows)


_BAR: Final = 30
"""How many characters the longest bar has."""


@checked
def funnel(decisions: Iterable[decisions.Decision]) -> Shown:
    """Return the answers to each question of the match steps, as bars.

    Args:
        decisions: a plan, or some of its decisions.

    >>> from custsync.rules.matching.steps import step
    >>> from custsync.engine.decisions import Skip
    >>> from custsync.models import Ref
    >>> asked = (step("SP-OUT-2", "Does Stripe have a customer with the email?", "found"),)
    >>> funnel([Skip(source=Ref("netsuite", "7"), trace=asked)])
    Does Stripe have a customer with the email? [SP-OUT-2]
      ############################## 1 found
    """
    answers: dict[tuple[str, str], Counter[str]] = {}
    for decision in decisions:
        for entry in decision.trace:
            answers.setdefault((entry.asked, entry.rule), Counter())[entry.answer] += 1
    most = max((max(counted.values()) for counted in answers.values()), default=1)
    lines, parts = list[str](), list[str]()
    for (asked, rule), counted in answers.items():
        found = counted.most_common()
        lines.append(f"{asked} [{rule}]")
        lines += [f"  {'#' * max(1, count * _BAR // most)} {count} {answer}" for answer, count in found]
        bars = ((bar(count, most), f"{count:,}", safe(answer)) for answer, count in found)
        parts.append(f"<p>{safe(asked)} {rule_mark(rule)}</p>{table(('', 'customers', 'answer'), bars)}")
    html = card("match funnel", "" if answers else "no question was asked", *parts)
    return Shown(html, visible("\n".join(lines)))
