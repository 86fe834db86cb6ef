"""Lago → NetSuite, one flow for each connection."""

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import evolve

from custsync._arguments import checked
from custsync.errors import FlowError
from custsync.flow import Flow, OnLink
from custsync.flows.lago.billing import BillingSettings
from custsync.flows.lago.field_values import (
    NEITHER,
    NOT_CONNECTED,
    PARTNER,
    PLACE,
    UNREAD,
    CurrencyId,
    First,
    IsUnnamed,
    IsUnset,
    NetSuiteNames,
    Subsidiary,
    or_billing_address,
)
from custsync.flows.lago.issues import LINKED_CUSTOMER_MISSING
from custsync.rules.addresses import UnknownCountry, checked_unknown_country
from custsync.rules.eligibility import Check
from custsync.rules.fields.limits import ADDRESSES, Limit
from custsync.rules.fields.mapping import FieldMapping
from custsync.rules.fields.rows import CodedAddress, name_mappings
from custsync.rules.matching.rule import Key, OnAlreadyLinked
from custsync.rules.matching.steps import MatchStep
from custsync.systems import netsuite
from custsync.systems.lago import CONNECTION_MARK, LAGO
from custsync.systems.system import System
from custsync.systems.values import internal_id

LAGO_ID_FIELD: Final = "custentity_lago_id"
"""The NetSuite custom field that keeps the Lago id: the one that Lago's own script fills."""


def _cut(length: int) -> Limit:
    return Limit(length=length, cited="getlago/lago-api, NetSuite payloads", confidence="B")


LAGO_CUTS: Final[Mapping[str, Limit]] = {
    "first_name": _cut(30),
    "last_name": _cut(30),
    "address.line1": _cut(150),
    "address.city": _cut(50),
    "address.state": _cut(30),
}
"""Where Lago cuts a text without a report, and at which length."""


def link_of(connection: str) -> str:
    """Return the name under which a connection's sync records are kept.

    Rule: LG-MULTI

    >>> link_of("netsuite-us") == link_of("netsuite-uk")
    False
    """
    return f"lago-netsuite:{connection}"


@checked
def customer_sync(  # noqa: PLR0913 - each is one setting of the connection, by name
    connection: str = "netsuite",
    *,
    subsidiaries: Iterable[str] = (),
    target: System = netsuite.REST,
    settings: BillingSettings | None = None,
    lago_id_field: str = LAGO_ID_FIELD,
    missing_name: str = "",
    missing_first_name: str = "",
    missing_last_name: str = "",
    cuts: Mapping[str, Limit] | None = None,
    update_addresses: bool = False,
    on_link: OnLink = "keep",
    shared_targets: bool = False,
    unknown_country: UnknownCountry = "drop",
) -> Flow:
    """Return the flow of one NetSuite connection, from Lago to NetSuite.

    Args:
        connection: the connection's code; a customer that does not name it is left out.
        subsidiaries: the internal ids of the subsidiaries as fetched from NetSuite; none for an account that
            has none.
        target: the NetSuite surface that payloads are written for, `netsuite.REST` or `netsuite.RESTLET`. A
            RESTlet may answer look-ups in another shape than it is written in: give it that shape's `read`.
        settings: the connection's settings, whose currencies are then checked and written; None leaves a
            customer's currency to NetSuite, as Lago does.
        lago_id_field: the NetSuite custom field that keeps the Lago id, and that customers are found by;
            `""` for an account without one.
        missing_name: the company name of a company without a name; `""` refuses it.
        missing_first_name: the first name of an individual without one; `""` refuses it.
        missing_last_name: the last name of an individual without one, `"NoLastName"` say; `""` refuses it.
        cuts: fields whose text is cut to fit, and at which length: `LAGO_CUTS` cuts as Lago does. None
            refuses a text that is too long.
        update_addresses: whether addresses are kept up to date; without it they are written when a customer
            is created, as Lago does. A RESTlet takes them on a create only.
        on_link: what linking to an existing NetSuite customer writes: `"keep"` writes the Lago id alone, and
            later what changes in Lago; `"bring_up_to_date"` writes at once what differs.
        shared_targets: whether several Lago customers may name one NetSuite customer: the first that was
            linked owns it, of several new ones the smallest id; for the others nothing is written there.
        unknown_country: what happens to an address whose country is not valid: `"drop"`, `"refuse"` or
            `"keep"`, as in `custsync.rules.addresses.with_country_code`.

    Raises:
        FlowError: the connection has no code, the subsidiaries are no list, or the target takes no address on
            an update.
        ConfigurationError: `unknown_country` is none of its words.

    Rule: LG-CRE, LG-LINK, LG-MULTI, LG-CUR, LG-SYNC
    Source: Lago, "NetSuite", "Customers synchronization".

    >>> customer_sync("netsuite-us", subsidiaries=["2"]).write_back
    'custom.integration_customers.netsuite-us'
    """
    code: object = connection
    if not isinstance(code, str) or not code.strip():
        raise FlowError("a flow from Lago needs the code of its NetSuite connection")
    if update_addresses and target.write is netsuite.RESTLET.write:
        raise FlowError("a RESTlet takes no address on an update: leave update_addresses off")
    unknown = checked_unknown_country(unknown_country)
    naming = NetSuiteNames(missing_name, missing_first_name, missing_last_name)
    kept_id = f"custom.{CONNECTION_MARK}{connection}"
    stamp = f"custom.{lago_id_field}" if lago_id_field else ""
    address = evolve(_ADDRESS, create_only=not update_addresses)
    addresses = [CodedAddress(name, "netsuite", unknown, "LG-CRE", or_billing_address) for name in ADDRESSES]
    is_named = Check(fails=IsUnnamed(connection), issue=NOT_CONNECTED)
    is_set = Check(fails=IsUnset(connection), issue=NEITHER)
    linked = OnAlreadyLinked.SHARE if shared_targets else OnAlreadyLinked.REVIEW
    given = Key(kept_id, right="id", kind=internal_id)
    by_given_id = evolve(_BY_GIVEN_ID, keys=given, on_already_linked=linked)
    by_stamp = (evolve(_BY_STAMP, keys=Key("id", right=stamp, kind="id"), lookup=stamp),) if stamp else ()
    return Flow(
        name="lago.CUSTOMER_SYNC",
        link=link_of(connection),
        source=LAGO,
        target=evolve(target, limits={**target.limits, **cuts}) if cuts else target,
        checks=(PARTNER, UNREAD, is_named, is_set),
        match=(by_given_id, *by_stamp),
        fields=(
            *name_mappings(naming, _NAME_SOURCES, "LG-CRE"),
            *_CONTACT_ROWS,
            *(evolve(address, target=one.name, compute=one) for one in addresses),
            evolve(_SUBSIDIARY, compute=Subsidiary(connection, _internal_ids(subsidiaries))),
            *_currency_rows(settings),
            *((FieldMapping(target=stamp, sources=("id",), rule="G-DUP"),) if stamp else ()),
        ),
        source_id_field=stamp,
        unique_key="external_id",
        write_back=kept_id,
        on_link=on_link,
        may_cut=frozenset(cuts or ()),
        version=f"1:{connection}",  # a plan for one connection is not carried out in another
    )


def _internal_ids(subsidiaries: object) -> tuple[str, ...]:
    """Return the ids, once each; a number would be none that a Lago customer names, and refuse everybody."""
    given = () if isinstance(subsidiaries, str) or not isinstance(subsidiaries, Iterable) else subsidiaries
    ids = tuple(given)
    if given is not subsidiaries or not all(isinstance(one, str) for one in ids):
        raise FlowError("subsidiaries are internal ids, texts in a list, not one text")
    return tuple(sorted(set(ids)))


def _currency_rows(settings: BillingSettings | None) -> tuple[FieldMapping, ...]:
    if settings is None:
        return ()
    return (evolve(_CURRENCY, compute=CurrencyId(dict(sorted(settings.currencies.items())))),)


_BY_GIVEN_ID: Final = MatchStep(
    id="LG-LINK",
    keys=Key("id", right="id", kind=internal_id),
    question="Does NetSuite have the customer whose id is given on the Lago customer's connection?",
    lookup="id",
    authoritative=True,
    if_not_found=LINKED_CUSTOMER_MISSING,
)
_BY_STAMP: Final = MatchStep(
    id="G-DUP",
    keys=Key("id", right=f"custom.{LAGO_ID_FIELD}", kind="id"),
    question="Does NetSuite have a customer that keeps the Lago customer's id?",
    lookup=f"custom.{LAGO_ID_FIELD}",
    authoritative=True,
)
_ADDRESS: Final = FieldMapping(
    target="billing_address",
    sources=ADDRESSES,
    rule="LG-CRE",
    compute=CodedAddress("billing_address", "netsuite"),
    components=PLACE,
)
_SUBSIDIARY: Final = FieldMapping(
    target="subsidiary", sources=(), rule="LG-CRE", compute=Subsidiary("", ()), create_only=True
)
_CURRENCY: Final = FieldMapping(
    target="currency", sources=("currency",), rule="LG-CUR", compute=CurrencyId({}), clear_on_blank=False
)
_NAME_SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "is_person": ("is_person",),
    "company_name": ("is_person", "name"),
    "first_name": ("is_person", "first_name"),
    "last_name": ("is_person", "last_name"),
}
_CONTACT_ROWS: Final = (
    FieldMapping(target="email", sources=("email",), rule="LG-CRE", compute=First("email")),
    FieldMapping(target="phone", sources=("phone",), rule="LG-CRE", compute=First("phone")),
    FieldMapping(target="entity_id", sources=("external_id",), rule="LG-CRE", create_only=True),
)

CUSTOMER_SYNC: Final = customer_sync()
"""Lago → NetSuite over the connection `netsuite`, into an account without subsidiaries."""
