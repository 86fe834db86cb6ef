"""A system, a flow and an adapter of one's own take few lines, and what the page makes of them is sound."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from custsync import Environment, sync
from custsync.adapters.files import SystemFile
from custsync.adapters.files.system_file import look_ups_of
from custsync.protocols import Payload
from custsync.stores.memory import MemoryStore
from custsync.testing.adapter_contract import AdapterContract
from tests.docs.test_readme import blocks, executed

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-system.md"
MOST = {"The system": 25, "The flow": 35, "The adapter": 40}
"""Lines of code that each part takes at most: 100 for a pair with a built-in system, 165 for two own ones."""


def first_block(heading: str) -> str:
    """Return the first block of code below a heading of the page."""
    start = PAGE.read_text(encoding="utf-8").splitlines().index(f"## {heading}")
    return next(block.text for block in blocks(PAGE) if block.line > start)


@pytest.fixture(scope="module", name="page")
def _page() -> dict[str, Any]:
    namespace = ModuleType("page").__dict__
    for block in blocks(PAGE):
        if block.language == "python":
            executed(block, PAGE, namespace)
    return namespace


class TestLines:
    """What an integrator writes is short."""

    @pytest.mark.parametrize(("heading", "most"), MOST.items())
    def test_each_part(self, heading: str, most: int) -> None:
        assert len([line for line in first_block(heading).splitlines() if line.strip()]) <= most

    def test_a_pair(self) -> None:
        system, flow, adapter = MOST.values()
        assert system + flow + adapter <= 100
        assert 2 * system + flow + 2 * adapter <= 165


class TestContract(AdapterContract):
    """The adapter of the page keeps what every adapter has to keep."""

    @pytest.fixture(autouse=True)
    def _made(self, page: dict[str, Any]) -> None:
        self.page = page
        self.system = page["HUBSPOT"]

    @contextmanager
    def opened(self) -> Iterator[Any]:
        answer: Any = self.page["Answer"]
        client: Any = self.page["Client"]

        class Strict(client):  # type: ignore[misc]  # a class that the page makes
            def request(self, method: str, path: str, params: Any = None, json: Any = None) -> Any:
                if method == "PATCH" and path[1:] not in self.contacts:
                    return answer(404)
                sent = json["properties"].items() if method == "POST" else ()
                if ("email", "nobody") in sent:
                    return answer(400)
                if any(
                    one["properties"].get(key) == said for one in self.contacts.values() for key, said in sent
                ):
                    return answer(409)
                return super().request(method, path, params, json)

        self.client: Any = Strict()
        yield self.page["hubspot_adapter"](self.client)

    def rows(self, adapter: Any) -> Sequence[Payload]:
        return list(self.client.contacts.values())

    def body(self, number: int, key: str) -> Payload:
        properties = {"email": f"c{number}@joinery.example", "netsuite_id": str(number)}
        return {"properties": properties}

    def refused_body(self) -> Payload:
        return {"properties": {"email": "nobody"}}

    def change(self) -> tuple[Payload, str]:
        return {"properties": {"phone": "555-0100"}}, "phone"

    def value(self, by: str, number: int, key: str) -> str:
        properties: Mapping[str, str] = self.body(number, key)["properties"]
        return properties["email" if by == "email" else "netsuite_id"]

    def unknown_id(self) -> str:
        return "999999"


def test_a_file_plays_the_target(page: dict[str, Any], tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.jsonl"
    contacts.write_text('{"id": "1", "properties": {"email": "ap@bright.example"}}\n', encoding="utf-8")
    target = SystemFile(contacts, page["HUBSPOT"], look_ups=look_ups_of(page["TO_HUBSPOT"]))
    environment = Environment(target=target, store=MemoryStore())
    records = [{"id": "2041", "companyName": "Bright Joinery", "email": "ap@bright.example"}]
    assert sync(page["TO_HUBSPOT"], records, environment).summary == "1 linked"
    written = json.loads(contacts.read_text(encoding="utf-8"))
    assert written["properties"] == {
        "email": "ap@bright.example",
        "company": "Bright Joinery",
        "netsuite_id": "2041",
    }
