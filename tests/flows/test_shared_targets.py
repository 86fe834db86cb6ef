"""Several source customers that share one target customer (`shared_targets`)."""

from collections.abc import Sequence
from itertools import permutations
from typing import Final

import pytest
from attrs import evolve

from custsync.engine.api import apply, decide_each, plan, sync
from custsync.engine.decisions import Link
from custsync.engine.environment import Environment
from custsync.engine.manual import link_manually, record_target_merge, unlink_manually
from custsync.errors import ConfigurationError, InputError
from custsync.flow import Flow
from custsync.flows.lago import customer_sync as lago_sync
from custsync.flows.servicetitan import customer_sync
from custsync.flows.stripe import IMPORT
from custsync.rules.matching.rule import OnAlreadyLinked
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import Status
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.netsuite import FakeNetSuite
from tests.flows.titans import Tenant, codes

SHARING: Final = customer_sync(shared_targets=True)


def three(flow: Flow = SHARING) -> tuple[Tenant, list[str], str]:
    """Return a tenant of three customers with one Legacy ID, each on an invoice of its own."""
    tenant = Tenant(flow)
    there = tenant.existing("Brightwater")
    names = ("Vale, Ines", "Okafor, Rosa", "Lund, Per")
    return tenant, [tenant.customer(name, legacy_id=there) for name in names], there


def statuses(tenant: Tenant, ours: Sequence[str]) -> list[str]:
    return [tenant.record(one).status.value for one in ours]


@pytest.mark.rule("ST-LEG-2")
class TestOneLegacyId:
    """Two ServiceTitan customers with one Legacy ID: for review; with `shared_targets` both post to it."""

    def test_for_review_without_the_setting(self) -> None:
        tenant, _, _ = three(customer_sync())
        assert tenant.run().summary == "3 for review"

    def test_all_post_to_it_and_nothing_is_written(self) -> None:
        tenant, ours, there = three()
        before = tenant.netsuite.rows
        made = tenant.plan()
        assert all(isinstance(one, Link) and one.transactions[0].posts for one in made)
        assert [one.transactions[0].target.id for one in made if one.transactions[0].target] == [there] * 3
        assert [codes(one.issues) for one in made] == [[], ["shared_target"], ["shared_target"]]
        assert tenant.run().summary == "3 linked"
        assert statuses(tenant, ours) == ["linked", "shared", "shared"]
        assert {tenant.target(one) for one in ours} == {there}
        assert tenant.run().summary == "3 unchanged"
        assert tenant.netsuite.rows == before

    @pytest.mark.parametrize("batch", [1, 2, 500])
    @pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
    def test_one_answer_whatever_the_order_and_the_batch(self, order: Sequence[int], batch: int) -> None:
        tenant, ours, _ = three()
        rows = [tenant.payloads()[place] for place in order]
        planned = {one.source.id: one for one in plan(tenant.flow, rows, tenant.world, batch=batch)}
        assert planned == {
            one.source.id: one for one in decide_each(tenant.flow, rows, tenant.world, batch=batch)
        }
        sync(tenant.flow, rows, tenant.world, batch=batch)
        assert statuses(tenant, ours) == ["linked", "shared", "shared"]

    def test_by_plan_and_apply(self) -> None:
        tenant, ours, _ = three()
        made = plan(tenant.flow, tenant.payloads(), tenant.world)
        assert apply(tenant.flow, made, tenant.world).summary == "3 linked"
        assert statuses(tenant, ours) == ["linked", "shared", "shared"]

    def test_the_first_that_was_linked_owns_it(self) -> None:
        tenant, ours, _ = three()
        sync(tenant.flow, tenant.payloads()[2:], tenant.world)
        tenant.run()
        assert statuses(tenant, ours) == ["shared", "shared", "linked"]

    def test_a_plan_that_meant_to_own_it_is_stale_once_another_does(self) -> None:
        tenant, ours, _ = three()
        made = plan(tenant.flow, tenant.payloads()[:1], tenant.world)
        sync(tenant.flow, tenant.payloads()[1:], tenant.world)
        assert apply(tenant.flow, made, tenant.world).summary == "1 stale"
        assert tenant.run().summary == "1 linked, 2 unchanged"
        assert statuses(tenant, ours) == ["shared", "linked", "shared"]

    def test_of_another_subsidiary_is_refused_all_the_same(self) -> None:
        tenant, ours, there = three()
        stranger = tenant.customer("Moss, Ada", legacy_id=there, invoice=False)
        tenant.invoice(stranger, subsidiary="3")
        assert tenant.run().summary == "3 linked, 1 refused"
        assert statuses(tenant, ours) == ["linked", "shared", "shared"]

    def test_gone_is_for_review(self) -> None:
        tenant, _, there = three()
        tenant.run()
        tenant.netsuite.remove(there)
        assert {codes(one.issues)[0] for one in tenant.outcomes()} == {"broken_link"}

    def test_a_merge_of_the_shared_one_is_followed_by_each(self) -> None:
        tenant, ours, there = three()
        tenant.run()
        survivor = tenant.existing("Brightwater Group")
        tenant.merge_there(survivor, there)
        for one in ours:
            record_target_merge(tenant.flow, one, survivor, tenant.world)
        assert {tenant.target(one) for one in ours} == {survivor}
        assert tenant.run().summary == "3 unchanged"

    def test_merged_in_servicetitan_it_follows_the_survivor(self) -> None:
        tenant, ours, there = three()
        tenant.run()
        other = tenant.customer("Moss, Ada")
        tenant.run()
        tenant.titan.merge(ours[1], other)
        tenant.run()
        assert tenant.target(ours[1]) == tenant.target(other)
        assert tenant.target(ours[0]) == there
        assert there in tenant.ids()  # it is another customer's, and is not merged with it


@pytest.mark.rule("ST-LEG-5")
class TestByHand:
    """A person may share a target customer too, and take it over from one that was unlinked."""

    def test_linked_to_one_that_is_taken(self) -> None:
        tenant, ours, there = three()
        tenant.run()
        other = tenant.customer("Moss, Ada")
        assert link_manually(tenant.flow, other, there, tenant.world).status is Status.SHARED
        unlink_manually(tenant.flow, ours[0], tenant.world)
        assert link_manually(tenant.flow, ours[1], there, tenant.world).status is Status.LINKED

    def test_not_where_the_flow_shares_none(self) -> None:
        tenant, ours, there = three(customer_sync())
        link_manually(tenant.flow, ours[0], there, tenant.world)
        with pytest.raises(InputError, match="unlink that one first"):
            link_manually(tenant.flow, ours[1], there, tenant.world)


@pytest.mark.rule("LG-LINK")
class TestOneNetSuiteId:
    """Two Lago customers that name one NetSuite customer share it, where the flow says so."""

    def shop(self) -> tuple[Environment, FakeLago, FakeNetSuite]:
        lago, netsuite = FakeLago(), FakeNetSuite()
        there = netsuite.put({"companyName": "Brightwater", "isPerson": False})
        for name in ("north", "south"):
            connection = {"type": "netsuite", "integration_code": "netsuite", "external_customer_id": there}
            lago.put({"external_id": name, "name": name.title(), "integration_customers": [connection]})
        return Environment(source=lago, target=netsuite, store=MemoryStore()), lago, netsuite

    def test_for_review_without_the_setting(self) -> None:
        world, lago, _ = self.shop()
        assert sync(lago_sync(), lago.rows, world).summary == "2 for review"

    def test_the_owner_alone_writes(self) -> None:
        world, lago, netsuite = self.shop()
        flow, first = lago_sync(shared_targets=True), lago.rows[0]["lago_id"]
        assert sync(flow, lago.rows, world).summary == "2 linked"
        assert netsuite.rows[0]["custentity_lago_id"] == first
        lago.edit(lago.rows[1]["lago_id"], email="south@lago.example", name="South Ltd")
        assert sync(flow, lago.rows, world).summary == "2 unchanged"
        lago.edit(first, email="north@lago.example")
        assert sync(flow, lago.rows, world).summary == "1 updated, 1 unchanged"
        assert netsuite.rows[0]["email"] == "north@lago.example"
        assert netsuite.rows[0]["companyName"] == "Brightwater"


def test_evidence_is_never_shared() -> None:
    """Only an id that a person gave is shared: no flow shares what an email finds."""
    with pytest.raises(ConfigurationError, match="what evidence finds is not shared"):
        evolve(IMPORT.match[-1], on_already_linked=OnAlreadyLinked.SHARE)
