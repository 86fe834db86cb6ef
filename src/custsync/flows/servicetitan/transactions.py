"""The trigger: a customer is synced when it is on a transaction that is eligible."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.flows.servicetitan.issues import SUBSIDIARY_MISSING
from custsync.models import ABSENT, Customer
from custsync.protocols import Payload
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.normalize import id_key
from custsync.systems.servicetitan import SERVICETITAN

UNREAD: Final = "unread"
"""The key under which a joined customer names the lists that it was given without."""

TRANSACTIONS: Final = "extra.transactions"
"""The field of a customer that holds the transactions that it is on."""

JOURNAL_ENTRY: Final = "journal_entry"
INVOICE: Final = "invoice"
CUSTOMER_PAYMENT: Final = "customer_payment"

ELIGIBLE: Final = frozenset({JOURNAL_ENTRY, INVOICE, CUSTOMER_PAYMENT})
"""The types of transaction that bring a customer along, unless a flow names others."""


@frozen(kw_only=True)
class Transaction:
    """One transaction of a ServiceTitan customer.

    Attributes:
        customer: the ServiceTitan customer's id.
        type: one of `JOURNAL_ENTRY`, `INVOICE`, `CUSTOMER_PAYMENT`, or another word of the caller's.
        id: the transaction's id, `""` where it does not matter.
        subsidiary: internal id of the NetSuite subsidiary that it posts to, `""` for an account without.
    """

    customer: str
    type: str
    id: str = ""
    subsidiary: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse ids that are no text: as numbers they would find no customer.

        Raises:
            InputError: a part is no text.
        """
        for name in ("customer", "type", "id", "subsidiary"):
            given: object = getattr(self, name)
            if not isinstance(given, str):
                raise InputError(f"a transaction's {name} is a text, not {type(given).__name__}")


@checked
def join_transactions(
    customers: Iterable[Payload], transactions: Iterable[Transaction], contacts: Iterable[Payload] = ()
) -> list[Payload]:
    """Return the customers' payloads, each with the transactions that it is on, and with its contacts.

    The order of the transactions is kept, for it is the order in time: the first that can decides where a new
    customer is created. Merged customers come after those that were not. A transaction of a customer that was
    merged is its survivor's. A customer that is on a transaction and was not given comes last, as an id
    alone: the run reports that it was not read.

    Args:
        customers: customer objects, merged ones among them.
        transactions: any transactions, eligible or not.
        contacts: contact objects of any of these customers, which ServiceTitan keeps apart from them.

    Raises:
        InputError: something else than a `Transaction`, or than an object for a contact, is among them.

    Cost: linear, but for the length of chains of merges.

    Rule: ST-TRIG, ST-MRG-1
    Source: NetSuite customer sync flow, "Key behavior for customer sync".

    >>> invoice = Transaction(customer="771", type=INVOICE, id="9", subsidiary="2")
    >>> (vale,) = join_transactions([{"id": 771, "name": "Vale, Ines"}], [invoice])
    >>> vale["transactions"]
    [{'type': 'invoice', 'id': '9', 'subsidiary': '2'}]
    >>> join_transactions([{"id": 771, "name": "Vale, Ines"}], [])[0]["transactions"]
    []
    """
    given = sorted(customers, key=_was_merged)
    at = {identity: payload for payload in given if (identity := SERVICETITAN.id_of(payload))}
    standing: dict[str, list[dict[str, str]]] = {}
    for transaction in transactions:
        if not isinstance(transaction, Transaction):
            raise InputError(f"a Transaction was expected, not {type(transaction).__name__}")
        stated = ((name, id_key(getattr(transaction, name))) for name in ("type", "id", "subsidiary"))
        entry = {name: text for name, text in stated if text}
        standing.setdefault(_survivor_of(transaction.customer, at), []).append(entry)
    reached: dict[str, list[Payload]] = {}
    for contact in contacts:
        if not isinstance(contact, Mapping):
            raise InputError(f"a contact object was expected, not {type(contact).__name__}")
        reached.setdefault(str(contact.get("customerId")), []).append(contact)
    unread = [{"id": identity} for identity in standing if identity not in at]
    return [_joined(payload, standing, reached) for payload in (*given, *unread)]


def _was_merged(payload: object) -> bool:
    return isinstance(payload, Mapping) and bool(payload.get("mergedToId"))


def _joined(
    payload: Payload, standing: Mapping[str, list[dict[str, str]]], reached: Mapping[str, list[Payload]]
) -> Payload:
    if not isinstance(payload, Mapping):
        return payload  # the run refuses it, and it alone
    identity = SERVICETITAN.id_of(payload)
    contacts = {"contacts": reached[identity]} if identity in reached else {}
    unread = {} if "customFields" in payload else {UNREAD: ["customFields"]}
    return {**payload, **contacts, **unread, "transactions": list(standing.get(identity, ()))}


def _survivor_of(identity: str, at: Mapping[str, Payload]) -> str:
    """Return whom the customer was merged into, as far as they were given; itself, where not merged."""
    passed = {identity}
    while identity in at:
        survivor = str(at[identity].get("mergedToId") or "")
        if survivor in passed or survivor not in at:
            break
        passed.add(survivor)
        identity = survivor
    return identity


def standing_on(customer: Customer, eligible: frozenset[str]) -> list[Mapping[str, Any]]:
    """Return the customer's transactions that are eligible.

    >>> from custsync.models import Ref
    >>> invoice, estimate = {"type": "invoice"}, {"type": "estimate"}
    >>> vale = Customer(ref=Ref("servicetitan", "771"), extra={"transactions": [invoice, estimate]})
    >>> standing_on(vale, ELIGIBLE)
    [{'type': 'invoice'}]
    >>> standing_on(vale, frozenset())
    []

    Rule: ST-TRIG
    """
    return [entry for entry in customer.extra.get("transactions") or () if entry.get("type") in eligible]


def subsidiaries_of(customer: Customer, eligible: frozenset[str]) -> tuple[str, ...]:
    """Return the subsidiaries that the customer's eligible transactions name, each once, in order.

    Rule: ST-LEG-2
    """
    return tuple(dict.fromkeys(filter(None, map(subsidiary_of, standing_on(customer, eligible)))))


def subsidiary_of(entry: Mapping[str, Any]) -> str:
    """Return the subsidiary that a transaction names, `""` for none."""
    return str(entry.get("subsidiary") or "")


@frozen
class OnNoTransaction:
    """Whether a customer has no transaction that is eligible."""

    eligible: frozenset[str]

    def __call__(self, customer: Customer) -> bool:
        """Return whether the customer is to be left out."""
        return not standing_on(customer, self.eligible)


@frozen
class Subsidiary:
    """A row's value: the subsidiary of a new customer, that of its first transaction that names one."""

    eligible: frozenset[str]

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the first subsidiary that is named; none is not guessed at."""
        named = filter(None, map(subsidiary_of, standing_on(customer, self.eligible)))
        return next(named, None) or MappedValue(value=ABSENT, issues=(SUBSIDIARY_MISSING,))
