"""Text that is shown and never obeyed: no character of the data steers a terminal or a browser."""

from html import escape
from typing import Final

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
    r"""Return the text with every character that steers rather than shows as its escape; line feeds stay.

    No output can move a terminal's cursor, change its colours or turn the direction of the text around.

    >>> visible("Joinery\x1b[2J")
    'Joinery\\x1b[2J'
    >>> visible("Côte d'Ivoire")
    "Côte d'Ivoire"
    """
    return text.translate(_VISIBLE)


def safe(value: object) -> str:
    """Return the value as text that HTML shows and never obeys, in an element or in a quoted attribute."""
    return escape(visible(str(value)), quote=True)
