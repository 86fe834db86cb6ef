"""Excluding by hand, and taking in again: a person's word, kept on the sync record."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.manual import BY_HAND, exclude_manually, link_manually, reinclude, unlink_manually
from custsync.errors import ConfigurationError, InputError, StoreError
from custsync.models import Customer, Issue, Ref
from custsync.rules.eligibility import Check, ExclusionPeriod
from custsync.syncrecords import Intent, MergeNote, Status, SyncRecord, merge
from tests.environments import FLOW, LINK, NOW, Setup

SHOP_ROWS = [{"id": str(one), "name": f"No. {one}"} for one in range(1, 4)]
OPEN = FLOW.replace(reinclusion=True)


CLOSED = Issue(code="closed", rule="UF-EXC-1", field="name", reason="closed", remedy="-")


def _is_closed(customer: Customer) -> bool:
    return customer.name == "Closed"


@pytest.fixture
def setup() -> Setup:
    """Return a world with three customers that are synced."""
    setup = Setup()
    for one in SHOP_ROWS:
        setup.source.put(**{"identity" if key == "id" else key: value for key, value in one.items()})
    assert sync(FLOW, setup.source.payloads(), setup.world).summary == "3 created"
    return setup


def again(setup: Setup) -> str:
    return sync(FLOW, setup.source.payloads(), setup.world).summary


@pytest.mark.rule("UF-EXC-3")
class TestByHand:
    """A person excludes at most 25 customers at a time."""

    def test_excluded_from_now_on(self, setup: Setup) -> None:
        records = exclude_manually(FLOW, ["1", "3"], setup.world)
        assert [(record.source.id, record.status) for record in records] == [
            ("1", Status.EXCLUDED),
            ("3", Status.EXCLUDED),
        ]
        assert again(setup) == "1 unchanged, 2 left out"

    @pytest.mark.rule("UF-EXC-2")
    def test_the_link_and_the_customer_there_are_kept(self, setup: Setup) -> None:
        before = setup.target.payloads()
        (record,) = exclude_manually(FLOW, ["1"], setup.world)
        assert record.target == Ref("books", "b1")
        setup.source.rows["1"]["name"] = "New"
        again(setup)
        assert setup.target.payloads() == before

    def test_one_that_was_never_synced_never_will_be(self) -> None:
        setup = Setup()
        (record,) = exclude_manually(FLOW, ["1"], setup.world)
        assert (record.target, record.version) == (None, 1)
        assert sync(FLOW, SHOP_ROWS, setup.world).summary == "2 created, 1 left out"

    def test_the_records_returned_are_those_of_the_store(self, setup: Setup) -> None:
        records = exclude_manually(FLOW, ["1", "2"], setup.world)
        assert records == setup.records()[:2]

    def test_the_first_reason_stays_and_nothing_is_saved_twice(self, setup: Setup) -> None:
        issue = Issue(code="closed", rule="UF-EXC-1", field="category", reason="closed", remedy="None")
        first = setup.records()[0]
        kept = setup.keep(evolve(first, status=Status.EXCLUDED, error=issue))
        saves = setup.store.saves
        assert exclude_manually(FLOW, ["1", "1"], setup.world) == [kept]
        assert setup.store.saves == saves

    def test_one_that_was_merged_keeps_its_record(self, setup: Setup) -> None:
        """What the target lost in the merge stands there, and where the customer's survivor is."""
        first, second, _ = setup.records()
        assert second.target is not None
        merged = setup.keep(merge(first, first.source, second.target, MergeNote(done=True)))
        with pytest.raises(InputError, match="shop:1: merged into another customer"):
            exclude_manually(FLOW, ["2", "1"], setup.world)
        assert setup.records()[:2] == [merged, second]

    def test_a_create_without_known_outcome_is_not_sent_again(self) -> None:
        setup = Setup()
        intent = Intent(key="k", issued_at=NOW, attempt=0, rules="1", request={})
        setup.keep(
            SyncRecord(
                link=LINK, source=Ref("shop", "1"), status=Status.INTENT, flow=FLOW.name, intent=intent
            )
        )
        (record,) = exclude_manually(FLOW, ["1"], setup.world)
        assert record.intent is None
        assert sync(FLOW, SHOP_ROWS[:1], setup.world).summary == "1 left out"

    def test_twenty_five_and_no_more(self) -> None:
        ids = [str(one) for one in range(BY_HAND + 1)]
        assert BY_HAND == 25
        assert len(exclude_manually(FLOW, ids[:25], Setup().world)) == 25
        with pytest.raises(InputError, match=r"at most 25 by hand at a time, not 26 \(UF-EXC-3\)"):
            exclude_manually(FLOW, ids, Setup().world)

    def test_nobody(self) -> None:
        setup = Setup()
        assert exclude_manually(FLOW, [], setup.world) == []
        assert setup.store.saves == 0

    @pytest.mark.parametrize("ids", ["123", [1, 2], 7, None, {"1": "2"}, ["1", " "]], ids=str)
    def test_something_else_than_ids(self, ids: Any) -> None:
        with pytest.raises(InputError, match="ids are needed, in a list"):
            exclude_manually(FLOW, ids, Setup().world)

    def test_somebody_else_saved_it_meanwhile(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(setup.store, "save", _refused)
        with pytest.raises(StoreError, match="shop:1 was saved by somebody else"):
            exclude_manually(FLOW, ["1"], setup.world)


def _refused(writes: Any) -> list[bool]:
    return [False for _ in writes]


@pytest.mark.rule("UF-EXC-2")
class TestTheCounterpart:
    """The counterpart of an excluded customer is still its own: nobody else is linked to it."""

    def test_another_customer_with_its_email_is_for_a_person(self) -> None:
        flow = FLOW.replace(source_id_field="", fields=FLOW.fields[:-1], write_back="")
        setup, rows = Setup(), [{"id": one, "name": one, "email": "ap@a.example"} for one in "12"]
        sync(flow, rows[:1], setup.world)
        exclude_manually(flow, ["1"], setup.world)
        made = plan(flow, rows, setup.world)
        assert [decision.verb for decision in made] == ["left out", "review"]
        assert made.decisions[1].issues[0].code == "taken"


@pytest.mark.rule("UF-EXC-4")
class TestPermanent:
    """An exclusion is permanent: no later run brings the customer back, and trying says why."""

    def test_every_later_run_says_why(self, setup: Setup) -> None:
        exclude_manually(FLOW, ["1"], setup.world)
        setup.source.rows["1"]["name"] = "New"
        made = plan(FLOW, setup.source.payloads(), setup.world)
        assert made.decisions[0].issues[0].code == "excluded"
        assert "a person excluded the customer, which is permanent" in made.explain("1")

    def test_an_older_plan_does_not_change_it(self, setup: Setup) -> None:
        setup.source.rows["1"]["name"] = "New"
        made = plan(FLOW, setup.source.payloads(), setup.world)
        exclude_manually(FLOW, ["1"], setup.world)
        assert apply(FLOW, made, setup.world).summary == "2 unchanged, 1 stale"
        assert setup.target.rows["b1"]["name"] == "No. 1"

    def test_taking_it_in_again_is_refused(self, setup: Setup) -> None:
        exclude_manually(FLOW, ["1"], setup.world)
        with pytest.raises(ConfigurationError, match=r"permanent \(UF-EXC-4\)"):
            reinclude(FLOW, "1", "a mistake", setup.world)
        assert again(setup) == "2 unchanged, 1 left out"

    @pytest.mark.parametrize(
        "act",
        [
            lambda world: link_manually(FLOW, "1", "b1", world),
            lambda world: unlink_manually(FLOW, "1", world),
            lambda world: link_manually(OPEN, "1", "b1", world),
        ],
        ids=["link", "unlink", "link where it may be taken in again"],
    )
    def test_no_other_way_leads_back(self, setup: Setup, act: Callable[[Any], object]) -> None:
        exclude_manually(FLOW, ["1"], setup.world)
        with pytest.raises(InputError, match="shop:1 is permanently excluded"):
            act(setup.world)
        assert again(setup) == "2 unchanged, 1 left out"


@pytest.mark.rule("UF-EXC-4")
class TestIncludeAgain:
    """Where the flow allows it, a person takes a customer in again, and says why."""

    def test_it_is_synced_again(self, setup: Setup) -> None:
        exclude_manually(OPEN, ["1"], setup.world)
        setup.source.rows["1"]["name"] = "New"
        record = reinclude(OPEN, "1", " excluded by mistake ", setup.world)
        assert (record.status, record.target) == (Status.LINKED, Ref("books", "b1"))
        assert record.error is not None
        assert (record.error.code, record.error.reason) == (
            "reincluded",
            "taken in again: excluded by mistake",
        )
        assert record == setup.records()[0]
        assert again(setup) == "1 updated, 2 unchanged"
        assert setup.target.rows["b1"]["name"] == "New"

    def test_one_that_was_never_synced_is_searched_for(self) -> None:
        setup = Setup()
        exclude_manually(OPEN, ["1"], setup.world)
        assert reinclude(OPEN, "1", "why", setup.world).status is Status.FAILED
        assert sync(FLOW.replace(write_back=""), SHOP_ROWS[:1], setup.world).summary == "1 created"

    @pytest.mark.parametrize("reason", ["", "  ", None, 1], ids=["none", "blank", "null", "a number"])
    def test_without_a_reason(self, setup: Setup, reason: Any) -> None:
        exclude_manually(OPEN, ["1"], setup.world)
        with pytest.raises(InputError, match="give the reason why"):
            reinclude(OPEN, "1", reason, setup.world)

    @pytest.mark.parametrize("identity", ["1", "9"], ids=["linked", "unknown"])
    def test_one_that_is_not_excluded(self, setup: Setup, identity: str) -> None:
        with pytest.raises(InputError, match=rf"shop:{identity} is not excluded in 'shop-books'"):
            reinclude(OPEN, identity, "why", setup.world)


@pytest.mark.rule("UF-EXC-4", "G-LOSS")
class TestAnOlderPlan:
    """A customer is not excluded for good because of what it was when a plan was made."""

    CLOSED = Check(fails=_is_closed, issue=CLOSED, lasts=ExclusionPeriod.ALWAYS)

    @pytest.mark.parametrize(
        ("name", "result"),
        [
            pytest.param("Open again", "1 stale", id="reopened"),
            pytest.param("Closed", "1 left out", id="still"),
        ],
    )
    def test_the_source_is_asked_again(self, name: str, result: str) -> None:
        setup, flow = Setup(), FLOW.replace(checks=(self.CLOSED,))
        setup.source.put("1", name="Closed")
        planned = plan(flow, setup.source.payloads(), setup.world)
        setup.source.rows["1"]["name"] = name
        assert apply(flow, type(planned).from_lines(planned.to_lines()), setup.world).summary == result
        assert len(setup.records()) == (result == "1 left out")

    def test_a_source_that_cannot_be_asked_is_taken_at_its_word(self) -> None:
        setup, flow = Setup(), FLOW.replace(checks=(self.CLOSED,), write_back="")
        planned = plan(flow, [{"id": "1", "name": "Closed"}], setup.world)
        world = evolve(setup.world, source=None)
        assert apply(flow, planned, world).summary == "1 left out"
