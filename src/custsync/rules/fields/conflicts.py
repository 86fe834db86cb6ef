"""Three-way field merges: what two sides say now, against what both said when they were last seen."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs
from attrs import frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import ABSENT, Issue, Maybe, Severity
from custsync.rules.fields.values import same_value, says_nothing

__all__ = ["Conflict", "FieldConflict", "MergedFields", "merge_fields", "same_or_blank", "winner"]


class Conflict(Enum):
    """Who wins when a field changed on both sides since they were last seen."""

    SOURCE = "source"
    TARGET = "target"
    NEWEST = "newest"
    """The side that was modified last; a person decides where that is not known, or is the same moment."""
    REVIEW = "review"
    SOURCE_OVERRIDES = "source_overrides"
    """The source's value counts whenever it has one, changed or not; else the target's."""
    TARGET_OVERRIDES = "target_overrides"
    """The target's value counts whenever it has one, changed or not; else the source's."""


_OVERRIDES: Final = (Conflict.SOURCE_OVERRIDES, Conflict.TARGET_OVERRIDES)
_WINNERS: Final[Mapping[Conflict, Conflict]] = {
    Conflict.SOURCE_OVERRIDES: Conflict.SOURCE,
    Conflict.TARGET_OVERRIDES: Conflict.TARGET,
}

_Same: TypeAlias = Callable[[Any, Any], bool]


@frozen
class FieldConflict:
    """A field on which the sides differ and a policy had to decide; both values are kept.

    `winner` is SOURCE, TARGET or REVIEW. `base` is what both said before, ABSENT where it is not known.
    """

    field: str
    policy: Conflict
    winner: Conflict
    base: Any = attrs.field(repr=False)
    ours: Any = attrs.field(repr=False)
    theirs: Any = attrs.field(repr=False)

    @property
    def issue(self) -> Issue:
        """Return what there is to say about it, without the values."""
        undecided = self.winner is Conflict.REVIEW
        overridden = self.policy in _OVERRIDES
        return Issue(
            code="overridden" if overridden else "conflict",
            rule="G-LOSS",
            field=self.field,
            reason="the other system leads, and says something else"
            if overridden
            else "the field changed on both sides since they were last seen",
            remedy="Choose one of the two values" if undecided else f"The {self.winner.value}'s value counts",
            severity=Severity.NOTE if overridden else Severity.WARNING,
        )


@frozen(kw_only=True)
class MergedFields:
    """What counts, field by field, and the conflicts; a field under review keeps the target's value."""

    values: Mapping[str, Any] = attrs.field(repr=False)
    conflicts: tuple[FieldConflict, ...] = ()

    @property
    def undecided(self) -> tuple[str, ...]:
        """Return the fields that a person has to decide on; they are not to be written."""
        return tuple(each.field for each in self.conflicts if each.winner is Conflict.REVIEW)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Return what there is to say about the conflicts, without the values."""
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

    A field that a side does not carry, or carries as ABSENT, is one of which that side says nothing: what
    was there before stands for it, and nothing is cleared. Null and empty say that nothing is there, and
    clear what is; they differ from each other in form only, which is no change. Where nothing is known from
    before, blanks say nothing against a value, and two different values are a change of both.

    Args:
        base: field → what both sides said when they were last seen.
        ours: field → what the source says now.
        theirs: field → what the target says now.
        policies: field → who wins. Under an overriding policy the leading side's value counts whenever it
            has one, whoever changed it; if it has none, the other's does.
        otherwise: the policy of the fields that have none of their own.
        modified_at: when the source and the target were modified last (aware UTC), for `NEWEST`.
        same: whether two values of a field say the same; either may be ABSENT.

    Returns:
        The values of all fields, in the order of `ours`, `theirs`, `base`, and the conflicts with both
        values. Linear time.

    Raises:
        InputError: a policy is none, or a time has no zone.

    Rule: G-LOSS, UF-CON-4

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
        said = (base.get(name, ABSENT), ours.get(name, ABSENT), theirs.get(name, ABSENT))
        policy = policies.get(name, otherwise)
        decide = _overriding if policy in _OVERRIDES else _three_way
        values[name], is_open = decide(*said, policy, same)
        if is_open:
            won = latest if policy is Conflict.NEWEST else winner(policy, None, None)
            conflicts.append(FieldConflict(name, policy, won, *said))
            values[name] = said[1] if won is Conflict.SOURCE else said[2]
    return MergedFields(values=values, conflicts=tuple(conflicts))


@checked
def winner(policy: Conflict, ours_at: Maybe[datetime], theirs_at: Maybe[datetime]) -> Conflict:
    """Return who wins a field that changed on both sides: SOURCE, TARGET, or REVIEW where a person decides.

    Args:
        policy: the field's policy.
        ours_at: when the source was modified last (aware UTC), for `NEWEST`.
        theirs_at: when the target was modified last (aware UTC).

    Raises:
        InputError: a time has no zone.

    >>> winner(Conflict.TARGET, None, None).value, winner(Conflict.TARGET_OVERRIDES, None, None).value
    ('target', 'target')
    >>> winner(Conflict.NEWEST, None, datetime.fromisoformat("2026-05-01T00:00:00Z")).value
    'review'
    """
    if policy is not Conflict.NEWEST:
        return _WINNERS.get(policy, policy)
    if not isinstance(ours_at, datetime) or not isinstance(theirs_at, datetime):
        return Conflict.REVIEW
    if ours_at.tzinfo is None or theirs_at.tzinfo is None:
        raise InputError("a time without a zone; the newest is told by aware times only")
    if ours_at == theirs_at:
        return Conflict.REVIEW
    return Conflict.SOURCE if ours_at > theirs_at else Conflict.TARGET


def _three_way(base: Any, ours: Any, theirs: Any, _: Conflict, same: _Same) -> tuple[Any, bool]:
    """Return the value that counts, and whether both sides changed it, each in its own way."""
    now = base if theirs is ABSENT else theirs
    if ours is ABSENT or same(ours, base):
        return (ours if now is ABSENT else now), False
    if same(now, base):
        return ours, False
    return now, not same(ours, now)


def _overriding(base: Any, ours: Any, theirs: Any, policy: Conflict, same: _Same) -> tuple[Any, bool]:
    """Return the leading side's value, else the other's, and whether the other gave way."""
    leads, other = (ours, theirs) if policy is Conflict.SOURCE_OVERRIDES else (theirs, ours)
    now = base if other is ABSENT else other
    if says_nothing(leads):
        return (leads if now is ABSENT else now), False
    return leads, not says_nothing(other) and not same(leads, other)


def _check(policies: Iterable[object]) -> None:
    if not all(isinstance(policy, Conflict) for policy in policies):
        raise InputError("a policy is a member of Conflict")
