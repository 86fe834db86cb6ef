"""The in-memory ServiceTitan has the quirks of ServiceTitan's CRM."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.models import Address
from custsync.protocols import Rejected
from custsync.systems.servicetitan import SERVICETITAN, read_contacts
from custsync.testing.fakes.base import Refusal
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from tests.testing.calls import created, found, updated

VALE: dict[str, Any] = {"name": "Vale, Ines", "customFields": [{"name": "NetSuite ID", "value": "2042"}]}


class TestItIsASource:
    """Nothing is written to it by an adapter; people write."""

    def test_writes_are_refused(self) -> None:
        servicetitan = FakeServiceTitan()
        vale = servicetitan.put(VALE)
        before = servicetitan.rows
        assert created(servicetitan, name="Vale") == Rejected("read_only")
        assert updated(servicetitan, vale, name="Vale") == Rejected("read_only")
        assert servicetitan.rows == before

    def test_people_write(self) -> None:
        servicetitan = FakeServiceTitan()
        vale = servicetitan.put({**VALE, "address": {"street": "1 Row"}})
        servicetitan.edit(vale, name="Vale, I.", address={"city": "Astoria"}, customFields=[])
        row = servicetitan.row(vale)
        assert (row["name"], row["customFields"]) == ("Vale, I.", [])
        assert (row["address"]["street"], row["address"]["city"]) == ("1 Row", "Astoria")

    @pytest.mark.parametrize("key", ["mergedToId", "email"])
    def test_people_write_no_other_key(self, key: str) -> None:
        servicetitan = FakeServiceTitan()
        vale = servicetitan.put(VALE)
        with pytest.raises(Refusal):
            servicetitan.edit(vale, **{key: "x"})

    def test_a_removed_customer_is_gone(self) -> None:
        servicetitan = FakeServiceTitan()
        vale = servicetitan.put(VALE)
        servicetitan.remove(vale)
        assert found(servicetitan, "id", vale) == []


class TestAMerge:
    """The loser stays, inactive, and names its survivor; a list shows it only when asked for."""

    def merged(self) -> tuple[FakeServiceTitan, str, str]:
        servicetitan = FakeServiceTitan()
        loser, survivor = servicetitan.put(VALE), servicetitan.put(VALE)
        servicetitan.merge(loser, survivor)
        return servicetitan, loser, survivor

    def test_is_read(self) -> None:
        servicetitan, loser, survivor = self.merged()
        (row,) = found(servicetitan, "id", loser)
        read = SERVICETITAN.read(row, "", "")
        assert (read.merged_into, read.is_inactive) == (survivor, True)
        (kept,) = found(servicetitan, "id", survivor)
        assert SERVICETITAN.read(kept, "", "").merged_into is None

    @pytest.mark.parametrize(("active", "places"), [("True", [1]), ("False", [0]), ("Any", [0, 1])])
    def test_is_listed_when_asked_for(self, active: Any, places: list[int]) -> None:
        servicetitan, *both = self.merged()
        listed = [str(row["id"]) for row in servicetitan.listed(active=active)]
        assert listed == [both[place] for place in places]
        assert len(servicetitan.listed()) == 1


class TestCustomFields:
    """Names are kept with blanks in front, and every name has one type."""

    def test_have_blanks(self) -> None:
        servicetitan = FakeServiceTitan()
        vale = servicetitan.put(VALE)
        (field,) = servicetitan.row(vale)["customFields"]
        assert field["name"] == "  NetSuite ID"
        assert SERVICETITAN.read(servicetitan.row(vale), "", "").custom == {"NetSuite ID": "2042"}

    def test_that_have_blanks_keep_them(self) -> None:
        servicetitan = FakeServiceTitan()
        vale = servicetitan.put({"name": "Vale", "customFields": [{"typeId": 7, "name": " Tier"}]})
        assert servicetitan.row(vale)["customFields"] == [{"typeId": 7, "name": " Tier", "value": None}]

    def test_have_types(self) -> None:
        servicetitan = FakeServiceTitan()
        names = ("Tier", "Client #", " Tier", "Client #")
        own = servicetitan.put({"customFields": [{"name": name} for name in names]})
        types = [field["typeId"] for field in servicetitan.row(own)["customFields"]]
        assert types[:2] == types[2:]
        assert len(set(types)) == 2


class TestContacts:
    """Emails and phones are a resource of their own."""

    def test_are_apart(self) -> None:
        servicetitan = FakeServiceTitan()
        vale, other = servicetitan.put(VALE), servicetitan.put(VALE)
        servicetitan.contact(vale, "Email", "ines@vale.example")
        servicetitan.contact(other, "Fax", "503-555-0144", "office")
        identity = servicetitan.contact(vale, "MobilePhone", "5035550162")
        email, phone = read_contacts(servicetitan.contacts(vale))
        assert (email.email, phone.phone, phone.id) == ("ines@vale.example", "5035550162", identity)
        assert {email.company, phone.company} == {vale}
        settings = [one["phoneSettings"] for one in servicetitan.contacts(vale)]
        assert settings == [None, {"phoneNumber": "5035550162", "doNotText": False}]
        assert len(servicetitan.contacts()) == 3
        assert not {"email", "phone"} & servicetitan.row(vale).keys()


WORDS = st.text("abÄ é-.,'", min_size=1, max_size=8)


class TestTheRoundTrip:
    """What people put there is read as it was meant."""

    @given(
        name=WORDS,
        kind=st.sampled_from(["Residential", "Commercial"]),
        street=st.none() | WORDS,
        balance=st.integers(-999, 999),
    )
    def test_of_a_row(self, name: str, kind: str, street: str | None, balance: int) -> None:
        servicetitan = FakeServiceTitan()
        address = {"street": street, "city": "Astoria"}
        own = servicetitan.put({"name": name, "type": kind, "address": address, "balance": balance / 4})
        read = SERVICETITAN.read(servicetitan.row(own), "", "")
        assert (read.ref.id, read.name, read.is_person) == (own, name, kind == "Residential")
        assert read.balance == Decimal(balance) / 4
        assert read.is_inactive is False
        assert isinstance(read.billing_address, Address)
        assert read.billing_address.line1 == street
