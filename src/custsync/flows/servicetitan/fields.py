"""The rows of the rest: where a new customer is billed, and how it is reached."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias, get_args

from attrs import evolve, frozen

from custsync.errors import ConfigurationError
from custsync.flows.servicetitan.issues import CUSTOMER_UNREAD, FURTHER_CONTACTS, TYPE_MISSING
from custsync.models import ABSENT, Contact, Customer, Issue, Severity
from custsync.rules.addresses import UnknownCountry
from custsync.rules.fields.mapping import FieldMapping, MappedValue, NamePart
from custsync.rules.fields.rows import CodedAddress
from custsync.rules.names import PLACEHOLDER, NamePolicy, SplitName, split_name
from custsync.rules.normalize import clean_email

_NUMBERS: Final = {"phone": "Phone", "mobile_phone": "MobilePhone", "fax": "Fax"}
"""NetSuite's field for each type of contact that is a number."""


def first_email(customer: Customer, _current: Customer | None) -> Any:
    """Return the first email among the contacts, `ABSENT` where there is none; what is not taken is reported.

    Rule: G-LOSS
    """
    cleaned = [clean_email(contact.email) for contact in _of_type(customer, "Email")]
    if not cleaned:
        return ABSENT
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
        phones = [contact.phone or "" for contact in _of_type(customer, self.type)]
        numbers = list(dict.fromkeys(filter(None, map(str.strip, phones)))) if phones else phones
        if len(numbers) <= 1:
            return numbers[0] if numbers else ABSENT
        issue = evolve(FURTHER_CONTACTS, field=f"contacts.{self.type}", shape=f"{len(numbers)} numbers")
        return MappedValue(value=numbers[0], issues=(issue,))


def _of_type(customer: Customer, type_: str) -> list[Contact]:
    contacts = customer.contacts
    return [one for one in contacts if one.extra.get("type") == type_] if contacts else []


def detail_rows(unknown_country: UnknownCountry) -> tuple[FieldMapping, ...]:
    """Return the rows for the address, the email and the numbers of a new customer.

    Rule: ST-DIR, G-LOSS
    """
    address = CodedAddress("billing_address", "netsuite", unknown_country)
    return (
        evolve(_EMAIL, target="billing_address", sources=("billing_address",), compute=address),
        _EMAIL,
        *(evolve(_EMAIL, target=name, compute=FirstNumber(type_)) for name, type_ in _NUMBERS.items()),
    )


_EMAIL: Final = FieldMapping(target="email", sources=(), rule="ST-DIR", compute=first_email, create_only=True)
"""The rows for contacts read no field that ServiceTitan shows when a plan is checked again."""


Commercial: TypeAlias = Literal["company", "person"]
UnknownType: TypeAlias = Literal["refuse", "company", "person"]

_PARTS: Final = {
    "company_name": "company",
    "first_name": "first",
    "last_name": "last",
    "middle_name": "middle",
    "salutation": "title",
}
"""The part of a split name for each of NetSuite's fields; the last two are filled by a name policy only."""

_RULES: Final = {
    "is_person": "ST-NAME-5",
    "company_name": "ST-NAME-5",
    "first_name": "ST-NAME-1",
    "last_name": "ST-NAME-1",
    "middle_name": "ST-NAME-2",
    "salutation": "ST-NAME-2",
}


@frozen(kw_only=True, cache_hash=True)
class NameRules:
    """How names are read: who is a person, and what the tenant opts into beyond the documented rules.

    Attributes:
        policy: how a person's name is split.
        placeholder: the last name of a person who has none.
        clean: False takes names literally, but for spaces at the ends.
        commercial: what a Commercial customer is: a company keeps its name whole, a person's is split.
        unknown_type: what a customer without type is; `"refuse"` does not guess.
    """

    policy: NamePolicy = NamePolicy()
    placeholder: str = PLACEHOLDER
    clean: bool = True
    commercial: Commercial = "company"
    unknown_type: UnknownType = "refuse"

    def __attrs_post_init__(self) -> None:
        """Refuse a word that no setting knows.

        Raises:
            ConfigurationError: `commercial` or `unknown_type` is not one of its words.
        """
        for name, words in (("commercial", get_args(Commercial)), ("unknown_type", get_args(UnknownType))):
            if getattr(self, name) not in words:
                raise ConfigurationError(f"{name} is one of {', '.join(words)}")

    def is_person(self, customer: Customer) -> bool:
        """Return whether the customer is a person in NetSuite."""
        if customer.is_person is False:
            return self.commercial == "person"
        return bool(customer.is_person) or self.unknown_type == "person"

    def __call__(self, customer: Customer, _current: Customer | None = None) -> Mapping[str, Any]:
        """Return NetSuite's name fields; what is odd about the name is reported with the kind."""
        is_person = self.is_person(customer)
        split, parts = _split(customer.name or "", is_person, self)
        issues = self._issues(customer, split)
        return {"is_person": MappedValue(value=is_person, issues=issues) if issues else is_person, **parts}

    def _issues(self, customer: Customer, split: SplitName) -> tuple[Issue, ...]:
        if customer.name is ABSENT:
            return (CUSTOMER_UNREAD,)
        issues = split.issues
        if not isinstance(customer.is_person, bool) and self.unknown_type == "refuse":
            issues = (TYPE_MISSING, *issues)
        if split.suffix or split.note:
            issues = (*issues, _PART_LEFT_OUT)
        return issues


AS_DOCUMENTED: Final = NameRules()
"""The documented rules and the decisions on what they leave open."""


@lru_cache(maxsize=1024)  # six fields are made of one split
def _split(
    name: str,
    is_person: bool,  # noqa: FBT001 - a key of the cache
    rules: NameRules,
) -> tuple[SplitName, Mapping[str, str]]:
    """Return the name in parts, and NetSuite's fields of them that are filled."""
    split = split_name(
        name, is_person=is_person, clean=rules.clean, policy=rules.policy, placeholder=rules.placeholder
    )
    return split, {field: value for field, part in _PARTS.items() if (value := getattr(split, part))}


def name_mappings(rules: NameRules) -> tuple[FieldMapping, ...]:
    """Return the mappings that name a new customer.

    Rule: ST-NAME-1, ST-NAME-2, ST-NAME-3, ST-NAME-4, ST-NAME-5, ST-NAME-6
    Source: NetSuite customer sync flow, "Customer name behaviour".
    """
    return tuple(
        evolve(_KIND, target=field, rule=rule, compute=NamePart(field, rules))
        for field, rule in _RULES.items()
    )


_KIND: Final = FieldMapping(
    target="is_person",
    sources=("is_person", "name"),
    rule="ST-NAME-5",
    compute=NamePart("is_person", AS_DOCUMENTED),
    create_only=True,
)
_PART_LEFT_OUT: Final = evolve(
    TYPE_MISSING,
    code="name_part_left_out",
    rule="G-LOSS",
    field="name",
    reason="the name policy took a suffix or a note out of the name, and NetSuite has no field for it",
    remedy="Choose a policy that leaves it in the name, or enter it in NetSuite by hand",
    severity=Severity.WARNING,
)
