"""Plain lines on standard output and standard error, whatever their encoding, without control characters."""

import sys
from typing import Final, TextIO

__all__ = ["say", "warn"]

_CONTROLS: Final = {
    code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\n"
} | {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""What would move a terminal's cursor, change its colours or turn its text around."""


def say(text: str) -> None:
    """Print the text and a line feed on standard output."""
    _write(sys.stdout, text)


def warn(text: str) -> None:
    """Print the text and a line feed on standard error."""
    _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    stream.write(f"{_fitted(text.translate(_CONTROLS), stream.encoding or 'utf-8')}\n")


def _fitted(text: str, encoding: str) -> str:
    """Return the text in what the encoding has; an arrow becomes `->`, other characters their escapes."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.replace("→", "->").encode(encoding, "backslashreplace").decode(encoding)
    return text
