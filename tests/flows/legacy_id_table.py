"""Every combination of sync record, Legacy ID and NetSuite customer, and what becomes of it."""

from enum import Enum
from typing import Final

from attrs import frozen


class Linkage(Enum):
    """What the sync record of the customer says."""

    NONE = "no sync record"
    UNLINKED = "a sync record that is not linked"
    LINKED = "a linked sync record"


class LegacyId(Enum):
    """What the Legacy ID field holds."""

    BLANK = "blank"
    OWN = "the id of a customer whose own subsidiary is the transaction's"
    SHARED = "the id of a customer that is shared with the transaction's subsidiary"
    ELSEWHERE = "the id of a customer of other subsidiaries"
    UNKNOWN = "an id that no customer ever had"
    MALFORMED = "no internal id"


class Counterpart(Enum):
    """How the NetSuite customer is that the record is linked to, else the one that the Legacy ID names."""

    EXISTS = "there"
    INACTIVE = "inactive"
    GONE = "gone"


class Fate(Enum):
    """What becomes of the customer."""

    PROCEED = "unchanged: its transaction posts to the linked customer"
    LINK = "linked to the customer that the Legacy ID names"
    CREATE = "created"
    INVALID = "refused: the Legacy ID is invalid"
    WRONG_SUBSIDIARY = "refused: the customer is of another subsidiary"
    REVIEW = "for review: the linked customer is gone"


@frozen(kw_only=True)
class LegacyIdDecision:
    """One row of the table: for which cases it decides, by which rule, and how."""

    records: tuple[Linkage, ...] = (Linkage.NONE, Linkage.UNLINKED)
    legacy_ids: tuple[LegacyId, ...]
    customers: tuple[Counterpart, ...] = tuple(Counterpart)
    fate: Fate
    rule: str


_NAMED: Final = (LegacyId.OWN, LegacyId.SHARED)
_THERE: Final = (Counterpart.EXISTS, Counterpart.INACTIVE)
_GONE: Final = (Counterpart.GONE,)

LEGACY_ID_DECISIONS: Final = (
    LegacyIdDecision(
        records=(Linkage.LINKED,),
        legacy_ids=tuple(LegacyId),
        customers=_THERE,
        fate=Fate.PROCEED,
        rule="ST-LEG-1",
    ),
    LegacyIdDecision(
        records=(Linkage.LINKED,), legacy_ids=tuple(LegacyId), customers=_GONE, fate=Fate.REVIEW, rule="G-DUP"
    ),
    LegacyIdDecision(legacy_ids=_NAMED, customers=_THERE, fate=Fate.LINK, rule="ST-LEG-2"),
    LegacyIdDecision(
        legacy_ids=(LegacyId.ELSEWHERE,), customers=_THERE, fate=Fate.WRONG_SUBSIDIARY, rule="ST-LEG-2"
    ),
    LegacyIdDecision(legacy_ids=(LegacyId.BLANK,), fate=Fate.CREATE, rule="ST-LEG-3"),
    LegacyIdDecision(
        legacy_ids=(*_NAMED, LegacyId.ELSEWHERE), customers=_GONE, fate=Fate.INVALID, rule="ST-LEG-4"
    ),
    LegacyIdDecision(legacy_ids=(LegacyId.UNKNOWN, LegacyId.MALFORMED), fate=Fate.INVALID, rule="ST-LEG-4"),
)
"""What becomes of a customer, for every combination: each is in exactly one row."""


def legacy_id_decision(record: Linkage, legacy_id: LegacyId, customer: Counterpart) -> LegacyIdDecision:
    """Return the row of the table that decides a case, for every one there is."""
    (row,) = (
        row
        for row in LEGACY_ID_DECISIONS
        if record in row.records and legacy_id in row.legacy_ids and customer in row.customers
    )
    return row
