"""What an adapter has to do that customers are only read through, as tests to run against your own adapter.

Subclass `SourceAdapterContract`, fill in its hooks, and let pytest collect the class, as with
`custsync.testing.adapter_contract`, whose ground this is. Nothing is created; an id is written back where the
hook `change` says how.
"""

# ruff: noqa: D102  # a test's name is its sentence

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from math import isfinite
from typing import Any, Final

from custsync.engine.calls import check_answers, check_found
from custsync.protocols import Answer, Done, Payload, Rejected, UpdateRequest
from custsync.rules.fields.mapping import value_of
from custsync.systems.system import System

NOT_PLAIN: Final = "a record must be plain JSON: texts, numbers, flags, null, lists, objects"
_DEEPEST: Final = 50
"""No vendor's record nests deeper."""


class Looking:
    """What both contracts share: a look at the account, through the adapter and past it."""

    system: System
    """The system's shape, for example `custsync.systems.stripe.STRIPE`."""

    def opened(self) -> AbstractContextManager[Any]:
        """Return a context manager that gives the adapter, in an account of the test's own."""
        raise NotImplementedError("override: open the adapter")

    def rows(self, adapter: Any) -> Sequence[Payload]:
        """Return every customer of the account, deleted ones not, read in another way than by the adapter."""
        raise NotImplementedError("override: return the account's customers without the adapter")

    def unknown_id(self) -> str:
        """Return an id of the right form that no customer has."""
        raise NotImplementedError("override: return an id that nobody has")

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
        answers: Mapping[str, Answer] = adapter.update([UpdateRequest(id=identity, payload=body)])
        assert answers.keys() == {identity}
        check_answers(answers, "update")
        return answers[identity]

    def _check_update(self, adapter: Any, identity: str, change: tuple[Payload, str]) -> None:
        """Check that an update changes its field and no other."""
        before, (body, field) = self._fields(adapter, identity), change
        answer = self._update(adapter, identity, body)
        assert isinstance(answer, Done)
        assert answer.id == identity, "an update that is done names its record"
        after = self._fields(adapter, identity)
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {field}, f"changed {sorted(changed)}, and change() says {field}"


class SourceAdapterContract(Looking):
    """The contract of an adapter that customers are only read through, and ids are written back through.

    It needs `find` by what its system is asked by, and `update` where an id is written back. The account has
    one customer or more; nothing is created in it.
    """

    def change(self) -> tuple[Payload, str] | None:
        """Return the body of a write-back, and the attribute of `Customer` that it changes; None for none."""
        raise NotImplementedError("override: write an id back, or return None")

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
            assert rows, "the account needs a customer, or nothing is looked at"
            for row in rows:
                found = self._found(adapter, self.system.retrieved_by, self._question(adapter, row))
                assert found == [self.system.id_of(row)]

    def test_a_batch_has_one_answer_for_each(self) -> None:
        with self.opened() as adapter:
            by = self.system.retrieved_by
            size = adapter.capabilities.lookups[by]
            asked = [self._question(adapter, row) for row in self.rows(adapter)[:size]]
            assert adapter.find(by, asked).keys() == set(asked)

    def test_nobody_is_found_by_what_nobody_has(self) -> None:
        with self.opened() as adapter:
            assert self._found(adapter, self.system.retrieved_by, self.unknown_id()) == []

    def test_an_id_is_written_back(self) -> None:
        with self.opened() as adapter:
            change = self.change()
            if change is not None:
                self._check_update(adapter, self.system.id_of(self.rows(adapter)[0]), change)

    def test_a_write_back_to_nobody_is_refused(self) -> None:
        with self.opened() as adapter:
            change = self.change()
            if change is not None:
                assert isinstance(self._update(adapter, self.unknown_id(), change[0]), Rejected)

    def _question(self, adapter: Any, row: Payload) -> str:
        by = self.system.retrieved_by
        return self.system.id_of(row) if by == "id" else str(value_of(self._read(adapter, row), by))


def is_plain(value: Any, depth: int = 0) -> bool:
    """Return whether a value is what JSON knows, and nests no deeper than a record does.

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
