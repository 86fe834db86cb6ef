"""How many characters fit into NetSuite's fields, who says so, and how sure that is.

Oracle states no lengths for the REST record. The figures are column widths of its Connect Browser (contact
and addresses tables), its own error texts, and those of an import template. They count characters of one
byte: other scripts may fit fewer. Phones have no limit here: their column takes 100 characters, a template
says 21.
"""

from collections.abc import Mapping
from typing import Final

from custsync.rules.fields.limits import Limit

__all__ = ["LIMITS"]

_CONTACT: Final = "NetSuite Connect Browser 2022.2, contact table"
_ADDRESSES: Final = "NetSuite Connect Browser 2023.2, addresses table"
_ERROR: Final = "NetSuite error text"
_TEMPLATE: Final = "a third-party NetSuite import template"


def _limit(length: int, cited: str, confidence: str) -> Limit:
    return Limit(length=length, cited=cited, confidence=confidence)


LIMITS: Final[Mapping[str, Limit]] = {
    "first_name": _limit(32, _CONTACT, "A"),
    "last_name": _limit(32, _CONTACT, "A"),
    "company_name": _limit(83, _TEMPLATE, "C"),
    "entity_id": _limit(80, _TEMPLATE, "C"),
    "email": _limit(254, _CONTACT, "A"),
    "alt_email": _limit(254, _CONTACT, "A"),
    "external_id": _limit(255, _CONTACT, "A"),
    "title": _limit(64, _TEMPLATE, "C"),
    "address.line1": _limit(150, _ADDRESSES, "A"),
    "address.line2": _limit(150, _ADDRESSES, "A"),
    "address.line3": _limit(150, _ADDRESSES, "A"),
    "address.city": _limit(50, _ADDRESSES, "A"),
    "address.state": _limit(30, _ERROR, "A"),
    "address.postal_code": _limit(36, _ADDRESSES, "A"),
    "address.attention": _limit(150, _ADDRESSES, "A"),
    "address.addressee": _limit(100, _ADDRESSES, "A"),
}
