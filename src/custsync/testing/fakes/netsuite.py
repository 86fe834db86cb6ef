"""NetSuite in memory: the customer record of its REST service, and the quirks that are known of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from custsync._arguments import checked
from custsync.protocols import Answer, Done, Exists, MergeRequest, Payload, Rejected, Tier
from custsync.rules.countries import is_valid
from custsync.testing.fakes.base import FakeSystem, Refusal, Row

__all__ = ["FakeNetSuite"]

STRIPE_ID_FIELD: Final = "custentity_stripe_customer_id"

_LENGTHS: Final = {
    "firstName": 32,
    "lastName": 32,
    "companyName": 83,
    "entityId": 80,
    "email": 254,
    "altEmail": 254,
    "externalId": 255,
    "addr1": 150,
    "addr2": 150,
    "addr3": 150,
    "city": 50,
    "state": 30,
    "zip": 36,
    "attention": 150,
    "addressee": 100,
}
_FLAGS: Final = ("isPerson", "isInactive")
_NAMES: Final = ("companyName", "altName", "firstName", "middleName", "lastName")
_PHONES: Final = ("phone", "mobilePhone", "homePhone", "altPhone", "fax")
_OWN: Final = ("parent", "subsidiaries")
"""What a merge leaves as it is on the survivor, blank or not."""
_TEN: Final = 10
_DEFAULTS: Final = ("defaultBilling", "defaultShipping")
_READ_ONLY: Final = (
    "id",
    "dateCreated",
    "lastModifiedDate",
    "balance",
    "topLevelParent",
    "representingSubsidiary",
)
_LOOK_UPS: Final = {"id": "id", "email": "email", "external_id": "externalId", "entity_id": "entityId"}


@checked
class FakeNetSuite(FakeSystem):
    """NetSuite's customers, in the shape of the REST record service.

    `tier` A is NetSuite as it is: the external id is unique, a second create with it is `Exists`. B also
    keeps idempotency keys; C and D are for flows that set no external id; in D all look-ups but by id lag.
    Emails are found in any spelling and belong to any number of customers. A write answers without a record.

    A merge fills the survivor's blanks; its addresses, contacts and sub-customers are those of both; the
    duplicate is gone. It is queued: an answer `Done` says that it was taken.

    Args:
        subsidiaries: the internal ids of a OneWorld account's subsidiaries; empty for any other account.
        custom_look_ups: the custom fields that customers are found by, as `custom.NAME`.
        merge_delay: how long a merge is queued before it takes effect.
        tidies: whether what is written is made neat: emails in lower case, phones in one shape, names
            without blanks around them. The answer does not tell.

    >>> from custsync.protocols import CreateRequest
    >>> netsuite = FakeNetSuite(subsidiaries=["2"])
    >>> netsuite.create([CreateRequest(key="k", payload={"companyName": "Brightwater"})])
    {'k': Rejected(code='USER_ERROR', field='subsidiary')}

    Source: NetSuite REST API browser 2026.1, record customer; SuiteTalk REST guide
    """

    system: ClassVar[str] = "netsuite"
    finds: ClassVar[Mapping[str, int]] = {
        "id": 1,
        "email": 10,
        "external_id": 1,
        "entity_id": 1,
    }
    answers_with_payload: ClassVar[bool] = False
    first_id: ClassVar[int] = 5001
    merges: ClassVar[int] = 199

    def __init__(
        self,
        clock: Any = None,
        *,
        tier: Tier = Tier.A,
        subsidiaries: Sequence[str] = (),
        custom_look_ups: Sequence[str] = (STRIPE_ID_FIELD,),
        merge_delay: timedelta = timedelta(0),
        tidies: bool = False,
        **settings: Any,
    ) -> None:
        """Begin without a customer."""
        self.custom_look_ups = tuple(custom_look_ups)
        super().__init__(clock, tier=tier, **settings)
        self.subsidiaries = frozenset(subsidiaries)
        self.merge_delay, self.tidies = merge_delay, tidies

    def merge(self, requests: Sequence[MergeRequest]) -> Mapping[str, Answer]:
        """Merge each duplicate into its survivor, once its time in the queue is over; answer by duplicate."""
        self.arrive()
        self._check_batch(self.capabilities.merges, requests)
        return {request.duplicate: self._merge(request) for request in requests}

    @property
    def query_rows(self) -> list[Row]:
        """Return all customers as query rows: keys in lower case, flags `T` and `F`, no sub-lists."""
        return [_query_row(row) for row in self.rows]

    @property
    def subsidiary_rows(self) -> list[Row]:
        """Return the table customersubsidiaryrelationship: each customer's subsidiaries, its own first."""
        pairs = [(row["id"], held) for row in self.rows for held in _subsidiaries_of(row)]
        return [
            {
                "id": str(number),
                "entity": entity,
                "subsidiary": held["subsidiary"]["id"],
                "isprimarysub": "T" if held["isPrimarySub"] else "F",
            }
            for number, (entity, held) in enumerate(pairs, 8801)
        ]

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
        """Have a person put a customer there, as `FakeSystem.put`; its lines say which defaults they are."""
        book = payload.get("addressBook")
        if not isinstance(book, Mapping) or "items" not in book:
            return super().put(payload)
        lines = [{**dict.fromkeys(_DEFAULTS, False), **line} for line in book["items"]]
        return super().put({**payload, "addressBook": {**book, "items": lines}})

    def blank(self) -> Row:
        """Return a record with nothing in it."""
        now = _stamp(self.clock())
        return {"isPerson": False, "isInactive": False, "dateCreated": now, "lastModifiedDate": now}

    def _finds(self, tier: Tier) -> Mapping[str, int]:
        return {**self.finds, **{f"custom.{name}": 10 for name in self.custom_look_ups}}

    def _named(self, number: int) -> str:
        return str(number)

    def _tombstone(self, identity: str) -> None:
        return None

    def _having(self, by: str, value: str, rows: Iterable[Row]) -> list[Row]:
        key = _LOOK_UPS.get(by) or by.removeprefix("custom.")
        return [row for row in rows if str(row.get(key, "")).casefold() == value.casefold()]

    def _created(self, payload: Payload) -> Row:
        row = self.blank()
        self._change(row, payload)
        return row

    def _change(self, row: Row, payload: Payload) -> None:
        for key, value in payload.items():
            if key in _READ_ONLY:
                raise Refusal(Rejected("READ_ONLY_FIELD", key))
            kept = _tidied(key, value) if self.tidies else value
            if key == "addressBook":
                self._change_book(row, kept)
            elif kept is None or kept == "":
                row.pop(key, None)
            else:
                row[key] = _checked(key, kept)
        self._check(row)
        row["lastModifiedDate"] = _stamp(self.clock())

    def _check(self, row: Row) -> None:
        name = "lastName" if row.get("isPerson") else "companyName"
        if not row.get(name):
            raise Refusal(Rejected("USER_ERROR", name))
        if self.subsidiaries and not row.get("subsidiary"):
            raise Refusal(Rejected("USER_ERROR", "subsidiary"))
        if self.subsidiaries and row["subsidiary"].get("id") not in self.subsidiaries:
            raise Refusal(Rejected("INVALID_KEY_OR_REF", "subsidiary"))
        external_id = row.get("externalId")
        named = self._seen(late=False, holding=str(external_id)) if external_id else ()
        taken = (other["id"] for other in named if other.get("externalId") == external_id)
        if any(other != row.get("id") for other in taken):
            raise Refusal(Exists())

    def _change_book(self, row: Row, given: Any) -> None:
        """Lay a line with an id over the one that is there; add a line without; leave the others alone."""
        lines = row.setdefault("addressBook", {"items": []})["items"]
        for line in (given or {}).get("items", ()):
            _check_address(line.get("addressBookAddress") or {})
            there = next((old for old in lines if old["id"] == line.get("id")), None)
            if there is None and "id" in line:
                raise Refusal(Rejected("INVALID_KEY_OR_REF", "addressBook.id"))
            if there is None:
                there = {"id": max((old["id"] for old in lines), default=0) + 1}
                lines.append(there)
            there |= dict.fromkeys((name for name in _DEFAULTS if name not in there), False)
            _lay(there, line)
            for default in (name for name in _DEFAULTS if line.get(name)):
                for other in lines:
                    other[default] = other is there

    def _done(self, row: Row) -> Done:
        return Done(str(row["id"]))

    def _merge(self, request: MergeRequest) -> Answer:
        try:
            self._pair(request)
        except Refusal as refusal:
            return refusal.answer
        if self.merge_delay:
            self.later(self.merge_delay, lambda: self._merge_late(request))
        else:
            self._merge_now(request)
        return Done(request.survivor)

    def _pair(self, request: MergeRequest) -> tuple[Row, Row]:
        """Return the survivor and the duplicate, where they may be merged."""
        survivor, duplicate = self._now(request.survivor), self._now(request.duplicate)
        if survivor is None:
            raise Refusal(Rejected("INVALID_KEY_OR_REF", "survivor"))
        if duplicate is None or request.survivor == request.duplicate:
            raise Refusal(Rejected("INVALID_KEY_OR_REF", "duplicate"))
        if survivor.get("vatRegNumber") != duplicate.get("vatRegNumber"):
            raise Refusal(Rejected("USER_ERROR", "vatRegNumber"))
        return survivor, duplicate

    def _now(self, identity: Any) -> Row | None:
        """Return the row as it is, None where there is none."""
        rows = self._having("id", str(identity), self._seen(late=False, holding=str(identity)))
        return next(iter(rows), None)

    def _merge_late(self, request: MergeRequest) -> None:
        try:
            self._merge_now(request)
        except Refusal:
            return  # what was merged or changed while the merge was queued: the queue tells nobody

    def _merge_now(self, request: MergeRequest) -> None:
        survivor, duplicate = self._pair(request)
        now = _stamp(self.clock())
        near = self._seen(late=False, holding=duplicate["id"])
        children = [row for row in near if _parent_of(row) == duplicate["id"]]
        merged = {**_merged(survivor, duplicate), "lastModifiedDate": now}
        if duplicate["id"] in self._above(survivor):
            place = {key: duplicate[key] for key in ("parent",) if key in duplicate}
            merged = {key: value for key, value in merged.items() if key != "parent"} | place
        self._keep(survivor["id"], merged)
        self._keep(duplicate["id"], None)
        for row in children:
            if row is not survivor:
                moved = {**row, "parent": {"id": survivor["id"]}, "lastModifiedDate": now}
                self._keep(row["id"], moved)
        self.writes.append(("merge", duplicate["id"]))

    def _above(self, row: Row) -> set[str]:
        """Return the ids of the customers that this one stands below."""
        above: set[str] = set()
        while (parent := _parent_of(row)) not in above and (there := self._now(parent)):
            above.add(parent)
            row = there
        return above


def _merged(survivor: Row, duplicate: Row) -> Row:
    """Return the survivor with its blanks filled, and with the lines and the balance of both."""
    filled = {key: value for key, value in duplicate.items() if key not in (*_READ_ONLY, *_OWN)}
    row = {**filled, **survivor}
    if "addressBook" in survivor:
        row["addressBook"] = {"items": _moved_lines(_items(survivor, "addressBook"), duplicate)}
    if "contactRoles" in survivor:
        both = [*_items(survivor, "contactRoles"), *_items(duplicate, "contactRoles")]
        row["contactRoles"] = {"items": both}
    if "balance" in duplicate:
        row["balance"] = survivor.get("balance", 0) + duplicate["balance"]
    return row


def _moved_lines(lines: Sequence[Row], duplicate: Row) -> list[Row]:
    """Return the lines of both; a default that the survivor has stays on its line."""
    moved = [*lines]
    taken = {name for name in _DEFAULTS if any(line.get(name) for line in lines)}
    for line in _items(duplicate, "addressBook"):
        number = max((other["id"] for other in moved), default=0) + 1
        moved.append({**line, **dict.fromkeys(taken, False), "id": number})
    return moved


def _items(row: Row, key: str) -> Sequence[Row]:
    items: Sequence[Row] = (row.get(key) or {}).get("items", ())
    return items


def _parent_of(row: Row) -> Any:
    return (row.get("parent") or {}).get("id")


def _subsidiaries_of(row: Row) -> list[Row]:
    """Return the subsidiaries that a customer belongs to, its own first."""
    own = (row.get("subsidiary") or {}).get("id")
    alone = [] if own is None else [_held(own, primary=True)]
    return [*_items(row, "subsidiaries")] or alone


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


def _lay(there: Row, line: Mapping[str, Any]) -> None:
    address = {**there.get("addressBookAddress", {}), **(line.get("addressBookAddress") or {})}
    there.update({key: value for key, value in line.items() if key != "addressBookAddress"})
    there["addressBookAddress"] = {key: value for key, value in address.items() if value not in (None, "")}


def _checked(key: str, value: Any) -> Any:
    if key in _FLAGS and not isinstance(value, bool):
        raise Refusal(Rejected("INVALID_CONTENT", key))
    if key in _LENGTHS and (not isinstance(value, str) or len(value) > _LENGTHS[key]):
        raise Refusal(Rejected("INVALID_CONTENT", key))
    if key == "email" and "@" not in value:
        raise Refusal(Rejected("INVALID_EMAIL", key))
    return value


def _check_address(address: Mapping[str, Any]) -> None:
    for key, value in address.items():
        if key in _LENGTHS and value is not None and len(value) > _LENGTHS[key]:
            raise Refusal(Rejected("INVALID_CONTENT", f"addressBook.{key}"))
    country = address.get("country")
    if country is None:
        return
    code = country.get("id") if isinstance(country, Mapping) else None
    if not isinstance(code, str) or not is_valid(code, system="netsuite"):
        raise Refusal(Rejected("INVALID_KEY_OR_REF", "addressBook.country"))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _query_row(row: Row) -> Row:
    flat = {key.lower(): value for key, value in row.items() if not isinstance(value, Mapping)}
    flat |= {
        key.lower(): value["id"] for key, value in row.items() if isinstance(value, Mapping) and "id" in value
    }
    return {key: ("T" if value else "F") if isinstance(value, bool) else value for key, value in flat.items()}
