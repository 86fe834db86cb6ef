"""Forests: a hierarchy fitted into the levels of its target."""

from collections.abc import Hashable, Mapping
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from attrs import frozen

from custsync.errors import InputError
from custsync.hierarchy.links import NO_PARENT, NOT_READ, check, links_of, walk
from custsync.models import Issue, Severity

__all__ = ["Cyclic", "Forest", "MissingParent", "flatten"]

K = TypeVar("K", bound=Hashable)

Cyclic: TypeAlias = Literal["refuse", "alone"]
"""What becomes of a customer in a cycle: a top of its own, with an error (it is not synced) or a warning."""

MissingParent: TypeAlias = Literal["alone", "refuse", "keep"]
"""What becomes of a customer whose parent is not among the customers: a top of its own, with a warning or an
error; or linked to that parent all the same, with a note."""

_SEVERITIES: Final = {"refuse": Severity.ERROR, "alone": Severity.WARNING, "keep": Severity.NOTE}


def _issues(code: str, reason: str, remedy: str) -> dict[str, Issue]:
    return {
        policy: Issue(
            code=code, rule="UF-HIER-1", field="parent", reason=reason, remedy=remedy, severity=severity
        )
        for policy, severity in _SEVERITIES.items()
    }


_CYCLE: Final = _issues(
    "parent_cycle",
    "Its parents lead back to the customer itself",
    "Correct the parent of one customer of the cycle in the source system.",
)
_OWN_PARENT: Final = _issues(
    "own_parent", "The customer is its own parent", "Correct the parent in the source system."
)
_MISSING: Final = _issues(
    "parent_not_read",
    "Its parent is not among the customers",
    "Read the parent as well, or correct the parent in the source system.",
)


@frozen(kw_only=True)
class Forest(Generic[K]):
    """A hierarchy that fits its target.

    `parents` links every customer to its parent there, None for a top; `groups` to its top-level parent, a
    top to itself; `moved` holds the direct parent of those who are linked elsewhere now; `issues` what is
    wrong with a customer's link, once for each such customer.
    """

    parents: Mapping[K, K | None]
    groups: Mapping[K, K]
    moved: Mapping[K, K]
    issues: Mapping[K, Issue]


def flatten(
    parents: Mapping[K, K | None],
    *,
    levels: int = 2,
    missing: MissingParent = "alone",
    cycles: Cyclic = "refuse",
) -> Forest[K]:
    """Return every customer's group and its place in a tree of at most so many levels.

    A customer deeper than the last level is linked to its ancestor on the level above: with two levels, to
    its top-level parent. Each customer of a cycle, one that is its own parent too, stands alone; whoever
    hangs from it keeps it as the group. Nobody else is touched. The order of the customers does not matter,
    and flattening twice changes nothing more.

    Args:
        parents: customer → its direct parent; None, ABSENT or `""` for none.
        levels: levels of the target, 2 (parent and child) by default. 1 switches the hierarchy off: every
            customer stands alone, and its link is not looked at. `sys.maxsize` keeps every link.
        missing: what becomes of a customer whose parent is not among the customers.
        cycles: what becomes of a customer in a cycle.

    Returns:
        The forest, its customers in the order given. Linear time; no recursion.

    Raises:
        InputError: an id is blank or not hashable, `levels` is no whole number from 1, or a policy is none.

    Rule: UF-HIER-1, UF-HIER-2
    Source: NetSuite Customers & Contacts

    >>> forest = flatten({"top": None, "child": "top", "grandchild": "child"})
    >>> forest.parents["grandchild"], dict(forest.moved)
    ('top', {'grandchild': 'child'})
    >>> flatten({"top": None, "child": "top"}, levels=1).groups["child"]
    'child'
    """
    if type(levels) is not int or levels < 1:
        raise InputError("levels is a whole number, 1 or more")
    check(missing, MissingParent)
    check(cycles, Cyclic)
    links = links_of(parents)
    if levels == 1:
        links = [NO_PARENT] * len(links)
    ids: list[Any] = list(parents)
    given: list[Any] = list(parents.values())
    order, cyclic = walk(links)
    said = {one: (_OWN_PARENT if links[one] == one else _CYCLE)[cycles] for one in cyclic}
    for one in cyclic:
        links[one] = NO_PARENT
    unread = [one for one, up in enumerate(links) if up == NOT_READ]
    for one in unread:
        said[one] = _MISSING[missing]
        if missing == "keep":
            links[one] = len(ids)
            ids.append(given[one])
    tops, moved = _place(links, order, len(ids), levels)
    return Forest(
        parents={one: ids[up] if up >= 0 else None for one, up in zip(ids, links, strict=False)},
        groups={one: ids[top] for one, top in zip(parents, tops, strict=False)},
        moved={ids[one]: given[one] for one in sorted(moved)},
        issues={ids[one]: said[one] for one in sorted(said)},
    )


def _place(links: list[int], order: list[int], count: int, levels: int) -> tuple[list[int], list[int]]:
    """Return the top of each and who was moved; `links` changes into the links of the target.

    `count` is more than the links where parents that were not read are kept: they are tops.
    """
    tops = list(range(count))
    level = [1] * count
    moved = []
    for one in order:
        up = links[one]
        if up < 0:
            continue
        tops[one] = tops[up]
        level[one] = level[up] + 1
        if level[one] > levels:
            links[one] = links[up]
            moved.append(one)
    return tops, moved
