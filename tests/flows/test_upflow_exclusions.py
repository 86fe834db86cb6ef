"""NetSuite → Upflow: inactive and inter-company customers, and the ways to exclude one for good."""

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan
from custsync.engine.manual import exclude_manually, reinclude
from custsync.errors import ConfigurationError
from custsync.flow import Flow
from custsync.flows.upflow import CUSTOMER_IMPORT, Is, SmartRule, customer_import
from custsync.flows.upflow.exclusions import imports_data_of
from custsync.models import ABSENT, Ref
from custsync.syncrecords import MergeNote, Status, SyncRecord
from tests.flows.collecting import API_IMPORT, Office, api_office, codes, company, decided, ns, only

BY_CATEGORY = customer_import(categories=frozenset({"7"}))


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.rule("UF-INA")
class TestInactive:
    """Inactive customers are left out of the initial sync; made active later, they sync then; an active,
    synced one that becomes inactive is excluded from then on."""  # noqa: D205, D209 - the rule's sentence

    def test_left_out_at_first_and_synced_once_active(self, office: Office) -> None:
        own = only(office.put(company(isInactive=True)))
        outcome = office.outcomes()[own]
        assert (outcome.result.value, codes(outcome)) == ("left out", ["inactive"])
        assert office.records() == {}
        office.netsuite.edit(own, isInactive=False)
        assert office.bring() == "1 created"

    @pytest.mark.parametrize("as_plan", [False, True], ids=["sync", "plan and apply"])
    def test_synced_and_then_inactive_is_excluded_for_good(self, office: Office, *, as_plan: bool) -> None:
        own = only(office.put(company("Harrow")))
        office.bring()
        office.netsuite.edit(own, isInactive=True)
        if as_plan:
            made = plan(CUSTOMER_IMPORT, office.netsuite.rows, office.world)
            assert not made.is_empty
            apply(CUSTOMER_IMPORT, made, office.world)
        else:
            outcome = office.outcomes()[own]
            assert (outcome.result.value, codes(outcome)) == ("left out", ["newly_excluded"])
            assert outcome.needs_attention  # it is in Upflow, and has to be excluded there
        assert office.records()[own].status is Status.EXCLUDED
        office.netsuite.edit(own, isInactive=False, companyName="Newer")
        outcome = office.outcomes()[own]
        assert (outcome.result.value, codes(outcome)) == ("left out", ["excluded"])
        assert not outcome.needs_attention
        assert office.column("Customer name") == {own: "Harrow"}
        office.assert_silent()


@pytest.mark.rule("UF-INT")
class TestIntercompany:
    """A customer with a representing subsidiary is inter-company: excluded."""

    def test_excluded(self, office: Office) -> None:
        own = only(office.put(company(representingSubsidiary="4")))
        outcome = office.outcomes()[own]
        assert (outcome.result.value, codes(outcome)) == ("left out", ["intercompany"])
        assert office.upflow.rows == []
        office.assert_silent()

    @pytest.mark.parametrize("said", [ABSENT, None, "", " "], ids=repr)
    def test_one_without_is_not(self, said: Any) -> None:
        assert decided(CUSTOMER_IMPORT, ns(company_name="H", representing_subsidiary=said)).verb == "create"


@pytest.mark.rule("UF-EXC-1")
class TestCategory:
    """Exclusion by the value of the standard category field; the initial sync never imports its data; the
    incremental sync reads all changes and then discards."""  # noqa: D205, D209 - the rule's sentence

    @pytest.mark.parametrize(
        ("category", "verb"),
        [("7", "left out"), (" 7 ", "left out"), ("77", "create"), ("", "create"), (ABSENT, "create")],
        ids=repr,
    )
    def test_by_its_id(self, category: Any, verb: str) -> None:
        assert decided(BY_CATEGORY, ns(company_name="H", category=category)).verb == verb

    def test_no_custom_field_counts(self) -> None:
        made = decided(
            BY_CATEGORY, ns(company_name="H", custom={"category": "7", "custentity_category": "7"})
        )
        assert made.verb == "create"

    def test_nothing_is_looked_up_or_written(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        office.put(company(category="7"))
        monkeypatch.setattr(office.upflow, "find", lambda *_: pytest.fail("nothing is to be looked up"))
        assert office.bring(BY_CATEGORY) == "1 left out"
        assert office.upflow.writes == []

    def test_a_change_is_read_and_discarded_with_its_reason(self, office: Office) -> None:
        own = only(office.put(company(category="7")))
        assert codes(office.outcomes(BY_CATEGORY)[own]) == ["newly_excluded"]
        office.netsuite.edit(own, companyName="Newer")
        outcome = office.outcomes(BY_CATEGORY)[own]
        assert codes(outcome) == ["excluded"]
        assert outcome.issues[0].reason.endswith("customers of this category are excluded")

    @pytest.mark.parametrize(
        ("category", "flow", "warned"),
        [
            ("Employees", BY_CATEGORY, True),
            ("8", BY_CATEGORY, False),
            (None, BY_CATEGORY, False),
            (" ", BY_CATEGORY, False),
            ("Employees", CUSTOMER_IMPORT, False),
        ],
        ids=["label", "id", "null", "blank", "no categories"],
    )
    def test_a_label_in_the_place_of_an_id_is_a_warning(
        self,
        office: Office,
        category: str | None,
        flow: Flow,
        warned: bool,  # noqa: FBT001 - a table
    ) -> None:
        """A saved search prints `Category` as its label, which equals no id."""
        (decision,) = plan(flow, [ns(company_name="H", category=category)], office.world)
        assert ("category_label" in codes(decision)) is warned

    @pytest.mark.parametrize("category", ["7", " 7 ", "7\u200b", "\u00a07"], ids=repr)
    @pytest.mark.parametrize("setting", ["7", " 7", "7\u00a0"], ids=repr)
    def test_blanks_around_an_id_do_not_count(self, office: Office, category: str, setting: str) -> None:
        flow = customer_import(categories=frozenset({setting}))
        (decision,) = plan(flow, [ns(company_name="H", category=category)], office.world)
        assert codes(decision) == ["newly_excluded"]

    @pytest.mark.parametrize(
        "categories", ["7", {7}, [7], 7, None, {"Friends"}, {""}, {"\u0667"}, {"07"}], ids=repr
    )
    def test_ids_are_texts_in_a_set_or_nobody_would_be_excluded(self, categories: Any) -> None:
        with pytest.raises(ConfigurationError, match="categories"):
            customer_import(categories=categories)


@pytest.mark.rule("UF-EXC-2")
class TestWhatIsKept:
    """An excluded customer's own record and metadata are kept, its contacts, invoices, transactions not."""

    def test_the_record_there_and_the_link(self, office: Office) -> None:
        own = only(office.put(company("Harrow")))
        office.bring(BY_CATEGORY)
        before = office.upflow.rows
        office.netsuite.edit(own, category={"id": "7"})
        office.bring(BY_CATEGORY)
        record = office.records()[own]
        assert (record.status, record.target) == (Status.EXCLUDED, Ref("upflow_import", own))
        assert office.upflow.rows == before
        assert office.upflow.writes == [("create", own)]

    @pytest.mark.parametrize(
        ("status", "imports"),
        [
            (Status.LINKED, True),
            (Status.MERGED, True),
            (Status.SHARED, True),
            (Status.EXCLUDED, False),
            (Status.INTENT, False),
            (Status.FAILED, False),
            (None, False),
        ],
        ids=lambda value: getattr(value, "name", str(value)),
    )
    def test_whose_data_is_imported(self, status: Status | None, imports: bool) -> None:  # noqa: FBT001 - a table
        assert imports_data_of(a_record(status)) is imports


def a_record(status: Status | None) -> SyncRecord | None:
    if status is None:
        return None
    note = MergeNote(done=True) if status is Status.MERGED else None
    ours, theirs = Ref("netsuite", "1"), Ref("upflow", "6b0e")
    return SyncRecord(link="l", source=ours, target=theirs, status=status, flow="upflow", merge=note)


@pytest.mark.rule("UF-EXC-2")
class TestGroupsOfTheExcluded:
    """A member of a group that is excluded keeps its link in Upflow, for the group's record is kept."""

    def test_excluded_by_hand(self, office: Office) -> None:
        top, child = office.put(company("Top"), company("Child", parent="5001"))
        office.bring()
        exclude_manually(CUSTOMER_IMPORT, [top], office.world)
        office.netsuite.edit(child, companyName="Newer")
        assert office.bring() == "1 updated, 1 left out"
        assert (office.column("Parent ID")[child], office.column("Parent name")[child]) == (top, "Top")
        office.assert_silent()

    def test_a_member_that_is_excluded_changes_nothing_else(self, office: Office) -> None:
        _top, child, other = office.put(
            company("Top"), company("Child", parent="5001"), company("Other", parent="5002")
        )
        office.bring()
        exclude_manually(CUSTOMER_IMPORT, [child], office.world)
        assert office.bring() == "2 unchanged, 1 left out"
        assert office.column("Parent ID")[other] == "5001"


@pytest.mark.rule("UF-EXC-3")
class TestSmartRules:
    """By smart rule, a predicate: the whole value, letter by letter; the first rule wins."""

    KEPT = SmartRule(name="keep gold", where=(Is("custom.tier", "Gold"),), excludes=False)
    CLOSED = SmartRule(name="closed", where=(Is("custom.state", "Closed", "Gone"),))
    SMALL = SmartRule(name="small", where=(Is("custom.size", "S"), Is("custom.state", "Open")))
    FLOW = customer_import(rules=(KEPT, CLOSED, SMALL))

    @pytest.mark.parametrize(
        ("custom", "rule"),
        [
            ({"state": "Closed"}, "closed"),
            ({"state": "Gone", "size": "S"}, "closed"),
            ({"state": "closed"}, ""),
            ({"state": "Closed "}, ""),
            ({"state": "Closed now"}, ""),
            ({"state": "Open", "size": "S"}, "small"),
            ({"size": "S"}, ""),
            ({"state": "Closed", "tier": "Gold"}, ""),
            ({"state": ["Closed"]}, ""),
        ],
        ids=str,
    )
    def test_table(self, custom: Mapping[str, Any], rule: str) -> None:
        made = decided(self.FLOW, ns(company_name="H", custom=custom))
        assert made.verb == ("left out" if rule else "create")
        assert not rule or [(issue.code, issue.shape) for issue in made.issues] == [("newly_excluded", rule)]

    def test_a_rule_without_conditions_catches_nobody(self) -> None:
        flow = customer_import(rules=(SmartRule(name="all", where=()),))
        assert decided(flow, ns(company_name="H")).verb == "create"

    def test_it_lasts(self, office: Office) -> None:
        own = only(office.put({**company(), "custentity_state": "Closed"}))
        flow = customer_import(
            rules=(SmartRule(name="closed", where=(Is("custom.custentity_state", "Closed"),)),)
        )
        office.bring(flow)
        office.netsuite.edit(own, custentity_state="Open")
        assert office.bring(flow) == "1 left out"
        assert office.bring() == "1 left out"

    @pytest.mark.rule("G-ISO")
    def test_a_condition_that_raises_excludes_nobody_for_good(self, office: Office) -> None:
        own = only(office.put(company()))
        flow = customer_import(rules=(SmartRule(name="odd", where=(raising,)),))
        assert codes(office.outcomes(flow)[own]) == ["rule_raised"]
        assert office.records() == {}


def raising(_customer: Any) -> bool:
    raise KeyError


@pytest.mark.rule("UF-EXC-4")
class TestPermanent:
    """Exclusion is permanent: no later run brings the customer back; trying says why. Re-inclusion is a
    parameter, off by default."""  # noqa: D205, D209 - the rule's sentence

    WAYS = (
        ("category", BY_CATEGORY, {"category": {"id": "7"}}, {"category": None}),
        (
            "intercompany",
            CUSTOMER_IMPORT,
            {"representingSubsidiary": {"id": "4"}},
            {"representingSubsidiary": None},
        ),
    )

    @pytest.mark.parametrize(("code", "flow", "said", "unsaid"), WAYS, ids=[way[0] for way in WAYS])
    @pytest.mark.parametrize("synced", [False, True], ids=["never synced", "synced before"])
    def test_the_reason_went_and_it_stays_out(
        self, office: Office, code: str, flow: Flow, said: Any, unsaid: Any, *, synced: bool
    ) -> None:
        own = only(office.put(company() if synced else {**company(), **said}))
        if synced:
            assert office.bring(flow) == "1 created"
            office.netsuite.put({**office.netsuite.row(own), **said})
        assert office.bring(flow) == "1 left out"
        office.netsuite.put({**office.netsuite.row(own), **unsaid})
        outcome = office.outcomes(flow)[own]
        assert outcome.result.value == "left out"
        assert outcome.issues[0].code == "excluded"
        assert outcome.issues[0].rule == {"category": "UF-EXC-1", "intercompany": "UF-INT"}[code]
        made = plan(flow, office.netsuite.rows, office.world)
        assert outcome.issues[0].reason in made.explain(own)

    def test_or_as_long_as_the_reason_holds(self, office: Office) -> None:
        flow = customer_import(categories=frozenset({"7"}), exclusions_last=False)
        own = only(office.put(company(category="7")))
        assert office.bring(flow) == "1 left out"
        office.netsuite.edit(own, category=None)
        assert office.bring(flow) == "1 created"

    def test_no_re_inclusion_by_default(self, office: Office) -> None:
        own = only(office.put(company()))
        exclude_manually(CUSTOMER_IMPORT, [own], office.world)
        with pytest.raises(ConfigurationError, match="UF-EXC-4"):
            reinclude(CUSTOMER_IMPORT, own, "why", office.world)

    def test_re_inclusion_where_a_caller_says_so(self, office: Office) -> None:
        flow = customer_import(reinclusion=True)
        own = only(office.put(company("Harrow")))
        office.bring(flow)
        exclude_manually(flow, [own], office.world)
        office.netsuite.edit(own, companyName="Newer")
        reinclude(flow, own, "re-included in Upflow", office.world)
        assert office.bring(flow) == "1 updated"
        assert office.column("Customer name") == {own: "Newer"}

    def test_one_that_people_excluded_in_upflow_is_never_created_again(self) -> None:
        """It is not seen there any more: the run asks a person, who excludes it here too."""
        office = api_office()
        own = only(office.put(company()))
        office.bring(API_IMPORT)
        office.upflow.exclude(office.upflow.rows[0]["id"])
        assert office.bring(API_IMPORT) == "1 for review"
        exclude_manually(API_IMPORT, [own], office.world)
        assert office.bring(API_IMPORT) == "1 left out"
        assert len(office.upflow.rows) == 1


def test_an_inactive_customer_of_an_excluded_category_is_excluded_by_the_category() -> None:
    """What lasts is asked first: else the customer would come in once it is active."""
    made = decided(BY_CATEGORY, evolve(ns(company_name="H"), category="7", is_inactive=True))
    assert (codes(made), getattr(made, "lasts", None)) == (["newly_excluded"], True)
