"""Values that a spreadsheet or an export damaged, wherever they are to be written."""

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, Final

from custsync.models import Address, Issue
from custsync.rules.normalize.damage import may_be_damaged, spreadsheet_damage

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
    all_texts = [value for value in values.values() if type(value) is str]
    for value in values.values():
        if type(value) is Address:
            all_texts += [part for part in _parts(value) if type(part) is str]
    return tuple(_found(values)) if may_be_damaged(all_texts) else ()


_parts: Final = attrgetter(*_LINES)


def _found(values: Mapping[str, Any]) -> Iterator[Issue]:
    for name, value in values.items():
        if type(value) is str:
            texts = {name: value}
        elif type(value) is Address:
            texts = {f"{name}.{part}": getattr(value, part) for part in _LINES}
        else:
            continue
        for field, text in texts.items():
            issue = spreadsheet_damage(text, field) if text else None
            if issue is not None:
                yield issue
