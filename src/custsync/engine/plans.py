"""A plan: every decision of a run, as data.

It prints like a change list, explains each customer, goes to JSON and back, and can be thrown away: that is
the dry run.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Merge,
    Recover,
    Review,
    Skip,
    Unchanged,
    Update,
)
from custsync.engine.explain import explanation, one_line, summary_of
from custsync.errors import PayloadError, PlanError
from custsync.flow import Flow
from custsync.models import Ref
from custsync.serialization.values import dump, load

__all__ = ["Plan"]

FORMAT = 1
"""The version of a plan's JSON form."""

_EVERY: Final = (Create, Update, Link, Merge, Recover, Unchanged, Skip, Review, Invalid)
_KINDS: Final[Mapping[str, Any]] = {kind.__name__: kind for kind in _EVERY}
_QUIET = (Unchanged, Skip)


@frozen(kw_only=True)
class Plan:
    """Every decision of a run, in the order of the input; the flow that made them, by name and version."""

    flow: str
    version: str
    decisions: tuple[Decision, ...] = field(repr=False)

    def __iter__(self) -> Iterator[Decision]:
        """Return an iterator over the decisions."""
        return iter(self.decisions)

    def __len__(self) -> int:
        """Return how many decisions there are, one for each input record."""
        return len(self.decisions)

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to write and nothing to ask."""
        return all(
            isinstance(decision, _QUIET) and not getattr(decision, "lasts", False)
            for decision in self.decisions
        )

    @property
    def summary(self) -> str:
        """Return how many decisions of each kind there are, on one line."""
        return f"{self.flow}: {summary_of(self.decisions)}"

    def __str__(self) -> str:
        """Return the plan as people read it: a line for each decision but "unchanged", and a summary."""
        lines = [one_line(decision) for decision in self.decisions if not isinstance(decision, Unchanged)]
        return "\n".join([*lines, self.summary])

    def explain(self, customer: Ref | str, *, values: bool = False) -> str:
        """Return why one customer meets its fate, in sentences.

        Args:
            customer: the source customer: its reference, or its id alone.
            values: whether personal values may be shown.

        Raises:
            PlanError: no such customer in this plan.

        Rule: G-WHY
        """
        for decision in self.decisions:
            if customer in (decision.source, decision.source.id, str(decision.source)):
                return explanation(decision, values=values)
        raise PlanError("this plan has no decision for that customer; give the id of a source record")

    def to_json(self) -> str:
        """Return the plan as JSON text, from which `from_json` makes an equal plan, values and all."""
        decisions = [{"kind": type(decision).__name__, **dump(decision)} for decision in self.decisions]
        return json.dumps(
            {"format": FORMAT, "flow": self.flow, "version": self.version, "decisions": decisions},
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> "Plan":
        """Return the plan that `to_json` made this text of.

        Raises:
            PlanError: the text is no plan, or one of another format.
        """
        try:
            data = json.loads(text)
            if not isinstance(data, dict) or data.get("format") != FORMAT:
                raise PlanError(f"not a plan of format {FORMAT}")
            decisions = tuple(_load(entry) for entry in data["decisions"])
            return cls(flow=data["flow"], version=data["version"], decisions=decisions)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, PayloadError):
            raise PlanError("the text is not a plan, or a damaged one; make the plan again") from None

    def check(self, flow: Flow) -> None:
        """Refuse a flow that did not make this plan.

        Raises:
            PlanError: another flow, or another version of its rules.
        """
        if (self.flow, self.version) != (flow.name, flow.version):
            raise PlanError(
                f"the plan was made by flow {self.flow!r} version {self.version!r}, "
                f"not by {flow.name!r} version {flow.version!r}; plan again"
            )


def _load(entry: dict[str, Any]) -> Decision:
    decision: Decision = load(_KINDS[entry.pop("kind")], entry)
    return decision
