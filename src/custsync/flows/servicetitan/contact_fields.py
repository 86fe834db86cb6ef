"""The rows of the rest: where a new customer is billed, and how it is reached."""

from collections.abc import Iterator
from typing import Any, Final

from attrs import evolve, frozen

from custsync.flows.servicetitan.issues import FURTHER_CONTACTS
from custsync.models import ABSENT, Contact, Customer
from custsync.rules.addresses import UnknownCountry, with_country_code
from custsync.rules.fields.mapping import FieldMapping, MappedValue
from custsync.rules.normalize import clean_email

__all__ = ["BillingAddress", "detail_rows"]

_NUMBERS: Final = {"phone": "Phone", "mobile_phone": "MobilePhone", "fax": "Fax"}
"""NetSuite's field for each type of contact that is a number."""


@frozen
class BillingAddress:
    """A row's value: the customer's address, its country as NetSuite's code.

    `unknown_country` is as in `with_country_code`.

    Rule: ST-DIR, LS-CTRY
    """

    unknown_country: UnknownCountry = "drop"

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the address, and an issue where its country is none of NetSuite's."""
        value, issues = with_country_code(
            customer.billing_address,
            "netsuite",
            unknown=self.unknown_country,
            rule="LS-CTRY",
            path="billing_address",
        )
        return MappedValue(value=value, issues=issues) if issues else value


def first_email(customer: Customer, _current: Customer | None) -> Any:
    """Return the first email among the contacts, `ABSENT` where there is none; what is not taken is reported.

    Rule: G-LOSS
    """
    cleaned = [clean_email(contact.email) for contact in _of_type(customer, "Email")]
    issues = [issue for email in cleaned for issue in email.issues]
    addresses = list(dict.fromkeys(address for email in cleaned for address in email.addresses))
    if len(addresses) > 1:
        issues.append(evolve(FURTHER_CONTACTS, field="contacts.Email", shape=f"{len(addresses)} emails"))
    value = addresses[0] if addresses else ABSENT
    return MappedValue(value=value, issues=tuple(dict.fromkeys(issues))) if issues else value


@frozen
class FirstNumber:
    """A row's value: the first number of one type among the contacts."""

    type: str

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the number, `ABSENT` where there is none; what is not taken is reported."""
        said = (contact.phone for contact in _of_type(customer, self.type))
        numbers = list(dict.fromkeys(phone.strip() for phone in said if phone and phone.strip()))
        if len(numbers) <= 1:
            return numbers[0] if numbers else ABSENT
        issue = evolve(FURTHER_CONTACTS, field=f"contacts.{self.type}", shape=f"{len(numbers)} numbers")
        return MappedValue(value=numbers[0], issues=(issue,))


def _of_type(customer: Customer, type_: str) -> Iterator[Contact]:
    return (contact for contact in customer.contacts or () if contact.extra.get("type") == type_)


def detail_rows(unknown_country: UnknownCountry) -> tuple[FieldMapping, ...]:
    """Return the rows for the address, the email and the numbers of a new customer.

    Rule: ST-DIR, G-LOSS
    """
    address = BillingAddress(unknown_country)
    return (
        _row("billing_address", address, "billing_address"),
        _row("email", first_email),
        *(_row(target, FirstNumber(type_)) for target, type_ in _NUMBERS.items()),
    )


def _row(target: str, value: Any, *reads: str) -> FieldMapping:
    """Return a row; those for contacts read no field that ServiceTitan shows when a plan is checked again."""
    return FieldMapping(target=target, sources=reads, rule="ST-DIR", compute=value, create_only=True)
