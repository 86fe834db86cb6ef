"""What to do about several hits of one rule, and about a hit that is linked already."""

from enum import Enum

__all__ = ["OnAlreadyLinked", "OnMultiple"]


class OnMultiple(Enum):
    """What to do when a rule finds several records."""

    REVIEW = "review"
    OLDEST = "oldest"
    NEWEST = "newest"


class OnAlreadyLinked(Enum):
    """What to do when every record that a rule finds is linked to another one."""

    REVIEW = "review"
    SKIP = "skip"
    """Go on to the next rule, as if nobody had been found."""
    SHARE = "share"
    """Link to it as well."""
