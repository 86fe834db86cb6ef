"""What a source may opt into beyond the documented rules, and what no opt-in may change."""

import string
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import ConfigurationError
from custsync.rules.names import AS_DOCUMENTED, NamePolicy, SplitName, split_name
from custsync.rules.names.vocabulary import HOUSEHOLDS, LEGAL_FORMS, SUFFIXES, TITLES, is_hangul

SUFFIXED = NamePolicy(comma="name_suffix", suffixes=True, particles=True)

EVERY_OPT_IN = {
    "name_suffix": NamePolicy(comma="name_suffix"),
    "name_form": NamePolicy(comma="name_form"),
    "last_comma": NamePolicy(split_at="last_comma"),
    "as_written": NamePolicy(empty_side="as_written"),
    "any_comma": NamePolicy(any_comma=True),
    "legal_forms": NamePolicy(legal_forms=True),
    "notes": NamePolicy(notes=True),
    "symbols": NamePolicy(symbols=True),
    "suffixes": NamePolicy(suffixes=True),
    "titles": NamePolicy(titles=True),
    "particles": NamePolicy(particles=True),
    "two_surnames": NamePolicy(two_surnames=True),
    "middle": NamePolicy(middle=True),
    "family_first": NamePolicy(family_first=True),
}
ALL_AT_ONCE = NamePolicy(
    comma="name_suffix",
    any_comma=True,
    legal_forms=True,
    notes=True,
    symbols=True,
    suffixes=True,
    titles=True,
    particles=True,
    two_surnames=True,
    middle=True,
    family_first=True,
)
ODD_PIECES = [
    *("  ", ",", "Dr. ", "Ann", "Archer", " van ", "der ", "Jr.", " MD", "LLC", "(", "Tenant)", " - "),
    *("Q. ", "山", "김", " 🙂 ", "&", "\uff0c"),
]
ODD_NAMES = st.lists(st.sampled_from(ODD_PIECES)).map("".join)
PLAIN_WORDS = st.text(string.ascii_letters, min_size=2).filter(
    lambda word: word.lower() not in LEGAL_FORMS | SUFFIXES | TITLES | HOUSEHOLDS
)


def codes(split: SplitName) -> tuple[str, ...]:
    return tuple(issue.code for issue in split.issues)


def parts(split: SplitName) -> dict[str, str]:
    names = ("first", "last", "company", "title", "middle", "suffix", "note")
    return {name: getattr(split, name) for name in names if getattr(split, name)}


def letters(text: str) -> list[str]:
    return [sign for sign in text if sign.isalnum() and sign not in "\u3164\uffa0"]


class TestPolicy:
    """A policy is checked when it is made; its default opts into nothing."""

    @pytest.mark.parametrize("name", ["comma", "split_at", "empty_side"])
    @pytest.mark.parametrize("word", ["", "first", None, "LAST_FIRST"])
    def test_unknown_words_are_refused(self, name: str, word: Any) -> None:
        with pytest.raises(ConfigurationError, match=f"{name} is one of"):
            NamePolicy(**{name: word})


class TestOptIns:
    """Each opt-in does what its row of the table says, and settles its flag."""

    @pytest.mark.parametrize(
        ("text", "policy", "want"),
        [
            pytest.param("John Q. Public", "middle", ("John", "Public", "middle Q."), id="4"),
            pytest.param("Smith, John, Jr.", "suffixes", ("John", "Smith", "suffix Jr."), id="5"),
            pytest.param("John Smith, Jr.", "name_suffix", ("John", "Smith", "suffix Jr."), id="6"),
            pytest.param("Smith, John, Jr.", "name_suffix", ("John", "Smith", "suffix Jr."), id="5 comma"),
            pytest.param("John Smith Jr.", "suffixes", ("John", "Smith", "suffix Jr."), id="7"),
            pytest.param("Smith Jr., John", "suffixes", ("John", "Smith", "suffix Jr."), id="8"),
            pytest.param("John Smith, MD", "name_suffix", ("John", "Smith", "suffix MD"), id="9"),
            pytest.param("Smith\uff0cJohn", "any_comma", ("John", "Smith"), id="17"),
            pytest.param("山田 太郎", "family_first", ("太郎", "山田"), id="19"),
            pytest.param("김철수", "family_first", ("철수", "김"), id="20"),
            pytest.param("남궁민수", "family_first", ("민수", "남궁"), id="20 long"),
            pytest.param("남궁", "family_first", ("궁", "남"), id="20 two"),
            pytest.param("Johan van der Berg", "particles", ("Johan", "van der Berg"), id="22"),
            pytest.param("Juan José García Ríos", "two_surnames", ("Juan José", "García Ríos"), id="24"),
            pytest.param("Dr. John Smith", "titles", ("John", "Smith", "title Dr."), id="25"),
            pytest.param("(A) John (B) Smith", "notes", ("John", "Smith", "note A, B"), id="32 two"),
            pytest.param("Smith (Tenant), John", "notes", ("John", "Smith", "note Tenant"), id="32 left"),
            pytest.param("Mrs. Brown, Amanda", "titles", ("Amanda", "Brown", "title Mrs."), id="25 left"),
            pytest.param("Smith, John ( Tenant )", "notes", ("John", "Smith", "note Tenant"), id="32"),
            pytest.param("John Smith (Tenant)", "notes", ("John", "Smith", "note Tenant"), id="32 last"),
            pytest.param("John Smith - Rental", "notes", ("John", "Smith", "note Rental"), id="32 dash"),
            pytest.param("🙂 Ann Archer", "symbols", ("Ann", "Archer"), id="36"),
            pytest.param("🙂  Ann Archer", "symbols", ("Ann", "Archer"), id="36 blanks"),
        ],
    )
    def test_row(self, text: str, policy: str, want: tuple[str, ...]) -> None:
        split = split_name(text, policy=EVERY_OPT_IN[policy])
        first, last, *other = want
        expected = {"first": first, "last": last, **dict(part.split(" ", 1) for part in other)}
        assert (parts(split), codes(split)) == (expected, ())

    @pytest.mark.parametrize("text", ["Ann Archer Jr., MD", "Archer Jr., Ann, MD", "Archer, Ann, Jr., MD"])
    def test_two_suffixes_are_both_kept(self, text: str) -> None:
        split = split_name(text, policy=NamePolicy(comma="name_suffix", suffixes=True))
        assert parts(split) == {"first": "Ann", "last": "Archer", "suffix": "Jr. MD"}

    @pytest.mark.parametrize(
        ("text", "want"),
        [
            pytest.param("Arthur Gray, Jr., M.D.", ("Arthur", "Gray", "Jr. M.D."), id="chain"),
            pytest.param("Arthur Gray, Jr. MD", ("Arthur", "Gray", "Jr. MD"), id="chain without comma"),
            pytest.param("Arthur Gray MD, III", ("Arthur", "Gray", "MD III"), id="chain over a comma"),
            pytest.param("Arthur Gray, Ph. D.", ("Arthur", "Gray", "Ph. D."), id="one in two words"),
            pytest.param("Arthur Gray, DO, BSN", ("Arthur", "Gray", "DO BSN"), id="names in capitals"),
            pytest.param("Arthur Gray D.O.", ("Arthur", "Gray", "D.O."), id="names with dots"),
            pytest.param("Arthur Gray VI", ("Arthur", "Gray", "VI"), id="six"),
            pytest.param("Arthur Lee Gray Senior", ("Arthur Lee", "Gray", "Senior"), id="senior"),
            pytest.param("Arthur B. Lee Gray V", ("Arthur B. Lee", "Gray", "V"), id="five"),
            pytest.param("Gray Jr. MD, Arthur", ("Arthur", "Gray", "Jr. MD"), id="left of the comma"),
            pytest.param("Gray, Arthur Jr., MD", ("Arthur", "Gray", "Jr. MD"), id="right of the comma"),
            pytest.param("Arthur Gray,", ("Arthur", "Gray", ""), id="nothing behind the comma"),
            pytest.param("Smith, J.R.", ("J.R.", "Smith", ""), id="initials"),
            pytest.param("Van Dyke, J.R.", ("J.R.", "Van Dyke", ""), id="initials, two words left"),
            pytest.param("Smith, M.D.", ("M.D.", "Smith", ""), id="one surname left"),
            pytest.param("De La Cruz, MD", ("MD", "De La Cruz", ""), id="one surname of three words left"),
            pytest.param("Nguyen Van, Do", ("Do", "Nguyen Van", ""), id="a name, not capitals"),
            pytest.param("NGUYEN VAN, DO", ("DO", "NGUYEN VAN", ""), id="a name among capitals"),
            pytest.param("Anh Thi Do", ("Anh Thi", "Do", ""), id="a surname"),
            pytest.param("Suresh Kumar V", ("Suresh Kumar", "V", ""), id="an initial"),
            pytest.param("Edward Senior III", ("Edward", "Senior", "III"), id="a surname before a suffix"),
            pytest.param("Geert De Vries", ("Geert", "De Vries", ""), id="particle in capitals"),
            pytest.param("Jill St. John", ("Jill", "St. John", ""), id="saint"),
            pytest.param("MARIA DE LA CRUZ JR", ("MARIA", "DE LA CRUZ", "JR"), id="all capitals"),
            pytest.param(
                "Anh Van Nguyen", ("Anh Van", "Nguyen", ""), id="a given name that is a particle too"
            ),
            pytest.param("F. Al Dixon", ("F. Al", "Dixon", ""), id="a given name behind an initial"),
            pytest.param("Fatima Al Zahra", ("Fatima", "Al Zahra", ""), id="the same particle"),
            pytest.param("Ann Ben Archer", ("Ann Ben", "Archer", ""), id="a given name"),
            pytest.param("Ahmad ben Husain", ("Ahmad", "ben Husain", ""), id="written small"),
            pytest.param("Juan Velasquez y Garcia", ("Juan", "Velasquez y Garcia", ""), id="two surnames"),
            pytest.param("Juan y Garcia", ("Juan y", "Garcia", ""), id="nothing to join"),
            pytest.param("Anna von Bergen Wessels", ("Anna", "von Bergen Wessels", ""), id="a wide surname"),
        ],
    )
    def test_together(self, text: str, want: tuple[str, str, str]) -> None:
        split = split_name(text, policy=SUFFIXED)
        assert (split.first, split.last, split.suffix) == want

    @pytest.mark.parametrize(
        "tail", [", Jr." * 99, " Jr." * 99, ", Jr. Jr." * 99], ids=["commas", "blanks", "both"]
    )
    @pytest.mark.parametrize("name", ["Ann Archer", "Archer, Ann"])
    @pytest.mark.parametrize(
        "policy", [SUFFIXED, NamePolicy(suffixes=True)], ids=["name, suffix", "last, first"]
    )
    def test_a_hostile_chain_costs_little(self, name: str, tail: str, policy: NamePolicy) -> None:
        """More suffixes than anybody has are not all taken out, and no letter is lost."""
        split = split_name(name + tail, policy=policy)
        assert 0 <= split.suffix.count("Jr.") < tail.count("Jr.")
        assert "".join(parts(split).values()).count("Jr.") == tail.count("Jr.")

    @pytest.mark.parametrize(
        ("text", "policy", "left"),
        [
            pytest.param("Arthur Gray, Jr., M.D.", SUFFIXED, (), id="a chain is settled"),
            pytest.param("Smith, Jr.", SUFFIXED, ("suffix_after_comma",), id="a suffix that stays"),
            pytest.param("Smith, Ann, Bob, Jr.", SUFFIXED, ("multiple_commas",), id="commas that stay"),
            pytest.param("Ann Smith, Jr., Bo", SUFFIXED, ("multiple_commas",), id="a suffix between names"),
            pytest.param(
                "Ann de Smith Jr.", NamePolicy(suffixes=True), ("particle_before_last",), id="uncovered"
            ),
            pytest.param("Ann Smith, Bo (Tenant)", NamePolicy(notes=True), (), id="note"),
            pytest.param(
                "Smith\uff0cAnn\uff0cBo", NamePolicy(any_comma=True), ("multiple_commas",), id="new commas"
            ),
            pytest.param(
                "Ann - Bo, Smith", NamePolicy(notes=True), ("note_in_name",), id="no note at the end"
            ),
            pytest.param(
                "Jan de la Paz Ruiz", NamePolicy(two_surnames=True), ("particle_before_last",), id="two"
            ),
        ],
    )
    def test_a_warning_goes_only_where_a_step_settled_it(
        self, text: str, policy: NamePolicy, left: tuple[str, ...]
    ) -> None:
        assert codes(split_name(text, policy=policy)) == left

    @given(ODD_NAMES | st.text(), st.sampled_from([*EVERY_OPT_IN.values(), ALL_AT_ONCE, SUFFIXED]))
    def test_a_split_that_stays_keeps_its_warnings(self, text: str, policy: NamePolicy) -> None:
        split, documented = split_name(text, policy=policy), split_name(text)
        if parts(split) == parts(documented):
            assert set(codes(documented)) <= set(codes(split))

    @pytest.mark.parametrize(
        ("text", "policy"),
        [
            ("John Q. Public", "middle"),
            ("Smith , John , Jr.", "suffixes"),
            ("Smith Jr. , John", "suffixes"),
            ("John Smith Jr.", "suffixes"),
            ("John Smith , Jr.", "name_suffix"),
            ("山田 太郎 次", "family_first"),
            ("Johan van der Berg", "particles"),
            ("Juan José García Ríos", "two_surnames"),
            ("Dr. John Smith", "titles"),
            ("John Smith ( Tenant )", "notes"),
            ("John Smith - Rental", "notes"),
            ("Ann Archer 🙂", "symbols"),
            ("🙂 Ann Archer", "symbols"),
        ],
    )
    def test_doubled_blanks_make_no_difference(self, text: str, policy: str) -> None:
        plain = parts(split_name(text, policy=EVERY_OPT_IN[policy]))
        wide = parts(split_name(text.replace(" ", "  "), policy=EVERY_OPT_IN[policy]))
        assert {name: " ".join(part.split()) for name, part in wide.items()} == plain
        assert all(part == part.strip(" ") for part in wide.values())

    def test_symbol_alone_before_a_single_name(self) -> None:
        split = split_name("🙂 Smith", policy=EVERY_OPT_IN["symbols"])
        assert (split.first, split.last, codes(split)) == ("Smith", "NoLastName", ("placeholder_last",))

    def test_family_first_says_so(self) -> None:
        assert split_name("山田 太郎", policy=EVERY_OPT_IN["family_first"]).how == "family_first"

    @pytest.mark.parametrize("family", ["남궁", "독고", "사공", "서문", "선우", "제갈", "황보"])
    def test_long_family_names(self, family: str) -> None:
        split = split_name(f"{family}민", policy=EVERY_OPT_IN["family_first"])
        assert (split.first, split.last, split.how) == ("민", family, "family_first")

    @pytest.mark.parametrize("policy", ["legal_forms", "name_form"])
    @pytest.mark.parametrize("text", ["Acme, Inc.", "Smith, Jones & Partners, LLP"])
    def test_company_after_comma(self, text: str, policy: str) -> None:
        split = split_name(text, policy=EVERY_OPT_IN[policy])
        assert (parts(split), split.how, codes(split)) == ({"company": text}, "company", ())

    @pytest.mark.parametrize("text", ["ABC Plumbing LLC", "Smith, Jones & Partners LLP"])
    def test_company_by_its_form(self, text: str) -> None:
        split = split_name(text, policy=EVERY_OPT_IN["legal_forms"])
        assert (parts(split), split.how, codes(split)) == ({"company": text}, "company", ())

    @pytest.mark.parametrize(
        ("text", "policy"),
        [
            pytest.param(", , Jr.", "name_suffix", id="suffix behind commas"),
            pytest.param(", , Inc.", "name_form", id="form behind commas"),
            pytest.param("Smith, John, Xavier", "suffixes", id="no suffix after the second comma"),
            pytest.param("Jr., John", "suffixes", id="last name is the suffix"),
            pytest.param("Smith Brown, John", "suffixes", id="no suffix left of the comma"),
            pytest.param("Ann Maria Archer", "titles", id="no title"),
            pytest.param("Archer, Ann Maria", "two_surnames", id="one word left of the comma"),
            pytest.param("Q. Public", "middle", id="no first name before the initial"),
            pytest.param("Ann 山田", "family_first", id="one half of another script"),
            pytest.param("山田 Archer", "family_first", id="the other half"),
            pytest.param("김, 철수", "family_first", id="a comma says the order, hangul"),
            pytest.param("김", "family_first", id="one syllable"),
            pytest.param("김철수김철", "family_first", id="five syllables"),
            pytest.param("- Smith", "symbols", id="a plain sign alone stays"),
            pytest.param("Smith, John", "name_suffix", id="no suffix right of the comma"),
            pytest.param("Smith, John", "name_form", id="no form right of the comma"),
            pytest.param(", Jr.", "name_suffix", id="suffix without name"),
            pytest.param(", Inc.", "name_form", id="form without name"),
            pytest.param("Smith, Jr.", "suffixes", id="first name is the suffix"),
            pytest.param("Smith, ,Jr.", "suffixes", id="nothing before the suffix"),
            pytest.param("John Jr.", "suffixes", id="no last name before the suffix"),
            pytest.param("Mr. Smith", "titles", id="no first name after the title"),
            pytest.param("van Berg", "particles", id="no first name before the particle"),
            pytest.param("van der Berg, Johan", "particles", id="a comma says it"),
            pytest.param("A B, C D", "two_surnames", id="a comma says it too"),
            pytest.param("John Xu Public", "middle", id="no initial"),
            pytest.param("John .. Public", "middle", id="dots are no initial"),
            pytest.param("John 1 Public", "middle", id="a digit is no initial"),
            pytest.param("山田太郎", "family_first", id="18"),
            pytest.param("山田, 太郎", "family_first", id="a comma says the order"),
            pytest.param("Inc.", "legal_forms", id="form alone"),
            pytest.param("(Tenant)", "notes", id="note alone"),
            pytest.param("John Smith ()", "notes", id="empty note"),
            pytest.param("John Smith)", "notes", id="no opening bracket"),
            pytest.param("🙂", "symbols", id="symbol alone"),
            pytest.param("John & Jane Smith", "symbols", id="plain signs stay"),
            pytest.param("\u3001", "any_comma", id="nothing but a comma"),
        ],
    )
    def test_nothing_to_do(self, text: str, policy: str) -> None:
        assert split_name(text, policy=EVERY_OPT_IN[policy]) == split_name(text)

    def test_work_together(self) -> None:
        split = split_name("Dr. Johan Q. van der Berg, MD (Tenant)", policy=ALL_AT_ONCE)
        assert parts(split) == {
            "title": "Dr.",
            "first": "Johan",
            "middle": "Q.",
            "last": "van der Berg",
            "suffix": "MD",
            "note": "Tenant",
        }

    @pytest.mark.parametrize("policy", [*EVERY_OPT_IN.values(), ALL_AT_ONCE], ids=[*EVERY_OPT_IN, "all"])
    @given(first=PLAIN_WORDS, last=PLAIN_WORDS)
    def test_never_change_a_plain_two_word_name(self, policy: NamePolicy, first: str, last: str) -> None:
        for text in (f"{first} {last}", f"{last}, {first}"):
            assert split_name(text, policy=policy) == split_name(text)

    @given(ODD_NAMES | st.text())
    def test_lose_no_letter(self, text: str) -> None:
        split = split_name(text, policy=ALL_AT_ONCE, placeholder="")
        assert sorted(letters("".join(parts(split).values()))) == sorted(letters(text))

    @given(ODD_NAMES | st.text(), st.sampled_from([*EVERY_OPT_IN.values(), ALL_AT_ONCE]))
    def test_take_any_text(self, text: str, policy: NamePolicy) -> None:
        split = split_name(text, policy=policy)
        assert (split.how == "empty") == (codes(split) == ("empty_name",))
        assert split.how == "empty" or split.first or split.last or split.company
        assert all(part == part.strip(" ") for part in parts(split).values())

    @pytest.mark.parametrize(
        "text", ["John Smith", "Smith, John", "Emily", "Smith,", "Dr. John Smith Jr.", ","]
    )
    def test_an_equal_policy_is_the_default(self, text: str) -> None:
        assert NamePolicy() == AS_DOCUMENTED
        assert split_name(text, policy=NamePolicy()) == split_name(text)


@pytest.mark.parametrize(
    ("text", "is_it"),
    [("가힣", True), ("가", True), ("힣", True), ("김A", False), ("あ", False), ("힤", False)],
)
def test_hangul_is_known_from_its_first_to_its_last_syllable(text: str, is_it: bool) -> None:  # noqa: FBT001 - a table
    assert is_hangul(text) is is_it
