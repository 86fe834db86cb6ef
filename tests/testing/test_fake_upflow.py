"""The in-memory Upflow has the quirks that are known of Upflow's API and of its import."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.models import Address
from custsync.protocols import Adapter, Done, Exists, Payload, Rejected, Tier
from custsync.systems.upflow import UPFLOW, UPFLOW_IMPORT
from custsync.testing.adapter_contract import AdapterContract
from custsync.testing.fakes.upflow import FakeUpflow, FakeUpflowImport
from tests.testing.calls import created, found, updated


class UpflowContract(AdapterContract):
    """The contract of Upflow's API."""

    system = UPFLOW
    tier = Tier.C

    @contextmanager
    def opened(self) -> Iterator[Adapter]:
        yield FakeUpflow(tier=self.tier)

    def rows(self, adapter: Any) -> Sequence[Payload]:
        return list(adapter.rows)

    def body(self, number: int, key: str) -> Payload:
        return {"name": f"Works {number}", "externalId": key, "balance": 100 * number}

    def refused_body(self) -> Payload:
        return {"name": "Works", "balance": 15.5}

    def change(self) -> tuple[Payload, str]:
        return {"name": "Works, Inc."}, "name"

    def value(self, by: str, number: int, key: str) -> str:
        return key

    def unknown_id(self) -> str:
        return "6b0e-404"


class TestUpflow(UpflowContract):
    """Upflow as far as it is known."""


class TestUpflowWithUniqueIds(UpflowContract):
    """Tier A: an external id is of one customer alone."""

    tier = Tier.A


class TestUpflowThatLags(UpflowContract):
    """Tier D."""

    tier = Tier.D


class TestUpflowImport(UpflowContract):
    """The lines of the customer import."""

    system = UPFLOW_IMPORT
    tier = Tier.A

    @contextmanager
    def opened(self) -> Iterator[Adapter]:
        yield FakeUpflowImport()

    def body(self, number: int, key: str) -> Payload:
        return {"Customer name": f"Works {number}", "Customer ID": key}

    def refused_body(self) -> Payload:
        return {"Customer name": "", "Customer ID": "refused"}

    def change(self) -> tuple[Payload, str]:
        return {"Customer name": "Works, Inc."}, "name"


class TestTheExternalId:
    """It belongs to any number of customers, in tier A to one."""

    def test_of_two(self) -> None:
        upflow = FakeUpflow()
        one, two = (created(upflow, key, name="Works", externalId="2041").id for key in "kl")
        assert [row["id"] for row in found(upflow, "external_id", "2041")] == [one, two]

    def test_of_one(self) -> None:
        upflow = FakeUpflow(tier=Tier.A)
        first = created(upflow, name="Works", externalId="2041").id
        assert created(upflow, name="Works", externalId="2041") == Exists(first)
        other = created(upflow, name="Works", externalId="2042").id
        assert updated(upflow, other, externalId="2041") == Rejected("taken", "externalId")
        assert isinstance(updated(upflow, other, externalId="2042"), Done)

    def test_of_none(self) -> None:
        upflow = FakeUpflow(tier=Tier.A)
        assert isinstance(created(upflow, "k", name="Works"), Done)
        assert isinstance(created(upflow, "l", name="Works"), Done)


class TestBodies:
    """A customer has a name, and its balance is an integer number of cents; other keys are kept."""

    @pytest.mark.parametrize(
        ("changes", "answer"),
        [
            ({"name": ""}, Rejected("required", "name")),
            ({"id": "6b0e"}, Rejected("read_only", "id")),
            ({"balance": 15.5}, Rejected("not_cents", "balance")),
            ({"balance": True}, Rejected("not_cents", "balance")),
            ({"balance": "1550"}, Rejected("not_cents", "balance")),
        ],
    )
    def test_what_does_not_fit_is_refused(self, changes: dict[str, Any], answer: Rejected) -> None:
        upflow = FakeUpflow()
        assert created(upflow, **{"name": "Works", **changes}) == answer
        identity = upflow.put({"name": "Works"})
        before = upflow.rows
        assert updated(upflow, identity, **changes) == answer
        assert upflow.rows == before

    @given(name=st.text("abÄ é", min_size=1), cents=st.integers(-(10**9), 10**9))
    def test_a_row_is_read_as_it_was_meant(self, name: str, cents: int) -> None:
        upflow = FakeUpflow()
        answer = created(upflow, name=name, balance=cents, externalId="2041", paymentTerms=30)
        read = UPFLOW.read(upflow.row(answer.id), "", "")
        assert (read.name, read.ref.id) == (name, answer.id)
        assert read.balance * 100 == cents  # type: ignore[operator]
        assert (read.extra["paymentTerms"], read.extra["externalId"]) == (30, "2041")


class TestExclusion:
    """What is excluded is kept, and not seen: not found, not listed, not changed."""

    @pytest.mark.parametrize("kind", [FakeUpflow, FakeUpflowImport], ids=["API", "import"])
    def test_hides(self, kind: Any) -> None:
        upflow = kind()
        seen, unseen = (upflow.put(self.body(upflow, number)) for number in ("1", "2"))
        upflow.exclude(unseen)
        assert found(upflow, "id", unseen) == found(upflow, "external_id", "2") == []
        assert len(found(upflow, "id", seen)) == len(found(upflow, "external_id", "1")) == 1
        assert updated(upflow, unseen) == Rejected("resource_missing", "id")
        assert len(upflow.listed()) == 1
        assert len(upflow.listed(excluded=True)) == len(upflow.rows) == 2

    @pytest.mark.parametrize("kind", [FakeUpflow, FakeUpflowImport], ids=["API", "import"])
    def test_keeps_the_id_taken(self, kind: Any) -> None:
        upflow = kind(tier=Tier.A)
        identity = upflow.put(self.body(upflow, "1"))
        assert created(upflow, **self.body(upflow, "1")) == Exists(identity)
        upflow.exclude(identity)
        assert created(upflow, **self.body(upflow, "1")) == Exists("")

    def test_a_removed_customer_is_gone(self) -> None:
        upflow = FakeUpflow()
        identity = upflow.put({"name": "Works"})
        upflow.remove(identity)
        assert upflow.listed(excluded=True) == []

    def body(self, upflow: Any, number: str) -> dict[str, Any]:
        if isinstance(upflow, FakeUpflow):
            return {"name": "Works", "externalId": number}
        return {"Customer name": "Works", "Customer ID": number}


WORDS = st.text("abÄ é-.,'", min_size=1, max_size=8)
ADDRESSES = st.builds(
    Address, line1=WORDS, city=WORDS, state=st.just(""), postal_code=WORDS, country=st.just("France")
)
VALUES: dict[str, Any] = {
    "name": WORDS,
    "parent": WORDS,
    "custom.VAT number": WORDS,
    "billing_address": ADDRESSES,
}


class TestLines:
    """A line is texts under the import's titles; its id and its name are demanded."""

    @pytest.mark.parametrize(
        ("line", "answer"),
        [
            ({"Customer name": "Works"}, Rejected("required", "Customer ID")),
            ({"Customer ID": "7"}, Rejected("required", "Customer name")),
            ({"Customer name": "Works", "Email": "a@works.example"}, Rejected("unknown_column", "Email")),
            ({"Customer name": "Works", "Customer ID": 7}, Rejected("not_a_text", "Customer ID")),
        ],
    )
    def test_what_does_not_fit_is_refused(self, line: dict[str, Any], answer: Rejected) -> None:
        upflow = FakeUpflowImport()
        assert created(upflow, **line) == answer
        assert upflow.rows == []

    def test_an_id_stays(self) -> None:
        upflow = FakeUpflowImport()
        created(upflow, **{"Customer name": "Works", "Customer ID": "7"})
        assert updated(upflow, "7", **{"Customer ID": "8"}) == Rejected("another_customer", "Customer ID")
        assert updated(upflow, "7", **{"Customer ID": "7"}) == Done("7")

    def test_one_that_a_person_puts_there_gets_an_id(self) -> None:
        upflow = FakeUpflowImport()
        assert upflow.put({"Customer name": "Works"}) == "1"

    @given(values=st.fixed_dictionaries(VALUES), changes=st.fixed_dictionaries({}, optional=VALUES))
    def test_round_trip(self, values: dict[str, Any], changes: dict[str, Any]) -> None:
        upflow = FakeUpflowImport()
        answer = created(upflow, **UPFLOW_IMPORT.write({**values, "external_id": "2041"}, None))
        assert answer == Done("2041")
        current = UPFLOW_IMPORT.read(upflow.row("2041"), "", "")
        assert updated(upflow, "2041", **UPFLOW_IMPORT.write(changes, current)) == Done("2041")
        read = UPFLOW_IMPORT.read(upflow.row("2041"), "", "")
        meant = {**values, **changes}
        assert (read.name, read.parent) == (meant["name"], meant["parent"])
        assert read.custom["VAT number"] == meant["custom.VAT number"]
        billing = read.billing_address
        assert isinstance(billing, Address)
        parts = ("line1", "city", "postal_code", "country")
        assert [getattr(billing, part) for part in parts] == [
            getattr(meant["billing_address"], part) for part in parts
        ]
