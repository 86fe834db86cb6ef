"""Ids as the systems have them: one rule for a NetSuite internal id, in every flow."""

import pytest

from custsync.errors import PayloadError
from custsync.flows import lago, servicetitan, stripe
from custsync.systems.netsuite import REST, SOAP, SUITEQL
from custsync.systems.system import System
from custsync.systems.values import internal_id


@pytest.mark.rule("ST-LEG-4", "LG-LINK")
class TestInternalId:
    """A whole number above zero, in digits alone, without a leading zero."""

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("2042", "2042"),
            (" 2041\n", "2041"),
            ("2041\ufeff", "2041"),
            ("9" * 19, "9" * 19),
            ("", None),
            ("0", None),
            ("02042", None),
            ("1" * 25, None),
            ("-5", None),
            ("2042.0", None),
            ("2041-1", None),
            ("20 41", None),
            ("\u0663", None),
            ("CUST-2041", None),
        ],
    )
    def test_table(self, text: str, key: str | None) -> None:
        assert internal_id(text) == key

    @pytest.mark.parametrize(
        "flow", [lago.CUSTOMER_SYNC, servicetitan.CUSTOMER_SYNC, stripe.IMPORT], ids=lambda flow: flow.name
    )
    def test_every_flow_that_looks_for_one_has_this_rule(self, flow: object) -> None:
        steps = [entry for entry in flow.match if entry.lookup == "id"]  # type: ignore[attr-defined]
        assert [entry.kind.key for entry in steps] == [internal_id]

    @pytest.mark.parametrize("system", [REST, SOAP, SUITEQL], ids=["rest", "soap", "query"])
    @pytest.mark.parametrize("id", ["02042", "0", "-0", "1" * 25, "CUST-7", ""])
    def test_a_record_with_another_id_is_refused(self, system: System, id: str) -> None:
        with pytest.raises(PayloadError) as caught:
            system.read({"id": id, "internalId": id, "companyname": "A", "companyName": "A"}, "", "")
        assert [issue.code for issue in caught.value.issues] == ["not_an_id"]
        assert system.id_of({"id": id}) == ""

    def test_the_systems_own_entities_have_a_minus(self) -> None:
        assert REST.read({"id": "-2", "isPerson": False}, "", "").ref.id == "-2"
