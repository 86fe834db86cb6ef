"""Invented payloads in the shapes that the systems answer, and how a read of them may end."""

from collections.abc import Callable
from typing import Any

from attrs import fields

from custsync.errors import PayloadError
from custsync.models import ABSENT, Address, Contact, Customer

LINKS = [{"rel": "self", "href": "https://1.example/record/7"}]


def rest_company() -> dict[str, Any]:
    """Return an expanded company with two addresses and two contacts."""
    return {
        "links": LINKS,
        "addressBook": {
            "links": LINKS,
            "items": [
                {
                    "links": LINKS,
                    "addressBookAddress": {
                        "links": LINKS,
                        "addr1": "4 Quay Street",
                        "addr2": "Unit 9",
                        "addressee": "Tidewater Sails, Inc.",
                        "attention": "Accounts",
                        "city": "Newport",
                        "country": {"id": "US", "refName": "United States"},
                        "override": False,
                        "state": "RI",
                        "zip": "02840",
                        "addrText": "as printed",
                    },
                    "addressBookAddress_text": "as printed",
                    "addressId": "81",
                    "defaultBilling": True,
                    "defaultShipping": False,
                    "id": 81,
                    "internalId": 81,
                    "isResidential": False,
                    "label": "Office",
                },
                {
                    "addressBookAddress": {
                        "addr1": "12 Slip Lane",
                        "addrPhone": "(401) 555-0143",
                        "city": "Newport",
                        "country": "US",
                        "state": "RI",
                        "zip": "02841",
                    },
                    "defaultBilling": False,
                    "defaultShipping": True,
                    "id": 82,
                    "label": "Loft",
                },
            ],
            "totalResults": 2,
        },
        "autoName": False,
        "balance": 12.5,
        "category": {"links": LINKS, "id": "3", "refName": "Commercial"},
        "companyName": "Tidewater Sails, Inc.",
        "contactRoles": {
            "items": [
                {
                    "contact": {"id": "91", "refName": "Ola Reyes"},
                    "contactName": "Ola Reyes",
                    "email": "ola@tidewater.example",
                    "giveAccess": False,
                    "role": {"id": "-10", "refName": "Primary Contact"},
                },
                {"contactName": "Sam Roe", "email": "sam@tidewater.example"},
            ]
        },
        "currency": {"id": "1", "refName": "US Dollar"},
        "custentity_region": "NE",
        "custentity_route": {"id": "5", "refName": "Coast"},
        "custentity_score": 7,
        "dateCreated": "2025-02-03T16:20:00Z",
        "email": "ap@tidewater.example",
        "entityId": "CUST-7",
        "externalId": "st-7",
        "globalSubscriptionStatus": {"id": "2", "refName": "Soft Opt-Out"},
        "id": "7",
        "isInactive": False,
        "isPerson": False,
        "lastModifiedDate": "2026-09-14T08:05:00Z",
        "phone": "(401) 555-0142",
        "subsidiary": {"id": "2", "refName": "Group : US"},
        "topLevelParent": {"id": "7", "refName": "CUST-7"},
    }


def rest_person() -> dict[str, Any]:
    """Return a collapsed person who also has a company name."""
    return {
        "links": LINKS,
        "addressBook": {"links": LINKS},
        "companyName": "Vale Gardens",
        "contactRoles": {"links": LINKS},
        "email": "Ines.Vale@vale.example",
        "firstName": "Ines",
        "id": "8",
        "isPerson": True,
        "lastName": "Vale",
    }


def rest_lower_case() -> dict[str, Any]:
    """Return a grandchild in the spelling of the help pages."""
    return {
        "links": LINKS,
        "addressbook": {
            "links": LINKS,
            "items": [
                {
                    "addressbookaddress": {
                        "addr1": "14 Mill Gate",
                        "city": "Leeds",
                        "country": "GB",
                        "state": "",
                    }
                }
            ],
        },
        "companyname": "Orchard Retail - Leeds",
        "entityid": "CUST-9",
        "id": "9",
        "isinactive": False,
        "isperson": False,
        "parent": {"id": "6", "refName": "CUST-6"},
    }


def query_row() -> dict[str, Any]:
    """Return a row of the query service, its default addresses joined."""
    return {
        "links": [],
        "altname": "Ines Vale",
        "balancesearch": "310.25",
        "custentity_wholesale": "F",
        "datecreated": "5/21/2025",
        "defaultbillingaddress": "501",
        "defaultshippingaddress": "502",
        "duplicate": "F",
        "email": "Ines.Vale@vale.example",
        "entityid": "CUST-8",
        "firstname": "Ines",
        "globalsubscriptionstatus": "1",
        "id": "8",
        "isinactive": "F",
        "isperson": "T",
        "lastmodifieddate": "6/30/2026",
        "lastname": "Vale",
        "parent": "6",
        "subsidiary": "2",
        "toplevelparent": "5",
        "billing_address_line_1": "2 Orchard Walk",
        "billing_city": "Portland",
        "billing_country": "US",
        "shipping_address_line_1": "Plot 7",
        "shipping_city": "Portland",
        "shipping_country": "US",
    }


def copied_row(**changes: Any) -> dict[str, Any]:
    """Return a row of a nightly copy: empty text for null, stamps with a time, the copying tool's columns."""
    return {
        "id": "7",
        "_fivetran_deleted": "FALSE",
        "_fivetran_active": "TRUE",
        "altemail": "",
        "companyname": "Tidewater Sails, Inc.",
        "datecreated": "2025-02-03 16:20:00",
        "firstname": "",
        "globalsubscriptionstatus": "2",
        "isinactive": "F",
        "isperson": "F",
        "lastmodifieddate": "2026-09-14 8:05:00",
        "parent": "",
        "subsidiary": "2",
        **changes,
    }


def soap_company() -> dict[str, Any]:
    """Return a SOAP record as objects."""
    return {
        "internalId": "7",
        "externalId": "st-7",
        "companyName": "Tidewater Sails, Inc.",
        "isPerson": False,
        "category": {"internalId": "3", "name": "Commercial"},
        "dateCreated": "2025-02-03T08:20:00.000-08:00",
        "subsidiary": {"internalId": "2", "name": "US"},
        "globalSubscriptionStatus": "_softOptOut",
        "balance": 12.5,
        "webLead": "No",
        "addressbookList": {
            "addressbook": [
                {
                    "defaultShipping": False,
                    "defaultBilling": True,
                    "label": "Office",
                    "addressbookAddress": {
                        "internalId": "9081",
                        "country": "_unitedStates",
                        "addr1": "4 Quay Street",
                        "city": "Newport",
                        "override": False,
                    },
                    "internalId": "81",
                },
                {
                    "defaultShipping": True,
                    "addr1": "Dlouhá 12",
                    "city": "Brno",
                    "country": "_czechRepublic",
                    "internalId": "82",
                    "state": "",
                },
            ],
            "replaceAll": False,
        },
        "customFieldList": {
            "customField": [
                {"internalId": "512", "scriptId": "custentity_region", "value": "NE"},
                {"internalId": "513", "value": {"internalId": "5", "name": "Coast"}},
            ]
        },
    }


def stripe_customer(**changes: Any) -> dict[str, Any]:
    """Return a Stripe customer with both addresses."""
    return {
        "id": "cus_Tidewater7",
        "object": "customer",
        "address": {
            "city": "Newport",
            "country": "US",
            "line1": "4 Quay Street",
            "line2": "Unit 9",
            "postal_code": "02840",
            "state": "RI",
        },
        "balance": -1250,
        "business_name": "Tidewater Sails, Inc.",
        "created": 1741000000,
        "currency": "usd",
        "email": "ap@tidewater.example",
        "livemode": False,
        "metadata": {"netsuite_internal_id": "7"},
        "name": "Tidewater Sails, Inc.",
        "phone": "(401) 555-0142",
        "preferred_locales": [],
        "shipping": {
            "address": {"city": "Newport", "country": "US", "line1": "12 Slip Lane", "line2": None},
            "name": "Tidewater Sails, Inc.",
            "phone": "(401) 555-0143",
        },
        **changes,
    }


def stated(record: Any) -> Any:
    """Return what a customer, an address or a contact says: its fields that are neither blank nor default."""
    if isinstance(record, tuple):
        return tuple(stated(one) for one in record)
    if not isinstance(record, Customer | Address | Contact):
        return record
    told = {
        attribute.name: getattr(record, attribute.name)
        for attribute in fields(type(record))
        if attribute.name not in ("whole", "issues")
    }
    return {name: stated(value) for name, value in told.items() if value not in (None, ABSENT, False, {})}


def refused(read: Callable[..., Any], *args: Any) -> PayloadError | None:
    """Return the refusal that a read ends in, None where it answers; any other exception is a failure."""
    try:
        read(*args)
    except PayloadError as error:
        return error
    return None
