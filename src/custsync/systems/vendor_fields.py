"""What a vendor documents of each key of a write, as data, and what is wrong with a body by these rows.

One table for each system holds these rows. From it come the fields that a flow may write and their limits;
the in-memory systems and the target files refuse by it what the vendor refuses.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from custsync.protocols import Rejected
from custsync.rules.fields.limits import Limit
from custsync.rules.normalize.emails import email_key

Form: TypeAlias = Literal["text", "flag", "number", "object", "list", "any"]
Required: TypeAlias = Literal["", "on create", "always"]
Fault: TypeAlias = Literal["unknown", "missing", "form", "value", "empty", "length", "count"]
"""What can be wrong with a key: it is not known, it is not there, its value has another form or is none that
the vendor takes, it cannot be emptied in this way, it is too long, it has too many entries."""

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "text": (str,),
    "flag": (bool,),
    "number": (int, float, Decimal),
    "object": (dict,),
    "list": (list,),
}


def is_email(text: str) -> bool:
    """Return whether the text is one email address.

    >>> is_email("ap@joinery.example"), is_email("n/a")
    (True, False)
    """
    return email_key(text) is not None


@frozen(kw_only=True)
class VendorField:
    """One key of a write.

    Attributes:
        key: the key; keys of inner objects follow dots, `[]` is each item of a list, `*` any key:
            `"shipping.address.line1"`, `"metadata.*"`. A key that ends in `*` is each one that begins so.
        name: our field that is written there, `""` where no flow writes it.
        form: the form of its value.
        required: whether it must be there: `"on create"`, `"always"`, or `""` for never. An inner key is
            required where its object is there.
        empties: the values that empty it. None: no value is documented that does.
        valid: whether a value of the right form is one that the vendor takes.
        limit: how many characters fit in; of an object or a list, how many entries.
        cited: the source.
        confidence: how sure that is, A to D.
    """

    key: str
    name: str = ""
    form: Form = "text"
    required: Required = ""
    empties: tuple[Any, ...] = ()
    valid: Callable[[Any], bool] | None = None
    limit: int | None = None
    cited: str
    confidence: str

    def fault(self, value: Any) -> Fault | None:
        """Return what is wrong with a value of this key, None where nothing is.

        >>> phone = VendorField(key="phone", empties=("",), limit=20, cited="the API", confidence="A")
        >>> [phone.fault(value) for value in ("(503) 555-0101", "", None, 7, "1" * 21)]
        [None, None, 'empty', 'form', 'length']
        """
        if value is None or value == "":
            return None if value in self.empties else "empty"
        if self.form == "any":
            return None
        if type(value) not in _KINDS[self.form]:
            return "form"
        if self.limit is not None and self.form != "number" and len(value) > self.limit:
            return "length" if self.form == "text" else "count"
        return None if self.valid is None or self.valid(value) else "value"


@frozen
class FieldTable:
    """All rows of one system.

    Attributes:
        rows: the rows.
        codes: how the vendor calls each fault.
    """

    rows: tuple[VendorField, ...]
    codes: Mapping[Fault, str] = field(factory=dict)

    @cached_property
    def at(self) -> Mapping[str, VendorField]:
        """Return the rows by their keys."""
        return {row.key: row for row in self.rows}

    @cached_property
    def names(self) -> frozenset[str]:
        """Return our names of the rows."""
        return frozenset(row.name for row in self.rows)

    @cached_property
    def required(self) -> Mapping[str, tuple[VendorField, ...]]:
        """Return the rows of the keys that an object must have, by its path."""
        required: dict[str, tuple[VendorField, ...]] = {}
        for row in self.rows:
            path, _, key = row.key.rpartition(".")
            if row.required and key != "*":
                required[path] = (*required.get(path, ()), row)
        return required

    def takes(self, name: str) -> bool:
        """Return whether a flow may write our field of this name."""
        return name in self.names or (name[:7] == "custom." and "custom.*" in self.names)

    def limits(self) -> dict[str, Limit]:
        """Return how long our fields may be."""
        return {
            row.name: Limit(length=row.limit, cited=row.cited, confidence=row.confidence)
            for row in self.rows
            if row.name and row.limit is not None and row.form == "text"
        }

    def refusal(self, body: Mapping[str, Any], *, creates: bool) -> Rejected | None:
        """Return the vendor's refusal of a body, None where it takes it.

        Args:
            body: the body of a create or of an update.
            creates: whether it is a create's.
        """
        found = self.first_fault(body, creates=creates)
        return None if found is None else Rejected(self.codes.get(found[0], "invalid"), found[1])

    def first_fault(self, body: Mapping[str, Any], *, creates: bool) -> tuple[Fault, str] | None:
        """Return the first fault of a body, and the path of its key; None where there is none."""
        return next(self._faults("", body, creates=creates), None)

    def _faults(self, path: str, body: Mapping[str, Any], *, creates: bool) -> Iterator[tuple[Fault, str]]:
        """Yield each fault of an object at that path, with the path of its key."""
        for key, value in body.items():
            inner = f"{path}.{key}" if path else key
            row = self.at.get(inner) or self.at.get(f"{path}.*") or self._begun(inner)
            fault = "unknown" if row is None else row.fault(value)
            if fault is not None:
                yield fault, inner
            elif row is not None and row.form == "any":
                continue
            elif isinstance(value, dict):
                yield from self._faults(inner, value, creates=creates)
            elif isinstance(value, list):
                yield from self._item_faults(inner, value, creates=creates)
        for row in self.required.get(path, ()):
            is_due = creates or row.required == "always"
            if is_due and row.key.rpartition(".")[2] not in body:
                yield "missing", row.key

    def _begun(self, key: str) -> VendorField | None:
        """Return the row of all keys that begin as this one does."""
        return next((row for row in self.rows if row.key[-1] == "*" and key.startswith(row.key[:-1])), None)

    def _item_faults(self, path: str, items: list[Any], *, creates: bool) -> Iterator[tuple[Fault, str]]:
        for item in items:
            if isinstance(item, Mapping):
                yield from self._faults(f"{path}[]", item, creates=creates)
            else:
                yield "form", path
