"""What cleaning a text reports: the issues of this package, one table."""

from typing import Final

from custsync.models import Issue, Severity

__all__ = [
    "BLANK_IN_ADDRESS",
    "BLOCKED_ADDRESS",
    "DISPLAY_NAME",
    "EMAIL_TOO_LONG",
    "HIDDEN_CHARACTERS",
    "MAILTO",
    "NOT_AN_ADDRESS",
    "REPEATED_ADDRESS",
    "SEVERAL_ADDRESSES",
    "TRAILING_DOT",
]

HIDDEN_CHARACTERS: Final = Issue(
    code="hidden_characters",
    rule="G-LOSS",
    field="email",
    reason="invisible characters were removed",
    remedy="Correct the field in the source system",
    severity=Severity.NOTE,
)
MAILTO: Final = Issue(
    code="mailto",
    rule="G-LOSS",
    field="email",
    reason="a mailto: link was read as its address",
    remedy="Correct the field in the source system",
    severity=Severity.NOTE,
)
DISPLAY_NAME: Final = Issue(
    code="display_name",
    rule="G-LOSS",
    field="email",
    reason="a name beside the address was left out",
    remedy="Correct the field in the source system",
    severity=Severity.NOTE,
)
TRAILING_DOT: Final = Issue(
    code="trailing_dot",
    rule="G-LOSS",
    field="email",
    reason="a dot at the end was removed",
    remedy="Correct the field in the source system",
    severity=Severity.NOTE,
)
SEVERAL_ADDRESSES: Final = Issue(
    code="several_addresses",
    rule="G-LOSS",
    field="email",
    reason="the field holds several addresses; the first is the one to write",
    remedy="Keep one address in the field",
    severity=Severity.WARNING,
)
REPEATED_ADDRESS: Final = Issue(
    code="repeated_address",
    rule="G-LOSS",
    field="email",
    reason="the field holds an address twice",
    remedy="Correct the field in the source system",
    severity=Severity.NOTE,
)
BLOCKED_ADDRESS: Final = Issue(
    code="blocked_address",
    rule="G-LOSS",
    field="email",
    reason="a blocked address was left out",
    remedy="Correct the field in the source system",
    severity=Severity.WARNING,
)
NOT_AN_ADDRESS: Final = Issue(
    code="not_an_address",
    rule="G-LOSS",
    field="email",
    reason="the field holds text that is no email address",
    remedy="Correct the field in the source system",
    severity=Severity.WARNING,
)
BLANK_IN_ADDRESS: Final = Issue(
    code="blank_in_address",
    rule="G-LOSS",
    field="email",
    reason="an address with a blank inside was left out",
    remedy="Remove the blank",
    severity=Severity.WARNING,
)
EMAIL_TOO_LONG: Final = Issue(
    code="email_too_long",
    rule="G-LOSS",
    field="email",
    reason="the field is too long to be read",
    remedy="Correct the field in the source system",
    severity=Severity.WARNING,
)
