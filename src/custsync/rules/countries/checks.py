"""What every public function of this package starts with: the type, the length and the shape of a text."""

from typing import Final

from custsync.errors import InputError

__all__ = ["MAX_LENGTH", "require_text", "shape_of"]

MAX_LENGTH: Final = 100
"""The longest text that is looked at, in characters; no country or state has a longer name."""


def require_text(**values: object) -> None:
    """Check that every value is text.

    Raises:
        InputError: one is not; the message names the argument and its type, never the value.
    """
    for name, value in values.items():
        if not isinstance(value, str):
            message = f"{name} must be text, not {type(value).__name__}"
            raise InputError(message)


def shape_of(text: str | None) -> str:
    """Return what may be said about a text without showing it: "text, 5 characters"."""
    return "null" if text is None else f"text, {len(text)} characters"
