"""Lists of invented customers as mappings, for the tests of matching."""

from collections.abc import Iterable
from random import Random
from typing import Any, Final

from custsync.rules.matching import MatchResult
from tests.benchmarks.people import Person, people, slipped

__all__ = ["FIELDS", "families", "pairs_of", "records", "two_lists"]

FIELDS: Final = ("first", "last", "company", "email", "phone", "line1", "city", "zip")


def records(persons: Iterable[Person], prefix: str) -> list[dict[str, Any]]:
    """Return the persons as records with ids: the number of the person after the prefix."""
    return [{"id": f"{prefix}{number}", **person} for number, person in enumerate(persons)]


def two_lists(count: int, seed: int = 0) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return two lists of so many customers, half of them the same ones, entered anew in the right list."""
    random = Random(seed)  # noqa: S311 - invented data
    persons = records(people(count + count // 2, seed), "")
    left, right = persons[:count], persons[count // 2 :]
    again = [{"id": f"R{person['id']}", **slipped({**person, "id": ""}, random)} for person in right]
    return (
        [{**person, "id": f"L{person['id']}"} for person in left],
        [{**entry, "id": f"R{person['id']}"} for person, entry in zip(right, again, strict=True)],
    )


def families(persons: Iterable[dict[str, Any]], prefix: str) -> list[dict[str, Any]]:
    """Return a relative of each: the same surname, address and phone, another first name and email."""
    return [
        {
            **person,
            "id": f"{prefix} {number}",
            "first": f"Zo{'abcdefgh'[number % 8]}q",
            "email": "",
            "company": "",
        }
        for number, person in enumerate(persons)
    ]


def pairs_of(result: MatchResult) -> set[tuple[Any, Any]]:
    """Return the ids of all matches."""
    return {(match.left, match.right) for match in result.matches}
