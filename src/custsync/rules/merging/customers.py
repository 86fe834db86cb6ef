"""Uniting customers: the survivor after a merge, and the record of what it does not hold."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from attrs import evolve, field, fields_dict, frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import Address, Customer, display_html
from custsync.rules.consent import most_restrictive
from custsync.rules.fields.values import differing, plain, same_value, says_nothing, value_key
from custsync.rules.merging.lines import (
    Lines,
    MovedLine,
    add_lines,
    fillings,
    ids_of,
    left_of_lines,
    left_of_people,
    moved_lines,
    with_people,
)
from custsync.rules.merging.survivorship import KeptValue, Survivorship, surviving_values
from custsync.rules.normalize.texts import text_key
from custsync.rules.order import ref_order, seconds_of

_FILLED: Final = (
    "name",
    "company_name",
    "alt_name",
    "email",
    "alt_email",
    "phone",
    "mobile_phone",
    "home_phone",
    "alt_phone",
    "fax",
    "subsidiary",
    "representing_subsidiary",
    "category",
    "currency",
)
"""The fields whose blanks are filled, each by itself."""

_PERSON: Final = ("is_person", "salutation", "first_name", "middle_name", "last_name", "title")
"""The parts of a person, filled only from a duplicate that contradicts none of them."""

_OWN: Final = (
    "entity_id",
    "external_id",
    "parent",
    "top_level_parent",
    "is_inactive",
    "balance",
    "created_at",
)
"""What is the record's, not the customer's: it is never moved, and the record of the merge keeps it."""

_COMPARED: Final = (*_FILLED, "subscription_status", *_PERSON, *_OWN)
_person = attrgetter(*_PERSON)
_compared = attrgetter(*_COMPARED)


class Captured(dict[str, list[Any]]):
    """The record of a merge, as JSON: field → values that the survivor does not hold. It prints none."""

    def __repr__(self) -> str:
        """Return how many fields are kept."""
        return f"<{len(self)} kept>"


@frozen(kw_only=True)
class Merged:
    """A merge of customers.

    Attributes:
        survivor: the survivor as it was.
        duplicates: those that went into it, as they were: the one modified last first, then by id.
        customer: the survivor after the merge.
        lost: field → the values of the duplicates that `customer` does not hold. `"id"` holds their ids,
            `"custom.NAME"` a custom field, `"extra.NAME"` what a payload carried beside the known fields,
            `"addresses.id"` and `"contacts.phone"` a part of a line or a contact.
        kept: field → the value that a survivorship policy chose, the customer it is from, and the rule; empty
            without a policy.
    """

    survivor: Customer
    duplicates: tuple[Customer, ...]
    customer: Customer
    lost: Mapping[str, tuple[Any, ...]] = field(repr=False)
    kept: Mapping[str, KeptValue] = field(factory=dict, repr=False)

    _repr_html_ = display_html


@checked
def merge_customers(
    survivor: Customer | Merged,
    duplicates: Iterable[Customer | Merged],
    survivorship: Survivorship | None = None,
) -> Merged:
    """Return the survivor with all that the duplicates have, and what of it had no place there.

    The survivor's values win; of the consents to mail the most restrictive does. The survivor's blanks,
    absent, null or empty, are filled from the duplicates, custom fields too: the one that was modified last
    is asked first, one whose time is not known last, equal ones in the order of their ids. A person's name,
    salutation and title come only from a duplicate that contradicts none of the parts there, so that no new
    person arises. Ids of the record and its parent are never moved. Each duplicate's name and address become
    an address line (`kept_address`), its other lines and its contacts move over.

    A merge is made of the survivor and the set of those that went into it, so that order and grouping make
    no difference: a `Merged` can be merged further, and into another.

    Args:
        survivor: the customer that stays, or an earlier merge into it. Read it whole: an address book or
            contacts that were not read count as empty.
        duplicates: customers of the same system, or earlier merges whose survivors go.
        survivorship: which value of a field is kept instead of the survivor's own; fields that it does not
            name follow the rule above. What the survivor itself loses by it is in `lost` too.

    Returns:
        The merge. Linear time.

    Raises:
        InputError: a duplicate is the survivor itself or is of another system, two differ under one id, or a
            field is not of its type.

    Rule: ST-MRG-1, LS-MAP-3, G-LOSS
    Source: ServiceTitan customer sync, "Customer merge behaviour"; NetSuite help, section_1509542900

    >>> from custsync.models import Ref
    >>> stays = Customer(ref=Ref("netsuite", "7"), company_name="Acme", phone="")
    >>> goes = Customer(ref=Ref("netsuite", "9"), company_name="Zenith", phone="555-0100")
    >>> merged = merge_customers(stays, [goes])
    >>> merged.customer.company_name, merged.customer.phone, merged.customer.addresses[0].addressee
    ('Acme', '555-0100', 'Zenith')
    >>> dict(merged.lost)
    {'id': ('9',), 'company_name': ('Zenith',)}
    >>> merge_customers(merged.customer, [goes]).customer == merged.customer
    True
    >>> merge_customers(stays, [stays])
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: netsuite:7 cannot be merged into itself
    """
    kept, *earlier = _inputs(survivor)
    if not isinstance(duplicates, Iterable):
        raise InputError("duplicates are several customers; put one in a list")
    given = [customer for each in duplicates for customer in _inputs(each)]
    gone = sorted(distinct([*earlier, *given]), key=_latest_first)
    for duplicate in gone:
        if duplicate.ref == kept.ref:
            raise InputError(f"{kept.ref} cannot be merged into itself")
        if duplicate.ref.namespace != kept.ref.namespace:
            raise InputError(f"{duplicate.ref} and {kept.ref} are not of one system, account and kind")
    book = Lines(kept.addresses or ())
    moved = list(map(moved_lines, gone))
    customer = _united(kept, gone, add_lines(book, chain.from_iterable(moved)))
    chosen = surviving_values([kept, *gone], survivorship, kept.ref) if survivorship else {}
    customer = _with_values(customer, chosen)
    left = _left(gone, moved, customer, book)
    for name, value in _left_of(kept, customer) if chosen else ():
        if not says_nothing(value):
            left.setdefault(name, []).append(value)
    lost = {name: tuple(values) for name, values in left.items()}
    return Merged(survivor=kept, duplicates=tuple(gone), customer=customer, lost=lost, kept=chosen)


@checked
def unmerge(merged: Merged, current: Customer | None = None) -> tuple[Customer, ...]:
    """Return the survivor and the duplicates as they were before the merge.

    What was changed at the survivor since then stays with it. Address lines and contacts that came with the
    merge leave it.

    Args:
        merged: the record of the merge.
        current: the survivor as it is now; None where nothing was changed since.

    Returns:
        The survivor, then the duplicates in the order of the record.

    Raises:
        InputError: `current` is another customer than the survivor.

    Rule: ST-MRG-1, G-LOSS

    >>> from custsync.models import Ref
    >>> stays = Customer(ref=Ref("netsuite", "7"), company_name="Acme")
    >>> goes = Customer(ref=Ref("netsuite", "9"), phone="555-0100")
    >>> merged = merge_customers(stays, [goes])
    >>> unmerge(merged) == (stays, goes)
    True
    >>> again, _ = unmerge(merged, evolve(merged.customer, company_name="Acme Mills"))
    >>> again.company_name, again.phone is stays.phone
    ('Acme Mills', True)
    >>> unmerge(merged, goes)
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: the merge is of netsuite:7, not of netsuite:9
    """
    before, after = merged.survivor, merged.customer
    now = after if current is None else current
    if now.ref != before.ref:
        raise InputError(f"the merge is of {before.ref}, not of {now.ref}")
    values = {name: getattr(now, name) for name in fields_dict(Customer) if name != "ref"}
    changes = {
        name: _without_merge(getattr(before, name), getattr(after, name), value)
        for name, value in values.items()
        if value != getattr(after, name)
    }
    return (evolve(before, **changes) if changes else before), *merged.duplicates


def _without_merge(before: Any, after: Any, now: Any) -> Any:
    """Return a value that was changed since a merge, without what the merge added to it."""
    if isinstance(now, Mapping) and isinstance(before, Mapping) and isinstance(after, Mapping):
        changed = {name: value for name, value in now.items() if value != after.get(name)}
        return {name: value for name, value in before.items() if name in now} | changed
    if isinstance(now, tuple) and isinstance(after, tuple):
        own = before if isinstance(before, tuple) else ()
        return tuple(_lines_without_merge(own, list(after), now))
    return now


def _lines_without_merge(own: tuple[Any, ...], merged: list[Any], now: tuple[Any, ...]) -> Iterator[Any]:
    """Yield each line or contact as it was before the merge, and those that came later.

    The merge keeps the survivor's own first, in their order.
    """
    were = [*own, *[None] * (len(merged) - len(own))]
    for value in now:
        if value not in merged:
            yield value
            continue
        at = merged.index(value)
        del merged[at]
        was = were.pop(at)
        if was is not None:
            yield was


def _with_values(customer: Customer, chosen: Mapping[str, KeptValue]) -> Customer:
    """Return the customer with the chosen values, where one of them has one."""
    there = {name: kept.value for name, kept in chosen.items() if kept.of is not None}
    custom = {name[7:]: value for name, value in there.items() if name.startswith("custom.")}
    own = {name: value for name, value in there.items() if not name.startswith("custom.")}
    return evolve(customer, **own, custom={**customer.custom, **custom}) if there else customer


@checked
def captured(duplicate: Customer, survivor: Customer) -> Captured:
    """Return the record of a merge, made before it is started: what only the duplicate holds.

    What would fill a blank of the survivor is kept too, for the target fills it later, unobserved.

    Args:
        duplicate: the customer that goes, as it is.
        survivor: the customer that stays, as it is before the merge.

    Returns:
        Field → list of values, as JSON: texts, numbers, flags, lists and objects.

    Raises:
        InputError: a field is not of its type, or nests too deep.

    Rule: ST-MRG-1, G-LOSS

    >>> from custsync.models import Ref
    >>> stays = Customer(ref=Ref("netsuite", "7"), email="ap@joinery.example")
    >>> goes = Customer(ref=Ref("netsuite", "9"), email="ar@joinery.example")
    >>> captured(goes, stays)
    <2 kept>
    >>> captured(goes, stays) == {"id": ["9"], "email": ["ar@joinery.example"]}
    True
    """
    left = _left([duplicate], [moved_lines(duplicate)], survivor, Lines(survivor.addresses or ()))
    return Captured({name: [plain(value) for value in values] for name, values in left.items()})


def distinct(customers: Iterable[Customer]) -> list[Customer]:
    """Return the customers, each once; two that differ under one id are refused."""
    found: dict[Any, Customer] = {}
    for customer in customers:
        if not isinstance(customer, Customer):
            raise InputError(f"a merge takes customers, not {type(customer).__name__}")
        if found.setdefault(customer.ref, customer) != customer:
            raise InputError(f"{customer.ref} was given twice, and the two differ: read it once")
    return list(found.values())


def _inputs(merge: Customer | Merged) -> list[Customer]:
    return [merge.survivor, *merge.duplicates] if isinstance(merge, Merged) else distinct([merge])


def _latest_first(customer: Customer) -> tuple[Any, ...]:
    seconds = seconds_of(customer, customer.modified_at)
    return (seconds is None, -(seconds or 0.0), ref_order(customer.ref))


def _united(survivor: Customer, duplicates: list[Customer], lines: tuple[Address, ...]) -> Customer:
    changes = _filling(survivor, duplicates)
    if lines:
        changes["addresses"] = (*(survivor.addresses or ()), *lines)
    contacts = with_people(survivor, duplicates)
    if contacts != survivor.contacts:
        changes["contacts"] = contacts
    return evolve(survivor, **changes) if changes else survivor


def _filling(survivor: Customer, duplicates: list[Customer]) -> dict[str, Any]:
    changes = fillings(survivor, duplicates, _FILLED, "custom")
    person = dict(zip(_PERSON, _person(survivor), strict=True))
    for duplicate in duplicates:
        changes |= _person_from(duplicate, person)
    consent = most_restrictive(*(each.subscription_status for each in (survivor, *duplicates)))
    if consent not in (None, survivor.subscription_status):
        changes["subscription_status"] = consent
    return changes


def _person_from(duplicate: Customer, person: dict[str, Any]) -> dict[str, Any]:
    """Return the parts that the duplicate adds to the person, who has them from now on."""
    added = {}
    for name, value, there in zip(_PERSON, _person(duplicate), person.values(), strict=True):
        if says_nothing(value):
            continue
        if says_nothing(there):
            added[name] = value
        elif value != there and (name == "is_person" or text_key(value) != text_key(there)):
            return {}
    person |= added
    return added


def _left(
    duplicates: Collection[Customer], moved: Iterable[list[MovedLine]], customer: Customer, book: Lines
) -> dict[str, list[Any]]:
    """Return, by field, what the duplicates hold and the customer and its book do not; each value once."""
    left: dict[str, list[Any]] = {}
    known = set()
    gone = ids_of(duplicates)
    for duplicate, lines in zip(duplicates, moved, strict=True):
        people = left_of_people(duplicate, gone, customer)
        for name, value in chain(_left_of(duplicate, customer), left_of_lines(lines, book), people):
            if says_nothing(value):
                continue
            key = (name, *value_key(value))
            if key not in known:
                known.add(key)
                left.setdefault(name, []).append(value)
    return left


def _left_of(duplicate: Customer, customer: Customer) -> Iterator[tuple[str, Any]]:
    if duplicate.ref != customer.ref:
        yield "id", duplicate.id
    for name, value, there in zip(_COMPARED, _compared(duplicate), _compared(customer), strict=True):
        if value is not there and not same_value(value, there):
            yield name, value
    yield from differing("custom", duplicate.custom, customer.custom)
    yield from differing("extra", duplicate.extra, customer.extra)
