"""The name that a target shows: Stripe's rule and Upflow's, kind by kind, and what never leaks."""

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custsync.errors import ConfigurationError, InputError
from custsync.models import ABSENT, Customer, Ref
from custsync.rules.names import (
    NamePolicy,
    display_name,
    join_name,
    split_name,
    stripe_name,
    upflow_name,
)

BLANKS = [None, ABSENT, "", "  "]
BLANK_IDS = ["null", "absent", "empty", "blanks"]


def customer(**fields: Any) -> Customer:
    return Customer(ref=Ref("netsuite", "7"), **fields)


@pytest.mark.rule("SP-NAME")
class TestStripeName:
    """An individual shows first and last name, a company its company name."""

    @pytest.mark.parametrize(
        ("fields", "text", "how"),
        [
            pytest.param({"first_name": "Ann", "last_name": "Archer"}, "Ann Archer", "first_last", id="both"),
            pytest.param({"first_name": " Ann "}, "Ann", "first_only", id="first only"),
            pytest.param({"last_name": " Archer "}, "Archer", "last_only", id="last only"),
            pytest.param({"company_name": "Acme", "alt_name": "A"}, None, "none", id="neither"),
            pytest.param(
                {"first_name": "Ann", "middle_name": "Q.", "last_name": "Archer"},
                "Ann Archer",
                "first_last",
                id="no middle name",
            ),
            pytest.param(
                {"first_name": "Ann", "last_name": "Archer", "company_name": "Acme"},
                "Ann Archer",
                "first_last",
                id="no company name",
            ),
        ],
    )
    def test_individual(self, fields: dict[str, str], text: str | None, how: str) -> None:
        named = stripe_name(customer(is_person=True, **fields))
        assert (named.text, named.how, named.rule) == (text, how, "SP-NAME")

    def test_company(self) -> None:
        named = stripe_name(customer(is_person=False, company_name=" Acme, Inc. ", first_name="Ann"))
        assert (named.text, named.how, named.rule) == ("Acme, Inc.", "company_name", "SP-NAME")

    @pytest.mark.parametrize("blank", BLANKS, ids=BLANK_IDS)
    def test_company_never_shows_a_person(self, blank: Any) -> None:
        named = stripe_name(
            customer(is_person=False, company_name=blank, first_name="Ann", last_name="Archer")
        )
        assert (named.text, named.how, named.rule) == (None, "none", "SP-NAME")

    @pytest.mark.parametrize("unknown", [None, ABSENT], ids=["null", "absent"])
    def test_unknown_kind_goes_by_the_company_name(self, unknown: Any) -> None:
        fields = {"is_person": unknown, "first_name": "Ann", "last_name": "Archer"}
        assert stripe_name(customer(company_name="Acme", **fields)).text == "Acme"
        assert stripe_name(customer(company_name=" ", **fields)).text == "Ann Archer"

    def test_placeholder_is_shown_unless_dropped(self) -> None:
        emily = customer(is_person=True, first_name="Emily", last_name="NoLastName")
        assert stripe_name(emily).text == "Emily NoLastName"
        dropped = stripe_name(emily, drop_placeholder=True)
        assert (dropped.text, dropped.how, dropped.rule) == ("Emily", "placeholder_dropped", "SP-NAME")

    def test_only_the_placeholder_is_dropped(self) -> None:
        ann = customer(is_person=True, first_name="Ann", last_name="nolastname")
        assert stripe_name(ann, drop_placeholder=True).text == "Ann nolastname"
        assert stripe_name(ann, drop_placeholder=True, placeholder="nolastname").text == "Ann"

    def test_placeholder_alone_is_no_name(self) -> None:
        nobody = customer(is_person=True, last_name="NoLastName")
        assert stripe_name(nobody, drop_placeholder=True).text is None

    def test_what_split_name_filled_in_is_dropped_again(self) -> None:
        split = split_name("Emily")
        emily = customer(is_person=True, first_name=split.first, last_name=split.last)
        assert stripe_name(emily, drop_placeholder=True).text == "Emily"


@pytest.mark.rule("UF-NAME")
class TestUpflowName:
    """The company name of a customer who is no person; a person's alt name; otherwise the entity ID."""

    @pytest.mark.parametrize("blank", BLANKS, ids=BLANK_IDS)
    @pytest.mark.parametrize(
        ("fields", "text", "how"),
        [
            pytest.param({"is_person": False, "company_name": " A "}, "A", "company_name", id="company"),
            pytest.param(
                {"is_person": False, "alt_name": "Alt"}, "C7", "entity_id", id="company, alt name only"
            ),
            pytest.param({"is_person": True, "alt_name": " Alt "}, "Alt", "alt_name", id="person"),
            pytest.param(
                {"is_person": True, "company_name": "Acme"}, "C7", "entity_id", id="person, company only"
            ),
            pytest.param({"company_name": "Acme"}, "Acme", "company_name", id="unknown kind, company"),
            pytest.param({"alt_name": "Alt"}, "C7", "entity_id", id="unknown kind, alt name"),
        ],
    )
    def test_table(self, blank: Any, fields: dict[str, Any], text: str, how: str) -> None:
        given_fields = {"company_name": blank, "alt_name": blank, "entity_id": " C7 "} | fields
        named = upflow_name(customer(**given_fields))
        assert (named.text, named.how, named.rule) == (text, how, "UF-NAME")

    @pytest.mark.parametrize("kind", [{"is_person": True}, {"is_person": False}, {}], ids=str)
    def test_nothing_there(self, kind: dict[str, bool]) -> None:
        named = upflow_name(customer(**kind))
        assert (named.text, named.how, named.rule) == (None, "none", "UF-NAME")


class TestDisplayName:
    """The rule can be held as data."""

    def test_stripe(self) -> None:
        emily = customer(is_person=True, first_name="Emily", last_name="NoLastName")
        assert display_name(emily, "SP-NAME") == stripe_name(emily)
        assert display_name(emily, "SP-NAME", drop_placeholder=True).text == "Emily"

    def test_upflow(self) -> None:
        assert display_name(customer(entity_id="C7"), "UF-NAME") == upflow_name(customer(entity_id="C7"))

    def test_another_rule(self) -> None:
        with pytest.raises(ConfigurationError, match="SP-NAME or UF-NAME"):
            display_name(customer(), "XX-NAME")  # type: ignore[arg-type]


class TestJoinName:
    """The parts that are there, one blank between them."""

    @given(st.lists(st.sampled_from(["Ann", " Q. ", "", "  "]), min_size=3, max_size=3))
    def test_joins_what_is_there(self, parts: list[str]) -> None:
        first, middle, last = parts
        assert join_name(first, last, middle) == " ".join(" ".join(parts).split())


class TestHygiene:
    """No name in a repr, no foreign exception, everything picklable."""

    CANARY = "Xq7canary"

    def test_repr_hides_names(self) -> None:
        person = customer(is_person=True, first_name=self.CANARY, last_name=self.CANARY)
        split = split_name(
            f"Dr. {self.CANARY} {self.CANARY} Jr.", policy=NamePolicy(titles=True, suffixes=True)
        )
        assert self.CANARY not in repr(stripe_name(person)) + repr(split) + "".join(map(str, split.issues))
        assert repr(stripe_name(person)) == "Named(<text 19>, how='first_last', rule='SP-NAME')"
        assert repr(stripe_name(customer())) == "Named(None, how='none', rule='SP-NAME')"
        shape = "SplitName(first=<text 9>, last=<text 10>, how='single', issues=(placeholder_last))"
        assert repr(split_name(self.CANARY)) == shape

    @pytest.mark.parametrize("value", [7, b"Ann", ["Ann"], True, {}], ids=repr)
    def test_what_is_no_text_is_refused(self, value: Any) -> None:
        with pytest.raises(InputError, match="a text was expected"):
            split_name(value)
        with pytest.raises(InputError, match="a text was expected"):
            stripe_name(customer(first_name=value))
        with pytest.raises(InputError, match="a text was expected"):
            upflow_name(customer(entity_id=value))
        with pytest.raises(InputError, match="a text was expected"):
            join_name("Ann", value)

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_pickles(self, protocol: int) -> None:
        values = (split_name("Emily"), NamePolicy(titles=True), upflow_name(customer(entity_id="C7")))
        assert pickle.loads(pickle.dumps(values, protocol)) == values  # noqa: S301  (made here)
