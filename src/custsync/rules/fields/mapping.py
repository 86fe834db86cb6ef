"""Which field becomes which, how long it may be, and whether two values say the same.

A `System` is one system's shape: how its payloads are read and written and what fits into its fields. A
`FieldMapping` is one row of a flow's field table. Values are compared in canonical form, so that null, empty
and a field that is not there are alike when it comes to writing, and an address is one value.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from hashlib import blake2b, sha256
from marshal import dumps
from operator import attrgetter
from typing import Any, Final

import attrs
from attrs import evolve, frozen

from custsync.models import ABSENT, Address, Customer, Issue, Severity
from custsync.protocols import Payload
from custsync.rules.merging import Conflict
from custsync.rules.normalize import clean_email, email_key

__all__ = [
    "ADDRESSES",
    "Change",
    "Constant",
    "Copied",
    "FieldMapping",
    "Fitted",
    "Limit",
    "MappedValue",
    "System",
    "canonical",
    "check_limits",
    "digest",
    "fit_values",
    "payload_digests",
    "reader_of",
    "value_of",
]

_FORMAT: Final = b"custsync/1"
"""Names the digest format. Another format needs another name, so that old digests are merely unknown."""

_COMPONENTS: Final = (
    "addressee",
    "attention",
    "line1",
    "line2",
    "line3",
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
)
_components = attrgetter(*_COMPONENTS)

ADDRESSES: Final = ("billing_address", "shipping_address")
"""The fields whose value is an address."""


@frozen(kw_only=True)
class Limit:
    """How many characters (code points) fit into a field, who says so, and how sure that is (A to D)."""

    length: int
    cited: str
    confidence: str


def _is_never_gone(_payload: Payload) -> bool:
    return False


def _takes_all(_name: str) -> bool:
    return True


Fitted = tuple[Mapping[str, Any], tuple[Issue, ...]]
"""The values that can be written, and an issue for each that could not be written as it was."""


def _as_they_are(values: Mapping[str, Any], _current: Customer | None) -> Fitted:
    return values, ()


@frozen(kw_only=True)
class System:
    """One system's shape.

    Attributes:
        name: the system's name in references, `"netsuite"`.
        read: `(payload, account, mode)` → `Customer`; raises `PayloadError` with every issue at once.
        write: `(values, current)` → payload; `values` maps field names to values, `current` is the record as
            last read, None for a create.
        identify: payload → its id as text, `""` where there is none to be read.
        is_gone: payload → whether it is a tombstone, told without reading it.
        limits: field name (`"first_name"`, `"address.line1"`) → limit.
        absent_is_null: whether a scalar field that a full record does not carry is null there.
        case_sensitive: look-ups that find only the exact spelling, though the match key folds case.
        whole_lists: whether an update replaces what it does not name, whole lists or the whole record, so
            that a record is read again right before it is written.
        takes: a field's name → whether a flow may write it.
        fit: `(values, current)` → the values that the system takes, and an issue for each that it does not.
        retrieved_by: the customer's field by which one customer is asked for: a look-up of this name.
    """

    name: str
    read: Callable[[Payload, str, str], Customer]
    write: Callable[[Mapping[str, Any], Customer | None], dict[str, Any]]
    id_of: Callable[[Payload], str]
    is_deleted: Callable[[Payload], bool] = _is_never_gone
    limits: Mapping[str, Limit] = attrs.field(factory=dict)
    absent_is_null: bool = False
    case_sensitive: frozenset[str] = frozenset()
    replaces_lists: bool = False
    takes: Callable[[str], bool] = _takes_all
    fit: Callable[[Mapping[str, Any], Customer | None], Fitted] = _as_they_are
    retrieved_by: str = "id"
    address_limits: tuple[tuple[str, Limit], ...] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Sort out the limits of an address's components, once for all customers."""
        found = [(name[8:], limit) for name, limit in self.limits.items() if name.startswith("address.")]
        object.__setattr__(self, "address_limits", tuple(found))


@frozen(kw_only=True)
class MappedValue:
    """A value, and what there is to say about how it came about."""

    value: Any = attrs.field(repr=False)
    issues: tuple[Issue, ...] = ()


@frozen(kw_only=True)
class FieldMapping:
    """One row of a flow's field table: which source fields make which target field, by which rule.

    Attributes:
        target: the target's field: a `Customer` attribute or `"custom.NAME"`.
        sources: the source's fields that the value depends on.
        rule: the rule's id.
        compute: the source customer, and the target customer as it is (None for a create) → the value,
            `ABSENT` for "nothing to say", or `MappedValue` where there are issues.
        clear_on_blank: whether a blank may clear what the target holds.
        create_only: whether the field is written when the customer is created and never after.
        conflict: who wins where both sides changed the field; the flow's policy where None.
        components: of an address, those that the target has; the others are neither compared nor written.
            All of them where none is named.
    """

    target: str
    sources: tuple[str, ...]
    rule: str
    compute: Callable[[Customer, Customer | None], Any]
    clear_on_blank: bool = True
    create_only: bool = False
    conflict: Conflict | None = None
    components: tuple[str, ...] = ()
    observed: Callable[[Customer], Any] = attrs.field(init=False, repr=False, eq=False)
    parts: Callable[[Address], tuple[Any, ...]] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Prepare how the target's field is read, once for all customers."""
        object.__setattr__(self, "observed", reader_of(self.target))
        object.__setattr__(self, "parts", attrgetter(*(self.components or _COMPONENTS)))

    def same(self, desired: Any, observed: Any) -> bool:
        """Return whether the observed value already says what is desired.

        Components that a desired address does not carry are not compared: they belong to the other side.

        >>> row = FieldMapping(target="name", sources=("name",), rule="SP-NAME", compute=reader_of)
        >>> row.same("", None), row.same("Astoria", "Portland")
        (True, False)
        >>> row.same(Address(city="Astoria"), Address(city="Astoria", attention="Accounts"))
        True
        """
        if desired is observed:
            return True
        if type(desired) is Address and type(observed) is Address:
            for part, there in zip(self.parts(desired), self.parts(observed), strict=True):
                if part is not ABSENT and part != there and (part or there):
                    return False
            return True
        return bool(canonical(desired) == canonical(observed))


@frozen(kw_only=True)
class Change:
    """One field of one customer, before and after; both values are kept."""

    field: str
    rule: str
    before: Any = attrs.field(repr=False)
    after: Any = attrs.field(repr=False)


@frozen
class _Custom:
    name: str

    def __call__(self, customer: Customer) -> Any:
        return customer.custom.get(self.name, ABSENT)


def reader_of(name: str) -> Callable[[Customer], Any]:
    """Return a function that reads a customer's field by name; `"custom.NAME"` reads a custom field.

    >>> from custsync.models import Ref
    >>> reader_of("custom.tier")(Customer(ref=Ref("stripe", "cus_1"), custom={"tier": "gold"}))
    'gold'
    >>> reader_of("email")(Customer(ref=Ref("stripe", "cus_1")))
    ABSENT
    """
    return _Custom(name.removeprefix("custom.")) if name.startswith("custom.") else attrgetter(name)


@frozen
class Copied:
    """A row's value: one field of the source as it is."""

    name: str
    read: Callable[[Customer], Any] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Prepare how the field is read, once for all customers."""
        object.__setattr__(self, "read", reader_of(self.name))

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the field's value."""
        return self.read(customer)


@frozen
class Constant:
    """A row's value: the same for every customer."""

    value: Any

    def __call__(self, _customer: Customer, _current: Customer | None) -> Any:
        """Return the value."""
        return self.value


def value_of(customer: Customer, name: str) -> Any:
    """Return a customer's field by name; `"custom.NAME"` reads a custom field.

    >>> from custsync.models import Ref
    >>> value_of(Customer(ref=Ref("stripe", "cus_1"), custom={"tier": "gold"}), "custom.tier")
    'gold'
    >>> value_of(Customer(ref=Ref("stripe", "cus_1")), "custom.tier")
    ABSENT
    """
    if name.startswith("custom."):
        return customer.custom.get(name[7:], ABSENT)
    return getattr(customer, name)


def canonical(value: Any) -> Any:
    """Return the value in the form that is compared and digested: plain, and None for every blank.

    An address becomes the tuple of its components; an address with nothing in it is a blank.
    """
    kind = type(value)
    if kind is str:
        return value or None
    if value is None or value is ABSENT:
        return None
    if kind is Address:
        parts = tuple([part or None for part in _components(value)])
        return parts if any(parts) else None
    return _canonical_other(value)


def _canonical_other(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f") if value.is_finite() else str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def digest(value: Any) -> str:
    """Return a digest of a value's canonical form: 16 hexadecimal digits, the same on every machine."""
    form = canonical(value)
    if form is None:
        return _BLANK
    hashed = _HASHED.copy()
    hashed.update(dumps(form, 2))
    return hashed.hexdigest()


_HASHED: Final = blake2b(digest_size=8, person=_FORMAT)
_BLANK: Final = blake2b(dumps(None, 2), digest_size=8, person=_FORMAT).hexdigest()


def _marshalled(item: Any) -> bytes:
    return dumps(item, 2)


def payload_digests(items: Iterable[object], salt: bytes) -> list[str]:
    """Return a digest of each whole payload, of the text itself where it is text.

    Args:
        items: payloads or their JSON texts; what cannot be digested, a customer that was read already for
            example, has the digest `""`.
        salt: digests with different salts never meet.

    >>> payload_digests(['{"id": "7"}'], b"EXPORT") == payload_digests([b'{"id": "7"}'], b"EXPORT")
    True
    >>> payload_digests(['{"id": "7"}'], b"EXPORT") == payload_digests(['{"id": "7"}'], b"IMPORT")
    False
    """
    salted = sha256(_FORMAT + b"\0" + salt + b"\0")
    digests = []
    for item in items:
        try:
            text = item.encode() if type(item) is str else item if type(item) is bytes else _marshalled(item)
        except ValueError:
            digests.append("")
            continue
        hashed = salted.copy()
        hashed.update(text)
        digests.append(hashed.hexdigest()[:32])
    return digests


def fit_values(
    values: Mapping[str, Any], system: System, may_cut: frozenset[str], current: Customer | None = None
) -> Fitted:
    """Return the values as the system takes them, and an issue for each that it would not have taken so.

    Args:
        values: field name → value.
        system: the system that they are written to.
        may_cut: the fields that may be cut.
        current: the customer as last read, None for a create.

    Rule: G-LOSS, SP-OUT-2

    >>> shop = System(name="shop", read=Customer, write=dict, id_of=str)
    >>> kept, issues = fit_values({"name": "Lund", "email": "n/a"}, shop, frozenset())
    >>> dict(kept), [issue.code for issue in issues]
    ({'name': 'Lund'}, ['not_an_address'])
    >>> fit_values({"email": "ap@joinery.example"}, shop, frozenset())[1]
    ()
    """
    kept, emails = _fit_emails(values)
    kept, own = system.fit(kept, current)
    kept, over = check_limits(kept, system, may_cut)
    return kept, (*emails, *own, *over)


def _fit_emails(values: Mapping[str, Any]) -> Fitted:
    """Return the values with one address in each email; what holds none is left out, with a warning."""
    fitted: dict[str, Any] = {}
    issues: list[Issue] = []
    for name in _EMAILS & values.keys():
        text = values[name]
        if type(text) is str and text and email_key(text) is None:
            cleaned = clean_email(text)
            fitted[name] = next(iter(cleaned.addresses), ABSENT)
            issues += [evolve(issue, field=name) for issue in cleaned.issues or (_BLANK_EMAIL,)]
    if not fitted:
        return values, ()
    return {name: value for name, value in {**values, **fitted}.items() if value is not ABSENT}, tuple(issues)


_EMAILS: Final = frozenset({"email", "alt_email"})
_BLANK_EMAIL: Final = Issue(
    code="not_an_address",
    rule="G-LOSS",
    field="email",
    reason="the field holds no email address, so that it was not written",
    remedy="Correct the field in the source",
    severity=Severity.WARNING,
)


def check_limits(
    values: Mapping[str, Any], system: System, may_cut: frozenset[str]
) -> tuple[Mapping[str, Any], tuple[Issue, ...]]:
    """Return the values as they fit the system, and an issue for each that did not.

    A text that is too long is an error; a field named in `may_cut` is cut instead, by code point, and that is
    reported.

    Args:
        values: field name → value.
        system: whose limits they must keep.
        may_cut: the fields that may be cut; `"address.line1"` speaks for every address.

    Rule: G-LOSS
    """
    fitted: dict[str, Any] = {}
    issues: list[Issue] = []
    for name, limit in system.limits.items():
        value = values.get(name)
        if type(value) is str and len(value) > limit.length:
            fitted[name] = _fit(value, name, limit, may_cut, issues)
    if system.address_limits:
        for name in ADDRESSES:
            address = values.get(name)
            if type(address) is Address:
                fitted[name] = _fit_address(address, name, system.address_limits, may_cut, issues)
    return {**values, **fitted} if fitted else values, tuple(issues)


def _fit_address(
    address: Address,
    name: str,
    limits: Iterable[tuple[str, Limit]],
    may_cut: frozenset[str],
    issues: list[Issue],
) -> Address:
    cut: dict[str, Any] = {}
    for component, limit in limits:
        part = getattr(address, component)
        if type(part) is str and len(part) > limit.length:
            whole = f"{name}.{component}"
            allowed = frozenset({whole}) if may_cut & {whole, f"address.{component}"} else frozenset()
            cut[component] = _fit(part, whole, limit, allowed, issues)
    return evolve(address, **cut) if cut else address


def _fit(value: str, name: str, limit: Limit, may_cut: frozenset[str], issues: list[Issue]) -> str:
    cut = name in may_cut
    issues.append(
        Issue(
            code="cut" if cut else "too_long",
            rule="G-LOSS",
            field=name,
            reason=f"longer than the {limit.length} characters that the target takes ({limit.cited})",
            remedy="It was cut there" if cut else "Shorten it in the source, or let the flow cut it",
            severity=Severity.WARNING if cut else Severity.ERROR,
            shape=f"text, {len(value)} characters",
        )
    )
    return value[: limit.length] if cut else value
