"""Deciding one customer's fate, with plain values: exactly one of the closed set, each with its trace."""

import pickle
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.decide.core import Evidence, decide
from custsync.engine.decide.merges import Survivor
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
    external_id_of,
)
from custsync.errors import InputError
from custsync.flow import Conflict
from custsync.models import Customer, Issue, Ref, Severity
from custsync.protocols import Capabilities, Tier
from custsync.rules.eligibility import Check, is_deleted
from custsync.rules.fields.limits import Limit
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.fields.values import digest
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.search import Match
from custsync.syncrecords import Intent, LastSeen, MergeNote, Status, SyncRecord
from tests.environments import BOOKS, FLOW, LINK, NOW, STAMP, books, row, shop

OURS, THEIRS = Ref("shop", "1"), Ref("books", "b1")
ANN = shop(name="Ann", email="ann@shop.example", custom={"books_id": "b1"})
SHOWN = books(name="Ann", email="ann@shop.example", custom={"shop_id": "1"})
CAN_B = Capabilities(tier=Tier.B, key_lifetime=timedelta(days=1), settle_window=timedelta(minutes=10))
CAN_C = Capabilities(tier=Tier.C, settle_window=timedelta(minutes=10))
GONE = Issue(code="gone", rule="G-DUP", field="deleted", reason="deleted", remedy="-", severity=Severity.NOTE)
NAMELESS = Issue(code="nameless", rule="SP-IN-2", field="name", reason="no name", remedy="Name it.")


def record(status: Status, **changes: Any) -> SyncRecord:
    blank = SyncRecord(link=LINK, source=OURS, status=status, flow=FLOW.name)
    return evolve(blank, **changes)


def linked(said: Customer = ANN, shown: Customer = SHOWN, payload: str = "p") -> SyncRecord:
    names = {"name": "name", "email": "email", "phone": "phone", "id": STAMP}
    ours = {name: digest(getattr(said, name)) for name in names}
    theirs = {
        target: digest(shown.custom.get("shop_id") if target == STAMP else getattr(shown, target))
        for target in names.values()
    }
    memory = {
        OURS.namespace: LastSeen(payload=payload, fields=ours),
        THEIRS.namespace: LastSeen(fields=theirs),
    }
    return record(Status.LINKED, target=THEIRS, memory=memory, version=2)


def lacks_name(customer: Customer) -> bool:
    return not customer.name


def marked(customer: Customer, _current: Customer | None) -> Any:
    severity = Severity.ERROR if customer.name == "bad" else Severity.WARNING
    return MappedValue(value=customer.name, issues=(evolve(NAMELESS, severity=severity),))


def matched(verdict: Verdict, *customers: Customer, place: int = 1) -> Match:
    return Match(verdict=verdict, place=place, customers=customers)


class TestUnlinked:
    """A customer without a link goes by how the search for its counterpart ended."""

    @pytest.mark.rule("SP-OUT-3")
    def test_nobody_found_is_a_create(self) -> None:
        made = decide(FLOW, shop(name="Ann", email="", phone=None), Evidence(digest="p"))
        assert isinstance(made, Create)
        assert dict(made.values) == {"name": "Ann", STAMP: "1"}
        assert (made.digest, made.record, made.source) == ("p", None, OURS)

    @pytest.mark.rule("SP-OUT-2")
    def test_one_found_is_a_link_with_the_write_back(self) -> None:
        target = books(name="A.", email="ann@shop.example")
        made = decide(FLOW, shop(name="Ann"), Evidence(match=matched(Verdict.ONE, target)))
        assert isinstance(made, Link)
        assert (made.target, made.write_back) == (THEIRS, True)
        assert [change.field for change in made.changes] == ["name", STAMP]

    def test_one_found_whose_id_is_kept_already_needs_no_write_back(self) -> None:
        made = decide(FLOW, ANN, Evidence(match=matched(Verdict.ONE, SHOWN, place=0)))
        assert isinstance(made, Link)
        assert (made.changes, made.write_back) == ((), False)

    def test_a_flow_without_write_back_writes_nothing_back(self) -> None:
        made = decide(FLOW.replace(write_back=""), shop(), Evidence(match=matched(Verdict.ONE, SHOWN)))
        assert isinstance(made, Link)
        assert not made.write_back

    @pytest.mark.rule("SP-OUT-4", "G-WHY")
    @pytest.mark.parametrize(
        ("verdict", "code"),
        [
            pytest.param(Verdict.SEVERAL, "ambiguous", id="several"),
            pytest.param(Verdict.TAKEN, "taken", id="taken"),
            pytest.param(Verdict.GONE, "deleted_target", id="gone"),
        ],
    )
    def test_what_a_person_must_decide_has_its_candidates(self, verdict: Verdict, code: str) -> None:
        made = decide(FLOW, ANN, Evidence(match=matched(verdict, books("b1"), books("b2"))))
        assert isinstance(made, Review)
        assert made.candidates == (Ref("books", "b1"), Ref("books", "b2"))
        assert [(issue.code, issue.rule, issue.field) for issue in made.issues] == [
            (code, "SP-OUT-2", "email")
        ]

    @pytest.mark.rule("SP-IN-2")
    def test_what_a_create_requires_is_not_required_of_a_link(self) -> None:
        flow = FLOW.replace(checks=(Check(fails=lacks_name, issue=NAMELESS, when="create"),))
        made = decide(flow, shop(email="ann@shop.example"), Evidence())
        assert isinstance(made, Skip)
        assert made.issues == (NAMELESS,)
        found = Evidence(match=matched(Verdict.ONE, SHOWN))
        assert isinstance(decide(flow, shop(email="ann@shop.example"), found), Link)

    @pytest.mark.parametrize("name", ["good", "bad"])
    @pytest.mark.parametrize("found", [Match(verdict=Verdict.NONE), matched(Verdict.ONE, SHOWN)], ids=str)
    def test_an_error_of_a_row_refuses_and_a_warning_goes_along(self, name: str, found: Match) -> None:
        flow = FLOW.with_field(row("name", compute=marked))
        made = decide(flow, shop(name=name), Evidence(match=found))
        assert isinstance(made, Invalid) is (name == "bad")
        assert [issue.code for issue in made.issues] == ["nameless"]

    @pytest.mark.rule("G-LOSS")
    def test_what_does_not_fit_is_refused_and_what_may_be_cut_is_reported(self) -> None:
        limits = {"name": Limit(length=3, cited="the invented manual", confidence="A")}
        flow = FLOW.replace(target=evolve(BOOKS, limits=limits))
        assert isinstance(decide(flow, shop(name="Anna"), Evidence()), Invalid)
        made = decide(flow.replace(may_cut=frozenset({"name"})), shop(name="Anna"), Evidence())
        assert isinstance(made, Create)
        assert made.values["name"] == "Ann"
        assert [issue.code for issue in made.issues] == ["cut"]


@pytest.mark.rule("G-WHY")
class TestTheExternalId:
    """A decision names the source customer's external id, by the customer that it holds or else by itself."""

    @pytest.mark.parametrize(
        ("customer", "evidence", "kept"),
        [
            pytest.param(
                ANN,
                Evidence(match=matched(Verdict.SEVERAL, SHOWN, books("b2"))),
                "C-1",
                id="without a customer",
            ),
            pytest.param(
                ANN, Evidence(record=linked(), current=SHOWN, digest="p"), "C-1", id="unchanged, without one"
            ),
            pytest.param(ANN, Evidence(match=matched(Verdict.NONE)), "", id="with its customer, a create"),
            pytest.param(
                ANN, Evidence(match=matched(Verdict.ONE, SHOWN)), "", id="with its customer, a link"
            ),
        ],
    )
    def test_table(self, customer: Customer, evidence: Evidence, kept: str) -> None:
        made = decide(FLOW, evolve(customer, external_id="C-1"), evidence)
        assert (getattr(made, "external_id", ""), external_id_of(made)) == (kept, "C-1")
        assert external_id_of(decide(FLOW, customer, evidence)) == ""


class TestLinked:
    """A linked customer is brought up to date, field by field, or left as it is."""

    @pytest.mark.rule("G-IDEM")
    def test_nothing_new_is_unchanged_and_nothing_is_learned(self) -> None:
        made = decide(FLOW, ANN, Evidence(record=linked(), current=SHOWN, digest="p"))
        assert isinstance(made, Unchanged)
        assert (made.customer, made.current, made.record, made.digest) == (None, None, None, "")
        assert made.target == THEIRS

    def test_a_new_text_that_says_the_same_is_learned(self) -> None:
        made = decide(FLOW, ANN, Evidence(record=linked(), current=SHOWN, digest="new"))
        assert isinstance(made, Unchanged)
        assert (made.customer, made.current, made.digest) == (ANN, SHOWN, "new")

    @pytest.mark.rule("SP-OUT-1")
    def test_a_change_in_the_source_is_an_update_of_that_field(self) -> None:
        renamed = evolve(ANN, name="Anna")
        made = decide(FLOW, renamed, Evidence(record=linked(), current=SHOWN))
        assert isinstance(made, Update)
        assert [(change.field, change.before, change.after) for change in made.changes] == [
            ("name", "Ann", "Anna")
        ]

    @pytest.mark.rule("SP-OUT-3")
    def test_a_write_back_that_failed_is_an_update_of_nothing_else(self) -> None:
        unkept = evolve(ANN, custom={})
        made = decide(FLOW, unkept, Evidence(record=linked(), current=SHOWN))
        assert isinstance(made, Update)
        assert (made.changes, made.write_back) == ((), True)

    def test_a_flow_without_updates_leaves_a_linked_customer_alone(self) -> None:
        renamed = evolve(ANN, name="Anna")
        made = decide(FLOW.replace(updates=False), renamed, Evidence(record=linked(), current=SHOWN))
        assert isinstance(made, Unchanged)
        assert "name" not in made.in_step

    def test_a_flow_without_updates_still_writes_the_id_back(self) -> None:
        unkept = evolve(ANN, name="Anna", custom={})
        made = decide(FLOW.replace(updates=False), unkept, Evidence(record=linked(), current=SHOWN))
        assert isinstance(made, Update)
        assert (made.changes, made.write_back) == ((), True)

    @pytest.mark.rule("G-DUP")
    @pytest.mark.parametrize("current", [None, evolve(SHOWN, deleted=True)], ids=["gone", "deleted"])
    def test_a_counterpart_that_is_gone_is_never_created_again(self, current: Customer | None) -> None:
        made = decide(FLOW, ANN, Evidence(record=linked(), current=current))
        assert isinstance(made, Review)
        assert made.candidates == (THEIRS,)
        assert [issue.code for issue in made.issues] == ["broken_link"]

    @pytest.mark.parametrize(
        ("kept", "there", "is_one"),
        [
            pytest.param(("", ""), ("acct_1", "live"), True, id="told by the answer only"),
            pytest.param(("acct_1", "live"), ("", ""), True, id="told by the record only"),
            pytest.param(("acct_1", "live"), ("acct_1", "live"), True, id="the same world"),
            pytest.param(("acct_1", "live"), ("acct_2", "live"), False, id="another account"),
            pytest.param(("acct_1", "live"), ("acct_1", "test"), False, id="another mode"),
        ],
    )
    def test_an_equal_id_in_another_world_is_a_stranger(
        self,
        kept: tuple[str, str],
        there: tuple[str, str],
        is_one: bool,  # noqa: FBT001 - a table
    ) -> None:
        known = evolve(linked(), target=Ref("books", "b1", *kept))
        current = evolve(SHOWN, ref=Ref("books", "b1", *there))
        made = decide(FLOW, evolve(ANN, name="Anna"), Evidence(record=known, current=current))
        assert isinstance(made, Update if is_one else Review)

    def test_no_counterpart_is_taken_where_the_record_names_none(self) -> None:
        made = decide(FLOW, ANN, Evidence(record=record(Status.LINKED), current=SHOWN))
        assert isinstance(made, Review)

    def test_a_link_without_its_other_end_is_broken_too(self) -> None:
        made = decide(FLOW, ANN, Evidence(record=record(Status.LINKED)))
        assert isinstance(made, Review)
        assert made.candidates == ()

    @pytest.mark.rule("SP-OUT-1")
    def test_an_id_that_contradicts_the_link_is_for_a_person(self) -> None:
        other = evolve(ANN, custom={"books_id": "b2"})
        made = decide(FLOW, other, Evidence(record=linked(), current=SHOWN))
        assert isinstance(made, Review)
        assert [issue.code for issue in made.issues] == ["other_id"]

    @pytest.mark.parametrize("kept", [" b1 ", "b1"])
    def test_blanks_around_the_kept_id_do_not_count(self, kept: str) -> None:
        made = decide(
            FLOW, evolve(ANN, custom={"books_id": kept}), Evidence(record=linked(), current=SHOWN, digest="p")
        )
        assert isinstance(made, Unchanged)

    @pytest.mark.rule("SP-BI")
    def test_a_conflict_for_review_writes_nothing(self) -> None:
        ours, theirs = evolve(ANN, name="Anna"), evolve(SHOWN, name="Anne")
        made = decide(FLOW.replace(conflict=Conflict.REVIEW), ours, Evidence(record=linked(), current=theirs))
        assert isinstance(made, Review)
        assert made.candidates == (THEIRS,)
        assert [issue.code for issue in made.issues] == ["conflict"]

    def test_an_error_refuses_the_update(self) -> None:
        flow = FLOW.with_field(row("name", compute=marked))
        made = decide(flow, evolve(ANN, name="bad"), Evidence(record=linked(), current=SHOWN))
        assert isinstance(made, Invalid)


class TestStates:
    """What the sync record says comes first: who has ended is left out, who is open is looked for."""

    @pytest.mark.rule("UF-EXC-4")
    def test_excluded_is_for_good(self) -> None:
        made = decide(FLOW, ANN, Evidence(record=record(Status.EXCLUDED)))
        assert isinstance(made, Skip)
        assert [issue.code for issue in made.issues] == ["excluded"]

    def test_excluded_gives_the_record_s_own_reason(self) -> None:
        made = decide(FLOW, ANN, Evidence(record=record(Status.EXCLUDED, error=NAMELESS)))
        (issue,) = made.issues
        assert (issue.code, issue.rule, issue.field) == ("excluded", NAMELESS.rule, NAMELESS.field)
        assert issue.reason.endswith(f"the reason was that {NAMELESS.reason}")

    @pytest.mark.rule("G-DUP")
    def test_merged_is_never_created_again(self) -> None:
        merged = record(Status.MERGED, target=THEIRS, merge=MergeNote(done=True))
        made = decide(FLOW, ANN, Evidence(record=merged, survivor=Survivor(target=THEIRS, is_there=True)))
        assert isinstance(made, Unchanged)
        assert made.target == THEIRS
        assert [issue.code for issue in made.issues] == ["sides_differ"]

    def test_failed_is_tried_again(self) -> None:
        failed = record(Status.FAILED, version=2)
        made = decide(FLOW, ANN, Evidence(record=failed))
        assert isinstance(made, Create)
        assert made.record == failed

    @pytest.mark.parametrize("status", [None, Status.LINKED, Status.FAILED])
    def test_a_filter_comes_before_the_record(self, status: Status | None) -> None:
        flow = FLOW.replace(checks=(Check(fails=is_deleted, issue=GONE),))
        known = record(status, target=THEIRS) if status else None
        made = decide(flow, evolve(ANN, deleted=True), Evidence(record=known, current=SHOWN))
        assert isinstance(made, Skip)
        assert made.issues == (GONE,)


def intent(**changes: Any) -> SyncRecord:
    made = Intent(key="k", issued_at=NOW, attempt=0, rules="1", request={})
    return record(Status.INTENT, intent=made, version=1, **changes)


@pytest.mark.rule("G-DUP")
class TestRecovery:
    """A create whose outcome is unknown is never simply made again."""

    def test_found_is_adopted(self) -> None:
        made = decide(FLOW, ANN, Evidence(record=intent(), stamped=[SHOWN], now=NOW, capabilities=CAN_B))
        assert isinstance(made, Recover)
        assert (made.by, made.target, made.current) == (RecoverBy.ADOPT, THEIRS, SHOWN)

    def test_a_kept_key_is_sent_again(self) -> None:
        made = decide(FLOW, ANN, Evidence(record=intent(), now=NOW, capabilities=CAN_B))
        assert isinstance(made, Recover)
        assert (made.by, made.target, made.until) == (RecoverBy.REISSUE, None, None)

    def test_an_intent_from_the_future_names_the_clock(self) -> None:
        earlier = NOW - timedelta(hours=1)
        made = decide(FLOW, ANN, Evidence(record=intent(), stamped=[], now=earlier, capabilities=CAN_C))
        assert isinstance(made, Review)
        assert [(issue.code, issue.field) for issue in made.issues] == [("clock_behind", "clock")]

    def test_what_may_still_appear_is_waited_for_until_a_time(self) -> None:
        made = decide(FLOW, ANN, Evidence(record=intent(), stamped=[], now=NOW, capabilities=CAN_C))
        assert isinstance(made, Recover)
        assert (made.by, made.until) == (RecoverBy.WAIT, NOW + timedelta(minutes=11))

    def test_what_cannot_appear_any_more_is_made_anew(self) -> None:
        later = NOW + timedelta(hours=1)
        made = decide(FLOW, ANN, Evidence(record=intent(), stamped=[], now=later, capabilities=CAN_C))
        assert isinstance(made, Recover)
        assert made.by is RecoverBy.ANEW
        assert made.values["name"] == "Ann"

    def test_anew_is_held_to_what_a_create_is_held_to(self) -> None:
        flow = FLOW.replace(checks=(Check(fails=lacks_name, issue=NAMELESS, when="create"),))
        evidence = Evidence(record=intent(), stamped=[], now=NOW + timedelta(hours=1), capabilities=CAN_C)
        assert isinstance(decide(flow, shop(), evidence), Skip)

    @pytest.mark.parametrize(
        ("stamped", "candidates"),
        [
            pytest.param(None, (), id="no look-up proves anything"),
            pytest.param([books("b1"), books("b2")], (Ref("books", "b1"), Ref("books", "b2")), id="two"),
        ],
    )
    def test_what_only_a_person_can_tell(
        self, stamped: list[Customer] | None, candidates: tuple[Ref, ...]
    ) -> None:
        evidence = Evidence(
            record=intent(), stamped=stamped, now=NOW + timedelta(hours=1), capabilities=CAN_C
        )
        made = decide(FLOW, ANN, evidence)
        assert isinstance(made, Review)
        assert made.candidates == candidates
        assert [issue.code for issue in made.issues] == ["unknown_outcome"]

    def test_an_intent_that_lost_its_note_is_for_a_person(self) -> None:
        assert isinstance(decide(FLOW, ANN, Evidence(record=record(Status.INTENT))), Review)

    def test_a_filter_does_not_hide_an_unknown_outcome(self) -> None:
        flow = FLOW.replace(checks=(Check(fails=is_deleted, issue=GONE),))
        evidence = Evidence(record=intent(), stamped=[SHOWN], now=NOW, capabilities=CAN_B)
        assert isinstance(decide(flow, evolve(ANN, deleted=True), evidence), Recover)

    def test_the_other_direction_s_create_is_linked_and_never_sent_to_this_target(self) -> None:
        """The customer was made by the other direction, whose answer was lost: its intent is not ours."""
        theirs = intent(source=THEIRS)
        made = decide(FLOW, ANN, Evidence(record=theirs, match=matched(Verdict.ONE, SHOWN, place=0)))
        assert isinstance(made, Link)
        assert made.record == theirs


EVERY: list[tuple[str, Decision]] = [
    ("create", decide(FLOW, ANN, Evidence())),
    ("link", decide(FLOW, ANN, Evidence(match=matched(Verdict.ONE, SHOWN)))),
    ("update", decide(FLOW, evolve(ANN, name="Anna"), Evidence(record=linked(), current=SHOWN))),
    ("unchanged", decide(FLOW, ANN, Evidence(record=linked(), current=SHOWN, digest="new"))),
    ("recover", decide(FLOW, ANN, Evidence(record=intent(), stamped=[SHOWN], now=NOW))),
    ("review", decide(FLOW, ANN, Evidence(record=linked()))),
    ("left out", decide(FLOW, ANN, Evidence(record=record(Status.EXCLUDED)))),
]


@pytest.mark.rule("G-WHY")
class TestValues:
    """A decision is data: equal for equal evidence, frozen, picklable, and silent about personal values."""

    @pytest.mark.parametrize("made", [pytest.param(made, id=name) for name, made in EVERY])
    def test_survives_a_pickle(self, made: Decision) -> None:
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own bytes

    @pytest.mark.parametrize("made", [pytest.param(made, id=name) for name, made in EVERY])
    def test_shows_no_personal_value(self, made: Decision) -> None:
        assert "Ann" not in repr(made)
        assert "ann@shop.example" not in f"{made!r} {made}"


def test_a_search_that_is_not_ended_is_refused() -> None:
    with pytest.raises(InputError, match="look up match step 0 first"):
        decide(FLOW, ANN, Evidence(match=Match(verdict=Verdict.ASK, place=0)))
