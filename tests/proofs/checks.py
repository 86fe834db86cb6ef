"""The checks that planted bugs are held against, beside the simulator.

They are those of the other proofs, over the settings in which they are cheap, and some of what no schedule
has: two candidates, edited plans, circles of merges, families, whoever must be refused.
"""

import itertools
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.decisions import Recover, RecoverBy
from custsync.engine.outcomes import Result
from custsync.errors import ConfigurationError, PlanError
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.protocols import Tier
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import Status
from custsync.testing.faults import Fault, Faults
from tests.proofs import integrations
from tests.proofs.environments import IMPORT_UNKEYED, NEXT_DAY, Setting, put, singles
from tests.proofs.integrations import Pairing, empty
from tests.proofs.mergings import Busy, histories, lost, merging, problems as merge_problems, unkept
from tests.proofs.test_both_flows import NETSUITE_WINS, edit, settled, shown, two_linked
from tests.proofs.test_mergings import AT_ONCE, begun, requests_of
from tests.proofs.test_two_workers import Race


def after_every_fault() -> Iterator[object]:
    """Yield what is wrong after one fault."""
    for setting in (
        Setting(flows=(EXPORT,), tier=Tier.B, edits=True),
        Setting(flows=(EXPORT,), tier=Tier.C, edits=True),
        Setting(flows=(EXPORT,), tier=Tier.D, pause=NEXT_DAY),
        Setting(flows=(EXPORT,), tier=Tier.B, pause=NEXT_DAY, customers="anonymous"),
        Setting(flows=(EXPORT,), tier=Tier.D, customers="anonymous"),
        Setting(flows=(IMPORT,), tier=Tier.A, edits=True),
        Setting(flows=(EXPORT, IMPORT), tier=Tier.B, edits=True),
    ):
        try:
            small, clean = setting.play({})
        except AssertionError as unrest:
            yield unrest
            continue
        yield from [*small.doubled(), *small.stuck(), *small.apart()]
        for number, fault in singles(clean.requests):
            yield from setting.problems(clean, {number: fault})


def in_every_order() -> Iterator[object]:
    """Yield what is wrong after two workers met on one customer."""
    for setting in (
        Setting(flows=(EXPORT,), tier=Tier.C, customers="create"),
        Setting(flows=(IMPORT_UNKEYED,), tier=Tier.C, customers="create"),
    ):
        race = Race(setting)
        for _ in itertools.islice(race.played(), 3000):
            yield from race.small.doubled()


def with_edits_on_both_sides() -> Iterator[object]:
    """Yield what is wrong after people edited both sides."""
    for place, (ours, theirs) in itertools.product((0, 1), (((0, 1), (1, 2)), ((1, 1), (1, 1)))):
        small = two_linked(NETSUITE_WINS)
        edit(small, "netsuite", ours[0], ours[1], "a@b.example")
        edit(small, "stripe", theirs[0], theirs[1], "c@d.example")
        wanted = shown(small, "netsuite")
        if ours != theirs:
            wanted[theirs[0]][theirs[1]] = "c@d.example"
        try:
            settled(small, (place,))
        except AssertionError as unrest:
            yield unrest
            continue
        if not shown(small, "netsuite") == shown(small, "stripe") == wanted:
            yield "an edit was lost"


def with_older_plans() -> Iterator[object]:
    """Yield what is wrong after a plan was applied twice, or after somebody's edit."""
    for customers in ("create", "link", "update"):
        small = Setting(flows=(EXPORT,), tier=Tier.B, customers=customers).place()
        made = plan(EXPORT, small.netsuite.rows, small.world(EXPORT))
        apply(EXPORT, made, small.world(EXPORT))
        before = len(small.stripe.writes)
        apply(EXPORT, made, small.world(EXPORT))
        if len(small.stripe.writes) != before or small.doubled():
            yield "a plan that was applied wrote again"
        small = Setting(flows=(EXPORT,), tier=Tier.B, customers=customers).place()
        made = plan(EXPORT, small.netsuite.rows, small.world(EXPORT))
        for row in small.netsuite.rows:
            small.netsuite.edit(row["id"], phone="(503) 555-0199")
        if apply(EXPORT, made, small.world(EXPORT)).wrote:
            yield "a stale plan was carried out"
    small = Setting(flows=(EXPORT,), tier=Tier.B, customers="create").place()
    made = plan(EXPORT, small.netsuite.rows, small.world(EXPORT))
    put(small.stripe, 0, "create")
    if apply(EXPORT, made, small.world(EXPORT)).wrote:
        yield "a customer that was entered since the plan was created again"


def with_an_edited_plan() -> Iterator[object]:
    """Yield what is wrong where somebody changed a plan's word on a create whose outcome is unknown."""
    small = Setting(flows=(EXPORT,), tier=Tier.C, customers="create").place()
    small.faults = Faults({5: Fault.LATE})  # the create
    small.sync(EXPORT)
    made = plan(EXPORT, small.netsuite.rows, small.world(EXPORT))
    changed = [evolve(one, by=RecoverBy.ANEW) if isinstance(one, Recover) else one for one in made.decisions]
    if apply(EXPORT, evolve(made, decisions=tuple(changed)), small.world(EXPORT)).wrote:
        yield "a create that may still appear was sent anew"


def with_an_id_that_names_nobody() -> Iterator[object]:
    """Yield what is wrong where the customer whose id is kept is not shown any more, nor on record."""
    small = Setting(flows=(IMPORT,), tier=Tier.A, customers="create").place()
    for row in small.stripe.rows:
        small.stripe.edit(row["id"], metadata={"netsuite_internal_id": "99999"})
    if small.sync(IMPORT).counts.keys() != {Result.REVIEW}:
        yield "a customer that was deleted was created again"


def with_what_does_not_fit() -> Iterator[object]:
    """Yield the environments that are taken though they cannot keep what they promise."""
    small = Setting(flows=(IMPORT,), tier=Tier.A).place()
    world, naive = small.world(IMPORT), lambda: small.clock().replace(tzinfo=None)
    ports = ("capabilities", "account", "mode", "find", "create", "update")
    cannot: Any = SimpleNamespace(**{name: getattr(world.target, name) for name in ports})
    for attempt in (
        lambda: sync(IMPORT_UNKEYED, [], world),  # tier A, and no unique id is sent
        lambda: sync(IMPORT, [], evolve(world, target=cannot)),  # it merges, and has no method for it
        lambda: evolve(world, clock=naive),
    ):
        try:
            yield attempt()
        except ConfigurationError:
            continue


def with_a_plan_of_others() -> Iterator[object]:
    """Yield what is wrong where a plan was made for another account, or with another field table."""
    small = Setting(flows=(EXPORT,), tier=Tier.B, customers="create").place()
    made = plan(EXPORT, small.netsuite.rows, small.world(EXPORT))
    elsewhere = evolve(made, ends=tuple(f"{end} test" for end in made.ends))
    for flow, planned in ((EXPORT, elsewhere), (EXPORT.without_field("phone"), made)):
        try:
            yield apply(flow, planned, small.world(EXPORT))
        except PlanError:
            continue


def with_two_candidates() -> Iterator[object]:
    """Yield what is wrong where two target customers match, or two source customers want one."""
    small = Setting(flows=(EXPORT,), tier=Tier.B, customers="link").place()
    put(small.stripe, 7, "link")
    if small.sync(EXPORT).counts != {Result.REVIEW: 1}:
        yield "one of two was chosen"
    small = Setting(flows=(EXPORT,), tier=Tier.B, customers="link").place()
    put(small.netsuite, 8, "link")
    if small.sync(EXPORT).counts != {Result.REVIEW: 2}:
        yield "one target customer went to the first who asked"


def with_an_edit_and_a_lost_store() -> Iterator[object]:
    """Yield what is wrong where the store is lost, and both customers are edited, after a create."""
    small = Setting(flows=(IMPORT,), tier=Tier.A, customers="create").place()
    world = small.world(IMPORT)
    apply(IMPORT, plan(IMPORT, small.stripe.rows, world), world)
    small.netsuite.edit(
        small.netsuite.rows[0]["id"], email="other@works.example", custentity_stripe_customer_id=None
    )
    small.stripe.edit(small.stripe.rows[0]["id"], phone="(503) 555-0199")
    small.open_store = MemoryStore
    small.restart()
    small.sync(IMPORT)
    if len(small.netsuite.rows) > 1:
        yield "a second customer, under another key"


def after_a_fault_in_a_merge() -> Iterator[object]:
    """Yield what is wrong after a merge was interrupted."""
    for number in range(1, 17):
        for fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
            made = begun(AT_ONCE, Busy({number: fault}))
            made.settle()
            yield from [*merge_problems(made), *unkept(made), *made.netsuite.dead]


def after_merges_in_any_order() -> Iterator[object]:
    """Yield what is wrong after chains of merges."""
    for history in histories(3):
        made = merging(3)
        for duplicate, survivor in history:
            made.merge(duplicate, survivor)
        made.settle()
        yield from [*merge_problems(made), *unkept(made)]


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
    yield from merge_problems(made)


def with_a_circle_of_merges() -> Iterator[object]:
    """Yield what is done for two customers that were merged into each other."""
    made = merging()
    made.merge(0, 1)
    made.merge(1, 0)
    writes = len(made.netsuite.writes)
    if made.pair.run() != {Result.REFUSED} or len(made.netsuite.writes) != writes:
        yield "a circle of merges was carried over"


def in_each_flow() -> Iterator[object]:
    """Yield what is wrong with the worlds of the four flows at rest."""
    for setting in (integrations.LIGHTSPEED, integrations.LAGO, integrations.UPFLOW_API):
        pair, _ = setting.play({})
        yield from [*pair.doubled(), *pair.stuck()]
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


Check = Callable[[], Iterator[object]]
CHECKS: tuple[Check, ...] = (
    with_what_does_not_fit,
    with_older_plans,
    with_an_edited_plan,
    with_an_id_that_names_nobody,
    with_a_plan_of_others,
    with_two_candidates,
    with_an_edit_and_a_lost_store,
    with_edits_on_both_sides,
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
    after_every_fault,
    in_every_order,
)


def sees(check: Callable[[], Iterable[object]], raised: list[Exception]) -> bool:
    """Return whether an oracle sees something wrong; other exceptions are kept in `raised`, and do not count.

    A proof may assert what must be true, that a world comes to rest for example.
    """
    try:
        return any(True for _ in check())
    except Exception as error:  # noqa: BLE001 - whatever leaves the engine
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        if isinstance(error, AssertionError) and "proofs" in Path(frame.f_code.co_filename).parts:
            return True
        raised.append(error)
        return False
