"""The sync record: its states, its pure transitions, and what it remembers of either side."""

import pickle
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import Issue, Ref
from custsync.syncrecords import (
    NEVER_SEEN,
    TRANSITIONS,
    Intent,
    LastSeen,
    MergeNote,
    Status,
    SyncRecord,
    UpdateNote,
    announce,
    begin,
    exclude,
    finish_merge,
    hide,
    intend,
    link,
    merge,
    reinclude,
    reject,
    settle,
    share,
    undo_merge,
    unlink,
    with_in_flight,
    with_last_seen,
)
from tests.environments import LINK, NOW

OURS, THEIRS, OTHERS = Ref("netsuite", "2041"), Ref("stripe", "cus_1"), Ref("stripe", "cus_2")
INTENT = Intent(
    key="k", issued_at=NOW, attempt=0, rules="1", request={"name": "canary"}, clues={"email": ("canary",)}
)
ISSUE = Issue(code="rejected", rule="G-ISO", field="name", reason="refused", remedy="Mend it")
NEW = SyncRecord(link=LINK, source=OURS, status=Status.INTENT, flow="f")
STATES = {
    "intent": intend(NEW, INTENT),
    "linked": evolve(NEW, status=Status.LINKED, target=THEIRS),
    "failed": evolve(NEW, status=Status.FAILED, error=ISSUE),
}


ALL = {
    "intent": STATES["intent"],
    "linked": STATES["linked"],
    "failed": STATES["failed"],
    "excluded": evolve(NEW, status=Status.EXCLUDED, target=THEIRS, error=ISSUE),
    "merged": evolve(NEW, status=Status.MERGED, target=OTHERS, merge=MergeNote(duplicate=THEIRS)),
    "shared": evolve(NEW, status=Status.SHARED, target=OTHERS),
}
SENT = UpdateNote(namespace=THEIRS.namespace, fields={"name": "digest"}, until=NOW)
KNOWN = {OURS.namespace: LastSeen(payload="p", fields={"name": "old"})}
MOVES: dict[str, Callable[[SyncRecord], SyncRecord]] = {
    "intend": lambda record: intend(record, INTENT),
    "reject": lambda record: reject(record, ISSUE),
    "link": lambda record: link(record, OURS, THEIRS),
    "share": lambda record: share(record, OURS, OTHERS),
    "announce": lambda record: announce(record, SENT, {OURS.namespace: ["name"]}),
    "with_in_flight": lambda record: with_in_flight(record, ()),
    "with_last_seen": lambda record: with_last_seen(record, {}),
    "exclude": lambda record: exclude(record, ISSUE),
    "hide": lambda record: hide(record, ISSUE),
    "reinclude": lambda record: reinclude(record, ISSUE),
    "merge": lambda record: merge(record, OURS, OTHERS, MergeNote()),
    "finish merge": finish_merge,
    "undo merge": lambda record: undo_merge(record, THEIRS, record.version),
    "unlink": lambda record: unlink(record, OURS, ISSUE),
}
ALLOWED = {
    "intend": {"failed": "intent", "intent": "intent"},
    "reject": {"failed": "failed", "intent": "failed"},
    "link": dict.fromkeys(("failed", "intent", "linked", "merged", "shared"), "linked"),
    "share": dict.fromkeys(("failed", "intent", "linked", "merged", "shared"), "shared"),
    "announce": {"linked": "linked", "excluded": "excluded"},
    "with_in_flight": {"linked": "linked", "excluded": "excluded"},
    "with_last_seen": {name: name for name in ALL},
    "exclude": dict.fromkeys(("failed", "intent", "linked", "excluded"), "excluded"),
    "hide": {"failed": "failed", "intent": "intent", "linked": "linked", "excluded": "linked"},
    "reinclude": {"failed": "failed", "intent": "intent", "linked": "linked", "excluded": "linked"},
    "merge": dict.fromkeys(("linked", "merged", "shared"), "merged"),
    "finish merge": {"merged": "merged"},
    "undo merge": dict.fromkeys(("linked", "merged"), "linked"),
    "unlink": dict.fromkeys(("failed", "intent", "linked", "merged", "shared"), "failed"),
}
"""The table written down a second time: transition → state → state."""


@pytest.mark.rule("G-DUP")
class TestTheTable:
    """Each transition begins in the states that the table says, and in no other."""

    def test_every_transition_is_tried(self) -> None:
        assert MOVES.keys() == ALLOWED.keys() == TRANSITIONS.keys()

    @pytest.mark.parametrize("state", ALL)
    @pytest.mark.parametrize("name", MOVES)
    def test_from_every_state(self, name: str, state: str) -> None:
        if state in ALLOWED[name]:
            after = MOVES[name](ALL[state])
            assert (after.status.value, after.version) == (ALLOWED[name][state], ALL[state].version)
        else:
            with pytest.raises(
                InputError, match=f"netsuite:2041: {name}: not of a sync record that is {state}"
            ):
                MOVES[name](ALL[state])


@pytest.mark.rule("G-DUP")
class TestTransitions:
    """Each transition leaves exactly what the new state says."""

    @pytest.mark.parametrize("state", ["failed", "intent"])
    def test_intend(self, state: str) -> None:
        before = evolve(STATES[state], memory=KNOWN)
        assert intend(before, INTENT) == evolve(before, status=Status.INTENT, intent=INTENT, error=None)

    @pytest.mark.parametrize("before", list(STATES.values()), ids=list(STATES))
    def test_link(self, before: SyncRecord) -> None:
        want = evolve(before, status=Status.LINKED, target=THEIRS, intent=None, error=None)
        assert link(before, OURS, THEIRS) == want

    def test_link_seen_from_the_other_end(self) -> None:
        """The record that one direction began is linked by the other: its source stays where it was."""
        begun = evolve(NEW, source=THEIRS)
        linked = link(begun, OURS, THEIRS)
        assert (linked.source, linked.target) == (THEIRS, OURS)

    @pytest.mark.parametrize(
        ("other", "anew", "kept"),
        [(THEIRS, False, True), (OTHERS, False, False), (THEIRS, True, False)],
        ids=["the same", "another", "the same, that was there before"],
    )
    def test_link_forgets_another_pair(self, other: Ref, anew: bool, kept: bool) -> None:  # noqa: FBT001 - a table
        before = evolve(STATES["linked"], memory=KNOWN, in_flight=(SENT,))
        after = link(before, OURS, other, anew=anew)
        assert (after.memory, after.in_flight) == ((KNOWN, (SENT,)) if kept else ({}, ()))

    def test_link_says_what_a_person_should_know(self) -> None:
        assert link(STATES["intent"], OURS, THEIRS, note=ISSUE).error == ISSUE

    def test_reject_keeps_the_reason_and_forgets_what_nothing_shows(self) -> None:
        begun = evolve(STATES["intent"], memory={OURS.namespace: LastSeen(payload="p")})
        rejected = reject(begun, ISSUE)
        assert (rejected.status, rejected.intent, rejected.error) == (Status.FAILED, None, ISSUE)
        assert rejected.last_seen(OURS.namespace) == NEVER_SEEN

    @pytest.mark.parametrize(("target", "status"), [(THEIRS, Status.LINKED), (None, Status.FAILED)])
    def test_reinclude(self, target: Ref | None, status: Status) -> None:
        after = reinclude(evolve(ALL["excluded"], target=target), ISSUE)
        assert (after.status, after.target, after.error) == (status, target, ISSUE)

    def test_a_merge_that_is_refused_is_undone(self) -> None:
        linked, started = evolve(STATES["linked"], memory=KNOWN, version=3), ALL["merged"]
        assert undo_merge(linked, THEIRS, 4) == evolve(linked, version=4)
        undone = undo_merge(started, THEIRS, 4)
        assert (undone.status, undone.target, undone.merge) == (Status.LINKED, THEIRS, None)

    def test_unlink_keeps_nothing(self) -> None:
        before = evolve(STATES["linked"], memory=KNOWN, in_flight=(SENT,), version=7)
        assert unlink(before, OURS, ISSUE) == evolve(NEW, status=Status.FAILED, error=ISSUE, version=7)

    def test_unlink_from_the_other_end(self) -> None:
        assert unlink(STATES["linked"], THEIRS, ISSUE).source == THEIRS

    def test_begin(self) -> None:
        assert begin(LINK, OURS, "f") == evolve(NEW, status=Status.FAILED)


@pytest.mark.rule("G-LOSS")
class TestInFlight:
    """An update in flight is on record until its answer was seen, or it can take effect no more."""

    LINKED = evolve(STATES["linked"], memory={**KNOWN, THEIRS.namespace: LastSeen(payload="q")})

    def test_announced(self) -> None:
        after = announce(self.LINKED, SENT, {OURS.namespace: ["name", "phone"]})
        assert after.in_flight == (SENT,)
        assert after.last_seen(OURS.namespace).fields == {"name": "?", "phone": "?"}
        assert {seen.payload for seen in after.memory.values()} == {""}

    def test_the_values_of_several(self) -> None:
        later = evolve(SENT, fields={"name": "newer", "phone": "n"})
        elsewhere = evolve(SENT, namespace=OURS.namespace)
        record = evolve(self.LINKED, in_flight=(SENT, later, elsewhere))
        assert record.announced(THEIRS.namespace) == {"name": {"digest", "newer"}, "phone": {"n"}}
        assert record.announced("nowhere") == {}

    def test_no_text_is_remembered_meanwhile(self) -> None:
        record = evolve(self.LINKED, in_flight=(SENT,))
        assert with_last_seen(record, {OURS.namespace: LastSeen(payload="new")}).last_seen(
            OURS.namespace
        ) == LastSeen(fields={"name": "old"})

    @pytest.mark.parametrize(
        ("namespace", "read_at", "behind", "left"),
        [
            pytest.param(THEIRS.namespace, NOW, {}, 0, id="read at the end of its window"),
            pytest.param(THEIRS.namespace, NOW - timedelta(microseconds=1), {}, 1, id="read before"),
            pytest.param(THEIRS.namespace, None, {}, 1, id="nobody knows when"),
            pytest.param(OURS.namespace, NOW, {}, 1, id="another side was read"),
            pytest.param(THEIRS.namespace, NOW, {"name": "digest"}, 1, id="it is what the side shows"),
            pytest.param(THEIRS.namespace, NOW, {"name": "edited"}, 0, id="the side shows something else"),
            pytest.param(THEIRS.namespace, NOW, {"phone": "digest"}, 0, id="in another field"),
        ],
    )
    def test_settled(self, namespace: str, read_at: Any, behind: dict[str, str], left: int) -> None:
        record = evolve(self.LINKED, in_flight=(SENT,))
        assert len(settle(record, namespace, read_at, behind).in_flight) == left

    def test_settled_where_the_side_shows_what_was_last_seen(self) -> None:
        seen = {THEIRS.namespace: LastSeen(fields={"name": "digest"})}
        record = evolve(self.LINKED, in_flight=(SENT,), memory=seen)
        assert settle(record, THEIRS.namespace, NOW, {"name": "digest"}).in_flight == ()


class TestEnds:
    """Either end leads to the other."""

    LINKED = STATES["linked"]

    @pytest.mark.parametrize(
        ("record", "end", "other"),
        [
            pytest.param(LINKED, OURS, THEIRS, id="from the source"),
            pytest.param(LINKED, THEIRS, OURS, id="from the target"),
            pytest.param(NEW, OURS, None, id="not known yet"),
        ],
    )
    def test_other(self, record: SyncRecord, end: Ref, other: Ref | None) -> None:
        assert record.other(end) == other


fields = st.dictionaries(st.sampled_from("abc"), st.sampled_from("12"))
memories = st.builds(LastSeen, payload=st.sampled_from(["", "p", "q"]), fields=fields)


@pytest.mark.rule("G-LOSS")
class TestModifiedAt:
    """Of two times at which a side was modified the later one is kept."""

    LATER = NOW + timedelta(1)

    @pytest.mark.parametrize(
        ("older", "newer", "want"),
        [(NOW, LATER, LATER), (LATER, NOW, LATER), (None, NOW, NOW), (NOW, None, NOW), (None, None, None)],
    )
    def test_table(self, older: Any, newer: Any, want: Any) -> None:
        record = evolve(NEW, memory={OURS.namespace: LastSeen(modified_at=older)})
        after = with_last_seen(record, {OURS.namespace: LastSeen(modified_at=newer)})
        assert after.last_seen(OURS.namespace).modified_at == want


@pytest.mark.rule("SP-BI", "G-IDEM")
class TestRemember:
    """Newer memories are laid over older ones; what one direction does not say of a text is not forgotten."""

    @pytest.mark.parametrize(
        ("older", "newer", "want"),
        [
            pytest.param(LastSeen(), LastSeen(payload="p", fields={"a": "1"}), ("p", {"a": "1"}), id="first"),
            pytest.param(
                LastSeen(fields={"a": "1", "b": "1"}),
                LastSeen(fields={"a": "2"}),
                ("", {"a": "2", "b": "1"}),
                id="kept",
            ),
            pytest.param(
                LastSeen(payload="p", fields={"a": "1"}),
                LastSeen(fields={"a": "1"}),
                ("p", {"a": "1"}),
                id="text kept",
            ),
            pytest.param(
                LastSeen(payload="p", fields={"a": "1"}),
                LastSeen(fields={"a": "2"}),
                ("", {"a": "2"}),
                id="a field changed: the old text is no more",
            ),
            pytest.param(
                LastSeen(payload="p", fields={"a": "1"}),
                LastSeen(fields={"b": "1"}),
                ("", {"a": "1", "b": "1"}),
                id="a field is new: the old text is no more",
            ),
            pytest.param(LastSeen(payload="p"), LastSeen(payload="q"), ("q", {}), id="newer text"),
        ],
    )
    def test_table(self, older: LastSeen, newer: LastSeen, want: tuple[str, dict[str, str]]) -> None:
        record = with_last_seen(evolve(NEW, memory={OURS.namespace: older}), {OURS.namespace: newer})
        seen = record.last_seen(OURS.namespace)
        assert (seen.payload, dict(seen.fields)) == want

    @given(memories, memories)
    def test_twice_is_once(self, older: LastSeen, newer: LastSeen) -> None:
        once = with_last_seen(evolve(NEW, memory={OURS.namespace: older}), {OURS.namespace: newer})
        assert with_last_seen(once, {OURS.namespace: newer}) == once

    def test_the_other_realm_is_left_alone(self) -> None:
        before = evolve(NEW, memory={THEIRS.namespace: LastSeen(payload="p")})
        after = with_last_seen(before, {OURS.namespace: LastSeen(payload="q")})
        assert after.last_seen(THEIRS.namespace) == LastSeen(payload="p")

    def test_an_unseen_realm_has_an_empty_memory(self) -> None:
        assert NEW.last_seen("elsewhere") == NEVER_SEEN


class TestValues:
    """Records are equal by value, picklable, and show nothing of the request or the clues."""

    @pytest.mark.parametrize("record", list(STATES.values()), ids=list(STATES))
    def test_pickle_and_repr(self, record: SyncRecord) -> None:
        assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301 - our own bytes
        assert "canary" not in f"{record!r} {record}"
