"""The flow from ServiceTitan to NetSuite."""

from typing import Final

from attrs import evolve

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.flow import Flow
from custsync.flows.servicetitan.fields import AS_DOCUMENTED, NameRules, detail_rows, name_mappings
from custsync.flows.servicetitan.issues import NO_TRANSACTION
from custsync.flows.servicetitan.legacy_id import BY_LEGACY_ID, FIELDS_UNREAD, Fits, LegacyIdFields
from custsync.flows.servicetitan.posting import Posting
from custsync.flows.servicetitan.transactions import ELIGIBLE, OnNoTransaction, Subsidiary
from custsync.models import Severity
from custsync.rules.addresses import UnknownCountry, checked_unknown_country
from custsync.rules.eligibility import Check
from custsync.rules.fields.mapping import FieldMapping
from custsync.rules.matching.rule import Key, OnAlreadyLinked
from custsync.systems import netsuite
from custsync.systems.servicetitan import SERVICETITAN
from custsync.systems.system import System
from custsync.systems.values import internal_id

LINK: Final = "servicetitan-netsuite"
"""The sync records' name of this pair."""

LEGACY_FIELD: Final = "Legacy ID"
"""The ServiceTitan field that holds the NetSuite internal id, unless the tenant names another."""

SERVICETITAN_ID_FIELD: Final = "custentity_servicetitan_customer_id"
"""The NetSuite custom field that keeps the ServiceTitan id, unless the account names it otherwise."""


@checked
def customer_sync(  # noqa: PLR0913 - each is one setting of a tenant, by name
    *,
    target: System = netsuite.REST,
    legacy_field: str = LEGACY_FIELD,
    eligible: frozenset[str] = ELIGIBLE,
    one_world: bool = True,
    servicetitan_id_field: str = SERVICETITAN_ID_FIELD,
    names: NameRules = AS_DOCUMENTED,
    unknown_country: UnknownCountry = "drop",
    refuse_inactive: bool = False,
    refuse_missing_field: bool = False,
    shared_targets: bool = False,
) -> Flow:
    """Return the flow from ServiceTitan to NetSuite.

    It takes customers as `join_transactions` returns them.

    Args:
        target: the NetSuite surface that payloads are written for.
        legacy_field: the exact name of the tenant's Legacy ID field; names are compared without the blanks
            around them. With one, a run goes through all its customers before it begins. `""`: the tenant has
            none.
        eligible: the types of transaction that bring a customer along.
        one_world: whether the account has subsidiaries: a new customer needs one, and a Legacy ID has to name
            a customer of the transaction's.
        servicetitan_id_field: the NetSuite custom field that keeps the ServiceTitan id; `""` for none.
        names: how names are read.
        unknown_country: what happens to an address whose country is not valid: `"drop"`, `"refuse"` or
            `"keep"`, as in `custsync.rules.addresses.with_country_code`.
        refuse_inactive: whether a customer is refused whose Legacy ID names an inactive NetSuite customer,
            rather than linked to it with a warning.
        refuse_missing_field: whether customers are refused, linked ones too, where no customer of the run
            carries the Legacy ID field, rather than synced with a warning.
        shared_targets: whether several customers with one Legacy ID post to its NetSuite customer, rather
            than wait for review: the first that was linked owns it, of several new ones the smallest id; for
            the others nothing is written there.

    Raises:
        ConfigurationError: `eligible` is a text, or `unknown_country` is none of its words.

    Rule: ST-DIR, ST-TRIG, ST-LEG-0, ST-LEG-2, ST-NAME-1
    Source: NetSuite customer sync flow.

    >>> customer_sync(legacy_field="NetSuite ID").match[0].source_field
    'custom.NetSuite ID'
    >>> customer_sync(legacy_field="").match
    ()
    """
    given: object = eligible
    if isinstance(given, str):
        raise ConfigurationError("eligible is a set of types, not one text")
    field, types = legacy_field.strip(), frozenset(eligible)
    stamp = f"custom.{servicetitan_id_field}" if servicetitan_id_field else ""
    linked = OnAlreadyLinked.SHARE if shared_targets else OnAlreadyLinked.REVIEW
    legacy_id = Key(f"custom.{field}", right="id", kind=internal_id)
    fits = Fits(types, one_world, refuse_inactive)
    by_legacy_id = evolve(BY_LEGACY_ID, keys=legacy_id, on_already_linked=linked, accept_hit=fits)
    trigger = Check(fails=OnNoTransaction(types), issue=NO_TRANSACTION)
    severity = Severity.ERROR if refuse_missing_field else Severity.WARNING
    return Flow(
        name="servicetitan.CUSTOMER_SYNC",
        link=LINK,
        source=SERVICETITAN,
        target=target,
        checks=(trigger, FIELDS_UNREAD) if field else (trigger,),
        prescan=LegacyIdFields(field, types, severity) if field else None,
        match=(by_legacy_id,) if field else (),
        fields=(
            *name_mappings(names),
            *detail_rows(checked_unknown_country(unknown_country)),
            *((evolve(_SUBSIDIARY, compute=Subsidiary(types)),) if one_world else ()),
            *((evolve(_STAMP, target=stamp),) if stamp else ()),
        ),
        source_id_field=stamp,
        unique_key="external_id",
        updates=False,
        transactions=Posting(types, one_world),
        record_errors=True,
    )


_SUBSIDIARY: Final = FieldMapping(
    target="subsidiary", sources=(), rule="ST-TRIG", compute=Subsidiary(ELIGIBLE), create_only=True
)
_STAMP: Final = FieldMapping(
    target=f"custom.{SERVICETITAN_ID_FIELD}", sources=("id",), rule="ST-REC", create_only=True
)

CUSTOMER_SYNC: Final = customer_sync()
"""ServiceTitan → NetSuite, as documented, for an account with subsidiaries and the field `Legacy ID`."""
