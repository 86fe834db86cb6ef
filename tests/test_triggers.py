"""What starts a flow."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custsync.errors import ConfigurationError
from custsync.models import Severity
from custsync.triggers import ON_CREATE_AND_MODIFY, Event, Happened, Started, started_by

EVENTS = st.lists(st.builds(Event, st.sampled_from(["", "7", "41", "cus_1"]), st.sampled_from(Happened)))


@pytest.mark.rule("LS-TRIG")
class TestStartedBy:
    """What starts the flow is configurable; the usual setting is on create and on modification."""

    @pytest.mark.parametrize(
        ("happened", "starts"),
        [
            (Happened.CREATED, True),
            (Happened.MODIFIED, True),
            (Happened.DELETED, False),
            (Happened.MERGED, False),
        ],
        ids=lambda value: getattr(value, "value", ""),
    )
    def test_the_usual_setting(self, happened: Happened, *, starts: bool) -> None:
        assert started_by([Event("7", happened)]).ids == (("7",) if starts else ())

    @pytest.mark.parametrize("on", Happened)
    def test_any_setting(self, on: Happened) -> None:
        events = [Event(happened.value, happened) for happened in Happened]
        assert started_by(events, [on]).ids == (on.value,)

    def test_why_it_does_not_start(self) -> None:
        events = [Event("7", Happened.CREATED), Event("7", Happened.DELETED)]
        issue = started_by(events, {Happened.MODIFIED}).issues["7"]
        assert (issue.code, issue.rule, issue.severity) == ("not_started", "LS-TRIG", Severity.NOTE)
        assert issue.reason == (
            "the customer was created and deleted, and this flow starts when one is modified"
        )

    @pytest.mark.parametrize("blank", ["", "  "])
    def test_an_event_that_names_nobody(self, blank: str) -> None:
        started = started_by([Event(blank, Happened.CREATED)])
        assert started.ids == ()
        assert started.issues[blank].code == "no_id"

    def test_no_events(self) -> None:
        assert started_by([]) == Started()

    @pytest.mark.parametrize("on", [[], ["created"], [Happened.CREATED, None]], ids=repr)
    def test_what_is_no_setting(self, on: Any) -> None:
        with pytest.raises(ConfigurationError, match="at least one of Happened's members"):
            started_by([], on)

    def test_numbers_stand_in_their_order(self) -> None:
        events = [Event(identity, Happened.CREATED) for identity in ("10", "9", "2041")]
        assert started_by(events).ids == ("9", "10", "2041")

    @given(EVENTS, st.randoms())
    def test_law_order_and_repetition_make_no_difference(self, events: list[Event], random: Any) -> None:
        started = started_by(events)
        again = started_by(random.sample([*events, *events], 2 * len(events)))
        assert (again, list(again.issues)) == (started, list(started.issues))

    @given(EVENTS)
    def test_law_everybody_starts_or_is_told_why_not(self, events: list[Event]) -> None:
        started = started_by(events)
        assert {*started.ids, *started.issues} == {event.id for event in events}
        assert not set(started.ids) & set(started.issues)
        assert set(started.ids) == {
            event.id for event in events if event.id and event.happened in ON_CREATE_AND_MODIFY
        }
