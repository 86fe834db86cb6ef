"""Display: what is shown is escaped, complete, and without personal values unless they are asked for."""

from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custsync.display.pages import _KINDS, decision_html, funnel, plan_html, show, visible
from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Recover,
    RecoverBy,
    Review,
    Skip,
    Unchanged,
    Update,
)
from custsync.engine.plans import Plan
from custsync.models import Customer, Issue, Ref
from custsync.rules.fields.mapping import Change
from custsync.rules.matching.steps import step
from custsync.syncrecords import Status, SyncRecord

HOSTILE = (
    "<script>alert(1)</script>",
    "</pre></details></section><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "<!--",
    "]]>",
    "&lt;b&gt;&#60;b&#62;",
    "</style><style>*{display:none}",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egnp.exe",
    "a\u2028b\u2066c\ufeff",
    "\x00\x9b31m",
)
SECRET = "Rosalind Okafor"
SOURCE, TARGET = Ref("netsuite", "2042"), Ref("stripe", "cus_1")
CUSTOMER = Customer(ref=SOURCE, name=SECRET)


def issue(text: str = "email") -> Issue:
    return Issue(code=text, rule="SP-OUT-2", field=text, reason=text, remedy=text)


def decisions(text: str = "email") -> tuple[Decision, ...]:
    """Return one decision of every kind, the text in every place that data can reach."""
    source, target = Ref("netsuite", text), Ref("stripe", text)
    change = Change(field=text, rule="SP-NAME", before=SECRET, after=text)
    told: dict[str, Any] = {
        "source": source,
        "issues": (issue(text),),
        "trace": (step("SP-OUT-2", text, text),),
    }
    read: dict[str, Any] = {**told, "customer": CUSTOMER}
    both: dict[str, Any] = {**read, "target": target, "current": CUSTOMER, "changes": (change,)}
    record = SyncRecord(link=text, source=source, status=Status.LINKED, flow=text)
    return (
        Create(**read, values={text: SECRET}),
        Update(**both, record=record),
        Link(**both, write_back=True),
        Recover(**read, by=RecoverBy.ADOPT, target=target),
        Review(**told, candidates=(target,)),
        Invalid(**told),
        Skip(**told),
        Unchanged(**told),
    )


def plan_of(*made: Decision) -> Plan:
    return Plan(flow="stripe.EXPORT", version="1", decisions=made)


class Page(HTMLParser):
    """The elements, attributes and texts of a fragment."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names.update(name for name, _ in attrs)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1] != "style":
            self.text += data


class TestEscaping:
    """Whatever stands in the data is shown, and nothing of it is obeyed."""

    @pytest.mark.parametrize("text", HOSTILE, ids=ascii)
    def test_hostile_texts_add_no_element(self, text: str) -> None:
        tame, hostile = decisions("email"), decisions(text)
        self.check(plan_html(plan_of(*tame), values=True), plan_html(plan_of(*hostile), values=True), text)
        for mild, wild in zip(tame, hostile, strict=True):
            self.check(decision_html(mild, values=True), decision_html(wild, values=True), text)

    def check(self, tame: str, hostile: str, text: str) -> None:
        mild, wild = Page(tame), Page(hostile)
        assert wild.tags == mild.tags
        assert wild.names == mild.names <= {"class", "open", "style", "title"}
        assert wild.open == []
        assert visible(text).strip() in wild.text

    @pytest.mark.parametrize("text", HOSTILE, ids=ascii)
    def test_the_flows_name_is_escaped_too(self, text: str) -> None:
        assert (
            Page(plan_html(Plan(flow=text, version="1", decisions=()))).tags
            == Page(plan_html(plan_of())).tags
        )

    @given(st.text())
    def test_no_text_adds_an_element(self, text: str) -> None:
        assert Page(decision_html(Invalid(source=Ref("s", text)))).tags.count("b") == 1

    @given(st.text())
    def test_visible_text_steers_nothing_and_shows_the_rest(self, text: str) -> None:
        shown = visible(text)
        assert visible(shown) == shown
        assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in shown.replace("\n", ""))
        assert not set(shown) & set(
            "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff"
        )
        if text.isascii() and text.isprintable():
            assert shown == text

    def test_no_script_and_nothing_loaded(self) -> None:
        html = plan_html(plan_of(*decisions()))
        assert not any(word in html for word in ("<script", "http", "url(", "@import", "src="))


class TestPlans:
    """A plan is counted whole, and listed but for what is unchanged."""

    def test_each_decision_but_unchanged_has_its_line(self) -> None:
        page = Page(plan_html(plan_of(*decisions())))
        assert page.tags.count("details") == 7
        assert "1 to create, 1 to update, 1 to link, 1 to recover, 1 for review" in page.text
        for word in ("create", "update", "link", "recover", "for review", "refused", "left out"):
            assert word in page.text

    def test_long_plans_are_cut_and_the_rest_counted(self) -> None:
        page = Page(plan_html(plan_of(*(Skip(source=Ref("stripe", f"cus_{n}")) for n in range(203)))))
        assert page.tags.count("details") == 200
        assert "… and 3 more" in page.text

    def test_an_empty_plan_says_so(self) -> None:
        assert "nothing to do" in plan_html(plan_of())

    @pytest.mark.parametrize("values", [False, True])
    def test_personal_values_are_shown_only_when_asked_for(self, *, values: bool) -> None:
        made = plan_of(*decisions())
        shown = [plan_html(made, values=values), decision_html(made.decisions[1], values=values)]
        shown += [show(made, values=values)._repr_html_(), repr(show(made.decisions[1], values=values))]
        assert [SECRET in text for text in shown] == [values] * 4

    def test_a_notebook_gets_html_and_a_terminal_text(self) -> None:
        made = plan_of(*decisions())
        assert show(made)._repr_html_() == plan_html(made)
        assert repr(show(made)) == str(made)
        one = made.decisions[0]
        assert show(one)._repr_html_() == decision_html(one)
        assert "<details class=create open>" in decision_html(one)
        assert SECRET not in repr(show(plan_of(*decisions()))) + str(show(one))


class TestFunnels:
    """What each question found, drawn to scale."""

    def test_bars(self) -> None:
        asked = [step("SP-OUT-2", "Is there one?", answer) for answer in ["found"] * 60 + ["2 found"]]
        made = [Skip(source=Ref("netsuite", str(n)), trace=(entry,)) for n, entry in enumerate(asked)]
        assert funnel(made).splitlines() == [
            "Is there one? [SP-OUT-2]",
            f"  {'#' * 30} 60 found",
            "  # 1 2 found",
        ]

    def test_nothing_asked_is_nothing_drawn(self) -> None:
        assert funnel(plan_of()) == ""

    @pytest.mark.parametrize("text", HOSTILE, ids=ascii)
    def test_hostile_texts_steer_no_terminal(self, text: str) -> None:
        assert visible(funnel(decisions(text))) == funnel(decisions(text))


class TestColours:
    """Every kind of decision has its colour."""

    @pytest.mark.parametrize("kind", get_args(Decision), ids=lambda kind: kind.__name__)
    def test_one_for_each(self, kind: type) -> None:
        assert f".custsync .{_KINDS[kind]}{{--kind:" in plan_html(Plan(flow="f", version="1", decisions=()))
