"""The customers of the recorded runs: some of every kind that a flow decides in another way."""

from typing import Any, Final

from tests.systems.payloads import rest_company, rest_lower_case, rest_person

Row = dict[str, Any]

UNREADABLE: Final[tuple[Any, ...]] = (
    {"id": []},
    "not a payload",
    {"id": "-5"},
    '{"id": "8800", "companyName": "Read From Text", "isPerson": false, "entityId": "CUST-8800"}',
)
"""What no system's row can be, and one customer as JSON text."""


def place(country: Any = "US", **values: Any) -> Row:
    """Return an address in NetSuite's shape; `None` for a country that is null."""
    shape = {"id": country, "refName": country} if isinstance(country, str) else country
    return {"addr1": "1 Elm St", "city": "Astoria", "state": "OR", "zip": "97103", "country": shape, **values}


def book(billing: Row | None = None, shipping: Row | None = None) -> Row:
    """Return an address book with a default of each kind."""
    marked = (("defaultBilling", billing), ("defaultShipping", shipping))
    return {
        "items": [
            {"id": number, mark: True, "addressBookAddress": address}
            for number, (mark, address) in enumerate(marked, start=1)
            if address is not None
        ]
    }


def company(number: int, name: str | None, **values: Any) -> Row:
    """Return a company of NetSuite."""
    own = {"entityId": f"CUST-{number}", "email": f"ap{number}@works.example", "isPerson": False}
    return {"id": str(number), "companyName": name, **own, **values}


def person(number: int, first: str | None, last: str | None, **values: Any) -> Row:
    """Return a person of NetSuite."""
    named = {"isPerson": True, "firstName": first, "lastName": last}
    return company(number, None, **named, **values)


def below(number: int) -> Row:
    """Return the reference to a parent."""
    return {"parent": {"id": str(number)}}


NETSUITE: Final[tuple[Row, ...]] = (
    {**rest_company(), "custentity_stripe_customer_id": "cus_kept"},
    rest_person(),
    rest_lower_case(),
    company(101, "Create Works", phone="(503) 555-0101", addressBook=book(place(), place("CA", state="BC"))),
    company(102, "Link Works", email="link@works.example", addressBook=book(place("GB", state=None))),
    company(103, "Two Hits", email="twice@works.example"),
    company(104, "Shared Email A", email="shared@works.example"),
    company(105, "Shared Email B", email="Shared@Works.example"),
    company(106, "No Email", email=None),
    company(107, "Bad Email", email="not an email"),
    company(108, "Two Emails", email="a@works.example; b@works.example"),
    company(109, None),
    company(110, "Inactive Works", isInactive=True),
    company(111, "Twin Code A", entityId="TWIN"),
    company(112, "Twin Code B", entityId="TWIN "),
    company(113, "No Code", entityId=None),
    company(114, "Shop's Own", entityId="WALKIN"),
    company(115, "Blank Country", addressBook=book(place("  "))),
    company(116, "No Country", addressBook=book(place(None), place(None, city=None))),
    company(117, "Unknown Country", addressBook=book(place("Narnia"))),
    company(118, "Written Out", addressBook=book(place("Deutschland", state=None, city="Köln"))),
    company(119, "Canary Islands", addressBook=book(place("IC", state=None))),
    company(120, "Third Line", addressBook=book(place(addr2="Floor 2", addr3="Desk 3", addressee="Ann Lee"))),
    company(121, "Addressee Alone", addressBook=book(None, {"addressee": "Ann Lee"})),
    company(122, "L" * 300),
    person(123, "Rosalind", "Okafor", companyName="Okafor Design", phone="+44 113 496 0000"),
    person(124, "Cher", "NoLastName"),
    person(125, None, "De Gaulle"),
    company(126, "Opted Out", globalSubscriptionStatus={"id": "3", "refName": "Confirmed Opt-Out"}),
    company(127, "Opted In", globalSubscriptionStatus={"id": "1", "refName": "Soft Opt-In"}),
    company(128, "Parent Works", balance=10.5),
    company(129, "Child Works", balance=5.25, **below(128)),
    company(130, "Grandchild Works", **below(129)),
    company(131, "Turning A", **below(132)),
    company(132, "Turning B", **below(131)),
    company(133, "Parent Elsewhere", **below(9999)),
    company(134, "Category Works", category={"id": "12", "refName": "Internal"}),
    company(135, "Ours In Other Books", representingSubsidiary={"id": "4"}),
    company(136, "Vanished Link", custentity_stripe_customer_id="cus_vanished"),
    company(
        137, "Sp\u00e4ter M\u00fcller & S\u00f6hne", phone="  ", fax="(503) 555-0199", mobilePhone="0660 123"
    ),
    company(138, "Text For A Flag", isInactive="perhaps"),
)

STRIPE: Final[tuple[Row, ...]] = (
    {"id": "cus_kept", "name": "Tidewater", "email": "old@tidewater.example", "phone": "1"},
    {"id": "cus_link", "name": "Old Name", "email": "link@works.example"},
    {"id": "cus_hit1", "name": "Two Hits", "email": "twice@works.example"},
    {"id": "cus_hit2", "name": "Two Hits", "email": "twice@works.example"},
    {"id": "cus_shared", "name": "Shared", "email": "shared@works.example"},
    {"id": "cus_alone", "name": "Nobody's", "email": "alone@works.example"},
)


def stripe(slug: str, **values: Any) -> Row:
    """Return a customer of Stripe."""
    return {"id": f"cus_{slug}", "name": slug, "email": f"{slug}@works.example", **values}


def at(country: Any, **values: Any) -> Row:
    """Return an address in Stripe's shape."""
    return {"line1": "1 Elm St", "city": "Astoria", "state": "OR", "country": country, **values}


STRIPE_SOURCE: Final[tuple[Row, ...]] = (
    stripe("create", address=at("US"), shipping={"name": "Ann Lee", "address": at("CA")}, phone="1"),
    stripe("link", address=at("GB", line2="Floor 2, Desk 3")),
    stripe("stamped", metadata={"netsuite_internal_id": "201"}),
    stripe("bystamp", metadata={"netsuite_internal_id": " 202 "}),
    stripe("badstamp", metadata={"netsuite_internal_id": "9999"}),
    stripe("twice"),
    stripe("shared1", email="shared@works.example"),
    stripe("shared2", email="SHARED@works.example"),
    stripe("noname", name=None),
    stripe("blankname", name="  "),
    stripe("noemail", email=None),
    stripe("bademail", email="not an email"),
    stripe("twoemails", email="a@works.example, b@works.example"),
    stripe("business", business_name="Business Works"),
    stripe("individual", name="Mary Ann Vale", individual_name="Mary Ann Vale"),
    stripe("oneword", name="Cher", individual_name="Cher"),
    stripe("person", name="Pierre De Gaulle"),
    stripe("blankcountry", address=at("  ")),
    stripe("nocountry", address=at(None)),
    stripe("unknowncountry", address=at("Narnia")),
    stripe("writtenout", address=at("Deutschland", state=None)),
    stripe("lowercase", address=at("us")),
    stripe("emptyaddress", address=at(None, line1=None, city=None, state=None)),
    stripe("longname", name="L" * 120),
    stripe("longline", address=at("US", line1="L" * 200)),
    stripe("yen", currency="jpy", balance=-500),
    stripe("placeholder", name="Cher NoLastName", individual_name="Cher NoLastName"),
    {"id": "cus_deleted", "object": "customer", "deleted": True},
)
NETSUITE_TARGET: Final[tuple[Row, ...]] = (
    company(201, "Stamped Works"),
    company(202, "Stamped With Blanks"),
    company(203, "Old Link", email="link@works.example"),
    company(204, "Twice", email="twice@works.example"),
    company(205, "Twice Again", email="twice@works.example"),
    company(206, "Shared", email="shared@works.example"),
    person(207, "Pierre", "De Gaulle", email="person@works.example"),
    company(208, "Kept Id", custentity_stripe_customer_id="cus_business"),
    company(209, "Named By Nobody"),
)

LIGHTSPEED: Final[tuple[Row, ...]] = (
    {"customer_code": "CUST-7", "company_name": "Tidewater", "email": "old@tidewater.example"},
    {"customer_code": "CUST-102", "company_name": "Link Works", "do_not_email": True, "note": "Kept"},
    {"customer_code": "CUST-126", "company_name": "Opted Out", "loyalty_balance": 5},
    {"customer_code": "cust-101", "company_name": "In Lower Case"},
    {"customer_code": "Tony-37YP", "first_name": "Tony"},
)

UPFLOW: Final[tuple[Row, ...]] = (
    {"Customer name": "Old Name", "Customer ID": "102"},
    {"Customer name": "Parent Works", "Customer ID": "128"},
)


def titan(name: str | None, legacy_id: Any = None, **values: Any) -> Row:
    """Return a customer of ServiceTitan with its Legacy ID."""
    return {"name": name, "customFields": [{"name": "Legacy ID", "value": legacy_id}], **values}


def street(country: Any = "USA", **values: Any) -> Row:
    """Return an address in ServiceTitan's shape."""
    return {"street": "1 Elm St", "city": "Astoria", "state": "OR", "country": country, **values}


TITANS: Final[tuple[Row, ...]] = (
    titan("Vale, Ines", address=street()),
    titan("Brightwater Joinery", type="Commercial", address=street(unit="Floor 2")),
    titan("Link Works", " 301 ", type="Commercial"),
    titan("Linked Twice", "302"),
    titan("Linked Twice Too", "302"),
    titan("Elsewhere", "303"),
    titan("Inactive There", "304"),
    titan("Nowhere", "9999"),
    titan("Label For An Id", "CUST-301"),
    titan("Leading Zero", "0301"),
    titan("Zero", "0"),
    titan(None),
    titan("   "),
    titan("Cher"),
    titan("Ann & Bob Lee"),
    titan("De Gaulle, Pierre"),
    titan("Arthur Gray, Jr."),
    titan("No Country", address=street(None)),
    titan("Blank Country", address=street("  ")),
    titan("Unknown Country", address=street("Narnia")),
    titan("Written Out", address=street("Deutschland", state=None)),
    titan("Canada", address=street("Canada", state="BC")),
    titan("L" * 90, type="Commercial"),
    titan("Merged Away", address=street(street="2 Elm St")),
    titan("Survivor", address=street(street="3 Elm St")),
    titan("Merged Unsynced"),
    titan("Unsynced Survivor"),
    titan("Merged There", address=street(street="4 Elm St")),
    titan("Merged Into There", address=street(street="5 Elm St")),
    titan("No Invoice"),
    titan("Estimate Alone"),
    titan("Two Subsidiaries"),
    titan("Unknown Subsidiary"),
    titan("No Subsidiary"),
    titan("Odd Type", type="Other"),
)
TITAN_TARGET: Final[tuple[Row, ...]] = (
    company(301, "Link Works", subsidiary={"id": "2"}),
    company(302, "Linked Twice", subsidiary={"id": "2"}),
    company(303, "Elsewhere", subsidiary={"id": "1"}),
    company(304, "Inactive There", subsidiary={"id": "2"}, isInactive=True),
)

CONNECTION: Final = "us"


def connected(**values: Any) -> Row:
    """Return a link to NetSuite that asks for a customer there."""
    own = {"type": "netsuite", "integration_code": CONNECTION, "sync_with_provider": True}
    return {**own, "subsidiary_id": "2", **values}


def lago(slug: str, *links: Row, **values: Any) -> Row:
    """Return a company of Lago."""
    own = {"external_id": slug, "customer_type": "company", "name": f"{slug} works"}
    mail = {"email": f"{slug}@works.example"}
    return {**own, **mail, "integration_customers": list(links or [connected()]), **values}


def linked(identity: Any) -> Row:
    """Return a link that names an existing customer."""
    return connected(sync_with_provider=False, external_customer_id=identity)


HOME: Final[Row] = {
    "address_line1": "1 Elm St",
    "city": "Astoria",
    "state": "OR",
    "zipcode": "97103",
    "country": "US",
}
LAGOS: Final[tuple[Row, ...]] = (
    lago("create", **HOME, phone="(503) 555-0101, (503) 555-0102"),
    lago("link", linked("401")),
    lago("linkblanks", linked(" 402 ")),
    lago("linkzero", linked("0401")),
    lago("linklabel", linked("CUST-401")),
    lago("linkgone", linked("9999")),
    lago("linktwice", linked("404")),
    lago("linktwicetoo", linked("404")),
    lago("both", connected(external_customer_id="403")),
    lago("neither", connected(sync_with_provider=False)),
    lago("unconnected", connected(integration_code="uk")),
    lago("xero", {"type": "xero", "integration_code": "xero-1", "sync_with_provider": True}),
    lago("twolinks", connected(), {"type": "xero", "integration_code": "xero-1", "sync_with_provider": True}),
    lago("partner", account_type="partner"),
    lago("noname", name=None),
    lago("individual", customer_type="individual", firstname="Rosalind", lastname="Okafor"),
    lago("nofirst", customer_type="individual", firstname=None, lastname="Okafor"),
    lago("nolast", customer_type="individual", firstname="Cher", lastname=""),
    lago("namealone", customer_type="individual"),
    lago("untyped", customer_type=None, firstname="Ann", lastname="Lee"),
    lago("noemail", email=None),
    lago("bademail", email="not an email"),
    lago("twoemails", email="a@works.example, b@works.example"),
    lago("nosubsidiary", connected(subsidiary_id=None)),
    lago("othersubsidiary", connected(subsidiary_id="7")),
    lago("shipping", **HOME, shipping_address={**HOME, "city": "Salem"}),
    lago("same", **HOME, shipping_address=HOME),
    lago("shippingalone", shipping_address=HOME),
    lago("nocountry", **{**HOME, "country": None}),
    lago("blankcountry", **{**HOME, "country": "  "}),
    lago("unknowncountry", **{**HOME, "country": "Narnia"}),
    lago("longname", name="L" * 120),
    lago("longline", **{**HOME, "address_line1": "L" * 200}),
)
LAGO_TARGET: Final[tuple[Row, ...]] = (
    company(401, "Old Name", subsidiary={"id": "2"}),
    company(402, "Old Name", subsidiary={"id": "2"}),
    company(403, "Old Name", subsidiary={"id": "2"}, isInactive=True),
    company(404, "Old Name", subsidiary={"id": "2"}),
)
