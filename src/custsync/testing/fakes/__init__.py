"""The systems in memory, with the behaviour that their vendors document."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.testing.fakes import (
        lago as lago,
        lightspeed as lightspeed,
        netsuite as netsuite,
        servicetitan as servicetitan,
        stripe as stripe,
        upflow as upflow,
    )

_PARTS: Final = ("lago", "lightspeed", "netsuite", "servicetitan", "stripe", "upflow")

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
