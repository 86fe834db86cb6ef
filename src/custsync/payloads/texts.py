"""Records as JSON text."""

import json
from typing import Any, Final


class KeyTwiceError(ValueError):
    """An object of the text has one key twice; it carries no value."""


def parse_json(text: str | bytes) -> Any:
    """Return the text's value; an object with one key twice says two things, and nobody knows which is meant.

    Raises:
        KeyTwiceError: an object has one key twice.
        ValueError: the text is not JSON.
        RecursionError: it is nested too deeply.

    Rule: G-ISO

    >>> parse_json('{"id": "7"}')
    {'id': '7'}
    >>> parse_json('{"id": "7", "id": "8"}')
    Traceback (most recent call last):
        ...
    custsync.payloads.texts.KeyTwiceError: an object has one key twice
    """
    if type(text) is str:
        try:
            value, end = _scan(text, 0)
        except StopIteration:  # blanks are before it, or it is no JSON
            pass
        else:
            if not text[end:].strip(_BLANKS):
                return value
    return json.loads(text, object_pairs_hook=_object_of)


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise KeyTwiceError("an object has one key twice")
    return made


_BLANKS: Final = " \t\n\r"
_decoder: Any = json.JSONDecoder(object_pairs_hook=_object_of)
_scan: Final = _decoder.scan_once
"""`json.loads` makes a decoder for each text that it is given with a hook."""
