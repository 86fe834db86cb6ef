"""The parts that all displays are made of: a text, a card, a table, pages of rows, a value, an issue.

Text is displayed and never interpreted: no character of the data controls a terminal or a browser.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

from attrs import field, frozen

from custsync.display.style import STYLE
from custsync.models import ABSENT, Address, Contact, Customer, Issue, masked, reveal

_PAGE: Final = 200
_PAGES: Final = 10
_PAIR: Final = 2
_HIDDEN: Final = (
    *(code for code in range(0x20) if chr(code) != "\n"),
    *range(0x7F, 0xA0),
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
    0xFEFF,
)
_VISIBLE: Final = {code: f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" for code in _HIDDEN}  # noqa: PLR2004 - one byte


def visible(text: str) -> str:
    r"""Return the text with every control character as its escape; line feeds stay.

    No output can move a terminal's cursor, change its colours or turn the direction of the text around.

    >>> visible("Joinery\x1b[2J")
    'Joinery\\x1b[2J'
    >>> visible("Côte d'Ivoire")
    "Côte d'Ivoire"
    """
    return text.translate(_VISIBLE)


def safe(value: object) -> str:
    """Return the value escaped for HTML, in an element or in a quoted attribute."""
    return escape(visible(str(value)), quote=True)


@frozen
class Shown:
    """A display: HTML in a notebook, text elsewhere.

    Attributes:
        html: what a notebook renders (`_repr_html_`).
        text: what `repr` returns, for a terminal or a log.
    """

    html: str = field(repr=False)
    text: str = field(repr=False)

    def __repr__(self) -> str:
        """Return the text."""
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def card(title: object, detail: object, *parts: str) -> str:
    """Return a display: a heading, a detail beside it, and the parts below; empty ones are left out."""
    head = f"<header><b>{safe(title)}</b> <span>{safe(detail)}</span></header>"
    return f"{STYLE}<section class=custsync>{head}{''.join(parts)}</section>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Return a table of cells that are HTML already, `""` without rows."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    if not body:
        return ""
    head = "".join(f"<th>{safe(name)}</th>" for name in heads)
    named = f"<caption>{safe(caption)}</caption>" if caption else ""
    pairs = " class=pairs" if len(heads) == _PAIR else ""
    inner = f"{named}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<div class=scroll><table{pairs}>{inner}</table></div>"


def bar(count: int, most: int) -> str:
    """Return a bar whose length is the share of the count in the most; none for 0."""
    return f'<i class=bar style="width:{100 * count // most}%"></i>' if count else ""


def paged(rows: Sequence[str], rest: str, total: int = 0) -> str:
    """Return the rows in pages, of which the first is open, and then the expression that displays the rest.

    `total` is the number of all rows, if not all were made.
    """
    total = total or len(rows)
    pages = [rows[at : at + _PAGE] for at in range(0, min(len(rows), _PAGE * _PAGES), _PAGE)]
    html = "".join(pages[0]) if pages else ""
    for number, page in enumerate(pages[1:], start=1):
        first = number * _PAGE + 1
        name = f"{first:,} to {first + len(page) - 1:,} of {total:,}"
        html += f"<details class=page><summary>{name}</summary>{''.join(page)}</details>"
    left = total - _PAGE * _PAGES
    return html + (f"<p class=more>{left:,} more: <code>{safe(rest)}</code></p>" if left > 0 else "")


def value_text(value: Any, *, values: bool) -> str:
    """Return a value as HTML; without `values`, only the shape of a value that may be personal."""
    if value is None or value is ABSENT or value == "":
        return "<small>nothing</small>"
    if not values:
        return f"<small>{safe(masked(value))}</small>"
    if isinstance(value, Customer | Address | Contact):
        return safe(reveal(value))
    return safe(value)


def rule_mark(rule: str) -> str:
    """Return a rule's id as it is displayed beside its text."""
    return f"<small class=rule>{safe(rule)}</small>" if rule else ""


def issue_list(issues: Iterable[Issue]) -> str:
    """Return the issues as a list: severity, reason and remedy of each."""
    return "".join(
        f"<p class=issue><b class={issue.severity.value}>{issue.severity.value}</b> "
        f"<em>{safe(issue.field)}</em>: "
        f"{safe(issue.reason)}{f' ({safe(issue.shape)})' if issue.shape else ''}. "
        f"<i>{safe(issue.remedy.rstrip('.'))}.</i> {rule_mark(issue.rule)}</p>"
        for issue in issues
    )
