"""Measure custsync against `json.loads` of the same records, and against what others take for the same work.

    python -m tests.benchmarks plan
    python -m tests.benchmarks apply --customers 5000

Ratios, because machines differ. The floor and the works take turns on small blocks; of each, the least
processor time of many rounds counts. A run whose floor wanders says so. Peers are in the extra `bench`.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Final

from tests.benchmarks import hierarchies, matching, merged, runs, scale

FIGURES: Final[Mapping[str, Callable[[int], None]]] = {
    **runs.FIGURES,
    "flatten": hierarchies.run,
    "merge": merged.run,
    "scale": scale.scale,
    **matching.FIGURES,
}
CUSTOMERS: Final[Mapping[str, int]] = {
    "flatten": 1_000_000,
    "match": 1_000_000,
    "memory": 5000,
    "scale": 200_000,
}
"""How many customers a figure takes, where it is not told; 1,000 for all others."""


def main() -> None:
    """Print the figures that the command line asks for."""
    shape = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__, formatter_class=shape)
    parser.add_argument("name", choices=sorted(FIGURES))
    parser.add_argument("--customers", type=int)
    asked = parser.parse_args()
    count = asked.customers or CUSTOMERS.get(asked.name, 1000)
    print(f"{asked.name}: {count} customers, Python {sys.version.split()[0]}")
    FIGURES[asked.name](count)


if __name__ == "__main__":
    main()
