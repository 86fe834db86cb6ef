"""Texts that are known: of their records no more is read than the prescan needs, and nothing else changes."""

import json
from collections import UserDict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve, frozen

from custsync import Environment
from custsync.engine.api import decide_each, sync
from custsync.engine.decisions import Decision, Unchanged, fields_of
from custsync.engine.environment import run
from custsync.engine.plan.context import context_of
from custsync.engine.plan.inputs import WholeInput
from custsync.engine.plan.prescan import hashed_keys, takes_part, with_prescan
from custsync.engine.plan.reading import read_quietly
from custsync.flow import Flow
from custsync.flows.servicetitan import INVOICE, Transaction, customer_sync, join_transactions
from custsync.flows.upflow import customer_import
from custsync.flows.upflow.exclusions import Is, SmartRule
from custsync.models import Customer
from custsync.rules.fields.values import payload_digests
from custsync.rules.matching.steps import MatchStep
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import LastSeen, RecordWrite, with_last_seen
from custsync.systems.from_table import by_table
from tests.engine.parted import CASE_OF, texts, world
from tests.environments import Setup
from tests.rules.families import FAMILY, child

COUNT: Final = 45
NAMES: Final = sorted(CASE_OF)
WITH_PRESCAN: Final = [name for name in NAMES if CASE_OF[name].flow.prescan is not None]


@frozen
class Whole:
    """A prescan, or what becomes of transactions, that does not state what it reads."""

    one: Any

    @property
    def sets(self) -> tuple[str, ...]:
        return self.one.sets  # type: ignore[no-any-return]

    def __call__(self, *given: Any) -> Any:
        return self.one(*given)


def _raising_for(id: str) -> Callable[[Customer, Decision], Decision]:
    def decided(_customer: Customer, decision: Decision) -> Decision:
        if decision.source.id == id:
            raise KeyError("Rosa Okafor")
        return decision

    return decided


class RowOfTheCallers(UserDict[str, Any]):
    """A payload that is no dict, and has an attribute by which it might be taken for something else."""

    record = None


def unstated(flow: Flow) -> Flow:
    """Return the flow that reads each record as a whole, and passes none over for its text alone."""
    prescan = Whole(flow.prescan) if flow.prescan else None
    return flow.replace(prescan=prescan, transactions=Whole(flow.transactions or _as_decided))


def _as_decided(_customer: Customer, decision: Decision) -> Decision:
    return decision


def standing(name: str, text: str) -> str:
    """Return the record of a ServiceTitan customer with a transaction, any other as it is."""
    if not name.startswith("servicetitan") or "broken" in text:
        return text
    row = json.loads(text)
    invoice = Transaction(customer=str(row["id"]), type=INVOICE, id="9", subsidiary="2")
    return json.dumps(join_transactions([row], [invoice])[0])


def _member(payload: Any, _account: str, _mode: str) -> Customer:
    return child(payload["id"], payload.get("parent"))


def _lacks_phone(customer: Customer) -> bool:
    return not customer.phone


def synced(name: str, flow: Flow | None = None) -> tuple[Environment, list[str]]:
    """Return a world in which most customers were synced, and what its source has by then."""
    here, flow = world(name, COUNT, known=True), flow or CASE_OF[name].flow
    records = [standing(name, text) for text in texts(name, COUNT)]
    source: Any = here.source
    for _ in "abc":
        sync(flow, records, here)
        here.clock.advance(timedelta(days=2))  # type: ignore[attr-defined]
        if flow.write_back:
            records = [json.dumps(row) for row in source.rows]
    return here, records


def changed(name: str, records: Sequence[str]) -> list[str]:
    """Return the records as they are some days later: new ones, changed and damaged ones, and gone ones."""
    rows = [text for at, text in enumerate(records) if at % 13 != 3]
    more = [standing(name, json.dumps(CASE_OF[name].ours(number))) for number in range(COUNT + 1, COUNT + 8)]
    for at, text in enumerate(rows):
        row = json.loads(text) if at % 5 == 0 and "broken" not in text else None
        if row is not None and at % 4 == 0:
            row |= {"companyName": 7, "name": 7}  # cannot be read
        elif row is not None and at % 4 == 1:
            row |= {"entityId": json.loads(rows[at + 1])["entityId"]} if "entityId" in row else {}
        elif row is not None:
            row |= {"phone": f"+1 503 555 01{at:02}", "name": f"Moved {at}", "balance": 3}
        rows[at] = text if row is None else json.dumps(row)
    twice = [text[:-1] + ', "id": "7"}' for text in rows[7:9]]
    return [*more[:3], *rows, *twice, *more[3:], rows[2], *records[:9]]


def _is_known(flow: Flow, text: str, here: Environment) -> bool:
    (made,) = decide_each(flow, [text], here, incremental=True)
    return isinstance(made, Unchanged)


def shared(row: dict[str, Any]) -> dict[str, Any]:
    """Return the keys that another customer has too, by mistake."""
    return {name: row[name] for name in ("email", "entityId", "legacy_id") if row.get(name)}


def again(records: list[Any]) -> Callable[[], Iterable[Any]]:
    return lambda: iter(records)


WAYS: Final[dict[str, tuple[Callable[[Flow], Flow], Callable[[list[str]], Any]]]] = {
    "kept": (lambda flow: flow, list),
    "made anew": (lambda flow: flow, again),
    "kept, read as a whole": (unstated, list),
    "made anew, read as a whole": (unstated, again),
}


@pytest.mark.rule("G-IDEM", "LS-KEY-1", "UF-HIER-1", "ST-LEG-0")
@pytest.mark.parametrize("name", NAMES)
class TestEveryWay:
    """However much is read of a record, the decisions, their digests and what is written are the same."""

    @pytest.mark.parametrize("incremental", [False, True])
    def test_decisions(self, name: str, incremental: bool) -> None:  # noqa: FBT001 - a table
        here, records = synced(name)
        flow, later = CASE_OF[name].flow, changed(name, records)
        for order in (later, later[::-1]):
            made = {
                (way, batch): list(
                    decide_each(change(flow), given(order), here, batch=batch, incremental=incremental)
                )
                for way, (change, given) in WAYS.items()
                for batch in (1, 7, 500)
            }
            first, *others = made.values()
            assert {one.verb for one in first} >= {"unchanged", "left out", "refused"}
            assert [way for way, one in made.items() if one != first] == []
            assert others

    def test_what_is_known_is_what_a_comparison_finds_unchanged(self, name: str) -> None:
        here, records = synced(name)
        flow, later = CASE_OF[name].flow, changed(name, records)
        known = list(decide_each(flow, later, here))
        forgotten = evolve(here, store=without_texts(here, flow))
        compared = list(decide_each(flow, later, forgotten))
        assert [one.verb for one in known] == [one.verb for one in compared]
        assert any(isinstance(one, Unchanged) and one.customer is None for one in known)

    def test_sync(self, name: str) -> None:
        ended = []
        for change, given in WAYS.values():
            here, records = synced(name)
            report = sync(change(CASE_OF[name].flow), given(changed(name, records)), here, batch=7)
            store, target = here.store, here.target
            assert isinstance(store, MemoryStore)
            ended.append((report, list(store.records(CASE_OF[name].flow.link)), target.rows))  # type: ignore[attr-defined]
        assert all(one == ended[0] for one in ended)


def without_texts(here: Environment, flow: Flow) -> MemoryStore:
    """Return the store's records in another store, in which no text is known."""
    store = MemoryStore()
    assert isinstance(here.store, MemoryStore)
    for record in here.store.records(flow.link):
        memory = {name: evolve(seen, payload="") for name, seen in record.memory.items()}
        store.save([RecordWrite(record=evolve(record, memory=memory, version=0), expected=0)])
    return store


@pytest.mark.rule("G-IDEM")
class TestHowMuchIsRead:
    """A known text is read in part, and each record of a list at most once."""

    @pytest.mark.parametrize("name", WITH_PRESCAN)
    @pytest.mark.parametrize("incremental", [False, True])
    def test_a_second_run_reads_no_known_record_as_a_whole(self, name: str, incremental: bool) -> None:  # noqa: FBT001
        here, records = synced(name)
        counting, whole = counted(CASE_OF[name].flow)
        made = list(decide_each(counting, records, here, incremental=incremental, batch=7))
        unchanged = {one.source.id for one in made if isinstance(one, Unchanged) and one.customer is None}
        assert len(unchanged) > COUNT / 2
        assert unchanged.isdisjoint(whole)
        assert len(whole) == len(set(whole))

    def test_a_counterpart_that_is_gone(self) -> None:
        """The record is read after all, and its parent is looked for."""
        name = "upflow.CUSTOMER_IMPORT"
        here, records = synced(name)
        target: Any = here.target
        for row in target.rows:
            target.remove(str(row[target.id_key]))
        ways = [
            list(decide_each(change(CASE_OF[name].flow), given(records), here))
            for change, given in WAYS.values()
        ]
        assert ways[1:] == ways[:1] * 3
        assert not any(isinstance(one, Unchanged) for one in ways[0])

    def test_what_an_earlier_version_could_read(self) -> None:
        """Its text is known; it is read as a whole, and refused."""
        name = "lightspeed.CUSTOMER_EXPORT"
        here, records = synced(name)
        flow = CASE_OF[name].flow
        made = list(decide_each(flow, records, here))
        at = next(at for at, one in enumerate(made) if isinstance(one, Unchanged))
        (record,) = here.store.load(flow.link, [made[at].source])
        for text in ("{", json.dumps({**json.loads(records[at]), "entityId": 7})):
            seen = LastSeen(payload=payload_digests([text], flow.salt)[0])
            (record,) = here.store.load(flow.link, [made[at].source])
            newer = with_last_seen(record, {made[at].source.namespace: seen})
            assert here.store.save([RecordWrite(record=newer, expected=record.version)])
            assert [one.verb for one in decide_each(flow, [text], here, incremental=True)] == ["refused"]

    @pytest.mark.rule("UF-HIER-1")
    def test_the_parent_of_one_whose_counterpart_lost_its_id(self) -> None:
        """It is read after all, and its parent's id in the target is not taken for another one."""
        setup = Setup()
        family = [{"id": "1"}, {"id": "2", "parent": "1"}]
        flow = FAMILY.replace(source=evolve(FAMILY.source, read=_member))
        for _ in "abc":
            sync(flow, family, setup.world)
        there = next(row for row in setup.target.rows.values() if row["custom"]["shop_id"] == "2")
        there["custom"] = {}
        made = list(decide_each(flow, family, setup.world))
        assert [list(fields_of(one)) for one in made] == [[], ["custom.shop_id"]]

    @pytest.mark.rule("G-DUP")
    @pytest.mark.parametrize("name", ["stripe.EXPORT", "stripe.IMPORT"])
    @pytest.mark.parametrize("given", [list, again])
    def test_a_new_customer_has_no_known_record_read_as_a_whole(
        self, name: str, given: Callable[[list[str]], Any]
    ) -> None:
        """That it shares no key with them is seen of their keys alone."""
        here, records = synced(name)
        target: Any = here.target
        target.put(CASE_OF[name].theirs(710))
        known = [one for one in records if _is_known(CASE_OF[name].flow, one, here)]
        counting, whole = counted(CASE_OF[name].flow)
        new = json.dumps(CASE_OF[name].ours(710))
        made = list(decide_each(counting, given([*known, new]), here, incremental=True))
        assert {one.verb for one in made[:-1]} == {"unchanged"}
        assert made[-1].verb == "link"
        assert whole == [made[-1].source.id]

    @pytest.mark.rule("G-ISO")
    @pytest.mark.parametrize("incremental", [False, True])
    def test_one_whose_transactions_raise_is_refused_alone(self, incremental: bool) -> None:  # noqa: FBT001 - a table
        here, records = synced("stripe.IMPORT")
        flow = CASE_OF["stripe.IMPORT"].flow.replace(transactions=_raising_for("cus_Source3"))
        made = {one.source.id: one for one in decide_each(flow, records, here, incremental=incremental)}
        assert made["cus_Source2"].verb == "unchanged"
        assert [issue.code for issue in made["cus_Source3"].issues] == ["rule_raised"]

    @pytest.mark.rule("G-DUP")
    @pytest.mark.parametrize("kind", [dict, RowOfTheCallers], ids=["dict", "a mapping of the caller's"])
    def test_the_key_of_whatever_mapping_is_counted(self, kind: Callable[[Any], Any]) -> None:
        here, records = synced("stripe.IMPORT")
        case, email = CASE_OF["stripe.IMPORT"], "shared@works.example"
        new = [kind({**case.ours(number), "email": email}) for number in (902, 903)]
        made = list(decide_each(case.flow, [*records[1:4], *new], here, incremental=True))
        assert [one.verb for one in made[-2:]] == ["review", "review"]

    @pytest.mark.rule("G-DUP", "SP-IN-1")
    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("incremental", [False, True])
    def test_what_is_contested_is_the_same(
        self,
        name: str,
        incremental: bool,  # noqa: FBT001 - a table
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """However little is read of those that share no key."""
        here, records = synced(name)
        flow, case = CASE_OF[name].flow, CASE_OF[name]
        target: Any = here.target
        target.put(case.theirs(710))
        owners = [*map(json.loads, records[2:5]), case.ours(710), case.ours(801)]
        twins = [json.dumps(case.ours(900 + at) | shared(row)) for at, row in enumerate(owners)]
        twins += map(json.dumps, owners[3:])
        read = [read_quietly(flow, text, context_of(here)) for text in twins]
        later = [*changed(name, records), *twins]
        known = [one for one in records if _is_known(flow, one, here)]
        orders: Sequence[list[Any]] = (later, later[::-1], [*known, *read])
        ways = [(order, batch) for order in orders for batch in (1, 7, 500)]

        def made() -> list[Any]:
            return [
                list(decide_each(flow, again(order), here, batch=batch, incremental=incremental))
                for order, batch in ways
            ]

        little = made()
        monkeypatch.setattr(WholeInput, "glimpsed", None)
        assert little == made()

    @pytest.mark.rule("G-DUP")
    @pytest.mark.parametrize("name", NAMES)
    def test_every_key_is_found(self, name: str) -> None:
        """So is one that is made of more than its own field: a phone's country is that of the address."""
        by_phone = MatchStep(id="T-1", keys="phone", question="Has a customer this phone?", lookup="phone")
        here, records = synced(name)
        flow = CASE_OF[name].flow
        flow = flow.replace(match=(*flow.match, by_phone))
        under = run(with_prescan(flow, records, context_of(here)), here)
        under.whole.is_known = True
        customers = [read_quietly(flow, record, under) for record in records]
        taking_part = [one for one in customers if one is not None and takes_part(flow, one)]
        keys = [key for one in taking_part for key in hashed_keys(flow, one)]
        assert keys
        assert all(map(under.whole.has, keys))
        assert not under.whole.has(0)

    def test_a_prescan_that_was_taken_away(self) -> None:
        """What it had is no more: no text alone shows that nothing has changed."""
        name = "upflow.CUSTOMER_IMPORT"
        here, records = synced(name)
        flow = CASE_OF[name].flow.replace(prescan=None)
        assert flow.salt == CASE_OF[name].flow.salt
        made = list(decide_each(flow, records, here, incremental=True))
        assert not [one for one in made if one.trace and one.trace[0].rule == "G-IDEM"]

    def test_keys_are_counted_though_no_check_is_asked_again(self) -> None:
        name = "lightspeed.CUSTOMER_EXPORT"
        flow = CASE_OF[name].flow
        flow = flow.replace(checks=(*flow.checks, evolve(flow.checks[0], fails=_lacks_phone)))
        here, records = synced(name, flow)
        seen = []
        for way in (flow, unstated(flow)):
            under = run(with_prescan(way, records, context_of(here)), here)
            customers = [read_quietly(flow, record, under) for record in records]
            keys = [key for one in customers if one is not None for key in hashed_keys(flow, one)]
            counts = under.whole.seen.keys
            seen.append([(counts.has(key), counts.is_shared(key)) for key in keys])
        assert seen[0] == seen[1]
        assert {known for known, _ in seen[0]} == {True, False}

    @pytest.mark.rule("ST-TRIG")
    def test_transactions_without_a_prescan(self) -> None:
        """What posts is known of the transactions alone."""
        name = "servicetitan.CUSTOMER_SYNC"
        flow, here = customer_sync(legacy_field=""), world(name, COUNT)
        records = [standing(name, text) for text in texts(name, 9)]
        sync(flow, records, here)
        ways = [flow, flow.replace(transactions=Whole(flow.transactions))]
        first, other = (list(decide_each(way, records, here, incremental=True)) for way in ways)
        assert first == other
        posted = [one for one in first if isinstance(one, Unchanged)]
        assert posted
        assert all([part.id for part in one.transactions] == ["9"] for one in posted)


def counted(flow: Flow) -> tuple[Flow, list[str]]:
    """Return the flow, and a list of the ids that it reads as a whole."""
    whole: list[str] = []
    reader: Any = flow.source.read

    @by_table(reader.table)
    def read(payload: Any, account: str, mode: str) -> Customer:
        whole.append(str(payload["id"]))
        return reader(payload, account, mode)  # type: ignore[no-any-return]

    return flow.replace(source=evolve(flow.source, read=read)), whole


@pytest.mark.rule("UF-EXC-3")
class TestSmartRules:
    """What a smart rule reads is read too, where its conditions state it."""

    @pytest.mark.parametrize(
        ("condition", "is_stated"),
        [(Is("custom.tier", "VIP"), True), (lambda customer: customer.phone == "1", False)],
        ids=["Is", "a function"],
    )
    def test_conditions(self, condition: Callable[[Customer], bool], is_stated: bool) -> None:  # noqa: FBT001
        flow = customer_import(rules=(SmartRule(name="VIP", where=(condition,)),))
        sources = flow.prescan.sources  # type: ignore[union-attr]
        assert (sources is not None and "custom.tier" in sources) is is_stated


@pytest.mark.rule("G-ISO")
class TestReadersThatRaise:
    """A reader that raises ends its record, also where the text is known."""

    @pytest.mark.parametrize("name", WITH_PRESCAN)
    def test_each_is_refused(self, name: str) -> None:
        def fail(*_: object) -> Customer:
            raise KeyError

        here, records = synced(name)
        flow = CASE_OF[name].flow
        broken = flow.replace(source=evolve(flow.source, read=fail))
        assert broken.salt == flow.salt
        assert {one.verb for one in decide_each(broken, records, here)} == {"refused"}
