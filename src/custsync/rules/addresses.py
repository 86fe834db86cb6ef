"""Rules of one address: cleaning, comparing, fitting it into fewer lines, and checking its country.

Pure functions over `custsync.models.Address`. Nothing that an address holds is dropped without a report:
what a function changed is in its issues.
"""

from functools import cache, lru_cache
from typing import Any, Final, Literal, TypeAlias, cast, get_args

from attrs import evolve, field, frozen

from custsync._arguments import checked
from custsync._building import evolved
from custsync.errors import ConfigurationError, InputError
from custsync.models import ABSENT, Address, Issue, Maybe, Severity
from custsync.rules import countries  # its tables are loaded at the first text
from custsync.rules.countries.results import Country, Refusal
from custsync.rules.normalize.emails import HIDDEN_CHARACTERS
from custsync.rules.normalize.texts import as_text, text_key, visible, words_key

__all__ = [
    "CheckedAddress",
    "UnknownCountry",
    "address_key",
    "checked_unknown_country",
    "clean",
    "fit_lines",
    "is_blank",
    "lines",
    "one_line",
    "same_place",
    "with_country_code",
    "with_lines_kept",
]

UnknownCountry: TypeAlias = Literal["drop", "refuse", "keep"]
"""What happens to an address whose country the target does not take: it is not written, the customer is
refused, or the text is written as it is where the target takes any text."""

_LINES: Final = ("line1", "line2", "line3")
_OF_A_PLACE: Final = (*_LINES, "city", "state", "postal_code")
_TEXTS: Final = ("label", "attention", "addressee", *_OF_A_PLACE, "country", "phone")
_LONGEST_SHOWN_COUNTRY = 40
_LONGEST_NUMBER = 6
"""A longer number is no country's code: it may be a phone's."""

_BLANKS: Final = Issue(
    code="blanks_removed",
    rule="G-LOSS",
    field="",
    reason="blanks at the ends, or doubled ones, were removed",
    remedy="Correct the field in the source system",
    severity=Severity.NOTE,
)
_OUTSIDE_ISO: Final = Issue(
    code="country_outside_iso",
    rule="",
    field="country",
    reason="{code} ({name}) is no code of ISO 3166-1",
    remedy="Choose another country where the target needs an ISO code, for example for taxes",
    severity=Severity.NOTE,
)
_LINES_MOVED: Final = Issue(
    code="lines_moved",
    rule="G-LOSS",
    field="lines",
    reason="the target has fewer address lines, so the last ones were moved up or joined",
    remedy="Shorten the address in the source system if it reads badly; nothing is lost",
    severity=Severity.NOTE,
)


@frozen
class CheckedAddress:
    """An address after a rule, and what the rule has to say about it."""

    address: Address
    """The address as the rule leaves it."""
    issues: tuple[Issue, ...] = field(default=())
    """What the rule changed or could not keep."""


@checked
def clean(address: Address) -> CheckedAddress:
    """Return the address with its texts trimmed, one blank between words, and no invisible characters.

    Letters keep their bytes; null, absent and empty fields stay. A clean address is the same object again.

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
    return CheckedAddress(evolved(address, **changes), tuple(issues)) if changes else CheckedAddress(address)


@checked
def is_blank(address: Address) -> bool:
    """Return whether the address names no place: no line, no city, no state and no postal code.

    A country, a name or a phone alone makes no place: systems fill the country in by themselves.

    >>> is_blank(Address(country="US", addressee="Acme"))
    True
    >>> is_blank(Address(city="Springfield"))
    False
    """
    return not any(as_text(getattr(address, name)).strip() for name in _OF_A_PLACE)


@checked
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
    place = map(words_key, (" ".join(lines(address)), address.city, address.state))
    postal_code = words_key(address.postal_code).replace(" ", "")
    return "\n".join((*place, postal_code, text_key(country or address.country)))


def same_place(one: Address, other: Address) -> bool:
    """Return whether both addresses name the same place. A blank address is no place, so never the same.

    >>> same_place(Address(line1="1 Elm St"), Address(line1="1  ELM ST."))
    True
    >>> same_place(Address(), Address())
    False
    """
    key = address_key(one)
    return key != "" and key == address_key(other)


@checked
def lines(address: Address) -> tuple[str, ...]:
    """Return the address lines that are not blank, trimmed, in their order.

    >>> lines(Address(line1="1 Elm St", line2=" ", line3="Suite 4"))
    ('1 Elm St', 'Suite 4')
    >>> lines(Address(city="Springfield"))
    ()
    """
    there = (address.line1, address.line2, address.line3)
    texts = [as_text(text).strip() for text in there if text is not None]
    return tuple(filter(None, texts))


@checked
def one_line(address: Address) -> str:
    """Return the whole address as one text, from the attention line to the country, `""` if nothing is there.

    >>> one_line(Address(line1="1 Elm St", city="Springfield", state="IL", postal_code="62701", country="US"))
    '1 Elm St, Springfield, IL 62701, US'
    >>> one_line(Address())
    ''
    """
    held = {name: as_text(getattr(address, name)).strip() for name in _TEXTS}
    region = f"{held['state']} {held['postal_code']}".strip()
    parts = (held["attention"], held["addressee"], *lines(address), held["city"], region, held["country"])
    return ", ".join(filter(None, parts))


@checked
def fit_lines(address: Address, most: int, *, path: str = "") -> CheckedAddress:
    """Return the address with no more lines than the target has; what does not fit joins the last line.

    Blank lines between others are closed; one that is absent keeps its place, for its text is not known.
    The joined line can be longer than the target allows: lengths are checked after this step. An address that
    fits comes back as the same object.

    Args:
        address: any address.
        most: how many lines the target has, 1 to 3.
        path: the address in the record, for the note: `"billing_address"`.

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
    if not "".join([as_text(getattr(address, name)) for name in _LINES[most:]]).strip():
        return CheckedAddress(address)
    there = [getattr(address, name) for name in _LINES]
    texts = [line for line in there if line is ABSENT or as_text(line).strip()]
    last = ", ".join([line.strip() for line in texts[most - 1 :] if line is not ABSENT])
    fitted = (*(line and line.strip() for line in texts[: most - 1]), last or None, None, None)
    changes: dict[str, Any] = dict(zip(_LINES, fitted, strict=False))
    return CheckedAddress(evolved(address, **changes), (_lines_moved(path),))


@checked
def with_lines_kept(fitted: Address, source: Address, there: Maybe[Address]) -> Address:
    """Return the address without the lines that the target's already say, where not all lines were read.

    A line of the target may be made of several. Where the source has not all of its lines, a line that the
    target has more of is left as it is.

    Args:
        fitted: the source's address, its lines as the target has them.
        source: the address as it was read; a line that was not read is absent.
        there: the target's address as it is.

    Rule: G-LOSS

    >>> joined, read = Address(line1="1 Elm St, Bldg B"), Address(line1="1 Elm St")
    >>> with_lines_kept(read, read, joined).line1, with_lines_kept(read, Address(), joined).line1
    (ABSENT, ABSENT)
    >>> with_lines_kept(read, evolve(read, line2=None, line3=None), joined).line1
    '1 Elm St'
    """
    if not isinstance(there, Address) or all(getattr(source, name) is not ABSENT for name in _LINES):
        return fitted
    kept: dict[str, Any] = {
        name: ABSENT for name in _LINES if _is_a_part(getattr(fitted, name), getattr(there, name))
    }
    return evolved(fitted, **kept)


def _is_a_part(line: Maybe[str], whole: Maybe[str]) -> bool:
    """Return whether the one line is some of what the other was joined of, in its order."""
    segments = iter(as_text(whole).split(", "))
    return bool(line) and line != whole and all(part in segments for part in as_text(line).split(", "))


def with_country_code(
    address: Maybe[Address],
    system: str,
    *,
    unknown: UnknownCountry = "drop",
    rule: str = "LS-CTRY",
    path: str,
    quoted: bool = False,
) -> tuple[Maybe[Address], tuple[Issue, ...]]:
    """Return the address with the country code that the target takes, and what there is to report.

    A blank country is null and no issue: whether a country is needed is the target's rule.

    Args:
        address: the address, in any spelling of its country; null and absent are returned as they are.
        system: the target, one of `custsync.rules.countries.SYSTEMS`.
        unknown: what happens to an address whose country the target does not take. `"drop"`: `ABSENT` is
            returned, so that the address is not written and one that the target has stays as it is, with a
            warning. `"refuse"`: an error, so that the customer is not synced. `"keep"`: the text is written
            as it is where the target takes free text, with a note; elsewhere as `"drop"`.
        rule: the rule of the caller, for the issue.
        path: the address in the record, for the issue: `"billing_address"`.
        quoted: whether the issue quotes the text, as Lightspeed's page demands: its first 40 characters, and
            never one with an "@" or a long number in it, which is no country at all.

    Returns:
        The address, and an issue that names the address and the field where the country is not valid.

    Raises:
        InputError: the country is no text, or there is no such system.

    Rule: LS-CTRY, G-LOSS

    >>> there = Address(city="Lyon", country="France")
    >>> with_country_code(there, "netsuite", path="billing_address")[0].country
    'FR'
    >>> address, (issue,) = with_country_code(Address(country="Utopia"), "netsuite", path="billing_address")
    >>> address, issue.severity.value, issue.field
    (ABSENT, 'warning', 'billing_address.country')
    """
    if not isinstance(address, Address):
        return address, ()
    given = address.country
    if given is None or given is ABSENT:
        return address, ()
    text = given if type(given) is str else as_text(given)
    code, issues = _coded(text, system, unknown, rule, path, quoted=quoted)
    if code == text:
        return address, issues
    return (ABSENT if code is ABSENT else evolved(address, country=code)), issues


def checked_unknown_country(setting: object) -> UnknownCountry:
    """Return the setting of a flow that decides what happens to an address whose country is unknown.

    Raises:
        ConfigurationError: it is none of the three words.

    Rule: LS-CTRY

    >>> checked_unknown_country("keep")
    'keep'
    >>> checked_unknown_country("guess")
    Traceback (most recent call last):
        ...
    custsync.errors.ConfigurationError: unknown_country is drop, refuse or keep
    """
    for word in get_args(UnknownCountry):
        if setting == word:
            return cast("UnknownCountry", word)
    raise ConfigurationError("unknown_country is drop, refuse or keep")


@cache
def _lines_moved(path: str) -> Issue:
    return evolve(_LINES_MOVED, field=f"{path}.lines") if path else _LINES_MOVED


@cache
def _cleaned(name: str, *, hidden: bool) -> Issue:
    return evolve(HIDDEN_CHARACTERS if hidden else _BLANKS, field=name)


@lru_cache(maxsize=4096)
def _coded(
    text: str, system: str, unknown: UnknownCountry, rule: str, path: str, *, quoted: bool
) -> tuple[Maybe[str], tuple[Issue, ...]]:
    """Return the code to write in place of a country's text, `ABSENT` to write nothing, and the issues."""
    if not text_key(text):
        return None, ()
    found = countries.resolve_country(text, system=system)
    if isinstance(found, Country):
        is_outside = countries.takes_text(system) and not countries.is_iso(found.alpha_2)
        return found.alpha_2, (_outside(found, rule, path),) if is_outside else ()
    outcome = "drop" if unknown == "keep" and not countries.takes_text(system) else unknown
    value = _quoted(visible(text).strip()) if quoted else ""
    return (ABSENT if outcome == "drop" else text), (_not_valid(found, value, outcome, rule, path),)


def _quoted(given: str) -> str:
    is_private = "@" in given or sum(map(str.isdigit, given)) > _LONGEST_NUMBER
    shown = given[:_LONGEST_SHOWN_COUNTRY] + "..." * (len(given) > _LONGEST_SHOWN_COUNTRY)
    return "" if is_private else f" {shown!r}"


def _not_valid(refusal: Refusal, value: str, outcome: str, rule: str, path: str) -> Issue:
    severity, consequence = _OUTCOMES[outcome]
    issue = refusal.as_issue(rule=rule, field=f"{path}.country", severity=severity)
    reason = f"the country{value} of the {path.replace('_', ' ')} is not valid: {issue.reason}{consequence}"
    return evolve(issue, reason=reason)


def _outside(country: Country, rule: str, path: str) -> Issue:
    reason = _OUTSIDE_ISO.reason.format(code=country.alpha_2, name=country.name)
    return evolve(_OUTSIDE_ISO, rule=rule, field=f"{path}.country", reason=reason)


_OUTCOMES: Final = {
    "drop": (Severity.WARNING, "; the address is not written"),
    "refuse": (Severity.ERROR, ""),
    "keep": (Severity.NOTE, "; the text is written as it is"),
}
"""For each outcome of an unknown country: how much the issue weighs, and what the reason adds."""
