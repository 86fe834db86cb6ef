"""Compare what the flows do with what is recorded, or record it anew.

python -m tests.expected
python -m tests.expected --write
"""

import argparse
import sys
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Final

from tests.expected.plays import PLAYS, Play
from tests.expected.recording import recorded

COMMAND: Final = "python -m tests.expected --write"
_FOLDER: Final = Path(__file__).parent


def path_of(play: Play) -> Path:
    """Return the file of a flow's expected results."""
    return _FOLDER / f"{play.flow.name}.txt"


def difference(play: Play) -> list[str]:
    """Return what differs from the file, as lines of a diff; none where nothing does."""
    path = path_of(play)
    expected = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = (expected.splitlines(), recorded(play).splitlines())
    return [*unified_diff(*lines, path.name, "as it is now", lineterm="")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.expected", description="Compare expected results.")
    parser.add_argument("--write", action="store_true", help="record them anew")
    if parser.parse_args(arguments).write:
        for play in PLAYS:
            path_of(play).write_text(recorded(play), encoding="utf-8", newline="\n")
        return 0
    wrong = [line for play in PLAYS for line in difference(play)]
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
