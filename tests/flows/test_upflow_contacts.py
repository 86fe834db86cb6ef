"""NetSuite → Upflow: the contacts that are imported with a customer, as the lines of the contact import."""

from typing import Any

import pytest
from attrs import evolve

from custsync.engine.manual import exclude_manually
from custsync.errors import InputError
from custsync.flows.upflow import (
    CONTACT_COLUMNS,
    CUSTOMER_IMPORT,
    ContactImport,
    ContactLines,
    OtherSystem,
    UpflowName,
    contact_lines,
    customer_import,
)
from custsync.flows.upflow.contact_import import sales_rep
from custsync.models import ABSENT, Contact, Customer
from custsync.rules.contacts import CustomerContacts, contact_records
from tests.flows.collecting import Office, company, ns

IVO = Contact(
    id="1", name="Ivo Brandt", email="ivo@joinery.example", phone="555-0101", role="-10", company="2041"
)
PETRA = Contact(id="2", name="Lund, Petra", email="petra@joinery.example", company="2041")
JOINERY = ns(company_name="Joinery", email="ap@joinery.example", contacts=(IVO, PETRA))


def emails(made: ContactLines) -> list[str]:
    return [line["Contact email address"] for line in made.lines]


def mains(made: ContactLines) -> list[str]:
    return [line["Contact email address"] for line in made.lines if line["Main contact"]]


def said(made: ContactLines) -> list[str]:
    return [issue.code for issue in made.issues]


@pytest.mark.rule("UF-CON-1")
class TestWho:
    """The customer's own email, and the contacts whose company is that customer; none without a company."""

    def test_a_line_for_each(self) -> None:
        made = ContactImport()(JOINERY)
        assert [dict(line) for line in made.lines] == [
            dict(zip(CONTACT_COLUMNS, texts, strict=True))
            for texts in (
                ("Joinery", "2041", "ap@joinery.example", "", "", "", "", ""),
                ("Joinery", "2041", "ivo@joinery.example", "Ivo", "Brandt", "555-0101", "", "1"),
                ("Joinery", "2041", "petra@joinery.example", "Petra", "Lund", "", "", ""),
            )
        ]
        assert made.issues == ()

    def test_no_company_and_another_company(self) -> None:
        others = (Contact(email="a@b.example", company=None), Contact(email="c@d.example", company="7"))
        made = ContactImport()(ns(email="ap@joinery.example", contacts=others))
        assert (emails(made), said(made)) == (["ap@joinery.example"], ["no_company", "other_company"])

    @pytest.mark.parametrize(
        ("unread", "count"), [("leave_out", 1), ("import", 2)], ids=["left out", "imported"]
    )
    def test_one_that_was_read_without_its_company(self, unread: Any, count: int) -> None:
        customer = ns(email="ap@joinery.example", contacts=(Contact(email="a@b.example"),))
        assert len(ContactImport(unread_company=unread)(customer).lines) == count

    def test_one_without_an_email_has_no_line_and_is_reported(self) -> None:
        """Every line of the import needs one."""
        made = ContactImport()(ns(contacts=(Contact(name="Ivo", phone="555-0101", company="2041"),)))
        assert made.lines == ()
        assert said(made) == ["no_email", "no_main_contact"]
        assert "Ivo" not in str(made.issues)

    def test_a_name_of_one_word_and_a_title(self) -> None:
        ivo = Contact(name="Ivo", email="ivo@joinery.example", company="2041", extra={"title": "Accounts"})
        (line,) = ContactImport()(ns(contacts=(ivo,))).lines
        assert (line["First name"], line["Family name"], line["Position"]) == ("Ivo", "", "Accounts")

    @pytest.mark.rule("SP-NAME")
    def test_a_name_in_parts_is_not_split_again(self) -> None:
        """NetSuite's contact record holds both parts; a last name of two words stays one."""
        extra = {"firstName": "Pierre", "lastName": "De Gaulle"}
        for name in ("Pierre De Gaulle", None):
            pierre = Contact(name=name, email="p@joinery.example", company="2041", extra=extra)
            made = ContactImport()(ns(contacts=(pierre,)))
            assert (made.lines[0]["First name"], made.lines[0]["Family name"]) == ("Pierre", "De Gaulle")
            assert said(made) == ["no_main_contact"]

    def test_what_is_odd_about_a_name_is_reported(self) -> None:
        made = ContactImport()(ns(contacts=(evolve(IVO, name="Geert De Vries"),)))
        issue = made.issues[-1]
        assert (issue.code, issue.field) == ("particle_before_last", "contact 1.name")

    @pytest.mark.rule("SP-NAME")
    def test_the_invented_last_name_is_in_no_line(self) -> None:
        extra = {"firstName": "Cher", "lastName": "NoLastName"}
        people = (
            evolve(IVO, name="Cher NoLastName"),
            Contact(id="7", email="c@x.example", company="2041", extra=extra),
            Contact(id="8", name="NoLastName", email="d@x.example", company="2041"),
        )
        made = ContactImport()(ns(is_person=True, alt_name="Emily NoLastName", contacts=people))
        assert {line["Customer name"] for line in made.lines} == {"Emily"}
        assert [line["First name"] for line in made.lines] == ["Cher", "Cher", ""]
        assert {line["Family name"] for line in made.lines} == {""}
        literal = ContactImport(naming=UpflowName(""))(ns(contacts=people[:1]))
        assert literal.lines[0]["Family name"] == "NoLastName"

    def test_no_value_is_shown(self) -> None:
        assert "joinery" not in repr(ContactImport()(JOINERY)).lower()


@pytest.mark.rule("UF-CON-1")
class TestRecords:
    """Contact records can be handed in beside the customers; their company says whose they are."""

    IVO = Contact(id="1", name="Ivo Brandt", email="ivo@joinery.example", phone="555-0101", company="2041")

    def test_a_record_of_the_customer_is_imported(self) -> None:
        stranger = evolve(self.IVO, id="2", email="z@x.example", company="7")
        made = ContactImport(records=[stranger, self.IVO])(ns(email="ap@joinery.example"))
        assert (emails(made), said(made)) == (["ap@joinery.example", "ivo@joinery.example"], [])

    def test_a_line_of_the_customer_gets_the_rest_from_its_record(self) -> None:
        """The role is on the customer's line, the company and the email on the record."""
        line = Contact(id="1", name="Ivo", role="-10", extra={"a": 1})
        made = ContactImport(records=[evolve(self.IVO, role="-20", extra={"title": "Accounts"})])(
            ns(email="ap@joinery.example", contacts=(line,))
        )
        assert mains(made) == ["ivo@joinery.example"]
        assert [made.lines[1][title] for title in ("First name", "Phone number", "Position")] == [
            "Ivo",
            "555-0101",
            "Accounts",
        ]

    def test_a_line_whose_record_is_another_company_s_is_left_out(self) -> None:
        made = ContactImport(records=[evolve(self.IVO, company="7")])(
            ns(contacts=(Contact(id="1", role="-10"),))
        )
        assert (emails(made), said(made)[0]) == ([], "other_company")

    def test_one_without_a_company_belongs_to_nobody(self) -> None:
        contacts = ContactImport(records=[self.IVO, evolve(self.IVO, id="2", company=None), Contact(id="3")])
        assert [(issue.code, issue.field) for issue in contacts.records.issues] == [
            ("no_company", "contact records[1].company"),
            ("no_company", "contact records[2].company"),
        ]
        assert emails(contacts(ns())) == ["ivo@joinery.example"]

    def test_of_one_id_the_first_record_counts(self) -> None:
        later = evolve(self.IVO, email="later@joinery.example")
        assert emails(ContactImport(records=[self.IVO, later])(ns())) == ["ivo@joinery.example"]
        nameless = evolve(self.IVO, id="")
        assert len(ContactImport(records=[nameless, nameless])(ns()).lines) == 2

    def test_they_may_come_from_a_generator(self) -> None:
        contacts = ContactImport(records=(record for record in [self.IVO]))
        assert emails(contacts(ns())) == emails(contacts(ns())) == ["ivo@joinery.example"]
        assert evolve(contacts, keep_others=True).records == contacts.records

    def test_a_customer_without_records_stays_the_very_same(self) -> None:
        assert contact_records([self.IVO]).joined(ns("7")) == ns("7")
        listed = ns("7", contacts=(Contact(id="5", company="7"),))
        assert contact_records([self.IVO]).joined(listed) is listed

    @pytest.mark.parametrize("record", [{"id": "1"}, None, "1"], ids=repr)
    def test_something_else_than_a_contact_is_refused(self, record: Any) -> None:
        with pytest.raises(InputError, match="a Contact was expected"):
            ContactImport(records=[record])

    def test_with_the_customers(self) -> None:
        office = Office()
        (identity,) = office.put(company(email="ap@joinery.example"))
        office.bring()
        contacts = ContactImport(records=[evolve(self.IVO, company=identity, role="-10")])
        ((_, made),) = contact_lines(CUSTOMER_IMPORT, office.netsuite.rows, office.world, contacts=contacts)
        assert mains(made) == ["ivo@joinery.example"]


@pytest.mark.rule("UF-CON-2")
class TestMain:
    """Main contact: the one with the role Primary Contact, else the customer's email; the first of many."""

    @pytest.mark.parametrize(
        ("customer", "main"),
        [
            (JOINERY, ["ivo@joinery.example"]),
            (ns(email="ap@joinery.example", contacts=(PETRA,)), ["ap@joinery.example"]),
            (ns(contacts=(PETRA,)), []),
        ],
        ids=["the role", "the customer's email", "neither"],
    )
    def test_table(self, customer: Customer, main: list[str]) -> None:
        assert mains(ContactImport()(customer)) == main

    ANN = Contact(id="1", name="Ann", role="-10", company="2041")
    BO = Contact(id="2", email="bo@x.example", role="-10", company="2041")

    @pytest.mark.parametrize(
        ("people", "main"), [((ANN, BO), "bo@x.example"), ((ANN,), "own@x.example")], ids=["two", "alone"]
    )
    def test_a_primary_without_an_email_takes_no_flag_along(
        self, people: tuple[Contact, ...], main: str
    ) -> None:
        made = ContactImport()(ns(is_person=False, company_name="Co", email="own@x.example", contacts=people))
        assert mains(made) == [main]

    def test_several(self) -> None:
        second = Contact(id="9", email="z@joinery.example", role="Primary Contact", company="2041")
        made = ContactImport()(ns(contacts=(second, IVO)))
        assert (mains(made), said(made)) == (["z@joinery.example"], ["several_primaries"])

    def test_one_alone_of_several_that_are_alike(self) -> None:
        twin = Contact(email="t@joinery.example", role="-10", company="2041")
        made = ContactImport()(ns(contacts=(twin, twin, Contact(email=twin.email, company="2041"))))
        assert [line["Main contact"] for line in made.lines] == ["1", "", ""]

    def test_another_role(self) -> None:
        chosen = ContactImport(primary_roles=frozenset({"-20"}))
        assert mains(chosen(JOINERY)) == ["ap@joinery.example"]


@pytest.mark.rule("UF-CON-3")
class TestCustomFields:
    """Chosen customer custom fields become contacts."""

    CUSTOMER = ns(company_name="J", custom={"custentity_billing": "a@b.example, c@d.example, none"})

    def test_chosen(self) -> None:
        made = ContactImport(custom_fields=("custentity_billing",))(self.CUSTOMER)
        assert emails(made) == ["a@b.example", "c@d.example"]
        assert all(line["First name"] == line["Phone number"] == "" for line in made.lines)
        assert "not_an_email" in said(made)

    def test_none_by_default(self) -> None:
        assert ContactImport()(self.CUSTOMER).lines == ()


def salesforce(customer: Customer) -> OtherSystem | None:
    if customer.id != "2041":
        return None
    theirs = Contact(name="Ada Wren", email="ada@joinery.example")
    return OtherSystem(contacts=CustomerContacts(contacts=(theirs,), main=theirs), owner="005-1")


def owner_alone(_customer: Customer) -> OtherSystem:
    return OtherSystem(owner=" ")


@pytest.mark.rule("UF-CON-4")
class TestSalesforce:
    """Where Salesforce is connected too, its contacts and account owners override NetSuite's."""

    OWNED = ns(company_name="J", contacts=(IVO,), extra={"salesRep": {"id": "12"}})

    def test_its_contacts_and_its_owner(self) -> None:
        made = ContactImport(other=salesforce)(self.OWNED)
        assert (emails(made), mains(made)) == (["ada@joinery.example"], ["ada@joinery.example"])
        assert made.owner == "005-1"
        assert said(made) == ["contact_overridden"]

    def test_keeping_what_it_does_not_know(self) -> None:
        made = ContactImport(other=salesforce, keep_others=True)(self.OWNED)
        assert emails(made) == ["ada@joinery.example", "ivo@joinery.example"]

    @pytest.mark.parametrize("other", [None, owner_alone], ids=["not connected", "knows nothing"])
    def test_otherwise_netsuite_s(self, other: Any) -> None:
        made = ContactImport(other=other)(self.OWNED)
        assert (emails(made), made.owner) == (["ivo@joinery.example"], "12")

    def test_a_customer_that_it_does_not_know(self) -> None:
        made = ContactImport(other=salesforce)(ns("7", email="ap@joinery.example"))
        assert (emails(made), made.owner) == (["ap@joinery.example"], ABSENT)

    @pytest.mark.parametrize(
        ("extra", "owner"),
        [
            ({"salesRep": {"id": "12"}}, "12"),
            ({"salesRep": {"internalId": "12"}}, "12"),
            ({"salesrep": "12"}, "12"),
            ({"salesRep": None}, ABSENT),
            ({"salesRep": {}}, ABSENT),
            ({}, ABSENT),
        ],
        ids=repr,
    )
    def test_netsuite_s_own_on_every_surface(self, extra: Any, owner: Any) -> None:
        assert sales_rep(ns(extra=extra)) == owner


@pytest.mark.rule("UF-CON-1")
class TestWithTheCustomers:
    """Contacts are imported with the customers that are in Upflow, and with no other."""

    def brought(self, office: Office, **settings: Any) -> list[tuple[str, list[str]]]:
        made = contact_lines(CUSTOMER_IMPORT, office.netsuite.rows, office.world, **settings)
        return [(customer.id, emails(lines)) for customer, lines in made]

    @pytest.mark.parametrize("batch", [1, 2, 500])
    def test_after_a_sync(self, batch: int) -> None:
        office = Office()
        ids = office.put(*(company(email=f"ap{one}@joinery.example") for one in range(3)))
        assert self.brought(office, batch=batch) == []
        office.bring()
        found = self.brought(office, batch=batch)
        assert found == [(one, [f"ap{at}@joinery.example"]) for at, one in enumerate(ids)]

    @pytest.mark.rule("UF-EXC-2")
    def test_none_of_an_excluded_customer(self) -> None:
        office = Office()
        ids = office.put(company(email="a@b.example"), company(email="c@d.example"))
        office.put({"id": "9", **company(isInactive=True, email="e@f.example")}, {"id": []})
        office.bring()
        exclude_manually(CUSTOMER_IMPORT, ids[:1], office.world)
        assert self.brought(office) == [(ids[1], ["c@d.example"])]

    def test_under_the_caller_s_settings(self) -> None:
        office = Office()
        office.put({**company(), "custentity_billing": "a@b.example"})
        office.bring()
        contacts = ContactImport(custom_fields=("custentity_billing",))
        assert self.brought(office, contacts=contacts)[0][1] == ["a@b.example"]

    @pytest.mark.parametrize("customers", ["2041", {"id": "1"}, 7], ids=repr)
    def test_something_else_than_customers(self, customers: Any) -> None:
        with pytest.raises(InputError, match="customers"):
            list(contact_lines(customer_import(), customers, Office().world))
