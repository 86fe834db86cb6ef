"""Keys that no two customers of one system may share: a prescan that finds who does.

A flow that writes a source field to a target field that is unique there must refuse all who share it, not
only those who come second: it is not known which of them is right.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs
from attrs import evolve, frozen

from custsync._arguments import checked
from custsync.models import Customer, Issue, Ref, Severity
from custsync.rules.fields.mapping import MappedValue, reader_of

__all__ = ["UniqueKey"]


@checked
@frozen
class UniqueKey:
    """A flow's prescan that refuses every customer whose key another one has too.

    One customer that is given twice shares its key with no other. A tombstone and a duplicate that was
    merged away hold no key any more.

    Attributes:
        field: the source's field: a `Customer` attribute or `"custom.NAME"`.
        key: the value → the key that is compared; None for a value that is no key, as a blank is.
        rule: the rule's id.

    Rule: LS-KEY-1

    >>> from custsync.rules.normalize import id_key
    >>> one, other, twin = (
    ...     Customer(ref=Ref("netsuite", id), entity_id=code)
    ...     for id, code in [("1", "C-7"), ("2", "C-8"), ("3", "C-7 ")]
    ... )
    >>> checked = UniqueKey("entity_id", id_key)([one, other, twin])
    >>> [issue.code for issue in (*checked(one).issues, *checked(twin).issues)]
    ['shared_key', 'shared_key']
    >>> checked(other).issues
    ()
    """

    field: str
    key: Callable[[str], str | None]
    rule: str = "LS-KEY-1"
    read: Callable[[Customer], Any] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Prepare how the field is read, once for all customers."""
        object.__setattr__(self, "read", reader_of(self.field))

    @property
    def sets(self) -> tuple[str, ...]:
        """Return the fields that the prescan sets: none."""
        return ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the field that the prescan reads."""
        return (self.field,)

    def key_of(self, customer: Customer) -> str | None:
        """Return the customer's key, None where it has none."""
        value = self.read(customer)
        return self.key(value) if type(value) is str and value else None

    def __call__(self, customers: Iterable[Customer]) -> Callable[[Customer], MappedValue]:
        """Return how each of the customers is to be synced: as it is, refused where its key is shared.

        Cost: one pass. Memory: one entry for each key.
        """
        return self.combine([self.gather(customers)])

    def gather(self, customers: Iterable[Customer]) -> tuple[Mapping[str, Ref], frozenset[str]]:
        """Return the first holder of each key, and which keys others hold too: of a part of the input."""
        holders: dict[str, Ref] = {}
        shared: set[str] = set()
        for customer in customers:
            key = None if customer.deleted or customer.merged_into else self.key_of(customer)
            if key is not None:
                ref = customer.ref
                first = holders.setdefault(key, ref)
                if first is not ref and first != ref:
                    shared.add(key)
        return holders, frozenset(shared)

    def combine(
        self, gathered: Iterable[tuple[Mapping[str, Ref], frozenset[str]]]
    ) -> Callable[[Customer], MappedValue]:
        """Return how each customer is to be synced, of what was gathered of all parts."""
        holders: dict[str, Ref] = {}
        shared: set[str] = set()
        for ours, several in gathered:
            shared |= several | {key for key in holders.keys() & ours.keys() if holders[key] != ours[key]}
            holders |= ours
        return _Told(self, frozenset(shared))


@frozen
class _Told:
    prescan: UniqueKey
    shared: frozenset[str] = attrs.field(repr=False)

    def __call__(self, customer: Customer) -> MappedValue:
        """Return the customer, and an error where its key is shared."""
        key = self.prescan.key_of(customer) if self.shared else None
        if key is None or key not in self.shared:
            return MappedValue(value=customer)
        issue = evolve(_SHARED, field=self.prescan.field, rule=self.prescan.rule)
        return MappedValue(value=customer, issues=(issue,))


_SHARED = Issue(
    code="shared_key",
    rule="LS-KEY-1",
    field="",
    reason="another customer of the source has the same value, which must be unique",
    remedy="Give each of them a value of its own",
    severity=Severity.ERROR,
)
