"""The recipes of the page `beyond-one-machine.md`: the same plan as in one process, to the letter."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import beyond_one_machine
import pytest
from beyond_one_machine import Each, by_dask, by_processes, plan_in_parts

from custsync import plan
from tests.engine.parted import CASE_OF, opened, texts, world

PAGE = Path(beyond_one_machine.__file__).with_name("beyond-one-machine.md")
FLOWS = ("stripe.EXPORT", "lightspeed.CUSTOMER_EXPORT", "upflow.CUSTOMER_IMPORT")
"""One whose customers claim counterparts by evidence, and two with a prescan."""

MANY = pytest.param(20_000, marks=pytest.mark.exhaustive)


@contextmanager
def processes() -> Iterator[Each]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield by_processes(pool)


@contextmanager
def dask() -> Iterator[Each]:
    distributed: Any = pytest.importorskip("distributed", reason="Dask is not installed (extra `dask`)")
    with ExitStack() as stack:
        cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
        yield by_dask(stack.enter_context(distributed.Client(stack.enter_context(cluster))))


@pytest.mark.rule("G-DUP")
@pytest.mark.filterwarnings("ignore:::distributed")
class TestTheSamePlan:
    """Kept part by part, it is the plan of one process; contested and unreadable customers are among them."""

    @pytest.mark.parametrize("workers", [processes, dask], ids=["process pool", "Dask"])
    @pytest.mark.parametrize("count", [300, MANY])
    def test_to_the_letter(self, workers: Any, count: int, tmp_path: Path) -> None:
        with workers() as each:
            for name in FLOWS:
                flow, records, folder = CASE_OF[name].flow, texts(name, count), tmp_path / name
                folder.mkdir()
                counts = plan_in_parts(each, flow, opened(name, count), records, folder, count // 4)
                kept = [path.read_text(encoding="utf-8").splitlines() for path in sorted(folder.iterdir())]
                whole = list(plan(flow, records, world(name, count)).to_lines())
                assert [line for lines in kept for line in lines[1:]] == [line.rstrip() for line in whole[1:]]
                assert [sum(part.values()) for part in counts] == [len(lines) - 1 for lines in kept]


def test_the_page_shows_the_code() -> None:
    code = Path(beyond_one_machine.__file__).read_text(encoding="utf-8")
    assert code in PAGE.read_text(encoding="utf-8")
