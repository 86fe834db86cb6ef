"""Why a record was linked, left to a person, or not: the rule, the fields for and against, the runner-up."""

from collections.abc import Hashable, Iterable
from math import inf

from attrs import field, frozen

from custsync.models import display_html
from custsync.rules.matching.judgement import Outcome
from custsync.rules.matching.links import Match
from custsync.rules.matching.records import Lists
from custsync.rules.matching.rule import Key, Rule
from custsync.rules.matching.weighing import Weighed
from custsync.rules.matching.weights import LEVELS


@frozen
class FieldEvidence:
    """What one field says of two records.

    Attributes:
        name: the field's name.
        level: `same`, `crossed` (two names are in each other's field), `close`, `near`, `differs`.
        bits: the evidence for one customer; None where the rule compares only whether keys are the same.
        values: both match keys, where the caller asked for them.
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
    """How the search for one record ended, and why. It holds no personal value that was not asked for.

    Attributes:
        id: the record.
        outcome: one, review, none.
        reason: the reason in words.
        rule: the rule that decided, None where none found anybody.
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
        return Match(self.lists.id_of(one), self.lists.id_of(other), self.rules[rule].id, odds)

    def comparison(
        self,
        places: tuple[int, int],
        rule: int | None,
        odds: float,
        *,
        reveal: bool,
        rivals: Iterable[int] = (),
    ) -> Comparison:
        """Return two records compared, the second one as seen from the first.

        Args:
            places: both records.
            rule: the rule that found them.
            odds: for one customer, against chance.
            reveal: whether to show the match keys.
            rivals: further records that the second one was found for.
        """
        if self.weighed is not None:
            fields = _evidence(self.weighed, places, reveal=reveal)
        else:
            keys = self.rules[rule].keys if rule is not None else ()
            fields = tuple(self._same(key, places, reveal=reveal) for key in keys)
        ids = self.lists.id_of
        return Comparison(ids(places[1]), odds, fields, tuple(map(ids, sorted(rivals))))

    def _same(self, key: Key, places: Iterable[int], *, reveal: bool) -> FieldEvidence:
        """Return a key of an exact rule, on which two records agree."""
        if not reveal:
            return FieldEvidence(str(key), "same")
        one, other = (self.lists.key_of(key, place) or "" for place in places)
        return FieldEvidence(str(key), "same", values=(one, other))


def _evidence(weighed: Weighed, places: tuple[int, int], *, reveal: bool) -> tuple[FieldEvidence, ...]:
    """Return what each field that both records fill says of them, the strongest first."""
    names, (one, other) = weighed.table.names, (weighed.table.rows[place] for place in places)
    evidence = sorted(weighed.weights.evidence(one, other), key=lambda entry: (-entry.bits, entry.place))
    return tuple(
        FieldEvidence(
            names[entry.place],
            LEVELS[entry.level],
            entry.bits,
            (one[entry.place] or "", other[entry.place] or "") if reveal else None,
        )
        for entry in evidence
    )
