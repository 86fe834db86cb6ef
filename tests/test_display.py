"""Display: what is shown is escaped, complete, and without personal values unless they are asked for."""

from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync import display
from custsync.display import funnel, html_of, show, show_values
from custsync.display.parts import visible
from custsync.display.plans import _KINDS, _RESULTS
from custsync.display.registry import DISPLAYS
from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Merge,
    Recover,
    RecoverBy,
    Review,
    Skip,
    TransactionDecision,
    Unchanged,
    Update,
)
from custsync.engine.explain import explanation
from custsync.engine.outcomes import Outcome, Report, Result
from custsync.engine.plans import Plan
from custsync.errors import InputError
from custsync.flows.stripe import EXPORT
from custsync.models import Address, Contact, Customer, Issue, Ref, Severity
from custsync.rules.countries import resolve_country, resolve_state
from custsync.rules.eligibility import Check
from custsync.rules.fields.mapping import Change
from custsync.rules.hierarchy import flatten
from custsync.rules.identity import Evidence, Link as Same, golden_view, identities
from custsync.rules.matching import Contradiction, MatchStrategy, Rule, find_duplicates, match_customers
from custsync.rules.matching.steps import step
from custsync.rules.merging import Prefer, Survivorship, ValueRule, merge_customers
from custsync.rules.names import SplitName, split_name
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
    posted = TransactionDecision(id=text, type=text, subsidiary=text)
    failed = TransactionDecision(id=text, type=text, subsidiary=text, issue=issue(text))
    return (
        Create(**read, values={text: SECRET}, transactions=(posted, failed)),
        Update(**both, record=record),
        Link(**both, write_back=True),
        Merge(**read, record=record, target=target),
        Recover(**read, by=RecoverBy.ADOPT, target=target),
        Review(**told, candidates=(target,)),
        Invalid(**told),
        Skip(**told),
        Unchanged(**told),
    )


def plan_of(*made: Decision) -> Plan:
    return Plan(flow="stripe.EXPORT", version="1", decisions=made)


ATTRIBUTES = {"class", "open", "style", "title", "type", "checked", "role", "viewbox"}
ATTRIBUTES |= {"width", "height", "x", "y", "rx", "d"}
"""What an element may have: nothing that acts, and nothing that loads."""


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
        self.open += [tag] if tag != "input" else []  # it has no end

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1] != "style":
            self.text += data


def plan_html(made: Plan, *, values: bool = False) -> str:
    return html_of(made, values=values)


ERP = Customer(
    ref=Ref("netsuite", "7"),
    name=SECRET,
    email="ap@joinery.example",
    is_person=True,
    addresses=(Address(line1=SECRET, country="GB"),),
    contacts=(Contact(name=SECRET),),
)
OTHER = Customer(ref=Ref("netsuite", "9"), name=SECRET, email="office@joinery.example", phone="555-0100")
LONGEST = Survivorship((ValueRule(fields=("email",), prefer=(Prefer.LONGEST,)),))
(ONE,) = identities([ERP, OTHER], [Same(one=ERP.ref, other=OTHER.ref, by="SP-OUT-1")])
REFUSED = Outcome(
    source=SOURCE, decided="review", result=Result.REVIEW, issues=(issue(),), candidates=(TARGET,)
)
BY_EMAIL = MatchStrategy(rules=[Rule("EMAIL", "email")])
LEFT = [{"id": "1", "email": "a@b.example"}, {"id": "2", "email": "c@d.example"}, {"id": "3"}]
RIGHT = [
    {"id": "x", "email": "A@b.example"},
    {"id": "y", "email": "c@d.example"},
    {"id": "z", "email": "c@d.example"},
]
MATCHED = match_customers(LEFT, RIGHT, BY_EMAIL)
DOUBLED = find_duplicates(RIGHT, BY_EMAIL)
SHOWN: tuple[Any, ...] = (
    plan_of(*decisions()),
    *decisions(),
    explanation(decisions()[0]),
    Report.of([REFUSED]),
    REFUSED,
    ERP,
    Address(line1=SECRET),
    Contact(name=SECRET),
    issue(),
    EXPORT,
    flatten({"top": None, "child": "top"}),
    split_name(SECRET),
    resolve_country("France"),
    resolve_country("Korea"),
    resolve_state("CA", country="US"),
    merge_customers(ERP, [OTHER], LONGEST),
    ONE,
    golden_view(ONE, {ERP.ref: ERP, OTHER.ref: OTHER}, LONGEST),
    MATCHED,
    MATCHED.explain("1"),
    DOUBLED,
)


class TestLastExpression:
    """The last expression of a cell shows, without a call; personal values only after `show_values`."""

    @pytest.mark.parametrize("value", SHOWN, ids=lambda value: type(value).__name__)
    def test_shows_and_masks(self, value: Any) -> None:
        html = value._repr_html_()
        assert Page(html).open == []
        assert SECRET not in html
        assert html == html_of(value, values=False) == html_of(value)

    def test_every_class_that_has_a_display(self) -> None:
        assert {type(value) for value in SHOWN} == DISPLAYS.keys()

    @pytest.mark.parametrize("value", [ERP, merge_customers(ERP, [OTHER]), split_name("Rosalind")], ids=repr)
    def test_a_switch_shows_the_values(self, value: Any) -> None:
        show_values()
        try:
            assert "Rosalind" in value._repr_html_()
        finally:
            show_values(on=False)
        assert "Rosalind" not in value._repr_html_()

    def test_an_explanation_with_values_keeps_them(self) -> None:
        assert SECRET in explanation(decisions()[0], values=True)._repr_html_()

    def test_a_customer_is_revealed_in_text_too(self) -> None:
        assert SECRET in repr(show(ERP, values=True))
        assert SECRET not in repr(show(ERP))

    def test_the_package_has_no_other_name(self) -> None:
        with pytest.raises(AttributeError, match="no attribute 'pages'"):
            display.pages  # type: ignore[attr-defined]  # noqa: B018

    def test_what_has_no_display_is_refused(self) -> None:
        with pytest.raises(InputError, match="no display for a value of type int"):
            show(7)


class TestEscaping:
    """Whatever stands in the data is shown, and nothing of it is obeyed."""

    @pytest.mark.parametrize("text", HOSTILE, ids=ascii)
    def test_hostile_texts_add_no_element(self, text: str) -> None:
        tame, hostile = decisions("email"), decisions(text)
        self.check(plan_html(plan_of(*tame), values=True), plan_html(plan_of(*hostile), values=True), text)
        for mild, wild in zip(tame, hostile, strict=True):
            self.check(html_of(mild, values=True), html_of(wild, values=True), text)

    @pytest.mark.parametrize("text", HOSTILE, ids=ascii)
    def test_nor_do_they_in_single_values(self, text: str) -> None:
        for mild, wild in zip(self.single("email"), self.single(text), strict=True):
            self.check(html_of(mild, values=True), html_of(wild, values=True), text)

    def single(self, text: str) -> tuple[Any, ...]:
        customer = Customer(ref=Ref("netsuite", text), name=text, contacts=(Contact(name=text),))
        here, there = Ref("netsuite", text), Ref("stripe", text)
        said = (issue(text),)
        (one,) = identities([customer], [Same(one=here, other=there, by=text)])
        outcome = Outcome(
            source=here, decided=text, result=Result.REVIEW, target=there, issues=said, candidates=(there,)
        )
        return (
            customer,
            Contact(name=text),
            issue(text),
            outcome,
            Report.of([outcome]),
            flatten({text: None, f"{text}2": text}),
            SplitName(first=text, last=text, how="last_space", issues=said),
            one,
            golden_view(one, {here: customer}, Survivorship((ValueRule(fields=("name",)),))),
            merge_customers(customer, [Customer(ref=Ref("netsuite", f"{text}2"), name=f"{text}3")]),
        )

    def check(self, tame: str, hostile: str, text: str) -> None:
        mild, wild = Page(tame), Page(hostile)
        assert wild.tags == mild.tags
        assert wild.names == mild.names <= ATTRIBUTES
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
        assert Page(html_of(Invalid(source=Ref("s", text)))).tags.count("b") == 2

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
        assert page.tags.count("details") == 8
        assert "1 to create, 1 to update, 1 to link, 1 to merge, 1 to recover, 1 for review" in page.text
        for word in ("create", "update", "link", "merge", "recover", "for review", "refused", "left out"):
            assert word in page.text

    def test_what_is_unchanged_is_listed_where_there_is_nothing_else(self) -> None:
        page = Page(plan_html(plan_of(Unchanged(source=SOURCE))))
        assert page.tags.count("details") == 1
        assert "netsuite:2042" in page.text

    def test_a_box_for_each_kind_hides_its_lines(self) -> None:
        html = plan_html(plan_of(*decisions()))
        assert Page(html).tags.count("input") == 8
        for kind in ("create", "update", "link", "merge", "recover", "review", "refused", "out"):
            assert f"<label class={kind}><input type=checkbox checked>" in html
            assert f".custsync:has(.filter .{kind} input:not(:checked)) details.{kind}" in html

    def test_one_kind_needs_no_boxes(self) -> None:
        assert "input" not in Page(plan_html(plan_of(Skip(source=SOURCE), Skip(source=SOURCE)))).tags

    @pytest.mark.parametrize(("many", "pages"), [(200, []), (203, ["201 to 203 of 203"])])
    def test_pages_of_two_hundred(self, many: int, pages: list[str]) -> None:
        page = Page(plan_html(plan_of(*(Skip(source=Ref("stripe", f"cus_{n}")) for n in range(many)))))
        assert page.tags.count("details") == many + len(pages)
        for name in pages:
            assert name in page.text
        assert " more: " not in page.text

    def test_what_the_last_page_leaves_is_named(self) -> None:
        same = tuple(Unchanged(source=Ref("stripe", f"cus_{n}")) for n in range(5))
        skipped = tuple(Skip(source=Ref("stripe", f"cus_{n}")) for n in range(5, 2_008))
        made = plan_of(*same, *skipped)
        assert "3 more: plan[2005:]" in Page(plan_html(made)).text
        assert made[2005:].decisions == skipped[2000:]

    def test_an_empty_plan_says_so(self) -> None:
        assert "nothing to do" in plan_html(plan_of())

    @pytest.mark.parametrize("values", [False, True])
    def test_personal_values_are_shown_only_when_asked_for(self, *, values: bool) -> None:
        made = plan_of(*decisions())
        shown = [plan_html(made, values=values), html_of(made.decisions[1], values=values)]
        shown += [show(made, values=values)._repr_html_(), repr(show(made.decisions[1], values=values))]
        assert [SECRET in text for text in shown] == [values] * 4

    def test_a_notebook_gets_html_and_a_terminal_text(self) -> None:
        made = plan_of(*decisions())
        assert show(made)._repr_html_() == plan_html(made)
        assert repr(show(made)) == str(made)
        one = made.decisions[0]
        assert show(one)._repr_html_() == html_of(one)
        assert "<details class=create open>" in html_of(one)
        assert SECRET not in repr(show(plan_of(*decisions()))) + str(show(one))


class TestFunnels:
    """What each question found, drawn to scale."""

    def test_bars(self) -> None:
        asked = [step("SP-OUT-2", "Is there one?", answer) for answer in ["found"] * 60 + ["2 found"]]
        made = [Skip(source=Ref("netsuite", str(n)), trace=(entry,)) for n, entry in enumerate(asked)]
        assert str(funnel(made)).splitlines() == [
            "Is there one? [SP-OUT-2]",
            f"  {'#' * 30} 60 found",
            "  # 1 2 found",
        ]
        shown = Page(funnel(made)._repr_html_()).text
        assert shown == "match funnel Is there one? SP-OUT-2customersanswer60found12 found"

    def test_nothing_asked_is_nothing_drawn(self) -> None:
        assert str(funnel(plan_of())) == ""
        assert "no question was asked" in funnel(plan_of())._repr_html_()

    @pytest.mark.parametrize("text", HOSTILE, ids=ascii)
    def test_hostile_texts_steer_no_terminal(self, text: str) -> None:
        assert visible(str(funnel(decisions(text)))) == str(funnel(decisions(text)))


class TestColours:
    """Every kind of decision has its colour."""

    @pytest.mark.parametrize("kind", get_args(Decision), ids=lambda kind: kind.__name__)
    def test_one_for_each(self, kind: type) -> None:
        assert f".custsync .{_KINDS[kind]}{{--kind:" in plan_html(Plan(flow="f", version="1", decisions=()))

    def test_every_result_has_the_colour_of_a_kind(self) -> None:
        assert _RESULTS.keys() == set(Result)
        assert set(_RESULTS.values()) == set(_KINDS.values())


class TestReports:
    """A report shows its counts, and every outcome that needs attention."""

    def test_counts_and_outcomes(self) -> None:
        done = Outcome(source=SOURCE, decided="create", result=Result.CREATED, target=TARGET)
        failed = Outcome(source=SOURCE, decided="create", result=Result.FAILED, issues=(issue(),))
        page = Page(html_of(Report.of([done, REFUSED, failed])))
        assert "1 created, 1 for review, 1 failed" in page.text
        assert page.tags.count("details") == 2
        assert "Candidates: stripe:cus_1" in page.text

    def test_those_that_are_not_listed_are_counted(self) -> None:
        assert "7 more need attention" in html_of(
            Report(counts={Result.REVIEW: 8}, attention=(REFUSED,), unlisted=7)
        )

    def test_an_outcome_with_nothing_to_report(self) -> None:
        assert "done" in Page(html_of(Outcome(source=SOURCE, decided="create", result=Result.CREATED))).text


class TestMatches:
    """Matches, what is for review, who was not found; each line opens to the fields for and against it."""

    def test_counts_and_lines(self) -> None:
        page = Page(html_of(MATCHED))
        assert "1 linked, 1 for review, 1 not found" in page.text
        assert (page.tags.count("details"), page.tags.count("input")) == (2, 2)
        for word in ("1 = x", "2 ? y, z", "EMAIL", "its key is the same"):
            assert word in page.text

    def test_one_record(self) -> None:
        assert "email same" in Page(html_of(MATCHED.explain("1"))).text
        assert "none" in Page(html_of(MATCHED.explain("3"))).text

    def test_duplicates(self) -> None:
        text = Page(html_of(DOUBLED)).text
        assert "1 linked" in text
        assert "y = z" in text

    def test_a_cluster_has_its_picture(self) -> None:
        page = Page(html_of(DOUBLED))
        assert page.tags.count("path") == 1
        assert "EMAIL: its key is the same" in page.text
        (cluster,) = DOUBLED.clusters
        contradicted = evolve(cluster, against=(Contradiction("y", "z", ("phone", "name")),))
        by_id = evolve(DOUBLED, clusters=(contradicted,), rules=(Rule("EMAIL", "email", authoritative=True),))
        html = html_of(by_id)
        assert [html.count(f"<path class={kind} ") for kind in ("sure", "evidence", "against")] == [1, 0, 1]
        assert "phone, name" in Page(html).text

    def test_what_each_rule_did(self) -> None:
        text = Page(html_of(MATCHED)).text
        assert "expected by chanceEMAIL email112" in text

    def test_keys_only_where_values_are_asked_for(self) -> None:
        assert "c@d.example" not in html_of(MATCHED, values=False) + html_of(DOUBLED, values=False)
        assert "c@d.example" in html_of(MATCHED, values=True)
        assert "c@d.example" in html_of(DOUBLED, values=True)

    def test_nothing_found(self) -> None:
        assert "clusters none" in Page(html_of(find_duplicates([], BY_EMAIL))).text

    def test_long_lists_are_paged_and_the_rest_named(self) -> None:
        many = [{"id": f"a{n}", "email": f"{n}@b.example"} for n in range(2_003)]
        page = Page(html_of(match_customers(many, many, BY_EMAIL)))
        assert "1,801 to 2,000 of 2,003" in page.text
        assert "3 more: result.matches" in page.text


class TestIdentities:
    """A column for each system, a line for each link, and what contradicts."""

    def test_links_and_contradictions(self) -> None:
        refs = [Ref("netsuite", "7"), Ref("netsuite", "9"), Ref("stripe", "<b>"), Ref("upflow", "u" * 40)]
        seven, nine, shop, far = (Customer(ref=ref, email=f"{n}@b.example") for n, ref in enumerate(refs))
        links = [
            Same(one=seven.ref, other=shop.ref, by="sync record"),
            Same(one=nine.ref, other=shop.ref, by="SP-OUT-2", evidence=Evidence.SUPPORTING),
            Same(one=seven.ref, other=far.ref, by="stamp"),
        ]
        (one,) = identities([seven, nine, shop, far], links)
        html = html_of(one)
        kinds = [html.count(f"<path class={kind} ") for kind in ("sure", "evidence", "against")]
        assert kinds == [2, 1, 1]
        assert html.count("<g class=against>") == 4
        assert "<b>" not in html.replace("<b>identity</b>", "")
        assert f"{'u' * 21}…" in Page(html).text
        assert "two in one system" in Page(html).text
        assert "@b.example" not in html


class TestHierarchies:
    """A hierarchy is a tree that says who was moved, and what is wrong."""

    def test_moved_and_wrong(self) -> None:
        forest = flatten({"top": None, "child": "top", "deep": "child", "own": "own", "lost": "nobody"})
        lines = html_of(forest).split("<p class=tree")[1:]
        assert ["--level:1" in line for line in lines] == [False, True, True, False, False]
        assert "moved up from child" in lines[2]
        assert "class=error" in lines[3]
        assert "class=warning" in lines[4]
        assert "5 customers, 1 moved, 2 with an issue" in html_of(forest)

    def test_a_parent_that_was_not_read_is_no_line(self) -> None:
        html = html_of(flatten({"lost": "nobody"}, missing="keep"))
        assert html.count("<p class=tree") == 1

    def test_a_chain_of_any_depth(self) -> None:
        chain = {n: n - 1 if n else None for n in range(2_000)}
        assert "--level:1999" in html_of(flatten(chain, levels=5_000))


class TestFlows:
    """A flow reads like its page: who takes part, how the counterpart is found, what is written."""

    def test_its_tables(self) -> None:
        text = Page(html_of(EXPORT)).text
        for word in ("leaves out", "does not create", "finds the counterpart", "writes", "SP-OUT-2"):
            assert word in text
        assert "when created" not in text

    def test_fields_of_creates_alone_and_refusing_checks(self) -> None:
        named = Check(fails=lambda _: True, issue=issue("who"), outcome="invalid")
        (row, *_) = EXPORT.fields
        once = type(row)(
            target=row.target, sources=row.sources, rule=row.rule, compute=row.compute, create_only=True
        )
        text = Page(html_of(EXPORT.with_field(once).replace(checks=(named,)))).text
        assert "when created" in text
        assert "refuses" in text


class TestSmallValues:
    """A value that is blank, and one that is chosen among several."""

    def test_an_address_that_is_written(self) -> None:
        made = Create(source=SOURCE, customer=CUSTOMER, values={"billing_address": Address(line1=SECRET)})
        assert f"line1='{SECRET}'" in Page(html_of(made, values=True)).text
        assert SECRET not in html_of(made)

    def test_what_there_is_to_say_about_a_customer(self) -> None:
        assert "error email: email. email." in Page(html_of(Customer(ref=SOURCE, issues=(issue(),)))).text

    def test_blank(self) -> None:
        assert "nothing" in Page(html_of(Customer(ref=SOURCE, phone=None), values=True)).text

    def test_an_issue_shows_its_shape(self) -> None:
        shaped = Issue(
            code="c", rule="", field="f", reason="r", remedy="m.", severity=Severity.NOTE, shape="text, 9"
        )
        assert "note f: r (text, 9). m. " in Page(html_of(shaped)).text

    def test_a_tie_is_named(self) -> None:
        kept = golden_view(
            ONE, {ERP.ref: ERP, OTHER.ref: OTHER}, Survivorship((ValueRule(fields=("email",)),))
        )
        assert "(tied)" in html_of(kept)
