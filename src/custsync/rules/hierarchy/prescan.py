"""A flow's prescan that fits the customers' parents into the levels that its target has."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from attrs import evolve, frozen

from custsync._arguments import checked
from custsync.models import ABSENT, Customer
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.hierarchy.forest import Cyclic, Forest, MissingParent, flatten


@checked
@frozen(kw_only=True)
class Levels:
    """The prescan: everybody's parent in a tree of so many levels.

    Of a customer whose parent is not among the customers, the parent is not known: what the target has stays,
    with a warning.

    Attributes:
        levels: levels of the target, 2 (parent and child) by default.
        missing: what becomes of a customer whose parent is not among the customers, as `flatten` has it.
        cycles: what becomes of a customer whose parents lead back to it.

    Rule: UF-HIER-1, UF-HIER-2

    >>> from custsync.models import Ref
    >>> ids = {"1": None, "2": "1", "3": "2", "4": "9"}
    >>> tree = [Customer(ref=Ref("netsuite", one), parent=up) for one, up in ids.items()]
    >>> placed = Levels()(tree)
    >>> [placed(one).value.parent for one in tree]
    [None, '1', '1', ABSENT]
    >>> [issue.code for issue in placed(tree[3]).issues]
    ['parent_not_read']
    """

    sets: ClassVar[tuple[str, ...]] = ("parent",)

    levels: int = 2
    missing: MissingParent = "alone"
    cycles: Cyclic = "refuse"

    def __call__(self, customers: Iterable[Customer]) -> Callable[[Customer], MappedValue]:
        """Return how each of the customers is synced: with its parent on the level above."""
        parents = {customer.id: customer.parent or None for customer in customers}
        forest = flatten(parents, levels=self.levels, missing=self.missing, cycles=self.cycles)
        return partial(_placed, forest)


def _placed(forest: Forest[str], customer: Customer) -> MappedValue:
    issue, parent = forest.issues.get(customer.id), forest.parents[customer.id]
    is_unknown = parent is None and issue is not None and issue.code == "parent_not_read"
    placed = evolve(customer, parent=ABSENT if is_unknown else parent)
    return MappedValue(value=placed, issues=() if issue is None else (issue,))
