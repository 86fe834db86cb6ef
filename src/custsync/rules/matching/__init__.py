"""Matching: which records are one customer. Exact rules, weighted evidence, and one judge for both.

`match_customers` links two lists, `find_duplicates` cleans one, each by a `MatchStrategy`. `judgement` has
the pure rule underneath, for hits from anywhere. `steps` is what a flow asks its target.
"""

from custsync.rules.matching.duplicates import Cluster, Contradiction, Duplicates, find_duplicates
from custsync.rules.matching.explain import Comparison, Explanation, FieldEvidence
from custsync.rules.matching.judgement import CONTESTED, Hit, Judgement, Outcome
from custsync.rules.matching.kinds import KINDS, Kind
from custsync.rules.matching.pairs import Match, MatchResult, Review, match_customers
from custsync.rules.matching.policies import OnAlreadyLinked, OnMultiple
from custsync.rules.matching.strategy import Field, Key, MatchStrategy, Rule
from custsync.rules.matching.strength import RuleStrength, Strength

__all__ = [
    "CONTESTED",
    "KINDS",
    "Cluster",
    "Comparison",
    "Contradiction",
    "Duplicates",
    "Explanation",
    "Field",
    "FieldEvidence",
    "Hit",
    "Judgement",
    "Key",
    "Kind",
    "Match",
    "MatchResult",
    "MatchStrategy",
    "OnAlreadyLinked",
    "OnMultiple",
    "Outcome",
    "Review",
    "Rule",
    "RuleStrength",
    "Strength",
    "find_duplicates",
    "match_customers",
]
