"""The values that travel through the house: customers, addresses, contacts, references and issues.

All are frozen and slotted. A field that a payload lacks is `ABSENT`, one that is null is `None`, an empty
text is `""`: three things, never mixed. Nothing here shows a personal value, but for `reveal`.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

from attrs import Attribute, field, fields, frozen

from custsync._arguments import checked

__all__ = [
    "ABSENT",
    "NOTHING_KEPT",
    "Absent",
    "Address",
    "Contact",
    "Customer",
    "Issue",
    "Maybe",
    "Ref",
    "Severity",
    "SubscriptionStatus",
    "display_html",
    "masked",
    "reveal",
]


def display_html(value: object) -> str:
    """Return the value as a notebook shows it; a class that shows itself has this as its `_repr_html_`.

    The display knows all classes, and none of them knows it: it is imported for a notebook alone.
    """
    html: str = import_module("custsync.display").html_of(value)
    return html


def printable(text: str) -> str:
    r"""Return the text on one line, with a blank for each character that steers a terminal or a page.

    Such are control characters, line breaks, and marks that turn the direction of writing.

    >>> printable("locked\x1b[2J\nnetsuite:1  created"), printable("Åsa & Söhne")
    ('locked [2J netsuite:1  created', 'Åsa & Söhne')
    """
    return text if text.isprintable() else "".join([sign if sign.isprintable() else " " for sign in text])


class Absent(Enum):
    """The type of `ABSENT`: a field that the payload does not carry. It is false, like `None` and `""`."""

    ABSENT = "absent"

    if TYPE_CHECKING:

        def __bool__(self) -> Literal[False]:
            """Return False, so that `customer.email or ""` reads all three blanks alike."""
    else:
        __bool__ = bool  # `bool()` is False, at half the price of a function of ours

    def __repr__(self) -> str:
        """Return the constant's name."""
        return "ABSENT"


ABSENT: Final = Absent.ABSENT

T = TypeVar("T")
Maybe: TypeAlias = T | Literal[Absent.ABSENT] | None
"""A value, null, or absent."""

NOTHING_KEPT: Final[Mapping[str, Any]] = {}
"""The empty `custom` and `extra`, shared by all records that carry none."""


class Severity(Enum):
    """How much an issue weighs."""

    ERROR = "error"
    """The customer is not synced."""
    WARNING = "warning"
    """The customer is synced; somebody should look."""
    NOTE = "note"
    """The customer is synced; this is how a value came about."""


class SubscriptionStatus(Enum):
    """NetSuite's global subscription status. Only the first letters matter to most targets: in or out."""

    SOFT_OPT_IN = "soft_opt_in"
    SOFT_OPT_OUT = "soft_opt_out"
    CONFIRMED_OPT_IN = "confirmed_opt_in"
    CONFIRMED_OPT_OUT = "confirmed_opt_out"

    @property
    def opted_out(self) -> bool:
        """Return whether mail is not wanted."""
        return self in (SubscriptionStatus.SOFT_OPT_OUT, SubscriptionStatus.CONFIRMED_OPT_OUT)


@frozen(kw_only=True, cache_hash=True)
class Issue:
    """Something to say about a record, without its personal values.

    Attributes:
        code: for programs, `"country_unknown"`; it belongs to one rule.
        rule: the id in the rule table.
        field: the field's name, with its path where it is a part: `"billing_address.country"`.
        reason: what is wrong, in lower case.
        remedy: what to do, beginning with a verb.
        severity: whether the customer is synced all the same.
        shape: what the offending value looks like, never the value: `"text, 91 characters"`.
    """

    code: str
    rule: str
    field: str
    reason: str
    remedy: str
    severity: Severity = Severity.ERROR
    shape: str = ""

    _repr_html_ = display_html

    def __str__(self) -> str:
        """Return one line: severity, field, reason, remedy and rule."""
        shape = f" ({self.shape})" if self.shape else ""
        what = f"{self.severity.value}: {self.field}: {self.reason}{shape}"
        return printable(f"{what}. {self.remedy.rstrip('.')}. [{self.rule}]")


@frozen(weakref_slot=False, cache_hash=True)
class Ref:
    """The identity of one record: which system, which record, which account and mode, which record type.

    Ids repeat across accounts and between test and live mode, so all five parts make the identity.

    Attributes:
        system: the system's name, `"netsuite"`.
        id: the record's id there, as text.
        account: the account that the id lives in, `mode` (test or live) likewise; `""` for the only one.
        kind: the record type there, where a system has several that are customers.
    """

    system: str
    id: str
    account: str = ""
    mode: str = ""
    kind: str = "customer"

    @property
    def namespace(self) -> str:
        """Return where the id is unique, the same text for all records there."""
        return f"{self.system}/{self.account}/{self.mode}/{self.kind}"

    def is_one_with(self, other: "Ref") -> bool:
        """Return whether both name one record; an account or mode that one of them lacks is not compared.

        >>> Ref("stripe", "cus_1", mode="live").is_one_with(Ref("stripe", "cus_1"))
        True
        >>> Ref("stripe", "cus_1", mode="live").is_one_with(Ref("stripe", "cus_1", mode="test"))
        False
        """
        if (self.system, self.id, self.kind) != (other.system, other.id, other.kind):
            return False
        is_one_account = self.account == other.account or not (self.account and other.account)
        return is_one_account and (self.mode == other.mode or not (self.mode and other.mode))

    def __str__(self) -> str:
        """Return the short name that reports use: `netsuite:2041`, of another kind `netsuite:contact:7`."""
        kind = "" if self.kind == "customer" else f"{self.kind}:"
        return printable(f"{self.system}:{kind}{self.id}")


def _personal(default: Any = ABSENT) -> Any:
    return field(default=default, metadata={"personal": True})


def masked(value: object) -> str:
    """Return what is shown of a value that may be personal: how long it is."""
    if isinstance(value, str):
        return f"<text {len(value)}>"
    if isinstance(value, tuple | Mapping):
        return f"<{len(value)} kept>"
    return "<kept>"


def _shown(attribute: "Attribute[Any]", value: object, *, revealed: bool) -> str:
    if not revealed and attribute.metadata.get("personal") and value is not None and value != "":
        return masked(value)
    return _revealed(value) if revealed else repr(value)


def _revealed(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_revealed, value))}{',' * (len(value) == 1)})"
    return _text(value, revealed=True) if isinstance(value, Address | Contact) else repr(value)


def _text(record: Any, *, revealed: bool) -> str:
    held = [(one, getattr(record, one.name)) for one in fields(type(record))]
    kept = [(one, value) for one, value in held if value != one.default]
    shown = [f"{one.name}={_shown(one, value, revealed=revealed)}" for one, value in kept]
    return f"{type(record).__name__}({', '.join(shown)})"


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Address:
    """One line of an address book.

    Attributes:
        id: the line's id in its system, `""` for a line that is new.
        label: the line's name in the address book.
        addressee: whose address it is, a person or a company; `attention` is the person there.
        line1: street and number; `line2` and `line3` follow where a system has them.
        city: town or city; `state` and `postal_code` as the payload gave them.
        country: ISO 3166-1 alpha-2 or the system's own code, as the payload gave it.
        phone: the phone at this address.
        default_billing: whether bills go here, `default_shipping` goods; `ABSENT` where that is not known.
        is_residential: whether it is a home.
        extra: what else the payload carried, untouched.
    """

    id: str = ""
    label: Maybe[str] = ABSENT
    attention: Maybe[str] = _personal()
    addressee: Maybe[str] = _personal()
    line1: Maybe[str] = _personal()
    line2: Maybe[str] = _personal()
    line3: Maybe[str] = _personal()
    city: Maybe[str] = _personal()
    state: Maybe[str] = ABSENT
    postal_code: Maybe[str] = _personal()
    country: Maybe[str] = ABSENT
    phone: Maybe[str] = _personal()
    default_billing: Maybe[bool] = False
    default_shipping: Maybe[bool] = False
    is_residential: Maybe[bool] = ABSENT
    extra: Mapping[str, Any] = _personal(NOTHING_KEPT)

    _repr_html_ = display_html

    def __repr__(self) -> str:
        """Return the fields that are there, personal ones by shape only."""
        return _text(self, revealed=False)


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Contact:
    """One contact of a customer: a person, or only an address to write to.

    Attributes:
        id: its id in its system, `""` where it has none.
        name: the person's name, as one text; `email` and `phone` reach the person.
        role: what the contact is for, as the system has it: NetSuite's `-10` is Primary Contact.
        company: id of the customer that the contact belongs to.
        origin: where it was found; `extra` is what else the payload carried, untouched.
    """

    id: str = ""
    name: Maybe[str] = _personal()
    email: Maybe[str] = _personal()
    phone: Maybe[str] = _personal()
    role: Maybe[str] = ABSENT
    company: Maybe[str] = ABSENT
    origin: str = ""
    extra: Mapping[str, Any] = _personal(NOTHING_KEPT)

    _repr_html_ = display_html

    def __repr__(self) -> str:
        """Return the fields that are there, personal ones by shape only."""
        return _text(self, revealed=False)


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Customer:
    """One customer as one system shows it, in the words that all rules share.

    Ids of other records are text, times are aware UTC.

    Attributes:
        ref: which record it is.
        name: the name as one text, where the system keeps it so (Stripe, Lago, ServiceTitan).
        is_person: whether the customer is a person and not a company.
        company_name: the company's name; `alt_name` is a second name (NetSuite).
        first_name: the person's first name; beside it `salutation` ("Dr."), `middle_name` and `last_name`.
        title: the person's job.
        entity_id: the number or name by which people know the record (NetSuite, Lightspeed's customer code).
        external_id: the id that another system gave it here.
        email: the main email address; `alt_email` is a second one.
        phone: the main phone; further ones are `mobile_phone`, `home_phone`, `alt_phone` and `fax`.
        subsidiary: id of the subsidiary that the customer belongs to (NetSuite).
        parent: id of the customer above it; `top_level_parent` is at the top of its hierarchy.
        representing_subsidiary: id of the subsidiary that the customer stands for: it is inter-company then.
        category: id of its category; `currency` is the id or code of its main currency.
        subscription_status: its consent to mail.
        is_inactive: whether it was made inactive; `balance` is what it owes, in its currency.
        created_at: when it was created; `modified_at`: when it was last changed.
        deleted: a tombstone: the customer is gone; `merged_into` is the id of the one that it went into.
        addresses: its address book; `contacts` are its contacts.
        custom: custom fields and metadata, by their names; `extra` is what else the payload carried.
        whole: whether the payload showed itself to be whole: what it leaves out is null then, a custom field
            too. Of any other payload, what it leaves out is `ABSENT`.
        issues: the warnings of reading it: values that were not understood, and are `ABSENT`, and values that
            look damaged.
    """

    ref: Ref
    name: Maybe[str] = _personal()
    is_person: Maybe[bool] = ABSENT
    company_name: Maybe[str] = _personal()
    alt_name: Maybe[str] = _personal()
    salutation: Maybe[str] = ABSENT
    first_name: Maybe[str] = _personal()
    middle_name: Maybe[str] = _personal()
    last_name: Maybe[str] = _personal()
    title: Maybe[str] = ABSENT
    entity_id: Maybe[str] = _personal()
    external_id: Maybe[str] = ABSENT
    email: Maybe[str] = _personal()
    alt_email: Maybe[str] = _personal()
    phone: Maybe[str] = _personal()
    mobile_phone: Maybe[str] = _personal()
    home_phone: Maybe[str] = _personal()
    alt_phone: Maybe[str] = _personal()
    fax: Maybe[str] = _personal()
    subsidiary: Maybe[str] = ABSENT
    parent: Maybe[str] = ABSENT
    top_level_parent: Maybe[str] = ABSENT
    representing_subsidiary: Maybe[str] = ABSENT
    category: Maybe[str] = ABSENT
    currency: Maybe[str] = ABSENT
    subscription_status: Maybe[SubscriptionStatus] = ABSENT
    is_inactive: Maybe[bool] = ABSENT
    balance: Maybe[Decimal] = _personal()
    created_at: Maybe[datetime] = ABSENT
    modified_at: Maybe[datetime] = ABSENT
    deleted: bool = False
    merged_into: Maybe[str] = ABSENT
    addresses: Maybe[tuple[Address, ...]] = _personal()
    contacts: Maybe[tuple[Contact, ...]] = _personal()
    custom: Mapping[str, Any] = _personal(NOTHING_KEPT)
    extra: Mapping[str, Any] = _personal(NOTHING_KEPT)
    whole: bool = field(default=False, metadata={"only_if_given": True})
    issues: tuple[Issue, ...] = field(default=(), metadata={"only_if_given": True})

    _repr_html_ = display_html

    def __repr__(self) -> str:
        """Return the fields that are there, personal ones by shape only."""
        return _text(self, revealed=False)

    @property
    def id(self) -> str:
        """Return the customer's id in its system."""
        return self.ref.id

    @property
    def billing_address(self) -> Maybe[Address]:
        """Return the default billing address, None where there is none, ABSENT where that is not known."""
        return _default(self.addresses, "default_billing")

    @property
    def shipping_address(self) -> Maybe[Address]:
        """Return the default shipping address, None where there is none, ABSENT where that is not known."""
        return _default(self.addresses, "default_shipping")


def _default(addresses: Maybe[tuple[Address, ...]], flag: str) -> Maybe[Address]:
    if addresses is ABSENT:
        return ABSENT
    unknown = False
    for address in addresses or ():
        stated = getattr(address, flag)
        if stated:
            return address
        unknown = unknown or stated is ABSENT
    return ABSENT if unknown else None


@checked
def reveal(record: Customer | Address | Contact) -> str:
    """Return the record as text with every value in it, for a person who may see them.

    It is what `repr` shows, with the personal values in place of their shapes, in what it holds too.

    >>> reveal(Contact(email="ap@joinery.example"))
    "Contact(email='ap@joinery.example')"
    >>> Contact(email="ap@joinery.example")
    Contact(email=<text 18>)
    """
    return _text(record, revealed=True)
