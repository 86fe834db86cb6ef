"""One run of the command line: every failure becomes one line on standard error and an exit code."""

import os
import sys
from collections.abc import Sequence

from custsync.cli.arguments import parser
from custsync.errors import CustsyncError

_WRONG_INPUT = 2
_INTERRUPTED = 130
_OUTPUT_CLOSED = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of one run.

    Args:
        arguments: what follows the program's name; None takes the process's own.

    Returns:
        0: nothing needs attention. 1: something needs attention. 2: a file, a setting or the output is wrong.
        3: with `--detailed-exitcode`, there are changes to make.
        130: interrupted. 141: the reader of the output closed it.

    Raises:
        SystemExit: the arguments request help (0) or are wrong (2).
    """
    given = parser().parse_args(arguments)
    from custsync.cli.output import warn

    if not sys.stdout:
        warn("custsync: standard output is closed; open it, and run again")
        return _WRONG_INPUT
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
        _discard_the_rest()
        return _OUTPUT_CLOSED
    except OSError as error:
        _discard_the_rest()
        warn(f"custsync: standard output: {error.strerror}; whatever was written is on record, so run again")
        return _WRONG_INPUT
    return code


def _discard_the_rest() -> None:
    """Discard what is still to be printed, so that the process ends without another failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
