"""What is no country is refused with a reason, never guessed."""

import pytest
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import Severity
from custsync.rules.countries import Refusal, RefusalReason, resolve_country, suggest

pytestmark = [pytest.mark.rule("LS-CTRY"), pytest.mark.rule("UF-CTRY")]


def refused(text: str | None, system: str = "iso") -> tuple[str, tuple[str, ...]]:
    answer = resolve_country(text, system=system)
    assert isinstance(answer, Refusal), answer
    return answer.reason.value, answer.codes


class TestReasons:
    """Each reason says what the text is instead of a country, and names the codes that help."""

    @pytest.mark.parametrize("text", ["", " ", "\t\r\n", "\u200b", "\u3000"])
    def test_empty(self, text: str) -> None:
        assert refused(text) == ("empty", ())

    @pytest.mark.parametrize(
        "text",
        [
            "-",
            "?",
            "...",
            "N/A",
            "n.a.",
            "NA/",
            "none",
            "None",
            "NULL",
            "nan",
            "XX",
            "zz",
            "unknown",
            "TBD",
            "test",
            "Select a country",
            "Please select...",
            "0",
            "--none--",
            "(none)",
            "not applicable",
        ],
    )
    def test_placeholder(self, text: str) -> None:
        assert refused(text) == ("placeholder", ())

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("Korea", ("KP", "KR")),
            ("Congo", ("CD", "CG")),
            ("The Congo", ("CD", "CG")),
            ("virgin islands", ("VG", "VI")),
            ("Channel Islands", ("GG", "JE")),
            ("Guiana", ("GF", "GY")),
            ("Republic of Dominica", ("DM", "DO")),
            ("People's Republic of Congo", ("CD", "CG")),
        ],
    )
    def test_ambiguous_with_its_candidates(self, text: str, codes: tuple[str, ...]) -> None:
        assert refused(text) == ("ambiguous", codes)

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("Maryland", ("LR-MY", "US-MD")),
            ("London", ("GB-LND",)),
            ("New Jersey", ("US-NJ",)),
            ("texas", ("US-TX",)),
            ("TX", ("US-TX",)),
            ("us-ca", ("US-CA",)),
            ("Qu\u00e9bec", ("CA-QC",)),
            ("Florida", ("US-FL", "UY-FD")),
            ("AB", ("CA-AB", "GE-AB")),
            ("Bavaria", ("DE-BY",)),
            ("Praha", ("CZ-10",)),
            ("Canary Islands", ("ES-CN",)),
        ],
    )
    def test_subdivision_with_its_codes(self, text: str, codes: tuple[str, ...]) -> None:
        assert refused(text) == ("subdivision", codes)

    def test_a_code_of_states_of_several_countries_names_them_all(self) -> None:
        reason, codes = refused("CT")
        assert reason == "subdivision"
        assert {"US-CT", "IT-CT"} <= set(codes)
        assert list(codes) == sorted(codes)

    @pytest.mark.parametrize(
        "text", ["Europe", "EU", "European Union", "EMEA", "Africa", "America", "UN", "Worldwide"]
    )
    def test_region(self, text: str) -> None:
        assert refused(text) == ("region", ())

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("Zaire", ("CD",)),
            ("Czechoslovakia", ("CZ", "SK")),
            ("Serbia and Montenegro", ("ME", "RS")),
            ("CS", ("CZ", "ME", "RS", "SK")),
            ("DDR", ("DE",)),
            ("East Germany", ("DE",)),
            ("Republic of Vietnam", ("VN",)),
        ],
    )
    def test_dissolved_with_its_successors(self, text: str, codes: tuple[str, ...]) -> None:
        assert refused(text) == ("dissolved", codes)

    @pytest.mark.parametrize(
        "text",
        [
            "Atlantis",
            "Springfield",
            "Marseille",
            "Toronto",
            "Emily",
            "Mary Sample",
            "Franc",
            "Germny",
            "United",
            "Republic of",
            "Republic of Elbonia",
            "State of Georgia",
            "Democratic Republic of Germany",
            "Commonwealth of Virginia",
            "1",
            "13",
            "99",
            "_u.s.",
            "B",
            "12345",
            "info@example.com",
            "France France",
            "\U0001f1fa\U0001f1f8",
            "Ma Li",
            "+1 555 0100",
        ],
    )
    def test_not_found(self, text: str) -> None:
        assert refused(text) == ("not_found", ())


class TestHostileText:
    """Any text has an answer; a long one is not looked at."""

    @pytest.mark.parametrize(
        "text",
        [
            "\ud800",
            "US\x00",
            "\x00",
            "A" * 1_000_000,
            "France" + " " * 200,
            "\ufdfa" * 100,
            "(" * 120,
            "," * 120,
            "a," * 60,
            "U." * 60,
            "\u0301" * 100,
            "'" * 100,
            "_",
            "__",
            "_\ud800",
        ],
        ids=range(15),
    )
    def test_it_is_refused(self, text: str) -> None:
        assert isinstance(resolve_country(text), Refusal)

    def test_the_longest_text_that_is_looked_at(self) -> None:
        assert not isinstance(resolve_country("France".ljust(100)), Refusal)
        assert refused("France".ljust(101)) == ("not_found", ())

    @given(st.text(max_size=110))
    def test_never_raises(self, text: str) -> None:
        answer = resolve_country(text, system="netsuite")
        if isinstance(answer, Refusal):
            assert answer.shape == f"text, {len(text)} characters"

    @given(st.text(st.characters(codec=None), max_size=40))
    def test_never_raises_for_surrogates(self, text: str) -> None:
        resolve_country(text)
        assert isinstance(suggest(text), tuple)


class TestIssues:
    """A refusal becomes an issue with the caller's rule and field; it shows the shape, never the text."""

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (None, RefusalReason.EMPTY),
            ("Canary Wharf Bird", RefusalReason.NOT_FOUND),
            ("Korea", RefusalReason.AMBIGUOUS),
            ("Texas", RefusalReason.SUBDIVISION),
            ("Europe", RefusalReason.REGION),
            ("USSR", RefusalReason.DISSOLVED),
            ("Kosovo", RefusalReason.NOT_IN_SYSTEM),
            ("n/a", RefusalReason.PLACEHOLDER),
        ],
    )
    def test_every_reason(self, text: str | None, reason: RefusalReason) -> None:
        answer = resolve_country(text)
        assert isinstance(answer, Refusal)
        issue = answer.as_issue(rule="UF-CTRY", field="company information: country")
        assert answer.reason is reason
        assert issue.code == f"country_{reason.value}"
        assert (issue.rule, issue.field) == ("UF-CTRY", "company information: country")
        assert issue.severity is Severity.ERROR
        assert issue.shape == ("null" if text is None else f"text, {len(text)} characters")
        assert all(code in issue.reason for code in answer.codes)
        assert issue.remedy.rstrip(".") == issue.remedy != ""
        assert text is None or text not in f"{issue!s}{issue!r}{answer!r}"

    def test_the_severity_is_the_callers(self) -> None:
        answer = resolve_country("Atlantis")
        assert isinstance(answer, Refusal)
        issue = answer.as_issue(rule="LS-CTRY", field="country", severity=Severity.WARNING)
        assert issue.severity is Severity.WARNING


class TestSuggestions:
    """Suggestions may be fuzzy: they are for people, and no answer is made of them."""

    @pytest.mark.parametrize(
        ("text", "first"),
        [("Germny", "DE"), ("Untied States", "US"), ("Phillipinnes", "PH"), ("Austrailia", "AU")],
    )
    def test_the_likeliest_comes_first(self, text: str, first: str) -> None:
        assert isinstance(resolve_country(text), Refusal)
        assert suggest(text)[0] == first

    def test_no_country_twice_and_no_more_than_asked_for(self) -> None:
        assert len(suggest("Guinee", count=2)) == 2
        codes = suggest("Great Britain and Northern Irland", count=5)
        assert codes[0] == "GB"
        assert len(codes) == len(set(codes))

    def test_only_what_the_system_takes(self) -> None:
        assert suggest("Kossovo", system="netsuite", count=1) == ("XK",)
        assert "XK" not in suggest("Kossovo")

    @pytest.mark.parametrize("text", ["", "?", "zzzzqqqq", "\ud800"])
    def test_nothing_alike(self, text: str) -> None:
        assert suggest(text) == ()

    @pytest.mark.parametrize("count", [0, -1, 1.5, True, "3"], ids=repr)
    def test_a_count_is_a_positive_number(self, count: int) -> None:
        with pytest.raises(InputError, match="at least 1"):
            suggest("France", count=count)

    def test_the_text_is_text(self) -> None:
        with pytest.raises(InputError, match="text must be text"):
            suggest(None)  # type: ignore[arg-type]
