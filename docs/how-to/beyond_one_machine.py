"""The code of the page `beyond-one-machine.md`: one plan, made by many workers."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from attrs import evolve

from custsync import Environment, MatchStrategy
from custsync.engine import parts
from custsync.flow import Flow
from custsync.rules.matching import parts as lists

Each = Callable[[Callable[[Any], Any], list[Any]], Iterable[Any]]
"""Calls the function with every part, in workers, and returns the answers in the order of the parts."""


def plan_in_parts(
    each: Each,
    flow: Flow,
    environment: Callable[[], Environment],
    customers: Iterable[str],
    folder: Path,
    size: int,
) -> list[Any]:
    """Keep the plan of every part in the folder; return how many decisions of each kind every part has."""
    cut = list(parts.cut(customers, size))
    summary = parts.add_up(flow, each(partial(parts.summarize, flow, environment=environment), cut))
    run = parts.Run(flow, environment, summary)
    run = evolve(run, claims=parts.Claims.of(each(partial(parts.find_claims, run), cut)))
    return list(each(partial(keep_part, folder, run), cut))


def keep_part(folder: Path, run: parts.Run, part: parts.Part) -> Any:
    """Keep the plan of one part; its decisions stay with the worker."""
    made = parts.plan_part(run, part)
    with (folder / f"plan-{part.first:09}.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(made.to_lines())
    return made.counts


def match_in_parts(
    each: Each, strategy: MatchStrategy, left: Iterable[Any], right: Iterable[Any], size: int
) -> lists.Matched:
    """Return what `match_customers` does, from parts of so many records."""
    cut = [*lists.cut(left, "left", size), *lists.cut(right, "right", size)]
    islands = lists.islands(each(partial(lists.index_part, strategy), cut))
    buckets = lists.buckets(cut, islands, size)
    refused: frozenset[int] = frozenset()
    while True:
        judged = list(each(partial(lists.judge_bucket, strategy, refused=refused), buckets))
        more = lists.refused_rules(strategy, judged, refused)
        if more == refused:
            return lists.settle(cut, judged)
        refused = more


def by_processes(pool: Any) -> Each:
    """Return `each` for a `concurrent.futures.ProcessPoolExecutor`."""
    return pool.map  # type: ignore[no-any-return]


def by_dask(client: Any) -> Each:
    """Return `each` for a `distributed.Client`."""
    return lambda function, cut: client.gather(client.map(function, cut))


def by_spark(context: Any) -> Each:
    """Return `each` for a `pyspark.SparkContext`."""
    return lambda function, cut: context.parallelize(cut, len(cut)).map(function).collect()
