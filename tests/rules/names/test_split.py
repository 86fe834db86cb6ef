"""Names: how one text becomes a first and a last name, row by row."""

import string
from typing import Any, NamedTuple

import pytest
from hypothesis import given, strategies as st

from custsync.models import ABSENT, Severity
from custsync.rules.names import NamePolicy, SplitName, resplit_name, split_name

NLN = "NoLastName"
LITERAL = NamePolicy(empty_side="as_written")


class Row(NamedTuple):
    """One row of the edge-case table: the text, the literal and the default split, the flags."""

    text: str
    literal: tuple[str, str] | None
    default: tuple[str, str]
    flags: tuple[str, ...] = ()


def same(text: str, first: str, last: str, *flags: str) -> Row:
    return Row(text, (first, last), (first, last), flags)


JOSE = "Jose\u0301"
PEREZ = "Pe\u0301rez"

BLANKED = ("whitespace_normalised",)

TABLE = {
    "1 comma": same("Smith, John", "John", "Smith"),
    "2 space": same("John Smith", "John", "Smith"),
    "3 single": same("Emily", "Emily", NLN, "placeholder_last"),
    "4 initial": same("John Q. Public", "John Q.", "Public"),
    "5 two commas": Row("Smith, John, Jr.", None, ("John, Jr.", "Smith"), ("multiple_commas",)),
    "6 comma suffix": same("John Smith, Jr.", "Jr.", "John Smith", "suffix_after_comma"),
    "7 suffix": same("John Smith Jr.", "John Smith", "Jr.", "suffix_as_last"),
    "8 suffix left of comma": same("Smith Jr., John", "John", "Smith Jr."),
    "9 credential": same("John Smith, MD", "MD", "John Smith", "suffix_after_comma"),
    "10 nothing right": Row("Smith,", ("", "Smith"), ("Smith", NLN), ("empty_side", "placeholder_last")),
    "11 nothing left": Row(", John", ("John", ""), ("John", NLN), ("empty_side", "placeholder_last")),
    "12 comma alone": same(",", "", "", "empty_name"),
    "12 empty": same("", "", "", "empty_name"),
    "12 blanks": same("   ", "", "", "empty_name"),
    "13 tight comma": same("Smith,John", "John", "Smith"),
    "13 loose comma": same(" Smith , John ", "John", "Smith"),
    "13 loose ends": same(" John Smith ", "John", "Smith"),
    "14 double space": same("John  Smith", "John", "Smith"),
    "15 tab": Row("John\tSmith", ("John\tSmith", NLN), ("John", "Smith"), BLANKED),
    "15 no-break": Row(
        "John\u00a0Smith", ("John\u00a0Smith", NLN), ("John", "Smith"), ("whitespace_normalised",)
    ),
    "15 ideographic": Row(
        "John\u3000Smith", ("John\u3000Smith", NLN), ("John", "Smith"), ("whitespace_normalised",)
    ),
    "16 zero width": Row("Jo\u200bhn Smith", ("Jo\u200bhn", "Smith"), ("John", "Smith"), ("invisible_char",)),
    "17 full-width comma": same("Smith\uff0cJohn", "Smith\uff0cJohn", NLN, "non_ascii_comma"),
    "17 ideographic comma": same("Smith\u3001John", "Smith\u3001John", NLN, "non_ascii_comma"),
    "18 kanji": same("山田太郎", "山田太郎", NLN, "script_no_space"),
    "19 kanji, space": same("山田 太郎", "山田", "太郎", "script_family_first"),
    "20 hangul": same("김철수", "김철수", NLN, "script_no_space"),
    "21 vietnamese": same("Nguyễn Văn A", "Nguyễn Văn", "A"),
    "22 particles": same("Johan van der Berg", "Johan van der", "Berg", "particle_before_last"),
    "23 particles, comma": same("van der Berg, Johan", "Johan", "van der Berg"),
    "24 two surnames": same("Juan Carlos García Márquez", "Juan Carlos García", "Márquez"),
    "25 title": same("Dr. John Smith", "Dr. John", "Smith", "title_in_first"),
    "25 title alone": same("Mr. Smith", "Mr.", "Smith", "title_in_first"),
    "26 couple": same("John & Jane Smith", "John & Jane", "Smith", "joint_name"),
    "27 two persons": same("John Smith & Jane Doe", "John Smith & Jane", "Doe", "joint_name"),
    "28 family": same("The Smith Family", "The Smith", "Family", "household_word"),
    "28 residence": same("Smith Residence", "Smith", "Residence", "household_word"),
    "28 estate": same("Estate of John Smith", "Estate of John", "Smith", "household_word"),
    "29 form after comma": same("Acme, Inc.", "Inc.", "Acme", "legal_form_after_comma"),
    "30 form": same("Smith, Jones & Partners LLP", "Jones & Partners LLP", "Smith", "legal_form"),
    "31 form as last": same("ABC Plumbing LLC", "ABC Plumbing", "LLC", "legal_form_as_last"),
    "32 brackets": same("Smith, John (Tenant)", "John (Tenant)", "Smith", "note_in_name"),
    "32 dash": same("John Smith - Rental", "John Smith -", "Rental", "note_in_name"),
    "33 list": Row("Smith, John; Doe, Jane", None, ("John; Doe, Jane", "Smith"), ("multiple_commas",)),
    "34 slash": same("Smith/Jones", "Smith/Jones", NLN, "placeholder_last"),
    "35 placeholder alone": same(NLN, NLN, NLN, "placeholder_in_source"),
    "35 placeholder": same(f"Emily {NLN}", "Emily", NLN, "placeholder_in_source"),
    "36 emoji": same("🙂 Smith", "🙂", "Smith", "symbol_only_part"),
    "37 decomposed": same(f"{JOSE} {PEREZ}", JOSE, PEREZ),
}


def pair(split: SplitName) -> tuple[str, str]:
    return split.first, split.last


def codes(split: SplitName) -> tuple[str, ...]:
    return tuple(issue.code for issue in split.issues)


def parts(split: SplitName) -> dict[str, str]:
    names = ("first", "last", "company", "title", "middle", "suffix", "note")
    return {name: getattr(split, name) for name in names if getattr(split, name)}


@pytest.mark.rule("ST-NAME-6")
@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
class TestEdgeCaseTable:
    """Every row of the edge-case table: what the page says word for word, the default, and its flags."""

    def test_default(self, row: Row) -> None:
        assert pair(split_name(row.text)) == row.default

    def test_flags(self, row: Row) -> None:
        assert codes(split_name(row.text)) == row.flags

    def test_literal(self, row: Row) -> None:
        if row.literal is not None:
            assert pair(split_name(row.text, clean=False, policy=LITERAL)) == row.literal

    def test_company_is_whole(self, row: Row) -> None:
        split = split_name(row.text, is_person=False, clean=False)
        assert parts(split) == ({} if "empty_name" in row.flags else {"company": row.text.strip(" ")})


@pytest.mark.rule("ST-NAME-1")
class TestComma:
    """Left of the first comma is the last name, right of it the first name; what follows stays whole."""

    @given(st.text(string.ascii_letters, min_size=1), st.text(string.ascii_letters, min_size=1))
    def test_splits(self, left: str, right: str) -> None:
        split = split_name(f"{left}, {right}")
        assert (split.first, split.last, split.how) == (right, left, "comma")

    def test_several_commas_split_at_the_first(self) -> None:
        assert pair(split_name("A, B, C")) == ("B, C", "A")

    def test_parameter_splits_at_the_last(self) -> None:
        assert pair(split_name("A, B, C", policy=NamePolicy(split_at="last_comma"))) == ("C", "A, B")


@pytest.mark.rule("ST-NAME-2")
class TestLastSpace:
    """Without a comma the last space splits: before it the first name, after it the last name."""

    @given(st.lists(st.text("bcdfg", min_size=1), min_size=2))
    def test_splits(self, words: list[str]) -> None:
        split = split_name(" ".join(words))
        assert (split.first, split.last, split.how) == (" ".join(words[:-1]), words[-1], "last_space")


@pytest.mark.rule("ST-NAME-3")
class TestSingle:
    """Without comma and space the whole value is the first name."""

    @given(st.text(string.ascii_letters + "'-", min_size=1))
    def test_whole_is_first(self, word: str) -> None:
        split = split_name(word)
        assert (split.first, split.how) == (word, "single")


@pytest.mark.rule("ST-NAME-4")
class TestPlaceholder:
    """A person with a single name gets the placeholder as last name; so does a comma with an empty side."""

    @pytest.mark.parametrize("text", ["Emily", "Emily,", ",Emily", ", Emily", "Emily , ,"])
    def test_filled(self, text: str) -> None:
        assert split_name(text).last == NLN

    def test_another_placeholder(self) -> None:
        assert pair(split_name("Emily", placeholder="-")) == ("Emily", "-")

    def test_no_placeholder(self) -> None:
        split = split_name("Emily", placeholder="")
        assert (pair(split), codes(split)) == (("Emily", ""), ())

    @pytest.mark.parametrize(("text", "want"), [("Smith,", ("", "Smith")), (",John", ("John", ""))])
    def test_parameter_leaves_sides_as_written(self, text: str, want: tuple[str, str]) -> None:
        split = split_name(text, policy=LITERAL)
        assert (pair(split), codes(split)) == (want, ("empty_side",))

    def test_single_name_as_written_is_filled_all_the_same(self) -> None:
        assert pair(split_name("Emily", policy=LITERAL)) == ("Emily", NLN)


@pytest.mark.rule("ST-NAME-5")
class TestCompany:
    """A Commercial customer is a company: its name goes whole to the company name."""

    @pytest.mark.parametrize("text", ["Acme, Inc.", "John Smith", "Emily"])
    def test_whole(self, text: str) -> None:
        split = split_name(text, is_person=False)
        assert (parts(split), split.how, split.issues) == ({"company": text}, "company", ())

    def test_is_cleaned_too(self) -> None:
        split = split_name("Acme\u200b,\tInc. ", is_person=False)
        assert (split.company, codes(split)) == ("Acme, Inc.", ("invisible_char", "whitespace_normalised"))

    def test_parameter_splits_it(self) -> None:
        assert pair(split_name("Acme, Inc.", is_person=True)) == ("Inc.", "Acme")


@pytest.mark.rule("ST-NAME-6")
class TestCleaning:
    """Blanks become spaces, invisible characters go, ends are trimmed, letters stay; all is reported."""

    @pytest.mark.parametrize("blank", ["\t", "\n", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028"])
    def test_blank_becomes_space(self, blank: str) -> None:
        split = split_name(f"{blank}Ann{blank}Archer")
        assert (pair(split), codes(split)) == (("Ann", "Archer"), ("whitespace_normalised",))

    @pytest.mark.parametrize(
        "sign", ["\u200b", "\ufeff", "\u202e", "\u00ad", "\x00", "\x1b", "\u3164", "\u034f"]
    )
    def test_invisible_goes(self, sign: str) -> None:
        split = split_name(f"An{sign}n Archer{sign}")
        assert (pair(split), codes(split)) == (("Ann", "Archer"), ("invisible_char",))

    def test_joiner_stays_where_the_script_needs_it(self) -> None:
        text = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"
        assert split_name(f"{text} Archer").first == text

    @pytest.mark.parametrize("text", ["\u200b", " \ufeff ", ",\u200b", "\u3164", ", ,", None, ABSENT])
    def test_nothing_left_is_refused(self, text: Any) -> None:
        split = split_name(text)
        assert (split.how, parts(split), codes(split)) == ("empty", {}, ("empty_name",))
        assert split.issues[0].severity is Severity.ERROR

    def test_switched_off(self) -> None:
        assert pair(split_name("\tAnn\u200b Archer", clean=False)) == ("\tAnn\u200b", "Archer")

    @pytest.mark.parametrize("text", ["...", "-", "🙂", "!!! ???", "\u0301"])
    def test_signs_alone_are_kept_and_flagged(self, text: str) -> None:
        split = split_name(text)
        assert split.first
        assert "symbol_only_part" in codes(split)

    @given(st.text())
    def test_letters_keep_their_bytes(self, text: str) -> None:
        split = split_name(text)
        written = f"{split.last}{split.first}" if split.how == "comma" else f"{split.first}{split.last}"
        if codes(split)[-1:] == ("placeholder_last",) or (split.how == "single" and split.last == NLN):
            written = split.first
        assert letters(written) == letters(text)


def letters(text: str) -> list[str]:
    return [sign for sign in text if sign.isalnum() and sign not in "\u3164\uffa0"]


class TestFlagWords:
    """The words that raise a flag: each table, word by word, and its look-alikes that raise none."""

    @pytest.mark.parametrize(
        ("text", "words", "flag"),
        [
            (
                "Ann Archer {}",
                "Jr Jnr Sr Snr II III IV CPA DDS DVM Esq JD MBA M.D. Ph.D. RN",
                "suffix_as_last",
            ),
            ("Ann Archer {}", "Jr. 2nd 3rd BSN DO D.O. MA VI Esquire Junior", "suffix_as_last"),
            ("ANN ARCHER {}", "JR. MD RN PHARMD", "suffix_as_last"),
            ("Ann Lee Bo Archer {}", "V i", "suffix_as_last"),
            ("Archer, {}", "Jr. MD D.O. BSN", "suffix_after_comma"),
            ("{} Ann Archer", "Mr Mrs. Ms. Miss Mx Dr Prof. Rev. Hon. Herr Frau", "title_in_first"),
            ("Ann {} Archer", "van von der den ter ten zu zur af bin ibn", "particle_before_last"),
            ("Ann {} Archer", "Van VAN De St. St Saint Vander ben bint mac", "particle_before_last"),
            ("Ann {} Archer", "de del della di da dos das du la le al el", "particle_before_last"),
            ("Ann {} Bob Archer", "& and AND +", "joint_name"),
            ("Archer {}", "Family Residence household ESTATE Trust", "household_word"),
            ("Acme {}", "Inc Incorporated L.L.C. LLP LP Ltd. Limited Corp Corporation", "legal_form_as_last"),
            ("Acme {}", "Company PLC PLLC PC GmbH mbH KG BV NV SARL SRL SAS Pty", "legal_form_as_last"),
            ("Archer{}Ann", "\uff0c \u3001 \ufe50 \ufe51 \u060c", "non_ascii_comma"),
            ("{}", "々 ぁ ヿ \u3400 一 龥 가 힣 \uf900 \U00020000", "script_no_space"),
        ],
    )
    def test_flagged(self, text: str, words: str, flag: str) -> None:
        for word in words.split():
            assert codes(split_name(text.format(word))) == (flag,), ascii(word)

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "Ann V",
                "Ann Ma",
                "Ann Do",
                "Ann Co",
                "Ann Sa",
                "Ann e Archer",
                "van Archer",
                "Anh Van Nguyen",
                "Ann Ben Archer",
            ),
            *("Family Archer", "Estate Archer", "Of Estate Archer", "Llc Archer", "Jr Archer", "Ann Mr"),
            *("Archer, Jr Ann", "Archer, Inc Ann", "Archer, van Ann", "Ann-Mary O'Brien 3"),
            *(
                "Archer, J.R.",
                "Archer, J.R",
                "Ann J.R.",
                "+1 Ann",
                "Archer, Ann van",
                "Ann 山田",
                "山田 Archer",
                "山田, 太郎",
            ),
        ],
    )
    def test_not_flagged(self, text: str) -> None:
        assert codes(split_name(text)) == ()

    def test_no_placeholder_is_found_in_no_word(self) -> None:
        assert codes(split_name("... ?.", placeholder="")) == ("symbol_only_part",)
        assert codes(split_name("...", placeholder="")) == ("symbol_only_part",)

    @pytest.mark.parametrize("text", ["Jr", "Jr.", "Inc", "Dr", "&Co", "-Ann"])
    def test_single_names_raise_no_word_flag(self, text: str) -> None:
        assert codes(split_name(text)) == ("placeholder_last",)

    def test_more_than_one(self) -> None:
        split = split_name("Dr. Ann & Bob Archer (Tenant)")
        assert codes(split) == ("joint_name", "title_in_first", "note_in_name")

    def test_rules_are_cited(self) -> None:
        issues = {issue for row in TABLE.values() for issue in split_name(row.text).issues}
        assert {issue.code: issue.rule for issue in issues} == {
            **dict.fromkeys(["multiple_commas", "suffix_after_comma", "non_ascii_comma"], "ST-NAME-1"),
            **dict.fromkeys(["suffix_as_last", "title_in_first", "particle_before_last"], "ST-NAME-2"),
            **dict.fromkeys(["joint_name", "household_word", "note_in_name"], "ST-NAME-2"),
            "script_family_first": "ST-NAME-2",
            "script_no_space": "ST-NAME-3",
            **dict.fromkeys(["empty_side", "placeholder_last", "placeholder_in_source"], "ST-NAME-4"),
            **dict.fromkeys(["legal_form", "legal_form_as_last", "legal_form_after_comma"], "ST-NAME-5"),
            **dict.fromkeys(["empty_name", "whitespace_normalised", "invisible_char"], "ST-NAME-6"),
            "symbol_only_part": "ST-NAME-6",
        }
        assert {issue.field for issue in issues} == {"name"}


@pytest.mark.rule("SP-NAME")
class TestKnownParts:
    """A changed name keeps the last name, or else the first (and middle) name, that the target has."""

    @pytest.mark.parametrize(
        ("text", "known", "want"),
        [
            pytest.param(
                "Charles De Gaulle", ("Pierre", "", "De Gaulle"), ("Charles", "De Gaulle"), id="last"
            ),
            pytest.param(
                "Pierre Durand Roy", ("Pierre", "", "De Gaulle"), ("Pierre", "Durand Roy"), id="first"
            ),
            pytest.param(
                "Mary Ann Roy Lee", ("Mary Ann", "", "Fox"), ("Mary Ann", "Roy Lee"), id="first of two"
            ),
            pytest.param("Ann Lee Roy Fox", ("Ann", "Lee", "Kim"), ("Ann", "Roy Fox"), id="first and middle"),
            pytest.param("Ann Roy Fox", ("Ann", "Lee", "Kim"), ("Ann", "Roy Fox"), id="first without middle"),
            pytest.param("Bea Lee De Roy", ("Ann", "Lee", "De Roy"), ("Bea", "De Roy"), id="last and middle"),
            pytest.param("Lee De Roy", ("Ann", "Lee", "De Roy"), ("Lee", "De Roy"), id="a middle name alone"),
            pytest.param(
                "Bea Ann De Roy", ("Ann", "", "De Roy"), ("Bea Ann", "De Roy"), id="last before first"
            ),
            pytest.param(
                "CHARLES DE GAULLE", ("P", "", "De Gaulle"), ("CHARLES", "DE GAULLE"), id="another case"
            ),
            pytest.param("Ann  De\u00a0Roy", ("Bea", "", "De  Roy"), ("Ann", "De Roy"), id="other blanks"),
            pytest.param(
                "Sammy Davis, Jr.", ("S", "", "Davis, Jr."), ("Sammy", "Davis, Jr."), id="a comma in it"
            ),
            pytest.param(
                "De Gaulle, Charles", ("P", "", "De Gaulle"), ("Charles", "De Gaulle"), id="a comma"
            ),
            pytest.param("Ann McRoy", ("Bea", "", "Roy"), ("Ann", "McRoy"), id="no whole word at the end"),
            pytest.param("Annabel De Roy", ("Ann", "", "Fox"), ("Annabel De", "Roy"), id="nor at the start"),
            pytest.param("Cher Bono", ("Cher", "", NLN), ("Cher", "Bono"), id="a placeholder is not known"),
            pytest.param("Cher", ("Cher", "", NLN), ("Cher", NLN), id="nor kept as one"),
            pytest.param("Cherilyn", ("Cher", "", NLN), ("Cherilyn", NLN), id="another single name"),
            pytest.param("Ann De Roy", ("", "", ""), ("Ann De", "Roy"), id="nothing is known"),
            pytest.param("Ann De Roy", (None, ABSENT, None), ("Ann De", "Roy"), id="nor read"),
            pytest.param("Roy", ("", "", "Roy"), ("", "Roy"), id="a last name alone stays one"),
        ],
    )
    def test_table(self, text: str, known: tuple[Any, Any, Any], want: tuple[str, str]) -> None:
        first, middle, last = known
        assert pair(resplit_name(text, first=first, middle=middle, last=last)) == want

    @pytest.mark.parametrize(
        ("text", "want"),
        [("De Gaulle", ("", "De Gaulle")), ("Pierre", ("Pierre", ""))],
        ids=["first", "last"],
    )
    def test_a_part_that_the_name_has_no_longer_is_reported(self, text: str, want: tuple[str, str]) -> None:
        split = resplit_name(text, first="Pierre", last="De Gaulle")
        assert (pair(split), codes(split)) == (want, ("name_part_kept",))

    def test_the_middle_name_is_a_part_of_its_own(self) -> None:
        assert parts(resplit_name("Ann Lee Fox", first="Ann", middle="Lee", last="Roy"))["middle"] == "Lee"
        assert parts(resplit_name("Bea Lee Roy", first="Ann", middle="Lee", last="Roy"))["middle"] == "Lee"

    def test_how_and_what_was_cleaned_are_reported(self) -> None:
        split = resplit_name("Ann\u200b De Roy", first="Bea", last="De Roy")
        assert (split.how, codes(split)) == ("known", ("invisible_char",))
        assert codes(resplit_name("Ann de Roy", first="Bea", last="Fox")) == ("particle_before_last",)

    def test_an_empty_name(self) -> None:
        assert codes(resplit_name(" ", first="Ann", last="Roy")) == ("empty_name",)

    @given(st.lists(st.text("ab", min_size=1), min_size=1), st.lists(st.text("ab", min_size=1), min_size=1))
    def test_what_is_shown_is_read_back(self, first: list[str], last: list[str]) -> None:
        known = {"first": " ".join(first), "last": " ".join(last)}
        split = resplit_name(f"{known['first']} {known['last']}", **known)
        assert {"first": split.first, "last": split.last} == known
