"""The proofs of merges and of the four flows can fail: each engine here is broken in one way, and is noticed.

As in `test_planted_bugs`; there are the bugs of what all flows share.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import evolve

from custsync import syncrecords
from custsync.engine.apply import jobs, merges
from custsync.engine.decide import admission
from custsync.engine.decide import core as deciding
from custsync.engine.decisions import Invalid
from custsync.engine.outcomes import Result
from custsync.engine.plan import batch as gathering
from custsync.engine.plan import parents, survivors
from custsync.engine.plan.issues import PARENT_WAITING
from custsync.engine.plan.search import WorkItem
from custsync.flow import Flow
from custsync.models import Customer, SubscriptionStatus
from custsync.rules import uniqueness
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.matching import search as searching
from custsync.syncrecords import Status
from custsync.testing.faults import Fault
from tests.proofs import integrations
from tests.proofs.integrations import Pairing, doubled, empty, play, stuck
from tests.proofs.mergings import Busy, histories, lost, merging, problems, unkept
from tests.proofs.test_mergings import AT_ONCE, begun, requests_of
from tests.proofs.test_planted_bugs import instead_of_step, nothing_is_done, the_first_of_two_is_taken

Plant = Callable[[pytest.MonkeyPatch], None]


# The checks


def after_a_fault_in_a_merge() -> Iterator[object]:
    """Yield what is wrong after a merge was interrupted."""
    for number in range(1, 17):
        for fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
            made = begun(AT_ONCE, Busy({number: fault}))
            made.settle()
            yield from [*problems(made), *unkept(made), *made.netsuite.dead]


def after_merges_in_any_order() -> Iterator[object]:
    """Yield what is wrong after chains of merges."""
    for history in histories(3):
        made = merging(3)
        for duplicate, survivor in history:
            made.merge(duplicate, survivor)
        made.settle()
        yield from [*problems(made), *unkept(made)]


def where_a_person_gets_ahead() -> Iterator[object]:
    """Yield what is lost where a person deletes the duplicate in the middle of its merge."""
    requests = requests_of(AT_ONCE)
    for number in range(requests.index("store.save"), len(requests) + 1):
        made = begun(AT_ONCE, busy := Busy())
        busy.meanwhile = {number: made.remove}
        made.settle()
        yield from lost(made, made.people[0])


def where_a_merge_is_taken_back() -> Iterator[object]:
    """Yield what is wrong where the source names a merged customer again."""
    made = begun(AT_ONCE, Busy())
    made.settle(made.unmerge)
    yield from problems(made)


def with_a_circle_of_merges() -> Iterator[object]:
    """Yield what is done for two customers that were merged into each other."""
    made = merging()
    made.merge(0, 1)
    made.merge(1, 0)
    writes = len(made.netsuite.writes)
    if made.run() != {Result.REFUSED} or len(made.netsuite.writes) != writes:
        yield "a circle of merges was carried over"


def in_each_flow() -> Iterator[object]:
    """Yield what is wrong with the worlds of the four flows at rest."""
    for setting in (integrations.LIGHTSPEED, integrations.LAGO, integrations.UPFLOW_API):
        pair, _ = play(setting, {})
        yield from [*doubled(pair), *stuck(pair)]
        if setting is integrations.UPFLOW_API:
            names = {row["id"]: row["externalId"] for row in pair.target.rows}
            groups = {row["externalId"]: names.get(row.get("parentId")) for row in pair.target.rows}
            yield from (one for one in ("11", "20", "30") if groups[one] != "40")


def with_a_child_before_its_parent() -> Iterator[object]:
    """Yield what is wrong after the one run that meets a child before its parent."""
    pair = empty(integrations.UPFLOW_API)
    integrations.enter_two_in_upflow(pair)
    pair.sync()
    child, parent = pair.target.rows
    if child.get("parentId") != parent["id"]:
        yield "a child that came first stands alone"


def with_what_must_be_refused() -> Iterator[object]:
    """Yield what is written for customers that must be refused."""
    pair = empty(integrations.SERVICETITAN)
    elsewhere = pair.target.put({"companyName": "Elsewhere works", "subsidiary": {"id": "1"}})
    for legacy_id in ("99999", "x", elsewhere):
        fields = [{"name": "Legacy ID", "value": legacy_id}]
        pair.invoice(pair.source.put({"name": "Vale, Ines", "customFields": fields}))
    yield from _refusing(pair, 3)
    pair = empty(integrations.LIGHTSPEED)
    for name in ("One works", "Other works"):
        pair.source.put({"entityId": "C-7", "companyName": name})
    pair.source.put({"companyName": "Nameless works"})
    yield from _refusing(pair, 3)


def _refusing(pair: Pairing, count: int) -> Iterator[object]:
    for _ in range(2):
        counts = pair.sync().counts
        if counts != {Result.REFUSED: count} or pair.target.writes:
            yield counts


def with_one_who_wants_no_mail() -> Iterator[object]:
    """Yield what is wrong with who may be written to."""
    pair = empty(integrations.LIGHTSPEED)
    for status in ("1", "2", "3", "4"):
        said = {"entityId": f"C-{status}", "globalSubscriptionStatus": {"id": status}}
        pair.source.put({"companyName": "Mail works", **said})
    pair.sync()
    told = {row["customer_code"]: row["do_not_email"] for row in pair.target.rows}
    if told != {"WALKIN": False, "C-1": False, "C-2": True, "C-3": False, "C-4": True}:
        yield told


def with_one_who_was_excluded() -> Iterator[object]:
    """Yield what is wrong with a customer that was inactive for a while: excluded once, it stays so."""
    pair = empty(integrations.UPFLOW)
    one = pair.source.put({"companyName": "First works"})
    pair.sync()
    pair.source.edit(one, isInactive=True)
    pair.sync()
    pair.source.edit(one, isInactive=False, companyName="Second works")
    pair.sync()
    if [row["Customer name"] for row in pair.target.rows] != ["First works"]:
        yield "an excluded customer was brought back"
    if [record.status for record in pair.records()] != [Status.EXCLUDED]:
        yield "an exclusion was forgotten"


def with_two_of_one_key() -> Iterator[object]:
    """Yield what is wrong where two customers of the target have the id that is looked for."""
    pair = empty(integrations.UPFLOW_API)
    one = pair.source.put({"companyName": "First works"})
    for name in ("Old works", "Older works"):
        pair.target.put({"name": name, "externalId": one})
    if pair.sync().counts != {Result.REVIEW: 1} or pair.target.writes:
        yield "the first of two was taken"


CHECKS = (
    with_what_must_be_refused,
    with_one_who_wants_no_mail,
    with_one_who_was_excluded,
    with_two_of_one_key,
    with_a_child_before_its_parent,
    where_a_merge_is_taken_back,
    with_a_circle_of_merges,
    in_each_flow,
    after_merges_in_any_order,
    where_a_person_gets_ahead,
    after_a_fault_in_a_merge,
)


def noticed() -> str:
    """Return the first check that sees something wrong, `""` where none does."""
    logging.disable(logging.CRITICAL)
    try:
        return next((check.__name__ for check in CHECKS if sees(check)), "")
    finally:
        logging.disable(logging.NOTSET)


def sees(check: Callable[[], Iterator[object]]) -> bool:
    """Return whether a check sees something wrong, a world that does not come to rest among it."""
    try:
        return any(True for _ in check())
    except AssertionError:
        return True


# The bugs of merges


def the_merge_comes_before_the_address(patch: pytest.MonkeyPatch) -> None:
    keep, ask = merges._keep_address, merges._ask  # noqa: SLF001 - a bug is planted inside

    def early(flow: Any, job: Any, duplicate: Customer, survivor: Customer, terms: Any) -> Any:
        yield from ask(flow, job, job.record, duplicate.ref, terms)
        if job.result is None:
            yield from keep(flow, job, duplicate, survivor, terms)

    patch.setattr(merges, "_keep_address", early)
    patch.setattr(merges, "_ask", lambda *_: iter(()))


def the_record_points_at_the_survivor_after_the_merge_only(patch: pytest.MonkeyPatch) -> None:
    save = jobs.save

    def late(saving: Any) -> Any:
        if not all(job.record.merge and not job.record.merge.done for job in saving):
            yield from save(saving)

    patch.setattr(merges, "save", late)


def the_address_is_kept_on_each_run(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(merges, "has_address", lambda *_: False)


def no_address_is_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(merges, "_keep_address", lambda *_: iter(()))


def the_note_of_a_merge_is_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(merges, "captured", lambda *_: {})


def the_note_of_a_merge_is_lost_when_it_is_remembered(patch: pytest.MonkeyPatch) -> None:
    def merge(record: Any, end: Any, survivor: Any, note: Any) -> Any:
        return syncrecords.merge(record, end, survivor, evolve(note, lost={}))

    patch.setattr(merges, "merge", merge)


def a_merge_that_somebody_else_made_is_taken_back(patch: pytest.MonkeyPatch) -> None:
    right = merges._take_back  # noqa: SLF001 - the same

    def refused(*args: Any) -> Any:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(merges, "_is_gone", _never_gone)
            yield from right(*args)

    patch.setattr(merges, "_take_back", refused)


def _never_gone(*_: Any) -> Any:
    yield from ()
    return False


def a_merge_is_over_before_it_is_asked_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(merges, "_ask", lambda *_: iter(()))
    patch.setattr(merges, "_is_gone", _always_gone)


def _always_gone(*_: Any) -> Any:
    yield from ()
    return True


def a_circle_is_followed_for_one_step(patch: pytest.MonkeyPatch) -> None:
    def next_one(merged: Any) -> Any:
        return {
            case.read.ref: evolve(case.read.ref, id=case.read.merged_into) if case.read.merged_into else None
            for case in merged
        }

    patch.setattr(survivors, "_ends_of", next_one)


def a_merged_record_is_taken_for_a_linked_one(patch: pytest.MonkeyPatch) -> None:
    def merged(customer: Customer, *_: Any) -> bool:
        return bool(customer.merged_into)

    for module in (deciding, gathering, survivors):
        patch.setattr(module, "is_merged", merged)


# The bugs of the four flows


def an_exclusion_is_not_recorded(patch: pytest.MonkeyPatch) -> None:
    instead_of_step(patch, "_exclude", nothing_is_done)


def an_excluded_customer_is_brought_back(patch: pytest.MonkeyPatch) -> None:
    def admit(flow: Flow, customer: Customer, record: Any) -> Any:
        return admission.admit(
            flow, customer, None if record and record.status is Status.EXCLUDED else record
        )

    for module in (deciding, gathering):
        patch.setattr(module, "admit", admit)


def the_parent_has_the_id_of_the_source(patch: pytest.MonkeyPatch) -> None:
    def look(_flow: Flow, cases: Any, _terms: Any) -> Any:
        yield from ()
        for case in cases:
            case.customer = case.read

    _take_instead(patch, look)


def a_parent_is_not_waited_for(patch: pytest.MonkeyPatch) -> None:
    right = parents.look_for_parents

    def look(flow: Flow, cases: list[WorkItem], terms: Any) -> Any:
        yield from right(flow, cases, terms)
        for case in cases:
            case.issues = tuple(issue for issue in case.issues if issue != PARENT_WAITING)

    _take_instead(patch, look)


def _take_instead(patch: pytest.MonkeyPatch, look: Any) -> None:
    """Have a plan look for parents in another way."""
    for name in ("STEPS", "AGAIN"):
        steps = [look if one is parents.look_for_parents else one for one in getattr(gathering, name)]
        patch.setattr(gathering, name, steps)


def a_legacy_id_that_names_nobody_creates(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(searching, "has_value", lambda *_: False)


def whether_the_found_one_fits_is_not_asked(patch: pytest.MonkeyPatch) -> None:
    flow = integrations.SERVICETITAN.flow
    lax = flow.replace(match=tuple(evolve(entry, accept_hit=None) for entry in flow.match))
    patch.setattr(integrations, "SERVICETITAN", evolve(integrations.SERVICETITAN, flow=lax))


def no_mail_has_the_wrong_sign(patch: pytest.MonkeyPatch) -> None:
    flow = integrations.LIGHTSPEED.flow
    wrong = evolve(flow.field_for["subscription_status"], compute=_the_other_way_round)
    patch.setattr(integrations, "LIGHTSPEED", evolve(integrations.LIGHTSPEED, flow=flow.with_field(wrong)))


def _the_other_way_round(customer: Customer, _current: Customer | None) -> Any:
    status = customer.subscription_status
    refuses = isinstance(status, SubscriptionStatus) and status.opted_out
    return SubscriptionStatus.SOFT_OPT_IN if refuses else SubscriptionStatus.SOFT_OPT_OUT


def a_shared_entity_id_creates_one(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(uniqueness._Told, "__call__", lambda _, customer: MappedValue(value=customer))  # noqa: SLF001 - the same


def a_demand_is_not_made(patch: pytest.MonkeyPatch) -> None:
    right = admission.admit

    def admit(*args: Any) -> Any:
        made = right(*args)
        return None if isinstance(made, Invalid) else made

    for module in (deciding, gathering):
        patch.setattr(module, "admit", admit)


BUGS: tuple[Plant, ...] = (
    the_merge_comes_before_the_address,
    the_record_points_at_the_survivor_after_the_merge_only,
    the_address_is_kept_on_each_run,
    no_address_is_kept,
    the_note_of_a_merge_is_lost,
    the_note_of_a_merge_is_lost_when_it_is_remembered,
    a_merge_that_somebody_else_made_is_taken_back,
    a_merge_is_over_before_it_is_asked_for,
    a_circle_is_followed_for_one_step,
    a_merged_record_is_taken_for_a_linked_one,
    an_exclusion_is_not_recorded,
    an_excluded_customer_is_brought_back,
    the_parent_has_the_id_of_the_source,
    a_parent_is_not_waited_for,
    a_legacy_id_that_names_nobody_creates,
    whether_the_found_one_fits_is_not_asked,
    no_mail_has_the_wrong_sign,
    a_shared_entity_id_creates_one,
    a_demand_is_not_made,
    the_first_of_two_is_taken,
)


class TestPlantedBugs:
    """The sound engine passes every check, and no broken one does."""

    def test_the_sound_engine(self) -> None:
        assert noticed() == ""

    @pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
    def test_a_broken_one(self, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
        plant(monkeypatch)
        assert noticed() != ""
