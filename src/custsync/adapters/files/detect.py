"""Which system a record is of: known by what only its records have."""

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["is_of", "system_of"]

_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "lago": frozenset({"lago_id"}),
    "lightspeed": frozenset({"customer_code"}),
    "servicetitan": frozenset({"mergedtoid", "customfields", "externaldata"}),
    "upflow_import": frozenset({"customer id", "customer name"}),
    "upflow": frozenset({"dunningplanid", "countinvoicesdue"}),
    "netsuite": frozenset({"isperson", "isinactive", "entityid", "subsidiary", "addressbook", "internalid"}),
}
"""The keys, in lower case, that no other system's customer has."""

_NAMED: Final = frozenset({"stripe", "lago", "lightspeed", "upflow_import"})
"""The systems whose records always have what tells them."""
_KNOWN: Final = _NAMED | _KEYS.keys()


def system_of(record: Mapping[str, Any]) -> str:
    """Return the name of the system that the record is clearly of, `""` where nothing tells.

    >>> system_of({"id": "cus_1"}), system_of({"lago_id": "4f0f"}), system_of({"id": "7", "name": "Lund"})
    ('stripe', 'lago', '')
    """
    if record.get("object") == "customer" or str(record.get("id", "")).startswith("cus_"):
        return "stripe"
    keys = {key.lower() for key in record}
    return next((name for name, own in _KEYS.items() if own & keys), "")


def is_of(record: Mapping[str, Any], system: str) -> bool:
    """Return whether the record is one of the system's, or may be one; every one may be of an unknown system.

    >>> is_of({"id": "7"}, "netsuite"), is_of({"id": "7"}, "stripe"), is_of({"lago_id": "7"}, "netsuite")
    (True, False, False)
    """
    told = system_of(record)
    return told == system or system not in _KNOWN or (not told and system not in _NAMED)
