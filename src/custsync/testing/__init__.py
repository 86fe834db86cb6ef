"""What a caller tests their own part with: contracts that an adapter, a store or a system has to keep."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.testing import (
        adapter_contract as adapter_contract,
        clock as clock,
        fakes as fakes,
        faults as faults,
        store_contract as store_contract,
        strategies as strategies,
        system_contract as system_contract,
    )

_PARTS: Final = (
    "adapter_contract",
    "clock",
    "fakes",
    "faults",
    "store_contract",
    "strategies",
    "system_contract",
)

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
