"""Merging: two customers that are one. Pure values; nothing is written.

How a merge of customers goes, step by step, each a function here and each answer a value::

    choose_survivor(customers, rule)      who stays, or the issue why none can be chosen
    mergeable(survivor, duplicate)        why the target would refuse, before it is called
    captured(duplicate, survivor)         what the merge would lose, kept before it is started
    has_address(survivor, kept)           whether the line that keeps name and address is there already;
    kept = kept_address(duplicate)          if not, it is written to the survivor
    merge_customers(survivor, duplicates) the survivor as it is afterwards, and what found no place there
    unmerge(merged)                       both as they were, from the record of the merge
    Redirects.add(duplicate, survivor)    where the duplicate's id leads from now on
    reparented(parents, redirects)        the hierarchy, the duplicate's children under the survivor

Every step done twice is as done once, and in whatever order merges come, the same survivor has the same.
Nothing that a duplicate held is gone: it is with the survivor or in the record of the merge.

`rules.fields.conflicts` has the other kind of merge: one record on two sides, field by field.
"""

from typing import TYPE_CHECKING

from custsync._parts import names_in

if TYPE_CHECKING:
    from custsync.rules.merging.customers import Captured, Merged, captured, merge_customers, unmerge
    from custsync.rules.merging.lines import has_address, kept_address
    from custsync.rules.merging.redirects import NO_REDIRECTS, Redirects, reparented
    from custsync.rules.merging.survivor import (
        MOST_AT_ONCE,
        VAT_FIELDS,
        Chosen,
        SurvivorRule,
        Undecided,
        choose_survivor,
        mergeable,
    )
    from custsync.rules.merging.survivorship import KeptValue, Prefer, Survivorship, ValueRule
else:
    __getattr__ = names_in(__name__, "customers", "lines", "redirects", "survivor", "survivorship")

__all__ = [
    "MOST_AT_ONCE",
    "NO_REDIRECTS",
    "VAT_FIELDS",
    "Captured",
    "Chosen",
    "KeptValue",
    "Merged",
    "Prefer",
    "Redirects",
    "SurvivorRule",
    "Survivorship",
    "Undecided",
    "ValueRule",
    "captured",
    "choose_survivor",
    "has_address",
    "kept_address",
    "merge_customers",
    "mergeable",
    "reparented",
    "unmerge",
]
