"""A state is looked for inside its country only."""

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custsync.errors import InputError
from custsync.rules.countries import FoundBy, Refusal, RefusalReason, State, resolve_state

pytestmark = pytest.mark.rule("LS-CTRY")


def refused(text: str | None, country: str) -> tuple[str, tuple[str, ...]]:
    answer = resolve_state(text, country=country)
    assert isinstance(answer, Refusal), answer
    return answer.reason.value, answer.codes


class TestStates:
    """A full code, a short code or a name, in that order, inside the country."""

    @pytest.mark.parametrize(
        ("text", "country", "code", "how"),
        [
            ("US-CA", "US", "US-CA", FoundBy.SUBDIVISION_CODE),
            ("us-ca", "US", "US-CA", FoundBy.SUBDIVISION_CODE),
            ("CA", "US", "US-CA", FoundBy.SHORT_CODE),
            (" ca ", "US", "US-CA", FoundBy.SHORT_CODE),
            ("California", "US", "US-CA", FoundBy.ISO_NAME),
            ("NEW  YORK", "US", "US-NY", FoundBy.ISO_NAME),
            ("Georgia", "US", "US-GA", FoundBy.ISO_NAME),
            ("D.C.", "US", "US-DC", FoundBy.EVERYDAY),
            ("Washington, D.C.", "US", "US-DC", FoundBy.EVERYDAY),
            ("Washington", "US", "US-WA", FoundBy.ISO_NAME),
            ("Florida", "UY", "UY-FD", FoundBy.ISO_NAME),
            ("Punjab", "PK", "PK-PB", FoundBy.ISO_NAME),
            ("Punjab", "IN", "IN-PB", FoundBy.ISO_NAME),
            ("Limburg", "NL", "NL-LI", FoundBy.ISO_NAME),
            ("Limburg", "BE", "BE-VLI", FoundBy.ISO_NAME),
            ("Quebec", "CA", "CA-QC", FoundBy.ISO_NAME),
            ("PEI", "CA", "CA-PE", FoundBy.EVERYDAY),
            ("Catalu\u00f1a", "ES", "ES-CT", FoundBy.ISO_NAME),
            ("Catalunya", "ES", "ES-CT", FoundBy.ISO_NAME),
            ("London", "GB", "GB-LND", FoundBy.ISO_NAME),
            ("City of London", "GB", "GB-LND", FoundBy.ISO_NAME),
            ("13", "JP", "JP-13", FoundBy.SHORT_CODE),
            ("nan", "TH", "TH-55", FoundBy.ISO_NAME),
        ],
    )
    def test_found(self, text: str, country: str, code: str, how: FoundBy) -> None:
        answer = resolve_state(text, country=country)
        assert isinstance(answer, State)
        assert (answer.code, answer.found_by) == (code, how)
        assert answer.country == country
        assert f"{answer.country}-{answer.short_code}" == code

    def test_every_code_of_every_country(self) -> None:
        for row in pycountry.subdivisions:
            by_code = resolve_state(row.code.lower(), country=row.country_code)
            by_short_code = resolve_state(row.code[3:], country=row.country_code)
            assert isinstance(by_code, State)
            assert isinstance(by_short_code, State)
            assert by_code.code == by_short_code.code == row.code
            assert by_code.name == row.name

    def test_every_name_of_every_country_is_its_own_or_ambiguous(self) -> None:
        for row in pycountry.subdivisions:
            answer = resolve_state(row.name.upper(), country=row.country_code)
            if isinstance(answer, State):
                assert answer.code == row.code or answer.found_by is FoundBy.SHORT_CODE
            else:
                assert answer.reason is RefusalReason.AMBIGUOUS
                assert row.code in answer.codes


class TestRefusals:
    """What the country does not have is refused, whatever other countries have."""

    @pytest.mark.parametrize(
        ("text", "country", "reason"),
        [
            ("Ontario", "US", "not_found"),
            ("US-CA", "CA", "not_found"),
            ("California", "MX", "not_found"),
            ("Texas", "DE", "not_found"),
            ("CA", "XK", "not_in_system"),
            ("CA", "us", "not_in_system"),
            ("CA", "", "not_in_system"),
            ("anything", "VA", "not_found"),
            ("", "US", "empty"),
            (" ", "US", "empty"),
            ("-", "US", "placeholder"),
            ("N/A", "US", "placeholder"),
            ("Europe", "US", "not_found"),
            ("\u0430", "US", "not_found"),
            ("\u00df", "IT", "not_found"),
            ("A" * 1_000_000, "US", "not_found"),
            ("California".ljust(101), "US", "not_found"),
        ],
        ids=range(17),
    )
    def test_refused(self, text: str, country: str, reason: str) -> None:
        assert refused(text, country) == (reason, ())

    def test_a_name_that_two_states_of_a_country_share_is_ambiguous(self) -> None:
        reason, codes = refused("Illes Balears", "ES")
        assert (reason, codes) == ("ambiguous", ("ES-IB", "ES-PM"))

    def test_null_is_empty(self) -> None:
        assert refused(None, "US") == ("empty", ())

    @pytest.mark.parametrize(
        ("text", "country"), [(7, "US"), ("CA", None), (b"CA", "US"), ("CA", ["US"])], ids=repr
    )
    def test_other_types_are_refused(self, text: object, country: object) -> None:
        with pytest.raises(InputError, match="must be text, not"):
            resolve_state(text, country=country)  # type: ignore[arg-type]

    @given(st.text(st.characters(codec=None), max_size=60), st.sampled_from(["US", "ES", "GB", "VA"]))
    def test_never_raises_and_never_leaves_the_country(self, text: str, country: str) -> None:
        answer = resolve_state(text, country=country)
        assert isinstance(answer, Refusal) or answer.country == country
