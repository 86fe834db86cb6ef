"""ServiceTitan's transactions: each is decided by itself, and cutting their stream changes nothing."""

import pickle
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from custsync.engine.api import plan, sync
from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Merge,
    Recover,
    RecoverBy,
    TransactionDecision,
    Unchanged,
)
from custsync.engine.outcomes import Outcome
from custsync.engine.plans import Plan
from custsync.flows.servicetitan import JOURNAL_ENTRY, Transaction, customer_sync, join_transactions
from custsync.models import Severity
from tests.flows.titans import Tenant, codes

Told = tuple[str, str | None, str | None]


@pytest.fixture
def tenant() -> Tenant:
    return Tenant()


def told(decision: Decision) -> list[Told]:
    """Return each transaction of a decision: its id, the NetSuite customer it posts to, why it fails."""
    return [
        (made.id, made.target.id if made.target else None, made.issue.code if made.issue else None)
        for made in decision.transactions
    ]


def standing(tenant: Tenant, *subsidiaries: str, **customer: Any) -> str:
    """Have a customer on invoices of these subsidiaries, in this order; return its id."""
    identity = tenant.customer(invoice=False, **customer)
    for subsidiary in subsidiaries:
        tenant.invoice(identity, subsidiary)
    return identity


@pytest.mark.rule("ST-TRIG")
class TestOneByOne:
    """One decision for each customer; what becomes of each transaction stands with it."""

    def test_a_new_customer_is_created_under_the_first_subsidiary(self, tenant: Tenant) -> None:
        standing(tenant, "3", "2")
        (made,) = tenant.plan()
        assert isinstance(made, Create)
        assert made.values["subsidiary"] == "3"
        assert (told(made), made.issues) == ([("9001", None, None), ("9002", None, None)], ())

    def test_a_transaction_without_a_subsidiary_before_it_fails(self, tenant: Tenant) -> None:
        standing(tenant, "", "3", "")
        (made,) = tenant.plan()
        assert told(made) == [
            ("9001", None, "subsidiary_missing"),
            ("9002", None, None),
            ("9003", None, None),
        ]

    def test_a_transaction_of_another_subsidiary_before_the_link_fails_alone(self, tenant: Tenant) -> None:
        there = tenant.existing()
        standing(tenant, "3", "2", "1", legacy_id=there)
        (made,) = tenant.plan()
        assert isinstance(made, Link)
        assert told(made) == [
            ("9001", None, "wrong_subsidiary"),
            ("9002", there, None),
            ("9003", there, None),
        ]
        (failed, *_) = made.transactions
        assert failed.issue is not None
        assert (failed.issue.severity, failed.posts) == (Severity.ERROR, False)
        assert "of subsidiary 3, the customer that the Legacy ID names of 2" in failed.issue.reason

    def test_a_run_in_which_one_fails_needs_attention(self, tenant: Tenant) -> None:
        standing(tenant, "3", "2", legacy_id=tenant.existing())
        report = tenant.run()
        assert (report.summary, len(report.attention)) == ("1 linked", 1)
        (issue,) = report.attention[0].issues
        assert (issue.code, issue.severity) == ("wrong_subsidiary", Severity.WARNING)
        assert issue.reason.startswith("invoice 9001 does not post: the transaction is of subsidiary 3")

    def test_a_linked_customer_takes_them_all(self, tenant: Tenant) -> None:
        there = tenant.existing()
        standing(tenant, "2", "3", "", legacy_id=there)
        tenant.run()
        (made,) = tenant.plan()
        assert isinstance(made, Unchanged)
        assert [entry[1:] for entry in told(made)] == [(there, None)] * 3

    @pytest.mark.parametrize(
        ("legacy_id", "code"), [("999999", "invalid_legacy_id"), ("A-1", "invalid_legacy_id")]
    )
    def test_of_a_refused_customer_all_fail(self, tenant: Tenant, legacy_id: str, code: str) -> None:
        standing(tenant, "2", "3", legacy_id=legacy_id)
        (made,) = tenant.plan()
        assert isinstance(made, Invalid)
        assert told(made) == [("9001", None, code), ("9002", None, code)]
        assert codes(made.issues) == [code]

    def test_of_one_for_review_all_fail(self, tenant: Tenant) -> None:
        there = tenant.existing()
        for _ in range(2):
            standing(tenant, "2", legacy_id=there)
        assert [told(made) for made in tenant.plan()] == [
            [("9001", None, "contested")],
            [("9002", None, "contested")],
        ]

    def test_an_account_without_subsidiaries(self) -> None:
        tenant = Tenant(customer_sync(one_world=False), subsidiaries=())
        standing(tenant, "", "")
        (made,) = tenant.plan()
        assert [entry[1:] for entry in told(made)] == [(None, None)] * 2

    def test_only_those_that_are_eligible(self, tenant: Tenant) -> None:
        identity = standing(tenant, "2")
        tenant.invoice(identity, "2", "estimate")
        tenant.invoice(identity, "2", JOURNAL_ENTRY)
        (made,) = tenant.plan()
        assert [(one.type, one.id, one.subsidiary) for one in made.transactions] == [
            ("invoice", "9001", "2"),
            ("journal_entry", "9003", "2"),
        ]

    def test_without_one_there_is_nothing_to_say(self, tenant: Tenant) -> None:
        tenant.customer(invoice=False)
        (made,) = tenant.plan()
        assert (made.transactions, codes(made.issues)) == ((), ["no_transaction"])

    def test_a_merged_customers_post_with_the_survivor(self, tenant: Tenant) -> None:
        vale, lund = standing(tenant, "2"), standing(tenant, "2", name="Lund, Ivo")
        tenant.run()
        tenant.titan.merge(lund, vale)
        survivor, duplicate = tenant.plan()
        assert isinstance(duplicate, Merge)
        target = tenant.target(vale)
        assert (told(survivor), told(duplicate)) == ([("9001", target, None), ("9002", target, None)], [])

    def test_a_merged_customers_whose_survivor_is_not_handed_in(self, tenant: Tenant) -> None:
        vale, lund = standing(tenant, "2"), standing(tenant, "2", name="Lund, Ivo")
        tenant.run()
        tenant.titan.merge(lund, vale)
        listed = [row for row in tenant.titan.listed(active="Any") if str(row["id"]) == lund]
        invoice = Transaction(customer=lund, type="invoice", id="9003", subsidiary="2")
        (made,) = plan(tenant.flow, join_transactions(listed, [invoice]), tenant.world)
        assert told(made) == [("9003", tenant.target(vale), None)]

    @pytest.mark.parametrize(
        ("by", "code"),
        [(RecoverBy.WAIT, "transaction_waits"), (RecoverBy.REISSUE, None), (RecoverBy.ANEW, None)],
    )
    def test_while_a_create_is_unknown(self, tenant: Tenant, by: RecoverBy, code: str | None) -> None:
        standing(tenant, "2")
        (made,) = tenant.plan()
        assert isinstance(made, Create)
        assert tenant.flow.transactions is not None
        recovering = Recover(source=made.source, customer=made.customer, by=by)
        assert told(tenant.flow.transactions(made.customer, recovering)) == [("9001", None, code)]

    def test_they_go_with_the_plan(self, tenant: Tenant) -> None:
        there = tenant.existing()
        vale = standing(tenant, "3", "2", legacy_id=there)
        made = plan(tenant.flow, tenant.payloads(), tenant.world)
        assert Plan.from_lines(made.to_lines()) == made == pickle.loads(pickle.dumps(made))  # noqa: S301
        words = made.explain(vale)
        assert f"Transaction invoice 9002 posts to netsuite:{there}. [ST-TRIG]" in words
        assert "Transaction invoice 9001 fails: the transaction is of subsidiary 3" in words
        assert "wrong" in str(made) or "subsidiary 3" in str(made)

    def test_a_new_customer_in_words(self, tenant: Tenant) -> None:
        vale = standing(tenant, "2")
        words = plan(tenant.flow, tenant.payloads(), tenant.world).explain(vale)
        assert "Transaction invoice 9001 posts to the new customer." in words


legacy_ids = st.sampled_from(["none", "of 2", "shared by 2 and 3", "unknown"])
streams = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["1", "2", "3", ""])), min_size=1, max_size=7)


def world_of(names: Sequence[str]) -> tuple[Tenant, list[str]]:
    """Return a tenant with a customer for each kind of Legacy ID."""
    tenant, customers = Tenant(), []
    for name in names:
        there = {"none": None, "unknown": "999999"}.get(name, tenant.existing())
        if name.startswith("shared"):
            tenant.netsuite.share(str(there), "3")
        customers.append(tenant.customer(legacy_id=there, invoice=False))
    return tenant, customers


def fates(tenant: Tenant, transactions: Sequence[Transaction], order: Sequence[int]) -> dict[str, Told]:
    """Return what becomes of each transaction in one run: the subsidiary of its customer, or why it fails."""
    payloads = join_transactions([tenant.titan.rows[at] for at in order], transactions)
    made = plan(tenant.flow, payloads, tenant.world)
    outcomes: dict[str, Outcome] = {}
    sync(tenant.flow, payloads, tenant.world, observe=lambda one: outcomes.update({one.source.id: one}))
    result: dict[str, Told] = {}
    for decision in made:
        for one in decision.transactions:
            target = outcomes[decision.source.id].target
            row = tenant.netsuite.row(target.id) if one.posts and target else None
            result[one.id] = (
                decision.source.id,
                row["subsidiary"]["id"] if row else None,
                one.issue.code if one.issue else None,
            )
    return result


@pytest.mark.rule("ST-TRIG", "ST-LEG-2")
class TestStream:
    """Cutting the stream anywhere changes nothing; the order of the customers changes nothing."""

    @settings(max_examples=40, deadline=None)
    @given(st.tuples(legacy_ids, legacy_ids, legacy_ids), streams, st.data())
    def test_cuts_and_orders(self, names: Sequence[str], stream: Any, data: st.DataObject) -> None:
        whole, customers = world_of(names)
        transactions = [
            Transaction(customer=customers[who], type="invoice", id=str(at), subsidiary=subsidiary)
            for at, (who, subsidiary) in enumerate(stream)
        ]
        at_once = fates(whole, transactions, range(3))
        cut, _ = world_of(names)
        places = sorted(data.draw(st.sets(st.integers(1, len(stream)))) | {len(stream)})
        piecewise: dict[str, Told] = {}
        for start, end in zip([0, *places], places, strict=False):
            piecewise |= fates(cut, transactions[start:end], data.draw(st.permutations(range(3))))
        assert piecewise == at_once
        assert [row.get("subsidiary") for row in whole.netsuite.rows[:3]] == [
            row.get("subsidiary") for row in cut.netsuite.rows[:3]
        ]


def test_a_decision_of_a_transaction_is_data() -> None:
    made = TransactionDecision(id="9", type="invoice", subsidiary="2")
    assert made.posts
    assert hash(made) == hash(TransactionDecision(id="9", type="invoice", subsidiary="2"))
