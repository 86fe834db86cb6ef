"""Customer merges: the survivor's values win, nothing of a duplicate is lost, order makes no difference."""

import json
import pickle
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import ABSENT, Address, Contact, Customer, Ref, SubscriptionStatus
from custsync.rules.fields.values import plain
from custsync.rules.merging import Merged, kept_address, merge_customers, unmerge
from custsync.rules.merging.customers import captured
from custsync.rules.merging.lines import has_address
from custsync.rules.normalize import email_key, phone_key, text_key
from custsync.serialization.values import dump, load
from tests.rules.merging.made import (
    BLANKS,
    DUPLICATE,
    EARLY,
    LATE,
    SURVIVOR,
    but,
    customers,
    distinct_duplicates,
)
from tests.strategies import json_values

NAMES = ("name", "company_name", "alt_name", "first_name", "middle_name", "last_name", "entity_id")
EMAILS = ("email", "alt_email")
PHONES = ("phone", "mobile_phone", "home_phone", "alt_phone", "fax")
IDS = ("external_id", "entity_id")

TEXTS = frozenset(each.name for each in fields(Customer)) - {
    "ref",
    "addresses",
    "contacts",
    "custom",
    "extra",
}
ANYTHING = json_values(4)

survivors = customers("7")


def united(survivor: Customer, *duplicates: Customer | Merged) -> Customer:
    return merge_customers(survivor, duplicates).customer


def is_blank(value: Any) -> bool:
    return value is None or value is ABSENT or (isinstance(value, str) and not value.strip())


def book_of(customer: Customer) -> tuple[Address, ...]:
    return tuple(customer.addresses or ())


def people_of(customer: Customer) -> tuple[Contact, ...]:
    return tuple(customer.contacts or ())


def texts_kept(merged: Merged) -> set[Any]:
    """Return every text that the merge still has somewhere, exactly as it was."""
    kept: set[Any] = set()
    pending: list[Any] = [merged.customer, *merged.lost.values()]
    while pending:
        value = pending.pop()
        if isinstance(value, Customer | Address | Contact | Ref):
            pending += [getattr(value, each.name) for each in fields(type(value))]
        elif isinstance(value, tuple | list):
            pending += value
        elif isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, str):
            kept.add(value)
    return kept


def folded(texts: set[Any]) -> set[str]:
    """Return the texts as lines are compared: two spellings of a phone or a street are one."""
    return {phone_key(text) or text_key(text).replace(".", "") for text in texts}


def said_places(customer: Customer) -> set[tuple[str, ...]]:
    """Return what the lines say, by an own reading: every part but the phone in one case, blanks folded."""

    def part(text: Any) -> str:
        return text_key(text).replace(".", "")

    return {
        tuple(part(getattr(line, name)) for name in ("attention", "line1", "city", "country"))
        for line in book_of(customer)
        if says_something(line)
    }


@pytest.mark.rule("ST-MRG-1")
class TestSurvivorsValuesWin:
    """The survivor's values win; its blanks, absent, null or empty, are filled from the duplicates."""

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    @pytest.mark.parametrize("name", ["company_name", "email", "fax", "subsidiary", "currency"])
    def test_a_blank_is_filled(self, name: str, blank: Any) -> None:
        survivor = but(SURVIVOR, **{name: blank})
        merged = merge_customers(survivor, [but(DUPLICATE, **{name: "given"})])
        assert getattr(merged.customer, name) == "given"
        assert name not in merged.lost

    def test_a_value_wins_and_the_other_is_kept_on_record(self) -> None:
        merged = merge_customers(
            evolve(SURVIVOR, email="ap@joinery.example"), [evolve(DUPLICATE, email="ar@joinery.example")]
        )
        assert merged.customer.email == "ap@joinery.example"
        assert dict(merged.lost) == {"id": ("9",), "email": ("ar@joinery.example",)}

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    def test_a_blank_never_takes_a_value_away(self, blank: Any) -> None:
        survivor = evolve(SURVIVOR, email="ap@joinery.example")
        assert united(survivor, evolve(DUPLICATE, email=blank)) is survivor

    def test_custom_fields_too(self) -> None:
        merged = merge_customers(
            evolve(SURVIVOR, custom={"tier": "gold", "code": "", "flag": False, "count": 0}),
            [
                evolve(
                    DUPLICATE, custom={"tier": "silver", "code": "A", "flag": True, "count": 1, "new": ["x"]}
                )
            ],
        )
        assert merged.customer.custom == {
            "tier": "gold",
            "code": "A",
            "flag": False,
            "count": 0,
            "new": ["x"],
        }
        assert dict(merged.lost) == {
            "id": ("9",),
            "custom.tier": ("silver",),
            "custom.flag": (True,),
            "custom.count": (1,),
        }

    @pytest.mark.parametrize("name", ["entity_id", "external_id", "parent", "top_level_parent"])
    def test_ids_and_the_place_in_the_hierarchy_are_never_moved(self, name: str) -> None:
        merged = merge_customers(SURVIVOR, [but(DUPLICATE, **{name: "X1"})])
        assert getattr(merged.customer, name) is ABSENT
        assert merged.lost[name] == ("X1",)

    def test_what_the_payload_carried_beside_is_kept_on_record(self) -> None:
        merged = merge_customers(SURVIVOR, [evolve(DUPLICATE, extra={"vatRegNumber": "DE1", "n": None})])
        assert merged.customer.extra == {}
        assert dict(merged.lost) == {"id": ("9",), "extra.vatRegNumber": ("DE1",)}

    def test_a_value_that_cannot_be_compared_is_kept_on_record(self) -> None:
        odd = {"sum": Decimal("sNaN")}
        merged = merge_customers(
            evolve(SURVIVOR, custom=dict(odd)), [evolve(DUPLICATE, custom={"sum": Decimal("sNaN")})]
        )
        assert [str(value) for value in merged.lost["custom.sum"]] == ["sNaN"]


@pytest.mark.rule("LS-MAP-3", "ST-MRG-1")
class TestConsent:
    """Of the consents to mail the most restrictive wins, whoever is the survivor and whatever is newer."""

    OUT, SOFT_OUT = SubscriptionStatus.CONFIRMED_OPT_OUT, SubscriptionStatus.SOFT_OPT_OUT
    SOFT_IN, IN = SubscriptionStatus.SOFT_OPT_IN, SubscriptionStatus.CONFIRMED_OPT_IN

    @pytest.mark.parametrize("modified", [(EARLY, LATE), (LATE, EARLY)], ids=["newer", "older"])
    @pytest.mark.parametrize(
        ("kept", "gone", "want"),
        [
            (IN, OUT, OUT),
            (OUT, IN, OUT),
            (IN, SOFT_OUT, SOFT_OUT),
            (SOFT_OUT, OUT, OUT),
            (SOFT_IN, SOFT_OUT, SOFT_OUT),
            (IN, SOFT_IN, SOFT_IN),
            (None, IN, IN),
            (ABSENT, OUT, OUT),
            (OUT, None, OUT),
            (None, ABSENT, None),
        ],
        ids=str,
    )
    def test_of_two(self, kept: Any, gone: Any, want: Any, modified: tuple[datetime, datetime]) -> None:
        survivor = evolve(SURVIVOR, subscription_status=kept, modified_at=modified[0])
        duplicate = evolve(DUPLICATE, subscription_status=gone, modified_at=modified[1])
        made = merge_customers(survivor, [duplicate])
        assert made.customer.subscription_status is want
        lost = made.lost.get("subscription_status", ())
        assert lost == ((gone,) if isinstance(gone, SubscriptionStatus) and gone is not want else ())

    def test_of_many(self) -> None:
        several = [
            evolve(DUPLICATE, ref=Ref("netsuite", identity), subscription_status=status)
            for identity, status in (("9", self.IN), ("10", self.OUT), ("11", self.SOFT_OUT))
        ]
        made = merge_customers(evolve(SURVIVOR, subscription_status=self.IN), several)
        assert made.customer.subscription_status is self.OUT


@pytest.mark.rule("ST-MRG-1")
class TestWhoFillsFirst:
    """Of several duplicates the one modified last fills a blank; unknown times last; then the lowest id."""

    @pytest.mark.parametrize(
        ("first", "second", "filled"),
        [
            (EARLY, LATE, "second"),
            (LATE, EARLY, "first"),
            (None, EARLY, "second"),
            (EARLY, ABSENT, "first"),
            (None, ABSENT, "first"),
            (LATE, LATE, "first"),
        ],
        ids=["later", "earlier", "unknown", "known", "both unknown", "equal"],
    )
    def test_in_every_order(self, first: Any, second: Any, filled: str) -> None:
        nine = evolve(DUPLICATE, phone="first", modified_at=first)
        ten = evolve(DUPLICATE, ref=Ref("netsuite", "10"), phone="second", modified_at=second)
        for order in permutations([nine, ten]):
            merged = merge_customers(SURVIVOR, order)
            assert merged.customer.phone == filled
            assert set(merged.lost["phone"]) == {"first", "second"} - {filled}

    def test_custom_fields_too(self) -> None:
        nine = evolve(DUPLICATE, custom={"tier": "gold"}, modified_at=EARLY)
        ten = evolve(DUPLICATE, ref=Ref("netsuite", "10"), custom={"tier": "silver"}, modified_at=LATE)
        for order in permutations([nine, ten]):
            assert united(SURVIVOR, *order).custom == {"tier": "silver"}

    def test_a_time_without_zone_is_refused(self) -> None:
        naive = evolve(DUPLICATE, modified_at=LATE.replace(tzinfo=None))
        with pytest.raises(InputError, match="netsuite:9: a time without a zone"):
            merge_customers(SURVIVOR, [naive])


@pytest.mark.rule("G-LOSS")
class TestNoInventedPerson:
    """A person's parts come only from a duplicate that contradicts none of them, else stay on record."""

    def test_another_person_gives_no_part(self) -> None:
        merged = merge_customers(
            evolve(SURVIVOR, first_name="Ann"),
            [evolve(DUPLICATE, first_name="Ivo", last_name="Brandt", title="Owner")],
        )
        assert (merged.customer.first_name, merged.customer.last_name) == ("Ann", ABSENT)
        assert dict(merged.lost) | {"addresses": ()} == {
            "id": ("9",),
            "first_name": ("Ivo",),
            "last_name": ("Brandt",),
            "title": ("Owner",),
            "addresses": (),
        }

    def test_the_same_person_gives_what_is_missing(self) -> None:
        merged = united(
            evolve(SURVIVOR, first_name="Ann"), evolve(DUPLICATE, first_name=" ANN", last_name="Archer")
        )
        assert (merged.first_name, merged.last_name) == ("Ann", "Archer")

    def test_two_duplicates_make_no_third_person(self) -> None:
        ann = evolve(DUPLICATE, first_name="Ann", modified_at=LATE)
        ivo = evolve(DUPLICATE, ref=Ref("netsuite", "10"), first_name="Ivo", last_name="Brandt")
        merged = united(SURVIVOR, ann, ivo)
        assert (merged.first_name, merged.last_name) == ("Ann", ABSENT)

    def test_a_company_gives_a_person_no_name(self) -> None:
        company = evolve(DUPLICATE, is_person=False, first_name="Ann")
        assert united(evolve(SURVIVOR, is_person=True), company).first_name is ABSENT


@pytest.mark.rule("ST-MRG-1")
class TestAddressBook:
    """The duplicate's name and address stay as one line of the survivor; its other lines move over, once."""

    HOME = Address(id="1", label="Home", line1="1 Elm St", default_billing=True, default_shipping=True)
    DOCK = Address(id="2", addressee="Dock 3", line1="2 Oak Ave")

    def test_the_line_that_is_kept_comes_first_then_the_others_without_ids_and_defaults(self) -> None:
        own = Address(id="5", line1="9 Fir Rd", default_billing=True)
        merged = united(
            evolve(SURVIVOR, addresses=(own,)),
            evolve(DUPLICATE, company_name="Zenith", addresses=(self.DOCK, self.HOME)),
        )
        assert merged.addresses == (
            own,
            Address(label="Home", addressee="Zenith", line1="1 Elm St"),
            Address(addressee="Dock 3", line1="2 Oak Ave"),
        )
        assert merged.billing_address is own

    def test_ids_of_lines_are_kept_on_record(self) -> None:
        merged = merge_customers(SURVIVOR, [evolve(DUPLICATE, addresses=(self.HOME, self.DOCK))])
        assert merged.lost["addresses.id"] == ("1", "2")

    def test_an_addressee_of_its_own_keeps_its_line(self) -> None:
        line = evolve(self.HOME, addressee="Dock 3")
        merged = united(SURVIVOR, evolve(DUPLICATE, company_name="Zenith", addresses=(line,)))
        assert [each.addressee for each in book_of(merged)] == ["Zenith", "Dock 3"]

    @pytest.mark.parametrize("addresses", [ABSENT, None, (), (Address(country="US"),)], ids=repr)
    def test_without_an_address_the_name_stays_in_a_line(self, addresses: Any) -> None:
        merged = united(SURVIVOR, evolve(DUPLICATE, company_name="Zenith", addresses=addresses))
        assert Address(addressee="Zenith") in book_of(merged)

    def test_an_equal_line_is_not_added_again(self) -> None:
        there = Address(id="5", addressee="ZENITH", line1="1 Elm  St.", country="US", phone="(555) 0100")
        survivor = evolve(SURVIVOR, addresses=(there,))
        for line in (
            self.HOME,
            evolve(self.HOME, country="US"),
            evolve(self.HOME, phone="555 0100"),
            evolve(self.HOME, phone="555 0100", country="us"),
        ):
            assert united(
                survivor, evolve(DUPLICATE, company_name="Zenith", addresses=(line,))
            ).addresses == (there,)

    @pytest.mark.parametrize(
        "change",
        [{"phone": "555-0199"}, {"country": "CA"}, {"city": "Astoria"}, {"attention": "Accounts"}],
        ids=lambda change: next(iter(change)),
    )
    def test_a_line_that_says_more_or_else_is_added(self, change: dict[str, str]) -> None:
        there = Address(addressee="Zenith", line1="1 Elm St", country="US", phone="555-0100")
        given = but(there, **change)
        merged = united(
            evolve(SURVIVOR, addresses=(there,)), evolve(DUPLICATE, company_name="Zenith", addresses=(given,))
        )
        assert merged.addresses == (there, given)

    def test_a_country_counts_beside_a_name_alone(self) -> None:
        there = Address(addressee="Zenith", country="CA")
        duplicate = evolve(DUPLICATE, addresses=(evolve(there, country="US"), Address(country="US")))
        assert united(evolve(SURVIVOR, addresses=(there,)), duplicate).addresses == (
            there,
            Address(addressee="Zenith", country="US"),
        )

    def test_a_line_that_says_less_than_that_of_another_duplicate_is_not_added(self) -> None:
        full = evolve(DUPLICATE, company_name="Zenith", addresses=(evolve(self.HOME, country="US"),))
        less = evolve(full, ref=Ref("netsuite", "10"), addresses=(self.HOME,), modified_at=LATE)
        for order in permutations([full, less]):
            assert [line.country for line in book_of(united(SURVIVOR, *order))] == ["US"]

    def test_what_a_dropped_line_held_beside_is_kept_on_record(self) -> None:
        there = Address(
            label="Office", addressee="Zenith", line1="1 Elm St", is_residential=False, extra={"a": 1}
        )
        given = evolve(there, label="Home", is_residential=True, extra={"a": 2, "b": None})
        merged = merge_customers(
            evolve(SURVIVOR, addresses=(there,)),
            [evolve(DUPLICATE, company_name="Zenith", addresses=(given,))],
        )
        assert merged.customer.addresses == (there,)
        assert dict(merged.lost) | {"company_name": ()} == {
            "id": ("9",),
            "company_name": (),
            "addresses.label": ("Home",),
            "addresses.is_residential": (True,),
            "addresses.extra.a": (2,),
        }

    def test_a_book_that_says_nothing_stays_what_it_is(self) -> None:
        nothing = evolve(DUPLICATE, addresses=(Address(id="3"), Address(country="US")))
        assert united(SURVIVOR, nothing).addresses is ABSENT
        assert united(evolve(SURVIVOR, addresses=None), nothing).addresses is None


@pytest.mark.rule("ST-MRG-1")
class TestContacts:
    """All contacts move over; two that are one person by email and name become one, who lacks nothing."""

    ANN = Contact(id="31", name="Ann Archer", email="ann@joinery.example", company="9")
    THERE = evolve(ANN, company="7")

    def test_a_contact_moves_to_the_survivor(self) -> None:
        merged = united(SURVIVOR, evolve(DUPLICATE, contacts=(self.ANN,)))
        assert merged.contacts == (evolve(self.ANN, company="7"),)

    def test_a_contact_of_another_company_keeps_it(self) -> None:
        other = evolve(self.ANN, company="55")
        assert united(SURVIVOR, evolve(DUPLICATE, contacts=(other,))).contacts == (other,)

    def test_no_contact_keeps_a_company_that_is_gone(self) -> None:
        ten = evolve(DUPLICATE, ref=Ref("netsuite", "10"))
        ann, ivo = evolve(self.ANN, company="10"), Contact(id="32", phone="555-0111", company=" 9")
        merged = merge_customers(evolve(SURVIVOR, contacts=(ivo,)), [evolve(DUPLICATE, contacts=(ann,)), ten])
        assert [contact.company for contact in people_of(merged.customer)] == ["7", "7"]
        assert "contacts.company" not in merged.lost

    def test_another_company_of_one_person_is_kept_on_record(self) -> None:
        known, given = evolve(self.ANN, company="7"), evolve(self.ANN, company="55")
        merged = merge_customers(evolve(SURVIVOR, contacts=(known,)), [evolve(DUPLICATE, contacts=(given,))])
        assert merged.lost["contacts.company"] == ("55",)

    def test_the_company_that_a_contact_has_from_now_on_is_not_lost(self) -> None:
        survivor = evolve(SURVIVOR, contacts=(evolve(self.ANN, company="55"),))
        assert captured(evolve(DUPLICATE, contacts=(self.ANN,)), survivor) == {"id": ["9"]}

    def test_each_person_who_is_not_there_is_lost(self) -> None:
        bo = evolve(self.ANN, id="32", name="Bo Ek", email="bo@joinery.example")
        assert len(captured(evolve(DUPLICATE, contacts=(self.ANN, bo)), SURVIVOR)["contacts"]) == 2

    def test_one_person_stays_one_and_gets_what_is_missing(self) -> None:
        known = Contact(id="30", name="ANN ARCHER", email="Ann@joinery.example", company="7", extra={"a": 1})
        given = evolve(self.ANN, phone="555-0110", role="-10", extra={"a": 2, "b": 3})
        merged = merge_customers(evolve(SURVIVOR, contacts=(known,)), [evolve(DUPLICATE, contacts=(given,))])
        assert merged.customer.contacts == (
            evolve(known, phone="555-0110", role="-10", extra={"a": 1, "b": 3}),
        )
        assert dict(merged.lost) == {
            "id": ("9",),
            "contacts.id": ("31",),
            "contacts.name": ("Ann Archer",),
            "contacts.email": ("ann@joinery.example",),
            "contacts.extra.a": (2,),
        }

    def test_another_phone_of_one_person_is_kept_on_record(self) -> None:
        known, given = evolve(self.THERE, phone="555-0110"), evolve(self.ANN, phone="555-0111")
        merged = merge_customers(evolve(SURVIVOR, contacts=(known,)), [evolve(DUPLICATE, contacts=(given,))])
        assert merged.customer.contacts == (known,)
        assert merged.lost["contacts.phone"] == ("555-0111",)

    @pytest.mark.parametrize(
        "other",
        [
            Contact(name="Ann Archer", email="ivo@joinery.example"),
            Contact(name="Ivo Brandt", email="ann@joinery.example"),
            Contact(email="ann@joinery.example"),
            Contact(name="Ann Archer"),
            Contact(phone="555-0110"),
            Contact(id="39"),
        ],
        ids=["email", "name", "email alone", "name alone", "phone alone", "id alone"],
    )
    def test_another_person_is_one_more(self, other: Contact) -> None:
        merged = united(evolve(SURVIVOR, contacts=(self.THERE,)), evolve(DUPLICATE, contacts=(other,)))
        assert merged.contacts == (self.THERE, other)

    def test_contacts_without_email_and_name_stay_apart(self) -> None:
        phones = (Contact(phone="555-0110"), Contact(phone="555-0111"), Contact(phone="555-0110"))
        assert united(SURVIVOR, evolve(DUPLICATE, contacts=phones)).contacts == phones[:2]

    def test_one_phone_of_two_ids_is_two(self) -> None:
        two = (Contact(id="31", phone="555-0110"), Contact(id="32", phone="555-0110"))
        assert united(SURVIVOR, evolve(DUPLICATE, contacts=two)).contacts == two

    def test_the_case_of_an_email_that_is_not_ascii_tells_people_apart(self) -> None:
        two = (Contact(email="zoë@joinery.example"), Contact(email="ZOË@joinery.example"))
        assert united(SURVIVOR, evolve(DUPLICATE, contacts=two)).contacts == two

    def test_doubles_of_the_survivor_itself_are_left_alone(self) -> None:
        survivor = evolve(SURVIVOR, contacts=(self.THERE, self.THERE))
        given = evolve(self.ANN, phone="555-0110")
        merged = united(survivor, evolve(DUPLICATE, contacts=(given,)))
        assert merged.contacts == (evolve(self.THERE, phone="555-0110"), self.THERE)

    def test_an_id_that_another_contact_has_is_not_lost(self) -> None:
        known = (evolve(self.THERE, id="30"), Contact(id="31", name="Ivo Brandt"))
        merged = merge_customers(evolve(SURVIVOR, contacts=known), [evolve(DUPLICATE, contacts=(self.ANN,))])
        assert "contacts.id" not in merged.lost


@pytest.mark.rule("G-LOSS")
class TestConservation:
    """Invariant 23: every name, address, email, phone and id of an input is in the survivor or on record."""

    @given(survivors, distinct_duplicates())
    def test_every_text_is_somewhere_as_it_was(self, survivor: Customer, duplicates: list[Customer]) -> None:
        merged = merge_customers(survivor, duplicates)
        kept = texts_kept(merged)
        for customer in (survivor, *duplicates):
            for name in (*NAMES, *EMAILS, *PHONES, *IDS):
                value = getattr(customer, name)
                assert is_blank(value) or value in kept
            assert customer.id in kept
            for line in book_of(customer):
                assert not line.id or line.id in kept
            for contact in people_of(customer):
                for value in (contact.name, contact.email, contact.phone, contact.id, contact.role):
                    assert is_blank(value) or value in kept

    @given(survivors, distinct_duplicates())
    def test_every_address_is_in_the_book(self, survivor: Customer, duplicates: list[Customer]) -> None:
        customer = merge_customers(survivor, duplicates).customer
        for given_one in (survivor, *duplicates):
            for line in book_of(given_one):
                bare = evolve(line, addressee=ABSENT) if is_blank(line.addressee) else line
                names = {text_key(each.addressee) for each in book_of(customer) if has_place(each, bare)}
                assert not says_something(line) or names
                assert is_blank(line.addressee) or text_key(line.addressee) in names
                assert is_blank(line.phone) or phone_key(line.phone) in {
                    phone_key(each.phone) for each in book_of(customer) if has_place(each, bare)
                }

    @given(survivors, distinct_duplicates())
    def test_no_line_and_no_contact_is_lost(self, survivor: Customer, duplicates: list[Customer]) -> None:
        assert {"addresses", "contacts"}.isdisjoint(merge_customers(survivor, duplicates).lost)

    @given(survivors, distinct_duplicates())
    def test_every_duplicate_keeps_its_line(self, survivor: Customer, duplicates: list[Customer]) -> None:
        customer = merge_customers(survivor, duplicates).customer
        for duplicate in duplicates:
            assert has_address(customer, kept_address(duplicate))

    @given(survivors, distinct_duplicates())
    def test_every_contact_is_there(self, survivor: Customer, duplicates: list[Customer]) -> None:
        customer = merge_customers(survivor, duplicates).customer

        def who(contact: Contact) -> tuple[str, str]:
            return email_key(contact.email) or text_key(contact.email), text_key(contact.name)

        there = {who(contact) for contact in people_of(customer)}
        assert there >= {who(each) for one in (survivor, *duplicates) for each in people_of(one)}

    @given(survivors, distinct_duplicates())
    def test_the_survivor_keeps_all_it_had(self, survivor: Customer, duplicates: list[Customer]) -> None:
        customer = merge_customers(survivor, duplicates).customer
        assert customer.ref == survivor.ref
        for name in (
            "email",
            "company_name",
            "first_name",
            "entity_id",
            "external_id",
            "created_at",
            "balance",
        ):
            assert is_blank(getattr(survivor, name)) or getattr(customer, name) == getattr(survivor, name)
        assert book_of(customer)[: len(book_of(survivor))] == book_of(survivor)
        assert len(people_of(customer)) >= len(people_of(survivor))

    @given(survivors, distinct_duplicates())
    def test_no_line_takes_over_a_default_or_an_id(
        self, survivor: Customer, duplicates: list[Customer]
    ) -> None:
        added = book_of(merge_customers(survivor, duplicates).customer)[len(book_of(survivor)) :]
        assert not any(line.id or line.default_billing or line.default_shipping for line in added)


def says_something(line: Address) -> bool:
    texts = (line.addressee, line.attention, line.line1, line.city, line.phone)
    return not all(map(is_blank, texts))


def has_place(there: Address, wanted: Address) -> bool:
    """Return whether a line says the place and the country of another, by an own reading."""

    def part(text: Any) -> str:
        return text_key(text).replace(".", "")

    place = all(
        part(getattr(there, name)) == part(getattr(wanted, name)) for name in ("line1", "city", "attention")
    )
    return place and (is_blank(wanted.country) or part(there.country) == part(wanted.country))


@pytest.mark.rule("ST-MRG-1")
class TestAlgebra:
    """Invariant 25: idempotent; merging a set into a survivor does not depend on order or grouping."""

    @given(survivors, distinct_duplicates())
    def test_twice_is_as_once(self, survivor: Customer, duplicates: list[Customer]) -> None:
        once = merge_customers(survivor, duplicates)
        again = merge_customers(once.customer, duplicates)
        assert again.customer == once.customer
        assert again.lost == once.lost
        assert merge_customers(once, duplicates) == once

    @given(survivors, distinct_duplicates(), st.randoms())
    def test_order(self, survivor: Customer, duplicates: list[Customer], chance: Any) -> None:
        shuffled = list(duplicates)
        chance.shuffle(shuffled)
        assert merge_customers(survivor, shuffled) == merge_customers(survivor, duplicates)

    @given(survivors, distinct_duplicates(), st.integers(0, 4))
    def test_grouping(self, survivor: Customer, duplicates: list[Customer], at: int) -> None:
        whole = merge_customers(survivor, duplicates)
        first, rest = duplicates[:at], duplicates[at:]
        assert merge_customers(merge_customers(survivor, first), rest) == whole
        if rest:
            assert merge_customers(survivor, [*first, merge_customers(rest[0], rest[1:])]) == whole

    @given(survivors, distinct_duplicates(), st.integers(0, 4))
    def test_one_after_the_other_nothing_else_is_said(
        self, survivor: Customer, duplicates: list[Customer], at: int
    ) -> None:
        """What a target shows between two merges has forgotten who gave what, but not what was given."""
        whole = merge_customers(survivor, duplicates)
        one = merge_customers(survivor, duplicates[:at])
        two = merge_customers(one.customer, duplicates[at:])
        assert said_places(two.customer) >= said_places(whole.customer)
        assert {text_key(each.addressee) for each in book_of(two.customer)} == {
            text_key(each.addressee) for each in book_of(whole.customer)
        }
        assert folded(texts_kept(whole)) <= folded(texts_kept(two) | texts_kept(one))

    def test_nothing_to_merge(self) -> None:
        assert merge_customers(SURVIVOR, []).customer is SURVIVOR
        assert merge_customers(SURVIVOR, []).lost == {}

    def test_one_given_twice_is_one(self) -> None:
        assert merge_customers(SURVIVOR, [DUPLICATE, DUPLICATE]).duplicates == (DUPLICATE,)


class TestRefusals:
    """What is no merge of one system's customers is refused by our own error, without a personal value."""

    def test_itself(self) -> None:
        with pytest.raises(InputError, match="netsuite:7 cannot be merged into itself"):
            merge_customers(SURVIVOR, [SURVIVOR])

    def test_another_system(self) -> None:
        with pytest.raises(InputError, match="stripe:9 and netsuite:7 are not of one system"):
            merge_customers(SURVIVOR, [Customer(ref=Ref("stripe", "9"))])

    def test_one_id_read_twice(self) -> None:
        with pytest.raises(InputError, match="netsuite:9 was given twice"):
            merge_customers(SURVIVOR, [DUPLICATE, evolve(DUPLICATE, email="ar@joinery.example")])

    @pytest.mark.parametrize("duplicates", [None, 7, DUPLICATE, [None], ["9"], "9"], ids=repr)
    def test_no_customers(self, duplicates: Any) -> None:
        with pytest.raises(InputError, match="customers"):
            merge_customers(SURVIVOR, duplicates)

    @given(
        st.dictionaries(st.sampled_from(sorted(TEXTS)), ANYTHING),
        st.dictionaries(
            st.sampled_from([each.name for each in fields(Address) if each.name != "extra"]), ANYTHING
        ),
        st.dictionaries(
            st.sampled_from([each.name for each in fields(Contact) if each.name != "extra"]), ANYTHING
        ),
    )
    def test_whatever_a_field_holds(self, texts: Any, line: Any, person: Any) -> None:
        """Nothing but our own errors leaves, and none shows a value."""
        whole = but(DUPLICATE, **texts, addresses=(Address(**line),), contacts=(Contact(**person),))
        with suppress(InputError):
            merge_customers(SURVIVOR, [whole])
        with suppress(InputError):
            captured(whole, but(SURVIVOR, addresses=(Address(**line),), contacts=(Contact(**person),)))
        with suppress(InputError):
            merge_customers(but(whole, ref=SURVIVOR.ref), [but(DUPLICATE, **texts)])

    @pytest.mark.parametrize("value", [object(), {1, 2}], ids=["object", "set"])
    def test_a_value_that_no_payload_holds(self, value: Any) -> None:
        with pytest.raises(InputError, match="no field of a customer holds a value of type"):
            captured(evolve(DUPLICATE, custom={"odd": value}), SURVIVOR)

    @pytest.mark.parametrize("key", [None, "in"], ids=["lists", "mappings"])
    def test_a_value_that_nests_too_deep(self, key: str | None) -> None:
        deep: Any = "x"
        for _ in range(5000):
            deep = {key: deep} if key else [deep]
        with pytest.raises(InputError, match="nests deeper than 40 levels"):
            captured(evolve(DUPLICATE, custom={"deep": deep}), evolve(SURVIVOR, custom={"deep": [[]]}))


@pytest.mark.rule("G-LOSS")
class TestCaptured:
    """The record of a merge, made before it starts: all that the duplicate says and the survivor does not."""

    @given(survivors, customers("9"))
    def test_it_is_json_and_holds_all_that_is_lost(self, survivor: Customer, duplicate: Customer) -> None:
        record = captured(duplicate, survivor)
        assert json.loads(json.dumps(record, allow_nan=False)) == record
        lost = merge_customers(survivor, [duplicate]).lost
        assert record.keys() >= {name for name in lost if "." not in name or name.startswith("custom")}
        for name in lost.keys() - record.keys():
            whole, _, part = name.partition(".")
            assert all(json.dumps(plain(value)) in json.dumps(record[whole]) for value in lost[name]), part

    @given(survivors, customers("9"))
    def test_with_the_survivor_before_it_loses_nothing(self, survivor: Customer, duplicate: Customer) -> None:
        """Whatever the target fills or not, survivor and record together have every text."""
        record = json.dumps(captured(duplicate, survivor))
        for name in (*NAMES, *EMAILS, *PHONES, *IDS):
            value = getattr(duplicate, name)
            assert is_blank(value) or value == getattr(survivor, name) or json.dumps(value) in record

    def test_what_would_fill_a_blank_is_kept_too(self) -> None:
        assert captured(evolve(DUPLICATE, fax="555-0106"), SURVIVOR) == {"id": ["9"], "fax": ["555-0106"]}

    def test_lines_and_contacts(self) -> None:
        duplicate = evolve(
            DUPLICATE,
            company_name="Zenith",
            addresses=(
                Address(id="1", line1="1 Elm St", default_billing=True, extra={"override": False}),
                Address(id="2", addressee="Dock 3", line1="2 Oak Ave", default_shipping=True),
            ),
            contacts=(Contact(id="31", phone="555-0110", extra={"n": float("nan")}),),
            created_at=EARLY,
        )
        assert captured(duplicate, SURVIVOR) == {
            "id": ["9"],
            "company_name": ["Zenith"],
            "created_at": ["2024-05-01 00:00:00+00:00"],
            "addresses.id": ["1", "2"],
            "addresses": [
                {"addressee": "Zenith", "line1": "1 Elm St", "extra": {"override": False}},
                {"addressee": "Dock 3", "line1": "2 Oak Ave"},
            ],
            "contacts": [{"id": "31", "phone": "555-0110", "extra": {"n": "nan"}}],
        }

    def test_code_points_that_no_store_keeps_are_escaped(self) -> None:
        record = captured(evolve(DUPLICATE, name="A\0\ud800é"), SURVIVOR)
        assert record["name"] == ["A\\x00\\ud800é"]

    def test_members_and_numbers(self) -> None:
        duplicate = evolve(
            DUPLICATE,
            subscription_status=SubscriptionStatus.SOFT_OPT_OUT,
            balance=Decimal("1.50"),
            is_inactive=False,
            custom={"deep": {"a": [1, 2.5, None]}},
        )
        assert captured(duplicate, SURVIVOR) == {
            "id": ["9"],
            "subscription_status": ["soft_opt_out"],
            "balance": ["1.50"],
            "is_inactive": [False],
            "custom.deep": [{"a": [1, 2.5, None]}],
        }


class TestPersonalValues:
    """No merge, record or error shows a personal value; each can be pickled."""

    @given(survivors, distinct_duplicates())
    def test_reprs(self, survivor: Customer, duplicates: list[Customer]) -> None:
        merged = merge_customers(survivor, duplicates)
        shown = repr(merged) + repr([captured(each, survivor) for each in duplicates])
        for canary in ("Acme", "Archer", "joinery", "Elm", "555", "crm-2"):
            assert canary not in shown.replace("external_id='crm-2'", "")
        assert pickle.loads(pickle.dumps(merged)) == merged  # noqa: S301


@pytest.mark.rule("ST-MRG-1", "G-LOSS")
class TestUnmerge:
    """The record of a merge gives both back; later changes stay with the survivor."""

    @given(customers("7"), distinct_duplicates())
    def test_a_merge_and_an_unmerge_change_nothing(self, stays: Customer, gone: list[Customer]) -> None:
        merged = merge_customers(stays, gone)
        survivor, *others = unmerge(merged)
        assert survivor == stays
        assert {one.ref: one for one in others} == {one.ref: one for one in gone}
        assert unmerge(merged, merged.customer) == (survivor, *others)

    @given(customers("7"), distinct_duplicates())
    def test_the_record_is_kept_as_json(self, stays: Customer, gone: list[Customer]) -> None:
        merged = merge_customers(stays, gone)
        assert load(Merged, json.loads(json.dumps(dump(merged)))) == merged

    @given(customers("7"), distinct_duplicates())
    def test_a_later_change_stays(self, stays: Customer, gone: list[Customer]) -> None:
        merged = merge_customers(stays, gone)
        line, ivo = Address(line1="9 Pine Ln"), Contact(email="ivo@later.example")
        now = evolve(
            merged.customer,
            title="Dr",
            custom={**merged.customer.custom, "later": 1},
            addresses=(*(merged.customer.addresses or ()), line),
            contacts=(*(merged.customer.contacts or ()), ivo),
        )
        survivor, *_ = unmerge(merged, now)
        assert survivor == evolve(
            stays,
            title="Dr",
            custom={**stays.custom, "later": 1},
            addresses=(*(stays.addresses or ()), line),
            contacts=(*(stays.contacts or ()), ivo),
        )

    def test_what_was_removed_since_stays_removed(self) -> None:
        stays = but(SURVIVOR, custom={"a": 1, "b": 2}, addresses=(Address(line1="1 Elm St"),))
        merged = merge_customers(stays, [but(DUPLICATE, custom={"c": 3})])
        survivor, _ = unmerge(merged, but(merged.customer, custom={"a": 1}, addresses=()))
        assert (survivor.custom, survivor.addresses) == ({"a": 1}, ())

    def test_another_customer_is_refused(self) -> None:
        with pytest.raises(InputError, match="the merge is of netsuite:7, not of netsuite:9"):
            unmerge(merge_customers(SURVIVOR, [DUPLICATE]), DUPLICATE)
