"""Linking and unlinking by hand: a person's word, kept like any other."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.engine.manual import link_manually, unlink_manually
from custsync.errors import AdapterError, InputError, StoreError
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT, LINK, NETSUITE_ID_KEY, STRIPE_ID_FIELD
from custsync.models import Ref
from custsync.protocols import Unknown
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import Status
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.environments import FLOW, Setup

EMAIL = "ap@brightwater.example"


class Office:
    """Two systems, a store, and a customer whose email two Stripe customers share."""

    def __init__(self) -> None:
        self.netsuite, self.stripe, self.store = FakeNetSuite(), FakeStripe(), MemoryStore()
        self.ours = self.netsuite.put({"companyName": "Brightwater Joinery", "email": EMAIL})
        self.one = self.stripe.put({"email": EMAIL})
        self.other = self.stripe.put({"email": EMAIL})
        self.world = Environment(target=self.stripe, source=self.netsuite, store=self.store)

    def export(self) -> str:
        return sync(EXPORT, self.netsuite.rows, self.world).summary


@pytest.fixture
def office() -> Office:
    office = Office()
    assert office.export() == "1 for review"
    return office


@pytest.mark.rule("ST-LEG-5")
class TestLink:
    """A person can link two customers; later runs use that. A wrong link is corrected in the same way."""

    def test_later_runs_use_it(self, office: Office) -> None:
        record = link_manually(EXPORT, office.ours, office.one, office.world)
        assert (record.status, record.target) == (Status.LINKED, Ref("stripe", office.one, "", "test"))
        assert office.netsuite.row(office.ours)[STRIPE_ID_FIELD] == office.one
        assert office.export() == "1 updated"
        assert office.export() == "1 unchanged"
        assert [row["name"] for row in office.stripe.rows] == ["Brightwater Joinery", None]

    @pytest.mark.parametrize("given", ["", " ", 7, None, Ref("netsuite", " ")], ids=repr)
    def test_what_is_no_id_links_nobody(self, office: Office, given: Any) -> None:
        for ours, theirs in ((given, office.one), (office.ours, given)):
            with pytest.raises(InputError, match="an id is needed, a text that is not blank"):
                link_manually(EXPORT, ours, theirs, office.world)
        assert office.export() == "1 for review"

    def test_corrected(self, office: Office) -> None:
        link_manually(EXPORT, office.ours, office.one, office.world)
        office.export()
        link_manually(EXPORT, office.ours, office.other, office.world)
        assert office.netsuite.row(office.ours)[STRIPE_ID_FIELD] == office.other
        assert office.export() == "1 updated"
        assert office.stripe.row(office.other)["name"] == "Brightwater Joinery"

    @pytest.mark.rule("G-WHY")
    def test_the_former_counterpart_is_named_which_keeps_the_id(self, office: Office) -> None:
        link_manually(EXPORT, office.ours, office.one, office.world)
        office.export()
        record = link_manually(EXPORT, office.ours, office.other, office.world)
        assert office.stripe.row(office.one)["metadata"] == {NETSUITE_ID_KEY: office.ours}
        assert record.error is not None
        assert f"stripe:{office.one} may keep our id in custom.{NETSUITE_ID_KEY}" in record.error.reason
        assert record.error.remedy.startswith("Remove the id there")

    @pytest.mark.parametrize("flow", [EXPORT, EXPORT.replace(source_id_field="")], ids=["id", "no id"])
    def test_nothing_is_said_where_nobody_is_left(self, office: Office, flow: Flow) -> None:
        for there in (office.one, office.one) if flow.source_id_field else (office.one, office.other):
            assert link_manually(flow, office.ours, there, office.world).error is None

    def test_to_what_was_linked_and_let_go(self, office: Office) -> None:
        theirs = office.netsuite.put({"companyName": "Brightwater Kitchens"})
        link_manually(EXPORT, theirs, office.one, office.world)
        with pytest.raises(InputError, match=f"stripe:{office.one} is linked to another customer"):
            link_manually(EXPORT, office.ours, office.one, office.world)
        unlink_manually(EXPORT, theirs, office.world)
        assert link_manually(EXPORT, office.ours, office.one, office.world).status is Status.LINKED

    @pytest.mark.parametrize(
        ("ours", "theirs"), [(None, "cus_none"), ("9999", None)], ids=["target", "source"]
    )
    def test_there_must_be_such_customers(self, office: Office, ours: str | None, theirs: str | None) -> None:
        with pytest.raises(InputError, match="there is no such customer"):
            link_manually(EXPORT, ours or office.ours, theirs or office.one, office.world)
        assert list(office.store.records(LINK)) == []

    def test_one_that_cannot_be_read_is_named_with_its_fields(self, office: Office) -> None:
        odd = office.netsuite.put({"companyName": ["Bright"]})
        with pytest.raises(InputError, match=f"netsuite:{odd}: cannot be read: error: companyName: not a"):
            link_manually(EXPORT, odd, office.one, office.world)
        assert list(office.store.records(LINK)) == []

    def test_a_deleted_customer_is_none(self, office: Office) -> None:
        office.stripe.remove(office.one)
        with pytest.raises(InputError, match="there is no such customer"):
            link_manually(EXPORT, office.ours, office.one, office.world)

    def test_a_write_back_that_fails_is_told_and_the_link_kept(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            office.netsuite, "update", lambda asked: {request.id: Unknown() for request in asked}
        )
        with pytest.raises(AdapterError, match="is linked, but the id could not be written back"):
            link_manually(EXPORT, office.ours, office.one, office.world)
        assert [record.status for record in office.store.records(LINK)] == [Status.LINKED]

    def test_a_flow_without_write_back_writes_to_neither(self, office: Office) -> None:
        link_manually(EXPORT.replace(write_back=""), office.ours, office.one, office.world)
        assert STRIPE_ID_FIELD not in office.netsuite.row(office.ours)

    @pytest.mark.rule("G-DUP")
    def test_somebody_else_was_first(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(office.store, "save", lambda writes: [False for _ in writes])
        with pytest.raises(StoreError, match="saved by somebody else"):
            link_manually(EXPORT, office.ours, office.one, office.world)


@pytest.mark.rule("ST-LEG-5")
class TestUnlink:
    """A person can unlink a customer; the next run looks for a counterpart anew."""

    def test_the_next_run_searches(self, office: Office) -> None:
        link_manually(EXPORT, office.ours, office.one, office.world)
        record = unlink_manually(EXPORT, office.ours, office.world)
        assert (record.status, record.target) == (Status.FAILED, None)
        assert record.error is not None
        assert f"the former counterpart stripe:{office.one} may keep our id" in record.error.reason
        office.netsuite.edit(office.ours, **{STRIPE_ID_FIELD: None})
        office.stripe.remove(office.other)
        assert office.export() == "1 linked"

    def test_a_customer_without_a_record(self, office: Office) -> None:
        with pytest.raises(InputError, match="has no sync record in 'netsuite-stripe'"):
            unlink_manually(EXPORT, office.ours, office.world)

    def test_an_open_create_is_let_go(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = VirtualClock()
        netsuite, stripe = FakeNetSuite(clock), FakeStripe(clock)
        ours = netsuite.put({"companyName": "Fern & Hollow"})
        world = Environment(target=stripe, source=netsuite, store=MemoryStore(), clock=clock)
        with monkeypatch.context() as broken:
            broken.setattr(stripe, "create", _lost)
            assert sync(EXPORT, netsuite.rows, world).summary == "1 unknown"
        clock.advance(timedelta(days=2))
        assert sync(EXPORT, netsuite.rows, world).summary == "1 for review"
        unlink_manually(EXPORT, ours, world)
        assert sync(EXPORT, netsuite.rows, world).summary == "1 created"


def _lost(asked: Any) -> Any:
    return {request.key: Unknown() for request in asked}


@pytest.mark.rule("ST-LEG-5")
class TestWithoutASourceAdapter:
    """A person names a customer of a source that cannot be asked; the target customer is looked up."""

    ONE_WAY = FLOW.replace(write_back="")

    def test_it_is_linked(self) -> None:
        setup = Setup()
        setup.target.put("b1", name="Ann")
        world = evolve(setup.world, source=None, account="9")
        linked = link_manually(self.ONE_WAY, "7", "b1", world)
        assert (linked.source, linked.target) == (Ref("shop", "7", "9"), Ref("books", "b1"))

    def test_the_target_customer_must_be_there(self) -> None:
        world = evolve(Setup().world, source=None)
        with pytest.raises(InputError, match="books:b1: there is no such customer"):
            link_manually(self.ONE_WAY, "7", "b1", world)
