"""How far a strategy can be trusted, rule by rule, before anybody does: links, chance, decoys."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import fsum
from typing import Final

from attrs import evolve, frozen

from custsync.models import Customer, Issue
from custsync.rules.matching.links import Match, Review, Settled
from custsync.rules.matching.rule import Rule
from custsync.rules.matching.steps import MatchStep

TOO_MANY_STRANGERS: Final = "different customers agree as much too often"
_ENOUGH: Final = 5


def is_refused(decoys: int, links: int, tolerance: float, sample: int = 1) -> bool:
    """Return whether strangers agree too often for links to be trusted. A few decoys prove nothing.

    Args:
        decoys: the pairs inside one list that agree as the links do.
        links: the links.
        tolerance: the share of the links that may be decoys.
        sample: each decoy stands for so many.

    >>> is_refused(30, 100, 0.05), is_refused(1, 5, 0.05)
    (True, False)
    """
    return decoys >= _ENOUGH and sample * decoys > tolerance * links


@frozen
class RuleStrength:
    """What one rule did.

    Attributes:
        rule: the rule's id.
        keys: its keys, as text.
        links: the links that it made.
        review: the records that it left to a person.
        expected: how many of its links can be expected to be chance.
        decoys: how many pairs inside one list it would have linked; None for duplicates, where no list is
            clean.
        refused: how many links were left to a person because of the decoys.
    """

    rule: str
    keys: str
    links: int
    review: int
    expected: float
    decoys: int | None
    refused: int = 0


_HEAD: Final = ("rule", "links", "review", "expected by chance", "decoys", "refused", "keys")


@frozen
class Strength:
    """What each rule of a strategy did; text is a table.

    Attributes:
        rules: one entry for each rule, in the strategy's order.
        tolerance: the share of decoys among a rule's links (0.05 is 5 %) past which a person decides.
    """

    rules: tuple[RuleStrength, ...]
    tolerance: float

    @property
    def links(self) -> int:
        """Return the links of all rules."""
        return sum(rule.links for rule in self.rules)

    @property
    def decoys(self) -> int | None:
        """Return the decoys of all rules: about so many links join strangers. None where no list is clean."""
        counted = [rule.decoys for rule in self.rules if rule.decoys is not None]
        return sum(counted) if counted else None

    @property
    def refused(self) -> int:
        """Return the links that were left to a person because of the decoys."""
        return sum(rule.refused for rule in self.rules)

    def freeze(self, steps: Iterable[MatchStep]) -> tuple[MatchStep, ...]:
        """Return a flow's match steps as far as the table trusts them: `flow.replace(match=...)` takes them.

        Whom a rule finds that joined too many different customers is left to a person; every other step is as
        it was. The table is that of `MatchStrategy(rules=flow.match)` on exports of both systems.

        Args:
            steps: the flow's match steps.

        Rule: SP-OUT-4
        """
        refused = {rule.rule for rule in self.rules if rule.refused}
        return tuple(evolve(step, accept_hit=_left_open) if step.id in refused else step for step in steps)

    def __str__(self) -> str:
        """Return the table, and what the decoys mean."""
        rows = [_HEAD, *map(_row, self.rules)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, self._meaning()])

    def _meaning(self) -> str:
        if self.decoys is None:
            return "No list is known to be clean, so that there is no decoy estimate."
        return (
            f"Of {self.links + self.refused} links about {self.decoys} are expected to join different "
            "customers: so many pairs inside one list agree as well. "
            f"Past {self.tolerance:.0%} a person decides."
        )


def _left_open(_customer: Customer, _hit: Customer) -> Issue:
    return _STRANGERS


_STRANGERS: Final = Issue(
    code="too_many_strangers",
    rule="SP-OUT-4",
    field="",
    reason=f"{TOO_MANY_STRANGERS} by this rule, as counted on exports; the one that was found was not linked",
    remedy="Link the two by hand if they are one customer",
)


def _row(rule: RuleStrength) -> Sequence[str]:
    decoys = "-" if rule.decoys is None else str(rule.decoys)
    numbers = (str(rule.links), str(rule.review), f"{rule.expected:.2g}", decoys, str(rule.refused))
    return rule.rule, *numbers, rule.keys


def strength_of(
    rules: Sequence[Rule],
    matches: Iterable[Match],
    reviews: Iterable[Review],
    *,
    expected: Sequence[float] | None = None,
    settled: Settled | None = None,
    tolerance: float = 1.0,
) -> Strength:
    """Return what each rule did.

    Args:
        rules: the rules in order.
        matches: the links.
        reviews: the records or pairs that a person decides about.
        expected: for each rule how many of its links are chance; None where the odds say it.
        settled: the decoys and the refused links; None where no list is clean.
        tolerance: the strategy's.
    """
    odds = defaultdict[str, list[float]](list)
    for match in matches:
        odds[match.rule].append(match.odds)
    reviewed = Counter(review.candidates[0].rule for review in reviews)
    rows = (
        RuleStrength(
            rule.id,
            " + ".join(map(str, rule.keys)),
            len(odds[rule.id]),
            reviewed[rule.id],
            fsum(1 / (1 + value) for value in odds[rule.id]) if expected is None else expected[number],
            None if settled is None else settled.decoys[number],
            0 if settled is None else settled.refused[number],
        )
        for number, rule in enumerate(rules)
    )
    return Strength(tuple(rows), tolerance)
