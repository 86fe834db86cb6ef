"""How an existing customer is found: ordered look-ups, and never the first of two."""

import pickle
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import permutations, product
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import ConfigurationError
from custsync.models import ABSENT, Address, Customer, Issue, Ref
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.rule import Key, OnAlreadyLinked, OnDeleted, OnMultiple
from custsync.rules.matching.search import Match, match, match_of_none
from custsync.rules.matching.steps import MatchStep, held_keys, keys_for, look_up_keys, look_up_values, step
from custsync.rules.normalize import clean_email
from tests.environments import BY_EMAIL, BY_ID, NOW, books, shop

ANN = shop(email="ann@shop.example", custom={"books_id": "b9"})
OURS, OTHER = ANN.ref, Ref("shop", "2")
THEIRS = books("b9", email="ann@shop.example")
GONE = books("b9", deleted=True)


def addresses_of(text: str) -> Sequence[str]:
    return clean_email(text).addresses


HITS: dict[str, tuple[bool, Ref | None]] = {
    "free": (False, None),
    "ours": (False, OURS),
    "taken": (False, OTHER),
    "deleted": (True, None),
    "deleted and taken": (True, OTHER),
}
"""What one hit can be: deleted or not, and whose it is, by a link or by the stamp that it carries."""

SETS = [kinds for count in range(4) for kinds in product(HITS, repeat=count)]


def world(kinds: Sequence[str]) -> tuple[list[Customer], dict[Ref, Ref]]:
    hits, owners = [], {}
    for place, kind in enumerate(kinds):
        deleted, owner = HITS[kind]
        hit = books(f"b{place}", email=ANN.email, deleted=deleted, created_at=NOW - timedelta(days=place))
        hits.append(hit)
        if owner:
            owners[hit.ref] = owner
    return hits, owners


def transcribed(
    kinds: Sequence[str], several: OnMultiple, taken: OnAlreadyLinked
) -> tuple[Verdict, list[int]]:
    """Return the verdict and the places of the hits shown, as the rules say it."""
    living = [place for place, kind in enumerate(kinds) if not kind.startswith("deleted")]
    ours = [place for place in living if kinds[place] in ("free", "ours")]
    if len(ours) == 1:
        return Verdict.ONE, ours
    if len(ours) > 1:
        chosen = {OnMultiple.OLDEST: [ours[-1]], OnMultiple.NEWEST: [ours[0]], OnMultiple.REVIEW: ours}[
            several
        ]
        return (Verdict.SEVERAL if several is OnMultiple.REVIEW else Verdict.ONE), chosen
    if living and taken is OnAlreadyLinked.SHARE and len(living) == 1:
        return Verdict.ONE, living
    if living:
        return (Verdict.NONE, []) if taken is OnAlreadyLinked.SKIP else (Verdict.TAKEN, living)
    return (Verdict.GONE, list(range(len(kinds)))) if kinds else (Verdict.NONE, [])


def email_step(
    several: OnMultiple = OnMultiple.REVIEW, taken: OnAlreadyLinked = OnAlreadyLinked.REVIEW
) -> MatchStep:
    is_id = taken is OnAlreadyLinked.SHARE  # what evidence finds is not shared
    return evolve(BY_EMAIL, on_multiple=several, on_already_linked=taken, authoritative=is_id)


def ids(ended: Match) -> list[str]:
    return [hit.ref.id for hit in ended.customers]


@pytest.mark.rule("SP-OUT-4", "G-DUP")
class TestVerdicts:
    """None, one, several: deleted, free, ours or another's, under each policy. Two are never silently one."""

    @pytest.mark.parametrize("taken", OnAlreadyLinked)
    @pytest.mark.parametrize("several", OnMultiple)
    def test_table(self, several: OnMultiple, taken: OnAlreadyLinked) -> None:
        for kinds in SETS:
            hits, owners = world(kinds)
            ended = match([email_step(several, taken)], ANN, {0: hits}, owners)
            verdict, shown = transcribed(kinds, several, taken)
            assert (ended.verdict, ids(ended)) == (verdict, [f"b{place}" for place in shown]), kinds
            is_taken = verdict is Verdict.ONE and kinds[shown[0]] not in ("free", "ours")
            assert ended.shared is is_taken, kinds
            assert ended.place == (-1 if verdict is Verdict.NONE else 0), kinds
            assert [entry.rule for entry in ended.trace] == ["SP-OUT-2"], kinds

    @pytest.mark.parametrize("several", OnMultiple)
    def test_the_order_of_the_answer_makes_no_difference(self, several: OnMultiple) -> None:
        hits, owners = world(["free", "taken", "ours", "deleted"])
        ends = {
            (ended.verdict, tuple(ids(ended)))
            for order in permutations(hits)
            for ended in [match([email_step(several)], ANN, {0: order}, owners)]
        }
        assert len(ends) == 1

    @pytest.mark.parametrize(
        ("several", "want"), [(OnMultiple.OLDEST, "a"), (OnMultiple.NEWEST, "b")], ids=["old", "new"]
    )
    def test_of_equal_age_the_id_decides(self, several: OnMultiple, want: str) -> None:
        hits = [books(name, email=ANN.email, created_at=NOW) for name in "ba"]
        assert ids(match([email_step(several)], ANN, {0: hits}, {})) == [want]

    @pytest.mark.parametrize("unknown", [None, ABSENT], ids=repr)
    def test_one_of_unknown_age_counts_as_the_oldest(self, unknown: Any) -> None:
        hits = [books(name, email=ANN.email, created_at=at) for name, at in (("a", NOW), ("b", unknown))]
        assert ids(match([email_step(OnMultiple.OLDEST)], ANN, {0: hits}, {})) == ["b"]
        assert ids(match([email_step(OnMultiple.NEWEST)], ANN, {0: hits}, {})) == ["a"]


@pytest.mark.rule("SP-OUT-1", "SP-OUT-2")
class TestSteps:
    """A step that has nothing to look for, or finds nobody, passes to the next; another ends the search."""

    @pytest.mark.parametrize(
        ("customer", "found", "verdict", "place", "answers"),
        [
            pytest.param(ANN, {}, Verdict.ASK, 0, [], id="the first is asked first"),
            pytest.param(ANN, {0: []}, Verdict.ASK, 1, ["not found"], id="then the second"),
            pytest.param(
                evolve(ANN, custom={}),
                {},
                Verdict.ASK,
                1,
                ["nothing to look for"],
                id="no id: the second at once",
            ),
            pytest.param(ANN, {0: [THEIRS]}, Verdict.ONE, 0, ["found"], id="found at the first"),
            pytest.param(
                ANN, {0: [], 1: [THEIRS]}, Verdict.ONE, 1, ["not found", "found"], id="at the second"
            ),
            pytest.param(ANN, {0: [], 1: []}, Verdict.NONE, -1, ["not found"] * 2, id="nowhere"),
            pytest.param(shop(), {}, Verdict.NONE, -1, ["nothing to look for"] * 2, id="nothing to look for"),
            pytest.param(
                ANN, {0: [GONE]}, Verdict.ASK, 1, ["deleted there"], id="deleted: the second is asked"
            ),
            pytest.param(
                ANN,
                {0: [GONE], 1: []},
                Verdict.GONE,
                0,
                ["deleted there", "not found"],
                id="and found nobody",
            ),
            pytest.param(
                ANN, {0: [GONE], 1: [THEIRS]}, Verdict.ONE, 1, ["deleted there", "found"], id="and found one"
            ),
        ],
    )
    def test_table(
        self,
        customer: Customer,
        found: Mapping[int, Sequence[Customer]],
        verdict: Verdict,
        place: int,
        answers: list[str],
    ) -> None:
        ended = match([BY_ID, BY_EMAIL], customer, found, {})
        assert (ended.verdict, ended.place) == (verdict, place)
        assert [entry.answer for entry in ended.trace] == answers

    def test_keys_made_before_are_the_keys(self) -> None:
        steps = [BY_ID, BY_EMAIL]
        keys = look_up_keys(steps, ANN)
        assert keys == (("b9",), ("ann@shop.example",))
        assert match(steps, ANN, {0: []}, {}, keys) == match(steps, ANN, {0: []}, {})

    @pytest.mark.parametrize("customer", [ANN, evolve(ANN, custom={}), shop()], ids=["both", "email", "none"])
    def test_nobody_is_what_a_search_without_a_find_ends_with(self, customer: Customer) -> None:
        steps = [BY_ID, BY_EMAIL]
        blank = tuple(not key for key in look_up_keys(steps, customer))
        assert match_of_none(steps, blank) == match(steps, customer, {0: [], 1: []}, {})

    @pytest.mark.rule("G-WHY")
    def test_the_trace_says_why_one_of_several_was_free_to_take(self) -> None:
        hits, owners = world(["free", "taken"])
        ended = match([BY_EMAIL], ANN, {0: hits}, owners)
        assert [entry.answer for entry in ended.trace] == ["found one that is not linked to another customer"]

    def test_equal_trace_entries_are_one_object(self) -> None:
        assert step("r", "asked", "answer") is step("r", "asked", "answer")


class TestLookUps:
    """What is looked for: the key, and the value as kept where the target finds only the exact spelling."""

    @pytest.mark.parametrize(
        ("kept", "key"),
        [
            pytest.param("Ann@Shop.Example", "ann@shop.example", id="case"),
            pytest.param(" ann@shop.example ", "ann@shop.example", id="blanks"),
            pytest.param("none@shop.example", None, id="blocked"),
            pytest.param("NONE@shop.example", None, id="blocked in any case"),
            pytest.param("", None, id="empty"),
            pytest.param(None, None, id="null"),
            pytest.param(ABSENT, None, id="absent"),
            pytest.param(7, None, id="not a text"),
            pytest.param("no address", None, id="no address"),
        ],
    )
    def test_keys(self, kept: Any, key: str | None) -> None:
        entry = evolve(BY_EMAIL, blocked=frozenset({"None@Shop.example "}))
        assert keys_for(entry, shop(email=kept)) == (() if key is None else (key,))

    def test_an_empty_key_is_none(self) -> None:
        entry = evolve(BY_EMAIL, keys=Key("email", kind=lambda _: ""))
        assert keys_for(entry, shop(email="a@shop.example")) == ()

    @pytest.mark.parametrize(
        ("kept", "exact", "values"),
        [
            pytest.param("Ann@shop.example", False, ("ann@shop.example",), id="any spelling: the key"),
            pytest.param(
                "Ann@shop.example", True, ("Ann@shop.example", "ann@shop.example"), id="exact: both"
            ),
            pytest.param("ann@shop.example", True, ("ann@shop.example",), id="exact and the same: once"),
            pytest.param(" ann@shop.example", True, ("ann@shop.example",), id="ends are trimmed"),
            pytest.param("", True, (), id="nothing"),
        ],
    )
    def test_values(self, kept: str, exact: bool, values: tuple[str, ...]) -> None:  # noqa: FBT001 - a table
        customer = shop(email=kept)
        keys = keys_for(BY_EMAIL, customer)
        assert look_up_values(BY_EMAIL, customer, keys, exact=exact) == values

    @given(st.text() | st.none() | st.just(ABSENT) | st.integers())
    def test_any_value_has_a_key_or_none(self, kept: Any) -> None:
        assert all(type(key) is str and key for key in keys_for(BY_EMAIL, shop(email=kept)))

    def test_a_step_survives_a_pickle(self) -> None:
        assert pickle.loads(pickle.dumps(BY_EMAIL)) == BY_EMAIL  # noqa: S301 - our own bytes

    def test_a_match_shows_no_customer(self) -> None:
        ended = match([BY_EMAIL], ANN, {0: [books(name="Ann", email="ann@shop.example")]}, {})
        assert "ann" not in repr(ended).lower().replace("another", "")


BY_EMAILS = evolve(BY_EMAIL, keys="email")
TWO = shop(email="Ann <Ann@shop.example>; bob@shop.example")
BOB = books("b2", email="bob@shop.example", created_at=NOW)


@pytest.mark.rule("SP-OUT-2")
class TestSeveralValues:
    """Each value of a field is looked for: all that are found are one, or they are for review."""

    def test_each_has_a_key(self) -> None:
        assert keys_for(BY_EMAILS, TWO) == ("ann@shop.example", "bob@shop.example")
        assert keys_for(BY_EMAIL, TWO) == ()

    def test_a_value_that_stands_there_twice_has_one(self) -> None:
        assert keys_for(BY_EMAILS, shop(email="a@shop.example, A@shop.example")) == ("a@shop.example",)

    def test_a_blocked_one_is_not_looked_for(self) -> None:
        entry = evolve(BY_EMAILS, blocked=frozenset({"bob@shop.example"}))
        assert keys_for(entry, TWO) == ("ann@shop.example",)

    @pytest.mark.parametrize(
        ("exact", "values"),
        [
            (False, ("ann@shop.example", "bob@shop.example")),
            (True, ("Ann@shop.example", "ann@shop.example", "bob@shop.example")),
        ],
    )
    def test_each_is_sent_as_it_is_written(self, exact: bool, values: tuple[str, ...]) -> None:  # noqa: FBT001 - a table
        assert look_up_values(BY_EMAILS, TWO, keys_for(BY_EMAILS, TWO), exact=exact) == values

    @pytest.mark.parametrize(
        ("hits", "verdict", "shown"),
        [
            pytest.param([], Verdict.NONE, [], id="nobody"),
            pytest.param([BOB], Verdict.ONE, ["b2"], id="one of the two"),
            pytest.param(
                [books("b1", email="bob@shop.example, ANN@shop.example")],
                Verdict.ONE,
                ["b1"],
                id="both in one",
            ),
            pytest.param([THEIRS, BOB], Verdict.SEVERAL, ["b2", "b9"], id="two customers"),
        ],
    )
    @pytest.mark.parametrize("several", OnMultiple)
    def test_verdicts(
        self, several: OnMultiple, hits: list[Customer], verdict: Verdict, shown: list[str]
    ) -> None:
        """The oldest of those that share one address may be taken; two addresses are two customers."""
        ended = match([evolve(BY_EMAILS, on_multiple=several)], TWO, {0: hits}, {})
        assert (ended.verdict, ids(ended)) == (verdict, shown)


@pytest.mark.rule("G-DUP")
class TestStrangers:
    """A hit that does not hold a value that was looked for is no hit; it is said, and nothing else ends."""

    @pytest.mark.parametrize("email", ["anne@shop.example", None, ABSENT, "no address"])
    def test_alone_it_is_nobody(self, email: Any) -> None:
        ended = match([BY_EMAIL], ANN, {0: [books(email=email)]}, {})
        assert (ended.verdict, ids(ended)) == (Verdict.NONE, [])
        assert [(note.code, note.field) for note in ended.notes] == [("hit_without_value", "email")]

    def test_beside_the_one_it_makes_no_second(self) -> None:
        ended = match([BY_EMAIL], ANN, {0: [THEIRS, books(email="anne@shop.example")]}, {})
        assert (ended.verdict, ids(ended)) == (Verdict.ONE, ["b9"])
        assert [note.code for note in ended.notes] == ["hit_without_value"]

    def test_a_deleted_one_shows_no_values(self) -> None:
        assert match([BY_EMAIL], ANN, {0: [GONE]}, {}).verdict is Verdict.GONE

    def test_where_a_value_must_find_somebody_it_finds_nobody(self) -> None:
        ended = match([STRICT], ANN, {0: [books(email="anne@shop.example")]}, {})
        assert (ended.verdict, ended.issue) == (Verdict.REFUSED, UNKNOWN)


@pytest.mark.rule("SP-OUT-1")
class TestDeleted:
    """Who was deleted is not found: the next step is asked, and only then the step's policy."""

    @pytest.mark.parametrize(
        ("deleted", "found", "verdict", "shown"),
        [
            pytest.param(OnDeleted.REVIEW, [], Verdict.GONE, ["b9"], id="nobody else: review"),
            pytest.param(OnDeleted.CREATE, [], Verdict.NONE, [], id="nobody else: create"),
            pytest.param(OnDeleted.REVIEW, [BOB], Verdict.GONE, ["b9"], id="a stranger is nobody"),
            pytest.param(OnDeleted.REVIEW, [books("b1", email=ANN.email)], Verdict.ONE, ["b1"], id="one"),
            pytest.param(
                OnDeleted.CREATE, [books("b1", email=ANN.email)], Verdict.ONE, ["b1"], id="one, create"
            ),
            pytest.param(
                OnDeleted.CREATE,
                [books("b1", email=ANN.email), books("b2", email=ANN.email)],
                Verdict.SEVERAL,
                ["b1", "b2"],
                id="two",
            ),
        ],
    )
    def test_table(
        self, deleted: OnDeleted, found: list[Customer], verdict: Verdict, shown: list[str]
    ) -> None:
        ended = match([evolve(BY_ID, on_deleted=deleted), BY_EMAIL], ANN, {0: [GONE], 1: found}, {})
        assert (ended.verdict, ids(ended)) == (verdict, shown)

    def test_the_one_that_is_found_then_comes_with_a_warning(self) -> None:
        ended = match([BY_ID, BY_EMAIL], ANN, {0: [GONE], 1: [books("b1", email=ANN.email)]}, {})
        assert [(note.code, note.rule, note.field) for note in ended.notes] == [
            ("kept_id_deleted", "SP-OUT-1", "custom.books_id")
        ]

    @pytest.mark.parametrize(
        ("deleted", "verdict"), [(OnDeleted.REVIEW, Verdict.GONE), (OnDeleted.CREATE, Verdict.NONE)]
    )
    def test_where_the_target_shows_none_who_is_not_found_was_deleted(
        self, deleted: OnDeleted, verdict: Verdict
    ) -> None:
        by_id = evolve(BY_ID, shows_deleted=False, on_deleted=deleted)
        ended = match([by_id, BY_EMAIL], ANN, {0: [], 1: []}, {})
        assert (ended.verdict, ended.customers) == (verdict, ())
        assert [entry.answer for entry in ended.trace] == ["not there any more", "not found"]

    def test_where_it_shows_none_who_names_nobody_is_new(self) -> None:
        unnamed = evolve(ANN, custom={})
        ended = match([evolve(BY_ID, shows_deleted=False), BY_EMAIL], unnamed, {1: []}, {})
        assert ended.verdict is Verdict.NONE


UNKNOWN = Issue(code="unknown", rule="ST-LEG-4", field="email", reason="nobody", remedy="-")
STRICT = evolve(BY_EMAIL, if_not_found=UNKNOWN)


@pytest.mark.rule("ST-LEG-4", "LG-LINK")
class TestMustFind:
    """Where a value must find somebody, nobody found is a refusal, and no later step is asked."""

    @pytest.mark.parametrize(
        ("email", "hits", "verdict", "answer"),
        [
            pytest.param("ann@shop.example", [], Verdict.REFUSED, "not found", id="nobody"),
            pytest.param(
                "call me", None, Verdict.REFUSED, "a value that cannot be looked for", id="malformed"
            ),
            pytest.param(
                "ann@shop.example",
                [books(email="ann@shop.example", deleted=True)],
                Verdict.REFUSED,
                "deleted there",
                id="deleted",
            ),
            pytest.param(None, None, Verdict.NONE, "nothing to look for", id="blank"),
        ],
    )
    def test_table(self, email: str | None, hits: Any, verdict: Verdict, answer: str) -> None:
        found = {} if hits is None else {0: hits}
        ended = match([STRICT], shop(email=email), found, {})
        assert (ended.verdict, ended.trace[0].answer) == (verdict, answer)
        assert (ended.issue == UNKNOWN) == (verdict is Verdict.REFUSED)


@pytest.mark.rule("G-DUP")
class TestSeveralFields:
    """A look-up by several fields at once, where no single one is a customer's own."""

    STEP = MatchStep(
        id="T-1",
        keys=Key("company_name", "billing_address.city", "custom.vat", kind="text"),
        question="?",
        lookup="name_and_town",
    )
    BOOK = (Address(city="Astoria", default_billing=True),)

    def test_both_sides_are_read_alike(self) -> None:
        fields: Any = {"company_name": "Bright", "addresses": self.BOOK, "custom": {"vat": "7"}}
        assert keys_for(self.STEP, shop(**fields)) == ("bright astoria 7",)
        assert held_keys(self.STEP, books("b9", **fields)) == ("bright astoria 7",)

    def test_each_side_has_its_own_fields(self) -> None:
        step = evolve(self.STEP, keys=Key("first_name", "last_name", kind="text", right="name"))
        assert keys_for(step, shop(first_name="Rosa", last_name="Okafor")) == ("rosa okafor",)
        assert held_keys(step, books("b9", name="Rosa Okafor")) == ("rosa okafor",)

    @pytest.mark.parametrize(
        "fields",
        [
            {"company_name": "Bright", "addresses": BOOK},
            {"company_name": None, "addresses": BOOK, "custom": {"vat": "7"}},
            {"company_name": "Bright", "addresses": ABSENT, "custom": {"vat": "7"}},
            {"company_name": "Bright", "addresses": (), "custom": {"vat": "7"}},
            {"company_name": "Bright", "addresses": BOOK, "custom": {"vat": 7}},
        ],
    )
    def test_without_one_of_them_nothing_is_looked_for(self, fields: dict[str, Any]) -> None:
        assert keys_for(self.STEP, shop(**fields)) == ()

    def test_it_is_no_proof(self) -> None:
        with pytest.raises(ConfigurationError, match="match step T-1: a key of several fields is no proof"):
            evolve(self.STEP, authoritative=True)

    def test_a_step_looks_for_one_key(self) -> None:
        with pytest.raises(ConfigurationError, match="match step T-1: it looks for one key"):
            evolve(self.STEP, keys=("email", "phone"))

    def test_it_can_be_sent_to_another_process(self) -> None:
        assert pickle.loads(pickle.dumps(self.STEP)) == self.STEP  # noqa: S301 - our own
