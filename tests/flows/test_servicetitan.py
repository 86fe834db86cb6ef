"""ServiceTitan → NetSuite: the rules of the source page on both systems in memory.

Legacy IDs and merges have files of their own.
"""

import pickle
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.engine.api import apply, plan, sync
from custsync.engine.decisions import Create, Invalid, Skip, Unchanged
from custsync.engine.outcomes import Result
from custsync.errors import ConfigurationError, InputError
from custsync.flows.servicetitan import (
    CUSTOMER_PAYMENT,
    CUSTOMER_SYNC,
    ELIGIBLE,
    INVOICE,
    JOURNAL_ENTRY,
    NameRules,
    Transaction,
    customer_sync,
    join_transactions,
)
from custsync.models import ABSENT, Severity
from custsync.rules.fields.limits import damage_in
from custsync.rules.names import NamePolicy, split_name
from custsync.syncrecords import Status
from tests.flows.titans import Tenant, codes
from tests.strategies import json_values

NAMES = ("isPerson", "companyName", "firstName", "lastName", "middleName", "salutation")
JOHN = "Smith, John"
KEYS = (
    "id",
    "name",
    "type",
    "address",
    "customFields",
    "mergedToId",
    "transactions",
    "contacts",
    "balance",
    "x",
)
STREET: dict[str, Any] = {"address": {"street": "1 Row", "country": "USA"}}


@pytest.fixture
def tenant() -> Tenant:
    return Tenant()


def named(name: Any, flow: Any = CUSTOMER_SYNC, **values: Any) -> dict[str, Any]:
    """Return what a new NetSuite customer is called."""
    tenant = Tenant(flow)
    tenant.customer(name, **values)
    tenant.run()
    return {key: value for key, value in tenant.created().items() if key in NAMES}


def decided(name: Any, flow: Any = CUSTOMER_SYNC, **values: Any) -> Any:
    tenant = Tenant(flow)
    tenant.customer(name, **values)
    (decision,) = tenant.plan()
    return decision


@pytest.mark.rule("ST-DIR")
class TestDirection:
    """One way, creation only: a change to a customer that is linked already does not sync."""

    CHANGES: tuple[dict[str, Any], ...] = (
        {"name": "Lund, Ivo"},
        {"name": ","},
        {"type": "Commercial"},
        {"type": None},
        {"address": {"street": "2 Row", "country": "Nowhere"}},
        {"active": False},
        {"balance": 12.5},
    )

    @pytest.mark.parametrize("changes", CHANGES, ids=",".join)
    def test_no_change_of_a_linked_customer_is_written(self, tenant: Tenant, changes: dict[str, Any]) -> None:
        vale = tenant.customer(address={"street": "1 Row", "country": "USA"})
        tenant.run()
        before = tenant.netsuite.rows
        tenant.titan.edit(vale, **changes)
        assert tenant.run().summary == "1 unchanged"
        assert tenant.netsuite.rows == before

    def test_new_contacts_and_transactions_of_a_linked_customer_are_not_written(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.run()
        before = tenant.netsuite.rows
        tenant.titan.contact(vale, "Email", "ines@vale.example")
        tenant.invoice(vale, "3")
        assert tenant.run().summary == "1 unchanged"
        assert tenant.netsuite.rows == before

    def test_an_edit_in_netsuite_stays(self, tenant: Tenant) -> None:
        tenant.customer()
        tenant.run()
        (identity,) = tenant.ids()
        tenant.netsuite.edit(identity, lastName="Lund", email="ivo@lund.example")
        before = tenant.netsuite.rows
        assert tenant.run().summary == "1 unchanged"
        assert tenant.netsuite.rows == before

    def test_nothing_of_a_customer_found_by_its_legacy_id_is_changed(self, tenant: Tenant) -> None:
        there = tenant.existing(phone="503-555-0142")
        before = tenant.netsuite.rows
        tenant.customer(legacy_id=there, address={"street": "1 Row", "country": "USA"})
        assert tenant.run().summary == "1 linked"
        assert tenant.netsuite.rows == before

    def test_every_row_is_for_creation_alone(self) -> None:
        assert not CUSTOMER_SYNC.updates
        assert CUSTOMER_SYNC.write_back == ""
        assert all(row.create_only for row in CUSTOMER_SYNC.fields)

    def test_servicetitan_is_as_it_was(self, tenant: Tenant) -> None:
        tenant.customer()
        before = tenant.titan.rows
        tenant.run()
        assert tenant.titan.rows == before
        assert tenant.titan.writes == []

    @pytest.mark.rule("G-IDEM")
    def test_a_second_run_writes_nothing(self, tenant: Tenant) -> None:
        tenant.customer()
        tenant.customer("Acme, Inc.", type="Commercial", legacy_id=tenant.existing())
        tenant.run()
        writes, records = list(tenant.netsuite.writes), list(tenant.store.records(tenant.flow.link))
        assert tenant.run().summary == "2 unchanged"
        assert tenant.netsuite.writes == writes
        assert list(tenant.store.records(tenant.flow.link)) == records


@pytest.mark.rule("ST-TRIG")
class TestTrigger:
    """A customer is not synced for being created. It is synced when it stands on an eligible transaction."""

    def test_a_customer_alone_is_left_out(self, tenant: Tenant) -> None:
        tenant.customer(invoice=False)
        (decision,) = tenant.plan()
        assert isinstance(decision, Skip)
        assert codes(decision.issues) == ["no_transaction"]
        assert tenant.run().summary == "1 left out"
        assert tenant.netsuite.rows == []
        assert list(tenant.store.records(tenant.flow.link)) == []

    @pytest.mark.parametrize("type_", sorted(ELIGIBLE))
    def test_each_eligible_type_brings_it_along(self, tenant: Tenant, type_: str) -> None:
        vale = tenant.customer(invoice=False)
        tenant.invoice(vale, type_=type_)
        assert tenant.run().summary == "1 created"

    def test_the_documented_types(self) -> None:
        assert {JOURNAL_ENTRY, INVOICE, CUSTOMER_PAYMENT} == ELIGIBLE

    @pytest.mark.parametrize("type_", ["estimate", "Invoice", ""])
    def test_no_other_type_does(self, tenant: Tenant, type_: str) -> None:
        vale = tenant.customer(invoice=False)
        tenant.invoice(vale, type_=type_)
        assert tenant.run().summary == "1 left out"

    def test_one_eligible_transaction_among_others_is_enough(self, tenant: Tenant) -> None:
        vale = tenant.customer(invoice=False)
        tenant.invoice(vale, "3", "estimate")
        tenant.invoice(vale, "2", CUSTOMER_PAYMENT)
        assert tenant.run().summary == "1 created"
        assert tenant.created()["subsidiary"] == {"id": "2"}

    def test_the_set_of_types_can_be_changed(self) -> None:
        tenant = Tenant(customer_sync(eligible=frozenset({"estimate"})))
        on_estimate, _ = tenant.customer(invoice=False), tenant.customer()
        tenant.invoice(on_estimate, type_="estimate")
        assert tenant.run().summary == "1 created, 1 left out"
        assert tenant.target(on_estimate) is not None

    def test_a_text_is_no_set_of_types(self) -> None:
        with pytest.raises(ConfigurationError, match="eligible"):
            customer_sync(eligible="invoice")  # type: ignore[arg-type]

    def test_a_payload_that_was_not_joined_is_left_out(self, tenant: Tenant) -> None:
        tenant.customer()
        report = sync(tenant.flow, tenant.titan.rows, tenant.world)
        assert report.summary == "1 left out"

    def test_a_linked_customer_without_a_new_transaction_is_left_out(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.run()
        tenant.invoiced.clear()
        assert tenant.run().summary == "1 left out"
        assert tenant.record(vale).status is Status.LINKED

    @pytest.mark.rule("G-ISO")
    @pytest.mark.parametrize(
        "broken", [7, {}, ["invoice"], [{"type": 7}], [{"type": "invoice", "subsidiary": "two"}]], ids=repr
    )
    def test_broken_transactions_are_refused(self, tenant: Tenant, broken: Any) -> None:
        tenant.customer()
        (payload,) = tenant.payloads()
        (refused,) = plan(tenant.flow, [{**payload, "transactions": broken}], tenant.world).decisions
        assert isinstance(refused, Invalid)
        assert refused.issues[0].field.startswith("transactions")


@pytest.mark.rule("ST-TRIG")
class TestSubsidiary:
    """A new customer belongs to the subsidiary of its transaction."""

    def test_it_comes_from_the_transaction(self, tenant: Tenant) -> None:
        vale = tenant.customer(invoice=False)
        tenant.invoice(vale, "3")
        tenant.run()
        assert tenant.created()["subsidiary"] == {"id": "3"}

    def test_of_several_it_is_the_first_ones(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.invoice(vale, "3")
        assert (tenant.outcome().result, tenant.created()["subsidiary"]) == (Result.CREATED, {"id": "2"})

    def test_the_same_one_twice_is_one(self, tenant: Tenant) -> None:
        tenant.invoice(tenant.customer(), "2")
        assert tenant.run().summary == "1 created"

    def test_a_transaction_without_one_says_nothing_beside_another(self, tenant: Tenant) -> None:
        tenant.invoice(tenant.customer(), "")
        assert tenant.run().summary == "1 created"
        assert tenant.created()["subsidiary"] == {"id": "2"}

    def test_a_transaction_that_is_not_eligible_names_none(self, tenant: Tenant) -> None:
        tenant.invoice(tenant.customer(), "3", "estimate")
        assert tenant.run().summary == "1 created"

    @pytest.mark.parametrize("blank", ["", " ", "\u200b", "\u00a0"], ids=repr)
    def test_none_is_refused_in_an_account_with_subsidiaries(self, tenant: Tenant, blank: str) -> None:
        tenant.invoice(tenant.customer(invoice=False), blank)
        outcome = tenant.outcome()
        assert (outcome.result, codes(outcome.issues)) == (Result.REFUSED, ["subsidiary_missing"])

    def test_an_account_without_subsidiaries_needs_none(self) -> None:
        tenant = Tenant(customer_sync(one_world=False), subsidiaries=())
        tenant.invoice(tenant.customer(invoice=False), "")
        assert tenant.run().summary == "1 created"
        assert "subsidiary" not in tenant.created()


@pytest.mark.rule("ST-TRIG")
class TestOnTransactions:
    """Customers and transactions become payloads of customers that stand on transactions."""

    def test_each_customer_gets_its_own(self) -> None:
        invoice = Transaction(customer="7", type=INVOICE, id="9001", subsidiary="2")
        payment = Transaction(customer="7", type=CUSTOMER_PAYMENT)
        given = {"id": 7, "name": "Vale", "customFields": []}
        vale, lund = join_transactions([given, {"id": 8}], [invoice, payment])
        assert vale == {
            **given,
            "transactions": [
                {"type": "invoice", "id": "9001", "subsidiary": "2"},
                {"type": "customer_payment"},
            ],
        }
        assert lund == {"id": 8, "unread": ["customFields"], "transactions": []}

    def test_each_customer_gets_its_contacts(self) -> None:
        contact = {"id": 66, "type": "Email", "value": "ines@vale.example", "customerId": 7}
        vale, lund = join_transactions([{"id": 7}, {"id": 8}], [], [contact])
        assert (vale["contacts"], "contacts" in lund) == ([contact], False)

    def test_what_was_given_is_not_changed(self) -> None:
        given_one = {"id": 7}
        join_transactions([given_one], [Transaction(customer="7", type=INVOICE)])
        assert given_one == {"id": 7}

    @pytest.mark.rule("G-ISO")
    def test_a_customer_that_was_not_handed_in_is_told(self, tenant: Tenant) -> None:
        tenant.customer()
        tenant.invoice("999")
        *_, outcome = tenant.outcomes()
        assert (str(outcome.source), outcome.result) == ("servicetitan:999", Result.REFUSED)
        assert codes(outcome.issues) == ["customer_unread"]

    def test_a_linked_customer_that_was_not_handed_in_goes_on(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.run()
        payloads = join_transactions([], tenant.invoiced)
        (made,) = plan(tenant.flow, payloads, tenant.world).decisions
        assert isinstance(made, Unchanged)
        assert made.target is not None
        assert made.target.id == tenant.target(vale)

    @pytest.mark.rule("ST-MRG-1")
    def test_a_transaction_of_a_merged_customer_is_its_survivors(self) -> None:
        chain: list[dict[str, Any]] = [
            {"id": 7, "mergedToId": 8},
            {"id": 8, "mergedToId": 9},
            {"id": 9, "mergedToId": None},
        ]
        joined = join_transactions(chain, [Transaction(customer="7", type=INVOICE)])
        assert [(payload["id"], len(payload["transactions"])) for payload in joined] == [
            (9, 1),
            (7, 0),
            (8, 0),
        ]

    def test_a_circle_of_merges_ends(self) -> None:
        circle = [{"id": 7, "mergedToId": 8}, {"id": 8, "mergedToId": 7}]
        joined = join_transactions(circle, [Transaction(customer="7", type=INVOICE)])
        assert [len(payload["transactions"]) for payload in joined] == [0, 1]

    def test_a_survivor_that_was_not_handed_in_is_not_made_up(self) -> None:
        joined = join_transactions([{"id": 7, "mergedToId": 8}], [Transaction(customer="7", type=INVOICE)])
        assert [payload["id"] for payload in joined] == [7]

    def test_a_payload_without_an_id_has_no_transaction(self) -> None:
        assert join_transactions([{"name": "Vale"}], [])[0]["transactions"] == []

    def test_something_else_than_a_transaction_is_refused(self) -> None:
        with pytest.raises(InputError, match="Transaction was expected, not dict"):
            join_transactions([], [{"customer": "7"}])  # type: ignore[list-item]
        with pytest.raises(InputError, match="contact object was expected, not str"):
            join_transactions([], [], ["7"])  # type: ignore[list-item]

    @pytest.mark.parametrize("part", ["customer", "type", "id", "subsidiary"])
    def test_a_transaction_is_of_texts(self, part: str) -> None:
        values: dict[str, Any] = {"customer": "7", "type": INVOICE, part: 7}
        with pytest.raises(InputError, match=f"{part} is a text, not int"):
            Transaction(**values)

    @pytest.mark.rule("G-ISO")
    @pytest.mark.parametrize("broken", [None, 7, [], "{"], ids=repr)
    def test_a_payload_that_is_none_fails_alone(self, tenant: Tenant, broken: Any) -> None:
        tenant.customer()
        payloads = join_transactions([broken, *tenant.titan.rows], tenant.invoiced)
        assert sync(tenant.flow, payloads, tenant.world).summary == "1 created, 1 refused"


@pytest.mark.rule("ST-REC")
class TestSyncRecord:
    """Syncing creates a sync record: relationship, status, error, the link for later transactions."""

    def test_created(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.run()
        record = tenant.record(vale)
        assert (record.status, record.error, tenant.target(vale)) == (Status.LINKED, None, tenant.ids()[0])

    def test_linked(self, tenant: Tenant) -> None:
        there = tenant.existing()
        vale = tenant.customer(legacy_id=there)
        tenant.run()
        assert (tenant.record(vale).status, tenant.target(vale)) == (Status.LINKED, there)

    def test_rejected_by_netsuite(self, tenant: Tenant) -> None:
        vale = tenant.customer(invoice=False)
        tenant.invoice(vale, "44")
        assert tenant.run().summary == "1 failed"
        record = tenant.record(vale)
        assert (record.status, record.target) == (Status.FAILED, None)
        assert record.error is not None
        assert (record.error.field, record.error.severity) == ("subsidiary", Severity.ERROR)

    REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
        ({"legacy_id": "A-2042"}, "invalid_legacy_id"),
        ({"legacy_id": "999999"}, "invalid_legacy_id"),
        ({"name": ","}, "empty_name"),
        ({"type": None}, "type_missing"),
    )

    @pytest.mark.parametrize(("values", "code"), REFUSED, ids=[code for _, code in REFUSED])
    def test_refused(self, tenant: Tenant, values: dict[str, Any], code: str) -> None:
        vale = tenant.customer(**values)
        assert tenant.run().summary == "1 refused"
        record = tenant.record(vale)
        assert (record.status, record.target) == (Status.FAILED, None)
        assert record.error is not None
        assert record.error.code == code

    @pytest.mark.rule("G-IDEM")
    def test_the_same_error_again_writes_nothing(self, tenant: Tenant) -> None:
        vale = tenant.customer(legacy_id="A-2042")
        tenant.run()
        before = tenant.record(vale)
        assert tenant.run().summary == "1 refused"
        assert tenant.record(vale) == before

    def test_another_error_takes_its_place(self, tenant: Tenant) -> None:
        vale = tenant.customer(legacy_id="A-2042", type=None)
        tenant.run()
        tenant.titan.edit(vale, customFields=[{"name": "Legacy ID", "value": None}])
        tenant.run()
        error = tenant.record(vale).error
        assert error is not None
        assert error.code == "type_missing"
        tenant.titan.edit(vale, type="Residential")
        assert tenant.run().summary == "1 created"
        assert (tenant.record(vale).status, tenant.record(vale).error) == (Status.LINKED, None)

    def test_a_plan_notes_the_error_once(self, tenant: Tenant) -> None:
        vale = tenant.customer(legacy_id="A-2042")
        planned = plan(tenant.flow, tenant.payloads(), tenant.world)
        assert type(planned).from_lines(planned.to_lines()) == planned
        for _ in range(2):
            assert apply(tenant.flow, planned, tenant.world).summary == "1 refused"
            assert tenant.record(vale).version == 1

    def test_a_linked_customer_keeps_its_record(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.run()
        tenant.titan.merge(vale, tenant.customer("Lund, Ivo"))
        lund = tenant.titan.rows[1]
        tenant.titan.put({**lund, "active": False, "mergedToId": int(vale)})
        before = tenant.record(vale)
        assert tenant.run().summary == "2 refused"
        assert tenant.record(vale) == before

    def test_a_customer_without_an_outcome_has_none(self, tenant: Tenant) -> None:
        tenant.customer(invoice=False)
        tenant.run()
        assert list(tenant.store.records(tenant.flow.link)) == []

    def test_a_rejected_one_is_tried_again(self, tenant: Tenant) -> None:
        vale = tenant.customer(invoice=False)
        tenant.invoice(vale, "44")
        tenant.run()
        tenant.invoiced.clear()
        tenant.invoice(vale)
        assert tenant.run().summary == "1 created"
        assert (tenant.record(vale).status, tenant.record(vale).error) == (Status.LINKED, None)

    def test_later_transactions_find_the_link(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.run()
        tenant.invoice(vale)
        (made,) = tenant.plan()
        assert isinstance(made, Unchanged)
        assert made.target is not None
        assert made.target.id == tenant.target(vale)

    def test_the_stamp_and_the_external_id_name_the_servicetitan_customer(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.run()
        created = tenant.created()
        assert created["custentity_servicetitan_customer_id"] == vale
        assert created["externalId"] == f"servicetitan-{vale}"

    def test_the_stamp_can_be_left_out(self) -> None:
        tenant = Tenant(customer_sync(servicetitan_id_field=""))
        tenant.customer()
        tenant.run()
        assert not any(key.startswith("custentity") for key in tenant.created())

    @pytest.mark.rule("G-DUP")
    def test_a_lost_store_makes_no_second_customer(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.run()
        tenant.store = type(tenant.store)()
        tenant.run()
        assert tenant.ids() == [tenant.target(vale)]


@pytest.mark.rule("ST-NAME-1")
class TestName1:
    """Comma: left of it is the last name, right of it the first name."""

    @pytest.mark.parametrize(
        ("name", "first", "last"),
        [
            ("Smith, John", "John", "Smith"),
            (" Smith ,John ", "John", "Smith"),
            ("Smith, John, Jr.", "John, Jr.", "Smith"),
            ("van der Berg, Johan", "Johan", "van der Berg"),
        ],
    )
    def test_a_person(self, name: str, first: str, last: str) -> None:
        assert named(name) == {"isPerson": True, "firstName": first, "lastName": last}

    def test_what_is_odd_is_reported_and_synced(self) -> None:
        decision = decided("Smith, John, Jr.")
        assert isinstance(decision, Create)
        assert codes(decision.issues) == ["multiple_commas"]


@pytest.mark.rule("ST-NAME-2")
class TestName2:
    """No comma, but spaces: the last space splits; before it the first name, after it the last name."""

    @pytest.mark.parametrize(
        ("name", "first", "last"),
        [("John Smith", "John", "Smith"), ("John Q. Public", "John Q.", "Public"), ("A  B", "A", "B")],
    )
    def test_a_person(self, name: str, first: str, last: str) -> None:
        assert named(name) == {"isPerson": True, "firstName": first, "lastName": last}

    def test_a_policy_may_take_parts_out(self) -> None:
        flow = customer_sync(names=NameRules(policy=NamePolicy(middle=True, titles=True)))
        assert named("Dr. John Q. Public", flow) == {
            "isPerson": True,
            "firstName": "John",
            "middleName": "Q.",
            "lastName": "Public",
            "salutation": "Dr.",
        }

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize("name", ["John Smith Jr.", "John Smith (Tenant)"])
    def test_a_part_that_netsuite_has_no_field_for_is_told(self, name: str) -> None:
        flow = customer_sync(names=NameRules(policy=NamePolicy(suffixes=True, notes=True)))
        decision = decided(name, flow)
        assert isinstance(decision, Create)
        assert "name_part_left_out" in codes(decision.issues)
        assert "name_part_left_out" not in codes(decided(name).issues)


@pytest.mark.rule("ST-NAME-3")
@pytest.mark.rule("ST-NAME-4")
class TestName4:
    """A Residential customer with one name: it is the first name, and the last name is `NoLastName`."""

    @pytest.mark.parametrize("name", ["Emily", "Emily,", ", Emily", " Emily "])
    def test_a_person(self, name: str) -> None:
        assert named(name) == {"isPerson": True, "firstName": "Emily", "lastName": "NoLastName"}

    def test_it_is_reported(self) -> None:
        assert codes(decided("Emily").issues) == ["placeholder_last"]

    def test_the_placeholder_can_be_changed(self) -> None:
        assert named("Emily", customer_sync(names=NameRules(placeholder="-")))["lastName"] == "-"

    def test_a_company_with_one_name_has_none(self) -> None:
        assert named("Acme", type="Commercial") == {"isPerson": False, "companyName": "Acme"}


@pytest.mark.rule("ST-NAME-5")
class TestName5:
    """A Commercial customer is a company: its name goes whole to the company name, commas and all."""

    @pytest.mark.parametrize("name", ["Acme, Inc.", "Smith, Jones & Partners LLP", "John Smith"])
    def test_a_company(self, name: str) -> None:
        assert named(name, type="Commercial") == {"isPerson": False, "companyName": name}

    def test_a_person_with_a_legal_form_is_still_one(self) -> None:
        assert named("Acme, Inc.") == {"isPerson": True, "firstName": "Inc.", "lastName": "Acme"}
        assert codes(decided("Acme, Inc.").issues) == ["legal_form_after_comma"]

    def test_a_tenant_may_split_them_too(self) -> None:
        flow = customer_sync(names=NameRules(commercial="person"))
        assert named("Smith, John", flow, type="Commercial") == {
            "isPerson": True,
            "firstName": "John",
            "lastName": "Smith",
        }

    def test_without_a_type_nobody_guesses(self) -> None:
        decision = decided(JOHN, type=None)
        assert isinstance(decision, Invalid)
        assert codes(decision.issues) == ["type_missing"]

    @pytest.mark.parametrize(
        ("unknown_type", "names"),
        [
            ("company", {"isPerson": False, "companyName": JOHN}),
            ("person", {"isPerson": True, "firstName": "John", "lastName": "Smith"}),
        ],
    )
    def test_a_tenant_may_say_what_such_customers_are(self, unknown_type: Any, names: Any) -> None:
        flow = customer_sync(names=NameRules(unknown_type=unknown_type))
        assert named(JOHN, flow, type=None) == names

    @pytest.mark.parametrize("type_", ["Industrial", "residential", 7, True])
    def test_another_type_is_refused(self, type_: Any) -> None:
        decision = decided(JOHN, type=type_)
        assert isinstance(decision, Invalid)
        assert [issue.field for issue in decision.issues] == ["type"]

    @pytest.mark.parametrize("wrong", [{"commercial": "split"}, {"unknown_type": "guess"}])
    def test_another_setting_is_refused(self, wrong: Any) -> None:
        with pytest.raises(ConfigurationError, match=next(iter(wrong))):
            NameRules(**wrong)


@pytest.mark.rule("ST-NAME-6")
class TestName6:
    """The name is cleaned first, and that is reported. A name with nothing left is refused."""

    @pytest.mark.parametrize("type_", ["Residential", "Commercial"])
    @pytest.mark.parametrize("name", ["", ",", " , ", "\u200b", None])
    def test_nothing_left(self, name: Any, type_: str) -> None:
        decision = decided(name, type=type_)
        assert isinstance(decision, Invalid)
        assert codes(decision.issues) == ["empty_name"]

    def test_cleaning_is_reported(self) -> None:
        assert named("John\u00a0Smith\u200b")["lastName"] == "Smith"
        assert {"invisible_char", "whitespace_normalised"} <= set(
            codes(decided("John\u00a0Smith\u200b").issues)
        )

    def test_cleaning_can_be_switched_off(self) -> None:
        flow = customer_sync(names=NameRules(clean=False))
        assert named("John\u00a0Smith", flow)["firstName"] == "John\u00a0Smith"

    @pytest.mark.rule("G-LOSS")
    def test_a_half_that_is_too_long_is_refused(self) -> None:
        decision = decided(f"Smith, {'J' * 33}")
        assert isinstance(decision, Invalid)
        assert [issue.field for issue in decision.issues] == ["first_name"]

    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
    def test_the_flow_says_what_the_rule_says(self, name: str) -> None:
        split = split_name(name)
        decision = decided(name)
        if split.how == "empty":
            assert isinstance(decision, Invalid)
        else:
            assert isinstance(decision, Create)
            values = decision.values
            assert (values.get("first_name", ""), values["last_name"]) == (split.first, split.last)
            assert decision.issues == (*split.issues, *damage_in(values))


class TestAddress:
    """A new customer gets its billing address, with NetSuite's code of the country."""

    @pytest.mark.parametrize(("country", "code"), [("USA", "US"), ("US", "US"), ("United Kingdom", "GB")])
    def test_the_country_is_resolved(self, tenant: Tenant, country: str, code: str) -> None:
        tenant.customer(address={"street": "1 Row", "unit": "Apt 2", "city": "Seaside", "country": country})
        tenant.run()
        (line,) = tenant.created()["addressBook"]["items"]
        assert line["defaultBilling"] is True
        assert line["addressBookAddress"] == {
            "addr1": "1 Row",
            "addr2": "Apt 2",
            "city": "Seaside",
            "country": {"id": code},
        }

    @pytest.mark.parametrize("country", [None, "", "  "])
    def test_no_country_is_none(self, tenant: Tenant, country: Any) -> None:
        tenant.customer(address={"street": "1 Row", "country": country})
        assert tenant.run().summary == "1 created"

    def test_no_address_is_none(self, tenant: Tenant) -> None:
        tenant.customer()
        tenant.run()
        assert "addressBook" not in tenant.created()

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize("country", ["Nowhere", "Georgia, maybe", "Congo", "N/A"])
    def test_no_such_country_is_refused_where_a_tenant_says_so(self, country: str) -> None:
        tenant = Tenant(customer_sync(unknown_country="refuse"))
        tenant.customer(address={"street": "1 Row", "country": country})
        outcome = tenant.outcome()
        assert outcome.result is Result.REFUSED
        (issue,) = outcome.issues
        assert (issue.field, issue.shape) == ("billing_address.country", f"text, {len(country)} characters")
        assert country not in str(issue)

    @pytest.mark.rule("G-LOSS")
    def test_else_the_address_is_left_out(self, tenant: Tenant) -> None:
        tenant.customer(address={"street": "1 Row", "country": "Nowhere"})
        outcome = tenant.outcome()
        assert (outcome.result, outcome.issues[0].severity) == (Result.CREATED, Severity.WARNING)
        assert "addressBook" not in tenant.created()


class TestContacts:
    """A new customer gets the first email and the first numbers of its contacts."""

    def test_each_goes_to_its_field(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        tenant.titan.contact(vale, "MobilePhone", "503-555-0142")
        tenant.titan.contact(vale, "Phone", " 503-555-0143 ")
        tenant.titan.contact(vale, "Fax", "503-555-0144")
        tenant.titan.contact(vale, "Email", "mailto:ines@vale.example")
        tenant.run()
        row = tenant.created()
        assert [row[key] for key in ("mobilePhone", "phone", "fax", "email")] == [
            "503-555-0142",
            "503-555-0143",
            "503-555-0144",
            "ines@vale.example",
        ]

    @pytest.mark.rule("G-LOSS")
    def test_further_ones_are_told(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        for kind, values in (
            ("Email", ["a@vale.example", "b@vale.example", "a@vale.example"]),
            ("Phone", ["503-555-0142", "", "503-555-0143"]),
        ):
            for value in values:
                tenant.titan.contact(vale, kind, value)  # type: ignore[arg-type]
        outcome = tenant.outcome()
        assert [(issue.field, issue.shape) for issue in outcome.issues] == [
            ("contacts.Email", "2 emails"),
            ("contacts.Phone", "2 numbers"),
        ]
        row = tenant.created()
        assert (row["email"], row["phone"]) == ("a@vale.example", "503-555-0142")

    @pytest.mark.rule("G-LOSS")
    def test_an_email_that_is_none_is_told_and_not_written(self, tenant: Tenant) -> None:
        tenant.titan.contact(tenant.customer(), "Email", "call first")
        outcome = tenant.outcome()
        assert (outcome.result, codes(outcome.issues)) == (Result.CREATED, ["not_an_address"])
        assert "email" not in tenant.created()

    def test_without_contacts_nothing_is_written(self, tenant: Tenant) -> None:
        tenant.customer()
        tenant.run()
        assert not {"email", "phone", "mobilePhone", "fax"} & tenant.created().keys()


class TestFlow:
    """The flow is frozen data; every issue of it is free of personal values."""

    @pytest.mark.parametrize(
        "flow", [CUSTOMER_SYNC, customer_sync(legacy_field="", one_world=False)], ids=["default", "bare"]
    )
    def test_it_can_be_pickled(self, flow: Any) -> None:
        assert pickle.loads(pickle.dumps(flow)) == flow  # noqa: S301 - our own

    def test_it_is_of_one_policy(self) -> None:
        assert customer_sync() == CUSTOMER_SYNC
        assert evolve(CUSTOMER_SYNC, updates=True) != CUSTOMER_SYNC

    @pytest.mark.rule("G-ISO")
    def test_no_issue_shows_a_value(self) -> None:
        canary = "canary7f3a"
        tenant = Tenant()
        for values in ({"address": {"country": canary}}, {"legacy_id": canary}, {"type": None}, {}):
            vale = tenant.customer(f"{canary}, {canary} - {canary}", **values)
            tenant.titan.contact(vale, "Email", canary)
            tenant.titan.contact(vale, "Email", f"{canary}@vale.example; x{canary}@vale.example")
        outcomes = tenant.outcomes()
        assert sum(len(outcome.issues) for outcome in outcomes) > 4
        assert canary not in repr(outcomes)
        assert canary not in "".join(str(issue) for outcome in outcomes for issue in outcome.issues)

    def test_a_plan_is_carried_out_though_servicetitan_shows_neither_contacts_nor_transactions(
        self, tenant: Tenant
    ) -> None:
        tenant.titan.contact(tenant.customer(**STREET), "Email", "ines@vale.example")
        planned = plan(tenant.flow, tenant.payloads(), tenant.world)
        assert apply(tenant.flow, planned, tenant.world).summary == "1 created"
        assert tenant.created()["email"] == "ines@vale.example"

    def test_a_plan_is_stale_where_the_customer_was_changed_since(self, tenant: Tenant) -> None:
        vale = tenant.customer()
        planned = plan(tenant.flow, tenant.payloads(), tenant.world)
        tenant.titan.edit(vale, name="Lund, Ivo")
        assert apply(tenant.flow, planned, tenant.world).summary == "1 stale"

    def test_a_plan_survives_json(self, tenant: Tenant) -> None:
        tenant.titan.contact(tenant.customer(**STREET), "Email", "ines@vale.example")
        planned = plan(tenant.flow, tenant.payloads(), tenant.world)
        assert type(planned).from_lines(planned.to_lines()) == planned

    @pytest.mark.rule("G-ISO")
    @given(st.sampled_from(KEYS), json_values())
    def test_whatever_a_payload_holds_one_customer_fails_at_most(self, key: str, value: Any) -> None:
        tenant = Tenant()
        for name in ("Vale, Ines", "Lund, Ivo"):
            tenant.customer(name, **STREET)
        broken, whole = tenant.payloads()
        report = sync(tenant.flow, [{**broken, key: value}, whole], tenant.world)
        assert sum(report.counts.values()) == 2
        assert tenant.target(str(whole["id"])) in tenant.ids()

    @pytest.mark.rule("G-ISO")
    @given(st.sampled_from(KEYS), json_values())
    def test_whatever_is_handed_in_is_joined(self, key: str, value: Any) -> None:
        invoice = Transaction(customer="7", type=INVOICE, subsidiary="2")
        broken, whole = {"id": 8, "mergedToId": 7, key: value}, {"id": 7}
        joined = join_transactions([broken, whole], [invoice], [{"customerId": value}])
        assert len([payload for payload in joined if payload.get("id") == 7 and payload["transactions"]]) >= 1

    def test_a_customer_read_already_is_taken_too(self, tenant: Tenant) -> None:
        tenant.customer()
        customers = [tenant.flow.source.read(payload, "", "") for payload in tenant.payloads()]
        assert customers[0].email is ABSENT
        assert sync(tenant.flow, customers, tenant.world).summary == "1 created"
