"""The one check that every public function of this room starts with."""

from custsync.errors import InputError

__all__ = ["require_text"]


def require_text(**values: object) -> None:
    """Check that every value is text.

    Raises:
        InputError: one is not; the message names the argument, never the value.
    """
    for name, value in values.items():
        if not isinstance(value, str):
            message = f"{name} must be text, not {type(value).__name__}"
            raise InputError(message)
