"""What starts a flow."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import ConfigurationError
from custsync.models import Severity
from custsync.rules.triggers import ON_CREATE_AND_MODIFY, Event, EventKind, Started, triggered_by

EVENTS = st.lists(st.builds(Event, st.sampled_from(["", "7", "41", "cus_1"]), st.sampled_from(EventKind)))


@pytest.mark.rule("LS-TRIG")
class TestStartedBy:
    """What starts the flow is configurable; the usual setting is on create and on modification."""

    @pytest.mark.parametrize(
        ("happened", "starts"),
        [
            (EventKind.CREATED, True),
            (EventKind.MODIFIED, True),
            (EventKind.DELETED, False),
            (EventKind.MERGED, False),
        ],
        ids=lambda value: getattr(value, "value", ""),
    )
    def test_the_usual_setting(self, happened: EventKind, *, starts: bool) -> None:
        assert triggered_by([Event("7", happened)]).ids == (("7",) if starts else ())

    @pytest.mark.parametrize("on", EventKind)
    def test_any_setting(self, on: EventKind) -> None:
        events = [Event(happened.value, happened) for happened in EventKind]
        assert triggered_by(events, [on]).ids == (on.value,)

    def test_why_it_does_not_start(self) -> None:
        events = [Event("7", EventKind.CREATED), Event("7", EventKind.DELETED)]
        issue = triggered_by(events, {EventKind.MODIFIED}).issues["7"]
        assert (issue.code, issue.rule, issue.severity) == ("not_started", "LS-TRIG", Severity.NOTE)
        assert issue.reason == (
            "the customer was created and deleted, and this flow starts when one is modified"
        )

    @pytest.mark.parametrize("blank", ["", "  "])
    def test_an_event_that_names_nobody(self, blank: str) -> None:
        started = triggered_by([Event(blank, EventKind.CREATED)])
        assert started.ids == ()
        assert started.issues[blank].code == "no_id"

    def test_no_events(self) -> None:
        assert triggered_by([]) == Started()

    @pytest.mark.parametrize("on", [[], ["created"], [EventKind.CREATED, None]], ids=repr)
    def test_what_is_no_setting(self, on: Any) -> None:
        with pytest.raises(ConfigurationError, match="at least one of Happened's members"):
            triggered_by([], on)

    def test_numbers_stand_in_their_order(self) -> None:
        events = [Event(identity, EventKind.CREATED) for identity in ("10", "9", "2041")]
        assert triggered_by(events).ids == ("9", "10", "2041")

    @given(EVENTS, st.randoms())
    def test_law_order_and_repetition_make_no_difference(self, events: list[Event], random: Any) -> None:
        started = triggered_by(events)
        again = triggered_by(random.sample([*events, *events], 2 * len(events)))
        assert (again, list(again.issues)) == (started, list(started.issues))

    @given(EVENTS)
    def test_law_everybody_starts_or_is_told_why_not(self, events: list[Event]) -> None:
        started = triggered_by(events)
        assert {*started.ids, *started.issues} == {event.id for event in events}
        assert not set(started.ids) & set(started.issues)
        assert set(started.ids) == {
            event.id for event in events if event.id and event.happened in ON_CREATE_AND_MODIFY
        }
