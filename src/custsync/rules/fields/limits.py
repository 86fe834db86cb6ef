"""What does not fit a target's field: a text that is too long for it, and what a spreadsheet damaged."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from custsync._arguments import checked
from custsync._building import evolved
from custsync.models import Address, Issue, Severity
from custsync.rules.normalize.damage import may_be_damaged, spreadsheet_damage

__all__ = ["ADDRESSES", "AddressName", "Limit", "check_limits"]

AddressName: TypeAlias = Literal["billing_address", "shipping_address"]
"""The customer's field for one of its two addresses."""

ADDRESSES: Final[tuple[AddressName, ...]] = ("billing_address", "shipping_address")
"""The fields whose value is an address."""


@frozen(kw_only=True)
class Limit:
    """How many characters (code points) fit into a field, its source, and how sure that is (A to D)."""

    length: int
    """The most characters (code points) that the field takes."""
    cited: str
    """The vendor's page, or what else the number is known from."""
    confidence: str
    """A: documented; B, C and D: less and less sure."""


@checked
def check_limits(
    values: Mapping[str, Any], limits: Mapping[str, Limit], may_cut: frozenset[str]
) -> tuple[Mapping[str, Any], tuple[Issue, ...]]:
    """Return the values as they fit the limits, and an issue for each that did not.

    A text that is too long is an error; a field named in `may_cut` is cut instead, by code point, and that is
    reported.

    Args:
        values: field name → value.
        limits: field name (`"first_name"`, `"address.line1"` for every address) → limit.
        may_cut: the fields that may be cut; `"address.line1"` covers every address.

    Rule: G-LOSS
    """
    fitted: dict[str, Any] = {}
    issues: list[Issue] = []
    for name, limit in limits.items():
        value = values.get(name)
        if type(value) is str and len(value) > limit.length:
            fitted[name] = _fit(value, name, limit, may_cut, issues)
    of_addresses = [(name[8:], limit) for name, limit in limits.items() if name[:8] == "address."]
    for name in ADDRESSES if of_addresses else ():
        if type(values.get(name)) is Address:
            fitted[name] = _fit_address(values[name], name, of_addresses, may_cut, issues)
    return {**values, **fitted} if issues else values, tuple(issues)


def _fit_address(
    address: Address,
    name: str,
    limits: Iterable[tuple[str, Limit]],
    may_cut: frozenset[str],
    issues: list[Issue],
) -> Address:
    cut: dict[str, Any] = {}
    for component, limit in limits:
        part = getattr(address, component)
        if type(part) is str and len(part) > limit.length:
            whole = f"{name}.{component}"
            allowed = frozenset({whole}) if may_cut & {whole, f"address.{component}"} else frozenset()
            cut[component] = _fit(part, whole, limit, allowed, issues)
    return evolved(address, **cut) if cut else address


def _fit(value: str, name: str, limit: Limit, may_cut: frozenset[str], issues: list[Issue]) -> str:
    cut = name in may_cut
    issues.append(
        Issue(
            code="cut" if cut else "too_long",
            rule="G-LOSS",
            field=name,
            reason=f"longer than the {limit.length} characters that the target takes ({limit.cited})",
            remedy="Shorten it in the source, if the cut text reads badly"
            if cut
            else "Shorten it in the source, or let the flow cut it",
            severity=Severity.WARNING if cut else Severity.ERROR,
            shape=f"text, {len(value)} characters",
        )
    )
    return value[: limit.length] if cut else value


# Damage


_LINES: Final = ("addressee", "attention", "line1", "line2", "line3", "city", "state", "postal_code")


def damage_in(values: Mapping[str, Any]) -> tuple[Issue, ...]:
    """Return a warning for each text, and each part of an address, that is damaged (`spreadsheet_damage`).

    Args:
        values: field name → value; the field of an address's part is `"billing_address.city"`.

    Rule: G-LOSS

    >>> [issue.field for issue in damage_in({"name": "#REF!", "billing_address": Address(city="NULL")})]
    ['name', 'billing_address.city']
    >>> damage_in({"name": "Null", "is_person": True})
    ()
    """
    texts = dict(_texts(values))
    if not may_be_damaged(texts.values()):
        return ()
    return tuple(filter(None, (spreadsheet_damage(text, field) for field, text in texts.items())))


def _texts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each text, and each part of an address, with its field."""
    for name, value in values.items():
        if type(value) is Address:
            yield from _texts({f"{name}.{part}": getattr(value, part) for part in _LINES})
        elif type(value) is str:
            yield name, value
