"""The exceptions of custsync, grouped by what has to be fixed.

::

    CustsyncError
    ├── DataError                 fix the data
    │   ├── InputError              an argument that is not what the function takes
    │   ├── PayloadError            a payload that is not of its system's shape; every issue at once
    │   └── FileError               a file that cannot be read or written, with its line
    ├── ConfigurationError        fix the configuration
    │   ├── FlowError               a flow whose parts do not fit together
    │   ├── UnknownFlowError        a flow name that does not exist, with those that do
    │   └── PlanError               a plan that is not for this flow or this version
    ├── AdapterError              fix the adapter
    │   ├── AdapterContractError    an answer that breaks the adapter's contract
    │   ├── AuthenticationError     credentials that the system refuses; it ends the run
    │   └── ThrottledError          a source that answers "not now" while it is read
    └── StoreError                fix the sync-record store
        ├── StoreVersionError       a store of another schema version
        └── StoreDamagedError       a file that is no store, or a broken one

A business "no" is never an exception: it is a value (`custsync.models.Issue`). No message holds a
personal value: a message names the record, the field, the rule and what to do.
"""

from collections.abc import Sequence
from typing import Any

__all__ = [
    "AdapterContractError",
    "AdapterError",
    "AuthenticationError",
    "ConfigurationError",
    "CustsyncError",
    "DataError",
    "FileError",
    "FlowError",
    "InputError",
    "PayloadError",
    "PlanError",
    "StoreDamagedError",
    "StoreError",
    "StoreVersionError",
    "ThrottledError",
    "UnknownFlowError",
]


class CustsyncError(Exception):
    """The root of every exception that leaves a public function."""


class DataError(CustsyncError):
    """Fix the data: what was given cannot be used as it is."""


class InputError(DataError):
    """An argument is not of the type, length or form that the function documents."""


class PayloadError(DataError):
    """A payload is not of its system's shape; `issues` holds everything that is wrong with it."""

    def __init__(self, message: str, issues: Sequence[Any] = ()) -> None:
        """Keep the message and the issues (`custsync.models.Issue`), none with a personal value."""
        super().__init__(message, tuple(issues))
        self.issues: tuple[Any, ...] = tuple(issues)

    def __str__(self) -> str:
        """Return the message, then the field and reason of each issue."""
        named = "; ".join(f"{issue.field}: {issue.reason}" for issue in self.issues if issue.field)
        return f"{self.args[0]}: {named}" if named else str(self.args[0])


class FileError(DataError):
    """A file cannot be read or written; `path` and `line` (1-based, 0 for the whole file) say where."""

    def __init__(self, message: str, path: str = "", line: int = 0) -> None:
        """Keep the message, the path and the line."""
        super().__init__(message, path, line)
        self.path = path
        self.line = line

    def __str__(self) -> str:
        """Return `path:line: message`, as compilers do."""
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.args[0]}" if where else str(self.args[0])


class ConfigurationError(CustsyncError):
    """Fix the configuration: the flow, the settings or the names given do not fit together."""


class FlowError(ConfigurationError):
    """A flow's parts do not fit together."""


class UnknownFlowError(ConfigurationError):
    """No flow has that name."""


class PlanError(ConfigurationError):
    """A plan cannot be used here: another flow, another version, or not a plan at all."""


class AdapterError(CustsyncError):
    """Fix the adapter: it failed in a way that it did not classify."""


class AdapterContractError(AdapterError):
    """An adapter's answer breaks the contract; nothing is written on its word."""

    def __init__(self, method: str, answer: str) -> None:
        """Keep the adapter's method and what was wrong with its answer."""
        super().__init__(method, answer)
        self.method = method
        self.answer = answer

    def __str__(self) -> str:
        """Return one sentence that names the method and the answer."""
        return f"adapter method {self.method!r} broke its contract: {self.answer}"


class AuthenticationError(AdapterError):
    """The system refuses the adapter's credentials or rights; `code` is its own word. It ends the run.

    An adapter raises it, or a `classify` function. Every other request would be refused as well. What was
    written is on record; a write whose answer was lost with it is looked for by the next run.
    """

    def __init__(self, code: str) -> None:
        """Keep the system's code."""
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        """Return one sentence with the code."""
        return f"the system refuses the credentials or rights ({self.code}): renew them, then run again"


class ThrottledError(AdapterError):
    """The source answered "not now", and to come back after so many seconds (0: no time given)."""

    def __init__(self, seconds: float = 0) -> None:
        """Keep the seconds."""
        super().__init__("the source was throttled while it was read: run again later")
        self.seconds = seconds


class StoreError(CustsyncError):
    """Fix the sync-record store: it cannot do what was asked."""


class StoreVersionError(StoreError):
    """A store was written with another schema version; `found` and `expected` say which."""

    def __init__(self, path: str, found: int, expected: int) -> None:
        """Keep the path and both versions."""
        super().__init__(path, found, expected)
        self.path = path
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        """Return one sentence with both versions."""
        return (
            f"{self.path}: sync-record store of schema version {self.found}, "
            f"this custsync reads version {self.expected}; the file was left untouched"
        )


class StoreDamagedError(StoreError):
    """A file is not a sync-record store, or a damaged one; it was left untouched."""
