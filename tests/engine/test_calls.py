"""Asking an adapter in batches: what it answers is checked, and "not now" is come back to, a few times."""

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.engine.api import sync
from custsync.engine.calls import End, Retry, chunks, create, find, update
from custsync.engine.outcomes import Result
from custsync.engine.requests import CreateCustomers, FindCustomers, Side, UpdateCustomers, Wait
from custsync.errors import AdapterContractError, ConfigurationError
from custsync.models import Ref
from custsync.protocols import (
    Capabilities,
    CreateRequest,
    Done,
    Exists,
    Rejected,
    RetryAfter,
    Tier,
    Unknown,
    UpdateRequest,
)
from tests.environments import FLOW, Setup, answering

CAN = Capabilities(tier=Tier.C, lookups={"email": 2}, creates=2, updates=2)
CREATES = [CreateRequest(key=key, payload={}) for key in "abc"]
TO_CREATE: dict[str, dict[str, str]] = {key: {} for key in "abc"}
UPDATES = [UpdateRequest(id=key, payload={}) for key in "abc"]
A, B, C = (Ref("shop", key) for key in "abc")
PAYLOADS: dict[Ref, dict[str, str]] = {ref: {} for ref in (A, B, C)}


def asked_of(steps: Generator[Any, Any, Any], *answers: Any) -> tuple[list[Any], Any]:
    """Return what the generator asked, and what it returned, given these answers in turn."""
    asked, waiting = [], list(answers)
    try:
        request = next(steps)
        while True:
            asked.append(request)
            request = steps.send(None if isinstance(request, Wait) else waiting.pop(0))
    except StopIteration as ended:
        return asked, ended.value


def end(retry: Retry | None = None, side: Side = Side.TARGET) -> End:
    return End(side, CAN, retry=retry or Retry())


def found(values: list[str], *answers: Any, retry: Retry | None = None) -> tuple[list[Any], Any]:
    return asked_of(find(end(retry), "email", values), *answers)


class TestBatches:
    """One request per as many as the adapter takes at once, each value asked once, in order."""

    @given(st.lists(st.integers()), st.integers(-1, 9))
    def test_chunks_lose_nothing(self, items: list[int], size: int) -> None:
        parts = list(chunks(items, size))
        assert [item for part in parts for item in part] == items
        assert all(0 < len(part) <= max(size, 1) for part in parts)

    def test_find(self) -> None:
        asked, answered = found(["a", "b", "a", "c"], {"a": [], "b": [{"id": "1"}]}, {"c": ()})
        assert asked == [
            FindCustomers(Side.TARGET, "email", ("a", "b")),
            FindCustomers(Side.TARGET, "email", ("c",)),
        ]
        assert answered == {"a": [], "b": [{"id": "1"}], "c": ()}

    def test_create(self) -> None:
        done = {key: Done(key) for key in "abc"}
        asked, answered = asked_of(
            create(end(), TO_CREATE), {"a": done["a"], "b": done["b"]}, {"c": done["c"]}
        )
        assert asked == [CreateCustomers(tuple(CREATES[:2])), CreateCustomers(tuple(CREATES[2:]))]
        assert answered == done

    def test_update(self) -> None:
        done = {key: Done(key) for key in "abc"}
        asked, answered = asked_of(
            update(end(side=Side.SOURCE), PAYLOADS), {"a": done["a"], "b": done["b"]}, {"c": done["c"]}
        )
        assert asked == [
            UpdateCustomers(Side.SOURCE, tuple(UPDATES[:2])),
            UpdateCustomers(Side.SOURCE, tuple(UPDATES[2:])),
        ]
        assert answered == {A: done["a"], B: done["b"], C: done["c"]}

    def test_records_of_two_kinds_with_one_id_are_updated_one_after_the_other(self) -> None:
        contact = Ref("shop", "a", kind="contact")
        payloads: dict[Ref, dict[str, str]] = {A: {"name": "A"}, contact: {"name": "Ann"}}
        asked, answered = asked_of(update(end(), payloads), {"a": Done("a")}, {"a": Rejected("no")})
        assert [[(one.id, one.kind) for one in call.requests] for call in asked] == [
            [("a", "customer")],
            [("a", "contact")],
        ]
        assert answered == {A: Done("a"), contact: Rejected("no")}

    def test_a_look_up_that_is_not_offered_is_named(self) -> None:
        with pytest.raises(AdapterContractError, match=r"needs the look-up 'phone'.*offers \['email'\]"):
            asked_of(find(end(), "phone", ["a"]))


@pytest.mark.rule("G-DUP")
class TestComingBack:
    """Retry-After is honoured, only what was put off is asked again, and the attempts are bounded."""

    def test_only_what_was_put_off_is_asked_again(self) -> None:
        asked, answered = found(["a", "b"], {"a": [], "b": RetryAfter(7)}, {"b": [{"id": "1"}]})
        assert asked == [
            FindCustomers(Side.TARGET, "email", ("a", "b")),
            Wait(7, 0.5),
            FindCustomers(Side.TARGET, "email", ("b",)),
        ]
        assert answered == {"a": [], "b": [{"id": "1"}]}

    def test_the_longest_of_several_is_waited_for(self) -> None:
        asked, _ = found(["a", "b"], {"a": RetryAfter(9), "b": RetryAfter(3)}, {"a": [], "b": []})
        assert asked[1] == Wait(9, 0.5)

    def test_attempts_are_bounded_and_the_last_word_is_kept(self) -> None:
        later = {"a": RetryAfter()}
        asked, answered = found(["a"], later, later, later, retry=Retry(attempts=3))
        assert [type(request) for request in asked] == [
            FindCustomers,
            Wait,
            FindCustomers,
            Wait,
            FindCustomers,
        ]
        assert answered == later

    def test_one_attempt_never_waits(self) -> None:
        asked, _ = found(["a"], {"a": RetryAfter(5)}, retry=Retry(attempts=1))
        assert len(asked) == 1

    @pytest.mark.parametrize("attempts", [0, -1])
    def test_less_than_one_attempt_is_refused(self, attempts: int) -> None:
        with pytest.raises(ConfigurationError, match="at least one attempt"):
            Retry(attempts=attempts)

    @given(st.integers(1, 40), st.floats(0, 1e6), st.floats(0.1, 10), st.floats(0.1, 100))
    def test_never_earlier_than_told(self, attempt: int, asked: float, first: float, longest: float) -> None:
        wait = Retry(first=first, longest=longest).wait(attempt, asked)
        assert wait.seconds >= asked
        assert 0 <= wait.spread <= longest / 2
        assert wait.seconds in (asked, min(first * 2 ** (attempt - 1), longest))

    @pytest.mark.parametrize(("attempt", "seconds"), [(1, 1), (2, 2), (3, 4), (7, 60), (30, 60)])
    def test_its_own_wait_doubles_up_to_the_longest(self, attempt: int, seconds: float) -> None:
        assert Retry().wait(attempt, 0.0) == Wait(seconds, seconds / 2)

    def test_the_world_s_clock_shows_it(self) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann")
        setup.target.then("create", answering(RetryAfter(30)))
        assert sync(FLOW, setup.source.payloads(), setup.world).wrote == 1
        assert setup.clock.slept == [30]


FINDS: list[Any] = [
    pytest.param(None, "a mapping was expected, got NoneType", id="nothing"),
    pytest.param([[]], "a mapping was expected, got list", id="a list"),
    pytest.param({}, "of 1 asked 1 have no answer.*, and 0 answers were not asked for", id="too few"),
    pytest.param({"a": [], "b": []}, "0 have no answer, and 1 answers were not asked", id="too many"),
    pytest.param({"b": []}, "1 have no answer.*, and 1 answers were not asked for", id="foreign"),
    pytest.param({"a": None}, "must answer with a list of records", id="null for a list"),
    pytest.param({"a": {}}, "must answer with a list of records", id="a record for a list"),
    pytest.param({"a": ""}, "must answer with a list of records", id="an empty text"),
    pytest.param({"a": "text"}, "must answer with a list of records", id="a text"),
    pytest.param({"a": ["cus_1"]}, "must answer with a list of records", id="ids for records"),
    pytest.param({"a": Done("1")}, "must answer with a list of records", id="a write's answer"),
    pytest.param({"a": Rejected(404)}, "Rejected: the code must be a text", id="a number for a code"),  # type: ignore[arg-type]
    pytest.param({"a": RetryAfter(float("nan"))}, "must be a finite number", id="no number"),
    pytest.param({"a": RetryAfter(float("inf"))}, "must be a finite number", id="for ever"),
    pytest.param({"a": RetryAfter("3")}, "must be a finite number", id="a text for seconds"),  # type: ignore[arg-type]
]
WRITES: list[Any] = [
    *FINDS[:5],
    pytest.param({}, r"no answer \(a first\)", id="the first that has none"),
    pytest.param({"a": None}, "a: not one of the answers: NoneType", id="null"),
    pytest.param({"a": []}, "not one of the answers: list", id="a find's answer"),
    pytest.param({"a": Done("")}, "must name the record's id, as text", id="no id"),
    pytest.param({"a": Done(" ")}, "must name the record's id, as text", id="a blank id"),
    pytest.param({"a": Done("a\n")}, "must name the record's id, as text", id="an id of two lines"),
    pytest.param({"a": Done("a", [{}])}, "a record was expected", id="a list for a record"),  # type: ignore[arg-type]
    pytest.param({"a": Done(7)}, "must name the record's id, as text", id="a number for an id"),  # type: ignore[arg-type]
    FINDS[-1],
    pytest.param({"a": Rejected(404)}, "Rejected: the code must be a text", id="a number for a code"),  # type: ignore[arg-type]
    pytest.param({"a": Rejected("x", ["email"])}, "the field must be a text", id="a list for a field"),  # type: ignore[arg-type]
    pytest.param({"a": Unknown(TimeoutError())}, "the reason must be a text", id="an exception"),  # type: ignore[arg-type]
    pytest.param({"a": Exists(7)}, "Exists: the id must be a text", id="a number for the taker"),  # type: ignore[arg-type]
]


@pytest.mark.rule("G-ISO", "G-DUP")
class TestPatience:
    """A system that asks for more time than the caller has is not waited for."""

    @pytest.mark.parametrize(("seconds", "waits"), [(300, 1), (301, 0), (1e9, 0)])
    def test_asked(self, seconds: float, waits: int) -> None:
        setup = Setup()
        setup.source.put("1")
        setup.target.then("create", answering(RetryAfter(seconds)))
        report = sync(FLOW, setup.source.payloads(), setup.world)
        assert len(setup.clock.slept) == waits
        assert report.counts == {Result.CREATED if waits else Result.FAILED: 1}


class TestContract:
    """An answer that breaks the contract names the method that gave it."""

    @pytest.mark.parametrize(("answer", "text"), FINDS)
    def test_find(self, answer: Any, text: str) -> None:
        with pytest.raises(AdapterContractError, match=text) as caught:
            found(["a"], answer)
        assert caught.value.method == "find"
        assert "(a" not in str(caught.value)  # an email, say

    @pytest.mark.parametrize("seconds", [float("nan"), float("inf"), "3"])
    @pytest.mark.parametrize("attempts", [1, 3])
    def test_the_seconds_of_the_last_attempt(self, attempts: int, seconds: Any) -> None:
        answers = [{"a": RetryAfter(1)}] * (attempts - 1)
        with pytest.raises(AdapterContractError, match="must be a finite number"):
            found(["a"], *answers, {"a": RetryAfter(seconds)}, retry=Retry(attempts=attempts))

    @pytest.mark.parametrize(("answer", "text"), WRITES)
    def test_create(self, answer: Any, text: str) -> None:
        with pytest.raises(AdapterContractError, match=text) as caught:
            asked_of(create(end(), {"a": {}}), answer)
        assert caught.value.method == "create"

    @pytest.mark.parametrize(
        ("answer", "text"),
        [*WRITES, pytest.param({"a": Done("b")}, "must name the record asked for", id="another record")],
    )
    def test_update(self, answer: Any, text: str) -> None:
        with pytest.raises(AdapterContractError, match=text) as caught:
            asked_of(update(end(), {A: {}}), answer)
        assert caught.value.method == "update"

    @pytest.mark.parametrize(
        "answer", [Rejected("c"), RetryAfter(), Unknown(), Exists(), Exists("1")], ids=repr
    )
    def test_every_answer_of_the_closed_set_is_taken(self, answer: Any) -> None:
        once = Retry(attempts=1)
        assert asked_of(create(end(once), {"a": {}}), {"a": answer})[1] == {"a": answer}
        assert asked_of(update(end(once), {A: {}}), {"a": answer})[1] == {A: answer}
        if not isinstance(answer, Exists):
            assert found(["a"], {"a": answer}, retry=once)[1] == {"a": answer}


def test_a_request_is_printed_without_the_values_that_are_looked_for() -> None:
    assert repr(FindCustomers(Side.TARGET, "email", ("canary@x.example",))) == (
        "FindCustomers(side=Side.TARGET, by='email')"
    )
