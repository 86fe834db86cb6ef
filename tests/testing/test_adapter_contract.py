"""The adapter contract: the in-memory systems keep it, and adapters that lie do not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from custsync.protocols import Adapter, Answer, CreateRequest, Done, MergeRequest, Payload, Rejected, Tier
from custsync.systems.netsuite import REST
from custsync.systems.stripe import STRIPE
from custsync.testing.adapter_contract import AdapterContract
from custsync.testing.fakes.netsuite import STRIPE_ID_FIELD, FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe


class StripeContract(AdapterContract):
    """Stripe's side of the contract."""

    system = STRIPE
    tier = Tier.B
    spoil: Callable[[Any], Any] = staticmethod(lambda adapter: adapter)

    @contextmanager
    def opened(self) -> Iterator[Adapter]:
        yield self.spoil(FakeStripe(tier=self.tier))

    def rows(self, adapter: Any) -> Sequence[Payload]:
        return [row for row in adapter.rows if not row.get("deleted")]

    def body(self, number: int, key: str) -> Payload:
        return {
            "name": f"Customer {number}",
            "email": f"{number}@works.example",
            "metadata": {"netsuite_internal_id": str(number)},
        }

    def refused_body(self) -> Payload:
        return {"email": "no email"}

    def change(self) -> tuple[Payload, str]:
        return {"phone": "(503) 555-0142"}, "phone"

    def value(self, by: str, number: int, key: str) -> str:
        return f"{number}@works.example" if by == "email" else str(number)

    def unknown_id(self) -> str:
        return "cus_404"


class TestStripe(StripeContract):
    """Stripe as it is."""


class TestStripeWithoutKeys(StripeContract):
    """Tier C: what was created is found by its metadata at once."""

    tier = Tier.C


class TestStripeThatLags(StripeContract):
    """Tier D."""

    tier = Tier.D


QUEUED = timedelta(minutes=3)


class NetSuiteContract(AdapterContract):
    """NetSuite's side of the contract."""

    system = REST
    tier = Tier.A
    settings: Mapping[str, Any] = {}
    spoil: Callable[[Any], Any] = staticmethod(lambda adapter: adapter)

    @contextmanager
    def opened(self) -> Iterator[Adapter]:
        yield self.spoil(FakeNetSuite(tier=self.tier, **self.settings))

    def merged(self, adapter: Any) -> None:
        adapter.clock.sleep(QUEUED.total_seconds())

    def rows(self, adapter: Any) -> Sequence[Payload]:
        return list(adapter.rows)

    def body(self, number: int, key: str) -> Payload:
        email = f"{number}@works.example"
        own = {"companyName": f"Works {number}", "email": email, STRIPE_ID_FIELD: f"cus_{number}"}
        return {**own, "externalId": key, "entityId": f"C-{number}"} if self.tier is Tier.A else own

    def refused_body(self) -> Payload:
        return {"isPerson": True, "firstName": "Rosalind"}

    def change(self) -> tuple[Payload, str]:
        return {"phone": "(503) 555-0142"}, "phone"

    def value(self, by: str, number: int, key: str) -> str:
        values = {"email": f"{number}@works.example", "external_id": key, "entity_id": f"C-{number}"}
        return values.get(by, f"cus_{number}")

    def unknown_id(self) -> str:
        return "404"


class TestNetSuite(NetSuiteContract):
    """NetSuite as it is."""


class TestNetSuiteThatNamesItsOwn(NetSuiteContract):
    """The external id comes from the customer, not from the create: no two customers are alike."""

    tier = Tier.C

    def body(self, number: int, key: str) -> Payload:
        own = {"externalId": f"E-{number}", "entityId": f"C-{number}"}
        return {**super().body(number, key), **own}

    def value(self, by: str, number: int, key: str) -> str:
        return f"E-{number}" if by == "external_id" else super().value(by, number, key)


class TestNetSuiteThatQueuesMerges(NetSuiteContract):
    """A merge that is taken takes effect later."""

    settings: Mapping[str, Any] = {"merge_delay": QUEUED}


class TestNetSuiteThatTidies(NetSuiteContract):
    """What is written is made neat."""

    settings: Mapping[str, Any] = {"tidies": True}


# Adapters that lie


class Lying:
    """An adapter in front of another one, whose attributes are its own."""

    def __init__(self, inner: Any, **own: Any) -> None:
        self.inner, self.own = inner, own

    def __getattr__(self, name: str) -> Any:
        return self.own[name] if name in self.own else getattr(self.inner, name)


def forgets_keys(adapter: Any) -> Any:
    return Lying(FakeStripe(tier=Tier.C), capabilities=adapter.capabilities)


def lags_in_secret(adapter: Any) -> Any:
    lagging = FakeStripe(tier=Tier.D)
    return Lying(lagging, capabilities=evolve(lagging.capabilities, eventually_consistent=frozenset()))


def says_done_without_doing(adapter: Any) -> Any:
    def create(requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        return {request.key: Done("cus_000001", {"id": "cus_000001"}) for request in requests}

    return Lying(adapter, create=create)


def takes_a_refusal_for_unknown_ids(adapter: Any) -> Any:
    return Lying(adapter, update=lambda requests: {request.id: Done(request.id) for request in requests})


def hides_the_record(adapter: Any) -> Any:
    def create(requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        answers = adapter.create(requests)
        return {
            key: Done(answer.id) if isinstance(answer, Done) else answer for key, answer in answers.items()
        }

    return Lying(adapter, create=create)


def finds_the_first_in_any_case(adapter: Any) -> Any:
    return Lying(adapter, find=lambda _, values: dict.fromkeys(values, adapter.rows[:1]))


def finds_one_of_several(adapter: Any) -> Any:
    def find(by: str, values: Sequence[str]) -> Mapping[str, Any]:
        return {value: rows[:1] for value, rows in adapter.find(by, values).items()}

    return Lying(adapter, find=find)


def answers_for_others_too(adapter: Any) -> Any:
    return Lying(adapter, find=lambda by, values: {**adapter.find(by, values), "another": []})


def changes_more(adapter: Any) -> Any:
    def update(requests: Sequence[Any]) -> Mapping[str, Answer]:
        answers = adapter.update(requests)
        for identity, answer in answers.items():
            if not isinstance(answer, Rejected):
                adapter.edit(identity, name="another")
        return dict(answers)

    return Lying(adapter, update=update)


def declares_no_look_up_by_id(adapter: Any) -> Any:
    return Lying(adapter, capabilities=evolve(adapter.capabilities, lookups={"email": 1}))


def keeps_the_duplicate(adapter: Any) -> Any:
    return Lying(adapter, merge=lambda asked: {one.duplicate: Done(one.survivor) for one in asked})


def merges_nobody_too(adapter: Any) -> Any:
    def merge(asked: Sequence[MergeRequest]) -> Mapping[str, Answer]:
        adapter.merge(asked)
        return {one.duplicate: Done(one.survivor) for one in asked}

    return Lying(adapter, merge=merge)


def lets_the_duplicate_win(adapter: Any) -> Any:
    def merge(asked: Sequence[MergeRequest]) -> Mapping[str, Answer]:
        emails = {row["id"]: row["email"] for row in adapter.rows}
        answers = adapter.merge(asked)
        for one in asked:
            if isinstance(answers[one.duplicate], Done):
                adapter.edit(one.survivor, email=emails[one.duplicate])
        return dict(answers)

    return Lying(adapter, merge=merge)


def merges_the_other_way_round(adapter: Any) -> Any:
    def merge(asked: Sequence[MergeRequest]) -> Mapping[str, Answer]:
        turned = [MergeRequest(survivor=one.duplicate, duplicate=one.survivor) for one in asked]
        answers = adapter.merge(turned)
        return {one.duplicate: answers[one.survivor] for one in asked}

    return Lying(adapter, merge=merge)


def only_hides_the_duplicate(adapter: Any) -> Any:
    hidden: set[str] = set()

    def merge(asked: Sequence[MergeRequest]) -> Mapping[str, Answer]:
        rows = {row["id"] for row in adapter.rows}
        if not all({one.survivor, one.duplicate} <= rows for one in asked):
            return dict(adapter.merge(asked))
        hidden.update(one.duplicate for one in asked)
        return {one.duplicate: Done(one.survivor) for one in asked}

    def find(by: str, values: Sequence[str]) -> Mapping[str, Any]:
        return {
            value: [row for row in rows if row["id"] not in hidden]
            for value, rows in adapter.find(by, values).items()
        }

    return Lying(adapter, merge=merge, find=find)


def answers_with_a_number_for_a_code(adapter: Any) -> Any:
    def create(requests: Sequence[CreateRequest]) -> Mapping[str, Any]:
        answers = adapter.create(requests)
        bad: Any = Rejected(404)  # type: ignore[arg-type]
        return {key: bad if isinstance(one, Rejected) else one for key, one in answers.items()}

    return Lying(adapter, create=create)


def answers_with_a_list_of_fields(adapter: Any) -> Any:
    bad: Any = Rejected("x", ["email"])  # type: ignore[arg-type]
    return Lying(
        adapter,
        update=lambda asked: {
            key: bad if isinstance(one, Rejected) else one for key, one in adapter.update(asked).items()
        },
    )


def deep(levels: int) -> Any:
    value: Any = "end"
    for _ in range(levels):
        value = [value]
    return value


def _showing(adapter: Any, **more: Any) -> Any:
    """Return the adapter, which shows more in each record than there is."""

    def create(requests: Sequence[CreateRequest]) -> Mapping[str, Any]:
        answers = adapter.create(requests)
        return {
            key: Done(one.id, {**one.payload, **more}) if isinstance(one, Done) and one.payload else one
            for key, one in answers.items()
        }

    return Lying(adapter, create=create)


def shows_a_value_too_deep(adapter: Any) -> Any:
    return _showing(adapter, deep=deep(60))


def shows_what_json_has_not(adapter: Any) -> Any:
    return _showing(adapter, tags={"a", "b"})


def finds_what_json_has_not(adapter: Any) -> Any:
    def find(by: str, values: Sequence[str]) -> Mapping[str, Any]:
        return {
            value: [{**row, 7: "key"} for row in rows] for value, rows in adapter.find(by, values).items()
        }

    return Lying(adapter, find=find)


MERGE_LIES = (
    keeps_the_duplicate,
    only_hides_the_duplicate,
    merges_nobody_too,
    lets_the_duplicate_win,
    merges_the_other_way_round,
)
LIES = (
    forgets_keys,
    lags_in_secret,
    says_done_without_doing,
    takes_a_refusal_for_unknown_ids,
    hides_the_record,
    finds_the_first_in_any_case,
    finds_one_of_several,
    answers_for_others_too,
    changes_more,
    declares_no_look_up_by_id,
    answers_with_a_number_for_a_code,
    answers_with_a_list_of_fields,
    shows_a_value_too_deep,
    shows_what_json_has_not,
    finds_what_json_has_not,
)
TESTS = [name for name in dir(AdapterContract) if name.startswith("test_")]


def failed(contract: AdapterContract) -> list[str]:
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
        assert failed(StripeContract()) == []
        assert failed(NetSuiteContract()) == []

    @pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
    def test_finds_out_an_adapter_that(self, lie: Callable[[Any], Any]) -> None:
        contract = StripeContract()
        contract.spoil = lie
        assert failed(contract) != []

    @pytest.mark.parametrize("lie", MERGE_LIES, ids=lambda lie: lie.__name__)
    def test_finds_out_an_adapter_that_merges_and(self, lie: Callable[[Any], Any]) -> None:
        contract = NetSuiteContract()
        contract.spoil = lie
        assert failed(contract) != []

    def test_fails_where_a_hook_is_not_filled_in(self) -> None:
        assert failed(AdapterContract()) == TESTS
        hooks = ("rows", "body", "refused_body", "change", "value", "unknown_id", "merged")
        for hook in hooks:
            contract: Any = NetSuiteContract()
            setattr(contract, hook, getattr(AdapterContract, hook).__get__(contract))
            assert failed(contract) != [], hook
