"""What the table is made of: the rules, their pages, and the pages read sentence by sentence.

All of it is TOML beside this file: `rules.toml`, and one file a page in `walk/`.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from attrs import frozen

__all__ = ["Decision", "Page", "Rule", "Sentence", "Table", "read_table"]

T = TypeVar("T")

FOLDER = "tests/rule_table"


@frozen(kw_only=True)
class Page:
    """A page that documents an integration; the general rules have a page of their own, without a source.

    Attributes:
        key: short name, and the name of its file in `walk/`.
        flow: `"NetSuite → Stripe"`, as a heading.
        title: the page's own title, `""` where there is no source.
        by: who publishes it.
        url: its address where it is known.
    """

    key: str
    flow: str
    title: str = ""
    by: str = ""
    url: str = ""


@frozen(kw_only=True)
class Decision:
    """What custsync does where the source says nothing.

    Attributes:
        open: what the source leaves open.
        decided: what custsync does by default.
        by: the parameters that change it, each as `"custsync.rules.names.split_name:placeholder"`.
        values: what the parameter can be, in a few words.
        fixed: why no parameter changes it, where none does.
    """

    open: str
    decided: str
    by: tuple[str, ...] = ()
    values: str = ""
    fixed: str = ""


@frozen(kw_only=True)
class Rule:
    """One rule: its id, its sentence, the page and the part of it that says so, and the decisions."""

    id: str
    page: str
    section: str = ""
    text: str
    decision: tuple[Decision, ...] = ()


@frozen(kw_only=True)
class Sentence:
    """One sentence of a page: the rules that carry it and how, or why no code can.

    Attributes:
        at: the heading that it stands under.
        says: what it says, in short.
        rules: the rules that carry it.
        out: the kind of thing that is out of reach, one of `Table.kinds`.
        how: how custsync keeps it, or why it cannot.
    """

    at: str
    says: str
    rules: tuple[str, ...] = ()
    out: str = ""
    how: str


@frozen(kw_only=True)
class Table:
    """All data: pages and rules in order, kinds of things out of reach, sentences by page."""

    pages: tuple[Page, ...]
    rules: tuple[Rule, ...]
    kinds: Mapping[str, str]
    walks: Mapping[str, tuple[Sentence, ...]]

    def rules_of(self, page: Page) -> tuple[Rule, ...]:
        """Return the rules of a page, in order."""
        return tuple(rule for rule in self.rules if rule.page == page.key)


def read_table(root: Path) -> Table:
    """Return the data under the root.

    Raises:
        SystemExit: a file is not there, is no TOML or says something that it cannot say.
    """
    told = _load(root / FOLDER / "rules.toml")
    walks = {path.stem: _load(path) for path in sorted((root / FOLDER / "walk").glob("*.toml"))}
    return Table(
        pages=_each("rules.toml", Page, told.pop("page", ())),
        rules=_each("rules.toml", _rule, told.pop("rule", ())),
        kinds=_only_left("rules.toml", told, told.pop("out_of_reach", {})),
        walks={
            name: _only_left(name, walk, _each(f"walk/{name}.toml", _sentence, walk.pop("sentence", ())))
            for name, walk in walks.items()
        },
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path.name}: {error}") from None


def _each(name: str, make: Callable[..., T], entries: Iterable[dict[str, Any]]) -> tuple[T, ...]:
    made = []
    for number, entry in enumerate(entries, 1):
        try:
            made.append(make(**entry))
        except TypeError as error:
            raise SystemExit(f"{name}, entry {number}: {error}") from None
    return tuple(made)


def _only_left(name: str, told: Mapping[str, Any], taken: T) -> T:
    if told:
        raise SystemExit(f"{name}: nobody reads {', '.join(sorted(told))}")
    return taken


def _rule(*, decision: Iterable[dict[str, Any]] = (), **entry: Any) -> Rule:
    decisions = tuple(Decision(**{**one, "by": tuple(one.get("by", ()))}) for one in decision)
    return Rule(decision=decisions, **entry)


def _sentence(*, rules: Iterable[str] = (), **entry: Any) -> Sentence:
    return Sentence(rules=tuple(rules), **entry)
