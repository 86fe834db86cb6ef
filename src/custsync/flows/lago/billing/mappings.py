"""Which NetSuite item is for what Lago bills: an entity's own mapping first, then the default one.

Where neither knows an item, the fallback item takes its place, and the result names it.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import chain
from typing import Any, Final

from attrs import field, frozen

from custsync._arguments import checked
from custsync.flows.lago.billing.amounts import setting
from custsync.flows.lago.billing.issues import (
    FALLBACK_ITEM,
    FALLBACK_OF_TYPE,
    ITEM_SHARED,
    ITEM_UNMAPPED,
    TYPE_UNMAPPED,
    about,
)
from custsync.models import NOTHING_KEPT, Issue

LONGEST_ID: Final = 255


class ItemKind(Enum):
    """What Lago bills or takes off, and maps to an item. The value is the mapping's field."""

    BILLABLE_METRIC = "billable_metrics"
    ADD_ON = "add_ons"
    SUBSCRIPTION_FEE = "subscription_fee"
    MINIMUM_COMMITMENT = "minimum_commitment"
    PREPAID_CREDIT = "prepaid_credit"
    COUPON = "coupon"
    CREDIT_NOTE = "credit_note"


ONE_TO_ONE: Final = (ItemKind.BILLABLE_METRIC, ItemKind.ADD_ON)
"""The kinds that have an item for each code; the others have one item in all."""


class Layer(Enum):
    """Where a mapping was found."""

    ENTITY = "entity"
    DEFAULT = "default"
    ENTITY_FALLBACK = "entity_fallback"
    DEFAULT_FALLBACK = "default_fallback"

    @property
    def is_fallback(self) -> bool:
        """Return whether the item only replaces one that is not mapped."""
        return self in (Layer.ENTITY_FALLBACK, Layer.DEFAULT_FALLBACK)


class FallbackOrder(Enum):
    """When a fallback item is taken."""

    AFTER_ALL_MAPPINGS = "after all mappings"
    """Entity, default, the entity's fallback, the default fallback: a mapping that fits is never hidden."""
    WITHIN_EACH_LAYER = "within each layer"
    """Entity, the entity's fallback, default, the default fallback, as Lago itself does."""


def is_id(value: Any) -> bool:
    """Return whether the value can be a code or an id: a printable text that is not blank."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_ID and value.isprintable()


def _are_ids(value: Any) -> bool:
    return isinstance(value, Mapping) and all(is_id(text) for row in value.items() for text in row)


_check_item: Final = setting(
    lambda value: value == "" or is_id(value), "{name}: the internal id of a NetSuite item was expected"
)
_check_tax_id: Final = setting(is_id, "tax item: {name}: nexus, type and code are needed, each an id")
_check_items: Final = setting(_are_ids, "{name}: a mapping of codes and ids, all texts, was expected")
_check_fallback_order: Final = setting(
    lambda value: isinstance(value, FallbackOrder), "{name}: a FallbackOrder was expected"
)


@frozen(kw_only=True)
class TaxItem:
    """The NetSuite ids that override a tax total. All three, or no tax item.

    Attributes:
        nexus: internal id of the tax jurisdiction.
        type: internal id of the tax type.
        code: internal id of the tax code.
    """

    nexus: str = field(validator=_check_tax_id)
    type: str = field(validator=_check_tax_id)
    code: str = field(validator=_check_tax_id)


@frozen(kw_only=True)
class ItemMapping:
    """One layer of mappings: internal ids of NetSuite items.

    `""`, None and a missing code mean "not mapped here", and the next layer is asked.

    Attributes:
        billable_metrics: code of a billable metric → item, for usage (Lago's fee type `charge`).
        add_ons: code of an add-on → item, for the fee types `add_on` and `fixed_charge`.
        subscription_fee: the item of every plan's base fee (`subscription`).
        minimum_commitment: the item of the fee that makes up a plan's minimum spend (`commitment`).
        prepaid_credit: the item of credits bought (`credit`), of those that an invoice uses up, and of
            progressive billing credits.
        coupon: the item of the line that takes coupons off.
        credit_note: the item of the line that takes earlier credit notes off an invoice.
        fallback: the item for whatever is not mapped; `Mappings.fallback_order` decides when it is used.
        tax: the tax item that carries a document's tax total.
    """

    billable_metrics: Mapping[str, str] = field(default=NOTHING_KEPT, validator=_check_items)
    add_ons: Mapping[str, str] = field(default=NOTHING_KEPT, validator=_check_items)
    subscription_fee: str = field(default="", validator=_check_item)
    minimum_commitment: str = field(default="", validator=_check_item)
    prepaid_credit: str = field(default="", validator=_check_item)
    coupon: str = field(default="", validator=_check_item)
    credit_note: str = field(default="", validator=_check_item)
    fallback: str = field(default="", validator=_check_item)
    tax: TaxItem | None = None


@frozen(kw_only=True)
class Mappings:
    """The default mapping, and the mappings of single Lago entities, by entity code, which override it.

    Attributes:
        default: the mapping of all entities.
        entities: code of a Lago entity → its own mapping.
        fallback_order: when a fallback item is taken.
        accounts: internal id of a NetSuite item → account code, which its lines carry along in `extra`.
    """

    default: ItemMapping = ItemMapping()
    entities: Mapping[str, ItemMapping] = field(default=NOTHING_KEPT)
    fallback_order: FallbackOrder = field(
        default=FallbackOrder.AFTER_ALL_MAPPINGS, validator=_check_fallback_order
    )
    accounts: Mapping[str, str] = field(default=NOTHING_KEPT, validator=_check_items)

    def layers(self, entity: str) -> Iterator[tuple[Layer, ItemMapping]]:
        """Yield the entity's own mapping, if it has one, then the default one."""
        if entity in self.entities:
            yield Layer.ENTITY, self.entities[entity]
        yield Layer.DEFAULT, self.default


@frozen(kw_only=True)
class MappedItem:
    """The item found for what Lago bills.

    Attributes:
        item: internal id of the NetSuite item.
        layer: where it was found.
        issues: one warning if it is the fallback item, else none.
    """

    item: str
    layer: Layer
    issues: tuple[Issue, ...] = ()


@frozen(kw_only=True)
class MappedTax:
    """The tax item found.

    Attributes:
        item: the three NetSuite ids, all from one layer.
        layer: `ENTITY` or `DEFAULT`: a tax item has no fallback.
    """

    item: TaxItem
    layer: Layer


_FALLBACKS: Final = {Layer.ENTITY: Layer.ENTITY_FALLBACK, Layer.DEFAULT: Layer.DEFAULT_FALLBACK}


@checked
def item_for(
    mappings: Mappings, kind: ItemKind | None, *, code: str = "", entity: str = "", fee_type: str = ""
) -> MappedItem | Issue:
    """Return the NetSuite item for what Lago bills and the layer that knows it, or an error that names it.

    Asked in this order: the entity's own mapping, the default one, the entity's fallback item, the default
    fallback item. An entity's fallback never hides a default mapping that fits, unless the mappings say
    `FallbackOrder.WITHIN_EACH_LAYER`.

    Args:
        mappings: the layers.
        kind: what is billed; None for a fee of a type that is not known, which only a fallback can take.
        code: the code of the billable metric or add-on; the other kinds have none.
        entity: code of the Lago entity that bills, `""` for none.
        fee_type: Lago's fee type, for the message about one that is not known.

    Rule: LG-ITEM, LG-SUB

    >>> mappings = Mappings(
    ...     default=ItemMapping(billable_metrics={"api_calls": "501"}, fallback="999"),
    ...     entities={"uk": ItemMapping(billable_metrics={"api_calls": "701"})},
    ... )
    >>> found = item_for(mappings, ItemKind.BILLABLE_METRIC, code="api_calls", entity="uk")
    >>> found.item, found.layer.value, found.issues
    ('701', 'entity', ())
    >>> print(item_for(mappings, ItemKind.BILLABLE_METRIC, code="storage").issues[0])
    warning: billable_metrics: 'storage' is not mapped, so the fallback item is used.
    Map it to its own NetSuite item. [LG-ITEM]
    >>> print(item_for(Mappings(), ItemKind.COUPON))
    error: coupon: the coupon is not mapped, and there is no fallback item.
    Map it to a NetSuite item, or set a fallback item. [LG-ITEM]
    """
    field, name = kind.value if kind else "type", _named(kind, code, fee_type)
    for layer, item in _asked(mappings, kind, code, entity):
        if item:
            stands_in = FALLBACK_ITEM if kind else FALLBACK_OF_TYPE
            issues = (about(stands_in, field=field, what=name),) if layer.is_fallback else ()
            return MappedItem(item=item, layer=layer, issues=issues)
    return about(ITEM_UNMAPPED if kind else TYPE_UNMAPPED, field=field, what=name)


def _asked(
    mappings: Mappings, kind: ItemKind | None, code: str, entity: str
) -> tuple[tuple[Layer, str], ...]:
    """Return the layers in the order in which they are asked, each with its item, `""` for none."""
    own = [(layer, _own(mapping, kind, code)) for layer, mapping in mappings.layers(entity)]
    fallbacks = [(_FALLBACKS[layer], mapping.fallback) for layer, mapping in mappings.layers(entity)]
    if mappings.fallback_order is FallbackOrder.AFTER_ALL_MAPPINGS:
        return (*own, *fallbacks)
    return tuple(chain.from_iterable(zip(own, fallbacks, strict=True)))


@checked
def tax_for(mappings: Mappings, *, entity: str = "") -> MappedTax | None:
    """Return the tax item, the entity's own before the default one; None where there is neither.

    A tax item is taken whole: an entity overrides nexus, type and code together.

    Rule: LG-ITEM, LG-SUB

    >>> own = TaxItem(nexus="11", type="12", code="13")
    >>> tax_for(Mappings(default=ItemMapping(tax=own))).layer.value
    'default'
    >>> tax_for(Mappings()) is None
    True
    """
    for layer, mapping in mappings.layers(entity):
        if mapping.tax is not None:
            return MappedTax(item=mapping.tax, layer=layer)
    return None


@checked
def shared_items(mappings: Mappings) -> tuple[Issue, ...]:
    """Return a warning for each item that several billable metrics or add-ons of one layer share.

    They are to be mapped one to one, so that each is a separate item in the books.

    Rule: LG-ITEM

    >>> print(shared_items(Mappings(default=ItemMapping(add_ons={"setup": "7", "visit": "7"})))[0].reason)
    'setup', 'visit' share NetSuite item 7
    >>> shared_items(Mappings(default=ItemMapping(add_ons={"setup": "7", "visit": "8"})))
    ()
    """
    layers = [("default", mappings.default)]
    layers += [(f"entity {code!r}", mappings.entities[code]) for code in sorted(mappings.entities)]
    return tuple([issue for name, mapping in layers for issue in _shared(name, mapping)])


def _shared(layer: str, mapping: ItemMapping) -> Iterator[Issue]:
    codes: dict[str, list[str]] = {}
    for kind in ONE_TO_ONE:
        for code, item in sorted(getattr(mapping, kind.value).items()):
            codes.setdefault(item, []).append(code)
    for item, sharing in sorted(codes.items()):
        if len(sharing) > 1:
            yield about(ITEM_SHARED, field=layer, codes=", ".join(map(repr, sharing)), item=item)


def _own(mapping: ItemMapping, kind: ItemKind | None, code: str) -> str:
    if kind is None:
        return ""
    value = getattr(mapping, kind.value)
    item: str = value.get(code, "") if kind in ONE_TO_ONE else value
    return item


def _named(kind: ItemKind | None, code: str, fee_type: str) -> str:
    if kind is None:
        return f"a fee of type {fee_type!r}"
    return repr(code) if kind in ONE_TO_ONE else f"the {kind.value.replace('_', ' ')}"
