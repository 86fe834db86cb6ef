"""The sync record as one JSON text and back: what the SQLite store keeps beside the columns it searches by.

A body holds what no column holds, and nothing that is blank. Its form is part of the schema version.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import asdict

from custsync.codec import check_depth
from custsync.errors import InputError, PayloadError
from custsync.models import Issue, Ref, Severity
from custsync.syncrecords import Intent, Memory, Status, SyncRecord

__all__ = ["as_json", "dump", "load", "ref_parts"]

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
        InputError: the intent's request is not JSON, or nests deeper than anything a system sends.
    """
    body: dict[str, Any] = {"flow": record.flow, "source": ref_parts(record.source)}
    if record.target is not None:
        body["target"] = ref_parts(record.target)
    if record.memory:
        body["memory"] = {realm: (seen.payload, dict(seen.fields)) for realm, seen in record.memory.items()}
    if record.error is not None:
        body["error"] = {**asdict(record.error), "severity": record.error.severity.value}
    try:
        if record.intent is not None:
            body["intent"] = _intent(record.intent)
        return _encode(body)
    except (TypeError, ValueError, PayloadError):
        raise InputError(
            f"{record.source}: intent.request is not JSON; send what the adapter sends"
        ) from None


def _intent(intent: Intent) -> dict[str, Any]:
    request = check_depth(dict(intent.request))
    return {**asdict(intent, recurse=False), "request": request, "issued_at": intent.issued_at.isoformat()}


def load(link: str, version: int, status: str, body: str) -> SyncRecord:
    """Return the record of a body, and of the columns beside it.

    Raises:
        ValueError: it is not what `dump` writes; or LookupError, TypeError, AttributeError, RecursionError.
    """
    values: Mapping[str, Any] = json.loads(body)
    return SyncRecord(
        link=link,
        version=version,
        status=Status(status),
        flow=values["flow"],
        source=_ref(values["source"]),
        target=_ref(values["target"]) if "target" in values else None,
        memory={realm: _memory(*seen) for realm, seen in values.get("memory", {}).items()},
        intent=_read_intent(values["intent"]) if "intent" in values else None,
        error=_read_error(values["error"]) if "error" in values else None,
    )


def _ref(parts: tuple[str, str, str, str, str]) -> Ref:
    system, account, mode, kind, id = parts
    return Ref(system, id, account, mode, kind)


def _memory(payload: str, fields: Mapping[str, str]) -> Memory:
    return Memory(payload=payload, fields=fields)


def _read_intent(values: Mapping[str, Any]) -> Intent:
    return Intent(**{**values, "issued_at": datetime.fromisoformat(values["issued_at"])})


def _read_error(values: Mapping[str, Any]) -> Issue:
    return Issue(**{**values, "severity": Severity(values["severity"])})
