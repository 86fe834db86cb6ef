"""The sync record: its states, its pure transitions, and what it remembers of either side."""

import pickle

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from custsync.models import Issue, Ref
from custsync.syncrecords import (
    NEVER_SEEN,
    Intent,
    LastSeen,
    Status,
    SyncRecord,
    intend,
    link,
    reject,
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


@pytest.mark.rule("G-DUP")
class TestTransitions:
    """Intend, then link or reject: each transition leaves exactly what the new state says."""

    @pytest.mark.parametrize("before", list(STATES.values()), ids=list(STATES))
    def test_intend(self, before: SyncRecord) -> None:
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

    def test_reject_keeps_the_reason_and_forgets_what_nothing_shows(self) -> None:
        begun = evolve(STATES["intent"], memory={OURS.namespace: LastSeen(payload="p")})
        rejected = reject(begun, ISSUE)
        assert (rejected.status, rejected.intent, rejected.error) == (Status.FAILED, None, ISSUE)
        assert rejected.last_seen(OURS.namespace) == NEVER_SEEN

    @pytest.mark.parametrize("before", list(STATES.values()), ids=list(STATES))
    def test_no_transition_counts_as_a_save(self, before: SyncRecord) -> None:
        for after in (intend(before, INTENT), link(before, OURS, THEIRS), reject(before, ISSUE)):
            assert after.version == before.version


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
