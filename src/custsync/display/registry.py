"""The display of each class. The models import it when a notebook displays one, and not before."""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from custsync.display import cards, matches, plans
from custsync.display.parts import Shown, visible
from custsync.engine.decisions import Decision
from custsync.engine.explain import Explanation, explanation
from custsync.engine.outcomes import Outcome, Report
from custsync.engine.plans import Plan
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.models import Address, Contact, Customer, Issue, reveal
from custsync.rules.countries import Country, Refusal, State
from custsync.rules.hierarchy import Forest
from custsync.rules.identity import GoldenView, Identity
from custsync.rules.matching import Duplicates, Explanation as Comparison, MatchResult
from custsync.rules.merging.customers import Merged
from custsync.rules.names.parts import SplitName


def _without_values(display: Callable[[Any], str]) -> Callable[..., str]:
    """Return the display of a class without personal values, or with values that the caller requested."""
    return lambda value, **_values: display(value)


DISPLAYS: Final[Mapping[type, Callable[..., str]]] = {
    Plan: plans.plan_html,
    **dict.fromkeys(get_args(Decision), plans.decision_html),
    Explanation: plans.explanation_html,
    Report: _without_values(plans.report_html),
    Outcome: _without_values(plans.outcome_html),
    **dict.fromkeys((Customer, Address, Contact), cards.record_html),
    Issue: _without_values(cards.issue_html),
    Flow: _without_values(cards.flow_html),
    Forest: _without_values(cards.forest_html),
    SplitName: cards.split_html,
    **dict.fromkeys((Country, State), _without_values(cards.country_html)),
    Refusal: _without_values(cards.refusal_html),
    Merged: cards.merged_html,
    MatchResult: matches.match_html,
    Duplicates: matches.duplicates_html,
    Comparison: _without_values(matches.comparison_html),
    Identity: _without_values(cards.identity_html),
    GoldenView: cards.golden_html,
}
"""The display of each class that has one in a notebook."""

_switch = {"values": False}


def show_values(on: bool = True) -> None:  # noqa: FBT001, FBT002 - a switch is on or off
    """Display personal values from here on in a notebook; `show_values(False)` masks them."""
    _switch["values"] = on


def html_of(value: Any, *, values: bool | None = None) -> str:
    """Return the value as a notebook displays it: a fragment of HTML without script, which loads nothing.

    Args:
        value: a value of a class in `DISPLAYS`.
        values: whether personal values are displayed; None for the setting of `show_values`.

    Raises:
        InputError: there is no display for values of this class.
    """
    display = DISPLAYS.get(type(value))
    if display is None:
        raise InputError(f"no display for a value of type {type(value).__name__}")
    return display(value, values=_switch["values"] if values is None else values)


def show(value: Any, *, values: bool | None = None) -> Shown:
    """Return the display of a value: HTML in a notebook, text elsewhere.

    Args:
        value: a value of a class in `DISPLAYS`, a plan for example.
        values: whether personal values are displayed; None for the setting of `show_values`.

    Raises:
        InputError: there is no display for values of this class.

    >>> from custsync.engine.decisions import Skip
    >>> from custsync.models import Ref
    >>> show(Skip(source=Ref("stripe", "cus_1")))
    stripe:cus_1: is left out.
      What would change it: see the reason above.
    >>> show(7)
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: no display for a value of type int
    """
    html, reveals = html_of(value, values=values), _switch["values"] if values is None else values
    if isinstance(value, get_args(Decision)):
        text = str(explanation(value, values=reveals))
    elif reveals and isinstance(value, Customer | Address | Contact):
        text = reveal(value)
    else:
        text = str(value)
    return Shown(html, visible(text))
