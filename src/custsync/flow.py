"""A flow: the policy of one direction between two systems, as frozen data.

A flow holds no behaviour. It names the systems, the checks, the match steps, the field table and
the policies; `deciding` reads them. To change one thing is one expression (`flow.replace(...)`,
`flow.with_field(...)`), and what does not fit together is refused at once.
"""

import dis
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from types import CodeType
from typing import Any, Final, Literal, Protocol, TypeAlias, get_args

import attrs
from attrs import evolve, fields_dict, frozen

from custsync._arguments import checked, code_of, takes
from custsync.errors import FlowError
from custsync.models import Address, Customer, display_html
from custsync.rules.eligibility import Check, CheckOutcome, CheckTime, ExclusionPeriod, compiled_checks
from custsync.rules.fields.compiled import Quick, compiled, values_of
from custsync.rules.fields.conflicts import Conflict
from custsync.rules.fields.differing import Differing, compiled_comparison
from custsync.rules.fields.mapping import Copied, FieldMapping, MappedValue, reader_of
from custsync.rules.matching.kinds import KINDS
from custsync.rules.matching.rule import OnAlreadyLinked
from custsync.rules.matching.steps import MatchStep, counted_steps
from custsync.systems.system import System

__all__ = ["EXCLUDED_MARK", "Conflict", "Flow", "OnLink", "Prescan"]

EXCLUDED_MARK: Final = "custom.custsync_excluded"
"""The source field of the row for `Flow.excluded_field`: True of an excluded customer, None of any other."""

OnLink: TypeAlias = Literal["bring_up_to_date", "keep"]
"""What linking to an existing customer writes to it."""


class Prescan(Protocol):
    """What must be known of all customers before one is decided.

    Given them all, it returns a function from one customer to `MappedValue`: the customer as it is synced,
    and what there is to report about it; an error refuses it.

    One that states in `sources` which fields of a customer it reads is not given more of a customer that was
    synced and has not changed; neither is `Flow.transactions`.

    One that may work on parts of an input has two methods more: `gather`, which returns what is kept of some
    customers, and `combine`, which makes that function of what was gathered of all parts. Without them, the
    customers of all parts are kept.
    """

    @property
    def sets(self) -> tuple[str, ...]:
        """Return the customer's fields that the prescan sets, which no system shows in that form."""

    def __call__(self, customers: Iterable[Customer]) -> Callable[[Customer], MappedValue]:
        """Return how each of the customers is to be synced."""


Steps: TypeAlias = Sequence[tuple[int, MatchStep]]
"""Match steps, each with its place."""

_ADDRESSES = frozenset({"billing_address", "shipping_address"})
_VIEWS = _ADDRESSES | {"id"}


@checked
@frozen(kw_only=True, repr=False)
class Flow:
    """The policy of one direction.

    Attributes:
        name: `"stripe.EXPORT"`.
        link: the pair of systems, the same for both directions: `"netsuite-stripe"`.
        source: the source system's shape.
        target: the target system's shape.
        checks: who is left out or refused, asked from top to bottom, of everybody or of new customers only.
        prescan: what must be known of all customers before one is decided; None where none needs the others.
        match: how an existing customer is found, in order.
        fields: the field table.
        source_id_field: the target's field that carries the source's id, by which a lost create is
            recognised; `""` for none.
        unique_key: the target's field that carries the create's key where the target keeps it unique; `""`
            for none.
        write_back: the source's field that keeps the target's id; `""` for none.
        conflict: who wins when both sides changed a field, where its row has no policy.
        may_cut: target fields whose text may be cut to fit, reported.
        updates: whether an existing customer is kept up to date; without it, only links are made and kept.
        on_link: what linking to an existing customer writes: `"bring_up_to_date"` writes what differs;
            `"keep"` writes the source's id alone, and both sides' values then are the baseline of later
            changes.
        parent: the target's field that takes the id there of the customer's parent, which is filled in when
            it is known; `""` for none. A row must make it from `parent`, and None of a customer that has no
            parent: absent is one whose parent is not known yet, and clears nothing.
        foreseen_parent: the customer → the id that its parent will have in the target, None where that is
            known only once the parent is there; None for a flow whose target makes the ids itself.
        excluded_field: the target's field that marks an excluded customer, which is created and kept up to
            date then. A row must make it from `EXCLUDED_MARK`. `""`: such a customer is left out.
        transactions: the customer and its decision → the decision with what becomes of each of the customer's
            transactions; None for a flow whose customers are on none.
        record_errors: whether the sync record of a customer that is refused or for review keeps why.
        reinclusion: whether a person may take an excluded customer in again.
        version: the version of these rules; intents carry it.
    """

    name: str
    link: str
    source: System
    target: System
    checks: tuple[Check, ...] = ()
    prescan: Prescan | None = None
    match: tuple[MatchStep, ...]
    fields: tuple[FieldMapping, ...]
    source_id_field: str = ""
    unique_key: str = ""
    write_back: str = ""
    conflict: Conflict = Conflict.SOURCE
    may_cut: frozenset[str] = frozenset()
    updates: bool = True
    on_link: OnLink = "bring_up_to_date"
    parent: str = ""
    foreseen_parent: Callable[[Customer], str | None] | None = None
    excluded_field: str = ""
    transactions: Callable[[Customer, Any], Any] | None = None
    record_errors: bool = False
    reinclusion: bool = False
    version: str = "1"

    _repr_html_ = display_html

    def __repr__(self) -> str:
        """Return the name and the ends: what is left is tables."""
        return f"Flow({self.name!r}, source={self.source!r}, target={self.target!r})"

    def __attrs_post_init__(self) -> None:
        """Refuse a flow whose parts do not fit together."""
        problems = _malformed(self)
        checks = (_of_another_arity, _unknown_fields, _untaken, _unwatched, _doubled_targets, _unproducible)
        problems = problems or [problem for check in checks for problem in check(self)]
        if problems:
            raise FlowError(f"flow {self.name!r}: " + "; ".join(problems))

    @cached_property
    def salt(self) -> bytes:
        """Return what makes its digests differ from those of another policy."""
        return _salt(self)

    @cached_property
    def field_for(self) -> Mapping[str, FieldMapping]:
        """Return the row of each target field."""
        return {row.target: row for row in self.fields}

    @cached_property
    def lasting(self) -> tuple[str, ...]:
        """Return the target's fields that are kept up to date."""
        return tuple(row.target for row in self.fields if not row.create_only)

    @cached_property
    def lasting_reads(self) -> Mapping[str, Callable[[Customer], Any]]:
        """Return what reads each source field that an update depends on."""
        lasting = {name for row in self.fields if not row.create_only for name in row.sources}
        return {name: reader_of(name) for name in sorted(lasting)}

    @cached_property
    def counted(self) -> Steps:
        """Return the match steps whose keys several customers may share, with their places."""
        return counted_steps(self.match)

    @cached_property
    def exclusive(self) -> Steps:
        """Return those of them whose value no two customers may share that are created."""
        is_asked = OnAlreadyLinked.REVIEW
        return [
            one for one in self.counted if one[1].on_already_linked is is_asked and not one[1].authoritative
        ]

    @cached_property
    def quick_values(self) -> Quick:
        """Return what makes the values of a new customer, where nothing about it is odd."""
        longest = {name: limit.length for name, limit in self.target.limits.items()}
        return compiled(tuple(values_of(self.fields)), longest)

    @cached_property
    def differing(self) -> Differing:
        """Return what tells which rows have to be looked at for a customer and its counterpart."""
        return compiled_comparison(row for row in self.fields if not row.create_only)

    @cached_property
    def failed_checks(self) -> Callable[..., tuple[Check, ...]]:
        """Return what asks the checks, of a customer and at a time (`rules.eligibility.failed_checks`)."""
        return compiled_checks(self.checks)

    def replace(self, **changes: Any) -> "Flow":
        """Return this flow with some of its parts changed, checked as a new one is.

        Raises:
            FlowError: a part that a flow does not have, or parts that do not fit together.
        """
        unknown = sorted(changes.keys() - fields_dict(Flow).keys())
        if unknown:
            raise FlowError(f"flow {self.name!r} has no part named {', '.join(unknown)}")
        return evolve(self, **changes)

    def with_field(self, row: FieldMapping) -> "Flow":
        """Return this flow with one more row, or with the row for that target field replaced."""
        kept = tuple(row if old.target == row.target else old for old in self.fields)
        return self.replace(fields=kept if row in kept else (*kept, row))

    def without_field(self, target: str) -> "Flow":
        """Return this flow without the row for that target field.

        Raises:
            FlowError: there is no such row.
        """
        kept = tuple(row for row in self.fields if row.target != target)
        if len(kept) == len(self.fields):
            raise FlowError(f"flow {self.name!r} has no row for {target!r}")
        return self.replace(fields=kept)


_ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")
"""The address of an object in memory, which another process does not know."""


def _salt(flow: Flow) -> bytes:
    """Return what makes this policy's digests its own: another table or setting knows no text yet.

    It is the same on every machine.
    """
    texts = [flow.name, flow.version, flow.write_back, flow.source_id_field, flow.conflict.value]
    texts += [str(flow.updates), flow.parent]
    for check in flow.checks:
        texts += [check.issue.code, check.lasts.value, _spelled(check.fails)]
    for row in flow.fields:
        texts += [row.target, *row.sources, _spelled(row.compute), str(row.clear_on_blank)]
        texts += [str(row.create_only), *row.components]
        texts += [row.conflict.value] if row.conflict else []
    return "\0".join([*texts, *sorted(flow.may_cut)]).encode("utf-8", "surrogatepass")


def _spelled(part: Any) -> str:
    """Return a function or a value as text, the same in each process: by its name, and sets in order."""
    if isinstance(part, frozenset):
        return f"{{{', '.join(sorted(map(_spelled, part)))}}}"
    if attrs.has(type(part)):
        parts = [_spelled(getattr(part, one.name)) for one in attrs.fields(type(part)) if one.repr]
        return f"{type(part).__qualname__}({', '.join(parts)})"
    return getattr(part, "__qualname__", None) or _ADDRESS.sub("", repr(part))


def _is_field(name: str) -> bool:
    return name.startswith("custom.") or name in _VIEWS or name in fields_dict(Customer)


def _is_component(name: str) -> bool:
    view, _, part = name.partition(".")
    return view in _ADDRESSES and part in fields_dict(Address)


def _malformed(flow: Flow) -> list[str]:
    """Return what is of another kind than it must be, where a type checker was not asked."""
    prescan: Any = flow.prescan
    is_prescan = prescan is None or (callable(prescan) and isinstance(getattr(prescan, "sets", None), tuple))
    wrong = {
        "conflict must be one of Conflict's members": not isinstance(flow.conflict, Conflict),
        f"on_link must be one of {', '.join(get_args(OnLink))}": flow.on_link not in get_args(OnLink),
        "prescan must be a function and name in `sets`, a tuple, what it sets": not is_prescan,
        "may_cut must be a set of names": isinstance(flow.may_cut, str),
    }
    problems = [problem for problem, is_wrong in wrong.items() if is_wrong] + _malformed_checks(flow)
    for row in flow.fields:
        reads: object = row.sources
        if isinstance(reads, str) or not callable(row.compute):
            problems += [f"field {row.target!r}: sources must be a tuple of names, and compute a function"]
        policy: object = row.conflict
        if policy is not None and not isinstance(policy, Conflict):
            problems += [f"field {row.target!r}: conflict must be one of Conflict's members"]
    return problems


def _of_another_arity(flow: Flow) -> list[str]:
    """Return the functions that cannot be called with what they are called with."""
    own_kinds = (entry for entry in flow.match if entry.kind.name not in KINDS)
    calls: list[tuple[str, object, tuple[str, ...]]] = [
        ("transactions", flow.transactions, ("the customer", "its decision")),
        *((f"field {row.target!r}: compute", row.compute, _COMPUTED) for row in flow.fields),
        *((f"match step {entry.lookup!r}: key", entry.kind.key, ("the value",)) for entry in own_kinds),
        *((f"match step {entry.lookup!r}: accept_hit", entry.accept_hit, _FOUND) for entry in flow.match),
        *((f"check {check.issue.code!r}: fails", check.fails, ("the customer",)) for check in flow.checks),
    ]
    return [
        f"{name} must take {len(given)} argument{'s'[: len(given) - 1]}: {', '.join(given)}"
        for name, function, given in calls
        if not takes(function, len(given))
    ]


_COMPUTED: Final = ("the customer", "the target customer or None")
_FOUND: Final = ("the customer", "the one that was found")


def _malformed_checks(flow: Flow) -> list[str]:
    problems = []
    for check in flow.checks:
        name = f"check {check.issue.code!r}"
        if check.outcome not in get_args(CheckOutcome) or check.when not in get_args(CheckTime):
            problems += [f"{name}: outcome must be 'skip' or 'invalid', when must be 'always' or 'create'"]
        lasts = check.hides or check.lasts is not ExclusionPeriod.NEVER
        if lasts and (check.outcome, check.when) != ("skip", "always"):
            problems += [f"{name}: it excludes for a period, so outcome must be 'skip' and when 'always'"]
    return problems


def _unknown_fields(flow: Flow) -> list[str]:
    named = [name for row in flow.fields for name in (row.target, *row.sources)]
    named += [
        name
        for entry in flow.match
        for name in (*entry.keys[0].names, *entry.keys[0].right)
        if not _is_component(name)
    ]
    single = (flow.source_id_field, flow.unique_key, flow.write_back, flow.parent, flow.excluded_field)
    named += [name for name in single if name]
    return [f"no customer field is named {name!r}" for name in dict.fromkeys(named) if not _is_field(name)]


def _untaken(flow: Flow) -> list[str]:
    """Return the rows for fields that the target does not take, and an id that the source does not keep."""
    target, source, back = flow.target, flow.source, flow.write_back
    problems = [
        f"{target.name} takes no field {row.target!r}: take its row out"
        for row in flow.fields
        if _is_field(row.target) and not target.takes(row.target)
    ]
    if back and not source.takes(back):
        problems.append(f"{source.name} takes no field {back!r}: it cannot keep the target's id there")
    return problems


def _unwatched(flow: Flow) -> list[str]:
    """Return the rows that read a field of which no change would be seen."""
    return [
        f"field {row.target!r}: sources must name {name!r}, which it reads"
        for row in flow.fields
        for name in sorted(_read_by(row.compute) - _NEVER_CHANGED)
        if _is_field(name)
        and _SHOWN_BY.get(name, name) not in {_SHOWN_BY.get(one, one) for one in row.sources}
        if name != "custom" or not any(one.startswith("custom.") for one in row.sources)
    ]


_SHOWN_BY: Final = dict.fromkeys(_ADDRESSES, "addresses")
_NEVER_CHANGED: Final = frozenset({"ref", "id", "whole", "issues"})


def _read_by(compute: Any) -> set[str]:
    """Return the fields of the customer that a row reads, as far as the code of its function shows them."""
    if isinstance(compute, Copied):
        return {compute.name}
    code, bound = code_of(compute)
    return set() if code is None or bound >= code.co_argcount else _read_in(code, code.co_varnames[bound])


@lru_cache(maxsize=1024)
def _read_in(code: CodeType, customer: str) -> set[str]:
    """Return the attributes of a function's argument that it reads: to look at code costs most of a flow."""
    return {
        read.argval
        for load, read in pairwise(dis.get_instructions(code))
        if load.opname.startswith("LOAD_FAST") and read.opname == "LOAD_ATTR"
        if customer in (load.argval if isinstance(load.argval, tuple) else (load.argval,))[-1:]
    }


def _doubled_targets(flow: Flow) -> list[str]:
    counts = Counter(row.target for row in flow.fields)
    return [f"{count} field mappings write {target!r}" for target, count in counts.items() if count > 1]


def _unproducible(flow: Flow) -> list[str]:
    reads = {"": ("parent", EXCLUDED_MARK), **{row.target: row.sources for row in flow.fields}}
    stamp, parent, mark = flow.source_id_field, flow.parent, flow.excluded_field
    wrong = {
        f"no field mapping makes the source id field {stamp!r}": stamp not in reads,
        f"no row makes {parent!r} from the customer's parent": "parent" not in reads.get(parent, ()),
        f"no row makes {mark!r} from {EXCLUDED_MARK!r}": EXCLUDED_MARK not in reads.get(mark, ()),
    }
    return [problem for problem, is_wrong in wrong.items() if is_wrong]
