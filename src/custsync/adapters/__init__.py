"""Adapters that come with the library: from functions, over files, and a source that is read in pages."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.adapters import files as files, functions as functions, pages as pages

_PARTS: Final = ("files", "functions", "pages")

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
