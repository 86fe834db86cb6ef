"""Measure hierarchies against scipy's connected components of the same forest, and balances and contacts.

    python -m tests.benchmarks --nodes 1000000

Both begin with what a caller has: a mapping of ids, texts, to the ids of their parents. What scipy answers is
the number of a group for the number of a customer; `flatten` answers with ids. scipy is in the extra `bench`.
"""

import gc
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from random import Random
from typing import Any, Final

from custsync.models import Contact, Customer, Ref
from custsync.rules.contacts import contacts_of
from custsync.rules.hierarchy import flatten, in_order, roll_up

Parents = Mapping[str, str | None]

CHAIN: Final = 100_000
HAS_SCIPY: Final = find_spec("scipy") is not None
CONTACTS: Final = 4
"""So many people of a customer, beside its own email."""


def id_of(number: int) -> str:
    """Return a new text each time, as a parser does: no id is the same object as another."""
    return f"{number}"


def random_forest(nodes: int) -> Parents:
    """Return customers in the order of their ids; one in twenty is a top, another's parent is any before."""
    random = Random(7)  # noqa: S311 - the same forest in every run
    return {
        id_of(one): id_of(random.randrange(one)) if one and random.random() > 1 / 20 else None
        for one in range(nodes)
    }


def shuffled_forest(nodes: int) -> Parents:
    """Return the same forest in any order: parents stand behind their children as often as before."""
    forest = random_forest(nodes)
    ids = list(forest)
    Random(7).shuffle(ids)  # noqa: S311 - the same
    return {one: forest[one] for one in ids}


def chain(nodes: int) -> Parents:
    """Return one chain that begins with its last member, and children of ten tops."""
    long = min(CHAIN, nodes // 2)
    return {
        id_of(one): id_of(one + 1) if one < long - 1 else None if one < long + 10 else id_of(long + one % 10)
        for one in range(nodes)
    }


def wide(nodes: int) -> Parents:
    """Return a thousand tops with their children."""
    return {id_of(one): id_of(one % 1000) if one >= 1000 else None for one in range(nodes)}


def families(nodes: int) -> Parents:
    """Return tops with four children each, and as many that stand alone."""
    return {
        id_of(one): id_of(one - one % 5) if one % 5 and one < nodes // 2 else None for one in range(nodes)
    }


FORESTS: Final[Mapping[str, Callable[[int], Parents]]] = {
    "random": random_forest,
    "shuffled": shuffled_forest,
    "chain": chain,
    "wide": wide,
    "families": families,
}


def matrix_of(parents: Parents) -> Any:
    """Return scipy's matrix of the links, by the cheapest way from a mapping of ids that we know."""
    np, sparse = import_module("numpy"), import_module("scipy.sparse")
    numbers: dict[str | None, int] = dict(zip(parents, range(len(parents)), strict=True))
    number_of = numbers.get
    links = np.fromiter((number_of(up, -1) for up in parents.values()), dtype=np.int32, count=len(parents))
    children = np.flatnonzero(links >= 0)
    ones = np.ones(len(children), dtype=np.int8)
    return sparse.coo_matrix((ones, (children, links[children])), shape=(len(parents), len(parents))).tocsr()


def components(matrix: Any) -> Any:
    """Return the number of each customer's component."""
    return import_module("scipy.sparse.csgraph").connected_components(matrix, directed=False)[1]


def whole(parents: Parents) -> object:
    """Return the forest with every part of it made."""
    forest = flatten(parents)
    return forest, len(forest.parents), len(forest.moved)


CONTENDERS: Final[Mapping[str, Callable[[Parents], object]]] = {
    "flatten": flatten,
    "whole": whole,
    "scipy": lambda parents: components(matrix_of(parents)),
}


def least(work: Callable[[], object], runs: int) -> float:
    """Return the least processor time of several runs."""
    taken = []
    for _ in range(runs):
        gc.collect()
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def show(name: str, seconds: float, nodes: int, *, beside: str = "") -> None:
    print(f"{name:<44} {seconds:7.3f} s {seconds / nodes * 1e9:8.0f} ns a customer {beside}", flush=True)


def print_growth(asked: str, nodes: int) -> None:
    """Print by how much the peak memory of this process grows with one of the contenders, in KiB."""
    contender, shape = asked.split("/")
    parents = FORESTS[shape](nodes)
    CONTENDERS[contender](FORESTS["wide"](1000))  # what it imports is no part of it
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept = CONTENDERS[contender](parents)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    del kept


def growth(contender: str, shape: str, nodes: int) -> int:
    """Return the same of a fresh process; ask while this one is small, for a new one begins with its peak."""
    command = [sys.executable, "-m", "tests.benchmarks", "--nodes", str(nodes)]
    command += ["--growth", f"{contender}/{shape}"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def memory(nodes: int) -> None:
    for shape in sorted(FORESTS.keys() - {"shuffled"}):  # to shuffle takes more itself than is measured here
        grown = {name: growth(name, shape, nodes) for name in CONTENDERS if HAS_SCIPY or name != "scipy"}
        told = ", ".join(f"{name} {kib / 1024:.0f} MiB" for name, kib in grown.items())
        ratio = f": flatten {grown['flatten'] / grown['scipy']:.2f} × scipy, goal 1 ×" if HAS_SCIPY else ""
        print(f"{f'memory of {shape}, peak over the mapping':<44} {told}{ratio}", flush=True)


def times(shape: str, nodes: int, runs: int) -> None:
    parents = FORESTS[shape](nodes)
    ours, theirs, beside = float("inf"), float("inf"), ""
    for _ in range(runs):  # in turns, and as often, so that both meet the same machine
        ours = min(ours, least(lambda: flatten(parents), 1))
        theirs = min(theirs, least(lambda: components(matrix_of(parents)), 1)) if HAS_SCIPY else theirs
    if HAS_SCIPY:
        matrix = matrix_of(parents)
        beside = f"{ours / theirs:5.2f} × scipy, goal 1 ×"
        show(f"{shape}: scipy, matrix built", theirs, nodes)
        show(f"{shape}: scipy, matrix there already", least(lambda: components(matrix), runs), nodes)
    show(f"{shape}: flatten", ours, nodes, beside=beside)
    show(f"{shape}: flatten, parents and moved made too", least(lambda: whole(parents), runs), nodes)


def balances(nodes: int, runs: int) -> None:
    own = {
        id_of(one): {"USD": Decimal(one % 1000) / 4} | ({} if one % 3 else {"EUR": Decimal(one % 7)})
        for one in range(nodes)
    }
    parents = random_forest(nodes)
    flat = dict(flatten(parents).parents)
    show("balances rolled up, two levels", least(lambda: roll_up(own, flat), runs), nodes)
    show("balances rolled up, any depth", least(lambda: roll_up(own, parents), runs), nodes)
    show("parents before children", least(lambda: in_order(parents), runs), nodes)


def contacts(runs: int) -> None:
    customers = [_with_contacts(number) for number in range(10_000)]
    taken = least(lambda: [contacts_of(customer) for customer in customers], runs)
    each = taken / len(customers) * 1e6
    print(f"{f'contacts, {CONTACTS} people and an email':<44} {each:8.2f} µs a customer", flush=True)


def _with_contacts(number: int) -> Customer:
    people = tuple(
        Contact(
            id=f"{number}{at}",
            name=f"Person {at}",
            email=f"person{at}.{number}@example.com",
            role="-10" if at == 1 else "-20",
            company=str(number),
        )
        for at in range(CONTACTS)
    )
    return Customer(ref=Ref("netsuite", str(number)), email=f"ap{number}@example.com", contacts=people)


def run(nodes: int, runs: int) -> None:
    """Print all figures of hierarchies and contacts."""
    if HAS_SCIPY:
        told = ", ".join(f"{name} {version(name)}" for name in ("scipy", "numpy"))
        print(f"{nodes} customers; {told}; Python {sys.version.split()[0]}")
    else:
        print(f"{nodes} customers; scipy is not installed, nothing to compare with: pip install .[bench]")
    for shape in FORESTS:
        times(shape, nodes, runs)
    balances(nodes, runs)
    contacts(runs)
