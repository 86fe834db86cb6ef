"""What can be wrong with a merge: the issues of this package, one table."""

from typing import Final

from custsync.models import Issue

MERGED_INTO_ITSELF: Final = Issue(
    code="merged_into_itself",
    rule="ST-MRG-1",
    field="ref",
    reason="a customer cannot be merged into itself",
    remedy="Name two customers",
)
DUPLICATE_GONE: Final = Issue(
    code="duplicate_gone",
    rule="ST-MRG-1",
    field="deleted",
    reason="the customer that is to go is not there any more",
    remedy="Nothing to merge: let its sync record follow the survivor",
)
OTHER_VAT: Final = Issue(
    code="other_vat",
    rule="ST-MRG-1",
    field="vatRegNumber",
    reason="the target merges only customers with equal VAT numbers, or with none on both",
    remedy="Make the two VAT numbers equal, or clear both, then merge",
)
IDS_DIFFER: Final = Issue(
    code="ids_differ",
    rule="ST-MRG-1",
    field="id",
    reason="the two customers have different values in a field that identifies customers",
    remedy="Correct the field if the two are one customer; else keep both",
)
SHARED_VENDOR: Final = Issue(
    code="shared_vendor",
    rule="ST-MRG-1",
    field="subsidiary",
    reason="the target does not merge a customer that several subsidiaries share and that is a vendor too",
    remedy="Take its vendor role or its further subsidiaries away, or keep both customers",
)
MERGED_BACK: Final = Issue(
    code="merged_back",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the customer was merged into one that was itself merged into it before",
    remedy="Choose the survivor, and link the other's record to it by hand",
)
MERGE_CYCLE: Final = Issue(
    code="merge_cycle",
    rule="ST-MRG-1",
    field="merged_into",
    reason="customers that are merged into each other have no survivor",
    remedy="Correct the merge in the source: one of them must stay",
)
MERGED_TWICE: Final = Issue(
    code="merged_twice",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the customer was merged into two that have different survivors",
    remedy="Choose the survivor, and link the record to it by hand",
)
OTHER_SYSTEM: Final = Issue(
    code="other_system",
    rule="ST-MRG-1",
    field="ref",
    reason="the customers are not of one system, account and kind",
    remedy="Merge customers within one system only",
)
SURVIVOR_GONE: Final = Issue(
    code="survivor_gone",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the customer that is to stay was deleted, or merged into another",
    remedy="Choose a customer that is still there; follow an earlier merge to its survivor",
)
SURVIVOR_NOT_THERE: Final = Issue(
    code="survivor_not_there",
    rule="ST-MRG-1",
    field="id",
    reason="the customer that is to stay is not among those that are merged",
    remedy="Name one of them",
)
NOT_KNOWN: Final = Issue(
    code="not_known",
    rule="ST-MRG-1",
    field="fields",
    reason="what the rule asks for is not known of every customer",
    remedy="Read it, name the survivor, or let the lowest id stay",
)
TIE: Final = Issue(
    code="tie",
    rule="ST-MRG-1",
    field="fields",
    reason="several customers come first by the rule, without a further criterion",
    remedy="Name the survivor, or let the lowest id stay",
)
