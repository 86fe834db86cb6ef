"""The exceptions: one tree, grouped by what mends them, each picklable, none with a value of the data."""

import pickle

import pytest
from attrs import evolve

from custsync import errors
from custsync.errors import (
    AdapterContractError,
    AdapterError,
    AuthenticationError,
    ConfigurationError,
    CustsyncError,
    DataError,
    FileError,
    FlowError,
    InputError,
    PayloadError,
    PlanError,
    StoreDamagedError,
    StoreError,
    StoreVersionError,
    ThrottledError,
    UnknownFlowError,
)
from custsync.models import Issue

ISSUE = Issue(code="not_a_text", rule="G-ISO", field="name", reason="not a text", remedy="Send a text")
PARENTS = [
    (CustsyncError, Exception),
    (DataError, CustsyncError),
    (InputError, DataError),
    (PayloadError, DataError),
    (FileError, DataError),
    (ConfigurationError, CustsyncError),
    (FlowError, ConfigurationError),
    (UnknownFlowError, ConfigurationError),
    (PlanError, ConfigurationError),
    (AdapterError, CustsyncError),
    (AdapterContractError, AdapterError),
    (AuthenticationError, AdapterError),
    (ThrottledError, AdapterError),
    (StoreError, CustsyncError),
    (StoreVersionError, StoreError),
    (StoreDamagedError, StoreError),
]
EXAMPLES = [
    pytest.param(InputError("a text was expected"), "a text was expected", id="plain"),
    pytest.param(
        PayloadError("not of its shape", [ISSUE, ISSUE]),
        "not of its shape: name: not a text; name: not a text",
        id="payload",
    ),
    pytest.param(PayloadError("not a text", [evolve(ISSUE, field="")]), "not a text", id="value of no field"),
    pytest.param(PayloadError("not of its shape"), "not of its shape", id="payload without issues"),
    pytest.param(FileError("no such file", "in.jsonl"), "in.jsonl: no such file", id="whole file"),
    pytest.param(FileError("not JSON", "in.jsonl", 7), "in.jsonl:7: not JSON", id="line of a file"),
    pytest.param(FileError("not JSON"), "not JSON", id="no file"),
    pytest.param(
        AuthenticationError("expired"),
        "the system refuses the credentials or rights (expired): renew them, then run again",
        id="credentials",
    ),
    pytest.param(
        AdapterContractError("find", "a mapping was expected, got list"),
        "adapter method 'find' broke its contract: a mapping was expected, got list",
        id="contract",
    ),
    pytest.param(
        StoreVersionError("s.db", 9, 1),
        "s.db: sync-record store of schema version 9, this custsync reads version 1; "
        "the file was left untouched",
        id="store version",
    ),
]


@pytest.mark.rule("G-WHY")
class TestTree:
    """Nothing but this tree leaves a public function."""

    @pytest.mark.parametrize(("error", "parent"), PARENTS)
    def test_grouped_by_remedy(self, error: type[Exception], parent: type[Exception]) -> None:
        assert error.__bases__ == (parent,)

    def test_the_table_is_the_whole_tree(self) -> None:
        assert sorted(error.__name__ for error, _ in PARENTS) == errors.__all__

    @pytest.mark.parametrize(("error", "text"), EXAMPLES)
    def test_reads_as_a_sentence(self, error: CustsyncError, text: str) -> None:
        assert str(error) == text

    @pytest.mark.parametrize(("error", "text"), EXAMPLES)
    def test_survives_a_pickle(self, error: CustsyncError, text: str) -> None:
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        assert (type(again), again.args, vars(again)) == (type(error), error.args, vars(error))

    def test_holds_what_programs_need(self) -> None:
        assert PayloadError("m", [ISSUE]).issues == (ISSUE,)
        assert (FileError("m", "p", 7).path, FileError("m", "p", 7).line) == ("p", 7)
        contract = AdapterContractError("find", "short")
        assert (contract.method, contract.answer) == ("find", "short")
        version = StoreVersionError("p", 9, 1)
        assert (version.path, version.found, version.expected) == ("p", 9, 1)
