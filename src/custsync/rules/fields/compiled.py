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

from custsync.models import ABSENT, Address, Customer, Issue, SubscriptionStatus
from custsync.rules.fields.mapping import Copied, FieldMapping, MappedValue, NamePart
from custsync.rules.fields.values import ADDRESS_COMPONENTS
from custsync.rules.normalize.damage import may_be_damaged
from custsync.rules.normalize.emails import EMAILS, is_one_address

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
    names["is_too_long"] = _too_long(longest)
    lines = ["values = {}", "texts = []", "issues = ()"]
    for at, (targets, compute) in enumerate(rows):
        if isinstance(targets, str):
            lines += [*_read(at, compute), *_keep(targets, longest)]
        else:
            lines.append(f"parts = compute_{at}(customer, None).get")
            for target, part in targets:
                lines += [f"value = parts({part!r}, ABSENT)", *_REPORTED, *_keep(target, longest)]
    lines.append("return None if may_be_damaged(texts) else (values, issues)")
    source = "\n".join(["def made(customer):", *(f"    {line}" for line in lines)])
    exec(compile(source, "<custsync>", "exec"), names)  # noqa: S102 - an interrupt in `exec(text)` ends Python
    return cast("Quick", names["made"])


_REPORTED: Final = ("if type(value) is MappedValue:", "    issues += value.issues", "    value = value.value")


def _read(at: int, compute: Any) -> list[str]:
    """Return the lines that read a row's value."""
    if isinstance(compute, Copied) and compute.name.isidentifier():
        return [f"value = customer.{compute.name}"]
    return [f"value = compute_{at}(customer, None)", *_REPORTED]


def _keep(target: str, longest: Mapping[str, int]) -> list[str]:
    """Return the lines that keep a value unless it says nothing, and give up where it may not fit."""
    is_limited = any(name.startswith("address.") for name in longest)
    is_odd = "not is_one_address(value)" if target in EMAILS else "False"
    if target in longest:
        is_odd = f"len(value) > {longest[target]} or {is_odd}"
    return [
        "kind = type(value)",
        "if kind is str:",
        "    if value and not value.isspace():",
        *([] if is_odd == "False" else [f"        if {is_odd}: return None"]),
        f"        values[{target!r}] = value",
        "        texts.append(value)",
        "elif kind is Address:",
        *(["    if is_too_long(value): return None"] if is_limited else []),
        "    texts += filter(None, components(value))",
        f"    values[{target!r}] = value",
        "elif value is not None and value is not ABSENT:",
        "    if kind not in known_kinds: return None",
        f"    values[{target!r}] = value",
    ]


def _too_long(longest: Mapping[str, int]) -> Callable[[Address], bool]:
    """Return what tells whether a component of an address is longer than its field may be."""
    limits = [longest.get(f"address.{part}", sys.maxsize) for part in ADDRESS_COMPONENTS]
    shortest = min(limits)

    def is_too_long(address: Address) -> bool:
        texts = [text if type(text) is str else "" for text in _components(address)]
        return max(map(len, texts)) > shortest and any(map(gt, map(len, texts), limits))

    return is_too_long


_components: Final = attrgetter(*ADDRESS_COMPONENTS)
_NAMES: Final[Mapping[str, Any]] = {
    "ABSENT": ABSENT,
    "Address": Address,
    "MappedValue": MappedValue,
    "components": _components,
    "is_one_address": is_one_address,
    "known_kinds": frozenset({bool, Decimal, datetime, SubscriptionStatus}),
    "may_be_damaged": may_be_damaged,
}
