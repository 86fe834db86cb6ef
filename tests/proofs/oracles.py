"""What must be true of a world in the end, judged by the rows of both systems and by what was reported."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from custsync.engine.outcomes import Result
from custsync.protocols import Tier
from tests.proofs.people import act
from tests.proofs.schedule import Act, Event, Schedule
from tests.proofs.world import Edit, World, world_of

ENOUGH: Final = 12
"""So many rounds bring every world to rest."""
FEW: Final = 4
"""So many rounds may write where nothing goes wrong."""
ROUND: Final = 900
KEY_LIFE: Final = 80_000
_RESTING: Final = frozenset({Result.UNCHANGED, Result.LEFT_OUT})
_ASKS: Final = frozenset({Result.REVIEW, Result.REFUSED, Result.FAILED})
_TOLD: Final = frozenset({"conflict", "overridden", "late_effect", "kept_as_it_is"})
"""The issues that tell that one of two values does not count."""
_BY_PEOPLE: Final = frozenset({"orphan", "deleted_target", "broken_link", "other_id"})


def play(schedule: Schedule) -> tuple[World, list[str]]:
    """Return the world after a schedule, and what is wrong with it."""
    world = world_of(schedule, act)
    for event in schedule.events:
        world.do(event)
    unrest = [*_settled(world, FEW if schedule.is_clean else ENOUGH, world.clock() + schedule.lag)]
    oracles = (_doubled(world), _lost(world), _stuck(world, schedule), _excluded(world), _misreported(world))
    return world, [*unrest, *(found for oracle in oracles for found in oracle)]


def play_directed(schedule: Schedule, told: set[str]) -> tuple[World, list[str]]:
    """Return the world after a directed schedule, and what is wrong with it, or with what was reported."""
    world, found = play(schedule)
    reported = {code for _, _, code, _ in world.reported}
    return world, [*found, *([] if reported == told else [f"reported were {sorted(reported)}"])]


def _writes(world: World) -> int:
    return sum(len(side.writes) for side in world.sides)


def _settled(world: World, most: int, shown: datetime) -> Iterator[str]:
    """Run without faults until nothing is written any more and nothing is under way.

    Who waits for a person is looked for again until the slowest look-up has shown everybody.
    """
    writing, results = 0, set[Result]()
    for _ in range(ENOUGH):
        before = _writes(world)
        for place in range(len(world.flows)):
            world.do(Event(act=Act.RUN, flow=place))
        for side in world.sides:
            side.arrive()
        wrote = _writes(world) > before
        writing += wrote
        results = {outcome.result for outcome in world.last.values()}
        is_quiet = results <= (_RESTING if world.clock() < shown else _RESTING | _ASKS)
        if not wrote and is_quiet and not any(side.has_late for side in world.sides):
            if writing > most:
                yield f"not quiet: {writing} rounds wrote"
            return
        world.last.clear()
        world.do(Event(act=Act.PAUSE, seconds=ROUND))
    yield f"not at rest after {ENOUGH} rounds: {sorted(result.value for result in results)}"


def _doubled(world: World) -> Iterator[str]:
    """Yield the customers that were created twice, and what was created for nobody."""
    forgotten = {world.named(one) for one in world.customers.values() if one.forgotten}
    for side, system in enumerate(world.sides):
        own = {world.named(one) for one in world.customers.values() if one.side != side}
        for stamp, count in Counter(stamp for _, stamp in world.created(side)).items():
            if stamp not in own:
                yield f"{system.system} has a customer of nobody"
            elif count > 1 and stamp not in forgotten:
                yield f"{system.system} has {count} customers of {stamp}"


def _lost(world: World) -> Iterator[str]:
    """Yield the edits that are not where they must be, and of which nothing was reported."""
    rows = [world.living(side) for side in (0, 1)]
    for customer in world.customers.values():
        ends = (customer.id, world.counterpart(customer))
        pair = [rows[side].get(end) for side, end in enumerate(ends if customer.side == 0 else ends[::-1])]
        if customer.touched or None in pair:
            continue
        for name in world.kind.fields[0]:
            edits = [edit for edit in world.edits if (edit.customer, edit.field) == (customer.number, name)]
            shown = [str((pair[side] or {}).get(world.kind.fields[side][name]) or "") for side in (0, 1)]
            for edit in _unshown(world, edits, shown):
                if not _is_excused(world, edit, edits, ends):
                    yield f"the {name} of {customer.number}, edited on side {edit.side}, is lost: {shown}"


def _unshown(world: World, edits: Sequence[Edit], shown: Sequence[str]) -> Iterator[Edit]:
    """Yield the edits that no later edit was laid over, and that are not shown on both sides.

    Where there is one direction alone, what was edited in the target stays there.
    """
    for place, edit in enumerate(edits):
        last = all(later.side != edit.side and later.over != edit.value for later in edits[place + 1 :])
        on_both = shown[0] == edit.value or (len(world.flows) == 1 and edit.side == 1)
        if last and not (on_both and shown[1] == edit.value):
            yield edit


def _is_excused(world: World, edit: Edit, edits: Sequence[Edit], ends: Sequence[str]) -> bool:
    """Return whether it was reported that the edit does not count, or nothing could tell.

    A process that died took its report of two values with it; an update on its way that takes effect over an
    edit, before anybody saw the edit, is not seen to.
    """
    since = world.edits.index(edit) + 1
    told = [at for _, end, code, at in world.reported if code in _TOLD and end in ends]
    if edit.exposed or any(at >= since for at in told):
        return True
    contested = [other for other in edits if other.side != edit.side]
    died = any(at >= since for at in world.dead)
    return bool(contested) and (died or any(other.exposed for other in contested))


def _stuck(world: World, schedule: Schedule) -> Iterator[str]:
    """Yield the customers that are neither in step nor for a person with a reason."""
    may_ask = schedule.tier is Tier.D or (schedule.tier is Tier.B and schedule.lasts > KEY_LIFE)
    for customer in world.customers.values():
        outcome = world.last.get((world.sides[customer.side].system, customer.id))
        if outcome is None or customer.touched:
            if outcome and outcome.result in _ASKS and not outcome.issues:
                yield f"{customer.number} waits without a reason: {outcome}"
        elif outcome.result not in _RESTING:
            if not (may_ask and "unknown_outcome" in {issue.code for issue in outcome.issues}):
                yield f"{customer.number} is stuck: {outcome}"
        elif not world.counterpart(customer) or not world.keeps(customer):
            yield f"{customer.number} has no counterpart, or not its id: {outcome}"


def _excluded(world: World) -> Iterator[str]:
    """Yield the customers that were written to after a person excluded them."""
    for number, before in world.excluded.items():
        own = {world.counterpart(world.customers[number])}
        own |= {one for one, stamp in world.created(1) if stamp == world.named(world.customers[number])}
        if own & {identity for verb, identity in world.sides[1].writes[before:] if verb != "merge"}:
            yield f"{number} was excluded, and written to"


def _misreported(world: World) -> Iterator[str]:
    """Yield what was said of customers that only people's acts can bring about."""
    for customer in world.customers.values():
        said = {code for _, end, code, _ in world.reported if end == customer.id}
        if not customer.touched and said & _BY_PEOPLE:
            yield f"of {customer.number} was said {sorted(said & _BY_PEOPLE)}"
