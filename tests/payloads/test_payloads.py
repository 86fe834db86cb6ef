"""The codec: strict readers, every issue at once, field tables in both directions, our own values as JSON."""

import json
import pickle
import traceback
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from itertools import product
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given, strategies as st

from custsync.errors import InputError, PayloadError
from custsync.models import (
    ABSENT,
    Address,
    Contact,
    Customer,
    Issue,
    Maybe,
    Ref,
    Severity,
    SubscriptionStatus,
)
from custsync.payloads import (
    DIGITS,
    FLAG,
    MONEY,
    SET_FLAG,
    T_F,
    TEXT,
    Column,
    Kind,
    Table,
    check_depth,
    object_of,
    payload_error,
    read_text,
    shape_of,
)
from custsync.payloads.field_types import LONGEST_TEXT, as_given, one_of, read_digits, read_flag, read_money
from custsync.payloads.reading import LONGEST_NUMBER, check_kept, collect, is_clean, items_of
from custsync.serialization import leaves
from custsync.serialization.converters import converter
from custsync.serialization.values import dump, load
from custsync.syncrecords import Intent, LastSeen, Status, SyncRecord
from custsync.systems.lago import LAGO
from custsync.systems.lightspeed import LIGHTSPEED
from custsync.systems.netsuite import REST, SUITEQL
from custsync.systems.servicetitan import SERVICETITAN
from custsync.systems.stripe import STRIPE
from custsync.systems.system import System
from tests.systems.payloads import refused

CANARY = "canary-7f3a"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


def codes(error: PayloadError) -> list[tuple[str, str]]:
    return [(issue.field, issue.code) for issue in error.issues]


class TestStrictLeaves:
    """Nothing is guessed: each row is what a structuring library does by default, and is refused here."""

    @pytest.mark.parametrize("value", [7, True, ["x"], {"a": 1}, 1.5, b"x"])
    def test_text_comes_from_text_alone(self, value: Any) -> None:
        with pytest.raises(PayloadError):
            read_text(value)

    def test_null_is_not_the_text_none(self) -> None:
        assert read_text(None) is None
        assert read_text(ABSENT) is ABSENT
        assert read_text("") == ""

    @pytest.mark.parametrize("value", ["F", "false", "0", "", 0, 1, [], {}])
    def test_a_flag_comes_from_true_or_false_alone(self, value: Any) -> None:
        for kind in (FLAG, SET_FLAG):
            with pytest.raises(PayloadError):
                kind.read(value)

    def test_null_absent_and_false_are_three_things(self) -> None:
        assert [read_flag(value) for value in (None, ABSENT, False)] == [None, ABSENT, False]
        assert SET_FLAG.read(ABSENT) is False
        with pytest.raises(PayloadError):
            SET_FLAG.read(None)

    @pytest.mark.parametrize(
        ("value", "read"),
        [
            *((word, True) for word in ("T", "TRUE", "True", "true", "Yes", "YES", "yes")),
            *((word, False) for word in ("F", "FALSE", "False", "false", "No", "NO", "no")),
            ("", None),
            (None, None),
        ],
    )
    def test_t_and_f(self, value: Any, read: Any) -> None:
        assert T_F.read(value) is read

    @pytest.mark.parametrize("value", ["t", "yEs", "ja", "1", "0", True, 1, [], ["T"]])
    def test_nothing_else_is_t_or_f(self, value: Any) -> None:
        with pytest.raises(PayloadError):
            T_F.read(value)

    def test_t_and_f_are_written_back(self) -> None:
        assert [T_F.write(value) for value in (True, False, None)] == ["T", "F", None]

    @pytest.mark.parametrize("value", [7.9, True, "١٢", "12a", "", "--1", "1" * 31, 10**30, None, ABSENT, []])
    def test_an_id_is_digits(self, value: Any) -> None:
        with pytest.raises(PayloadError):
            read_digits(value)

    @pytest.mark.parametrize(("value", "read"), [("12", "12"), (12, "12"), ("-4", "-4"), (-4, "-4")])
    def test_ids_are_text_from_text_or_number(self, value: Any, read: str) -> None:
        assert read_digits(value) == DIGITS.read(value) == read

    def test_an_optional_id_may_be_null(self) -> None:
        assert DIGITS.read(None) is None
        assert DIGITS.read(ABSENT) is ABSENT

    @pytest.mark.parametrize(
        "value",
        [
            float("nan"),
            float("inf"),
            float("-inf"),
            "nan",
            "Infinity",
            "1e999",
            "1E+999999",
            Decimal("1E+999999"),
            Decimal("1E-999999"),
            Decimal("NaN"),
            Decimal("sNaN"),
            "twelve",
            "1" * (LONGEST_NUMBER + 1),
            10**LONGEST_NUMBER,
            "١٢",
            True,
            [],
            {},
        ],
    )
    def test_a_number_is_finite_and_of_human_size(self, value: Any) -> None:
        with pytest.raises(PayloadError):
            read_money(value)

    @pytest.mark.parametrize(
        ("value", "read"),
        [
            (1840.5, "1840.5"),
            ("310.25", "310.25"),
            (7, "7"),
            (Decimal("0.10"), "0.10"),
            (-0.5, "-0.5"),
            (0, "0"),
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (10**LONGEST_NUMBER - 1, "9" * LONGEST_NUMBER),
        ],
    )
    def test_a_number_is_exact(self, value: Any, read: str) -> None:
        assert str(MONEY.read(value)) == read

    def test_an_empty_number_is_null(self) -> None:
        assert [MONEY.read(value) for value in ("", None, ABSENT)] == [None, None, ABSENT]
        assert [MONEY.write(value) for value in (None, Decimal("1.5"))] == [None, 1.5]

    @pytest.mark.parametrize("value", ["a\0b", "\ud800", "x\udfffy", "x" * (LONGEST_TEXT + 1)])
    def test_broken_and_endless_text_is_refused(self, value: str) -> None:
        with pytest.raises(PayloadError):
            read_text(value)

    @given(JSON)
    def test_every_reader_answers_or_refuses(self, value: Any) -> None:
        for read in (read_text, read_flag, read_digits, read_money, T_F.read, SET_FLAG.read, DIGITS.read):
            error = refused(read, value)
            assert error is None or error.issues

    @given(st.text())
    def test_clean_text_can_be_encoded(self, text: str) -> None:
        assert is_clean(text) == ("\0" not in text and text.encode(errors="replace").decode() == text)


class TestShapes:
    """What a value is can be said without saying it."""

    @pytest.mark.parametrize(
        ("value", "shape"),
        [
            (None, "null"),
            (ABSENT, "nothing"),
            ("abc", "text, 3 characters"),
            ([1, 2], "list, 2 items"),
            ({"a": 1}, "object, 1 keys"),
            (True, "true or false"),
            (7, "whole number"),
            (7.5, "number"),
            (b"abc", "bytes"),
        ],
    )
    def test_shape(self, value: object, shape: str) -> None:
        assert shape_of(value) == shape


PERSON_COLUMNS = (
    Column("ref", "id", Kind(read_digits), writable=False),
    Column("first_name", "firstName"),
    Column("email", "email"),
    Column("is_person", "isPerson", FLAG),
    Column("balance", "balance", MONEY, writable=False),
)
LINE_COLUMNS = (Column("label", "label"), Column("city", "city"), Column("default_billing", "main", SET_FLAG))


def person() -> Table:
    custom = ("custom", read_text)
    return Table(PERSON_COLUMNS, cls=Customer, ignored=("links",), any_case=True, custom=custom)


def line() -> Table:
    return Table(LINE_COLUMNS, cls=Address, within="address", any_case=True)


PERSON, LINE = person(), line()


class TestTables:
    """Reader and writer come from the same rows."""

    def test_absent_null_and_empty_are_three_things(self) -> None:
        made = PERSON.read({"id": "1", "firstName": None, "email": ""})
        assert (made.first_name, made.email, made.is_person) == (None, "", ABSENT)

    def test_what_is_built_is_the_frozen_model(self) -> None:
        line: Address = LINE.read({"label": "Office", "address": {"city": "Astoria"}})
        assert line == Address(label="Office", city="Astoria")
        assert hash(line.city) == hash("Astoria")
        assert pickle.loads(pickle.dumps(line)) == line  # noqa: S301  # our own
        with pytest.raises(AttributeError):
            line.city = "Leeds"  # type: ignore[misc]  # frozen: that is the point

    def test_a_table_without_model_reads_a_dictionary(self) -> None:
        table = Table((Column("city", "City"), Column("state", "State")))
        assert table.read({"City": "Astoria"}) == {"city": "Astoria", "state": ABSENT}

    def test_what_is_absent_is_not_written(self) -> None:
        assert PERSON.write({"first_name": None, "email": "", "is_person": ABSENT}) == {
            "firstName": None,
            "email": "",
        }
        assert PERSON.writable == {"first_name", "email", "is_person"}
        assert PERSON.key_of["first_name"] == "firstName"

    @given(st.fixed_dictionaries({}, optional={"firstName": TEXTS | st.none(), "isPerson": st.booleans()}))
    def test_writing_what_was_read_gives_the_payload(self, payload: dict[str, Any]) -> None:
        draft = PERSON.read({"id": "1", **payload})
        assert PERSON.write({name: getattr(draft, name) for name in PERSON.writable}) == payload

    def test_all_issues_at_once_with_the_payloads_own_keys(self) -> None:
        with pytest.raises(PayloadError) as caught:
            PERSON.read({"firstName": 7, "email": "a\0", "isPerson": "F", "balance": float("nan")})
        assert codes(caught.value) == [
            ("id", "not_an_id"),
            ("firstName", "not_text"),
            ("email", "broken_text"),
            ("isPerson", "not_a_flag"),
            ("balance", "not_a_number"),
        ]

    @pytest.mark.parametrize("wrong", [0, False, [], {}, 7, True, ["x"], {"a": 1}])
    def test_the_sweep_over_all_texts_lets_nothing_through(self, wrong: Any) -> None:
        with pytest.raises(PayloadError) as caught:
            PERSON.read({"id": "1", "firstName": "Ann", "email": wrong})
        assert codes(caught.value) == [("email", "not_text")]

    @pytest.mark.parametrize("wrong", ["\0", "\ud800", "x" * (LONGEST_TEXT + 1)])
    def test_the_sweep_finds_broken_text(self, wrong: str) -> None:
        with pytest.raises(PayloadError):
            PERSON.read({"id": "1", "firstName": "Zoë", "email": wrong})

    def test_many_long_texts_are_read_one_by_one(self) -> None:
        long = "x" * LONGEST_TEXT
        assert PERSON.read({"id": "1", "firstName": long, "email": long}).email == long

    @pytest.mark.parametrize("payload", [None, 7, "x", [], [1], True])
    def test_what_is_no_object_is_refused(self, payload: Any) -> None:
        for table in (PERSON, LINE, Table(())):
            for read in (table.read, table.read, table.unknown_keys):
                with pytest.raises(PayloadError):
                    read(payload)

    def test_keys_are_found_in_any_case(self) -> None:
        made = PERSON.read({"ID": "1", "FIRSTNAME": "Ann", "firstName": "Bo", "Tier": 1})
        assert (made.ref, made.first_name, made.extra) == ("1", "Bo", {"Tier": 1})

    @pytest.mark.parametrize("key", [7, "a\0", "\ud800", "k" * 256, None])
    def test_a_key_is_clean_text(self, key: Any) -> None:
        with pytest.raises(PayloadError):
            PERSON.unknown_keys({key: 1})

    def test_an_inner_object_is_read_as_if_it_stood_beside(self) -> None:
        assert LINE.read({"main": True, "address": {"city": "Astoria"}}).city == "Astoria"
        assert LINE.read({"address": None, "city": "Leeds"}).city == "Leeds"
        with pytest.raises(PayloadError) as caught:
            LINE.read({"label": 1, "address": {"city": 2}, "main": 0})
        assert [field for field, _ in codes(caught.value)] == ["label", "address.city", "main"]
        with pytest.raises(PayloadError) as caught:
            LINE.read({"city": 1, "address": {"CITY": 2, "LABEL": 3}})
        assert [field for field, _ in codes(caught.value)] == ["address.label", "city"]

    @pytest.mark.parametrize("inner", [7, "x", [1], True])
    def test_an_inner_object_is_an_object(self, inner: Any) -> None:
        with pytest.raises(PayloadError) as caught:
            LINE.read({"address": inner})
        assert codes(caught.value) == [("address", "not_an_object")]

    def test_other_keys_of_a_line_are_kept(self) -> None:
        line = LINE.read({"LABEL": "Office", "dock": 4, "address": {"CITY": "Astoria", "gate": "B"}})
        assert (line.label, line.city, line.extra) == ("Office", "Astoria", {"gate": "B", "dock": 4})
        assert LINE.read({"LABEL": "Office"}).extra == {}

    @given(JSON)
    def test_any_json_is_read_or_refused(self, value: Any) -> None:
        for table in (PERSON, LINE):
            for payload in (value, {"id": "1", "email": value}, {"address": value, "label": value}):
                error = refused(table.read, payload)
                assert error is None or error.issues


def told(table: Table, payload: Any) -> Any:
    """Return what a table makes of a payload: the model, or the issues."""
    try:
        return table.read(payload)
    except PayloadError as error:
        return error.issues


def careful(table: Table) -> Table:
    """Return the table without its quick reader."""
    table.__dict__["_compiled"] = (object_of, table._compiled[1])  # noqa: SLF001 - takes no more arguments
    return table


SCALARS: list[Any] = ["1", "Ann", "Zoë", "", None, True, False, 7, 0, 1.5, "a\0", "\ud800", "x" * 20_000]
VALUES = st.sampled_from([*SCALARS, [], {}, {"id": "1"}])
GOOD: dict[str, Any] = {
    "id": "1",
    "firstName": None,
    "FIRSTNAME": "Bo",
    "email": "a",
    "isPerson": True,
    "balance": 1.5,
    "links": [],
    "tier": 1,
    "custom_1": "a",
    "ID": "2",
}
LINE_KEYS = ["label", "city", "CITY", "main", "gate", "address", "ADDRESS"]


CHOICES = (
    FLAG,
    SET_FLAG,
    T_F,
    Kind(one_of({"Residential": True, "Commercial": False, None: None, ABSENT: ABSENT})),
    Kind(one_of({True: "live", False: "test", ABSENT: ""})),
)
CHOSEN: list[Any] = [*SCALARS[:-1], ABSENT, "T", "Residential", "live", 1, 0.0, -1, [], {}, str, bool]


class TestQuickReaders:
    """A table is read by a function that is compiled of it, to the same effect as column by column."""

    @given(st.dictionaries(st.sampled_from([*GOOD, "a\0"]), VALUES), st.permutations([*GOOD]))
    def test_any_payload(self, wrong: dict[str, Any], order: list[str]) -> None:
        good = {key: GOOD[key] for key in order}
        for payload in (good, {**good, **wrong}, wrong, {"id": "1", **wrong}):
            assert told(person(), payload) == told(careful(person()), payload)

    @given(
        st.dictionaries(st.sampled_from(LINE_KEYS), VALUES),
        st.dictionaries(st.sampled_from(LINE_KEYS), VALUES),
    )
    def test_inner_objects_too(self, payload: dict[str, Any], inner: dict[str, Any]) -> None:
        for key in ("address", "ADDRESS"):
            for whole in (payload, {**payload, key: {}}, {**payload, key: inner}):
                assert told(line(), whole) == told(careful(line()), whole)

    @given(st.dictionaries(st.sampled_from(["id", "a", "A", "s", "old", "new", "tier", "zone"]), VALUES))
    def test_addresses_and_custom_fields(self, payload: dict[str, Any]) -> None:
        for flags in ({}, {"f": True}):
            row = {"id": "1", **payload, **flags}
            assert told(shop(), row) == told(careful(shop()), row)

    @pytest.mark.parametrize("kind", CHOICES, ids=["flag", "set flag", "t or f", "type", "mode"])
    @pytest.mark.parametrize("row", [{}, *({"key": value} for value in CHOSEN)], ids=repr)
    def test_flags_and_choices(self, kind: Kind, row: dict[str, Any]) -> None:
        table = Table([Column("chosen", "key", kind)])
        quick = told(table, row)
        assert repr(quick) == repr(told(careful(table), row))

    @given(st.dictionaries(st.sampled_from("abc"), st.sampled_from([*SCALARS, 10**40]) | JSON))
    def test_what_is_kept_at_a_glance(self, values: dict[str, Any]) -> None:
        one_deeper = {"x": [0.5, *values.values()]}  # which is never kept at a glance
        assert (refused(check_kept, values) is None) == (refused(check_kept, one_deeper) is None)

    def test_what_can_be_read_is_read_quickly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(Table, "_with_care")
        assert person().read({**GOOD, "EMAIL": "b"}).email == "a"
        assert line().read({"LABEL": "Office", "Address": {"CITY": "Leeds"}}).city == "Leeds"

    @pytest.mark.parametrize("wrong", [False, 0, [], {}, 7, "a\0", "\ud800", "x" * (LONGEST_TEXT + 1)])
    def test_the_sweep_lets_nothing_through(self, wrong: Any) -> None:
        for key in ("firstName", "email"):
            with pytest.raises(PayloadError) as caught:
                PERSON.read({**GOOD, key: wrong})
            assert [field for field, _ in codes(caught.value)] == [key]

    def test_a_key_is_never_source(self) -> None:
        hostile = "'): raise SystemExit #"
        assert person().read({"id": "1", hostile: 1, "x\ny": 2}).extra == {hostile: 1, "x\ny": 2}
        assert Table((Column("city", hostile),)).read({hostile: "Leeds"}) == {"city": "Leeds"}

    def test_no_more_keys_are_remembered_than_systems_have(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("custsync.payloads.tables.MOST_KEYS", 2)
        table = person()
        for key in ("a", "b", "c", "d"):
            assert table.read({"id": "1", key: 1}).extra == {key: 1}
        assert table._is_custom.keys() == {"a", "b"}  # noqa: SLF001

    def test_a_kind_that_raises_is_asked_each_time(self) -> None:
        def read(value: Any, _: object = None) -> int:
            return len(value)

        table = Table((Column("length", "tags", Kind(read)),))
        assert [table.read({"tags": tags}) for tags in ("", "ab")] == [{"length": 0}, {"length": 2}]
        with pytest.raises(TypeError):
            table.read({})


def complete(draft: Any, payload: Any, parts: Any, account: str, mode: str) -> None:
    if parts["zone"] == "7":
        raise payload_error("no_zone", "a zone that is none", parts["zone"])
    draft.extra = {**draft.extra, "told": (payload["id"], {**parts}, account, mode)}


def shop() -> Table:
    return Table(
        (
            Column("ref", "id", Kind(read_digits), writable=False),
            Column("billing_address.line1", "new", also="old"),
            Column("billing_address.city", "a"),
            Column("billing_address.extra.suburb", "s"),
            Column("shipping_address.city", "A"),
            Column("custom.tier", "tier", DIGITS, null_is_left_out=False),
            Column("zone", "zone", DIGITS),
        ),
        cls=Customer,
        system="shop",
        fixed={"is_person": False},
        always=("f",),
        complete=complete,
    )


class TestPartsOfACustomer:
    """Columns name components of its two addresses, and custom fields; a table completes the rest."""

    def test_an_address_of_components(self) -> None:
        made = shop().read_record({"id": "7", "old": "1 Quay", "s": "Soho", "A": "", "tier": "3"}, "eu")
        billing = made.billing_address
        assert (billing.line1, billing.city, dict(billing.extra)) == ("1 Quay", ABSENT, {"suburb": "Soho"})
        assert (made.addresses, made.custom, made.ref) == ((billing,), {"tier": "3"}, Ref("shop", "7", "eu"))
        assert (hash(made.ref), made.is_person) == (hash(Ref("shop", "7", "eu")), False)
        told = ("7", {"zone": ABSENT, "billing_address": billing, "shipping_address": None}, "eu", "")
        assert made.extra == {"told": told}

    @pytest.mark.parametrize(
        ("row", "count"), [({}, None), ({"new": None}, 0), ({"f": 1}, 0), ({"a": "Bath", "A": "York"}, 2)]
    )
    def test_null_and_absent(self, row: dict[str, Any], count: int | None) -> None:
        made = shop().read({"id": "7", **row})
        assert made.addresses is ABSENT if count is None else len(made.addresses) == count
        assert made.whole is ("f" in row)

    def test_the_first_spelling_counts(self) -> None:
        made = shop().read({"id": "7", "new": "1 Quay", "old": "2 Quay", "A": "York"})
        assert [line.line1 for line in made.addresses] == ["1 Quay", ABSENT]
        with pytest.raises(PayloadError) as caught:
            shop().read({"id": "7", "new": "1 Quay", "old": 2})
        assert codes(caught.value) == [("old", "not_text")]

    def test_what_completes_may_refuse(self) -> None:
        with pytest.raises(PayloadError) as caught:
            shop().read({"id": "7", "zone": "7"})
        assert codes(caught.value) == [("", "no_zone")]

    def test_both_ways(self) -> None:
        quay = Address(line1="1 Quay", city=None, extra={"suburb": "Soho"})
        values = {"billing_address": quay, "shipping_address": None, "custom.tier": "3", "email": "a"}
        assert shop().write(values) == {"new": "1 Quay", "a": None, "s": "Soho", "A": None, "tier": "3"}
        assert shop().write({"custom.tier": ABSENT}) == {}


def is_small(value: Any, deepest: int, most: int) -> bool:
    """Return whether the lists and objects of a value are neither too many on a level nor too deep."""
    level: list[Any] = [value]
    for _ in range(deepest):
        parts = [part for one in level for part in (one.values() if isinstance(one, dict) else one or ())]
        level = [part for part in parts if isinstance(part, dict | list | tuple)]
        if not any(level) or len(level) > most:
            return len(level) <= most
    return False


class TestSteps:
    """Several reads tell all their issues together."""

    def test_items(self) -> None:
        assert items_of(["1", 2], read_digits) == ("1", "2")
        with pytest.raises(PayloadError) as caught:
            items_of(["1", "x", None], read_digits)
        assert [field for field, _ in codes(caught.value)] == ["[1]", "[2]"]
        with pytest.raises(PayloadError):
            items_of(("1",), read_digits)

    def test_paths_join(self) -> None:
        def read(value: Any) -> Any:
            return items_of(value, read_digits)

        with pytest.raises(PayloadError) as caught:
            collect([("book", read, ["x"]), ("", read, ["y"]), ("ok", read, [])])
        assert [field for field, _ in codes(caught.value)] == ["book[0]", "[0]"]

    def test_together(self) -> None:
        assert collect([("", read_digits, 1), ("", read_text, "a")]) == ["1", "a"]
        with pytest.raises(PayloadError) as caught:
            collect([("", read_digits, "x"), ("", read_text, 1)])
        assert len(caught.value.issues) == 2

    def test_objects(self) -> None:
        assert object_of({"a": 1}) == {"a": 1}
        with pytest.raises(PayloadError):
            object_of([])

    @pytest.mark.parametrize("value", [None, 7, "x", [], {"a": [1, {"b": []}]}, nested(30)])
    def test_depth_of_systems(self, value: Any) -> None:
        assert check_depth(value) is value

    @pytest.mark.parametrize(
        "value",
        [nested(40), nested(5000), [[] for _ in range(100_001)], [{"a": 1}] * 100_001, ([],) * 100_001],
        ids=["deep", "deepest", "lists", "objects", "tuple"],
    )
    def test_no_deeper_and_no_wider(self, value: Any) -> None:
        with pytest.raises(PayloadError):
            check_depth(value)

    @given(
        st.recursive(
            st.none() | st.just("x"),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.lists(inner, max_size=3).map(tuple)
                | st.dictionaries(st.sampled_from("abc"), inner)
            ),
            max_leaves=20,
        ),
        st.integers(2, 4),
        st.integers(0, 4),
    )
    def test_level_by_level(self, value: Any, deepest: int, most: int) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("custsync.payloads.reading.DEEPEST", deepest)
            patched.setattr("custsync.payloads.reading.MOST_NODES", most)
            refusal = refused(check_depth, value)
        assert (refusal is None) == is_small(value, deepest, most)


class Colour(Enum):
    """Invented, for these tests."""

    RED = "red"


@frozen
class Dog:
    """Invented, for these tests."""

    name: str
    age: int = 0
    good: bool = True
    weight: float = 1.5
    price: Maybe[Decimal] = ABSENT
    born: datetime | None = None
    colour: Colour = Colour.RED
    tags: tuple[str, ...] = ()
    anything: Any = None


MOMENTS = st.datetimes(timezones=st.just(UTC))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)
MAYBES = TEXTS | st.none() | st.just(ABSENT)
ADDRESSES = st.builds(
    Address,
    id=TEXTS,
    city=MAYBES,
    country=MAYBES,
    default_billing=st.booleans() | st.just(ABSENT),
    is_residential=st.booleans(),
)
FIELD_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | DECIMALS
    | MOMENTS
    | ADDRESSES
    | st.sampled_from(SubscriptionStatus)
    | st.just(ABSENT),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(TEXTS | st.sampled_from(["$decimal", "$object", "$absent"]), inner, max_size=3)
    ),
    max_leaves=6,
)
CUSTOMERS = st.builds(
    Customer,
    ref=st.builds(Ref, TEXTS, TEXTS, TEXTS, TEXTS),
    first_name=MAYBES,
    email=MAYBES,
    is_person=st.booleans() | st.none() | st.just(ABSENT),
    balance=DECIMALS | st.none() | st.just(ABSENT),
    created_at=MOMENTS | st.none() | st.just(ABSENT),
    subscription_status=st.sampled_from(SubscriptionStatus) | st.none() | st.just(ABSENT),
    addresses=st.lists(ADDRESSES, max_size=2).map(tuple) | st.none() | st.just(ABSENT),
    contacts=st.lists(st.builds(Contact, name=MAYBES), max_size=2).map(tuple) | st.just(ABSENT),
    custom=st.dictionaries(TEXTS, FIELD_VALUES, max_size=3),
)
RECORDS = st.builds(
    SyncRecord,
    link=TEXTS,
    source=st.builds(Ref, TEXTS, TEXTS),
    target=st.none() | st.builds(Ref, TEXTS, TEXTS),
    status=st.sampled_from(Status),
    flow=TEXTS,
    intent=st.none()
    | st.builds(
        Intent,
        key=TEXTS,
        issued_at=MOMENTS,
        attempt=st.integers(0, 9),
        rules=TEXTS,
        request=st.dictionaries(TEXTS, FIELD_VALUES, max_size=3),
    ),
    memory=st.dictionaries(
        TEXTS,
        st.builds(LastSeen, payload=TEXTS, fields=st.dictionaries(TEXTS, TEXTS, max_size=3)),
        max_size=2,
    ),
    error=st.none()
    | st.builds(
        Issue,
        code=TEXTS,
        rule=TEXTS,
        field=TEXTS,
        reason=TEXTS,
        remedy=TEXTS,
        severity=st.sampled_from(Severity),
    ),
    version=st.integers(0, 10**6),
)


def through_json(value: Any, *, compact: bool = False) -> Any:
    return load(type(value), json.loads(json.dumps(dump(value, compact=compact))))


def assert_one_reading(data: dict[str, Any], cls: type) -> None:
    """Check that the quick reader raises, or reads what the careful one does."""
    try:
        quick: Any = converter(quick=True).structure(data, cls)
    except Exception:  # noqa: BLE001 - whatever it is, the careful reader says what is wrong
        return
    assert quick == converter().structure(data, cls)


class TestOwnValues:
    """What `dump` writes, `load` reads back exactly."""

    @given(CUSTOMERS)
    def test_customers(self, customer: Customer) -> None:
        assert through_json(customer) == customer == through_json(customer, compact=True)

    @given(RECORDS)
    def test_sync_records(self, record: SyncRecord) -> None:
        assert through_json(record) == record

    @given(CUSTOMERS | RECORDS, st.booleans())
    def test_the_quick_reader_reads_nothing_else(self, kept: Any, compact: Any) -> None:
        data = dump(kept, compact=compact)
        odd: tuple[Any, ...] = (ABSENT, None, "a\0", "\ud800", 7, True, {"$absent": True}, [], "flow")
        for name, value in product([*data, "null", "unknown"], odd):
            assert_one_reading({**data, name: value}, type(kept))
        objects = [(at, inner) for at, inner in data.items() if isinstance(inner, dict)]
        for (at, inner), value in product(objects, odd):
            for name in (*inner, "null", "unknown"):
                assert_one_reading({**data, at: {**inner, name: value}}, type(kept))

    @given(FIELD_VALUES)
    def test_field_values(self, value: Any) -> None:
        read = load(Dog, json.loads(json.dumps(dump(Dog("x", anything=value))))).anything
        assert read == value
        assert type(read) is type(value)

    def test_an_absent_field_is_an_omitted_key(self) -> None:
        assert "price" not in dump(Dog("x"))
        assert dump(Dog("x", price=None))["price"] is None

    def test_an_absent_field_that_mostly_has_a_value_says_so(self) -> None:
        line = Address(default_shipping=ABSENT)
        assert dump(line)["default_shipping"] == {"$absent": True}
        assert through_json(line) == line
        with pytest.raises(PayloadError):
            load(Ref, {"system": "netsuite", "id": {"$absent": True}})

    @pytest.mark.parametrize(
        "value",
        [
            object(),
            {1, 2},
            b"x",
            datetime(2026, 1, 1),  # noqa: DTZ001  # a naive one: that is the point
            datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            "\ud800",
            {"a\0": 1},
            {7: 1},
            nested(40),
        ],
    )
    def test_nothing_else_is_kept(self, value: Any) -> None:
        with pytest.raises(InputError):
            dump(Dog("x", anything=value))

    @pytest.mark.parametrize(
        ("change", "issue"),
        [
            ({"name": None}, ("name", "not_text")),
            ({"name": 7}, ("name", "not_text")),
            ({"name": "\0"}, ("name", "not_text")),
            ({"age": 7.9}, ("age", "not_a_number")),
            ({"age": "12"}, ("age", "not_a_number")),
            ({"age": True}, ("age", "not_a_number")),
            ({"age": 10**18}, ("age", "not_a_number")),
            ({"good": "F"}, ("good", "not_a_flag")),
            ({"good": None}, ("good", "not_a_flag")),
            ({"weight": "nan"}, ("weight", "not_a_number")),
            ({"weight": float("nan")}, ("weight", "not_a_number")),
            ({"price": 1.5}, ("price", "not_a_number")),
            ({"price": "1E+999999"}, ("price", "not_a_number")),
            ({"born": "2026-01-01"}, ("born", "not_a_stamp")),
            ({"born": "yesterday"}, ("born", "not_a_stamp")),
            ({"born": 7}, ("born", "not_a_stamp")),
            ({"colour": "blue"}, ("colour", "not_a_choice")),
            ({"colour": []}, ("colour", "not_a_choice")),
            ({"tags": "abc"}, ("tags", "not_a_list")),
            ({"tags": ["a", 1]}, ("tags[1]", "not_text")),
            ({"unknown": 1}, ("", "unknown_key")),
            ({"null": "price", "price": "1"}, ("", "null_and_value")),
            ({"null": "null"}, ("", "null_and_value")),
            ({"null": "name"}, ("", "null_and_value")),
            ({"null": "age"}, ("age", "not_a_number")),
            ({"null": 7}, ("", "null_and_value")),
            ({"anything": {"$absent": 1}}, ("anything", "unknown_tag")),
            ({"anything": {"$status": "maybe"}}, ("anything", "not_a_choice")),
            ({"anything": {"$address": {"city": 7}}}, ("anything.city", "not_text")),
            ({"anything": {"$object": 7}}, ("anything", "not_an_object")),
            ({"anything": {"$tuple": 7}}, ("anything", "not_a_list")),
            ({"anything": float("nan")}, ("anything", "not_a_number")),
            ({"anything": ["\ud800"]}, ("anything[0]", "not_text")),
            ({"anything": {7: 1}}, ("anything", "not_text")),
            ({"anything": {"a": float("nan")}}, ("anything.a", "not_a_number")),
        ],
    )
    def test_each_trap_is_refused_with_its_path(self, change: dict[str, Any], issue: tuple[str, str]) -> None:
        with pytest.raises(PayloadError) as caught:
            load(Dog, {"name": "x", **change})
        assert codes(caught.value) == [issue]

    def test_too_deep(self) -> None:
        with pytest.raises(PayloadError, match="not what custsync keeps"):
            load(Dog, {"name": "x", "anything": nested(40)})

    def test_what_is_wrong_at_the_bottom_is_not_read_again_at_each_level(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Twice at each level, and thirty levels would never end."""
        value: Any = "\0"
        for _ in range(12):
            value = {"a": value}
        asked: list[Any] = []
        read = leaves.read_text

        def counted(text: Any) -> str:
            asked.append(text)
            return read(text)

        monkeypatch.setattr(leaves, "read_text", counted)
        with pytest.raises(PayloadError) as caught:
            load(Dog, {"name": "x", "anything": value})
        assert codes(caught.value) == [("anything" + ".a" * 12, "not_text")]
        assert asked == [*["a"] * 12, "\0"] * 2  # once at a glance, and once to name what is wrong

    def test_a_missing_field_is_named(self) -> None:
        with pytest.raises(PayloadError) as caught:
            load(Dog, {})
        assert codes(caught.value) == [("name", "missing")]

    @given(JSON)
    def test_any_json_is_read_or_refused(self, value: Any) -> None:
        for cls in (Customer, SyncRecord, Dog):
            error = refused(load, cls, value)
            assert error is None or error.issues


WHOLE_RECORDS: list[tuple[System, dict[str, Any]]] = [
    (REST, {"id": "7", "isPerson": False, "isInactive": False, "companyName": "Lund"}),
    (SUITEQL, {"id": "7", "isperson": "F", "isinactive": "F", "companyname": "Lund"}),
    (STRIPE, {"id": "cus_1", "object": "customer", "name": "Lund"}),
    (LIGHTSPEED, {"id": "0a91", "customer_code": "C-7", "last_name": "Lund"}),
    (SERVICETITAN, {"id": 7, "name": "Lund"}),
    (LAGO, {"lago_id": "4f0f", "external_id": "lund"}),
]
UNKEPT = [
    {1, 2},
    b"x",
    object(),
    float("nan"),
    Decimal("Infinity"),
    Decimal("sNaN"),
    Decimal("1E+999"),
    {7: 1},
    "a\0",
    "\ud800",
    date(2026, 1, 1),
]


@pytest.mark.rule("G-ISO")
class TestValuesThatAreNotKept:
    """What cannot be kept is reported when it is read, not when a plan is saved; the record is read."""

    @pytest.mark.parametrize(("system", "record"), WHOLE_RECORDS)
    @pytest.mark.parametrize("value", UNKEPT, ids=lambda value: type(value).__name__)
    @pytest.mark.parametrize("wrapped", [False, True])
    def test_it_is_absent_with_a_warning(
        self, system: System, record: dict[str, Any], value: Any, *, wrapped: bool
    ) -> None:
        odd = {"list": [{"deep": value}]} if wrapped else value
        customer = system.read({**record, "house_note": odd, "other_note": "x"}, "", "")
        assert [(one.code, one.field, one.severity) for one in customer.issues] == [
            ("unkeepable", "house_note", Severity.WARNING)
        ]
        assert customer.extra == {**system.read(record, "", "").extra, "other_note": "x"}
        assert through_json(customer) == customer

    @pytest.mark.parametrize("value", UNKEPT[:5], ids=lambda value: type(value).__name__)
    def test_a_custom_field(self, value: Any) -> None:
        customer = REST.read({**WHOLE_RECORDS[0][1], "custentity_tags": [value]}, "", "")
        assert [(one.code, one.field) for one in customer.issues] == [("unkeepable", "custentity_tags")]
        assert customer.custom["custentity_tags"] is ABSENT

    def test_json_and_numbers_of_a_database_are_kept(self) -> None:
        kept = {"a": [1, 2.5, True, None, {"b": ["c", (), {}]}], "d": Decimal("1.50"), "e": "Åsa"}
        customer = STRIPE.read({**WHOLE_RECORDS[2][1], **kept}, "", "")
        assert customer.issues == ()
        assert customer.extra == kept


class TestNoValueLeaks:
    """No error shows what it found: not in its text, its arguments, its issues, nor a traceback."""

    @pytest.mark.parametrize(
        "payload",
        [
            {"id": CANARY, "isPerson": CANARY, "balance": CANARY, "email": [CANARY]},
            {"id": "1", "email": CANARY + "\0", "firstName": CANARY + "\ud800"},
            CANARY,
            [CANARY],
        ],
    )
    def test_reading(self, payload: Any) -> None:
        with pytest.raises(PayloadError) as caught:
            PERSON.read(payload)
        assert_silent(caught.value)

    @pytest.mark.parametrize(
        "change",
        [
            {"born": CANARY},
            {"colour": CANARY},
            {"price": CANARY},
            {"anything": {"$decimal": CANARY}},
            {"anything": [CANARY + "\0"]},
            {"good": CANARY, "age": CANARY},
        ],
    )
    def test_loading(self, change: Mapping[str, Any]) -> None:
        with pytest.raises(PayloadError) as caught:
            load(Dog, {"name": "x", **change})
        assert_silent(caught.value)

    @pytest.mark.parametrize("value", [CANARY + "\0", {CANARY + "\0": 1}, {CANARY}])
    def test_dumping(self, value: Any) -> None:
        with pytest.raises(InputError) as caught:
            dump(Dog("x", anything=value))
        assert_silent(caught.value)

    def test_a_refusal_says_the_shape(self) -> None:
        (issue,) = payload_error("code", "reason", CANARY).issues
        assert issue.shape == f"text, {len(CANARY)} characters"


def assert_silent(error: BaseException) -> None:
    """Check every error of the chain, suppressed ones too: text, arguments, and what is printed of it."""
    seen: BaseException | None = error
    while seen is not None:
        printed = "".join(traceback.format_exception_only(seen))
        assert CANARY not in str(seen) + repr(seen) + repr(seen.args) + printed
        seen = seen.__context__


def test_as_given() -> None:
    assert as_given(TEXT) is TEXT
