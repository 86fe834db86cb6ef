"""Contacts in a merge: all move over, and two that are one person by email and name become one."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from operator import attrgetter
from typing import Any, Final, TypeAlias

from attrs import evolve

from custsync.models import Contact, Customer, Maybe
from custsync.rules.fields.values import differing, same_value, says_nothing
from custsync.rules.normalize.emails import email_key
from custsync.rules.normalize.texts import id_key, text_key

Key: TypeAlias = tuple[str, ...]

_FILLED: Final = ("id", "phone", "role", "company", "origin")
_COMPARED: Final = ("id", "name", "email", "phone", "role", "company", "origin")
_compared = attrgetter(*_COMPARED)


def person_key(contact: Contact) -> Key:
    """Return whom the contact is, as it is compared: email and name, else id and phone.

    >>> person_key(Contact(email="Ivo@joinery.example", name="Ivo  Brandt"))
    ('ivo@joinery.example', 'ivo brandt')
    >>> person_key(Contact(phone="555-0101")) == person_key(Contact(phone="555-0102"))
    False
    """
    email = email_key(contact.email) or text_key(contact.email)
    name = text_key(contact.name)
    if email or name:
        return email, name
    return "", "", id_key(contact.id) or "", text_key(contact.phone)


def with_people(survivor: Customer, duplicates: Collection[Customer]) -> Maybe[tuple[Contact, ...]]:
    """Return the survivor's contacts with those of the duplicates, whose company is the survivor now.

    Who is there already, by email and name, gets what he lacks.
    """
    gone = ids_of(duplicates)
    people: list[Contact] = []
    places: dict[Key, int] = {}
    for given in survivor.contacts or ():
        people.append(_at_survivor(given, gone, survivor))
        places.setdefault(person_key(given), len(people) - 1)
    for given in chain.from_iterable(duplicate.contacts or () for duplicate in duplicates):
        contact = _at_survivor(given, gone, survivor)
        at = places.setdefault(person_key(contact), len(people))
        if at == len(people):
            people.append(contact)
        else:
            people[at] = _completed(people[at], contact)
    return tuple(people) if people else survivor.contacts


def left_of_people(
    duplicate: Customer, gone: frozenset[str | None], there: Customer
) -> Iterator[tuple[str, Any]]:
    """Yield what the duplicate's contacts hold and the contacts that are there do not."""
    known: dict[Key, Contact] = {}
    for contact in there.contacts or ():
        known.setdefault(person_key(contact), contact)
    ids = {id_key(contact.id) for contact in there.contacts or ()}
    settled = {"id": ids, "company": {id_key(there.id)}}
    for given in duplicate.contacts or ():
        contact = _at_survivor(given, gone, there)
        same = known.get(person_key(contact))
        if same is None:
            yield "contacts", contact
            continue
        for name, value, other in zip(_COMPARED, _compared(contact), _compared(same), strict=True):
            if not same_value(value, other) and not (name in settled and id_key(value) in settled[name]):
                yield f"contacts.{name}", value
        yield from differing("contacts.extra", contact.extra, same.extra)


def ids_of(customers: Iterable[Customer]) -> frozenset[str | None]:
    """Return the customers' ids, as they are compared."""
    return frozenset(id_key(customer.id) for customer in customers)


def _at_survivor(contact: Contact, gone: frozenset[str | None], survivor: Customer) -> Contact:
    """Return the contact, its company the survivor where that was one of those that go."""
    if contact.company and id_key(contact.company) in gone:
        return evolve(contact, company=survivor.id)
    return contact


def _completed(known: Contact, given: Contact) -> Contact:
    """Return the contact with its blanks filled; the very same one where there is nothing to fill."""
    there, more = ({name: getattr(one, name) for name in _FILLED} for one in (known, given))
    changes = fillings(there, [more])
    extra = filled(known.extra, [given.extra])
    if extra is not known.extra:
        changes["extra"] = extra
    return evolve(known, **changes) if changes else known


def filled(known: Mapping[str, Any], given: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the mapping with its blanks filled; the very same one where there is nothing to fill."""
    more = fillings(known, given)
    return {**known, **more} if more else known


def fillings(known: Mapping[str, Any], given: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what fills the blanks of a mapping, each from the first that has a value for it."""
    more: dict[str, Any] = {}
    for each in given:
        for name, value in each.items():
            if name not in more and not says_nothing(value) and says_nothing(known.get(name)):
                more[name] = value
    return more
