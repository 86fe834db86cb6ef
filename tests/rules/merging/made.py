"""Customers of few values, so that generated ones meet in names, addresses, contacts and blanks."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from custsync.models import ABSENT, Address, Contact, Customer, Ref, SubscriptionStatus

Record = TypeVar("Record", Customer, Address, Contact)

BLANKS = (ABSENT, None, "", "  ")
EARLY = datetime(2024, 5, 1, tzinfo=UTC)
LATE = datetime(2026, 5, 1, tzinfo=UTC)

SURVIVOR = Customer(ref=Ref("netsuite", "7"))
DUPLICATE = Customer(ref=Ref("netsuite", "9"))


def but(record: Record, **changes: Any) -> Record:
    """Return the record with some of its fields changed."""
    return evolve(record, **changes)


def one_of(*values: Any) -> SearchStrategy[Any]:
    """Return one of the values, or a blank."""
    return st.sampled_from([*BLANKS, *values, *values])


lines = st.builds(
    Address,
    id=st.sampled_from(["", "1", "2"]),
    label=one_of("Home"),
    attention=one_of("Accounts"),
    addressee=one_of("Acme", "ACME ", "Zenith"),
    line1=one_of("1 Elm St", "1 ELM ST.", "2 Oak Ave"),
    city=one_of("Astoria"),
    country=one_of("US", "CA"),
    phone=one_of("555-0100", "(555) 0100", "555-0101"),
    default_billing=st.booleans(),
    default_shipping=st.booleans(),
    is_residential=st.sampled_from([ABSENT, None, True, False]),
    extra=st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from([None, 1, "x"]), max_size=2),
)

people = st.builds(
    Contact,
    id=st.sampled_from(["", "31", "32"]),
    name=one_of("Ann Archer", "ann  archer", "Ivo Brandt"),
    email=one_of("ann@joinery.example", "Ann@Joinery.example", "no email"),
    phone=one_of("555-0110", "555-0111"),
    role=one_of("-10"),
    company=one_of("7", "9", "10", "55"),
    origin=st.sampled_from(["", "email"]),
    extra=st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from([None, 1, "x"]), max_size=2),
)

custom_fields = st.dictionaries(
    st.sampled_from(["tier", "codes", "owed"]),
    st.sampled_from([None, "", "gold", "silver", 0, 1, True, False, [], ["a"], {"a": 1}, Decimal("1.5")]),
    max_size=3,
)


def books(each: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Return a list of lines or people; null and absent too."""
    return st.sampled_from([ABSENT, None]) | st.lists(each, max_size=3).map(tuple)


def customers(*ids: str) -> SearchStrategy[Customer]:
    """Return customers of one system with one of the ids."""
    return st.builds(
        Customer,
        ref=st.sampled_from([Ref("netsuite", identity) for identity in ids]),
        name=one_of("Archer, Ann"),
        is_person=st.sampled_from([ABSENT, None, True, False]),
        company_name=one_of("Acme", "Zenith"),
        alt_name=one_of("Acme Ltd"),
        salutation=one_of("Ms."),
        first_name=one_of("Ann", "ANN", "Ivo"),
        middle_name=one_of("Q."),
        last_name=one_of("Archer", "Brandt", "NoLastName"),
        title=one_of("Owner"),
        entity_id=one_of("CUST1", "CUST2"),
        external_id=one_of("crm-1", "crm-2"),
        email=one_of("ap@joinery.example", "ar@joinery.example"),
        alt_email=one_of("info@joinery.example"),
        phone=one_of("555-0100", "555-0101"),
        mobile_phone=one_of("555-0102", "555-0103"),
        home_phone=one_of("555-0104"),
        alt_phone=one_of("555-0105"),
        fax=one_of("555-0106"),
        subsidiary=one_of("1", "2"),
        parent=one_of("7", "9", "88"),
        category=one_of("3"),
        currency=one_of("1"),
        subscription_status=st.sampled_from([ABSENT, None, *SubscriptionStatus]),
        is_inactive=st.sampled_from([ABSENT, True, False]),
        balance=st.sampled_from([ABSENT, None, Decimal("1.50"), Decimal(0)]),
        created_at=st.sampled_from([ABSENT, None, EARLY, LATE]),
        modified_at=st.sampled_from([ABSENT, None, EARLY, LATE]),
        addresses=books(lines),
        contacts=books(people),
        custom=custom_fields,
        extra=custom_fields,
    )


def distinct_duplicates(most: int = 4) -> SearchStrategy[list[Customer]]:
    """Return up to so many customers, none of them the survivor, each id once."""
    return st.lists(customers("9", "10", "11", "12"), max_size=most, unique_by=lambda each: each.ref)
