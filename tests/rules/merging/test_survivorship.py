"""Which value survives where several customers are one, and from whom it is."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve

from custsync.errors import ConfigurationError, InputError
from custsync.models import Customer, Ref, SubscriptionStatus
from custsync.rules.merging import (
    KeptValue,
    Prefer,
    SurvivorRule,
    Survivorship,
    ValueRule,
    choose_survivor,
    merge_customers,
    mergeable,
)
from custsync.rules.merging.survivorship import surviving_values

ERP = Customer(
    ref=Ref("netsuite", "7"),
    company_name="Bright Joinery",
    email="ap@joinery.example",
    phone="1",
    created_at=datetime(2024, 5, 1, tzinfo=UTC),
    modified_at=datetime(2026, 1, 1, tzinfo=UTC),
    subscription_status=SubscriptionStatus.CONFIRMED_OPT_IN,
)
SHOP = Customer(
    ref=Ref("stripe", "cus_1"),
    company_name="Bright Joinery, Inc.",
    email="AP@joinery.example",
    phone="555-0100",
    created_at=datetime(2025, 5, 1, tzinfo=UTC),
    modified_at=datetime(2026, 3, 1, tzinfo=UTC),
    subscription_status=SubscriptionStatus.SOFT_OPT_OUT,
)
TILL = Customer(
    ref=Ref("lightspeed", "u1"),
    company_name="Bright Joinery",
    email="office@joinery.example",
    phone=" ",
    created_at=datetime(2023, 5, 1, tzinfo=UTC),
    modified_at=datetime(2026, 2, 1, tzinfo=UTC),
)
ALL = (ERP, SHOP, TILL)
SYSTEM = "source_priority"


def kept(name: str, *prefer: Prefer, customers: tuple[Customer, ...] = ALL, **settings: Any) -> KeptValue:
    rule = ValueRule(fields=(name,), prefer=prefer, **settings)
    return surviving_values(customers, Survivorship((rule,)))[name]


@pytest.mark.rule("ST-MRG-1")
class TestTheWays:
    """A rule is asked after the other until one value is left."""

    @pytest.mark.parametrize(
        ("name", "prefer", "settings", "value", "by"),
        [
            ("phone", (Prefer.SOURCE_PRIORITY,), {"systems": ("stripe",)}, "555-0100", SYSTEM),
            (
                "phone",
                (Prefer.SOURCE_PRIORITY,),
                {"systems": ("lightspeed", "netsuite")},
                "1",
                "source_priority",
            ),
            ("company_name", (Prefer.MOST_RECENT,), {}, "Bright Joinery, Inc.", "most_recent"),
            ("company_name", (Prefer.MOST_FREQUENT,), {}, "Bright Joinery", "most_frequent"),
            ("company_name", (Prefer.LONGEST,), {}, "Bright Joinery, Inc.", "longest"),
            ("email", (Prefer.OLDEST,), {}, "office@joinery.example", "oldest"),
            ("email", (Prefer.MOST_FREQUENT,), {}, "ap@joinery.example", "most_frequent"),
            ("phone", (Prefer.MOST_FREQUENT, Prefer.OLDEST), {}, "1", "oldest"),
            ("phone", (Prefer.OLDEST,), {"valid": lambda text: len(text) > 3}, "555-0100", "all_agree"),
            ("phone", (Prefer.OLDEST,), {"valid": lambda text: len(text) > 99}, "1", "oldest"),
            ("fax", (Prefer.OLDEST,), {}, None, "nobody"),
        ],
    )
    def test_table(
        self, name: str, prefer: tuple[Prefer, ...], settings: dict[str, Any], value: object, by: str
    ) -> None:
        found = kept(name, *prefer, **settings)
        assert (found.value, found.by, found.tied) == (value, by, False)

    def test_the_customer_that_it_is_from_is_named(self) -> None:
        assert kept("company_name", Prefer.MOST_RECENT).of == SHOP.ref

    @pytest.mark.rule("LS-MAP-3")
    def test_the_most_restrictive_consent(self) -> None:
        assert kept("subscription_status", Prefer.MOST_RESTRICTIVE).value is SubscriptionStatus.SOFT_OPT_OUT

    def test_the_order_of_the_customers_makes_no_difference(self) -> None:
        for prefer in Prefer:
            answers = {kept("email", prefer, customers=order) for order in permutations(ALL)}
            assert len(answers) == 1

    def test_a_tie_is_reported(self) -> None:
        found = kept("phone")
        assert (found.by, found.tied, found.value) == ("lowest_id", True, "1")
        found = kept("phone", Prefer.MOST_FREQUENT)
        assert (found.by, found.tied) == ("lowest_id", True)

    def test_the_survivor_breaks_a_tie(self) -> None:
        policy = Survivorship((ValueRule(fields=("phone",), prefer=()),))
        found = surviving_values(ALL, policy, SHOP.ref)["phone"]
        assert (found.value, found.by, found.tied) == ("555-0100", "survivor", True)

    def test_a_time_that_is_not_known_decides_nothing(self) -> None:
        dateless = Customer(ref=Ref("upflow", "9"), email="other@joinery.example")
        assert kept("email", Prefer.MOST_RECENT, customers=(ERP, dateless)).tied

    def test_fields_that_travel_together_are_of_one_customer(self) -> None:
        rule = ValueRule(fields=("company_name", "phone"), prefer=(Prefer.OLDEST,))
        found = surviving_values(ALL, Survivorship((rule,)))
        assert {one.of for one in found.values()} == {TILL.ref}
        assert found["phone"].value == " "

    def test_a_deleted_customer_has_no_say(self) -> None:
        gone = Customer(ref=Ref("stripe", "cus_0"), email="gone@joinery.example", deleted=True)
        assert kept("email", customers=(gone,)).by == "nobody"

    def test_a_custom_field(self) -> None:
        one = Customer(ref=Ref("netsuite", "1"), custom={"vat": "DE1"})
        assert kept("custom.vat", customers=(one,)).value == "DE1"

    @pytest.mark.parametrize(
        "make",
        [
            lambda: ValueRule(fields="email"),  # type: ignore[arg-type]
            lambda: ValueRule(fields=()),
            lambda: ValueRule(fields=("emale",)),
            lambda: ValueRule(fields=("email",), prefer=("oldest",)),  # type: ignore[arg-type]
            lambda: Survivorship((ValueRule(fields=("email",)), ValueRule(fields=("email",)))),
            lambda: kept("email", Prefer.OLDEST, customers=(SHOP, _naive())),
        ],
        ids=["text", "none", "unknown", "no member", "two rules", "no zone"],
    )
    def test_refused(self, make: Any) -> None:
        with pytest.raises(InputError):
            make()


def _naive() -> Customer:
    return Customer(ref=Ref("netsuite", "8"), email="n@joinery.example", created_at=datetime(2024, 1, 1))  # noqa: DTZ001


@pytest.mark.rule("ST-MRG-1", "G-LOSS")
class TestMergingByPolicy:
    """A merge by a policy names where each value is from, and what the survivor loses by it."""

    STAYS = Customer(ref=Ref("netsuite", "7"), email="a@joinery.example", custom={"tier": "gold"})
    GOES = Customer(ref=Ref("netsuite", "9"), email="longer@joinery.example", custom={"tier": "platinum"})
    POLICY = Survivorship(
        tuple(ValueRule(fields=(name,), prefer=(Prefer.LONGEST,)) for name in ("email", "custom.tier", "fax"))
    )

    def test_the_chosen_values_are_the_survivors(self) -> None:
        merged = merge_customers(self.STAYS, [self.GOES], self.POLICY)
        assert merged.customer.email == "longer@joinery.example"
        assert merged.customer.custom == {"tier": "platinum"}
        assert merged.kept["email"].of == self.GOES.ref
        assert merged.lost == {"id": ("9",), "email": ("a@joinery.example",), "custom.tier": ("gold",)}

    def test_a_blank_that_it_fills_is_no_loss(self) -> None:
        merged = merge_customers(
            evolve(self.STAYS, email=None, custom={"tier": ""}), [self.GOES], self.POLICY
        )
        assert merged.customer.email == "longer@joinery.example"
        assert merged.lost == {"id": ("9",)}

    def test_without_a_policy_the_survivors_own_value_is_kept(self) -> None:
        merged = merge_customers(self.STAYS, [self.GOES])
        assert merged.customer.email == "a@joinery.example"
        assert merged.kept == {}


@pytest.mark.rule("ST-MRG-1")
class TestWhoStays:
    """More ways to choose the survivor, and what two customers must not differ in."""

    OLD = Customer(ref=Ref("netsuite", "1"), created_at=datetime(2024, 1, 1, tzinfo=UTC))
    NEW = Customer(
        ref=Ref("netsuite", "2"), created_at=datetime(2026, 1, 1, tzinfo=UTC), custom={"stripe_id": "cus_1"}
    )

    def test_the_newest(self) -> None:
        chosen = choose_survivor([self.OLD, self.NEW], SurvivorRule.NEWEST)
        assert getattr(chosen, "survivor", None) is self.NEW

    def test_the_one_that_keeps_an_id_of_another_system(self) -> None:
        chosen = choose_survivor([self.OLD, self.NEW], SurvivorRule.KEEPS_ID, id_field="custom.stripe_id")
        assert getattr(chosen, "survivor", None) is self.NEW

    def test_two_that_keep_one_are_a_tie(self) -> None:
        other = Customer(ref=Ref("netsuite", "3"), custom={"stripe_id": "cus_2"})
        chosen = choose_survivor([other, self.NEW], SurvivorRule.KEEPS_ID, id_field="custom.stripe_id")
        assert getattr(chosen, "code", "") == "tie"

    def test_the_field_must_be_named(self) -> None:
        with pytest.raises(InputError, match="id_field"):
            choose_survivor([self.OLD, self.NEW], SurvivorRule.KEEPS_ID)

    @pytest.mark.parametrize(("theirs", "codes"), [("cus_1", []), ("cus_2", ["ids_differ"]), (None, [])])
    def test_ids_that_differ(self, theirs: str | None, codes: list[str]) -> None:
        other = Customer(ref=Ref("netsuite", "3"), custom={"stripe_id": theirs})
        issues = mergeable(self.NEW, other, never_differ=("custom.stripe_id",))
        assert [issue.code for issue in issues] == codes

    def test_a_field_that_no_customer_has_is_named(self) -> None:
        with pytest.raises(ConfigurationError, match="never_differ: a customer has no field 'nope'"):
            mergeable(self.NEW, self.OLD, never_differ=("nope",))
        with pytest.raises(ConfigurationError, match="id_field: a customer has no field 'nope'"):
            choose_survivor([self.OLD, self.NEW], SurvivorRule.KEEPS_ID, id_field="nope")
