"""Generated customers for the benchmarks: about 25 fields and two addresses each, the same for every run.

NetSuite customers in the shape of its REST record service, and Stripe customers. Every value is made of the
customer's number.
"""

from typing import Any

CITIES = ("Astoria", "Brno", "Coimbra", "Dundee", "Eindhoven", "Fargo", "Graz", "Halifax")
COUNTRIES = ("US", "CZ", "PT", "GB", "NL", "US", "AT", "CA")
LINKED_EVERY = 10
"""Every tenth NetSuite customer has a Stripe customer with its email."""


def netsuite_customer(number: int) -> dict[str, Any]:
    """Return one NetSuite customer; every third one is a person."""
    is_person = number % 3 == 0
    name = (
        {"firstName": f"First{number}", "lastName": f"Last{number}"}
        if is_person
        else {"companyName": f"Company {number} Ltd"}
    )
    return {
        "id": str(number),
        "externalId": f"crm-{number}",
        "entityId": f"CUST-{number}",
        "autoName": False,
        "isPerson": is_person,
        **name,
        "altName": f"Shown {number}",
        "email": f"customer{number}@example.com",
        "phone": f"(503) 555-{number % 10_000:04}",
        "mobilePhone": f"+1 503 556 {number % 10_000:04}",
        "fax": f"(503) 557-{number % 10_000:04}",
        "isInactive": False,
        "subsidiary": {"id": str(number % 4 + 1), "refName": "Group : Part"},
        "category": {"id": str(number % 5 + 1), "refName": "Commercial"},
        "currency": {"id": "1", "refName": "US Dollar"},
        "globalSubscriptionStatus": {"id": str(number % 4 + 1), "refName": "Soft Opt-In"},
        "balance": number % 1000 / 4,
        "dateCreated": "2025-02-03T16:20:00Z",
        "lastModifiedDate": "2025-09-14T08:05:00Z",
        "custentity_region_code": "PNW",
        "custentity_tier": {"id": str(number % 3 + 1), "refName": "Tier"},
        "addressBook": {
            "items": [_line(number, 1, billing=True), _line(number, 2, billing=False)],
            "totalResults": 2,
        },
    }


def _line(number: int, line: int, *, billing: bool) -> dict[str, Any]:
    return {
        "id": number * 10 + line,
        "defaultBilling": billing,
        "defaultShipping": not billing,
        "label": "Office" if billing else "Warehouse",
        "addressBookAddress": {
            "addressee": f"Company {number} Ltd",
            "addr1": f"{number % 900 + line} Cannery Row",
            "addr2": "Suite 4",
            "city": CITIES[number % 8],
            "state": "OR",
            "zip": f"{number % 100_000:05}",
            "country": {"id": COUNTRIES[number % 8], "refName": "Country"},
        },
    }


def stripe_customer(number: int) -> dict[str, Any]:
    """Return one Stripe customer; every tenth holds the email of a NetSuite customer."""
    mailbox = "customer" if number % LINKED_EVERY == 0 else "other"
    return {
        "id": f"cus_Bench{number:08}",
        "object": "customer",
        "address": {
            "city": CITIES[number % 8],
            "country": COUNTRIES[number % 8],
            "line1": f"{number % 900 + 1} Cannery Row",
            "line2": "Suite 4",
            "postal_code": f"{number % 100_000:05}",
            "state": "OR",
        },
        "balance": 0,
        "created": 1_741_000_000 + number,
        "currency": "usd",
        "delinquent": False,
        "description": None,
        "email": f"{mailbox}{number}@example.com",
        "livemode": False,
        "metadata": {},
        "name": f"Company {number} Ltd",
        "phone": f"(503) 555-{number % 10_000:04}",
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
    }
