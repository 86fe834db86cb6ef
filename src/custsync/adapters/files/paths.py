"""Where a file really stands, and that it is a file: nothing else is read, replaced or added to."""

from pathlib import Path

from custsync.errors import FileError

__all__ = ["resolved"]


def resolved(path: Path) -> Path:
    """Return the path with its links followed: a regular file's, or one where nothing is yet.

    Raises:
        FileError: a folder, a device or a pipe stands there, or this user may not look.
    """
    try:
        there = path.resolve()
        is_other = path.exists() and not path.is_file()
    except (OSError, RuntimeError, ValueError):  # links that go round, or a character that no path may have
        raise FileError("no path of a file that this user may read; give another", str(path)) from None
    if is_other:
        raise FileError("a folder, a device or a pipe; give the path of a file", str(path))
    return there
