"""The quick comparison of a field table: which of its rows have to be looked at for a linked customer.

It is compiled of the rows, and names a row on doubt: where the two sides differ, where a source field is
absent, where the row reports anything. Of a row that it does not name there is nothing to write or to report.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, cast

from custsync._building import compiled_function
from custsync.models import ABSENT, Customer
from custsync.rules.fields.limits import ADDRESSES
from custsync.rules.fields.mapping import NEVER_A_VALUE, Copied, FieldMapping, MappedValue, reader_of
from custsync.rules.fields.values import is_blank

Differing: TypeAlias = Callable[[Customer, Customer], Sequence[FieldMapping]]
"""A customer and its counterpart → the rows to look at, in order. A row that raises does so here too."""


def compiled_comparison(rows: Iterable[FieldMapping]) -> Differing:
    """Return the quick comparison of the rows, compiled of their names: of no value of a customer's.

    >>> from custsync.models import Ref
    >>> differing = compiled_comparison([FieldMapping(target="email", sources=("email",), rule="SP-OUT-1")])
    >>> def customer(email: str) -> Customer:
    ...     return Customer(ref=Ref("shop", "1"), email=email)
    >>> [row.target for row in differing(customer("ap@joinery.example"), customer("ar@joinery.example"))]
    ['email']
    >>> differing(customer("ap@joinery.example"), customer("ap@joinery.example"))
    []
    """
    names: dict[str, Any] = {"ABSENT": ABSENT, "agree": _agree}
    lines = ["rows = []"]
    for at, row in enumerate(rows):
        names |= {f"row_{at}": row, f"there_{at}": row.observed, f"compute_{at}": row.compute}
        names |= {f"read_{at}_{place}": reader_of(name) for place, name in enumerate(row.sources)}
        copied = row.compute.name if isinstance(row.compute, Copied) else ""
        value = f"customer.{copied}" if copied.isidentifier() else f"compute_{at}(customer, target)"
        there = f"target.{row.target}" if row.target.isidentifier() else f"there_{at}(target)"
        absent = [f"{_read(name, f'read_{at}_{place}')} is ABSENT" for place, name in enumerate(row.sources)]
        same = f"value == there if type(value) is str else agree(row_{at}, value, there)"
        lines.append(f"value, there = {value}, {there}")
        lines.append(f"if {' or '.join([*absent, f'not ({same})'])}: rows.append(row_{at})")
    lines.append("return rows")
    return cast("Differing", compiled_function("differing(customer, target)", lines, names))


def _agree(row: FieldMapping, value: Any, there: Any) -> bool:
    """Return whether two values, of which the first is no text, are one, or both are blank."""
    shown = value.value if type(value) is MappedValue else value
    if is_blank(shown):
        return shown is value and is_blank(there) and not (there is ABSENT and row.target in ADDRESSES)
    return type(value) not in NEVER_A_VALUE and row.same(shown, there)


def _read(name: str, reader: str) -> str:
    """Return the text that reads a customer's field."""
    return f"customer.{name}" if name.isidentifier() else f"{reader}(customer)"
