"""Items, tax items, currencies and switches: what a connection is set to."""

import pickle
from typing import Any

import pytest
from attrs import evolve

from custsync.errors import ConfigurationError
from custsync.flows.lago.billing import (
    BillingSettings,
    Currency,
    FallbackOrder,
    ItemKind,
    ItemMapping,
    Layer,
    MappedItem,
    MappedTax,
    Mappings,
    Syncs,
    TaxItem,
    currency_for,
    item_for,
    shared_items,
    tax_for,
)
from custsync.models import Issue, Severity
from tests.flows.billed import DEFAULT, SETTINGS, TAX, UK, UK_TAX

MAPPINGS = SETTINGS.mappings
ONE_DEFAULT_EACH = [
    (ItemKind.SUBSCRIPTION_FEE, "510"),
    (ItemKind.MINIMUM_COMMITMENT, "511"),
    (ItemKind.PREPAID_CREDIT, "512"),
    (ItemKind.COUPON, "513"),
    (ItemKind.CREDIT_NOTE, "514"),
]


@pytest.mark.rule("LG-ITEM")
class TestItems:
    """Metrics and add-ons map one to one, the rest to one default each; a fallback steps in, and says so."""

    @pytest.mark.parametrize(
        ("kind", "code", "item"),
        [
            (ItemKind.BILLABLE_METRIC, "api_calls", "501"),
            (ItemKind.BILLABLE_METRIC, "storage", "502"),
            (ItemKind.ADD_ON, "setup", "503"),
        ],
    )
    def test_one_to_one(self, kind: ItemKind, code: str, item: str) -> None:
        assert item_for(MAPPINGS, kind, code=code) == MappedItem(item=item, layer=Layer.DEFAULT)

    @pytest.mark.parametrize(("kind", "item"), ONE_DEFAULT_EACH)
    @pytest.mark.parametrize("code", ["", "basic"])
    def test_one_default_each(self, kind: ItemKind, item: str, code: str) -> None:
        assert item_for(MAPPINGS, kind, code=code) == MappedItem(item=item, layer=Layer.DEFAULT)

    @pytest.mark.parametrize(
        ("kind", "code", "field"),
        [
            (ItemKind.BILLABLE_METRIC, "setup", "billable_metrics"),
            (ItemKind.ADD_ON, "api_calls", "add_ons"),
            (None, "", "type"),
        ],
    )
    def test_fallback_is_reported(self, kind: ItemKind | None, code: str, field: str) -> None:
        found = item_for(MAPPINGS, kind, code=code)
        assert isinstance(found, MappedItem)
        assert (found.item, found.layer) == ("599", Layer.DEFAULT_FALLBACK)
        assert [(issue.code, issue.field, issue.severity) for issue in found.issues] == [
            ("fallback_item", field, Severity.WARNING)
        ]

    @pytest.mark.parametrize("kind", [*ItemKind, None])
    def test_without_a_fallback_it_is_an_error(self, kind: ItemKind | None) -> None:
        issue = item_for(Mappings(), kind, code="api_calls")
        assert isinstance(issue, Issue)
        assert (issue.code, issue.severity, issue.rule) == ("item_unmapped", Severity.ERROR, "LG-ITEM")

    def test_shared_items(self) -> None:
        sharing = ItemMapping(billable_metrics={"b": "1", "a": "1", "c": "2"}, add_ons={"x": "1", "y": "3"})
        layered = Mappings(
            default=sharing, entities={"uk": ItemMapping(add_ons={"x": "5", "y": "5"}), "de": UK}
        )
        assert [(issue.field, issue.reason) for issue in shared_items(layered)] == [
            ("default", "'a', 'b', 'x' share NetSuite item 1"),
            ("entity 'uk'", "'x', 'y' share NetSuite item 5"),
        ]

    @pytest.mark.parametrize(
        "values",
        [
            {"coupon": 7},
            {"coupon": " "},
            {"fallback": "x" * 256},
            {"billable_metrics": {"a": ""}},
            {"billable_metrics": {"": "1"}},
            {"add_ons": [("a", "1")]},
        ],
        ids=repr,
    )
    def test_a_mapping_that_is_none(self, values: dict[str, Any]) -> None:
        with pytest.raises(ConfigurationError, match=next(iter(values))):
            ItemMapping(**values)

    @pytest.mark.parametrize("missing", ["nexus", "type", "code"])
    def test_a_tax_item_is_whole(self, missing: str) -> None:
        with pytest.raises(ConfigurationError, match=missing):
            TaxItem(**{"nexus": "1", "type": "2", "code": "3", missing: ""})


@pytest.mark.rule("LG-SUB")
class TestLayers:
    """An entity's own mapping overrides the default one; an entity's fallback hides no default that fits."""

    @pytest.mark.parametrize(
        ("kind", "code", "item", "layer"),
        [
            (ItemKind.BILLABLE_METRIC, "api_calls", "701", Layer.ENTITY),
            (ItemKind.BILLABLE_METRIC, "storage", "502", Layer.DEFAULT),
            (ItemKind.BILLABLE_METRIC, "unknown", "799", Layer.ENTITY_FALLBACK),
            (ItemKind.COUPON, "", "713", Layer.ENTITY),
            (ItemKind.CREDIT_NOTE, "", "514", Layer.DEFAULT),
            (None, "", "799", Layer.ENTITY_FALLBACK),
        ],
    )
    def test_entity_first(self, kind: ItemKind | None, code: str, item: str, layer: Layer) -> None:
        found = item_for(MAPPINGS, kind, code=code, entity="pinnacle_uk")
        assert isinstance(found, MappedItem)
        assert (found.item, found.layer, bool(found.issues)) == (item, layer, layer.is_fallback)

    @pytest.mark.parametrize("entity", ["", "pinnacle_us"])
    def test_another_entity_has_the_default(self, entity: str) -> None:
        found = item_for(MAPPINGS, ItemKind.COUPON, entity=entity)
        assert found == MappedItem(item="513", layer=Layer.DEFAULT)

    def test_the_default_fallback_serves_an_entity_without_its_own(self) -> None:
        layered = Mappings(default=DEFAULT, entities={"pinnacle_uk": evolve(UK, fallback="")})
        found = item_for(layered, None, entity="pinnacle_uk")
        assert isinstance(found, MappedItem)
        assert (found.item, found.layer) == ("599", Layer.DEFAULT_FALLBACK)

    @pytest.mark.parametrize(
        ("kind", "code", "entity", "item", "layer"),
        [
            (ItemKind.BILLABLE_METRIC, "api_calls", "pinnacle_uk", "701", Layer.ENTITY),
            (ItemKind.BILLABLE_METRIC, "storage", "pinnacle_uk", "799", Layer.ENTITY_FALLBACK),
            (ItemKind.CREDIT_NOTE, "", "pinnacle_uk", "799", Layer.ENTITY_FALLBACK),
            (ItemKind.CREDIT_NOTE, "", "", "514", Layer.DEFAULT),
            (ItemKind.ADD_ON, "unknown", "", "599", Layer.DEFAULT_FALLBACK),
            (None, "", "pinnacle_uk", "799", Layer.ENTITY_FALLBACK),
        ],
    )
    def test_lagos_own_order(
        self, kind: ItemKind | None, code: str, entity: str, item: str, layer: Layer
    ) -> None:
        mappings = evolve(MAPPINGS, fallback_order=FallbackOrder.WITHIN_EACH_LAYER)
        found = item_for(mappings, kind, code=code, entity=entity)
        assert isinstance(found, MappedItem)
        assert (found.item, found.layer, bool(found.issues)) == (item, layer, layer.is_fallback)

    def test_lagos_own_order_without_fallbacks(self) -> None:
        bare = Mappings(
            default=evolve(DEFAULT, fallback=""),
            entities={"pinnacle_uk": evolve(UK, fallback="")},
            fallback_order=FallbackOrder.WITHIN_EACH_LAYER,
        )
        found = item_for(bare, ItemKind.CREDIT_NOTE, entity="pinnacle_uk")
        assert found == MappedItem(item="514", layer=Layer.DEFAULT)
        assert isinstance(item_for(bare, None, entity="pinnacle_uk"), Issue)

    @pytest.mark.parametrize("values", [{"fallback_order": "within"}, {"accounts": {"501": 4000}}], ids=repr)
    def test_mappings_that_are_none(self, values: dict[str, Any]) -> None:
        with pytest.raises(ConfigurationError, match=next(iter(values))):
            Mappings(**values)

    def test_tax_item(self) -> None:
        assert tax_for(MAPPINGS, entity="pinnacle_uk") == MappedTax(item=UK_TAX, layer=Layer.ENTITY)
        assert tax_for(MAPPINGS, entity="pinnacle_us") == MappedTax(item=TAX, layer=Layer.DEFAULT)
        layered = Mappings(default=DEFAULT, entities={"pinnacle_uk": evolve(UK, tax=None)})
        assert tax_for(layered, entity="pinnacle_uk") == MappedTax(item=TAX, layer=Layer.DEFAULT)
        assert tax_for(Mappings()) is None


@pytest.mark.rule("LG-CUR")
class TestCurrencies:
    """A currency maps to its NetSuite id, or an error names it; it counts in Lago's subunits."""

    @pytest.mark.parametrize(
        ("code", "id", "subunits"), [("USD", "1", 100), ("JPY", "4", 1), ("KWD", "7", 1000)], ids=repr
    )
    def test_mapped(self, code: str, id: str, subunits: int) -> None:
        assert currency_for(code, SETTINGS) == Currency(code=code, id=id, subunits=subunits)

    @pytest.mark.parametrize(
        ("code", "subunits"),
        [
            *(("CLF", 10_000), ("BHD", 1000), ("VND", 1), ("XAF", 1), ("CLP", 1), ("HUF", 1)),
            *(("MRU", 5), ("MRO", 5), ("EUR", 100), ("TWD", 100), ("AFN", 100)),
        ],
    )
    def test_as_lago_counts(self, code: str, subunits: int) -> None:
        assert currency_for(code, BillingSettings(currencies={code: "1"})) == Currency(
            code=code, id="1", subunits=subunits
        )

    def test_unmapped_is_named(self) -> None:
        issue = currency_for("EUR", SETTINGS)
        assert isinstance(issue, Issue)
        assert (issue.code, issue.rule, "'EUR'" in issue.reason) == ("currency_unmapped", "LG-CUR", True)

    def test_what_releases_count_differently_is_not_guessed(self) -> None:
        issue = currency_for("MGA", SETTINGS)
        assert isinstance(issue, Issue)
        assert (issue.code, "'MGA'" in issue.reason) == ("currency_unclear", True)
        told = evolve(SETTINGS, subunits={"MGA": 5, "USD": 10})
        assert currency_for("MGA", told) == Currency(code="MGA", id="9", subunits=5)
        assert currency_for("USD", told) == Currency(code="USD", id="1", subunits=10)

    @pytest.mark.parametrize(
        "values",
        [
            {"currencies": {"usd": "1"}},
            {"currencies": {"USDT": "1"}},
            {"currencies": {"USD": 1}},
            {"currencies": ["USD"]},
            {"subunits": {"USD": 2}},
            {"subunits": {"USD": -1}},
            {"subunits": {"USD": True}},
            {"subunits": {7: 100}},
            {"subunits": "USD"},
            {"not_taxable": ["501"]},
            {"not_taxable": frozenset({501})},
        ],
        ids=repr,
    )
    def test_settings_that_are_none(self, values: dict[str, Any]) -> None:
        with pytest.raises(ConfigurationError, match=next(iter(values))):
            BillingSettings(**values)


@pytest.mark.rule("LG-SYNC")
class TestSyncs:
    """Customers are mandatory; invoices, credit notes and payments are switched one by one."""

    def test_only_customers_by_default(self) -> None:
        assert Syncs() == Syncs(customers=True, invoices=False, credit_notes=False, payments=False)

    @pytest.mark.parametrize("off", [False, None, 0])
    def test_customers_cannot_be_switched_off(self, off: Any) -> None:
        with pytest.raises(ConfigurationError, match="mandatory"):
            Syncs(customers=off)

    @pytest.mark.parametrize("switch", ["invoices", "credit_notes", "payments"])
    def test_a_switch_is_on_or_off(self, switch: str) -> None:
        assert getattr(Syncs(**{switch: True}), switch) is True
        with pytest.raises(ConfigurationError, match=switch):
            Syncs(**{switch: "yes"})  # type: ignore[arg-type]

    def test_settings_travel(self) -> None:
        assert pickle.loads(pickle.dumps(SETTINGS)) == SETTINGS  # noqa: S301
