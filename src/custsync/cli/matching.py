"""The commands over files alone: which records of two files are one customer, or of one file."""

import json
from argparse import Namespace
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import combinations
from math import inf
from pathlib import Path
from typing import Any, TypeAlias

from custsync.adapters.files import RecordFile
from custsync.cli.output import folded, say, warn
from custsync.errors import FileError
from custsync.models import Customer, Ref
from custsync.rules.identity import Evidence, Identity, Link, identities
from custsync.rules.identity.graph import COMPARED
from custsync.rules.matching import (
    Duplicates,
    Field,
    Key,
    Match,
    MatchResult,
    MatchStrategy,
    Review,
    Rule,
    find_duplicates,
    match_customers,
)
from custsync.rules.matching.explain import odds_text
from custsync.rules.matching.kinds import kind_of
from custsync.rules.normalize import text_key
from custsync.serialization.values import dump

Found: TypeAlias = MatchResult | Duplicates


def print_matches(given: Namespace) -> int:
    """Print which records of two files are one customer; return 1 where a person decides about some."""
    found = match_customers(_records(given, given.left), _records(given, given.right), _strategy(given))
    counts = {
        "matched": len(found.matches),
        "for review": len(found.review),
        "unmatched": len(found.unmatched),
    }
    by_rule = _reasons(found.rules)
    lines = [f"= {match.left} → {match.right}  {_reason(match, by_rule)}" for match in found.matches]
    as_json = {"matches": list(map(_as_json, found.matches)), "unmatched": list(found.unmatched)}
    return _print_found(given, found, counts, lines, as_json)


def print_duplicates(given: Namespace) -> int:
    """Print which records of a file are one customer; return 1 where a person decides about some."""
    found = find_duplicates(_records(given, given.file), _strategy(given))
    counts = {"with duplicates": len(found.clusters), "for review": len(found.review)}
    by_rule = _reasons(found.rules)
    lines = [
        f"= {', '.join(map(str, cluster.members))}  {_reason(cluster.edges[0], by_rule)}"
        + "".join(f"; {one.one} and {one.other} differ in {', '.join(one.fields)}" for one in cluster.against)
        for cluster in found.clusters
    ]
    clusters = [
        {"members": list(one.members), "edges": list(map(_as_json, one.edges))} for one in found.clusters
    ]
    return _print_found(given, found, counts, lines, {"clusters": clusters})


def print_identities(given: Namespace) -> int:
    """Print each customer that several files have; return 1 where one is contradicted or for review.

    A link by the id field is authoritative, any other link is evidence.
    """
    lists = {one.partition("=")[0]: [*_records(given, one.partition("=")[2])] for one in given.files}
    fields, strategy = _fields(given), _strategy(given)
    sure = {left for left, right in fields if (given.id or "id") in (left, right)}
    links, for_review = list[Link](), list[str]()
    for system, other in combinations(lists, 2):
        found = match_customers(lists[system], lists[other], strategy)
        for_review += _review_lines(found.review, f"{system}:", f"{other}:")
        by_rule = _reasons(found.rules)
        links += [
            Link(
                one=Ref(system, str(match.left)),
                other=Ref(other, str(match.right)),
                by=by_rule[match.rule],
                evidence=Evidence.AUTHORITATIVE if match.rule in sure else Evidence.SUPPORTING,
            )
            for match in found.matches
        ]
    customers = [
        Customer(
            ref=Ref(system, str(record.get("id", place))),
            custom={left: record.get(left) or record.get(right) for left, right in fields},
        )
        for system, records in lists.items()
        for place, record in enumerate(records)
    ]
    kinds = {left: kind_of(left, ()).name for left, _ in fields if left not in sure}
    compared = {f"custom.{left}": COMPARED.get(kind, text_key) for left, kind in kinds.items()}
    groups = identities(customers, links, compared=compared)
    several = [one for one in groups if len(one.refs) > 1]
    contradicted = sum(bool(one.contradictions) for one in several)
    counts = {"customers": len(groups), "in several files": len(several), "contradicted": contradicted}
    lines = (*map(_identity_line, several), *for_review)
    counts["for review"] = len(for_review)
    _print(given, counts, lines, {"identities": [dump(one) for one in groups], "review": for_review})
    return int(bool(contradicted or for_review))


def _identity_line(identity: Identity) -> str:
    links = ", ".join(dict.fromkeys(f"{link.by} ({link.evidence.value})" for link in identity.links))
    against = "".join(
        f"; {found.code.replace('_', ' ')}: {', '.join(map(str, found.refs))}"
        + (f" in {found.field.removeprefix('custom.')}" if found.field else "")
        for found in identity.contradictions
    )
    return f"= {', '.join(map(str, identity.refs))}  {links}{against}"


def _fields(given: Namespace) -> list[tuple[str, str]]:
    """Return the fields: `--fields` has `email`, or `name=company` where the other file has another."""
    named = (part.strip().partition("=") for part in given.fields.split(",") if part.strip())
    return [(left, right) for left, _, right in named]


def _strategy(given: Namespace) -> MatchStrategy:
    """Return the strategy over the fields."""
    pairs = _fields(given)
    if given.exact:
        rules = (Rule(left, Key(left, right=right or ())) for left, right in pairs)
        return MatchStrategy(rules=list(rules))
    return MatchStrategy(fields=[Field(left, right=right) for left, right in pairs])


def _records(given: Namespace, path: str) -> Iterator[Mapping[str, Any]]:
    """Yield the records, named by their ids; a line that is no record is reported and left out.

    Raises:
        FileError: no record has the field that `--id` names.
    """
    identity, is_there = given.id or "id", False
    file = RecordFile(Path(path), current_only=True, keeps_headings=True)
    names = [name for pair in _fields(given) for name in pair]
    for record in file:
        if not isinstance(record, str):
            held = {_folded(key): value for key, value in record.items()}
            printed = {name: held[_folded(name)] for name in names if _folded(name) in held}
            named = record.get(identity, held.get(_folded(identity)))
            is_there = is_there or named is not None
            yield {**printed, **record} | ({} if named is None else {"id": str(named)})
    for bad in file.bad:
        warn(f"{path}:{bad.line}: {bad.reason}; it is left out")
    if given.id and not is_there:
        raise FileError(
            f"no record has the field {given.id!r}; name the field with a record's id by --id", path
        )


def _folded(name: str) -> str:
    """Return a heading as the columns of a CSV are named: in lower case, without blanks."""
    return "".join(name.lower().split())


def _reasons(rules: Iterable[Rule]) -> dict[str, str]:
    return {rule.id: " + ".join(map(str, rule.keys)) for rule in rules}


def _reason(match: Match, by_rule: Mapping[str, str]) -> str:
    return f"{by_rule[match.rule]}: {odds_text(match.odds)}"


def _review_lines(review: Iterable[Review], left: str = "", right: str = "") -> Iterator[str]:
    for one in review:
        candidates = ", ".join(f"{right}{match.right}" for match in one.candidates)
        yield f"? {left}{one.left} → {candidates}  {one.reason}"


def _as_json(match: Match) -> dict[str, Hashable]:
    """Return the match; where keys are the same, no odds are known."""
    return {**match._asdict(), "odds": None if match.odds == inf else match.odds}


def _print_found(
    given: Namespace, found: Found, counts: Mapping[str, int], lines: Iterable[str], data: Mapping[str, Any]
) -> int:
    """Print what was found and what is for review; return 1 where something is for review."""
    for issue in found.issues:
        warn(str(issue))
    reviews = [
        {"id": one.left, "candidates": [*map(_as_json, one.candidates)], "reason": one.reason}
        for one in found.review
    ]
    _print(given, counts, (*lines, *_review_lines(found.review)), {**data, "review": reviews})
    return int(bool(found.review))


def _print(
    given: Namespace, counts: Mapping[str, int], lines: Iterable[str], as_json: Mapping[str, Any]
) -> None:
    if given.json:
        say(json.dumps({"counts": counts, **as_json}))
        return
    for line in lines:
        say(folded(line))
    say(", ".join(f"{count} {what}" for what, count in counts.items()))
