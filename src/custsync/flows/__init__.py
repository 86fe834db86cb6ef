"""The documented integrations: one room each, frozen flows that read like their source pages."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.flows import (
        lago as lago,
    )
    from custsync.flows import (
        lightspeed as lightspeed,
    )
    from custsync.flows import (
        servicetitan as servicetitan,
    )
    from custsync.flows import (
        stripe as stripe,
    )
    from custsync.flows import (
        upflow as upflow,
    )

_PARTS: Final = ("lago", "lightspeed", "servicetitan", "stripe", "upflow")

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
