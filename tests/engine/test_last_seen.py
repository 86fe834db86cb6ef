"""What is remembered of both sides: only fields on which both agree, as they were seen or sent."""

from typing import Any

import pytest
from attrs import evolve

from custsync.engine.apply.last_seen import memory_of
from custsync.engine.decisions import Create, Unchanged, Update
from custsync.models import Customer
from custsync.rules.fields.fingerprints import digest
from custsync.rules.fields.mapping import Change
from tests.environments import FLOW, books, row, shop

ANN = shop(name="Ann", phone="1", custom={"books_id": "b1"})
THERE = books(name="Ann", phone="1")
CREATE = Create(source=ANN.ref, customer=ANN, digest="p", values={"name": "Ann"})
UPDATE = Update(
    source=ANN.ref,
    customer=ANN,
    target=THERE.ref,
    current=evolve(THERE, name="Old"),
    changes=(Change(field="name", rule="R", before="Old", after="Ann"),),
    in_step=("name", "phone"),
    digest="p",
)


def shown(decision: Any, after: Customer | None, *, answered: bool = True) -> dict[str, str]:
    return dict(memory_of(FLOW, decision, THERE.ref, after, answered=answered)[THERE.ref.namespace].fields)


@pytest.mark.rule("SP-BI", "G-LOSS")
class TestMemory:
    """What one side still has to say must not be taken for what was seen."""

    def test_nothing_is_learned_of_a_customer_that_was_not_kept(self) -> None:
        unchanged = Unchanged(source=ANN.ref, target=THERE.ref)
        assert memory_of(FLOW, unchanged, THERE.ref, None, answered=False) == {}

    def test_without_a_look_at_the_target_nothing_of_it_is_known(self) -> None:
        unchanged = Unchanged(source=ANN.ref, target=THERE.ref, customer=ANN, in_step=("name",))
        assert shown(unchanged, None) == {}

    @pytest.mark.parametrize(
        ("after", "answered", "want"),
        [
            pytest.param(evolve(THERE, name="ANN"), True, "ANN", id="the answer shows the target's own form"),
            pytest.param(evolve(THERE, name="Bob"), False, "Ann", id="read later: somebody's edit, perhaps"),
            pytest.param(evolve(THERE, name="ANN "), False, "ANN ", id="read later: the same, made neat"),
            pytest.param(evolve(THERE, name=None), False, "Ann", id="read later and emptied"),
            pytest.param(evolve(THERE, name="Ann"), False, "Ann", id="read later and as sent"),
            pytest.param(None, False, "Ann", id="not seen: as sent"),
        ],
    )
    @pytest.mark.parametrize("decision", [CREATE, UPDATE], ids=["create", "update"])
    def test_what_was_written(
        self,
        decision: Any,
        after: Customer | None,
        answered: bool,  # noqa: FBT001 - a table
        want: str,
    ) -> None:
        assert shown(decision, after, answered=answered)["name"] == digest(want)

    def test_what_was_not_written_is_remembered_as_it_was_before(self) -> None:
        edited = evolve(THERE, phone="their edit meanwhile")
        assert shown(UPDATE, edited)["phone"] == digest("1")

    @pytest.mark.parametrize(
        ("phone", "known"), [(None, True), ("filled in there", False)], ids=["blank there", "filled in there"]
    )
    def test_what_a_create_did_not_say(self, phone: str | None, known: bool) -> None:  # noqa: FBT001 - a table
        assert ("phone" in shown(CREATE, evolve(THERE, phone=phone))) is known

    def test_a_field_that_is_written_once_is_not_watched_in_the_source(self) -> None:
        flow = FLOW.with_field(row("name", create_only=True))
        memory = memory_of(flow, CREATE, THERE.ref, THERE, answered=True)
        assert "name" not in memory[ANN.ref.namespace].fields

    def test_a_field_that_another_row_waits_for_is_not_said(self) -> None:
        flow = FLOW.with_field(row("name", sources=("name", "phone"))).with_field(row("phone"))
        waiting = evolve(UPDATE, in_step=("name",))
        memory = memory_of(flow, waiting, THERE.ref, THERE, answered=True)
        assert "phone" not in memory[ANN.ref.namespace].fields

    @pytest.mark.parametrize(
        ("kept", "text"),
        [("b1", "p"), (" b1 ", "p"), ("b2", ""), (None, "")],
        ids=["kept", "blanks", "other", "due"],
    )
    def test_the_text_is_known_once_the_id_was_written_back(self, kept: str | None, text: str) -> None:
        customer = evolve(ANN, custom={"books_id": kept})
        memory = memory_of(FLOW, evolve(UPDATE, customer=customer), THERE.ref, THERE, answered=True)
        assert memory[ANN.ref.namespace].payload == text

    def test_a_flow_without_write_back_knows_the_text_at_once(self) -> None:
        memory = memory_of(FLOW.replace(write_back=""), CREATE, THERE.ref, None, answered=False)
        assert memory[ANN.ref.namespace].payload == "p"
