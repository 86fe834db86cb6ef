"""Forests: a hierarchy fitted into the levels of its target, the prescan that does it, and the links walked.

Where links are walked customers are numbers, in the order given: lists are faster than look-ups by id.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from itertools import compress, repeat
from operator import is_, is_not
from typing import Any, ClassVar, Final, Generic, Literal, TypeAlias, TypeVar, get_args

from attrs import evolve, field, frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import ABSENT, Customer, Issue, Severity, display_html
from custsync.rules.fields.mapping import MappedValue

K = TypeVar("K", bound=Hashable)

Cyclic: TypeAlias = Literal["refuse", "alone"]
"""What becomes of a customer in a cycle: a separate top, with an error (it is not synced) or a warning."""

MissingParent: TypeAlias = Literal["alone", "refuse", "keep"]
"""What becomes of a customer whose parent is not among the customers: a separate top, with a warning or an
error; or linked to that parent all the same, with a note."""

_SEVERITIES: Final = {"refuse": Severity.ERROR, "alone": Severity.WARNING, "keep": Severity.NOTE}


def _issue(code: str, reason: str, remedy: str) -> Issue:
    return Issue(code=code, rule="UF-HIER-1", field="parent", reason=reason, remedy=remedy)


_CYCLE: Final = _issue(
    "parent_cycle",
    "the parents lead back to the customer itself",
    "Correct the parent of one customer of the cycle in the source system",
)
_OWN_PARENT: Final = _issue(
    "own_parent", "the customer is its own parent", "Correct the parent in the source system"
)
_MISSING: Final = _issue(
    "parent_not_read",
    "the parent is not among the customers",
    "Read the parent as well, or correct the parent in the source system",
)


@frozen(kw_only=True)
class Forest(Generic[K]):
    """A hierarchy that fits its target.

    Attributes:
        groups: every customer → its top-level parent, a top → itself.
        issues: what is wrong with a customer's link, once for each such customer.
    """

    groups: Mapping[K, K]
    issues: Mapping[K, Issue]
    _given: Sequence[K | None] = field(repr=False, eq=False)
    _levels: int = field(repr=False)

    _repr_html_ = display_html

    @cached_property
    def parents(self) -> Mapping[K, K | None]:
        """Return every customer's parent in the target, None for a top; made when it is first looked at."""
        tops = self.groups
        links: dict[K, K | None] = dict(tops)
        alone = list(compress(tops, map(is_, tops, tops.values())))
        links.update(zip(alone, repeat(None)))
        links.update((broken, None) for broken in self.issues if tops[broken] == broken)
        if self._levels > _GROUP_AND_MEMBER:
            self._link_deeper(links)
        return links

    @cached_property
    def moved(self) -> Mapping[K, K]:
        """Return the direct parents of those who are linked elsewhere now.

        Whoever keeps its parent is linked to the very object that was given.
        """
        given, links = self._given, self.parents
        is_other = bytes(map(is_not, given, links.values()))
        moved: dict[K, Any] = dict(zip(compress(links, is_other), compress(given, is_other), strict=True))
        for broken in self.issues:
            if links[broken] is None:
                moved.pop(broken)
        return moved

    def _link_deeper(self, links: dict[K, K | None]) -> None:
        """Link everybody to its own parent, as far as the levels reach."""
        ups: Mapping[K, Any] = dict(zip(self.groups, self._given, strict=True))
        level = dict.fromkeys(self.groups.values(), 1)
        for one in links:
            trail = []
            at = one
            while at not in level:
                trail.append(at)
                at = ups[at]
            for below in reversed(trail):
                level[below] = level[ups[below]] + 1
                links[below] = ups[below] if level[below] <= self._levels else links[ups[below]]


_GROUP_AND_MEMBER: Final = 2
"""So many levels need no climb: everybody's parent is the top."""


def flatten(
    parents: Mapping[K, K | None],
    *,
    levels: int = 2,
    missing: MissingParent = "alone",
    cycles: Cyclic = "refuse",
) -> Forest[K]:
    """Return every customer's group and its place in a tree of at most so many levels.

    A customer deeper than the last level is linked to its ancestor on the level above: with two levels, to
    its top-level parent. Each customer of a cycle, one that is its own parent too, is alone; whoever
    hangs from it keeps it as the group. No other is changed. The order of the customers does not matter,
    and flattening twice changes nothing more.

    Args:
        parents: customer → its direct parent; None, ABSENT or `""` for none.
        levels: levels of the target, 2 (parent and child) by default. 1 switches the hierarchy off: every
            customer is alone, and its link is not read. `sys.maxsize` keeps every link.
        missing: what becomes of a customer whose parent is not among the customers.
        cycles: what becomes of a customer in a cycle.

    Returns:
        The forest, its customers in the order given. Linear time; no recursion. `parents` and `moved` are
        made when they are first looked at.

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
    try:
        refuse_what_is_no_hierarchy(parents)
        climb = _Climb(parents if levels > 1 else dict.fromkeys(parents))
        climb.all()
        if missing == "keep":
            climb.keep_unread()
    except TypeError:
        raise InputError(NO_HIERARCHY) from None
    severity = _SEVERITIES[cycles]
    own, cycle = (evolve(issue, severity=severity) for issue in (_OWN_PARENT, _CYCLE))
    issues = climb.issues(evolve(_MISSING, severity=_SEVERITIES[missing]), own, cycle)
    return Forest(groups=climb.tops, issues=issues, given=climb.given, levels=levels)


class _Climb(Generic[K]):
    """One climb from every customer to its top.

    `tops` begins as the parents, and ends as the tops: who is its own is a top. What is left of a climb is
    written down on the way, so that no link is climbed twice.
    """

    def __init__(self, parents: Mapping[K, K | None]) -> None:
        self.parents = parents
        self.given = [up if up or not is_blank(up) else None for up in parents.values()]
        self.tops: dict[K, Any] = dict(parents)
        self.cyclic: dict[K, None] = {}
        self.unread: dict[K, K] = {}
        alone = list(compress(parents, map(is_, self.given, repeat(None))))
        self.tops.update(zip(alone, alone, strict=True))

    def all(self) -> None:
        """Climb from everybody whose parent is no top."""
        tops, top_of = self.tops, self.tops.get
        for given, (one, up) in zip(self.given, tops.items(), strict=True):
            if given is None:
                continue
            top = top_of(up)
            if top is up:
                if given == one:
                    self.cyclic[one] = None
            elif top is None:
                self._without_parent(one, up)
            elif top != up:
                if top_of(top) == top:
                    tops[one] = top
                else:
                    self._climb(one, up, top)

    def _without_parent(self, one: K, up: K) -> None:
        """Make a top of one whose parent is not among the customers."""
        self.unread[one] = up
        self.tops[one] = one

    def _climb(self, one: K, up: K, at: K) -> None:
        """Climb on from the grandparent `at`."""
        tops = self.tops
        trail = [one, up]
        tops[one] = tops[up] = _MET
        while (above := tops.get(at)) != at and above is not None and above is not _MET:
            tops[at] = _MET
            trail.append(at)
            at = above
        if above is None:
            self._without_parent(trail[-1], at)
            at = trail.pop()
        elif above is _MET:
            trail, at = self._without_cycle(trail, at)
        for below in trail:
            tops[below] = at

    def _without_cycle(self, trail: list[K], at: K) -> tuple[list[K], K]:
        """Return the trail without the cycle at its end, and the member that it leads to.

        Each member is a separate top.
        """
        begin = trail.index(at)
        for one in trail[begin:]:
            self.tops[one] = one
            self.cyclic[one] = None
        return trail[:begin], trail[begin]

    def keep_unread(self) -> None:
        """Put in the place of those whose parent was not read that parent."""
        self.tops = {one: self.unread.get(top, top) for one, top in self.tops.items()}

    def issues(self, missing: Issue, own: Issue, cycle: Issue) -> dict[K, Issue]:
        """Return the issue of each whose link is broken, in the order of the customers."""
        reported = dict.fromkeys(self.unread, missing)
        reported |= {one: own if self.parents[one] == one else cycle for one in self.cyclic}
        return {one: reported[one] for one in self.parents if one in reported} if reported else reported


_MET: Final = object()
"""In the place of a top: the climb under way has been here."""


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
    sources: ClassVar[tuple[str, ...]] = ("parent",)

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


NO_PARENT: Final = -1
"""In the place of a parent's number; of one that is not among the customers too."""

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
    """Return the number of each customer's parent, `NO_PARENT` where there is none."""
    try:
        refuse_what_is_no_hierarchy(parents)
        numbers: dict[Any, int] = dict(zip(parents, range(len(parents)), strict=True))
        return [numbers.get(up, NO_PARENT) for up in parents.values()]
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
