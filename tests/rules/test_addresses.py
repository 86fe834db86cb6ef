"""Addresses: cleaned, compared, fitted into fewer lines and checked, and nothing dropped in silence."""

import pickle
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import ABSENT, Address, Issue, Maybe, Severity
from custsync.rules.addresses import (
    CheckedAddress,
    address_key,
    clean,
    fit_lines,
    is_blank,
    lines,
    one_line,
    same_place,
    with_country_code,
)

PLACE = ("line1", "line2", "line3", "city", "state", "postal_code")
TEXTS = ("label", "attention", "addressee", *PLACE, "country", "phone")
EMPTY = Address()
TOWN = Address(city="Springfield", state="IL", postal_code="62701", country="US")
HERE = evolve(TOWN, line1="1 Elm St.", line2="Suite 4")


def having(name: str, value: Any, address: Address = EMPTY) -> Address:
    return evolve(address, **{name: value})


values = st.none() | st.just(ABSENT) | st.text() | st.text(" \t\u00a0\u200baé,.&-1")
addresses = st.builds(Address, **dict.fromkeys(TEXTS, values))


@pytest.mark.rule("G-LOSS")
class TestClean:
    """Ends are trimmed, doubled blanks and invisible characters go; letters stay; all is reported."""

    @pytest.mark.parametrize(
        ("text", "want", "code"),
        [
            pytest.param(" 1 Elm St ", "1 Elm St", "blanks_removed", id="ends"),
            pytest.param("1  Elm\tSt", "1 Elm St", "blanks_removed", id="doubled"),
            pytest.param("1\u00a0Elm St", "1 Elm St", "blanks_removed", id="no-break"),
            pytest.param("1 E\u200blm St", "1 Elm St", "hidden_characters", id="invisible"),
            pytest.param("  ", "", "blanks_removed", id="blanks"),
        ],
    )
    @pytest.mark.parametrize("name", TEXTS)
    def test_table(self, name: str, text: str, want: str, code: str) -> None:
        checked = clean(having(name, text))
        assert checked.address == having(name, want)
        assert [(issue.code, issue.field) for issue in checked.issues] == [(code, name)]

    @pytest.mark.parametrize("blank", [None, ABSENT, ""], ids=repr)
    def test_null_absent_and_empty_stay(self, blank: Any) -> None:
        address = Address(line1="1 Elm St", line2=blank, default_billing=True, id="7")
        assert clean(address).address is address

    @given(addresses)
    def test_idempotent(self, address: Address) -> None:
        once = clean(address)
        again = clean(once.address)
        assert again == CheckedAddress(once.address)
        assert again.address is once.address

    @given(addresses)
    def test_every_changed_field_is_reported(self, address: Address) -> None:
        checked = clean(address)
        changed = [name for name in TEXTS if getattr(address, name) != getattr(checked.address, name)]
        assert [issue.field for issue in checked.issues] == changed
        assert {(issue.severity, issue.rule) for issue in checked.issues} <= {(Severity.NOTE, "G-LOSS")}


class TestBlank:
    """An address without line, city, state and postal code names no place."""

    @pytest.mark.parametrize("name", PLACE)
    def test_one_part_makes_a_place(self, name: str) -> None:
        assert not is_blank(having(name, "x"))

    @pytest.mark.parametrize("name", ["label", "attention", "addressee", "country", "phone"])
    def test_others_make_none(self, name: str) -> None:
        assert is_blank(having(name, "x"))

    @pytest.mark.parametrize("blank", [None, ABSENT, "", " \u00a0"], ids=repr)
    def test_blanks(self, blank: Any) -> None:
        assert is_blank(Address(line1=blank, city=blank, postal_code=blank))


class TestKey:
    """Two addresses are the same place where lines, city, state, postal code and country say the same."""

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param({"line1": "1 ELM ST, Suite 4", "line2": None}, id="one line"),
            pytest.param({"line2": " ", "line3": "suite  4"}, id="another line"),
            pytest.param({"postal_code": "62 701"}, id="postal code in groups"),
            pytest.param({"city": "SPRINGFIELD"}, id="case"),
            pytest.param({"attention": "Ann", "addressee": "Acme", "label": "HQ", "phone": "1"}, id="names"),
            pytest.param({"default_billing": True, "id": "7"}, id="roles"),
        ],
    )
    def test_same(self, other: dict[str, Any]) -> None:
        assert same_place(HERE, evolve(HERE, **other))

    @pytest.mark.parametrize("name", [*PLACE, "country"])
    def test_different(self, name: str) -> None:
        assert not same_place(HERE, having(name, "9 Oak", HERE))

    def test_parts_do_not_run_into_each_other(self) -> None:
        assert not same_place(Address(line1="a b"), Address(line1="a", city="b"))

    def test_resolved_country_counts(self) -> None:
        named = evolve(HERE, country="_unitedStates")
        assert address_key(named) != address_key(HERE)
        assert address_key(named, country="US") == address_key(HERE)

    def test_blank_is_no_place(self) -> None:
        assert address_key(Address(country="US")) == ""
        assert not same_place(Address(country="US"), Address(country="US"))

    @given(addresses)
    def test_cleaning_changes_no_key(self, address: Address) -> None:
        cleaned = clean(address).address
        if not is_blank(cleaned):
            assert address_key(cleaned) == address_key(address)
            assert same_place(address, cleaned)


class TestOneLine:
    """Everything there is, in the order of an envelope."""

    def test_whole(self) -> None:
        address = evolve(HERE, attention="Ann", addressee="Acme", line3="Bldg B")
        assert one_line(address) == "Ann, Acme, 1 Elm St., Suite 4, Bldg B, Springfield, IL 62701, US"

    @pytest.mark.parametrize(
        ("address", "text"),
        [
            (Address(state="IL"), "IL"),
            (Address(postal_code=" 62701 ", city="Springfield"), "Springfield, 62701"),
            (Address(line2="Suite 4", line1=None), "Suite 4"),
            (Address(label="HQ", phone="1"), ""),
        ],
    )
    def test_parts(self, address: Address, text: str) -> None:
        assert one_line(address) == text


@pytest.mark.rule("G-LOSS")
class TestFitLines:
    """What does not fit joins the last line, and a note says so; an address that fits is left alone."""

    @pytest.mark.parametrize(
        ("given_lines", "most", "want"),
        [
            pytest.param(("a", "b", "c"), 1, ("a, b, c", None, None), id="three into one"),
            pytest.param(("a", "b", "c"), 2, ("a", "b, c", None), id="three into two"),
            pytest.param(("a", "", "c"), 2, ("a", "c", None), id="gap closed"),
            pytest.param((None, "b", "c"), 2, ("b", "c", None), id="first missing"),
            pytest.param((None, None, " c "), 2, ("c", None, None), id="third alone"),
            pytest.param(("a", "b", ABSENT), 1, ("a, b", None, None), id="two into one"),
        ],
    )
    def test_moved(self, given_lines: Any, most: int, want: Any) -> None:
        line1, line2, line3 = given_lines
        fitted = fit_lines(evolve(HERE, line1=line1, line2=line2, line3=line3), most)
        assert (fitted.address.line1, fitted.address.line2, fitted.address.line3) == want
        (issue,) = fitted.issues
        assert (issue.code, issue.field, issue.severity) == ("lines_moved", "lines", Severity.NOTE)
        assert (issue.rule, issue.field) == ("G-LOSS", "lines")

    @pytest.mark.parametrize(("line3", "most"), [("c", 3), (None, 2), (ABSENT, 2), (" ", 2)])
    def test_fits(self, line3: Any, most: int) -> None:
        address = evolve(HERE, line3=line3)
        assert fit_lines(address, most).address is address

    @pytest.mark.parametrize("most", [0, 4, -1, None])
    def test_no_such_number_of_lines(self, most: Any) -> None:
        with pytest.raises(InputError, match="1, 2 or 3 lines"):
            fit_lines(HERE, most)

    @given(addresses, st.integers(1, 3))
    def test_idempotent_and_loses_nothing(self, address: Address, most: int) -> None:
        fitted = fit_lines(address, most).address
        assert fit_lines(fitted, most) == CheckedAddress(fitted)
        assert len(lines(fitted)) <= most
        assert ", ".join(lines(fitted)) == ", ".join(lines(address))
        assert evolve(fitted, line1=None, line2=None, line3=None) == evolve(
            address, line1=None, line2=None, line3=None
        )


@pytest.mark.rule("LS-CTRY")
class TestWithCountryCode:
    """A country becomes the target's code; where it is none, the issue names the address and the field."""

    @staticmethod
    def check(country: Any, **settings: Any) -> tuple[Maybe[Address], tuple[Issue, ...]]:
        address = evolve(HERE, country=country)
        return with_country_code(
            address, "netsuite", **{"rule": "R-1", "path": "billing_address", **settings}
        )

    @pytest.mark.parametrize("country", ["US", "_unitedStates", " US ", "United States"])
    def test_known(self, country: str) -> None:
        assert self.check(country) == (HERE, ())

    def test_a_valid_code_leaves_the_address_alone(self) -> None:
        assert with_country_code(HERE, "netsuite", rule="R-1", path="x")[0] is HERE

    @pytest.mark.parametrize("nothing", [None, ABSENT], ids=repr)
    def test_no_address_passes(self, nothing: Any) -> None:
        assert with_country_code(nothing, "netsuite", rule="R-1", path="x") == (nothing, ())

    @pytest.mark.parametrize(
        ("blank", "country"),
        [(None, None), (ABSENT, ABSENT), ("", None), (" ", None), ("\u3000\u200b", None)],
    )
    def test_a_blank_is_null_and_no_issue(self, blank: Any, country: Any) -> None:
        assert self.check(blank) == (evolve(HERE, country=country), ())

    @pytest.mark.parametrize(
        ("setting", "system", "severity", "is_written"),
        [
            ("drop", "netsuite", "warning", False),
            ("drop", "stripe", "warning", False),
            ("refuse", "netsuite", "error", True),
            ("refuse", "stripe", "error", True),
            ("keep", "netsuite", "warning", False),
            ("keep", "stripe", "note", True),
        ],
    )
    def test_unknown(self, setting: Any, system: str, severity: str, *, is_written: bool) -> None:
        address = evolve(HERE, country="Atlantis")
        given, (issue,) = with_country_code(
            address, system, unknown=setting, rule="R-1", path="billing_address"
        )
        assert given is (address if is_written else ABSENT)
        assert (issue.code, issue.rule, issue.field, issue.severity.value) == (
            *("country_not_found", "R-1", "billing_address.country", severity),
        )
        assert "billing address" in issue.reason
        assert "Atlantis" not in str(issue)

    @pytest.mark.parametrize(("system", "codes"), [("stripe", ["country_outside_iso"]), ("netsuite", [])])
    def test_a_code_that_iso_has_not_is_noted_where_any_text_passes(
        self, system: str, codes: list[str]
    ) -> None:
        address, issues = with_country_code(
            evolve(HERE, country="Kosovo"), system, rule="R-1", path="billing_address"
        )
        assert isinstance(address, Address)
        assert address.country == "XK"
        assert [issue.code for issue in issues] == codes

    @pytest.mark.parametrize(
        "value", ["XX", "_atlantis", "Atlantis", "999", "x" * 40, "Untied States", "Ätlantis", "_"]
    )
    def test_the_issue_quotes_the_value_where_it_may(self, value: str) -> None:
        _, (issue,) = self.check(value, quoted=True)
        assert repr(value) in issue.reason
        assert repr(value) not in str(self.check(value)[1][0])

    @pytest.mark.parametrize("value", ["ann@x.example", "+1 503 555 0142", "x" * 41])
    def test_it_never_quotes_what_is_no_country(self, value: str) -> None:
        _, (issue,) = self.check(value, quoted=True)
        assert value not in str(issue)
        assert issue.shape == f"text, {len(value)} characters"

    def test_it_stays_on_one_line_and_short(self) -> None:
        reason = self.check("Line\nbreak" + "x" * 100, quoted=True)[1][0].reason
        assert reason.isprintable()
        assert len(reason) < 180


class TestHygiene:
    """No foreign exception, no personal value in a repr, everything picklable."""

    @pytest.mark.parametrize("value", [7, b"x", ["x"], True, 0, False, b"", []], ids=repr)
    def test_what_is_no_text_is_refused(self, value: Any) -> None:
        address = Address(line1=value, country=value)
        for function in (clean, is_blank, address_key, lines, one_line):
            with pytest.raises(InputError, match="a text was expected"):
                function(address)
        with pytest.raises(InputError, match="a text was expected"):
            fit_lines(Address(line3=value), 2)
        with pytest.raises(InputError, match="a text was expected"):
            with_country_code(address, "netsuite", rule="R-1", path="x")

    def test_repr_hides_the_address(self) -> None:
        assert "Canary" not in repr(clean(Address(line1=" Canary  St ")))

    def test_pickles(self) -> None:
        checked = clean(Address(line1=" 1 Elm St"))
        assert pickle.loads(pickle.dumps(checked)) == checked  # noqa: S301  (made here)
