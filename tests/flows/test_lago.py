"""Lago → NetSuite: who is created, who is linked, and what is written back, on both systems in memory."""

import pickle
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.environment import Environment
from custsync.engine.manual import link_manually
from custsync.engine.outcomes import Result
from custsync.engine.plans import Plan
from custsync.errors import ConfigurationError, FlowError, PlanError, StoreError
from custsync.flow import Flow
from custsync.flows.lago import CUSTOMER_SYNC, LAGO_ID_FIELD, customer_sync, link_of
from custsync.flows.lago.billing import BillingSettings, Syncs
from custsync.flows.lago.field_values import Subsidiary
from custsync.models import Severity
from custsync.protocols import Capabilities, Unknown
from custsync.systems import netsuite
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.faults import Crash, Fault, Faults, faults_of
from tests.flows.ledger import BRIGHTWATER, FLOW, OKAFOR, US, Ledger, decided, linked_to


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.mark.rule("LG-CRE")
class TestCreate:
    """On create or update of a Lago customer with "create automatically" set: create in NetSuite.

    It is created in the chosen connection and subsidiary; the subsidiary must be one of the list fetched from
    NetSuite.
    """

    def test_created_and_written_back(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        assert ledger.sync() == "1 created"
        (made,) = ledger.netsuite.rows
        assert (made["companyName"], made["entityId"], made["subsidiary"]["id"]) == (
            *("Brightwater Joinery", "brightwater", "2"),
        )
        assert ledger.given_id() == made["id"]

    @pytest.mark.rule("G-IDEM")
    def test_a_second_run_writes_nothing(self, ledger: Ledger) -> None:
        ledger.lago.put(
            {**BRIGHTWATER, "country": "US", "city": "Astoria", "email": "a@b.example,c@d.example"}
        )
        ledger.lago.put(OKAFOR)
        ledger.sync()
        written = (list(ledger.netsuite.writes), list(ledger.lago.writes))
        assert ledger.sync() == "2 unchanged"
        assert (ledger.netsuite.writes, ledger.lago.writes) == written

    def test_an_update_in_lago_updates_in_netsuite(self, ledger: Ledger) -> None:
        identity = ledger.lago.put(BRIGHTWATER)
        ledger.sync()
        ledger.lago.edit(identity, name="Brightwater", phone="555-0101")
        assert ledger.sync() == "1 updated"
        (row,) = ledger.netsuite.rows
        assert (row["companyName"], row["phone"]) == ("Brightwater", "555-0101")

    def test_create_automatically_set_later(self, ledger: Ledger) -> None:
        identity = ledger.lago.put({**BRIGHTWATER, **linked_to(None)})
        assert ledger.sync() == "1 left out"
        ledger.lago.edit(identity, integration_customers=[{**US, "integration_type": "netsuite"}])
        assert ledger.sync() == "1 created"

    @pytest.mark.parametrize("subsidiary", ["9", "02", "brightwater", "", None, " ", "\u200b", "\u00a0"])
    def test_a_subsidiary_that_is_not_on_the_list(self, ledger: Ledger, subsidiary: str | None) -> None:
        ledger.lago.put({**BRIGHTWATER, "integration_customers": [{**US, "subsidiary_id": subsidiary}]})
        ledger.lago.put(OKAFOR)
        assert ledger.sync() == "1 created, 1 refused"
        (issue,) = ledger.seen[0].issues
        assert (issue.code, issue.rule, issue.field) == ("subsidiary_unknown", "LG-CRE", "subsidiary")
        chosen = (subsidiary or "").strip(" \u00a0\u200b")
        assert f"subsidiary {chosen} " in issue.reason if chosen else "no subsidiary" in issue.reason
        assert ledger.given_id() is None

    @pytest.mark.parametrize("subsidiary", [" 2 ", "2\u200b", "\u00a02"])
    def test_blanks_around_a_subsidiary_do_not_count(self, ledger: Ledger, subsidiary: str) -> None:
        ledger.lago.put({**BRIGHTWATER, "integration_customers": [{**US, "subsidiary_id": subsidiary}]})
        assert ledger.sync() == "1 created"
        assert ledger.netsuite.rows[0]["subsidiary"] == {"id": "2"}

    def test_a_long_or_broken_subsidiary_is_shown_on_one_short_line(self) -> None:
        refused = decided(
            FLOW, {**BRIGHTWATER, "integration_customers": [{**US, "subsidiary_id": "\u2028x" * 50}]}
        )
        assert f"subsidiary {'x' * 40}..." in refused.issues[0].reason
        assert refused.issues[0].reason.isprintable()

    def test_an_account_without_subsidiaries(self) -> None:
        ledger = Ledger(netsuite=FakeNetSuite(custom_look_ups=[LAGO_ID_FIELD]))
        ledger.lago.put({**BRIGHTWATER, "integration_customers": [{**US, "subsidiary_id": None}]})
        ledger.lago.put(OKAFOR)
        assert ledger.sync(customer_sync("us")) == "1 created, 1 refused"

    def test_the_subsidiary_is_not_changed_after(self, ledger: Ledger) -> None:
        identity = ledger.lago.put(BRIGHTWATER)
        ledger.sync()
        connection = {**ledger.lago.row(identity)["integration_customers"][0], "integration_type": "netsuite"}
        ledger.lago.edit(identity, integration_customers=[{**connection, "subsidiary_id": "9"}])
        assert ledger.sync() == "1 unchanged"

    def test_read_without_its_links(self, ledger: Ledger) -> None:
        """A record that does not show its links says nothing of them: a warning, and nothing is written."""
        ledger.lago.put(BRIGHTWATER)
        ledger.sync()
        written = list(ledger.netsuite.writes)
        (whole,) = ledger.lago.rows
        bare = {name: value for name, value in whole.items() if name != "integration_customers"}
        (left_out,) = plan(FLOW, [{**bare, "name": "Other"}], ledger.world).decisions
        (issue,) = left_out.issues
        assert (issue.code, issue.severity) == ("links_unread", Severity.WARNING)
        assert ledger.netsuite.writes == written

    def test_partner_accounts_never_sync(self, ledger: Ledger) -> None:
        ledger.lago.put({**BRIGHTWATER, "account_type": "partner"})
        assert ledger.sync() == "1 left out"
        assert ledger.said == {"partner"}

    def test_what_netsuite_changed_stays_until_lago_says_otherwise(self, ledger: Ledger) -> None:
        identity = ledger.lago.put({**BRIGHTWATER, "phone": "555-0101"})
        ledger.sync()
        ledger.netsuite.edit(ledger.given_id() or "", phone="555-0188", entityId="CUST-7")
        assert ledger.sync() == "1 unchanged"
        ledger.lago.edit(identity, phone="555-0102")
        assert ledger.sync() == "1 updated"
        (row,) = ledger.netsuite.rows
        assert (row["phone"], row["entityId"]) == ("555-0102", "CUST-7")

    def test_the_flow_is_data(self) -> None:
        assert pickle.loads(pickle.dumps(FLOW)) == FLOW  # noqa: S301 - our own
        assert customer_sync("us", subsidiaries=["2", "1"]) == FLOW
        assert customer_sync() == CUSTOMER_SYNC
        many = [str(number) for number in range(20)]
        value = customer_sync("us", subsidiaries=many).field_for["subsidiary"].compute
        assert value == Subsidiary("us", tuple(sorted(many)))

    @pytest.mark.parametrize("code", ["", " ", None, 7])
    def test_a_flow_needs_a_connection(self, code: Any) -> None:
        with pytest.raises(FlowError, match="needs the code"):
            customer_sync(code)

    @pytest.mark.parametrize("subsidiaries", ["12", [1, 2], ["1", None], 12, None], ids=repr)
    def test_subsidiaries_are_texts_in_a_list(self, subsidiaries: Any) -> None:
        with pytest.raises(FlowError, match="subsidiaries"):
            customer_sync("us", subsidiaries=subsidiaries)


@pytest.mark.rule("LG-LINK")
class TestLink:
    """With it unset and a NetSuite customer ID given: link to that existing customer, create nothing.

    An ID that does not exist is an error.
    """

    def test_linked(self, ledger: Ledger) -> None:
        identity = ledger.existing(phone="555-0101")
        ledger.lago.put({**BRIGHTWATER, **linked_to(identity)})
        assert [ledger.sync(), ledger.sync()] == ["1 linked", "1 unchanged"]
        (row,) = ledger.netsuite.rows
        assert (row["id"], row["companyName"], row["phone"]) == (identity, "Old", "555-0101")
        assert ledger.lago.writes == []

    def test_an_existing_customer_keeps_its_number_subsidiary_and_addresses(self, ledger: Ledger) -> None:
        identity = ledger.existing(entityId="CUST-7", subsidiary={"id": "1"})
        ledger.lago.put({**BRIGHTWATER, "city": "Astoria", **linked_to(identity)})
        ledger.sync()
        (row,) = ledger.netsuite.rows
        assert (row["entityId"], row["subsidiary"], row.get("addressBook")) == ("CUST-7", {"id": "1"}, None)

    def test_linking_writes_the_lago_id_and_nothing_else(self, ledger: Ledger) -> None:
        there = ledger.existing(phone="555-0101", email="old@brightwater.example")
        before = ledger.netsuite.row(there)
        ours = ledger.lago.put({**BRIGHTWATER, **linked_to(there)})
        assert ledger.sync() == "1 linked"
        after = ledger.netsuite.row(there)
        changed = {key for key in after if after[key] != before.get(key)} - {"lastModifiedDate"}
        assert (changed, after[LAGO_ID_FIELD]) == ({LAGO_ID_FIELD}, ours)
        (note,) = ledger.seen[0].issues
        assert (note.code, note.severity) == ("kept_as_it_is", Severity.NOTE)
        assert note.reason.endswith("company_name, email")

    @pytest.mark.parametrize("by", ["sync", "plan and apply", "hand"])
    def test_then_only_what_changes_in_lago_is_written(self, ledger: Ledger, by: str) -> None:
        there = ledger.existing(phone="555-0101", email="old@brightwater.example")
        ours = ledger.lago.put({**BRIGHTWATER, "phone": "555-0199", **linked_to(there)})
        if by == "hand":
            link_manually(FLOW, "brightwater", there, ledger.world)  # Lago is asked by external ids
        elif by == "sync":
            ledger.sync()
        else:
            apply(FLOW, plan(FLOW, ledger.lago.rows, ledger.world), ledger.world)
        assert ledger.sync() in ("1 unchanged", "1 updated")  # one linked by hand gets its Lago id now
        ledger.netsuite.edit(there, phone="555-0102")
        assert ledger.sync() == "1 unchanged"
        ledger.lago.edit(ours, email="new@brightwater.example")
        assert ledger.sync() == "1 updated"
        row = ledger.netsuite.row(there)
        assert (row["companyName"], row["phone"]) == ("Old", "555-0102")
        assert (row["email"], row[LAGO_ID_FIELD]) == ("new@brightwater.example", ours)

    def test_a_name_that_changes_takes_no_other_part_along(self, ledger: Ledger) -> None:
        there = ledger.existing(isPerson=True, firstName="R.", lastName="O.", companyName="Garden")
        ours = ledger.lago.put({**OKAFOR, **linked_to(there)})
        ledger.sync()
        ledger.lago.edit(ours, lastname="Okafor-Lund")
        assert ledger.sync() == "1 updated"
        row = ledger.netsuite.row(there)
        assert (row["firstName"], row["lastName"], row["companyName"]) == ("R.", "Okafor-Lund", "Garden")

    @pytest.mark.parametrize("changes", [{}, {"phone": "555-0199"}], ids=["nothing else", "a phone too"])
    @pytest.mark.parametrize("cleared", [None, ""], ids=repr)
    def test_a_lago_id_that_somebody_cleared_is_written_again(
        self, ledger: Ledger, changes: dict[str, str], cleared: str | None
    ) -> None:
        ours = ledger.lago.put(BRIGHTWATER)
        ledger.sync()
        there = ledger.given_id() or ""
        assert ledger.sync() == "1 unchanged"
        ledger.netsuite.edit(there, **{LAGO_ID_FIELD: cleared})
        ledger.lago.edit(ours, **changes)
        assert [ledger.sync(), ledger.sync()] == ["1 updated", "1 unchanged"]
        assert ledger.netsuite.row(there)[LAGO_ID_FIELD] == ours
        assert "conflict" not in ledger.said

    def test_a_lago_id_that_somebody_changed_is_left_alone(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        ledger.sync()
        there = ledger.given_id() or ""
        ledger.netsuite.edit(there, **{LAGO_ID_FIELD: "another"})
        assert ledger.sync() == "1 unchanged"
        assert ledger.netsuite.row(there)[LAGO_ID_FIELD] == "another"

    def test_or_it_is_brought_up_to_date(self, ledger: Ledger) -> None:
        there = ledger.existing()
        ledger.lago.put({**BRIGHTWATER, **linked_to(there)})
        flow = customer_sync("us", subsidiaries=["1", "2"], on_link="bring_up_to_date")
        assert [ledger.sync(flow), ledger.sync(flow)] == ["1 linked", "1 unchanged"]
        row = ledger.netsuite.row(there)
        assert (row["companyName"], row["email"]) == ("Brightwater Joinery", "ap@brightwater.example")

    def test_what_could_not_be_written_is_a_warning(self, ledger: Ledger) -> None:
        ledger.lago.put({**BRIGHTWATER, "name": "x" * 84, **linked_to(ledger.existing())})
        assert ledger.sync() == "1 linked"
        assert [(issue.code, issue.severity) for issue in ledger.seen[0].issues] == [
            ("too_long", Severity.WARNING),
            ("kept_as_it_is", Severity.NOTE),
        ]

    @pytest.mark.parametrize("word", ["update", "", None, True])
    def test_it_is_one_of_two_words(self, word: Any) -> None:
        with pytest.raises(FlowError, match="on_link must be one of bring_up_to_date, keep"):
            customer_sync("us", on_link=word)

    def test_it_can_be_linked_and_left_as_it_is(self, ledger: Ledger) -> None:
        ledger.lago.put({**BRIGHTWATER, **linked_to(ledger.existing())})
        before = ledger.netsuite.rows
        assert ledger.sync(FLOW.replace(updates=False)) == "1 linked"
        assert ledger.netsuite.rows == before

    @pytest.mark.parametrize("given", [None, "", " ", "\t"], ids=repr)
    def test_a_blank_id_is_none_and_creates_nobody(self, ledger: Ledger, given: str | None) -> None:
        ledger.lago.put({**BRIGHTWATER, **linked_to(given)})
        assert ledger.sync() == "1 left out"
        assert ledger.said == {"neither_created_nor_linked"}
        assert ledger.netsuite.rows == []

    @pytest.mark.parametrize("given", ["999", "CUST-2041", "٣", "20 41", "-5", "02041", "0", "1" * 25])
    def test_an_id_that_does_not_exist(self, ledger: Ledger, given: str) -> None:
        ledger.lago.put({**BRIGHTWATER, **linked_to(given)})
        assert ledger.sync() == "1 refused"
        assert [(issue.code, issue.rule) for issue in ledger.seen[0].issues] == [
            ("linked_customer_missing", "LG-LINK")
        ]
        assert ledger.netsuite.rows == []

    def test_both_given_the_link_wins(self, ledger: Ledger) -> None:
        identity = ledger.existing()
        ledger.lago.put({**BRIGHTWATER, **linked_to(f" {identity} ", sync_with_provider=True)})
        assert ledger.sync() == "1 linked"
        assert len(ledger.netsuite.rows) == 1

    def test_both_given_and_it_does_not_exist(self, ledger: Ledger) -> None:
        ledger.lago.put({**BRIGHTWATER, **linked_to("999", sync_with_provider=True)})
        assert ledger.sync() == "1 refused"

    @pytest.mark.parametrize("given", [None, ""])
    def test_neither_given(self, ledger: Ledger, given: str | None) -> None:
        ledger.lago.put({**BRIGHTWATER, **linked_to(given)})
        assert ledger.sync() == "1 left out"
        assert ledger.said == {"neither_created_nor_linked"}

    def test_two_point_at_one(self, ledger: Ledger) -> None:
        identity = ledger.existing()
        for place in "12":
            ledger.lago.put({**BRIGHTWATER, "external_id": place, **linked_to(identity)})
        assert ledger.sync() == "2 for review"
        assert ledger.said == {"contested"}
        assert ledger.netsuite.row(identity)["companyName"] == "Old"

    def test_a_second_one_comes_later(self, ledger: Ledger) -> None:
        identity = ledger.existing()
        ledger.lago.put({**BRIGHTWATER, **linked_to(identity)})
        ledger.sync()
        ledger.lago.put({**OKAFOR, **linked_to(identity)})
        assert ledger.sync() == "1 unchanged, 1 for review"
        assert ledger.said == {"taken"}

    def test_the_id_was_changed_by_hand(self, ledger: Ledger) -> None:
        identity = ledger.lago.put(BRIGHTWATER)
        ledger.sync()
        other = ledger.existing()
        connection = {**ledger.lago.row(identity)["integration_customers"][0], "integration_type": "netsuite"}
        ledger.lago.edit(identity, integration_customers=[{**connection, "external_customer_id": other}])
        assert ledger.sync() == "1 for review"
        assert ledger.said == {"other_id"}


@pytest.mark.rule("LG-LINK")
class TestHalfMade:
    """A half-made link, an answer without an id, never counts as linked."""

    def test_lago_shows_one(self, ledger: Ledger) -> None:
        ledger.lago.put({**BRIGHTWATER, **linked_to(None, sync_with_provider=True)})
        assert ledger.sync() == "1 created"

    def test_a_create_that_is_answered_without_an_id(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        target = Mumbling(ledger.netsuite)
        assert ledger.sync(world=evolve(ledger.world, target=target)) == "1 unknown"
        assert ledger.given_id() is None
        assert ledger.sync() == "1 recovered"
        assert ledger.given_id() == ledger.netsuite.rows[0]["id"]
        assert ledger.sync() == "1 unchanged"
        assert len(ledger.netsuite.rows) == 1


def unmerging(there: FakeNetSuite | FakeLago) -> Capabilities:
    """Return what a system can do behind a stand-in that does not merge."""
    return evolve(there.capabilities, merges=0)


class Mumbling:
    """A NetSuite whose creates take effect, and whose answers hold no id."""

    def __init__(self, there: FakeNetSuite) -> None:
        self.capabilities, self.account, self.mode = unmerging(there), there.account, there.mode
        self.find, self.update, self._there = there.find, there.update, there

    def create(self, requests: Any) -> Any:
        return dict.fromkeys(self._there.create(requests), Unknown("no id in the answer"))


@pytest.mark.rule("LG-MULTI")
class TestMulti:
    """Any number of NetSuite connections; each customer names its own."""

    def test_each_connection_has_its_own_customers(self, ledger: Ledger) -> None:
        uk_flow = customer_sync("uk", subsidiaries=["1", "2"])
        uk = Ledger(clock=ledger.clock, lago=ledger.lago, store=ledger.store)
        ledger.lago.put(BRIGHTWATER)
        ledger.lago.put({**OKAFOR, "integration_customers": [{**US, "integration_code": "uk"}]})
        assert ledger.sync() == "1 created, 1 left out"
        assert ledger.said == {"not_connected"}
        assert uk.sync(uk_flow) == "1 created, 1 left out"
        assert [row["entityId"] for row in ledger.netsuite.rows] == ["brightwater"]
        assert [row["entityId"] for row in uk.netsuite.rows] == ["okafor-1"]
        assert [ledger.sync(), uk.sync(uk_flow)] == ["1 unchanged, 1 left out"] * 2

    def test_one_that_moves_is_created_where_it_moves_to(self, ledger: Ledger) -> None:
        uk = Ledger(clock=ledger.clock, lago=ledger.lago, store=ledger.store)
        identity = ledger.lago.put(BRIGHTWATER)
        ledger.sync()
        moved = {**US, "integration_code": "uk", "integration_type": "netsuite"}
        ledger.lago.edit(identity, integration_customers=[moved])
        assert ledger.sync() == "1 left out"
        assert uk.sync(customer_sync("uk", subsidiaries=["2"])) == "1 created"
        assert len(ledger.netsuite.rows) == len(uk.netsuite.rows) == 1

    @pytest.mark.parametrize(
        "connections",
        [
            [],
            [{**US, "integration_code": "uk"}],
            [{**US, "type": "xero"}],
            [{**US, "integration_code": None}],
        ],
        ids=["none", "another", "of another system", "without a code"],
    )
    def test_who_does_not_name_it_is_left_out(self, ledger: Ledger, connections: Any) -> None:
        ledger.lago.put({**BRIGHTWATER, "integration_customers": connections})
        assert ledger.sync() == "1 left out"
        assert ledger.said == {"not_connected"}

    def test_the_other_connections_stay_as_they_are(self, ledger: Ledger) -> None:
        salesforce = {"type": "salesforce", "integration_code": "crm", "external_customer_id": "sf-7"}
        ledger.lago.put({**BRIGHTWATER, "integration_customers": [salesforce, US]})
        ledger.sync()
        there = ledger.lago.rows[0]["integration_customers"]
        assert [(one["integration_code"], one["external_customer_id"]) for one in there] == [
            *(("crm", "sf-7"), ("us", ledger.netsuite.rows[0]["id"]))
        ]

    def test_a_plan_for_one_is_not_carried_out_in_another(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        planned = plan(FLOW, ledger.lago.rows, ledger.world)
        with pytest.raises(PlanError):
            apply(customer_sync("uk", subsidiaries=["2"]), planned, ledger.world)
        assert ledger.netsuite.rows == []

    def test_each_connection_keeps_its_own_records(self) -> None:
        assert {link_of("us"), link_of("uk")} == {FLOW.link, customer_sync("uk").link}


@pytest.mark.rule("LG-LINK")
@pytest.mark.rule("G-LOSS")
class TestWriteBack:
    """The id is written to the customer's own connection; whatever else its lists hold by then stays."""

    CRM = {"integration_type": "salesforce", "integration_code": "crm", "external_customer_id": "sf-7"}  # noqa: RUF012 - read only

    def during(self, ledger: Ledger, **changes: Any) -> Environment:
        """Return the world in which somebody changes the customer in Lago while NetSuite creates it."""
        identity = ledger.lago.rows[0]["lago_id"]
        return evolve(
            ledger.world, target=Meanwhile(ledger.netsuite, lambda: ledger.lago.edit(identity, **changes))
        )

    def links(self, ledger: Ledger) -> dict[str, str | None]:
        there = ledger.lago.rows[0]["integration_customers"]
        return {one["integration_code"]: one["external_customer_id"] for one in there}

    @pytest.mark.rule("G-LOSS")
    def test_no_link_is_destroyed_and_no_other_system_is_asked_again(self, ledger: Ledger) -> None:
        xero = {"type": "xero", "integration_code": "xero-1", "sync_with_provider": True}
        hubspot = {"type": "hubspot", "integration_code": "crm", "external_customer_id": "9"}
        given = {**hubspot, "targeted_object": "contacts", "email": "ap@brightwater.example"}
        ledger.lago.put({**BRIGHTWATER, "integration_customers": [US, xero, given]})
        us, *others = ledger.lago.rows[0]["integration_customers"]
        assert ledger.sync() == "1 created"
        made = {**us, "external_customer_id": ledger.netsuite.rows[0]["id"]}
        assert ledger.lago.rows[0]["integration_customers"] == [made, *others]
        assert ledger.lago.asked == []

    def test_lago_is_asked_by_external_ids(self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        ledger.lago.put(BRIGHTWATER)
        asked: list[Any] = []
        find = FakeLago.find

        def logged(lago: FakeLago, by: str, values: Any) -> Any:
            asked.append((by, list(values)))
            return find(lago, by, values)

        monkeypatch.setattr(FakeLago, "find", logged)
        planned = plan(FLOW, ledger.lago.rows, ledger.world)
        assert apply(FLOW, planned, ledger.world).summary == "1 created"
        link_manually(FLOW, "brightwater", ledger.existing(), ledger.world)
        assert asked == [("external_id", ["brightwater"])] * 3

    def test_another_customer_under_the_external_id_is_not_written(self, ledger: Ledger) -> None:
        identity = ledger.lago.put(BRIGHTWATER)

        def handed_on() -> None:
            ledger.lago.remove(identity)
            ledger.lago.put(BRIGHTWATER)

        world = evolve(ledger.world, target=Meanwhile(ledger.netsuite, handed_on))
        assert ledger.sync(world=world) == "1 created"
        assert ledger.said == {"write_back_due"}
        assert self.links(ledger) == {"us": None}

    def test_a_connection_that_was_added_meanwhile_stays(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        both = [{**US, "integration_type": "netsuite"}, self.CRM]
        assert ledger.sync(world=self.during(ledger, integration_customers=both)) == "1 created"
        assert self.links(ledger) == {"us": ledger.netsuite.rows[0]["id"], "crm": "sf-7"}

    def test_one_that_was_added_between_plan_and_apply_stays(self, ledger: Ledger) -> None:
        identity = ledger.lago.put(BRIGHTWATER)
        planned = plan(FLOW, ledger.lago.rows, ledger.world)
        both = [{**US, "integration_type": "netsuite"}, self.CRM]
        ledger.lago.edit(identity, integration_customers=both)
        again = Plan.from_lines(planned.to_lines())
        assert apply(FLOW, again, ledger.world).summary == "1 created"
        assert self.links(ledger) == {"us": ledger.netsuite.rows[0]["id"], "crm": "sf-7"}

    def test_an_id_that_was_given_meanwhile_stays(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        other = ledger.existing()
        given = [{**US, "integration_type": "netsuite", "external_customer_id": other}]
        assert ledger.sync(world=self.during(ledger, integration_customers=given)) == "1 created"
        assert ledger.said == {"write_back_due"}
        assert self.links(ledger) == {"us": other}
        assert ledger.sync() == "1 for review"

    def test_a_connection_that_was_taken_off_meanwhile_stays_off(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        assert ledger.sync(world=self.during(ledger, integration_customers=[self.CRM])) == "1 created"
        assert ledger.said == {"write_back_due"}
        assert self.links(ledger) == {"crm": "sf-7"}

    def test_a_customer_that_is_gone_meanwhile(self, ledger: Ledger) -> None:
        identity = ledger.lago.put(BRIGHTWATER)
        target = Meanwhile(ledger.netsuite, lambda: ledger.lago.remove(identity))
        assert ledger.sync(world=evolve(ledger.world, target=target)) == "1 created"
        assert ledger.said == {"write_back_due"}

    def test_a_lago_that_cannot_be_asked_by_id_is_written_as_it_was_read(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        ledger.lago.capabilities = evolve(ledger.lago.capabilities, lookups={})
        assert ledger.sync() == "1 created"
        assert self.links(ledger) == {"us": ledger.netsuite.rows[0]["id"]}

    def test_what_was_due_is_written_by_the_next_run(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        calm, count = Faults(), Ledger()
        count.lago.put(BRIGHTWATER)
        count.sync(world=calm.around(count.world))
        place = calm.requests.index("source.find") + 1
        lost = Faults({place: Fault.LOST_BEFORE}).around(ledger.world)
        assert ledger.sync(world=lost) == "1 created"
        assert ledger.said == {"write_back_due"}
        assert self.links(ledger) == {"us": None}
        assert [ledger.sync(), ledger.sync()] == ["1 updated", "1 unchanged"]
        assert self.links(ledger) == {"us": ledger.netsuite.rows[0]["id"]}


class Meanwhile:
    """A NetSuite that lets something happen elsewhere while it creates."""

    def __init__(self, there: FakeNetSuite, happens: Callable[[], object]) -> None:
        self.capabilities, self.account, self.mode = unmerging(there), there.account, there.mode
        self.find, self.update, self._there, self._happens = there.find, there.update, there, happens

    def create(self, requests: Any) -> Any:
        self._happens()
        return self._there.create(requests)


@pytest.mark.rule("LG-SYNC")
class TestSync:
    """Syncs and actions are switched one by one: customers mandatory; the others optional."""

    @pytest.mark.parametrize("switches", list(product([True, False], repeat=3)), ids=str)
    def test_customers_sync_whatever_else_does(
        self, ledger: Ledger, switches: tuple[bool, bool, bool]
    ) -> None:
        invoices, credit_notes, payments = switches
        syncs = Syncs(invoices=invoices, credit_notes=credit_notes, payments=payments)
        ledger.lago.put(BRIGHTWATER)
        flow = customer_sync("us", subsidiaries=["2"], settings=BillingSettings(syncs=syncs))
        assert ledger.sync(flow) == "1 created"

    def test_customers_cannot_be_switched_off(self) -> None:
        with pytest.raises(ConfigurationError, match="mandatory"):
            Syncs(customers=False)


@pytest.mark.rule("G-DUP")
class TestDuplicates:
    """No customer is ever created twice for one Lago customer, whatever goes wrong."""

    def test_one_that_lago_itself_created_is_found_by_its_id(self, ledger: Ledger) -> None:
        identity = ledger.lago.put(BRIGHTWATER)
        there = ledger.existing(**{LAGO_ID_FIELD: identity})
        assert ledger.sync() == "1 linked"
        assert ledger.given_id() == there

    def test_an_account_without_the_field(self) -> None:
        ledger = Ledger(netsuite=FakeNetSuite(subsidiaries=["2"]))
        ledger.lago.put(BRIGHTWATER)
        flow = customer_sync("us", subsidiaries=["2"], lago_id_field="")
        assert [ledger.sync(flow), ledger.sync(flow)] == ["1 created", "1 unchanged"]
        (row,) = ledger.netsuite.rows
        assert (row["externalId"], LAGO_ID_FIELD in row) == (f"lago-{ledger.lago.rows[0]['lago_id']}", False)

    def test_the_sync_records_are_lost(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        ledger.sync()
        again = Ledger(clock=ledger.clock, lago=ledger.lago, netsuite=ledger.netsuite)
        assert again.sync() == "1 linked"
        assert len(ledger.netsuite.rows) == 1

    def test_in_batches_and_in_a_plan(self, ledger: Ledger) -> None:
        for place in "123":
            ledger.lago.put({**BRIGHTWATER, "external_id": place})
        assert not plan(FLOW, ledger.lago.rows, ledger.world).is_empty
        assert sync(FLOW, ledger.lago.rows, ledger.world, batch=1).summary == "3 created"
        assert plan(FLOW, ledger.lago.rows, ledger.world).is_empty

    @pytest.mark.parametrize("field", [LAGO_ID_FIELD, ""], ids=["with its id", "without"])
    @pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
    def test_law_one_customer_whatever_goes_wrong_wherever(self, fault: Fault, field: str) -> None:
        flow = customer_sync("us", subsidiaries=["2"], lago_id_field=field)
        calm, count = Faults(), Ledger()
        count.lago.put(BRIGHTWATER)
        count.sync(flow, calm.around(count.world))
        for place, name in enumerate(calm.requests, start=1):
            if fault in faults_of(name):
                ledger = survived(flow, {place: fault})
                assert [row["entityId"] for row in ledger.netsuite.rows] == ["brightwater"], (place, name)
                assert ledger.given_id() == ledger.netsuite.rows[0]["id"], (place, name)
                assert [outcome.result for outcome in ledger.seen] == [Result.UNCHANGED], (place, name)


def survived(flow: Flow, schedule: dict[int, Fault]) -> Ledger:
    """Return the world after runs under these faults, and calm ones until all is done."""
    ledger = Ledger()
    ledger.lago.put(BRIGHTWATER)
    world = Faults(schedule).around(ledger.world)
    for _ in range(5):
        try:
            ledger.sync(flow, world)
        except (Crash, StoreError):
            ledger.seen.clear()
        ledger.clock.advance(timedelta(hours=1))
    return ledger


class TestRestlet:
    """The same flow writes the bodies of the RESTlet, by which Lago itself creates and updates."""

    FLOW = customer_sync("us", subsidiaries=["2"], target=evolve(netsuite.RESTLET, read=netsuite.REST.read))

    def test_end_to_end(self, ledger: Ledger) -> None:
        identity = ledger.lago.put(
            {**OKAFOR, "city": "Portland", "country": "US", "shipping_address": {"city": "Salem"}}
        )
        world = evolve(ledger.world, target=Restlet(ledger.netsuite))
        assert ledger.sync(self.FLOW, world) == "1 created"
        assert ledger.sync(self.FLOW, world) == "1 unchanged"
        ledger.lago.edit(identity, lastname="Okafor-Lee", city="Astoria")
        assert ledger.sync(self.FLOW, world) == "1 updated"
        (row,) = ledger.netsuite.rows
        assert (row["lastName"], row["isPerson"], row["entityId"]) == ("Okafor-Lee", True, "okafor-1")
        assert [line["addressBookAddress"]["city"] for line in row["addressBook"]["items"]] == [
            "Portland",
            "Salem",
        ]

    def test_addresses_on_an_update_are_refused_at_once(self) -> None:
        with pytest.raises(FlowError, match="takes no address on an update"):
            customer_sync("us", target=netsuite.RESTLET, update_addresses=True)


class Restlet:
    """A script before NetSuite that takes the bodies of the RESTlet; its look-ups answer as REST does."""

    def __init__(self, there: FakeNetSuite) -> None:
        self.capabilities, self.account, self.mode = unmerging(there), there.account, there.mode
        self.find, self._there = there.find, there

    def create(self, requests: Any) -> Any:
        return self._there.create(
            [evolve(request, payload=self._row(request.payload)) for request in requests]
        )

    def update(self, requests: Any) -> Any:
        assert all(request.payload["recordId"] == request.id for request in requests)
        return self._there.update(
            [evolve(request, payload=self._row(request.payload)) for request in requests]
        )

    def _row(self, body: Any) -> Any:
        said = netsuite.RESTLET.read({"recordId": "1", **body}, "", "")
        values = {name: getattr(said, name) for name in WRITTEN if getattr(said, name)}
        values |= {"is_person": said.is_person} if isinstance(said.is_person, bool) else {}
        values |= {f"custom.{name}": value for name, value in said.custom.items()}
        row = netsuite.REST.write(values, None)
        if said.addresses:
            row["addressBook"] = netsuite.REST.write(
                {"billing_address": said.billing_address, "shipping_address": said.shipping_address}, None
            )["addressBook"]
        return row


WRITTEN = (
    *("company_name", "first_name", "last_name", "entity_id", "external_id"),
    *("email", "phone", "subsidiary"),
)
