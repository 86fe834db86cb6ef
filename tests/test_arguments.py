"""Whatever a public function or class is given, what leaves it is an exception of our own."""

import enum
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import wraps
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from custsync import Environment, plan
from custsync._arguments import checked, unchecked
from custsync.display import registry
from custsync.engine.plans import Plan
from custsync.errors import CustsyncError, InputError
from custsync.flow import Flow
from custsync.flows import stripe
from custsync.models import Address, Contact, Customer, Ref
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.stripe import FakeStripe
from tests.public_api.catalogue import MODULES, names_of

HOSTILE: tuple[Any, ...] = (
    *(None, 5, float("nan"), "x", "\ud800", b"x", object(), print, type),
    *([], [5], {5: object()}, {"x": "y"}, [None], [Address()]),
)
REF = Ref(system="netsuite", kind="customer", id="2041")


def world() -> Environment:
    return Environment(target=FakeStripe(VirtualClock()), store=MemoryStore())


def sample(hint: Any) -> Any:
    """Return a right value of a kind, where one is easily made."""
    flow = stripe.EXPORT
    made = {
        str: "x",
        int: 1,
        bool: True,
        float: 1.0,
        Decimal: Decimal(1),
        datetime: datetime(2026, 1, 1, tzinfo=UTC),
        Ref: REF,
        Customer: Customer(ref=REF),
        Address: Address(),
        Contact: Contact(),
        Flow: flow,
        Environment: world(),
        Plan: plan(flow, [], world()),
    }
    of = get_origin(hint) or hint
    if of in (Union, UnionType):
        return sample(get_args(hint)[0])
    if of in made:
        return made[of]
    if isinstance(of, type) and issubclass(of, enum.Enum):
        return next(iter(of))
    if (isinstance(of, type) and issubclass(of, dict)) or "Mapping" in str(of):
        return {}
    return () if "Iterable" in str(of) or "Sequence" in str(of) or of is tuple else None


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield each public function and class that is called with arguments; a fake is no part of a sync."""
    seen = set()
    for module in MODULES:
        if module.startswith("custsync.testing.fakes"):
            continue
        for name, value in names_of(module):
            makes = inspect.isclass(value) and not (
                issubclass(value, BaseException | enum.Enum | dict) or getattr(value, "_is_protocol", False)
            )
            if (makes or inspect.isfunction(value)) and value not in seen:
                seen.add(value)
                yield f"{module}.{name}", value


def calls(call: Callable[..., Any], value: Any) -> Iterator[dict[str, Any]]:
    """Yield arguments: the value for all of them, and for one of them beside right ones."""
    parameters = [
        one
        for one in inspect.signature(call).parameters.values()
        if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)
    ]
    needed = [one.name for one in parameters if one.default is one.empty]
    yield dict.fromkeys(needed, value)
    hints = get_type_hints(call.__init__ if inspect.isclass(call) else call)
    right = {name: sample(hints.get(name)) for name in needed}
    for one in parameters:
        yield {**dict.fromkeys(needed, value), one.name: value}
        yield {**right, one.name: value}


def carried_out(call: Callable[..., Any], arguments: dict[str, Any]) -> None:
    positional = [
        arguments.pop(name)
        for name, one in inspect.signature(call).parameters.items()
        if one.kind is one.POSITIONAL_ONLY and name in arguments
    ]
    made = call(*positional, **arguments)
    if inspect.isgenerator(made):
        for _ in made:
            pass
    elif inspect.iscoroutine(made) or isinstance(made, SqliteStore):
        made.close()


class TestChecked:
    """A wrong argument is looked for once a call has failed, and named."""

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"count": "x"}, "count: int is needed, not a value of type str"),
            ({"names": "ab"}, "names: Sequence[str] is needed, not a value of type str"),
            ({"names": ["a", 5]}, "names: Sequence[str] is needed, not a value of type list of int, str"),
            ({"ages": {"a": "5"}}, "ages: Mapping[str, float] is needed, not a value of type dict"),
            ({"pair": (1, 2, 3)}, "pair: tuple[int, int] is needed, not a value of type tuple of int"),
            ({"pair": (1, "x")}, "pair: tuple[int, int] is needed, not a value of type tuple of int, str"),
            ({"how": "other"}, "how: Optional[Literal['a', 'b']] is needed, not a value of type str"),
            ({"how": str}, "how: Optional[Literal['a', 'b']] is needed, not the class str"),
        ],
    )
    def test_refused(self, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError) as caught:
            failing(**arguments)
        assert str(caught.value) == f"failing: {message}"

    @pytest.mark.parametrize(
        "arguments",
        [
            {},
            {"count": True},
            {"names": ["a"], "ages": {"a": 5}, "pair": (1, 2), "how": None},
            {"names": (), "how": "b", "anything": object()},
        ],
    )
    def test_a_failure_with_right_arguments_stays_what_it_is(self, arguments: dict[str, Any]) -> None:
        with pytest.raises(ZeroDivisionError):
            failing(**arguments)

    def test_our_own_exceptions_and_a_wrong_number_of_arguments_too(self) -> None:
        with pytest.raises(TypeError):
            failing(unknown=1)  # type: ignore[call-arg]
        with pytest.raises(InputError, match="as it was"):
            checked(refusing)()

    def test_the_result_is_the_call_s(self) -> None:
        assert checked(len_of)("abc") == 3
        assert len_of.__doc__ == checked(len_of).__doc__

    def test_unchecked_it_is_what_was_checked(self) -> None:
        assert unchecked(checked(len_of)) is len_of
        own = wraps(checked(len_of))(lambda text: -1)
        assert [unchecked(call) for call in (len_of, len, own)] == [len_of, len, own]


@checked
def failing(
    count: int = 1,
    names: Sequence[str] = (),
    ages: Mapping[str, float] = MappingProxyType({}),
    pair: tuple[int, int] = (1, 2),
    how: Literal["a", "b"] | None = None,
    anything: Any = None,
) -> float:
    return count / 0


def refusing() -> None:
    raise InputError("as it was")


def len_of(text: str) -> int:
    """Return how long a text is."""
    return len(text)


class TestPublicNames:
    """A wrong argument is refused with an error of ours, whichever it is."""

    @pytest.mark.parametrize("call", [pytest.param(value, id=name) for name, value in public()])
    def test_only_our_own_exceptions(
        self, call: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(registry, "_switch", {"values": False})
        for value in HOSTILE:
            for arguments in calls(call, value):
                with suppress(CustsyncError):
                    carried_out(call, arguments)
