"""The prescan: what must be known of all customers before one is decided."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, ClassVar

import pytest
from attrs import define, evolve, frozen

from custsync.engine.api import decide_each, plan, plan_async, sync, sync_async
from custsync.engine.decisions import Create, Invalid
from custsync.engine.environment import run
from custsync.engine.plan.prescan import with_prescan
from custsync.errors import FlowError, InputError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.rules.fields.mapping import MappedValue
from tests.environments import FLOW, Party, Setup, run_context

TWICE = Issue(code="twice", rule="LS-KEY-1", field="name", reason="two share it", remedy="Rename one")


@frozen
class Twice:
    """Refuses customers that share a name, and counts all of them in `phone`."""

    severity: Severity = Severity.ERROR
    sets: ClassVar[tuple[str, ...]] = ("phone",)

    def __call__(self, customers: Iterable[Customer]) -> Callable[[Customer], MappedValue]:
        names = [customer.name for customer in customers]
        return Counted(names, evolve(TWICE, severity=self.severity))


@frozen
class Counted:
    """What `Twice` says of one customer."""

    names: list[Any]
    issue: Issue

    def __call__(self, customer: Customer) -> MappedValue:
        issues = (self.issue,) if self.names.count(customer.name) > 1 else ()
        return MappedValue(value=evolve(customer, phone=str(len(self.names))), issues=issues)


@frozen
class Raising:
    """Raises at the first look, or at each customer."""

    error: Exception
    late: bool = False
    sets: ClassVar[tuple[str, ...]] = ()

    def __call__(self, customers: Iterable[Customer]) -> Callable[[Customer], MappedValue]:
        if not self.late:
            raise self.error
        list(customers)
        return self.each

    def each(self, customer: Customer) -> MappedValue:
        raise self.error


@frozen
class Saying:
    """Says one thing of each customer, or returns it at once."""

    said: Any
    late: bool = True
    sets: ClassVar[tuple[str, ...]] = ()

    def __call__(self, customers: Iterable[Customer]) -> Callable[[Customer], MappedValue]:
        list(customers)
        return self.each if self.late else self.said

    def each(self, _customer: Customer) -> MappedValue:
        return self.said  # type: ignore[no-any-return]


@define
class Once:
    """Records that can be gone through only once."""

    items: list[Any]

    def __iter__(self) -> Iterator[Any]:
        while self.items:
            yield self.items.pop(0)


PRESCANNED = FLOW.replace(write_back="", prescan=Twice())
ROWS = [{"id": "1", "name": "Ann"}, {"id": "2", "name": "Bob"}, {"id": "3", "name": "Ann"}]


@pytest.mark.rule("LS-KEY-1")
class TestAllAreSeen:
    """The whole input is gone through before the first customer is decided."""

    @pytest.mark.parametrize("kind", [list, tuple, iter], ids=["list", "tuple", "iterator"])
    @pytest.mark.parametrize("batch", [1, 500])
    def test_whatever_holds_the_records(self, kind: Callable[[Any], Any], batch: int) -> None:
        made = list(decide_each(PRESCANNED, kind(ROWS), Setup().world, batch=batch))
        assert [decision.verb for decision in made] == ["refused", "create", "refused"]
        assert isinstance(made[1], Create)
        assert made[1].values["phone"] == "3"
        assert made[0].issues == (TWICE,)

    def test_without_a_prescan_nothing_is_gone_through(self) -> None:
        waiting = iter(ROWS)
        setup = Setup()
        under = run(with_prescan(FLOW, waiting, run_context(Party())), setup.world)
        assert under.prescanned is None
        assert len(list(waiting)) == 3

    def test_a_record_that_cannot_be_read_is_passed_over_and_refused_by_the_run(self) -> None:
        made = plan(PRESCANNED, [*ROWS[:2], {"id": "4", "name": 7}, "{", b"[]"], Setup().world)
        assert [decision.verb for decision in made] == ["create", "create", "refused", "refused", "refused"]
        assert isinstance(made.decisions[0], Create)
        assert made.decisions[0].values["phone"] == "2"

    def test_sync_and_async_agree(self) -> None:
        reports = [sync(PRESCANNED, ROWS, Setup().world)]
        reports += [
            asyncio.run(sync_async(PRESCANNED, rows, Setup().async_world)) for rows in (ROWS, later())
        ]
        assert [report.summary for report in reports] == ["1 created, 2 refused"] * 3
        assert [made.verb for made in asyncio.run(plan_async(PRESCANNED, later(), Setup().async_world))] == [
            "refused",
            "create",
            "refused",
        ]

    def test_a_second_run_is_silent(self) -> None:
        setup = Setup()
        sync(PRESCANNED, ROWS[:2], setup.world)
        saves = setup.store.saves
        assert sync(PRESCANNED, ROWS[:2], setup.world).summary == "2 unchanged"
        assert setup.store.saves == saves


@pytest.mark.rule("G-DUP")
@pytest.mark.parametrize("flow", [PRESCANNED, FLOW], ids=["prescan", "shared keys"])
class TestEachIsReadOnce:
    """A record that is kept is read once, however many passes there are; others are read in each pass."""

    @pytest.mark.parametrize("kind", [list, iter], ids=["list", "iterator"])
    @pytest.mark.parametrize("batch", [1, 2, 500])
    def test_what_is_kept(self, flow: Flow, kind: Callable[[Any], Any], batch: int) -> None:
        assert read_by(flow, kind(SHARING), batch=batch) == ["1", "2", "3"]

    def test_what_is_made_anew(self, flow: Flow) -> None:
        assert len(read_by(flow, lambda: map(dict, SHARING), batch=1)) > 3

    def test_a_list_of_which_nothing_may_be_kept(self, flow: Flow) -> None:
        assert len(read_by(flow, SHARING, batch=1, memory="flat")) > 3


SHARING = [{"id": one, "name": one, "email": "ann@works.example"} for one in "123"]


def read_by(flow: Flow, customers: Any, **how: Any) -> list[str]:
    """Return the ids of the records that a run reads, as often as it does."""
    seen: list[str] = []

    def read(payload: Any, account: str, mode: str) -> Customer:
        seen.append(payload["id"])
        return flow.source.read(payload, account, mode)

    setup = Setup()
    setup.target.rows["there"] = {"id": "there", "email": "ann@works.example"}
    counting = flow.replace(source=evolve(flow.source, read=read))
    made = list(decide_each(counting, customers, setup.world, **how))
    assert [decision.verb for decision in made] == ["review"] * 3
    return sorted(seen)


async def later() -> AsyncIterator[Any]:
    for one in ROWS:
        yield one


@pytest.mark.rule("LS-KEY-1")
class TestWhatItSays:
    """An error refuses the customer; anything less goes with its decision."""

    def test_a_warning_is_said_and_the_customer_is_synced(self) -> None:
        milder = PRESCANNED.replace(prescan=Twice(Severity.WARNING))
        made = plan(milder, ROWS, Setup().world)
        assert [decision.verb for decision in made] == ["create"] * 3
        assert [[issue.code for issue in decision.issues] for decision in made] == [["twice"], [], ["twice"]]

    def test_no_look_up_is_made_for_those_it_refuses(self) -> None:
        setup = Setup()
        same = [{"id": one, "name": "Ann", "email": "ann@a.example"} for one in "12"]
        plan(PRESCANNED, same, setup.world)
        assert setup.target.calls == []


@pytest.mark.rule("G-ISO")
class TestAPrescanThatRaises:
    """Nothing but an error of our own comes out, and one record fails alone where it can."""

    def test_at_the_first_pass_there_is_no_run(self) -> None:
        with pytest.raises(FlowError, match=r"flow 'shop.EXPORT': its prescan raised KeyError") as caught:
            plan(raising(KeyError("ann@a.example")), ROWS, Setup().world)
        assert "ann@" not in str(caught.value)
        assert caught.value.__suppress_context__

    def test_at_one_customer_that_one_is_refused(self) -> None:
        made = plan(raising(KeyError("Ann"), late=True), ROWS, Setup().world)
        assert all(isinstance(decision, Invalid) for decision in made)
        assert made.decisions[0].issues[0].code == "rule_raised"

    @pytest.mark.parametrize("late", [False, True])
    def test_an_error_of_our_own_goes_through(self, late: bool) -> None:  # noqa: FBT001 - a table
        with pytest.raises(InputError, match="mended"):
            plan(raising(InputError("to be mended"), late=late), ROWS, Setup().world)

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param(None, id="nothing"),
            pytest.param(Customer(ref=Ref("shop", "1")), id="the customer itself"),
            pytest.param(MappedValue(value=None), id="no customer"),
            pytest.param(MappedValue(value=Customer(ref=Ref("shop", "2"))), id="another customer"),
            pytest.param(MappedValue(value=Customer(ref=Ref("shop", "1")), issues=("odd",)), id="no issues"),  # type: ignore[arg-type]
            pytest.param(MappedValue(value=Customer(ref=Ref("shop", "1")), issues=None), id="None"),  # type: ignore[arg-type]
        ],
    )
    def test_what_it_must_not_say_refuses_the_customer(self, said: Any) -> None:
        (made,) = plan(PRESCANNED.replace(prescan=Saying(said)), ROWS[:1], Setup().world)
        assert [issue.code for issue in made.issues] == ["rule_raised"]

    def test_one_that_gives_nothing_to_ask_makes_no_run(self) -> None:
        """Without what it says, its customers would be synced as if each stood for itself."""
        with pytest.raises(FlowError, match="must return a function"):
            plan(PRESCANNED.replace(prescan=Saying(None, late=False)), ROWS, Setup().world)

    def test_records_that_are_gone_at_the_second_pass(self) -> None:
        """What can be gone through only once, and does not say so, is no input: nothing is decided."""
        assert len(plan(PRESCANNED, Once(list(ROWS)), Setup().world)) == 0


def raising(error: Exception, *, late: bool = False) -> Flow:
    return PRESCANNED.replace(prescan=Raising(error, late))
