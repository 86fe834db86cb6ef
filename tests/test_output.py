"""No control character, line break or direction mark of foreign origin leaves through what custsync says."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from custsync import Environment, apply, plan
from custsync.activity_log import ActivityLog, TextLines
from custsync.cli.main import main
from custsync.errors import CustsyncError
from custsync.flows import lightspeed, stripe
from custsync.models import Address, Contact, Customer, Issue, Ref
from custsync.protocols import Rejected, Unknown
from custsync.stores.memory import MemoryStore
from custsync.systems.netsuite import REST
from custsync.systems.stripe import STRIPE
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe

HOSTILE = "ev\x1b[2Jil\n\u202e\u2028x\x07\r\x9b"
RECORDS: tuple[dict[str, Any], ...] = (
    {"id": HOSTILE, "companyName": "Bright Joinery", "email": "a@b.example"},
    {"id": "1", "isPerson": HOSTILE, "companyName": HOSTILE, "email": HOSTILE, HOSTILE: HOSTILE},
    {"id": "2", "companyName": HOSTILE, f"custentity_{HOSTILE}": HOSTILE, "currency": {"refName": HOSTILE}},
    {"id": "3", "companyName": "Lund Mills", "defaultAddress": HOSTILE, "subsidiary": {"id": HOSTILE}},
    {"id": "4", "companyName": "Lund Mills", "parent": {"id": HOSTILE}, "dateCreated": HOSTILE},
)


def steering(text: str) -> list[str]:
    """Return the characters that steer a terminal or a page; a line break of our own is none."""
    assert "il\n\u202e" not in text
    return [sign for sign in text if not (sign.isprintable() or sign == "\n")]


class Odd(FakeStripe):
    """A target whose answers are hostile."""

    def __init__(self, clock: VirtualClock, answer: Callable[[], Any]) -> None:
        super().__init__(clock)
        self.answer = answer

    def create(self, requests: Any) -> Any:
        return [self.answer() for _ in requests]


class OddShop(Odd):
    """The same for another flow."""

    system = "lightspeed"


def refused() -> Any:
    return Rejected(code=HOSTILE, field=HOSTILE)


def unclear() -> Any:
    return Unknown(HOSTILE)


def failing() -> Any:
    raise type(HOSTILE, (RuntimeError,), {})(HOSTILE)


def odd() -> Any:
    return HOSTILE


def values() -> Iterator[object]:
    """Yield values of the models that hold nothing but hostile text."""
    ref = Ref(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    yield ref
    yield Issue(code=HOSTILE, rule=HOSTILE, field=HOSTILE, reason=HOSTILE, remedy=HOSTILE, shape=HOSTILE)
    yield Customer(ref=ref, company_name=HOSTILE, custom={HOSTILE: HOSTILE}, extra={HOSTILE: HOSTILE})
    yield Address(line1=HOSTILE, country=HOSTILE)
    yield Contact(email=HOSTILE, role=HOSTILE)


def said(value: Any) -> Iterator[str]:
    """Yield all that a value says of itself."""
    yield str(value)
    yield repr(value)
    if hasattr(value, "_repr_html_"):
        yield value._repr_html_() or ""


class TestModels:
    """Values of the models."""

    @pytest.mark.parametrize("value", [pytest.param(one, id=type(one).__name__) for one in values()])
    def test_what_they_say(self, value: object) -> None:
        for text in said(value):
            assert steering(text) == []


class TestRuns:
    """Plans, decisions, explanations, outcomes, reports and logs of a run."""

    @pytest.mark.parametrize(
        ("flow", "target"),
        [(stripe.EXPORT, Odd), (lightspeed.CUSTOMER_EXPORT, OddShop)],
        ids=["stripe", "lightspeed"],
    )
    @pytest.mark.parametrize("answer", [refused, unclear, failing, odd])
    def test_what_is_said(self, flow: Any, target: type[Odd], answer: Callable[[], Any]) -> None:
        clock = VirtualClock()
        log = StringIO()
        source, store = FakeNetSuite(clock), MemoryStore()
        world = Environment(
            target=target(clock, answer), source=source, store=store, clock=clock, sleep=clock.sleep
        )
        planned = plan(flow, RECORDS, world)
        explained = [planned.explain(one.source) for one in planned]
        report = apply(
            flow, planned, world, observe=ActivityLog(keep=TextLines(log), clock=clock, flow=HOSTILE)
        )
        for value in [planned, *planned, *explained, report, *report.attention, log.getvalue()]:
            for text in [value] if isinstance(value, str) else said(value):
                assert steering(text) == []


class TestErrors:
    """Messages of exceptions."""

    @pytest.mark.parametrize("read", [REST.read, STRIPE.read])
    @pytest.mark.parametrize("record", RECORDS)
    def test_of_readers(self, read: Callable[[Any], Any], record: dict[str, Any]) -> None:
        with pytest.raises(CustsyncError) as caught:
            read(record | {"object": HOSTILE, "isInactive": HOSTILE, "address": HOSTILE, HOSTILE: object()})
        assert steering(str(caught.value)) == []


class TestCommandLine:
    """What the command prints."""

    def test_of_files(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "netsuite.jsonl").write_text("".join(json.dumps(row) + "\n" for row in RECORDS))
        (tmp_path / "stripe.jsonl").write_text(json.dumps({"id": HOSTILE, "object": "customer"}) + "\n")
        ends = [f"--source={tmp_path}/netsuite.jsonl", f"--target={tmp_path}/stripe.jsonl"]
        main(["plan", "--flow=stripe.EXPORT", *ends, f"--records={tmp_path}/links.db"])
        main(["sync", "--flow=stripe.EXPORT", *ends, f"--records={tmp_path}/links.db"])
        main(["duplicates", f"{tmp_path}/netsuite.jsonl", "--fields", "companyName"])
        printed = capsys.readouterr()
        assert steering(printed.out + printed.err) == []
