"""A page of displays in a real browser, where one is installed: boxes hide lines, lines open, nothing fails.

The pictures stay in the temporary folder of the test: they are for the eye.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from custsync.display import html_of
from custsync.engine.decisions import Invalid, Skip
from custsync.engine.plans import Plan
from custsync.models import Ref
from tests.test_display import SHOWN

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LISTED = Plan(
    flow="stripe.EXPORT",
    version="1",
    decisions=tuple(
        kind(source=Ref("netsuite", str(number))) for number in range(150) for kind in (Skip, Invalid)
    ),
)
PROBE = """<script>
addEventListener("error", event => document.title = event.message)
addEventListener("load", () => {
  const all = kind => [...document.querySelectorAll("details." + kind)]
  const seen = kind => all(kind).filter(one => one.checkVisibility()).length
  const before = [seen("out"), seen("refused")]
  document.querySelector(".filter .out input").click()
  const after = [seen("out"), seen("refused")]
  document.querySelector("details.refused > summary").click()
  document.querySelector("details.page > summary").click()
  const isOpen = document.querySelector("details.refused").open
  document.title = [...before, ...after, isOpen, seen("refused")].join(" ")
})
</script>"""


def browse(page: Path, *options: str) -> str:
    """Return what the browser prints."""
    fixed = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={page.parent}/profile"]
    command = [str(BROWSER), *fixed, *options, page.as_uri()]
    return subprocess.run(command, capture_output=True, check=True, timeout=120, text=True).stdout


def written(folder: Path, *parts: str, is_light: str = "true") -> Path:
    page = folder / "page.html"
    head = f"<!doctype html><meta charset=utf-8><title></title><body data-jp-theme-light={is_light}>"
    page.write_text(head + "<br>".join(parts), "utf-8")
    return page


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
class TestBrowser:
    """What a person sees and clicks."""

    def test_boxes_hide_lines_and_lines_and_pages_open(self, tmp_path: Path) -> None:
        dom = browse(written(tmp_path, html_of(LISTED), PROBE), "--dump-dom")
        title = dom.partition("<title>")[2].partition("</title>")[0]
        assert title == "100 100 0 100 true 150"

    @pytest.mark.parametrize("is_light", ["true", "false"])
    def test_pictures(self, tmp_path: Path, is_light: str) -> None:
        page = written(tmp_path, *map(html_of, SHOWN), is_light=is_light)
        picture = tmp_path / "all.png"
        browse(page, f"--screenshot={picture}", "--window-size=1180,4000", "--hide-scrollbars")
        assert picture.stat().st_size > 50_000
