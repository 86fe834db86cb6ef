"""What can be wrong between the rules, the code and the tests: each problem is one sentence."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.rule_table.data import Page, Sentence, Table
from tests.rule_table.marks import ID, Citation, Cited, rules_of_issues

__all__ = ["problems_of"]


def problems_of(root: Path, table: Table, modules: Cited, tests: Cited) -> list[str]:
    """Return all that is wrong, in an order that is always the same."""
    known = {rule.id for rule in table.rules}
    return [
        *_of_data(table),
        *modules.malformed,
        *tests.malformed,
        *_unknown(known, dict.fromkeys((*modules.citations, *rules_of_issues(root)))),
        *_unknown(known, tests.citations),
        *_uncited(table, modules, "no module cites it in a docstring"),
        *_uncited(table, tests, "no test carries it"),
        *[problem for page in table.pages if page.title for problem in _of_walk(page, table, known)],
    ]


def _of_data(table: Table) -> Iterator[str]:
    pages = {page.key for page in table.pages}
    for identity, count in Counter(rule.id for rule in table.rules).items():
        if count > 1 or not ID.fullmatch(identity):
            yield f"{identity}: no id, or an id of {count} rules"
    for rule in table.rules:
        if rule.page not in pages:
            yield f"{rule.id}: no page has the key {rule.page!r}"
        for decision in rule.decision:
            if bool(decision.by) == bool(decision.fixed):
                yield f"{rule.id}: a decision names the parameters that change it, or why none does"
    walked = {page.key for page in table.pages if page.title}
    for name in sorted(walked ^ table.walks.keys()):
        yield f"{name}: a page with a source and a file in walk/ go together"


def _unknown(known: set[str], citations: Iterable[Citation]) -> Iterator[str]:
    for citation in citations:
        if citation.rule not in known:
            yield f"{citation.path}:{citation.line}: no rule has the id {citation.rule!r}"


def _uncited(table: Table, cited: Cited, says: str) -> Iterator[str]:
    there = {citation.rule for citation in cited.citations}
    for rule in table.rules:
        if rule.id not in there:
            yield f"{rule.id}: {says}"


def _of_walk(page: Page, table: Table, known: set[str]) -> Iterator[str]:
    sentences = table.walks.get(page.key, ())
    for number, sentence in enumerate(sentences, 1):
        for problem in _of_sentence(sentence, table, known):
            yield f"walk/{page.key}.toml, sentence {number}: {problem}"
    walked = {rule for sentence in sentences for rule in sentence.rules}
    for rule in table.rules_of(page):
        if rule.id not in walked:
            yield f"walk/{page.key}.toml: no sentence names {rule.id}"


def _of_sentence(sentence: Sentence, table: Table, known: set[str]) -> Iterator[str]:
    if bool(sentence.rules) == bool(sentence.out):
        yield "it names the rules that carry it, or the kind of thing that is out of reach"
    if sentence.out and sentence.out not in table.kinds:
        yield f"nothing out of reach is called {sentence.out!r}"
    if not sentence.says.strip() or not sentence.how.strip():
        yield "what it says, and how that is kept, must both be there"
    for rule in sentence.rules:
        if rule not in known:
            yield f"no rule has the id {rule!r}"
