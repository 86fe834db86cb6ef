"""The country of an address: one rule and one parameter in all six flows."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given, strategies as st

from custsync.cli.flow_options import FLOWS, offer
from custsync.engine.decide.core import Evidence, decide
from custsync.engine.decisions import Create, Decision, Invalid, Link
from custsync.errors import ConfigurationError
from custsync.flow import Flow
from custsync.flows import lago, lightspeed, servicetitan, stripe, upflow
from custsync.models import ABSENT, Address, Customer, Maybe, Ref, Severity
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.search import Match
from custsync.rules.normalize import text_key
from custsync.systems import netsuite
from custsync.systems.lago import LAGO
from custsync.systems.servicetitan import SERVICETITAN
from tests.flows.ledger import BRIGHTWATER

pytestmark = pytest.mark.rule("LS-CTRY")

BLANKS = ["", " ", "  ", "\t", "\u00a0", "\u3000\u2003", "\u200b", " \ufeff\u200e "]
UNKNOWN = ["Atlantis", "QQ", "Congo", "Georgia (US)", "N/A", "_atlantis", "Maryland"]


@frozen
class WorkItem:
    """One flow, and the systems on both of its sides."""

    build: Callable[..., Flow]
    source: str
    target: str
    takes_text: bool = False
    form: str = "code"

    def customer(self, country: Maybe[str]) -> Customer:
        """Return a customer of the source whose billing address has this country."""
        billing = Address(default_billing=True, line1="1 Row", city="Lyon", country=country)
        shipping = Address(default_shipping=True, line1="2 Row", city="Lyon", country="FR")
        return evolve(
            BASES.get(self.source, JOINERY), ref=Ref(self.source, "7"), addresses=(billing, shipping)
        )

    def decided(self, country: Maybe[str], **settings: Any) -> Decision:
        return decide(self.build(**settings), self.customer(country), Evidence())

    def created(self, country: Maybe[str], **settings: Any) -> Create:
        made = self.decided(country, **settings)
        assert isinstance(made, Create), made
        return made


def titan(**settings: Any) -> Flow:
    return servicetitan.customer_sync(one_world=False, legacy_field="", **settings)


def upflow_codes(**settings: Any) -> Flow:
    return upflow.customer_import(country_form="code", country_from=("billing_address",), **settings)


def lago_sync(**settings: Any) -> Flow:
    """Return the flow that writes addresses at the link too."""
    always: dict[str, Any] = {"update_addresses": True, "on_link": "bring_up_to_date"}
    return lago.customer_sync("us", subsidiaries=["2"], **always, **settings)


JOINERY = Customer(
    ref=Ref("netsuite", "7"),
    is_person=False,
    name="Joinery",
    company_name="Joinery",
    entity_id="C-7",
    email="ap@joinery.example",
)
INVOICE = {"type": "invoice", "id": "9001", "subsidiary": "1"}
BASES = {
    "lago": LAGO.read({"lago_id": "7", **BRIGHTWATER}, "", ""),
    "servicetitan": SERVICETITAN.read(
        {"id": 7, "name": "Joinery", "type": "Commercial", "transactions": [INVOICE]}, "", ""
    ),
}
CASES: Mapping[str, WorkItem] = {
    "stripe.EXPORT": WorkItem(stripe.export_flow, "netsuite", "stripe", takes_text=True),
    "stripe.IMPORT": WorkItem(stripe.import_flow, "stripe", "netsuite"),
    "lightspeed.CUSTOMER_EXPORT": WorkItem(lightspeed.customer_export, "netsuite", "lightspeed"),
    "servicetitan.CUSTOMER_SYNC": WorkItem(titan, "servicetitan", "netsuite"),
    "lago.CUSTOMER_SYNC": WorkItem(lago_sync, "lago", "netsuite"),
    "upflow.CUSTOMER_IMPORT": WorkItem(upflow_codes, "netsuite", "upflow", takes_text=True),
}
UPDATING = {name: case for name, case in CASES.items() if case.build is not titan}
each = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def address_of(made: Create) -> Address:
    address = made.values["billing_address"]
    assert isinstance(address, Address)
    return address


def weighty(decision: Decision) -> list[tuple[str, str]]:
    """Return severity and field of each issue that is more than a note."""
    return [
        (issue.severity.value, issue.field)
        for issue in decision.issues
        if issue.severity is not Severity.NOTE
    ]


def test_every_flow_is_here() -> None:
    assert CASES.keys() == FLOWS.keys()


class TestBlank:
    """A blank is no country (null), in every flow, and no issue."""

    @each
    @pytest.mark.parametrize("setting", ["drop", "refuse", "keep"])
    def test_blank(self, case: WorkItem, setting: str) -> None:
        for blank in (None, ABSENT, *BLANKS):
            made = case.created(blank, unknown_country=setting)
            assert address_of(made).country in (None, ABSENT), repr(blank)
            assert address_of(made).line1 == "1 Row", repr(blank)
            assert weighty(made) == [], repr(blank)


class TestKnown:
    """A country in another spelling becomes the code that the target takes."""

    @each
    @pytest.mark.parametrize(
        "text", ["GB", "gb", " GB ", "GBR", "826", "United Kingdom", "_unitedKingdom", "UK"]
    )
    def test_known(self, case: WorkItem, text: str) -> None:
        made = case.created(text)
        assert address_of(made).country == "GB"
        assert weighty(made) == []

    @each
    def test_a_code_that_iso_has_not(self, case: WorkItem) -> None:
        made = case.decided("Kosovo")
        assert isinstance(made, Create)
        if case.target == "lightspeed":
            assert "billing_address" not in made.values
            assert weighty(made) == [("warning", "billing_address.country")]
            return
        assert address_of(made).country == "XK"
        noted = [issue for issue in made.issues if issue.code == "country_outside_iso"]
        assert [issue.severity.value for issue in noted] == ["note"] * case.takes_text


class TestDrop:
    """The default: that address is left out of the write, a warning names it, the rest syncs."""

    @each
    @pytest.mark.parametrize("text", UNKNOWN)
    @pytest.mark.parametrize("settings", [{}, {"unknown_country": "drop"}], ids=["default", "said"])
    def test_a_new_customer(self, case: WorkItem, text: str, settings: Any) -> None:
        made = case.created(text, **settings)
        assert "billing_address" not in made.values
        assert made.values.keys() & {"company_name", "name"}
        if case.source != "servicetitan" and case.target != "upflow":
            assert made.values["shipping_address"].line1 == "2 Row"
        assert weighty(made) == [("warning", "billing_address.country")]
        assert "billing address" in made.issues[0].reason

    @pytest.mark.parametrize("case", UPDATING.values(), ids=UPDATING)
    @pytest.mark.parametrize(
        "there", [None, Address(default_billing=True, city="Nice", country="FR")], ids=str
    )
    def test_one_that_is_there_stays_as_it_is(self, case: WorkItem, there: Address | None) -> None:
        current = evolve(
            case.customer("FR"), ref=Ref(case.target, "9"), addresses=(there,) if there else (), phone="1"
        )
        found = Evidence(match=Match(verdict=Verdict.ONE, customers=(current,)))
        customer = evolve(case.customer("Atlantis"), company_name="Joiners", name="Joiners")
        made = decide(case.build(), customer, found)
        assert isinstance(made, Link)
        assert "billing_address" not in {change.field for change in made.changes}
        assert "billing_address" not in made.in_step
        assert ("warning", "billing_address.country") in weighty(made)


class TestRefuse:
    """The customer is invalid, and the error names the address and the field."""

    @each
    @pytest.mark.parametrize("text", UNKNOWN)
    def test_refused(self, case: WorkItem, text: str) -> None:
        made = case.decided(text, unknown_country="refuse")
        assert isinstance(made, Invalid)
        assert weighty(made) == [("error", "billing_address.country")]
        assert "billing address" in made.issues[0].reason


class TestKeep:
    """The text is written as it is where the target takes free text, else the address is left out."""

    @each
    @pytest.mark.parametrize("text", UNKNOWN)
    def test_kept(self, case: WorkItem, text: str) -> None:
        made = case.created(text, unknown_country="keep")
        if case.takes_text:
            assert address_of(made).country == text
            assert weighty(made) == []
            assert made.issues[0].field == "billing_address.country"
        else:
            assert "billing_address" not in made.values
            assert weighty(made) == [("warning", "billing_address.country")]


class TestSetting:
    """Every flow takes the parameter, refuses another word, and so does the command line."""

    @each
    @pytest.mark.parametrize("word", ["guess", "", None, "Drop", ["drop"]], ids=repr)
    def test_another_word(self, case: WorkItem, word: Any) -> None:
        with pytest.raises(ConfigurationError, match="unknown_country is drop, refuse or keep"):
            case.build(unknown_country=word)

    @pytest.mark.parametrize("name", list(FLOWS))
    @pytest.mark.parametrize("word", ["drop", "refuse", "keep"])
    def test_on_the_command_line(self, name: str, word: str) -> None:
        needed = {"connection": "us"} if name == "lago.CUSTOMER_SYNC" else {}
        flow = offer(name).flow({"unknown_country": word, **needed}, netsuite.REST)
        value = flow.field_for["billing_address"].compute
        assert getattr(value, "unknown_country", None) == word


@given(text=st.text(max_size=30), setting=st.sampled_from(["drop", "refuse", "keep"]))
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_text_is_lost_in_silence(case: WorkItem, text: str, setting: str) -> None:
    """Whatever the text: the address is written, or an issue says why it is not."""
    made = case.decided(text, unknown_country=setting)
    if isinstance(made, Create) and "billing_address" in made.values:
        assert (address_of(made).country is None) == (not text_key(text))
    else:
        assert ("error" if setting == "refuse" else "warning", "billing_address.country") in weighty(made)
