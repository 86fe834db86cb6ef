"""NetSuite in memory: the customer record of its REST service, and the quirks that are known of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from attrs import define, field

from custsync._arguments import checked
from custsync.protocols import Answer, Done, Exists, MergeRequest, Payload, Rejected, Tier
from custsync.systems.netsuite.writes import BLANK, DEFAULTS, changed, merged, parent_of
from custsync.testing.fakes.base import FakeSystem, Refusal, Row, accepted

__all__ = ["FakeNetSuite"]

STRIPE_ID_FIELD: Final = "custentity_stripe_customer_id"

_NAMES: Final = ("companyName", "altName", "firstName", "middleName", "lastName")
_PHONES: Final = ("phone", "mobilePhone", "homePhone", "altPhone", "fax")
_TEN: Final = 10


@checked
@define(slots=False, eq=False, repr=False)
class FakeNetSuite(FakeSystem):
    """NetSuite's customers, in the shape of the REST record service.

    `tier` A is NetSuite as it is: the external id is unique, a second create with it is `Exists`. B also
    keeps idempotency keys; C and D are for flows that set no external id; in D all look-ups but by id lag.
    Emails are found in any spelling and belong to any number of customers. A write answers without a record.

    A merge fills the survivor's blanks; its addresses, contacts and sub-customers are those of both; the
    duplicate is gone. It is queued: an answer `Done` means that it was accepted.

    Attributes:
        subsidiaries: the internal ids of a OneWorld account's subsidiaries; empty for any other account.
        custom_look_ups: the custom fields that customers are found by, as `custom.NAME`.
        merge_delay: how long a merge is queued before it takes effect.
        tidies: whether written values are normalised: emails in lower case, phones in one shape, names
            without blanks around them. The answer does not contain them.

    >>> from custsync.protocols import CreateRequest
    >>> netsuite = FakeNetSuite(subsidiaries=["2"])
    >>> netsuite.create([CreateRequest(key="k", payload={"companyName": "Brightwater"})])
    {'k': Rejected(code='USER_ERROR', field='subsidiary')}

    Source: NetSuite REST API browser 2026.1, record customer; SuiteTalk REST guide
    """

    system: ClassVar[str] = "netsuite"
    finds: ClassVar[Mapping[str, int]] = {"id": 1, "email": 10, "external_id": 1, "entity_id": 1}
    keys: ClassVar[Mapping[str, str]] = {"external_id": "externalId", "entity_id": "entityId"}
    answers_with_payload: ClassVar[bool] = False
    first_id: ClassVar[int] = 5001
    merges: ClassVar[int] = 199

    tier: Tier = field(default=Tier.A, kw_only=True)
    subsidiaries: Collection[str] = field(default=(), kw_only=True)
    custom_look_ups: Sequence[str] = field(default=(STRIPE_ID_FIELD,), kw_only=True)
    merge_delay: timedelta = field(default=timedelta(0), kw_only=True)
    tidies: bool = field(default=False, kw_only=True)

    def merge(self, requests: Sequence[MergeRequest]) -> Mapping[str, Answer]:
        """Merge each duplicate into its survivor, once its time in the queue is over; answer by duplicate."""
        self._receive(self.capabilities.merges, requests)
        return {request.duplicate: self._merge(request) for request in requests}

    @property
    def query_rows(self) -> list[Row]:
        """Return all customers as query rows: keys in lower case, flags `T` and `F`, no sub-lists."""
        return [_query_row(row) for row in self.rows]

    def share(self, identity: str, *subsidiaries: str) -> None:
        """Have a person share a customer with further subsidiaries.

        Its record then has a sub-list `subsidiaries`: one `{subsidiary, isPrimarySub}` for each of its
        subsidiaries, its own first. What joins such records to a customer is a choice of ours: over REST they
        are records of their own (customerSubsidiaryRelationship).
        """
        row = self.row(identity)
        held = _subsidiaries_of(row) + [_held(other, primary=False) for other in subsidiaries]
        self._keep(identity, {**row, "subsidiaries": {"items": held}})

    def put(self, payload: Payload) -> str:
        """Have a person enter a customer, as `FakeSystem.put`; its address lines get their default flags."""
        book = payload.get("addressBook")
        if not isinstance(book, Mapping) or "items" not in book:
            return super().put(payload)
        lines = [{**dict.fromkeys(DEFAULTS, False), **line} for line in book["items"]]
        return super().put({**payload, "addressBook": {**book, "items": lines}})

    def blank(self) -> Row:
        """Return a record with nothing in it."""
        now = self._stamp()
        return {**BLANK, "dateCreated": now, "lastModifiedDate": now}

    def _finds(self) -> Mapping[str, int]:
        return {**self.finds, **{f"custom.{name}": 10 for name in self.custom_look_ups}}

    def _holding(self, by: str, value: str, rows: Iterable[Row]) -> list[Row]:
        key = self.keys.get(by) or by.removeprefix("custom.")
        return [row for row in rows if str(row.get(key, "")).casefold() == value.casefold()]

    def _change(self, row: Row, payload: Payload) -> None:
        kept = {key: _tidied(key, value) for key, value in payload.items()} if self.tidies else payload
        now = accepted(changed(row, kept, frozenset(self.subsidiaries), is_whole=True))
        self._check_external_id(now)
        row.clear()
        row.update(now, lastModifiedDate=self._stamp())

    def _check_external_id(self, row: Row) -> None:
        external_id = row.get("externalId")
        named = self._seen(late=False, holding=str(external_id)) if external_id else ()
        taken = (other["id"] for other in named if other.get("externalId") == external_id)
        if any(other != row.get("id") for other in taken):
            raise Refusal(Exists())

    def _merge(self, request: MergeRequest) -> Answer:
        outcome = self._merged(request)
        if isinstance(outcome, Rejected):
            return outcome
        self.later(self.merge_delay, lambda: self._merge_now(request))
        self.arrive()
        return Done(request.survivor)

    def _merged(self, request: MergeRequest) -> list[Row] | Rejected:
        near = self._seen(late=False, holding=request.duplicate)
        children = [row for row in near if parent_of(row) == request.duplicate]
        return merged(self._now, children, request.survivor, request.duplicate)

    def _now(self, identity: str) -> Row | None:
        """Return the row as it is, None where there is none."""
        return next(iter(self._held("id", identity)), None)

    def _merge_now(self, request: MergeRequest) -> None:
        outcome = self._merged(request)
        if isinstance(outcome, Rejected):
            return  # a customer was merged or changed in the meantime: the queue does not report it
        for row in outcome:
            self._keep(row["id"], {**row, "lastModifiedDate": self._stamp()})
        self._keep(request.duplicate, None)
        self.writes.append(("merge", request.duplicate))


def _subsidiaries_of(row: Row) -> list[Row]:
    """Return the subsidiaries that a customer belongs to, its own first."""
    own = (row.get("subsidiary") or {}).get("id")
    alone = [] if own is None else [_held(own, primary=True)]
    return [*(row.get("subsidiaries") or {}).get("items", ())] or alone


def _held(subsidiary: str, *, primary: bool) -> Row:
    return {"subsidiary": {"id": subsidiary}, "isPrimarySub": primary}


def _tidied(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if key == "email":
        return value.strip().lower()
    if key in _PHONES:
        return _phone(value)
    return value.strip() if key in _NAMES else value


def _phone(value: str) -> str:
    """Return a number of ten digits in the one shape; another one as it is."""
    digits = "".join(letter for letter in value if letter.isdigit())
    ten = len(digits) == _TEN and not any(letter.isalpha() for letter in value)
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if ten else value


def _query_row(row: Row) -> Row:
    flat = {key.lower(): value for key, value in row.items() if not isinstance(value, Mapping)}
    flat |= {
        key.lower(): value["id"] for key, value in row.items() if isinstance(value, Mapping) and "id" in value
    }
    return {key: ("T" if value else "F") if isinstance(value, bool) else value for key, value in flat.items()}
