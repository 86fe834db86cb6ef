"""What every adapter has to do, as tests to run against your own adapter, on a sandbox account or a fake.

Subclass `AdapterContract`, fill in its hooks, and let pytest collect the class::

    class TestMyAdapter(AdapterContract):
        system = STRIPE

        @contextmanager
        def opened(self):
            yield MyAdapter(api_key=...)
        ...

An adapter that only reads customers and writes ids back uses `SourceAdapterContract`: it creates nothing.

A hook that is not implemented fails its tests; nothing is skipped. The tests check effects through `rows`,
which reads the account without the adapter: so a wrong report of the adapter is detected. Nothing here needs
pytest: each test is a method that asserts. Each run leaves some customers in the account.
"""

# ruff: noqa: D102  # a test's name is its sentence

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from math import isfinite
from typing import Any, Final

from custsync.engine.calls import check_answers, check_found
from custsync.protocols import (
    Adapter,
    Answer,
    CreateRequest,
    Done,
    Exists,
    MergeRequest,
    Payload,
    Rejected,
    Tier,
    UpdateRequest,
)
from custsync.rules.fields.mapping import value_of
from custsync.systems.system import System

__all__ = ["AdapterContract", "SourceAdapterContract"]

_NOBODY = 404
NOT_PLAIN: Final = "a record must be plain JSON: texts, numbers, flags, null, lists, objects"
_DEEPEST: Final = 50
"""No vendor's record has more levels."""


class _Looking:
    """What both contracts share: reading the account, with the adapter and without it."""

    system: System
    """The system's shape, for example `custsync.systems.stripe.STRIPE`."""

    def opened(self) -> AbstractContextManager[Any]:
        """Return a context manager that gives the adapter, in an account of the test's own."""
        raise NotImplementedError("override: open the adapter")

    def rows(self, adapter: Any) -> Sequence[Payload]:
        """Return every customer of the account that is not deleted, read without the adapter."""
        raise NotImplementedError("override: return the account's customers without the adapter")

    def unknown_id(self) -> str:
        """Return an id of the right form that no customer has."""
        raise NotImplementedError("override: return an id that no customer has")

    def change(self) -> tuple[Payload, str] | None:
        """Return the body of a write-back, and the attribute of `Customer` that it changes; None for none."""
        raise NotImplementedError("override: write an id back, or return None")

    def test_an_update_of_nobody_is_refused(self) -> None:
        with self.opened() as adapter:
            change = self.change()
            if change is not None:
                before = self._ids(adapter)
                assert isinstance(self._update(adapter, self.unknown_id(), change[0]), Rejected)
                assert self._ids(adapter) == before

    def _ids(self, adapter: Adapter) -> set[str]:
        return {self.system.id_of(row) for row in self.rows(adapter)}

    def _found(self, adapter: Any, by: str, value: str) -> list[str]:
        answers = adapter.find(by, [value])
        assert answers.keys() == {value}
        found = answers[value]
        check_found(found, by)
        assert isinstance(found, Sequence), f"a look-up by {by} must answer with a list of records"
        assert all(map(is_plain, found)), NOT_PLAIN
        return [self._read(adapter, payload).ref.id for payload in found]

    def _read(self, adapter: Any, payload: Payload) -> Any:
        return self.system.read(payload, adapter.account, adapter.mode)

    def _row(self, adapter: Any, identity: str) -> Payload:
        (row,) = (row for row in self.rows(adapter) if self.system.id_of(row) == identity)
        return row

    def _fields(self, adapter: Any, identity: str) -> dict[str, Any]:
        customer = self._read(adapter, self._row(adapter, identity))
        names = ("name", "company_name", "first_name", "last_name", "email", "phone", "addresses", "custom")
        return {name: getattr(customer, name) for name in names}

    def _update(self, adapter: Any, identity: str, body: Payload) -> Answer:
        return _the_answer(adapter.update([UpdateRequest(id=identity, payload=body)]), identity, "update")

    def _check_update(self, adapter: Any, identity: str, change: tuple[Payload, str]) -> None:
        """Check that an update changes its field and no other."""
        before, (body, field) = self._fields(adapter, identity), change
        answer = self._update(adapter, identity, body)
        assert isinstance(answer, Done)
        assert answer.id == identity, "an update that is done names its record"
        after = self._fields(adapter, identity)
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {field}, f"changed {sorted(changed)}, and change() names {field}"


class AdapterContract(_Looking):
    """The contract of `Adapter`: a true answer for each request, and true capabilities."""

    def body(self, number: int, key: str) -> Payload:
        """Return the body that creates an invented customer; in tier A its unique field is `key`.

        All other fields depend on `number`: the same number with two keys is two customers with one email.
        """
        raise NotImplementedError("override: return how a customer is created")

    def refused_body(self) -> Payload:
        """Return a body that the system refuses."""
        raise NotImplementedError("override: return a body that is refused")

    def change(self) -> tuple[Payload, str]:
        """Return the body of an update, and the attribute of `Customer` that it changes (`"phone"`)."""
        raise NotImplementedError("override: change a customer")

    def value(self, by: str, number: int, key: str) -> str:
        """Return the value by which that customer is found, for each declared look-up except `id`."""
        raise NotImplementedError(f"override: return what a look-up by {by} looks for")

    def merged(self, adapter: Adapter) -> None:
        """Wait until every accepted merge has taken effect; called only if merges are declared."""
        raise NotImplementedError("override: wait for the end of a merge")

    def test_what_is_declared_makes_sense(self) -> None:
        with self.opened() as adapter:
            can = adapter.capabilities
            assert "id" in can.lookups, "the engine looks linked customers up by id"
            assert min(can.creates, can.updates, *can.lookups.values()) > 0
            assert can.merges >= 0
            assert can.eventually_consistent <= can.lookups.keys() - {"id"}
            assert can.settle_window >= timedelta(0)
            assert (can.key_lifetime > timedelta(0)) == (can.tier is Tier.B)
            assert isinstance(adapter.account, str)
            assert isinstance(adapter.mode, str)

    def test_a_create_takes_effect_and_names_the_id(self) -> None:
        with self.opened() as adapter:
            before = self._ids(adapter)
            created = self._created(adapter, 1)
            assert self._ids(adapter) - before == {created}

    def test_an_answer_holds_the_record_where_that_is_declared(self) -> None:
        with self.opened() as adapter:
            answer = self._create(adapter, 1)
            assert isinstance(answer, Done)
            assert (answer.payload is not None) == adapter.capabilities.answers_with_payload
            if answer.payload is not None:
                row = self._row(adapter, answer.id)
                assert self._read(adapter, answer.payload) == self._read(adapter, row)

    def test_a_batch_has_one_answer_for_each(self) -> None:
        with self.opened() as adapter:
            keys = {number: _key(number) for number in range(1, adapter.capabilities.creates + 1)}
            requests = [CreateRequest(key=key, payload=self.body(n, key)) for n, key in keys.items()]
            answers = adapter.create(requests)
            assert answers.keys() == {*keys.values()}
            ids = [answer.id for answer in answers.values() if isinstance(answer, Done)]
            assert len(set(ids)) == len(requests)
            size = adapter.capabilities.lookups["id"]
            assert adapter.find("id", ids[:size]).keys() == set(ids[:size])

    def test_a_create_that_is_refused_has_no_effect(self) -> None:
        with self.opened() as adapter:
            before = self._ids(adapter)
            answers = adapter.create([CreateRequest(key="refused", payload=self.refused_body())])
            assert isinstance(_the_answer(answers, "refused", "create"), Rejected)
            assert self._ids(adapter) == before

    def test_a_customer_is_found_by_its_id(self) -> None:
        with self.opened() as adapter:
            created = self._created(adapter, 1)
            assert self._found(adapter, "id", created) == [created]

    def test_nobody_is_found_by_what_nobody_has(self) -> None:
        with self.opened() as adapter:
            self._create(adapter, 1)
            assert self._found(adapter, "id", self.unknown_id()) == []
            for by in adapter.capabilities.lookups.keys() - {"id"}:
                assert self._found(adapter, by, self.value(by, _NOBODY, _key(_NOBODY))) == []

    def test_a_look_up_that_does_not_lag_finds_what_was_just_created(self) -> None:
        with self.opened() as adapter:
            created = self._created(adapter, 1)
            for by in _prompt(adapter):
                assert self._found(adapter, by, self.value(by, 1, _key(1))) == [created], by

    def test_a_look_up_finds_its_own_customer_and_no_other(self) -> None:
        with self.opened() as adapter:
            pair = self._pair(adapter)
            for by in _prompt(adapter):
                values = [self.value(by, 1, _key(1)), self.value(by, 2, _key(2))]
                found = [self._found(adapter, by, value) for value in values]
                assert found == [[identity] for identity in pair], by

    def test_a_look_up_finds_everyone_who_holds_the_value(self) -> None:
        with self.opened() as adapter:
            first = self._created(adapter, 1)
            twin = self._create(adapter, 1, key=_key(2))
            if not isinstance(twin, Done):
                return  # the system refuses two customers that are alike
            for by in _prompt(adapter):
                value = self.value(by, 1, _key(1))
                if value == self.value(by, 1, _key(2)):
                    both = sorted([first, twin.id])
                    assert sorted(self._found(adapter, by, value)) == both, f"two customers have this {by}"

    def test_an_update_changes_its_field_and_no_other(self) -> None:
        with self.opened() as adapter:
            self._check_update(adapter, self._created(adapter, 1), self.change())

    def test_the_tier_keeps_a_create_from_being_doubled(self) -> None:
        with self.opened() as adapter:
            before = self._ids(adapter)
            first = self._created(adapter, 1)
            tier = adapter.capabilities.tier
            if tier is Tier.A:
                again = self._create(adapter, 1)
                assert isinstance(again, Exists), "the unique id is taken, and the adapter must answer so"
                assert again.id in ("", first)
            elif tier is Tier.B:
                again = self._create(adapter, 1)
                assert isinstance(again, Done)
                assert again.id == first, "the same key must give the same customer"
            elif tier is Tier.C:
                assert _prompt(adapter), "tier C needs a look-up that does not lag"
            assert len(self._ids(adapter) - before) == 1

    def test_a_key_is_not_for_another_customer(self) -> None:
        with self.opened() as adapter:
            if adapter.capabilities.tier not in (Tier.A, Tier.B):
                return  # the system keeps no keys
            self._create(adapter, 1)
            before = self._ids(adapter)
            assert not isinstance(self._create(adapter, 2, key=_key(1)), Done)
            assert self._ids(adapter) == before

    def test_a_merge_leaves_the_survivor_alone(self) -> None:
        with self.opened() as adapter:
            if not adapter.capabilities.merges:
                return  # there is no merge
            before = self._ids(adapter)
            survivor, duplicate = self._pair(adapter)
            own = self._fields(adapter, survivor)
            answer = self._merge(adapter, survivor, duplicate)
            assert isinstance(answer, Done)
            assert answer.id == survivor, "an accepted merge names its survivor"
            self.merged(adapter)
            assert self._ids(adapter) - before == {survivor}
            after = self._fields(adapter, survivor)
            kept = {name for name in own if name not in ("addresses", "custom") and own[name]}
            assert {name for name in kept if own[name] != after[name]} == set()

    def test_a_duplicate_that_was_merged_is_found_no_more(self) -> None:
        with self.opened() as adapter:
            if not adapter.capabilities.merges:
                return
            survivor, duplicate = self._pair(adapter)
            self._merge(adapter, survivor, duplicate)
            self.merged(adapter)
            found = adapter.find("id", [duplicate])[duplicate]
            assert isinstance(found, Sequence)
            assert all(self.system.is_deleted(payload) for payload in found)

    def test_a_merge_of_nobody_is_refused(self) -> None:
        with self.opened() as adapter:
            if not adapter.capabilities.merges:
                return
            pair = self._pair(adapter)
            before = self._ids(adapter)
            nobody = self.unknown_id()
            assert isinstance(self._merge(adapter, pair[0], nobody), Rejected)
            assert isinstance(self._merge(adapter, nobody, pair[1]), Rejected)
            self.merged(adapter)
            assert self._ids(adapter) == before

    def _create(self, adapter: Adapter, number: int, key: str = "") -> Answer:
        key = key or _key(number)
        request = CreateRequest(key=key, payload=self.body(number, key))
        answer = _the_answer(adapter.create([request]), key, "create")
        assert not isinstance(answer, Done) or answer.payload is None or is_plain(answer.payload), NOT_PLAIN
        return answer

    def _created(self, adapter: Adapter, number: int) -> str:
        answer = self._create(adapter, number)
        assert isinstance(answer, Done)
        return answer.id

    def _pair(self, adapter: Adapter) -> tuple[str, str]:
        return self._created(adapter, 1), self._created(adapter, 2)

    def _merge(self, adapter: Any, survivor: str, duplicate: str) -> Answer:
        request = MergeRequest(survivor=survivor, duplicate=duplicate)
        return _the_answer(adapter.merge([request]), duplicate, "merge")


class SourceAdapterContract(_Looking):
    """The contract of an adapter that only reads customers and writes ids back.

    It needs `find` with the look-up of its system, and `update` if an id is written back. The account has
    one customer or more; nothing is created in it.
    """

    def test_what_is_declared_makes_sense(self) -> None:
        with self.opened() as adapter:
            can = adapter.capabilities
            assert self.system.retrieved_by in can.lookups, "a customer is read again before a write-back"
            assert min(can.lookups.values()) > 0
            assert isinstance(adapter.account, str)
            assert isinstance(adapter.mode, str)

    def test_each_customer_is_found(self) -> None:
        with self.opened() as adapter:
            rows = self.rows(adapter)
            assert rows, "the account needs a customer; without one nothing is tested"
            for row in rows:
                found = self._found(adapter, self.system.retrieved_by, self._value(adapter, row))
                assert found == [self.system.id_of(row)]

    def test_a_batch_has_one_answer_for_each(self) -> None:
        with self.opened() as adapter:
            by = self.system.retrieved_by
            size = adapter.capabilities.lookups[by]
            values = [self._value(adapter, row) for row in self.rows(adapter)[:size]]
            assert adapter.find(by, values).keys() == set(values)

    def test_nobody_is_found_by_what_nobody_has(self) -> None:
        with self.opened() as adapter:
            assert self._found(adapter, self.system.retrieved_by, self.unknown_id()) == []

    def test_an_id_is_written_back(self) -> None:
        with self.opened() as adapter:
            change = self.change()
            if change is not None:
                self._check_update(adapter, self.system.id_of(self.rows(adapter)[0]), change)

    def _value(self, adapter: Any, row: Payload) -> str:
        by = self.system.retrieved_by
        return self.system.id_of(row) if by == "id" else str(value_of(self._read(adapter, row), by))


def _key(number: int) -> str:
    return f"custsync-contract-{number}"


def _the_answer(answers: Mapping[str, Answer], key: str, method: str) -> Answer:
    """Return the answer to a call of one request, checked as the engine checks it."""
    assert answers.keys() == {key}
    check_answers(answers, method)
    return answers[key]


def _prompt(adapter: Adapter) -> set[str]:
    """Return the look-ups, other than that by id, which do not lag."""
    can = adapter.capabilities
    return can.lookups.keys() - can.eventually_consistent - {"id"}


def is_plain(value: Any, depth: int = 0) -> bool:
    """Return whether a value is plain JSON, with no more levels than a record has.

    >>> is_plain({"id": "7", "lines": [1, None]}), is_plain({"id": ("7",)}), is_plain({7: "id"})
    (True, False, False)
    """
    if depth > _DEEPEST:
        return False
    if isinstance(value, Mapping):
        return all(type(key) is str and is_plain(one, depth + 1) for key, one in value.items())
    if type(value) is list:
        return all(is_plain(one, depth + 1) for one in value)
    return value is None or type(value) in (str, int, bool) or (type(value) is float and isfinite(value))
