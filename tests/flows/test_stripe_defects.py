"""What once went wrong between NetSuite and Stripe, each as the story of a pair of customers."""

from collections.abc import Callable
from typing import Any

import pytest

from custsync.engine.api import apply, plan, sync
from custsync.engine.outcomes import Result
from custsync.flow import Conflict
from custsync.flows.stripe import EXPORT, IMPORT, export_flow
from custsync.models import Customer, Ref
from custsync.protocols import Rejected
from custsync.systems import netsuite
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.flows.test_stripe import COMPANY, KEPT, PERSON, Both

LINE = {"addr1": "1 Row", "city": "Astoria", "country": {"id": "US"}}


def with_line(**changes: Any) -> dict[str, Any]:
    """Return a NetSuite customer with one address line."""
    line = {
        "id": 1,
        "defaultBilling": True,
        "defaultShipping": False,
        "addressBookAddress": {**LINE, **changes},
    }
    return {**COMPANY, "addressBook": {"items": [line]}}


@pytest.fixture
def both() -> Both:
    return Both()


def street(both: Both) -> dict[str, Any]:
    """Return NetSuite's one address as it is now."""
    found: dict[str, Any] = both.netsuite.rows[0]["addressBook"]["items"][0]["addressBookAddress"]
    return found


def at_rest(both: Both) -> bool:
    """Return whether neither direction has anything more to write."""
    return both.export() == both.bring_in() == "1 unchanged"


@pytest.mark.rule("G-LOSS")
class TestComponents:
    """A part of an address that NetSuite leaves out is empty: filled from the other side, cleared there."""

    @pytest.mark.parametrize("order", ["out back", "back out"])
    def test_filled_in_stripe(self, both: Both, order: str) -> None:
        both.netsuite.put(with_line())
        both.export()
        both.bring_in()
        theirs = both.stripe.rows[0]
        both.stripe.edit(theirs["id"], address={**theirs["address"], "line2": "Suite 5"})
        runs: dict[str, Callable[[], str]] = {"out": both.export, "back": both.bring_in}
        for direction in [*order.split(), *order.split()]:
            runs[direction]()
        assert street(both)["addr2"] == both.stripe.rows[0]["address"]["line2"] == "Suite 5"
        assert at_rest(both)

    def test_cleared_in_netsuite(self, both: Both) -> None:
        both.netsuite.put(with_line(addr2="Suite 4"))
        both.export()
        both.bring_in()
        both.netsuite.edit(both.netsuite.rows[0]["id"], addressBook=with_line(addr2=None)["addressBook"])
        both.export()
        assert not both.stripe.rows[0]["address"]["line2"]
        assert at_rest(both)

    def test_a_third_line_never_grows(self, both: Both) -> None:
        both.netsuite.put(with_line(addr2="Suite 5", addr3="Floor 2"))
        both.export()
        for city in ("Salem", "Bend", "Eugene"):
            theirs = both.stripe.rows[0]
            both.stripe.edit(theirs["id"], address={**theirs["address"], "city": city})
            both.bring_in()
            both.export()
        assert (street(both)["addr2"], street(both)["addr3"]) == ("Suite 5", "Floor 2")
        assert both.stripe.rows[0]["address"]["line2"] == "Suite 5, Floor 2"

    def test_a_joined_line_that_was_changed_stands_alone(self, both: Both) -> None:
        both.netsuite.put(with_line(addr2="Suite 5", addr3="Floor 2"))
        both.export()
        both.bring_in()
        theirs = both.stripe.rows[0]
        both.stripe.edit(theirs["id"], address={**theirs["address"], "line2": "Floor 9"})
        both.bring_in()
        assert (street(both)["addr2"], street(both).get("addr3")) == ("Floor 9", None)
        assert at_rest(both)


@pytest.mark.rule("G-LOSS")
class TestAnotherPolicy:
    """A policy that was changed looks at every customer anew, whatever text it knows."""

    def test_a_row_that_was_left_out_for_a_while(self, both: Both) -> None:
        ours = both.netsuite.put(COMPANY)
        both.export()
        both.netsuite.edit(ours, phone="(503) 555-0199")
        both.export(EXPORT.without_field("phone"))
        both.export()
        assert both.stripe.rows[0]["phone"] == "(503) 555-0199"

    def test_a_conflict_that_the_target_won_is_said_again(self, both: Both) -> None:
        ours = both.netsuite.put(COMPANY)
        both.export()
        both.export()
        both.netsuite.edit(ours, phone="1")
        both.stripe.edit(both.stripe.rows[0]["id"], phone="2")
        stubborn = EXPORT.replace(conflict=Conflict.TARGET)
        for _ in range(2):
            report = sync(stubborn, both.netsuite.rows, both.out)
            assert [issue.code for issue in report.attention[0].issues] == ["conflict"]
        both.export()
        assert both.stripe.rows[0]["phone"] == "1"


@pytest.mark.rule("G-LOSS")
class TestNamesAreOne:
    """A conflict about one part of a name is a conflict about the name: nobody is made of two persons."""

    def test_the_target_keeps_its_whole_name(self, both: Both) -> None:
        ours = both.netsuite.put(PERSON)
        both.export()
        both.bring_in()
        both.netsuite.edit(ours, firstName="Maria")
        both.stripe.edit(both.stripe.rows[0]["id"], name="Rosa Lee")
        both.bring_in(IMPORT.replace(conflict=Conflict.TARGET))
        now = both.netsuite.row(ours)
        assert (now["firstName"], now["lastName"]) == ("Maria", "Okafor")


@pytest.mark.rule("G-DUP")
class TestReplays:
    """A plan that is applied again creates nobody twice, even where its sync records were lost."""

    def test_with_another_store(self, both: Both) -> None:
        both.netsuite.put({"companyName": "Fern & Hollow"})
        made = plan(EXPORT, both.netsuite.rows, both.out)
        apply(EXPORT, made, both.out)
        lost = Both(both.netsuite, both.stripe)
        report = apply(EXPORT, made, lost.out)
        assert report.counts == {Result.STALE: 1}
        assert [issue.code for issue in report.attention[0].issues] == ["stale"]
        assert len(both.stripe.rows) == 1


@pytest.mark.rule("SP-OUT-2")
class TestDressedEmails:
    """An address in a dress is found all the same, is written plain, and that is said."""

    @pytest.mark.parametrize(
        "email",
        [
            "mailto:ap@brightwater.example",
            "AP <ap@brightwater.example>",
            "ap@brightwater.example.",
            "ap@bright\u200bwater.example",
        ],
        ids=["mailto", "name", "dot", "invisible"],
    )
    def test_found(self, both: Both, email: str) -> None:
        both.netsuite.put({**COMPANY, "email": email})
        theirs = both.stripe.put({"email": COMPANY["email"]})
        (decision,) = plan(EXPORT, both.netsuite.rows, both.out)
        assert decision.verb == "link"
        assert both.export() == "1 linked"
        assert both.stripe.row(theirs)["email"] == COMPANY["email"]

    @pytest.mark.parametrize("email", ["call the office", "a@bright.example; b@bright.example"])
    def test_what_holds_no_one_address_is_said(self, both: Both, email: str) -> None:
        both.netsuite.put({**COMPANY, "email": email})
        (decision,) = plan(EXPORT, both.netsuite.rows, both.out)
        assert [issue.field for issue in decision.issues if issue.severity.value == "warning"] == ["email"]


@pytest.mark.rule("G-DUP")
class TestRefusedCreates:
    """A create that was refused stands in nobody's way: the other direction takes its record over."""

    def test_a_customer_made_by_hand(self) -> None:
        both = Both(netsuite=FakeNetSuite(subsidiaries=("2",)))
        theirs = both.stripe.put({"name": "Brightwater Joinery", "email": COMPANY["email"]})
        assert both.bring_in() == "1 failed"
        both.netsuite.put({**COMPANY, "subsidiary": {"id": "2"}})
        assert both.export() == "1 linked"
        assert both.netsuite.rows[0][KEPT] == theirs
        assert at_rest(both)

    def test_both_directions_failed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        both = Both(netsuite=FakeNetSuite(subsidiaries=("2",)))
        theirs = both.stripe.put({"name": "Brightwater Joinery", "email": COMPANY["email"]})
        ours = both.netsuite.put({**COMPANY, "subsidiary": {"id": "2"}, "email": "x@joinery.example"})
        assert both.bring_in() == "1 failed"
        with monkeypatch.context() as patched:
            patched.setattr(FakeStripe, "_create", lambda _, __: Rejected("email_invalid", "email"))
            assert both.export() == "1 failed"
        both.netsuite.edit(ours, email=COMPANY["email"])
        assert both.export() == "1 linked"
        assert both.netsuite.rows[0][KEPT] == theirs
        assert at_rest(both)


@pytest.mark.rule("G-DUP")
class TestCustomersHandedIn:
    """A customer that was read elsewhere is taken only if it is of this run's source."""

    @pytest.mark.parametrize(
        "ref",
        [Ref("stripe", "cus_7"), Ref("netsuite", "7", "another"), Ref("netsuite", "7", "", "test")],
        ids=str,
    )
    def test_another_world(self, both: Both, ref: Ref) -> None:
        customers = [
            Customer(ref=ref, email="a@b.example"),
            Customer(ref=Ref("netsuite", "8"), company_name="B"),
        ]
        report = sync(EXPORT, customers, both.out)
        wanted = {Result.REFUSED: 1, Result.CREATED: 1} if ref.mode == "" else {Result.CREATED: 2}
        assert report.counts == wanted


@pytest.mark.rule("G-DUP")
class TestDeletedInNetSuite:
    """What a copy of NetSuite's table still shows of a deleted customer is not created in Stripe."""

    @pytest.mark.parametrize(("said", "counted"), [("TRUE", "1 left out"), ("FALSE", "1 created")])
    def test_a_copied_row(self, both: Both, said: str, counted: str) -> None:
        row = {"id": "7", "companyname": "Joinery", "email": "a@b.example", "_fivetran_deleted": said}
        assert sync(export_flow(source=netsuite.SUITEQL), [row], both.out).summary == counted
