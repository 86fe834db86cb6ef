"""The contract of an adapter that customers are only read through: kept by honest ones, and by no others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import evolve

from custsync.protocols import Answer, Done, Payload, Unknown
from custsync.systems.lago import LAGO
from custsync.systems.netsuite import REST
from custsync.systems.system import System
from custsync.testing.adapter_contract import SourceAdapterContract
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.netsuite import STRIPE_ID_FIELD, FakeNetSuite


class Reading:
    """An adapter that looks up and writes back, and has no other method."""

    def __init__(self, inner: Any, **own: Any) -> None:
        self.inner = inner
        self.capabilities, self.account, self.mode = inner.capabilities, inner.account, inner.mode
        self.find, self.update = inner.find, inner.update
        self.__dict__ |= own


class NetSuiteSource(SourceAdapterContract):
    """NetSuite, read and written back to."""

    system: System = REST
    spoil: Callable[[Reading], Reading] = staticmethod(lambda adapter: adapter)

    @contextmanager
    def opened(self) -> Iterator[Reading]:
        netsuite = FakeNetSuite()
        for name in ("Lund Mills", "Lund Bakery"):
            netsuite.put({"companyName": name})
        yield self.spoil(Reading(netsuite))

    def rows(self, adapter: Any) -> Sequence[Payload]:
        return list(adapter.inner.rows)

    def change(self) -> tuple[Payload, str] | None:
        return {STRIPE_ID_FIELD: "cus_1"}, "custom"

    def unknown_id(self) -> str:
        return "404"


class TestNetSuite(NetSuiteSource):
    """A source that an id is written back to."""


class TestNetSuiteThatIsOnlyRead(NetSuiteSource):
    """A source that nothing is written to has no update."""

    @contextmanager
    def opened(self) -> Iterator[Reading]:
        with super().opened() as adapter:
            del adapter.update
            yield adapter

    def change(self) -> tuple[Payload, str] | None:
        return None


class TestLago(SourceAdapterContract):
    """A system that is asked by another value than the id."""

    system: System = LAGO

    @contextmanager
    def opened(self) -> Iterator[Reading]:
        lago = FakeLago()
        lago.put({"external_id": "joinery", "name": "Joinery"})
        yield Reading(lago)

    def rows(self, adapter: Any) -> Sequence[Payload]:
        return list(adapter.inner.rows)

    def change(self) -> tuple[Payload, str] | None:
        return None

    def unknown_id(self) -> str:
        return "nobody"


def finds_nobody(adapter: Reading) -> Reading:
    return Reading(adapter.inner, find=lambda _, values: {value: [] for value in values})


def finds_the_first(adapter: Reading) -> Reading:
    return Reading(adapter.inner, find=lambda _, values: dict.fromkeys(values, adapter.inner.rows[:1]))


def cannot_tell(adapter: Reading) -> Reading:
    return Reading(adapter.inner, find=lambda _, values: dict.fromkeys(values, Unknown("timeout")))


def answers_for_one_of_several(adapter: Reading) -> Reading:
    many = evolve(adapter.capabilities, lookups={"id": 10})

    def find(by: str, values: Sequence[str]) -> Mapping[str, Any]:
        return dict(adapter.inner.find(by, values[:1]))

    return Reading(adapter.inner, find=find, capabilities=many)


def declares_no_look_up(adapter: Reading) -> Reading:
    return Reading(adapter.inner, capabilities=evolve(adapter.capabilities, lookups={"email": 1}))


def writes_nothing_back(adapter: Reading) -> Reading:
    return Reading(adapter.inner, update=lambda asked: {one.id: Done(one.id) for one in asked})


def writes_more_back(adapter: Reading) -> Reading:
    def update(asked: Sequence[Any]) -> Mapping[str, Answer]:
        answers = adapter.inner.update(asked)
        for identity, answer in answers.items():
            if isinstance(answer, Done):
                adapter.inner.edit(identity, phone="another")
        return dict(answers)

    return Reading(adapter.inner, update=update)


def names_another(adapter: Reading) -> Reading:
    def update(asked: Sequence[Any]) -> Mapping[str, Answer]:
        answers = adapter.inner.update(asked)
        return {key: Done("5002") if isinstance(one, Done) else one for key, one in answers.items()}

    return Reading(adapter.inner, update=update)


LIES = (
    finds_nobody,
    finds_the_first,
    cannot_tell,
    answers_for_one_of_several,
    declares_no_look_up,
    writes_nothing_back,
    writes_more_back,
    names_another,
)
TESTS = [name for name in dir(SourceAdapterContract) if name.startswith("test_")]


def failed(contract: SourceAdapterContract) -> list[str]:
    """Return the tests of the contract that fail, whatever with."""
    names = []
    for name in TESTS:
        try:
            getattr(contract, name)()
        except Exception:  # noqa: BLE001 - however it fails
            names.append(name)
    return names


class TestTheContract:
    """A contract that cannot fail is none."""

    def test_is_kept_by_an_honest_adapter(self) -> None:
        assert failed(NetSuiteSource()) == []

    @pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
    def test_finds_out_an_adapter_that(self, lie: Callable[[Reading], Reading]) -> None:
        contract = NetSuiteSource()
        contract.spoil = lie
        assert failed(contract) != []

    def test_an_account_without_a_customer_proves_nothing(self) -> None:
        class Empty(NetSuiteSource):
            @contextmanager
            def opened(self) -> Iterator[Reading]:
                yield Reading(FakeNetSuite())

        assert "test_each_customer_is_found" in failed(Empty())

    def test_fails_where_a_hook_is_not_filled_in(self) -> None:
        assert failed(SourceAdapterContract()) == TESTS
        for hook in ("rows", "change", "unknown_id"):
            contract: Any = NetSuiteSource()
            setattr(contract, hook, getattr(SourceAdapterContract, hook).__get__(contract))
            assert failed(contract) != [], hook
