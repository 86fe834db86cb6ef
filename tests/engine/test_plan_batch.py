"""Gathering the evidence for a batch, and deciding each: few look-ups, exactly one decision each."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import decide_each, plan, sync
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
from custsync.engine.plan.context import by_end, end_in
from custsync.engine.plans import Plan
from custsync.models import Issue, Ref
from custsync.protocols import Rejected, RetryAfter, Tier, Unknown
from custsync.rules.eligibility import Check, is_deleted
from custsync.rules.fields.values import payload_digests
from custsync.rules.matching.rule import Key, OnAlreadyLinked
from custsync.syncrecords import Intent, LastSeen, Status, SyncRecord
from tests.environments import (
    BOOKS,
    BY_EMAIL,
    BY_ID,
    FLOW,
    LINK,
    NOW,
    STAMP,
    Party,
    Setup,
    answering,
    lost_after,
    lost_before,
    row,
    saying,
    shop,
)

OURS, THEIRS = Ref("shop", "1"), Ref("books", "b1")
EMAIL = "ann@shop.example"
GONE = Issue(code="gone", rule="G-DUP", field="deleted", reason="deleted", remedy="-")


def decided(setup: Setup, **changes: Any) -> list[Decision]:
    return plan(FLOW.replace(**changes), setup.source.payloads(), setup.world).decisions  # type: ignore[return-value]


def the_decision(setup: Setup, **changes: Any) -> Decision:
    (made,) = decided(setup, **changes)
    return made


def record(**changes: Any) -> SyncRecord:
    return evolve(
        SyncRecord(link=LINK, source=OURS, target=THEIRS, status=Status.LINKED, flow="f"), **changes
    )


def intent(issued: timedelta = timedelta(0), **changes: Any) -> SyncRecord:
    note = Intent(
        key="k",
        issued_at=NOW - issued,
        attempt=0,
        rules="1",
        request={},
        clues={"email": (EMAIL,), STAMP: ("1",)},
    )
    return record(**{"status": Status.INTENT, "target": None, "intent": note} | changes)


@pytest.fixture
def setup() -> Setup:
    return Setup()


@pytest.mark.rule("G-ISO")
class TestReading:
    """Every record has one decision; one that cannot be read has its own, named by its id or place."""

    @pytest.mark.parametrize(
        ("item", "name", "code"),
        [
            pytest.param({"id": "7", "name": 7}, "shop:7", "not_a_text", id="a payload of another shape"),
            pytest.param({"name": "Ann"}, "shop:#2", "not_a_text", id="no id"),
            pytest.param('{"id": "7", "name": 7}', "shop:7", "not_a_text", id="a text of another shape"),
            pytest.param("{", "shop:#2", "not_json", id="no JSON"),
            pytest.param(b"\xff", "shop:#2", "not_json", id="no UTF-8"),
            pytest.param("[" * 100_000, "shop:#2", "not_json", id="too deep"),
            pytest.param("[]", "shop:#2", "not_a_record", id="a text of a list"),
            pytest.param(7, "shop:#2", "not_a_record", id="a number"),
            pytest.param('{"id": "7", "name": "A", "name": "B"}', "shop:#2", "key_twice", id="a key twice"),
            pytest.param('{"id": "7", "custom": {"a": 1, "a": 1}}', "shop:#2", "key_twice", id="deeper down"),
            pytest.param({"id": "7", "custom": {"a": "b\0"}}, "shop:7", "not_a_json_value", id="NUL"),
            pytest.param({"id": "7", "custom": {"a": ["\ud800"]}}, "shop:7", "not_a_json_value", id="half"),
            pytest.param({"id": "7", "custom": {"a": float("nan")}}, "shop:7", "not_a_json_value", id="NaN"),
            pytest.param('{"id": "7", "custom": {"a": NaN}}', "shop:7", "not_a_json_value", id="NaN in text"),
            pytest.param({"id": "7", "custom": {"a": {1: 2}}}, "shop:7", "not_a_json_value", id="a key"),
            pytest.param({"id": "7", "custom": {1: 2}}, "shop:7", "not_a_json_value", id="as the field's"),
            pytest.param(None, "shop:#2", "not_a_record", id="nothing"),
            pytest.param(shop("7", extra={"a": "\ud800"}), "shop:7", "not_a_json_value", id="a customer"),
            pytest.param(shop("7\0"), "shop:#2", "not_a_json_value", id="a customer's id"),
        ],
    )
    def test_unreadable(self, setup: Setup, item: Any, name: str, code: str) -> None:
        first, bad, last = plan(FLOW, [{"id": "1"}, item, {"id": "3"}], setup.world)
        assert isinstance(first, Create)
        assert isinstance(last, Create)
        assert isinstance(bad, Invalid)
        assert (str(bad.source), [issue.code for issue in bad.issues]) == (name, [code])

    @pytest.mark.parametrize(
        "item",
        [
            {"id": "1", "name": "Ann"},
            '{"id": "1", "name": "Ann"}',
            b'{"id": "1", "name": "Ann"}',
            shop(name="Ann"),
        ],
        ids=["payload", "text", "bytes", "customer"],
    )
    def test_readable(self, setup: Setup, item: Any) -> None:
        (made,) = plan(FLOW, [item], setup.world)
        assert isinstance(made, Create)
        assert made.customer == shop(name="Ann", custom=made.customer.custom)

    @pytest.mark.parametrize(
        "value", ["\u00e9", "\u200b", "\ue000", 1.5, None, [True], {"b": ("c",)}], ids=repr
    )
    def test_any_other_value_goes_to_json_and_back(self, setup: Setup, value: Any) -> None:
        made = plan(FLOW, [{"id": "1", "custom": {"a": value}}], setup.world)
        assert [one.verb for one in Plan.from_lines(made.to_lines())] == ["create"]

    @pytest.mark.rule("G-DUP")
    @pytest.mark.parametrize("batch", [1, 2, 500])
    @pytest.mark.parametrize("items", [[{"id": "1"}, {"id": "1", "name": "Ann"}], [{"id": "1"}] * 2])
    def test_a_record_handed_in_twice_counts_once(self, setup: Setup, items: Any, batch: int) -> None:
        first, second = decide_each(FLOW, items, setup.world, batch=batch)
        assert isinstance(first, Create)
        assert isinstance(second, Skip)
        assert [issue.code for issue in second.issues] == ["repeated"]
        assert (
            sync(FLOW.replace(write_back=""), items, setup.world, batch=batch).summary
            == "1 created, 1 left out"
        )

    def test_places_go_on_from_batch_to_batch(self, setup: Setup) -> None:
        made = decide_each(FLOW, [7, {"id": "1"}, 7], setup.world, batch=1)  # type: ignore[list-item]
        assert [str(decision.source) for decision in made] == ["shop:#1", "shop:1", "shop:#3"]

    def test_checks_come_before_any_look_up(self, setup: Setup) -> None:
        setup.source.put("1", deleted=True, email=EMAIL)
        made = the_decision(setup, checks=(Check(fails=is_deleted, issue=GONE),))
        assert isinstance(made, Skip)
        assert setup.target.calls == []


@pytest.mark.rule("SP-OUT-1", "SP-OUT-2")
class TestSearch:
    """Later steps are asked only for those whom the earlier ones left open."""

    def test_as_few_look_ups_as_there_can_be(self, setup: Setup) -> None:
        setup.target.put("b1", email="x@shop.example").put("b2", email="two@shop.example")
        for number, kept in ((1, "b1"), (2, ""), (3, "b9")):
            email = {1: "one", 2: "two", 3: "three"}[number] + "@shop.example"
            setup.source.put(str(number), email=email, custom={"books_id": kept})
        kinds = [type(decision) for decision in decided(setup)]
        assert kinds == [Link, Link, Create]
        assert setup.target.calls == [
            ("find", ("id", ("b1", "b9"))),
            ("find", ("email", ("two@shop.example", "three@shop.example"))),
        ]

    def test_a_stranger_is_no_hit_and_no_end_of_the_run(self, setup: Setup) -> None:
        setup.source.put("1", email=EMAIL)
        setup.target.then("find", answering([{"id": "b1", "email": "other@shop.example"}]))
        made = the_decision(setup)
        assert isinstance(made, Create)
        assert [issue.code for issue in made.issues] == ["hit_without_value"]
        assert "other@shop.example" not in str(made.issues)

    def test_a_deleted_hit_need_not_hold_the_value_any_more(self, setup: Setup) -> None:
        setup.source.put("1", email=EMAIL)
        setup.target.then("find", answering([{"id": "b1", "deleted": True}]))
        assert isinstance(the_decision(setup), Review)

    @pytest.mark.rule("G-ISO")
    @pytest.mark.parametrize(
        "answer",
        [Rejected("no"), RetryAfter(), Unknown(), [{"id": "b1", "name": 7}]],
        ids=["rejected", "put off", "unknown", "unreadable"],
    )
    def test_a_look_up_that_fails_refuses_its_customer_alone(self, setup: Setup, answer: Any) -> None:
        setup.source.put("1", email=EMAIL).put("2", email="two@shop.example")

        def one_fails(party: Party, asked: Any) -> Any:
            return party.do_find(asked) | ({EMAIL: answer} if EMAIL in asked[1] else {})

        setup.target.then("find", *[one_fails] * 9)
        kinds = [type(decision) for decision in decided(setup)]
        assert kinds == [Invalid, Create]

    def test_an_adapter_that_raises_refuses_and_its_words_are_not_repeated(self, setup: Setup) -> None:
        setup.source.put("1", email=EMAIL)
        setup.target.then("find", lost_before)
        made = the_decision(setup)
        assert isinstance(made, Invalid)
        assert [issue.code for issue in made.issues] == ["look_up_failed"]

    @pytest.mark.parametrize(
        ("answer", "word"),
        [
            (Rejected("no"), " (no)"),
            (RetryAfter(), " (not now)"),
            (Unknown("`find` returned None"), " (`find` returned None)"),
            (Unknown(), ""),
        ],
        ids=["rejected", "put off", "unknown", "without a word"],
    )
    def test_the_adapters_word_is_named(self, setup: Setup, answer: Any, word: str) -> None:
        setup.source.put("1", email=EMAIL)
        setup.target.then("find", *[lambda _party, asked: dict.fromkeys(asked[1], answer)] * 9)
        (issue,) = the_decision(setup).issues
        assert issue.reason == f"the target could not be asked{word}, so that nothing was written"

    def test_both_spellings_may_find_one_customer(self, setup: Setup) -> None:
        flow = FLOW.replace(target=evolve(BOOKS, case_sensitive=frozenset({"email"})))
        setup.source.put("1", email=EMAIL.title())
        setup.target.put("b1", email=EMAIL)
        (made,) = plan(flow, setup.source.payloads(), setup.world)
        assert isinstance(made, Link)


def hit(kind: str, setup: Setup, *, proof: bool) -> None:
    """Put one customer there that the search will find, and whose it is."""
    custom = {"stamped by another": {"shop_id": "9"}, "stamped by us": {"shop_id": "1"}}.get(kind, {})
    setup.target.put("b1", email=EMAIL, custom=custom)
    setup.source.put("1", email=EMAIL, custom={"books_id": "b1"} if proof else {})
    if kind == "linked to another":
        setup.keep(record(source=Ref("shop", "9")))
    elif kind == "failed there":
        setup.keep(record(source=THEIRS, target=None, status=Status.FAILED))
    elif kind == "merged there":
        setup.keep(record(source=THEIRS, target=None, status=Status.MERGED))
    elif kind == "in flight there":
        setup.keep(intent(source=THEIRS))


@pytest.mark.rule("G-DUP")
class TestOwners:
    """Whose a hit is: its sync record says it, or its stamp, or a create that is in flight."""

    @pytest.mark.parametrize("taken", [OnAlreadyLinked.REVIEW, OnAlreadyLinked.SKIP])
    @pytest.mark.parametrize("proof", [True, False], ids=["by id", "by email"])
    @pytest.mark.parametrize(
        ("kind", "by_id", "by_email"),
        [
            ("nobody's", Link, Link),
            ("stamped by us", Link, Link),
            ("stamped by another", Review, None),
            ("linked to another", Review, None),
            ("failed there", Link, Link),
            ("merged there", Link, Link),
            ("in flight there", Link, None),
        ],
    )
    def test_table(
        self,
        setup: Setup,
        kind: str,
        by_id: type[Decision],
        by_email: type[Decision] | None,
        proof: bool,  # noqa: FBT001 - a table
        taken: OnAlreadyLinked,
    ) -> None:
        hit(kind, setup, proof=proof)
        match = (
            BY_ID if proof else evolve(BY_ID, keys=Key("custom.none", right="id", kind="id")),
            evolve(BY_EMAIL, on_already_linked=taken),
        )
        made = the_decision(setup, match=match)
        if proof:
            assert isinstance(made, by_id)
        else:
            of_another = {"review": Review, "skip": Create, "share": Link}[taken.value]
            assert isinstance(made, by_email or of_another)

    @pytest.mark.parametrize("first", ["1", "2"])
    def test_a_proof_counts_whoever_comes_first(self, setup: Setup, first: str) -> None:
        hit("in flight there", setup, proof=True)
        setup.source.put("2", email=EMAIL)
        rows = sorted(setup.source.payloads(), key=lambda row: row["id"] != first)
        made = {str(one.source): type(one) for one in plan(FLOW, rows, setup.world)}
        assert made == {"shop:1": Link, "shop:2": Review}

    def test_what_the_other_direction_is_creating_keeps_its_record(self, setup: Setup) -> None:
        hit("in flight there", setup, proof=True)
        made = the_decision(setup)
        assert isinstance(made, Link)
        assert made.record == setup.the_record()


@pytest.mark.rule("G-DUP")
class TestLinks:
    """A linked customer's counterpart is looked up by its id, and by nothing else."""

    def test_found(self, setup: Setup) -> None:
        setup.keep(record())
        setup.source.put("1", name="Anna", custom={"books_id": "b1"})
        setup.target.put("b1", name="Ann")
        assert isinstance(the_decision(setup), Update)
        assert setup.target.calls == [("find", ("id", ("b1",)))]

    @pytest.mark.parametrize("there", [None, {"deleted": True}], ids=["gone", "deleted"])
    def test_gone(self, setup: Setup, there: dict[str, Any] | None) -> None:
        setup.keep(record())
        setup.source.put("1")
        if there:
            setup.target.put("b1", **there)
        assert isinstance(the_decision(setup), Review)

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            ([{"id": "b2"}], Review),
            ([{"id": "b1"}, {"id": "b1"}], Unchanged),
            ([{"id": "b1"}, {"id": "b2"}], Unchanged),
        ],
        ids=["another", "twice", "another beside it"],
    )
    def test_another_than_asked_is_not_considered(
        self, setup: Setup, answer: Any, kind: type[Decision]
    ) -> None:
        setup.keep(record())
        setup.source.put("1", custom={"books_id": "b1"})
        setup.target.then("find", saying({"b1": answer}))
        assert isinstance(the_decision(setup, fields=(row("name"),), source_id_field=""), kind)

    def test_not_to_be_asked_is_not_gone(self, setup: Setup) -> None:
        setup.keep(record())
        setup.source.put("1")
        setup.target.then("find", lost_before)
        assert isinstance(the_decision(setup), Invalid)


@pytest.mark.rule("G-DUP")
class TestEnds:
    """A record is found by either end, and has at most one end in each system."""

    @pytest.mark.parametrize(
        ("known", "system", "end"),
        [
            (record(), "shop", OURS),
            (record(), "books", THEIRS),
            (record(target=None), "books", None),
            (record(), "elsewhere", None),
        ],
        ids=["source", "target", "not known yet", "no such system"],
    )
    def test_table(self, known: SyncRecord, system: str, end: Ref | None) -> None:
        assert end_in(known, system) == end

    def test_by_end(self) -> None:
        alone = record(source=Ref("shop", "2"), target=None)
        assert by_end([record(), alone]) == {OURS: record(), THEIRS: record(), alone.source: alone}


@pytest.mark.rule("G-IDEM")
class TestKnownText:
    """A record whose text is what it was when last synced is unchanged, if its counterpart is still there."""

    TEXT = json.dumps({"id": "1", "name": "Ann", "custom": {"books_id": "b1"}})

    @pytest.fixture
    def known(self, setup: Setup) -> Setup:
        seen = LastSeen(payload=payload_digests([self.TEXT], FLOW.salt)[0])
        setup.keep(record(memory={OURS.namespace: seen}))
        setup.target.put("b1", name="Edited there", custom={"shop_id": "1"})
        return setup

    def decide(self, setup: Setup, items: Sequence[Any], *, incremental: bool = False) -> list[Decision]:
        return list(decide_each(FLOW, items, setup.world, incremental=incremental))

    def test_unchanged_after_one_look_up(self, known: Setup) -> None:
        (made,) = self.decide(known, [self.TEXT])
        assert isinstance(made, Unchanged)
        assert (made.source, made.target, made.customer) == (OURS, THEIRS, None)
        assert known.target.calls == [("find", ("id", ("b1",)))]

    def test_one_that_lost_the_sources_id_is_compared(self, known: Setup) -> None:
        known.target.put("b1", name="Ann")
        (made,) = self.decide(known, [self.TEXT])
        assert isinstance(made, Update)
        assert [change.after for change in made.changes if change.field == FLOW.source_id_field] == ["1"]

    def test_one_whose_counterpart_cannot_be_read_is_refused(self, known: Setup) -> None:
        known.target.put("b1", name=7)
        (made,) = self.decide(known, [self.TEXT])
        assert isinstance(made, Invalid)
        assert [issue.code for issue in made.issues] == ["not_a_text"]

    def test_incremental_without_any_look_up(self, known: Setup) -> None:
        (made,) = self.decide(known, [self.TEXT], incremental=True)
        assert isinstance(made, Unchanged)
        assert known.target.calls == []

    @pytest.mark.parametrize("there", [None, {"deleted": True}], ids=["gone", "deleted"])
    def test_a_counterpart_that_is_gone_is_seen(self, known: Setup, there: dict[str, Any] | None) -> None:
        known.target.rows.clear()
        if there:
            known.target.put("b1", **there)
        (made,) = self.decide(known, [self.TEXT])
        assert isinstance(made, Review)
        assert [issue.code for issue in made.issues] == ["broken_link"]

    def test_a_counterpart_that_cannot_be_asked_for(self, known: Setup) -> None:
        known.target.then("find", lost_before)
        (made,) = self.decide(known, [self.TEXT])
        assert isinstance(made, Invalid)
        assert made.source == OURS

    def test_another_text_is_read(self, known: Setup) -> None:
        (made,) = self.decide(known, [self.TEXT.replace("Ann", "Anna")])
        assert isinstance(made, Update)

    def test_a_text_of_another_world_is_not_known(self, known: Setup) -> None:
        known.source.account = "other"
        (made,) = self.decide(known, [self.TEXT])
        assert isinstance(made, Link | Review)

    def test_what_the_other_direction_saw_is_not_known_to_this_one(self, setup: Setup) -> None:
        seen = LastSeen(payload=payload_digests([self.TEXT], FLOW.salt)[0])
        setup.keep(record(memory={THEIRS.namespace: seen}))
        setup.target.put("b1", name="Ann")
        (made,) = self.decide(setup, [self.TEXT])
        assert isinstance(made, Update | Unchanged)
        assert len(setup.target.calls) == 1


@pytest.mark.rule("G-DUP")
class TestLost:
    """A create with no known outcome is looked for by every clue; only its stamp or its key tells it."""

    @pytest.mark.parametrize(
        ("there", "by"),
        [
            pytest.param({"custom": {"shop_id": "1"}}, RecoverBy.ADOPT, id="stamped by us"),
            pytest.param({"custom": {"shop_id": "2"}}, RecoverBy.REISSUE, id="stamped by another"),
            pytest.param({}, RecoverBy.REISSUE, id="not stamped"),
            pytest.param(None, RecoverBy.REISSUE, id="nobody"),
        ],
    )
    def test_by_email(self, setup: Setup, there: dict[str, Any] | None, by: RecoverBy) -> None:
        setup.keep(intent())
        setup.source.put("1", email=EMAIL)
        if there is not None:
            setup.target.put("b1", email=EMAIL, **there)
        made = the_decision(setup)
        assert isinstance(made, Recover)
        assert made.by is by

    def test_by_stamp_and_email_finds_one_once(self) -> None:
        setup = Setup(target=Party(tier=Tier.C, finds=("id", "email", STAMP)))
        setup.keep(intent())
        setup.source.put("1", email=EMAIL)
        setup.target.put("b1", email=EMAIL, custom={"shop_id": "1"})
        made = the_decision(setup)
        assert isinstance(made, Recover)
        assert made.target == THEIRS

    def test_a_filter_does_not_hide_an_unknown_outcome(self, setup: Setup) -> None:
        setup.keep(intent())
        setup.source.put("1", deleted=True)
        made = the_decision(setup, checks=(Check(fails=is_deleted, issue=GONE),))
        assert isinstance(made, Recover)

    def test_by_unique_key(self) -> None:
        setup = Setup(target=Party(tier=Tier.A, finds=("id", "external_id")))
        setup.keep(evolve(intent(), intent=evolve(intent().intent or _none(), clues={"external_id": ("k",)})))
        setup.source.put("1")
        setup.target.put("b1", external_id="k")
        made = the_decision(setup, unique_key="external_id", match=(BY_ID,), source_id_field="")
        assert isinstance(made, Recover)
        assert made.by is RecoverBy.ADOPT

    def test_two_that_carry_our_stamp_are_for_a_person(self) -> None:
        setup = Setup(target=Party(tier=Tier.C, finds=("id", "email", STAMP)))
        setup.keep(intent())
        setup.source.put("1", email=EMAIL)
        setup.target.put("b1", custom={"shop_id": "1"}).put("b2", custom={"shop_id": "1"})
        made = the_decision(setup)
        assert isinstance(made, Review)
        assert made.candidates == (THEIRS, Ref("books", "b2"))

    @pytest.mark.parametrize(
        ("finds", "lagging", "kind"),
        [
            pytest.param(("id", "email", STAMP), (), Recover, id="the stamp is found at once: made anew"),
            pytest.param(("id", "email", STAMP), (STAMP, "email"), Review, id="all lag: a person"),
            pytest.param(("id", "email"), ("email",), Review, id="no stamp and the email lags: a person"),
        ],
    )
    def test_finding_nobody_after_the_window(
        self, finds: tuple[str, ...], lagging: tuple[str, ...], kind: type[Decision]
    ) -> None:
        setup = Setup(target=Party(tier=Tier.C, finds=finds, lagging=lagging))
        setup.keep(intent(timedelta(hours=1)))
        setup.source.put("1", email=EMAIL)
        made = the_decision(setup)
        assert isinstance(made, kind)
        assert not isinstance(made, Recover) or made.by is RecoverBy.ANEW

    def test_a_look_up_that_fails_refuses(self, setup: Setup) -> None:
        setup.keep(intent())
        setup.source.put("1", email=EMAIL)
        setup.target.then("find", lost_before)
        assert isinstance(the_decision(setup), Invalid)


def _none() -> Intent:
    raise AssertionError


@pytest.mark.rule("G-DUP", "G-ISO")
class TestOthersDoNotMatter:
    """A record's decision depends only on records that share its keys: poison makes no difference."""

    def test_poison(self, setup: Setup) -> None:
        setup.target.put("b1", email=EMAIL)
        good: list[Any] = [{"id": "1", "email": EMAIL}, {"id": "2", "name": "Bo"}]
        poison: list[Any] = [{"id": "7", "name": 7}, "{", None, {"id": "8", "email": 8}]
        alone = plan(FLOW, good, setup.world)
        among = plan(FLOW, [poison[0], good[0], *poison[1:3], good[1], poison[3]], setup.world)
        assert [made for made in among if made.source.id in ("1", "2")] == list(alone)

    def test_lost_after_then_found(self, setup: Setup) -> None:
        setup.source.put("1", email=EMAIL)
        setup.target.then("create", lost_after("create"))
        assert sync(FLOW, setup.source.payloads(), setup.world).summary == "1 unknown"
        made = the_decision(setup)
        assert isinstance(made, Recover)
        assert made.by is RecoverBy.ADOPT
