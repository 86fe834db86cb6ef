"""ServiceTitan's Legacy ID: each rule, and every combination of record, Legacy ID and customer."""

from itertools import permutations, product
from typing import Any

import pytest

from custsync.engine.api import sync
from custsync.engine.decisions import Create, Invalid, Link, Review, Unchanged
from custsync.engine.manual import link_manually, unlink_manually
from custsync.engine.outcomes import Outcome, Result
from custsync.flows.servicetitan import CUSTOMER_SYNC, customer_sync, join_transactions
from custsync.models import Customer, Issue, Ref, Severity
from custsync.syncrecords import RecordWrite, Status, SyncRecord
from custsync.systems.netsuite import REST
from tests.flows.legacy_id_table import (
    LEGACY_ID_DECISIONS,
    Counterpart,
    Fate,
    LegacyId,
    Linkage,
    legacy_id_decision,
)
from tests.flows.titans import Tenant, codes

NOBODY = "999999"
MALFORMED: tuple[str, ...] = (
    "A-2042",
    "unknown",
    "-5001",
    "-2",
    "+5001",
    "0",
    "05001",
    "5001.0",
    "5,001",
    "5001 5002",
    "5001;",
    "eid:5001",
    "５００１",
    "\u200b",
    "1" * 40,
)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant()


def by_reading(field: str, **settings: Any) -> Tenant:
    """Return a tenant whose Legacy ID field has that name in the flow."""
    return Tenant(customer_sync(legacy_field=field, **settings))


@pytest.mark.rule("ST-LEG-0")
@pytest.mark.rule("G-LOSS")
class TestUnread:
    """A record without its custom fields does not say that the Legacy ID is blank: nobody is created."""

    def run(self, tenant: Tenant, **settings: Any) -> list[Outcome]:
        """Sync every customer, read without its custom fields; return the outcomes."""
        rows = [{key: row[key] for key in row if key != "customFields"} for row in tenant.titan.rows]
        seen: list[Outcome] = []
        flow = customer_sync(**settings)
        sync(flow, join_transactions(rows, tenant.invoiced), tenant.world, observe=seen.append)
        return seen

    def test_nobody_is_created(self, tenant: Tenant) -> None:
        tenant.customer(legacy_id=tenant.existing())
        (outcome,) = self.run(tenant)
        assert outcome.result is Result.LEFT_OUT
        assert "legacy_id_unread" in codes(outcome.issues)
        assert outcome.needs_attention
        assert len(tenant.ids()) == 1

    def test_who_is_linked_already_goes_on(self, tenant: Tenant) -> None:
        tenant.customer(legacy_id=tenant.existing())
        tenant.run()
        (outcome,) = self.run(tenant)
        assert outcome.result is Result.UNCHANGED

    def test_a_tenant_without_a_legacy_id_does_not_need_them(self, tenant: Tenant) -> None:
        tenant.customer()
        (outcome,) = self.run(tenant, legacy_field="")
        assert outcome.result is Result.CREATED


@pytest.mark.rule("ST-LEG-0")
class TestField:
    """The Legacy ID is a field of the ServiceTitan customer, its exact name set for each tenant."""

    @pytest.mark.parametrize("configured", ["NetSuite ID", " NetSuite ID  "])
    @pytest.mark.parametrize("sent", ["NetSuite ID", "     NetSuite ID", "NetSuite ID "])
    def test_names_are_compared_without_the_blanks_around_them(self, configured: str, sent: str) -> None:
        tenant = by_reading(configured)
        there = tenant.existing()
        vale = tenant.customer(customFields=[{"name": sent, "value": there}])
        assert tenant.run().summary == "1 linked"
        assert tenant.target(vale) == there

    @pytest.mark.parametrize("sent", ["Netsuite ID", "NetSuiteID", "NetSuite  ID"])
    def test_another_name_is_another_field(self, sent: str) -> None:
        tenant = by_reading("NetSuite ID")
        tenant.customer(customFields=[{"name": sent, "value": tenant.existing()}])
        assert codes(tenant.outcome().issues) == ["legacy_field_missing"]

    @pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
    @pytest.mark.parametrize("batch", [1, 2, 500])
    def test_a_name_that_no_payload_carries_is_reported_once_a_run(
        self, order: tuple[int, ...], batch: int
    ) -> None:
        tenant = by_reading("NetSuite ID")
        tenant.customer("Okafor, Rosalind", invoice=False)
        first, _ = tenant.customer("Vale, Ines"), tenant.customer("Lund, Ivo")
        for result in (Result.CREATED, Result.UNCHANGED):
            payloads, seen = tenant.payloads(), list[Outcome]()
            sync(tenant.flow, [payloads[at] for at in order], tenant.world, batch=batch, observe=seen.append)
            (told,) = [outcome for outcome in seen if "legacy_field_missing" in codes(outcome.issues)]
            (issue,) = told.issues
            assert (told.source.id, told.result) == (first, result)
            assert (issue.rule, issue.field, issue.severity) == (
                "ST-LEG-0",
                "custom.NetSuite ID",
                Severity.WARNING,
            )

    def test_a_merged_customer_is_not_concerned(self) -> None:
        tenant = by_reading("NetSuite ID")
        vale, lund = tenant.customer("Vale, Ines"), tenant.customer("Lund, Ivo")
        tenant.titan.merge(vale, lund)
        assert [codes(outcome.issues) for outcome in tenant.outcomes()] == [
            ["legacy_field_missing"],
            ["merged_unsynced"],
        ]

    def test_one_customer_that_carries_it_is_enough(self) -> None:
        tenant = by_reading("NetSuite ID")
        tenant.customer("Vale, Ines", customFields=[])
        tenant.customer("Lund, Ivo", customFields=[{"name": "NetSuite ID", "value": None}], invoice=False)
        assert [codes(outcome.issues) for outcome in tenant.outcomes()] == [[], ["no_transaction"]]

    def test_a_tenant_may_have_such_customers_refused(self) -> None:
        tenant = by_reading("NetSuite ID", refuse_missing_field=True)
        for _ in range(2):
            tenant.customer()
        for outcome in tenant.outcomes():
            assert (outcome.result, codes(outcome.issues)) == (Result.REFUSED, ["legacy_field_missing"])
        assert tenant.netsuite.rows == []

    def test_without_a_configured_field_nothing_is_looked_for_or_said(self) -> None:
        tenant = by_reading("")
        tenant.customer(legacy_id=NOBODY)
        outcome = tenant.outcome()
        assert (outcome.result, outcome.issues) == (Result.CREATED, ())

    def test_other_custom_fields_do_not_matter(self, tenant: Tenant) -> None:
        fields = [{"name": "Client #", "value": NOBODY}, {"name": "Legacy ID", "value": None}]
        tenant.customer(customFields=fields)
        assert tenant.run().summary == "1 created"


@pytest.mark.rule("ST-LEG-1")
class TestLinked:
    """The sync record is linked, and the NetSuite customer exists: go on, the transaction posts to it."""

    @pytest.mark.parametrize("legacy_id", [None, NOBODY, "A-2042"], ids=["blank", "unknown", "malformed"])
    def test_the_legacy_id_is_not_asked_any_more(self, tenant: Tenant, legacy_id: Any) -> None:
        vale = tenant.customer()
        tenant.run()
        tenant.titan.edit(vale, customFields=[{"name": "Legacy ID", "value": legacy_id}])
        (made,) = tenant.plan()
        assert isinstance(made, Unchanged)
        assert made.target == tenant.record(vale).target

    def test_it_does_not_move_the_link_to_another_customer(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.run()
        before = tenant.target(vale)
        tenant.titan.edit(vale, customFields=[{"name": "Legacy ID", "value": tenant.existing()}])
        assert tenant.run().summary == "1 unchanged"
        assert tenant.target(vale) == before

    def test_transactions_of_other_subsidiaries_go_on_too(self, tenant: Tenant) -> None:
        vale = tenant.customer(legacy_id=tenant.existing())
        tenant.run()
        tenant.invoice(vale, "3")
        assert tenant.run().summary == "1 unchanged"

    @pytest.mark.rule("G-DUP")
    def test_a_linked_customer_that_is_gone_is_never_created_again(self, tenant: Tenant) -> None:
        there = tenant.existing()
        tenant.customer(legacy_id=there)
        tenant.run()
        tenant.netsuite.remove(there)
        assert tenant.run().summary == "1 for review"
        assert tenant.netsuite.rows == []


@pytest.mark.rule("ST-LEG-2")
class TestMatching:
    """The customer with that internal ID exists and is of the transaction's subsidiary: they are linked."""

    def test_it_is_linked_by_a_sync_record(self, tenant: Tenant) -> None:
        there = tenant.existing()
        vale = tenant.customer(legacy_id=there)
        assert tenant.run().summary == "1 linked"
        assert (tenant.record(vale).status, tenant.target(vale)) == (Status.LINKED, there)
        assert tenant.ids() == [there]

    def test_blanks_around_the_id_do_not_matter(self, tenant: Tenant) -> None:
        tenant.customer(legacy_id=f"  {tenant.existing()} ")
        assert tenant.run().summary == "1 linked"

    def test_a_name_that_could_not_be_created_does_not_matter(self, tenant: Tenant) -> None:
        tenant.customer("", type=None, legacy_id=tenant.existing(), address={"country": "Nowhere"})
        assert tenant.run().summary == "1 linked"

    @pytest.mark.parametrize("shared", [(), ("3",), ("3", "1")], ids=["own", "two", "three"])
    def test_a_customer_belongs_to_its_own_and_to_shared_subsidiaries(
        self, tenant: Tenant, shared: tuple[str, ...]
    ) -> None:
        there = tenant.existing(subsidiary="2")
        tenant.netsuite.share(there, *shared)
        vale = tenant.customer(legacy_id=there, invoice=False)
        tenant.invoice(vale, shared[-1] if shared else "2")
        assert tenant.run().summary == "1 linked"

    @pytest.mark.parametrize("shared", [(), ("1",)], ids=["own", "shared"])
    def test_another_subsidiary_is_an_error_of_its_own_that_names_both(
        self, tenant: Tenant, shared: tuple[str, ...]
    ) -> None:
        there = tenant.existing(subsidiary="2")
        if shared:
            tenant.netsuite.share(there, *shared)
        vale = tenant.customer(legacy_id=there, invoice=False)
        tenant.invoice(vale, "3")
        outcome = tenant.outcome()
        (issue,) = outcome.issues
        held = ", ".join(["2", *shared])
        assert (outcome.result, issue.code, issue.rule) == (Result.REFUSED, "wrong_subsidiary", "ST-LEG-2")
        assert f"subsidiary 3, the customer that the Legacy ID names of {held}" in issue.reason
        assert tenant.ids() == [there]

    def test_it_has_to_belong_to_the_subsidiary_of_one_transaction(self, tenant: Tenant) -> None:
        there = tenant.existing()
        tenant.invoice(tenant.customer(legacy_id=there, invoice=False), "3")
        assert codes(tenant.outcome().issues) == ["wrong_subsidiary"]
        tenant.netsuite.share(there, "3")
        assert tenant.run().summary == "1 linked"

    def test_a_transaction_without_a_subsidiary_proves_nothing(self, tenant: Tenant) -> None:
        tenant.invoice(tenant.customer(legacy_id=tenant.existing(), invoice=False), "")
        assert codes(tenant.outcome().issues) == ["subsidiary_missing"]

    def test_an_account_without_subsidiaries_has_nothing_to_compare(self) -> None:
        tenant = Tenant(customer_sync(one_world=False), subsidiaries=())
        tenant.invoice(tenant.customer(legacy_id=tenant.netsuite.put({"companyName": "A"})), "")
        assert tenant.run().summary == "1 linked"

    def test_an_inactive_customer_is_linked_with_a_warning(self, tenant: Tenant) -> None:
        there = tenant.existing(isInactive=True)
        vale = tenant.customer(legacy_id=there)
        outcome = tenant.outcome()
        (issue,) = outcome.issues
        assert (outcome.result, tenant.target(vale)) == (Result.LINKED, there)
        assert (issue.code, issue.severity) == ("inactive_legacy_id", Severity.WARNING)

    @pytest.mark.parametrize("refuse_inactive", [False, True])
    def test_an_inactive_customer_of_another_subsidiary_is_of_another_subsidiary(
        self, *, refuse_inactive: bool
    ) -> None:
        tenant = Tenant(customer_sync(refuse_inactive=refuse_inactive))
        tenant.customer(legacy_id=tenant.existing(isInactive=True, subsidiary="3"))
        assert codes(tenant.outcome().issues) == ["wrong_subsidiary"]

    def test_a_tenant_may_have_inactive_customers_refused(self) -> None:
        tenant = Tenant(customer_sync(refuse_inactive=True))
        tenant.customer(legacy_id=tenant.existing(isInactive=True))
        outcome = tenant.outcome()
        assert (outcome.result, codes(outcome.issues)) == (Result.REFUSED, ["inactive_legacy_id"])

    @pytest.mark.parametrize(
        "extra",
        [
            {"subsidiaries": ["3"]},
            {"subsidiaries": {"items": ["3", 3, None, {"subsidiary": 3}, {"subsidiary": {}}]}},
            {"subsidiaries": {"items": [{"subsidiary": {"internalId": "3"}}]}},
        ],
        ids=["plain", "mixed", "SOAP"],
    )
    def test_shared_subsidiaries_are_read_in_several_shapes(self, extra: Any) -> None:
        found = Customer(ref=Ref("netsuite", "5001"), subsidiary="2", extra=extra)
        assert self.said("3", found) is None

    @pytest.mark.parametrize("extra", [{}, {"subsidiaries": 3}, {"subsidiaries": {"items": "3"}}], ids=repr)
    def test_what_was_not_read_is_not_made_up(self, extra: Any) -> None:
        said = self.said("3", Customer(ref=Ref("netsuite", "5001"), extra=extra))
        assert said is not None
        assert said.reason.endswith("of none that was read")

    def said(self, subsidiary: str, found: Customer) -> Issue | None:
        lines = {"transactions": [{"type": "invoice", "subsidiary": subsidiary}]}
        fits = CUSTOMER_SYNC.match[0].accept_hit
        assert fits is not None
        return fits(Customer(ref=Ref("servicetitan", "7"), extra=lines), found)


@pytest.mark.rule("ST-LEG-3")
class TestBlank:
    """Legacy ID blank: the standard way, create."""

    @pytest.mark.parametrize("blank", [None, "", "  "], ids=["null", "empty", "blanks"])
    def test_it_is_created(self, tenant: Tenant, blank: Any) -> None:
        tenant.existing("Vale")
        tenant.customer(legacy_id=blank)
        assert tenant.run().summary == "1 created"

    def test_a_field_that_is_not_there_is_blank(self, tenant: Tenant) -> None:
        tenant.customer(legacy_id=None, invoice=False)
        tenant.customer(customFields=[])
        assert tenant.run().summary == "1 created, 1 left out"


@pytest.mark.rule("ST-LEG-4")
class TestInvalid:
    """Legacy ID invalid: the sync fails with an error that says so. It never falls back to create."""

    @pytest.mark.parametrize("legacy_id", [NOBODY, *MALFORMED])
    def test_it_is_refused(self, tenant: Tenant, legacy_id: str) -> None:
        tenant.existing()
        before = tenant.netsuite.rows
        tenant.customer(legacy_id=legacy_id)
        outcome = tenant.outcome()
        (issue,) = outcome.issues
        assert (outcome.result, issue.code, issue.rule) == (Result.REFUSED, "invalid_legacy_id", "ST-LEG-4")
        assert "Legacy ID is invalid" in issue.reason
        assert tenant.netsuite.rows == before

    @pytest.mark.parametrize("legacy_id", MALFORMED)
    def test_netsuite_is_not_asked_for_what_is_no_internal_id(self, legacy_id: str) -> None:
        assert CUSTOMER_SYNC.match[0].kind.key(legacy_id) is None

    def test_a_field_that_stands_twice_with_two_values_is_invalid(self, tenant: Tenant) -> None:
        one, two = tenant.existing(), tenant.existing()
        fields = [{"name": name, "value": id} for name, id in ((" Legacy ID", one), ("  Legacy ID", two))]
        tenant.customer(customFields=fields)
        assert codes(tenant.outcome().issues) == ["invalid_legacy_id"]
        assert tenant.ids() == [one, two]

    def test_a_field_that_stands_twice_with_one_value_is_that_value(self, tenant: Tenant) -> None:
        there = tenant.existing()
        fields = [{"name": name, "value": id} for name, id in ((" Legacy ID", there), ("  Legacy ID", ""))]
        tenant.customer(customFields=fields)
        assert tenant.run().summary == "1 linked"

    def test_it_goes_on_once_it_is_mended(self, tenant: Tenant) -> None:
        there = tenant.existing()
        vale = tenant.customer(legacy_id="A-2042")
        tenant.run()
        tenant.titan.edit(vale, customFields=[{"name": "Legacy ID", "value": there}])
        assert tenant.run().summary == "1 linked"
        assert tenant.target(vale) == there

    @pytest.mark.rule("G-DUP")
    def test_two_that_name_one_customer_are_for_a_person(self, tenant: Tenant) -> None:
        there = tenant.existing()
        tenant.customer("Vale, Ines", legacy_id=there)
        tenant.customer("Lund, Ivo", legacy_id=there)
        assert tenant.run().summary == "2 for review"
        assert tenant.ids() == [there]

    @pytest.mark.rule("G-DUP")
    def test_one_that_names_a_customer_linked_to_another_is_for_a_person(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.run()
        tenant.customer("Lund, Ivo", legacy_id=tenant.target(vale))
        assert tenant.run().summary == "1 unchanged, 1 for review"


@pytest.mark.rule("ST-LEG-5")
class TestByHand:
    """A record that is not linked yet: a person links it by hand. A wrong link is corrected the same way."""

    def unlinked(self, tenant: Tenant) -> str:
        """Return a customer whose sync record is not linked: NetSuite refused to create it."""
        vale = tenant.customer(invoice=False)
        tenant.invoice(vale, "44")
        tenant.run()
        tenant.invoiced.clear()
        tenant.invoice(vale)
        assert tenant.record(vale).status is Status.FAILED
        return vale

    def test_later_syncs_use_the_link(self, tenant: Tenant) -> None:
        vale, there = self.unlinked(tenant), tenant.existing()
        link_manually(tenant.flow, vale, there, tenant.world)
        assert (tenant.record(vale).status, tenant.target(vale)) == (Status.LINKED, there)
        assert tenant.run().summary == "1 unchanged"
        assert tenant.ids() == [there]

    def test_a_refused_customer_is_linked_too(self, tenant: Tenant) -> None:
        vale, there = tenant.customer(legacy_id="A-2042"), tenant.existing()
        tenant.run()
        link_manually(tenant.flow, vale, there, tenant.world)
        assert tenant.run().summary == "1 unchanged"
        assert tenant.target(vale) == there

    def test_a_wrong_link_is_corrected_the_same_way(self, tenant: Tenant) -> None:
        wrong, right = tenant.existing("Wrong"), tenant.existing("Right")
        vale = tenant.customer(legacy_id=wrong)
        tenant.run()
        before = tenant.netsuite.rows
        link_manually(tenant.flow, vale, right, tenant.world)
        assert tenant.run().summary == "1 unchanged"
        assert tenant.target(vale) == right
        assert tenant.netsuite.rows == before

    def test_a_person_may_link_to_another_subsidiary(self, tenant: Tenant) -> None:
        there = tenant.existing(subsidiary="3")
        vale = tenant.customer(legacy_id=there)
        assert tenant.run().summary == "1 refused"
        link_manually(tenant.flow, vale, there, tenant.world)
        assert tenant.run().summary == "1 unchanged"

    def test_an_unlinked_customer_is_looked_for_anew(self, tenant: Tenant) -> None:
        wrong, right = tenant.existing("Wrong"), tenant.existing("Right")
        vale = tenant.customer(legacy_id=wrong)
        tenant.run()
        unlink_manually(tenant.flow, vale, tenant.world)
        tenant.titan.edit(vale, customFields=[{"name": "Legacy ID", "value": right}])
        assert tenant.run().summary == "1 linked"
        assert tenant.target(vale) == right


# The decision table, end to end

CASES = list(product(Linkage, LegacyId, Counterpart))


def as_the_page_says(record: Linkage, legacy_id: LegacyId, customer: Counterpart) -> Fate:
    """Return the fate of a case by "Legacy ID matching", sentence by sentence, in the page's order.

    Written from the page and from what was decided where it is silent, not from the table.
    """
    there = customer is not Counterpart.GONE
    if record is Linkage.LINKED:
        # 1. "... finds both a Customer Sync Record and a matching NetSuite customer exist, the sync proceeds
        # normally". Decided: the linked customer is gone: a person looks, nothing is created twice.
        return Fate.PROCEED if there else Fate.REVIEW
    if legacy_id is LegacyId.BLANK:
        # 3. "If the Legacy ID field is blank, the SuiteApp will continue to create a customer".
        return Fate.CREATE
    if legacy_id in (LegacyId.MALFORMED, LegacyId.UNKNOWN) or not there:
        # 4. "the ID does not match any NetSuite customer or contains characters/formatting that differs ...
        # will fail the sync and present an error indicating the Legacy ID is invalid".
        return Fate.INVALID
    # 2. "... if a customer with that internal ID exists and whether that customer is assigned to the
    # subsidiary associated with the transaction". Decided: another subsidiary fails with its own error;
    # primary and secondary subsidiaries both count; an inactive customer exists.
    return Fate.WRONG_SUBSIDIARY if legacy_id is LegacyId.ELSEWHERE else Fate.LINK


class WorkItem:
    """One combination, made in a tenant: a customer of each, on an invoice of subsidiary 2."""

    def __init__(self, record: Linkage, legacy_id: LegacyId, customer: Counterpart) -> None:
        self.tenant = Tenant()
        named = self.there(legacy_id)
        texts = {LegacyId.BLANK: None, LegacyId.UNKNOWN: NOBODY, LegacyId.MALFORMED: "A-2042"}
        self.vale = self.tenant.customer(legacy_id=texts.get(legacy_id, named))
        linked = self.tenant.existing("Linked") if record is Linkage.LINKED else None
        self.keep(record, linked)
        self.counterpart = linked or named
        if customer is Counterpart.GONE:
            self.tenant.netsuite.remove(self.counterpart)
        if customer is Counterpart.INACTIVE:
            self.tenant.netsuite.edit(self.counterpart, isInactive=True)
        self.before = self.tenant.netsuite.rows

    def there(self, legacy_id: LegacyId) -> str:
        """Return a NetSuite customer as the Legacy ID has it: of the subsidiaries that it is to be of."""
        elsewhere = legacy_id in (LegacyId.ELSEWHERE, LegacyId.SHARED)
        identity = self.tenant.existing("Named", subsidiary="3" if elsewhere else "2")
        if legacy_id is LegacyId.SHARED:
            self.tenant.netsuite.share(identity, "1", "2")
        return identity

    def keep(self, record: Linkage, linked: str | None) -> None:
        if record is Linkage.NONE:
            return
        kept = SyncRecord(
            link=self.tenant.flow.link,
            source=Ref("servicetitan", self.vale),
            target=Ref("netsuite", linked) if linked else None,
            status=Status.LINKED if linked else Status.FAILED,
            flow=self.tenant.flow.name,
        )
        assert self.tenant.store.save([RecordWrite(record=kept, expected=0)]) == [True]


def fate_of(case: WorkItem, outcome: Outcome) -> Fate:
    """Return the fate that the state of both systems and the store shows."""
    written = case.tenant.netsuite.rows != case.before
    if outcome.result is Result.CREATED and written:
        return Fate.CREATE
    assert not written
    if outcome.result is Result.REFUSED:
        refusals = {"invalid_legacy_id": Fate.INVALID, "wrong_subsidiary": Fate.WRONG_SUBSIDIARY}
        return refusals[codes(outcome.issues)[0]]
    if outcome.result is Result.REVIEW:
        return Fate.REVIEW
    assert case.tenant.target(case.vale) == case.counterpart
    return {Result.LINKED: Fate.LINK, Result.UNCHANGED: Fate.PROCEED}[outcome.result]


@pytest.mark.rule("ST-LEG-1")
@pytest.mark.rule("ST-LEG-2")
@pytest.mark.rule("ST-LEG-3")
@pytest.mark.rule("ST-LEG-4")
class TestDecisionTable:
    """Each combination of record, Legacy ID and customer has one fate: in the page, the table, the engine."""

    @pytest.mark.parametrize(
        ("record", "legacy_id", "customer"), CASES, ids=["-".join(x.name for x in case) for case in CASES]
    )
    def test_every_combination(self, record: Linkage, legacy_id: LegacyId, customer: Counterpart) -> None:
        expected = as_the_page_says(record, legacy_id, customer)
        case = WorkItem(record, legacy_id, customer)
        assert fate_of(case, case.tenant.outcome()) is expected
        assert legacy_id_decision(record, legacy_id, customer).fate is expected

    def test_each_is_in_exactly_one_row(self) -> None:
        rows = [
            case
            for row in LEGACY_ID_DECISIONS
            for case in product(row.records, row.legacy_ids, row.customers)
        ]
        assert len(rows) == len(CASES) == 54
        assert set(rows) == set(CASES)

    @pytest.mark.parametrize("row", LEGACY_ID_DECISIONS, ids=lambda row: f"{row.rule}-{row.fate.name}")
    def test_the_engine_names_the_rule_of_the_row(self, row: Any) -> None:
        case = WorkItem(row.records[0], row.legacy_ids[0], row.customers[0])
        (decision,) = case.tenant.plan()
        rules = {step.rule for step in decision.trace} | {issue.rule for issue in decision.issues}
        named = {"ST-LEG-1": "G-DUP", "ST-LEG-3": "ST-LEG-2"}.get(row.rule, row.rule)
        assert named in rules

    @pytest.mark.parametrize(
        ("fate", "kind"),
        [
            (Fate.CREATE, Create),
            (Fate.LINK, Link),
            (Fate.PROCEED, Unchanged),
            (Fate.REVIEW, Review),
            (Fate.INVALID, Invalid),
            (Fate.WRONG_SUBSIDIARY, Invalid),
        ],
    )
    def test_a_plan_says_the_same(self, fate: Fate, kind: type) -> None:
        row = next(row for row in LEGACY_ID_DECISIONS if row.fate is fate)
        case = WorkItem(row.records[0], row.legacy_ids[0], row.customers[0])
        (decision,) = case.tenant.plan()
        assert isinstance(decision, kind)

    def test_the_target_is_read_over_rest(self) -> None:
        assert CUSTOMER_SYNC.target is REST
