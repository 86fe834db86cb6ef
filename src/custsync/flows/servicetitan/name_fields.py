"""The rows of the name: one name and a type there, a person's parts or a company's name here."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias, get_args

from attrs import evolve, frozen

from custsync.errors import ConfigurationError
from custsync.flows.servicetitan.issues import CUSTOMER_UNREAD, TYPE_MISSING
from custsync.models import ABSENT, Customer, Issue, Severity
from custsync.rules.fields.mapping import FieldMapping, MappedValue
from custsync.rules.fields.names import NamePart
from custsync.rules.names import PLACEHOLDER, NamePolicy, SplitName, split_name

__all__ = ["AS_DOCUMENTED", "Commercial", "NameRules", "UnknownType", "name_mappings"]

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
        if self.commercial not in get_args(Commercial):
            raise ConfigurationError(f"commercial is one of {', '.join(get_args(Commercial))}")
        if self.unknown_type not in get_args(UnknownType):
            raise ConfigurationError(f"unknown_type is one of {', '.join(get_args(UnknownType))}")

    def is_person(self, customer: Customer) -> bool:
        """Return whether the customer is a person in NetSuite."""
        if customer.is_person is False:
            return self.commercial == "person"
        return bool(customer.is_person) or self.unknown_type == "person"

    def __call__(self, customer: Customer, _current: Customer | None = None) -> Mapping[str, Any]:
        """Return NetSuite's name fields; what is odd about the name is reported with the kind."""
        is_person = self.is_person(customer)
        split = _split(customer.name or "", is_person, self)
        parts = {field: value for field, part in _PARTS.items() if (value := getattr(split, part))}
        return {"is_person": MappedValue(value=is_person, issues=self._issues(customer, split)), **parts}

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


@lru_cache(maxsize=1024)
def _split(name: str, is_person: bool, rules: NameRules) -> SplitName:  # noqa: FBT001 - a key of the cache
    return split_name(
        name, is_person=is_person, clean=rules.clean, policy=rules.policy, placeholder=rules.placeholder
    )


def name_mappings(rules: NameRules) -> tuple[FieldMapping, ...]:
    """Return the mappings that name a new customer.

    Rule: ST-NAME-1, ST-NAME-2, ST-NAME-3, ST-NAME-4, ST-NAME-5, ST-NAME-6
    Source: NetSuite customer sync flow, "Customer name behaviour".
    """
    return tuple(
        FieldMapping(
            target=field,
            sources=("is_person", "name"),
            rule=rule,
            compute=NamePart(field, rules),
            create_only=True,
        )
        for field, rule in _RULES.items()
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
