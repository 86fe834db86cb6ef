"""Adapters that come with the library: from functions, and over files."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.adapters import files as files, functions as functions

_PARTS: Final = ("files", "functions")

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
