"""Lago in memory: its customer object, whose links to other systems are a list that is written whole."""

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Final

from attrs import define, field

from custsync._arguments import checked
from custsync.protocols import Payload, Rejected, Tier
from custsync.systems.lago_writes import BLANK, LINK, changed, created
from custsync.testing.fakes.base import FakeSystem, Refusal, Row, accepted

__all__ = ["FakeLago"]


@checked
@define(slots=False, eq=False, repr=False)
class FakeLago(FakeSystem):
    """Lago's customers, each under an `external_id` of the caller's choice; `lago_id` is Lago's own.

    `tier` A takes the external id for a unique key, as it is documented: a second create with it is
    `Exists`, as an adapter has to say that looks before it posts (Lago itself changes the customer). In D it
    is found late.

    The links of a request replace the existing ones: a link that is not named by its id is destroyed. A new
    link needs the id of a customer in the other system, or `sync_with_provider`; otherwise it is not made.
    With `sync_with_provider` it has no customer id yet, and its code is added to `asked`, each time. Metadata
    are replaced too. A customer is found by its external id: no route of Lago's takes its `lago_id`.

    Attributes:
        connections: the codes of the organisation's connections; empty to take any.
        asked: the codes of the connections in whose system Lago requested a customer.

    >>> from custsync.protocols import CreateRequest
    >>> lago = FakeLago()
    >>> link = {"integration_type": "netsuite", "integration_code": "us", "sync_with_provider": True}
    >>> payload = {"external_id": "joinery", "integration_customers": [link]}
    >>> answer = lago.create([CreateRequest(key="k", payload=payload)])["k"]
    >>> answer.payload["integration_customers"][0]["external_customer_id"] is None
    True
    >>> lago.create([CreateRequest(key="k2", payload={"name": "Joinery"})])
    {'k2': Rejected(code='value_is_mandatory', field='external_id')}

    Source: getlago/lago-openapi, CustomerObject; getlago/lago-api, customer services
    """

    system: ClassVar[str] = "lago"
    finds: ClassVar[Mapping[str, int]] = {"external_id": 1}
    id_key: ClassVar[str] = "lago_id"

    tier: Tier = field(default=Tier.A, kw_only=True)
    connections: Collection[str] = field(default=(), kw_only=True)
    asked: list[str] = field(factory=list, init=False)
    _parts: int = field(default=0, init=False)

    def put(self, payload: Payload) -> str:
        """Have a person put a row there, as `FakeSystem.put`; its lists are as an answer has them."""
        blanks = {"integration_customers": LINK, "metadata": _DATUM}
        own = {
            key: [{"lago_id": self._part_id(), **blank, **one} for one in payload.get(key) or ()]
            for key, blank in blanks.items()
        }
        return super().put({**payload, **own})

    def _edit(self, row: Row, changes: Row) -> None:
        """Change the row as a person does; a link that stays keeps its id."""
        links = changes.pop("integration_customers", None)
        if links is not None:
            there = {one["integration_code"]: one for one in row["integration_customers"]}
            row["integration_customers"] = [self._edited(there, link) for link in links]
        self._change(row, changes)

    def _edited(self, there: Mapping[str, Row], link: Row) -> Row:
        sent = {"type" if key == "integration_type" else key: value for key, value in link.items()}
        old = there.get(sent["integration_code"]) or {"lago_id": self._part_id(), **LINK}
        return {**old, **sent}

    def blank(self) -> Row:
        """Return a customer with nothing in it."""
        number = self._next
        return {
            **BLANK,
            "external_id": f"customer-{number}",
            "sequential_id": number,
            "slug": f"LAG-8C11-{number:03}",
            "created_at": self._stamp(),
            "updated_at": self._stamp(),
        }

    def _named(self, number: int) -> str:
        return _uuid("4f0f3c1e", number)

    def _created(self, payload: Payload) -> Row:
        made = created(self._named(self._next), "", payload)
        row = {**self.blank(), **self._taken(made, [])}
        del row["lago_id"]  # it gets its id when it is kept
        self._refuse_taken(row, "external_id", "value_already_exist")
        return row

    def _change(self, row: Row, payload: Payload) -> None:
        there = row["integration_customers"]
        row |= self._taken(changed(row, payload), there)
        self._refuse_taken(row, "external_id", "value_already_exist")
        row["updated_at"] = self._stamp()

    def _taken(self, made: Row | Rejected, there: Sequence[Row]) -> Row:
        """Return the customer that a write makes, unless it is refused; add new systems to `asked`."""
        made = accepted(made)
        old = {one["lago_id"] for one in there}
        new = [one for one in made["integration_customers"] if one["lago_id"] not in old]
        if self.connections and any(one["integration_code"] not in self.connections for one in new):
            raise Refusal(Rejected("integration_not_found", "integration_customers"))
        self.asked += [one["integration_code"] for one in new if not one["external_customer_id"]]
        return made

    def _part_id(self) -> str:
        self._parts += 1
        return _uuid("b5b2a5b0", self._parts)


_DATUM: Final[Row] = {"key": None, "value": None, "display_in_invoice": False}


def _uuid(head: str, number: int) -> str:
    return f"{head}-6f0a-4a52-9c5f-{number:012x}"
