"""What the command line takes. Nothing of the engine is imported here, so that help comes at once."""

import argparse
import shlex
import sys
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

__all__ = ["command_like", "parser", "program"]

_EPILOG = """\
exit codes: 0 nothing needs attention, 1 something needs attention (for review, refused, failed),
2 wrong usage or input, 130 interrupted.

The source file is never touched. What a flow writes back to it goes to a file of its own, and the next run
lays that over the source. The target file takes creates and updates; one that is not there starts empty.
Personal values are not shown{shown}; a plan as JSON holds them all."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog=program(),
        description="The business rules of syncing customers between systems: plan, explain, rehearse.",
        epilog=f"Try: {program()} demo",
        allow_abbrev=False,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("demo", help="a short tour over invented customers", allow_abbrev=False)
    planned = _over_files(commands, "plan", "show what a sync would do; nothing is written")
    _keeps_its_plan(planned)
    shown = _over_a_plan(commands)
    applied = _over_files(commands, "apply", "carry out a plan that was kept; what is stale is not written")
    which = applied.add_mutually_exclusive_group(required=True)
    which.add_argument("kept", nargs="?", metavar="PLAN", help="the plan, as `plan --out` kept it")
    which.add_argument("--plan", metavar="FILE", help="the same, as an option")
    synced = _over_files(commands, "sync", "plan and carry out, over the target file")
    explained = _over_files(
        commands, "explain", "explain the decision for one customer", shown=" unless --values asks for them"
    )
    explained.add_argument("--customer", required=True, metavar="ID", help="the source customer's id")
    for command in (shown, explained):
        command.add_argument("--values", action="store_true", help="show personal values")
    for command in (planned, shown):
        command.add_argument("--detailed-exitcode", action="store_true", help=_DETAILED)
    for command in (planned, synced, explained):
        command.add_argument("--incremental", action="store_true", help=_INCREMENTAL)
    linked = _over_files(commands, "link", "link two customers by hand, or correct a link", by_hand=True)
    unlinked = _over_files(commands, "unlink", "undo a link by hand; the next run looks anew", by_hand=True)
    for command in (linked, unlinked):
        command.add_argument("--source-id", required=True, metavar="ID", help="the source customer's id")
    linked.add_argument("--target-id", required=True, metavar="ID", help="the target customer's id")
    for name, (about, *given) in _LISTS.items():
        _over_lists(commands, name, about, *given)
    return top


def _keeps_its_plan(planned: argparse.ArgumentParser) -> None:
    planned.add_argument("--out", metavar="FILE", help="keep the plan as JSON in this file as well")
    planned.add_argument("--overwrite", action="store_true", help="replace the file that --out names")


def program() -> str:
    """Return what the command line was started as."""
    return "custsync" if PurePath(sys.argv[0]).stem == "custsync" else "python -m custsync"


def command_like(given: argparse.Namespace, command: str, *more: str) -> str:
    """Return the command line of another command over the same files, with the same settings of the flow."""
    words = [*shlex.split(program()), command, *more]
    for option in (*_FILES, *_SETTINGS, *_SET):
        value = getattr(given, option.removeprefix("--").replace("-", "_"))
        for one in value if isinstance(value, list) else filter(None, [value]):
            words += [option, one]
    return shlex.join([*words, "--accept-unread"] if given.accept_unread else words)


class _Version(argparse.Action):
    """Print the version; the module that knows it is imported only here."""

    def __call__(self, parser: argparse.ArgumentParser, *_others: object) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"custsync {version('custsync')}\n")
        parser.exit()


def _over_files(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    about: str,
    *,
    shown: str = "",
    by_hand: bool = False,
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=about,
        description=f"{about.capitalize()}.",
        epilog=_EPILOG.format(shown=shown),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("--accept-unread", action="store_true", help=_ACCEPT_UNREAD)
    for title, options in _GROUPS[:-1] if by_hand else _GROUPS:
        group = command.add_argument_group(title)
        for option, settings in options.items():
            group.add_argument(option, **settings)
    return command


def _over_a_plan(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    shown = commands.add_parser("show", help="print a plan that was kept", allow_abbrev=False)
    shown.add_argument("kept", metavar="PLAN", help="the plan, as `plan --out` kept it")
    shown.add_argument("--customer", metavar="ID", help="explain the decision on this source customer alone")
    shown.add_argument("--json", action="store_true", help="JSON on standard output, for machines")
    return shown


def _over_lists(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, about: str, *files: str
) -> None:
    command = commands.add_parser(name, help=about, description=f"{about.capitalize()}.", allow_abbrev=False)
    for file in files:
        command.add_argument(file, metavar=file.upper(), help="JSON Lines, a JSON list, or CSV")
    if not files:
        command.add_argument("files", nargs="+", metavar="SYSTEM=FILE", help="a system's records")
    command.add_argument("--fields", required=True, metavar="NAMES", help=_FIELDS)
    command.add_argument("--exact", action="store_true", help="each field alone is a rule, in this order")
    command.add_argument("--id", default="id", metavar="NAME", help="the field that names a record; id")
    command.add_argument("--json", action="store_true", help="JSON on standard output, for machines")


_LISTS: Final = {
    "match": ("show which records of two files are one customer", "left", "right"),
    "duplicates": ("show which records of one file are one customer", "file"),
    "identities": ("show each customer over the files of several systems",),
}
_FIELDS: Final = "what is compared, with commas between; NAME=OTHER where the right file has another name"
_FILES: Final[Mapping[str, Mapping[str, Any]]] = {
    "--flow": {
        "required": True,
        "metavar": "NAME",
        "help": "stripe.EXPORT, stripe.IMPORT, lightspeed.CUSTOMER_EXPORT, servicetitan.CUSTOMER_SYNC, "
        "lago.CUSTOMER_SYNC, upflow.CUSTOMER_IMPORT, or your own as module:NAME",
    },
    "--source": {"required": True, "metavar": "FILE", "help": "JSON Lines, a JSON list, or CSV"},
    "--target": {"required": True, "metavar": "FILE", "help": "JSON Lines, or a JSON list"},
    "--records": {"required": True, "metavar": "FILE", "help": "the store of the sync records (SQLite)"},
    "--write-back": {"metavar": "FILE", "help": "where ids go that are written back to the source"},
    "--surface": {
        "choices": ("rest", "suiteql", "soap"),
        "help": "the NetSuite shape, if not the first record's",
    },
    "--encoding": {"default": "", "metavar": "NAME", "help": "the source's, if not UTF-8 or marked UTF-16"},
    "--date-order": {
        "choices": ("month_first", "day_first"),
        "help": "how NetSuite's rows write a date whose year comes last; month_first if not given",
    },
    "--zone": {
        "metavar": "NAME",
        "help": "what NetSuite's rows mean a date without a zone in; UTC if not given",
    },
    "--account": {"default": "", "metavar": "ID", "help": "the NetSuite account"},
    "--mode": {
        "default": "",
        "choices": ("live", "test"),
        "help": "Stripe's mode, if not the first record's",
    },
}
_SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "--stripe-id-field": {"metavar": "FIELD", "help": "the NetSuite field that keeps the Stripe id"},
    "--several": {
        "choices": ("review", "oldest", "newest"),
        "help": "stripe.EXPORT: whom to take where several share an email",
    },
    "--subsidiary": {"metavar": "ID", "help": "stripe.IMPORT: the subsidiary of new customers"},
    "--default-name": {"metavar": "NAME", "help": "stripe.IMPORT: the name of a customer without one"},
    "--unknown-kind": {
        "choices": ("company", "person"),
        "help": "stripe.IMPORT: what a new customer is where Stripe has no type for it",
    },
}
_SET: Final[Mapping[str, Mapping[str, Any]]] = {
    "--set": {
        "action": "append",
        "metavar": "NAME=VALUE",
        "help": "any setting of the flow, again and again; an unknown name lists them all",
    }
}
_RUN: Final[Mapping[str, Mapping[str, Any]]] = {
    "--progress": {"action": "store_true", "help": "a bar on standard error"},
    "--json": {"action": "store_true", "help": "JSON on standard output, for machines"},
}
_GROUPS: Final = (("files", _FILES), ("settings of the flow", {**_SETTINGS, **_SET}), ("the run", _RUN))
_DETAILED: Final = "end with 3 where there are changes to make and nothing needs attention"
_ACCEPT_UNREAD: Final = "go on though headings that look like known ones are not read"
_INCREMENTAL: Final = "pass over records whose text was synced before"
