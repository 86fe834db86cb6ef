"""The rules, each of which stands alone: pure functions over plain values."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.rules import (
        addresses as addresses,
    )
    from custsync.rules import (
        consent as consent,
    )
    from custsync.rules import (
        contacts as contacts,
    )
    from custsync.rules import (
        countries as countries,
    )
    from custsync.rules import (
        eligibility as eligibility,
    )
    from custsync.rules import (
        fields as fields,
    )
    from custsync.rules import (
        hierarchy as hierarchy,
    )
    from custsync.rules import (
        identity as identity,
    )
    from custsync.rules import (
        matching as matching,
    )
    from custsync.rules import (
        merging as merging,
    )
    from custsync.rules import (
        names as names,
    )
    from custsync.rules import (
        normalize as normalize,
    )
    from custsync.rules import (
        triggers as triggers,
    )
    from custsync.rules import (
        uniqueness as uniqueness,
    )

_PARTS: Final = (
    "addresses",
    "consent",
    "contacts",
    "countries",
    "eligibility",
    "fields",
    "hierarchy",
    "identity",
    "matching",
    "merging",
    "names",
    "normalize",
    "triggers",
    "uniqueness",
)

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
