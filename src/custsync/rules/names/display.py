"""The name that is shown for a customer: the first of a caller's order that the customer has."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Final, Literal, TypeAlias

from attrs import frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.models import Customer, Maybe
from custsync.rules.normalize import as_text, text_key

PLACEHOLDER: Final = "NoLastName"
"""The last name of a customer who has none (ST-NAME-4)."""

NameSource: TypeAlias = Literal["company_name", "first_last", "alt_name", "name", "entity_id", "email"]
"""Where a shown name can come from: a field of the customer, or its first and last name together."""


@frozen(repr=False)
class DisplayName:
    """A name to show; both fields are None where the customer has no name of the order.

    Attributes:
        text: the name, trimmed, without the invented last name.
        source: which name of the customer it is.
    """

    text: str | None = None
    source: NameSource | None = None

    def __repr__(self) -> str:
        """Return where the name comes from, not the name."""
        shape = "None" if self.text is None else f"<text {len(self.text)}>"
        return f"DisplayName({shape}, source={self.source!r})"


NO_NAME: Final = DisplayName()


@checked
def display_name(
    customer: Customer, *, order: Sequence[NameSource], placeholder: str = PLACEHOLDER
) -> DisplayName:
    """Return the first name of the order that the customer has, without the invented last name.

    A name of blanks, or of characters that show nothing, is none. Whether the customer is a person does not
    count: the order decides (`order_by_kind`). The middle name is no part of `first_last`; where
    one of its two parts is missing, the other is the name. A last name that custsync invented for a target
    that requires one is never shown.

    Args:
        customer: the customer.
        order: what may be shown, the best first: `company_name`, `first_last`, `alt_name`, `name`,
            `entity_id`, `email`.
        placeholder: the invented last name, letter by letter; `""` shows every name as it is.

    Returns:
        The name, trimmed, and where it comes from.

    Raises:
        ConfigurationError: the order names something else.
        InputError: a name is no text.

    Rule: SP-NAME, UF-NAME

    >>> from custsync.models import Ref
    >>> cher = Customer(ref=Ref("netsuite", "7"), first_name="Cher", last_name="NoLastName", entity_id="C7")
    >>> display_name(cher, order=("alt_name", "first_last", "entity_id")).text
    'Cher'
    >>> display_name(cher, order=("company_name",)).text is None
    True
    """
    return first_shown(customer, order, placeholder)


def first_shown(customer: Customer, order: Sequence[NameSource], placeholder: str) -> DisplayName:
    """Return what `display_name` does, for a flow's naming rule: its arguments are not looked at."""
    for source in order:
        reader = _READERS.get(source)
        if reader is None:
            raise ConfigurationError(f"order: a name comes from {', '.join(_READERS)}")
        name = reader(customer)
        text = (name if type(name) is str else as_text(name)).strip()
        text = without_placeholder(text, placeholder) if placeholder in text else text
        if text and (text.isascii() or text_key(text)):
            return DisplayName(text, source)
    return NO_NAME


@frozen
class NamingRule:
    """An order of names as a rule: what `display_name` returns for it.

    Attributes:
        order: the names that may be shown, the best first.
        placeholder: the invented last name that is never shown; `""` shows every name as it is.

    >>> from custsync.models import Ref
    >>> NamingRule(("name", "email"))(Customer(ref=Ref("stripe", "cus_1"), name="Acme")).source
    'name'
    """

    order: tuple[NameSource, ...]
    placeholder: str = PLACEHOLDER

    def __call__(self, customer: Customer) -> DisplayName:
        """Return the name."""
        return first_shown(customer, self.order, self.placeholder)


def order_by_kind(customer: Customer) -> tuple[NameSource, ...]:
    """Return the names of the customer's kind: a person's own, or the company's; both where that is unknown.

    Rule: SP-NAME

    >>> from custsync.models import Ref
    >>> order_by_kind(Customer(ref=Ref("netsuite", "7"), is_person=True))
    ('first_last',)
    >>> order_by_kind(Customer(ref=Ref("netsuite", "7")))
    ('company_name', 'first_last')
    """
    if isinstance(customer.is_person, bool):
        return ("first_last",) if customer.is_person else ("company_name",)
    return ("company_name", "first_last")


def without_placeholder(text: str, placeholder: str = PLACEHOLDER) -> str:
    """Return a name without the invented last name, trimmed; `""` where nothing else is left.

    Only a whole word counts, in exactly that spelling.

    Rule: SP-NAME

    >>> without_placeholder("Cher NoLastName"), without_placeholder("NoLastName, Cher")
    ('Cher', 'Cher')
    >>> without_placeholder("NoLastNameson")
    'NoLastNameson'
    """
    text = text.strip()
    if not placeholder or placeholder not in text:
        return text
    words = text.split(" ")
    kept = [word for word in words if word.strip(",") != placeholder]
    return " ".join(kept).strip(" ,") if len(kept) < len(words) else text


def _first_last(customer: Customer) -> str:
    return f"{as_text(customer.first_name).strip()} {as_text(customer.last_name).strip()}"


_READERS: Final[Mapping[str, Callable[[Customer], Maybe[str]]]] = {
    "company_name": attrgetter("company_name"),
    "first_last": _first_last,
    "alt_name": attrgetter("alt_name"),
    "name": attrgetter("name"),
    "entity_id": attrgetter("entity_id"),
    "email": attrgetter("email"),
}
