"""What the Lightspeed flow reports, one table."""

from typing import Final

from custsync.models import Issue, Severity
from custsync.systems.lightspeed_writes import WALK_IN

NO_PLACE: Final = Issue(
    code="no_place",
    rule="LS-MAP-2",
    field="attention",
    reason="Lightspeed's address has no place for it, so it stays in NetSuite alone",
    remedy="Let the flow join the names to the lines, or accept it",
    severity=Severity.NOTE,
)
SUBURB_CLEARED: Final = Issue(
    code="suburb_cleared",
    rule="LS-MAP-2",
    field="suburb",
    reason="the suburb in Lightspeed belonged to the town that the address has left",
    remedy="Fill it in there, if the new address has one",
    severity=Severity.NOTE,
)
NO_SINGLE_VALUE: Final = Issue(
    code="no_single_value",
    rule="LS-MAP-4",
    field="custom",
    reason="the field holds several values or an object, and Lightspeed's custom field holds one text",
    remedy="Map another field, or give the flow a field mapping that makes one text of it",
)
WALK_IN_CODE: Final = Issue(
    code="walk_in",
    rule="LS-KEY-2",
    field="entity_id",
    reason=f"{WALK_IN} is the code of the shop's anonymous customer, which is never synced",
    remedy="Nothing to do; a customer of your own needs another entity ID",
    severity=Severity.NOTE,
)
MADE_UP_CODE: Final = Issue(
    code="made_up_code",
    rule="LS-KEY-2",
    field="entity_id",
    reason="the customer that has this code in Lightspeed got it from Lightspeed, so it is no entity ID",
    remedy="Link the two by hand if they are one; else give one of them another code",
)
