"""How the documentation site is built: `python -m sphinx -W -b html docs build/site`.

Four things are made while it is built, so that no page repeats what another file says: the API reference of
the public list, the navigation out of the links of `index.md`, a page for each file of the project that a
page links to, which is how the table of the rules leads to code and tests, and a link from the id of a rule
to its row there.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from sphinx.addnodes import download_reference
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.osutil import relative_uri

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))  # the public list stands beside the test that holds it

from tests.public_api.catalogue import MODULES, documented, names_of  # noqa: E402

project = "custsync"
author = "The custsync authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["notebooks"]
html_theme = "furo"
html_title = "custsync"
html_copy_source = False
html_show_copyright = False
html_static_path = ["site.css"]
html_css_files = ["site.css"]
default_role = "literal"  # docstrings write `name`, as pages do
myst_heading_anchors = 3
autodoc_default_options = {"members": True, "no-value": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_use_ivar = True
suppress_warnings = ["ref.python"]  # `type` and `values` are names of attributes too

SECTION = re.compile(r"^## (.+)$|\]\(([\w/-]+)\.md\)", re.MULTILINE)
RULE = re.compile(r"\b(?:G|LG|LS|SP|ST|UF)-[A-Z]+(?:-\d+)?\b")
MADE = re.compile(r"attr_dict\['\w+'\]\.default|NOTHING")
HIDDEN = "\N{MODIFIER LETTER COLON}"
MARK = re.compile(r"^(Rule|Source): ")


def write_api(_app: Sphinx) -> None:
    """Write one page for each package of the public list, and one for the names of `custsync` itself."""
    folder = DOCS / "api"
    folder.mkdir(exist_ok=True)
    rooms = {"custsync": heading("custsync", "=") + "".join(own_names())}
    for module in MODULES[1:]:
        room = module.split(".")[1]
        section = f"\n{heading(module, '-')}\n.. automodule:: {module}\n"
        rooms[room] = rooms.get(room, heading(room, "=")) + section + "".join(constants(module))
    entries = "".join(f"   {room}\n" for room in rooms)
    pages = {**rooms, "index": f"{heading('API reference', '=')}\n.. toctree::\n   :maxdepth: 2\n\n{entries}"}
    for old in {path.stem for path in folder.glob("*.rst")} - set(pages):
        (folder / f"{old}.rst").unlink()
    for name, text in pages.items():
        (folder / f"{name}.rst").write_text(text, encoding="utf-8")


def own_names() -> Iterator[str]:
    """Yield a line for each name of `custsync`: a link to its module's page, or all about it."""
    homes = {id(value): f"{module}.{name}" for module in MODULES[1:] for name, value in names_of(module)}
    names = names_of("custsync")
    yield "\nThe names that most callers need, for `from custsync import ...`. Most live in a module:\n\n"
    yield from (f"- :py:obj:`{name} <{homes[id(value)]}>`\n" for name, value in names if id(value) in homes)
    for name, value in names:
        if id(value) not in homes:
            kind = "class" if inspect.isclass(value) else "function"
            yield f"\n.. auto{kind}:: custsync.{name}\n"


def constants(module: str) -> Iterator[str]:
    """Yield the entry of each constant that autodoc does not find: its docstring is in another module."""
    parts = [part for part in sys.modules if part.startswith(f"{module}.")]
    explained = {
        name: lines for part in parts for (owner, name), lines in said_below(part).items() if not owner
    }
    for name, value in names_of(module):
        if not documented(value) and ("", name) not in said_below(module):
            lines = "".join(f"   {line}\n" for line in explained.get(name, ()))
            yield f"\n.. py:data:: {module}.{name}\n\n{lines}"


def said_below(module: str) -> dict[tuple[str, str], list[str]]:
    """Return the docstrings that stand below the constants of a module, by class and name."""
    return ModuleAnalyzer.for_module(module).find_attr_docs()


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


def hide_colons(
    _app: Sphinx, what: str, _name: str, _obj: object, _options: object, lines: list[str]
) -> None:
    """Hide the colons below a name from the next reader, which takes what precedes the first for a type."""
    if what in ("attribute", "data"):
        lines[:] = [line.replace(":", HIDDEN) for line in lines]


def show_colons(
    _app: Sphinx, _what: str, _name: str, _obj: object, _options: object, lines: list[str]
) -> None:
    """Show the colons again."""
    lines[:] = [line.replace(HIDDEN, ":") for line in lines]


def keep_members(
    _app: Sphinx, what: str, _name: str, obj: object, _skip: object, _options: object
) -> bool | None:
    """Keep each name of a module and member of an enumeration; a class says of its fields itself."""
    return False if what == "module" or isinstance(obj, Enum) else None


def shorten_defaults(
    _app: Sphinx,
    _what: str,
    _name: str,
    _obj: object,
    _options: object,
    signature: str | None,
    returned: str | None,
) -> tuple[str | None, str | None]:
    """Write a default that attrs makes as `...`, as type checkers do."""
    return signature and MADE.sub("...", signature), returned


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


def link_rules(app: Sphinx, tree: nodes.document) -> None:
    """Give each row of the table of rules an anchor, and lead the ids in other tables and lists there."""
    page = app.env.docname
    if page == "rules":
        for row in tree.findall(nodes.row):
            anchor = row[0].astext().lower()
            if RULE.fullmatch(row[0].astext()) and anchor not in tree.ids:
                row["ids"].append(anchor)
                tree.ids[anchor] = row
        return
    uri = relative_uri(app.builder.get_target_uri(page), app.builder.get_target_uri("rules"))
    for text in list(tree.findall(nodes.Text)):
        paragraph = text.parent
        if isinstance(paragraph, nodes.paragraph) and isinstance(
            paragraph.parent, nodes.entry | nodes.field_body
        ):
            paragraph.replace(text, list(linked(text.astext(), uri)))


def linked(text: str, uri: str) -> Iterator[nodes.Node]:
    """Yield the text with a link for each id of a rule in it."""
    at = 0
    for found in RULE.finditer(text):
        yield nodes.Text(text[at : found.start()])
        yield nodes.reference(
            "", found[0], refuri=f"{uri}#{found[0].lower()}", internal=True, classes=["rule"]
        )
        at = found.end()
    yield nodes.Text(text[at:])


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
    app.connect("autodoc-process-docstring", hide_colons, priority=450)
    app.connect("autodoc-process-docstring", show_colons, priority=550)
    app.connect("autodoc-process-signature", shorten_defaults)
    app.connect("autodoc-skip-member", keep_members)
    app.connect("doctree-read", link_files, priority=100)  # before the files are taken for downloads
    app.connect("doctree-read", link_rules)
    app.connect("build-finished", write_files)
