"""What becomes of each transaction: they are decided one by one, in their order, as if each came alone."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from attrs import evolve, frozen

from custsync._building import evolved
from custsync.engine import decisions
from custsync.engine.decisions import Create, Decision, Link, Recover, RecoverBy, TransactionDecision
from custsync.flows.servicetitan.issues import SUBSIDIARY_MISSING, TRANSACTION_UNPOSTED, TRANSACTION_WAITS
from custsync.flows.servicetitan.legacy_id import elsewhere, held_subsidiaries
from custsync.flows.servicetitan.transactions import TRANSACTIONS, standing_on, subsidiary_of
from custsync.models import Customer, Issue, Severity


@frozen
class Posting:
    """The decision with what becomes of each transaction of the customer.

    A transaction posts to the customer that is linked when its turn comes. One that comes before there is
    such a customer, and cannot bring it about, fails: it names no subsidiary for a new customer, or not that
    of the customer whom the Legacy ID names. The next run takes it up again.

    Attributes:
        eligible: the types of transaction that bring a customer along.
        one_world: whether the account has subsidiaries.

    Rule: ST-TRIG, ST-LEG-1, ST-LEG-2
    """

    sources: ClassVar[tuple[str, ...]] = (TRANSACTIONS,)

    eligible: frozenset[str]
    one_world: bool

    def __call__(self, customer: Customer, decision: Decision) -> Decision:
        """Return the decision with its transactions, and a warning for each that fails while others post."""
        made = tuple(self._decided(customer, decision))
        if not made:
            return decision
        refused = isinstance(decision, decisions.Invalid | decisions.Review)
        failed = () if refused else tuple(_told(one) for one in made if one.issue is not None)
        return evolved(decision, transactions=made, issues=(*decision.issues, *failed))

    def _decided(self, customer: Customer, decision: Decision) -> Iterator[TransactionDecision]:
        barred, linked = _barred(decision), not self.one_world
        for entry in standing_on(customer, self.eligible):
            issue = barred
            if issue is not None and issue.code == "wrong_subsidiary" and not subsidiary_of(entry):
                issue = SUBSIDIARY_MISSING
            if issue is None and not linked and isinstance(decision, _LINKING):
                issue = _not_here(entry, decision)
                linked = issue is None
            target = getattr(decision, "target", None) if issue is None else None
            stated = {name: str(entry.get(name) or "") for name in ("id", "type", "subsidiary")}
            yield TransactionDecision(**stated, target=target, issue=issue)


_LINKING: Final = (Create, Link)
_POSTING: Final = (*_LINKING, decisions.Update, decisions.Unchanged, decisions.Merge)
"""The decisions after which a transaction posts."""


def _barred(decision: Decision) -> Issue | None:
    """Return why no transaction of the customer posts, None where they may."""
    if isinstance(decision, _POSTING):
        return None
    if isinstance(decision, Recover):
        return TRANSACTION_WAITS if decision.by is RecoverBy.WAIT else None
    return next(
        (issue for issue in decision.issues if issue.severity is Severity.ERROR), TRANSACTION_UNPOSTED
    )


def _not_here(entry: Mapping[str, Any], decision: Create | Link) -> Issue | None:
    """Return why this transaction cannot bring the customer about, None where it does."""
    wanted = subsidiary_of(entry)
    if not wanted:
        return SUBSIDIARY_MISSING
    held = held_subsidiaries(decision.current) if isinstance(decision, Link) else (wanted,)
    return None if wanted in held else elsewhere((wanted,), held)


def _told(made: TransactionDecision) -> Issue:
    """Return the warning about a transaction that fails, which names it."""
    assert made.issue is not None  # noqa: S101 - only those that fail come here
    name = f"{made.type} {made.id}".strip()
    return evolve(made.issue, reason=f"{name} does not post: {made.issue.reason}", severity=Severity.WARNING)
