"""Survivorship: which customer's value of a field is kept where several customers are one.

A policy is a row for each field, or for fields that travel together: by what the value is chosen, in order,
until one value is left. A blank never survives where a customer has one. The result names the customer that
the value is from and the rule that chose it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

import attrs
from attrs import frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import Customer, Ref
from custsync.rules.consent import most_restrictive
from custsync.rules.fields.mapping import reader_of
from custsync.rules.fields.values import says_nothing, value_key
from custsync.rules.normalize.texts import text_key
from custsync.rules.order import ref_order, seconds_of


class Prefer(Enum):
    """By what a value is chosen."""

    SOURCE_PRIORITY = "source_priority"
    """The value of the system that the rule names first."""
    MOST_RECENT = "most_recent"
    """The value of the customer that was modified last; decides nothing where a time is not known."""
    OLDEST = "oldest"
    """The value of the customer that was created first; decides nothing where a time is not known."""
    MOST_FREQUENT = "most_frequent"
    """The value that most customers have, without regard to case and blanks."""
    LONGEST = "longest"
    """The longest text."""
    MOST_RESTRICTIVE = "most_restrictive"
    """Of consents to mail, the one that allows least."""


@checked
@frozen(kw_only=True)
class ValueRule:
    """How the value of one field is chosen, or of several that travel together.

    Attributes:
        fields: fields of `Customer`, or `"custom.NAME"`; all are taken from one customer.
        prefer: by what, in order; a later one is applied where an earlier one leaves several values.
        systems: the systems in their priority, for `SOURCE_PRIORITY`; one that is not named comes last.
        valid: which values can be right; a value that is not never survives where a valid one is there.
    """

    fields: tuple[str, ...]
    prefer: tuple[Prefer, ...] = (Prefer.MOST_RECENT,)
    systems: tuple[str, ...] = ()
    valid: Callable[[Any], bool] | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what is no rule."""
        names: object = self.fields
        if isinstance(names, str) or not self.fields:
            raise InputError("ValueRule: fields must be a tuple of field names")
        if not all(isinstance(way, Prefer) for way in self.prefer):
            raise InputError("ValueRule: prefer must be a tuple of Prefer's members")
        for name in self.fields:
            if not name.startswith("custom.") and not hasattr(Customer, name):
                raise InputError(f"ValueRule: no customer field is named {name!r}")


@checked
@frozen
class Survivorship:
    """A policy; no field has two `rules`."""

    rules: tuple[ValueRule, ...]

    def __attrs_post_init__(self) -> None:
        """Refuse two rules for one field."""
        counts = Counter(name for rule in self.rules for name in rule.fields)
        doubled = [name for name, count in counts.items() if count > 1]
        if doubled:
            raise InputError(f"Survivorship: several rules for {', '.join(doubled)}")


@frozen(kw_only=True)
class KeptValue:
    """The value of a field that survives.

    Attributes:
        value: the value; None where none has one.
        of: the customer that it is from; None where none has one.
        by: the rule that chose it: a `Prefer` value, `"all_agree"`, `"nobody"`, `"survivor"` where the
            survivor's own value broke a tie, or `"lowest_id"`.
        tied: whether the rules left several values, so that a person may want to look.
    """

    value: Any = attrs.field(repr=False)
    of: Ref | None
    by: str
    tied: bool = False


def surviving_values(
    customers: Iterable[Customer], survivorship: Survivorship, survivor: Ref | None = None
) -> Mapping[str, KeptValue]:
    """Return, for each field of the policy, the value that survives, the customer it is from, and why.

    Deleted customers do not count. Where the rules leave several values, the survivor's own is kept, else
    that of the lowest id, and `tied` is set. The order of the customers makes no difference.

    Args:
        customers: the customers that are one; of any systems.
        survivorship: the policy.
        survivor: the customer whose value breaks a tie.

    Returns:
        Field → kept value. Time linear in customers and fields.

    Raises:
        InputError: a time without a zone.

    Rule: ST-MRG-1, LS-MAP-3

    >>> erp = Customer(ref=Ref("netsuite", "7"), email="ap@joinery.example", phone=None)
    >>> shop = Customer(ref=Ref("stripe", "cus_1"), email="office@joinery.example", phone="555-0100")
    >>> first = Prefer.SOURCE_PRIORITY
    >>> rules = [ValueRule(fields=(n,), prefer=(first,), systems=("netsuite",)) for n in ("email", "phone")]
    >>> kept = surviving_values([erp, shop], Survivorship(tuple(rules)))
    >>> kept["email"].value, str(kept["email"].of), kept["email"].by
    ('ap@joinery.example', 'netsuite:7', 'source_priority')
    >>> kept["phone"].value, kept["phone"].by
    ('555-0100', 'all_agree')
    """
    there = (one for one in customers if not one.deleted)
    members = sorted(there, key=lambda one: (one.ref != survivor, ref_order(one.ref)))
    kept: dict[str, KeptValue] = {}
    for rule in survivorship.rules:
        kept |= _kept(rule, members, survivor)
    return kept


def _kept(rule: ValueRule, members: Sequence[Customer], survivor: Ref | None) -> dict[str, KeptValue]:
    readers = {name: reader_of(name) for name in rule.fields}
    first = next(iter(readers.values()))
    pool = [one for one in members if not all(says_nothing(read(one)) for read in readers.values())]
    if rule.valid is not None:
        pool = [one for one in pool if rule.valid(first(one))] or pool
    if not pool:
        return {name: KeptValue(value=None, of=None, by="nobody") for name in readers}
    by, tied = "all_agree", False
    if len(_values(readers, pool)) > 1:
        by, pool = _narrowed(rule, readers, pool)
        tied = len(_values(readers, pool)) > 1
    best = pool[0]
    if tied:
        by = "survivor" if best.ref == survivor else "lowest_id"
    return {
        name: KeptValue(value=read(best), of=best.ref, by=by, tied=tied) for name, read in readers.items()
    }


_Readers = Mapping[str, Callable[[Customer], Any]]


def _value(readers: _Readers, customer: Customer) -> tuple[Any, ...]:
    """Return what the customer has in the fields, in the form in which it is compared."""
    held = (read(customer) for read in readers.values())
    return tuple(text_key(value) if isinstance(value, str) else value_key(value) for value in held)


def _values(readers: _Readers, pool: Iterable[Customer]) -> set[tuple[Any, ...]]:
    return {_value(readers, one) for one in pool}


def _narrowed(rule: ValueRule, readers: _Readers, pool: list[Customer]) -> tuple[str, list[Customer]]:
    """Return the last way that decided anything, and those that it left."""
    by = rule.prefer[-1].value if rule.prefer else "lowest_id"
    for way in rule.prefer:
        weights = _weights(way, rule, readers, pool)
        best = max((weight for weight in weights if weight is not None), default=None)
        if best is None or None in weights:
            continue
        left = [one for one, weight in zip(pool, weights, strict=True) if weight == best]
        by, pool = (way.value if len(left) < len(pool) else by), left
        if len(_values(readers, pool)) == 1:
            break
    return by, pool


def _weights(way: Prefer, rule: ValueRule, readers: _Readers, pool: Sequence[Customer]) -> list[Any]:
    """Return each customer's weight by one way, None where it is not known: the greatest survives."""
    if way is Prefer.SOURCE_PRIORITY:
        place = {system: -number for number, system in enumerate(rule.systems)}
        return [place.get(one.ref.system, -len(place)) for one in pool]
    if way is Prefer.MOST_RECENT:
        return [seconds_of(one, one.modified_at) for one in pool]
    if way is Prefer.OLDEST:
        created = [seconds_of(one, one.created_at) for one in pool]
        return [None if moment is None else -moment for moment in created]
    if way is Prefer.MOST_FREQUENT:
        counts = Counter(_value(readers, one) for one in pool)
        return [counts[_value(readers, one)] for one in pool]
    held = [[read(one) for read in readers.values()] for one in pool]
    if way is Prefer.LONGEST:
        return [sum(len(value) for value in values if isinstance(value, str)) for values in held]
    wanted = most_restrictive(*(values[0] for values in held))
    return [values[0] is wanted for values in held]
