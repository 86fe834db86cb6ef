"""Comparing a customer with its counterpart: what each side says, and what was last seen of it."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given, strategies as st

from custsync.engine.decide.diff import compare
from custsync.errors import FlowError
from custsync.flow import Conflict, Flow
from custsync.models import ABSENT, Address, Customer, Issue, Ref, Severity
from custsync.rules.eligibility import RuleRaisedError
from custsync.rules.fields.limits import Limit
from custsync.rules.fields.mapping import MappedValue, value_of
from custsync.rules.fields.values import digest
from custsync.syncrecords import LastSeen, Status, SyncRecord
from tests.environments import BOOKS, FLOW, LINK, NOW, billing, books, row, shop

NEVER = object()
"""No memory of the pair."""
NOW_SAYS = {"absent": ABSENT, "null": None, "empty": "", "A": "A", "B": "B"}
LAST_SEEN = {"never": NEVER, "absent": ABSENT, "null": None, "empty": "", "A": "A"}
NOW_SHOWS = {"absent": ABSENT, "null": None, "empty": "", "A": "A", "B": "B", "C": "C"}
POLICIES = [Conflict.SOURCE, Conflict.TARGET, Conflict.REVIEW]
MINE = Issue(code="mine", rule="R", field="phone", reason="so", remedy="-", severity=Severity.WARNING)


def remembered(said: Any, shown: Any, name: str = "phone") -> SyncRecord | None:
    if said is NEVER:
        return None
    return SyncRecord(
        link=LINK,
        source=Ref("shop", "1"),
        target=Ref("books", "b1"),
        status=Status.LINKED,
        flow="f",
        memory={
            Ref("shop", "1").namespace: LastSeen(fields={name: digest(said)}),
            Ref("books", "b1").namespace: LastSeen(fields={name: digest(shown)}),
        },
    )


@frozen
class Fate:
    """What is to become of one field."""

    written: bool
    after: Any = None
    conflict: bool = False
    undecided: bool = False


LEAVE = Fate(written=False)


@frozen
class WorkItem:
    """One cell of the table."""

    says: str
    seen: str
    shows: str
    clears: bool
    policy: Conflict

    @property
    def fate(self) -> Fate:
        """Return what the rule says in words, case by case."""
        says, seen, shows = (
            table[name]
            for table, name in ((NOW_SAYS, self.says), (LAST_SEEN, self.seen), (NOW_SHOWS, self.shows))
        )
        if (says or None) == (shows or None):
            return LEAVE  # both sides agree
        if seen is NEVER:
            return Fate(written=True, after=says) if says else LEAVE  # blanks say nothing on a first link
        if (says or None) == (seen or None):
            return LEAVE  # the source has not spoken: an echo, or the target's own edit
        if self.is_left_out or (not says and not self.clears):
            return LEAVE  # missing never clears
        if (shows or None) == (seen or None) or self.policy is Conflict.SOURCE:
            return Fate(written=True, after=says or None, conflict=(shows or None) != (seen or None))
        return Fate(written=False, conflict=True, undecided=self.policy is Conflict.REVIEW)

    @property
    def is_left_out(self) -> bool:
        """Return whether the source says nothing of a field that it once had."""
        return self.says == "absent" and self.seen == "A"


def phone_flow(case: WorkItem) -> Flow:
    return FLOW.replace(
        fields=(row("phone", clear_on_blank=case.clears),), source_id_field="", conflict=case.policy
    )


@pytest.mark.rule("SP-BI", "G-LOSS")
class TestThreeWays:
    """A one-sided change is carried over, a two-sided one goes by the policy, and missing never clears."""

    @pytest.mark.parametrize("policy", POLICIES)
    @pytest.mark.parametrize("clears", [True, False], ids=["clears", "never clears"])
    def test_table(self, clears: bool, policy: Conflict) -> None:  # noqa: FBT001 - a table
        for says, seen, shows in product(NOW_SAYS, LAST_SEEN, NOW_SHOWS):
            self.check(WorkItem(says, seen, shows, clears, policy))

    def check(self, case: WorkItem) -> None:
        says, seen, shows = NOW_SAYS[case.says], LAST_SEEN[case.seen], NOW_SHOWS[case.shows]
        made = compare(phone_flow(case), shop(phone=says), books(phone=shows), remembered(seen, seen))
        fate = case.fate
        assert [(change.before, change.after) for change in made.changes] == (
            [(shows, fate.after)] if fate.written else []
        )
        assert [issue.code for issue in made.issues] == ["conflict"] * fate.conflict
        assert len(made.trace) == fate.conflict
        assert made.undecided is fate.undecided
        agree = fate.written or ((says or None) == (shows or None) and not case.is_left_out)
        assert made.in_step() == (("phone",) if agree else ())

    def test_a_target_that_keeps_its_own_form_is_no_edit(self) -> None:
        """The target trims: what it shows is not what was sent, but it is what was last seen there."""
        made = compare(FLOW, shop(phone="1 "), books(phone="1"), remembered("1 ", "1"))
        assert "phone" not in [change.field for change in made.changes]

    @pytest.mark.parametrize("policy", POLICIES)
    def test_a_conflict_names_the_field_and_the_winner_and_no_value(self, policy: Conflict) -> None:
        flow = FLOW.replace(conflict=policy, fields=(row("phone"),), source_id_field="")
        made = compare(flow, shop(phone="secret 1"), books(phone="secret 2"), remembered("0", "0"))
        (issue,), (entry,) = made.issues, made.trace
        assert (issue.field, issue.rule, issue.severity) == ("phone", "G-LOSS", Severity.WARNING)
        assert ("Choose" in issue.remedy) is (policy is Conflict.REVIEW)
        assert entry.answer == policy.value
        assert "secret" not in f"{made.issues} {made.trace} {made.changes}"

    def test_two_equal_edits_are_no_conflict(self) -> None:
        made = compare(FLOW, shop(phone="2"), books(phone="2"), remembered("1", "1"))
        assert not [issue for issue in made.issues if issue.field == "phone"]


@pytest.mark.rule("G-LOSS")
class TestNewest:
    """The newest wins where both times are known and differ; else a person decides."""

    EARLY, LATE = NOW, NOW + timedelta(microseconds=1)

    @pytest.mark.parametrize(
        ("ours", "theirs", "written", "undecided"),
        [
            pytest.param(LATE, EARLY, True, False, id="source newer"),
            pytest.param(EARLY, LATE, False, False, id="target newer"),
            pytest.param(EARLY, EARLY, False, True, id="the same time"),
            pytest.param(ABSENT, EARLY, False, True, id="source's unknown"),
            pytest.param(EARLY, None, False, True, id="target's unknown"),
            pytest.param(None, ABSENT, False, True, id="both unknown"),
            pytest.param(NOW.replace(tzinfo=None), EARLY, False, True, id="no zone"),
        ],
    )
    def test_table(self, ours: Any, theirs: Any, written: bool, undecided: bool) -> None:  # noqa: FBT001 - a table
        flow = FLOW.replace(conflict=Conflict.NEWEST, fields=(row("phone"),), source_id_field="")
        made = compare(
            flow,
            shop(phone="A", modified_at=ours),
            books(phone="C", modified_at=theirs),
            remembered("0", "0"),
        )
        assert (bool(made.changes), made.undecided) == (written, undecided)


HOME = Address(city="Astoria", default_billing=True)
ADDRESS_ROW = row("billing_address", compute=billing)


def with_address(*addresses: Address) -> Any:
    return {"addresses": addresses}


class TestPolicies:
    """A policy is one of the closed set."""

    def test_a_policy_that_is_none_is_refused(self) -> None:
        with pytest.raises(FlowError, match="conflict must be one of"):
            FLOW.with_field(row("phone", conflict="source"))


class TestAddresses:
    """An address is one value; a component that the source does not carry belongs to the target."""

    @pytest.mark.parametrize(
        ("ours", "theirs", "written"),
        [
            pytest.param(HOME, HOME, False, id="equal"),
            pytest.param(HOME, evolve(HOME, attention="Accounts"), False, id="target has more"),
            pytest.param(
                evolve(HOME, attention=None), evolve(HOME, attention="Accounts"), True, id="null clears"
            ),
            pytest.param(evolve(HOME, line2=""), evolve(HOME, line2=None), False, id="blanks are alike"),
            pytest.param(evolve(HOME, city="Bend"), HOME, True, id="another city"),
            pytest.param(
                evolve(HOME, id="7", label="Main"), HOME, False, id="id and label are the book's own"
            ),
        ],
    )
    def test_table(self, ours: Address, theirs: Address, written: bool) -> None:  # noqa: FBT001 - a table
        flow = FLOW.replace(fields=(ADDRESS_ROW,), source_id_field="")
        made = compare(flow, shop(**with_address(ours)), books(**with_address(theirs)), None)
        assert bool(made.changes) is written

    def test_components_that_the_target_has_not_are_not_compared(self) -> None:
        flow = FLOW.replace(fields=(evolve(ADDRESS_ROW, components=("city", "country")),), source_id_field="")
        ours, theirs = evolve(HOME, attention="A"), evolve(HOME, attention="B")
        made = compare(flow, shop(**with_address(ours)), books(**with_address(theirs)), None)
        assert not made.changes

    @pytest.mark.parametrize(
        ("addresses", "cleared"),
        [
            pytest.param((), True, id="an empty book clears"),
            pytest.param((Address(city="", default_billing=True),), True, id="a blank address clears"),
            pytest.param(ABSENT, False, id="a book that was not read clears nothing"),
            pytest.param(
                (Address(city="Bend", default_billing=ABSENT),), False, id="nor a line of an unknown kind"
            ),
        ],
    )
    def test_clearing(self, addresses: Any, cleared: bool) -> None:  # noqa: FBT001 - a table
        flow = FLOW.replace(fields=(ADDRESS_ROW,), source_id_field="")
        before = remembered(HOME, HOME, "billing_address")
        made = compare(flow, shop(addresses=addresses), books(**with_address(HOME)), before)
        assert [(change.before, change.after) for change in made.changes] == [(HOME, None)] * cleared


def constant(_customer: Customer, _current: Customer | None) -> Any:
    return "A"


HOME = Address(default_billing=True, city="Astoria")


def left_out(_customer: Customer, _current: Customer | None) -> Any:
    return MappedValue(value=ABSENT, issues=(MINE,))


def joined(customer: Customer, _current: Customer | None) -> str:
    return " ".join(part for part in (customer.email, customer.phone) if part)


def mapped(customer: Customer, _current: Customer | None) -> Any:
    return MappedValue(value=customer.phone, issues=(MINE,))


class TestRows:
    """Rows that are written once are not compared; issues are reported when a row is written or cannot be."""

    @pytest.mark.rule("SP-IN-2")
    def test_create_only_is_never_compared(self) -> None:
        flow = FLOW.replace(fields=(row("phone", create_only=True),), source_id_field="")
        made = compare(flow, shop(phone="A"), books(phone="B"), None)
        assert (made.changes, made.in_step()) == ([], ())

    @pytest.mark.parametrize("known", [True, False], ids=["linked", "first link"])
    def test_a_value_of_no_field_is_said_on_a_first_link_only(self, known: bool) -> None:  # noqa: FBT001 - a table
        flow = FLOW.replace(
            fields=(row("phone", sources=(), compute=constant), row("name")), source_id_field=""
        )
        before = remembered("x", "x", "name") if known else None
        made = compare(flow, shop(), books(phone="B"), before)
        assert [change.after for change in made.changes] == ([] if known else ["A"])

    @pytest.mark.rule("G-WHY")
    @pytest.mark.parametrize(
        ("shows", "codes"), [("B", ["mine"]), ("A", [])], ids=["written", "in step already"]
    )
    def test_a_row_s_issues(self, shows: str, codes: list[str]) -> None:
        flow = FLOW.replace(fields=(row("phone", compute=mapped),), source_id_field="")
        made = compare(flow, shop(phone="A"), books(phone=shows), None)
        assert [issue.code for issue in made.issues] == codes

    @pytest.mark.rule("LS-CTRY", "G-LOSS")
    @pytest.mark.parametrize("known", [True, False], ids=["linked", "first link"])
    @pytest.mark.parametrize(
        ("name", "there"),
        [
            pytest.param("phone", {"phone": "B"}, id="text"),
            pytest.param("phone", {"phone": None}, id="no text"),
            pytest.param("billing_address", {}, id="addresses not read"),
            pytest.param("billing_address", {"addresses": ()}, id="no address"),
            pytest.param("billing_address", {"addresses": (HOME,)}, id="address"),
        ],
    )
    def test_what_cannot_be_written_stays_as_it_is_and_is_reported(
        self, name: str, there: dict[str, Any], *, known: bool
    ) -> None:
        flow = FLOW.replace(fields=(row(name, compute=left_out),), source_id_field="")
        source = shop(phone="A", addresses=(HOME,))
        made = compare(flow, source, books(**there), remembered("A", "B", name) if known else None)
        assert (made.changes, made.in_step()) == ([], ())
        assert made.issues == [MINE]

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize(
        ("there", "written"),
        [
            pytest.param({"email": "a@x.example", "phone": "A"}, False, id="as last seen"),
            pytest.param({"phone": "A"}, False, id="one that it was made of is left out"),
            pytest.param({"email": "b@x.example"}, False, id="another one, too"),
            pytest.param({"email": None, "phone": "A"}, True, id="one that is null"),
            pytest.param({"email": "b@x.example", "phone": "A"}, True, id="one that changed"),
        ],
    )
    def test_a_value_made_of_several_fields_needs_them_all(
        self, there: dict[str, Any], *, written: bool
    ) -> None:
        flow = FLOW.replace(
            fields=(row("name", sources=("email", "phone"), compute=joined),), source_id_field=""
        )
        source = shop(email="a@x.example", phone="A")
        before = SyncRecord(
            link=LINK,
            source=source.ref,
            target=Ref("books", "b1"),
            status=Status.LINKED,
            flow="f",
            memory={
                source.ref.namespace: LastSeen(
                    fields={name: digest(getattr(source, name)) for name in ("email", "phone")}
                )
            },
        )
        made = compare(flow, shop(**there), books(name="a@x.example A"), before)
        assert bool(made.changes) is written

    def test_a_row_of_the_flow_that_was_not_there_when_last_synced_is_the_source_s_to_say(self) -> None:
        before = remembered("1", "1")
        made = compare(FLOW, shop(phone="1", name="Ann"), books(phone="1"), before)
        assert [change.field for change in made.changes] == ["name", "custom.shop_id"]


@pytest.mark.rule("G-LOSS")
class TestLimits:
    """What does not fit is an error, or cut where the flow says so; a cut to what is there is no write."""

    LIMITED = evolve(BOOKS, limits={"phone": Limit(length=3, cited="the manual", confidence="A")})

    @pytest.mark.parametrize(
        ("says", "may_cut", "after", "codes"),
        [
            pytest.param("123", False, ["123"], [], id="fits"),
            pytest.param("1234", False, ["1234"], ["too_long"], id="too long"),
            pytest.param("1234", True, ["123"], ["cut"], id="cut"),
            pytest.param("9994", True, [], ["cut"], id="cut to what is there"),
        ],
    )
    def test_table(self, says: str, may_cut: bool, after: list[str], codes: list[str]) -> None:  # noqa: FBT001 - a table
        flow = FLOW.replace(
            target=self.LIMITED,
            fields=(row("phone"),),
            source_id_field="",
            may_cut=frozenset({"phone"} if may_cut else ()),
        )
        made = compare(flow, shop(phone=says), books(phone="999"), None)
        assert [change.after for change in made.changes] == after
        assert [issue.code for issue in made.issues] == codes


@pytest.mark.rule("LG-LINK")
class TestKeptAsItIs:
    """A link that keeps what is there writes the source's id alone, and both agree on what each shows."""

    def test_all_but_the_id(self) -> None:
        made = compare(FLOW, shop(phone="1", name="Ann"), books(phone="2", name="Bob"), None)
        made.keep_what_is_there()
        assert [change.field for change in made.changes] == ["custom.shop_id"]
        (issue,) = made.issues
        assert (issue.code, issue.severity) == ("kept_as_it_is", Severity.NOTE)
        assert issue.reason.endswith(": name, phone")
        assert {"name", "phone"} <= set(made.in_step())

    def test_where_both_agree_nothing_is_reported(self) -> None:
        made = compare(FLOW, shop(name="Ann"), books(name="Ann"), None)
        made.keep_what_is_there()
        assert ([change.field for change in made.changes], made.issues) == (["custom.shop_id"], [])

    def test_a_conflict_is_none_any_more(self) -> None:
        made = compare(
            FLOW.replace(conflict=Conflict.REVIEW), shop(phone="A"), books(phone="B"), remembered("x", "y")
        )
        assert (made.undecided, made.held, made.behind) == (True, {"phone"}, {"phone"})
        made.keep_what_is_there()
        assert (made.undecided, made.held, made.behind) == (False, set(), set())

    def test_what_could_not_be_written_is_a_warning(self) -> None:
        flow = FLOW.replace(
            target=TestLimits.LIMITED,
            fields=(row("phone"), row("name", sources=("phone",), compute=mapped)),
            source_id_field="",
        )
        made = compare(flow, shop(phone="1234"), books(phone="999", name="Bob"), None)
        assert {issue.code for issue in made.issues} == {"mine", "too_long"}
        made.keep_what_is_there()
        assert [(issue.code, issue.severity) for issue in made.issues if issue.code != "kept_as_it_is"] == [
            ("too_long", Severity.WARNING)
        ]


@pytest.mark.rule("G-IDEM")
class TestNews:
    """A record learns what both sides show, once."""

    @pytest.mark.parametrize(
        ("says", "shows", "said", "shown", "news"),
        [
            pytest.param("1", "1", "1", "1", False, id="all known"),
            pytest.param("2", "2", "1", "1", True, id="both changed alike"),
            pytest.param("1", "1", "1", "2", True, id="the target came back"),
            pytest.param("1", "1", "2", "1", True, id="the source came back"),
        ],
    )
    def test_table(self, says: str, shows: str, said: str, shown: str, news: bool) -> None:  # noqa: FBT001 - a table
        flow = FLOW.replace(fields=(row("phone"),), source_id_field="")
        made = compare(flow, shop(phone=says), books(phone=shows), remembered(said, shown))
        assert made.has_news(made.in_step()) is news


TEXTS = st.sampled_from([ABSENT, None, "", "  ", "A", "B"])
PLACES = st.sampled_from(
    [ABSENT, None, Address(), Address(city="A"), Address(city="A", line1=""), Address(city="B")]
)
FLAGS = st.sampled_from([ABSENT, None, True, False])
ROWS = {
    "phone": row("phone"),
    "phone, kept where blank": row("phone", clear_on_blank=False),
    "phone, reported": row("phone", compute=lambda one, _: MappedValue(value=one.phone, issues=(MINE,))),
    "phone, when created": row("phone", create_only=True),
    "name, of two fields": row(
        "name", sources=("phone", "email"), compute=lambda one, _: one.phone or one.email
    ),
    "name, which raises": row("name", sources=("phone",), compute=lambda one, _: one.phone.strip()),
    "name, a number": row("name", sources=("phone",), compute=lambda one, _: 7 if one.phone else None),
    "flag": row("is_person"),
    "custom": row("custom.tier", sources=("custom.tier",)),
    "place": row("billing_address", compute=billing),
    "place, its city": row("billing_address", compute=billing, components=("city",)),
}


@st.composite
def sides(draw: st.DrawFn, name: str) -> Customer:
    """Return a customer of either system; what is absent may be said by leaving it out."""
    place = draw(PLACES)
    address = evolve(place, default_billing=True) if isinstance(place, Address) else None
    held: dict[str, Any] = {field: draw(TEXTS) for field in ("phone", "name", "email")}
    held |= {"custom": draw(st.sampled_from([{}, {"tier": "A"}, {"tier": None}]))}
    held |= {"addresses": ABSENT if place is ABSENT else () if address is None else (address,)}
    return Customer(ref=Ref(name, "1"), is_person=draw(FLAGS), whole=draw(st.booleans()), **held)


@pytest.mark.rule("SP-BI", "G-LOSS")
class TestQuickComparison:
    """What the quick comparison passes over, the careful one finds nothing in."""

    @given(name=st.sampled_from(sorted(ROWS)), ours=sides("shop"), theirs=sides("books"), before=st.data())
    def test_it_changes_nothing(
        self, name: str, ours: Customer, theirs: Customer, before: st.DataObject
    ) -> None:
        flow = FLOW.replace(fields=(*FLOW.fields[-1:], ROWS[name]), match=FLOW.match[:1])
        seen = before.draw(st.none() | sides("shop"))
        fields = {} if seen is None else {one: digest(value_of(seen, one)) for one in ROWS[name].sources}
        shown = {} if seen is None else {ROWS[name].target: digest(value_of(seen, ROWS[name].target))}
        memory = {ours.ref.namespace: LastSeen(fields=fields), theirs.ref.namespace: LastSeen(fields=shown)}
        linked: dict[str, Any] = {
            "source": ours.ref,
            "target": theirs.ref,
            "status": Status.LINKED,
            "memory": memory,
        }
        record = None if seen is None else SyncRecord(link=LINK, flow="f", **linked)
        assert told(flow, ours, theirs, record) == told(flow, ours, theirs, record, quick=False)


def told(
    flow: Flow, ours: Customer, theirs: Customer, record: SyncRecord | None, *, quick: bool = True
) -> object:
    """Return all that a comparison knows, or what was raised."""
    with pytest.MonkeyPatch.context() as patch:
        if not quick:
            patch.setattr(Flow, "differing", property(lambda _: None))  # it raises, when it is called
        try:
            found = vars(compare(flow, ours, theirs, record))
        except RuleRaisedError as error:
            return error.place
    return found
