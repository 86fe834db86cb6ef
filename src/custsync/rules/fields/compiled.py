"""The quick form of a field table: what a new customer gets, made by a straight-line function.

It is compiled of the rows, and gives up on doubt: where a row raises, or where a value may not fit the
target. What it makes is what the careful form makes of the same customer.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter, gt
from typing import Any, Final, TypeAlias, cast

from custsync._building import compiled_function
from custsync.models import ABSENT, Address, Customer, Issue, SubscriptionStatus
from custsync.rules.fields.mapping import Copied, FieldMapping, MappedValue, NamePart
from custsync.rules.fields.values import ADDRESS_COMPONENTS
from custsync.rules.normalize.damage import may_be_damaged
from custsync.rules.normalize.emails import EMAILS, LONGEST_ADDRESS, is_ascii_address

Values: TypeAlias = tuple[str | Sequence[tuple[str, str]], Callable[[Customer, Customer | None], Any]]
"""A target field, or those of a name with its parts, and what computes them."""

Quick: TypeAlias = Callable[[Customer], tuple[dict[str, Any], tuple[Issue, ...]] | None]
"""A customer → its target field → value, and what its rows report; None where anything is odd."""


def values_of(rows: Iterable[FieldMapping]) -> Iterator[Values]:
    """Yield what is computed for a new customer: the value of a row, or all the parts of one name at once."""
    for naming, group in groupby(rows, lambda row: getattr(row.compute, "naming", None)):
        parts: list[tuple[str, Any]] = [(row.target, row.compute) for row in group]
        if all(isinstance(value, NamePart) for _, value in parts):
            yield tuple([(target, value.field) for target, value in parts]), cast("Any", naming)
        else:
            yield from parts


def compiled(rows: Sequence[Values], longest: Mapping[str, int]) -> Quick:
    """Return the quick form of the rows. Its source is made of their names, none of a customer's values.

    Args:
        rows: what is computed, in order.
        longest: how long the text of a field may be: `"name"`, `"address.line1"`.
    """
    names = {**_NAMES, **{f"compute_{at}": compute for at, (_, compute) in enumerate(rows)}}
    names["of_address"] = [longest.get(f"address.{part}", sys.maxsize) for part in ADDRESS_COMPONENTS]
    lines = ["values, texts, issues = {}, [], ()"]
    for at, (targets, compute) in enumerate(rows):
        if isinstance(targets, str):
            lines += _keep(targets, _read(at, compute), longest)
        else:
            lines.append(f"parts = compute_{at}(customer, None).get")
            for target, part in targets:
                lines += _keep(target, f"parts({part!r}, ABSENT)", longest)
    lines.append("if may_be_damaged(texts): return None")
    lines.append("return values, tuple(dict.fromkeys(issues)) if len(issues) > 1 else issues")
    return cast("Quick", compiled_function("made(customer)", lines, names))


def _read(at: int, compute: Any) -> str:
    """Return the expression that is a row's value."""
    if isinstance(compute, Copied) and compute.name.isidentifier():
        return f"customer.{compute.name}"
    return f"compute_{at}(customer, None)"


def _keep(target: str, read: str, longest: Mapping[str, int]) -> list[str]:
    """Return the lines that keep a value unless it says nothing, and give up where it may not fit.

    A text of blanks alone is left to the look for damage, which gives up on it.
    """
    is_email = target in EMAILS
    most = min(longest.get(target, sys.maxsize), LONGEST_ADDRESS if is_email else sys.maxsize)
    shortest = min([limit for name, limit in longest.items() if name[:8] == "address."], default=sys.maxsize)
    return [
        f"value = {read}",
        "kind = type(value)",
        "if kind is MappedValue:",
        "    issues += value.issues",
        "    value = value.value",
        "    kind = type(value)",
        "if kind is str:",
        "    if value:",
        f"        if {most < sys.maxsize} and len(value) > {most}: return None",
        f"        if {is_email} and not is_ascii_address(value): return None",
        f"        values[{target!r}] = value",
        "        texts.append(value)",
        "elif kind is Address:",
        "    filled = [*filter(None, components(value))]",
        f"    if {shortest < sys.maxsize} and max(map(len, filled), default=0) > {shortest}:",
        "        if any(map(gt, [len(part or '') for part in components(value)], of_address)): return None",
        "    texts += filled",
        f"    values[{target!r}] = value",
        "elif value is not None and value is not ABSENT:",
        "    if kind not in known_kinds: return None",
        f"    values[{target!r}] = value",
    ]


_NAMES: Final[Mapping[str, Any]] = {
    "ABSENT": ABSENT,
    "Address": Address,
    "MappedValue": MappedValue,
    "components": attrgetter(*ADDRESS_COMPONENTS),
    "is_ascii_address": is_ascii_address,
    "gt": gt,
    "known_kinds": frozenset({bool, Decimal, datetime, SubscriptionStatus}),
    "may_be_damaged": may_be_damaged,
}
