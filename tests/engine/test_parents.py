"""Parents: a customer's parent in the target, and waiting for one that is not there yet."""

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.plan.context import PARENT_WAITING, WorkItem
from custsync.engine.plan.linked import look_for_parents
from custsync.engine.requests import LoadRecords
from custsync.flow import Flow
from custsync.models import Ref
from custsync.syncrecords import MergeNote, Status, SyncRecord
from tests.environments import LINK, Party, Setup, run_context
from tests.rules.families import FAMILY, child, parents_in


def looked_up(flow: Flow, cases: list[WorkItem], *records: SyncRecord) -> list[LoadRecords]:
    """Run the look-up over these records; return what was asked."""
    asked = []
    steps = look_for_parents(flow, cases, run_context(Party()))
    try:
        request = next(steps)
        while True:
            assert isinstance(request, LoadRecords)
            asked.append(request)
            request = steps.send(records)
    except StopIteration:
        return asked


def a_case(parent: str | None) -> WorkItem:
    return WorkItem(item={}, place=1, digest="d", customer=child("2", parent))


def a_record(status: Status, target: str = "b9") -> SyncRecord:
    there = Ref("books", target) if target else None
    note = MergeNote(done=True) if status is Status.MERGED else None
    return SyncRecord(
        link=LINK, source=Ref("shop", "1"), target=there, status=status, flow="shop.EXPORT", merge=note
    )


@pytest.mark.rule("UF-HIER-1")
class TestLookUp:
    """Each customer gets the id that its parent has in the target, ABSENT where that is not known."""

    @pytest.mark.parametrize("status", [Status.LINKED, Status.MERGED], ids=["linked", "merged"])
    def test_known(self, status: Status) -> None:
        case = a_case("1")
        asked = looked_up(FAMILY, [case], a_record(status))
        assert asked == [LoadRecords(LINK, (Ref("shop", "1"),))]
        assert (case.customer.parent, case.issues, case.digest) == ("b9", (), "d")

    @pytest.mark.parametrize(
        "records",
        [[], [a_record(Status.INTENT, "")], [a_record(Status.FAILED, "")], [a_record(Status.EXCLUDED)]],
        ids=["no record", "intent", "failed", "excluded"],
    )
    def test_not_known_is_waited_for_and_never_passes_for_said(self, records: list[SyncRecord]) -> None:
        case = a_case("1")
        looked_up(FAMILY, [case], *records)
        assert not case.customer.parent
        assert (case.issues, case.digest) == ((PARENT_WAITING,), "")

    def test_siblings_ask_once(self) -> None:
        (asked,) = looked_up(FAMILY, [a_case("1"), a_case("1"), a_case("3"), a_case(None)])
        assert [ref.id for ref in asked.refs] == ["1", "3"]

    def test_nothing_to_ask(self) -> None:
        case = a_case(None)
        assert looked_up(FAMILY, [case]) == []
        assert looked_up(FAMILY.replace(parent=""), [a_case("1")]) == []
        assert case.issues == ()

    def test_a_parent_is_a_customer_whatever_the_child_s_kind(self) -> None:
        """Ids repeat across kinds: contact 7 does not hang from itself, but from company 7."""
        case = a_case("2")
        case.customer = evolve(case.customer, ref=Ref("shop", "2", kind="contact"))
        (asked,) = looked_up(FAMILY, [case])
        assert asked.refs == (Ref("shop", "2"),)

    def test_a_reference_in_full_is_taken_as_it_is(self) -> None:
        case, up = a_case("1"), Ref("shop", "1", kind="company")
        case.customer = evolve(case.customer, parent=up)  # type: ignore[arg-type]
        (asked,) = looked_up(FAMILY, [case])
        assert asked.refs == (up,)

    def test_the_world_of_the_id_is_the_child_s_own(self) -> None:
        case = a_case("1")
        case.customer = evolve(case.customer, ref=Ref("shop", "2", "acme", "test"))
        (asked,) = looked_up(FAMILY, [case])
        assert asked.refs == (Ref("shop", "1", "acme", "test"),)


def a_setup() -> Setup:
    """Return a world whose source can be read again."""
    setup = Setup()
    for one in ("1", "2"):
        setup.source.put(one, name=f"No. {one}")
    return setup


@pytest.mark.rule("UF-HIER-1")
class TestTwoPlans:
    """Planned and carried out, the parent is filled in by the next plan."""

    def test_filled_in(self) -> None:
        setup = a_setup()
        family = [child("2", "1"), child("1")]
        first = plan(FAMILY, family, setup.world)
        assert [decision.verb for decision in first] == ["create", "create"]
        assert apply(FAMILY, first, setup.world).summary == "2 created"
        assert parents_in(setup.target) == {"2": None, "1": None}
        second = plan(FAMILY, family, setup.world)
        assert [decision.verb for decision in second] == ["update", "unchanged"]
        apply(FAMILY, second, setup.world)
        assert parents_in(setup.target) == {"2": "1", "1": None}
        assert plan(FAMILY, family, setup.world).is_empty

    def test_an_older_plan_still_holds_when_the_source_is_read_again(self) -> None:
        """The id of the parent there is nothing that the source shows: it is not compared."""
        setup = a_setup()
        family = [child("2", "1"), child("1")]
        sync(FAMILY, family[1:], setup.world)
        made = plan(FAMILY, family, setup.world)
        assert apply(FAMILY, made, setup.world).summary == "1 created, 1 unchanged"
        assert parents_in(setup.target) == {"1": None, "2": "1"}
