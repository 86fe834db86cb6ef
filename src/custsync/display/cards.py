"""Single values: a customer, a name in parts, a country, a flow, a merge, an identity, a hierarchy."""

from collections.abc import Hashable, Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

import attrs

from custsync.display.graphs import Line, graph_svg
from custsync.display.parts import card, issue_list, paged, rule_mark, safe, table, value_text
from custsync.flow import Flow
from custsync.models import Address, Contact, Customer, Issue, Ref
from custsync.rules.countries import Country, Refusal, State
from custsync.rules.hierarchy import Forest
from custsync.rules.identity import Evidence, GoldenView, Identity
from custsync.rules.merging.customers import Merged
from custsync.rules.merging.survivorship import KeptValue
from custsync.rules.names.parts import SplitName


def record_html(record: Customer | Address | Contact, *, values: bool) -> str:
    """Return a customer, an address or a contact as HTML: the fields with a value."""
    return card(type(record).__name__.lower(), getattr(record, "ref", ""), _fields(record, values=values))


def _fields(record: Customer | Address | Contact, *, values: bool) -> str:
    """Return the fields with a value; each address and each contact as a table."""
    rows, below = [], ""
    for attribute in attrs.fields(type(record)):
        value = getattr(record, attribute.name)
        if attribute.name in ("ref", "issues") or value == attribute.default:
            continue
        if attribute.name in ("addresses", "contacts") and value:
            below += "".join(
                f"<p>{attribute.name} {number}</p>{_fields(line, values=values)}"
                for number, line in enumerate(value, start=1)
            )
            continue
        is_shown = values or not attribute.metadata.get("personal")
        rows.append((f"<em>{attribute.name}</em>", value_text(value, values=is_shown)))
    return table(("field", "value"), rows) + below + issue_list(getattr(record, "issues", ()))


def issue_html(issue: Issue) -> str:
    """Return an issue as HTML."""
    return card("issue", issue.code, issue_list([issue]))


_PARTS: Final = ("title", "first", "middle", "last", "suffix", "company", "note")


def split_html(split: SplitName, *, values: bool) -> str:
    """Return a name in parts as HTML, with the issues of the split."""
    rows = [
        (part, value_text(getattr(split, part), values=values)) for part in _PARTS if getattr(split, part)
    ]
    return card("name", f"split by: {split.how}", table(("part", "text"), rows), issue_list(split.issues))


def country_html(place: Country | State) -> str:
    """Return a country or a state as HTML, and how it was found."""
    code = place.alpha_2 if isinstance(place, Country) else place.code
    return card(place.name, f"{code}, found by: {place.found_by.value.replace('_', ' ')}")


def refusal_html(refusal: Refusal) -> str:
    """Return why a text is no country as HTML."""
    return card(
        "no country", refusal.reason.value, issue_list([refusal.as_issue(rule="LS-CTRY", field="country")])
    )


def flow_html(flow: Flow) -> str:
    """Return a flow as HTML: who takes part, how the counterpart is found, which fields are written."""
    checks = (
        (safe(check.issue.reason), rule_mark(check.issue.rule), _CHECK_WORDS[check.outcome, check.when])
        for check in flow.checks
    )
    steps = (
        (safe(step.question), f"<code>{safe(step.lookup)}</code>", rule_mark(step.id)) for step in flow.match
    )
    rows = (
        (
            f"<em>{safe(row.target)}</em>",
            ", ".join(map(safe, row.sources)),
            "when created" if row.create_only else "",
            rule_mark(row.rule),
        )
        for row in flow.fields
    )
    return card(
        flow.name,
        f"{flow.source.name} → {flow.target.name}, version {flow.version}",
        table(("reason", "", ""), checks, "checks"),
        table(("question", "look-up", ""), steps, "finds the counterpart"),
        table(("target field", "from", "", ""), rows, "writes"),
    )


_CHECK_WORDS: Final = {
    ("skip", "always"): "leaves out",
    ("invalid", "always"): "refuses",
    ("skip", "create"): "does not create",
    ("invalid", "create"): "refuses to create",
}


def merged_html(merged: Merged, *, values: bool) -> str:
    """Return a merge as HTML: the merged survivor, the records its values are from, and the lost values."""
    lost = (
        (f"<em>{safe(name)}</em>", ", ".join(value_text(value, values=values) for value in held))
        for name, held in merged.lost.items()
    )
    return card(
        "merge",
        f"{merged.survivor.ref} ← {', '.join(str(one.ref) for one in merged.duplicates)}",
        _fields(merged.customer, values=values),
        _kept(merged.kept, "values that a policy chose", values=values),
        table(("field", "values"), lost, "kept on record, not in the survivor"),
    )


def golden_html(view: GoldenView, *, values: bool) -> str:
    """Return the golden view as HTML: each value, the record that it is from, and why."""
    return card("golden view", _refs(view.refs), _kept(view.fields, "", values=values))


def _kept(fields: Mapping[str, KeptValue], caption: str, *, values: bool) -> str:
    rows = (
        (
            f"<em>{safe(name)}</em>",
            value_text(kept.value, values=values),
            safe(kept.of or ""),
            safe(kept.by.replace("_", " ")) + (" (tied)" if kept.tied else ""),
        )
        for name, kept in fields.items()
    )
    return table(("field", "value", "from", "chosen by"), rows, caption)


def identity_html(identity: Identity) -> str:
    """Return an identity as HTML: its records, why they are one, and what contradicts it."""
    links = (
        (
            safe(link.one),
            safe(link.other),
            safe(link.by),
            link.evidence.value + (", the only link" if link in identity.bridges else ""),
        )
        for link in identity.links
    )
    against = (
        (safe(found.code.replace("_", " ")), safe(found.field), safe(_refs(found.refs)))
        for found in identity.contradictions
    )
    return card(
        "identity",
        _refs(identity.refs),
        _identity_svg(identity),
        table(("record", "is", "by", "evidence"), links),
        table(("contradiction", "field", "records"), against),
    )


def _identity_svg(identity: Identity) -> str:
    """Return the picture: a column for each system, the links, and the contradictions."""
    columns: dict[str, list[Ref]] = {}
    for ref in identity.refs:
        columns.setdefault(" ".join(filter(None, ref.namespace.split("/"))), []).append(ref)
    lines = [Line(link.one, link.other, link.by, _LINE_KINDS[link.evidence]) for link in identity.links]
    marked: dict[Hashable, str] = {}
    for found in identity.contradictions:
        text = f"{found.code.replace('_', ' ')} {found.field}".strip()
        if found.code == "two_in_one_system":
            lines += [Line(one, other, text, "against") for one, other in pairwise(found.refs)]
        else:
            marked |= dict.fromkeys(found.refs, text)
    return graph_svg(columns, lines, marked)


_LINE_KINDS: Final = {Evidence.AUTHORITATIVE: "sure", Evidence.SUPPORTING: "evidence"}


def _refs(refs: Iterable[Ref]) -> str:
    return ", ".join(map(str, refs))


def forest_html(forest: Forest[Any]) -> str:
    """Return a hierarchy as a tree: each customer below its parent, and its former parent if it was moved."""
    below: dict[Any, list[Any]] = {}
    for one, parent in forest.parents.items():
        below.setdefault(parent if parent in forest.parents else None, []).append(one)
    rows, waiting = [], [(one, 0) for one in reversed(below.get(None, []))]
    while waiting:
        one, level = waiting.pop()
        rows.append(_leaf(forest, one, level))
        waiting += [(child, level + 1) for child in reversed(below.get(one, []))]
    counts = f"{len(rows):,} customers, {len(forest.moved):,} moved, {len(forest.issues):,} with an issue"
    return card("hierarchy", counts, paged(rows, "forest.parents"))


def _leaf(forest: Forest[Any], one: Any, level: int) -> str:
    issue = forest.issues.get(one)
    moved = (
        f" <span class=moved>moved up from {safe(forest.moved[one])}</span>" if one in forest.moved else ""
    )
    text = f" <span class={issue.severity.value}>{safe(issue.reason)}</span>" if issue else ""
    mark = "└ " if level else ""
    return f'<p class=tree style="--level:{level}">{mark}<code>{safe(one)}</code>{moved}{text}</p>'
