"""Keys of email addresses, and the cleaning of fields that hold more than one plain address."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final
from unicodedata import category, normalize

from attrs import field, frozen

from custsync.models import Issue, Maybe, Severity
from custsync.rules.normalize.texts import as_text

LONGEST_ADDRESS = 512
"""The longest email that one of the systems stores (Stripe)."""

LONGEST_FIELD = 4096
"""The longest email field that is read at all."""

_ASCII_ADDRESS: Final = r"[!#-'*+./0-9=?A-Z^-~-]++@[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)*+"
is_ascii_address: Final = re.compile(_ASCII_ADDRESS).fullmatch
"""Whether a text, if it is no longer than `LONGEST_ADDRESS`, is one address, and is written in ASCII."""

_are_ascii_addresses: Final = re.compile(rf"(?:(?:{_ASCII_ADDRESS})?\n)*+").fullmatch
_NEVER_IN_ADDRESS: Final = frozenset(' "(),:;<>[\\]')
_NEVER_IN_DOMAIN: Final = frozenset("'!#$%&*/=?^`{|}~+")
_QUOTED: Final = str.maketrans(",;<>", "    ")
_SEPARATORS: Final = str.maketrans("/|&", "   ")
_JOINING_WORDS: Final = frozenset({"and", "or"})
_LABELS: Final = frozenset({"e-mail", "email", "mail", "mailto", "smtp"})
_WRAPPINGS: Final = frozenset({("'", "'"), ('"', '"'), ("(", ")"), ("[", "]"), ("\u201c", "\u201d")})
_NOTHING_BLOCKED: Final[frozenset[str]] = frozenset()


_CORRECT: Final = "Correct the field in the source system"


def _issue(code: str, reason: str, remedy: str = _CORRECT, severity: Severity = Severity.NOTE) -> Issue:
    return Issue(code=code, rule="G-LOSS", field="email", reason=reason, remedy=remedy, severity=severity)


HIDDEN_CHARACTERS: Final = _issue("hidden_characters", "invisible characters were removed")
_MAILTO: Final = _issue("mailto", "a link or label before the address, such as mailto:, was left out")
_WRAPPED: Final = _issue("wrapped_address", "quotes or brackets around the address were removed")
_DISPLAY_NAME: Final = _issue("display_name", "a name beside the address was left out")
_TRAILING_DOT: Final = _issue("trailing_dot", "a dot at the end was removed")
_SEVERAL_ADDRESSES: Final = _issue(
    "several_addresses",
    "the field holds several addresses; the first is the one to write",
    "Keep one address in the field",
    Severity.WARNING,
)
_REPEATED_ADDRESS: Final = _issue("repeated_address", "the field holds an address twice")
_BLOCKED_ADDRESS: Final = _issue(
    "blocked_address", "a blocked address was left out", severity=Severity.WARNING
)
_NOT_AN_ADDRESS: Final = _issue(
    "not_an_address", "the field holds text that is no email address", severity=Severity.WARNING
)
_BLANK_IN_ADDRESS: Final = _issue(
    "blank_in_address", "an address with a blank inside was left out", "Remove the blank", Severity.WARNING
)
_EMAIL_TOO_LONG: Final = _issue(
    "email_too_long", "the field is too long to be read", severity=Severity.WARNING
)


@frozen(repr=False)
class CleanEmail:
    """The addresses of one email field; all three are empty for a blank one.

    Attributes:
        addresses: each as it is to be written, in the field's order and without repetition.
        keys: the form in which each is compared, at the same place as its address.
        issues: what was cleaned or left out, each kind once.
    """

    addresses: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = field(default=())

    @property
    def first(self) -> str | None:
        """Return the address to write, which is the first, None where the field holds none."""
        return self.addresses[0] if self.addresses else None

    def __repr__(self) -> str:
        """Return the counts and the codes, no address."""
        codes = ", ".join(issue.code for issue in self.issues)
        return f"CleanEmail(<{len(self.addresses)} addresses>, issues=({codes}))"


EMAILS: Final = frozenset({"email", "alt_email"})
"""A customer's fields that hold one address each."""

_BLANK: Final = CleanEmail()


def email_key(text: Maybe[str], *, blocked: frozenset[str] = _NOTHING_BLOCKED) -> str | None:
    """Return the address as it is compared, None where it is blank, no address, or blocked.

    An ASCII address is trimmed and lower-cased. In any other address nothing is lower-cased; its domain is
    written in NFC and its local part matches only byte for byte, for full case folding lets a stranger's
    address pass for another's. Dots and plus tags are never folded. One plain address is expected:
    `clean_email` takes lists and names apart.

    Args:
        text: one address; null and absent read as blank.
        blocked: keys that match no customer: a whole key (`none@example.com`), a local part with its sign
            (`noemail@`) or a domain with its sign (`@invalid.example`), all lower case.

    Raises:
        InputError: the argument is no text.

    >>> email_key(" AP@Joinery.Example ")
    'ap@joinery.example'
    >>> email_key("n/a") is None
    True
    """
    text = (text if type(text) is str else as_text(text)).strip()
    key = _key(text) if len(text) <= LONGEST_ADDRESS else None
    return None if key is None or (blocked and _is_blocked(key, blocked)) else key


@lru_cache(maxsize=2048)  # a customer's email is looked up, checked and written
def _key(text: str) -> str | None:
    return text.lower() if is_ascii_address(text) else _key_beyond_ascii(text)


def plain_keys(texts: Sequence[str]) -> list[str | None] | None:
    """Return the keys of many emails, None for a blank; or None where one needs a closer look.

    >>> plain_keys(["AP@Joinery.Example", ""]), plain_keys(["ap@joinery.example", "n/a"])
    (['ap@joinery.example', None], None)
    """
    lines = "\n".join([*texts, ""])
    is_plain = _are_ascii_addresses(lines) and lines.count("\n") == len(texts)
    if not is_plain or max(map(len, texts), default=0) > LONGEST_ADDRESS:
        return None
    keys = lines.lower()
    return [key or None for key in (texts if keys == lines else keys.split("\n")[:-1])]


def _key_beyond_ascii(text: str) -> str | None:
    local, _, domain = text.partition("@")
    domain = normalize("NFC", domain)
    text = f"{local}@{domain}"
    if text.isascii():  # a domain may become so
        return text.lower() if is_ascii_address(text) else None
    return text if _is_address(text, local, domain) else None


def clean_email(text: Maybe[str], *, blocked: frozenset[str] = _NOTHING_BLOCKED) -> CleanEmail:
    """Return every address that the field holds, with what was cleaned on the way.

    Lists (`a@b; c@d`), names (`Name <a@b>`), `mailto:`, quotes around it, a trailing dot and invisible
    characters are taken apart and reported. What is no address, such as one with a blank inside, is left out
    and reported; nothing is repaired. Addresses keep their letters and their order; the same address is kept
    once. A customer is looked up by every key; what is written to a system that takes one address is `first`,
    never the list.

    Args:
        text: the field; null and absent read as blank.
        blocked: keys that match none: whole keys, local parts with their sign, domains with their sign.

    Returns:
        The addresses (none for a blank field), their keys, and the issues, each kind once. Linear time.

    Raises:
        InputError: the argument is no text.

    Rule: SP-OUT-2, G-LOSS

    >>> clean_email("Ann <ann@joinery.example>; ap@joinery.example").addresses
    ('ann@joinery.example', 'ap@joinery.example')
    >>> clean_email("call me").addresses
    ()
    """
    text = as_text(text)
    key = email_key(text, blocked=blocked)
    if key is not None:
        return CleanEmail((text.strip(),), (key,))
    if len(text) > LONGEST_FIELD:
        return CleanEmail(issues=(_EMAIL_TOO_LONG,))
    issues: dict[Issue, None] = {}
    if not text.isascii():
        text = _without_invisible(text, issues)
    found: dict[str, str] = {}
    for part in _parts(text):
        _keep(_address(part, issues), blocked, found, issues)
    if len(found) > 1:
        issues[_SEVERAL_ADDRESSES] = None
    if not found and not issues:
        return _BLANK
    return CleanEmail(tuple(found.values()), tuple(found), tuple(issues))


def _is_address(text: str, local: str, domain: str) -> bool:
    if not local or not domain or len(text) > LONGEST_ADDRESS or "@" in domain:
        return False
    if domain[0] == "." or domain[-1] == "." or ".." in domain:
        return False
    is_plain = text.isprintable() and _NEVER_IN_ADDRESS.isdisjoint(text)
    return is_plain and _NEVER_IN_DOMAIN.isdisjoint(domain)


def _is_blocked(key: str, blocked: frozenset[str]) -> bool:
    local, _, domain = key.partition("@")
    return key in blocked or f"{local}@" in blocked or f"@{domain}" in blocked


def _without_invisible(text: str, issues: dict[Issue, None]) -> str:
    seen = "".join([sign for sign in text if category(sign) != "Cf"])
    if len(seen) != len(text):
        issues[HIDDEN_CHARACTERS] = None
    return seen


def _parts(text: str) -> Iterator[str]:
    """Yield what commas, semicolons, closing brackets and line ends separate, but not those inside quotes."""
    if text.count('"') % 2 == 0:
        pieces = text.split('"')
        pieces[1::2] = [piece.translate(_QUOTED) for piece in pieces[1::2]]
        text = '"'.join(pieces)
    for line in text.replace(",", ";").replace(">", ">;").splitlines():
        for part in map(str.strip, line.split(";")):
            if part:
                yield from _addresses_side_by_side(part) or (part,)


def _addresses_side_by_side(part: str) -> list[str]:
    """Return the addresses that blanks, slashes, bars or a joining word separate, none where one is none."""
    if part.count("@") < 2:  # noqa: PLR2004 - one address has one sign
        return []
    pieces = [piece for piece in part.translate(_SEPARATORS).split() if piece.lower() not in _JOINING_WORDS]
    return pieces if all(email_key(piece) is not None for piece in pieces) else []


def _address(part: str, issues: dict[Issue, None]) -> str:
    """Return the address that one part holds, with the issues of how it was found."""
    if part[-1] == ">" and "<" in part:
        name, _, part = part[:-1].rpartition("<")
        part = part.strip()
        if name:
            issues[_DISPLAY_NAME] = None
    label, colon, rest = part.partition(":")
    if colon and label.lower() in _LABELS:
        issues[_MAILTO] = None
        part = rest.partition("?")[0].lstrip("/ ").rstrip()
    if len(part) > 1 and (part[0], part[-1]) in _WRAPPINGS:
        issues[_WRAPPED] = None
        part = part[1:-1].strip()
    if part[-1:] == ".":
        issues[_TRAILING_DOT] = None
        part = part[:-1].rstrip()
    return part


def _keep(address: str, blocked: frozenset[str], found: dict[str, str], issues: dict[Issue, None]) -> None:
    key = email_key(address)
    if key is None:
        issues[_NOT_AN_ADDRESS if email_key("".join(address.split())) is None else _BLANK_IN_ADDRESS] = None
    elif _is_blocked(key, blocked):
        issues[_BLOCKED_ADDRESS] = None
    elif key in found:
        issues[_REPEATED_ADDRESS] = None
    else:
        found[key] = address
