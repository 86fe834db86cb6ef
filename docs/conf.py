"""How the documentation site is built: `python -m sphinx -W -b html docs build/site`.

Three things are made while it is built, so that no page repeats what another file says: the API reference of
the public modules, the navigation out of the links of `index.md`, and a page for each file of the project
that a page links to, which is how the table of the rules leads to code and tests.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from sphinx.addnodes import download_reference
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

DOCS = Path(__file__).parent
ROOT = DOCS.parent
SOURCE = ROOT / "src"

project = "custsync"
author = "The custsync authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["notebooks"]
html_theme = "furo"
html_title = "custsync"
html_copy_source = False
default_role = "literal"  # docstrings write `name`, as pages do
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_use_ivar = True
suppress_warnings = ["ref.python"]  # `type` and `values` are names of attributes too

SECTION = re.compile(r"^## (.+)$|\]\(([\w/-]+)\.md\)", re.MULTILINE)
MARK = re.compile(r"^(Rule|Source): ")


def public_modules() -> Iterator[str]:
    """Yield the modules that callers import from: a package that has `__all__` stands for its modules."""
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        around = [SOURCE.joinpath(*parts[:at], "__init__.py") for at in range(2, len(parts))]
        private = any(part.startswith("_") and part != "__init__" for part in parts)
        if not private and exports(path) and not any(exports(file) for file in around if file != path):
            yield ".".join(parts).removesuffix(".__init__")


def exports(path: Path) -> bool:
    """Return whether the module has names in `__all__`."""
    return re.search(r"^__all__ = .*\w", path.read_text(encoding="utf-8"), re.MULTILINE) is not None


def write_api(_app: Sphinx) -> None:
    """Write one page for each package, with every name of the `__all__` of its public modules."""
    folder = DOCS / "api"
    folder.mkdir(exist_ok=True)
    rooms: dict[str, str] = {}
    for module in public_modules():
        room = module.split(".")[1] if module.count(".") else module
        section = f"\n{heading(module, '-')}\n.. automodule:: {module}\n   :members:\n   :undoc-members:\n"
        rooms[room] = rooms.get(room, heading(room, "=")) + section
    entries = "".join(f"   {room}\n" for room in rooms)
    pages = {**rooms, "index": f"{heading('API reference', '=')}\n.. toctree::\n   :maxdepth: 2\n\n{entries}"}
    for old in {path.stem for path in folder.glob("*.rst")} - set(pages):
        (folder / f"{old}.rst").unlink()
    for name, text in pages.items():
        (folder / f"{name}.rst").write_text(text, encoding="utf-8")


def heading(text: str, line: str) -> str:
    """Return a heading of reStructuredText."""
    return f"{text}\n{line * len(text)}\n"


def add_navigation(_app: Sphinx, page: str, text: list[str]) -> None:
    """Add the pages that `index.md` links to, by its headings, to the navigation."""
    if page != "index":
        return
    caption, sections = "", dict[str, list[str]]()
    for title, link in SECTION.findall(text[0]):
        caption = title or caption
        sections.setdefault(caption, []).extend([link] if link else [])
    sections["Look something up"].append("api/index")
    for caption, links in sections.items():
        lines = "\n".join(links)
        text[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{lines}\n```\n"


def mark_rules(
    _app: Sphinx, _what: str, _name: str, _obj: object, _options: object, lines: list[str]
) -> None:
    """Set what a docstring says of its rule and its source apart, as a list of fields."""
    lines[:] = [MARK.sub(r":\1: ", line) for line in lines]


def link_files(app: Sphinx, tree: nodes.document) -> None:
    """Lead the links to code and tests to pages made of them."""
    page = app.env.docname
    for link in list(tree.findall(download_reference)):
        if link["reftarget"].endswith(".ipynb"):
            continue  # a notebook is downloaded
        path = (DOCS / page).parent.joinpath(link["reftarget"]).resolve().relative_to(ROOT).as_posix()
        app.env.metadata[page].setdefault("files", set()).add(path)
        uri = f"{relative_uri(app.builder.get_target_uri(page), f'files/{path}')}.html"
        link.replace_self(nodes.reference("", "", *link.children, refuri=uri, internal=True))


def write_files(app: Sphinx, error: Exception | None) -> None:
    """Write a page for each file that a page links to."""
    linked = set().union(*(data.get("files", ()) for data in app.env.metadata.values()))
    for name in sorted(linked if error is None else ()):
        text = (ROOT / name).read_text(encoding="utf-8")
        formatter = HtmlFormatter(
            full=True, title=name, linenos="inline", anchorlinenos=True, lineanchors="line"
        )
        page = Path(app.outdir, "files", f"{name}.html")
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(highlight(text, get_lexer_for_filename(name), formatter), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Take part in the build."""
    app.connect("builder-inited", write_api)
    app.connect("source-read", add_navigation)
    app.connect("autodoc-process-docstring", mark_rules, priority=400)
    app.connect("doctree-read", link_files, priority=100)  # before the files are taken for downloads
    app.connect("build-finished", write_files)
