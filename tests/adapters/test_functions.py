"""Functions for one record make an adapter for batches."""

import asyncio
import pickle
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.adapters.functions import adapter_from_functions, async_adapter_from_functions
from custsync.engine.api import sync, sync_async
from custsync.engine.environment import AsyncEnvironment, Environment
from custsync.engine.outcomes import Result
from custsync.errors import AuthenticationError, ConfigurationError, InputError
from custsync.flows.stripe import EXPORT
from custsync.protocols import (
    Adapter,
    Answer,
    AsyncAdapter,
    AsyncMergingAdapter,
    Capabilities,
    CreateRequest,
    Done,
    Exists,
    Found,
    MergeRequest,
    MergingAdapter,
    Payload,
    Rejected,
    RetryAfter,
    Tier,
    Unknown,
    UpdateRequest,
)
from custsync.stores.async_store import AwaitableStore
from custsync.stores.memory import MemoryStore

SECRET = "ap@joinery.example"
CAN = Capabilities(tier=Tier.C, lookups={"id": 9, "email": 9}, creates=9, updates=9)


class ShopError(Exception):
    """What the invented shop raises."""

    def __init__(self, said: Any) -> None:
        super().__init__(f"about {SECRET}")
        self.said = said


def classify(error: Exception) -> Any:
    return error.said if isinstance(error, ShopError) else None


def unable(_error: Exception) -> Any:
    raise RuntimeError(SECRET)


class Shop:
    """A system that takes one customer per call. `told` says how a call about an id or key ends."""

    def __init__(self, told: Mapping[str, Any] | None = None) -> None:
        self.told = dict(told or {})
        self.rows: dict[str, Any] = {}

    def _tell(self, name: str) -> Any:
        said = self.told.get(name)
        if isinstance(said, Exception):
            raise said
        return said

    def find(self, by: str, value: str) -> Iterator[Payload]:
        self._tell(value)
        yield from (row for row in self.rows.values() if row.get(by) == value)

    def create(self, payload: Payload, key: str) -> Any:
        said = self._tell(key)
        row = {"id": f"cus_{len(self.rows) + 1}", **payload}
        self.rows[row["id"]] = row
        return row if said is None else said

    def update(self, id: str, payload: Payload) -> Any:
        self._tell(id)
        self.rows[id].update(payload)
        return self.rows[id]

    async def find_soon(self, by: str, value: str) -> list[Payload]:
        await asyncio.sleep(0)
        return list(self.find(by, value))

    async def create_soon(self, payload: Payload, key: str) -> Any:
        await asyncio.sleep(0)
        return self.create(payload, key)

    async def update_soon(self, id: str, payload: Payload) -> Any:
        await asyncio.sleep(0)
        return self.update(id, payload)


class Awaited:
    """An async adapter as a blocking one, so that one specification holds for both."""

    def __init__(self, adapter: AsyncAdapter) -> None:
        self.adapter = adapter
        self.capabilities, self.account, self.mode = adapter.capabilities, adapter.account, adapter.mode

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        return asyncio.run(_result(self.adapter.find(by, values)))

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        return asyncio.run(_result(self.adapter.create(requests)))

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        return asyncio.run(_result(self.adapter.update(requests)))


async def _result(awaitable: Any) -> Any:
    return await awaitable


def blocking(shop: Shop, **settings: Any) -> Adapter:
    plugs: dict[str, Any] = {"capabilities": CAN, "classify": classify}
    plugs |= {"find": shop.find, "create": shop.create, "update": shop.update}
    return adapter_from_functions(**(plugs | settings))


def awaited(shop: Shop, **settings: Any) -> Adapter:
    plugs: dict[str, Any] = {"capabilities": CAN, "classify": classify}
    plugs |= {"find": shop.find_soon, "create": shop.create_soon, "update": shop.update_soon}
    return Awaited(async_adapter_from_functions(**(plugs | settings)))


both = pytest.mark.parametrize("lifted", [blocking, awaited])


def raised(answers: Any) -> dict[str, str]:
    """Return what raised and in which file; the line is another test's matter."""
    return {asked: answer.reason.partition(", line ")[0] for asked, answer in answers.items()}


def creates(*keys: str) -> list[CreateRequest]:
    return [CreateRequest(key=key, payload={"email": f"{key}@joinery.example"}) for key in keys]


def updates(*ids: str) -> list[UpdateRequest]:
    return [UpdateRequest(id=id, payload={"phone": "555-0100"}) for id in ids]


@both
class TestWhatIsLifted:
    """Each record of a batch is one call, and has one answer."""

    def test_find(self, lifted: Any) -> None:
        shop = Shop()
        shop.rows = {"7": {"id": "7", "email": "a"}, "8": {"id": "8", "email": "a"}}
        assert lifted(shop).find("email", ["a", "b"]) == {"a": [shop.rows["7"], shop.rows["8"]], "b": []}

    def test_create(self, lifted: Any) -> None:
        shop = Shop()
        answers = lifted(shop).create(creates("k", "l"))
        assert answers == {"k": Done("cus_1", shop.rows["cus_1"]), "l": Done("cus_2", shop.rows["cus_2"])}
        assert shop.rows["cus_2"]["email"] == "l@joinery.example"

    def test_update(self, lifted: Any) -> None:
        shop = Shop()
        shop.rows = {"7": {"id": "7"}}
        assert lifted(shop).update(updates("7")) == {"7": Done("7", {"id": "7", "phone": "555-0100"})}

    def test_the_world_that_ids_live_in(self, lifted: Any) -> None:
        adapter = lifted(Shop(), account="acct_1", mode="live")
        assert (adapter.capabilities, adapter.account, adapter.mode) == (CAN, "acct_1", "live")
        assert isinstance(adapter, Adapter)

    def test_nothing_asked(self, lifted: Any) -> None:
        adapter = lifted(Shop())
        assert (adapter.find("id", []), adapter.create([]), adapter.update([])) == ({}, {}, {})

    def test_what_is_not_offered_is_refused(self, lifted: Any) -> None:
        adapter = lifted(Shop(), create=None, update=None)
        assert adapter.create(creates("k")) == {"k": Rejected("not_offered")}
        assert adapter.update(updates("7")) == {"7": Rejected("not_offered")}


@both
class TestTheIdOfWhatWasWritten:
    """A create is done when an id was seen; without one nobody knows what it made."""

    @pytest.mark.parametrize(
        ("answered", "id_of", "answer"),
        [
            ("cus_9", "id", Done("cus_9")),
            ({"id": "cus_9"}, "id", Done("cus_9", {"id": "cus_9"})),
            ({"id": 9}, "id", Done("9", {"id": 9})),
            ({"no": "N-9"}, "no", Done("N-9", {"no": "N-9"})),
            (["N-9"], lambda row: row[0], Done("N-9")),
            ("", "id", Unknown("no id in the answer")),
            ({"id": ""}, "id", Unknown("no id in the answer")),
            ({"id": True}, "id", Unknown("no id in the answer")),
            ({"id": None}, "id", Unknown("no id in the answer")),
            ({}, "id", Unknown("no id in the answer")),
            (7, "id", Unknown("no id in the answer")),
            ({}, lambda row: row["id"], Unknown("no id in the answer")),
        ],
    )
    def test_create(self, lifted: Any, answered: Any, id_of: Any, answer: Answer) -> None:
        assert lifted(Shop({"k": answered}), id_of=id_of).create(creates("k")) == {"k": answer}

    def test_an_update_is_of_the_id_that_was_asked_for(self, lifted: Any) -> None:
        shop = Shop()
        shop.rows = {"7": {"id": "another"}}
        assert lifted(shop).update(updates("7"))["7"].id == "7"

    def test_an_answer_that_is_no_record_is_not_kept(self, lifted: Any) -> None:
        shop = Shop()
        shop.rows = {"7": _Silent()}
        assert lifted(shop).update(updates("7")) == {"7": Done("7")}


class _Silent(list[Any]):
    """A row that is changed, and answered with, as something else than a record."""

    def update(self, _payload: Payload) -> None:
        """Change nothing."""


@both
class TestWhatRaises:
    """One record that fails, fails alone; what nobody classifies is unknown, and says no more than a type."""

    @pytest.mark.parametrize("said", [Rejected("bad_email", "email"), RetryAfter(2.5), Unknown("gone")])
    def test_classified(self, lifted: Any, said: Answer) -> None:
        shop = Shop(dict.fromkeys(["k2", "8"], ShopError(said)))
        shop.rows = {"7": {"id": "7"}, "8": {"id": "8"}, "9": {"id": "9"}}
        adapter = lifted(shop)
        assert adapter.find("id", ["7", "8", "9"]) == {"7": [{"id": "7"}], "8": said, "9": [{"id": "9"}]}
        assert [type(answer) for answer in adapter.update(updates("7", "8", "9")).values()] == [
            Done,
            type(said),
            Done,
        ]
        assert [*adapter.create(creates("k1", "k2", "k3")).values()][1] == said
        assert len(shop.rows) == 5

    def test_a_taken_key(self, lifted: Any) -> None:
        adapter = lifted(Shop({"k": ShopError(Exists("cus_1"))}))
        assert adapter.create(creates("k")) == {"k": Exists("cus_1")}

    def test_a_taken_key_says_nothing_of_a_look_up(self, lifted: Any) -> None:
        adapter = lifted(Shop({"7": ShopError(Exists("cus_1"))}))
        assert adapter.find("id", ["7"]) == {"7": Unknown("ShopError")}

    @pytest.mark.parametrize("said", [None, "no", Done("cus_1")], ids=["none", "text", "done"])
    def test_not_classified(self, lifted: Any, said: Any, caplog: pytest.LogCaptureFixture) -> None:
        shop = Shop(dict.fromkeys(["k", "7"], ShopError(said)))
        adapter = lifted(shop)
        assert raised(adapter.find("id", ["7"])) == {"7": "ShopError (test_functions.py"}
        assert raised(adapter.create(creates("k"))) == {"k": "ShopError (test_functions.py"}
        assert raised(adapter.update(updates("7"))) == {"7": "ShopError (test_functions.py"}
        words = [record.getMessage().partition(" (test_functions.py, line ")[0] for record in caplog.records]
        assert words == [
            f"{method}: `classify` does not know ShopError" for method in ("find", "create", "update")
        ]
        assert SECRET not in caplog.text

    def test_a_classifier_that_fails(self, lifted: Any, caplog: pytest.LogCaptureFixture) -> None:
        adapter = lifted(Shop({"k": ShopError(Rejected("x"))}), classify=unable)
        assert raised(adapter.create(creates("k"))) == {"k": "ShopError (test_functions.py"}
        assert SECRET not in caplog.text

    def test_a_function_that_finds_nothing_must_say_so(self, lifted: Any) -> None:
        shop = Shop()
        shop.find, shop.find_soon = _nothing, _nothing_soon  # type: ignore[method-assign,assignment]
        assert lifted(shop).find("id", ["7"]) == {"7": Unknown("`find` returned None, not a list")}


async def _nothing_soon(by: str, value: str) -> None:
    return None


def _nothing(_by: str, _value: str) -> Any:
    return None


@given(
    st.lists(st.sampled_from(["done", "unknown", "refused"]), max_size=9),
    st.sampled_from([blocking, awaited]),
)
def test_as_many_answers_as_questions_each_its_own(ends: list[str], lifted: Any) -> None:
    told: dict[str, Any] = {}
    for place, end in enumerate(ends):
        if end != "done":
            told[f"k{place}"] = ShopError(Rejected("no") if end == "refused" else None)
    answers = lifted(Shop(told)).create(creates(*(f"k{place}" for place in range(len(ends)))))
    kinds = {"done": Done, "unknown": Unknown, "refused": Rejected}
    assert [type(answers[f"k{place}"]) for place in range(len(ends))] == [kinds[end] for end in ends]


class TestCallsAtOnce:
    """No more calls are under way together than the caller allows."""

    @pytest.mark.parametrize("at_once", [1, 2, 5])
    def test_bound(self, at_once: int) -> None:
        under_way, most = 0, 0

        async def find(_by: str, _value: str) -> list[Payload]:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            for _ in range(3):
                await asyncio.sleep(0)
            under_way -= 1
            return []

        adapter = async_adapter_from_functions(
            capabilities=CAN, find=find, classify=classify, at_once=at_once
        )
        found = asyncio.run(_result(adapter.find("id", ["1", "2", "3", "4", "5", "6"])))
        assert (most, len(found)) == (at_once, 6)

    @pytest.mark.parametrize("at_once", [0, -1])
    def test_none_is_refused(self, at_once: int) -> None:
        shop = Shop()
        with pytest.raises(InputError, match="at_once"):
            async_adapter_from_functions(
                capabilities=CAN, find=shop.find_soon, classify=classify, at_once=at_once
            )


class TestWithTheEngine:
    """A lifted adapter carries a flow, blocking or async, and can be sent to another process."""

    @pytest.mark.parametrize("lifted", ["blocking", "async"])
    def test_export(self, lifted: str) -> None:
        shop = Shop()
        customers = [
            {"id": "2041", "companyName": "Brightwater Joinery", "email": SECRET},
            {"id": "2042", "companyName": "Fern & Hollow", "email": "hello@fern.example"},
        ]
        flow = EXPORT.replace(write_back="")
        terms: dict[str, Any] = {"account": "9", "clock": lambda: datetime(2026, 1, 5, tzinfo=UTC)}
        if lifted == "blocking":
            report = sync(flow, customers, Environment(target=blocking(shop), store=MemoryStore(), **terms))
        else:
            target = async_adapter_from_functions(
                capabilities=CAN,
                find=shop.find_soon,
                create=shop.create_soon,
                update=shop.update_soon,
                classify=classify,
                at_once=2,
            )
            world = AsyncEnvironment(target=target, store=AwaitableStore(MemoryStore()), **terms)
            report = asyncio.run(sync_async(flow, customers, world))
        assert report.counts == {Result.CREATED: 2}
        assert sorted(row["email"] for row in shop.rows.values()) == sorted(c["email"] for c in customers)

    def test_pickled(self) -> None:
        adapter = adapter_from_functions(capabilities=CAN, find=_found, classify=classify)
        assert pickle.loads(pickle.dumps(adapter)).find("id", ["7"]) == {"7": [{"id": "7"}]}  # noqa: S301


def _found(by: str, value: str) -> list[Payload]:
    return [{by: value}]


@pytest.mark.rule("G-ISO", "ST-MRG-1")
class TestMerges:
    """A function that merges makes a merging adapter; a claim without it is refused."""

    MERGING = evolve(CAN, merges=9)
    REQUESTS = (MergeRequest(survivor="1", duplicate="2"), MergeRequest(survivor="1", duplicate="3"))

    @staticmethod
    def merged(survivor: str, duplicate: str) -> None:
        if duplicate == "3":
            raise ShopError(Rejected("locked"))

    def adapter(self, **plugged: Any) -> Any:
        shop = Shop()
        parts: dict[str, Any] = {"capabilities": self.MERGING, "find": shop.find, "classify": classify}
        return adapter_from_functions(**parts | plugged)

    def test_each_has_its_own_answer(self) -> None:
        adapter = self.adapter(merge=self.merged)
        assert isinstance(adapter, MergingAdapter)
        assert adapter.merge(self.REQUESTS) == {"2": Done("1"), "3": Rejected("locked")}

    def test_async(self) -> None:
        async def find(_by: str, _value: str) -> list[Payload]:
            return []

        async def merge(survivor: str, duplicate: str) -> None:
            self.merged(survivor, duplicate)

        made = async_adapter_from_functions(
            capabilities=self.MERGING, find=find, classify=classify, merge=merge
        )
        assert isinstance(made, AsyncMergingAdapter)
        adapter: Any = made
        assert asyncio.run(adapter.merge(self.REQUESTS)) == {"2": Done("1"), "3": Rejected("locked")}

    def test_without_the_function_each_is_refused(self) -> None:
        adapter = self.adapter(capabilities=CAN)
        answers = adapter.merge(self.REQUESTS)
        assert answers == dict.fromkeys(("2", "3"), Rejected("not_offered"))

    @pytest.mark.parametrize("make", [adapter_from_functions, async_adapter_from_functions])
    @pytest.mark.parametrize(
        ("can", "merge", "message"),
        [
            (MERGING, None, "the capabilities declare merges: give `merge=`"),
            (CAN, merged, "the capabilities declare no merges: leave `merge=` out, or declare them"),
        ],
        ids=["declared", "given"],
    )
    def test_one_without_the_other_is_refused(
        self, make: Any, can: Capabilities, merge: Any, message: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=message):
            make(capabilities=can, find=Shop().find, classify=classify, merge=merge)


@pytest.mark.rule("G-ISO")
class TestCredentials:
    """Credentials that the system refuses end the run, with its code: a 401 of one is a 401 of all."""

    @staticmethod
    def denied(_by: str, _value: str) -> list[Payload]:
        raise PermissionError

    @staticmethod
    def told(error: Exception) -> Rejected | None:
        if isinstance(error, PermissionError):
            raise AuthenticationError("invalid_api_key")
        return None

    def test_said_by_classify(self) -> None:
        adapter = adapter_from_functions(capabilities=CAN, find=self.denied, classify=self.told)
        with pytest.raises(AuthenticationError, match=r"\(invalid_api_key\): renew them"):
            adapter.find("email", ["ann@shop.example"])

    def test_raised_by_the_function(self) -> None:
        def update(_id: str, _payload: Payload) -> None:
            raise AuthenticationError("expired")

        adapter = adapter_from_functions(
            capabilities=CAN, find=self.denied, update=update, classify=lambda _: None
        )
        with pytest.raises(AuthenticationError, match="expired"):
            adapter.update([UpdateRequest(id="1", payload={})])

    def test_async_with_several_calls_under_way(self) -> None:
        async def find(by: str, value: str) -> list[Payload]:
            return self.denied(by, value)

        adapter = async_adapter_from_functions(capabilities=CAN, find=find, classify=self.told, at_once=3)
        with pytest.raises(AuthenticationError, match="invalid_api_key"):
            asyncio.run(_all_found(adapter))


async def _all_found(adapter: Any) -> Any:
    return await adapter.find("email", ["a@shop.example", "b@shop.example", "c@shop.example"])


@pytest.mark.rule("G-ISO")
class TestRetryAfter:
    """The header `Retry-After` has two forms, and both are read."""

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("120", 120.0),
            (" 0 ", 0.0),
            ("Fri, 02 Jan 2026 00:01:30 GMT", 90.0),
            ("Thu, 01 Jan 2026 00:00:00 GMT", 0.0),
            ("Friday, 02-Jan-26 00:01:30 GMT", 90.0),
            ("Fri Jan  2 00:01:30 2026", 90.0),
            ("Fri, 02 Jan 2026 00:01:30 -0000", 90.0),
            ("-5", 0.0),
            ("soon", 0.0),
            ("", 0.0),
        ],
    )
    def test_header(self, header: str, seconds: float) -> None:
        assert RetryAfter.from_header(header, datetime(2026, 1, 2, tzinfo=UTC)) == RetryAfter(seconds)
