"""Parents and children: a hierarchy of any depth fitted into the levels of the target, and its balances.

Pure functions over "customer id → parent id" and "customer id → amounts by currency". An id is anything
hashable: a text, a number, a `Ref`. Every pass is linear and climbs with a loop, so a chain of a million
customers is as good as a million that are alone.
"""

from typing import TYPE_CHECKING

from custsync._parts import names_in

if TYPE_CHECKING:
    from custsync.rules.hierarchy.balances import Amounts, Balances, Unknown, in_cents, roll_up
    from custsync.rules.hierarchy.forest import Cyclic, Forest, Levels, MissingParent, flatten, in_order
else:
    __getattr__ = names_in(__name__, "balances", "forest")

__all__ = ["Cyclic", "Forest", "Levels", "MissingParent", "flatten", "in_order"]
__all__ += ["Amounts", "Balances", "Unknown", "in_cents", "roll_up"]
