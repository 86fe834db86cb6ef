"""Failures of the accounting provider: the event that announces one, and its code and message dug out.

An event names records by their ids alone. The message is the provider's own text: what looks personal in it
is masked, and `repr` shows its length only.
"""

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from custsync.errors import InputError
from custsync.flows.lago.billing.payloads import ID, OPTIONAL_ID
from custsync.payloads import Column, Kind, Table, payload_error, shape_of

ACCOUNTING_PROVIDER_ERROR: Final = "customer.accounting_provider_error"
"""The webhook type of Lago's event."""

UNEXPECTED: Final = "unexpected_error"
LONGEST_CODE: Final = 64
LONGEST_MESSAGE: Final = 500
LONGEST_NUMBER: Final = 6
"""A longer run of digits may be a phone number, and is masked."""

_MASK: Final = "***"

_CODES: Final = (
    ("error_code",),
    ("type",),
    ("error", "payload", "name"),
    ("error", "payload", "code"),
    ("error", "code"),
    ("o:errorDetails", 0, "o:errorCode"),
    ("code",),
)
_MESSAGES: Final = (
    ("payload", "message"),
    ("error", "payload", "message"),
    ("error", "message"),
    ("o:errorDetails", 0, "detail"),
    ("message",),
    ("title",),
    ("error",),
)
"""Where an answer may hold its code and its message; the first place that holds one wins."""


def _length(message: str) -> str:
    return f"<text {len(message)}>"


@frozen(kw_only=True)
class ProviderError:
    """One failure, as `customer.accounting_provider_error` announces it.

    Attributes:
        lago_customer_id: Lago's own id of the customer (`lago_id`).
        external_customer_id: the id that Lago's user gave the customer, `""` where there is none; not an id
            of NetSuite.
        provider: Lago's name of the accounting system.
        provider_code: the code of the connection in Lago.
        code: the provider's error code, `unexpected_error` where its answer holds none.
        message: the provider's own text, with what may be personal masked.
    """

    lago_customer_id: str
    external_customer_id: str = ""
    provider: str = "netsuite"
    provider_code: str
    code: str
    message: str = field(repr=_length)

    def payload(self) -> dict[str, Any]:
        """Return the event as Lago's webhook message spells it."""
        return {
            "webhook_type": ACCOUNTING_PROVIDER_ERROR,
            "object_type": "accounting_provider_customer_error",
            "accounting_provider_customer_error": {
                "lago_customer_id": self.lago_customer_id,
                "external_customer_id": self.external_customer_id,
                "accounting_provider": self.provider,
                "accounting_provider_code": self.provider_code,
                "provider_error": {"message": self.message, "error_code": self.code},
            },
        }


def provider_error(
    answer: Any, *, lago_customer_id: str, provider_code: str, external_customer_id: str = ""
) -> ProviderError:
    """Return the event that announces a failure, its code and message dug out of the provider's answer.

    Known shapes: the answer of a RESTlet, of a proxy before it (`{"error": {"payload": {...}}}`), of
    NetSuite's REST service (`o:errorDetails`), the `provider_error` of Lago's own event, and text. Where
    no code is found it is `unexpected_error`; where no message is found that is reported, without the
    answer.

    Args:
        answer: the body of the provider's answer, parsed, or as text; any value is taken.
        lago_customer_id: Lago's id of the customer.
        provider_code: code of the NetSuite connection.
        external_customer_id: Lago's external id of the customer.

    Returns:
        The event. In its message whatever is quoted, has an "@" or is a long number is masked, and it is cut
        to 500 characters.

    Raises:
        InputError: an id is no text.

    Rule: LG-ERR

    >>> answer = {"error": {"code": "INVALID_KEY", "message": "Invalid item reference key 501"}}
    >>> event = provider_error(answer, lago_customer_id="cus-1", provider_code="netsuite-us")
    >>> event.code, event.message
    ('INVALID_KEY', 'Invalid item reference key 501')
    >>> provider_error(["?"], lago_customer_id="cus-1", provider_code="netsuite-us").code
    'unexpected_error'
    """
    for value in (lago_customer_id, provider_code, external_customer_id):
        if not isinstance(value, str):
            raise InputError("the ids of an event are texts")
    return ProviderError(
        lago_customer_id=lago_customer_id,
        external_customer_id=external_customer_id,
        provider_code=provider_code,
        code=_code(answer),
        message=_message(answer),
    )


def read_error(payload: Any) -> ProviderError:
    """Return the event that a payload of Lago's webhook describes.

    Args:
        payload: the message, in its envelope or without; `provider_error` is an object or plain text.

    Raises:
        PayloadError: with every issue at once.

    Rule: LG-ERR

    >>> read_error({
    ...     "lago_customer_id": "cus-1", "accounting_provider": "netsuite",
    ...     "accounting_provider_code": "netsuite-us", "provider_error": "The record is locked",
    ... }).message
    'The record is locked'
    >>> read_error([])
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: not an object
    """
    row = EVENT.read(payload)
    answer = row.pop("provider_error")
    return ProviderError(code=_code(answer), message=_message(answer), **row)


def _read_answer(value: Any, _: object = None) -> Any:
    if isinstance(value, str | Mapping):
        return value
    raise payload_error("not_an_error", "neither an object nor a text", value)


EVENT: Final = Table(
    (
        Column("lago_customer_id", "lago_customer_id", ID),
        Column("external_customer_id", "external_customer_id", OPTIONAL_ID),
        Column("provider", "accounting_provider", ID),
        Column("provider_code", "accounting_provider_code", ID),
        Column("provider_error", "provider_error", Kind(_read_answer)),
    ),
    within="accounting_provider_customer_error",
)


def _code(answer: Any) -> str:
    for path in _CODES:
        value = _at(answer, path)
        if isinstance(value, str) and _is_code(value):
            return value
    return UNEXPECTED


def _is_code(text: str) -> bool:
    """Return whether the text is a name such as `INVALID_KEY`: no sentence, no address of a web page."""
    return len(text) <= LONGEST_CODE and text.isascii() and text.replace("_", "").replace("-", "").isalnum()


def _message(answer: Any) -> str:
    for path in _MESSAGES:
        value = answer if isinstance(answer, str) else _at(answer, path)
        if isinstance(value, str) and value.strip():
            return _masked(value)
    return f"The provider's answer holds no message ({shape_of(answer)})"


def _at(answer: Any, path: tuple[str | int, ...]) -> Any:
    """Return the value at the path, None where there is none."""
    for key in path:
        if isinstance(key, int):
            answer = answer[key] if isinstance(answer, list) and len(answer) > key else None
        else:
            answer = answer.get(key) if isinstance(answer, Mapping) else None
    return answer


def _masked(text: str) -> str:
    """Return the text on one line, cut, and without what may be personal. Linear time."""
    if len(text) > LONGEST_MESSAGE:
        text = text[:LONGEST_MESSAGE].rpartition(" ")[0]  # half a word could hide what it is
    words = ["".join(filter(str.isprintable, word)) for word in text.split()]
    return _without_quotes(" ".join(map(_masked_word, words))) or _MASK


def _masked_word(word: str) -> str:
    digits = sum(map(str.isdigit, word))
    return _MASK if "@" in word or digits > LONGEST_NUMBER else word


def _without_quotes(text: str) -> str:
    """Return the text with each quotation masked; one that does not end is masked to the end."""
    kept: list[str] = []
    closing = ""
    for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if closing:
            if sign == closing and not after.isalnum():
                closing = ""
        elif sign in _QUOTES and not before.isalnum():  # after a letter it is an apostrophe
            closing = _QUOTES[sign]
            kept.append(_MASK)
        else:
            kept.append(sign)
    return "".join(kept)


_QUOTES: Final = {"'": "'", '"': '"', "`": "`", "\u2018": "\u2019", "\u201c": "\u201d", "\u00ab": "\u00bb"}
