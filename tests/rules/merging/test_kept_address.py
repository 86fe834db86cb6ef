"""The kept address: the duplicate's name and address, as one line of the survivor, written once."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from custsync.errors import InputError
from custsync.models import ABSENT, Address, Customer
from custsync.rules.merging import kept_address
from custsync.rules.merging.lines import has_address
from tests.rules.merging.made import BLANKS, DUPLICATE, SURVIVOR, but, customers, lines

BILLING = Address(id="1", line1="1 Elm St", default_billing=True, extra={"override": False})
SHIPPING = Address(id="2", line1="2 Oak Ave", default_shipping=True)
OTHER = Address(id="3", city="Astoria")
NO_PLACE = Address(id="4", country="US", addressee="Dock 3", default_billing=True)


@pytest.mark.rule("ST-MRG-1")
class TestWhichAddress:
    """The default billing address, else the default shipping address, else the first that names a place."""

    @pytest.mark.parametrize(
        ("addresses", "expected"),
        [
            ((OTHER, SHIPPING, BILLING), Address(line1="1 Elm St")),
            ((OTHER, SHIPPING), Address(line1="2 Oak Ave")),
            ((OTHER,), Address(city="Astoria")),
            ((NO_PLACE, OTHER), Address(city="Astoria")),
            ((NO_PLACE, SHIPPING, OTHER), Address(line1="2 Oak Ave")),
            ((NO_PLACE,), Address()),
            ((), Address()),
            (None, Address()),
            (ABSENT, Address()),
        ],
        ids=[
            "billing",
            "shipping",
            "first",
            "a place",
            "a default place",
            "no place",
            "empty",
            "null",
            "absent",
        ],
    )
    def test_order(self, addresses: Any, expected: Address) -> None:
        duplicate = evolve(DUPLICATE, company_name="Zenith", addresses=addresses)
        assert kept_address(duplicate) == evolve(expected, addressee="Zenith")


@pytest.mark.rule("ST-MRG-1")
class TestWhichName:
    """The addressee is the duplicate's shown name, whatever addressee the line had."""

    @pytest.mark.parametrize(
        ("names", "expected"),
        [
            (
                {"is_person": True, "first_name": "Ann", "last_name": "Archer", "company_name": "Acme"},
                "Ann Archer",
            ),
            ({"is_person": True, "first_name": "Ann", "last_name": "NoLastName"}, "Ann"),
            ({"is_person": False, "company_name": " Acme ", "first_name": "Ann"}, "Acme"),
            ({"is_person": False, "name": "Archer, Ann", "alt_name": "A"}, "Archer, Ann"),
            ({"is_person": True, "last_name": "NoLastName", "alt_name": "Ann A."}, "Ann A."),
            ({"entity_id": "CUST7", "alt_name": " "}, "CUST7"),
        ],
        ids=["person", "placeholder", "company", "name", "alt name", "entity id"],
    )
    def test_order(self, names: dict[str, Any], expected: str) -> None:
        line = evolve(BILLING, addressee="Dock 3")
        assert kept_address(evolve(DUPLICATE, addresses=(line,), **names)).addressee == expected
        assert kept_address(but(DUPLICATE, **names)) == Address(addressee=expected)

    def test_without_any_name_the_line_keeps_its_own(self) -> None:
        line = evolve(BILLING, addressee="Dock 3")
        assert kept_address(evolve(DUPLICATE, addresses=(line,))).addressee == "Dock 3"

    def test_without_name_and_address_there_is_nothing_to_keep(self) -> None:
        assert kept_address(DUPLICATE) == Address()
        assert has_address(SURVIVOR, kept_address(DUPLICATE))

    @given(customers("9"))
    def test_it_is_a_new_line(self, duplicate: Customer) -> None:
        kept = kept_address(duplicate)
        assert (kept.id, kept.default_billing, kept.default_shipping, dict(kept.extra)) == (
            "",
            False,
            False,
            {},
        )

    def test_a_name_that_is_no_text(self) -> None:
        odd: Any = 7
        with pytest.raises(InputError, match="a text was expected, not int"):
            kept_address(evolve(DUPLICATE, name=odd))


@pytest.mark.rule("ST-MRG-1")
class TestHasAddress:
    """A line that the survivor has already, as lines are compared, is not written again."""

    LINE = Address(addressee="Zenith", attention="Accounts", line1="1 Elm St", city="Astoria", state="OR")

    @pytest.mark.parametrize(
        "change",
        [
            {},
            {"addressee": "ZENITH "},
            {"line1": "1  ELM ST."},
            {"line1": "1 Elm", "line2": "St"},
            {"label": "Home", "id": "8", "default_billing": True, "extra": {"a": 1}},
            {"country": "US"},
            {"phone": "555-0100"},
            {"country": "US", "phone": "555-0100"},
        ],
        ids=lambda change: ", ".join(change) or "equal",
    )
    def test_there(self, change: dict[str, Any]) -> None:
        customer = evolve(SURVIVOR, addresses=(OTHER, but(self.LINE, **change)))
        assert has_address(customer, self.LINE)

    @pytest.mark.parametrize(
        "change",
        [
            {"addressee": "Acme"},
            {"addressee": ABSENT},
            {"attention": None},
            {"line1": "2 Oak Ave"},
            {"city": ""},
            {"state": "WA"},
            {"postal_code": "97103"},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_not_there(self, change: dict[str, Any]) -> None:
        assert not has_address(evolve(SURVIVOR, addresses=(but(self.LINE, **change),)), self.LINE)

    @pytest.mark.parametrize("name", ["country", "phone"])
    def test_what_the_line_says_must_be_there(self, name: str) -> None:
        customer = evolve(SURVIVOR, addresses=(self.LINE,))
        assert not has_address(customer, but(self.LINE, **{name: "1"}))

    @pytest.mark.parametrize("addresses", [ABSENT, None, ()], ids=repr)
    def test_no_book(self, addresses: Any) -> None:
        customer = evolve(SURVIVOR, addresses=addresses)
        assert not has_address(customer, self.LINE)
        assert has_address(customer, Address(label="Home", country="US"))

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    def test_blanks_are_alike(self, blank: Any) -> None:
        assert has_address(evolve(SURVIVOR, addresses=(evolve(self.LINE, phone=blank),)), self.LINE)

    @given(lines, customers("7"))
    def test_what_was_written_is_there(self, line: Address, customer: Customer) -> None:
        assert has_address(evolve(customer, addresses=(*(customer.addresses or ()), line)), line)
