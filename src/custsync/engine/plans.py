"""A plan: every decision of a run, as data.

It prints like a change list, explains each customer, goes to lines of JSON and back, and can be thrown away:
that is the dry run.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final, get_args, overload

from attrs import evolve, field, frozen

from custsync._arguments import checked
from custsync.engine.decisions import Decision, Skip, Unchanged, fields_of
from custsync.engine.explain import Explanation, explanation, one_line, summary_of
from custsync.engine.outcomes import texts_of
from custsync.engine.plan.context import RunContext
from custsync.errors import PlanError
from custsync.flow import Flow
from custsync.models import Ref, display_html

__all__ = ["Plan"]

_QUIET: Final = (Unchanged, Skip)
_MADE_WITH: Final = ("flow", "version", "table", "ends")


@frozen(kw_only=True)
class Plan:
    """Every decision of a run, in the order of the input, and what it was made with.

    Attributes:
        flow: the flow's name.
        version: the version of its rules.
        decisions: one for each input record.
        table: digest of the flow's field table; a plan without it is not held to it.
        ends: the namespaces (system, account, mode) of source and target, likewise.
    """

    flow: str
    version: str
    decisions: tuple[Decision, ...] = field(repr=False)
    table: str = ""
    ends: tuple[str, ...] = ()

    _repr_html_ = display_html

    @classmethod
    def of(cls, flow: Flow, context: RunContext, decisions: Iterable[Decision]) -> "Plan":
        """Return the plan of these decisions, made by that flow in a run of this context."""
        return cls(
            flow=flow.name,
            version=flow.version,
            decisions=tuple(decisions),
            table=_table_of(flow),
            ends=tuple(end.namespace for end in ends_of(flow, context)),
        )

    def __iter__(self) -> Iterator[Decision]:
        """Return an iterator over the decisions."""
        return iter(self.decisions)

    @overload
    def __getitem__(self, key: Ref | str | int) -> Decision: ...

    @overload
    def __getitem__(self, key: slice) -> "Plan": ...

    def __getitem__(self, key: Ref | str | int | slice) -> "Decision | Plan":
        """Return the decision for a source customer, by its id or reference, or by place; a slice is a plan.

        Raises:
            PlanError: no such customer in this plan, or records of several kinds that have this id.
        """
        if isinstance(key, slice):
            return evolve(self, decisions=self.decisions[key])
        found = [one for one in self.decisions if key in (one.source, one.source.id, str(one.source))]
        if len({one.source for one in found}) > 1:
            raise PlanError("several records of this plan have that id; give the whole reference, a Ref")
        if found:
            return found[0]
        if isinstance(key, int) and -len(self) <= key < len(self):
            return self.decisions[key]
        raise PlanError(
            "this plan has no decision for that customer; give the id of a source record, which is a text: "
            "a number is a place in the list"
        )

    def __len__(self) -> int:
        """Return how many decisions there are, one for each input record."""
        return len(self.decisions)

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to write and nothing to ask."""
        return all(isinstance(one, _QUIET) and not getattr(one, "lasts", False) for one in self.decisions)

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many decisions of each kind there are, by its word (`"create"`, `"left out"`)."""
        return dict(Counter(decision.verb for decision in self.decisions))

    def filter(self, *kinds: str, where: Callable[[Decision], object] | None = None) -> "Plan":
        """Return the plan of some decisions alone.

        Args:
            kinds: words as in `counts`: `plan.filter("review", "refused")`; none means all kinds.
            where: whether a decision is kept: `plan.filter(where=lambda decision: decision.issues)`.

        Raises:
            PlanError: there is no such kind.
        """
        verbs = [kind.verb for kind in get_args(Decision)]
        unknown = [kind for kind in kinds if kind not in verbs]
        if unknown:
            raise PlanError(
                f"no decision is named {', '.join(map(repr, unknown))}; there are {', '.join(verbs)}"
            )
        kept = (decision for decision in self.decisions if not kinds or decision.verb in kinds)
        return evolve(self, decisions=tuple(one for one in kept if where is None or where(one)))

    def to_records(self) -> list[dict[str, str]]:
        """Return a row of texts for each decision, for a data frame: `polars.DataFrame(plan.to_records())`.

        No row holds a personal value.
        """
        return [
            {
                "source": str(decision.source),
                "decision": decision.verb,
                "target": str(getattr(decision, "target", None) or ""),
                "fields": ", ".join(fields_of(decision)),
                **texts_of(decision.issues),
                "candidates": ", ".join(map(str, getattr(decision, "candidates", ()))),
            }
            for decision in self.decisions
        ]

    @property
    def summary(self) -> str:
        """Return how many decisions of each kind there are, on one line."""
        return f"{self.flow}: {summary_of(self.decisions)}"

    def __str__(self) -> str:
        """Return the plan as people read it: a line for each decision but "unchanged", and a summary."""
        lines = [one_line(decision) for decision in self.decisions if not isinstance(decision, Unchanged)]
        return "\n".join([*lines, self.summary])

    def explain(self, customer: Ref | str | int, *, values: bool = False) -> Explanation:
        """Return why one customer has its decision, in sentences.

        Args:
            customer: the source customer: its reference, or its id alone, as a text or a number.
            values: whether the text may hold personal values.

        Raises:
            PlanError: no such customer in this plan.

        Rule: G-WHY
        """
        return explanation(self[str(customer) if isinstance(customer, int) else customer], values=values)

    def to_lines(self) -> Iterator[str]:
        r"""Return an iterator over the plan as lines of JSON, of which `from_lines` makes an equal plan.

        A head, then a line for each decision, values and all; of its sync record a line has ends, status and
        version. A decision that JSON cannot hold is refused there, and the others are kept.

        >>> made = Plan(flow="stripe.EXPORT", version="1", decisions=())
        >>> list(made.to_lines())
        ['{"flow":"stripe.EXPORT","version":"1","decisions":0,"format":2}\n']

        Rule: G-ISO
        """
        from custsync.engine.plan_lines import Head, lines_of  # it knows JSON, which a run does not need

        made_with = {name: getattr(self, name) for name in _MADE_WITH}
        return lines_of(Head(decisions=len(self), **made_with), self.decisions)

    @classmethod
    @checked
    def from_lines(cls, lines: Iterable[str | bytes]) -> "Plan":
        """Return the plan that `to_lines` made these lines of: a list, or an open file.

        Raises:
            PlanError: the lines are no plan, one of another format, or not all of one.
        """
        from custsync.engine.plan_lines import decisions_of, head_of

        coming = iter(lines)
        head = head_of(next(coming, ""))
        made_with = {name: getattr(head, name) for name in _MADE_WITH}
        return cls(decisions=tuple(decisions_of(head, coming)), **made_with)

    def check(self, flow: Flow, ends: Sequence[Ref] = ()) -> None:
        """Refuse a flow that did not make this plan, and accounts that it is not of.

        Args:
            flow: the flow that is to carry it out.
            ends: its source and target, as `ends_of` gives them, where they are known.

        Raises:
            PlanError: another flow, another version or field table of it, or other accounts or modes; or a
                decision about customers of others, or of several.

        Rule: G-DUP
        """
        if (self.flow, self.version) != (flow.name, flow.version):
            raise PlanError(
                f"the plan was made by flow {self.flow!r} version {self.version!r}, "
                f"not by {flow.name!r} version {flow.version!r}; plan again"
            )
        if self.table and self.table != _table_of(flow):
            raise PlanError(f"the plan was made with another field table of flow {flow.name!r}; plan again")
        here = tuple(end.namespace for end in ends)
        if self.ends and ends and self.ends != here:
            raise PlanError(
                f"the plan is of {' and '.join(self.ends)}, not of {' and '.join(here)}; plan again"
            )
        for decision in self.decisions if ends else ():
            if not _is_about_one(decision, *ends):
                raise PlanError(
                    f"the plan's decision about {decision.source} is about customers of other accounts, or "
                    "of several; plan again"
                )


def ends_of(flow: Flow, context: RunContext) -> tuple[Ref, Ref]:
    """Return the two ends of a run, as references without an id: system, account and mode."""
    source, target = context.source, context.target
    return (
        Ref(flow.source.name, "", source.account, source.mode),
        Ref(flow.target.name, "", target.account, target.mode),
    )


def _table_of(flow: Flow) -> str:
    return blake2b(flow.salt, digest_size=8).hexdigest()


def _is_about_one(decision: Decision, source: Ref, target: Ref) -> bool:
    """Return whether a decision's customers are one another's, and live where the run does."""
    ours = [decision.source, *(getattr(decision, name, None) for name in ("survivor", "heir"))]
    theirs = [getattr(decision, name, None) for name in ("target", "duplicate")]
    customer, current = getattr(decision, "customer", None), getattr(decision, "current", None)
    is_one = customer is None or customer.ref == decision.source
    is_one = is_one and (current is None or theirs[0] is None or current.ref == theirs[0])
    return is_one and _all_in(source, ours) and _all_in(target, theirs)


def _all_in(end: Ref, refs: Sequence[Ref | None]) -> bool:
    """Return whether the customers are of that system, account and mode, as far as these are known."""
    return all(ref is None or ref.is_one_with(evolve(end, id=ref.id, kind=ref.kind)) for ref in refs)
