"""The name that is shown: the first of a caller's order, without the last name that was invented."""

import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import ConfigurationError, InputError
from custsync.models import ABSENT, Customer, Ref
from custsync.rules.names import (
    DisplayName,
    NamePolicy,
    NameSource,
    NamingRule,
    display_name,
    resplit_name,
    split_name,
)
from custsync.rules.names.display import order_by_kind, without_placeholder

BLANKS = [None, ABSENT, "", "  ", "NoLastName"]
BLANK_IDS = ["null", "absent", "empty", "blanks", "placeholder"]


def customer(**fields: Any) -> Customer:
    return Customer(ref=Ref("netsuite", "7"), **fields)


EVERYTHING = customer(
    company_name=" Acme ",
    first_name=" Ann ",
    middle_name="Q.",
    last_name="Archer ",
    alt_name="Ann A.",
    name="A. Archer",
    entity_id="C7",
    email="ann@x.example",
)
SHOWN: dict[NameSource, str] = {
    "company_name": "Acme",
    "first_last": "Ann Archer",
    "alt_name": "Ann A.",
    "name": "A. Archer",
    "entity_id": "C7",
    "email": "ann@x.example",
}


@pytest.mark.rule("SP-NAME", "UF-NAME")
class TestDisplayName:
    """The first name of the order that the customer has, trimmed, and where it comes from."""

    @pytest.mark.parametrize("source", SHOWN)
    def test_each_source(self, source: NameSource) -> None:
        assert display_name(EVERYTHING, order=(source,)) == DisplayName(SHOWN[source], source)

    @given(st.permutations(list(SHOWN)))
    def test_the_first_of_any_order(self, order: list[NameSource]) -> None:
        assert display_name(EVERYTHING, order=order).source == order[0]

    @pytest.mark.parametrize("blank", BLANKS, ids=BLANK_IDS)
    def test_a_blank_one_is_passed_over(self, blank: Any) -> None:
        fields = {"company_name": blank, "first_name": blank, "last_name": blank, "name": blank}
        shown = display_name(
            customer(entity_id="C7", **fields), order=("company_name", "first_last", "name", "entity_id")
        )
        assert shown == DisplayName("C7", "entity_id")

    @pytest.mark.parametrize("order", [(), ("name",), ("email", "first_last")], ids=str)
    def test_none_of_them(self, order: Any) -> None:
        assert display_name(customer(alt_name="Alt"), order=order) == DisplayName()

    @pytest.mark.parametrize(
        ("fields", "text"),
        [({"first_name": "Ann"}, "Ann"), ({"last_name": "Archer"}, "Archer")],
        ids=["first", "last"],
    )
    def test_one_of_two_parts(self, fields: dict[str, str], text: str) -> None:
        assert display_name(customer(**fields), order=("first_last",)).text == text

    @pytest.mark.parametrize("order", [("SP-NAME",), ("last_name",), "name", (None,)], ids=str)
    def test_something_else(self, order: Any) -> None:
        with pytest.raises(ConfigurationError, match="a name comes from company_name, first_last"):
            display_name(customer(), order=order)

    def test_as_a_rule(self) -> None:
        rule = NamingRule(("alt_name", "name"), placeholder="Ann")
        assert rule(EVERYTHING) == display_name(EVERYTHING, order=rule.order, placeholder="Ann")
        assert rule(EVERYTHING).text == "A."

    @pytest.mark.parametrize(
        ("kind", "order"),
        [
            (True, ("first_last",)),
            (False, ("company_name",)),
            (None, ("company_name", "first_last")),
            (ABSENT, ("company_name", "first_last")),
        ],
        ids=repr,
    )
    def test_the_order_of_a_kind(self, kind: Any, order: tuple[str, ...]) -> None:
        assert order_by_kind(customer(is_person=kind)) == order


@pytest.mark.rule("SP-NAME")
class TestPlaceholder:
    """The last name that was invented is no part of a shown name, wherever it stands as a whole word."""

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("Emily NoLastName", "Emily"),
            ("NoLastName, Emily", "Emily"),
            ("NoLastName", ""),
            ("12 Emily NoLastName", "12 Emily"),
            ("Emily NoLastName : Attic", "Emily : Attic"),
            (" Emily  NoLastName ", "Emily"),
            ("NoLastName NoLastName", ""),
            ("Emily nolastname", "Emily nolastname"),
            ("NoLastNameson", "NoLastNameson"),
            ("Emily-NoLastName", "Emily-NoLastName"),
            ("Smith, Ann,", "Smith, Ann,"),
            ("", ""),
        ],
    )
    def test_whole_words_alone(self, text: str, shown: str) -> None:
        assert without_placeholder(text) == shown

    def test_another_one(self) -> None:
        assert without_placeholder("Emily - Unknown", "Unknown") == "Emily -"
        assert without_placeholder("Emily NoLastName", "Unknown") == "Emily NoLastName"

    def test_by_the_letter(self) -> None:
        assert without_placeholder("Emily NoLastName", "") == "Emily NoLastName"

    def test_a_text_that_holds_it_within_a_word_stays_to_the_sign(self) -> None:
        assert without_placeholder("NoLastNameson, Emily ,") == "NoLastNameson, Emily ,"

    @pytest.mark.parametrize("source", SHOWN)
    def test_of_no_source(self, source: NameSource) -> None:
        fields: dict[str, str] = {"first_name": "Emily", "last_name": "NoLastName"}
        if source != "first_last":
            fields[source] = "Emily NoLastName"
        emily = customer(**fields)
        assert display_name(emily, order=(source,)).text == "Emily"
        assert display_name(emily, order=(source,), placeholder="").text == "Emily NoLastName"

    @given(st.text(min_size=1).filter(lambda text: " " not in text and "," not in text))
    def test_what_split_name_fills_in_is_not_shown(self, name: str) -> None:
        split = split_name(name)
        emily = customer(first_name=split.first, last_name=split.last)
        assert "NoLastName" not in (display_name(emily, order=("first_last",)).text or "").split(" ")


class TestHygiene:
    """No name in a repr, no foreign exception, everything picklable."""

    CANARY = "Xq7canary"

    def test_repr_hides_names(self) -> None:
        shown = display_name(customer(name=self.CANARY), order=("name",))
        split = split_name(
            f"Dr. {self.CANARY} {self.CANARY} Jr.", policy=NamePolicy(titles=True, suffixes=True)
        )
        assert self.CANARY not in repr(shown) + repr(split) + "".join(map(str, split.issues))
        assert repr(shown) == "DisplayName(<text 9>, source='name')"
        assert repr(DisplayName()) == "DisplayName(None, source=None)"
        shape = "SplitName(first=<text 9>, last=<text 10>, how='single', issues=(placeholder_last))"
        assert repr(split_name(self.CANARY)) == shape

    @pytest.mark.parametrize("value", [7, b"Ann", ["Ann"], True, {}], ids=repr)
    def test_what_is_no_text_is_refused(self, value: Any) -> None:
        with pytest.raises(InputError, match="a text was expected"):
            split_name(value)
        with pytest.raises(InputError, match="a text was expected"):
            resplit_name("Ann Archer", first=value, last="Archer")
        for source in SHOWN:
            fields: dict[str, Any] = {"first_name" if source == "first_last" else source: value}
            with pytest.raises(InputError, match="a text was expected"):
                display_name(customer(**fields), order=(source,))

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_pickles(self, protocol: int) -> None:
        values = (
            split_name("Emily"),
            NamePolicy(titles=True),
            NamingRule(("name",)),
            display_name(customer(name="Acme"), order=("name",)),
        )
        assert pickle.loads(pickle.dumps(values, protocol)) == values  # noqa: S301  (made here)
