"""NetSuite → Lightspeed: the customer code, by which customers are found and under which none is doubled."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.engine.api import plan, sync
from custsync.engine.environment import Environment
from custsync.engine.manual import link_manually
from custsync.engine.outcomes import Outcome, Result
from custsync.errors import InputError, StoreError
from custsync.flows.lightspeed import CUSTOMER_EXPORT, LINK, customer_export
from custsync.models import Customer, Issue, Ref
from custsync.protocols import CreateRequest, Exists, Tier
from custsync.rules.matching.steps import by_own_key
from custsync.rules.normalize import text_key
from custsync.syncrecords import RecordWrite, Status, SyncRecord
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.faults import Crash, Fault, Faults, faults_of
from tests.flows.shop import JOINERY, Shop, ns
from tests.proofs.orders import Steps, context_of, perform, sync_steps


@pytest.fixture
def shop() -> Shop:
    return Shop()


class Turns:
    """A worker who takes its turns in a world."""

    def __init__(self, world: Environment, steps: Steps) -> None:
        self.world, self.steps = world, steps
        self.outcomes: list[Outcome] = []
        self.request = next(steps, None)

    def take(self, count: int) -> None:
        for _ in range(count):
            if self.request is None:
                return
            try:
                self.request = self.steps.send(perform(self.request, self.world))
            except StopIteration as ended:
                self.request, self.outcomes = None, ended.value


def results(shop: Shop) -> dict[str, Result]:
    return {outcome.source.id: outcome.result for outcome in shop.seen}


@pytest.mark.rule("LS-KEY-1")
class TestKey1:
    """Entity ID must not be blank and must be unique.

    A blank one, or one that two source customers share, fails that customer with a validation error in the
    activity log; the others go on.
    """

    @pytest.mark.parametrize("blank", [None, "", "  ", "\u200b"], ids=repr)
    def test_blank(self, shop: Shop, blank: str | None) -> None:
        wrong = shop.netsuite.put({**JOINERY, "entityId": blank})
        right = shop.netsuite.put({**JOINERY, "entityId": "C-2"})
        assert shop.export() == "1 created, 1 refused"
        assert results(shop) == {wrong: Result.REFUSED, right: Result.CREATED}
        assert [(issue.code, issue.rule, issue.field) for issue in shop.seen[0].issues] == [
            ("code_missing", "LS-KEY-1", "entity_id")
        ]

    @pytest.mark.parametrize("twin", ["CUST-2041", " CUST-2041", "CUST-2041\u200b"], ids=repr)
    def test_shared_fails_each_of_them(self, shop: Shop, twin: str) -> None:
        one, other = shop.netsuite.put(JOINERY), shop.netsuite.put({**JOINERY, "entityId": twin})
        third = shop.netsuite.put({**JOINERY, "entityId": "C-3"})
        assert shop.export() == "1 created, 2 refused"
        assert results(shop) == {one: Result.REFUSED, other: Result.REFUSED, third: Result.CREATED}
        assert shop.said == {"shared_key"}
        assert shop.codes == ["C-3"]

    def test_shared_across_batches(self, shop: Shop) -> None:
        for code in ("C-1", "C-2", "C-1"):
            shop.netsuite.put({**JOINERY, "entityId": code})
        assert (
            sync(CUSTOMER_EXPORT, shop.netsuite.rows, shop.world, batch=1).summary == "1 created, 2 refused"
        )

    def test_shared_in_a_plan(self, shop: Shop) -> None:
        for code in ("C-1", "C-2", "C-1"):
            shop.netsuite.put({**JOINERY, "entityId": code})
        found = plan(CUSTOMER_EXPORT, iter(shop.netsuite.rows), shop.world).decisions
        assert [decision.verb for decision in found] == ["refused", "create", "refused"]

    def test_a_linked_customer_whose_code_is_shared_by_now_is_not_updated(self, shop: Shop) -> None:
        first = shop.netsuite.put(JOINERY)
        shop.export()
        shop.netsuite.edit(first, phone="555-0101")
        shop.netsuite.put(JOINERY)
        assert shop.export() == "2 refused"
        assert shop.only["phone"] is None

    def test_once_it_is_unique_it_is_synced(self, shop: Shop) -> None:
        shop.netsuite.put(JOINERY)
        other = shop.netsuite.put(JOINERY)
        shop.export()
        shop.netsuite.edit(other, entityId="C-2")
        assert shop.export() == "2 created"

    def test_one_that_is_not_in_this_run_is_for_a_person(self, shop: Shop) -> None:
        shop.netsuite.put(JOINERY)
        shop.export()
        shop.netsuite.put(JOINERY)
        assert sync(CUSTOMER_EXPORT, shop.netsuite.rows[1:], shop.world).summary == "1 for review"
        assert shop.codes == ["CUST-2041"]

    def test_case_tells_codes_apart_unless_told_otherwise(self, shop: Shop) -> None:
        for code in ("c-1", "C-1"):
            shop.netsuite.put({**JOINERY, "entityId": code})
        assert shop.export(customer_export(code_key=text_key)) == "2 refused"
        assert shop.export() == "2 created"

    @given(st.lists(st.sampled_from(["A", "B", "C", "D", " A", ""]), max_size=8), st.randoms())
    def test_law_no_code_is_written_for_two_and_order_makes_no_difference(
        self, codes: list[str], random: Any
    ) -> None:
        customers = [ns(str(number), entity_id=code) for number, code in enumerate(codes)]
        shuffled = random.sample(customers, len(customers))
        one, other = (
            {
                decision.source.id: decision.verb
                for decision in plan(CUSTOMER_EXPORT, order, Shop().world).decisions
            }
            for order in (customers, shuffled)
        )
        assert one == other
        keys = [code.strip() for code in codes]
        assert one == {
            str(number): "create" if key and keys.count(key) == 1 else "refused"
            for number, key in enumerate(keys)
        }


@pytest.mark.rule("LS-KEY-2")
class TestKey2:
    """A customer code that exists in Lightspeed already means: update that customer, never a second one."""

    def test_found_is_linked_and_updated(self, shop: Shop) -> None:
        identity = shop.lightspeed.put(
            {"customer_code": "CUST-2041", "company_name": "Old", "phone": "555-0101"}
        )
        shop.netsuite.put(JOINERY)
        assert [shop.export(), shop.export()] == ["1 linked", "1 unchanged"]
        assert (shop.only["id"], shop.only["company_name"]) == (identity, "Brightwater Joinery")
        assert shop.only["phone"] == "555-0101"

    def test_taken_between_look_up_and_create(self, shop: Shop) -> None:
        """Then "Customer already exists": nothing is created, and the next run updates that one."""
        shop.netsuite.put(JOINERY)
        late = LateCashier(shop.lightspeed)
        assert shop.export(world=evolve(shop.world, target=late)) == "1 failed"
        assert shop.said == {"key_taken"}
        assert shop.export() == "1 linked"
        assert (shop.codes, shop.only["company_name"]) == (["CUST-2041"], "Brightwater Joinery")
        assert shop.export() == "1 unchanged"

    @pytest.mark.rule("G-DUP")
    @pytest.mark.parametrize("turns", range(1, 12))
    @pytest.mark.parametrize("again", range(1, 12))
    def test_whoever_created_it_links_it(self, turns: int, again: int) -> None:
        """Two workers, under a unique code: the second one comes and goes in the middle of the first."""
        clock = VirtualClock()
        shop = Shop(clock=clock, lightspeed=FakeLightspeed(clock, tier=Tier.A))
        shop.netsuite.put(JOINERY)
        one, other = (sync_steps(CUSTOMER_EXPORT, shop.netsuite.rows, context_of(shop.world)) for _ in "12")
        taken = [Turns(shop.world, one), Turns(shop.world, other)]
        for worker, count in ((0, turns), (1, again), (0, 99), (1, 99)):
            taken[worker].take(count)
        assert shop.codes == ["CUST-2041"]
        assert [record.status for record in shop.store.records(LINK)] == [Status.LINKED]
        results = {outcome.result for worker in taken for outcome in worker.outcomes}
        assert results <= {
            Result.CREATED,
            Result.RECOVERED,
            Result.ALREADY_DONE,
            Result.STALE,
            Result.UNKNOWN,
            Result.UNCHANGED,
            Result.LINKED,
        }
        assert shop.export() == "1 unchanged"

    def test_a_code_that_lightspeed_made_up_is_no_entity_id(self, shop: Shop) -> None:
        shop.lightspeed.create([CreateRequest(key="k", payload={"first_name": "Tony", "last_name": None})])
        code = shop.only["customer_code"]
        shop.netsuite.put({**JOINERY, "entityId": code})
        assert shop.export() == "1 refused"
        assert shop.said == {"made_up_code"}
        assert shop.only["company_name"] is None
        assert shop.export(customer_export(made_up_codes=True)) == "1 linked"

    @pytest.mark.parametrize(
        ("code", "first_name", "verdict"),
        [
            ("Tony-37YP", "Tony", "refused"),
            ("UNNAMED-669D", None, "refused"),
            ("Tony-37YP", "Ann", "refused"),
            ("TONY-37YP", "Ann", "link"),
            ("CUST-2041", "Tony", "link"),
            ("Tony-37yp", "Tony", "link"),
            ("Tony-37YPX", "Tony", "link"),
            ("Tony", "Tony", "link"),
        ],
    )
    def test_the_form_of_a_made_up_code(
        self, shop: Shop, code: str, first_name: str | None, verdict: str
    ) -> None:
        shop.lightspeed.put({"customer_code": code, "first_name": first_name})
        found = plan(CUSTOMER_EXPORT, [ns(entity_id=code)], shop.world).decisions
        assert [decision.verb for decision in found] == [verdict]

    def test_a_deleted_customer_gives_its_code_free(self, shop: Shop) -> None:
        identity = shop.lightspeed.put({"customer_code": "CUST-2041", "company_name": "Old"})
        shop.lightspeed.remove(identity)
        shop.netsuite.put(JOINERY)
        assert shop.export() == "1 created"

    def test_the_look_up_goes_by_the_exact_spelling_alone(self, shop: Shop) -> None:
        shop.lightspeed.put({"customer_code": "cust-2041", "company_name": "Old"})
        shop.netsuite.put(JOINERY)
        assert shop.export() == "1 created"

    @pytest.mark.parametrize(
        ("there", "told"), [("CUST-2041", "1 linked"), ("cust-2041", "1 linked"), ("CuSt-2041", "1 created")]
    )
    def test_case_folded_the_exact_spelling_is_asked_for_too(self, shop: Shop, there: str, told: str) -> None:
        shop.lightspeed.put({"customer_code": there, "company_name": "Old"})
        shop.netsuite.put(JOINERY)
        flow = customer_export(code_key=text_key)
        assert [shop.export(flow), shop.export(flow)] == [told, "1 unchanged"]


@pytest.mark.rule("LS-KEY-2")
class TestWalkIn:
    """The shop's anonymous customer takes no part, in either direction."""

    @pytest.mark.parametrize("code", ["WALKIN", "walkin", " WALKIN "])
    def test_a_source_customer_of_that_code_is_left_out(self, shop: Shop, code: str) -> None:
        before = shop.lightspeed.rows
        shop.netsuite.put({**JOINERY, "entityId": code})
        assert shop.export() == "1 left out"
        assert shop.said == {"walk_in"}
        assert shop.lightspeed.rows == before

    def test_it_is_never_linked(self, shop: Shop) -> None:
        flow = CUSTOMER_EXPORT.replace(checks=())
        shop.netsuite.put({**JOINERY, "entityId": "WALKIN"})
        assert shop.export(flow) == "1 refused"
        assert shop.said == {"walk_in"}

    def test_it_is_never_written(self, shop: Shop) -> None:
        """Linked by hand, it refuses what is written to it."""
        identity = shop.netsuite.put(JOINERY)
        before = shop.lightspeed.rows
        link_manually(CUSTOMER_EXPORT, identity, before[0]["id"], shop.world)
        assert shop.export() == "1 failed"
        assert shop.lightspeed.rows == before


class LateCashier:
    """A Lightspeed in which somebody at the counter is quicker than a create."""

    def __init__(self, lightspeed: FakeLightspeed) -> None:
        self.capabilities, self.account, self.mode = lightspeed.capabilities, "", ""
        self.find, self.update, self._lightspeed = lightspeed.find, lightspeed.update, lightspeed

    def create(self, requests: Any) -> Any:
        for request in requests:
            code = request.payload["customer_code"]
            self._lightspeed.put({"customer_code": code, "company_name": "Typed in at the counter"})
        answers = self._lightspeed.create(requests)
        assert all(isinstance(answer, Exists) for answer in answers.values())
        return answers


@pytest.mark.rule("G-DUP")
@pytest.mark.rule("LS-KEY-2")
class TestLostCreate:
    """After a create whose answer was lost, the look-up by the code finds it: it is never created twice."""

    def lost(self, fault: Fault, **changes: Any) -> tuple[Shop, Faults]:
        shop = Shop()
        shop.netsuite.put({**JOINERY, **changes})
        calm = Faults()
        shop.export(world=calm.around(Shop(netsuite=shop.netsuite).world))
        place = calm.requests.index("target.create") + 1
        faults = Faults({place: fault})
        assert shop.export(world=faults.around(shop.world)) == "1 unknown"
        return shop, faults

    def test_it_took_effect(self) -> None:
        shop, _ = self.lost(Fault.LOST_AFTER)
        assert shop.export() == "1 recovered"
        assert shop.export() == "1 unchanged"
        assert shop.codes == ["CUST-2041"]

    def test_it_did_not_take_effect(self) -> None:
        shop, _ = self.lost(Fault.LOST_BEFORE)
        assert shop.export() == "1 unknown"
        shop.clock.advance(timedelta(hours=1))
        assert shop.export() == "1 recovered"
        assert shop.export() == "1 unchanged"
        assert shop.codes == ["CUST-2041"]

    def test_it_takes_effect_late(self) -> None:
        shop, _ = self.lost(Fault.LATE)
        assert shop.export() == "1 unknown"
        shop.clock.advance(timedelta(minutes=6))
        assert shop.export() == "1 recovered"
        assert shop.codes == ["CUST-2041"]

    def test_the_code_was_given_to_another_customer_since(self) -> None:
        """What carries the code by now, and is linked to another customer, is not the one that was lost."""
        shop, _ = self.lost(Fault.LOST_BEFORE)
        first = shop.netsuite.rows[0]["id"]
        shop.netsuite.edit(first, entityId="C-9")
        shop.netsuite.put({**JOINERY, "companyName": "The other"})
        assert shop.export() == "1 created, 1 unknown"
        shop.clock.advance(timedelta(hours=1))
        assert shop.export() == "1 recovered, 1 unchanged"
        assert sorted(shop.codes) == ["C-9", "CUST-2041"]

    def test_what_the_search_would_not_link_is_not_taken_for_the_lost_one(self) -> None:
        """A customer from the counter whose code Lightspeed made up, as this one's entity ID is spelled."""
        shop, _ = self.lost(Fault.LOST_BEFORE, entityId="Ann-AB12")
        shop.lightspeed.put({"customer_code": "Ann-AB12", "first_name": "Ann", "company_name": "Counter"})
        assert shop.export() == "1 refused"
        (outcome,) = shop.seen[-1:]
        assert [issue.code for issue in outcome.issues] == ["made_up_code"]
        assert "Counter" in [row["company_name"] for row in shop.lightspeed.rows]

    def test_a_step_that_raises_refuses(self) -> None:
        shop, _ = self.lost(Fault.LOST_AFTER)
        (by_code,) = CUSTOMER_EXPORT.match
        flow = CUSTOMER_EXPORT.replace(match=(evolve(by_code, accept_hit=divmod),))
        (made,) = plan(flow, shop.netsuite.rows, shop.world)
        assert [issue.code for issue in made.issues] == ["rule_raised"]
        flow = CUSTOMER_EXPORT.replace(match=(evolve(by_code, accept_hit=refused_by_us),))
        with pytest.raises(InputError, match="ours"):
            plan(flow, shop.netsuite.rows, shop.world)

    def test_a_step_that_takes_whoever_it_finds(self) -> None:
        shop, _ = self.lost(Fault.LOST_AFTER)
        (by_code,) = CUSTOMER_EXPORT.match
        assert (
            shop.export(CUSTOMER_EXPORT.replace(match=(evolve(by_code, accept_hit=None),))) == "1 recovered"
        )

    def test_a_failed_create_of_the_other_direction_owns_nobody(self) -> None:
        """Taken for another's, the customer would be created a second time."""
        shop, _ = self.lost(Fault.LOST_AFTER)
        (row,) = [row for row in shop.lightspeed.rows if row["customer_code"] == "CUST-2041"]
        there = Ref("lightspeed", row["id"])
        failed = SyncRecord(link=CUSTOMER_EXPORT.link, source=there, status=Status.FAILED, flow="back")
        assert shop.store.save([RecordWrite(record=failed, expected=0)]) == [True]
        shop.clock.advance(timedelta(hours=1))
        assert shop.export() == "1 recovered"
        assert shop.codes == ["CUST-2041"]

    def test_what_is_a_key_of_its_own(self) -> None:
        """A field that the source states, that identifies for sure, and that the create itself writes."""
        (by_code,) = CUSTOMER_EXPORT.match
        assert by_own_key([by_code], CUSTOMER_EXPORT.field_for) == {"customer_code": by_code}
        assert by_own_key([by_code], CUSTOMER_EXPORT.without_field("entity_id").field_for) == {}
        assert by_own_key([evolve(by_code, authoritative=False)], CUSTOMER_EXPORT.field_for) == {}
        assert by_own_key([evolve(by_code, lookup="id")], CUSTOMER_EXPORT.field_for) == {}

    @pytest.mark.parametrize("tier", [Tier.A, Tier.C, Tier.D])
    @pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
    def test_law_one_customer_whatever_goes_wrong_wherever(self, fault: Fault, tier: Tier) -> None:
        calm, count = Faults(), under(tier)
        count.netsuite.put(JOINERY)
        count.export(world=calm.around(count.world))
        for place, name in enumerate(calm.requests, start=1):
            if fault in faults_of(name):
                codes = survived({place: fault}, tier)
                assert codes == ["CUST-2041"] or (tier is Tier.D and not codes), (place, name)


def refused_by_us(_customer: Customer, _found: Customer) -> Issue | None:
    raise InputError("ours")


def under(tier: Tier) -> Shop:
    clock = VirtualClock()
    return Shop(clock=clock, lightspeed=FakeLightspeed(clock, tier=tier))


def survived(schedule: dict[int, Fault], tier: Tier) -> list[str]:
    """Return the codes in Lightspeed after runs under these faults, and calm ones until all is done."""
    shop = under(tier)
    shop.netsuite.put(JOINERY)
    faults = Faults(schedule)
    world: Environment = faults.around(shop.world)
    for _ in range(6):
        try:
            shop.export(world=world)
        except (Crash, StoreError):
            shop.seen.clear()
        shop.clock.advance(timedelta(hours=1))
    return shop.codes
