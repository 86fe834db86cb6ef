"""Plain lines on standard output and standard error, whatever their encoding."""

import sys
from shutil import get_terminal_size
from textwrap import wrap
from typing import Final, TextIO

from custsync.display.parts import visible

_INDENT: Final = " " * 4


def say(text: str) -> None:
    """Print the text and a line feed on standard output."""
    _write(sys.stdout, text)


def warn(text: str) -> None:
    """Print the text and a line feed on standard error, where there is one."""
    if sys.stderr:
        _write(sys.stderr, text)


def folded(text: str) -> str:
    """Return the text with lines that fit the terminal; unchanged if standard output is no terminal."""
    if not sys.stdout.isatty():
        return text
    width = max(get_terminal_size().columns, 2 * len(_INDENT))
    lines = (
        wrap(line, width, subsequent_indent=_INDENT, break_long_words=False) for line in text.split("\n")
    )
    return "\n".join("\n".join(parts) for parts in lines)


def _write(stream: TextIO, text: str) -> None:
    stream.write(f"{_fitted(visible(text), stream.encoding or 'utf-8')}\n")


def _fitted(text: str, encoding: str) -> str:
    """Return the text in characters of the encoding; an arrow becomes `->`, others become escapes."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.replace("→", "->").encode(encoding, "backslashreplace").decode(encoding)
    return text
