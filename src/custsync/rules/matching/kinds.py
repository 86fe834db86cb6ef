"""Kinds of values: how a text becomes its match key, and how near two keys are.

The kind of a field follows from its name (`billing_email` is an email), else from its values.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias
from unicodedata import combining, normalize

from attrs import field, frozen

from custsync.rules.matching.nearness import (
    near_date,
    near_digits,
    near_email,
    near_lists,
    near_name,
    near_phone,
    near_words,
)
from custsync.rules.normalize.companies import company_key
from custsync.rules.normalize.emails import clean_email
from custsync.rules.normalize.phones import phone_key
from custsync.rules.normalize.texts import id_key, text_key, words_key

__all__ = ["KINDS", "Kind", "kind_of", "words_of_name"]

Near: TypeAlias = Callable[[str, str], int]


@frozen
class Kind:
    """One kind of value.

    Attributes:
        name: its name, as `Key` and `Field` take it.
        key: the text (and the country, for a phone) → the key; None for a text that is nobody's key.
        near: how near two different keys are; None where one character makes another value (an id).
        parts: takes a text apart that may hold several values: its key then is a list of keys with blanks
            between, each of which finds a record.
        takes_country: the key depends on the record's country.
        plain: many texts, one a line → their keys, one a line, where all are plain; else None. It is the
            quick way for long lists and gives the same keys.
        near_confirms: whether near values support one customer; colleagues' emails are near each other.
        strangers: the share of strangers that have the same rare value, however short the list.
    """

    name: str
    key: Callable[..., str | None]
    near: Near | None = field(default=None, eq=False)
    parts: Callable[[str], Iterable[str]] | None = None
    takes_country: bool = False
    plain: Callable[[str], str | None] | None = None
    near_confirms: bool = True
    strangers: float = 1.0


_LETTERS: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th"})
"""Letters that no decomposition takes apart."""

_EMAIL: Final = r"[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
_PLAIN_EMAIL: Final = re.compile(_EMAIL, re.ASCII).fullmatch
_PLAIN_EMAILS: Final = re.compile(rf"(?:{_EMAIL})?+(?:\n(?:{_EMAIL})?+)*+", re.ASCII).fullmatch
_BETWEEN_PHONES: Final = re.compile(r"[;,|\n]|\s/\s|\sor\s")


def folded(text: str) -> str | None:
    """Return the words of the text without case, punctuation and accents.

    >>> folded(" Müller-Lüdenscheidt ")
    'muller ludenscheidt'
    >>> folded("  ") is None
    True
    """
    key = words_key(text)
    if not key.isascii():
        key = normalize("NFC", "".join([sign for sign in normalize("NFD", key) if not combining(sign)]))
        key = key.translate(_LETTERS)
    return key or None


def _email(text: str) -> str | None:
    plain = text.lower()
    return plain if _PLAIN_EMAIL(plain) else " ".join(sorted(clean_email(text).keys)) or None


def _addresses(text: str) -> Iterable[str]:
    return clean_email(text).addresses


def _plain_emails(texts: str) -> str | None:
    keys = texts.lower()
    return keys if _PLAIN_EMAILS(keys) else None


def _phone(text: str, country: str) -> str | None:
    """Return the keys of all numbers in the field; one digit repeated is none."""
    keys = {phone_key(part, country) for part in _BETWEEN_PHONES.split(text)}
    return " ".join(sorted(key for key in keys if key and len(set(key)) > 1)) or None


def _plain_ids(texts: str) -> str | None:
    visible = texts.isascii() and " " not in texts and texts.replace("\n", "").isprintable()
    return texts if visible else None


def _company(text: str) -> str | None:
    return folded(company_key(text).key)


def _code(text: str) -> str | None:
    return text_key(text) or None


def _digits(text: str) -> str | None:
    return "".join(filter(str.isdecimal, text)) or None


def _postcode(text: str) -> str | None:
    return "".join(filter(str.isalnum, text_key(text))) or None


def _date(text: str) -> str | None:
    """Return the digits of the date, without a time of day."""
    return _digits(text.strip().partition("T")[0].partition(" ")[0])


def _initials(text: str) -> str | None:
    """Return the initial of the first word and the last word: `J. Smith` and `John Smith` are one."""
    words = (folded(text) or "").split()
    return f"{words[0][0]} {words[-1]}" if len(words) > 1 else None


def _any_order(text: str) -> str | None:
    """Return the words in alphabetical order: `Smith, John` and `John Smith` are one."""
    return " ".join(sorted((folded(text) or "").split())) or None


def _transposed(text: str) -> str | None:
    """Return the characters in order: swapped neighbours make no difference."""
    return "".join(sorted(_postcode(text) or "")) or None


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("id", id_key, plain=_plain_ids, strangers=1e-5),
        Kind("code", _code),
        Kind(
            "email",
            _email,
            near_lists(near_email),
            parts=_addresses,
            plain=_plain_emails,
            near_confirms=False,
            strangers=1e-5,
        ),
        Kind(
            "phone", _phone, near_lists(near_phone), _BETWEEN_PHONES.split, takes_country=True, strangers=1e-4
        ),
        Kind("company", _company, near_words),
        Kind("name", folded, near_name),
        Kind("text", folded, near_words),
        Kind("words", folded, near_words, str.split),
        Kind("postcode", _postcode, near_digits),
        Kind("number", _digits, near_digits),
        Kind("date", _date, near_date),
        Kind("initials", _initials),
        Kind("any_order", _any_order),
        Kind("transposed", _transposed),
    )
}
"""Every kind by its name."""

_KIND_OF_WORD: Final = (
    ("email", {"email", "mail"}),
    ("phone", {"phone", "telephone", "tel", "mobile", "cell", "fax"}),
    ("postcode", {"postcode", "postal", "zip", "zipcode"}),
    ("date", {"date", "birth", "birthdate", "birthday", "dob", "born"}),
    ("company", {"company", "organisation", "organization", "firm", "business"}),
    (
        "code",
        {"state", "province", "country", "currency", "gender", "sex", "title", "category", "salutation"},
    ),
    ("name", {"surname", "lastname", "firstname", "given", "forename", "first", "last", "middle", "family"}),
    ("id", {"vat", "tax", "iban", "external", "stripe"}),
    ("number", {"number", "no", "house"}),
    ("text", {"name", "street", "address", "line"}),
    ("name", {"city", "town", "suburb"}),
    ("id", {"id", "code", "key", "ref"}),
)
"""The first row that has a word of the field's name says its kind."""

_DATE: Final = re.compile(r"(?:1[89]|20)\d\d-?(?:0\d|1[0-2])-?[0-3]\d(?:[T ].*)?", re.ASCII)


def words_of_name(name: str) -> frozenset[str]:
    """Return the words of a field's name, with the numbers at their ends left out.

    >>> sorted(words_of_name("billing_address.postalCode"))
    ['address', 'billing', 'code', 'postal']
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return frozenset(word.rstrip("0123456789") for word in re.split(r"[\W_]+", spaced.lower()))


def kind_of(name: str, values: Iterable[str]) -> Kind:
    """Return the kind that the field's name says, else its values, else `text`.

    >>> kind_of("given_name", ()).name, kind_of("born_on", ()).name, kind_of("x", ["20240131"]).name
    ('name', 'date', 'date')
    """
    words = words_of_name(name.rpartition(".")[2])
    for kind, known in _KIND_OF_WORD:
        if words & known:
            return KINDS[kind]
    return KINDS[_kind_of_values([text.strip() for text in values if text.strip()])]


def _kind_of_values(texts: list[str]) -> str:
    if not texts:
        return "text"
    for kind, fits in (("date", _DATE.fullmatch), ("number", str.isdecimal), ("email", _PLAIN_EMAIL)):
        if all(map(fits, texts)):
            return kind
    return "text"
