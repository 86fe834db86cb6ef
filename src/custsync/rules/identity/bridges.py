"""Bridges: the links without which a group of records falls apart. Linear, without recursion."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from attrs import define

__all__ = ["bridges", "components"]

N = TypeVar("N")


def components(nodes: Iterable[N], near: Mapping[N, Sequence[tuple[N, int]]]) -> list[list[N]]:
    """Return the nodes in groups that are connected, in the order in which they are first met.

    >>> components("abc", {"a": [("b", 0)], "b": [("a", 0)]})
    [['a', 'b'], ['c']]
    """
    met: set[N] = set()
    groups = []
    for start in nodes:
        if start in met:
            continue
        met.add(start)
        group = [start]
        for node in group:  # it grows while it is gone through
            fresh = [other for other, _ in near.get(node, ()) if other not in met]
            met.update(fresh)
            group += dict.fromkeys(fresh)
        groups.append(group)
    return groups


@define
class _Visit:
    node: Any
    via: int
    order: int
    low: int
    rest: Iterator[tuple[Any, int]]


def bridges(start: N, near: Mapping[N, Sequence[tuple[N, int]]]) -> list[int]:
    """Return the numbers of the links without which what is reached from `start` falls apart.

    Args:
        start: where to begin.
        near: node → its neighbours, each with the number of the link.

    >>> near = {"a": [("b", 0)], "b": [("a", 0), ("c", 1), ("c", 2)], "c": [("b", 1), ("b", 2)]}
    >>> bridges("a", near)
    [0]
    """
    found: list[int] = []
    order = {start: 0}
    stack = [_Visit(start, -1, 0, 0, iter(near.get(start, ())))]
    while stack:
        visit = stack[-1]
        step = next(visit.rest, None)
        if step is None:
            stack.pop()
            if stack:
                stack[-1].low = min(stack[-1].low, visit.low)
                found += [visit.via] if visit.low > stack[-1].order else []
            continue
        other, link = step
        if link == visit.via:
            continue
        if other in order:
            visit.low = min(visit.low, order[other])
        else:
            order[other] = number = len(order)
            stack.append(_Visit(other, link, number, number, iter(near.get(other, ()))))
    return sorted(found)
