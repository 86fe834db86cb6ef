"""One answer for one input: whatever the order of the records, the batch, and the call that is made.

Every flow has a scene with records that depend on each other: counterparts that two lay claim to, values that
two share and nobody has, ids that two keep, records that come twice, merges, families, and records that
cannot be read.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import pytest
from attrs import field, frozen
from hypothesis import HealthCheck, given, settings, strategies as st

from custsync.engine.api import apply, decide_each, plan, sync
from custsync.engine.decisions import Decision
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome
from custsync.flow import Flow
from custsync.flows.lago import LAGO_ID_FIELD, customer_sync as lago_sync
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.flows.servicetitan import CUSTOMER_SYNC, INVOICE, Transaction, join_transactions
from custsync.flows.stripe import EXPORT, IMPORT, export_flow, import_flow
from custsync.flows.upflow import CUSTOMER_IMPORT
from custsync.rules.matching.rule import OnMultiple
from custsync.stores.memory import MemoryStore
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.fakes.upflow import FakeUpflowImport

pytestmark = pytest.mark.rule("G-DUP")
SLOW: Final = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=10)
ODD: Final[list[Any]] = [None, "{", {"id": []}]


@frozen(kw_only=True)
class Scene:
    """A source, a target and a store before a run, and the records that the run is given."""

    flow: Flow
    source: FakeSystem
    target: FakeSystem
    clock: VirtualClock
    records: Callable[["Scene"], list[Any]]
    store: MemoryStore = field(factory=MemoryStore)

    @property
    def world(self) -> Environment:
        return Environment(
            source=self.source,
            target=self.target,
            store=self.store,
            clock=self.clock,
            sleep=self.clock.sleep,
            random=float,
        )

    def input(self) -> list[Any]:
        """Return the source's records, one of them twice, and some that cannot be read."""
        records = self.records(self)
        return [*records, records[0], *ODD]


def rows(scene: Scene) -> list[Any]:
    return list(scene.source.rows)


def stripe_export(flow: Flow = EXPORT) -> Scene:
    clock = VirtualClock()
    ours, theirs = FakeNetSuite(clock), FakeStripe(clock)
    scene = Scene(flow=flow, source=ours, target=theirs, clock=clock, records=rows)
    for name, email in (("Linked", "linked"), ("Sold", "sold")):
        ours.put({"companyName": name, "email": f"{email}@a.example"})
    scene_sync(scene)
    ours.edit("5002", email="both@a.example")
    there = {
        name: theirs.put({"name": name, "email": f"{email}@a.example"})
        for name, email in (
            *(("Claimed", "claimed"), ("Kept", "kept"), ("Two", "two"), ("Twin", "two"), ("First", "first")),
            *(("Free", "linked"), ("Old", "old")),
        )
    }
    gone = theirs.put({"name": "Gone", "email": "gone@a.example"})
    theirs.remove(gone)
    for name, email, kept in (
        *(("Claims", "claimed", None), ("Claims too", "claimed", None)),  # both for review
        *(("Keeps", "kept", there["Kept"]), ("Keeps not", "kept", None)),  # what one keeps is its own
        *(("Shares", "nobody", None), ("Shares too", "nobody", None)),  # nobody has it: each is created
        *(("Doubts", "two", None), ("Takes it up", "linked", None)),  # several; one that is free
        *(("Joins", "both", None), ("Lost it", "old", gone)),  # of one that is linked; by the email then
        *(("Doubled", "doubled", there["Old"]), ("Doubled too", "doubled", there["Old"])),  # one kept id
    ):
        ours.put({"companyName": name, "email": f"{email}@a.example", "custentity_stripe_customer_id": kept})
    ours.put({"companyName": "Lists", "email": "second@a.example; first@a.example"})
    ours.put({"companyName": "Lists too", "email": "second@a.example"})
    return scene


def stripe_import(flow: Flow = IMPORT) -> Scene:
    clock = VirtualClock()
    ours, theirs = FakeStripe(clock), FakeNetSuite(clock)
    scene = Scene(flow=flow, source=ours, target=theirs, clock=clock, records=rows)
    linked = ours.put({"name": "Linked", "email": "linked@a.example"})
    scene_sync(scene)
    ours.edit(linked, email="both@a.example")
    stamped = theirs.put({"companyName": "Stamped", "email": "stamped@a.example"})
    theirs.put({"companyName": "Claimed", "email": "claimed@a.example"})
    theirs.put({"companyName": "Free", "email": "both@a.example"})
    for name, email, stamp in (
        *(("Claims", "claimed", ""), ("Claims too", "claimed", "")),
        *(("Shares", "nobody", ""), ("Shares too", "nobody", ""), ("", "nobody", "")),
        *(("Names it", "stamped", stamped), ("Names it not", "stamped", "")),
        *(("Joins", "both", ""), ("Alone", "alone", "")),
    ):
        metadata = {"netsuite_internal_id": stamp} if stamp else {}
        ours.put({"name": name, "email": f"{email}@a.example", "metadata": metadata})
    return scene


def lightspeed() -> Scene:
    clock = VirtualClock()
    ours, theirs = FakeNetSuite(clock), FakeLightspeed(clock)
    scene = Scene(flow=CUSTOMER_EXPORT, source=ours, target=theirs, clock=clock, records=rows)
    theirs.put({"customer_code": "C-1", "company_name": "There"})
    for code in ("C-1", "C-2", "C-2", "C-3", "C-4", None):
        ours.put({"entityId": code, "companyName": f"Of {code}", "email": "office@a.example"})
    return scene


def servicetitan() -> Scene:
    clock = VirtualClock()
    ours, theirs = FakeServiceTitan(clock), FakeNetSuite(clock, subsidiaries=("2",))
    place = {"street": "1 Elm St", "city": "Astoria", "state": "OR", "country": "USA"}

    def records(scene: Scene) -> list[Any]:
        assert isinstance(scene.source, FakeServiceTitan)
        listed = scene.source.listed(active="Any")
        invoiced = [
            Transaction(customer=str(row["id"]), type=INVOICE, id=str(row["id"]), subsidiary="2")
            for row in listed
        ]
        return join_transactions(listed, invoiced, ())

    scene = Scene(flow=CUSTOMER_SYNC, source=ours, target=theirs, clock=clock, records=records)
    ids = {
        name: ours.put({"name": f"{name}, A", "address": place}) for name in ("D1", "D2", "D3", "D4", "S1")
    }
    scene_sync(scene)
    there = [theirs.put({"companyName": name, "subsidiary": {"id": "2"}}) for name in ("X", "Y", "Z")]
    for name, legacy in (("S2", None), ("S3", there[0]), ("L1", there[1]), ("L2", there[1]), ("N", None)):
        fields = [{"name": "Legacy ID", "value": legacy}]
        ids[name] = ours.put({"name": f"{name}, A", "address": place, "customFields": fields})
    for duplicate, survivor in (
        *(("D1", "S1"), ("D2", "S2"), ("D3", "S2")),  # a survivor that is synced, and one of two that is not
        ("D4", "S3"),  # one that has a counterpart of its own
    ):
        ours.merge(ids[duplicate], ids[survivor])
    return scene


def lago() -> Scene:
    clock = VirtualClock()
    ours = FakeLago(clock, connections=["us"])
    theirs = FakeNetSuite(clock, subsidiaries=("2",), custom_look_ups=[LAGO_ID_FIELD])
    flow = lago_sync("us", subsidiaries=["2"])
    scene = Scene(flow=flow, source=ours, target=theirs, clock=clock, records=rows)
    there = [theirs.put({"companyName": name, "subsidiary": {"id": "2"}}) for name in ("X", "Y")]
    for name, given_id in (("a", there[0]), ("b", there[0]), ("c", there[1]), ("d", None), ("e", "99")):
        connection: dict[str, Any] = {"type": "netsuite", "integration_code": "us", "subsidiary_id": "2"}
        connection |= {"sync_with_provider": given_id is None, "external_customer_id": given_id}
        ours.put({"external_id": name, "name": name, "integration_customers": [connection]})
    return scene


def upflow() -> Scene:
    clock = VirtualClock()
    ours, theirs = FakeNetSuite(clock), FakeUpflowImport(clock)
    scene = Scene(flow=CUSTOMER_IMPORT, source=ours, target=theirs, clock=clock, records=rows)
    ours.put({"id": "10", "companyName": "Alone"})
    scene_sync(scene)
    ours.put({"id": "20", "companyName": "Third", "parent": {"id": "30"}})
    ours.put({"id": "30", "companyName": "Second", "parent": {"id": "40"}})
    ours.put({"id": "40", "companyName": "First"})
    ours.edit("10", parent={"id": "30"})
    theirs.put({"Customer name": "Old", "Customer ID": "40"})
    return scene


def scene_sync(scene: Scene) -> None:
    sync(scene.flow, scene.records(scene), scene.world)


SCENES: Final[dict[str, Callable[[], Scene]]] = {
    "stripe.EXPORT": stripe_export,
    "stripe.EXPORT, the oldest of several": lambda: stripe_export(export_flow(several=OnMultiple.OLDEST)),
    "stripe.EXPORT, deleted ones created": lambda: stripe_export(export_flow(deleted="create")),
    "stripe.IMPORT": stripe_import,
    "stripe.IMPORT, shared emails created": lambda: stripe_import(import_flow(shared_email="create")),
    "lightspeed": lightspeed,
    "servicetitan": servicetitan,
    "lago": lago,
    "upflow": upflow,
}
EVERY = pytest.mark.parametrize("name", SCENES)


def told(decisions: Iterable[Decision]) -> list[tuple[str, ...]]:
    """Return what each decision says, without the places of records that have no id."""
    said = []
    for one in decisions:
        name = "unreadable" if "#" in one.source.id else one.source.id
        target = str(getattr(one, "target", None))
        said.append((name, one.verb, target, *sorted(issue.code for issue in one.issues)))
    return sorted(said)


def ended(outcomes: Iterable[Outcome], scene: Scene) -> list[tuple[str, ...]]:
    """Return how each outcome ended; the ids of those that were created go by whose they are."""
    whose = {record.target: record.source.id for record in scene.store.records(scene.flow.link)}
    whose.pop(None, None)
    said = []
    for one in outcomes:
        name = "unreadable" if "#" in one.source.id else one.source.id
        codes = sorted(issue.code for issue in one.issues)
        said.append((name, one.result.value, str(whose.get(one.target, one.target)), *codes))
    return sorted(said)


def run(scene: Scene, records: Sequence[Any], batch: int) -> list[tuple[str, ...]]:
    outcomes: list[Outcome] = []
    sync(scene.flow, records, scene.world, batch=batch, observe=outcomes.append)
    return ended(outcomes, scene)


@EVERY
@SLOW
@given(data=st.data())
def test_decisions(name: str, data: st.DataObject) -> None:
    """`plan` and `decide_each` decide alike, in every order and every batch."""
    scene = SCENES[name]()
    records = scene.input()
    shuffled = data.draw(st.permutations(records))
    batch = data.draw(st.integers(1, len(records)))
    expected = told(plan(scene.flow, records, scene.world))
    assert told(plan(scene.flow, shuffled, scene.world, batch=batch)) == expected
    assert told(decide_each(scene.flow, shuffled, scene.world, batch=batch)) == expected


@EVERY
@SLOW
@given(data=st.data())
def test_outcomes(name: str, data: st.DataObject) -> None:
    """`sync` ends alike, in every order and every batch, and so does the run after it."""
    one, other = SCENES[name](), SCENES[name]()
    records = one.input()
    shuffled = data.draw(st.permutations(records))
    batch = data.draw(st.integers(1, len(records)))
    assert run(other, shuffled, batch) == run(one, records, len(records))
    assert run(other, other.input(), batch) == run(one, one.input(), len(records))


@pytest.mark.parametrize("name", sorted(SCENES.keys() - {"upflow", "servicetitan"}))
def test_a_plan_carried_out_is_a_sync(name: str) -> None:
    one, other = SCENES[name](), SCENES[name]()
    outcomes: list[Outcome] = []
    apply(one.flow, plan(one.flow, one.input(), one.world), one.world, observe=outcomes.append)
    assert ended(outcomes, one) == run(other, other.input(), 3)
