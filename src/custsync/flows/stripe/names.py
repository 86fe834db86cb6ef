"""NetSuite's parts of the one name that Stripe has."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from custsync.models import Customer
from custsync.rules.fields.mapping import FieldMapping, MappedValue
from custsync.rules.fields.names import NamePart
from custsync.rules.names.display import PLACEHOLDER, display_name
from custsync.rules.names.parts import SplitName
from custsync.rules.names.split import resplit_name

__all__ = ["NetSuiteNames", "UnknownKind", "name_mappings"]

UnknownKind: TypeAlias = Literal["company", "person"]
"""What a new customer is where Stripe does not say."""

_FIELDS: Final = ("is_person", "company_name", "first_name", "last_name")


@frozen
class NetSuiteNames:
    """The name fields of a NetSuite customer, out of Stripe's one name.

    An existing customer keeps its kind: a company's name goes whole to the company name. A person's is split
    (ST-NAME), and a part that NetSuite has already stays a part. For a new customer the kind is the one whose
    name Stripe holds (`business_name`, `individual_name`), else `unknown_kind`.

    Attributes:
        unknown_kind: what a new customer is where Stripe does not say.
        default_name: the name of a customer without one; `""` gives it none.
        placeholder: the last name of a person who has none.

    Rule: SP-NAME, SP-IN-1
    """

    unknown_kind: UnknownKind = "company"
    default_name: str = ""
    placeholder: str = PLACEHOLDER

    def __call__(self, customer: Customer, current: Customer | None) -> Mapping[str, Any]:
        """Return the fields; the issues of a split go with a part that is written, or with a new kind."""
        name = display_name(customer, order=("name",), placeholder=self.placeholder).text or self.default_name
        if not name:
            return {}
        is_person = self._is_person(customer) if current is None else current.is_person is True
        if not is_person:
            return {"is_person": False, "company_name": name}
        split = self._split(name, current)
        values: dict[str, Any] = {"is_person": True, "first_name": split.first, "last_name": split.last}
        if split.issues:
            reporting = "is_person" if current is None else _written(split, current)
            values[reporting] = MappedValue(value=values[reporting], issues=split.issues)
        return values

    def _is_person(self, customer: Customer) -> bool:
        if customer.extra.get("business_name"):
            return False
        return bool(customer.extra.get("individual_name")) or self.unknown_kind == "person"

    def _split(self, name: str, current: Customer | None) -> SplitName:
        if current is None:
            return _resplit(name, None, None, None, self.placeholder)
        return _resplit(name, current.first_name, current.middle_name, current.last_name, self.placeholder)


def _written(split: SplitName, current: Customer) -> str:
    """Return which part is written, or stays without being in the name; it reports the issues."""
    return "first_name" if split.last == current.last_name or not split.first else "last_name"


@lru_cache(maxsize=1024)  # two fields are made of one split
def _resplit(name: str, first: Any, middle: Any, last: Any, placeholder: str) -> SplitName:
    return resplit_name(name, first=first, middle=middle, last=last, placeholder=placeholder)


def name_mappings(naming: NetSuiteNames) -> tuple[FieldMapping, ...]:
    """Return the mappings of NetSuite's name fields; the kind is written when the customer is created.

    Rule: SP-IN-1
    """
    return tuple(
        FieldMapping(
            target=field,
            sources=("name",),
            rule="SP-IN-1",
            compute=NamePart(field, naming),
            clear_on_blank=False,
            create_only=field == "is_person",
        )
        for field in _FIELDS
    )
