"""Reading source records into customers; one that cannot be read has its decision at once."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, Final

from attrs import evolve

from custsync.engine.decisions import Invalid, Skip
from custsync.engine.plan.issues import (
    ANOTHER_WORLD,
    KEY_TWICE,
    NOT_A_JSON_VALUE,
    NOT_A_RECORD,
    NOT_JSON,
    REPEATED,
)
from custsync.engine.plan.search import PLACE_MARK, RunContext, SourceRecord, WorkItem, name_of
from custsync.engine.requests import Request
from custsync.errors import CustsyncError, PayloadError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.payloads.texts import KeyTwiceError, parse_json
from custsync.rules.eligibility import rule_raised
from custsync.rules.fields.fingerprints import digest, payload_digests
from custsync.rules.fields.mapping import MappedValue, value_of

__all__ = ["is_readable", "read", "read_all", "read_quietly", "refuse_repeated"]

_TEXTS: Final = (str, bytes)
_EIGHT_BYTES: Final = 2**64 - 1


def read_quietly(flow: Flow, item: SourceRecord, terms: RunContext) -> Customer | None:
    """Return the customer of a source record, None where it cannot be read."""
    return _read_item(flow, WorkItem(item=item, place=0), terms)


def read_all(flow: Flow, items: Iterable[SourceRecord], terms: RunContext) -> Iterator[Customer]:
    """Yield the customers of those records that can be read."""
    for item in items:
        customer = read_quietly(flow, item, terms)
        if customer is not None:
            yield customer


def is_readable(flow: Flow, customer: Customer, terms: RunContext) -> bool:
    """Return whether the prescan does not refuse the customer."""
    case = WorkItem(item=customer, place=0, customer=customer)
    if terms.prescanned is not None:
        _survey(flow, case, terms.prescanned)
    return case.decision is None


def read(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Generator[Request, Any, None]:
    """Read each record that is not known by its text, and take it as the survey of all customers has it."""
    for case in cases:
        if case.known_as is None:
            case.customer = _read_item(flow, case, terms)
            if case.customer is not None and terms.prescanned is not None:
                _survey(flow, case, terms.prescanned)
    yield from ()


def _read_item(flow: Flow, case: WorkItem, terms: RunContext) -> Customer | None:
    if isinstance(case.item, Customer):
        return _checked(flow, case, case.item, terms)
    payload, issue = _parsed(case.item)
    if issue is not None:
        case.decision = Invalid(source=name_of(flow, case, payload, terms), issues=(issue,))
        return None
    end = terms.ends.source
    try:
        customer = flow.source.read(payload, end.account, end.mode)
        odd = _odd_field(customer)
        if odd is None:
            return customer
        issues: tuple[Issue, ...] = (evolve(NOT_A_JSON_VALUE, field=odd),)
    except PayloadError as error:
        issues = error.issues
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - the system's reader raised: one record fails alone
        issues = (rule_raised(error, f"the reader of {flow.source.name}"),)
    case.decision = Invalid(source=name_of(flow, case, payload, terms), issues=issues)
    return None


def _parsed(item: Any) -> tuple[Any, Issue | None]:
    """Return the record as JSON's values, and why it is none."""
    try:
        payload = parse_json(item) if isinstance(item, _TEXTS) else item
    except KeyTwiceError:
        return None, KEY_TWICE
    except (ValueError, RecursionError):
        return None, NOT_JSON
    is_record = type(payload) is dict or isinstance(payload, Mapping)
    return payload, None if is_record else NOT_A_RECORD


def _odd_field(customer: Customer) -> str | None:
    """Return the first field beside the known ones whose value JSON cannot hold, None where there is none."""
    for kept in (customer.extra, customer.custom):
        for name, value in kept.items():
            if type(name) is not str or _is_odd(name):
                return "record"
            if _is_odd(value):
                return name
    return None


def _is_odd(value: Any) -> bool:
    kind = type(value)
    if kind is str:
        return "\0" in value or not (value.isascii() or value.isprintable() or _has_bytes(value))
    if kind is float:
        return not isfinite(value)
    if kind is dict:
        return any(type(key) is not str or _is_odd(key) or _is_odd(part) for key, part in value.items())
    return kind in (list, tuple) and any(map(_is_odd, value))


def _has_bytes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _checked(flow: Flow, case: WorkItem, customer: Customer, terms: RunContext) -> Customer | None:
    """Return the customer if it is of this flow's source; ids of another world would link strangers."""
    end, ref = terms.ends.source, customer.ref
    odd = "id" if _is_odd(ref.id) else _odd_field(customer)
    if odd is not None:
        source = evolve(ref, id=f"{PLACE_MARK}{case.place}") if odd == "id" else ref
        case.decision = Invalid(source=source, issues=(evolve(NOT_A_JSON_VALUE, field=odd),))
        return None
    if (ref.system, ref.account, ref.mode) == (flow.source.name, end.account, end.mode or ref.mode):
        return customer
    case.decision = Invalid(source=ref, issues=(ANOTHER_WORLD,))
    return None


# What the survey of all customers says


def _survey(flow: Flow, case: WorkItem, surveyed: Callable[[Customer], MappedValue]) -> None:
    """Take the customer as the survey has it; an error that it names refuses the customer."""
    try:
        seen = _as_surveyed(surveyed(case.read), case.read)
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - a survey of the caller's raised: one record fails alone
        seen = MappedValue(value=case.customer, issues=(rule_raised(error, "the prescan"),))
    case.customer, case.issues = seen.value, seen.issues
    if any(issue.severity is Severity.ERROR for issue in seen.issues):
        case.decision = Invalid(source=case.read.ref, issues=seen.issues)
    elif case.digest:
        case.digest = _with_survey(flow, case)


def _as_surveyed(said: object, customer: Customer) -> MappedValue:
    """Return what the survey said of the customer, if it speaks of that one and in the right words."""
    if not isinstance(said, MappedValue) or not all(isinstance(issue, Issue) for issue in said.issues):
        raise TypeError
    if not isinstance(said.value, Customer) or said.value.ref != customer.ref:
        raise TypeError
    return said


def _with_survey(flow: Flow, case: WorkItem) -> str:
    """Return the digest of the record's text and of what the survey says, which depends on the others."""
    names = flow.prescan.sets if flow.prescan is not None else ()
    told = [digest(value_of(case.read, name)) for name in names] + [issue.code for issue in case.issues]
    return payload_digests(["\0".join([case.digest, *told])], flow.salt)[0]


# Records that come twice


def refuse_repeated(
    _flow: Flow, cases: Sequence[WorkItem], terms: RunContext
) -> Generator[Request, Any, None]:
    """Decide each customer once in a run: of several records of one customer, the first counts.

    Where the input was cut into parts, the first place of such a customer is among the claims.

    Rule: G-DUP
    """
    assert terms.whole is not None  # noqa: S101 - a batch is part of some input
    decided, claims = terms.whole.decided, terms.whole.claims
    firsts: Mapping[Ref, int] = claims.firsts if claims is not None else {}
    for case in cases:
        is_first = decided.add(hash(case.source) & _EIGHT_BYTES)
        if not is_first or firsts.get(case.source, case.place) < case.place:
            case.decision = Skip(source=case.source, issues=(REPEATED,))
    yield from ()
