"""Identity: one customer over all systems, what holds it together, and what contradicts it.

`links_of` turns sync records into links. `identities` groups customers by links, with what
contradicts and which links alone hold a group together. `golden_view` has one value for each field, with the
customer that it is from.
"""

from custsync.rules.identity.graph import (
    Contradiction,
    Evidence,
    GoldenView,
    Identity,
    Link,
    golden_view,
    identities,
)

__all__ = ["Contradiction", "Evidence", "GoldenView", "Identity", "Link", "golden_view", "identities"]
