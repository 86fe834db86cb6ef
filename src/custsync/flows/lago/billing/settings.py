"""What a connection is set to do: which documents it syncs, and how items and currencies map."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from custsync.errors import ConfigurationError
from custsync.flows.lago.billing.amounts import MOST_PLACES, places_of
from custsync.flows.lago.billing.mappings import Mappings, is_id
from custsync.models import NOTHING_KEPT, Issue

__all__ = ["BillingSettings", "Currency", "Syncs", "currency_for"]

_CODE_LENGTH: Final = 3


def _check_mandatory(_: object, __: object, value: Any) -> None:
    if value is not True:
        raise ConfigurationError("syncs: customers are mandatory and cannot be switched off")


def _check_switch(_: object, attribute: Any, value: Any) -> None:
    if value is not True and value is not False:
        raise ConfigurationError(f"syncs: {attribute.name}: on (True) or off (False) was expected")


def _check_currencies(_: object, __: object, value: Any) -> None:
    if not isinstance(value, Mapping) or not all(map(_is_code, value)) or not all(map(is_id, value.values())):
        raise ConfigurationError("currencies: ISO 4217 code, upper case → NetSuite currency id was expected")


def _check_places(_: object, __: object, value: Any) -> None:
    if not isinstance(value, Mapping) or not all(map(_is_code, value)) or not all(map(_are, value.values())):
        raise ConfigurationError(f"places: ISO 4217 code → 0 to {MOST_PLACES} decimal places was expected")


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and len(value) == _CODE_LENGTH and value.isascii() and value.isupper()


def _are(places: Any) -> bool:
    return type(places) is int and 0 <= places <= MOST_PLACES


@frozen(kw_only=True)
class Syncs:
    """The syncs of a connection, switched one by one: customers are mandatory, the others optional.

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
        places: ISO 4217 code → decimal places, for a currency where the two systems do not go by ISO 4217.
        tax_required: whether a document with tax is refused where no tax item is mapped. By default it goes
            without its tax, as Lago sends it, with a warning.
    """

    syncs: Syncs = Syncs()
    mappings: Mappings = Mappings()
    currencies: Mapping[str, str] = field(default=NOTHING_KEPT, validator=_check_currencies)
    places: Mapping[str, int] = field(default=NOTHING_KEPT, validator=_check_places)
    tax_required: bool = False


@frozen(kw_only=True)
class Currency:
    """A currency on both sides: its ISO 4217 code, its NetSuite id, and its decimal places."""

    code: str
    id: str
    places: int


def currency_for(code: str, settings: BillingSettings) -> Currency | Issue:
    """Return the currency as NetSuite knows it, or an error that names it.

    Args:
        code: ISO 4217 code, upper case.
        settings: the connection's.

    Rule: LG-CUR

    >>> settings = BillingSettings(currencies={"USD": "1"})
    >>> currency_for("USD", settings)
    Currency(code='USD', id='1', places=2)
    >>> print(currency_for("EUR", settings))
    error: currency: currency 'EUR' is not mapped. Map it to the id of a NetSuite currency. [LG-CUR]
    """
    if code not in settings.currencies:
        remedy = "Map it to the id of a NetSuite currency."
        return _refused("currency_unmapped", f"currency {code!r} is not mapped", remedy)
    places = places_of(code, settings.places)
    if places is None:
        reason = f"the smallest unit of currency {code!r} is a fifth, and systems count it in different ways"
        return _refused("currency_unclear", reason, "Set its decimal places in `places`.")
    return Currency(code=code, id=settings.currencies[code], places=places)


def _refused(code: str, reason: str, remedy: str) -> Issue:
    return Issue(code=code, rule="LG-CUR", field="currency", reason=reason, remedy=remedy)
