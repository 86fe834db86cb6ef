"""Match keys: total, idempotent, and no more forgiving than they say."""

import string
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custsync.errors import InputError
from custsync.models import ABSENT
from custsync.normalize import (
    CleanEmail,
    as_text,
    clean_email,
    company_key,
    email_key,
    id_key,
    phone_key,
    text_key,
    visible,
    words_key,
)
from custsync.normalize import texts as texts_room

BLANKS = [None, ABSENT, "", "  \t"]
MARKS = "aα\u0345\u0301\u0323ßİıſK\u200c\u200d\u00ad\ufdfaŁ한\u1100\u1161&.'\u3000\uff21 \u0627"
ANY_TEXT = st.text() | st.text(MARKS) | st.text(string.printable)


class TestAsText:
    """A text, null or absent is read; anything else is refused, without its value."""

    @pytest.mark.parametrize("value", [None, ABSENT, ""], ids=["null", "absent", "empty"])
    def test_blank(self, value: Any) -> None:
        assert as_text(value) == ""

    @pytest.mark.parametrize("value", [b"canary", ["canary"], {"canary": 1}, 4711, True, 1.5], ids=repr)
    @pytest.mark.parametrize(
        "function",
        [as_text, text_key, words_key, id_key, email_key, clean_email, phone_key, company_key],
        ids=lambda function: function.__name__,
    )
    def test_anything_else_is_refused(self, function: Any, value: Any) -> None:
        with pytest.raises(InputError) as caught:
            function(value)
        assert str(caught.value) == f"a text was expected, not {type(value).__name__}"


class TestTextKey:
    """Case, width and blanks are folded, invisible characters go, accents and word-joiners stay."""

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            pytest.param("ACME", "acme", id="case"),
            pytest.param("STRASSE", "straße", id="full case folding"),
            pytest.param("ＡＣＭＥ", "acme", id="width"),
            pytest.param(" a \t b\u00a0c ", "a b c", id="blanks"),
            pytest.param("Jose\u0301", "josé", id="decomposed"),
            pytest.param("Ac\u200bme\ufeff", "acme", id="invisible"),
            pytest.param("Ac\u200dme", "acme", id="joiner that Latin does not need"),
        ],
    )
    def test_same(self, one: str, other: str) -> None:
        assert text_key(one) == text_key(other) == other.casefold()

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            pytest.param("José", "Jose", id="accent"),
            pytest.param("Acme, Inc", "Acme Inc", id="punctuation"),
            pytest.param("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u062e", id="joiner that the script needs"),
        ],
    )
    def test_different(self, one: str, other: str) -> None:
        assert text_key(one) != text_key(other)

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    def test_blank(self, blank: Any) -> None:
        assert text_key(blank) == ""

    @given(ANY_TEXT)
    def test_idempotent(self, text: str) -> None:
        assert text_key(text_key(text)) == text_key(text)

    def test_every_character_is_idempotent(self) -> None:
        codes = (*range(0x20000), *range(0x2F800, 0x2FA20), *range(0xE0000, 0xE0200))
        for key in (text_key, words_key):
            once = [key(chr(code)) for code in codes]
            assert [text for text in once if key(text) != text] == []

    @given(st.text(min_size=1))
    def test_visible_only_drops(self, text: str) -> None:
        rest = iter(text)
        assert all(sign in rest for sign in visible(text))


class TestLongText:
    """Text too long to be folded equals only itself; nothing quadratic ever sees it."""

    @pytest.mark.parametrize("key", [text_key, words_key, id_key], ids=lambda key: key.__name__)
    def test_has_a_short_key(self, key: Any) -> None:
        one, other = "é" * 5000, "é" * 4999 + "É"
        assert key(one) == key(one)
        assert key(one) != key(other)
        assert len(key(one)) < 100
        assert key(key(one)) == key(one)

    def test_lone_surrogates_have_one_too(self) -> None:
        assert text_key("\ud800" * 2000) != text_key("\ud801" * 2000)

    def test_only_short_text_is_normalised(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lengths: list[int] = []

        def normalize(form: Any, text: str) -> str:
            lengths.append(len(text))
            return unicodedata.normalize(form, text)

        monkeypatch.setattr(texts_room, "normalize", normalize)
        for text in ("\u0301" * 1024, "\u0301\u0323" * 50_000, "\ufdfa" * 1024):
            text_key(text)
            id_key(text)
        assert 0 < max(lengths) <= 1024 * 18


class TestIdKey:
    """An id is trimmed and freed of invisible characters; its case counts; a blank one is none."""

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            pytest.param(" 2041 ", "2041", id="trimmed"),
            pytest.param("\ufeff2041\u200b", "2041", id="invisible"),
            pytest.param("cus_aB", "cus_aB", id="case stays"),
            pytest.param("A  1", "A  1", id="inner blanks stay"),
            pytest.param("Ku\u0308", "K\u00fc", id="composed"),
            pytest.param("\u0661\u0662", "\u0661\u0662", id="other digits stay"),
            pytest.param("\u00a0", None, id="no-break space"),
            pytest.param("\u200b", None, id="zero width"),
        ],
    )
    def test_table(self, text: str, key: str | None) -> None:
        assert id_key(text) == key

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    def test_blank(self, blank: Any) -> None:
        assert id_key(blank) is None

    @given(ANY_TEXT)
    def test_idempotent(self, text: str) -> None:
        assert id_key(id_key(text)) == id_key(text)


class TestWordsKey:
    """Punctuation does not count, `&` is `and`; a text without any word keeps its signs."""

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("A & B", "a and b"),
            ("A&B", "a and b"),
            ("Ｊoe’s - S.A.", "joes sa"),
            ("«Æther» & Söhne", "æther and söhne"),
            ("!?", "!?"),
            ("。", "。"),
            ("e.\u0301", "é"),
        ],
    )
    def test_table(self, text: str, key: str) -> None:
        assert words_key(text) == key

    @given(ANY_TEXT)
    def test_idempotent_and_never_emptied(self, text: str) -> None:
        assert words_key(words_key(text)) == words_key(text)
        assert bool(words_key(text)) == bool(text_key(text))


class TestCompanyKey:
    """Legal forms go and are reported; the key is idempotent and never empty."""

    @pytest.mark.parametrize(
        ("text", "key", "forms"),
        [
            pytest.param("Acme, Inc.", "acme", ("inc",), id="suffix"),
            pytest.param("ACME INCORPORATED", "acme", ("inc",), id="spelt out"),
            pytest.param("Ａｃｍｅ Ｌｔｄ．", "acme", ("ltd",), id="width"),
            pytest.param("Acme Pty Ltd", "acme", ("pty", "ltd"), id="two forms"),
            pytest.param("Müller GmbH & Co. KG", "müller", ("gmbh", "co", "kg"), id="joined forms"),
            pytest.param("Smith & Co", "smith", ("co",), id="and company"),
            pytest.param("Smith and Sons", "smith and sons", (), id="no form"),
            pytest.param("Rock and", "rock and", (), id="and without form"),
            pytest.param("SARL Dupont", "dupont", ("sarl",), id="before"),
            pytest.param("PT Acme Ltd", "acme", ("pt", "ltd"), id="both ends"),
            pytest.param("株式会社 山田", "山田", ("kk",), id="kabushiki before"),
            pytest.param("ООО Ромашка", "ромашка", ("ooo",), id="Cyrillic"),
            pytest.param("Co", "co", (), id="Co stays Co"),
            pytest.param("Co. Ltd.", "co", ("ltd",), id="one word stays"),
            pytest.param("And Co", "and", ("co",), id="and alone stays"),
            pytest.param("SA SA", "sa", ("sa",), id="the last one stays"),
            pytest.param("!!!", "!!!", (), id="signs alone"),
            pytest.param("", "", (), id="blank"),
        ],
    )
    def test_table(self, text: str, key: str, forms: tuple[str, ...]) -> None:
        result = company_key(text)
        assert (result.key, result.forms) == (key, forms)

    def test_two_forms_are_two_firms(self) -> None:
        assert company_key("X Ltd.") != company_key("X plc")
        assert company_key("X Ltd.").key == company_key("X plc").key

    @given(ANY_TEXT | st.lists(st.sampled_from(["co", "and", "sa", "ltd", "acme", "&", "pt"])).map(" ".join))
    def test_idempotent_and_never_emptied(self, text: str) -> None:
        key = company_key(text).key
        assert company_key(key).key == key
        assert bool(key) == bool(text_key(text))

    def test_repr_hides_the_name(self) -> None:
        assert repr(company_key("Canary Ltd")) == "CompanyKey(<text 6>, forms=('ltd',))"


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
            *("", " ", "none", "n/a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b c", "a@b.", "a@.b", "a@b..c"),
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

    def test_dotless_i_is_not_i(self) -> None:
        assert email_key("mike@x.example") != email_key("mıke@x.example")
        assert email_key("MIKE@x.example") != email_key("mİke@x.example")

    def test_longest(self) -> None:
        assert email_key("a" * 500 + "@x.example12") is not None

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
            pytest.param(f"<{A}>", (A,), (), id="brackets"),
            pytest.param(f"<{A}", (), ("not_an_address",), id="open bracket"),
            pytest.param(f"{A}>", (), ("not_an_address",), id="close bracket"),
            pytest.param(f"MailTo:{A}?subject=x", (A,), ("mailto",), id="mailto"),
            pytest.param(f"Ann <mailto:{A}>", (A,), ("display_name", "mailto"), id="name and mailto"),
            pytest.param(f"{A}.", (A,), ("trailing_dot",), id="dot"),
            pytest.param("a\u200b@x.example", (A,), ("invisible_char",), id="zero width"),
            pytest.param("é@x.example", ("é@x.example",), (), id="not ASCII"),
            pytest.param("é@x.example;", ("é@x.example",), (), id="not ASCII, list"),
            pytest.param(f"{A}; A@X.EXAMPLE", (A,), ("repeated_address",), id="twice"),
            pytest.param(f"{A}; call me", (A,), ("not_an_address",), id="one bad part"),
            pytest.param('"; ', (), ("not_an_address",), id="lone quote"),
            pytest.param("<>", (), ("not_an_address",), id="empty brackets"),
            pytest.param(".", (), ("trailing_dot", "not_an_address"), id="dot alone"),
            pytest.param("x" * 5000, (), ("too_long",), id="too long"),
        ],
    )
    def test_table(self, text: str | None, addresses: tuple[str, ...], codes: tuple[str, ...]) -> None:
        found = clean_email(text)
        assert found.addresses == addresses
        assert tuple(issue.code for issue in found.issues) == codes

    def test_keys_go_with_the_addresses(self) -> None:
        assert clean_email("B@X.example; a@x.example").keys == (self.B, self.A)

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
            pytest.param("555-0100 x245", "", "5550100x245", id="x"),
            pytest.param("555-0100 Ext. 245", "", "5550100x245", id="ext"),
            pytest.param("555-0100 extension: 245", "", "5550100x245", id="extension"),
            pytest.param("555-0100;ext=245", "", "5550100x245", id="ext="),
            pytest.param("555-0100 #245", "", "5550100x245", id="number sign"),
            pytest.param("５５５ー０１００", "", None, id="a letter that looks like a dash"),
            pytest.param("５５５－０１００", "", "5550100", id="width"),
            pytest.param("000-000-0000", "", "0000000000", id="zeros stay, for the block set"),
            pytest.param("+000", "", "000", id="plus zeros only"),
            pytest.param("00", "", "00", id="two zeros only"),
            pytest.param("unlisted", "", None, id="words"),
            pytest.param("555-0100 after 5", "", None, id="a note"),
            pytest.param("555-0100 x", "", None, id="no extension digits"),
            pytest.param("555-0100 x2 x3", "", None, id="two extensions"),
            pytest.param("x245", "", None, id="extension only"),
            pytest.param("1-800-FLOWERS", "", None, id="letters"),
            pytest.param("\u0665\u0665\u0665", "", None, id="other digits"),
            pytest.param("+", "", None, id="plus alone"),
            pytest.param("5" * 101, "", None, id="too long"),
        ],
    )
    def test_table(self, text: str, region: str, key: str | None) -> None:
        assert phone_key(text, region) == key

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    def test_blank(self, blank: Any) -> None:
        assert phone_key(blank) is None

    @given(ANY_TEXT | st.text("+0159x#() .ext"), st.sampled_from(["", "US", "DE"]))
    def test_total_and_idempotent(self, text: str, region: str) -> None:
        key = phone_key(text, region)
        assert key is None or phone_key(key, region) == key
