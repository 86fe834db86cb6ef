"""NetSuite → Lightspeed."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, get_args

from attrs import evolve, frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.flow import Flow
from custsync.flows.lightspeed.addresses import PLACE, AddressNames, ShopAddress
from custsync.flows.lightspeed.issues import MADE_UP_CODE, NO_SINGLE_VALUE, WALK_IN_CODE
from custsync.models import ABSENT, Address, Customer, Issue, Maybe, Severity, SubscriptionStatus
from custsync.rules.addresses import UnknownCountry, checked_unknown_country
from custsync.rules.consent import without_undoing
from custsync.rules.eligibility import Check
from custsync.rules.fields.limits import ADDRESSES
from custsync.rules.fields.mapping import Copied, FieldMapping, MappedValue, reader_of
from custsync.rules.fields.rows import LacksName, WithoutPlaceholder
from custsync.rules.matching.rule import Key
from custsync.rules.matching.steps import MatchStep
from custsync.rules.names import PLACEHOLDER, NameSource, NamingRule
from custsync.rules.normalize import id_key, text_key
from custsync.rules.uniqueness import UniqueKey
from custsync.systems import netsuite
from custsync.systems.lightspeed import LIGHTSPEED, is_made_up, is_walk_in
from custsync.systems.lightspeed_writes import FIELDS, WALK_IN
from custsync.systems.system import System

LINK: Final = "netsuite-lightspeed"
"""The name under which the flow keeps its sync records."""

CodeKey = Callable[[str], str | None]


def customer_code(customer: Customer, _current: Customer | None) -> Maybe[str]:
    """Return the entity id as Lightspeed's customer code: trimmed, as it is looked for; `ABSENT` for none."""
    entity_id = customer.entity_id
    return (id_key(entity_id) if entity_id else None) or ABSENT


@frozen
class CodeFits:
    """Whether the customer that holds the code may be linked.

    The shop's anonymous customer never is. A code that Lightspeed made up for a customer is no entity id,
    however alike the two are, unless `made_up_codes` allows it.

    Rule: LS-KEY-2
    """

    made_up_codes: bool = False

    def __call__(self, _customer: Customer, found: Customer) -> Issue | None:
        """Return why the customer that was found is not linked, None where it may be."""
        if is_walk_in(found):
            return _WALK_IN_FOUND
        return MADE_UP_CODE if is_made_up(found) and not self.made_up_codes else None


@frozen
class CustomText:
    """A row's value: a field as Lightspeed's custom fields hold it, as text; a flag is `true` or `false`."""

    name: str

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the text; null and absent stay what they are, and what is no single value is refused."""
        value = reader_of(self.name)(customer)
        if value is None or value is ABSENT:
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, Mapping | Address | list | tuple):
            return MappedValue(value=ABSENT, issues=(evolve(NO_SINGLE_VALUE, field=self.name),))
        return str(value)


@frozen
class CarriedStatus:
    """A row's value: a flag of the source that means "send no mail", as a subscription status.

    A flag that is not set is a soft opt-in: it makes a new customer's, and undoes no opt-out.

    Rule: LS-MAP-3, LS-MAP-4
    """

    name: str

    def __call__(self, customer: Customer, current: Customer | None) -> Any:
        """Return the status, `ABSENT` where the flag is not known; what is no flag is refused."""
        flag = Flag(self.name)(customer, None)
        if not isinstance(flag, bool):
            return flag
        status = SubscriptionStatus.SOFT_OPT_OUT if flag else SubscriptionStatus.SOFT_OPT_IN
        return without_undoing(status, current.subscription_status if current else None)


@frozen
class Flag:
    """A row's value: a flag of the source as true or false, in whatever spelling its surface has it.

    Rule: LS-MAP-4
    """

    name: str

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return true or false, `ABSENT` where the flag is not known; what is no flag is refused."""
        value = reader_of(self.name)(customer)
        if value in (None, ABSENT, ""):
            return ABSENT
        refused = MappedValue(value=ABSENT, issues=(evolve(_NO_FLAG, field=self.name),))
        return _FLAGS.get(str(value).strip().lower(), refused) if isinstance(value, str | bool) else refused


def soft_status(customer: Customer, current: Customer | None) -> Maybe[SubscriptionStatus]:
    """Return the subscription status as `do_not_email` can say it, `ABSENT` where it is not known.

    Both statuses of opting out are one there, and both of opting in. A soft opt-in undoes no opt-out that
    Lightspeed holds.

    Rule: LS-MAP-3

    >>> from custsync.models import Ref
    >>> given = Customer(ref=Ref("netsuite", "1"), subscription_status=SubscriptionStatus.CONFIRMED_OPT_OUT)
    >>> soft_status(given, None).value
    'soft_opt_out'
    >>> soft_status(Customer(ref=Ref("netsuite", "1")), None)
    ABSENT
    """
    status = customer.subscription_status
    if not isinstance(status, SubscriptionStatus):
        return ABSENT
    status = without_undoing(status, current.subscription_status if current else None)
    return SubscriptionStatus.SOFT_OPT_OUT if status.opted_out else SubscriptionStatus.SOFT_OPT_IN


@checked
def copy_field(source: str, target: str) -> FieldMapping:
    """Return a row that carries one field over, for a table that is extended or changed.

    Args:
        source: NetSuite's field: a `Customer` attribute, or `"custom.NAME"`.
        target: Lightspeed's field. Those for which we have no name of our own are custom fields:
            `"custom.custom_field_1"` to `"custom.custom_field_4"`, `"custom.note"`, `"custom.website"`,
            `"custom.customer_group_id"`, `"custom.date_of_birth"`, `"custom.enable_loyalty"`,
            `"custom.enable_promotional_sms"` and so on. They hold texts, in which a flag is `true` or
            `false`; the two `enable_` fields hold flags. A custom flag that goes to `"subscription_status"`
            is `do_not_email` itself: true means that no mail is sent, and false undoes no opt-out made there.

    Rule: LS-MAP-4

    >>> row = copy_field("custom.custentity_do_not_call", "custom.custom_field_1")
    >>> CUSTOMER_EXPORT.with_field(row).field_for["custom.custom_field_1"].sources
    ('custom.custentity_do_not_call',)
    >>> CUSTOMER_EXPORT.with_field(copy_field("custom.custentity_vip", "custom.vip"))
    Traceback (most recent call last):
        ...
    custsync.errors.FlowError: flow 'lightspeed.CUSTOMER_EXPORT': lightspeed takes no field 'custom.vip':
    take its row out
    """
    if target == "subscription_status":
        status: Any = CarriedStatus(source) if source.startswith("custom.") else soft_status
        return evolve(_STATUS, sources=(source,), compute=status)
    form = _FORMS.get(target, "")
    value: Any = {"flag": Flag, "text": CustomText}.get(form, Copied)
    rule, clears = "LS-MAP-4" if form else "LS-MAP-1", form != "flag"
    return FieldMapping(
        target=target, sources=(source,), rule=rule, compute=value(source), clear_on_blank=clears
    )


_FORMS: Final[Mapping[str, str]] = {
    row.name: row.form for row in FIELDS.rows if row.name.startswith("custom.")
}
"""The form of each custom field."""


def customer_export(
    *,
    source: System = netsuite.REST,
    code_key: CodeKey = id_key,
    made_up_codes: bool = False,
    address_names: AddressNames = "reported",
    placeholder: str = PLACEHOLDER,
    unknown_country: UnknownCountry = "drop",
) -> Flow:
    """Return the flow from NetSuite to Lightspeed.

    Args:
        source: the NetSuite surface of the payloads: `netsuite.REST`, `netsuite.SUITEQL`, `netsuite.SOAP`.
        code_key: when two codes are one. By default in their exact spelling, blanks around them apart.
        made_up_codes: whether a code that Lightspeed made up (`Tony-37YP`) may be an entity id.
        address_names: what becomes of an address's attention and addressee, for which Lightspeed has no
            place: `"reported"` leaves them in NetSuite and reports it, `"joined"` puts them before the lines.
        placeholder: the last name that custsync invents for NetSuite (ST-NAME-4), which Lightspeed never
            shows; `""` shows it.
        unknown_country: what happens to an address whose country is not valid: `"drop"`, `"refuse"` or
            `"keep"`, as in `custsync.rules.addresses.with_country_code`.

    Raises:
        ConfigurationError: `address_names` or `unknown_country` is none of its words, or `code_key` no
            function.

    Rule: LS-DIR, LS-MAP-1, LS-MAP-2, LS-MAP-3, LS-MAP-4, LS-KEY-1, LS-KEY-2, LS-CTRY
    Source: Lightspeed, "Customer Export".

    >>> [row.target for row in customer_export().fields][:3]
    ['entity_id', 'first_name', 'last_name']
    """
    if address_names not in get_args(AddressNames):
        raise ConfigurationError(f"address_names is {' or '.join(get_args(AddressNames))}")
    if not callable(code_key):
        raise ConfigurationError("code_key is a function from a code to its key")
    unknown = checked_unknown_country(unknown_country)
    by_code = evolve(_BY_CODE, keys=Key("entity_id", kind=code_key), accept_hit=CodeFits(made_up_codes))
    addresses = [ShopAddress(name, address_names, unknown, placeholder) for name in ADDRESSES]
    no_name = evolve(_NO_NAME, fails=LacksName(NamingRule(_NAMES, placeholder)))
    return Flow(
        name="lightspeed.CUSTOMER_EXPORT",
        link=LINK,
        source=source,
        target=LIGHTSPEED,
        checks=(*netsuite.NOT_CUSTOMERS, _IS_WALK_IN, _NO_CODE, no_name),
        prescan=UniqueKey("entity_id", code_key),
        match=(by_code,),
        fields=(
            _CODE,
            copy_field("first_name", "first_name"),
            evolve(_LAST_NAME, compute=WithoutPlaceholder("last_name", placeholder)),
            *(copy_field(name, name) for name in _TEXTS),
            *(evolve(_ADDRESS, target=one.name, sources=(one.name,), compute=one) for one in addresses),
            _STATUS,
        ),
    )


def _is_walk_in_code(customer: Customer) -> bool:
    return text_key(customer.entity_id) == _WALK_IN_KEY


def _lacks_code(customer: Customer) -> bool:
    return id_key(customer.entity_id) is None


_FLAGS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("t", "true", "yes", "y", "1"), True),
    **dict.fromkeys(("f", "false", "no", "n", "0"), False),
}
"""What flags say in the spellings of NetSuite's surfaces and files, in small letters."""

_NO_FLAG: Final = evolve(
    NO_SINGLE_VALUE,
    code="no_flag_value",
    reason="the field is mapped to a flag of Lightspeed and holds neither yes nor no",
    remedy="Map a checkbox, or give the flow a field mapping that makes a flag of it",
)
_WALK_IN_KEY: Final = text_key(WALK_IN)
_NAMES: Final[tuple[NameSource, ...]] = ("company_name", "first_last")
_TEXTS: Final = ("company_name", "email", "phone", "mobile_phone", "fax")
_WALK_IN_FOUND: Final = evolve(WALK_IN_CODE, severity=Severity.ERROR)
_IS_WALK_IN: Final = Check(fails=_is_walk_in_code, issue=WALK_IN_CODE)
_NO_CODE: Final = Check(
    fails=_lacks_code,
    issue=Issue(
        code="code_missing",
        rule="LS-KEY-1",
        field="entity_id",
        reason="the entity ID is blank, and it is the customer code in Lightspeed",
        remedy="Give the NetSuite customer an entity ID",
    ),
    outcome="invalid",
)
_NO_NAME: Final = Check(
    fails=LacksName(NamingRule(_NAMES)),
    issue=Issue(
        code="all_names_missing",
        rule="LS-MAP-1",
        field="first_name",
        reason="Lightspeed creates no customer without a first name, a last name or a company name",
        remedy="Give the NetSuite customer one of them",
    ),
    when="create",
)

_BY_CODE: Final = MatchStep(
    id="LS-KEY-2",
    keys=Key("entity_id", kind=id_key),
    question="Does Lightspeed have a customer whose code is the NetSuite customer's entity ID?",
    lookup="customer_code",
    authoritative=True,
)
_CODE: Final = FieldMapping(
    target="entity_id", sources=("entity_id",), rule="LS-MAP-1", compute=customer_code, clear_on_blank=False
)
_LAST_NAME: Final = copy_field("last_name", "last_name")
_ADDRESS: Final = FieldMapping(
    target="billing_address", sources=("billing_address",), rule="LS-MAP-2", components=PLACE
)
_STATUS: Final = FieldMapping(
    target="subscription_status",
    sources=("subscription_status",),
    rule="LS-MAP-3",
    compute=soft_status,
    clear_on_blank=False,
)

CUSTOMER_EXPORT: Final = customer_export()
"""NetSuite → Lightspeed, as documented."""
