"""Pictures of records that are one customer: columns of records, their links and contradictions."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Final

from attrs import frozen

from custsync.display.parts import safe

_COLUMN: Final = 300
_WIDTH: Final = 200
_ROW: Final = 56
_HEIGHT: Final = 30
_TOP: Final = 46
_LETTERS: Final = 22
"""The most characters of a record's name in its box."""


@frozen
class Line:
    """A line between two records.

    Attributes:
        one: a record.
        other: the other record.
        text: the evidence, or the contradiction.
        kind: `"sure"` is drawn solid, `"evidence"` dashed, `"against"` as a contradiction.
    """

    one: Hashable
    other: Hashable
    text: str
    kind: str = "evidence"


def graph_svg(
    columns: Mapping[str, Sequence[Hashable]], lines: Sequence[Line], marked: Mapping[Hashable, str]
) -> str:
    """Return the picture as SVG.

    Args:
        columns: the heading of each column → its records.
        lines: the links and the contradictions.
        marked: a record with a contradiction → its text.
    """
    places = {
        record: (column * _COLUMN + 10, _TOP + row * _ROW)
        for column, records in enumerate(columns.values())
        for row, record in enumerate(records)
    }
    width = len(columns) * _COLUMN
    height = _TOP + max(map(len, columns.values()), default=0) * _ROW
    heads = (
        f'<text class=soft x="{column * _COLUMN + 10}" y="20">{safe(name)}</text>'
        for column, name in enumerate(columns)
    )
    drawn = (_line(line, places, bend) for bend, line in enumerate(lines))
    boxes = (_box(record, *at, marked.get(record, "")) for record, at in places.items())
    parts = "".join([*heads, *drawn, *boxes])
    svg = f'<svg class=graph role=img viewBox="0 0 {width} {height}" width="{width}">{parts}</svg>'
    return f"<div class=scroll>{svg}</div>"


def _box(record: Hashable, x: int, y: int, wrong: str) -> str:
    name = getattr(record, "id", None) or str(record)
    shown = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
    title = f"{record}: {wrong}" if wrong else str(record)
    kind = " class=against" if wrong else ""
    return (
        f"<g{kind}><title>{safe(title)}</title>"
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>'
        f'<text x="{x + 10}" y="{y + 20}">{safe(shown)}</text></g>'
    )


def _line(line: Line, places: Mapping[Hashable, tuple[int, int]], bend: int) -> str:
    """Return a line from box to box.

    A line inside a column bends to the right, each a little further. A line across columns passes below the
    boxes between them; a contradiction passes above the link that it contradicts.
    """
    (x, y), (x_of_other, y_of_other) = sorted((places[line.one], places[line.other]))
    start, end = x + _WIDTH, x_of_other if x_of_other > x else x + _WIDTH
    middle, middle_of_other = y + _HEIGHT // 2, y_of_other + _HEIGHT // 2
    out = start + 30 + bend % 4 * 14
    inner = out if x_of_other == x else end - 30
    dip = 38 if x_of_other - x > _COLUMN else -24 if line.kind == "against" and x_of_other > x else 0
    curve = f"C{out} {middle + dip} {inner} {middle_of_other + dip} {end} {middle_of_other}"
    return f'<path class={line.kind} d="M{start} {middle} {curve}"><title>{safe(line.text)}</title></path>'
