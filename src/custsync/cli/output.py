"""Plain lines on standard output and standard error, whatever their encoding."""

import sys
from typing import TextIO

from custsync.display.text import visible

__all__ = ["say", "warn"]


def say(text: str) -> None:
    """Print the text and a line feed on standard output."""
    _write(sys.stdout, text)


def warn(text: str) -> None:
    """Print the text and a line feed on standard error, where there is one."""
    if sys.stderr:
        _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    stream.write(f"{_fitted(visible(text), stream.encoding or 'utf-8')}\n")


def _fitted(text: str, encoding: str) -> str:
    """Return the text in what the encoding has; an arrow becomes `->`, other characters their escapes."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.replace("→", "->").encode(encoding, "backslashreplace").decode(encoding)
    return text
