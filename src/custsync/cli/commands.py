"""The commands: each prints, and returns 0 where nothing needs attention and 1 where something does."""

import json
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from custsync.adapters.files import BATCH
from custsync.adapters.files.lines import keep_privately, numbered_lines, refuse_taken
from custsync.cli.arguments import command_like
from custsync.cli.demo.story import story
from custsync.cli.matching import print_duplicates, print_identities, print_matches
from custsync.cli.output import folded, say, warn
from custsync.cli.session import Run, opened
from custsync.engine.api import apply, plan, sync
from custsync.engine.decisions import Decision, Invalid, Review
from custsync.engine.manual import link_manually, unlink_manually
from custsync.engine.outcomes import Progress, Report
from custsync.engine.plans import Plan
from custsync.models import Severity
from custsync.serialization.values import dump
from custsync.syncrecords import SyncRecord

_ATTENTION: Final = 1
_CHANGES: Final = 3
_SHOWN: Final = 12
"""The most customers that are named."""
_NOTHING_WRITTEN: Final = "nothing was written; correct those headings, or go on with --accept-unread"


def _demo(_given: Namespace) -> int:
    for line in story():
        say(line)
    return 0


def _plan(given: Namespace) -> int:
    with opened(given, writing=False) as run:
        if given.out:
            refuse_taken(Path(given.out), overwrite=given.overwrite)
        made = _planned(given, run)
        if given.out:
            lines = (line.encode() for line in made.to_lines())
            keep_privately(Path(given.out), lines, overwrite=given.overwrite)
        _report(given, run, _lines(made) if given.json else [str(made)])
        if given.out:
            (warn if given.json else say)(_what_is_kept(given, made))
        return _ATTENTION if run.unread else _code_of(given, made)


def _what_is_kept(given: Namespace, made: Plan) -> str:
    """Return where the plan is kept, and the command that carries it out if there is something to write."""
    if made.filter(where=lambda decision: not isinstance(decision, Review | Invalid)).is_empty:
        return f"The plan is kept in {given.out}. It writes nothing."
    return f"The plan is kept in {given.out}. To carry it out:\n  {command_like(given, 'apply', given.out)}"


def _show(given: Namespace) -> int:
    made = _kept(given.kept)
    if given.customer:
        made = evolve(made, decisions=(made[given.customer],))
    text = str(made) if not given.customer else made.explain(made[0].source, values=given.values)
    for line in _lines(made) if given.json else [folded(text)]:
        say(line)
    return _code_of(given, made)


def _kept(path: str) -> Plan:
    return Plan.from_lines(text for _, text in numbered_lines(Path(path)))


def _lines(made: Plan) -> Iterator[str]:
    return (line.rstrip("\n") for line in made.to_lines())


def _code_of(given: Namespace, made: Plan) -> int:
    if any(_needs_attention(decision) for decision in made):
        return _ATTENTION
    return _CHANGES if given.detailed_exitcode and not made.is_empty else 0


def _writing(act: Callable[[Namespace, Run], int]) -> Callable[[Namespace], int]:
    """Return the command that writes; it stops where headings of the source are almost known."""

    def command(given: Namespace) -> int:
        with opened(given, writing=True) as run:
            if not run.unread:
                return act(given, run)
            is_json = getattr(given, "json", False)
            _report(given, run, [json.dumps({"unread": run.unread}) if is_json else _NOTHING_WRITTEN])
            return _ATTENTION

    return command


def _apply(given: Namespace, run: Run) -> int:
    made = _kept(given.kept)
    return _reported(given, run, apply(run.flow, made, run.environment, batch=BATCH, progress=_bar(given)))


def _sync(given: Namespace, run: Run) -> int:
    records = run.back.overlaid(run.file)
    return _reported(given, run, sync(run.flow, records, run.environment, **_settings(given)))


def _reported(given: Namespace, run: Run, report: Report) -> int:
    _report(given, run, [json.dumps(_as_json(run, report)) if given.json else str(report)])
    return int(bool(report.attention))


def _explain(given: Namespace) -> int:
    with opened(given, writing=False) as run:
        made = _planned(given, run)
        text = made.explain(given.customer, values=given.values)
        decision = made[given.customer]
        kind = type(decision).__name__
        found = {"customer": str(decision.source), "kind": kind, "explanation": text}
        _report(given, run, [json.dumps(found) if given.json else text])
        return int(bool(run.unread) or _needs_attention(decision))


def _link(given: Namespace, run: Run) -> int:
    record = link_manually(run.flow, given.source_id, given.target_id, run.environment)
    ends = f"{run.flow.source.name}:{given.source_id}", f"{run.flow.target.name}:{given.target_id}"
    say(f"{ends[0]} is linked to {ends[1]}; the next run compares the two")
    return _say_what_stays(record)


def _unlink(given: Namespace, run: Run) -> int:
    record = unlink_manually(run.flow, given.source_id, run.environment)
    run.back.forget(given.source_id)
    say(f"{run.flow.source.name}:{given.source_id} is unlinked; the next run looks for a counterpart anew")
    return _say_what_stays(record)


def _say_what_stays(record: SyncRecord) -> int:
    """Print what a manual act may have left in the target; the act itself is done."""
    if record.error is not None and record.error.severity is Severity.WARNING:
        say(f"{record.error.reason}. {record.error.remedy}.")
    return 0


def _planned(given: Namespace, run: Run) -> Plan:
    return plan(run.flow, run.back.overlaid(run.file), run.environment, **_settings(given))


def _settings(given: Namespace) -> dict[str, Any]:
    return {"batch": BATCH, "incremental": given.incremental, "progress": _bar(given)}


def _bar(given: Namespace) -> Progress:
    """Return a bar; without tqdm, a function that prints the number of customers after each batch."""
    if not given.progress:
        return None
    return "bar" if find_spec("tqdm") else lambda done: warn(f"{done:,} customers")


def _report(given: Namespace, run: Run, texts: Iterable[str]) -> None:
    """Print the heading, the bad lines and the texts; with JSON, all but the texts on standard error."""
    is_json = getattr(given, "json", False)
    aside = warn if is_json else say
    aside(run.heading)
    for bad in run.file.bad:
        line = f":{bad.line}" if bad.line else ""
        aside(f"{run.file.path}{line}: {bad.reason}; it is record #{bad.place}")
    if run.file.superseded:
        aside(f"{run.file.path}: {run.file.superseded} superseded rows were passed over")
    if run.file.is_partial:
        aside(f"{run.file.path}: the file is one page of several, as its own keys state")
    for heading in run.file.unread:
        aside(f"{run.file.path}: the heading {heading!r} is not read, but looks like one that is read")
    for sentence in (*run.advice, *_on_overridden(run)):
        warn(sentence)
    for text in texts:
        say(text if is_json else folded(text))


def _on_overridden(run: Run) -> Iterator[str]:
    ids = list(run.back.overridden)
    if ids:
        named = ", ".join(ids[:_SHOWN]) + (" and others" if len(ids) > _SHOWN else "")
        yield f"{run.back.path}: its values are read instead of those in {run.file.path}, for {named}"


def _as_json(run: Run, report: Report) -> dict[str, Any]:
    return {
        "flow": run.flow.name,
        "counts": {result.value: count for result, count in report.counts.items()},
        "attention": [dump(outcome) for outcome in report.attention],
        "unlisted": report.unlisted,
    }


def _needs_attention(decision: Decision) -> bool:
    return isinstance(decision, Review | Invalid) or any(
        issue.severity is not Severity.NOTE for issue in decision.issues
    )


COMMANDS: Final[Mapping[str, Callable[[Namespace], int]]] = {
    "demo": _demo,
    "plan": _plan,
    "show": _show,
    "apply": _writing(_apply),
    "sync": _writing(_sync),
    "explain": _explain,
    "link": _writing(_link),
    "unlink": _writing(_unlink),
    "match": print_matches,
    "duplicates": print_duplicates,
    "identities": print_identities,
}
