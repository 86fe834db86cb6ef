"""Matching: which records are one customer. Exact rules, weighted evidence, and one judge for both.

`match_customers` links two lists, `find_duplicates` cleans one, each by a `MatchStrategy`. A flow searches
its target by match steps, which are the same rules with a look-up. `judge` decides for both.
"""

from typing import TYPE_CHECKING

from custsync._parts import names_in

if TYPE_CHECKING:
    from custsync.rules.matching.explain import Comparison, Explanation, FieldEvidence, RuleStrength, Strength
    from custsync.rules.matching.judgement import CONTESTED, Hit, Judgement, Outcome, Verdict, judge
    from custsync.rules.matching.kinds import KINDS, Kind
    from custsync.rules.matching.links import Match, Review
    from custsync.rules.matching.lists import (
        Cluster,
        Contradiction,
        Duplicates,
        MatchResult,
        find_duplicates,
        match_customers,
    )
    from custsync.rules.matching.rule import (
        Field,
        Key,
        MatchStrategy,
        OnAlreadyLinked,
        OnDeleted,
        OnMultiple,
        Rule,
    )
else:
    __getattr__ = names_in(__name__, "explain", "judgement", "kinds", "links", "lists", "rule")

__all__ = [
    "KINDS",
    "Field",
    "Key",
    "Kind",
    "MatchStrategy",
    "OnAlreadyLinked",
    "OnDeleted",
    "OnMultiple",
    "Rule",
]
__all__ += ["Match", "MatchResult", "Review", "match_customers"]
__all__ += ["Cluster", "Contradiction", "Duplicates", "find_duplicates"]
__all__ += ["Comparison", "Explanation", "FieldEvidence", "RuleStrength", "Strength"]
__all__ += ["CONTESTED", "Hit", "Judgement", "Outcome", "Verdict", "judge"]
