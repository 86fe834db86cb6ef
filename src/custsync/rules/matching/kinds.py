"""Kinds of values: how a text becomes its match key, and how near two keys are.

Near is 2 for close keys, one slip apart, 1 for near ones, else 0, and the same from either side. A slip is
one character added, left out or changed, or two neighbours swapped. The kind of a field follows from its name
(`billing_email` is an email), else from its values.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from itertools import compress, count, product
from operator import ne
from typing import Final, TypeAlias

from attrs import field, frozen

from custsync.rules.normalize.companies import company_key
from custsync.rules.normalize.damage import hold_nothing
from custsync.rules.normalize.emails import clean_email, email_key, plain_keys
from custsync.rules.normalize.phones import phone_key
from custsync.rules.normalize.texts import id_key, text_key, without_accents, words_key

Near: TypeAlias = Callable[[str, str], int]


@frozen
class Kind:
    """One kind of value.

    Attributes:
        name: its name, as `Key` and `Field` take it.
        key: the text (and the country, for a phone) → the key; None for a text that is no key.
        near: how near two different keys are; None where one character makes another value (an id).
        parts: takes a text apart that may hold several values: its key then is a list of keys with blanks
            between, each of which finds a record.
        takes_country: the key depends on the record's country.
        near_confirms: whether near values support one customer; colleagues' emails are near each other.
        strangers: the share of strangers that have the same rare value, however short the list.
        keys: the same as `key` for many texts at once, as they were given, blank ones among them; None where
            one needs a closer look.
    """

    name: str
    key: Callable[..., str | None]
    near: Near | None = field(default=None, eq=False)
    parts: Callable[[str], Iterable[str]] | None = None
    takes_country: bool = False
    near_confirms: bool = True
    strangers: float = 1.0
    keys: Callable[[Sequence[str]], list[str | None] | None] | None = field(default=None, eq=False)


_PLAIN_EMAIL: Final = re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII).fullmatch
_BETWEEN_PHONES: Final = re.compile(r"[;,|\n]|\s/\s|\sor\s")


def folded(text: str) -> str | None:
    """Return the words of the text without case, punctuation and accents.

    >>> folded(" Müller-Lüdenscheidt ")
    'muller ludenscheidt'
    >>> folded("  ") is None
    True
    """
    return without_accents(words_key(text)) or None


def _email(text: str) -> str | None:
    return email_key(text) or " ".join(sorted(clean_email(text).keys)) or None


def _ids(texts: Sequence[str]) -> list[str | None] | None:
    keys = list(map(str.strip, texts))
    if hold_nothing(keys) or not "".join(keys).isascii():
        return None
    return [key or None for key in keys]


def _addresses(text: str) -> Iterable[str]:
    return clean_email(text).addresses


def _phone(text: str, country: str) -> str | None:
    """Return the keys of all numbers in the field; one digit repeated is none."""
    keys = {phone_key(part, country) for part in _BETWEEN_PHONES.split(text)}
    return " ".join(sorted(key for key in keys if key and len(set(key)) > 1)) or None


def _company(text: str) -> str | None:
    return company_key(text).key or None


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


OTHER: Final = 0
NEAR: Final = 1
CLOSE: Final = 2

_ISO_DIGITS: Final = 8
_LONG: Final = 3
_SHORT: Final = 4
_LOCAL_NUMBER: Final = 7


def is_one_slip(one: str, other: str) -> bool:
    """Return whether one slip makes either text of the other.

    >>> is_one_slip("smith", "simth"), is_one_slip("smith", "smyths")
    (True, False)
    """
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(longer) - len(shorter) > 1:
        return False
    start = next(compress(count(), map(ne, shorter, longer)), len(shorter))
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    if shorter[start + 1 :] == longer[start + 1 :]:
        return True
    swapped = shorter[start : start + 2] == longer[start + 1 : start + 2] + longer[start : start + 1]
    return swapped and shorter[start + 2 :] == longer[start + 2 :]


@lru_cache(maxsize=131072)
def _pairs(text: str) -> tuple[int, int]:
    """Return the text's letter pairs as the bits of one number, and how many bits are set."""
    mask, before = 0, 7
    for sign in text.encode("utf-8", "surrogatepass"):
        mask |= 1 << ((before * 31 + sign) & 255)
        before = sign
    return mask, mask.bit_count()


def near_text(one: str, other: str) -> int:
    """Return how near two texts are: one slip, most letter pairs shared, or one begins the other.

    >>> near_text("neumann", "neuman"), near_text("robert", "rob"), near_text("ann", "bob")
    (2, 1, 0)
    """
    (mask, size), (mask_of_other, size_of_other) = _pairs(one), _pairs(other)
    shared = 2 * (mask & mask_of_other).bit_count() / (size + size_of_other)
    if shared >= 0.8:  # noqa: PLR2004
        return CLOSE
    short = min(len(one), len(other))
    if (shared >= 0.25 or short <= _SHORT) and is_one_slip(one, other):  # noqa: PLR2004 - less is no slip
        return CLOSE
    begins = short >= _LONG and (one.startswith(other) or other.startswith(one))
    return NEAR if shared >= 0.6 or begins else OTHER  # noqa: PLR2004


def near_name(one: str, other: str) -> int:
    """Return how near two names of a person are: as texts, and an initial is near its name.

    >>> near_name("j", "john"), near_name("j", "rosa")
    (1, 0)
    """
    if one[0] == other[0] and 1 in (len(one), len(other)):
        return NEAR
    return near_text(one, other)


def near_words(one: str, other: str) -> int:
    """Return how near two texts of several words are: as texts, or by the words that both have.

    >>> near_words("lund mills", "mills lund"), near_words("lund mills", "hull street")
    (2, 0)
    """
    near = near_text(one, other)
    if near == CLOSE:
        return CLOSE
    words, words_of_other = set(one.split()), set(other.split())
    shared = len(words & words_of_other)
    if 1 < shared == min(len(words), len(words_of_other)):
        return CLOSE
    half = 2 * shared >= max(len(words), len(words_of_other)) > 0
    return NEAR if near or half else OTHER


def near_digits(one: str, other: str) -> int:
    """Return how near two numbers are: one slip, or the same digits in another order.

    >>> near_digits("97103", "97193"), near_digits("4560", "4065"), near_digits("8", "9")
    (2, 1, 0)
    """
    size = min(len(one), len(other))
    if size < 2:  # noqa: PLR2004
        return OTHER
    if is_one_slip(one, other):
        return CLOSE if size > _LONG else NEAR
    turned = size > _LONG and sum(map(ne, one, other)) <= 2 and sorted(one) == sorted(other)  # noqa: PLR2004
    return NEAR if turned else OTHER


def near_date(one: str, other: str) -> int:
    """Return how near two dates of eight digits are: as numbers, day and month swapped, or two parts alike.

    >>> near_date("19700512", "19701205"), near_date("19700512", "19830512")
    (2, 1)
    """
    near = near_digits(one, other)
    if near or len(one) != _ISO_DIGITS or len(other) != _ISO_DIGITS:
        return near
    if one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]:
        return CLOSE
    return NEAR if one[4:] == other[4:] or one[:6] == other[:6] else OTHER


def near_phone(one: str, other: str) -> int:
    """Return how near two phones are: as numbers, and one with its country code is close to the one without.

    >>> near_phone("5550100", "15035550100"), near_phone("5550100", "4960150")
    (2, 0)
    """
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(shorter) < len(longer) and len(shorter) >= _LOCAL_NUMBER and longer.endswith(shorter):
        return CLOSE
    return near_digits(one, other)


def near_email(one: str, other: str) -> int:
    """Return how near two emails are: the same mailbox elsewhere, or a near one at the same domain.

    >>> near_email("ap@mail.example", "ap@x.example"), near_email("rosa@x.example", "roza@x.example")
    (1, 2)
    >>> near_email("ap@x.example", "rosa@x.example")
    0
    """
    (mailbox, _, domain), (mailbox_of_other, _, domain_of_other) = one.partition("@"), other.partition("@")
    if mailbox == mailbox_of_other:
        return CLOSE if is_one_slip(domain, domain_of_other) else NEAR
    near = near_text(mailbox, mailbox_of_other)
    if domain == domain_of_other:
        return near
    return NEAR if near == CLOSE else OTHER


def near_lists(near: Callable[[str, str], int]) -> Callable[[str, str], int]:
    """Return how near two lists of keys are, with blanks between: as near as any two of their keys."""
    return partial(_nearest, near)


def _nearest(near: Callable[[str, str], int], one: str, other: str) -> int:
    if " " not in one and " " not in other:
        return near(one, other)
    pairs = product(one.split(), other.split())
    return max(CLOSE if key == key_of_other else near(key, key_of_other) for key, key_of_other in pairs)


_KINDS: Final = (
    Kind("id", id_key, strangers=1e-5, keys=_ids),
    Kind("code", _code),
    Kind(
        "email",
        _email,
        near_lists(near_email),
        _addresses,
        near_confirms=False,
        strangers=1e-5,
        keys=plain_keys,
    ),
    Kind("phone", _phone, near_lists(near_phone), _BETWEEN_PHONES.split, takes_country=True, strangers=1e-4),
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
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _KINDS}
"""Every kind by its name."""

_KIND_OF_WORD: Final = (
    ("email", "email mail"),
    ("phone", "phone telephone tel mobile cell fax"),
    ("postcode", "postcode postal zip zipcode"),
    ("date", "date birth birthdate birthday dob born"),
    ("company", "company organisation organization firm business"),
    ("code", "state province country currency gender sex title category salutation"),
    ("name", "surname lastname firstname given forename first last middle family"),
    ("id", "vat tax iban external stripe"),
    ("number", "number no house"),
    ("text", "name street address line"),
    ("name", "city town suburb"),
    ("id", "id code key ref"),
)
"""The first row that has a word of the field's name gives its kind."""

_DATE: Final = re.compile(r"(?:1[89]|20)\d\d-?(?:0\d|1[0-2])-?[0-3]\d(?:[T ].*)?", re.ASCII)


def words_of_name(name: str) -> frozenset[str]:
    """Return the words of a field's name, with the numbers at their ends left out.

    >>> sorted(words_of_name("billing_address.postalCode"))
    ['address', 'billing', 'code', 'postal']
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return frozenset(word.rstrip("0123456789") for word in re.split(r"[\W_]+", spaced.lower()))


def kind_of(name: str, values: Iterable[str]) -> Kind:
    """Return the kind by the field's name, else by its values, else `text`.

    >>> kind_of("given_name", ()).name, kind_of("born_on", ()).name, kind_of("x", ["20240131"]).name
    ('name', 'date', 'date')
    """
    by_name = named_kind(name)
    return by_name or KINDS[_kind_of_values([text.strip() for text in values if text.strip()])]


def key_set(texts: Iterable[str], kind: Kind) -> frozenset[str]:
    """Return the texts themselves, which may be keys, and the keys of those that are none.

    >>> sorted(key_set(["None@Mail.example"], KINDS["email"]))
    ['None@Mail.example', 'none@mail.example']
    """
    given = frozenset(texts)
    made: list[str | None] = []
    for text in given:
        with suppress(Exception):  # a key of the caller's raises where a record has one
            made.append(kind.key(text, "") if kind.takes_country else kind.key(text))
    return given.union(*(key.split(" ") if kind.parts else [key] for key in made if key))


def named_kind(name: str) -> Kind | None:
    """Return the kind by the field's name, None where the name has none."""
    words = words_of_name(name.rpartition(".")[2])
    return next((KINDS[kind] for kind, known in _KIND_OF_WORD if not words.isdisjoint(known.split())), None)


def _kind_of_values(texts: list[str]) -> str:
    if not texts:
        return "text"
    for kind, fits in (("date", _DATE.fullmatch), ("number", str.isdecimal), ("email", _PLAIN_EMAIL)):
        if all(map(fits, texts)):
            return kind
    return "text"
