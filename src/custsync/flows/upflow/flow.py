"""NetSuite → Upflow: the flow."""

from collections.abc import Iterator
from typing import Final, get_args

from attrs import evolve

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.flow import EXCLUDED_MARK, Flow
from custsync.flows.upflow.address import PLACES, CountryForm, Place, account_country
from custsync.flows.upflow.exclusions import Is, SmartRule, exclusions
from custsync.flows.upflow.groups import (
    GROUP_NAME,
    SOURCES,
    Cents,
    GroupName,
    Groups,
    foreseen_group,
    group_id,
)
from custsync.flows.upflow.names import UpflowName
from custsync.models import Issue
from custsync.rules.addresses import UnknownCountry, checked_unknown_country
from custsync.rules.eligibility import Check, ExclusionPeriod
from custsync.rules.fields.mapping import FieldMapping
from custsync.rules.fields.rows import LacksName, ShownName
from custsync.rules.hierarchy import Cyclic, MissingParent, Unknown
from custsync.rules.matching.rule import Key
from custsync.rules.matching.steps import MatchStep
from custsync.rules.names import PLACEHOLDER
from custsync.systems import netsuite
from custsync.systems.system import System
from custsync.systems.upflow import UPFLOW_IMPORT
from custsync.systems.values import internal_id

LINK: Final = "netsuite-upflow"
"""The name under which the flow keeps its sync records."""

PARENT_NAME: Final = "custom.Parent name"
"""The import's column for the name of the group, beside its id."""


@checked
def customer_import(  # noqa: PLR0913 - each is a sentence of the source page that a caller may answer
    *,
    source: System = netsuite.REST,
    target: System = UPFLOW_IMPORT,
    company_country: str = "",
    country_from: tuple[str, ...] = PLACES,
    country_form: CountryForm = "name",
    unknown_country: UnknownCountry = "drop",
    hierarchy: bool = True,
    levels: int = 2,
    cycles: Cyclic = "refuse",
    missing_parents: MissingParent = "alone",
    unknown_balances: Unknown = "unknown",
    balance: str = "",
    parent_name: str = PARENT_NAME,
    placeholder: str = PLACEHOLDER,
    categories: frozenset[str] = frozenset(),
    rules: tuple[SmartRule, ...] = (),
    exclusions_last: bool = True,
    excluded_field: str = "",
    reinclusion: bool = False,
) -> Flow:
    """Return the flow from NetSuite to Upflow.

    Args:
        source: the NetSuite surface of the payloads: `netsuite.REST`, `netsuite.SUITEQL`, `netsuite.SOAP`.
        target: Upflow's import, or a caller's own shape of its API.
        company_country: the country of the account's company information, in any spelling.
        country_from: where a customer's country is looked for, in order (UF-CTRY): the customer's own
            address, then the account's. `("company_information",)` is the other reading of the page: the
            account's alone.
        country_form: how the country is written.
        unknown_country: what happens to an address whose country is not valid: `"drop"`, `"refuse"` or
            `"keep"`, as in `custsync.rules.addresses.with_country_code`.
        hierarchy: whether parents are synced; without, every customer is without a group (UF-HIER-2).
        levels: the levels that Upflow has.
        cycles: `"refuse"` or `"alone"`: customers whose parents lead back to themselves.
        missing_parents: `"alone"`, `"refuse"` or `"keep"`: customers whose parent is not given.
        unknown_balances: `"unknown"` or `"partial"`: a sum with a part that is not known.
        balance: the target's field that takes the rolled-up balance: `"balance"`, or `"custom.NAME"` for a
            whole number of cents; `""` where it takes none, as the import.
        parent_name: the target's field that takes the group's name; `""` for none.
        placeholder: the last name that custsync invents for NetSuite (ST-NAME-4), which Upflow never shows;
            `""` shows it.
        categories: internal ids of the categories whose customers are excluded (UF-EXC-1).
        rules: smart rules, the first of which wins (UF-EXC-3).
        exclusions_last: whether a category, a smart rule or a representing subsidiary excludes permanently
            (UF-EXC-4), or only as long as it holds.
        excluded_field: the target's field that marks an excluded customer, which is created and kept up to
            date then, without its invoices and contacts (UF-EXC-2); `""` where it has none, as the import:
            such a customer is left out.
        reinclusion: whether a person may take an excluded customer in again.

    Raises:
        ConfigurationError: a setting that is none, or `company_country` names no country.

    Rule: UF-NAME, UF-CTRY, UF-HIER-1, UF-HIER-2, UF-BAL, UF-INA, UF-INT, UF-EXC-1, UF-EXC-2
    Rule: UF-EXC-3, UF-EXC-4
    Source: NetSuite Customers & Contacts.

    >>> [row.target for row in customer_import(parent_name="").fields]
    ['external_id', 'name', 'billing_address', 'parent']
    >>> customer_import(country_from=("planet",))
    Traceback (most recent call last):
        ...
    custsync.errors.ConfigurationError: country_from: 'planet' is no place; there are billing_address,
    shipping_address, company_information, and the fields of a customer
    """
    _check_ids(categories)
    _check_words(country_form, cycles, missing_parents, unknown_balances)
    naming = UpflowName(placeholder)
    unknown, account = checked_unknown_country(unknown_country), account_country(company_country)
    lasts = ExclusionPeriod.ALWAYS if exclusions_last else ExclusionPeriod.NEVER
    excluded = exclusions(frozenset(categories), rules, lasts)
    further = [place for place in country_from if place not in PLACES]
    place = Place(account, tuple(country_from), country_form, unknown)
    return Flow(
        name="upflow.CUSTOMER_IMPORT",
        link=LINK,
        source=source,
        target=target,
        checks=(*excluded, evolve(_NO_NAME, fails=LacksName(naming))),
        prescan=Groups(
            levels=levels if hierarchy else 1,
            cycles=cycles,
            missing=missing_parents,
            unknown=unknown_balances,
            checks=excluded,
            by_category=bool(categories),
            marks_excluded=bool(excluded_field),
            warns_of_balances=bool(balance),
            naming=naming,
            sources=_sources(rules),
        ),
        match=(_BY_EXTERNAL_ID,),
        fields=(
            FieldMapping(target="external_id", sources=("id",), rule="G-DUP"),
            evolve(_NAME, compute=ShownName(naming)),
            evolve(_ADDRESS, sources=(*_ADDRESS.sources, *further), compute=place),
            FieldMapping(target="parent", sources=("parent",), rule="UF-HIER-1", compute=group_id),
            *_further_rows(parent_name, balance, excluded_field),
        ),
        source_id_field="external_id",
        parent="parent",
        foreseen_parent=foreseen_group if target.name == UPFLOW_IMPORT.name else None,
        excluded_field=excluded_field,
        reinclusion=reinclusion,
    )


def _sources(rules: tuple[SmartRule, ...]) -> tuple[str, ...] | None:
    """Return the fields that the prescan reads, None where a smart rule has a function of the caller's."""
    read = [one.field if isinstance(one, Is) else None for rule in rules for one in rule.where]
    return None if None in read else (*SOURCES, *filter(None, read))


def _check_ids(categories: object) -> None:
    """Refuse what is no internal id as text: a number or a category's name would exclude no customer."""
    ids = categories if isinstance(categories, frozenset | set | list | tuple) else (None,)
    if not all(isinstance(one, str) and internal_id(one) for one in ids):
        raise ConfigurationError("categories: internal ids are needed, as texts, in a set; not names")


def _check_words(*words: str) -> None:
    for (name, known), word in zip(_WORDS.items(), words, strict=True):
        if word not in known:
            raise ConfigurationError(f"{name} is {' or '.join(known)}")


def _further_rows(parent_name: str, balance: str, excluded_field: str) -> Iterator[FieldMapping]:
    """Yield the rows of what a target may have no field for."""
    if parent_name:
        yield evolve(_GROUP_NAME, target=parent_name, compute=GroupName(parent_name.removeprefix("custom.")))
    if balance:
        yield evolve(_BALANCE, target=balance, compute=Cents(whole=balance.startswith("custom.")))
    if excluded_field:
        yield evolve(_EXCLUDED, target=excluded_field)


_NAME: Final = FieldMapping(
    target="name",
    sources=("is_person", "company_name", "alt_name", "entity_id"),
    rule="UF-NAME",
    compute=ShownName(UpflowName()),
    clear_on_blank=False,
)
_ADDRESS: Final = FieldMapping(
    target="billing_address", sources=("billing_address", "shipping_address"), rule="UF-CTRY", compute=Place()
)
_GROUP_NAME: Final = FieldMapping(
    target=PARENT_NAME, sources=("parent", f"custom.{GROUP_NAME}"), rule="UF-HIER-1", compute=GroupName("")
)
_BALANCE: Final = FieldMapping(
    target="balance", sources=("balance",), rule="UF-BAL", compute=Cents(), clear_on_blank=False
)
_EXCLUDED: Final = FieldMapping(target="custom.excluded", sources=(EXCLUDED_MARK,), rule="UF-EXC-2")
_WORDS: Final = {
    "country_form": get_args(CountryForm),
    "cycles": get_args(Cyclic),
    "missing_parents": get_args(MissingParent),
    "unknown_balances": get_args(Unknown),
}
"""The words of each setting that has its own."""

_NO_NAME: Final = Check(
    fails=LacksName(UpflowName()),
    issue=Issue(
        code="upflow_name_missing",
        rule="UF-NAME",
        field="name",
        reason="a customer cannot be created in Upflow without a name",
        remedy="Give the customer a company name, a person's name, or an entity id",
    ),
    when="create",
)
_BY_EXTERNAL_ID: Final = MatchStep(
    id="G-DUP",
    keys=Key("id", right="external_id", kind="id"),
    question="Does Upflow have a customer whose external id is the NetSuite customer's id?",
    lookup="external_id",
    authoritative=True,
)

CUSTOMER_IMPORT: Final = customer_import()
"""NetSuite → Upflow, as documented."""
