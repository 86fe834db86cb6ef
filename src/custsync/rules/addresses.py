"""Rules of one address: cleaning, comparing, fitting it into fewer lines, and checking its country.

Pure functions over `custsync.models.Address`. Nothing that an address holds is dropped in silence: what a
function changed stands in its issues.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from attrs import evolve, field, frozen

from custsync.errors import InputError
from custsync.models import Address, Issue, Maybe, Severity
from custsync.rules.normalize import as_text, text_key, visible, words_key

__all__ = [
    "CheckedAddress",
    "address_key",
    "clean",
    "fit_lines",
    "is_blank",
    "lines",
    "one_line",
    "same_place",
    "validated",
]

_LINES: Final = ("line1", "line2", "line3")
_TEXTS: Final = (
    "label",
    "attention",
    "addressee",
    *_LINES,
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
)
_LONGEST_SHOWN_COUNTRY = 40
_LONGEST_NUMBER = 6
"""A longer number is no country's code: it may be a phone's."""

_LINES_MOVED: Final = Issue(
    code="lines_moved",
    rule="G-LOSS",
    field="lines",
    reason="The target has fewer address lines, so the last ones were moved up or joined",
    remedy="Nothing is lost; shorten the address in the source system if it reads badly.",
    severity=Severity.NOTE,
)


@frozen
class CheckedAddress:
    """An address after a rule, and what the rule has to say about it."""

    address: Address
    issues: tuple[Issue, ...] = field(default=())


def clean(address: Address) -> CheckedAddress:
    """Return the address with its texts trimmed, one blank between words, and no invisible characters.

    Letters keep their bytes. Null, absent and empty fields stay what they are. Cleaning twice changes nothing
    more; an address that is clean comes back as the same object.

    Args:
        address: any address.

    Raises:
        InputError: a field is no text.

    Rule: G-LOSS

    >>> clean(Address(line1=" 1  Elm St ")).address.line1
    '1 Elm St'
    >>> clean(Address(line1="1 Elm St")).issues
    ()
    """
    changes: dict[str, Any] = {}
    issues: list[Issue] = []
    for name in _TEXTS:
        text = as_text(getattr(address, name))
        seen = text if text.isascii() else visible(text)
        tidy = " ".join(seen.split())
        if tidy != text:
            changes[name] = tidy
            issues.append(_cleaned(name, hidden=seen != text))
    return CheckedAddress(evolve(address, **changes), tuple(issues)) if changes else CheckedAddress(address)


def is_blank(address: Address) -> bool:
    """Return whether the address names no place: no line, no city, no state and no postal code.

    A country, a name or a phone alone makes no place: systems fill the country in by themselves.

    >>> is_blank(Address(country="US", addressee="Acme"))
    True
    >>> is_blank(Address(city="Springfield"))
    False
    """
    return not (
        any(as_text(part).strip() for part in (address.line1, address.line2, address.line3))
        or any(as_text(part).strip() for part in (address.city, address.state, address.postal_code))
    )


def address_key(address: Address, *, country: str = "") -> str:
    """Return the place that the address names, as it is compared; `""` for a blank address.

    Compared are the lines read as one text, the city, the state, the postal code without blanks, and the
    country. Case, width, blanks and punctuation do not count. Street words are not folded ("Rd" is not
    "Road"), for that would be a guess. Names, label and phone are no part of a place.

    Args:
        address: any address.
        country: ISO 3166-1 alpha-2 of the address, where the caller has resolved it; else the address's own
            country is compared as it is.

    Returns:
        One text, its parts divided by line ends. Linear time.

    Raises:
        InputError: a field is no text.

    >>> two_lines = Address(line1="1 Elm St.", line2="Suite 4")
    >>> address_key(two_lines) == address_key(Address(line1="1 ELM ST, Suite 4"))
    True
    >>> address_key(Address(line1="1 Elm St")) == address_key(Address(line1="1 Elm St", city="Springfield"))
    False
    """
    if is_blank(address):
        return ""
    return "\n".join(
        (
            words_key(" ".join(lines(address))),
            words_key(address.city),
            words_key(address.state),
            words_key(address.postal_code).replace(" ", ""),
            text_key(country or address.country),
        )
    )


def same_place(one: Address, other: Address) -> bool:
    """Return whether both addresses name the same place. A blank address is no place, so never the same.

    >>> same_place(Address(line1="1 Elm St"), Address(line1="1  ELM ST."))
    True
    >>> same_place(Address(), Address())
    False
    """
    key = address_key(one)
    return key != "" and key == address_key(other)


def lines(address: Address) -> tuple[str, ...]:
    """Return the address lines that are not blank, trimmed, in their order.

    >>> lines(Address(line1="1 Elm St", line2=" ", line3="Suite 4"))
    ('1 Elm St', 'Suite 4')
    >>> lines(Address(city="Springfield"))
    ()
    """
    texts = [as_text(text).strip() for text in (address.line1, address.line2, address.line3)]
    return tuple([text for text in texts if text])


def one_line(address: Address) -> str:
    """Return the whole address as one text, from the attention line to the country, `""` if nothing is there.

    The text holds personal values: it is for a field or a person, never for a log.

    >>> one_line(Address(line1="1 Elm St", city="Springfield", state="IL", postal_code="62701", country="US"))
    '1 Elm St, Springfield, IL 62701, US'
    >>> one_line(Address())
    ''
    """
    region = " ".join([text for text in map(_trimmed, (address.state, address.postal_code)) if text])
    names = (_trimmed(address.attention), _trimmed(address.addressee))
    parts = (*names, *lines(address), _trimmed(address.city), region, _trimmed(address.country))
    return ", ".join([part for part in parts if part])


def fit_lines(address: Address, most: int) -> CheckedAddress:
    """Return the address with no more lines than the target has; what does not fit joins the last line.

    Blank lines between others are closed. The joined line can be longer than the target allows: lengths are
    checked after this step. An address that fits comes back as the same object.

    Args:
        address: any address.
        most: how many lines the target has, 1 to 3.

    Returns:
        The address, its surplus lines null, and one note if lines were moved.

    Raises:
        InputError: `most` is not 1, 2 or 3, or a line is no text.

    Rule: G-LOSS

    >>> fit_lines(Address(line1="1 Elm St", line2="Bldg B", line3="Suite 4"), 2).address.line2
    'Bldg B, Suite 4'
    >>> fit_lines(Address(line1="1 Elm St"), 2).issues
    ()
    """
    if most not in (1, 2, 3):
        raise InputError("an address has 1, 2 or 3 lines")
    if not any(as_text(getattr(address, name)).strip() for name in _LINES[most:]):
        return CheckedAddress(address)
    texts = lines(address)
    fitted = (*texts[: most - 1], ", ".join(texts[most - 1 :]) or None, None, None)
    changes: dict[str, Any] = dict(zip(_LINES, fitted, strict=False))
    return CheckedAddress(evolve(address, **changes), (_LINES_MOVED,))


def validated(address: Address, *, name: str, resolve: Callable[[str], str | None]) -> CheckedAddress:
    """Return the address with the country code that the target takes, or an error that says why not.

    Args:
        address: any address; one without a country passes, whether a country is needed is the target's rule.
        name: the address in the field's words, for the error: "billing address".
        resolve: gives the target's code of a country, None where it has none.

    Returns:
        The address, and an error that names the address, the field and the value, where the country is not
        valid: its first 40 characters. A value with an "@" or a long number in it shows its length only, for
        it is no country at all.

    Raises:
        InputError: the country is no text.

    Rule: LS-CTRY

    >>> known = {"us": "US"}.get
    >>> validated(Address(country="us"), name="billing address", resolve=known).address.country
    'US'
    >>> print(validated(Address(country="XX"), name="billing address", resolve=known).issues[0].reason)
    The country code 'XX' of the billing address is not valid
    """
    given = as_text(address.country).strip()
    if not given:
        return CheckedAddress(address)
    code = resolve(given)
    if code is None:
        return CheckedAddress(address, (_no_country(name, given),))
    return CheckedAddress(address if code == address.country else evolve(address, country=code))


def _trimmed(value: Maybe[str]) -> str:
    return as_text(value).strip()


@cache
def _cleaned(name: str, *, hidden: bool) -> Issue:
    what = "Invisible characters and blanks were" if hidden else "Blanks at the ends or doubled ones were"
    return Issue(
        code="invisible_char" if hidden else "whitespace_normalised",
        rule="G-LOSS",
        field=name,
        reason=f"{what} removed",
        remedy="Correct the field in the source system if it comes back.",
        severity=Severity.NOTE,
    )


def _no_country(name: str, given: str) -> Issue:
    is_private = "@" in given or sum(map(str.isdigit, given)) > _LONGEST_NUMBER
    shown = given[:_LONGEST_SHOWN_COUNTRY] + "..." * (len(given) > _LONGEST_SHOWN_COUNTRY)
    value = "" if is_private else f" {shown!r}"
    return Issue(
        code="country_not_valid",
        rule="LS-CTRY",
        field="country",
        reason=f"The country code{value} of the {name} is not valid",
        remedy="Choose a country that the target knows.",
        shape=f"text, {len(given)} characters",
    )
