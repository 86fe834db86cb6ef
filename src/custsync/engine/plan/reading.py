"""Reading source records into customers; one that cannot be read has its decision at once."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any, Final

from attrs import evolve

from custsync.engine.decisions import Decision, Invalid, Skip
from custsync.engine.plan.context import (
    ANOTHER_WORLD,
    KEY_TWICE,
    NOT_A_JSON_VALUE,
    NOT_A_RECORD,
    NOT_JSON,
    PLACE_MARK,
    REPEATED,
    Known,
    RunContext,
    SourceRecord,
    Steps,
    WorkItem,
    name_of,
)
from custsync.engine.plan.inputs import KeptRecords, ReadRecord, WholeInput
from custsync.errors import PayloadError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.payloads.reading import KeyTwiceError, is_clean, parse_json
from custsync.rules.eligibility import rule_raised
from custsync.rules.fields.mapping import MappedValue, value_of
from custsync.rules.fields.values import canonical, digest
from custsync.syncrecords import TEXT_DIGEST

_TEXTS: Final = (str, bytes)
_EIGHT_BYTES: Final = 2**64 - 1


def read_quietly(flow: Flow, item: SourceRecord, context: RunContext) -> Customer | None:
    """Return the customer of a source record, None where it cannot be read."""
    made = _read_item(flow, item, context, 0)
    return None if isinstance(made, Invalid) else made


def customers_of(flow: Flow, whole: WholeInput, context: RunContext) -> Iterator[Customer]:
    """Yield the customers of the whole input that can be read; each record that is kept is read once."""
    return filter(None, (one.customer for one in read_records(flow, whole, context)))


def read_records(
    flow: Flow, whole: WholeInput, context: RunContext, *, parts: bool = False
) -> Iterator[ReadRecord]:
    """Yield the records of the whole input with what was read of them: of a part, where that will do."""
    records = whole.records
    for place, item in enumerate(records()):
        made = item if type(item) is ReadRecord else ReadRecord(item)
        if item is not made or (made.part is not None and not parts):
            record = made.record
            made = ReadRecord(record, whole.reading.get(id(record)) or read_quietly(flow, record, context))
            if isinstance(records, KeptRecords):
                records.replace(place, made)
        yield made


def counts_parts(flow: Flow) -> bool:
    """Return whether the keys of a customer whose text is known can be counted by its key fields alone.

    It took part when it was synced, so that no check is asked again: unless an excluded one is synced too, or
    checks are asked of what the prescan made of it.
    """
    sets = flow.prescan.sets if flow.prescan is not None else ()
    is_simple = not any(entry.kind.takes_country for _, entry in flow.counted)
    return not flow.counted or (is_simple and not sets and not flow.excluded_field)


def sources_of(flow: Flow) -> Sequence[str] | None:
    """Return the fields that the prescan, the transactions and the counted keys are made of.

    None where the prescan or the transactions do not state theirs.
    """
    steps = flow.counted if counts_parts(flow) else ()
    names = [name for _, entry in steps for name in entry.keys[0].names]
    for part in filter(None, (flow.prescan, flow.transactions)):
        stated: Sequence[str] | None = getattr(part, "sources", None)
        if stated is None:
            return None
        names += stated
    return names


def part_reader(flow: Flow, context: RunContext) -> Callable[[Any], Customer | None]:
    """Return what reads these fields of a record whose text is known; all of it, where they are not stated.

    Such a record was read as a whole before. Should an earlier version have read what this one refuses, there
    is None.
    """
    names, end = sources_of(flow), context.source
    if names is None:
        return lambda item: read_quietly(flow, item, context)
    glance = flow.source.glance(*names)

    def read_part(item: Any) -> Customer | None:
        try:
            payload = json.loads(item) if isinstance(item, _TEXTS) else item
            return payload if isinstance(payload, Customer) else glance(payload, end.account, end.mode)
        except Exception:  # noqa: BLE001 - whatever it is, reading the whole record reports it
            return None

    return read_part


def is_readable(flow: Flow, customer: Customer, context: RunContext) -> bool:
    """Return whether the prescan does not refuse the customer."""
    case = WorkItem(item=customer, place=0, customer=customer)
    _apply_prescan(flow, [case], context)
    return case.decision is None


def read(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> Steps:
    """Read each record that is not known by its text, and take it as the prescan of all customers has it."""
    open_ones = [case for case in cases if case.known is None]
    for case in open_ones:
        made = case.before or _read_item(flow, case.item, context, case.place)
        if isinstance(made, Invalid):
            case.decision = made
        else:
            case.customer = made
    if flow.counted:
        context.whole.reading.update({id(case.item): case.customer for case in open_ones})
    _apply_prescan(flow, [case for case in open_ones if case.decision is None], context)
    yield from ()


def _read_item(flow: Flow, item: SourceRecord, context: RunContext, place: int) -> Customer | Invalid:
    """Return the customer of a record, or the refusal of one that cannot be read."""
    if isinstance(item, Customer):
        return _checked(flow, item, context, place)
    payload: Any = None
    issues: tuple[Issue, ...] = (NOT_A_RECORD,)
    end = context.source
    try:
        payload = parse_json(item) if isinstance(item, _TEXTS) else item
        if type(payload) is dict or isinstance(payload, Mapping):
            customer = flow.source.read(payload, end.account, end.mode)
            odd = None if hasattr(flow.source.read, "table") else _odd_field(customer)  # a table has looked
            if odd is None:
                return customer
            issues = (evolve(NOT_A_JSON_VALUE, field=odd),)
    except KeyTwiceError:
        issues = (KEY_TWICE,)
    except PayloadError as error:
        issues = error.issues
    except Exception as error:  # noqa: BLE001 - the system's reader raised: one record fails alone
        reader = f"the reader of {flow.source.name}"
        issues = (NOT_JSON if payload is None else rule_raised(error, reader),)
    return Invalid(source=name_of(flow, place, payload, context), issues=issues)


def _odd_field(customer: Customer) -> str | None:
    """Return the first field beside the known ones whose value JSON cannot hold, None where there is none."""
    odd = _odd_in(customer.extra)
    return _odd_in(customer.custom) if odd is None else odd


def _odd_in(held: Mapping[Any, Any]) -> str | None:
    """Return the first name whose value is odd, `"record"` where the name itself is."""
    for name, value in held.items():
        if _is_odd_name(name):
            return "record"
        if "\0" in value if type(value) is str and value.isascii() else _is_odd(value):
            return str(name)
    return None


@lru_cache(maxsize=4096)
def _is_odd_name(name: Any) -> bool:
    return type(name) is not str or _is_odd(name)


def _is_odd(value: Any) -> bool:
    kind = type(value)
    if kind is str:
        return not is_clean(value)
    if kind is float:
        return not isfinite(value)
    if kind is dict:
        return _odd_in(value) is not None
    return kind in (list, tuple) and any(map(_is_odd, value))


def _checked(flow: Flow, customer: Customer, context: RunContext, place: int) -> Customer | Invalid:
    """Return the customer if it is of this flow's source; ids of another environment would link strangers."""
    end, ref = context.source, customer.ref
    odd = "id" if _is_odd(ref.id) else _odd_field(customer)
    if odd is not None:
        source = evolve(ref, id=f"{PLACE_MARK}{place}") if odd == "id" else ref
        return Invalid(source=source, issues=(evolve(NOT_A_JSON_VALUE, field=odd),))
    if (ref.system, ref.account, ref.mode) == (flow.source.name, end.account, end.mode or ref.mode):
        return customer
    return Invalid(source=ref, issues=(ANOTHER_WORLD,))


# What the prescan has of each customer


def _apply_prescan(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> None:
    """Take the customers as the prescan has them; an error that it has refuses a customer.

    The digest of a record's text gets beside it that of the prescan's values, which depend on the other
    customers.
    """
    if context.prescanned is None:
        return
    for case in cases:
        mapped = _asked(context.prescanned, case.customer)
        case.customer, case.issues = mapped.value, mapped.issues
        if mapped.issues and any(issue.severity is Severity.ERROR for issue in mapped.issues):
            case.decision = Invalid(source=case.customer.ref, issues=mapped.issues)
        case.digest = _with_prescan(flow, case.digest, mapped)


def as_synced(
    flow: Flow, items: Iterable[tuple[str, Any]], known: Mapping[str, Known], context: RunContext
) -> Mapping[str, Known]:
    """Return the texts of whose customers the prescan has what it had when they were last synced.

    Args:
        flow: the policy.
        items: the records of a batch, each with the digest of its text. As little is read of them as the
            prescan needs.
        known: the texts that are known, by their digests.
        context: what the run is made under.

    Rule: G-IDEM
    """
    if context.prescanned is None and flow.transactions is None:
        return {text: one for text, one in known.items() if one.payload == text}
    same, read_part = dict[str, Known](), part_reader(flow, context)
    for text, item in items:
        one = known.get(text)
        if one is None:
            continue
        kept = item if isinstance(item, ReadRecord) else ReadRecord(item)
        part = kept.part or kept.customer or read_part(kept.record)
        if part is not None:
            mapped = _asked(context.prescanned, part) if context.prescanned else MappedValue(value=part)
            if _with_prescan(flow, text, mapped) == one.payload:
                same[text] = Known(one.record, one.source, one.payload, part, mapped.issues)
    return same


def _with_prescan(flow: Flow, text: str, mapped: MappedValue) -> str:
    """Return the digest of a record's text with that of the prescan's values and issues, if there are any."""
    text = text[:TEXT_DIGEST]
    sets = flow.prescan.sets if flow.prescan is not None else ()
    if not text or not (sets or mapped.issues):
        return text
    values = [canonical(value_of(mapped.value, name)) for name in sets]
    return text + digest((*values, *(issue.code for issue in mapped.issues)))


def _asked(prescanned: Callable[[Customer], MappedValue], customer: Customer) -> MappedValue:
    """Return what the prescan has of the customer, if it is of that customer and of the right types."""
    try:
        return _checked_value(prescanned(customer), customer)
    except Exception as error:  # noqa: BLE001 - the caller's prescan raised: one record fails alone
        return MappedValue(value=customer, issues=(rule_raised(error, "the prescan"),))


def _checked_value(mapped: object, customer: Customer) -> MappedValue:
    if not isinstance(mapped, MappedValue) or not all(isinstance(issue, Issue) for issue in mapped.issues):
        raise TypeError
    value = mapped.value
    if value is not customer and (not isinstance(value, Customer) or value.ref != customer.ref):
        raise TypeError
    return mapped


# Records that come twice


def refuse_repeated(entries: list[WorkItem | Decision], first: int, context: RunContext) -> None:
    """Decide each customer once in a run: of several records of one customer, the first counts.

    Where the input was cut into parts, the first place of such a customer is among the claims.

    Args:
        entries: the records of a batch, and the decisions on those that were passed over.
        first: the place of the first of them in the whole input.
        context: what the run is made under.

    Rule: G-DUP
    """
    claims = context.whole.claims
    firsts: Mapping[Ref, int] = claims.firsts if claims is not None else {}
    open_ones = [one for one in enumerate(entries) if getattr(one[1], "decision", None) is None]
    are_new = context.whole.decided.add([hash(one.source) & _EIGHT_BYTES for _, one in open_ones])
    for (at, one), is_new in zip(open_ones, are_new, strict=True):
        if not is_new or (firsts and firsts.get(one.source, first + at) < first + at):
            entries[at] = Skip(source=one.source, issues=(REPEATED,))
