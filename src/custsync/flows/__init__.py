"""The documented integrations: one package each, frozen flows that read like their source pages."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.flows import (
        lago as lago,
        lightspeed as lightspeed,
        servicetitan as servicetitan,
        stripe as stripe,
        upflow as upflow,
    )

_PARTS: Final = ("lago", "lightspeed", "servicetitan", "stripe", "upflow")

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
