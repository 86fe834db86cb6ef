"""The rules, independent of each other: pure functions over plain values."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.rules import (
        addresses as addresses,
        consent as consent,
        contacts as contacts,
        countries as countries,
        eligibility as eligibility,
        fields as fields,
        hierarchy as hierarchy,
        identity as identity,
        matching as matching,
        merging as merging,
        names as names,
        normalize as normalize,
        triggers as triggers,
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
