"""One module per system: how its payloads are read and written, and what fits into its fields."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.systems import (
        from_table as from_table,
        lago as lago,
        lightspeed as lightspeed,
        netsuite as netsuite,
        servicetitan as servicetitan,
        stripe as stripe,
        system as system,
        upflow as upflow,
    )

_PARTS: Final = ("from_table", "lago", "lightspeed", "netsuite", "servicetitan", "stripe", "system", "upflow")

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
