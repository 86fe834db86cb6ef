"""Match keys: total, idempotent, and no more forgiving than they say."""

import string
import unicodedata
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import ABSENT
from custsync.rules.normalize import (
    as_text,
    clean_email,
    company_key,
    email_key,
    id_key,
    phone_key,
    text_key,
    texts as texts_room,
    words_key,
)
from custsync.rules.normalize.texts import visible

BLANKS = [None, ABSENT, "", "  \t"]
MARKS = "aα\u0345\u0301\u0323ßİıſK\u200c\u200d\u00ad\ufdfaŁ한\u1100\u1161&.'\u3000\uff21 \u0627"
ANY_TEXT = st.text() | st.text(MARKS) | st.text(string.printable)

AT_THE_END = (
    "doo kft lda ltda nyrt ohg pte sro zrt "
    "ab ag asa bv co corp gmbh inc kg llc llp lp ltd nv oy oyj plc pllc pty sa sarl sas se srl tbk ug aps "
    "company corporation incorporated kk limited pvt sl bhd berhad bvba cvba doo ehf eurl gbr kgaa "
    "sasu slu snc uab aktiebolag"
)


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

    def test_invisible_goes_in_every_script(self) -> None:
        assert text_key("\u0645\u06cc\u200b\u062e") == "\u0645\u06cc\u062e"

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

    def test_a_joiner_stays_behind_the_letter_that_needs_it(self) -> None:
        assert visible("a\u0915\u200d") == "a\u0915\u200d"
        assert visible("\u0915a\u200d") == "\u0915a"
        assert visible("\u1ea0\u200c") == "\u1ea0"

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

    @pytest.mark.parametrize("key", [text_key, words_key, id_key], ids=lambda key: key.__name__)
    def test_begins_after_1024_characters(self, key: Any) -> None:
        assert key("é" * 1024) == "é" * 1024
        assert id_key(key("é" * 1025)) != "é" * 1025

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
            pytest.param("Müller GmbH & Co. KG", "muller", ("gmbh", "co", "kg"), id="joined forms"),
            pytest.param("Smith & Co", "smith", ("co",), id="and company"),
            pytest.param("Smith and Sons", "smith and sons", (), id="no form"),
            pytest.param("Rock and", "rock and", (), id="and without form"),
            pytest.param("SARL Dupont", "dupont", ("sarl",), id="before"),
            pytest.param("SARL Acme Ltd", "acme", ("sarl", "ltd"), id="both ends"),
            pytest.param("Day Salon and Spa, LLC", "day salon and spa", ("llc",), id="a spa"),
            pytest.param("Serenity Spa", "serenity spa", (), id="a spa alone"),
            pytest.param("Rossi S.p.A.", "rossi", ("spa",), id="società per azioni"),
            pytest.param("Rossi SpA", "rossi", ("spa",), id="in its own case"),
            pytest.param("Rossi S. p. A.", "rossi", ("spa",), id="with blanks"),
            pytest.param("Day Spa S.p.A.", "day spa", ("spa",), id="both"),
            pytest.param("PT CLEANERS, INC.", "pt cleaners", ("inc",), id="physical therapy"),
            pytest.param("P.T. Astra", "astra", ("pt",), id="perseroan terbatas"),
            pytest.param("PT Astra Tbk", "astra", ("pt", "tbk"), id="with its other form"),
            pytest.param("SAS Shoes, LLC", "sas shoes", ("llc",), id="sas at the start"),
            pytest.param("S.A.S. Dupont", "dupont", ("sas",), id="sas in its own spelling"),
            pytest.param("S.A.S.", "sas", (), id="a form alone is the name"),
            pytest.param("SIA UAB", "uab", ("sia",), id="of two forms the last is the name"),
            pytest.param("UAB", "uab", (), id="a form that stands first, alone"),
            pytest.param("SA Recycling LLC", "sa recycling", ("llc",), id="sa at the start"),
            pytest.param("Danone SA", "danone", ("sa",), id="sa at the end"),
            pytest.param("Danone S. A.", "danone", ("sa",), id="sa with a blank"),
            pytest.param("Friends of SA, Inc.", "friends of sa", ("inc",), id="sa behind a joining word"),
            pytest.param("Shoes by SAS", "shoes by sas", (), id="sas behind one"),
            pytest.param("Grupo Norte, S.A. de C.V.", "grupo norte", ("sa de cv",), id="of variable capital"),
            pytest.param("Grupo Norte S. A. de C. V.", "grupo norte", ("sa de cv",), id="with blanks in it"),
            pytest.param("Norte S. de R.L. de C.V.", "norte", ("srl de cv",), id="of limited liability"),
            pytest.param("Norte S. de R. L. de C. V.", "norte", ("srl de cv",), id="in seven words"),
            pytest.param("Norte S. de R.L.", "norte", ("srl",), id="in three words"),
            pytest.param("Norte S.A.P.I. de C.V.", "norte", ("sapi de cv",), id="for investment"),
            pytest.param("de CV", "de cv", (), id="no form before it"),
            pytest.param("Acme A/S", "acme", ("as",), id="aktieselskab"),
            pytest.param("Acme a.s.", "acme", ("as",), id="akciová společnost"),
            pytest.param("Such As", "such as", (), id="a word"),
            pytest.param("Acme Sp. z o.o.", "acme", ("sp z oo",), id="z ograniczoną odpowiedzialnością"),
            pytest.param("Acme Sp. z o. o.", "acme", ("sp z oo",), id="in four words"),
            pytest.param("Acme S. r. l.", "acme", ("srl",), id="a responsabilità limitata"),
            pytest.param("Acme s. r. o.", "acme", ("sro",), id="s ručením omezeným"),
            pytest.param("Acme B. V.", "acme", ("bv",), id="besloten"),
            pytest.param("Volvo AB", "volvo", ("ab",), id="aktiebolag"),
            pytest.param("Equinor ASA", "equinor", ("asa",), id="allmennaksjeselskap"),
            pytest.param("Nokia Oyj", "nokia", ("oyj",), id="osakeyhtiö"),
            pytest.param("Ærø Færgen ApS", "aero faergen", ("aps",), id="letters of their own"),
            pytest.param("がっこう KK", "がっこう", ("kk",), id="marks of another script"),
            pytest.param("株式会社 山田", "山田", ("kk",), id="kabushiki before"),
            pytest.param("ООО Ромашка", "ромашка", ("ooo",), id="Cyrillic"),
            pytest.param("Co", "co", (), id="Co stays Co"),
            pytest.param("Co. Ltd.", "co", ("ltd",), id="one word stays"),
            pytest.param("And Co", "and", ("co",), id="and alone stays"),
            pytest.param("SA SA", "sa", ("sa",), id="the last one stays"),
            pytest.param("S.p.A.", "spa", (), id="nothing but a form"),
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

    @given(
        ANY_TEXT
        | st.lists(
            st.sampled_from(
                ["co", "and", "sa", "ltd", "acme", "&", "pt", "S.p.A.", "s", "a", "de", "c", "v", "of"]
            )
        ).map(" ".join)
    )
    def test_idempotent_and_never_emptied(self, text: str) -> None:
        key = company_key(text).key
        assert company_key(key).key == key
        assert bool(key) == bool(text_key(text))

    @pytest.mark.parametrize("form", AT_THE_END.split())
    def test_form_at_the_end(self, form: str) -> None:
        assert (company_key(f"Acme {form}").key, len(company_key(f"Acme {form}").forms)) == ("acme", 1)
        assert company_key(f"{form}x Acme {form}x").forms == ()

    @pytest.mark.parametrize(
        ("spelt", "short"),
        [("company", "co"), ("corporation", "corp"), ("limited", "ltd"), ("株式会社", "kk")],
    )
    def test_spelt_out_is_the_same_form(self, spelt: str, short: str) -> None:
        assert company_key(f"Acme {spelt}") == company_key(f"Acme {short}")

    @pytest.mark.parametrize("form", ["ooo", "sarl", "uab", "ооо", "株式会社"])
    def test_form_at_the_start(self, form: str) -> None:
        assert (company_key(f"{form} Acme").key, len(company_key(f"{form} Acme").forms)) == ("acme", 1)

    @pytest.mark.parametrize(
        ("spellings", "form"),
        [
            ("A/S | a/s | a.s. | A.S. | A. S.", "as"),
            ("Sp. z o.o. | sp. z o. o. | Sp.z o.o. | sp zoo | Spółka z o.o.", "sp z oo"),
            ("S.r.l. | SRL | S. r. l. | srl", "srl"),
            ("s.r.o. | s. r. o. | spol. s r.o.", "sro"),
            ("Kft. | KFT", "kft"),
            ("S.A.R.L. | S.à r.l. | sarl", "sarl"),
            ("d.o.o. | doo | d. o. o.", "doo"),
            ("Ltda. | Lda | Limitada", "ltda"),
            ("Sdn. Bhd. | Berhad", "bhd"),
            ("e.V. | E.V", "ev"),
            ("P.C. | p.c", "pc"),
            ("株式会社 | K.K.", "kk"),
        ],
    )
    def test_one_form_in_its_spellings(self, spellings: str, form: str) -> None:
        keys = [company_key(f"Acme {spelt}") for spelt in spellings.split(" | ")]
        assert {(key.key, key.forms) for key in keys} == {("acme", (form,))}

    def test_words_before_a_form(self) -> None:
        assert company_key("Acme Private Limited") == company_key("Acme Pvt. Ltd.")
        assert company_key("Acme Proprietary Limited") == company_key("Acme Pty Ltd")
        assert company_key("Acme Private").forms == ()

    def test_a_mark_belongs_to_the_letter_before_it(self) -> None:
        assert company_key("Acm\u00e9 \u0419\u043e\u0434").key == "acme \u0439\u043e\u0434"

    def test_a_form_without_a_blank(self) -> None:
        assert company_key("株式会社アクメ") == company_key("株式会社 アクメ")
        assert company_key("アクメ株式会社").key == company_key("アクメ").key

    @pytest.mark.parametrize("name", ["Acme EV", "Acme PC", "Friends of AS", "A S", "Kft", "Sp. z o.o."])
    def test_words_are_no_forms(self, name: str) -> None:
        assert company_key(name).forms in ((), ("s",))

    def test_repr_hides_the_name(self) -> None:
        assert repr(company_key("Canary Ltd")) == "CompanyKey(<text 6>, forms=('ltd',))"
