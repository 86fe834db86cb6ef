"""What a connection is set to do: which documents it syncs, and how items and currencies map."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import field, frozen

from custsync._arguments import checked
from custsync.flows.lago.billing.amounts import ONE, setting, subunits_of
from custsync.flows.lago.billing.issues import CURRENCY_UNCLEAR, CURRENCY_UNMAPPED, about
from custsync.flows.lago.billing.mappings import Mappings, is_id
from custsync.models import NOTHING_KEPT, Issue

_CODE_LENGTH: Final = 3


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and len(value) == _CODE_LENGTH and value.isascii() and value.isupper()


def _is_subunits(value: Any) -> bool:
    return type(value) is int and value in ONE


def _by_code(is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, Mapping) and all(map(_is_code, value)) and all(map(is_valid, value.values()))
    )


_check_mandatory: Final = setting(
    lambda value: value is True, "syncs: {name} are mandatory and cannot be switched off"
)
_check_switch: Final = setting(
    lambda value: value is True or value is False, "syncs: {name}: on (True) or off (False) was expected"
)
_check_currencies: Final = setting(
    _by_code(is_id), "{name}: ISO 4217 code, upper case → NetSuite currency id was expected"
)
_check_subunits: Final = setting(
    _by_code(_is_subunits), f"{{name}}: ISO 4217 code → one of {', '.join(map(str, ONE))} was expected"
)
_check_not_taxable: Final = setting(
    lambda value: isinstance(value, frozenset) and all(map(is_id, value)),
    "{name}: a frozenset of internal ids of NetSuite items was expected",
)


@frozen(kw_only=True)
class Syncs:
    """The syncs of a connection, switched one by one: customers are mandatory, the others optional.

    Attributes:
        customers: always True: a document without its customer cannot be synced.
        invoices: finalized Lago invoices become NetSuite invoices.
        credit_notes: Lago credit notes become NetSuite credit memos.
        payments: payments of an invoice go both ways, from Lago to NetSuite and back.

    Rule: LG-SYNC

    >>> Syncs(invoices=True).payments
    False
    >>> Syncs(customers=False)
    Traceback (most recent call last):
        ...
    custsync.errors.ConfigurationError: syncs: customers are mandatory and cannot be switched off
    """

    customers: bool = field(default=True, validator=_check_mandatory)
    invoices: bool = field(default=False, validator=_check_switch)
    credit_notes: bool = field(default=False, validator=_check_switch)
    payments: bool = field(default=False, validator=_check_switch)


@frozen(kw_only=True)
class BillingSettings:
    """The settings of one NetSuite connection.

    Attributes:
        syncs: what is synced.
        mappings: items and tax items, by entity and by default.
        currencies: ISO 4217 code → NetSuite currency id.
        subunits: ISO 4217 code → how many subunits Lago counts in one unit, for a currency that the Lago in
            use counts in another way than its money library does today.
        tax_required: whether a document with tax is refused where no tax item is mapped. By default it goes
            without its tax, as Lago sends it, with a warning.
        not_taxable: internal ids of NetSuite items that are not taxable. NetSuite refuses a document that
            overrides its tax and has one of them, so it is refused here.
    """

    syncs: Syncs = Syncs()
    mappings: Mappings = Mappings()
    currencies: Mapping[str, str] = field(default=NOTHING_KEPT, validator=_check_currencies)
    subunits: Mapping[str, int] = field(default=NOTHING_KEPT, validator=_check_subunits)
    tax_required: bool = False
    not_taxable: frozenset[str] = field(default=frozenset(), validator=_check_not_taxable)


@frozen(kw_only=True)
class Currency:
    """A currency on both sides.

    Attributes:
        code: ISO 4217, upper case, as Lago names it.
        id: NetSuite's internal id, from the connection's `currencies`.
        subunits: how many subunits one unit has in Lago's amounts.
    """

    code: str
    id: str
    subunits: int


@checked
def currency_for(code: str, settings: BillingSettings) -> Currency | Issue:
    """Return the currency as NetSuite knows it, or an error that names it.

    Args:
        code: ISO 4217 code, upper case.
        settings: the connection's.

    Rule: LG-CUR

    >>> settings = BillingSettings(currencies={"USD": "1"})
    >>> currency_for("USD", settings)
    Currency(code='USD', id='1', subunits=100)
    >>> print(currency_for("EUR", settings))
    error: currency: currency 'EUR' is not mapped. Map it to the id of a NetSuite currency. [LG-CUR]
    """
    if code not in settings.currencies:
        return about(CURRENCY_UNMAPPED, currency=code)
    subunits = subunits_of(code, settings.subunits)
    if subunits is None:
        return about(CURRENCY_UNCLEAR, currency=code)
    return Currency(code=code, id=settings.currencies[code], subunits=subunits)
