"""Writing files: a crash leaves the old one or the new one, never half of one; never do two write at once."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from custsync.adapters.files.lines import resolved
from custsync.errors import FileError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other runs from writing the file; the lock ends with the process, however it ends.

    The lock is one of SQLite's on a file of its own, which stays: every platform has them. It stands beside
    the file itself, wherever links to it stand.

    Raises:
        FileError: another run writes to it, it is no regular file, or its folder cannot be written.
    """
    there = resolved(path)
    with ExitStack() as stack:
        try:
            lock = there.with_name(f".{there.name}.lock")
            connection = stack.enter_context(closing(sqlite3.connect(lock, timeout=0, isolation_level=None)))
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise FileError("another run is writing to it; let that one finish", str(path)) from None
            raise FileError("its folder must be there, and this user may write to it", str(path)) from None
        yield


def rewrite(path: Path, lines: Iterable[bytes]) -> None:
    """Put the lines in the place of the file's: written beside it, made durable, then renamed.

    Raises:
        FileError: it is no regular file, its folder cannot be written, or the disk is full; all is as it was.
    """
    there = resolved(path)
    _put_in_place(path, there, lines, lambda new: _take_mode(there, new), _replace)


def refuse_taken(path: Path, *, overwrite: bool) -> None:
    """Refuse a path where something is that is not to be replaced: a link, or a file without leave.

    Raises:
        FileError: it is not to be written to.
    """
    if path.is_symlink():
        raise FileError("a link, which is not followed; name the file itself", str(path))
    resolved(path)
    if path.exists() and not overwrite:
        raise FileError(_TAKEN, str(path))


def keep_privately(path: Path, lines: Iterable[bytes], *, overwrite: bool) -> None:
    """Write a file that its owner alone may read, whatever stood there before.

    Args:
        path: the file; never a link.
        lines: what it holds.
        overwrite: whether it may take the place of a file.

    Raises:
        FileError: as `refuse_taken` and `rewrite`.
    """
    refuse_taken(path, overwrite=overwrite)
    _put_in_place(path, path.absolute(), lines, lambda _: None, _replace if overwrite else _put_beside)


_TAKEN: Final = "the file exists; name another, or let it be overwritten (--overwrite)"


def _put_in_place(
    path: Path,
    there: Path,
    lines: Iterable[bytes],
    take_mode: Callable[[str], None],
    put: Callable[[Path, Path], None],
) -> None:
    """Write the lines beside the file, for the owner alone unless it takes a mode, and then put it there."""
    try:
        with NamedTemporaryFile(dir=there.parent, prefix=f".{there.name}.", delete=False) as file:
            try:
                file.writelines(lines)
                _make_durable(file.fileno())
                take_mode(file.name)
                file.close()
                put(Path(file.name), there)
            except BaseException:
                file.close()
                Path(file.name).unlink(missing_ok=True)
                raise
        _make_folder_durable(there.parent)
    except OSError as error:
        reason = _TAKEN if isinstance(error, FileExistsError) else f"{error.strerror}; nothing was written"
        raise FileError(reason, str(path)) from None


def _replace(new: Path, there: Path) -> None:
    new.replace(there)


def _put_beside(new: Path, there: Path) -> None:
    """Give the file its name where no other has it, whoever came in between."""
    there.hardlink_to(new)
    new.unlink()


def append(path: Path, lines: Iterable[bytes]) -> None:
    """Add whole lines to the end of the file, durable when the call returns; half a line there goes first.

    Raises:
        FileError: it is no regular file, or cannot be written.
    """
    there = resolved(path)
    try:
        with there.open("ab+") as file:
            file.truncate(_end_of_whole_lines(there))
            file.writelines(lines)
            file.flush()
            _make_durable(file.fileno())
    except OSError as error:
        raise FileError(f"{error.strerror}; run again once it can be written", str(path)) from None


def _end_of_whole_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(len(line) for line in file if line.endswith(b"\n"))


def _make_durable(descriptor: int) -> None:
    os.fsync(descriptor)


def _take_mode(there: Path, new: str) -> None:
    with suppress(FileNotFoundError):  # a new file is for its owner alone: it holds customers
        shutil.copymode(there, new)


def _make_folder_durable(folder: Path) -> None:
    with suppress(OSError):  # not every platform opens a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            _make_durable(descriptor)
        finally:
            os.close(descriptor)


def line_of(record: Mapping[str, Any]) -> bytes:
    """Return the record as a line of a JSON Lines file, without its end."""
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace")


def stamp_of(path: Path) -> tuple[int, int, int] | None:
    """Return what changes whenever the file does, None where there is none.

    Raises:
        FileError: this user may not look.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(f"{error.strerror}; give a file that this user may read", str(path)) from None
    return found.st_ino, found.st_size, found.st_mtime_ns
