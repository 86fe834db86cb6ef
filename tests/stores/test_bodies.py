"""What the SQLite store writes of a record is what it reads."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import Issue, Ref, Severity
from custsync.stores.record_json import as_json, dump, load
from custsync.syncrecords import Intent, LastSeen, MergeNote, Status, SyncRecord, UpdateNote

any_text = st.text(st.characters(), max_size=8)
clean_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | clean_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(clean_text, inner, max_size=3),
    max_leaves=6,
)
any_time = st.datetimes(timezones=st.just(UTC))
any_ref = st.builds(Ref, *[any_text] * 5)
any_issue = st.builds(
    Issue,
    code=clean_text,
    rule=clean_text,
    field=clean_text,
    reason=clean_text,
    remedy=clean_text,
    severity=st.sampled_from(Severity),
    shape=clean_text,
)
any_digests = st.dictionaries(any_text, any_text, max_size=3)
any_record = st.builds(
    SyncRecord,
    link=any_text,
    source=any_ref,
    target=st.none() | any_ref,
    status=st.sampled_from(Status),
    flow=any_text,
    intent=st.none()
    | st.builds(
        Intent,
        key=clean_text,
        issued_at=any_time,
        attempt=st.integers(0, 99),
        rules=clean_text,
        request=st.dictionaries(clean_text, any_json, max_size=3),
        clues=st.dictionaries(clean_text, st.lists(clean_text, max_size=2).map(tuple), max_size=2),
    ),
    memory=st.dictionaries(
        any_text, st.builds(LastSeen, payload=any_text, fields=any_digests, modified_at=st.none() | any_time)
    ),
    in_flight=st.lists(
        st.builds(UpdateNote, namespace=any_text, fields=any_digests, until=any_time), max_size=2
    ).map(tuple),
    error=st.none() | any_issue,
    hidden=st.none() | any_issue,
    merge=st.none()
    | st.builds(
        MergeNote,
        duplicate=st.none() | st.builds(Ref, *[clean_text] * 5),
        done=st.booleans(),
        lost=st.dictionaries(clean_text, any_json, max_size=3),
    ),
    version=st.integers(0, 2**40),
)
TRIED = {
    SyncRecord: [
        *("link", "source", "target", "status", "flow"),
        *("intent", "memory", "in_flight", "error", "merge", "hidden", "version"),
    ],
    Ref: ["system", "id", "account", "mode", "kind"],
    Intent: ["key", "issued_at", "attempt", "rules", "request", "clues"],
    LastSeen: ["payload", "fields", "modified_at"],
    UpdateNote: ["namespace", "fields", "until"],
    MergeNote: ["duplicate", "done", "lost"],
    Issue: ["code", "rule", "field", "reason", "remedy", "severity", "shape"],
}
"""The attributes that the strategies above fill. A new one needs its place in a body, and here."""

plain = SyncRecord(link="l", flow="f", source=Ref("netsuite", "1"), status=Status.INTENT)


def in_a_circle() -> list[Any]:
    circle: list[Any] = []
    circle.append(circle)
    return circle


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


class TestTheRoundTrip:
    """Every record comes back equal, whatever texts are in it."""

    @given(record=any_record)
    def test_a_record_comes_back_equal(self, record: SyncRecord) -> None:
        shape, body = dump(record)
        assert load(record.link, record.version, record.status.value, f"17{body}", shape) == record

    @given(record=any_record)
    def test_a_body_is_ascii(self, record: SyncRecord) -> None:
        assert "".join(dump(record)).isascii()

    @given(one=st.lists(any_text).map(tuple), other=st.lists(any_text).map(tuple))
    def test_different_parts_make_different_keys(self, one: tuple[str, ...], other: tuple[str, ...]) -> None:
        assert (as_json(one) == as_json(other)) == (one == other)

    @pytest.mark.parametrize(
        "cls", [SyncRecord, Ref, Intent, LastSeen, UpdateNote, Issue], ids=lambda cls: cls.__name__
    )
    def test_every_attribute_is_tried(self, cls: type) -> None:
        assert [attribute.name for attribute in fields(cls)] == TRIED[cls]

    @pytest.mark.parametrize(
        ("digests", "kept"),
        [
            pytest.param(["0" * 16, "f" * 16], "AAAAAAAAAAD//////////w==", id="digests"),
            pytest.param(["F" * 16], ["F" * 16], id="capitals"),
            pytest.param(["0" * 32], ["0" * 32], id="a long one"),
            pytest.param(["0" * 8, "0" * 8], ["0" * 8, "0" * 8], id="short ones"),
            pytest.param([f"{'0' * 16} {'0' * 16}"], [f"{'0' * 16} {'0' * 16}"], id="two in one text"),
            pytest.param(["0" * 16, "?"], ["0" * 16, "?"], id="one in doubt"),
            pytest.param([""], [""], id="an empty text"),
            pytest.param([], [], id="none"),
        ],
    )
    def test_digests_are_packed_where_all_have_their_form(self, digests: list[str], kept: object) -> None:
        names = dict(zip("abc", digests, strict=False))
        record = evolve(plain, memory={"netsuite///customer": LastSeen(fields=names)})
        shape, body = dump(record)
        assert json.loads(body)[3] == ["", kept]
        assert load("l", 0, "intent", body, shape) == record

    def test_what_is_blank_takes_no_room(self) -> None:
        assert dump(plain) == ('["f",["netsuite","","","customer"],null,[]]', '["1","",{}]')


class TestARequestThatCannotBeKept:
    """A request that cannot be kept is refused before anything is saved, and its values are not told."""

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(float("nan"), id="not a number"),
            pytest.param({1, 2}, id="set"),
            pytest.param(object(), id="object"),
            pytest.param(in_a_circle(), id="list that holds itself"),
            pytest.param(nested(33), id="deep list"),
            pytest.param(nested(100_000), id="very deep list"),
        ],
    )
    def test_it_is_refused(self, value: object) -> None:
        request = {"email": "ap@joinery.example", "x": value}
        intent = Intent(
            key="k", issued_at=datetime(2024, 1, 1, tzinfo=UTC), attempt=1, rules="r", request=request
        )
        with pytest.raises(InputError) as refused:
            dump(evolve(plain, intent=intent))
        assert str(refused.value).startswith("netsuite:1: its intent, error or merge cannot be kept: ")
        assert "joinery" not in str(refused.value)
        assert refused.value.__suppress_context__
