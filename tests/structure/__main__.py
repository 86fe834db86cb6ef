"""Print the figures of the structure: `python -m tests.structure`."""

from tests.structure.calls import calls_of_one_create
from tests.structure.functions import lengths
from tests.structure.imports import RUN, WHOLE, costs

if __name__ == "__main__":
    print(lengths())  # noqa: T201 - it prints: that is its work
    print(calls_of_one_create())  # noqa: T201
    print(*costs(WHOLE, RUN), sep="\n")  # noqa: T201
