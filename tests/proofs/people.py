"""What people do in the simulator's world: enter, edit, delete and merge customers, and decide by hand."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

from custsync.engine.manual import exclude_manually, link_manually, record_target_merge
from custsync.errors import CustsyncError
from custsync.flows.servicetitan import INVOICE, Transaction
from custsync.protocols import MergeRequest
from custsync.testing.fakes.base import Refusal
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from tests.proofs.kinds import row_of
from tests.proofs.schedule import FIELDS, Act, Event
from tests.proofs.world import Customer, Edit, World


def act(world: World, event: Event) -> None:
    """Let people do what an event says, where it is possible; two that are one wait for their link."""
    if event.act is Act.ENTER:
        _enter(world, event)
        return
    customer = world.customers.get(event.customer)
    if customer is not None and (world.ran_well or not customer.twin):
        with suppress(Refusal, CustsyncError):
            _DEEDS[event.act](world, event, customer)


def _enter(world: World, event: Event) -> None:
    """Enter a customer; where `order` is 0, the same one on the other side too."""
    side = event.side if len(world.flows) > 1 else 0
    values = {name: _new(world, name) for name in FIELDS}
    twin = _put(world, 1 - side, event.customer, values) if event.order == 0 and world.kind.links else ""
    if event.field == "email" and side == 0 and not twin:
        values["email"] = ""
    identity = _put(world, side, event.customer, values, twin)
    world.customers[event.customer] = Customer(event.customer, side, identity, twin)
    world.invoiced.append(Transaction(customer=identity, type=INVOICE, subsidiary="2"))
    world.clock.advance(timedelta(hours=1))  # so that the slowest look-up finds it


def _put(world: World, side: int, number: int, values: Mapping[str, str], twin: str = "") -> str:
    system = world.sides[side]
    return system.put(row_of(system, world.kind.fields[side], number, values, twin))


def _new(world: World, name: str) -> str:
    """Return a value that nobody has."""
    number = next(world.numbers)
    shapes = {"name": f"Works {number}", "email": f"e{number}@works.example"}
    return shapes.get(name, f"(503) 555-{number:04}")


def _edit(world: World, event: Event, customer: Customer) -> None:
    """Change a field; it counts once the two are linked, for a first link goes by the source."""
    key, own = world.kind.fields[event.side].get(event.field), event.side == customer.side
    there = world.counterpart(customer)
    identity = customer.id if own else there
    row = world.living(event.side).get(identity)
    if key is None or row is None or not (own or world.ran_well):
        return
    before = [edit.over for edit in world.edits if edit.field == event.field]
    value = before[-1] if event.way == "back" else _new(world, event.field)
    shown = str(row.get(key) or "")
    exposed = world.late.get((event.side, identity), world.clock()) > world.clock()
    world.clock.advance(_BY_A_SECOND)
    world.sides[event.side].edit(identity, **{key: value})
    if there and world.ran_well:
        for run in world.running:
            run.unread.append(len(world.edits))
        world.edits.append(Edit(customer.number, event.side, identity, event.field, value, shown, exposed))


def _delete(world: World, event: Event, customer: Customer) -> None:
    identity = customer.id if event.side == customer.side else world.counterpart(customer)
    if identity in world.living(event.side):
        _touch(world, customer)
        world.sides[event.side].remove(identity)


def _touch(world: World, customer: Customer) -> None:
    customer.touched = True
    is_late = any(side.has_late for side in world.sides)  # a create that is under way twice, say
    customer.forgotten = customer.forgotten or is_late or world.is_in_doubt(customer)


def _link(world: World, _: Event, customer: Customer) -> None:
    """Link a customer to a new one over there; a former counterpart is on its own from then on."""
    if customer.side:
        return
    there = _put(world, 1, customer.number + 50, {name: _new(world, name) for name in FIELDS})
    customer.touched = True
    for free in (there, world.counterpart(customer)):
        number = 50 + next(world.numbers)
        world.customers[number] = Customer(number, 1, free, touched=True)
    source = f"lago-{customer.number}" if isinstance(world.sides[0], FakeLago) else customer.id
    link_manually(world.flows[0], source, there, world.environment(0))


def _exclude(world: World, _: Event, customer: Customer) -> None:
    if not customer.side:
        customer.touched = True
        exclude_manually(world.flows[0], [customer.id], world.environment(0))
        if not world.sides[1].has_late:
            world.excluded[customer.number] = len(world.sides[1].writes)


def _merge(world: World, event: Event, one: Customer) -> None:
    """Merge a customer into the next one: in ServiceTitan, or in a NetSuite that is the target."""
    other = world.customers.get((event.customer + 1) % 3)
    if other is None or one.side or other.side:
        return
    source, target = world.sides
    ends = [world.counterpart(each) for each in (one, other)]
    if event.side == 0 and isinstance(source, FakeServiceTitan):
        rows = [world.living(0).get(each.id) for each in (one, other)]
        if all(row and row["active"] for row in rows):
            _touch(world, one)
            other.touched = True
            source.merge(one.id, other.id)
    elif event.side == 1 and isinstance(target, FakeNetSuite) and all(ends):
        _touch(world, one)
        other.touched = True
        target.merge([MergeRequest(survivor=ends[1], duplicate=ends[0])])
        record_target_merge(world.flows[0], one.id, ends[1], world.environment(0))


_BY_A_SECOND: Final = timedelta(seconds=1)
"""So that two edits are not of one time, nor at a midnight of some zone, which may be a date alone."""
_DEEDS: Final[Mapping[Act, Callable[[World, Event, Customer], None]]] = {
    Act.EDIT: _edit,
    Act.DELETE: _delete,
    Act.LINK: _link,
    Act.EXCLUDE: _exclude,
    Act.MERGE: _merge,
}
