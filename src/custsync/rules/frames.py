"""Data frames: their rows, wherever customers are taken. No data frame library is imported for it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import isnan
from typing import Any, Final

from custsync.errors import InputError


def frame_rows(customers: Any) -> Any:
    """Return the rows of a data frame as records, as pandas and polars give them; anything else as it is.

    A cell without a value (None, NaN, NaT) is null. A whole number that pandas has as a fraction, as another
    row has none, is whole again.

    Raises:
        InputError: two columns have one name.

    >>> frame_rows([{"id": "2041"}])
    [{'id': '2041'}]
    """
    if hasattr(customers, "to_dicts"):
        return _rows(customers.to_dicts())
    if hasattr(customers, "to_dict") and hasattr(customers, "columns"):
        _check_columns(customers.columns)
        return _rows(customers.to_dict("records"))
    return customers


def _check_columns(columns: Iterable[Any]) -> None:
    doubled = [str(name) for name, count in Counter(columns).items() if count > 1]
    if doubled:
        raise InputError(f"customers: several columns of the data frame are named {', '.join(doubled)}")


def _rows(rows: Iterable[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    return [{str(name): _cell(value) for name, value in row.items()} for row in rows]


def _cell(value: Any) -> Any:
    """Return what a cell holds: null where it is empty, which every frame spells in its own way."""
    if is_empty(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_empty(value: Any) -> bool:
    """Return whether the value is one of those that stand for no value: None, NaN, NaT, NA.

    >>> is_empty(float("nan")), is_empty("")
    (True, False)
    """
    if isinstance(value, float | Decimal):
        return isnan(value)
    return value is None or type(value).__name__ in _EMPTY_CELLS


_EMPTY_CELLS: Final = frozenset({"NaTType", "NAType"})
"""The types of the empty cells of pandas: a time, and anything."""
