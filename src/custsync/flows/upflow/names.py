"""The name that Upflow shows for a customer."""

from typing import Final

from attrs import frozen

from custsync.models import Customer
from custsync.rules.names import PLACEHOLDER, DisplayName, NameSource
from custsync.rules.names.display import first_shown

_PERSON: Final[tuple[NameSource, ...]] = ("alt_name", "entity_id")
_COMPANY: Final[tuple[NameSource, ...]] = ("company_name", "entity_id")


@frozen
class UpflowName:
    """The naming rule of Upflow: a company's company name, a person's alt name, else the entity ID.

    A person never shows a company name, and a company without one shows its entity ID, whatever its alt
    name. Where NetSuite does not say which kind it is, the customer is read as no person.

    Attributes:
        placeholder: the invented last name, which is never shown: NetSuite makes alt names and entity IDs of
            it; `""` shows it.

    Rule: UF-NAME, SP-NAME
    Source: Upflow customers and contacts page, "Customer name".

    >>> from custsync.models import Ref
    >>> ref = Ref("netsuite", "7")
    >>> UpflowName()(Customer(ref=ref, is_person=True, alt_name="Ann Archer", entity_id="CUST7")).text
    'Ann Archer'
    >>> UpflowName()(Customer(ref=ref, is_person=False, alt_name="Ann Archer", entity_id="CUST7")).text
    'CUST7'
    """

    placeholder: str = PLACEHOLDER

    def __call__(self, customer: Customer) -> DisplayName:
        """Return the name."""
        order = _PERSON if customer.is_person is True else _COMPANY
        return first_shown(customer, order, self.placeholder)
