"""Invented customers of two systems, many of them the same, with the slips that people make.

NetSuite customers as its REST record service sends them; every value follows from a seed. Names and towns are
made of syllables, a few of them common and most of them rare, as real ones are.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any, TypeAlias

__all__ = ["Person", "netsuite_payload", "people", "slipped", "stripe_payload"]

Person: TypeAlias = Mapping[str, str]

_ONSETS = ("b", "br", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v", "w")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea")
_ENDS = ("n", "r", "l", "s", "ck", "nd", "m", "th", "")
_STREETS = ("Street", "Road", "Lane", "Court", "Row")
_HOSTS = 400
_FORMS = ("Ltd", "LLC", "Inc.", "GmbH", "& Sons")


def _word(number: int, syllables: int) -> str:
    """Return the word of that number, always the same one."""
    random = Random(f"{syllables}/{number}")  # noqa: S311 - invented data
    parts = (random.choice(_ONSETS) + random.choice(_VOWELS) + random.choice(_ENDS) for _ in range(syllables))
    return "".join(parts).capitalize()


@cache
def _words(count: int, syllables: int) -> list[str]:
    return [_word(number, syllables) for number in range(count)]


class _Words:
    """Words of which a few are common: the word of rank r is drawn r times as rarely as the first."""

    def __init__(self, count: int, syllables: int) -> None:
        self._words = _words(count, syllables)

    def drawn(self, random: Random) -> str:
        return self._words[int(len(self._words) ** random.random()) - 1]


def people(count: int, seed: int = 0) -> Iterator[Person]:
    """Yield so many customers; every third one is a company."""
    random = Random(seed)  # noqa: S311 - invented data
    given, surnames, towns, roads = _Words(800, 1), _Words(8000, 2), _Words(600, 2), _Words(3000, 2)
    hosts = _Words(_HOSTS, 2)
    for number in range(count):
        first, last, town = given.drawn(random), surnames.drawn(random), towns.drawn(random)
        company = f"{last} {roads.drawn(random)} {random.choice(_FORMS)}" if number % 3 == 0 else ""
        yield {
            "first": first,
            "last": last,
            "company": company,
            "email": f"{first}.{last}{random.randrange(100)}@{hosts.drawn(random)}.example".lower(),
            "phone": f"(503) {random.randrange(200, 999)}-{random.randrange(10000):04}",
            "line1": f"{random.randrange(1, 300)} {roads.drawn(random)} {random.choice(_STREETS)}",
            "city": town,
            "zip": f"{sum(map(ord, town)) % 900 + 100}{random.randrange(30):02}",
        }


def slipped(person: Person, random: Random) -> Person:
    """Return the customer as somebody else enters it: values missing, mistyped or old."""
    other = dict(person)
    for name, value in person.items():
        chance = random.random()
        if chance < 0.1:
            other[name] = ""
        elif chance < 0.2 and len(value) > 2:
            at = random.randrange(1, len(value) - 1)
            other[name] = value[: at - 1] + value[at] + value[at - 1] + value[at + 1 :]
        elif chance < 0.25 and name in ("line1", "phone", "email"):
            other[name] = "1 " + value[::-1] if name == "line1" else value[:-1] + str(random.randrange(10))
    return other


def netsuite_payload(person: Person, id: str) -> dict[str, Any]:
    """Return the customer as NetSuite's REST record service sends it."""
    return {
        "id": id,
        "entityId": f"CUST-{id}",
        "autoName": False,
        "isPerson": not person["company"],
        "firstName": person["first"],
        "lastName": person["last"],
        "companyName": person["company"],
        "email": person["email"],
        "phone": person["phone"],
        "isInactive": False,
        "subsidiary": {"id": "1", "refName": "Group : Part"},
        "category": {"id": "2", "refName": "Commercial"},
        "currency": {"id": "1", "refName": "US Dollar"},
        "globalSubscriptionStatus": {"id": "1", "refName": "Soft Opt-In"},
        "balance": 0.25,
        "dateCreated": "2025-02-03T16:20:00Z",
        "lastModifiedDate": "2026-09-14T08:05:00Z",
        "addressBook": {
            "items": [
                {
                    "id": 1,
                    "defaultBilling": True,
                    "defaultShipping": True,
                    "label": "Office",
                    "addressBookAddress": {
                        "addr1": person["line1"],
                        "city": person["city"],
                        "state": "OR",
                        "zip": person["zip"],
                        "country": {"id": "US", "refName": "United States"},
                    },
                }
            ],
            "totalResults": 1,
        },
    }


def stripe_payload(person: Person, id: str) -> dict[str, Any]:
    """Return the customer as Stripe sends it."""
    return {
        "id": id,
        "object": "customer",
        "address": {
            "city": person["city"] or None,
            "country": "US",
            "line1": person["line1"] or None,
            "line2": None,
            "postal_code": person["zip"] or None,
            "state": "OR",
        },
        "balance": 0,
        "created": 1_741_000_000,
        "currency": "usd",
        "delinquent": False,
        "description": None,
        "email": person["email"] or None,
        "livemode": False,
        "metadata": {},
        "name": person["company"] or f"{person['first']} {person['last']}".strip() or None,
        "phone": person["phone"] or None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
    }
