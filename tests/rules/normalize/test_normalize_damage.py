"""What a spreadsheet or an export left in a field: a warning with the field's name, and no look-alike."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.engine.decide.core import Evidence, decide
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.flows import lightspeed, stripe, upflow
from custsync.models import ABSENT, Address, Customer, Ref, Severity
from custsync.rules.fields.limits import damage_in
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.search import Match
from custsync.rules.normalize import spreadsheet_damage
from custsync.rules.normalize.damage import may_be_damaged

FLOWS = (stripe.EXPORT, stripe.IMPORT, lightspeed.CUSTOMER_EXPORT, upflow.CUSTOMER_IMPORT)


@pytest.mark.rule("G-LOSS")
class TestSpreadsheetDamage:
    """Only a whole field in exactly the spelling of a spreadsheet or an export is damage."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            *(
                (text, "spreadsheet_damage")
                for text in [
                    "#REF!",
                    "#N/A",
                    "#VALUE!",
                    "#NAME?",
                    "#DIV/0!",
                    "#NUM!",
                    "#NULL!",
                    "#SPILL!",
                    "#CALC!",
                    "#ERROR!",
                ]
            ),
            *((text, "spreadsheet_damage") for text in ("##", "#" * 40, " #REF! ", "4.41E+11", "1e+2")),
            *(
                (text, "spreadsheet_damage")
                for text in ("\xa0#REF!", "#N/A\u3000", "\ufeff#REF!", "\u200b##", "\u20071E+9", "#\xadREF!")
            ),
            *((text, "blank_written_out") for text in ("\xa0NULL\xa0", "\ufeffNaN", "\u200b(null)")),
            *((text, "spreadsheet_damage") for text in ("441134960000.0", "+12125550100.0", "5550100.0\n")),
            *(
                (text, "blank_written_out")
                for text in ["NULL", "null", "(null)", "<null>", "<NA>", "NaN", "nan", "None"]
            ),
            *((text, "blank_written_out") for text in ("undefined", "[object Object]", "\\N", " NULL\n")),
            *((text, "damaged_character") for text in ("Jos\ufffd", "\ufffd", "\ufffd" * 100)),
        ],
        ids=ascii,
    )
    def test_is_named(self, text: str, code: str) -> None:
        issue = spreadsheet_damage(text, "email")
        assert issue is not None
        assert may_be_damaged(["Ann Lee", text])
        assert (issue.code, issue.field, issue.rule) == (code, "email", "G-LOSS")
        assert issue.severity is Severity.WARNING

    @pytest.mark.parametrize(
        "text",
        [
            *(None, ABSENT, "", "  ", "#", "# 5", "#5", "Null", "Nan", "NONE", "Nullmann", "n/a", "N/A"),
            *("Ann NULL", "#REF! Ltd", "E+1", "1E+", "1.2.3E+4", "E", "12", "1E5", "O'Brien", "#" * 41),
            *("555010.0", "212.555.0100", "5550100.00", "5550100.5", "5550100.0 Ltd"),
        ],
        ids=ascii,
    )
    def test_is_not(self, text: Any) -> None:
        assert spreadsheet_damage(text, "name") is None

    @given(st.text(), st.text())
    def test_takes_any_text_and_shows_none(self, text: str, field: str) -> None:
        issue = spreadsheet_damage(text, field)
        assert issue is None or issue == spreadsheet_damage(text.strip(), field)

    def test_what_is_no_text_is_refused(self) -> None:
        wrong: Any = 7
        with pytest.raises(InputError, match="a text was expected"):
            spreadsheet_damage(wrong, "name")


@pytest.mark.rule("G-LOSS")
class TestInValues:
    """Whatever is to be written is looked at, the parts of an address too, in every flow."""

    def test_each_text_and_each_part_of_an_address(self) -> None:
        home = Address(line1="#N/A", line2="1 Row", city=None, state=ABSENT, postal_code="NULL")
        values = {"email": "NaN", "billing_address": home, "is_person": True, "phone": None, "name": "Ann"}
        fields = [issue.field for issue in damage_in(values)]
        assert fields == ["email", "billing_address.line1", "billing_address.postal_code"]

    @pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
    def test_in_a_decision(self, flow: Flow) -> None:
        customer = Customer(
            ref=Ref(flow.source.name, "7"),
            name="#REF!",
            company_name="#REF!",
            is_person=False,
            entity_id="7",
            email="ap@x.example",
        )
        made = decide(flow, customer, Evidence())
        assert ("spreadsheet_damage", "G-LOSS") in [(issue.code, issue.rule) for issue in made.issues]
        target = evolve(customer, ref=Ref(flow.target.name, "9"), name="Old", company_name="Old")
        made = decide(
            flow, customer, Evidence(match=Match(verdict=Verdict.ONE, place=0, customers=(target,)))
        )
        assert "spreadsheet_damage" in [issue.code for issue in made.issues]
