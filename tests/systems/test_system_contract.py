"""The contract of systems: kept by each surface that custsync reads, and by no broken one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from attrs import evolve

from custsync.errors import PayloadError
from custsync.models import Customer
from custsync.payloads import Column
from custsync.protocols import Payload
from custsync.rules.fields.limits import Limit
from custsync.systems.from_table import system_from_table
from custsync.systems.lago import LAGO
from custsync.systems.lightspeed import LIGHTSPEED
from custsync.systems.netsuite import REST, RESTLET, SOAP, SUITEQL
from custsync.systems.servicetitan import SERVICETITAN
from custsync.systems.stripe import STRIPE
from custsync.systems.system import System
from custsync.systems.upflow import UPFLOW, UPFLOW_IMPORT
from custsync.testing.system_contract import SystemContract
from tests.docs.test_own_systems import PAGE
from tests.docs.test_readme import blocks, executed
from tests.systems.payloads import (
    copied_row,
    query_row,
    rest_company,
    rest_person,
    soap_company,
    stripe_customer,
)
from tests.systems.test_lago import REGION, UK, US, individual
from tests.systems.test_lightspeed import customer_09, customer_20
from tests.systems.test_netsuite_restlet import created, updated
from tests.systems.test_servicetitan import contact, residential
from tests.systems.test_upflow import line, row

QUAY = {"line1": "1 Quay", "city": "Leeds", "country": "GB"}


class TestRest(SystemContract):
    """NetSuite's REST record service."""

    system = REST
    written = ("company_name", "email", "phone", "custom.custentity_region", "billing_address")

    def payloads(self) -> Sequence[Payload]:
        return [rest_company(), {**rest_person(), "addressBook": {"items": []}}]


class TestSuiteQl(SystemContract):
    """NetSuite's query service; what it writes is a REST body."""

    system = SUITEQL

    def payloads(self) -> Sequence[Payload]:
        return [query_row(), copied_row()]


class TestSoap(SystemContract):
    """NetSuite's SOAP service."""

    system = SOAP
    written = ("company_name", "subsidiary", "subscription_status", "billing_address")

    def payloads(self) -> Sequence[Payload]:
        address = {"defaultBilling": True, "defaultShipping": False, "city": "Leeds"}
        there, lines = soap_company(), {"addressbook": [address]}
        texts = {"companyName": "Vale", "globalSubscriptionStatus": "_softOptIn"}
        return [there, {**there, **texts, "subsidiary": {"internalId": "3"}, "addressbookList": lines}]


class TestRestlet(SystemContract):
    """NetSuite's customer as the body of a RESTlet."""

    system = RESTLET
    written = ("email", "phone", "first_name", "is_person")

    def payloads(self) -> Sequence[Payload]:
        return [{**created(), "recordId": "8"}, updated()]

    def stored(self, payload: Payload, body: Payload) -> Payload:
        return {**payload, "columns": {**payload["columns"], **body["columns"]}}


class TestStripe(SystemContract):
    """Stripe's customer object."""

    system = STRIPE
    written = ("name", "email", "phone", "custom.netsuite_internal_id", "billing_address", "shipping_address")

    def payloads(self) -> Sequence[Payload]:
        metadata = {"netsuite_internal_id": "8"}
        shipping = {"name": "Lund", "phone": "555-0100", "address": QUAY}
        texts = {"name": "Lund", "email": "ap@lund.example", "phone": "555-0101", "metadata": metadata}
        return [stripe_customer(), stripe_customer(id="cus_8", address=QUAY, shipping=shipping, **texts)]


class TestLightspeed(SystemContract):
    """Lightspeed's customer object, in the spellings of both eras."""

    system = LIGHTSPEED
    written = ("first_name", "last_name", "company_name", "email")

    def payloads(self) -> Sequence[Payload]:
        return [customer_20(), customer_20(first_name="Ola", last_name="Reyes", company_name="", email="")]


class TestLightspeedWebhook(SystemContract):
    """Lightspeed's customer object of the 0.9 era, which is read alone."""

    system = LIGHTSPEED

    def payloads(self) -> Sequence[Payload]:
        return [customer_09()]


class TestServiceTitan(SystemContract):
    """ServiceTitan's customer, with its contacts."""

    system = SERVICETITAN

    def payloads(self) -> Sequence[Payload]:
        return [residential(contacts=[contact()])]


class TestLago(SystemContract):
    """Lago's customer: its metadata and the ids of its connections are written."""

    system = LAGO
    written = ("custom.region", "custom.integration_customers.netsuite-us")
    creates = False

    def payloads(self) -> Sequence[Payload]:
        links = [{**US, "external_customer_id": "2041"}, UK]
        return [individual(integration_customers=links), _with_other_region()]


def _with_other_region() -> dict[str, Any]:
    links = [{**US, "external_customer_id": "2042"}, UK]
    return individual(lago_id="2b1f", metadata=[{**REGION, "value": "SW"}], integration_customers=links)


class TestUpflow(SystemContract):
    """What Upflow's API answers."""

    system = UPFLOW

    def payloads(self) -> Sequence[Payload]:
        return [row(), {"id": "6b0e-7", "companyName": "Joinery"}]


class TestUpflowImport(SystemContract):
    """The lines of Upflow's import."""

    system = UPFLOW_IMPORT
    written = ("external_id", "name", "parent", "custom.VAT number", "billing_address")

    def payloads(self) -> Sequence[Payload]:
        other = {"Customer name": "Joinery", "Parent ID": "5", "VAT number": "DE7", "Town": "Ulm"}
        return [line(), line(**{"Customer ID": "10", **other})]


class TestOwnSystem(SystemContract):
    """HubSpot's contact, as the page on own systems makes it."""

    written = ("email", "company_name", "custom.netsuite_id", "billing_address")

    @pytest.fixture(autouse=True)
    def _made(self) -> None:
        page: dict[str, Any] = {}
        executed(next(blocks(PAGE)), PAGE, page)
        self.system = page["HUBSPOT"]

    def payloads(self) -> Sequence[Payload]:
        bright = {"email": "ap@bright.example", "company": "Bright", "netsuite_id": "7", "city": "Astoria"}
        lund = {"email": "office@lund.example", "company": "Lund", "netsuite_id": "8", "city": "Leeds"}
        return [{"id": "512", "properties": bright}, {"id": "513", "properties": lund}]


DESK = system_from_table(
    "desk",
    [Column("name", "name"), Column("email", "mail"), Column("billing_address.city", "city")],
    limits={"name": Limit(length=40, cited="its page", confidence="A")},
)


class Desk(SystemContract):
    """A small system that the broken ones are made of."""

    system = DESK
    written: Sequence[str] = ("name", "email")

    def payloads(self) -> Sequence[Payload]:
        lund = {"id": "8", "name": "Lund", "mail": "ap@lund.example", "city": "Leeds"}
        return [{"id": "7", "name": "Bright", "mail": "ap@bright.example", "city": None}, lund]


class TestDesk(Desk):
    """The small system itself keeps the contract."""


def reading(change: Callable[[Any], Payload]) -> System:
    return evolve(DESK, read=lambda payload, account, mode: DESK.read(change(payload), account, mode))


def writing(change: Callable[[dict[str, Any]], Any]) -> System:
    return evolve(DESK, write=lambda values, current: change(DESK.write(values, current)))


def read_with_value(payload: Any, account: str, mode: str) -> Customer:
    try:
        return DESK.read(payload, account, mode)
    except PayloadError as error:
        raise PayloadError(f"not a customer: {payload}", error.issues) from error


def read_in_place(payload: Any, account: str, mode: str) -> Customer:
    customer = DESK.read(payload, account, mode)
    payload["read"] = True
    return customer


def write_all(values: Mapping[str, Any], current: Customer | None) -> dict[str, Any]:
    return DESK.write({name: value for name, value in values.items() if DESK.takes(name)}, current)


def fit_badly(values: Mapping[str, Any], _current: Customer | None) -> Any:
    return {name: ascii(value)[1:9] for name, value in values.items()}, ()


BROKEN: Mapping[str, tuple[System, str]] = {
    "reads under another name": (evolve(DESK, name="shop"), "a_whole_payload_is_read"),
    "has another id": (evolve(DESK, id_of=lambda _: "9"), "a_whole_payload_is_read"),
    "takes all for deleted": (evolve(DESK, is_deleted=lambda _: True), "a_whole_payload_is_read"),
    "changes what it reads": (evolve(DESK, read=read_in_place), "a_whole_payload_is_read"),
    "drops a field": (writing(lambda body: {**body, "mail": "x"}), "what_is_written_is_read"),
    "writes nothing": (writing(lambda _: {}), "what_is_created_is_read"),
    "writes no plain JSON": (writing(lambda body: {**body, "at": {1}}), "what_is_written_is_read"),
    "adds to what it reads": (
        writing(lambda body: {**body, "name": f"{body['name']}."}),
        "a_write_of_what_was_read_changes_nothing",
    ),
    "takes no field": (evolve(DESK, takes=lambda _: False), "what_is_written_is_read"),
    "passes over a field": (evolve(DESK, write=write_all), "a_field_that_is_not_written_is_refused"),
    "reads a list": (reading(lambda one: one[0] if type(one) is list and one else one), "what_is_no_object"),
    "reads a text": (reading(lambda one: {"id": one} if type(one) is str else one), "what_is_no_object"),
    "has an id of a list": (evolve(DESK, id_of=lambda one: str(len(one or ()))), "what_is_no_object"),
    "stumbles over a null": (reading(lambda one: {**one, "name": one["name"]}), "a_wrong_part"),
    "shows a value": (evolve(DESK, read=read_with_value), "a_wrong_part"),
    "cuts in silence": (evolve(DESK, fit=fit_badly), "a_text_over_its_limit"),
}


@pytest.mark.parametrize(("system", "name"), BROKEN.values(), ids=BROKEN)
def test_a_broken_system_is_found(system: System, name: str) -> None:
    contract = Desk()
    contract.system = system
    (test,) = (one for one in dir(contract) if one.startswith(f"test_{name}"))
    with pytest.raises((AssertionError, TypeError)):
        getattr(contract, test)()


def test_samples_that_are_alike_are_found() -> None:
    contract = Desk()
    contract.written = ("name",)
    contract.payloads = lambda: [{"id": one, "name": "Lund"} for one in ("7", "8")]  # type: ignore[method-assign]
    with pytest.raises(AssertionError, match="name: all payloads have the same value"):
        contract.test_each_written_field_differs_between_the_payloads()


def test_a_contract_without_payloads_fails() -> None:
    with pytest.raises(NotImplementedError, match="override"):
        SystemContract().payloads()
