"""Address lines and contacts in a merge: what keeps a duplicate's name and address, and what moves."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, Final, TypeAlias

from attrs import evolve

from custsync._arguments import checked
from custsync.models import NOTHING_KEPT, Address, Contact, Customer, Maybe
from custsync.rules.addresses import address_key, is_blank
from custsync.rules.fields.values import differing, same_value, says_nothing
from custsync.rules.names.display import NameSource, display_name, order_by_kind
from custsync.rules.normalize.emails import email_key
from custsync.rules.normalize.phones import phone_key
from custsync.rules.normalize.texts import as_text, id_key, text_key

LineKey: TypeAlias = tuple[str, str, str, str, str]
"""Addressee, attention, place without its country, phone, country: what a line has, as it is compared."""

MovedLine: TypeAlias = tuple[LineKey, Address, Address]
"""What a line holds, the line, and the duplicate's line that it is made of."""

PersonKey: TypeAlias = tuple[str, ...]
"""Email and name; of one without either, two blanks, the id and the phone."""

_FILLED: Final = ("id", "phone", "role", "company", "origin")
_COMPARED: Final = ("id", "name", "email", "phone", "role", "company", "origin")
_compared = attrgetter(*_COMPARED)

_NOTHING: Final = ("", "", "", "")
"""What a line holds that has a country alone, or not even that: systems fill the country in by themselves."""


@checked
def kept_address(duplicate: Customer) -> Address:
    """Return the address line that keeps the duplicate's name and address in the survivor's address book.

    The address is the default billing address, else the default shipping address, else the first that names
    a place. Its addressee is the duplicate's display name: "First Last" of an individual, the company name of
    a company, else its name, its alt name, its entity ID; a duplicate without any keeps the line's own
    addressee. Without an address the line holds the name alone. A line of the survivor is new: it has no id,
    is no default, and carries nothing of its system beside the address.

    Args:
        duplicate: the customer that goes, as it was before the merge.

    Raises:
        InputError: a name or a part of an address is no text.

    Rule: ST-MRG-1
    Source: ServiceTitan customer sync, "Customer merge behaviour"

    >>> from custsync.models import Ref
    >>> home = Address(id="12", line1="1 Elm St", default_billing=True)
    >>> kept = kept_address(Customer(ref=Ref("netsuite", "7"), company_name="Acme", addresses=(home,)))
    >>> kept == Address(addressee="Acme", line1="1 Elm St")
    True
    >>> kept_address(Customer(ref=Ref("netsuite", "7"))) == Address()
    True
    """
    return _kept(duplicate, _home(duplicate))


@checked
def has_address(customer: Customer, address: Address) -> bool:
    """Return whether the customer's address book has all of the address; nothing need be added then.

    Compared are addressee, attention, place, phone and country, as `addresses.address_key` compares. A line
    may have a country or a phone that the address has not: some systems fill these in by themselves.

    Args:
        customer: any customer; an address book that was not read holds nothing.
        address: `kept_address(...)`, usually; a blank one counts as there.

    Raises:
        InputError: a part is no text.

    Rule: ST-MRG-1

    >>> from custsync.models import Ref
    >>> book = (Address(addressee="Acme", line1="1 Elm St", country="US"),)
    >>> acme = Customer(ref=Ref("netsuite", "7"), addresses=book)
    >>> has_address(acme, Address(addressee="ACME", line1="1 Elm St."))
    True
    >>> has_address(acme, Address(addressee="Zenith", line1="1 Elm St."))
    False
    """
    return _line_key(address) in Lines(customer.addresses or ())


class Lines:
    """Address lines, found by what they hold; a line that holds less than one of them is found too."""

    def __init__(self, lines: Iterable[Address]) -> None:
        """Take the lines."""
        self.exact: dict[LineKey, Address] = {}
        self.less: dict[LineKey, Address] = {}
        for line in lines:
            self.add(_line_key(line), line)

    def add(self, key: LineKey, line: Address) -> None:
        """Add one line."""
        self.exact.setdefault(key, line)
        for weaker in _weaker(key):
            self.less.setdefault(weaker, line)

    def __contains__(self, key: LineKey) -> bool:
        """Return whether a line has all that the key has."""
        return key in self.exact or key in self.less or key[:4] == _NOTHING

    def get(self, key: LineKey) -> Address | None:
        """Return the line that has it, None where none does."""
        return self.exact.get(key) or self.less.get(key)


def _line_key(line: Address) -> LineKey:
    """Return what a line has, as it is compared: all of it but the label."""
    place, _, country = address_key(line).rpartition("\n")
    country = country or text_key(line.country)
    phone = as_text(line.phone) and (phone_key(line.phone, as_text(line.country)) or text_key(line.phone))
    return text_key(line.addressee), text_key(line.attention), place, phone, country


def _weaker(key: LineKey) -> Iterator[LineKey]:
    """Yield the keys that hold less: without the phone, without the country, without both."""
    addressee, attention, place, phone, country = key
    if phone:
        yield addressee, attention, place, "", country
    if country:
        yield addressee, attention, place, phone, ""
        if phone:
            yield addressee, attention, place, "", ""


def moved_lines(duplicate: Customer) -> list[MovedLine]:
    """Return each line that the survivor gets from the duplicate.

    First the line that keeps the name and the address; a line that it contains does not come again.
    """
    home = _home(duplicate)
    kept = _kept(duplicate, home)
    others = list(duplicate.addresses or ())
    if home is not None and text_key(home.addressee) in ("", text_key(kept.addressee)):
        others.remove(home)
    return [(_line_key(kept), kept, home or kept), *((_line_key(line), line, line) for line in others)]


def add_lines(book: Lines, moved: Iterable[MovedLine]) -> tuple[Address, ...]:
    """Return the lines that the book lacked and has from now on: without ids, and no defaults.

    A line without a value, or with no more than another line, is not added.
    """
    given: dict[LineKey, Address] = {}
    for key, line, _ in moved:
        if key not in book:
            given.setdefault(key, line)
    less = {weaker for key in given for weaker in _weaker(key)}
    added = {key: _bare(line) for key, line in given.items() if key not in less}
    for key, line in added.items():
        book.add(key, line)
    return tuple(added.values())


def left_of_lines(moved: Iterable[MovedLine], book: Lines) -> Iterator[tuple[str, object]]:
    """Yield what a duplicate's lines hold and the book does not."""
    for key, line, origin in moved:
        yield "addresses.id", origin.id
        known = book.get(key)
        if known is not None:
            yield from _beside(origin, known)
        elif key[:4] != _NOTHING:
            yield "addresses", _bare(evolve(line, extra=origin.extra))


def _beside(line: Address, known: Address) -> Iterator[tuple[str, object]]:
    """Yield what a line holds beside its address, where the line that is there holds something else."""
    yield "addresses.label", None if line.label == known.label else line.label
    if line.is_residential != known.is_residential:
        yield "addresses.is_residential", line.is_residential
    yield from differing("addresses.extra", line.extra, known.extra)


def _bare(line: Address) -> Address:
    if not line.id and not line.default_billing and not line.default_shipping:
        return line
    return evolve(line, id="", default_billing=False, default_shipping=False)


def _home(customer: Customer) -> Address | None:
    """Return the line that is the customer's address, None where no line names a place."""
    places = [line for line in customer.addresses or () if not is_blank(line)]
    by_billing = (line for line in places if line.default_billing)
    by_shipping = (line for line in places if line.default_shipping)
    return next(chain(by_billing, by_shipping, places), None)


def _kept(customer: Customer, home: Address | None) -> Address:
    order: tuple[NameSource, ...] = (*order_by_kind(customer), "name", "alt_name", "entity_id")
    name = display_name(customer, order=order).text
    if home is None:
        return Address(addressee=name) if name else Address()
    return evolve(_bare(home), addressee=name or home.addressee, extra=NOTHING_KEPT)


def person_key(contact: Contact) -> PersonKey:
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
    places: dict[PersonKey, int] = {}
    for given in survivor.contacts or ():
        people.append(_at_survivor(given, gone, survivor))
        places.setdefault(person_key(given), len(people) - 1)
    for given in chain.from_iterable(duplicate.contacts or () for duplicate in duplicates):
        contact = _at_survivor(given, gone, survivor)
        at = places.setdefault(person_key(contact), len(people))
        if at == len(people):
            people.append(contact)
        else:
            changes = fillings(people[at], [contact], _FILLED, "extra")
            people[at] = evolve(people[at], **changes) if changes else people[at]
    return tuple(people) if people else survivor.contacts


def left_of_people(
    duplicate: Customer, gone: frozenset[str | None], there: Customer
) -> Iterator[tuple[str, Any]]:
    """Yield what the duplicate's contacts hold and the contacts that are there do not."""
    known = {person_key(contact): contact for contact in reversed(there.contacts or ())}
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


def fillings(
    known: Customer | Contact, given: Sequence[Customer | Contact], names: Iterable[str], mapping: str
) -> dict[str, Any]:
    """Return what fills the blanks of a customer or a contact: of its fields, and of one of its mappings.

    Args:
        known: whose blanks are filled.
        given: the first that has a value gives it.
        names: the fields.
        mapping: the field whose keys are filled each by itself.
    """
    own, *others = ({name: getattr(one, name) for name in names} for one in (known, *given))
    there, *more = (getattr(one, mapping) for one in (known, *given))
    found = _first_values(there, more)
    return _first_values(own, others) | ({mapping: {**there, **found}} if found else {})


def _first_values(known: Mapping[str, Any], given: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what fills the blanks of a mapping, each from the first that has a value for it."""
    more: dict[str, Any] = {}
    for each in given:
        for name, value in each.items():
            if name not in more and not says_nothing(value) and says_nothing(known.get(name)):
                more[name] = value
    return more
