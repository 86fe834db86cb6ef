"""What may be merged: what NetSuite refuses is told before it is asked."""

from typing import Any

import pytest
from attrs import evolve

from custsync.errors import InputError
from custsync.models import Customer, Ref, Severity
from custsync.rules.merging import MOST_AT_ONCE, mergeable
from tests.rules.merging.made import BLANKS, DUPLICATE, SURVIVOR


def codes(survivor: Customer, duplicate: Customer, **settings: Any) -> list[str]:
    return [issue.code for issue in mergeable(survivor, duplicate, **settings)]


@pytest.mark.rule("ST-MRG-1")
class TestVatNumbers:
    """NetSuite merges customers with equal VAT numbers, or with none on both."""

    @pytest.mark.parametrize(
        ("ours", "theirs", "expected"),
        [
            ("DE1", "DE1", []),
            (" DE1", "DE1 ", []),
            ("DE1", "DE2", ["other_vat"]),
            ("DE1", "de1", ["other_vat"]),
            ("DE1", None, ["other_vat"]),
            ("", "DE1", ["other_vat"]),
            *[(blank, other, []) for blank in BLANKS for other in BLANKS],
        ],
        ids=repr,
    )
    @pytest.mark.parametrize("name", ["vatRegNumber", "vatregnumber"])
    def test_pairs(self, name: str, ours: Any, theirs: Any, expected: list[str]) -> None:
        survivor, duplicate = evolve(SURVIVOR, extra={name: ours}), evolve(DUPLICATE, extra={name: theirs})
        assert codes(survivor, duplicate) == expected

    def test_a_custom_field_counts(self) -> None:
        survivor = evolve(SURVIVOR, custom={"custentity_vat": "DE1"})
        assert codes(survivor, DUPLICATE, vat=["custentity_vat"]) == ["other_vat"]
        assert codes(survivor, DUPLICATE) == []

    def test_a_target_without_this_quirk(self) -> None:
        assert codes(evolve(SURVIVOR, extra={"vatRegNumber": "DE1"}), DUPLICATE, vat=()) == []

    def test_the_issue_shows_no_number(self) -> None:
        (issue,) = mergeable(evolve(SURVIVOR, extra={"vatRegNumber": "DE1"}), DUPLICATE)
        assert (issue.rule, issue.field, issue.severity) == ("ST-MRG-1", "vatRegNumber", Severity.ERROR)
        assert "DE1" not in str(issue)
        assert issue.remedy

    def test_a_number_that_is_no_text(self) -> None:
        with pytest.raises(InputError, match="a text was expected, not int"):
            mergeable(evolve(SURVIVOR, extra={"vatRegNumber": 1}), DUPLICATE)


@pytest.mark.rule("ST-MRG-1")
class TestOtherRefusals:
    """Two customers of one system, both there, and none a vendor that several subsidiaries share."""

    def test_two_customers(self) -> None:
        assert mergeable(SURVIVOR, DUPLICATE) == ()

    @pytest.mark.parametrize(
        ("survivor", "duplicate", "code"),
        [
            (SURVIVOR, SURVIVOR, "merged_into_itself"),
            (SURVIVOR, Customer(ref=Ref("stripe", "9")), "other_system"),
            (SURVIVOR, Customer(ref=Ref("netsuite", "9", "other account")), "other_system"),
            (evolve(SURVIVOR, deleted=True), DUPLICATE, "survivor_gone"),
            (evolve(SURVIVOR, merged_into="1"), DUPLICATE, "survivor_gone"),
            (SURVIVOR, evolve(DUPLICATE, deleted=True), "duplicate_gone"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_one_reason(self, survivor: Customer, duplicate: Customer, code: str) -> None:
        assert codes(survivor, duplicate) == [code]

    def test_a_duplicate_that_is_still_there_may_name_its_survivor(self) -> None:
        assert mergeable(SURVIVOR, evolve(DUPLICATE, merged_into=SURVIVOR.id)) == ()

    @pytest.mark.parametrize("shared", [SURVIVOR.ref, DUPLICATE.ref], ids=str)
    def test_a_shared_vendor(self, shared: Ref) -> None:
        assert codes(SURVIVOR, DUPLICATE, shared_vendors={shared}) == ["shared_vendor"]

    def test_every_reason_at_once(self) -> None:
        gone = evolve(SURVIVOR, deleted=True, extra={"vatRegNumber": "DE1"})
        assert codes(gone, evolve(DUPLICATE, deleted=True), shared_vendors=[gone.ref]) == [
            "survivor_gone",
            "duplicate_gone",
            "other_vat",
            "shared_vendor",
        ]

    def test_how_many_at_once(self) -> None:
        assert MOST_AT_ONCE == 200
