"""Measure custsync against `json.loads` of the same file, in one run, and print the ratios.

    python -m tests.benchmarks --customers 100000
    python -m tests.benchmarks --customers 1000000 --profile
    python -m tests.benchmarks --nodes 1000000
    python -m tests.benchmarks match --help

Ratios, because machines differ: the floor is `json.loads`, line by line, measured between the others. Each
figure is the least processor time of several runs, for what else a machine does only adds to it.
"""

import argparse
import cProfile
import json
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from custsync import Environment, decide_each, sync
from custsync.flows import stripe
from custsync.stores.memory import MemoryStore
from custsync.systems import netsuite
from tests.benchmarks import hierarchies, matching, merged
from tests.benchmarks.generated import LINKED_EVERY, lines, stripe_customer, write_customers
from tests.benchmarks.indexed import Counted, IndexedNetSuite, IndexedStripe

GOALS = {
    "reading": 1.7,
    "initial export, planned": 2.5,
    "initial export, planned, index included": 2.5,
    "unchanged run": 2.0,
    "unchanged run, incremental": 0.5,
    "1 % changed, incremental": 0.5,
    "memory": 1.1,
}


def seconds(work: Callable[[], object], runs: int) -> float:
    """Return the least processor time of several runs."""
    least = float("inf")
    for _ in range(runs):
        begun = time.process_time()
        work()
        least = min(least, time.process_time() - begun)
    return least


def spent(decisions: Iterable[object]) -> None:
    """Take every decision and keep none."""
    for _ in decisions:
        pass


class Bench:
    """One run: the files, the floor, and the figures."""

    def __init__(self, folder: Path, customers: int, runs: int) -> None:
        self.folder, self.customers, self.runs = folder, customers, runs
        self.source = folder / "customers.jsonl"
        write_customers(self.source, customers)
        self.floor = seconds(self._loads, runs)

    def _loads(self) -> None:
        for line in lines(self.source):
            json.loads(line)

    def show(self, name: str, taken: float) -> None:
        """Print one figure: microseconds a customer, and times the floor."""
        goal = f"goal {GOALS[name]} ×" if name in GOALS else ""
        each = taken / self.customers * 1e6
        print(f"{name:<44} {each:8.2f} µs a customer {taken / self.floor:6.2f} × {goal}", flush=True)

    def reading(self) -> None:
        read = netsuite.REST.read

        def work() -> None:
            for line in lines(self.source):
                read(json.loads(line), "", "")

        self.show("json.loads (the floor)", self.floor)
        self.show("reading", seconds(work, self.runs))

    def initial(self, *, profile: bool) -> None:
        rows = [stripe_customer(number) for number in range(1, self.customers + 1)]
        index = seconds(lambda: IndexedStripe(rows), 1)
        world = Environment(target=IndexedStripe(rows), store=MemoryStore())
        planned = seconds(lambda: spent(decide_each(stripe.EXPORT, lines(self.source), world)), self.runs)
        self.show("target index", index)
        self.show("initial export, planned", planned)
        self.show("initial export, planned, index included", planned + index)
        if profile:
            profiled(lambda: spent(decide_each(stripe.EXPORT, lines(self.source), world)))

    def again(self) -> None:
        source, target, store = IndexedNetSuite(), IndexedStripe([]), MemoryStore()
        world = Environment(target=target, source=source, store=store)
        made = seconds(lambda: sync(stripe.EXPORT, lines(self.source), world), 1)
        self.show("initial export, carried out", made)
        self.calls("calls of the initial export", source, target)
        kept, edited = self.folder / "kept.jsonl", self.folder / "edited.jsonl"
        write_customers(kept, self.customers, linked=True)
        write_customers(edited, self.customers, linked=True, edited_every=100)
        sync(stripe.EXPORT, lines(kept), world)
        source.taken()
        target.taken()
        self._plan_once(kept, world)
        self.calls("calls of an unchanged run", source, target)
        self.show("unchanged run", self._plan(kept, world))
        self.show("unchanged run, incremental", self._plan(kept, world, incremental=True))
        self.show("1 % changed, incremental", self._plan(edited, world, incremental=True))

    def _plan(self, path: Path, world: Environment, *, incremental: bool = False) -> float:
        return seconds(lambda: self._plan_once(path, world, incremental=incremental), self.runs)

    def _plan_once(self, path: Path, world: Environment, *, incremental: bool = False) -> None:
        spent(decide_each(stripe.EXPORT, lines(path), world, incremental=incremental))

    def calls(self, name: str, *adapters: Counted) -> None:
        """Print how many calls were made for 1,000 customers since the last time."""
        said = [
            f"{call} {1000 * count / self.customers:.1f}"
            for adapter in adapters
            for call, count in sorted(adapter.taken().items())
        ]
        print(f"{name:<44} {', '.join(said)} per 1,000 customers", flush=True)


def profiled(work: Callable[[], object]) -> None:
    """Print what the time is spent on."""
    profile = cProfile.Profile()
    profile.runcall(work)
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)


def peak(customers: int) -> int:
    """Return the peak memory of a fresh process that plans so many customers, in KiB."""
    command = [sys.executable, "-m", "tests.benchmarks", "--stream", str(customers)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def stream(customers: int) -> None:
    """Plan so many customers, the target without an index, and print this process's peak memory in KiB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.jsonl"
        write_customers(path, customers)
        world = Environment(target=IndexedStripe([]), store=MemoryStore())
        spent(decide_each(stripe.EXPORT, lines(path), world))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def main() -> None:
    """Run the benchmarks that the command line asks for."""
    if sys.argv[1:2] == ["match"]:
        matching.main(sys.argv[2:])
        return
    shape = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=shape)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="also print what planning spends its time on")
    parser.add_argument("--nodes", type=int, help="measure hierarchies and contacts instead")
    parser.add_argument("--pairs", type=int, help="measure merges of customers instead")
    parser.add_argument("--stream", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--growth", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stream:
        stream(asked.stream)
    elif asked.growth:
        hierarchies.print_growth(asked.growth, asked.nodes)
    elif asked.nodes:
        hierarchies.memory(asked.nodes)
        hierarchies.run(asked.nodes, asked.runs)
    elif asked.pairs:
        merged.run(asked.pairs, asked.runs)
    else:
        syncs(asked)


def syncs(asked: argparse.Namespace) -> None:
    """Measure whole runs of a flow."""
    version = sys.version.split()[0]
    print(f"{asked.customers} customers, every {LINKED_EVERY}th with a counterpart; Python {version}")
    # First, while this process is small: a new process begins with the peak of the one that started it.
    few, many = peak(asked.customers // 10), peak(asked.customers)
    print(f"{'memory, peak':<44} {few} KiB, for ten times as many {many} KiB: {many / few:.2f} × goal 1.1 ×")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), asked.customers, asked.runs)
        bench.reading()
        bench.initial(profile=asked.profile)
        bench.again()


if __name__ == "__main__":
    main()
