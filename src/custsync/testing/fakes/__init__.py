"""The systems in memory, with the behaviour that their vendors document."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.testing.fakes import (
        lago as lago,
    )
    from custsync.testing.fakes import (
        lightspeed as lightspeed,
    )
    from custsync.testing.fakes import (
        netsuite as netsuite,
    )
    from custsync.testing.fakes import (
        servicetitan as servicetitan,
    )
    from custsync.testing.fakes import (
        stripe as stripe,
    )
    from custsync.testing.fakes import (
        upflow as upflow,
    )

_PARTS: Final = ("lago", "lightspeed", "netsuite", "servicetitan", "stripe", "upflow")

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
