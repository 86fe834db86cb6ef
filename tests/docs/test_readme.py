"""What README.md and the pages under docs/ say by example is run here, page by page.

On one page the blocks run in order, in one namespace and one empty directory:

- a `python` block with `>>>` is a doctest;
- any other `python` block is executed, and a `text` block right after it is what it prints;
- a `console` block runs its `$ python -m custsync ...` lines, and shows what they print.
"""

import contextlib
import doctest
import io
import re
import shlex
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from custsync.cli.main import main

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
PROMPT = "$ python -m custsync"
LINK = re.compile(r"\]\((?!\w+:)([^()\s#]+)")


@frozen
class Block:
    """A fenced block: its language, its text, and the line of the page that it starts on."""

    language: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    fence, language, start = "", "", 0
    held: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if not fence and line.lstrip().startswith("```"):
            fence, language, start, held = "```", line.strip().strip("`").strip(), number, []
        elif fence and line.strip() == fence:
            yield Block(language, "".join(f"{text}\n" for text in held), start)
            fence = ""
        elif fence:
            held.append(line)
    assert not fence, f"{page.name}:{start}: the block is never closed"


def executed(block: Block, page: Path, namespace: dict[str, object]) -> str:
    code = compile("\n" * block.line + block.text, str(page), "exec")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, namespace)  # noqa: S102 - the project's own examples
    return printed.getvalue()


def compared(block: Block, page: Path, namespace: dict[str, object]) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, {}, page.name, str(page), block.line)
    test.globs = namespace
    report = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    failed = runner.run(test, out=report.write, clear_globs=False).failed
    assert not failed, report.getvalue()


def spoken(block: Block) -> str:
    """Return what a console block would look like now: its commands, each with what it prints."""
    shown = ""
    for line in block.text.splitlines():
        if line.startswith("$ "):
            assert line.startswith(PROMPT), f"only `{PROMPT[2:]}` is run here, and this is {line!r}"
            shown += f"{line}\n{''.join(answered(shlex.split(line.removeprefix(PROMPT))))}"
    return shown


def answered(arguments: list[str]) -> tuple[str, str]:
    """Return what the command prints and what it warns of."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.suppress(SystemExit):
        main(arguments)
    return out.getvalue(), err.getvalue()


def run(page: Path) -> None:
    namespace = sys.modules["page"].__dict__
    printed = None
    for block in blocks(page):
        where = f"{page.name}:{block.line}"
        if block.language == "python" and ">>> " in block.text:
            compared(block, page, namespace)
        elif block.language == "python":
            printed = executed(block, page, namespace)
            continue
        elif block.language == "text" and printed is not None:
            assert printed == block.text, f"{where}: the example prints something else"
        elif block.language == "console":
            assert spoken(block) == block.text, f"{where}: the command prints something else"
        printed = None


@pytest.fixture(autouse=True)
def _stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "page", types.ModuleType("page"))


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_the_examples_of_the_page_are_true(page: Path) -> None:
    run(page)


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_the_links_of_the_page_lead_somewhere(page: Path) -> None:
    assert led_nowhere(page) == []


def led_nowhere(page: Path) -> list[str]:
    """Return the links to files of the project that are not there."""
    links = LINK.findall(page.read_text(encoding="utf-8"))
    return [link for link in links if not (page.parent / link).exists()]


class TestTheReaderOfPages:
    """A page with an untrue example does not pass."""

    @pytest.mark.parametrize(
        "text",
        [
            "```python\n>>> 1 + 1\n2\n```\n",
            "```python\nx = 1\n```\nand\n```python\n>>> x\n1\n```\n",
            "```python\nprint('two')\n```\n\n```text\ntwo\n```\n",
            "```text\nnot printed by anything\n```\n",
            "```sh\nexit 1\n```\n",
        ],
        ids=["doctest", "one namespace", "printed", "text alone", "another language"],
    )
    def test_true(self, tmp_path: Path, text: str) -> None:
        page = tmp_path / "page.md"
        page.write_text(text, encoding="utf-8")
        run(page)

    @pytest.mark.parametrize(
        "text",
        [
            "```python\n>>> 1 + 1\n3\n```\n",
            "```python\nassert not 1\n```\n",
            "```python\nprint('two')\n```\n\n```text\nthree\n```\n",
            "```console\n$ python -m custsync.errors\nsomething\n```\n",
            "```console\n$ rm everything\n```\n",
            "```python\n1 + 1\n",
        ],
        ids=["doctest", "raises", "printed", "command", "another command", "never closed"],
    )
    def test_untrue(self, tmp_path: Path, text: str) -> None:
        page = tmp_path / "page.md"
        page.write_text(text, encoding="utf-8")
        with pytest.raises(AssertionError):
            run(page)

    def test_a_link_that_leads_nowhere(self, tmp_path: Path) -> None:
        page = tmp_path / "page.md"
        page.write_text(
            "[a](page.md), [b](page.md#part), [c](#part), [d](https://shop.example/x), [e](gone.md)",
            encoding="utf-8",
        )
        assert led_nowhere(page) == ["gone.md"]
