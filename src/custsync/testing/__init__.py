"""What a caller tests their own part with: contracts that an adapter or a store has to keep."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.testing import (
        adapter_contract as adapter_contract,
    )
    from custsync.testing import (
        clock as clock,
    )
    from custsync.testing import (
        fakes as fakes,
    )
    from custsync.testing import (
        faults as faults,
    )
    from custsync.testing import (
        store_contract as store_contract,
    )
    from custsync.testing import (
        strategies as strategies,
    )

_PARTS: Final = ("adapter_contract", "clock", "fakes", "faults", "store_contract", "strategies")

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
