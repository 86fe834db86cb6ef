"""A function of the caller's that fails: which one, what, in which file and line, and its traceback."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import plan, plan_async, sync
from custsync.errors import AdapterError, AuthenticationError, ConfigurationError, FlowError, StoreError
from custsync.flow import Flow
from custsync.models import Issue
from custsync.rules.eligibility import Check
from custsync.rules.fields.mapping import FieldMapping
from custsync.rules.matching.rule import Key
from tests.environments import FLOW, Party, Setup

SECRET = "Rosa Okafor"
RECORD = {"id": "1", "name": SECRET, "email": "rosa@okafor.example"}
SAID = Issue(code="small", rule="LS-KEY-1", field="name", reason="too small", remedy="Grow")
STEP = FLOW.match[-1]


def failing(*_: Any) -> Any:
    raise KeyError(SECRET)


def misconfigured(*_: Any) -> Any:
    raise ConfigurationError("no such plan of charges")


def line_of(function: Callable[..., Any]) -> int:
    return function.__code__.co_firstlineno + 1


def with_row(compute: Callable[..., Any]) -> Flow:
    return FLOW.with_field(FieldMapping(target="phone", sources=("name",), rule="SP-NAME", compute=compute))


def with_step(**changes: Any) -> Flow:
    return FLOW.replace(match=(*FLOW.match[:-1], evolve(STEP, **changes)))


def with_reader(read: Callable[..., Any]) -> Flow:
    return FLOW.replace(source=evolve(FLOW.source, read=read))


RAISING = {
    "field mapping": (with_row(failing), "the field mapping 'phone' [SP-NAME]"),
    "key": (with_step(keys=Key("email", kind=failing)), f"the key of match step {STEP.lookup!r} [{STEP.id}]"),
    "check": (FLOW.replace(checks=(Check(fails=failing, issue=SAID),)), "the check 'small' [LS-KEY-1]"),
    "refusing check": (
        FLOW.replace(checks=(Check(fails=failing, issue=SAID, outcome="invalid"),)),
        "the check 'small' [LS-KEY-1]",
    ),
    "reader": (with_reader(failing), "the reader of shop"),
}
UNREAD = FLOW.replace(target=evolve(FLOW.target, read=failing))


@pytest.mark.rule("G-ISO")
class TestRaising:
    """The row or step, its rule, the file and the line are named; what the exception says is not."""

    @pytest.mark.parametrize(("flow", "place"), RAISING.values(), ids=RAISING)
    def test_what_and_where(self, flow: Flow, place: str) -> None:
        (decision,) = plan(flow, [RECORD], Setup().world)
        (issue,) = decision.issues
        assert issue.code == "rule_raised"
        assert issue.reason == f"{place} raised KeyError (test_raised.py, line {line_of(failing)})"
        assert SECRET not in str(issue)

    @pytest.mark.parametrize(("flow", "place"), RAISING.values(), ids=RAISING)
    def test_the_traceback_on_request(self, flow: Flow, place: str) -> None:
        with pytest.raises(FlowError) as raised:
            plan(flow, [RECORD], evolve(Setup().world, debug=True))
        assert str(raised.value).startswith(place)
        assert isinstance(raised.value.__cause__, KeyError)

    def test_the_traceback_on_request_when_awaited(self) -> None:
        with pytest.raises(FlowError, match="the field mapping 'phone'"):
            asyncio.run(plan_async(with_row(failing), [RECORD], evolve(Setup().async_world, debug=True)))

    def test_the_reader_of_the_target(self) -> None:
        setup = Setup()
        setup.target.put("b1", name="Rosa", email="rosa@okafor.example")
        (decision,) = plan(UNREAD, [RECORD], setup.world)
        assert decision.issues[0].reason.startswith("the reader of books raised KeyError (test_raised.py")

    @pytest.mark.parametrize(
        "flow",
        [
            with_row(misconfigured),
            with_step(keys=Key("email", kind=misconfigured)),
            with_step(accept_hit=misconfigured),
        ],
        ids=["field mapping", "key", "accept_hit"],
    )
    def test_an_error_of_ours_ends_the_run(self, flow: Flow) -> None:
        setup = Setup()
        setup.target.put("b1", name="Rosa", email="rosa@okafor.example")
        with pytest.raises(ConfigurationError, match="no such plan of charges"):
            plan(flow, [RECORD], setup.world)

    def test_the_next_run_is_as_it_was(self) -> None:
        with pytest.raises(FlowError):
            plan(with_row(failing), [RECORD], evolve(Setup().world, debug=True))
        assert plan(with_row(failing), [RECORD], Setup().world).counts == {"refused": 1}


@pytest.mark.rule("G-ISO")
class TestReturning:
    """What a function must not return is named with its kind."""

    @pytest.mark.parametrize("value", [7, 0.5, ["a"], {"a": 1}, b"a"], ids=repr)
    def test_a_row(self, value: Any) -> None:
        (decision,) = plan(with_row(lambda *_: value), [RECORD], Setup().world)
        (issue,) = decision.issues
        kind = type(value).__name__
        assert issue.reason == f"the field mapping 'phone' [SP-NAME] returned {kind}, no value of that field"

    def test_a_key(self) -> None:
        number: Any = lambda _: 7  # noqa: E731 - no key
        (decision,) = plan(with_step(keys=Key("email", kind=number)), [RECORD], Setup().world)
        (issue,) = decision.issues
        assert issue.reason.endswith(f"[{STEP.id}] returned int, not text or None")

    @pytest.mark.parametrize(
        ("accept", "words"),
        [(lambda *_: 7, "returned int, not an Issue or None"), (failing, "raised KeyError")],
    )
    def test_what_is_said_of_a_hit(self, accept: Any, words: str) -> None:
        setup = Setup()
        setup.target.put("b1", name="Rosa", email="rosa@okafor.example")
        (decision,) = plan(with_step(accept_hit=accept), [RECORD], setup.world)
        assert f"`accept_hit` of match step {STEP.lookup!r} [{STEP.id}] {words}" in decision.issues[0].reason


class TestStores:
    """A store that raises ends the run; with its traceback on request."""

    @pytest.mark.parametrize("debug", [False, True])
    def test_where(self, monkeypatch: pytest.MonkeyPatch, debug: bool) -> None:  # noqa: FBT001 - a table
        setup = Setup()
        monkeypatch.setattr(type(setup.store), "load", failing)
        with pytest.raises(StoreError, match=r"raised KeyError \(test_raised.py, line ") as raised:
            plan(FLOW, [RECORD], evolve(setup.world, debug=debug))
        assert isinstance(raised.value.__cause__, KeyError) is debug


class Failing(Party):
    """A system that cannot be asked."""

    find = failing  # type: ignore[assignment]


class TestAdapters:
    """An adapter that raises: the request, what, and where; the traceback on request."""

    def test_where(self, caplog: pytest.LogCaptureFixture) -> None:
        setup = Setup(target=Failing())
        (outcome,) = sync(FLOW, [RECORD], setup.world).attention
        assert f"KeyError (test_raised.py, line {line_of(failing)})" in str(outcome)
        assert f"KeyError (test_raised.py, line {line_of(failing)})" in caplog.text
        assert SECRET not in str(outcome) + caplog.text

    def test_the_traceback_on_request(self) -> None:
        setup = Setup(target=Failing())
        with pytest.raises(AdapterError, match="FindCustomers: the adapter raised KeyError") as raised:
            sync(FLOW, [RECORD], evolve(setup.world, debug=True))
        assert isinstance(raised.value.__cause__, KeyError)


def denied(_party: Party, _asked: Any) -> Any:
    raise AuthenticationError("invalid_api_key")


@pytest.mark.rule("G-ISO", "G-DUP")
class TestCredentials:
    """Credentials that are refused end the run, with the code; the next run goes on, and doubles nothing."""

    def test_on_the_reading_side(self) -> None:
        setup = Setup()
        setup.target.then("find", denied)
        with pytest.raises(AuthenticationError, match="invalid_api_key"):
            plan(FLOW, [RECORD], setup.world)

    @pytest.mark.parametrize("method", ["create", "update"])
    def test_on_the_applying_side(self, method: str) -> None:
        setup = Setup()
        if method == "update":
            setup.target.put("b1", email=RECORD["email"], name="Before")
        setup.target.then(method, denied)
        with pytest.raises(AuthenticationError, match="invalid_api_key"):
            sync(FLOW, [RECORD], setup.world)
        assert [record.source.id for record in setup.records()] == ["1"]
        sync(FLOW, [RECORD], setup.world)
        assert [row["name"] for row in setup.target.payloads()] == [SECRET]

    def test_async(self) -> None:
        setup = Setup()
        setup.target.then("find", denied)
        with pytest.raises(AuthenticationError):
            asyncio.run(plan_async(FLOW, [RECORD], setup.async_world))
