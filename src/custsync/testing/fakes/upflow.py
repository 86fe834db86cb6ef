"""Upflow in memory: the customers of its API, and the lines of its customer import."""

from collections.abc import Mapping
from typing import ClassVar

from attrs import define, field

from custsync.protocols import Exists, Payload, Tier
from custsync.systems.upflow import BLANK, IMPORT_COLUMNS, changed, changed_line, created_line
from custsync.testing.fakes.base import FakeSystem, Refusal, Row, accepted

__all__ = ["FakeUpflow", "FakeUpflowImport"]


@define(slots=False, eq=False, repr=False)
class _Excluding(FakeSystem):
    """A system where people exclude customers; look-ups and lists do not return excluded ones.

    Attributes:
        excluded: the ids of the excluded customers.
    """

    system: ClassVar[str] = "upflow"
    finds: ClassVar[Mapping[str, int]] = {"id": 1, "external_id": 1}

    excluded: set[str] = field(factory=set, init=False)

    def exclude(self, identity: str) -> None:
        """Have a person exclude a customer: from now on it cannot be found or changed."""
        self.excluded.add(self._identity(self.row(identity)))

    def listed(self, *, excluded: bool = False) -> list[Row]:
        """Return the page of customers, with `excluded` also excluded ones; there is no filter by date."""
        return [row for row in self.rows if excluded or self._is_seen(row)]

    def _is_seen(self, row: Row) -> bool:
        return self._identity(row) not in self.excluded


@define(slots=False, eq=False, repr=False)
class FakeUpflow(_Excluding):
    """Upflow's customers as its API returns them. No reference of its fields is public: any key is kept.

    The known rules are checked: a customer has a name, and a balance is an integer number of cents.

    `tier` C is Upflow as far as it is known: it is not documented that external ids are unique, so two
    customers can have one. In A they are unique; in D the external id is found late.

    >>> from custsync.protocols import CreateRequest
    >>> upflow = FakeUpflow()
    >>> request = CreateRequest(key="k", payload={"name": "Joinery", "externalId": "2041", "balance": 1550})
    >>> joinery = upflow.create([request])["k"].id
    >>> upflow.exclude(joinery)
    >>> upflow.find("external_id", ["2041"]), len(upflow.listed(excluded=True))
    ({'2041': []}, 1)
    >>> upflow.create([CreateRequest(key="k", payload={"name": "Joinery", "balance": 15.5})])
    {'k': Rejected(code='not_cents', field='balance')}

    Source: two public clients of the Upflow API; unverified
    """

    keys: ClassVar[Mapping[str, str]] = {"external_id": "externalId"}

    tier: Tier = field(default=Tier.C, kw_only=True)

    def blank(self) -> Row:
        """Return a row of the customer list with nothing in it."""
        return dict(BLANK)

    def _named(self, number: int) -> str:
        return f"6b0e6c1e-7a3e-4f1a-9d0e-{number:012}"

    def _change(self, row: Row, payload: Payload) -> None:
        row |= accepted(changed(row, payload))
        if self.tier is Tier.A and row["externalId"] is not None:
            self._refuse_taken(row, "external_id")


@define(slots=False, eq=False, repr=False)
class FakeUpflowImport(_Excluding):
    """Upflow's customers as the lines of its customer import, under the caller's own ids (`Customer ID`).

    An import does not report what it made: a write answers without the line. A second create with an id is
    `Exists`, as an adapter has to say that looks before it uploads (Upflow itself changes the customer).

    >>> from custsync.protocols import CreateRequest
    >>> upflow = FakeUpflowImport()
    >>> line = {"Customer name": "Joinery", "Customer ID": "2041"}
    >>> upflow.create([CreateRequest(key="k", payload=line)])
    {'k': Done(id='2041')}
    >>> upflow.create([CreateRequest(key="k", payload={"Customer ID": "2042"})])
    {'k': Rejected(code='required', field='Customer name')}

    Source: Upflow help, customers and contacts via CSV
    """

    system: ClassVar[str] = "upflow_import"
    id_key: ClassVar[str] = "Customer ID"
    keys: ClassVar[Mapping[str, str]] = {"external_id": "Customer ID"}
    answers_with_payload: ClassVar[bool] = False

    tier: Tier = field(default=Tier.A, kw_only=True)

    def blank(self) -> Row:
        """Return an empty line, which has no id yet."""
        return {title: "" for title in IMPORT_COLUMNS if title != self.id_key}

    def _created(self, payload: Payload) -> Row:
        row = accepted(created_line("", "", payload))
        for other in self._held("id", row[self.id_key]):
            raise Refusal(Exists(self._identity(other) if self._is_seen(other) else ""))
        return row

    def _change(self, row: Row, payload: Payload) -> None:
        row |= accepted(changed_line(row, payload))
