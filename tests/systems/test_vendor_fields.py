"""Tables of what vendors say of each key of a write, and what is wrong with a body by them."""

from typing import Any

import pytest

from custsync.protocols import Rejected
from custsync.systems.vendor_fields import FieldTable, VendorField

API: dict[str, Any] = {"cited": "the shop's API", "confidence": "A"}
TABLE = FieldTable(
    (
        VendorField(key="name", name="name", required="on create", empties=("",), limit=5, **API),
        VendorField(key="code", required="always", **API),
        VendorField(key="mail", form="flag", **API),
        VendorField(key="points", form="number", limit=1, empties=(None,), **API),
        VendorField(key="kind", valid=("a", "b").__contains__, **API),
        VendorField(key="place", name="billing_address", form="object", empties=("",), **API),
        VendorField(key="place.city", required="always", limit=50, **API),
        VendorField(key="notes", name="custom.*", form="object", limit=2, **API),
        VendorField(key="notes.*", empties=("",), limit=3, **API),
        VendorField(key="links", form="list", limit=2, **API),
        VendorField(key="links[].id", required="always", **API),
        VendorField(key="cust*", name="custom.own", form="any", empties=(None,), **API),
    ),
    codes={"unknown": "parameter_unknown"},
)
LEAST = {"name": "A", "code": "c"}


class TestRefusal:
    """A body is refused by its first fault, under the vendor's code, with the path of its key."""

    @pytest.mark.parametrize(
        ("body", "refusal"),
        [
            ({}, None),
            ({"name": ""}, None),
            ({"points": None}, None),
            ({"points": 1.5}, None),
            ({"place": ""}, None),
            ({"place": {"city": "Leeds"}}, None),
            ({"notes": {"any": "abc", "other": ""}}, None),
            ({"links": [{"id": "1"}]}, None),
            ({"links": []}, None),
            ({"kind": "b"}, None),
            ({"custentity_a": {"b": [1]}, "custentity_c": None, "custom": False}, None),
            ({"custentity_a": ""}, ("invalid", "custentity_a")),
            ({"salutation": "Dr"}, ("parameter_unknown", "salutation")),
            ({"name": None}, ("invalid", "name")),
            ({"name": "Joinery"}, ("invalid", "name")),
            ({"code": ""}, ("invalid", "code")),
            ({"mail": "true"}, ("invalid", "mail")),
            ({"points": True}, ("invalid", "points")),
            ({"kind": "c"}, ("invalid", "kind")),
            ({"place": None}, ("invalid", "place")),
            ({"place": {}}, ("invalid", "place.city")),
            ({"place": {"city": "Leeds", "dock": "4"}}, ("parameter_unknown", "place.dock")),
            ({"notes": {"any": "abcd"}}, ("invalid", "notes.any")),
            ({"notes": {"a": "", "b": "", "c": ""}}, ("invalid", "notes")),
            ({"links": [{}]}, ("invalid", "links[].id")),
            ({"links": ["1"]}, ("invalid", "links")),
            ({"links": {"id": "1"}}, ("invalid", "links")),
        ],
    )
    def test_each_fault(self, body: dict[str, Any], refusal: tuple[str, str] | None) -> None:
        expected = None if refusal is None else Rejected(*refusal)
        assert TABLE.refusal({**LEAST, **body}, creates=True) == expected

    def test_what_is_required(self) -> None:
        assert TABLE.refusal({}, creates=True) == Rejected("invalid", "name")
        assert TABLE.refusal({"name": "A"}, creates=True) == Rejected("invalid", "code")
        assert TABLE.refusal({}, creates=False) == Rejected("invalid", "code")
        assert TABLE.refusal({"code": "c"}, creates=False) is None


class TestFields:
    """Our own fields, and how long they may be, come from the same rows."""

    @pytest.mark.parametrize(
        ("name", "taken"),
        [("name", True), ("billing_address", True), ("custom.tier", True), ("code", False), ("email", False)],
    )
    def test_what_a_flow_may_write(self, name: str, taken: bool) -> None:  # noqa: FBT001
        assert TABLE.takes(name) is taken

    def test_limits_are_those_of_texts_that_we_write(self) -> None:
        assert {name: limit.length for name, limit in TABLE.limits().items()} == {"name": 5}
