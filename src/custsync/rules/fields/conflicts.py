"""Three-way field merges: what two sides have now, against what both had when they were last seen."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

import attrs
from attrs import frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import ABSENT, Issue, Maybe, Severity
from custsync.rules.fields.values import same_value, says_nothing

__all__ = [
    "Conflict",
    "FieldConflict",
    "MergedFields",
    "merge_fields",
    "same_or_blank",
    "side_that_counts",
    "winner",
]


class Conflict(Enum):
    """Who wins when a field changed on both sides since they were last seen."""

    SOURCE = "source"
    TARGET = "target"
    NEWEST = "newest"
    """The side that was modified last; a person decides where that is not known, or is the same moment."""
    REVIEW = "review"


@frozen
class FieldConflict:
    """A field on which the sides differ and a policy had to decide; both values are kept.

    Attributes:
        field: its name, as `merge_fields` was given it.
        policy: what was set for the field, `NEWEST` too.
        winner: what came of the policy: `SOURCE`, `TARGET` or `REVIEW`.
        base: what both had before, ABSENT where it is not known.
        ours: what the source has now.
        theirs: what the target has now, ABSENT where it does not carry the field.
    """

    field: str
    policy: Conflict
    winner: Conflict
    base: Any = attrs.field(repr=False)
    ours: Any = attrs.field(repr=False)
    theirs: Any = attrs.field(repr=False)

    @property
    def issue(self) -> Issue:
        """Return what there is to report about it, without the values."""
        return conflict_issue(self.field, self.winner, "G-LOSS")


def conflict_issue(field: str, winner: Conflict, rule: str) -> Issue:
    """Return what there is to report about a field that both sides changed, without the values."""
    undecided = winner is Conflict.REVIEW
    return Issue(
        code="conflict",
        rule=rule,
        field=field,
        reason="the field changed on both sides since they were last compared",
        remedy="Choose one of the two values"
        if undecided
        else f"Nothing to do: the {winner.value}'s value is kept",
        severity=Severity.WARNING,
    )


@frozen(kw_only=True)
class MergedFields:
    """What counts of two sides, field by field.

    Attributes:
        values: field → the value that counts; a field under review keeps the target's.
        conflicts: the fields that both sides changed, each in its own way.
    """

    values: Mapping[str, Any] = attrs.field(repr=False)
    conflicts: tuple[FieldConflict, ...] = ()

    @property
    def undecided(self) -> tuple[str, ...]:
        """Return the fields that a person has to decide on; they are not to be written."""
        return tuple(each.field for each in self.conflicts if each.winner is Conflict.REVIEW)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Return what there is to report about the conflicts, without the values."""
        return tuple(each.issue for each in self.conflicts)


_NO_POLICIES: Final[Mapping[str, Conflict]] = MappingProxyType({})


def same_or_blank(one: Any, other: Any) -> bool:
    """Return whether the two values are equal, or both blank: null, empty or not there.

    >>> same_or_blank("", None), same_or_blank("a", "a")
    (True, True)
    >>> same_or_blank("a", "A")
    False
    """
    return same_value(one, other) or (says_nothing(one) and says_nothing(other))


@checked
def merge_fields(
    base: Mapping[str, Any],
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    policies: Mapping[str, Conflict] = _NO_POLICIES,
    *,
    otherwise: Conflict = Conflict.REVIEW,
    modified_at: tuple[Maybe[datetime], Maybe[datetime]] = (None, None),
    same: Callable[[Any, Any], bool] = same_or_blank,
) -> MergedFields:
    """Return what counts of two sides: a change of one side alone, else by the field's policy.

    A field that a side does not carry, or carries as ABSENT, is one of which that side has no value: what
    was there before stands for it, and nothing is cleared. Null and empty: nothing is there, and
    clear what is; they differ from each other in form only, which is no change. Where nothing is known from
    before, blanks say nothing against a value, and two different values are a change of both.

    Args:
        base: field → what both sides had when they were last seen.
        ours: field → what the source has now.
        theirs: field → what the target has now.
        policies: field → who wins.
        otherwise: the policy of the fields that have none of their own.
        modified_at: when the source and the target were modified last (aware UTC), for `NEWEST`.
        same: whether two values of a field say the same; either may be ABSENT.

    Returns:
        The values of all fields, in the order of `ours`, `theirs`, `base`, and the conflicts with both
        values. Linear time.

    Raises:
        InputError: a policy is none, or a time has no zone.

    Rule: G-LOSS

    >>> base = {"phone": "555-0100", "fax": "555-0101", "email": "ap@joinery.example"}
    >>> ours = {"phone": "555-0102", "fax": "555-0101", "email": "ann@joinery.example"}
    >>> theirs = {"phone": "555-0100", "fax": "", "email": "ivo@joinery.example"}
    >>> merged = merge_fields(base, ours, theirs, {"email": Conflict.SOURCE})
    >>> merged.values["phone"], merged.values["fax"], merged.values["email"]
    ('555-0102', '', 'ann@joinery.example')
    >>> merge_fields(base, ours, theirs).undecided
    ('email',)
    """
    _check([*policies.values(), otherwise])
    latest = winner(Conflict.NEWEST, *modified_at)
    values: dict[str, Any] = {}
    conflicts = []
    for name in {**ours, **theirs, **base}:
        before, source, target = (side.get(name, ABSENT) for side in (base, ours, theirs))
        now = before if target is ABSENT else target
        policy = policies.get(name, otherwise)
        counts, is_open = side_that_counts(
            latest if policy is Conflict.NEWEST else policy,
            source_changed=not (source is ABSENT or same(source, before) or same(source, now)),
            target_changed=not same(now, before),
        )
        values[name] = source if counts is Conflict.SOURCE or now is ABSENT else now
        if is_open:
            conflicts.append(FieldConflict(name, policy, counts, before, source, target))
    return MergedFields(values=values, conflicts=tuple(conflicts))


def side_that_counts(
    winner: Conflict, *, source_changed: bool, target_changed: bool
) -> tuple[Conflict, bool]:
    """Return whose value of a field counts, and whether the two sides are in conflict about it.

    A change of one side alone counts, and without one the target keeps what it has. Where both changed the
    field, each in its own way, the winner counts.

    Args:
        winner: who wins a conflict: SOURCE, TARGET or REVIEW, as `winner` returns it.
        source_changed: whether the source has a value that it did not have when the two were last seen.
        target_changed: whether the target has one.

    Rule: G-LOSS

    >>> side_that_counts(Conflict.REVIEW, source_changed=True, target_changed=False)
    (<Conflict.SOURCE: 'source'>, False)
    >>> side_that_counts(Conflict.REVIEW, source_changed=True, target_changed=True)
    (<Conflict.REVIEW: 'review'>, True)
    """
    if not source_changed:
        return Conflict.TARGET, False
    return (winner, True) if target_changed else (Conflict.SOURCE, False)


@checked
def winner(policy: Conflict, ours_at: Maybe[datetime], theirs_at: Maybe[datetime]) -> Conflict:
    """Return who wins a field that changed on both sides: SOURCE, TARGET, or REVIEW where a person decides.

    Args:
        policy: the field's policy.
        ours_at: when the source was modified last (aware UTC), for `NEWEST`.
        theirs_at: when the target was modified last (aware UTC).

    Raises:
        InputError: a time has no zone.

    >>> winner(Conflict.TARGET, None, None).value
    'target'
    >>> winner(Conflict.NEWEST, None, datetime.fromisoformat("2026-05-01T00:00:00Z")).value
    'review'
    """
    if policy is not Conflict.NEWEST:
        return policy
    if not isinstance(ours_at, datetime) or not isinstance(theirs_at, datetime):
        return Conflict.REVIEW
    if ours_at.tzinfo is None or theirs_at.tzinfo is None:
        raise InputError("a time without a zone; only aware times can be compared")
    if ours_at == theirs_at:
        return Conflict.REVIEW
    return Conflict.SOURCE if ours_at > theirs_at else Conflict.TARGET


def _check(policies: Iterable[object]) -> None:
    if not all(isinstance(policy, Conflict) for policy in policies):
        raise InputError("a policy is a member of Conflict")
