"""Incremental runs: what is passed over, and that nothing is passed over in silence where it cannot be."""

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest

from custsync.engine.api import decide_each, plan, sync
from custsync.engine.environment import Environment
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.flows.stripe import IMPORT
from custsync.models import Customer, Ref
from custsync.rules.fields.mapping import MappedValue
from custsync.stores.memory import MemoryStore
from custsync.testing.fakes.netsuite import FakeNetSuite
from tests.engine.parted import CASE_OF, texts, world
from tests.environments import FLOW, Setup

ANN = Customer(ref=Ref("shop", "1"), name="Ann")


class Kept:
    """A prescan that does not state what it reads."""

    sets: tuple[str, ...] = ()

    def __call__(self, _: Iterable[Customer]) -> Callable[[Customer], MappedValue]:
        return lambda customer: MappedValue(value=customer)


PRESCANNED: Final = FLOW.replace(prescan=Kept())


@pytest.mark.rule("G-IDEM")
class TestWhereItCannotWork:
    """Customers that were read already have no text by which they are known: that is said, once in a run."""

    @pytest.mark.parametrize("flow", [FLOW, PRESCANNED], ids=["no prescan", "a prescan"])
    def test_it_says_so_once(self, flow: Flow, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING, "custsync"):
            list(decide_each(flow, [ANN, ANN, ANN], Setup().world, incremental=True, batch=1))
        assert [record.message.partition(",")[0] for record in caplog.records] == [
            "shop.EXPORT: incremental passes nothing over"
        ]

    @pytest.mark.parametrize(
        ("customers", "incremental"),
        [
            pytest.param([ANN], False, id="customers, not incremental"),
            pytest.param([{"id": "1"}], True, id="payloads"),
            pytest.param(['{"id": "1"}'], True, id="texts"),
            pytest.param([ANN, {"id": "2"}], True, id="both"),
            pytest.param([], True, id="none"),
        ],
    )
    @pytest.mark.parametrize("flow", [FLOW, PRESCANNED], ids=["no prescan", "a prescan"])
    def test_elsewhere_nothing_is_said(
        self,
        flow: Flow,
        customers: Any,
        incremental: bool,  # noqa: FBT001 - a table
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with caplog.at_level(logging.WARNING, "custsync"):
            list(decide_each(flow, customers, Setup().world, incremental=incremental))
        assert caplog.records == []


class TestTheArgument:
    """It is True or False; what merely counts as true is refused before anybody is asked."""

    @pytest.mark.parametrize("incremental", ["yes", "", 1, None])
    @pytest.mark.parametrize("call", [decide_each, plan, sync])
    def test_another_kind_is_refused(self, call: Any, incremental: Any) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann")
        with pytest.raises(InputError, match="incremental: True or False"):
            call(FLOW, setup.source.payloads(), setup.world, incremental=incremental)
        assert setup.target.calls == []


@pytest.mark.rule("G-IDEM")
class TestEveryFlow:
    """Texts that were synced are passed over without a look at the target, with a prescan too."""

    @pytest.mark.parametrize("name", CASE_OF)
    def test_what_is_unchanged_is_known_by_its_text(self, name: str) -> None:
        flow, here = CASE_OF[name].flow, world(name, 10, known=True)
        source: Any = here.source
        records = texts(name, 10)
        for _ in "abc":
            sync(flow, records, here)
            rows = {str(row[source.id_key]): json.dumps(row) for row in source.rows}
            records = list(rows.values()) if flow.write_back else records
        linked = [one.source for one in decide_each(flow, records, here) if one.verb == "unchanged"]
        made = {one.source: one for one in decide_each(flow, records, here, incremental=True)}
        known = [one for one in linked if made[one].trace and made[one].trace[0].rule == "G-IDEM"]
        assert known == linked
        assert known or flow.transactions  # of customers that stand on no transaction

    @pytest.mark.parametrize("live", [True, False])
    def test_a_source_whose_mode_only_its_payloads_say(self, live: bool) -> None:  # noqa: FBT001 - a table
        text = json.dumps({"id": "cus_1", "name": "A", "email": "a@b.example", "livemode": live})
        netsuite = FakeNetSuite()
        here = Environment(target=netsuite, store=MemoryStore())
        for _ in "ab":
            sync(IMPORT, [text], here)
        (made,) = decide_each(IMPORT, [text], here, incremental=True)
        assert (made.verb, made.source.mode) == ("unchanged", "live" if live else "test")
        assert [step.rule for step in made.trace] == ["G-IDEM"]
