"""Public names are made of the words of the glossary."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest

from custsync import Environment, Flow
from custsync.protocols import Capabilities
from tests.public_api.catalogue import MODULES, names_of

GLOSSARY = Path(__file__).parent.parent.parent / "docs" / "glossary.md"

SMALL_WORDS = frozenset({"after", "by", "for", "is", "on", "with", "not"})
"""Words that name nothing by themselves."""

PRODUCTS = frozenset(
    {"custsync", "lago", "lightspeed", "netsuite", "servicetitan", "stripe", "upflow", "json"}
)
"""Proper names."""


def test_terms_stand_once() -> None:
    terms = [term for row in rows() for term in re.findall(r"\*\*([^*]+)\*\*", row[0])]
    assert {term for term in terms if terms.count(term) > 1} <= {"kind", "link", "merge", "review"}


def test_each_term_has_a_meaning() -> None:
    assert [row[0] for row in rows() if len(row) != 3 or not row[1].strip()] == []


@pytest.mark.parametrize("module", MODULES)
def test_classes_are_made_of_terms(module: str) -> None:
    classes = (name for name, value in names_of(module) if isinstance(value, type))
    assert unknown(classes) == {}


@pytest.mark.parametrize("cls", [Flow, Capabilities, Environment], ids=lambda cls: cls.__name__)
def test_parameters_are_made_of_terms(cls: Any) -> None:
    assert unknown(one.name for one in attrs.fields(cls) if one.init) == {}


def test_a_word_of_no_term_is_found() -> None:
    assert unknown(["CustomerGizmo", "Customer"]) == {"CustomerGizmo": ["gizmo"]}


def rows() -> list[list[str]]:
    """Return the cells of each row of the page: term, meaning, what others call it."""
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    found = [line.strip("|").split("|") for line in lines if line.startswith("| ")]
    return [row for row in found if row[0].strip() not in {"term", "---"}]


@cache
def vocabulary() -> frozenset[str]:
    """Return the words of all terms: the first column, and what the second has in bold."""
    terms = " ".join(text for row in rows() for text in (row[0], *re.findall(r"\*\*([^*]+)\*\*", row[1])))
    return frozenset(map(stem, re.findall(r"[a-z]+", terms.lower())))


def unknown(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the names that have words outside the glossary, with these words."""
    found = {name: [word for word in words(name) if not is_known(word)] for name in names}
    return {name: missing for name, missing in found.items() if missing}


def words(name: str) -> list[str]:
    for product in ("NetSuite", "ServiceTitan"):
        name = name.replace(product, product.capitalize())
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]


def is_known(word: str) -> bool:
    return word in SMALL_WORDS | PRODUCTS or stem(word) in vocabulary()


def stem(word: str) -> str:
    """Return the word without the ending of a plural or of a verb."""
    for ending in ("ings", "ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending)
    return word
