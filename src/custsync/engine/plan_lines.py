"""A plan as lines of JSON: a head, and a line for each decision, so that the whole text is never in memory.

The head has what the plan was made with, and how many decisions follow: a file that was cut off is no plan.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, get_args

from attrs import evolve, frozen

from custsync._building import evolved
from custsync.engine.decisions import Decision, Invalid
from custsync.errors import InputError, PayloadError, PlanError
from custsync.models import Issue, Ref
from custsync.payloads.reading import parse_json
from custsync.serialization.values import dump, load
from custsync.syncrecords import SyncRecord

FORMAT: Final = 2
"""The version of a plan's lines."""

_BY_NAME: Final[Mapping[str, Any]] = {kind.__name__: kind for kind in get_args(Decision)}


@frozen(kw_only=True)
class Head:
    """What a plan was made with: its first line.

    Attributes:
        flow: the flow's name.
        version: the version of its rules.
        table: digest of the flow's field table.
        ends: the namespaces of source and target.
        decisions: how many lines follow.
        format: the version of the lines.
    """

    flow: str
    version: str
    table: str = ""
    ends: tuple[str, ...] = ()
    decisions: int
    format: int = 0


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def lines_of(head: Head, decisions: Iterable[Decision]) -> Iterator[str]:
    """Yield the plan's lines, each with its line feed."""
    yield _encode(dump(evolve(head, format=FORMAT), compact=True)) + "\n"
    for place, decision in enumerate(decisions, start=1):
        yield _line(decision, place) + "\n"


def _line(decision: Decision, place: int) -> str:
    """Return a decision's line; of one that JSON cannot hold, the line of its refusal."""
    try:
        record = getattr(decision, "record", None)
        kept = decision if record is None else evolve(decision, record=_outlined(record))  # type: ignore[arg-type]
        return _encode({"kind": type(decision).__name__, **dump(kept, compact=True)})
    except (InputError, ValueError, RecursionError):
        return _line(Invalid(source=_named(decision.source, place), issues=(_NOT_KEPT,)), place)


def _outlined(record: SyncRecord) -> SyncRecord:
    """Return which record it is, and in which state: without what was last seen, and without its intent."""
    return evolved(record, intent=None, memory={}, in_flight=(), error=None, merge=None)


def _named(source: Ref, place: int) -> Ref:
    """Return the source customer, named by its place where its own id cannot be kept."""
    try:
        dump(source)
    except InputError:
        return evolve(source, id=f"#{place}")
    return source


def head_of(line: str | bytes) -> Head:
    """Return the head of a plan, of its first line.

    Raises:
        PlanError: the line is no head, or one of another format.
    """
    entry = _parsed(line, 1)
    if entry.get("format") != FORMAT:
        raise PlanError(f"not a plan of format {FORMAT}; make the plan again")
    return _loaded(Head, entry, 1)  # type: ignore[no-any-return]


def decisions_of(head: Head, lines: Iterable[str | bytes]) -> Iterator[Decision]:
    """Yield the decisions of the lines that follow the head.

    Raises:
        PlanError: a line is no decision, or there are fewer of them, or more, than the head has.
    """
    count = 0
    for count, line in enumerate(lines, start=1):
        entry = _parsed(line, count + 1)
        kind = _BY_NAME.get(str(entry.pop("kind", None)))
        if kind is None:
            raise _damaged(count + 1, "it is no decision")
        yield _loaded(kind, entry, count + 1)
    if count != head.decisions:
        raise PlanError(f"the plan has {count} decisions of {head.decisions}; make the plan again")


def _parsed(line: str | bytes, number: int) -> dict[str, Any]:
    try:
        entry = parse_json(line)
    except (ValueError, TypeError, RecursionError):
        entry = None
    if type(entry) is dict:
        return entry
    raise _damaged(number, "it is no object of JSON")


def _loaded(cls: type, entry: Mapping[str, Any], number: int) -> Any:
    try:
        return load(cls, entry)
    except PayloadError as error:
        first = error.issues[0]
        wrong = f"{first.field}: {first.reason}" if first.field else first.reason
        raise _damaged(number, wrong) from None


def _damaged(number: int, wrong: str) -> PlanError:
    return PlanError(f"line {number} of the plan is damaged: {wrong}; make the plan again")


_NOT_KEPT: Final = Issue(
    code="not_storable",
    rule="G-ISO",
    field="record",
    reason="the customer, or a value computed of it, holds what a plan's file cannot",
    remedy="Correct the record, or the field mapping that computes the value",
)
