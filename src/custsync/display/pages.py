"""Plans and decisions for people who look at them: HTML for notebooks, and text.

`show(plan)` in a notebook's last line is all that is needed. Everything that comes from data is escaped by
one function, and no personal value is shown unless `values` asks for it. The HTML holds no script and loads
nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from textwrap import dedent
from typing import Final

from attrs import field, frozen

from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Merge,
    Recover,
    Review,
    Skip,
    Unchanged,
    Update,
)
from custsync.engine.explain import explanation, summary_of
from custsync.engine.plans import Plan
from custsync.models import Issue

__all__ = ["Shown", "decision_html", "funnel", "plan_html", "show", "visible"]

_LISTED: Final = 200
"""A page lists so many decisions, and counts the rest."""

_BAR: Final = 30
"""How many characters the longest bar of a funnel has."""

_KINDS: Final[Mapping[type, str]] = {
    Create: "create",
    Update: "update",
    Link: "link",
    Merge: "merge",
    Recover: "recover",
    Review: "review",
    Invalid: "refused",
    Skip: "out",
    Unchanged: "same",
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
_HIDDEN: Final = (
    *(code for code in range(0x20) if chr(code) != "\n"),
    *range(0x7F, 0xA0),
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
    0xFEFF,
)
_VISIBLE: Final = {code: f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" for code in _HIDDEN}  # noqa: PLR2004 - one byte


def visible(text: str) -> str:
    r"""Return the text with every character that steers rather than shows as its escape; line feeds stay.

    No output can move a terminal's cursor, change its colours or turn the direction of the text around.

    >>> visible("Joinery\x1b[2J")
    'Joinery\\x1b[2J'
    >>> visible("Côte d'Ivoire")
    "Côte d'Ivoire"
    """
    return text.translate(_VISIBLE)


@frozen
class Shown:
    """What a notebook shows as HTML, and everything else as text."""

    html: str = field(repr=False)
    text: str = field(repr=False)

    def __repr__(self) -> str:
        """Return the text."""
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def show(made: Plan | Decision, *, values: bool = False) -> Shown:
    """Return the plan, or one decision of it, as a notebook shows it.

    Args:
        made: a plan or a decision.
        values: whether personal values may be shown.

    >>> from custsync.models import Ref
    >>> show(Skip(source=Ref("stripe", "cus_1")))
    stripe:cus_1: is left out.
      What would change it: see the reason above.
    """
    if isinstance(made, Plan):
        return Shown(plan_html(made, values=values), visible(str(made)))
    text = explanation(made, values=values)
    return Shown(decision_html(made, values=values), visible(text))


def plan_html(made: Plan, *, values: bool = False) -> str:
    """Return the plan as a fragment of HTML: the counts, then a line for each decision, which opens.

    Unchanged customers are counted and not listed; of the others the first two hundred are listed.

    Args:
        made: the plan.
        values: whether personal values may be shown.
    """
    told = [decision for decision in made if not isinstance(decision, Unchanged)]
    rows = "".join(_row(decision, values=values) for decision in told[:_LISTED])
    more = f"<p class=more>… and {len(told) - _LISTED} more</p>" if len(told) > _LISTED else ""
    head = f"<header><b>{_safe(made.flow)}</b> <span>{_safe(summary_of(made))}</span></header>"
    return f"{_STYLE}<section class=custsync>{head}{_shares(made)}{rows}{more}</section>"


def decision_html(decision: Decision, *, values: bool = False) -> str:
    """Return one decision as a fragment of HTML, opened to its explanation.

    Args:
        decision: the decision.
        values: whether personal values may be shown.
    """
    return f"{_STYLE}<section class=custsync>{_row(decision, values=values, opened=True)}</section>"


def funnel(decisions: Iterable[Decision]) -> str:
    """Return what each question found, as bars of text: how the search narrowed the customers down.

    Args:
        decisions: a plan, or some of its decisions.

    >>> from custsync.rules.matching.steps import step
    >>> from custsync.models import Ref
    >>> asked = (step("SP-OUT-2", "Does Stripe have a customer with the email?", "found"),)
    >>> print(funnel([Skip(source=Ref("netsuite", "7"), trace=asked)]))
    Does Stripe have a customer with the email? [SP-OUT-2]
      ############################## 1 found
    """
    answers: dict[tuple[str, str], Counter[str]] = {}
    for decision in decisions:
        for entry in decision.trace:
            answers.setdefault((entry.asked, entry.rule), Counter())[entry.answer] += 1
    most = max((max(counted.values()) for counted in answers.values()), default=1)
    lines = []
    for (asked, rule), counted in answers.items():
        lines.append(f"{asked} [{rule}]")
        for answer, count in counted.most_common():
            lines.append(f"  {'#' * max(1, count * _BAR // most)} {count} {answer}")
    return visible("\n".join(lines))


def _safe(value: object) -> str:
    """Return the value as text that HTML shows and never obeys, in an element or in a quoted attribute."""
    return escape(visible(str(value)), quote=True)


def _row(decision: Decision, *, values: bool, opened: bool = False) -> str:
    kind = _KINDS[type(decision)]
    target = getattr(decision, "target", None)
    ends = f"{_safe(decision.source)} <i>→</i> {_safe(target)}" if target else _safe(decision.source)
    why = _safe(dedent(explanation(decision, values=values).partition("\n")[2]))
    return (
        f"<details class={kind}{' open' if opened else ''}><summary><b class=kind>{_NAMES[kind]}</b>"
        f"<code>{ends}</code><span>{_gist(decision)}</span></summary><pre>{why}</pre></details>"
    )


def _gist(decision: Decision) -> str:
    names: list[str] = []
    if isinstance(decision, Create):
        names = list(decision.values)
    elif isinstance(decision, Update | Link):
        names = [change.field for change in decision.changes]
    shown = ", ".join(f"<em>{_safe(name)}</em>" for name in names)
    return " ".join([shown, *(_reason(issue) for issue in decision.issues)])


def _reason(issue: Issue) -> str:
    return f"<em>{_safe(issue.field)}</em>: {_safe(issue.reason)} <small>{_safe(issue.rule)}</small>"


def _shares(made: Plan) -> str:
    """Return one bar with a part for every kind of decision."""
    counts = Counter(_KINDS[type(decision)] for decision in made)
    parts = "".join(
        f'<i class={kind} style="flex:{counts[kind]}" title="{counts[kind]} {_NAMES[kind]}"></i>'
        for kind in _NAMES
        if counts[kind]
    )
    return f"<div class=shares>{parts}</div>"


_LIGHT: Final = "--ink:#1f2328;--soft:#656d76;--line:#d9dde2;--wash:#f5f6f8;--paper:#fff;"
_DARK: Final = "--ink:#e6e6e6;--soft:#a3a3a3;--line:#404040;--wash:#262626;--paper:#1a1a1a;"
_STYLE: Final = f"""<style>
.custsync{{{_LIGHT}
font:14px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);border:1px solid var(--line);
border-radius:8px;overflow:hidden;max-width:72rem}}
@media (prefers-color-scheme:dark){{.custsync{{{_DARK}}}}}
[data-jp-theme-light=true] .custsync{{{_LIGHT}}}
[data-jp-theme-light=false] .custsync{{{_DARK}}}
.custsync header{{padding:.7em 1em}}.custsync header span{{color:var(--soft);margin-left:.5em}}
.custsync .shares{{display:flex;gap:2px;height:6px}}
.custsync .shares i{{background:var(--kind)}}
.custsync .create{{--kind:#1a7f37}}.custsync .update{{--kind:#0a69da}}.custsync .link{{--kind:#7c4fd0}}
.custsync .merge{{--kind:#a0397a}}.custsync .recover{{--kind:#0d8a96}}
.custsync .review{{--kind:#b26a00}}.custsync .refused{{--kind:#d1242f}}
.custsync .out{{--kind:#6e7781}}.custsync .same{{--kind:#afb8c1}}
.custsync *+details{{border-top:1px solid var(--line)}}
.custsync summary{{display:grid;grid-template-columns:6.5em minmax(15em,24em) 1fr;gap:1em;
align-items:baseline;padding:.4em 1em;cursor:pointer}}
.custsync summary:hover{{background:var(--wash)}}
.custsync .kind{{color:#fff;background:var(--kind);border-radius:4px;padding:.05em .5em;font-size:12px;
text-align:center}}
.custsync code{{color:inherit;background:none;font-size:13px;overflow-wrap:anywhere}}
.custsync code i{{color:var(--soft);font-style:normal}}
.custsync em{{font-style:normal;font-weight:600}}.custsync small,.custsync .more{{color:var(--soft)}}
.custsync pre{{margin:0;padding:.6em 1em .8em;background:var(--wash);color:inherit;font-size:12.5px;
white-space:pre-wrap;overflow-wrap:anywhere}}
.custsync .more{{margin:0;padding:.5em 1em;border-top:1px solid var(--line)}}
</style>"""
