"""Why a record was linked, left to a person, or not; and how far each rule of a strategy can be trusted."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from math import fsum, inf
from typing import Final

from attrs import evolve, field, frozen

from custsync.models import Customer, Issue, display_html
from custsync.rules.matching.judgement import Outcome
from custsync.rules.matching.links import MOST_CANDIDATES, TOO_MANY_STRANGERS, Match, Pair, Review, Settled
from custsync.rules.matching.records import Lists
from custsync.rules.matching.rule import Key, Rule
from custsync.rules.matching.steps import MatchStep
from custsync.rules.matching.weighing import Weighed
from custsync.rules.matching.weights import LEVELS


@frozen
class FieldEvidence:
    """The evidence of one field for two records.

    Attributes:
        name: the field's name.
        level: `same`, `crossed` (two names are in each other's field), `close`, `near`, `differs`.
        bits: the evidence for one customer; None where the rule compares only whether keys are the same.
        values: both match keys, where the caller requested them.
    """

    name: str
    level: str
    bits: float | None = None
    values: tuple[str, str] | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Return the field, the level and the bits."""
        bits = "" if self.bits is None else f" {self.bits:+.1f} bits"
        values = "" if self.values is None else f" ({self.values[0]} | {self.values[1]})"
        return f"{self.name} {self.level}{bits}{values}"


@frozen
class Comparison:
    """Two records compared.

    Attributes:
        id: the other record.
        odds: for one customer, against chance.
        fields: what each field has.
        rivals: the records beside this one that the other one was found for as well.
    """

    id: Hashable
    odds: float
    fields: tuple[FieldEvidence, ...]
    rivals: tuple[Hashable, ...] = ()

    @property
    def agreeing(self) -> tuple[FieldEvidence, ...]:
        """Return the fields that support one customer."""
        return tuple(field for field in self.fields if field.bits is None or field.bits > 0)

    @property
    def contradicting(self) -> tuple[FieldEvidence, ...]:
        """Return the fields that contradict it."""
        return tuple(field for field in self.fields if field.bits is not None and field.bits <= 0)

    def __str__(self) -> str:
        """Return one line."""
        agreeing = ", ".join(map(str, self.agreeing)) or "nothing"
        against = "; against: " + ", ".join(map(str, self.contradicting)) if self.contradicting else ""
        rivals = f"; found for {', '.join(map(str, self.rivals))} too" if self.rivals else ""
        return f"{self.id} ({odds_text(self.odds)}): {agreeing}{against}{rivals}"


@frozen
class Explanation:
    """How the search for one record ended, and why. It holds no personal value that was not requested.

    Attributes:
        id: the record.
        outcome: one, review, none.
        reason: the reason in words.
        rule: the rule that decided, None where none found a candidate.
        candidates: the counterpart, or all candidates, the likeliest first; then the runner-up.
    """

    id: Hashable
    outcome: Outcome
    reason: str
    rule: Rule | None = None
    candidates: tuple[Comparison, ...] = ()

    _repr_html_ = display_html

    def __str__(self) -> str:
        """Return the outcome, and one line for each candidate."""
        by = f" by {self.rule}" if self.rule is not None else ""
        lines = [f"{self.id}: {self.outcome.value}{by}; {self.reason}"]
        return "\n".join(lines + [f"  {candidate}" for candidate in self.candidates])


def odds_text(odds: float) -> str:
    """Return the odds as people write them.

    >>> odds_text(1234.5), odds_text(0.25), odds_text(inf)
    ('1,234 : 1', '1 : 4', 'its key is the same')
    """
    if odds == inf:
        return "its key is the same"
    if odds > 1e9:  # noqa: PLR2004
        return "over 1,000,000,000 : 1"
    return f"{odds:,.0f} : 1" if odds >= 1 else f"1 : {1 / odds:,.0f}"


@frozen
class Compared:
    """The records of one list or two, the rules that found them, and what their fields are worth."""

    lists: Lists
    rules: tuple[Rule, ...]
    weighed: Weighed | None = None

    def match(self, one: int, other: int, rule: int, odds: float) -> Match:
        """Return a link with the ids of its records and of its rule."""
        return Match(self.lists.ids[one], self.lists.ids[other], self.rules[rule].id, odds)

    def linked(self, pair: Pair) -> Match:
        """Return the same of a pair."""
        return self.match(pair.one, pair.other, pair.rule, pair.odds)

    def comparison(
        self, link: tuple[int, int, int | None, float], *, reveal: bool, rivals: Iterable[int] = ()
    ) -> Comparison:
        """Return two records compared, the second one beside the first.

        Args:
            link: both records, the place of the rule that found them, the odds for one customer.
            reveal: whether to include the match keys.
            rivals: further records that the second one was found for.
        """
        one, other, rule, odds = link
        if self.weighed is not None:
            fields = _evidence(self.weighed, (one, other), reveal=reveal)
        else:
            keys = self.rules[rule].keys if rule is not None else ()
            fields = tuple(self._same(key, (one, other), reveal=reveal) for key in keys)
        ids = self.lists.ids
        return Comparison(ids[other], odds, fields, tuple(ids[rival] for rival in sorted(rivals)))

    def reviewed(self, place: int, settled: Settled) -> Review:
        """Return a left record that a person decides about, with its candidates."""
        judged, rule = settled.review[place]
        matches = [self.match(place, hit.id, rule, hit.odds) for hit in judged.hits[:MOST_CANDIDATES]]
        ordered = sorted(matches, key=lambda match: (-match.odds, str(match.right)))
        return Review(self.lists.ids[place], tuple(ordered), judged.reason)

    def explained(self, id: Hashable, settled: Settled, *, reveal: bool) -> Explanation:
        """Return how the search for a left record ended."""
        place = self.lists.left.place_of(id)
        judged, number = settled.judged(place)
        pairs = self.weighed.by_place if self.weighed is not None else {}
        odds = {pair.other: pair.odds for pair in pairs.get(place, ())}
        odds |= {hit.id: hit.odds for hit in judged.hits[:MOST_CANDIDATES]}
        candidates = []
        for other, found in settled.found_for(odds).items():
            rivals = {*found, *(pair.one for pair in pairs.get(other, ()))} - {place}
            link = place, other, number, odds[other]
            candidates.append(self.comparison(link, reveal=reveal, rivals=rivals))
        candidates.sort(key=lambda candidate: (-candidate.odds, str(candidate.id)))
        rule = None if number is None else self.rules[number]
        return Explanation(id, judged.outcome, judged.reason, rule, tuple(candidates))

    def _same(self, key: Key, places: Iterable[int], *, reveal: bool) -> FieldEvidence:
        """Return a key of an exact rule, on which two records agree."""
        if not reveal:
            return FieldEvidence(str(key), "same")
        one, other = (self.lists.key_of(key, place) or "" for place in places)
        return FieldEvidence(str(key), "same", values=(one, other))


def _evidence(weighed: Weighed, places: tuple[int, int], *, reveal: bool) -> tuple[FieldEvidence, ...]:
    """Return the evidence of each field that both records fill, the strongest first."""
    names, (one, other) = weighed.table.names, (weighed.table.rows[place] for place in places)
    evidence = sorted(weighed.weights.evidence(one, other), key=lambda entry: (-entry.bits, entry.place))

    def values(at: int) -> tuple[str, str] | None:
        return (one[at] or "", other[at] or "") if reveal else None

    return tuple(FieldEvidence(names[at], LEVELS[level], bits, values(at)) for at, level, bits in evidence)


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
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
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
    expected: Sequence[float] | None = None,
    settled: Settled | None = None,
    tolerance: float = 1.0,
) -> Strength:
    """Return what each rule did.

    Args:
        rules: the rules in order.
        matches: the links.
        reviews: the records or pairs that a person decides about.
        expected: for each rule how many of its links are chance; None where it follows from the odds.
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
