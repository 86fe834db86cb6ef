"""The answers of this package: a country or a state, and how it was found, or a refusal and why."""

from enum import Enum
from typing import Final

from attrs import evolve, frozen

from custsync.errors import InputError
from custsync.models import Issue, Severity, display_html

MAX_LENGTH: Final = 100
"""The longest text that is looked at, in characters; no country or state has a longer name."""


def require_text(**values: object) -> None:
    """Check that every value is text.

    Raises:
        InputError: one is not; the message names the argument and its type, never the value.
    """
    for name, value in values.items():
        if not isinstance(value, str):
            raise InputError(f"{name} must be text, not {type(value).__name__}")


def shape_of(text: str | None) -> str:
    """Return the shape of a text, which stands for it in messages: "text, 5 characters"."""
    return "null" if text is None else f"text, {len(text)} characters"


def not_looked_at(text: str | None) -> "Refusal | None":
    """Return the refusal of a text that is not looked at, for it is null or longer than any name."""
    if text is not None and len(text) <= MAX_LENGTH:
        return None
    reason = RefusalReason.EMPTY if text is None else RefusalReason.NOT_FOUND
    return Refusal(reason=reason, shape=shape_of(text))


class FoundBy(Enum):
    """How a text led to its country or state."""

    ALPHA_2 = "alpha_2"
    ALPHA_3 = "alpha_3"
    NUMERIC = "numeric"
    NETSUITE_CODE = "netsuite_code"
    """A code that NetSuite lists and ISO does not."""
    SOAP = "soap"
    """A value of NetSuite's SOAP enumeration."""
    ISO_NAME = "iso_name"
    NETSUITE_NAME = "netsuite_name"
    """A display name that NetSuite spells in its own way."""
    EVERYDAY = "everyday"
    """A spelling of this package's own list."""
    LANGUAGE = "language"
    """A name in a language that the caller named."""
    SEVERAL = "several"
    """Several spellings in one text that agree, as in "Myanmar (Burma)"."""
    SUBDIVISION_CODE = "subdivision_code"
    """A state's full code, as in "US-CA"."""
    SHORT_CODE = "short_code"
    """A state's code without its country, as in "CA"."""


class RefusalReason(Enum):
    """Why a text is no country or state."""

    EMPTY = "empty"
    PLACEHOLDER = "placeholder"
    AMBIGUOUS = "ambiguous"
    SUBDIVISION = "subdivision"
    REGION = "region"
    DISSOLVED = "dissolved"
    NOT_IN_SYSTEM = "not_in_system"
    NOT_FOUND = "not_found"


@frozen(kw_only=True)
class Country:
    """A country, and how it was found.

    Attributes:
        alpha_2: ISO 3166-1 alpha-2, upper case, or one of the six codes that NetSuite adds.
        name: the ISO short name in English, NetSuite's where ISO has none.
        found_by: which form of a country the text was: a code, a name, and of which list.
        language: the language of the name that was read, `""` for English.
    """

    alpha_2: str
    name: str
    found_by: FoundBy
    language: str = ""

    _repr_html_ = display_html


@frozen(kw_only=True)
class State:
    """A state, province or other part of a country.

    Attributes:
        code: ISO 3166-2, for example "US-CA". Where ISO lists no such place, the country and, behind a
            hyphen, the short name that NetSuite or the post has for it: "US-AE", "GB-Beds.".
        name: the name in ISO 3166-2, else the one of the list that has the place.
        found_by: how it was found.
        also: the codes of the same place at another level: "ES-MD", the community, of "ES-M", the province.
    """

    code: str
    name: str
    found_by: FoundBy
    also: tuple[str, ...] = ()

    _repr_html_ = display_html

    @property
    def country(self) -> str:
        """Return the ISO 3166-1 alpha-2 code of its country."""
        return self.code.partition("-")[0]

    @property
    def short_code(self) -> str:
        """Return the code without its country: "CA" of "US-CA"."""
        return self.code.partition("-")[2]


@frozen(kw_only=True)
class Refusal:
    """A "no" with its reason. It holds the shape of the text, never the text.

    Attributes:
        reason: why the text is no country or state.
        codes: the candidates of `ambiguous`, the ISO 3166-2 codes of `subdivision`, the successors of
            `dissolved`, the code that the system does not take for `not_in_system`; sorted, empty for the
            rest.
        shape: what may be shown of the text: `"text, 5 characters"`, or `"null"`.
    """

    reason: RefusalReason
    codes: tuple[str, ...] = ()
    shape: str = ""

    _repr_html_ = display_html

    def as_issue(self, *, rule: str, field: str, severity: Severity = Severity.ERROR) -> Issue:
        """Return the refusal as an issue of a record.

        Args:
            rule: the rule that asked for a country, for example "LS-CTRY".
            field: where the text stood, for example "billing address: country".
            severity: how much it weighs; an error by default.

        Returns:
            An issue whose code is `country_` and the reason; it holds the shape of the text, never the text.

        >>> refusal = Refusal(reason=RefusalReason.AMBIGUOUS, codes=("KP", "KR"), shape="text, 5 characters")
        >>> print(refusal.as_issue(rule="LS-CTRY", field="billing address: country"))
        error: billing address: country: more than one country or state has this name: KP, KR
        (text, 5 characters). Choose one of them. [LS-CTRY]
        """
        issue = _ISSUES[self.reason]
        reason = f"{issue.reason}: {', '.join(self.codes)}" if self.codes else issue.reason
        return evolve(issue, rule=rule, field=field, reason=reason, severity=severity, shape=self.shape)


def _issue(code: str, reason: str, remedy: str) -> Issue:
    return Issue(code=code, rule="", field="country", reason=reason, remedy=remedy)


_ISSUES: Final = {
    RefusalReason.EMPTY: _issue("country_empty", "the field is empty", "Fill it in"),
    RefusalReason.PLACEHOLDER: _issue(
        "country_placeholder", "the text only fills the field", "Write the country, or leave the field empty"
    ),
    RefusalReason.AMBIGUOUS: _issue(
        "country_ambiguous", "more than one country or state has this name", "Choose one of them"
    ),
    RefusalReason.SUBDIVISION: _issue(
        "country_subdivision", "this is a state or another part of a country", "Write its country"
    ),
    RefusalReason.REGION: _issue(
        "country_region", "this is a region of several countries", "Write the country"
    ),
    RefusalReason.DISSOLVED: _issue(
        "country_dissolved", "this country does not exist any more", "Choose its successor"
    ),
    RefusalReason.NOT_IN_SYSTEM: _issue(
        "country_not_in_system", "the system does not take this code", "Choose a code that it takes"
    ),
    RefusalReason.NOT_FOUND: _issue(
        "country_not_found",
        "no country or state has this name or code",
        "Correct the spelling or use the code",
    ),
}
"""For each reason its issue; the rule and the field are of who asked."""
