"""The lines of a text file, in the encoding that its first bytes tell or that somebody names."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from custsync.adapters.files.paths import resolved
from custsync.errors import FileError

__all__ = ["NOT_READABLE", "is_broken", "lines_of", "numbered_lines"]

NOT_READABLE: Final = "a line that is not in the file's encoding"
"""What stands for such a line."""

_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BROKEN: Final = re.compile("[\udc80-\udcff]")
"""What a byte that is none of the encoding becomes."""


def lines_of(path: Path, encoding: str = "") -> Iterator[tuple[int, str]]:
    """Yield the file's lines with their numbers, a byte order mark taken off.

    Args:
        path: the file.
        encoding: as Python names it; `""`: UTF-16 where its mark says so, else UTF-8.

    Raises:
        FileError: it is no regular file, cannot be read, or there is no such encoding.
    """
    there = resolved(path)
    named = encoding
    try:
        named = named or _marked(there)
        with there.open(encoding=named, errors="surrogateescape", newline="\n") as file:
            yield from enumerate(file, start=1)
    except OSError as error:
        raise FileError(f"{error.strerror}; give a file that this user may read", str(path)) from None
    except LookupError:
        raise FileError(f"no encoding is named {encoding!r}; utf-8 and cp1252 are two", str(path)) from None
    except UnicodeError:
        raise FileError(f"not {named}; name the encoding that it has", str(path)) from None


def _marked(path: Path) -> str:
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in _MARKS else "utf-8-sig"


def is_broken(text: str) -> bool:
    """Return whether bytes of the text are none of the file's encoding."""
    return not text.isascii() and _BROKEN.search(text) is not None


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines as `lines_of` does, of a file that is UTF-8 throughout.

    Raises:
        FileError: as `lines_of`; or a line is not UTF-8.
    """
    for number, line in lines_of(path):
        if is_broken(line):
            raise FileError("not UTF-8; save the file as UTF-8", str(path), number)
        yield number, line
