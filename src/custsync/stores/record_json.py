"""The sync record as one JSON text and back: what the SQLite store keeps beside the columns it searches by.

A body holds what no column holds, and nothing that is blank. Ends and memories, which every record has, are
written by hand, for speed and size. Its form is part of the schema version.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from custsync.errors import InputError, PayloadError
from custsync.models import Issue, Ref
from custsync.serialization import values as own_values
from custsync.syncrecords import Intent, LastSeen, MergeNote, Status, SyncRecord, UpdateNote

UNREADABLE: Final = (ValueError, TypeError, LookupError, AttributeError, RecursionError, PayloadError)
"""What `load` raises for a text that `dump` did not write."""

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def as_json(parts: str | tuple[str, ...]) -> str:
    """Return a text, or several as one, in pure ASCII: no delimiter, NUL or lone surrogate can be mistaken.

    >>> as_json(("a,b", "c")) == as_json(("a", "b,c"))
    False
    """
    return _encode(parts)


def ref_parts(ref: Ref) -> tuple[str, str, str, str, str]:
    """Return all that makes the identity of a record."""
    return (ref.system, ref.account, ref.mode, ref.kind, ref.id)


def dump(record: SyncRecord) -> str:
    """Return the record's body as JSON: all but its link, version and status.

    Raises:
        InputError: the intent holds something that custsync does not keep.
    """
    body: dict[str, Any] = {"flow": record.flow, "source": ref_parts(record.source)}
    if record.target is not None:
        body["target"] = ref_parts(record.target)
    if record.memory:
        body["memory"] = {namespace: _memory_parts(seen) for namespace, seen in record.memory.items()}
    if record.in_flight:
        body["in_flight"] = [
            (note.namespace, dict(note.fields), note.until.isoformat()) for note in record.in_flight
        ]
    try:
        for name in _PARTS:
            part = getattr(record, name)
            if part is not None:
                body[name] = own_values.dump(part)
        return _encode(body)
    except (InputError, ValueError) as error:
        what = error if isinstance(error, InputError) else "a number that JSON does not have"
        raise InputError(f"{record.source}: its intent, error or merge cannot be kept: {what}") from None


def checksum(link: str, version: int, status: str, body: str) -> str:
    """Return a digest of a body and of the columns beside it: another one is of a record that was changed.

    >>> checksum("l", 1, "linked", "{}") == checksum("l", 2, "linked", "{}")
    False
    """
    return blake2b(f"{as_json(link)}{version} {status} {body}".encode(), digest_size=8).hexdigest()


def load(link: str, version: int, status: str, body: str) -> SyncRecord:
    """Return the record of a body, and of the columns beside it.

    Raises:
        ValueError: it is not what `dump` writes; or another of `UNREADABLE`.
    """
    values: Mapping[str, Any] = json.loads(body)
    return SyncRecord(
        link=link,
        version=version,
        status=Status(status),
        flow=values["flow"],
        source=_ref(values["source"]),
        target=_ref(values["target"]) if "target" in values else None,
        memory={namespace: _memory(*seen) for namespace, seen in values.get("memory", {}).items()},
        in_flight=tuple([_note(*note) for note in values.get("in_flight", ())]),
        **{name: own_values.load(kind, values[name]) for name, kind in _PARTS.items() if name in values},
    )


def _ref(parts: tuple[str, str, str, str, str]) -> Ref:
    system, account, mode, kind, id = parts
    return Ref(system, id, account, mode, kind)


def _memory_parts(seen: LastSeen) -> tuple[Any, ...]:
    parts = (seen.payload, dict(seen.fields))
    return (*parts, seen.modified_at.isoformat()) if seen.modified_at is not None else parts


def _memory(payload: str, fields: Mapping[str, str], modified_at: str = "") -> LastSeen:
    return LastSeen(payload=payload, fields=fields, modified_at=_time(modified_at) if modified_at else None)


def _note(namespace: str, fields: Mapping[str, str], until: str) -> UpdateNote:
    return UpdateNote(namespace=namespace, fields=fields, until=_time(until))


_PARTS: Final[Mapping[str, type]] = {"intent": Intent, "error": Issue, "merge": MergeNote, "hidden": Issue}
"""The parts that few records have, and that are dear to read."""
_time: Final = datetime.fromisoformat
