"""Both Stripe flows over the official SDK and HTTP, with the adapter of the how-to page.

localstripe is not Stripe: it takes no `shipping` in a create, shows nothing of a deleted customer, ignores
idempotency keys, never throttles and never fails. An answer that a test puts in its place is the one that
Stripe documents.
"""

import ast
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import stripe
import stripe_adapter as stripe_adapter_module
from attrs import define, evolve, field
from stripe_adapter import STRIPE_CAN, OneCustomer, classify, stripe_adapter

from custsync.engine.api import sync
from custsync.engine.decide.recovery import SENDING
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome, Report, Result
from custsync.errors import AuthenticationError
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.protocols import (
    Adapter,
    Capabilities,
    CreateRequest,
    Done,
    Payload,
    Rejected,
    RetryAfter,
    Tier,
    Unknown,
    UpdateRequest,
)
from custsync.stores.memory import MemoryStore
from custsync.systems.stripe import STRIPE
from custsync.testing.adapter_contract import AdapterContract
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import STRIPE_ID_FIELD, FakeNetSuite
from tests.real.conftest import RealStripe, connected

ADAPTER = Path(stripe_adapter_module.__file__)
PAGE = ADAPTER.with_name("connect-stripe.md")
AP = "ap@joinery.example"
LOCALSTRIPE_CAN = evolve(STRIPE_CAN, tier=Tier.C, key_lifetime=timedelta(0))
"""What localstripe really offers: no idempotency keys, but look-ups that see every write."""

ADDRESS = {
    "addressBookAddress": {"addr1": "12 Mill Row", "city": "Astoria", "state": "OR", "country": {"id": "US"}}
}


class Crash(BaseException):
    """The process dies."""


@define
class Both:
    """A NetSuite in memory, a Stripe over HTTP, and the store and clock between them."""

    real: RealStripe
    can: Capabilities = LOCALSTRIPE_CAN
    clock: VirtualClock = field(factory=VirtualClock)
    store: MemoryStore = field(factory=MemoryStore)
    netsuite: FakeNetSuite = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.netsuite = FakeNetSuite(self.clock)

    def export(self) -> list[Outcome]:
        return self._sync(EXPORT, self.netsuite.rows, self.stripe(), self.netsuite)

    def import_(self) -> list[Outcome]:
        return self._sync(IMPORT, self.real.customers, self.netsuite, self.stripe())

    def stripe(self) -> Any:
        return stripe_adapter(self.real.client, mode="test", can=self.can)

    def _sync(self, flow: Any, customers: Any, target: Any, source: Any) -> list[Outcome]:
        outcomes: list[Outcome] = []
        world = Environment(
            target=target, source=source, store=self.store, clock=self.clock, sleep=self.clock.sleep
        )
        report = sync(flow, customers, world, observe=outcomes.append)
        assert isinstance(report, Report)
        return outcomes

    def state(self) -> tuple[Any, Any]:
        """Return all that both systems hold."""
        return self.netsuite.rows, self.real.customers


@pytest.fixture
def both(real: RealStripe) -> Both:
    return Both(real)


def ended(outcomes: list[Outcome]) -> list[Result]:
    return [outcome.result for outcome in outcomes]


def codes(outcomes: list[Outcome]) -> list[str]:
    return [issue.code for outcome in outcomes for issue in outcome.issues]


class TestThePage:
    """The page quotes the adapter, all of it and nothing else."""

    def test_quoted_in_order(self) -> None:
        blocks = PAGE.read_text(encoding="utf-8").split("```python\n")[1:]
        quoted = "\n\n\n".join(block.partition("\n```")[0] for block in blocks[:4])
        assert quoted + "\n" == ADAPTER.read_text(encoding="utf-8")

    def test_it_stays_small(self) -> None:
        tree = ast.parse(ADAPTER.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
                del node.body[0]
        lines = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.expr)}
        assert len(lines) <= 61


class TestTheCalls:
    """The adapter finds, creates and updates customers with the SDK."""

    def test_there_and_back(self, both: Both) -> None:
        adapter = both.stripe()
        made = adapter.create([CreateRequest(key="k", payload={"email": AP, "metadata": {"a": "1"}})])["k"]
        assert isinstance(made, Done)
        changed = adapter.update([UpdateRequest(id=made.id, payload={"metadata": {"b": "2"}})])[made.id]
        (row,) = both.real.customers
        assert changed == Done(made.id, row)
        assert row["metadata"] == {"a": "1", "b": "2"}
        assert adapter.find("id", [made.id, "cus_absent"]) == {made.id: [row], "cus_absent": []}
        assert adapter.find("email", [AP, AP.upper()]) == {AP: [row], AP.upper(): []}  # it has no search

    def test_a_search_is_asked_where_the_list_finds_nobody(self, both: Both) -> None:
        asked: list[str] = []

        def page(*customers: str) -> Any:
            shown = [SimpleNamespace(to_dict=lambda one=one: {"id": one}) for one in customers]
            return SimpleNamespace(auto_paging_iter=lambda: iter(shown))

        def search(given: Any) -> Any:
            asked.append(given["query"])
            return page("cus_1")

        api = SimpleNamespace(list=lambda given: page(*given["email"].split(AP)[:-1]), search=search)
        calls = OneCustomer(api)
        assert [*calls.find("email", f"cus_2{AP}")] == [{"id": "cus_2"}]
        assert [*calls.find("email", AP.upper())] == [{"id": "cus_1"}]
        assert asked == [f'email:"{AP.upper()}"']

    def test_every_page(self, both: Both) -> None:
        ids = {both.real.put(email=AP) for _ in range(103)}
        assert {row["id"] for row in both.stripe().find("email", [AP])[AP]} == ids

    def test_a_deleted_customer_as_stripe_shows_it(self, both: Both) -> None:
        gone = {"id": "cus_9", "object": "customer", "deleted": True}
        both.real.line.instead = (200, {}, gone)
        assert both.stripe().find("id", ["cus_9"]) == {"cus_9": [gone]}


class _Contract(AdapterContract):
    """The hooks, for any server of the SDK's."""

    system = STRIPE
    can = LOCALSTRIPE_CAN
    address = ""

    @contextmanager
    def opened(self) -> Iterator[Adapter]:
        with connected(self.address) as self.real:
            yield stripe_adapter(self.real.client, mode="test", can=self.can)

    def rows(self, adapter: Adapter) -> list[Payload]:
        return [*self.real.customers]

    def body(self, number: int, key: str) -> Payload:
        return {"name": f"Invented {number}", "email": f"c{number}@joinery.example"}

    def refused_body(self) -> Payload:
        return {"no_such_parameter": "1"}

    def change(self) -> tuple[Payload, str]:
        return {"phone": "555-0100"}, "phone"

    def value(self, by: str, number: int, key: str) -> str:
        return str(self.body(number, key)[by])

    def unknown_id(self) -> str:
        return "cus_absent"


class TestTheContractInTierC(_Contract):
    """The adapter keeps the contract with what localstripe offers."""

    @pytest.fixture(autouse=True)
    def _served(self, address: str) -> None:
        self.address = address


class TestTheContractInTierB(_Contract):
    """The adapter keeps the contract with idempotency keys that are kept."""

    can = STRIPE_CAN

    @pytest.fixture(autouse=True)
    def _served(self, address_that_keeps_keys: str) -> None:
        self.address = address_that_keeps_keys


class TestWhatTheSdkRaises:
    """Only what is known to have had no effect is called refused; no text of Stripe's is repeated."""

    @pytest.mark.parametrize(
        ("status", "headers", "error", "answer"),
        [
            (429, {"Retry-After": "3"}, {}, RetryAfter(3.0)),
            (429, {}, {"code": "lock_timeout"}, RetryAfter(0.0)),
            (429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, {}, RetryAfter(0.0)),
            (400, {}, {"code": "email_invalid", "param": "email"}, Rejected("email_invalid", "email")),
            (400, {}, {}, Rejected("400")),
            (402, {}, {"code": "card_declined"}, Rejected("card_declined")),
            (400, {}, {"type": "idempotency_error"}, Unknown("IdempotencyError")),
            (409, {}, {"code": "idempotency_key_in_use"}, Unknown("APIError")),
            (500, {}, {}, Unknown("APIError")),
            (503, {}, {}, Unknown("APIError")),
        ],
    )
    def test_by_answer(self, both: Both, status: int, headers: Any, error: Any, answer: Any) -> None:
        both.real.line.instead = (status, headers, {"error": {"message": f"about {AP}", **error}})
        adapter = both.stripe()
        assert adapter.create([CreateRequest(key="k", payload={"email": AP})]) == {"k": answer}
        assert adapter.find("email", [AP]) == {AP: answer}
        assert adapter.find("id", ["cus_1"]) == {"cus_1": answer}
        assert AP not in repr(answer)

    @pytest.mark.parametrize(("status", "code"), [(401, "invalid_api_key"), (403, ""), (401, "")])
    def test_a_key_that_is_refused_ends_the_run(self, both: Both, status: int, code: str) -> None:
        said = {"message": f"about {AP}", **({"code": code} if code else {})}
        both.real.line.instead = (status, {}, {"error": said})
        with pytest.raises(AuthenticationError, match=code or str(status)):
            both.stripe().find("id", ["cus_1"])

    @pytest.mark.parametrize("error", [requests.ConnectionError(AP), requests.Timeout(AP)])
    def test_by_connection(self, both: Both, error: Exception) -> None:
        both.real.line.lost = {"POST": error}
        answers = both.stripe().create([CreateRequest(key="k", payload={"email": AP})])
        assert answers == {"k": Unknown("APIConnectionError")}

    def test_what_is_not_stripes(self) -> None:
        assert classify(KeyError(AP)) is None

    def test_what_the_sdk_refuses_itself(self) -> None:
        error = stripe.InvalidRequestError("no request was made", None)  # type: ignore[no-untyped-call]
        assert classify(error) == Rejected("InvalidRequestError")


@pytest.mark.rule("SP-OUT-1", "SP-OUT-2", "SP-OUT-3", "SP-OUT-4")
class TestExport:
    """NetSuite's customers arrive in Stripe, once, and each side keeps the other's id."""

    def test_a_new_customer(self, both: Both) -> None:
        both.netsuite.put(
            {
                "id": "2041",
                "companyName": "Brightwater Joinery",
                "email": AP,
                "phone": "(503) 555-0142",
                "addressBook": {"items": [{"id": 1, "defaultBilling": True, **ADDRESS}]},
            }
        )
        assert ended(both.export()) == [Result.CREATED]
        (row,) = both.real.customers
        assert (row["name"], row["email"], row["phone"]) == ("Brightwater Joinery", AP, "(503) 555-0142")
        assert row["address"] == {"line1": "12 Mill Row", "city": "Astoria", "state": "OR", "country": "US"}
        assert row["metadata"] == {"netsuite_internal_id": "2041"}
        assert both.netsuite.row("2041")[STRIPE_ID_FIELD] == row["id"]

    def test_the_second_run_is_silent(self, both: Both) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater Joinery", "email": AP})
        both.export()
        before, writes = both.state(), list(both.netsuite.writes)
        assert ended(both.export()) == [Result.UNCHANGED]
        assert (both.state(), both.netsuite.writes) == (before, writes)

    def test_found_by_the_id_that_is_kept(self, both: Both) -> None:
        kept = both.real.put(email="old@joinery.example", name="Brightwater")
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": AP, STRIPE_ID_FIELD: kept})
        assert ended(both.export()) == [Result.LINKED]
        assert [(row["id"], row["email"]) for row in both.real.customers] == [(kept, AP)]

    def test_found_by_email(self, both: Both) -> None:
        there = both.real.put(email=AP, name="Brightwater")
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": AP})
        assert ended(both.export()) == [Result.LINKED]
        assert [row["id"] for row in both.real.customers] == [there]
        assert both.netsuite.row("2041")[STRIPE_ID_FIELD] == there

    def test_several_with_the_email(self, both: Both) -> None:
        ids = {both.real.put(email=AP), both.real.put(email=AP)}
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": AP})
        before = both.state()
        (outcome,) = both.export()
        assert (outcome.result, codes([outcome])) == (Result.REVIEW, ["ambiguous"])
        assert both.state() == before
        assert {row["id"] for row in both.real.customers} == ids

    def test_a_change(self, both: Both) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": AP})
        both.export()
        both.netsuite.edit(
            "2041", phone="555-0143", addressBook={"items": [{"defaultShipping": True, **ADDRESS}]}
        )
        assert ended(both.export()) == [Result.UPDATED]
        (row,) = both.real.customers
        assert (row["phone"], row["shipping"]["name"]) == ("555-0143", "Brightwater")
        assert row["shipping"]["address"]["city"] == "Astoria"
        assert ended(both.export()) == [Result.UNCHANGED]

    def test_one_that_is_refused_fails_alone(self, both: Both) -> None:
        shipped = {"items": [{"id": 1, "defaultShipping": True, **ADDRESS}]}
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "addressBook": shipped})
        both.netsuite.put({"id": "2042", "companyName": "Fern & Hollow", "email": "hello@fern.example"})
        assert ended(both.export()) == [Result.FAILED, Result.CREATED]  # localstripe: "Unexpected shipping"
        assert [row["name"] for row in both.real.customers] == ["Fern & Hollow"]
        assert STRIPE_ID_FIELD not in both.netsuite.row("2041")


@pytest.mark.rule("G-DUP")
class TestADeletedCustomer:
    """A linked customer that was deleted in Stripe is shown to a person; no other is made."""

    @pytest.mark.parametrize("as_stripe", [False, True], ids=["as localstripe", "as Stripe"])
    def test_linked(self, both: Both, as_stripe: bool) -> None:  # noqa: FBT001 - a row of the table
        both.netsuite.put({"id": "2041", "companyName": "Brightwater"})
        (outcome,) = both.export()
        assert outcome.target is not None
        gone = both.real.client.v1.customers.delete(outcome.target.id).to_dict()
        if as_stripe:
            both.real.line.instead = (200, {}, gone)
        (outcome,) = both.export()
        assert (outcome.result, codes([outcome])) == (Result.REVIEW, ["broken_link"])
        both.real.line.instead = None
        assert both.real.customers == []

    def test_kept_in_netsuite_alone_as_stripe(self, both: Both) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", STRIPE_ID_FIELD: "cus_9"})
        both.real.line.instead = (200, {}, {"id": "cus_9", "object": "customer", "deleted": True})
        (outcome,) = both.export()
        assert (outcome.result, codes([outcome])) == (Result.REVIEW, ["deleted_target"])


@pytest.mark.rule("G-DUP")
class TestALostAnswer:
    """A create that took effect unseen is found again by the next run; there is never a second customer."""

    @pytest.mark.parametrize("email", [AP, "Ap@Joinery.example"])
    def test_the_connection_breaks(self, both: Both, email: str) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": email})
        both.real.line.lost = {"POST": requests.ConnectionError()}
        assert ended(both.export()) == [Result.UNKNOWN]
        assert ended(both.export()) == [Result.RECOVERED]
        (row,) = both.real.customers
        assert both.netsuite.row("2041")[STRIPE_ID_FIELD] == row["id"]
        assert ended(both.export()) == [Result.UNCHANGED]

    def test_the_process_dies(self, both: Both) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": AP})
        both.real.line.lost = {"POST": Crash()}
        with pytest.raises(Crash):
            both.export()
        assert STRIPE_ID_FIELD not in both.netsuite.row("2041")
        assert ended(both.export()) == [Result.RECOVERED]
        (row,) = both.real.customers
        assert both.netsuite.row("2041")[STRIPE_ID_FIELD] == row["id"]

    def test_a_create_that_never_arrived(self, both: Both) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": AP})
        both.real.line.unsent = {"POST": requests.ConnectionError()}
        assert ended(both.export()) == [Result.UNKNOWN]
        both.clock.advance(both.can.settle_window + SENDING - timedelta(seconds=1))
        assert ended(both.export()) == [Result.UNKNOWN]
        assert both.real.customers == []
        both.clock.advance(timedelta(seconds=1))
        # An email may have been edited since, so that finding nobody by it proves nothing: a person decides.
        assert ended(both.export()) == [Result.REVIEW]
        assert both.real.customers == []

    def test_an_update(self, both: Both) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": AP})
        both.export()
        both.netsuite.edit("2041", phone="555-0143")
        both.real.line.lost = {"POST": requests.Timeout()}
        assert ended(both.export()) == [Result.UNKNOWN]
        assert ended(both.export()) == [Result.UNCHANGED]
        assert [row["phone"] for row in both.real.customers] == ["555-0143"]

    def test_without_an_email_only_a_person_can_tell(self, both: Both) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater"})
        both.real.line.lost = {"POST": requests.ConnectionError()}
        assert ended(both.export()) == [Result.UNKNOWN]
        assert ended(both.export()) == [Result.UNKNOWN]
        both.clock.advance(both.can.settle_window + SENDING)
        (outcome,) = both.export()
        assert (outcome.result, codes([outcome])) == (Result.REVIEW, ["unknown_outcome"])
        assert len(both.real.customers) == 1


@pytest.mark.rule("G-DUP")
class TestIdempotencyKeys:
    """With keys that are kept, as Stripe keeps them, the same create is safe to send again, with no look-up.

    The keys are kept by a layer of these tests in front of localstripe, by Stripe's documentation.
    """

    @pytest.mark.parametrize("error", [requests.ConnectionError(), Crash()], ids=["connection", "process"])
    def test_a_create_that_is_sent_again(
        self, real_that_keeps_keys: RealStripe, error: BaseException
    ) -> None:
        both = Both(real_that_keeps_keys, STRIPE_CAN)
        both.netsuite.put({"id": "2041", "companyName": "Brightwater"})
        both.real.line.lost = {"POST": error}
        with suppress(Crash):
            both.export()
        both.netsuite.edit("2041", phone="555-0143")  # the content changes, the create does not
        assert ended(both.export()) == [Result.RECOVERED]
        (row,) = both.real.customers
        assert both.netsuite.row("2041")[STRIPE_ID_FIELD] == row["id"]
        both.export()
        assert [row["phone"] for row in both.real.customers] == ["555-0143"]

    def test_another_create_under_the_same_key(self, real_that_keeps_keys: RealStripe) -> None:
        adapter = Both(real_that_keeps_keys, STRIPE_CAN).stripe()
        adapter.create([CreateRequest(key="k-other", payload={"email": AP})])
        again = adapter.create([CreateRequest(key="k-other", payload={"email": "another@joinery.example"})])
        assert again == {"k-other": Unknown("IdempotencyError")}
        assert len(real_that_keeps_keys.customers) == 1


@pytest.mark.rule("SP-IN-1", "SP-IN-2", "SP-BI")
class TestImport:
    """Stripe's customers arrive in NetSuite, and neither direction answers the other."""

    def test_new_customers(self, both: Both) -> None:
        made = both.real.put(
            name="Brightwater Joinery", email=AP, address={"line1": "12 Mill Row", "country": "us"}
        )
        both.real.put(email="nameless@joinery.example")
        assert sorted(result.value for result in ended(both.import_())) == ["created", "left out"]
        (row,) = both.netsuite.rows
        assert (row["companyName"], row["email"], row[STRIPE_ID_FIELD]) == ("Brightwater Joinery", AP, made)
        assert row["externalId"]

    def test_found_by_email(self, both: Both) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": AP})
        made = both.real.put(name="Brightwater", email=AP)
        assert ended(both.import_()) == [Result.LINKED]
        assert both.netsuite.row("2041")[STRIPE_ID_FIELD] == made

    def test_no_echo(self, both: Both) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": AP})
        both.real.put(name="Fern & Hollow", email="hello@fern.example")
        for _ in range(2):
            both.export()
            both.import_()
        before, writes = both.state(), list(both.netsuite.writes)
        assert set(ended(both.export() + both.import_())) == {Result.UNCHANGED}
        assert (both.state(), both.netsuite.writes) == (before, writes)
        assert len(before[0]) == len(before[1]) == 2

    def test_a_change_in_stripe(self, both: Both) -> None:
        both.netsuite.put({"id": "2041", "companyName": "Brightwater", "email": AP, "phone": "555-0142"})
        both.export()
        (row,) = both.real.customers
        both.real.client.v1.customers.update(row["id"], {"phone": "555-0143"})
        both.import_()
        assert both.netsuite.row("2041")["phone"] == "555-0143"
        assert set(ended(both.export() + both.import_())) == {Result.UNCHANGED}
