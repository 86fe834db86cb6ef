"""A code has one rule and one meaning, and every issue speaks in one voice."""

from collections import defaultdict
from collections.abc import Iterator

from tests.issue_table.catalogue import Entry, entries

VENDORS = ("Lago", "Lightspeed", "NetSuite", "ServiceTitan", "Stripe", "Upflow")
"""Names that keep their capital at the beginning of a reason."""


def by_code() -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries():
        found[entry.code].append(entry)
    return found


def texts(text: str) -> Iterator[str]:
    return (one for one in text.split(" / ") if one)


class TestCodes:
    """A code names one thing that can be wrong, wherever it is found."""

    def test_a_code_has_one_rule(self) -> None:
        rules = {code: {entry.rule for entry in found} for code, found in by_code().items()}
        assert {code: found for code, found in rules.items() if len(found) > 1} == {}

    def test_a_code_is_declared_in_one_module(self) -> None:
        """Codes about the form of a payload's value are the types' own: each says which form it needs."""
        modules = {
            code: {entry.module for entry in found if not entry.is_about_form}
            for code, found in by_code().items()
        }
        assert {code: found for code, found in modules.items() if len(found) > 1} == {}

    def test_a_code_is_about_the_form_or_about_the_customer(self) -> None:
        mixed = {code: {entry.is_about_form for entry in found} for code, found in by_code().items()}
        assert [code for code, kinds in mixed.items() if len(kinds) > 1] == []


class TestVoice:
    """A reason is a clause about the record; a remedy tells the reader what to do."""

    def test_reasons_begin_in_lower_case_and_have_no_full_stop(self) -> None:
        reasons = {one for entry in entries() for one in texts(entry.reason)}
        assert [
            one for one in reasons if one.endswith(".") or (one[0].isupper() and not one.startswith(VENDORS))
        ] == []

    def test_remedies_begin_with_a_capital_and_have_no_full_stop(self) -> None:
        remedies = {one for entry in entries() for one in texts(entry.remedy)}
        assert [one for one in remedies if one.endswith(".") or not one[0].isupper()] == []

    def test_remedies_begin_with_a_verb(self) -> None:
        first = {one.split()[0] for entry in entries() for one in texts(entry.remedy)}
        assert first & {"A", "An", "It", "Its", "That", "The", "There", "They", "This"} == set()
