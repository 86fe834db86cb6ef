"""Matches of two lists and duplicates of one: each line opens to the fields for and against it."""

from collections.abc import Callable, Container, Hashable, Iterable, Sequence
from functools import partial
from itertools import islice

from custsync.display.graphs import Line, graph_svg
from custsync.display.parts import bar, card, issue_list, paged, safe, table
from custsync.display.plans import LISTED, boxes, row, shares
from custsync.rules.matching import Cluster, Duplicates, Explanation, Match, MatchResult, Review, RuleStrength
from custsync.rules.matching.explain import odds_text

Explain = Callable[[Hashable], Explanation]
Found = MatchResult | Duplicates


def match_html(result: MatchResult, *, values: bool) -> str:
    """Return the matches, what is for review, and how many were not found."""
    explain = partial(result.explain, reveal=values)
    links = (_link([match.left, match.right], match, explain) for match in result.matches)
    return _card("matches", result, explain, links, len(result.matches), len(result.unmatched))


def duplicates_html(found: Duplicates, *, values: bool) -> str:
    """Return the clusters of duplicates, each with its picture, and the pairs that are for review."""
    explain = partial(found.explain, reveal=values)
    sure = {rule.id for rule in found.rules if rule.authoritative}
    links = (_link(one.members, one.edges[0], explain, _cluster_svg(one, sure)) for one in found.clusters)
    return _card("clusters", found, explain, links, len(found.clusters))


def comparison_html(explanation: Explanation) -> str:
    """Return how the search for one record ended, with the fields for and against each candidate."""
    rule = f" by {explanation.rule}" if explanation.rule is not None else ""
    return card(explanation.id, f"{explanation.outcome.value}{rule}", _fields(explanation))


def _card(
    title: str, found: Found, explain: Explain, links: Iterable[str], linked: int, unmatched: int = 0
) -> str:
    """Return what was found: the counts, a line for each review and then for each link, the rules."""
    rows = [_review(review, explain) for review in found.review[:LISTED]]
    rows += islice(links, LISTED - len(rows))
    counts = {"link": linked, "review": len(found.review), "out": unmatched}
    names = {"link": "linked", "review": "for review", "out": "not found"}
    present = {kind: count for kind, count in counts.items() if count}
    detail = ", ".join(f"{count:,} {names[kind]}" for kind, count in present.items()) or "none"
    return card(
        title,
        detail,
        shares({names[kind]: (kind, count) for kind, count in present.items()}),
        boxes(counts | {"out": 0}),
        paged(rows, f"result.{title}", linked + len(found.review)),
        _funnel(found.strength().rules),
        issue_list(found.issues),
    )


def _funnel(rules: Sequence[RuleStrength]) -> str:
    """Return the result of each rule, in order: the links as a bar, and how many are expected by chance."""
    most = max((rule.links for rule in rules), default=0) or 1
    rows = (
        (
            f"<em>{safe(rule.rule)}</em> {safe(rule.keys)}",
            bar(rule.links, most),
            f"{rule.links:,}",
            f"{rule.review:,}",
            f"{rule.expected:.2g}",
        )
        for rule in rules
    )
    return table(("rule", "", "linked", "for review", "expected by chance"), rows, "rules")


def _cluster_svg(cluster: Cluster, sure: Container[str]) -> str:
    """Return the picture: the records, the links that join them, and the contradictions."""
    lines = [
        Line(
            edge.left,
            edge.right,
            f"{edge.rule}: {odds_text(edge.odds)}",
            "sure" if edge.rule in sure else "evidence",
        )
        for edge in cluster.edges
    ]
    lines += [Line(one.one, one.other, ", ".join(one.fields), "against") for one in cluster.against]
    return graph_svg({"records": cluster.members}, lines, {})


def _link(ids: Iterable[Hashable], match: Match, explain: Explain, picture: str = "") -> str:
    ends = " <i>=</i> ".join(map(safe, ids))
    gist = f"<em>{safe(match.rule)}</em> {safe(odds_text(match.odds))}"
    return row("link", "link", ends, gist, picture + _fields(explain(match.left)))


def _review(review: Review, explain: Explain) -> str:
    candidates = ", ".join(safe(match.right) for match in review.candidates)
    ends = f"{safe(review.left)} <i>?</i> {candidates}"
    return row("review", "for review", ends, safe(review.reason), _fields(explain(review.left)))


def _fields(explanation: Explanation) -> str:
    rows = (
        (
            safe(one.id),
            safe(odds_text(one.odds)),
            "<br>".join(safe(field) for field in one.agreeing),
            "<br>".join(safe(field) for field in one.contradicting),
        )
        for one in explanation.candidates
    )
    compared = table(("record", "odds", "for", "against"), rows)
    return f"<p>{safe(explanation.reason)}</p>{compared}"
