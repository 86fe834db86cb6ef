"""Links from customers to their parents: read, and walked with parents before children.

Inside the package customers are numbers, in the order given: lists are faster than look-ups by id.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final, TypeVar, get_args

from custsync.errors import InputError
from custsync.models import ABSENT

K = TypeVar("K", bound=Hashable)

NO_PARENT: Final = -1
NOT_READ: Final = -2

NO_HIERARCHY: Final = "parents is a mapping of ids, and an id is hashable"

_BLANK: Final = (None, "", ABSENT)


def in_order(parents: Mapping[K, K | None]) -> tuple[K, ...]:
    """Return the customers with every parent before its children, for targets that want the parent's id.

    Args:
        parents: customer → its parent; None, ABSENT or `""` for none. A parent that is not among the
            customers is taken for one that the target has. `flatten(...).parents` has no cycles.

    Returns:
        Each customer once; the same order for the same input. Linear time; no recursion.

    Raises:
        InputError: customers are in a cycle, or an id is blank or not hashable.

    Rule: UF-HIER-1

    >>> in_order({"grandchild": "child", "child": "top", "top": None})
    ('top', 'child', 'grandchild')
    >>> in_order({"a": "b", "b": "a"})
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: 2 customers are in a cycle of parents; flatten takes them out
    """
    order = acyclic(links_of(parents))
    ids = list(parents)
    return tuple(ids[at] for at in order)


def links_of(parents: Mapping[K, K | None]) -> list[int]:
    """Return the number of each customer's parent, `NO_PARENT` or `NOT_READ` where there is none."""
    try:
        refuse_what_is_no_hierarchy(parents)
        numbers: dict[Any, int] = dict(zip(parents, range(len(parents)), strict=True))
        numbers.update(dict.fromkeys(_BLANK, NO_PARENT))
        return [numbers.get(up, NOT_READ) for up in parents.values()]
    except TypeError:
        raise InputError(NO_HIERARCHY) from None


def is_blank(up: object) -> bool:
    """Return whether this means that there is no parent."""
    return up in _BLANK


def refuse_what_is_no_hierarchy(parents: Mapping[Any, Any]) -> None:
    """Refuse what is no mapping, and customers of which one has no id."""
    if not isinstance(parents, Mapping):
        raise InputError(NO_HIERARCHY)
    if any(blank in parents for blank in _BLANK):
        raise InputError("the id of a customer is blank")


def walk(links: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the customers with parents first, and those that are in a cycle.

    From each customer not visited yet, climb to one that was, to a top, or round a cycle. The trail, turned
    round, has parents first; the cycle's members come before those that hang from them.
    """
    order: list[int] = []
    cyclic: list[int] = []
    visited = [-1] * len(links)
    for start in range(len(links)):
        trail = []
        at = start
        while at >= 0 and visited[at] < 0:
            visited[at] = start
            trail.append(at)
            at = links[at]
        if at >= 0 and visited[at] == start:
            cyclic += trail[trail.index(at) :]
        order += reversed(trail)
    return order, cyclic


def acyclic(links: Sequence[int]) -> list[int]:
    """Return the customers with parents first, and refuse a cycle."""
    order, cyclic = walk(links)
    if cyclic:
        raise InputError(f"{len(cyclic)} customers are in a cycle of parents; flatten takes them out")
    return order


def check(policy: object, policies: Any) -> None:
    """Refuse what is none of a policy's words."""
    if policy not in get_args(policies):
        raise InputError(f"a policy is one of {', '.join(get_args(policies))}")
