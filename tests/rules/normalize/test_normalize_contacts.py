"""Keys of emails and phones: no more forgiving than they say."""

import string
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.models import ABSENT, Address, Customer, Ref
from custsync.rules.normalize import CleanEmail, clean_email, email_key, phone_key, phone_keys, text_key
from custsync.rules.normalize.phones import CALLING_CODES, TRUNK_PREFIXES, phone_keys_of

BLANKS = [None, ABSENT, "", "  \t"]
ANY_TEXT = (
    st.text() | st.text("aßİıſK\u0301\u200c\ufeff@.;,<>'\u3000\uff21\u0661 ") | st.text(string.printable)
)


class TestEmailKey:
    """Trimmed; ASCII addresses lower-cased; any other local part byte for byte; nothing else is folded."""

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            pytest.param(" AP@Joinery.Example\n", "ap@joinery.example", id="trimmed, small"),
            pytest.param("a.b+tag@x.example", "a.b+tag@x.example", id="dots and tags stay"),
            pytest.param("a@b", "a@b", id="one label"),
            pytest.param("İ@x.example", "İ@x.example", id="no full case folding"),
            pytest.param("ıAN@x.example", "ıAN@x.example", id="not even its ASCII letters"),
            pytest.param("Jose\u0301@X.example", "Jose\u0301@X.example", id="local part byte for byte"),
            pytest.param("A@bu\u0308cher.example", "A@b\u00fccher.example", id="domain composed"),
            pytest.param("a@\u212a.example", "a@k.example", id="Kelvin sign is a K"),
        ],
    )
    def test_key(self, text: str, key: str) -> None:
        assert email_key(text) == key

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "",
                " ",
                "none",
                "n/a",
                "@",
                "a@",
                "@b",
                "a@b@c",
                "a b@c",
                "a@b c",
                "a@b.",
                "a@.b",
                "a@b..c",
                "é@b.",
            ),
            *("<a@b>", "a@b;c@d", "a@b,c@d", "mailto:a@b", '"a"@b', "a\x00@b", "a\u200b@b", "\ud800@b"),
            *("a" * 510 + "@b.c", "é" * 510 + "@b.c", "a@\u037eb", "a@b\u3000c"),
        ],
        ids=ascii,
    )
    def test_none(self, text: str) -> None:
        assert email_key(text) is None

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    def test_blank(self, blank: Any) -> None:
        assert email_key(blank) is None

    @pytest.mark.parametrize(
        ("before", "behind", "more"),
        [("a", "b@x.example", "!#$%&'*+./=?^`{|}~_-"), ("a@x", "y.example", "._-")],
        ids=["local part", "domain"],
    )
    def test_which_ascii_signs_an_address_may_have(self, before: str, behind: str, more: str) -> None:
        signs = {sign for sign in map(chr, range(128)) if email_key(f"{before}{sign}{behind}") is not None}
        assert signs == {*string.ascii_letters, *string.digits, *more}

    def test_dotless_i_is_not_i(self) -> None:
        assert email_key("mike@x.example") != email_key("mıke@x.example")
        assert email_key("MIKE@x.example") != email_key("mİke@x.example")

    def test_longest(self) -> None:
        for letter in "aé":
            assert email_key(letter * 502 + "@x.example") is not None
            assert email_key(letter * 503 + "@x.example") is None

    @pytest.mark.parametrize("entry", ["noemail@x.example", "noemail@", "@x.example"])
    def test_blocked(self, entry: str) -> None:
        assert email_key("NoEmail@X.example", blocked=frozenset({entry})) is None

    @pytest.mark.parametrize("entry", ["noemail", "x.example", "NoEmail@", "email@"])
    def test_not_blocked(self, entry: str) -> None:
        assert email_key("noemail@x.example", blocked=frozenset({entry})) == "noemail@x.example"

    @given(ANY_TEXT | st.emails() | st.builds("{}@{}".format, ANY_TEXT, ANY_TEXT))
    def test_idempotent(self, text: str) -> None:
        key = email_key(text)
        assert key is None or email_key(key) == key


class TestCleanEmail:
    """A field may hold lists, names and links; each address comes out as written, each step is reported."""

    A, B = "a@x.example", "b@x.example"

    @pytest.mark.parametrize(
        ("text", "addresses", "codes"),
        [
            pytest.param(None, (), (), id="null"),
            pytest.param("  ", (), (), id="blank"),
            pytest.param(" A@X.example ", ("A@X.example",), (), id="plain, case stays"),
            pytest.param(f"{A}; {B}", (A, B), ("several_addresses",), id="semicolon"),
            pytest.param(f"{A},{B},", (A, B), ("several_addresses",), id="comma"),
            pytest.param(f"{A}\n{B}", (A, B), ("several_addresses",), id="lines"),
            pytest.param(f"Ann <{A}>", (A,), ("display_name",), id="name"),
            pytest.param(f'"Archer, Ann" <{A}>', (A,), ("display_name",), id="quoted name"),
            pytest.param(
                f'"Archer, Ann" <{A}>, "Lund, Bo" <{B}>',
                (A, B),
                ("display_name", "several_addresses"),
                id="quoted names",
            ),
            pytest.param(f"{A} |", (), ("not_an_address",), id="a sign behind"),
            pytest.param(f"mailto://{A}", (A,), ("mailto",), id="a link with slashes"),
            pytest.param(f"E-Mail: {A}", (A,), ("mailto",), id="a label"),
            pytest.param(f"smtp:{A}; {B}", (A, B), ("mailto", "several_addresses"), id="a label before one"),
            pytest.param(f"'{A}'", (A,), ("wrapped_address",), id="in quotes"),
            pytest.param(f'"{A}"', (A,), ("wrapped_address",), id="in double quotes"),
            pytest.param(f"({A})", (A,), ("wrapped_address",), id="in brackets"),
            pytest.param(f"tel: {A}", (), ("not_an_address",), id="another label"),
            pytest.param("a@b'c.example", (), ("not_an_address",), id="a sign that no domain has"),
            pytest.param("o'neil@x.example", ("o'neil@x.example",), (), id="an apostrophe in a name"),
            pytest.param(
                f'"A; B, C" <{A}>, "D, E" <{B}>',
                (A, B),
                ("display_name", "several_addresses"),
                id="quoted twice",
            ),
            pytest.param(f'5" pipe, {A}', (A,), ("not_an_address",), id="a lone quote quotes nothing"),
            pytest.param(f"<{A}>", (A,), (), id="brackets"),
            pytest.param(f"< {A} >", (A,), (), id="loose brackets"),
            pytest.param(f"mailto: {A} ?subject=x", (A,), ("mailto",), id="loose mailto"),
            pytest.param(f"<{A}", (), ("not_an_address",), id="open bracket"),
            pytest.param(f"{A}>", (), ("not_an_address",), id="close bracket"),
            pytest.param(f"MailTo:{A}?subject=x", (A,), ("mailto",), id="mailto"),
            pytest.param(f"Ann <mailto:{A}>", (A,), ("display_name", "mailto"), id="name and mailto"),
            pytest.param(f"{A}.", (A,), ("trailing_dot",), id="dot"),
            pytest.param(f"{A} .", (A,), ("trailing_dot",), id="loose dot"),
            pytest.param("a\u200b@x.example", (A,), ("hidden_characters",), id="zero width"),
            pytest.param("é@x.example", ("é@x.example",), (), id="not ASCII"),
            pytest.param("é@x.example;", ("é@x.example",), (), id="not ASCII, list"),
            pytest.param(f"{A}; A@X.EXAMPLE", (A,), ("repeated_address",), id="twice"),
            pytest.param(f"{A}; call me", (A,), ("not_an_address",), id="one bad part"),
            pytest.param('"; ', (), ("not_an_address",), id="lone quote"),
            pytest.param("<>", (), ("not_an_address",), id="empty brackets"),
            pytest.param(".", (), ("trailing_dot", "not_an_address"), id="dot alone"),
            pytest.param("x" * 5000, (), ("email_too_long",), id="too long"),
            pytest.param(f"{A} {B}", (A, B), ("several_addresses",), id="a blank between"),
            pytest.param(f"{A}/{B}", (A, B), ("several_addresses",), id="a slash between"),
            pytest.param(f"{A} | {B}", (A, B), ("several_addresses",), id="a bar between"),
            pytest.param(f"{A} and {B}", (A, B), ("several_addresses",), id="and"),
            pytest.param(f"{A} OR {B} & c@d", (A, B, "c@d"), ("several_addresses",), id="or, and"),
            pytest.param(
                f"Ann <{A}> Bo <{B}>", (A, B), ("display_name", "several_addresses"), id="names between"
            ),
            pytest.param(f'"A > B" <{A}>', (A,), ("display_name",), id="a bracket in quotes"),
            pytest.param(f"ann {A} bo {B}", (), ("not_an_address",), id="words between"),
            pytest.param("a/b@x.example", ("a/b@x.example",), (), id="a slash inside"),
            pytest.param("a b@x.example", (), ("blank_in_address",), id="a blank inside"),
            pytest.param("a @ x.example", (), ("blank_in_address",), id="blanks around the sign"),
            pytest.param(f"{A}; b @x.example", (A,), ("blank_in_address",), id="a blank inside one"),
            pytest.param("call me @ home..", (), ("trailing_dot", "not_an_address"), id="a sentence"),
        ],
    )
    def test_table(self, text: str | None, addresses: tuple[str, ...], codes: tuple[str, ...]) -> None:
        found = clean_email(text)
        assert found.addresses == addresses
        assert tuple(issue.code for issue in found.issues) == codes

    @pytest.mark.rule("SP-OUT-2")
    @pytest.mark.parametrize(
        ("text", "first"), [(f"{A}; {B}", A), (f"call me, {B}", B), (A, A), ("call me", None), (None, None)]
    )
    def test_the_first_address_is_the_one_to_write(self, text: str | None, first: str | None) -> None:
        assert clean_email(text).first == first

    def test_longest_field(self) -> None:
        assert clean_email(self.A.center(4096, ";")).addresses == (self.A,)
        assert clean_email(self.A.center(4097, ";")).addresses == ()

    def test_issues_name_rule_and_field(self) -> None:
        text = f"\u200bAnn <mailto:{self.A}.>; {self.A}; {self.B}; b@c; ?"
        issues = clean_email(text, blocked=frozenset({"b@"})).issues
        assert {(issue.rule, issue.field) for issue in issues} == {("G-LOSS", "email")}

    def test_only_blocked_ones_are_left_out(self) -> None:
        assert clean_email(f"{self.A}; {self.B}", blocked=frozenset({"a@"})).addresses == (self.B,)

    def test_keys_go_with_the_addresses(self) -> None:
        assert clean_email("B@X.example; a@x.example").keys == (self.B, self.A)
        named = f'"Lund, Bo" <{self.B}>, "Ek; Ann" <{self.A}>, "Lund, B." <{self.B}>'
        assert clean_email(named).addresses == (self.B, self.A)

    @pytest.mark.parametrize("text", ["none@x.example", "none@x.example; none@x.example"])
    def test_blocked(self, text: str) -> None:
        found = clean_email(text, blocked=frozenset({"none@"}))
        assert (found.addresses, [issue.code for issue in found.issues]) == ((), ["blocked_address"])

    @given(st.lists(st.sampled_from([A, B, "<", ">", '"', ",", ";", "é", "mailto:", ".", "\u200b", " "])))
    def test_total_and_stable(self, pieces: list[str]) -> None:
        found = clean_email("".join(pieces))
        assert [email_key(address) for address in found.addresses] == list(found.keys)
        assert len(set(found.keys)) == len(found.keys)
        assert clean_email("; ".join(found.addresses)).addresses == found.addresses

    @given(ANY_TEXT)
    def test_takes_any_text(self, text: str) -> None:
        found = clean_email(text)
        assert found.issues or found.addresses or not text_key(text).strip(",; ")

    def test_repr_hides_addresses(self) -> None:
        shown = repr(clean_email("canary@x.example; canary"))
        assert shown == "CleanEmail(<1 addresses>, issues=(not_an_address))"
        assert repr(CleanEmail()) == "CleanEmail(<0 addresses>, issues=())"


COUNTRIES = st.sampled_from(["US", "GB", "DE", "FR", "ES", "NO"])


class TestPhoneKey:
    """Digits are compared, an extension stays, and nothing is claimed that the text does not say."""

    @pytest.mark.parametrize(
        ("text", "region", "key"),
        [
            pytest.param("(555) 555-0100", "", "5555550100", id="signs"),
            pytest.param("+1 555.555.0100", "", "15555550100", id="plus"),
            pytest.param("+001 555 555 0100", "", "15555550100", id="plus zeros"),
            pytest.param("0049 30 555 0100", "", "49305550100", id="two zeros"),
            pytest.param("+49 (0)30 5550100", "", "49305550100", id="trunk zero in brackets"),
            pytest.param("030 5550100", "", "0305550100", id="trunk zero stays"),
            pytest.param("555 555 0100", "US", "15555550100", id="national, US"),
            pytest.param("555 555 0100", "CA", "15555550100", id="national, CA"),
            pytest.param("555 555 0100", "DE", "5555550100", id="national, elsewhere"),
            pytest.param("555 0100", "US", "5550100", id="local, US"),
            pytest.param(" +0015550100 ", "", "15550100", id="blanks at the ends"),
            pytest.param(" +49 (0)30 555", "", "4930555", id="blank before the plus"),
            pytest.param("+01 555 0100", "", "15550100", id="plus zero"),
            pytest.param("555–0100", "", "5550100", id="another dash"),
            pytest.param("5\u06655-0100", "", None, id="other digits among them"),
            pytest.param("555-0100 x2\u0665", "", None, id="other digits in the extension"),
            pytest.param("555-0100 x24a", "", None, id="letters after the extension"),
            pytest.param("555-0100 extn 245", "", "5550100x245", id="extn"),
            pytest.param("555-0100 x245", "", "5550100x245", id="x"),
            pytest.param("5555550100.0", "US", "15555550100", id="as an amount"),
            pytest.param("+441134960000.0 ", "", "441134960000", id="plus, as an amount"),
            pytest.param("555.555.0", "", "5555550", id="a dot that separates"),
            pytest.param("011 44 113 496 0000", "US", "441134960000", id="the way out of North America"),
            pytest.param(
                "011 44 113 496 0000", "IT", "39011441134960000", id="elsewhere a number like others"
            ),
            pytest.param("555-0100 Ext. 245", "", "5550100x245", id="ext"),
            pytest.param("555-0100 extension: 245", "", "5550100x245", id="extension"),
            pytest.param("555-0100;ext=245", "", "5550100x245", id="ext="),
            pytest.param("tel:+1-503-555-0100", "", "15035550100", id="a link"),
            pytest.param("tel:+1-503-555-0100;ext=245", "", "15035550100x245", id="a link with an extension"),
            pytest.param("Tel.: 503 555 0100", "US", "15035550100", id="a label"),
            pytest.param("(503) 555-0100 (home)", "US", "15035550100", id="a label behind"),
            pytest.param("(503) 555-0100 - office", "US", "15035550100", id="a label behind a dash"),
            pytest.param("503-555-0100 (x245)", "US", "15035550100x245", id="an extension in brackets"),
            pytest.param("503-555-0100 poste 245", "CA", "15035550100x245", id="an extension in French"),
            pytest.param("503\u00a0555\u20110100\u200b", "US", "15035550100", id="signs that show nothing"),
            pytest.param("503-555-0100 Bo", "US", None, id="a name behind"),
            pytest.param("Bo 503-555-0100", "US", None, id="a name before"),
            pytest.param("555-0100 #245", "", "5550100x245", id="number sign"),
            pytest.param("５５５ー０１００", "", None, id="a letter that looks like a dash"),
            pytest.param("５５５－０１００", "", "5550100", id="width"),
            pytest.param("000-000-0000", "", None, id="one digit repeated"),
            pytest.param("(111) 111-1111", "US", None, id="one digit repeated, US"),
            pytest.param("+1 000 000 0000", "", None, id="one digit repeated after a country code"),
            pytest.param("+000", "", None, id="plus zeros only"),
            pytest.param("00", "", None, id="two zeros only"),
            pytest.param("+36 1 555 0100", "US", "3615550100", id="plus, ten digits, US"),
            pytest.param("0036 1 555 0100", "US", "3615550100", id="two zeros, US"),
            pytest.param("(361) 555-0100", "US", "13615550100", id="the same digits, national"),
            pytest.param("1 (361) 555-0100", "US", "13615550100", id="with the trunk 1"),
            pytest.param("876 555 0100", "JM", "18765550100", id="national, JM"),
            pytest.param("+44 0113 496 0000", "", "441134960000", id="a trunk zero after a country code"),
            pytest.param("0113 496 0000", "GB", "441134960000", id="national, GB"),
            pytest.param("113 496 0000", "GB", "1134960000", id="without its trunk zero, GB"),
            pytest.param("030/5550100", "DE", "49305550100", id="national, DE, a slash in it"),
            pytest.param("+353 01 555 0100", "", "35315550100", id="a country code of three digits"),
            pytest.param("+39 06 555 0100", "", "39065550100", id="a zero that belongs to the number"),
            pytest.param("06 555 0100", "IT", "39065550100", id="national, IT"),
            pytest.param("8 (495) 555-01-00", "RU", "74955550100", id="national, RU"),
            pytest.param("06 1 555 0100", "HU", "3615550100", id="national, HU"),
            pytest.param("912 345 678", "ES", "34912345678", id="national, ES"),
            pytest.param("34 912 345 678", "ES", "34912345678", id="its code without a plus, ES"),
            pytest.param("45 12 34 56", "DK", "4545123456", id="a national number like its code, DK"),
            pytest.param("0113 496 0000", "XX", "01134960000", id="no country"),
            pytest.param("0113 496 0000", "gb", "01134960000", id="no code of one"),
            pytest.param("+999 555 0100", "", "9995550100", id="no country has the code"),
            pytest.param("555-0100 / 555-0101", "", None, id="two numbers"),
            pytest.param("555-0100/01", "", None, id="the end of a second number"),
            pytest.param("555-0100, ext. 245", "", "5550100x245", id="an extension behind a comma"),
            pytest.param("555-0100,", "", "5550100", id="a comma at the end"),
            pytest.param("unlisted", "", None, id="words"),
            pytest.param("555-0100 after 5", "", None, id="a note"),
            pytest.param("555-0100 x", "", None, id="no extension digits"),
            pytest.param("555-0100 x2 x3", "", None, id="two extensions"),
            pytest.param("x245", "", None, id="extension only"),
            pytest.param("1-800-FLOWERS", "", None, id="letters"),
            pytest.param("\u0665\u0665\u0665", "", None, id="other digits"),
            pytest.param("+", "", None, id="plus alone"),
            pytest.param("54" * 50, "", "54" * 50, id="longest"),
            pytest.param("54" * 50 + "5", "", None, id="too long"),
        ],
    )
    def test_table(self, text: str, region: str, key: str | None) -> None:
        assert phone_key(text, region) == key

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    def test_blank(self, blank: Any) -> None:
        assert phone_key(blank) is None

    @given(ANY_TEXT | st.text("+0159x#() .ext;/,"), st.sampled_from(["", "US", "DE", "ES", "HU", "IT"]))
    def test_total(self, text: str, country: str) -> None:
        keys = phone_keys(text, country)
        assert phone_key(text, country) == (keys[0] if len(keys) == 1 else None)
        assert len(set(keys)) == len(keys)
        for key in phone_keys(text):
            assert phone_key(key) == key

    @given(st.from_regex(r"[+(]?[0-9][0-9 ().-]{0,20}", fullmatch=True), COUNTRIES)
    def test_a_number_alone_is_read_as_one_behind_a_label(self, number: str, country: str) -> None:
        if not number.endswith(".0"):  # it may be an amount
            assert phone_keys(number, country) == phone_keys(f"tel: {number}", country)

    @given(st.from_regex(r"[1-9][0-9]{8,9}", fullmatch=True), COUNTRIES)
    def test_a_national_number_is_its_international_form(self, national: str, country: str) -> None:
        code = CALLING_CODES[country]
        trunk = TRUNK_PREFIXES[code]
        if (country == "US" and len(national) < 10) or (not trunk and national.startswith(code)):
            return  # no whole number, or one that may have its code already
        written = [f"{trunk}{national}", national] if country == "US" else [f"{trunk}{national}"]
        for text in written:
            assert phone_key(text, country) == phone_key(f"+{code} {national}")


class TestPhoneKeys:
    """Several numbers in one field are several keys; a customer's numbers are read with its country."""

    @pytest.mark.parametrize(
        ("text", "keys"),
        [
            pytest.param("555-0100, 555-0101", ("5550100", "5550101"), id="comma"),
            pytest.param("555-0100;555-0101", ("5550100", "5550101"), id="semicolon"),
            pytest.param("555-0100 / 555-0101", ("5550100", "5550101"), id="slash"),
            pytest.param("555-0100 | 555-0101", ("5550100", "5550101"), id="bar"),
            pytest.param("555-0100\n555-0101", ("5550100", "5550101"), id="lines"),
            pytest.param("555-0100 or 555-0101", ("5550100", "5550101"), id="or"),
            pytest.param("555-0100 and 555-0101 & 555-0102", ("5550100", "5550101", "5550102"), id="and"),
            pytest.param("+1 503 555 0100 +44 113 496 0000", ("15035550100", "441134960000"), id="plus"),
            pytest.param("555-0100 x2, 555-0101 x3", ("5550100x2", "5550101x3"), id="extensions"),
            pytest.param("555-0100; ext=2", ("5550100x2",), id="an extension of its own"),
            pytest.param("555-0100; 555-0101; ext=2", ("5550100", "5550101x2"), id="of the second"),
            pytest.param("555-0100, 555 0100", ("5550100",), id="twice"),
            pytest.param("555-0100, 000-0000", ("5550100",), id="one that is none"),
            pytest.param("030/5550100", ("0305550100",), id="a slash in a number"),
            pytest.param("030/5550100, 030/5550101", ("0305550100", "0305550101"), id="slashes in numbers"),
            pytest.param("; 555-0100 ;", ("5550100",), id="separators around one"),
            pytest.param("cell 555-0100 / home 555-0101", ("5550100", "5550101"), id="labels"),
            pytest.param("unlisted", (), id="none"),
        ],
    )
    def test_table(self, text: str, keys: tuple[str, ...]) -> None:
        assert phone_keys(text) == keys

    def test_of_a_customer(self) -> None:
        billing = Address(country="GB", default_billing=True)
        shipping = Address(country="US", default_shipping=True)
        numbers: dict[str, Any] = {"phone": "0113 496 0000", "mobile_phone": "+44 113 4960000 / 07700 900123"}
        ref = Ref("netsuite", "7")
        both = Customer(ref=ref, addresses=(shipping, billing), **numbers)
        assert phone_keys_of(both) == ("441134960000", "447700900123")
        assert phone_keys_of(both, ("phone",)) == ("441134960000",)
        assert phone_keys_of(Customer(ref=ref, phone="(503) 555-0142", addresses=(shipping,))) == (
            "15035550142",
        )
        unknown = Address(country="Atlantis", default_billing=True)
        second = Customer(ref=ref, phone="(503) 555-0142", addresses=(unknown, shipping))
        assert phone_keys_of(second) == ("15035550142",)
        for addresses in ((unknown,), (), None):
            found = phone_keys_of(Customer(ref=ref, phone="0113 496 0000", addresses=addresses))
            assert found == ("01134960000",)
