"""What a target refuses to merge, checked before it is asked."""

from collections.abc import Collection
from typing import Any, Final

from attrs import evolve

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.models import Customer, Issue, Ref
from custsync.rules.fields.mapping import reader_of
from custsync.rules.fields.values import says_nothing
from custsync.rules.merging.issues import (
    DUPLICATE_GONE,
    IDS_DIFFER,
    MERGED_INTO_ITSELF,
    OTHER_SYSTEM,
    OTHER_VAT,
    SHARED_VENDOR,
    SURVIVOR_GONE,
)
from custsync.rules.merging.survivor import is_deleted
from custsync.rules.normalize.texts import as_text

__all__ = ["MOST_AT_ONCE", "VAT_FIELDS", "mergeable"]

MOST_AT_ONCE: Final = 200
"""How many records one merge of NetSuite takes, the survivor among them (section_4345799008)."""

VAT_FIELDS: Final = ("vatRegNumber", "vatregnumber", "vatRegNo")
"""The names of the VAT number in NetSuite: of the REST record, of a query's column, of the SOAP record."""


@checked
def mergeable(
    survivor: Customer,
    duplicate: Customer,
    *,
    vat: Collection[str] = VAT_FIELDS,
    shared_vendors: Collection[Ref] = (),
    never_differ: Collection[str] = (),
) -> tuple[Issue, ...]:
    """Return why the two cannot be merged; nothing where they can.

    NetSuite needs equal VAT numbers or none on both, and refuses a customer that several subsidiaries share
    and that is a vendor too. Any target needs two customers of its own, both there.

    Args:
        survivor: the customer that stays, as the target shows it.
        duplicate: the customer that goes, as the target shows it.
        vat: names of the field that holds the VAT number, a custom field or one that the payload carried
            beside the known ones; the first that says something counts. None of them for targets without
            this quirk. A field that was not read counts as blank.
        shared_vendors: those of whom the caller knows that they are shared and vendors.
        never_differ: fields that must not differ between two customers that are merged: an id of another
            system, a tax id. `"custom.NAME"` names a custom field; a blank differs from nothing.

    Raises:
        InputError: a VAT number is no text.
        ConfigurationError: a customer has no field of a name in `never_differ`.

    Rule: ST-MRG-1
    Source: NetSuite help, section_1509542900

    >>> from custsync.models import Ref
    >>> stays = Customer(ref=Ref("netsuite", "7"), extra={"vatRegNumber": "DE1"})
    >>> goes = Customer(ref=Ref("netsuite", "9"), extra={"vatRegNumber": "DE2"})
    >>> [issue.code for issue in mergeable(stays, goes)]
    ['other_vat']
    >>> mergeable(stays, Customer(ref=Ref("netsuite", "9"), custom={"vatregnumber": "DE1 "}))
    ()
    """
    issues = []
    if survivor.ref.namespace != duplicate.ref.namespace:
        issues.append(OTHER_SYSTEM)
    if survivor.ref == duplicate.ref:
        issues.append(MERGED_INTO_ITSELF)
    if is_deleted(survivor):
        issues.append(SURVIVOR_GONE)
    if duplicate.deleted:
        issues.append(DUPLICATE_GONE)
    if _vat_of(survivor, vat) != _vat_of(duplicate, vat):
        issues.append(evolve(OTHER_VAT, field=next(iter(vat))))
    if survivor.ref in shared_vendors or duplicate.ref in shared_vendors:
        issues.append(SHARED_VENDOR)
    issues += [evolve(IDS_DIFFER, field=name) for name in never_differ if _differs(survivor, duplicate, name)]
    return tuple(issues)


def _differs(survivor: Customer, duplicate: Customer, name: str) -> bool:
    try:
        values = [reader_of(name)(one) for one in (survivor, duplicate)]
    except AttributeError:
        raise ConfigurationError(f"never_differ: a customer has no field {name!r}") from None
    return not any(map(says_nothing, values)) and as_text(values[0]).strip() != as_text(values[1]).strip()


def _vat_of(customer: Customer, names: Collection[str]) -> str:
    for name in names:
        for held in (customer.custom, customer.extra):
            value: Any = held.get(name)
            if not says_nothing(value):
                return as_text(value).strip()
    return ""
