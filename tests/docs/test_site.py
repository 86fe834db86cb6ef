"""The documentation site: built without a warning, with links that lead somewhere, and no page alone."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.rule_table.data import read_table

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
INDEX = DOCS / "index.md"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.glob("**/*.md") if path != INDEX)


class Anchors(HTMLParser):
    """What a page links to, and the places of it that can be linked to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places = {""}
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.places |= {said.get("id", ""), said.get("name", "")}
        if tag == "a" and said.get("href") and not urlsplit(said["href"]).scheme:
            self.links.add(said["href"])


def led_nowhere(site: Path) -> list[str]:
    """Return each link of the site to a page or a place that is not there."""
    read = {page: Anchors(page) for page in site.rglob("*.html")}
    nowhere = []
    for page, anchors in read.items():
        for link in anchors.links:
            target = (page.parent / unquote(urlsplit(link).path)).resolve() if urlsplit(link).path else page
            places = read[target].places if target in read else {""}
            if not target.is_file() or unquote(urlsplit(link).fragment) not in places:
                nowhere.append(f"{page.relative_to(site)}: {link}")
    return sorted(nowhere)


@pytest.mark.parametrize("page", PAGES)
def test_the_index_leads_to_every_page(page: str) -> None:
    assert f"]({page})" in INDEX.read_text(encoding="utf-8")


class TestLinks:
    """A link that leads nowhere is seen."""

    @pytest.mark.parametrize("link", ["b.html", "b.html#there", "#here", "https://shop.example/x", ""])
    def test_somewhere(self, tmp_path: Path, link: str) -> None:
        (tmp_path / "a.html").write_text(f"<h1 id=here><a href='{link}'></a>", "utf-8")
        (tmp_path / "b.html").write_text("<tr id=there>", "utf-8")
        assert led_nowhere(tmp_path) == []

    @pytest.mark.parametrize("link", ["c.html", "b.html#here", "#there"])
    def test_nowhere(self, tmp_path: Path, link: str) -> None:
        (tmp_path / "a.html").write_text(f"<h1 id=here><a href='{link}'></a>", "utf-8")
        (tmp_path / "b.html").write_text("<tr id=there>", "utf-8")
        assert led_nowhere(tmp_path) == [f"a.html: {link}"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("furo")
    site = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", "docs", str(site)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert (built.returncode, built.stderr) == (0, "")
    return site


@pytest.mark.exhaustive
class TestTheSite:
    """One command builds it."""

    def test_every_link_leads_somewhere(self, site: Path) -> None:
        assert led_nowhere(site) == []

    def test_each_rule_has_its_place_and_leads_to_code_and_tests(self, site: Path) -> None:
        anchors = Anchors(site / "rules.html")
        assert {rule.id.lower() for rule in read_table(ROOT).rules} <= anchors.places
        assert any(link.startswith("files/src/") for link in anchors.links)
        assert any(link.startswith("files/tests/") for link in anchors.links)
