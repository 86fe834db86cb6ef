"""Making a run of the command line's arguments: the flow, the files, the store."""

from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from attrs import evolve, frozen

from custsync.adapters.files import RecordFile, SystemFile, WriteBackFile, locked
from custsync.adapters.files.lines import resolved
from custsync.adapters.files.records import belongs
from custsync.adapters.files.system_file import look_ups_of
from custsync.cli.flow_options import SURFACES, Offer, offer
from custsync.engine.environment import Environment
from custsync.errors import ConfigurationError, FileError, PayloadError
from custsync.flow import Flow
from custsync.models import Customer, Issue
from custsync.protocols import Payload, SyncRecordStore
from custsync.rules.fields.mapping import value_of
from custsync.rules.fields.values import canonical
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
from custsync.systems import netsuite
from custsync.systems.system import System

_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "a name": ("name", "company_name", "first_name", "last_name"),
    "an email": ("email",),
}
_GAP: Final = "no record has {} (of {} records): check the name of the field in the file"
_SHOWN: Final = 12
"""The most columns that are named."""


def advice_on(
    records: Sequence[Mapping[str, Any]], flow: Flow, account: str, mode: str, headings: Mapping[str, str]
) -> tuple[str, ...]:
    """Return what there is to report about the file whose first records these are, a sentence each.

    Args:
        records: the first records.
        flow: the flow that reads them.
        account: the account that their ids live in.
        mode: their mode.
        headings: a column's key → its heading, for rows. Fields of a system's own JSON that no rule reads
            are not reported: there are many.
    """
    customers = [one for one in _read(records, flow, account, mode) if not one.deleted]
    columns = dict.fromkeys(chain.from_iterable(customer.extra for customer in customers))
    unread = [headings[name] for name in columns if name in headings and not name.startswith("_")]
    has_no_id = bool(records) and not any(map(flow.source.id_of, records))
    no_id = [_GAP.format("an id", len(records))] if has_no_id else []
    return (*_on_columns(unread), *no_id, *_on_gaps(customers, flow))


def _read(records: Sequence[Mapping[str, Any]], flow: Flow, account: str, mode: str) -> Iterator[Customer]:
    for record in records:
        try:
            yield flow.source.read(record, account, mode)
        except PayloadError:
            continue  # the run refuses it, with the reason


def _on_columns(names: list[str]) -> list[str]:
    """Return a sentence on columns that no rule reads; a heading that looks like a value is not printed."""
    if any("@" in name or name.isdecimal() for name in names):
        return ["the first line seems to have values: put a line of column names above it"]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return [f"columns that no rule reads: {', '.join(islice(names, _SHOWN))}{more}"] if names else []


def _on_gaps(customers: list[Customer], flow: Flow) -> Iterator[str]:
    """Yield a sentence on each kind of field that the flow reads and no customer has."""
    read = {name for row in flow.fields for name in row.sources} | {step.source_field for step in flow.match}
    for what, named in _NEEDED.items():
        fields = [field for field in named if field in read]
        held = (canonical(value_of(customer, field)) for customer in customers for field in fields)
        if customers and fields and not any(held):
            yield _GAP.format(what, len(customers))


_LOOKED_AT: Final = 100
"""The number of records that are read for their shape and mode."""


@frozen(kw_only=True)
class Run:
    """All that a command needs: the flow, the source's file and what was written back, the environment.

    `heading` names the flow and its files, `advice` is about the source's first records, `unread` are the
    headings that look like known ones: until they are accepted, nothing may be written.
    """

    flow: Flow
    file: RecordFile
    back: WriteBackFile
    environment: Environment
    heading: str
    advice: tuple[str, ...]
    unread: tuple[str, ...]


@contextmanager
def opened(given: Namespace, *, writing: bool) -> Iterator[Run]:
    """Give the run of the arguments; the target file is locked while it writes.

    Raises:
        ConfigurationError: settings that do not fit the flow, or files that are one file.
        FileError: a file that cannot be used.
        StoreError: a store that cannot be used.
    """
    chosen = offer(given.flow)
    texts = _texts(given)
    file = _source(given)
    first = [record for record in islice(file, _LOOKED_AT) if isinstance(record, dict)]
    surface = _surface(given, chosen, file, first)
    flow = _naming_headings(chosen.flow(texts, _system(given, chosen, surface, file)), file)
    if given.write_back and not flow.write_back:
        raise ConfigurationError(f"{given.flow} has no setting --write-back; leave it out")
    if first and not any(belongs(record, flow.source) for record in first):
        raise FileError(f"these are no {flow.source.name} customers; give another file", given.source)
    unread = () if given.accept_unread else tuple(file.unread)
    writing = writing and not unread
    back = _write_back_path(given)
    _refuse_one_file_twice(given, back)
    with ExitStack() as stack:
        if writing:
            stack.enter_context(locked(Path(given.target)))
        is_kept = writing or Path(given.records).exists()
        store = stack.enter_context(SqliteStore(given.records)) if is_kept else MemoryStore()
        source, environment = _environment(given, flow, back, first, store)
        has_none = ":" in chosen.name and not chosen.surface
        shape = "" if has_none else f"; NetSuite's surface is {surface}"
        yield Run(
            flow=flow,
            file=file,
            back=source,
            environment=environment,
            heading=f"{flow.name}: {given.source} ({file.form}) to {given.target}{shape}",
            advice=advice_on(first, flow, source.account, source.mode, file.headings),
            unread=unread,
        )


def _texts(given: Namespace) -> dict[str, str]:
    """Return the text of each setting on the command line."""
    pairs = [setting.partition("=") for setting in getattr(given, "set", None) or ()]
    if not all(equals for _, equals, _ in pairs):
        raise ConfigurationError("--set takes name=value")
    return {name.strip().replace("-", "_"): text for name, _, text in pairs}


def _source(given: Namespace) -> RecordFile:
    return RecordFile(Path(given.source), current_only=True, encoding=given.encoding)


def _system(given: Namespace, chosen: Offer, surface: str, file: RecordFile) -> System:
    """Return the shape of the NetSuite records that are read."""
    dates = {"date_order": given.date_order, "zone": given.zone}
    chosen_dates = {name: value for name, value in dates.items() if value is not None}
    if chosen_dates and not (chosen.surface and surface == "suiteql"):
        option = next(iter(chosen_dates)).replace("_", "-")
        raise ConfigurationError(f"--{option} is for a source of NetSuite's rows; leave it out")
    if file.form == "csv" and surface == "suiteql":
        return netsuite.suiteql(columns=(), **chosen_dates)
    return netsuite.suiteql(**chosen_dates) if chosen_dates else SURFACES[surface]


def _naming_headings(flow: Flow, file: RecordFile) -> Flow:
    """Return the flow; the issues of its reader name a column of the file by its printed heading."""

    def named(issues: Iterable[Issue]) -> tuple[Issue, ...]:
        return tuple(evolve(issue, field=file.headings.get(issue.field, issue.field)) for issue in issues)

    @wraps(flow.source.read)  # with the table that it reads by
    def read(payload: Payload, account: str, mode: str) -> Customer:
        try:
            customer = flow.source.read(payload, account, mode)
        except PayloadError as error:
            raise PayloadError(error.args[0], named(error.issues)) from None
        return evolve(customer, issues=named(customer.issues)) if customer.issues else customer

    return flow.replace(source=evolve(flow.source, read=read)) if file.headings else flow


def _surface(given: Namespace, chosen: Offer, file: RecordFile, first: list[dict[str, Any]]) -> str:
    if not chosen.surface:
        if given.surface not in (None, "rest"):
            raise ConfigurationError(
                "a NetSuite file that is written to has the surface rest; leave --surface out"
            )
        return "rest"
    return given.surface or ("suiteql" if file.form == "csv" else _guessed(first[0] if first else {}))


def _guessed(record: Mapping[str, Any]) -> str:
    """Return the surface of the record, guessed: flags `T` and `F`, SOAP's internal id, else REST."""
    if any(record.get(flag) in ("T", "F") for flag in ("isperson", "isinactive")):
        return "suiteql"
    return "soap" if "internalId" in record and "id" not in record else "rest"


def _write_back_path(given: Namespace) -> Path:
    beside = Path(given.records).parent / f"{Path(given.source).stem}.writeback.jsonl"
    return Path(given.write_back) if given.write_back else beside


def _refuse_one_file_twice(given: Namespace, back: Path) -> None:
    out = filter(None, [getattr(given, "out", "")])
    places = [resolved(Path(path)) for path in (given.source, given.target, given.records, back, *out)]
    if len(set(places)) < len(places):
        raise ConfigurationError("two of the files are one; give each its own")


def _environment(
    given: Namespace, flow: Flow, back: Path, first: list[dict[str, Any]], store: SyncRecordStore
) -> tuple[WriteBackFile, Environment]:
    mode = given.mode or (_mode_in(first) if flow.source.name == "stripe" else "")
    source_end, target_end = (
        {"account": given.account} if system.name == "netsuite" else {"mode": mode}
        for system in (flow.source, flow.target)
    )
    source = WriteBackFile(back, flow.source, source=_source(given), **source_end)
    target = SystemFile(given.target, flow.target, look_ups=look_ups_of(flow), **target_end)
    return source, Environment(target=target, source=source, store=store)


def _mode_in(first: list[dict[str, Any]]) -> str:
    """Return the mode of the first Stripe record that has one; a deleted customer has none."""
    stated = (record["livemode"] for record in first if isinstance(record.get("livemode"), bool))
    return "live" if next(stated, False) else "test"
