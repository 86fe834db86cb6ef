"""Redirects: where merged ids lead."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

from attrs import field, frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import ABSENT, Issue
from custsync.rules.hierarchy.forest import links_of, walk

K = TypeVar("K", bound=Hashable)


@frozen
class Redirects(Generic[K]):
    """Ids that were merged, each with the id it was merged into; never a cycle.

    Attributes:
        merged: duplicate → the id it was merged into, which may be merged itself.
        survivors: duplicate → the survivor at the end of the chain.

    Raises:
        InputError: the ids lead round in a circle, or one is blank; `redirects_of` takes those apart.
    """

    merged: Mapping[K, K] = field(factory=dict)
    survivors: Mapping[K, K] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Follow every chain to its end, once for all look-ups."""
        parents = _with_ends(self.merged)
        order, cyclic = walk(links_of(parents))
        if cyclic:
            raise InputError(f"{len(cyclic)} ids are merged round in a circle; redirects_of takes them out")
        ids = list(parents)
        survivors: dict[K, K] = {}
        for one in (ids[at] for at in order):
            up = parents[one]
            if up is not None:
                survivors[one] = survivors.get(up, up)
        object.__setattr__(self, "survivors", survivors)

    def resolve(self, identity: K) -> K:
        """Return the survivor of an id; an id that was never merged is its own. One look-up.

        >>> Redirects({"7": "8", "8": "9"}).resolve("7")
        '9'
        >>> Redirects({"7": "8"}).resolve("8")
        '8'
        """
        return self.survivors.get(identity, identity)

    def add(self, duplicate: K, survivor: K) -> "Redirects[K] | Issue":
        """Return the redirects with one more merge, or the issue why it cannot be.

        What is known already, directly or along a chain, changes nothing. The order of adding makes no
        difference. Copies the redirects: for many at once there is `redirects_of`.

        Args:
            duplicate: the id that goes.
            survivor: the id that stays.

        Returns:
            The redirects, or an issue: `merged_back` (the survivor was itself merged into the duplicate),
            `merge_cycle` (it was, along a chain, or the two are one), `merged_twice` (the duplicate leads
            elsewhere already).

        Raises:
            InputError: an id is blank or not hashable.

        Rule: ST-MRG-1

        >>> known = NO_REDIRECTS.add("7", "8")
        >>> known.add("8", "9").resolve("7")
        '9'
        >>> known.add("8", "7").code
        'merged_back'
        """
        _check(duplicate, survivor)
        if duplicate == survivor:
            return MERGE_CYCLE
        if duplicate in self._chain(survivor):
            return MERGED_BACK if self.merged[survivor] == duplicate else MERGE_CYCLE
        if duplicate in self.merged:
            return self if self.resolve(duplicate) == self.resolve(survivor) else MERGED_TWICE
        return Redirects({**self.merged, duplicate: survivor})

    def _chain(self, identity: K) -> Iterator[K]:
        """Yield whom the id was merged into, and whom those were."""
        while identity in self.merged:
            identity = self.merged[identity]
            yield identity


def redirects_of(pairs: Iterable[tuple[K, K]]) -> tuple[Redirects[K], Mapping[K, Issue]]:
    """Return the redirects of many merges, and an issue for each duplicate that leads nowhere sound.

    The pairs are what is known by now, in any order; the same pair twice is one. Those that lead round in a
    circle stay apart, each with an issue: none of them was there first. One that was merged into several
    leads on where these all lead to one survivor, and stays apart where they do not.

    Args:
        pairs: (duplicate, the id it was merged into).

    Returns:
        The redirects, and the issues by duplicate: `merged_back` (two merged into each other),
        `merge_cycle`, `merged_twice`. Linear time.

    Raises:
        InputError: an id is blank or not hashable.

    Rule: ST-MRG-1

    >>> redirects, issues = redirects_of([("7", "8"), ("8", "9")])
    >>> redirects.resolve("7"), dict(issues)
    ('9', {})
    >>> redirects, issues = redirects_of([("7", "8"), ("8", "7"), ("6", "7")])
    >>> redirects.resolve("6"), issues["7"].code, issues["8"].code
    ('7', 'merged_back', 'merged_back')
    """
    given: dict[K, dict[K, None]] = {}
    issues: dict[K, Issue] = {}
    for duplicate, survivor in pairs:
        _check(duplicate, survivor)
        if duplicate == survivor:
            issues[duplicate] = MERGE_CYCLE
        else:
            given.setdefault(duplicate, {})[survivor] = None
    merged = {one: next(iter(into)) for one, into in given.items() if len(into) == 1}
    _take_circles_out(merged, issues)
    several = {one: into for one, into in given.items() if len(into) > 1}
    if several:
        known = Redirects(dict(merged))
        for one, into in several.items():
            ends = {known.resolve(survivor) for survivor in into}
            if len(ends) == 1:
                merged[one] = ends.pop()
            else:
                issues[one] = MERGED_TWICE
        _take_circles_out(merged, issues)
    return Redirects(merged), issues


@checked
def reparented(parents: Mapping[K, K | None], redirects: Redirects[K]) -> dict[K, K | None]:
    """Return the hierarchy after the merges: the children of a duplicate are the survivor's.

    Merged customers are no longer in it; no other is lost. A survivor keeps its own parent. Was that
    merged into it, the survivor takes its place, under that one's parent. Where a merge would close a
    circle, the survivors in it become tops. A circle without a merge stays, for `flatten` to report.

    Args:
        parents: customer → its direct parent; None, ABSENT or `""` for none.
        redirects: what was merged.

    Returns:
        Customer → its parent now, in the order given. Twice is as once. Linear time.

    Raises:
        InputError: an id is blank or not hashable.

    Rule: ST-MRG-1, UF-HIER-1

    >>> merged = Redirects({"old": "new"})
    >>> reparented({"new": None, "old": None, "child": "old"}, merged)
    {'new': None, 'child': 'new'}
    >>> reparented({"old": None, "new": "old"}, merged)
    {'new': None}
    """
    links_of(parents)
    survivors = redirects.survivors
    tree = {one: _parent(one, parents, redirects) for one in parents if one not in survivors}
    stays = set(survivors.values())
    ids = list(tree)
    for at in walk(links_of(tree))[1]:
        if ids[at] in stays:
            tree[ids[at]] = None
    return tree


def _parent(one: K, parents: Mapping[K, K | None], redirects: Redirects[K]) -> K | None:
    """Return the parent of one who stays: the nearest ancestor that was not merged into it."""
    up = parents[one]
    passed = set()
    while up is not None and up in redirects.survivors:
        end = redirects.survivors[up]
        if end != one:
            return end
        if up in passed:
            return None
        passed.add(up)
        up = parents.get(up)
    return up


def _check(*ids: object) -> None:
    for one in ids:
        if one is None or one == "" or one is ABSENT:
            raise InputError("the id of a merged customer is blank")
        try:
            hash(one)
        except TypeError:
            raise InputError("an id is hashable") from None


def _with_ends(merged: Mapping[K, K]) -> dict[K, K | None]:
    """Return the links with those at the end of a chain, who lead nowhere."""
    if not isinstance(merged, Mapping):
        raise InputError("redirects are a mapping of ids")
    _check(*merged.values())
    links: dict[K, K | None] = dict.fromkeys(merged.values())
    links.update(merged)
    return links


def _take_circles_out(merged: dict[K, K], issues: dict[K, Issue]) -> None:
    """Take those out of `merged` that lead round in a circle, each with an issue."""
    links = _with_ends(merged)
    ids = list(links)
    circle = [ids[at] for at in walk(links_of(links))[1]]
    back = {one for one in circle if merged[merged[one]] == one}
    for one in circle:
        issues[one] = MERGED_BACK if one in back else MERGE_CYCLE
        del merged[one]


NO_REDIRECTS: Final[Redirects[Any]] = Redirects()
"""Nothing was merged."""
MERGED_BACK: Final = Issue(
    code="merged_back",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the customer was merged into one that was itself merged into it before",
    remedy="Choose the survivor, and link the other's record to it by hand",
)
MERGE_CYCLE: Final = Issue(
    code="merge_cycle",
    rule="ST-MRG-1",
    field="merged_into",
    reason="customers that are merged into each other have no survivor",
    remedy="Correct the merge in the source: one of them must stay",
)
MERGED_TWICE: Final = Issue(
    code="merged_twice",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the customer was merged into two that have different survivors",
    remedy="Choose the survivor, and link the record to it by hand",
)
