"""One run of the command line: every failure becomes one line on standard error and an exit code."""

import os
import sys
from collections.abc import Sequence

from custsync.cli.arguments import parser
from custsync.errors import CustsyncError

__all__ = ["main"]

_WRONG_INPUT = 2
_INTERRUPTED = 130
_NOBODY_READS = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of one run.

    Args:
        arguments: what stands after the program's name; None takes the process's own.

    Returns:
        0: nothing needs attention. 1: something needs attention. 2: a file or a setting is wrong. 130:
        interrupted. 141: nobody read the output any more.

    Raises:
        SystemExit: the arguments ask for help (0) or are not understood (2).
    """
    given = parser().parse_args(arguments)
    from custsync.cli.saying import warn

    try:
        from custsync.cli.commands import COMMANDS

        code = COMMANDS[given.command](given)
        sys.stdout.flush()
    except CustsyncError as error:
        warn(f"custsync: {error}")
        return _WRONG_INPUT
    except KeyboardInterrupt:
        warn("custsync: interrupted; whatever was written is on record, so run again")
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOBODY_READS
    return code
