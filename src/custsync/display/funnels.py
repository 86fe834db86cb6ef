"""The match funnel: what each question found, drawn to scale."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from custsync._arguments import checked
from custsync.display.parts import card, rule_mark, safe, visible
from custsync.display.registry import Shown
from custsync.engine.decisions import Decision

__all__ = ["funnel"]

_BAR: Final = 30
"""How many characters the longest bar has."""

_Answers = dict[tuple[str, str], Counter[str]]


@checked
def funnel(decisions: Iterable[Decision]) -> Shown:
    """Return what each question found, as bars: how the search narrowed the customers down.

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
    answers: _Answers = {}
    for decision in decisions:
        for entry in decision.trace:
            answers.setdefault((entry.asked, entry.rule), Counter())[entry.answer] += 1
    most = max((max(counted.values()) for counted in answers.values()), default=1)
    return Shown(_html(answers, most), _text(answers, most))


def _text(answers: _Answers, most: int) -> str:
    lines = []
    for (asked, rule), counted in answers.items():
        lines.append(f"{asked} [{rule}]")
        for answer, count in counted.most_common():
            lines.append(f"  {'#' * max(1, count * _BAR // most)} {count} {answer}")
    return visible("\n".join(lines))


def _html(answers: _Answers, most: int) -> str:
    parts = []
    for (asked, rule), counted in answers.items():
        bars = "".join(
            f'<tr><td><i class=bar style="width:{100 * count // most}%"></i></td>'
            f"<td>{count:,}</td><td>{safe(answer)}</td></tr>"
            for answer, count in counted.most_common()
        )
        parts.append(f"<p>{safe(asked)} {rule_mark(rule)}</p><table class=bars><tbody>{bars}</tbody></table>")
    return card("match funnel", "" if answers else "no question was asked", *parts)
