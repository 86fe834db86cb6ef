"""The arguments of the command line. The engine is not imported here, so that help is fast."""

import argparse
import shlex
import sys
from collections.abc import Mapping
from pathlib import PurePath
from shutil import which
from typing import Any, Final, TypeAlias

Options: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Options and arguments: the name of each, and its settings for `argparse`."""

_EPILOG = """\
exit codes: 0 nothing needs attention, 1 something needs attention (for review, refused, failed),
2 wrong usage or input, 130 interrupted.

The source file is never changed. Ids that are written back are put into a separate file, which the next run
reads together with the source. The target file gets the creates and updates; a missing file starts empty.
Personal values are not printed{shown}; a plan as JSON contains them all."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog=_name(),
        description="The business rules of syncing customers between systems: plan, explain, rehearse.",
        epilog=f"Try: {program()} demo",
        allow_abbrev=False,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (about, own) in _COMMANDS.items():
        groups = _GROUPS.get(name, {})
        command = commands.add_parser(
            name,
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            epilog=_EPILOG.format(shown=_SHOWN.get(name, "")) if groups else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        _add(command, own)
        for title, options in groups.items():
            _add(command.add_argument_group(title), options)
    return top


def _add(command: "argparse._ActionsContainer", options: Options) -> None:
    for option, settings in options.items():
        command.add_argument(option, **settings)


def program() -> str:
    """Return the command line as it was called: by its name, by its path, or as a module of a Python."""
    path, words = PurePath(sys.argv[0]), sys.orig_argv
    if path.stem == "custsync":
        return "custsync" if which("custsync") == sys.argv[0] else shlex.quote(sys.argv[0])
    is_module = path.parts[-2:] == ("custsync", "__main__.py") and "-m" in words
    return shlex.join(words[: words.index("-m") + 2]) if is_module else _name()


def _name() -> str:
    return "custsync" if PurePath(sys.argv[0]).stem == "custsync" else "python -m custsync"


def command_like(given: argparse.Namespace, command: str, *more: str) -> str:
    """Return the command line of another command over the same files, with the same settings of the flow."""
    words = [*shlex.split(program()), command, *more]
    for option in (*_FILES, *_SET):
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


_FILES: Final[Options] = {
    "--flow": {
        "required": True,
        "metavar": "NAME",
        "help": "stripe.EXPORT, stripe.IMPORT, lightspeed.CUSTOMER_EXPORT, servicetitan.CUSTOMER_SYNC, "
        "lago.CUSTOMER_SYNC, upflow.CUSTOMER_IMPORT, or your own as module:NAME",
    },
    "--source": {"required": True, "metavar": "FILE", "help": "JSON Lines, a JSON list, or CSV"},
    "--target": {"required": True, "metavar": "FILE", "help": "JSON Lines, or a JSON list"},
    "--records": {"required": True, "metavar": "FILE", "help": "the store of the sync records (SQLite)"},
    "--write-back": {"metavar": "FILE", "help": "the file for ids that are written back to the source"},
    "--surface": {
        "choices": ("rest", "suiteql", "soap"),
        "help": "the NetSuite shape, if not the first record's",
    },
    "--encoding": {"default": "", "metavar": "NAME", "help": "the source's, if not UTF-8 or marked UTF-16"},
    "--date-order": {
        "choices": ("month_first", "day_first"),
        "help": "the order of dates in NetSuite's rows whose year is last; month_first if not given",
    },
    "--zone": {
        "metavar": "NAME",
        "help": "the time zone of dates without a zone in NetSuite's rows; UTC if not given",
    },
    "--account": {"default": "", "metavar": "ID", "help": "the NetSuite account"},
    "--mode": {
        "default": "",
        "choices": ("live", "test"),
        "help": "Stripe's mode, if not the first record's",
    },
}
_SET: Final[Options] = {
    "--set": {
        "action": "append",
        "metavar": "NAME=VALUE",
        "help": "a setting of the flow, may be repeated; an unknown name lists all settings",
    }
}
_RUN: Final[Options] = {
    "--progress": {"action": "store_true", "help": "a bar on standard error"},
    "--json": {"action": "store_true", "help": "JSON on standard output, for machines"},
}
_BY_HAND: Final[Mapping[str, Options]] = {"files": _FILES, "settings of the flow": _SET}
_OF_A_RUN: Final[Mapping[str, Options]] = {**_BY_HAND, "the run": _RUN}
_GROUPS: Final[Mapping[str, Options]] = {
    **dict.fromkeys(("plan", "apply", "sync", "explain"), _OF_A_RUN),
    **dict.fromkeys(("link", "unlink"), _BY_HAND),
}
"""The groups of options that commands share."""

_SHOWN: Final = {"explain": " without --values"}
"""When a command prints personal values."""

_UNREAD: Final[Options] = {
    "--accept-unread": {
        "action": "store_true",
        "help": "go on, though headings that look like known ones are not read",
    }
}
_AGAIN: Final[Options] = {
    "--incremental": {
        "action": "store_true",
        "help": "pass over records that are the same as at the last sync",
    }
}
_DETAILED: Final[Options] = {
    "--detailed-exitcode": {
        "action": "store_true",
        "help": "end with 3 where there are changes to make and nothing needs attention",
    }
}
_VALUES: Final[Options] = {"--values": {"action": "store_true", "help": "show personal values"}}
_SOURCE_ID: Final[Mapping[str, Any]] = {"required": True, "metavar": "ID", "help": "the source customer's id"}
_KEPT: Final[Mapping[str, Any]] = {"metavar": "PLAN", "help": "the plan, as `plan --out` kept it"}
_LIST: Final[Mapping[str, Any]] = {"help": "JSON Lines, a JSON list, or CSV"}
_COMPARED: Final[Options] = {
    "--fields": {
        "required": True,
        "metavar": "NAMES",
        "help": "the fields to compare, with commas; NAME=OTHER if the right file has another name",
    },
    "--exact": {"action": "store_true", "help": "each field is a separate rule, in this order"},
    "--id": {"metavar": "NAME", "help": "the field with a record's id; id, or its position, if not given"},
    "--json": _RUN["--json"],
}
_COMMANDS: Final[Mapping[str, tuple[str, Options]]] = {
    "demo": ("a short tour over invented customers", {}),
    "plan": (
        "show what a sync would do; nothing is written",
        {
            **_UNREAD,
            "--out": {"metavar": "FILE", "help": "keep the plan as JSON in this file as well"},
            "--overwrite": {"action": "store_true", "help": "replace the file that --out names"},
            **_DETAILED,
            **_AGAIN,
        },
    ),
    "show": (
        "print a plan that was kept",
        {
            "kept": _KEPT,
            "--customer": {"metavar": "ID", "help": "explain the decision on this source customer alone"},
            "--json": _RUN["--json"],
            **_VALUES,
            **_DETAILED,
        },
    ),
    "apply": ("carry out a plan that was kept; what is stale is not written", {"kept": _KEPT, **_UNREAD}),
    "sync": ("plan and carry out, over the target file", {**_UNREAD, **_AGAIN}),
    "explain": (
        "explain the decision for one customer",
        {**_UNREAD, "--customer": _SOURCE_ID, **_VALUES, **_AGAIN},
    ),
    "link": (
        "link two customers by hand, or correct a link",
        {
            **_UNREAD,
            "--source-id": _SOURCE_ID,
            "--target-id": {"required": True, "metavar": "ID", "help": "the target customer's id"},
        },
    ),
    "unlink": ("remove a link by hand; the next run searches again", {**_UNREAD, "--source-id": _SOURCE_ID}),
    "match": (
        "show which records of two files are one customer",
        {"left": {**_LIST, "metavar": "LEFT"}, "right": {**_LIST, "metavar": "RIGHT"}, **_COMPARED},
    ),
    "duplicates": (
        "show which records of one file are one customer",
        {"file": {**_LIST, "metavar": "FILE"}, **_COMPARED},
    ),
    "identities": (
        "show each customer over the files of several systems",
        {"files": {"nargs": "+", "metavar": "SYSTEM=FILE", "help": "a system's records"}, **_COMPARED},
    ),
}
"""Each command: what it does, and its options."""
