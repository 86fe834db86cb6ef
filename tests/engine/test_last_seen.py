"""What is remembered of both sides: only fields on which both agree, as they were seen or sent."""

from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.apply.last_seen import learn, memory_before, memory_of_announced, written_by
from custsync.engine.decisions import Create, Link, Recover, RecoverBy, Unchanged, Update
from custsync.flow import Flow
from custsync.models import Address, Customer
from custsync.rules.fields.mapping import Change
from custsync.rules.fields.values import digest
from custsync.syncrecords import DOUBTED, LastSeen, Status, SyncRecord, begin, with_last_seen
from tests.environments import FLOW, LINK, NOW, books, row, shop

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
RECORD = begin(LINK, ANN.ref, "f")


def learned(decision: Any, after: Customer | None, *, answered: bool = True, flow: Flow = FLOW) -> Any:
    """Return what is learned, and the memory that the record of the decision has then."""
    record = decision.record or RECORD
    if isinstance(decision, Create):
        record = evolve(record, memory=memory_of_announced(flow, decision, THERE.ref.namespace))
    made = learn(flow, decision, record, THERE.ref, after, answered=answered)
    return made._replace(memory=made.memory and with_last_seen(record, made.memory).memory)


def shown(decision: Any, after: Customer | None, *, answered: bool = True) -> dict[str, str]:
    return dict(learned(decision, after, answered=answered).memory[THERE.ref.namespace].fields)


def said(decision: Any, after: Customer | None, *, flow: Flow = FLOW) -> LastSeen:
    memory: LastSeen = learned(decision, after, flow=flow).memory[ANN.ref.namespace]
    return memory


@pytest.mark.rule("SP-BI", "G-LOSS")
class TestMemory:
    """What one side still has to say must not be taken for what was seen."""

    def test_nothing_is_learned_of_a_customer_that_was_not_kept(self) -> None:
        unchanged = Unchanged(source=ANN.ref, target=THERE.ref)
        assert learned(unchanged, None, answered=False).memory == {}

    def test_without_a_look_at_the_target_nothing_of_it_is_known(self) -> None:
        unchanged = Unchanged(source=ANN.ref, target=THERE.ref, customer=ANN, in_step=("name",))
        assert shown(unchanged, None) == {}

    @pytest.mark.parametrize(
        ("after", "answered", "want"),
        [
            pytest.param(evolve(THERE, name="ANN"), True, "ANN", id="the answer shows the target's own form"),
            pytest.param(evolve(THERE, name="Bob"), True, "Bob", id="the answer shows another value"),
            pytest.param(evolve(THERE, name="Bob"), False, "Ann", id="read later: somebody's edit, perhaps"),
            pytest.param(evolve(THERE, name="ANN "), False, "ANN ", id="read later: the same, made neat"),
            pytest.param(evolve(THERE, name=None), False, None, id="read later and not kept"),
            pytest.param(evolve(THERE, name="Ann"), False, "Ann", id="read later and as sent"),
        ],
    )
    @pytest.mark.parametrize("decision", [CREATE, UPDATE], ids=["create", "update"])
    def test_what_was_written(
        self,
        decision: Any,
        after: Customer | None,
        answered: bool,  # noqa: FBT001 - a table
        want: str | None,
    ) -> None:
        assert shown(decision, after, answered=answered)["name"] == digest(want)

    def test_a_write_that_nobody_saw_the_result_of_is_in_doubt(self) -> None:
        """The target may not have kept it: what it showed before is remembered; the source is in doubt."""
        assert shown(CREATE, None)["name"] == digest(None)
        assert "name" not in shown(UPDATE, None)
        assert said(CREATE, None).fields["name"] == said(UPDATE, None).fields["name"] == DOUBTED
        assert (said(CREATE, None).payload, learned(CREATE, None).issues) == ("", ())

    def test_what_a_whole_record_carried_along_may_not_be_kept(self) -> None:
        flow = FLOW.replace(target=evolve(FLOW.target, replaces_lists=True))
        after = evolve(THERE, name="Ann", phone=None)
        made = learned(UPDATE, after, flow=flow)
        assert [(issue.code, issue.field) for issue in made.issues] == [("not_kept", "phone")]
        assert made.memory[ANN.ref.namespace].fields["phone"] == DOUBTED
        assert learned(UPDATE, after).issues == ()
        assert learned(UPDATE, after, answered=False, flow=flow).issues == ()

    def test_another_value_of_what_a_whole_record_carried_along_is_somebodys_edit(self) -> None:
        flow = FLOW.replace(target=evolve(FLOW.target, replaces_lists=True))
        made = learned(UPDATE, evolve(THERE, name="Ann", phone="their edit meanwhile"), flow=flow)
        assert made.issues == ()
        assert made.memory[THERE.ref.namespace].fields["phone"] == digest("1")
        assert made.memory[ANN.ref.namespace].fields["phone"] == digest(ANN.phone)

    def test_what_was_not_written_is_remembered_as_it_was_before(self) -> None:
        edited = evolve(THERE, phone="their edit meanwhile")
        assert shown(UPDATE, edited)["phone"] == digest("1")

    @pytest.mark.parametrize(
        ("sent", "there"),
        [
            pytest.param("Ann", "Ann", id="the same text"),
            pytest.param("Ann", " ann", id="made neat"),
            pytest.param("Ann", "Bob", id="another text"),
            pytest.param("Ann", None, id="nothing"),
            pytest.param(Address(city="Astoria"), Address(city="Astoria"), id="the same address"),
            pytest.param(
                Address(city="Astoria"), Address(city="Astoria", line2="its own"), id="with its own"
            ),
            pytest.param(Address(city="Astoria"), Address(city="Astoria", id="7"), id="under an id"),
            pytest.param(NOW, NOW.astimezone(timezone(timedelta(hours=2))), id="the same moment elsewhere"),
            pytest.param(Decimal("1.0"), Decimal("1.00"), id="the same number"),
            pytest.param(True, True, id="a flag"),
        ],
    )
    def test_what_the_answer_to_a_create_shows(self, sent: Any, there: Any) -> None:
        """Whether it is as it was sent, the target's own form of it, or something else."""
        flow = FLOW.with_field(row("custom.kind", sources=("name",)))
        create = evolve(CREATE, values={"custom.kind": sent})
        made = learned(create, evolve(THERE, custom={"kind": there}), flow=flow)
        assert made.memory[THERE.ref.namespace].fields["custom.kind"] == digest(there)

    @pytest.mark.parametrize("phone", [None, "filled in there"], ids=["blank there", "filled in there"])
    def test_what_a_create_did_not_say_was_announced_as_blank(self, phone: str | None) -> None:
        """What is filled in there by itself is news for the next run."""
        assert shown(CREATE, evolve(THERE, phone=phone))["phone"] == digest(None)

    @pytest.mark.parametrize(
        ("kept", "text"),
        [("b1", "p"), (" b1 ", "p"), ("b2", ""), (None, "")],
        ids=["kept", "blanks", "other", "due"],
    )
    def test_the_text_is_known_once_the_id_was_written_back(self, kept: str | None, text: str) -> None:
        customer = evolve(ANN, custom={"books_id": kept})
        assert said(evolve(UPDATE, customer=customer), THERE).payload == text

    def test_a_flow_without_write_back_knows_the_text_at_once(self) -> None:
        assert said(CREATE, THERE, flow=FLOW.replace(write_back="")).payload == "p"

    @pytest.mark.parametrize(
        ("stamp", "kept"),
        [(NOW, NOW), (NOW.replace(tzinfo=None), None), (None, None)],
        ids=["aware", "without a zone", "not told"],
    )
    def test_when_each_side_was_modified_is_kept(self, stamp: Any, kept: Any) -> None:
        there = evolve(THERE, modified_at=stamp)
        memory = learned(evolve(UPDATE, customer=evolve(ANN, modified_at=stamp)), there).memory
        assert [seen.modified_at for seen in memory.values()] == [kept, kept]


@pytest.mark.rule("SP-BI", "G-LOSS")
class TestDoubt:
    """A source field is in doubt as long as something of it is to be said, and no longer."""

    def test_a_field_that_is_written_once_is_not_watched_in_the_source(self) -> None:
        flow = FLOW.with_field(row("name", create_only=True))
        assert "name" not in said(CREATE, THERE, flow=flow).fields

    def test_a_field_that_is_written_once_keeps_nothing_in_doubt(self) -> None:
        once = row("custom.kind", sources=("name",), create_only=True)
        assert said(UPDATE, THERE, flow=FLOW.with_field(once)).fields["name"] == digest("Ann")

    def test_a_field_of_which_something_is_to_be_said_yet_is_not_remembered(self) -> None:
        flow = FLOW.with_field(row("name", sources=("name", "phone"))).with_field(row("phone"))
        waiting = evolve(UPDATE, in_step=("name",), held=("phone",))
        assert "phone" not in said(waiting, THERE, flow=flow).fields

    def test_a_field_that_is_the_targets_to_say_keeps_nothing_in_doubt(self) -> None:
        flow = FLOW.with_field(row("name", sources=("name", "phone"))).with_field(row("phone"))
        assert said(evolve(UPDATE, in_step=("name",)), THERE, flow=flow).fields["phone"] == digest("1")


@pytest.mark.rule("G-LOSS")
class TestNotKept:
    """What the target did not keep is reported, and in doubt: neither side is taken for having said it."""

    @pytest.mark.parametrize("answered", [True, False], ids=["answered", "read later"])
    @pytest.mark.parametrize("decision", [CREATE, UPDATE], ids=["create", "update"])
    def test_missing(self, decision: Any, answered: bool) -> None:  # noqa: FBT001 - a table
        made = learned(decision, evolve(THERE, name=None), answered=answered)
        assert [(issue.code, issue.field) for issue in made.issues] == [("not_kept", "name")]
        ours = made.memory[ANN.ref.namespace]
        assert (ours.fields["name"], ours.payload) == ("?", "")
        assert made.memory[THERE.ref.namespace].fields["name"] == digest(None)

    @pytest.mark.parametrize(("answered", "codes"), [(True, ["kept_otherwise"]), (False, [])])
    def test_another_value(self, answered: bool, codes: list[str]) -> None:  # noqa: FBT001 - a table
        """In the write's own answer it is the target's doing; read later it may be somebody's edit."""
        made = learned(UPDATE, evolve(THERE, name="Bob"), answered=answered)
        assert [issue.code for issue in made.issues] == codes
        assert made.memory[ANN.ref.namespace].fields["name"] == digest("Ann")

    def test_a_field_that_is_written_once_is_reported_too(self) -> None:
        flow = FLOW.with_field(row("name", create_only=True))
        (issue,) = learned(CREATE, evolve(THERE, name=None), flow=flow).issues
        assert (issue.code, issue.field) == ("not_kept", "name")
        assert "by hand" in issue.remedy


RECOVER = Recover(
    source=ANN.ref, customer=ANN, by=RecoverBy.REISSUE, values={"name": "Ann", "phone": "new since"}
)


def announced(**fields: str) -> SyncRecord:
    seen = LastSeen(fields={name: digest(value) for name, value in fields.items()})
    return evolve(RECORD, status=Status.INTENT, memory={THERE.ref.namespace: seen})


class TestWritten:
    """Of a create that was sent before only those values are known that the customer still has."""

    def test_of_one_sent_again(self) -> None:
        assert written_by(RECOVER, announced(name="Ann", phone="1"), THERE.ref) == {"name": "Ann"}

    def test_of_one_made_anew(self) -> None:
        anew = evolve(RECOVER, by=RecoverBy.ANEW)
        assert written_by(anew, announced(name="Ann", phone="1"), THERE.ref) == RECOVER.values

    def test_what_is_not_known_stays_as_announced(self) -> None:
        record = announced(name="Ann", phone="1")
        made = learn(FLOW, RECOVER, record, THERE.ref, evolve(THERE, phone="their edit"), answered=False)
        assert "phone" not in made.memory[THERE.ref.namespace].fields
        assert made.issues == ()

    @pytest.mark.rule("G-LOSS")
    def test_what_was_not_kept_is_in_doubt(self) -> None:
        record = announced(name="Ann", phone="1")
        made = learn(FLOW, RECOVER, record, THERE.ref, evolve(THERE, name=None), answered=False)
        assert [issue.field for issue in made.issues] == ["name"]
        assert made.memory[ANN.ref.namespace].fields["name"] == "?"


@pytest.mark.rule("G-LOSS")
class TestBefore:
    """Before its first update a link remembers what both sides show where they agree or will agree."""

    def test_table(self) -> None:
        link = Link(
            source=ANN.ref,
            customer=evolve(ANN, modified_at=NOW + timedelta(1)),
            target=THERE.ref,
            current=evolve(THERE, name="Old", email="theirs"),
            changes=UPDATE.changes,
            in_step=("name", "phone"),
        )
        memory = memory_before(FLOW, link)
        theirs, ours = memory[THERE.ref.namespace], memory[ANN.ref.namespace]
        assert theirs.fields == {"name": digest("Old"), "phone": digest("1")}
        assert ours.fields == {"name": digest("Ann"), "phone": digest("1")}
