"""Countries and states: any spelling to its code, or a refusal with its reason, and the code out again.

Nothing is read before the first question; this room alone knows pycountry.
"""

from typing import TYPE_CHECKING

from custsync._parts import names_in

if TYPE_CHECKING:
    from custsync.rules.countries.lookup import resolve_country, suggest
    from custsync.rules.countries.results import Country, FoundBy, Refusal, RefusalReason, State
    from custsync.rules.countries.states import resolve_state
    from custsync.rules.countries.systems import (
        SYSTEMS,
        alpha_3,
        code_of_soap,
        is_iso,
        is_valid,
        netsuite_code,
        netsuite_name,
        numeric,
        soap_name,
        takes_text,
    )
else:
    __getattr__ = names_in(__name__, "lookup", "results", "states", "systems")

__all__ = [
    "SYSTEMS",
    "Country",
    "FoundBy",
    "Refusal",
    "RefusalReason",
    "State",
    "alpha_3",
    "code_of_soap",
    "is_iso",
    "is_valid",
    "netsuite_code",
    "netsuite_name",
    "numeric",
    "resolve_country",
    "resolve_state",
    "soap_name",
    "suggest",
    "takes_text",
]
