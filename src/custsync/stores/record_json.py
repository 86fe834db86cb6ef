"""The sync record as JSON and back: what the SQLite store keeps beside the columns it searches by.

A body has the values that no column has. The names in it, and what else many records share, are its *shape*,
which is kept once for all of them. Both are written by hand, for speed and size. Their form is part of the
schema version; in the first version a body had its names in it, and no shape.
"""

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Final

from custsync.errors import InputError, PayloadError
from custsync.models import Issue, Ref
from custsync.rules.fields.values import DIGEST_SIZE
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


def dump(record: SyncRecord) -> tuple[str, str]:
    """Return the record's shape and its values as JSON: all but its link, version and status.

    Raises:
        InputError: the intent holds something that custsync does not keep.
    """
    source, target = record.source, record.target
    names = tuple([(namespace, tuple(seen.fields)) for namespace, seen in record.memory.items()])
    shape = _shape((record.flow, ref_parts(source)[:-1], target and ref_parts(target)[:-1], names))
    ids = (source.id, target.id if target is not None else "")
    try:
        values = (*ids, _rare_parts(record), *map(_memory_parts, record.memory.values()))
        return shape, _encode(values)
    except (InputError, ValueError) as error:
        what = error if isinstance(error, InputError) else "a number that JSON does not have"
        raise InputError(f"{record.source}: its intent, error or merge cannot be kept: {what}") from None


_shape = lru_cache(maxsize=256)(_encode)


def _rare_parts(record: SyncRecord) -> dict[str, Any]:
    parts = zip(_PARTS, _rare(record), strict=True)
    rare = {name: own_values.dump(part) for name, part in parts if part is not None}
    if not record.in_flight:
        return rare
    notes = [(note.namespace, dict(note.fields), note.until.isoformat()) for note in record.in_flight]
    return {"in_flight": notes, **rare}


def checksum(link: str, version: int, status: str, body: str, shape: str | None = None) -> str:
    """Return a digest of a body and of the columns beside it: another one is of a record that was changed.

    >>> checksum("l", 1, "linked", "{}") == checksum("l", 2, "linked", "{}")
    False
    """
    text = f"{as_json(link)}{version} {status} {body}{shape or ''}"
    return blake2b(text.encode(), digest_size=8).hexdigest()


def load(link: str, version: int, status: str, body: str, shape: str | None = None) -> SyncRecord:
    """Return the record of a body, of its shape, and of the columns beside it.

    Raises:
        ValueError: it is not what `dump` writes; or another of `UNREADABLE`.
    """
    parts = parts_of(body, shape)
    return SyncRecord(
        link=link,
        version=version,
        status=Status(status),
        flow=parts["flow"],
        source=_ref(*parts["source"]),
        target=_ref(*parts["target"]) if parts.get("target") else None,
        memory={namespace: _memory(*seen) for namespace, seen in parts.get("memory", {}).items()},
        in_flight=tuple([_note(*note) for note in parts.get("in_flight", ())]),
        **{name: own_values.load(kind, parts[name]) for name, kind in _PARTS.items() if name in parts},
    )


def parts_of(body: str, shape: str | None) -> Mapping[str, Any]:
    """Return the parts of a record by name, as a body of the first version has them itself.

    >>> from custsync.syncrecords import begin
    >>> shape, body = dump(begin("l", Ref("netsuite", "2041"), "f"))
    >>> parts_of(body, shape)
    {'flow': 'f', 'source': ('netsuite', '', '', 'customer', '2041'), 'target': None, 'memory': {}}
    """
    if shape is None:
        return json.loads(body)  # type: ignore[no-any-return]
    flow, ours, theirs, names = _loaded(shape)
    source, target, rare, *memory = json.loads(body[body.index("[") :])
    seen = {
        namespace: (payload, dict(zip(fields, _unpacked(digests), strict=True)), *time)
        for (namespace, fields), (payload, digests, *time) in zip(names, memory, strict=True)
    }
    ends = {"source": (*ours, source), "target": theirs and (*theirs, target)}
    return {"flow": flow, **ends, "memory": seen, **rare}


_loaded = lru_cache(maxsize=256)(json.loads)


def _ref(system: str, account: str, mode: str, kind: str, id: str) -> Ref:
    return Ref(system, id, account, mode, kind)


def _memory_parts(seen: LastSeen) -> tuple[Any, ...]:
    parts = (seen.payload, _packed([*seen.fields.values()]))
    return (*parts, seen.modified_at.isoformat()) if seen.modified_at is not None else parts


def _packed(digests: list[str]) -> str | list[str]:
    """Return the digests as one short text; as they are where one has another form."""
    joined = " ".join(digests)
    try:
        raw = bytes.fromhex(joined)
    except ValueError:
        return digests
    is_whole = 0 < len(raw) == len(digests) * DIGEST_SIZE and raw.hex(" ", DIGEST_SIZE) == joined
    return b2a_base64(raw, newline=False).decode() if is_whole else digests


def _unpacked(packed: str | list[str]) -> list[str]:
    return a2b_base64(packed).hex(" ", DIGEST_SIZE).split() if isinstance(packed, str) else packed


def _memory(payload: str, fields: Mapping[str, str], modified_at: str = "") -> LastSeen:
    return LastSeen(payload=payload, fields=fields, modified_at=_time(modified_at) if modified_at else None)


def _note(namespace: str, fields: Mapping[str, str], until: str) -> UpdateNote:
    return UpdateNote(namespace=namespace, fields=fields, until=_time(until))


_PARTS: Final[Mapping[str, type]] = {"intent": Intent, "error": Issue, "merge": MergeNote, "hidden": Issue}
"""The parts that few records have, and that are dear to read."""
_rare: Final = attrgetter(*_PARTS)
_time: Final = datetime.fromisoformat
