"""Names of customers: which one a target shows, and how one text becomes a first and a last name."""

from typing import TYPE_CHECKING

from custsync._parts import names_in

if TYPE_CHECKING:
    from custsync.rules.names.display import PLACEHOLDER, DisplayName, NameSource, NamingRule, display_name
    from custsync.rules.names.parts import AS_DOCUMENTED, CommaMeaning, HowSplit, NamePolicy, SplitName
    from custsync.rules.names.split import resplit_name, split_name
else:
    __getattr__ = names_in(__name__, "display", "parts", "split")

__all__ = [
    "AS_DOCUMENTED",
    "PLACEHOLDER",
    "CommaMeaning",
    "DisplayName",
    "HowSplit",
    "NamePolicy",
    "NameSource",
    "NamingRule",
    "SplitName",
    "display_name",
    "resplit_name",
    "split_name",
]
