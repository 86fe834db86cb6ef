"""What holds of every plan of every flow, whatever the customers: repeated, shuffled, poisoned, applied.

And of whatever comes in, as in `test_hostile_input`, which is played each time for Stripe's flows.
"""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from custsync.engine.api import apply, decide_each, plan, sync
from custsync.engine.decisions import Decision, Invalid
from custsync.engine.manual import exclude_manually, link_manually, record_target_merge, unlink_manually
from custsync.engine.outcomes import Result
from custsync.engine.plans import Plan
from custsync.errors import CustsyncError
from custsync.flows import lago, lightspeed, servicetitan, stripe, upflow
from custsync.flows.servicetitan import join_transactions
from custsync.rules.matching.rule import OnMultiple
from tests.proofs.environments import SCOPE, Scope
from tests.proofs.integrations import SIX, UPFLOW_API, Pair, Pairing, empty
from tests.proofs.payloads import customers_of, worlds
from tests.strategies import json_values

PLAYED = (*SIX, *([UPFLOW_API] if SCOPE >= Scope.PAIRS else []))
EACH = pytest.mark.parametrize("setting", PLAYED, ids=lambda setting: setting.name)
SLOW = settings(
    max_examples={Scope.FEW: 5, Scope.CORE: 8, Scope.PAIRS: 50, Scope.LARGE: 500}[SCOPE],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def shown(decisions: Sequence[Decision]) -> list[str]:
    return sorted(map(repr, decisions))


def planned(pair: Pairing, rows: Sequence[Any] | None = None, **how: Any) -> Plan:
    return plan(pair.flow, pair.payloads() if rows is None else rows, pair.world(), **how)


@pytest.mark.rule("G-IDEM")
class TestAPlan:
    """A plan is a function of what it was made from."""

    @EACH
    @SLOW
    @given(data=st.data())
    def test_made_twice_is_the_same(self, setting: Pair, data: st.DataObject) -> None:
        pair = data.draw(worlds(setting))
        assert planned(pair) == planned(pair)

    @EACH
    @SLOW
    @given(data=st.data())
    def test_does_not_depend_on_the_order_or_the_batches(self, setting: Pair, data: st.DataObject) -> None:
        pair = data.draw(worlds(setting))
        shuffled = data.draw(st.permutations(pair.payloads()))
        assert shown(planned(pair).decisions) == shown(planned(pair, shuffled, batch=2).decisions)

    @EACH
    @SLOW
    @given(data=st.data())
    def test_has_one_decision_and_one_outcome_for_each_record(
        self, setting: Pair, data: st.DataObject
    ) -> None:
        pair = data.draw(worlds(setting))
        rows: list[Any] = [*pair.payloads(), *data.draw(st.lists(json_values(), max_size=4))]
        made = planned(pair, rows)
        assert len(made) == len(rows)
        assert apply(pair.flow, made, pair.world()).total == len(rows)
        assert sync(pair.flow, rows, pair.world()).total == len(rows)

    @EACH
    @SLOW
    @given(data=st.data())
    def test_that_was_applied_twice_leaves_nothing_to_write(self, setting: Pair, data: st.DataObject) -> None:
        """Once for those that stand alone; those whose parents were created with them need a second round."""
        pair = data.draw(worlds(setting))
        for _ in range(2):
            apply(pair.flow, planned(pair), pair.world())
        before = len(pair.source.writes), len(pair.target.writes)
        failed = apply(pair.flow, planned(pair), pair.world()).counts.get(Result.FAILED, 0)
        assert failed or (len(pair.source.writes), len(pair.target.writes)) == before

    @EACH
    @SLOW
    @given(data=st.data())
    def test_a_sync_leaves_nothing_to_write(self, setting: Pair, data: st.DataObject) -> None:
        pair = data.draw(worlds(setting))
        pair.sync()
        before = len(pair.source.writes), len(pair.target.writes)
        pair.sync()
        assert (len(pair.source.writes), len(pair.target.writes)) == before

    @EACH
    @SLOW
    @given(data=st.data())
    def test_goes_to_json_and_back(self, setting: Pair, data: st.DataObject) -> None:
        made = planned(data.draw(worlds(setting)))
        assert Plan.from_lines(made.to_lines()) == made
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own


@pytest.mark.rule("G-ISO")
class TestAPoisonRecord:
    """A record that cannot be read fails alone: the plan of the others is what it is without it."""

    @EACH
    @SLOW
    @given(data=st.data())
    def test_leaves_the_others_alone(self, setting: Pair, data: st.DataObject) -> None:
        pair = data.draw(worlds(setting))
        rows: list[Any] = pair.payloads()
        key = pair.source.id_key
        poison: Any = data.draw(st.sampled_from([{}, [], None, 7, {key: {"id": 1}}, "{", b"\xff", {key: []}]))
        place = data.draw(st.integers(0, len(rows)))
        made = planned(pair, [*rows[:place], poison, *rows[place:]])
        assert isinstance(made.decisions[place], Invalid)
        assert [*made.decisions[:place], *made.decisions[place + 1 :]] == list(planned(pair).decisions)

    @EACH
    def test_in_a_hundred(self, setting: Pair) -> None:
        pair = empty(setting)
        good: list[Any] = [_row(setting, number) for number in range(1, 100)]
        if setting.name == "servicetitan":
            for row in good:
                pair.invoice(str(row["id"]))
            good = join_transactions(good, pair.invoiced)
        mixed = [
            *good[:50],
            {pair.source.id_key: "50", "name": [50], "companyName": {}, "address": 7},
            *good[50:],
        ]
        made = planned(pair, mixed).decisions
        assert isinstance(made[50], Invalid)
        assert [*made[:50], *made[51:]] == list(planned(pair, good).decisions)


def _row(setting: Pair, number: int) -> dict[str, Any]:
    name = f"No {number}"
    if setting.name == "servicetitan":
        return {"id": number, "name": name, "type": "Commercial", "customFields": [{"name": "Legacy ID"}]}
    if setting.name == "lago":
        link = {
            "type": "netsuite",
            "integration_code": "us",
            "sync_with_provider": True,
            "subsidiary_id": "2",
        }
        return {"lago_id": f"l-{number}", "external_id": name, "name": name, "integration_customers": [link]}
    if setting.name == "stripe.IMPORT":
        return {"id": f"cus_{number}", "object": "customer", "name": name, "email": f"{number}@works.example"}
    parent = {"parent": {"id": str(number // 3)}} if number > 3 else {}
    return {"id": str(number), "entityId": f"C-{number}", "companyName": name, "balance": number, **parent}


@pytest.mark.rule("G-ISO")
class TestOnlyOurOwnExceptions:
    """Nothing but `CustsyncError` leaves a public function, for any JSON."""

    @EACH
    @SLOW
    @given(data=st.data())
    def test_the_calls_that_people_make(self, setting: Pair, data: st.DataObject) -> None:
        pair = empty(setting)
        rows = data.draw(st.lists(json_values() | self.damaged(pair), max_size=3))
        for call in (plan, sync, lambda *args: list(decide_each(*args))):
            call(pair.flow, rows, pair.world())
        made = Plan.from_lines(planned(pair, rows).to_lines())
        assert apply(pair.flow, made, pair.world()).total == len(rows)

    @EACH
    @SLOW
    @given(data=st.data())
    def test_whatever_the_target_answers(self, setting: Pair, data: st.DataObject) -> None:
        pair = data.draw(worlds(setting))
        rows = data.draw(st.lists(json_values(5) | self.counterfeit(pair), max_size=2))
        target: Any = pair.target
        target.find = lambda _by, values: dict.fromkeys(values, rows)
        with suppress(CustsyncError):
            pair.sync()

    @EACH
    @SLOW
    @given(text=st.text() | st.binary())
    def test_a_record_as_text(self, setting: Pair, text: str | bytes) -> None:
        assert len(planned(empty(setting), [text])) == 1

    @EACH
    @SLOW
    @given(data=st.data())
    def test_both_systems_read_anything(self, setting: Pair, data: st.DataObject) -> None:
        pair = empty(setting)
        record: Any = data.draw(json_values() | self.damaged(pair) | self.counterfeit(pair))
        for system in (pair.flow.source, pair.flow.target):
            with suppress(CustsyncError):
                system.read(record, "", "")
            assert isinstance(system.id_of(record), str)

    @EACH
    @SLOW
    @given(one=st.text(), other=st.text())
    def test_what_people_say_by_hand(self, setting: Pair, one: str, other: str) -> None:
        pair = empty(setting)
        for call in (link_manually, record_target_merge):
            with suppress(CustsyncError):
                call(pair.flow, one, other, pair.world())
        with suppress(CustsyncError):
            exclude_manually(pair.flow, [one, other], pair.world())
        with suppress(CustsyncError):
            unlink_manually(pair.flow, one, pair.world())

    @SLOW
    @given(rows=st.lists(json_values(8), max_size=3), contacts=st.lists(json_values(8), max_size=3))
    def test_transactions_and_contacts(self, rows: list[Any], contacts: list[Any]) -> None:
        with suppress(CustsyncError):
            join_transactions(rows, [], contacts)

    @staticmethod
    @st.composite
    def damaged(draw: st.DrawFn, pair: Pairing) -> Any:
        """Return a customer of the source of which some values are anything at all."""
        row = draw(customers_of(pair.source))
        for key in draw(st.lists(st.sampled_from(sorted(row)), max_size=3)):
            row[key] = draw(json_values(5))
        return row

    @staticmethod
    @st.composite
    def counterfeit(draw: st.DrawFn, pair: Pairing) -> Any:
        """Return what looks like a customer of the target."""
        row: dict[str, Any] = json.loads(json.dumps({pair.target.id_key: "1", **pair.target.blank()}))
        for key in draw(st.lists(st.sampled_from(sorted(row)), max_size=3)):
            row[key] = draw(json_values(5))
        return row


class TestPickles:
    """Flows travel to other processes."""

    @pytest.mark.parametrize(
        "flow",
        [
            *(setting.flow for setting in SIX),
            stripe.export_flow(several=OnMultiple.OLDEST),
            stripe.import_flow(subsidiary="2"),
            lightspeed.customer_export(address_names="joined"),
            servicetitan.customer_sync(one_world=False),
            lago.customer_sync("uk", cuts=lago.LAGO_CUTS),
            upflow.customer_import(hierarchy=False),
        ],
        ids=lambda flow: flow.name,
    )
    def test_a_flow(self, flow: Any) -> None:
        assert pickle.loads(pickle.dumps(flow)) == flow  # noqa: S301 - our own


_PLAN = """
from custsync.engine.api import plan
from tests.proofs.integrations import SIX
for setting in SIX:
    pair = setting.place()
    made = plan(pair.flow, pair.payloads(), pair.world())
    print(*made.to_lines(), made, *(made.explain(one.source) for one in made))
"""


class TestDeterminism:
    """The same input gives the same plan, to the letter, whatever the hash seed and the time zone."""

    def test_across_processes(self) -> None:
        told = {
            subprocess.run(
                [sys.executable, "-c", _PLAN],
                env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
                capture_output=True,
                check=True,
                text=True,
            ).stdout
            for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("2", "America/New_York"), ("3", "UTC"))
        }
        assert len(told) == 1
