"""Headings that NetSuite prints above a saved search or an export, as the columns of the query service.

A heading is compared by its letters and digits, in any case. A column's own name is a heading too. One that
is neither is kept under its own name, in lower case without blanks.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from custsync.systems.exports import key_of, look_alikes
from custsync.systems.netsuite.common import READ_ONLY_REFERENCES, REFERENCES, TEXTS
from custsync.systems.netsuite.field_types import CUSTOM_MARK, NONE

_PLACE: Final = {
    "Attention": "attention",
    "Addressee": "addressee",
    "Address 1": "address_line_1",
    "Address 2": "address_line_2",
    "Address 3": "address_line_3",
    "Address Line 1": "address_line_1",
    "Address Line 2": "address_line_2",
    "Address Line 3": "address_line_3",
    "City": "city",
    "State": "state",
    "State/Province": "state",
    "Zip": "zip",
    "Zip Code": "zip",
    "Postal Code": "zip",
    "Country": "country",
    "Country Code": "country",
    "Phone": "phone",
}

_PLACES: Final = {
    f"{role} {printed}": f"{role.lower()}_{column}"
    for role in ("Billing", "Shipping")
    for printed, column in _PLACE.items()
}

HEADINGS: Final[Mapping[str, str]] = {
    "Internal ID": "id",
    "ID": "entityid",
    "Customer ID": "entityid",
    "Entity ID": "entityid",
    "Name": "altname",
    "Company Name": "companyname",
    "Company": "companyname",
    "Individual": "isperson",
    "Is Individual": "isperson",
    "Is Person": "isperson",
    "Inactive": "isinactive",
    "Is Inactive": "isinactive",
    "Mr./Ms.": "salutation",
    "Mr./Ms...": "salutation",
    "Salutation": "salutation",
    "First": "firstname",
    "First Name": "firstname",
    "Middle": "middlename",
    "Middle Name": "middlename",
    "Last": "lastname",
    "Last Name": "lastname",
    "Job Title": "title",
    "Title": "title",
    "Email": "email",
    "Email Address": "email",
    "E-mail": "email",
    "Alt. Email": "altemail",
    "Alternate Email": "altemail",
    "Phone": "phone",
    "Main Phone": "phone",
    "Office Phone": "phone",
    "Mobile Phone": "mobilephone",
    "Home Phone": "homephone",
    "Alt. Phone": "altphone",
    "Alternate Phone": "altphone",
    "Fax": "fax",
    "External ID": "externalid",
    "Subsidiary": "subsidiary",
    "Primary Subsidiary": "subsidiary",
    "Subsidiary (no hierarchy)": "subsidiary",
    "Primary Subsidiary (no hierarchy)": "subsidiary",
    "Child Of": "parent",
    "Parent": "parent",
    "Parent Company": "parent",
    "Top Level Parent": "toplevelparent",
    "Represents Subsidiary": "representingsubsidiary",
    "Category": "category",
    "Currency": "currency",
    "Primary Currency": "currency",
    "Global Subscription Status": "globalsubscriptionstatus",
    "Balance": "balancesearch",
    "Date Created": "datecreated",
    "Last Modified": "lastmodifieddate",
    "Last Modified Date": "lastmodifieddate",
    **_PLACES,
}
"""Heading → column. One that ends in ` : Internal ID` is the id of what the heading before that names."""

AMBIGUOUS: Final = (
    "Address",
    "Address 1",
    "Address 2",
    "Address 3",
    "Addressee",
    "Attention",
    "Billing Address",
    "City",
    "Country",
    "Customer Name",
    "Default Address",
    "Full Name",
    "Is Company",
    "Mobile",
    "Postal Code",
    "Shipping Address",
    "State",
    "State/Province",
    "Street",
    "Subscription Status",
    "Zip",
    "Zip Code",
)
"""Headings that are not read: it is unclear which address or name they mean, or one cell holds all of it."""

_BY_ID: Final = "internalid"
_COLUMNS: Final = frozenset({*HEADINGS.values(), *(key.lower() for _, key in (*TEXTS, *REFERENCES))})
_BY_KEY: Final[Mapping[str, str]] = {
    **{key_of(column): column for column in _COLUMNS},
    **{key.lower(): key.lower() for _, key in READ_ONLY_REFERENCES},
    **{key_of(heading): column for heading, column in HEADINGS.items()},
    "id": "id",
}
_UNCLEAR: Final = frozenset(map(key_of, AMBIGUOUS))
_MEANS_ANOTHER: Final = frozenset({"customer", "entitynumber", "lastmodifiedby"})
"""Keys of NetSuite's own columns that only look like one that is read."""
_TELLING: Final = frozenset(
    {
        "childof",
        "companyname",
        "entityid",
        "globalsubscriptionstatus",
        "individual",
        "internalid",
        "isinactive",
        "isperson",
        "subsidiary",
    }
)


def is_export(headings: Iterable[str]) -> bool:
    """Return whether a table with these headings is one of NetSuite's customers.

    >>> is_export(["Internal ID", "Name"]), is_export(["id", "customer_code", "company_name"])
    (True, False)
    """
    return not _TELLING.isdisjoint("".join(heading.lower().split()) for heading in headings)


def is_heading(text: str) -> bool:
    """Return whether the text is a heading that is read, or one that is not clear enough.

    >>> is_heading("Child Of"), is_heading("City"), is_heading("All customers")
    (True, True, False)
    """
    return bool(_column(text)) or key_of(text) in _UNCLEAR


def columns_of(headings: Sequence[str]) -> list[str]:
    """Return the column that each heading means, `""` for a blank one.

    `ID` is the entity id beside an `Internal ID`, and beside headings that only a saved search prints; it is
    the internal id in a table of the query service. What a heading gives as a text is kept under the heading
    where another one gives its internal id.

    >>> columns_of(["Internal ID", "ID", "Child Of", "Child Of : Internal ID", "Price Level"])
    ['id', 'entityid', 'childof', 'parent', 'pricelevel']
    >>> columns_of(["ID", "IsPerson", "custentity_tier"])
    ['id', 'isperson', 'custentity_tier']
    """
    keys = [key_of(heading) for heading in headings]
    is_printed = _BY_ID in keys or any(" " in heading.strip() and _column(heading) for heading in headings)
    columns = [_column(heading) or "".join(heading.lower().split()) for heading in headings]
    by_id = {column for heading, column in zip(headings, columns, strict=True) if _names_id(heading)}
    for place, heading in enumerate(headings):
        if keys[place] == "id" and is_printed and (_BY_ID in keys or heading.strip() == "ID"):
            columns[place] = "entityid"
        elif columns[place] in by_id and not _names_id(heading):
            columns[place] = "".join(heading.lower().split())
    return columns


def _names_id(heading: str) -> bool:
    before, colon, after = heading.rpartition(":")
    return bool(colon) and key_of(after) == _BY_ID and key_of(before) in _BY_KEY


def _column(heading: str) -> str:
    """Return the column that a heading means, `""` where it means none that is read."""
    named = heading.rpartition(":")[0] if _names_id(heading) else heading
    return _BY_KEY.get(key_of(named), "")


def row_of(row: Mapping[str, str]) -> dict[str, str]:
    """Return the row as the query service has it: a list that holds nothing is blank.

    >>> row_of({"id": "2041", "parent": "- None -"})
    {'id': '2041', 'parent': ''}
    """
    return {column: "" if cell.strip() == NONE else cell for column, cell in row.items()}


def unread_in(headings: Iterable[str]) -> list[str]:
    """Return the headings that are not read and look like some that are.

    >>> unread_in(["Internal ID", "Company Nmae", "City", "Price Level", "custentity_email2"])
    ['Company Nmae', 'City']
    """
    unread = [heading for heading in headings if not _column(heading)]
    others = [one for one in unread if key_of(one) not in _MEANS_ANOTHER and not _is_custom(one)]
    alike = {*look_alikes(others, _BY_KEY.keys())}
    return [heading for heading in unread if heading in alike or key_of(heading) in _UNCLEAR]


def _is_custom(heading: str) -> bool:
    return heading.strip().lower().startswith(CUSTOM_MARK)
