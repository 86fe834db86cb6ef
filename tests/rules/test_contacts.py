"""Contacts: who is imported with a customer, who is the main one, and why the others stay out."""

import pickle
from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import ABSENT, Contact, Customer, Ref, Severity
from custsync.rules.contacts import (
    NO_CONTACTS,
    CustomerContacts,
    contacts_of,
    custom_contacts,
    is_primary,
    overriding_owner,
)
from custsync.rules.contacts.gather import overridden
from custsync.rules.normalize import email_key

CUSTOMER = Customer(ref=Ref("netsuite", "2041"), email="ap@joinery.example")
IVO = Contact(id="3101", name="Ivo Brandt", email="ivo@joinery.example", role="-10", company="2041")
PETRA = Contact(id="3102", name="Petra Lund", email="petra@joinery.example", company="2041")
PHONE = Contact(id="3103", phone="555-0101", company="2041")


def having(*people: Contact, **changes: Any) -> Customer:
    return evolve(CUSTOMER, contacts=people, **changes)


def said(made: CustomerContacts) -> list[tuple[str, str, str]]:
    return [(issue.code, issue.field, issue.rule) for issue in made.issues]


def emails(made: CustomerContacts) -> list[Any]:
    return [contact.email for contact in made.contacts]


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
emails_or_not = st.sampled_from(
    [
        None,
        ABSENT,
        "",
        " ",
        "call me",
        "a@b.example",
        " C@d.example ",
        "e@f.example; g@h.example",
        "a@b.example,x",
    ]
)
people_of_any_kind = st.builds(
    Contact,
    id=st.sampled_from(["", "1", "2", "3"]),
    email=emails_or_not,
    role=st.sampled_from([None, ABSENT, "-10", "-20", "Primary Contact", "boss"]),
    company=st.sampled_from([None, ABSENT, "", "2041", "7"]),
)


@pytest.mark.rule("UF-CON-1")
class TestWhoIsImported:
    """The customer's own email, and the contacts whose company is that customer; none without a company."""

    def test_own_email_and_people(self) -> None:
        made = contacts_of(having(IVO, PETRA))
        assert made.contacts == (Contact(email="ap@joinery.example", origin="email"), IVO, PETRA)
        assert made.issues == ()

    @pytest.mark.parametrize("email", [None, ABSENT, "", "  "], ids=repr)
    def test_no_own_email(self, email: Any) -> None:
        assert contacts_of(having(IVO, email=email)) == CustomerContacts(contacts=(IVO,), main=IVO)

    @pytest.mark.parametrize(
        ("company", "code", "severity"),
        [
            pytest.param(None, "no_company", Severity.WARNING, id="null"),
            pytest.param("", "no_company", Severity.WARNING, id="empty"),
            pytest.param("  ", "no_company", Severity.WARNING, id="blank"),
            pytest.param(ABSENT, "company_not_read", Severity.WARNING, id="absent"),
            pytest.param("2042", "other_company", Severity.NOTE, id="another"),
        ],
    )
    def test_left_out(self, company: Any, code: str, severity: Severity) -> None:
        made = contacts_of(having(PETRA, evolve(IVO, company=company)))
        assert emails(made) == ["ap@joinery.example", "petra@joinery.example"]
        assert said(made) == [(code, "contacts[1].company", "UF-CON-1")]
        assert made.issues[0].severity is severity
        assert made.main == made.contacts[0]

    def test_a_company_that_was_not_read_if_asked_for(self) -> None:
        line, empty = evolve(IVO, company=ABSENT), evolve(PETRA, company=None)
        made = contacts_of(having(line, empty), unread_company="import")
        assert made.contacts[1:] == (line,)
        assert said(made) == [("no_company", "contacts[1].company", "UF-CON-1")]

    def test_an_id_is_compared_without_blanks(self) -> None:
        assert contacts_of(having(evolve(IVO, company=" 2041 "))).issues == ()

    @pytest.mark.parametrize("blank", [None, ABSENT, "", " "], ids=repr)
    def test_a_contact_without_an_email_is_left_out_and_reported(self, blank: Any) -> None:
        made = contacts_of(having(evolve(IVO, email=blank), PETRA))
        assert made.contacts[1:] == (PETRA,)
        assert said(made) == [("no_email", "contacts[0].email", "UF-CON-1")]

    @pytest.mark.parametrize(
        ("email", "want", "codes"),
        [
            pytest.param(" ivo@joinery.example ", "ivo@joinery.example", [], id="blanks"),
            pytest.param("Ivo <ivo@joinery.example>", "ivo@joinery.example", ["display_name"], id="name"),
            pytest.param(
                "ivo@joinery.example; b@joinery.example",
                "ivo@joinery.example",
                ["several_addresses"],
                id="several",
            ),
        ],
    )
    def test_the_email_of_a_contact(self, email: str, want: str, codes: list[str]) -> None:
        made = contacts_of(having(evolve(IVO, email=email)))
        assert made.contacts[1] == evolve(IVO, email=want)
        assert [issue.code for issue in made.issues] == codes
        assert {issue.field for issue in made.issues} <= {"contacts[0].email"}

    def test_the_own_field_with_several_emails_makes_several_contacts(self) -> None:
        made = contacts_of(having(email="ap@joinery.example, ar@joinery.example"))
        assert emails(made) == ["ap@joinery.example", "ar@joinery.example"]
        assert said(made) == [("several_addresses", "email", "G-LOSS")]
        assert made.main == made.contacts[0]

    def test_an_own_field_that_holds_no_email(self) -> None:
        made = contacts_of(having(email="call me"))
        assert made.contacts == ()
        assert said(made) == [
            ("email_not_valid", "email", "UF-CON-1"),
            ("no_main_contact", "contacts", "UF-CON-2"),
        ]
        assert made.issues[0].shape == "text, 7 characters"

    def test_the_same_email_in_two_places_makes_two_contacts(self) -> None:
        made = contacts_of(having(evolve(PETRA, email="ap@joinery.example")))
        assert emails(made) == ["ap@joinery.example"] * 2

    def test_a_contact_that_stands_there_twice(self) -> None:
        made = contacts_of(having(PETRA, PETRA, evolve(PETRA, role="-20")))
        assert made.contacts[1:] == (PETRA,)
        assert said(made) == [("repeated_contact", f"contacts[{at}]", "UF-CON-1") for at in (1, 2)]

    def test_a_repeated_contact_keeps_its_primary_role_and_its_place(self) -> None:
        first, second = evolve(IVO, role="-20"), IVO
        for people in [(first, PETRA, second), (second, PETRA, first), (second, PETRA, second)]:
            made = contacts_of(having(*people))
            assert made.contacts[1:] == (IVO, PETRA)
            assert made.main == IVO

    def test_of_two_primary_entries_of_one_contact_the_first_stays(self) -> None:
        made = contacts_of(having(IVO, evolve(IVO, email="later@joinery.example")))
        assert made.contacts[1:] == (IVO,)
        assert said(made) == [("repeated_contact", "contacts[1]", "UF-CON-1")]

    def test_contacts_without_an_id_are_never_one(self) -> None:
        nameless = evolve(PETRA, id="")
        assert contacts_of(having(nameless, nameless)).contacts[1:] == (nameless, nameless)

    @pytest.mark.parametrize("people", [None, ABSENT], ids=repr)
    def test_no_list_of_contacts(self, people: Any) -> None:
        made = contacts_of(evolve(CUSTOMER, contacts=people))
        assert (emails(made), made.issues) == (["ap@joinery.example"], ())

    @given(st.lists(people_of_any_kind), emails_or_not)
    def test_everybody_is_imported_or_has_a_reason(self, people: list[Contact], email: Any) -> None:
        made = contacts_of(having(*people, email=email))
        out = {"no_company", "company_not_read", "other_company", "repeated_contact", "no_email"}
        out |= {"email_not_valid"}
        own = [contact for contact in made.contacts if contact.origin == "email"]
        reasons = [issue for issue in made.issues if issue.code in out and issue.field != "email"]
        assert len(made.contacts) - len(own) + len(reasons) == len(people)
        assert all(contact.company == "2041" for contact in made.contacts if contact not in own)
        assert all(email_key(contact.email) for contact in made.contacts)
        assert contacts_of(having(*people, email=email)) == made
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301

    def test_refused(self) -> None:
        wrong: Any = "guess"
        with pytest.raises(InputError, match="leave_out or import"):
            contacts_of(CUSTOMER, unread_company=wrong)

    def test_nothing_personal_is_shown(self) -> None:
        made = contacts_of(having(IVO, evolve(PETRA, email="call Petra"), custom={"f": "Petra"}))
        shown = f"{made!r} {' '.join(map(str, made.issues))}"
        assert not [word for word in ("ivo", "Ivo", "petra", "Petra", "joinery") if word in shown]


@pytest.mark.rule("UF-CON-2")
class TestMain:
    """The one with the role Primary Contact, else the customer's email; of several the first imported."""

    @pytest.mark.parametrize(
        ("role", "primary"),
        [
            *(("-10", True), ("Primary Contact", True), (" primary contact ", True)),
            *(("-20", False), ("10", False), ("Primary", False), ("", False), (None, False), (ABSENT, False)),
        ],
        ids=repr,
    )
    def test_role(self, role: Any, *, primary: bool) -> None:
        contact = evolve(PETRA, role=role)
        assert is_primary(contact) is primary
        made = contacts_of(having(contact))
        assert made.main == (contact if primary else made.contacts[0])

    def test_a_role_of_ones_own(self) -> None:
        billing = evolve(PETRA, role="Billing")
        assert contacts_of(having(IVO, billing), primary_roles=frozenset({"billing"})).main is billing

    @pytest.mark.parametrize("people", [(IVO, evolve(PETRA, role="-10")), (evolve(PETRA, role="-10"), IVO)])
    def test_several(self, people: tuple[Contact, ...]) -> None:
        made = contacts_of(having(*people))
        assert made.main is people[0]
        assert said(made) == [("several_primaries", "contacts", "UF-CON-2")]
        assert made.issues[0].shape == "2 contacts"

    def test_a_primary_that_is_left_out_does_not_count(self) -> None:
        made = contacts_of(having(evolve(IVO, company=None)))
        assert made.main == made.contacts[0]

    @pytest.mark.parametrize("email", [None, "call me"], ids=["no email", "none that is one"])
    def test_a_primary_that_is_not_imported_takes_no_flag_along(self, email: str | None) -> None:
        ann = evolve(IVO, id="9", email=email)
        assert contacts_of(having(ann, IVO)).main is IVO
        alone = contacts_of(having(ann))
        assert alone.main == Contact(email="ap@joinery.example", origin="email")
        assert "several_primaries" not in [issue.code for issue in contacts_of(having(ann, IVO)).issues]

    def test_none(self) -> None:
        made = contacts_of(having(PETRA, email=None, custom={"f": "a@b.example"}), custom_fields=["f"])
        assert made.main is None
        assert said(made) == [("no_main_contact", "contacts", "UF-CON-2")]

    @given(st.lists(people_of_any_kind), emails_or_not)
    def test_the_main_one_is_among_the_contacts(self, people: list[Contact], email: Any) -> None:
        made = contacts_of(having(*people, email=email))
        primaries = [contact for contact in made.contacts if is_primary(contact)]
        own = [contact for contact in made.contacts if contact.origin == "email"]
        assert made.main == next(iter(primaries + own), None)


@pytest.mark.rule("UF-CON-3")
class TestCustomFields:
    """Chosen customer custom fields become contacts: text, emails separated by commas."""

    @pytest.mark.parametrize(
        ("value", "want", "codes"),
        [
            pytest.param("a@b.example", ["a@b.example"], [], id="one"),
            pytest.param(" C@d.example ,a@b.example,", ["C@d.example", "a@b.example"], [], id="commas"),
            pytest.param("a@b.example;c@d.example", [], ["not_an_email"], id="semicolon"),
            pytest.param("a@b.example c@d.example", [], ["not_an_email"], id="blank between"),
            pytest.param("Ann <a@b.example>", [], ["not_an_email"], id="name"),
            pytest.param("call me, a@b.example", ["a@b.example"], ["not_an_email"], id="some"),
            pytest.param(
                "A@b.example, c@d.example, a@b.example",
                ["A@b.example", "c@d.example"],
                ["repeated_email"],
                id="twice",
            ),
            *(pytest.param(blank, [], [], id=repr(blank)) for blank in (None, ABSENT, "", " ", ",,")),
            *(
                pytest.param(value, [], ["not_a_text_field"], id=repr(value))
                for value in (7, 0, False, ["a@b.example"], {"id": "1"})
            ),
        ],
    )
    def test_table(self, value: Any, want: list[str], codes: list[str]) -> None:
        made = custom_contacts(having(custom={"billing": value}), ["billing"])
        assert made.contacts == tuple(Contact(email=email, origin="billing") for email in want)
        assert [(issue.code, issue.field) for issue in made.issues] == [(code, "billing") for code in codes]
        assert {issue.rule for issue in made.issues} <= {"UF-CON-3"}
        assert made.main is None

    def test_the_shape_counts_the_parts(self) -> None:
        made = custom_contacts(having(custom={"f": "x, a@b.example, y, a@b.example"}), ["f"])
        assert [issue.shape for issue in made.issues] == ["2 of 4 parts", ""]
        assert custom_contacts(having(custom={"f": 7}), ["f"]).issues[0].shape == "int"

    def test_the_same_email_in_two_fields_makes_two_contacts(self) -> None:
        customer = having(custom={"one": "a@b.example", "two": "a@b.example", "three": "x@y.example"})
        made = custom_contacts(customer, ["two", "one", "two"])
        assert [contact.origin for contact in made.contacts] == ["two", "one"]
        assert emails(made) == ["a@b.example"] * 2

    def test_they_come_last_with_their_issues(self) -> None:
        customer = having(IVO, custom={"one": "a@b.example, x"})
        made = contacts_of(customer, custom_fields=["one", "gone"])
        assert emails(made) == ["ap@joinery.example", "ivo@joinery.example", "a@b.example"]
        assert said(made) == [("not_an_email", "one", "UF-CON-3")]
        assert contacts_of(customer).contacts == made.contacts[:2]

    @pytest.mark.parametrize("names", ["billing", [7], None], ids=repr)
    def test_refused(self, names: Any) -> None:
        with pytest.raises(InputError):
            contacts_of(CUSTOMER, custom_fields=names)


@pytest.mark.rule("UF-CON-4")
class TestOverriding:
    """Where Salesforce is connected too, its contacts and account owners override NetSuite's."""

    OURS = CustomerContacts(contacts=(IVO, PETRA, PHONE), main=PETRA)
    ANN = Contact(id="003A", name="Ann Weld", email="ann@joinery.example")
    SAME = Contact(id="003P", name="P. Lund", email="Petra@Joinery.example")

    @pytest.mark.parametrize("other", [None, NO_CONTACTS], ids=["not connected", "no contacts"])
    def test_nothing_to_override_with(self, other: CustomerContacts | None) -> None:
        assert overridden(self.OURS, other) is self.OURS

    def test_all_give_way(self) -> None:
        theirs = CustomerContacts(contacts=(self.ANN, self.SAME), main=self.ANN)
        made = overridden(self.OURS, theirs)
        assert (made.contacts, made.main) == (theirs.contacts, self.ANN)
        assert said(made) == [("contact_overridden", f"contacts[{at}]", "UF-CON-4") for at in range(3)]

    def test_the_same_email_follows_as_the_main_one(self) -> None:
        theirs = CustomerContacts(contacts=(self.ANN, self.SAME, evolve(self.SAME, id="later")))
        assert overridden(self.OURS, theirs).main is self.SAME

    @pytest.mark.parametrize("main", [IVO, PHONE, None], ids=["another email", "no email", "none"])
    def test_no_main_one(self, main: Contact | None) -> None:
        theirs = CustomerContacts(contacts=(self.ANN,))
        made = overridden(evolve(self.OURS, main=main), theirs)
        assert made.main is None
        assert said(made)[-1] == ("main_contact_overridden", "contacts", "UF-CON-4")

    def test_one_of_theirs_without_an_email_is_left_out_and_is_no_main_one(self) -> None:
        ada = Contact(id="003B", name="Ada")
        made = overridden(self.OURS, CustomerContacts(contacts=(ada, self.SAME), main=ada))
        assert (made.contacts, made.main) == ((self.SAME,), self.SAME)
        assert said(made)[0] == ("no_email", "other contacts[0].email", "UF-CON-1")

    def test_theirs_without_any_email_override_nobody(self) -> None:
        made = overridden(self.OURS, CustomerContacts(contacts=(Contact(name="Ada"),)))
        assert (made.contacts, made.main) == (self.OURS.contacts, self.OURS.main)
        assert [code for code, _, _ in said(made)] == ["no_email"]

    def test_the_others_stay_if_asked_for(self) -> None:
        theirs = CustomerContacts(contacts=(self.ANN, self.SAME))
        made = overridden(evolve(self.OURS, main=IVO), theirs, keep_others=True)
        assert (made.contacts, made.main) == ((self.ANN, self.SAME, IVO, PHONE), IVO)
        assert said(made) == [("contact_overridden", "contacts[1]", "UF-CON-4")]

    def test_issues_of_both_stay_but_for_the_main_one_that_is_settled(self) -> None:
        ours = contacts_of(having(evolve(IVO, company=None), PHONE, email=None))
        theirs = CustomerContacts(contacts=(self.ANN,), main=self.ANN, issues=ours.issues[1:2])
        assert ours.contacts == ()
        made = overridden(ours, theirs)
        assert [code for code, _, _ in said(made)] == ["no_company", "no_email", "no_email"]

    @pytest.mark.parametrize(
        ("own", "other", "want"),
        [
            *(("rep-7", "rep-9", "rep-9"), (None, "rep-9", "rep-9")),
            *(("rep-7", blank, "rep-7") for blank in (None, ABSENT, "", " ")),
            (ABSENT, None, ABSENT),
        ],
        ids=repr,
    )
    def test_owner(self, own: Any, other: Any, want: Any) -> None:
        assert overriding_owner(own, other) == want


@pytest.mark.rule("G-ISO")
class TestAnyInput:
    """Nothing but the project's own exceptions leaves, whatever a payload holds."""

    @given(json_like, json_like, json_like)
    def test_contacts(self, email: Any, role: Any, value: Any) -> None:
        person = Contact(email=email, role=role, company=value)
        people = CustomerContacts(contacts=(person,))
        customer = having(person, email=email, custom={"f": value})
        for call in (
            lambda: contacts_of(customer, custom_fields=["f"]),
            lambda: contacts_of(
                evolve(CUSTOMER, contacts=(evolve(person, company=ABSENT),)), unread_company="import"
            ),
            lambda: overridden(people, people, keep_others=True),
            lambda: overriding_owner(email, role),
        ):
            with suppress(InputError):
                call()

    @given(json_like)
    def test_custom_fields(self, value: Any) -> None:
        made = custom_contacts(having(custom={"f": value}), ["f"])
        assert all(email_key(contact.email) for contact in made.contacts)
