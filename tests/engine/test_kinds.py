"""Records of several types that have one id: a reference in full, wherever an id travels."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import define, evolve, field

from custsync.engine.api import apply, plan, sync
from custsync.engine.apply.writes import creation_key
from custsync.engine.environment import Environment
from custsync.engine.explain import explanation
from custsync.engine.manual import exclude_manually, link_manually, record_target_merge, unlink_manually
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.flows import stripe
from custsync.models import Ref
from custsync.protocols import Capabilities, CreateRequest, Done, Tier, UpdateRequest
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import Status
from tests.environments import BY_EMAIL, FLOW, LINK

KINDS: Final = ("company", "contact")
COMPANY, CONTACT = (Ref("shop", "7", kind=kind) for kind in KINDS)
ID_AND_EMAIL: Final = {"id": 10, "email": 10}


@define
class Registry:
    """An adapter of a system that numbers its companies and its contacts each by themselves."""

    rows: dict[tuple[str, str], dict[str, Any]] = field(factory=dict)
    capabilities: Capabilities = Capabilities(
        tier=Tier.C, settle_window=timedelta(0), lookups=ID_AND_EMAIL, creates=10, updates=10
    )
    account: str = ""
    mode: str = ""

    def put(self, kind: str, identity: str, **values: Any) -> None:
        self.rows[kind, identity] = {"kind": kind, "id": identity, **values}

    def payloads(self) -> list[dict[str, Any]]:
        return deepcopy(list(self.rows.values()))

    def name(self, kind: str, identity: str) -> Any:
        return self.rows[kind, identity].get("name")

    def find(self, by: str, values: Sequence[str]) -> Any:
        return {value: [row for row in self.payloads() if row.get(by) == value] for value in values}

    def create(self, requests: Sequence[CreateRequest]) -> Any:
        return {one.key: self._create(one.payload) for one in requests}

    def _create(self, payload: Mapping[str, Any]) -> Done:
        kind = "contact" if "@" in str(payload.get("email")) else "company"
        identity = str(1 + sum(1 for one, _ in self.rows if one == kind))
        self.put(kind, identity, **payload)
        return Done(identity, deepcopy(self.rows[kind, identity]))

    def update(self, requests: Sequence[UpdateRequest]) -> Any:
        return {one.id: self._update(one) for one in requests}

    def _update(self, request: UpdateRequest) -> Done:
        row = self.rows[request.kind, request.id]
        row.update(
            {**request.payload, "custom": {**row.get("custom", {}), **request.payload.get("custom", {})}}
        )
        return Done(request.id, deepcopy(row))


@define
class Two:
    """Company 7 and contact 7 on one side, and what becomes of them on the other."""

    source: Registry = field(factory=Registry)
    target: Registry = field(factory=Registry)
    store: MemoryStore = field(factory=MemoryStore)

    def __attrs_post_init__(self) -> None:
        self.source.put("company", "7", name="Joinery")
        self.source.put("contact", "7", name="Ann", email="ann@shop.example")

    @property
    def world(self) -> Environment:
        return Environment(source=self.source, target=self.target, store=self.store)

    def run(self, flow: Flow = FLOW) -> str:
        return sync(flow, self.source.payloads(), self.world).summary

    def links(self) -> dict[Ref, Ref | None]:
        return {record.source: record.target for record in self.store.records(LINK)}


LINKS: Final = {COMPANY: Ref("books", "1", kind="company"), CONTACT: Ref("books", "1", kind="contact")}


@pytest.mark.rule("G-DUP")
class TestEachIsItself:
    """Company 7 and contact 7 are two records: neither gets what is meant for the other."""

    def test_created_and_written_back(self) -> None:
        two = Two()
        assert two.run() == "2 created"
        assert two.links() == LINKS
        kept = [two.source.rows[kind, "7"]["custom"] for kind in KINDS]
        assert kept == [{"books_id": "1"}, {"books_id": "1"}]
        assert two.run() == "2 unchanged"

    def test_updated_in_one_batch(self) -> None:
        two = Two()
        two.run()
        two.source.rows["company", "7"]["name"] = "Newer"
        two.source.rows["contact", "7"]["name"] = "Annie"
        assert two.run() == "2 updated"
        assert [two.target.name(kind, "1") for kind in KINDS] == ["Newer", "Annie"]
        assert two.run() == "2 unchanged"

    def test_updated_by_plan_and_apply(self) -> None:
        two = Two()
        two.run()
        two.source.rows["company", "7"]["name"] = "Newer"
        two.source.rows["contact", "7"]["name"] = "Annie"
        made = plan(FLOW, two.source.payloads(), two.world)
        assert apply(FLOW, made, two.world).summary == "2 updated"
        assert [two.target.name(kind, "1") for kind in KINDS] == ["Newer", "Annie"]

    def test_a_counterpart_that_is_gone_is_not_the_other_one(self) -> None:
        two = Two()
        two.run()
        del two.target.rows["company", "1"]
        made = {one.source: one for one in plan(FLOW, two.source.payloads(), two.world)}
        assert [issue.code for issue in made[COMPANY].issues] == ["broken_link"]
        assert made[CONTACT].verb == "unchanged"

    def test_two_hits_with_one_id_are_two_candidates(self) -> None:
        two = Two()
        for kind in KINDS:
            two.target.put(kind, "5", email="ann@shop.example", name="There")
        flow = FLOW.replace(match=(BY_EMAIL,))
        made = {one.source: one for one in plan(flow, two.source.payloads(), two.world)}
        assert made[CONTACT].verb == "review"
        assert len(getattr(made[CONTACT], "candidates", ())) == 2

    def test_an_update_is_read_again_where_lists_are_replaced(self) -> None:
        two = Two()
        two.run()
        flow = FLOW.replace(target=evolve(FLOW.target, replaces_lists=True))
        two.source.rows["company", "7"]["name"] = "Newer"
        two.source.rows["contact", "7"]["name"] = "Annie"
        assert two.run(flow) == "2 updated"
        assert [two.target.name(kind, "1") for kind in KINDS] == ["Newer", "Annie"]


@pytest.mark.rule("G-DUP")
class TestCreationKey:
    """The key of a create is the customer's alone: of another account or kind it is another one."""

    def test_kinds_and_accounts(self) -> None:
        refs = [
            COMPANY,
            CONTACT,
            Ref("shop", "7"),
            Ref("shop", "7", account="A"),
            Ref("shop", "7", account="B"),
        ]
        assert len({creation_key(stripe.IMPORT, ref, 0) for ref in refs}) == len(refs)


@pytest.mark.rule("ST-LEG-5")
class TestByHand:
    """A person names one of two with the whole reference; an id that names two is refused."""

    def test_linked(self) -> None:
        two = Two()
        for kind in KINDS:
            two.target.put(kind, "1", name="There")
        with pytest.raises(InputError, match="several records have this id"):
            link_manually(FLOW, "7", "1", two.world)
        for ours, theirs in LINKS.items():
            assert link_manually(FLOW, ours, theirs, two.world).target == theirs
        assert two.links() == LINKS
        assert two.source.rows["contact", "7"]["custom"] == {"books_id": "1"}

    def test_one_of_another_kind_is_found_by_its_id_alone(self) -> None:
        two = Two()
        del two.source.rows["company", "7"]
        two.target.put("contact", "1", name="There")
        assert link_manually(FLOW, "7", "1", two.world).source == CONTACT

    def test_unlinked_and_excluded(self) -> None:
        two = Two()
        two.run()
        assert unlink_manually(FLOW, CONTACT, two.world).source == CONTACT
        (record,) = exclude_manually(FLOW, [COMPANY], two.world)
        assert (record.source, record.status) == (COMPANY, Status.EXCLUDED)
        with pytest.raises(InputError, match="no sync record"):
            unlink_manually(FLOW, "7", two.world)

    def test_a_merge_elsewhere(self) -> None:
        two = Two()
        two.run()
        survivor = Ref("books", "9", kind="contact")
        for kind in KINDS:
            two.target.put(kind, "9", name="Survivor")
        assert record_target_merge(FLOW, CONTACT, survivor, two.world).target == survivor
        assert two.links() == LINKS | {CONTACT: survivor}

    @pytest.mark.parametrize(
        "stranger",
        [Ref("books", "7"), Ref("shop", "7", account="other"), Ref("shop", "7", mode="test")],
        ids=["system", "account", "mode"],
    )
    def test_one_of_another_world(self, stranger: Ref) -> None:
        two = Two(source=Registry(account="main", mode="live"))
        with pytest.raises(InputError, match="not of the system, account and mode"):
            unlink_manually(FLOW, stranger, two.world)


@pytest.mark.rule("G-WHY")
class TestExplained:
    """What is said of one of two names its kind."""

    def test_its_line_and_its_explanation(self) -> None:
        two = Two()
        made = plan(FLOW, two.source.payloads(), two.world)
        assert explanation(made[CONTACT]).startswith("shop:contact:7: will be created")
        assert made["shop:company:7"].source == COMPANY


@pytest.mark.rule("ST-MRG-2")
class TestSurvivors:
    """A survivor is of the kind of the one that was merged."""

    def test_the_survivor_of_the_other_kind_is_none(self) -> None:
        two = Two()
        two.run()
        del two.target.rows["contact", "1"]
        two.target.put("company", "9", name="Not hers")
        world = Environment(source=two.source, target=two.target, store=two.store, redirects={"1": "9"})
        made = {one.source: one for one in plan(FLOW, two.source.payloads(), world)}
        assert [issue.code for issue in made[CONTACT].issues] == ["survivor_counterpart_gone"]
        assert made[COMPANY].verb == "unchanged"
