"""The graph of one customer: records of several systems, links, contradictions, one view."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, TypeVar

from attrs import field, frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import Customer, Ref, display_html
from custsync.rules.fields.mapping import known_reader_of
from custsync.rules.matching.kinds import KINDS
from custsync.rules.merging.customers import distinct
from custsync.rules.merging.survivorship import KeptValue, Survivorship, surviving_values
from custsync.rules.normalize import email_key, phone_key
from custsync.rules.normalize.damage import stands_for_nothing
from custsync.rules.order import ref_order
from custsync.syncrecords import Status, SyncRecord

N = TypeVar("N")


class Evidence(Enum):
    """What a link rests on."""

    AUTHORITATIVE = "authoritative"
    """A sync record, a stamp, an id that one system keeps of the other."""
    SUPPORTING = "supporting"
    """A rule over values, for example an email."""


@frozen(kw_only=True)
class Link:
    """One reason to hold two records for one customer.

    Attributes:
        one: a record.
        other: the other record.
        by: the reason in words, or a rule's id.
        evidence: what it rests on.
    """

    one: Ref
    other: Ref
    by: str
    evidence: Evidence = Evidence.AUTHORITATIVE


@frozen(kw_only=True)
class Contradiction:
    """What contradicts that a group is one customer.

    Attributes:
        code: `"two_in_one_system"`, `"values_differ"`, `"deleted"` or `"not_read"`.
        refs: the records that it is about.
        field: the field that differs; `""` where it is about no field.
    """

    code: str
    refs: tuple[Ref, ...]
    field: str = ""


@frozen(kw_only=True)
class Identity:
    """One customer over all systems.

    Attributes:
        refs: its records, in the order of systems and ids.
        links: why they are one.
        contradictions: what contradicts it.
        bridges: the links that alone hold it together: without one of them the group falls apart.
    """

    refs: tuple[Ref, ...]
    links: tuple[Link, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    bridges: tuple[Link, ...] = ()

    _repr_html_ = display_html

    def without(self, link: Link) -> tuple[tuple[Ref, ...], ...]:
        """Return the groups that are left without the link: one, or two where it is a bridge."""
        near = _neighbours([one for one in self.links if one != link])
        return tuple(tuple(sorted(group, key=ref_order)) for group in components(self.refs, near))


Keys = Mapping[str, Callable[[str], str | None]]


COMPARED: Final[Keys] = {"email": email_key, "company_name": KINDS["company"].key, "phone": phone_key}
"""The fields that must not differ within one identity, each with the form in which it is compared."""


def links_of(records: Iterable[SyncRecord]) -> tuple[Link, ...]:
    """Return a link for each sync record that joins two customers.

    >>> ends = {"source": Ref("netsuite", "7"), "target": Ref("stripe", "cus_1")}
    >>> made = SyncRecord(link="netsuite-stripe", status=Status.LINKED, flow="stripe.EXPORT", **ends)
    >>> [link.by for link in links_of([made])]
    ['sync record netsuite-stripe']
    >>> links_of([SyncRecord(link="l", source=Ref("stripe", "1"), status=Status.FAILED, flow="f")])
    ()
    """
    joined = (Status.LINKED, Status.MERGED)
    return tuple(
        Link(one=record.source, other=record.target, by=f"sync record {record.link}")
        for record in records
        if record.target is not None and record.status in joined
    )


@checked
def identities(
    customers: Iterable[Customer], links: Iterable[Link], *, compared: Keys = COMPARED
) -> tuple[Identity, ...]:
    """Return one identity for each real customer: the records that links join, directly or through others.

    A record that no link names is an identity by itself. The order of the input makes no difference.

    Args:
        customers: records of any systems, each once.
        links: why two records are one; `links_of` makes them of sync records, a matched pair makes one too.
        compared: field → the form in which it is compared; a field that differs is a contradiction.

    Returns:
        The identities in the order of their first record. Time linear in records and links.

    Raises:
        ConfigurationError: a customer has no field of a name in `compared`.
        InputError: two customers that differ have one ref.

    Rule: G-DUP

    >>> erp = Customer(ref=Ref("netsuite", "7"), email="ap@joinery.example")
    >>> shop = Customer(ref=Ref("stripe", "cus_1"), email="ap@joinery.example")
    >>> (one,) = identities([erp, shop], [Link(one=erp.ref, other=shop.ref, by="SP-OUT-1")])
    >>> [str(ref) for ref in one.refs], len(one.contradictions), len(one.bridges)
    (['netsuite:7', 'stripe:cus_1'], 0, 1)
    >>> len(identities([erp, shop], []))
    2
    """
    known = {customer.ref: customer for customer in distinct(customers)}
    held = sorted(set(links), key=lambda link: (ref_order(link.one), ref_order(link.other), link.by))
    near = _neighbours(held)
    nodes = sorted({*known, *near}, key=ref_order)
    groups = (sorted(group, key=ref_order) for group in components(nodes, near))
    return tuple(
        Identity(
            refs=tuple(refs),
            links=tuple(held[at] for at in sorted({at for ref in refs for _, at in near.get(ref, ())})),
            contradictions=(*_of_refs(refs, known), *_of_values(refs, known, compared)),
            bridges=tuple(held[at] for at in bridges(refs[0], near)),
        )
        for refs in groups
    )


def _neighbours(links: Sequence[Link]) -> dict[Ref, list[tuple[Ref, int]]]:
    near: dict[Ref, list[tuple[Ref, int]]] = defaultdict(list)
    for number, link in enumerate(links):
        near[link.one].append((link.other, number))
        near[link.other].append((link.one, number))
    return near


def _of_refs(refs: Sequence[Ref], known: Mapping[Ref, Customer]) -> Iterator[Contradiction]:
    spaces: dict[str, list[Ref]] = defaultdict(list)
    for ref in refs:
        if ref not in known:
            yield Contradiction(code="not_read", refs=(ref,))
        elif known[ref].deleted:
            yield Contradiction(code="deleted", refs=(ref,))
        else:
            spaces[ref.namespace].append(ref)
    for many in spaces.values():
        if len(many) > 1:
            yield Contradiction(code="two_in_one_system", refs=tuple(many))


def _of_values(refs: Sequence[Ref], known: Mapping[Ref, Customer], compared: Keys) -> Iterator[Contradiction]:
    for name, key in compared.items():
        read = known_reader_of(name, "compared")
        found = {ref: _key(read(known[ref]), key) for ref in refs if ref in known}
        if len(set(found.values()) - {None}) > 1:
            differing = tuple(ref for ref, value in found.items() if value is not None)
            yield Contradiction(code="values_differ", refs=differing, field=name)


def _key(value: Any, key: Callable[[str], str | None]) -> str | None:
    is_value = isinstance(value, str) and value.strip() and not stands_for_nothing(value)
    return key(value) if is_value else None


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
    order, low = {start: 0}, {start: 0}
    trail = [(start, -1, iter(near.get(start, ())))]
    while trail:
        node, via, rest = trail[-1]
        for other, link in rest:
            if other not in order:
                order[other] = low[other] = len(order)
                trail.append((other, link, iter(near.get(other, ()))))
                break
            if link != via:
                low[node] = min(low[node], order[other])
        else:
            trail.pop()
            if trail:
                up = trail[-1][0]
                low[up] = min(low[up], low[node])
                found += [via] if low[node] > order[up] else []
    return sorted(found)


@frozen(kw_only=True)
class GoldenView:
    """One customer as all systems together know it.

    Attributes:
        refs: its records.
        fields: field → the value, the record that it is from, and the rule that chose it.
    """

    refs: tuple[Ref, ...]
    fields: Mapping[str, KeptValue] = field(repr=False)

    _repr_html_ = display_html


@checked
def golden_view(
    identity: Identity, customers: Mapping[Ref, Customer], survivorship: Survivorship
) -> GoldenView:
    """Return one value for each field of the policy, with the record that it is from.

    Args:
        identity: the customer's records.
        customers: ref → customer; records that are not there do not count.
        survivorship: which value is kept.

    Raises:
        InputError: none of the records is there.

    Rule: ST-MRG-1

    >>> from custsync.rules.merging import Survivorship, ValueRule
    >>> erp = Customer(ref=Ref("netsuite", "7"), email="ap@joinery.example")
    >>> policy = Survivorship((ValueRule(fields=("email",)),))
    >>> golden_view(Identity(refs=(erp.ref,)), {erp.ref: erp}, policy).fields["email"].value
    'ap@joinery.example'
    >>> golden_view(Identity(refs=(erp.ref,)), {}, policy)
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: none of the records of netsuite:7 was read
    """
    members = [customers[ref] for ref in identity.refs if ref in customers]
    if not members:
        raise InputError(f"none of the records of {', '.join(map(str, identity.refs))} was read")
    return GoldenView(refs=identity.refs, fields=surviving_values(members, survivorship))
