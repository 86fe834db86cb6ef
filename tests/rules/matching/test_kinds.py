"""Kinds of values: their match keys, and how a field's kind is found."""

import pytest
from attrs import evolve
from hypothesis import example, given, strategies as st

from custsync.models import Customer, Ref
from custsync.rules.matching import MatchStrategy, Rule, match_customers
from custsync.rules.matching.kinds import KINDS, Kind, kind_of
from custsync.rules.matching.records import read_records
from custsync.rules.matching.rule import Key
from custsync.rules.matching.steps import MatchStep, keys_for
from custsync.rules.normalize import email_key
from custsync.rules.normalize.damage import stands_for_nothing


def key(kind: str, text: str, *country: str) -> str | None:
    return KINDS[kind].key(text, *country)


class TestKeys:
    """Texts that people write in several ways have one key."""

    @pytest.mark.parametrize(
        ("kind", "one", "other"),
        [
            ("text", "Müller-Lüdenscheidt", "MULLER LUDENSCHEIDT"),
            ("name", "Søren Ærø", "soren aero"),
            ("company", "Lund & Brandt, Ltd.", "LUND AND BRANDT"),
            ("postcode", "LS1 2ND", "ls1-2nd"),
            ("number", "No. 12", "12"),
            ("date", "1970-05-12", "19700512"),
            ("date", "1970-05-12T08:00:00", "1970-05-12"),
            ("email", "AP@Joinery.Example ", "ap@joinery.example"),
            ("email", "b@x.example; a@x.example", "a@x.example, b@x.example"),
            ("id", " cus_1 ", "cus_1"),
            ("code", "NSW", "nsw"),
            ("initials", "J. Smith", "John Smith"),
            ("any_order", "Smith, John", "John Smith"),
            ("transposed", "4560", "4605"),
        ],
    )
    def test_are_the_same(self, kind: str, one: str, other: str) -> None:
        assert key(kind, one) == key(kind, other)
        assert key(kind, one) is not None

    @pytest.mark.parametrize(("kind", "text"), [(kind, " ") for kind in sorted(KINDS) if kind != "phone"])
    def test_a_blank_has_none(self, kind: str, text: str) -> None:
        assert key(kind, text) is None

    @pytest.mark.parametrize(
        ("kind", "text"), [("email", "n/a"), ("number", "none"), ("date", "unknown"), ("initials", "Cher")]
    )
    def test_what_is_no_such_value_has_none(self, kind: str, text: str) -> None:
        assert key(kind, text) is None

    def test_an_id_keeps_its_case(self) -> None:
        assert key("id", "aB") != key("id", "Ab")

    def test_a_phone_needs_its_country(self) -> None:
        assert key("phone", "(503) 555-0142", "US") == key("phone", "+1 503 555 0142", "") == "15035550142"
        assert key("phone", "503 555 0142", "GB") != key("phone", "+1 503 555 0142", "GB")

    def test_several_phones_are_several_keys(self) -> None:
        assert key("phone", "503-555-0142 / 503-555-0180", "US") == "15035550142 15035550180"
        assert key("phone", "call the office", "US") is None

    def test_one_digit_repeated_is_no_phone(self) -> None:
        assert key("phone", "0000000", "") is None


class TestColumns:
    """A list has the keys that each of its texts has by itself."""

    TEXTS = st.one_of(
        st.none(),
        st.emails(),
        st.text("aB1 @.\n\u00e9", max_size=8),
        st.sampled_from(["a@b.example", "A@B.example", "x"]),
    )

    @pytest.mark.parametrize(
        "kind", [kind for kind in KINDS.values() if kind.keys], ids=lambda kind: kind.name
    )
    @given(texts=st.lists(TEXTS))
    @example(texts=["a@b.example\nc@d.example", "A@b.example"])
    @example(texts=["a" * 503 + "@b.example", ""])
    @example(texts=["A@b.example", "n/a"])
    @example(texts=["A@b.example ", " a"])
    def test_of_many_at_once(self, kind: Kind, texts: list[str | None]) -> None:
        rows = read_records([{"id": place, "no": text} for place, text in enumerate(texts)], "rows")
        keys = [None if stands_for_nothing(text or "") else kind.key(text or "") for text in texts]
        assert rows.keys(["no"], kind) == keys

    @pytest.mark.parametrize(
        "kind", [kind for kind in KINDS.values() if kind.keys], ids=lambda kind: kind.name
    )
    def test_plain_ones_need_no_closer_look(self, kind: Kind) -> None:
        assert kind.keys is not None
        assert kind.keys(["a@b.example", "", "c@d.example"]) == ["a@b.example", None, "c@d.example"]

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize("kind", ["code", "company", "id", "name"])
    @pytest.mark.parametrize("text", ["#N/A", " #REF! ", "NULL", "nan", "[object Object]"])
    def test_what_a_spreadsheet_wrote_for_a_value_is_nobodys(self, kind: str, text: str) -> None:
        """In a list, and in a flow."""
        rows = read_records([{"id": 1, "no": text}, {"id": 2, "no": "Null"}], "rows")
        column = rows.keys(["no"], KINDS[kind])
        assert (column[0], column[1]) == (None, key(kind, "Null"))
        found = MatchStep(id="OURS", keys=Key("entity_id", kind=kind), question="Is it there?", lookup="id")
        customer = Customer(ref=Ref("netsuite", "1"), entity_id=text)
        assert keys_for(found, customer) == ()
        assert keys_for(found, evolve(customer, entity_id="Null")) == (key(kind, "Null"),)

    @pytest.mark.parametrize("kind", ["code", "company", "id", "name", "text", "words", "any_order"])
    @pytest.mark.parametrize(
        "text", ["n/a", "N/A ", " unknown", "None", "NONE", "-", ".", "?", "Not Available"]
    )
    def test_a_placeholder_is_nobodys(self, kind: str, text: str) -> None:
        """In a list, in a key of several fields, and in a flow."""
        rows = read_records([{"id": 1, "a": text, "b": text}, {"id": 2, "a": "Nona", "b": text}], "rows")
        assert rows.keys(["a"], KINDS[kind]) == [None, key(kind, "Nona")]
        assert rows.keys(["a", "b"], KINDS[kind]) == [None, None]
        customer = Customer(ref=Ref("netsuite", "1"), entity_id=text, alt_name="Nona")
        for names in (("entity_id",), ("alt_name", "entity_id")):
            step = MatchStep(id="OURS", keys=Key(*names, kind=kind), question="Is it there?", lookup="id")
            assert keys_for(step, customer) == ()
            assert keys_for(step, evolve(customer, entity_id="Nona")) != ()

    @pytest.mark.parametrize("kind", ["code", "company", "id", "name", "text"])
    def test_a_testers_word_is_nobodys_where_it_alone_is_the_evidence(self, kind: str) -> None:
        """`Test` is a surname as well: it counts beside another field, and as an id."""
        rows = [{"id": 1, "a": "Test", "b": "Ann"}]
        alone, both = Key("a", kind=kind), (Key("a", kind=kind), Key("b", kind=kind))
        rules = [
            Rule("ALONE", alone),
            Rule("BOTH", *both),
            Rule("JOINED", Key("a", "b", kind=kind)),
            Rule("ID", alone, authoritative=True),
        ]
        for rule, is_found in zip(rules, (False, True, True, True), strict=True):
            found = match_customers(rows, rows, MatchStrategy(rules=[rule])).matches
            assert bool(found) is is_found, rule
        step = MatchStep(id="OURS", keys=Key("entity_id", kind=kind), question="Is it there?", lookup="id")
        assert keys_for(step, Customer(ref=Ref("netsuite", "1"), entity_id=" test ")) == ()

    @given(st.one_of(st.emails(), st.sampled_from(["K@mail.example", "\u212a@mail.example"])))
    def test_of_one_email_is_its_key(self, text: str) -> None:
        assert KINDS["email"].key(text) == email_key(text)


class TestTheKindOfAField:
    """A field's kind follows from its name, else from its values."""

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("billing_email", "email"),
            ("mobilePhone", "phone"),
            ("billing_address.postal_code", "postcode"),
            ("zip", "postcode"),
            ("date_of_birth", "date"),
            ("company_name", "company"),
            ("state", "code"),
            ("given_name", "name"),
            ("lastName", "name"),
            ("street_number", "number"),
            ("vat_number", "id"),
            ("address_1", "text"),
            ("billing_address.city", "name"),
            ("entity_id", "id"),
        ],
    )
    def test_by_name(self, name: str, kind: str) -> None:
        assert kind_of(name, ()).name == kind

    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            ((), "text"),
            ((" ",), "text"),
            (("20240131", "2024-02-01"), "date"),
            (("12", "7"), "number"),
            (("a@b.example",), "email"),
            (("12", "x"), "text"),
        ],
    )
    def test_by_values(self, values: tuple[str, ...], kind: str) -> None:
        assert kind_of("x", values).name == kind
