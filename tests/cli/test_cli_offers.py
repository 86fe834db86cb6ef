"""The flows of the command line: their names, and their settings said in text."""

from collections.abc import Iterable, Mapping
from enum import Enum
from importlib import import_module
from typing import Any, Literal

import pytest

from custsync.cli import flow_options
from custsync.cli.arguments import parser
from custsync.cli.flow_options import FLOWS, Offer, offer
from custsync.errors import ConfigurationError, UnknownFlowError
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT
from custsync.rules.matching.rule import OnMultiple
from custsync.systems import netsuite
from custsync.systems.system import System


class Wanted(Enum):
    """A choice of an invented flow."""

    ONE = "one"
    TWO = "two"


def invented(  # noqa: PLR0913 - one of every kind
    *,
    connection: str,
    source: System = netsuite.REST,
    fields: tuple[str, ...] = (),
    ids: Iterable[str] = (),
    blocked: frozenset[str] = frozenset(),
    links: Mapping[str, str] | None = None,
    wanted: Wanted = Wanted.ONE,
    kind: Literal["company", "person"] = "company",
    levels: int = 2,
    strict: bool = False,
    limits: Mapping[str, int] | None = None,
    either: int | str = 0,
) -> Flow:
    """Return the flow, and keep what it was built with."""
    BUILT.clear()
    BUILT.update(locals())
    return EXPORT


BUILT: dict[str, Any] = {}


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Offer the invented flow."""
    monkeypatch.setattr(flow_options, "FLOWS", {**FLOWS, "invented.FLOW": (__name__, "invented")})
    return offer("invented.FLOW")


class TestNames:
    """Every documented flow has a name, and one that is not there is not offered."""

    def test_all_are_there_and_are_what_they_are_called(self) -> None:
        for name, (module, _) in FLOWS.items():
            chosen = offer(name)
            texts = dict.fromkeys(chosen.needed, "netsuite")
            made = chosen.flow(texts, netsuite.REST)
            assert made.name == name
            constant = getattr(import_module(module), name.partition(".")[2])
            assert constant.name == name

    def test_one_that_is_not_there_is_not_offered(self) -> None:
        with pytest.raises(
            UnknownFlowError, match=r"no flow is named 'none\.FLOW'; there are stripe\.EXPORT, "
        ):
            offer("none.FLOW")

    def test_the_help_names_them_all(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            parser().parse_args(["plan", "--help"])
        text = " ".join(capsys.readouterr().out.split())
        assert all(name in text for name in FLOWS)


class TestSettings:
    """A setting is a parameter of the flow's builder; text is read as its kind says."""

    @pytest.mark.parametrize(
        ("name", "text", "value"),
        [
            ("connection", "netsuite-us", "netsuite-us"),
            ("connection", "", ""),
            ("fields", "a, b,,c", ("a", "b", "c")),
            ("ids", "1,2", ("1", "2")),
            ("ids", "", ()),
            ("blocked", "a,a", frozenset({"a"})),
            ("links", "USD:1, EUR : 2", {"USD": "1", "EUR": "2"}),
            ("wanted", "two", Wanted.TWO),
            ("kind", "person", "person"),
            ("levels", "3", 3),
            ("strict", "Yes", True),
            ("strict", "false", False),
        ],
    )
    def test_text_is_read_as_its_kind(self, there: Offer, name: str, text: str, value: Any) -> None:
        there.flow({"connection": "us", name: text}, netsuite.SUITEQL)
        assert BUILT[name] == value
        assert type(BUILT[name]) is type(value)
        assert BUILT["source"] is netsuite.SUITEQL

    @pytest.mark.parametrize(
        ("name", "text", "told"),
        [
            ("links", "USD", "name:value pairs with commas between"),
            ("wanted", "three", "one or two"),
            ("kind", "robot", "company or person"),
            ("levels", "-1", "a whole number"),
            ("strict", "maybe", "yes or no"),
        ],
    )
    def test_what_says_no_such_value_is_refused(self, there: Offer, name: str, text: str, told: str) -> None:
        with pytest.raises(ConfigurationError, match=f"^invented.FLOW: {name} is {told}$"):
            there.flow({"connection": "us", name: text}, netsuite.REST)

    @pytest.mark.parametrize("name", ["source", "limits", "either", "other"])
    def test_an_unknown_name_lists_what_there_is(self, there: Offer, name: str) -> None:
        with pytest.raises(
            ConfigurationError, match=f"^invented.FLOW has no setting '{name}'; there are "
        ) as no:
            there.flow({"connection": "us", name: "x"}, netsuite.REST)
        assert str(no.value).partition("there are ")[2] == (
            "connection: a text; fields: texts with commas between; ids: texts with commas between; "
            "blocked: texts with commas between; links: name:value pairs with commas between; "
            "wanted: one or two; kind: company or person; levels: a whole number; strict: yes or no"
        )

    def test_what_is_needed_is_asked_for(self, there: Offer) -> None:
        with pytest.raises(
            ConfigurationError, match=r"^invented.FLOW needs --set connection=\.\.\.; there are "
        ):
            there.flow({}, netsuite.REST)

    def test_of_the_documented_flows(self) -> None:
        made = offer("stripe.EXPORT").flow({"several": "newest"}, netsuite.SOAP)
        assert made.match[1].on_multiple is OnMultiple.NEWEST
        assert made.source is netsuite.SOAP
        assert offer("stripe.IMPORT").surface == ""
