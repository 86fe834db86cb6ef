"""Measure hierarchies against scipy's connected components of the same forest, and balances and contacts.

Both begin with what a caller has: a mapping of ids, texts, to the ids of their parents. What scipy answers is
the number of a group for the number of a customer; `flatten` answers with ids. scipy is in the extra `bench`.
"""

import gc
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from random import Random
from typing import Any, Final

from custsync.models import Contact, Customer, Ref
from custsync.rules.contacts import contacts_of
from custsync.rules.hierarchy import flatten, in_order, roll_up
from tests.benchmarks.timing import Run, in_turns, show

Parents = Mapping[str, str | None]

CHAIN: Final = 100_000
HAS_SCIPY: Final = find_spec("scipy") is not None
BLOCK: Final = 250
ROUNDS: Final = 3
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


def print_growth(contender: str, shape: str, nodes: int) -> None:
    """Print by how much the peak memory of this process grows with one of the contenders, in KiB."""
    parents = FORESTS[shape](nodes)
    CONTENDERS[contender](FORESTS["wide"](1000))  # what it imports is no part of it
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept = CONTENDERS[contender](parents)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    del kept


def memory(nodes: int) -> None:
    """Print the growth of each contender in a process of its own, which begins with the peak of this one."""
    for shape in sorted(FORESTS.keys() - {"shuffled"}):  # to shuffle takes more itself than is measured here
        grown = {}
        for name in CONTENDERS if HAS_SCIPY else ("flatten", "whole"):
            command = [sys.executable, "-m", __name__, name, shape, str(nodes)]
            grown[name] = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        told = ", ".join(f"{name} {kib / 1024:.0f} MiB" for name, kib in grown.items())
        ratio = f": flatten {grown['flatten'] / grown['scipy']:.2f} × scipy, goal 1 ×" if HAS_SCIPY else ""
        print(f"{f'memory of {shape}, peak over the mapping':<46} {told}{ratio}", flush=True)


def times(shape: str, nodes: int) -> None:
    """Print the time of `flatten`, alone and with links and moves made, and of scipy."""
    forest = [FORESTS[shape](nodes)]
    works: dict[str, Callable[[Parents], Run]] = {
        "flatten": lambda parents: partial(flatten, parents),
        "flatten, links and moves made": lambda parents: partial(whole, parents),
    }
    if HAS_SCIPY:
        matrix = matrix_of(forest[0])
        works["scipy, matrix there already"] = lambda _: partial(components, matrix)
    floor = CONTENDERS["scipy"] if HAS_SCIPY else dict
    for name, figure in in_turns(forest, floor, works, ROUNDS).items():
        peer = f"{figure.floor:.3f} s (scipy)" if HAS_SCIPY else ""
        goal = 1.0 if "flatten" in name else ""
        show(f"{shape}: {name}", figure, nodes, goal=goal, peer=peer, of="scipy" if HAS_SCIPY else "dict")


def balances(nodes: int) -> None:
    """Print what balances cost, against a copy of the mapping."""
    own = {
        id_of(one): {"USD": Decimal(one % 1000) / 4} | ({} if one % 3 else {"EUR": Decimal(one % 7)})
        for one in range(nodes)
    }
    parents = random_forest(nodes)
    flat = dict(flatten(parents).parents)
    works: dict[str, Callable[[Parents], Run]] = {
        "balances rolled up, two levels": lambda _: partial(roll_up, own, flat),
        "balances rolled up, any depth": lambda _: partial(roll_up, own, parents),
        "parents before children": lambda _: partial(in_order, parents),
    }
    for name, figure in in_turns([parents], dict, works, ROUNDS).items():
        show(name, figure, nodes, of="dict")


def contacts(count: int) -> None:
    """Print what a customer's contacts cost, against a pass over them."""
    customers = [
        [_with_contacts(number) for number in range(at, at + BLOCK)] for at in range(0, count, BLOCK)
    ]
    works: dict[str, Callable[[Sequence[Customer]], Run]] = {
        f"contacts, {CONTACTS} people and an email": lambda block: partial(list, map(contacts_of, block))
    }
    floor = partial(map, lambda customer: list(customer.contacts))
    for name, figure in in_turns(customers, lambda block: list(floor(block)), works, ROUNDS).items():
        show(name, figure, count, of="a pass")


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


def run(nodes: int) -> None:
    """Print all figures of hierarchies and contacts."""
    told = (
        [f"{name} {version(name)}" for name in ("scipy", "numpy")]
        if HAS_SCIPY
        else ["no scipy: extra `bench`"]
    )
    print(", ".join(told))
    memory(nodes)
    for shape in FORESTS:
        times(shape, nodes)
    balances(nodes)
    contacts(min(nodes, 5000))


if __name__ == "__main__":
    print_growth(sys.argv[1], sys.argv[2], int(sys.argv[3]))
