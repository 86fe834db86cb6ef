"""What a plan reports: the issues of this package, one table."""

from typing import Final

from custsync.models import Issue, Severity

CONTESTED: Final = Issue(
    code="contested",
    rule="G-DUP",
    field="target",
    reason="several source customers match the same target customer",
    remedy="Link one of them by hand, or merge them in the source",
)
SHARED_VALUE: Final = Issue(
    code="shared_value",
    rule="G-DUP",
    field="",
    reason="several source customers share this value, and the target has no customer with it",
    remedy="Merge them in the source, give each its own value, or let the flow create each",
)
PARENT_WAITING: Final = Issue(
    code="parent_waiting",
    rule="UF-HIER-1",
    field="parent",
    reason="the customer's parent is not synced yet",
    remedy="Nothing to do: the parent is filled in when it is known",
    severity=Severity.NOTE,
)
REPEATED: Final = Issue(
    code="repeated",
    rule="G-DUP",
    field="id",
    reason="an earlier record of this input is of the same customer",
    remedy="Pass each once",
)
ANOTHER_WORLD: Final = Issue(
    code="another_world",
    rule="G-DUP",
    field="ref",
    reason="the customer is of another system, account or mode than this run's source",
    remedy="Read it with the source's own account and mode",
)
NOT_A_RECORD: Final = Issue(
    code="not_a_record",
    rule="G-ISO",
    field="record",
    reason="not a record but another kind of value",
    remedy="Pass JSON objects",
)
KEY_TWICE: Final = Issue(
    code="key_twice",
    rule="G-ISO",
    field="record",
    reason="an object in the text has one key twice",
    remedy="Correct the file or the export",
)
NOT_A_JSON_VALUE: Final = Issue(
    code="not_a_json_value",
    rule="G-ISO",
    field="record",
    reason="the field holds what JSON cannot: NUL, half a character, no finite number, a key that is no text",
    remedy="Correct the field, or leave it out",
)
NOT_JSON: Final = Issue(
    code="not_json",
    rule="G-ISO",
    field="record",
    reason="the text is neither JSON nor a whole row",
    remedy="Correct the file or the export",
)
LOOK_UP_FAILED: Final = Issue(
    code="look_up_failed",
    rule="G-ISO",
    field="target",
    reason="the target could not be asked, so that nothing was written",
    remedy="Run again; the adapter's log has the cause",
)
