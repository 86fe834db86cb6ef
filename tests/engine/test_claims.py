"""Claims: what several customers of a run match, wherever in the input they are."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, decide_each, plan, plan_async, sync, sync_async
from custsync.engine.decisions import Create, Decision, Invalid, Link, Recover, Review, Skip, Update
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref
from custsync.rules.eligibility import Check, is_deleted
from custsync.rules.fields.limits import Limit
from custsync.rules.matching.rule import Key, OnAlreadyLinked, OnMultiple
from custsync.syncrecords import Intent, Status, SyncRecord
from tests.environments import BY_EMAIL, BY_ID, FLOW, LINK, NOW, STAMP, Party, Setup, saying

EMAIL = "ann@shop.example"
BY_PHONE = evolve(BY_EMAIL, lookup="phone", keys=Key("phone", kind=str))
PASSING = tuple(evolve(entry, on_already_linked=OnAlreadyLinked.SKIP) for entry in FLOW.match)
ISSUE = Issue(code="out", rule="G-DUP", field="deleted", reason="out", remedy="-")
BATCHES = pytest.mark.parametrize("batch", [1, 2, 500])


def a_setup(**settings: Any) -> Setup:
    return Setup(target=Party(finds=("id", "email", "phone"), **settings))


def kinds(setup: Setup, batch: int = 500, **changes: Any) -> dict[str, type[Decision]]:
    """Return what is decided for each customer; plan, decide_each and every order agree."""
    flow, rows = FLOW.replace(**changes), setup.source.payloads()
    made = {one.source.id: one for one in decide_each(flow, rows, setup.world, batch=batch)}
    assert made == {one.source.id: one for one in plan(flow, rows[::-1], setup.world, batch=batch)}
    return {name: type(one) for name, one in made.items()}


def issues(setup: Setup, **changes: Any) -> dict[str, list[str]]:
    made = plan(FLOW.replace(**changes), setup.source.payloads(), setup.world)
    return {one.source.id: [issue.code for issue in one.issues] for one in made}


def linked(source: str, target: str) -> SyncRecord:
    ours, theirs = Ref("shop", source), Ref("books", target)
    return SyncRecord(link=LINK, source=ours, target=theirs, status=Status.LINKED, flow=FLOW.name)


@pytest.mark.rule("G-DUP")
class TestOneCounterpart:
    """Two that would adopt one target customer are both for review, with it as the candidate."""

    @BATCHES
    @pytest.mark.parametrize("order", list(permutations("123")), ids="".join)
    def test_by_one_email(self, order: tuple[str, ...], batch: int) -> None:
        setup = a_setup()
        for name in order:
            setup.source.put(name, email=EMAIL.title() if name == "2" else EMAIL)
        setup.target.put("b1", email=EMAIL)
        assert set(kinds(setup, batch).values()) == {Review}
        first, *_ = plan(FLOW, setup.source.payloads(), setup.world)
        assert isinstance(first, Review)
        assert (first.candidates, [issue.code for issue in first.issues]) == (
            (Ref("books", "b1"),),
            ["contested"],
        )

    @BATCHES
    def test_by_one_kept_id(self, batch: int) -> None:
        setup = a_setup()
        setup.source.put("1", custom={"books_id": "b1"}).put("2", custom={"books_id": "b1"}).put("3")
        setup.target.put("b1")
        assert kinds(setup, batch) == {"1": Review, "2": Review, "3": Create}

    @BATCHES
    def test_the_oldest_of_several(self, batch: int) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL).put("2", email=EMAIL)
        setup.target.put("b1", email=EMAIL).put("b2", email=EMAIL)
        oldest = evolve(BY_EMAIL, on_multiple=OnMultiple.OLDEST)
        assert set(kinds(setup, batch, match=(oldest,)).values()) == {Review}

    @BATCHES
    def test_by_two_steps(self, batch: int) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL).put("2", phone="7")
        setup.target.put("b1", email=EMAIL, phone="7")
        assert set(kinds(setup, batch, match=(BY_EMAIL, BY_PHONE)).values()) == {Review}

    @BATCHES
    def test_one_of_the_candidates_of_another(self, batch: int) -> None:
        """Who has to choose between two may choose the one that somebody else matches alone."""
        setup = a_setup()
        setup.source.put("1", email=EMAIL).put("2", email=f"{EMAIL}; bo@shop.example").put(
            "3", email="c@d.example"
        )
        setup.target.put("b1", email=EMAIL).put("b2", email="bo@shop.example").put("b3", email="c@d.example")
        several = evolve(BY_EMAIL, keys=Key("email"))
        assert kinds(setup, batch, match=(several,)) == {"1": Review, "2": Review, "3": Link}
        assert (
            sync(FLOW.replace(match=(several,)), setup.source.payloads(), setup.world, batch=batch).wrote == 1
        )

    @BATCHES
    def test_by_two_ids(self, batch: int) -> None:
        """Two proofs that name one customer contradict each other."""
        by_code = evolve(BY_PHONE, authoritative=True)
        setup = a_setup()
        setup.source.put("1", custom={"books_id": "b1"}).put("2", phone="7")
        setup.target.put("b1", phone="7")
        assert set(kinds(setup, batch, match=(BY_ID, by_code)).values()) == {Review}

    @pytest.mark.parametrize("other", [{"deleted": True}, {"name": "x" * 99}], ids=["left out", "refused"])
    def test_who_takes_no_part_claims_nothing(self, other: dict[str, Any]) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL).put("2", email=EMAIL, **other)
        setup.target.put("b1", email=EMAIL)
        limits = {"name": Limit(length=9, cited="the test", confidence="A")}
        out = Check(fails=is_deleted, issue=ISSUE)
        made = kinds(setup, checks=(out,), target=evolve(FLOW.target, limits=limits))
        assert made == {"1": Link, "2": Skip if "deleted" in other else Invalid}

    def test_who_is_linked_elsewhere_claims_nothing(self) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL).put("2", email=EMAIL)
        setup.target.put("b1", email=EMAIL).put("b2", email=EMAIL)
        setup.keep(linked("2", "b2"))
        assert kinds(setup, write_back="") == {"1": Link, "2": Update}

    @BATCHES
    def test_one_that_somebody_names_as_its_own_is_not_anybodys_by_email(self, batch: int) -> None:
        """Evidence takes nothing from a proof, whoever comes first."""
        setup = a_setup()
        setup.source.put("1", email=EMAIL).put("2", email="other@shop.example", custom={"books_id": "b1"})
        setup.target.put("b1", email=EMAIL)
        assert kinds(setup, batch) == {"1": Review, "2": Link}
        assert kinds(setup, batch, match=PASSING) == {"1": Create, "2": Link}

    @BATCHES
    def test_who_takes_no_part_names_nothing_as_its_own(self, batch: int) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL)
        setup.source.put("2", email="other@shop.example", custom={"books_id": "b1"}, deleted=True)
        setup.target.put("b1", email=EMAIL)
        out = Check(fails=is_deleted, issue=ISSUE)
        assert kinds(setup, batch, checks=(out,)) == {"1": Link, "2": Skip}

    def test_one_that_it_names_itself_is_its_own(self) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL, custom={"books_id": "b1"})
        setup.target.put("b1", email=EMAIL)
        assert kinds(setup, match=(BY_EMAIL, BY_ID)) == {"1": Link}

    def test_a_plan_that_passes_one_over_is_carried_out(self) -> None:
        setup, flow = a_setup(), FLOW.replace(match=PASSING)
        setup.source.put("1", email=EMAIL).put("2", custom={"books_id": "b1"})
        setup.source.put("3", custom={"books_id": "b2"}).put("4", custom={"books_id": "b2"})
        setup.source.put("5", email="b2@shop.example")
        setup.target.put("b1", email=EMAIL).put("b2", email="b2@shop.example")
        made = plan(flow, setup.source.payloads(), setup.world)
        assert apply(flow, made, setup.world).summary == "2 created, 1 linked, 2 for review"

    def test_a_create_that_is_found_again_claims_too(self) -> None:
        """Without a stamp, nothing but the other customer's own record says whose it is."""
        setup = a_setup()
        note = Intent(key="k", issued_at=NOW, attempt=0, rules="1", request={}, clues={"email": (EMAIL,)})
        ours = SyncRecord(link=LINK, source=Ref("shop", "2"), status=Status.INTENT, flow="f", intent=note)
        setup.keep(ours)
        setup.source.put("1", email=EMAIL).put("2", email=EMAIL)
        setup.target.put("b1", email=EMAIL, custom={"shop_id": "2"})
        assert kinds(setup) == {"1": Review, "2": Recover}


@pytest.mark.rule("SP-IN-2", "G-DUP")
class TestNobody:
    """Customers that share a value which nobody has are for review together, or each is created."""

    @BATCHES
    def test_for_review(self, batch: int) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL).put("2", email=EMAIL.upper())
        setup.source.put("3", email="c@shop.example").put("4")
        assert kinds(setup, batch) == {"1": Review, "2": Review, "3": Create, "4": Create}
        assert issues(setup)["1"] == ["shared_value"]

    @BATCHES
    def test_created_each(self, batch: int) -> None:
        setup, flow = a_setup(), FLOW.replace(match=PASSING)
        setup.source.put("1", email=EMAIL).put("2", email=EMAIL)
        assert sync(flow, setup.source.payloads(), setup.world, batch=batch).summary == "2 created"

    @BATCHES
    @pytest.mark.parametrize(
        ("match", "other"), [(FLOW.match, Review), (PASSING, Create)], ids=["review", "create"]
    )
    def test_the_same_after_one_of_them_was_created(
        self, match: Any, other: type[Decision], batch: int
    ) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL)
        sync(FLOW, setup.source.payloads(), setup.world)
        setup.source.put("2", email=EMAIL)
        assert kinds(setup, batch, match=match)["2"] is other

    @BATCHES
    def test_of_one_that_is_linked_and_had_another_value(self, batch: int) -> None:
        """Its update brings the value there; who comes before it is treated like who comes after."""
        setup = a_setup()
        setup.source.put("1", email="old@shop.example")
        sync(FLOW, setup.source.payloads(), setup.world)
        setup.source.put("2", email=EMAIL).rows["1"]["email"] = EMAIL
        assert kinds(setup, batch) == {"1": Update, "2": Review}
        report = sync(FLOW, setup.source.payloads(), setup.world, batch=batch)
        assert report.summary == "1 updated, 1 for review"

    def test_who_is_not_created_shares_with_nobody(self) -> None:
        setup = a_setup()
        setup.source.put("1", name="Ann", email=EMAIL).put("2", email=EMAIL)
        named = Check(fails=lambda customer: not customer.name, issue=ISSUE, when="create")
        assert kinds(setup, checks=(named,)) == {"1": Create, "2": Skip}

    def test_an_unreadable_one_shares_with_nobody(self) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL).put("2", email=EMAIL, name=7)
        assert kinds(setup) == {"1": Create, "2": Invalid}

    def test_one_that_comes_twice_shares_with_itself_only(self) -> None:
        setup = a_setup()
        rows = [{"id": "1", "email": EMAIL}] * 2
        assert [one.verb for one in plan(FLOW, rows, setup.world, batch=1)] == ["create", "left out"]

    def test_a_merged_one_shares_with_nobody(self) -> None:
        setup = a_setup()
        setup.keep(evolve(linked("2", "b2"), status=Status.MERGED))
        customers = [Customer(ref=Ref("shop", one), email=EMAIL) for one in "12"]
        first, _ = plan(FLOW, customers, setup.world)
        assert isinstance(first, Create)

    def test_a_key_that_raises_fails_its_record_alone(self) -> None:
        setup = a_setup()
        setup.source.put("1", email="bad").put("2", email=EMAIL).put("3", email=EMAIL)
        strict = evolve(BY_EMAIL, keys=Key("email", kind=_raising))
        assert kinds(setup, match=(strict,)) == {"1": Invalid, "2": Review, "3": Review}

    def test_an_error_of_our_own_goes_through(self) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL)
        flow = FLOW.replace(match=(evolve(BY_EMAIL, keys=Key("email", kind=_raising_ours)),))
        with pytest.raises(InputError, match="ours"):
            plan(flow, setup.source.payloads(), setup.world)


def _raising(text: str) -> str:
    if text == "bad":
        raise ValueError
    return text


def _raising_ours(_text: str) -> str:
    raise InputError("ours")


class Once:
    """Counts how often the input is gone through."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows, self.passes = rows, 0

    def __iter__(self) -> Iterator[Any]:
        self.passes += 1
        yield from self.rows


async def later(rows: list[Any]) -> AsyncIterator[Any]:
    for one in rows:
        yield one


SHARED: list[Any] = [{"id": "1", "email": EMAIL}, {"id": "2"}, {"id": "3", "email": EMAIL}]


@pytest.mark.rule("G-DUP")
class TestTheInput:
    """The whole input is gone through again only where somebody's decision depends on it."""

    def test_where_nobody_shares_a_second_pass_is_enough(self) -> None:
        rows = Once([{"id": "1", "email": EMAIL}, {"id": "2"}])
        plan(FLOW, rows, Setup().world)
        assert rows.passes == 2

    def test_where_nobody_asks_there_is_one(self) -> None:
        setup = Setup()
        rows = Once([{"id": "1", "name": "Ann"}, {"id": "2"}])
        sync(FLOW.replace(write_back=""), rows, setup.world)
        assert rows.passes == 1
        rows = Once([{"id": "1", "email": EMAIL}])
        sync(FLOW.replace(match=PASSING, write_back=""), rows, setup.world)
        assert rows.passes == 1

    def test_an_unchanged_run_goes_through_it_once(self) -> None:
        setup, flow = Setup(), FLOW.replace(write_back="")
        rows = [{"id": "1", "email": EMAIL}, {"id": "2", "email": "b@shop.example"}]
        sync(flow, rows, setup.world)
        again = Once(rows)
        assert sync(flow, again, setup.world, incremental=True).summary == "2 unchanged"
        assert again.passes == 1

    @pytest.mark.parametrize("batch", [1, 500])
    @pytest.mark.parametrize(
        "kind", [list, iter, lambda rows: lambda: iter(rows)], ids=["list", "iterator", "function"]
    )
    def test_whatever_holds_the_records(self, kind: Callable[[Any], Any], batch: int) -> None:
        made = plan(FLOW, kind(SHARED), Setup().world, batch=batch)
        assert [one.verb for one in made] == ["review", "create", "review"]

    def test_async(self) -> None:
        made = asyncio.run(plan_async(FLOW, later(SHARED), Setup().async_world, batch=1))
        assert [one.verb for one in made] == ["review", "create", "review"]
        report = asyncio.run(sync_async(FLOW, lambda: SHARED, Setup().async_world, batch=1))
        assert report.summary == "1 created, 2 for review"

    def test_async_where_one_pass_is_enough(self) -> None:
        flow = FLOW.replace(match=(evolve(BY_ID, keys=Key("id")),), write_back="")
        report = asyncio.run(sync_async(flow, later(SHARED), Setup().async_world, batch=2, memory="flat"))
        assert report.summary == "3 created"

    @pytest.mark.parametrize("call", [plan, sync, decide_each])
    def test_flat_memory_refuses_what_comes_only_once(self, call: Callable[..., Any]) -> None:
        setup = Setup()
        with pytest.raises(InputError, match="they come only once"):
            call(FLOW, iter(SHARED), setup.world, memory="flat")
        assert (setup.target.calls, setup.records()) == ([], [])

    @pytest.mark.parametrize("call", [plan_async, sync_async])
    def test_flat_memory_async(self, call: Callable[..., Any]) -> None:
        for rows in (later(SHARED), iter(SHARED)):
            with pytest.raises(InputError, match="they come only once"):
                asyncio.run(call(FLOW, rows, Setup().async_world, memory="flat"))

    def test_a_flow_that_asks_by_ids_alone_takes_a_stream(self) -> None:
        flow: Flow = FLOW.replace(match=(evolve(BY_ID, keys=Key("id")),))
        assert len(plan(flow, iter(SHARED), Setup().world, memory="flat")) == 3


@pytest.mark.rule("G-DUP")
class TestOwners:
    """A customer that carries the source's id in the field that is asked by id belongs to that customer."""

    def test_without_a_stamp(self) -> None:
        by_kept = evolve(BY_ID, lookup=STAMP, keys=Key("id", right=STAMP))
        setup = Setup(target=Party(finds=("id", "email", STAMP)))
        setup.source.put("1", email=EMAIL).put("9")
        setup.target.put("b1", email=EMAIL, custom={"shop_id": "9"})
        assert kinds(setup, match=(by_kept, BY_EMAIL), source_id_field="") == {"1": Review, "9": Link}

    def test_a_stranger_claims_nothing(self) -> None:
        setup = a_setup()
        setup.source.put("1", email=EMAIL)
        setup.target.then("find", saying({EMAIL: [{"id": "b1", "deleted": True}]}))
        assert kinds_once(setup) == [Review]


def kinds_once(setup: Setup) -> list[type[Decision]]:
    return [type(one) for one in plan(FLOW, setup.source.payloads(), setup.world)]
