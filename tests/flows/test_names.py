"""Names through the flows: parts that a target has, the invented last name, each vendor's naming rule."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from custsync.engine.api import sync
from custsync.engine.decide.core import Evidence, decide
from custsync.engine.decisions import Create
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome
from custsync.flow import Flow
from custsync.flows.lightspeed import customer_export
from custsync.flows.stripe import EXPORT, IMPORT, StripeName, export_flow, import_flow
from custsync.flows.upflow import UpflowName, customer_import
from custsync.models import ABSENT, Address, Customer, Ref
from custsync.rules.fields.mapping import NamePart
from custsync.rules.fields.rows import LacksName, ShownName, WithoutPlaceholder
from custsync.rules.names import NamingRule
from custsync.stores.memory import MemoryStore
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe

BLANKS = [None, ABSENT, "", "  "]
NLN = "NoLastName"


def ns(**fields: Any) -> Customer:
    return Customer(ref=Ref("netsuite", "7"), **fields)


def values(flow: Flow, customer: Customer) -> Any:
    made = decide(flow, customer, Evidence())
    assert isinstance(made, Create), made
    return made.values


@pytest.mark.rule("SP-NAME")
class TestStripeName:
    """An individual shows first and last name, a company its company name, and neither the other's."""

    @pytest.mark.parametrize(
        ("fields", "text"),
        [
            ({"is_person": True, "first_name": "Ann", "last_name": "Archer"}, "Ann Archer"),
            (
                {"is_person": True, "first_name": "Ann", "middle_name": "Q.", "last_name": "Archer"},
                "Ann Archer",
            ),
            ({"is_person": True, "company_name": "Acme", "alt_name": "A"}, None),
            ({"is_person": False, "company_name": " Acme, Inc. ", "first_name": "Ann"}, "Acme, Inc."),
            ({"is_person": False, "first_name": "Ann", "last_name": "Archer"}, None),
            ({"is_person": None, "company_name": "Acme", "first_name": "Ann"}, "Acme"),
            ({"company_name": " ", "first_name": "Ann", "last_name": "Archer"}, "Ann Archer"),
        ],
        ids=str,
    )
    def test_table(self, fields: dict[str, Any], text: str | None) -> None:
        assert StripeName()(ns(**fields)).text == text


@pytest.mark.rule("UF-NAME")
class TestUpflowName:
    """The company name of a customer who is no person; a person's alt name; otherwise the entity ID."""

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    @pytest.mark.parametrize(
        ("fields", "text"),
        [
            pytest.param({"is_person": False, "company_name": " A "}, "A", id="company"),
            pytest.param({"is_person": False, "alt_name": "Alt"}, "C7", id="company, alt name only"),
            pytest.param({"is_person": True, "alt_name": " Alt "}, "Alt", id="person"),
            pytest.param({"is_person": True, "company_name": "Acme"}, "C7", id="person, company only"),
            pytest.param({"company_name": "Acme"}, "Acme", id="unknown kind, company"),
            pytest.param({"alt_name": "Alt"}, "C7", id="unknown kind, alt name"),
        ],
    )
    def test_table(self, blank: Any, fields: dict[str, Any], text: str) -> None:
        given = {"company_name": blank, "alt_name": blank, "entity_id": " C7 "} | fields
        assert UpflowName()(ns(**given)).text == text

    @pytest.mark.parametrize("kind", [{"is_person": True}, {"is_person": False}, {}], ids=str)
    def test_nothing_there(self, kind: dict[str, bool]) -> None:
        assert UpflowName()(ns(**kind)).text is None


CHER = {"is_person": True, "first_name": "Cher", "last_name": NLN}
SHIP = Address(addressee="Cher NoLastName", line1="1 Row", city="Astoria", default_shipping=True)
TO_STRIPE, TO_LIGHTSPEED, TO_UPFLOW = export_flow, customer_export, customer_import


@pytest.mark.rule("SP-NAME")
class TestPlaceholderOut:
    """The last name that was invented for NetSuite reaches no other system, whatever field carries it."""

    @pytest.mark.parametrize(
        ("flow", "customer", "field", "shown", "literal"),
        [
            pytest.param(TO_STRIPE, ns(**CHER), "name", "Cher", "Cher NoLastName", id="Stripe"),
            pytest.param(
                TO_LIGHTSPEED, ns(entity_id="C7", **CHER), "last_name", None, NLN, id="Lightspeed, last name"
            ),
            pytest.param(
                TO_UPFLOW,
                ns(alt_name="Cher NoLastName", **CHER),
                "name",
                "Cher",
                "Cher NoLastName",
                id="Upflow",
            ),
            pytest.param(
                TO_UPFLOW,
                ns(is_person=True, entity_id="12 Cher NoLastName"),
                "name",
                "12 Cher",
                "12 Cher NoLastName",
                id="Upflow, entity id",
            ),
        ],
    )
    def test_name(
        self, flow: Callable[..., Flow], customer: Customer, field: str, shown: str | None, literal: str
    ) -> None:
        assert values(flow(), customer).get(field) == shown
        assert values(flow(placeholder=""), customer)[field] == literal

    @pytest.mark.parametrize(
        ("flow", "placeholder"),
        [(TO_STRIPE, "-"), (TO_LIGHTSPEED, "-"), (TO_UPFLOW, "-")],
        ids=["S", "L", "U"],
    )
    def test_another_one(self, flow: Callable[..., Flow], placeholder: str) -> None:
        cher = ns(is_person=True, first_name="Cher", last_name="-", alt_name="Cher -", entity_id="C7")
        assert "-" not in str(
            [values(flow(placeholder=placeholder), cher).get(name) for name in ("name", "last_name")]
        )

    @pytest.mark.parametrize(
        ("addressee", "shown"),
        [("Cher NoLastName", "Cher"), (NLN, "Cher"), ("", "Cher"), ("Dock 3", "Dock 3")],
    )
    def test_addressee_in_stripe(self, addressee: str, shown: str) -> None:
        home = Address(addressee=addressee, line1="1 Row", city="Astoria", default_shipping=True)
        made = values(EXPORT, ns(email="c@x.example", addresses=(home,), **CHER))
        assert made["shipping_address"].addressee == shown

    def test_addressee_in_lightspeed_s_lines(self) -> None:
        cher = ns(entity_id="C7", addresses=(SHIP,), is_person=True, first_name="Cherilyn", last_name=NLN)
        assert values(customer_export(address_names="joined"), cher)["shipping_address"].line1 == "Cher"
        nobody = ns(
            entity_id="C7",
            company_name="Co",
            addresses=(Address(addressee=NLN, line1="1 Row", default_shipping=True),),
        )
        assert values(customer_export(address_names="joined"), nobody)["shipping_address"].line1 == "1 Row"

    def test_a_group_in_upflow(self) -> None:
        groups: Any = customer_import().prescan
        parent = ns(is_person=True, alt_name="Cher NoLastName")
        child = Customer(ref=Ref("netsuite", "8"), company_name="Shop", parent="7")
        grouped = groups([parent, child])(child).value
        assert "Cher" in str(grouped.custom)
        assert NLN not in str(grouped.custom)

    def test_nothing_but_the_placeholder_is_no_name(self) -> None:
        nobody = ns(is_person=True, last_name=NLN)
        assert LacksName(StripeName())(nobody)
        assert not LacksName(StripeName(""))(nobody)

    def test_both_ways(self) -> None:
        """A person with one name gets a placeholder in NetSuite, is edited, and comes back without it."""
        account, stripe, store = FakeNetSuite(), FakeStripe(), MemoryStore()
        stripe.put({"email": "cher@x.example", "name": "Cher"})
        back = Environment(target=account, source=stripe, store=store)
        out = Environment(target=stripe, source=account, store=store)
        sync(import_flow(unknown_kind="person"), stripe.rows, back)
        (row,) = account.rows
        assert (row["firstName"], row["lastName"]) == ("Cher", NLN)
        account.edit(row["id"], firstName="Cherilyn")
        sync(EXPORT, account.rows, out)
        assert stripe.rows[0]["name"] == "Cherilyn"
        assert sync(import_flow(unknown_kind="person"), stripe.rows, back).summary == "1 unchanged"
        assert account.rows[0]["lastName"] == NLN

    def test_on_the_way_in_it_names_no_company(self) -> None:
        cher = Customer(ref=Ref("stripe", "cus_1"), name="Cher NoLastName", email="c@x.example")
        assert values(IMPORT, cher)["company_name"] == "Cher"


class House:
    """A NetSuite and a Stripe in memory, and the flow from Stripe."""

    def __init__(self, kept: dict[str, Any], name: str) -> None:
        self.netsuite, self.stripe, self.store = FakeNetSuite(), FakeStripe(), MemoryStore()
        self.seen: list[Outcome] = []
        self.stripe.put({"email": "p@g.example", "name": name})
        self.netsuite.put({"isPerson": True, "email": "p@g.example", **kept})

    def bring(self, flow: Flow = IMPORT) -> str:
        self.seen.clear()
        world = Environment(target=self.netsuite, source=self.stripe, store=self.store)
        return sync(flow, self.stripe.rows, world, observe=self.seen.append).summary

    @property
    def parts(self) -> tuple[Any, Any, Any]:
        (row,) = self.netsuite.rows
        return row.get("firstName"), row.get("middleName"), row.get("lastName")

    @property
    def issues(self) -> list[str]:
        return [issue.code for outcome in self.seen for issue in outcome.issues]


PIERRE = {"firstName": "Pierre", "lastName": "De Gaulle"}


@pytest.mark.rule("SP-NAME", "SP-IN-1")
class TestKnownParts:
    """A changed name keeps the part that NetSuite has; what is odd about a split is reported."""

    @pytest.mark.parametrize(
        ("kept", "name", "parts", "issues"),
        [
            pytest.param(PIERRE, "Charles De Gaulle", ("Charles", None, "De Gaulle"), [], id="the last name"),
            pytest.param(
                PIERRE, "Pierre Durand Roy", ("Pierre", None, "Durand Roy"), [], id="the first name"
            ),
            pytest.param(
                PIERRE, "Ann De Vries", ("Ann De", None, "Vries"), ["particle_before_last"], id="neither"
            ),
            pytest.param(
                {**PIERRE, "middleName": "A."},
                "Charles A. De Gaulle",
                ("Charles", "A.", "De Gaulle"),
                [],
                id="with a middle name",
            ),
            pytest.param(
                PIERRE, "De Gaulle", ("Pierre", None, "De Gaulle"), ["name_part_kept"], id="last alone"
            ),
            pytest.param(
                PIERRE, "Pierre", ("Pierre", None, "De Gaulle"), ["name_part_kept"], id="first alone"
            ),
        ],
    )
    def test_when_linked_and_when_edited(
        self, kept: dict[str, str], name: str, parts: tuple[Any, ...], issues: list[str]
    ) -> None:
        for first in (name, "Pierre De Gaulle"):
            house = House(kept, first)
            house.bring()
            if first != name:
                house.stripe.edit(house.stripe.rows[0]["id"], name=name)
                house.bring()
            assert (house.parts, house.issues) == (parts, issues)
            assert house.bring() == "1 unchanged"
            assert house.parts == parts

    def test_issues_of_a_new_customer_s_name_are_reported_once(self) -> None:
        house = House({"email": "other@x.example", **PIERRE}, "Dr. Johan van der Berg")
        house.bring(import_flow(unknown_kind="person"))
        assert house.issues == ["title_in_first", "particle_before_last"]

    def test_a_company_s_name_stays_whole(self) -> None:
        house = House({"isPerson": False, "companyName": "Old"}, "Charles De Gaulle")
        house.bring()
        assert house.netsuite.rows[0]["companyName"] == "Charles De Gaulle"


class TestMappings:
    """What a mapping computes of a name is small, comparable and picklable."""

    def test_values(self) -> None:
        ann = ns(is_person=True, first_name="Ann", last_name="Archer NoLastName")
        assert ShownName(NamingRule(("alt_name",)))(ann, None) is ABSENT
        assert WithoutPlaceholder("last_name")(ann, None) == "Archer"
        assert WithoutPlaceholder("last_name", "")(ann, None) == "Archer NoLastName"
        for blank in BLANKS:
            assert WithoutPlaceholder("last_name")(ns(last_name=blank), None) == blank

    @pytest.mark.parametrize(
        "flow", [EXPORT, IMPORT, customer_export(), customer_import()], ids=lambda f: f.name
    )
    def test_pickle(self, flow: Flow) -> None:
        assert pickle.loads(pickle.dumps(flow.fields)) == flow.fields  # noqa: S301 - made here

    def test_a_part_that_the_naming_has_not(self) -> None:
        assert NamePart("last_name", lambda customer, current: {"is_person": True})(ns(), None) is ABSENT
