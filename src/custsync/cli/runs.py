"""Making a run of the command line's arguments: the flow, the files, the store."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from custsync.cli.advice import advice_on
from custsync.driving import World
from custsync.errors import ConfigurationError, FileError, UnknownFlowError
from custsync.fields import System
from custsync.files import RecordFile, SystemFile, WriteBackFile, belongs, locked, look_ups_of, resolved
from custsync.flow import Flow
from custsync.flows.stripe import export_flow, import_flow
from custsync.matching import Several
from custsync.ports import SyncRecordStore
from custsync.searching import Item
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
from custsync.systems import netsuite

__all__ = ["Run", "opened"]

_SURFACES: Final[Mapping[str, System]] = {
    "rest": netsuite.REST,
    "suiteql": netsuite.SUITEQL,
    "soap": netsuite.SOAP,
}
_FLOWS: Final[Mapping[str, Callable[..., Flow]]] = {
    "stripe.EXPORT": export_flow,
    "stripe.IMPORT": import_flow,
}
_SETTINGS: Final[Mapping[str, frozenset[str]]] = {
    "stripe.EXPORT": frozenset({"stripe_id_field", "several", "write_back"}),
    "stripe.IMPORT": frozenset({"stripe_id_field", "subsidiary", "default_name", "unknown_kind"}),
}
_ALL_SETTINGS: Final = sorted(frozenset().union(*_SETTINGS.values()))
_LOOKED_AT: Final = 100
"""So many records are looked at for their shape and mode."""


@frozen(kw_only=True)
class Run:
    """All that a command needs: the flow, the source's file and its records, the world, what to say.

    `told` says what the run is over, `advice` what a first look at the source's records shows.
    """

    flow: Flow
    file: RecordFile
    records: Iterator[Item]
    back: WriteBackFile
    world: World
    told: str
    advice: tuple[str, ...]


@contextmanager
def opened(given: Namespace, *, writing: bool) -> Iterator[Run]:
    """Give the run that the arguments ask for; the target file is locked while it writes.

    Raises:
        ConfigurationError: settings that do not fit the flow, or files that are one file.
        FileError: a file that cannot be used.
        StoreError: a store that cannot be used.
    """
    settings = _settings(given)
    file = RecordFile(Path(given.source), current_only=True)
    first = [record for record in islice(file, _LOOKED_AT) if isinstance(record, dict)]
    surface = _surface(given, file, first)
    flow = _flow(given.flow, surface, settings)
    if first and not any(belongs(record, flow.source) for record in first):
        raise FileError(f"these are no {flow.source.name} customers; give another file", given.source)
    back = _write_back_path(given)
    _refuse_one_file_twice(given, back)
    with ExitStack() as stack:
        if writing:
            stack.enter_context(locked(Path(given.target)))
        source, world = _world(given, flow, back, first, _store(stack, given.records, writing=writing))
        told = f"{flow.name}: {given.source} ({file.form}) to {given.target}; NetSuite's surface is {surface}"
        yield Run(
            flow=flow,
            file=file,
            records=source.overlaid(file),
            back=source,
            world=world,
            told=told,
            advice=advice_on(first, flow.source, source.account, source.mode, are_rows=file.form == "csv"),
        )


def _settings(given: Namespace) -> dict[str, Any]:
    if given.flow not in _FLOWS:
        raise UnknownFlowError(f"no flow is named {given.flow!r}; there are {', '.join(sorted(_FLOWS))}")
    settings = {name: value for name in _ALL_SETTINGS if (value := getattr(given, name, None)) is not None}
    foreign = sorted(settings.keys() - _SETTINGS[given.flow])
    if foreign:
        raise ConfigurationError(
            f"{given.flow} has no setting --{foreign[0].replace('_', '-')}; leave it out"
        )
    settings.pop("write_back", None)
    return settings


def _surface(given: Namespace, file: RecordFile, first: list[dict[str, Any]]) -> str:
    if given.flow == "stripe.IMPORT":
        if given.surface not in (None, "rest"):
            raise ConfigurationError(
                "a NetSuite file that is written to has the surface rest; leave --surface out"
            )
        return "rest"
    return given.surface or ("suiteql" if file.form == "csv" else _guessed(first[0] if first else {}))


def _guessed(record: Mapping[str, Any]) -> str:
    """Return the surface that the record seems to be of: flags `T` and `F`, SOAP's internal id, else REST."""
    if any(record.get(flag) in ("T", "F") for flag in ("isperson", "isinactive")):
        return "suiteql"
    return "soap" if "internalId" in record and "id" not in record else "rest"


def _flow(name: str, surface: str, settings: Mapping[str, Any]) -> Flow:
    if name == "stripe.IMPORT":
        return import_flow(**settings)
    several = {"several": Several(settings["several"])} if "several" in settings else {}
    return export_flow(source=_SURFACES[surface], **{**settings, **several})


def _write_back_path(given: Namespace) -> Path:
    beside = Path(given.records).parent / f"{Path(given.source).stem}.writeback.jsonl"
    return Path(given.write_back) if given.write_back else beside


def _refuse_one_file_twice(given: Namespace, back: Path) -> None:
    out = filter(None, [getattr(given, "out", "")])
    places = [resolved(Path(path)) for path in (given.source, given.target, given.records, back, *out)]
    if len(set(places)) < len(places):
        raise ConfigurationError("two of the files are one; give each its own")


def _store(stack: ExitStack, path: str, *, writing: bool) -> SyncRecordStore:
    if writing or Path(path).exists():
        return stack.enter_context(SqliteStore(path))
    return MemoryStore()


def _world(
    given: Namespace, flow: Flow, back: Path, first: list[dict[str, Any]], store: SyncRecordStore
) -> tuple[WriteBackFile, World]:
    exporting = flow.target.name == "stripe"
    account, mode = given.account, given.mode or ("" if exporting else _mode_in(first))
    ends = [{"account": account}, {"mode": mode}]
    source_end, target_end = ends if exporting else reversed(ends)
    records = RecordFile(Path(given.source), current_only=True)
    source = WriteBackFile(back, flow.source, source=records, **source_end)
    target = SystemFile(given.target, flow.target, look_ups=look_ups_of(flow), **target_end)
    return source, World(target=target, source=source, store=store)


def _mode_in(first: list[dict[str, Any]]) -> str:
    """Return the mode of the first Stripe record that says one; a deleted customer says none."""
    stated = (record["livemode"] for record in first if isinstance(record.get("livemode"), bool))
    return "live" if next(stated, False) else "test"
