"""What every system has to do, as tests to run against your own: how its records are read and written.

Subclass `SystemContract`, fill in its hooks, and let pytest collect the class::

    class TestMySystem(SystemContract):
        system = HUBSPOT
        written = ("email", "custom.netsuite_id")

        def payloads(self):
            return [contact("512"), contact("513", email="office@lund.example")]

Nothing here needs pytest: each test is a method that asserts.
"""

# ruff: noqa: D102, PT017  # a test's name is its sentence; nothing here needs pytest

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import permutations
from json import dumps
from typing import Any, Final

from custsync._building import evolved
from custsync.errors import CustsyncError, PayloadError
from custsync.models import ABSENT, Address, Customer
from custsync.protocols import Payload
from custsync.rules.fields.mapping import value_of
from custsync.rules.normalize.emails import EMAILS
from custsync.systems.system import System, fit_values
from custsync.systems.values import COMPONENTS
from custsync.testing.adapter_contract import NOT_PLAIN, is_plain

__all__ = ["SystemContract"]

_PERSONAL: Final = "personal-7f3a"
"""A value that no message may contain."""


class SystemContract:
    """The contract of `System`: what is written can be read, and a refusal contains no value."""

    # The hooks

    system: System
    """The system's shape, for example `custsync.systems.stripe.STRIPE`."""
    written: Sequence[str] = ()
    """The fields of ours that are written; none where the system is only read."""
    creates: bool = True
    """Whether customers are created; otherwise they are only changed."""

    def payloads(self) -> Sequence[Payload]:
        """Return whole records; two or more with different values in each field that is written, if any."""
        raise NotImplementedError("override: return whole records")

    def stored(self, payload: Payload, body: Payload) -> Payload:
        """Return the record after a write; by default, each key of the body replaces the record's."""
        return {**payload, **body}

    # The tests

    def test_a_whole_payload_is_read(self) -> None:
        for payload in self.payloads():
            before = deepcopy(payload)
            customer = self.system.read(payload, "account", "")
            assert (customer.ref.system, customer.ref.account) == (self.system.name, "account")
            assert customer.id == self.system.id_of(payload) != ""
            assert not self.system.is_deleted(payload)
            assert customer == self.system.read(payload, "account", "")
            assert payload == before, "a read changes nothing"

    def test_what_is_written_is_read(self) -> None:
        for payload, other in permutations(self.payloads(), 2):
            self._check_write(self._values(payload), other, self._read(other))

    def test_a_write_of_what_was_read_changes_nothing(self) -> None:
        for payload in self.payloads():
            self._check_write(self._values(payload), payload, self._read(payload))

    def test_what_is_created_is_read(self) -> None:
        for payload, other in permutations(self.payloads() if self.creates else (), 2):
            values = {name: value for name, value in self._values(payload).items() if value}
            self._check_write(values, other, None)

    def test_each_written_field_differs_between_the_payloads(self) -> None:
        for name in self.written:
            first, *others = (self._values(payload)[name] for payload in self.payloads())
            assert not all(_is_same(other, first) for other in others), (
                f"{name}: all payloads have the same value"
            )

    def test_a_field_that_is_not_written_is_refused(self) -> None:
        for name in ("no_such_field", *(() if self.written else ("name",))):
            assert _is_refused(self.system.write, {name: _PERSONAL}, None), f"{name}: it is not refused"

    def test_what_is_no_object_is_refused(self) -> None:
        payload = self.payloads()[0]
        wrongs: list[Any] = [None, 7, float("nan"), _PERSONAL, dumps(payload), [payload], _nested([])]
        for wrong in wrongs:
            assert _is_refused(self._read, wrong), f"{type(wrong).__name__}: it is read as a record"
            assert self.system.id_of(wrong) == "", type(wrong).__name__

    def test_a_wrong_part_is_read_or_refused(self) -> None:
        for payload in self.payloads():
            for wrong in _WRONG:
                for spoiled in _with_one(payload, wrong):
                    _is_refused(self._read, spoiled)
                    assert type(self.system.id_of(spoiled)) is str

    def test_a_text_over_its_limit_is_an_issue(self) -> None:
        for name, limit in self.system.limits.items():
            for length, over in ((limit.length, False), (limit.length + 1, True)):
                issues = fit_values(_with_text(name, length), self.system, frozenset())[1]
                assert bool(issues) is over, f"{name}: {length} characters, {len(issues)} issues"

    # What they share

    def _read(self, payload: Payload) -> Customer:
        return self.system.read(payload, "", "")

    def _values(self, payload: Payload) -> dict[str, Any]:
        customer = self._read(payload)
        return {name: value_of(customer, name) for name in self.written}

    def _check_write(self, values: Mapping[str, Any], payload: Payload, current: Customer | None) -> None:
        if not values:
            return  # the system is only read
        assert [name for name in values if not self.system.takes(name)] == []
        body = self.system.write(values, current)
        assert is_plain(body), NOT_PLAIN
        before, after = self._values(payload), self._values(self.stored(payload, body))
        expected = {name: before[name] if value is ABSENT else value for name, value in values.items()}
        other = [name for name, value in expected.items() if not _is_same(after[name], value)]
        assert other == [], f"written, and read otherwise: {', '.join(other)}"


def _is_refused(call: Callable[..., Any], *args: Any) -> bool:
    """Return whether a call ends in an error of ours without a value; any other error is a failure."""
    try:
        call(*args)
    except CustsyncError as error:
        assert _PERSONAL not in f"{error} {error!r}", "an error contains a value"
        assert not isinstance(error, PayloadError) or error.issues, "a refused record has its issues"
        return True
    return False


def _is_same(read: Any, value: Any) -> bool:
    """Return whether the read value is the same: blanks are equal, of an address the parts that it has."""
    if isinstance(value, Address):
        parts = [part for part in COMPONENTS if getattr(value, part) is not ABSENT]
        return all(_is_same(getattr(read or Address(), part), getattr(value, part)) for part in parts)
    return bool((read or None) == (value or None))


def _nested(value: Any) -> Any:
    for _ in range(2_000):  # more levels than a stack has frames
        value = [value]
    return value


_WRONG: Final = (
    *(None, 7, True, float("nan"), _PERSONAL + "\0", [_PERSONAL], {7: _PERSONAL}, {"city": [_PERSONAL]}),
    *(
        [dict.fromkeys(("key", "name"), _PERSONAL) | {"value": [_PERSONAL]}],
        _nested([]),
        {"city": _nested({})},
    ),
)


def _with_one(record: Any, wrong: Any) -> Iterator[Any]:
    """Return the record with each of its parts replaced by a wrong one, and the wrong one alone."""
    yield wrong
    if isinstance(record, Mapping):
        for key, value in (*record.items(), ("unknown", None), (7, None)):
            yield from ({**record, key: spoiled} for spoiled in _with_one(value, wrong))
    elif isinstance(record, list):
        for at, value in enumerate(record):
            yield from ([*record[:at], spoiled, *record[at + 1 :]] for spoiled in _with_one(value, wrong))


def _with_text(name: str, length: int) -> dict[str, Any]:
    """Return a field's value with a text of so many characters: an address for one of its parts."""
    if name.startswith("address."):
        return {"billing_address": evolved(Address(), **{name.removeprefix("address."): "x" * length})}
    return {name: ("@works.example" if name in EMAILS else "").rjust(length, "x")}
