"""The demonstration prints the same everywhere; after a change of wording, GOLDEN is its new output."""

import re
import tempfile
from pathlib import Path

import pytest

from custsync.cli.demo.story import story

FLOWS = (
    "stripe.EXPORT",
    "stripe.IMPORT",
    "servicetitan.CUSTOMER_SYNC",
    "lago.CUSTOMER_SYNC",
    "lightspeed.CUSTOMER_EXPORT",
    "upflow.CUSTOMER_IMPORT",
)
GOLDEN = """\
custsync demo: one NetSuite account and the systems around it, all invented

== NetSuite to Stripe: the plan. Nothing is written yet.
  netsuite:-2                                  left out  id: one of NetSuite's own records, not a customer
      [G-ISO]
= netsuite:2041 → stripe:cus_TestBrightwater41 link      name, shipping_address, custom.netsuite_internal_id
      [SP-OUT-1]
? netsuite:2042                                review    email: several target customers match [SP-OUT-2]:
      stripe:cus_TestOkafor0001, stripe:cus_TestOkafor0002
+ netsuite:2043                                create    name, email, phone, custom.netsuite_internal_id
= netsuite:2050 → stripe:cus_TestHarrow0050    link      email, billing_address, shipping_address,
      custom.netsuite_internal_id; write the id back [SP-OUT-2]
+ netsuite:2055                                create    name, email, phone, custom.netsuite_internal_id
? netsuite:2056                                review    custom.custentity_stripe_customer_id: the target
      customer that matches was deleted there [SP-OUT-1]: stripe:cus_TestGone000003
stripe.EXPORT: 2 to create, 2 to link, 2 for review, 1 left out

== Why does customer 2042 wait?
netsuite:2042: waits for a person; nothing is written.
  Asked: Does Stripe have the customer whose id is kept on the NetSuite customer? Answer: nothing to look
      for. [SP-OUT-1]
  Asked: Does Stripe have a customer with the NetSuite customer's email? Answer: 2 found. [SP-OUT-2]
  Because email: several target customers match. [SP-OUT-2]
  Candidates: stripe:cus_TestOkafor0001, stripe:cus_TestOkafor0002.
  What would change it: Choose one and link it, or merge them in the target.

== The plan carried out. Planned again, nothing is left to write.
applied: 2 created, 2 linked, 1 left out, 2 for review
planned: stripe.EXPORT: 2 for review, 4 unchanged, 1 left out

== Stripe to NetSuite: the other direction shares the links, so there is no echo.
? stripe:cus_TestOkafor0001                    review    target: several source customers match the same
      target customer [G-DUP]: netsuite:2042
? stripe:cus_TestOkafor0002                    review    target: several source customers match the same
      target customer [G-DUP]: netsuite:2042
~ stripe:cus_TestHarrow0050 → netsuite:2050    update    phone
+ stripe:cus_TestKone00001                     create    is_person, company_name, email, billing_address,
      custom.custentity_stripe_customer_id
! stripe:cus_TestLongName1                     refused   company_name: longer than the 83 characters that
      the target takes (a third-party NetSuite import template) [G-LOSS]
  stripe:cus_TestGuest0009                     left out  name: a NetSuite customer cannot be created without
      a name [SP-IN-2]
  stripe:cus_TestGone000003                    left out  deleted: the customer was deleted in the source
      [G-DUP]
stripe.IMPORT: 1 to create, 1 to update, 2 for review, 1 refused, 3 unchanged, 2 left out
applied: 1 created, 1 updated, 3 unchanged, 2 left out, 2 for review, 1 refused
back to Stripe, to write the new NetSuite id there: 1 updated, 4 unchanged, 1 left out, 2 for review
planned: stripe.IMPORT: 2 for review, 1 refused, 5 unchanged, 2 left out
planned: stripe.EXPORT: 2 for review, 5 unchanged, 1 left out
The country that Stripe has as "Côte d'Ivoire" is CI in NetSuite.

== A new customer in NetSuite. The process dies after its create was sent and before the answer.
Stripe has 1 customer with that email. The answer was lost.

== The next run. The intent of the create was on record before it was sent.
netsuite:2070: an earlier create's outcome is unknown; the customer was found and is linked.
  Asked: Did the earlier create take effect? Answer: yes, the customer carries our stamp. [G-DUP]
  What would change it: if the target shows the customer, it is linked and nothing is created.
applied: 1 recovered, 5 unchanged, 1 left out, 2 for review
planned: stripe.EXPORT: 2 for review, 6 unchanged, 1 left out
Stripe has 1 customer with that email.

== ServiceTitan to NetSuite: a customer is synced when it is on a transaction.
+ servicetitan:771                             create    is_person, first_name, last_name, billing_address,
      subsidiary, custom.custentity_servicetitan_customer_id
= servicetitan:772 → netsuite:2043             link      nothing to change [ST-LEG-2]
! servicetitan:773                             refused   legacy_id: the Legacy ID is invalid: NetSuite has
      no customer with it, or it is no internal id at all [ST-LEG-4]
+ servicetitan:774                             create    is_person, first_name, last_name, billing_address,
      subsidiary, custom.custentity_servicetitan_customer_id
  servicetitan:775                             left out  transactions: no eligible transaction names the
      customer [ST-TRIG]
servicetitan.CUSTOMER_SYNC: 2 to create, 1 to link, 1 refused, 1 left out
applied: 2 created, 1 linked, 1 left out, 1 refused
planned: servicetitan.CUSTOMER_SYNC: 1 refused, 3 unchanged, 1 left out

== Why is customer 773 refused?
servicetitan:773: cannot be synced as it is; nothing is written.
  Asked: Does NetSuite have the customer that the Legacy ID names? Answer: a value that cannot be looked
      for. [ST-LEG-2]
  Because legacy_id: the Legacy ID is invalid: NetSuite has no customer with it, or it is no internal id at
      all. [ST-LEG-4]
  What would change it: Enter the internal id of the NetSuite customer in ServiceTitan, or empty the field.

== A person merges customer 771 into 774 in ServiceTitan. The sync merges them in NetSuite.
> servicetitan:771 → netsuite:2072             merge     netsuite:2071 goes
! servicetitan:773                             refused   legacy_id: the Legacy ID is invalid: NetSuite has
      no customer with it, or it is no internal id at all [ST-LEG-4]
  servicetitan:775                             left out  transactions: no eligible transaction names the
      customer [ST-TRIG]
servicetitan.CUSTOMER_SYNC: 1 to merge, 1 refused, 2 unchanged, 1 left out
applied: 1 merged, 2 unchanged, 1 left out, 1 refused
planned: servicetitan.CUSTOMER_SYNC: 1 refused, 3 unchanged, 1 left out
netsuite:2072 keeps the duplicate's name and address: 3 lines in its book.

== Lago to NetSuite: create, link, neither.
= lago:4f0f3c1e-6f0a-4a52-9c5f-2b1f2f6c2001 → netsuite:2041 link      custom.custentity_lago_id [LG-LINK]
+ lago:4f0f3c1e-6f0a-4a52-9c5f-2b1f2f6c2002    create    is_person, company_name, email, entity_id,
      billing_address, shipping_address, subsidiary, custom.custentity_lago_id
  lago:4f0f3c1e-6f0a-4a52-9c5f-2b1f2f6c2003    left out  integration_customers: the connection neither
      requests a new NetSuite customer nor names an existing one [LG-LINK]
! lago:4f0f3c1e-6f0a-4a52-9c5f-2b1f2f6c2004    refused   external_customer_id: no NetSuite customer has the
      id that the connection names [LG-LINK]
lago.CUSTOMER_SYNC: 1 to create, 1 to link, 1 refused, 1 left out
applied: 1 created, 1 linked, 1 left out, 1 refused
planned: lago.CUSTOMER_SYNC: 1 refused, 2 unchanged, 1 left out

== NetSuite to Lightspeed: the entity ID is the customer code.
  netsuite:-2                                  left out  id: one of NetSuite's own records, not a customer
      [G-ISO]
+ netsuite:2041                                create    entity_id, company_name, email, phone,
      billing_address, shipping_address, subscription_status
= netsuite:2042 → lightspeed:0a91b764-1c71-11eb-e0eb-d7bf46fa2042 link      email, subscription_status
      [LS-KEY-2]
+ netsuite:2043                                create    entity_id, first_name, email, phone
+ netsuite:2050                                create    entity_id, company_name, email, phone,
      billing_address, shipping_address
+ netsuite:2055                                create    entity_id, company_name, email, phone
+ netsuite:2056                                create    entity_id, first_name, last_name, company_name,
      email
+ netsuite:2057                                create    entity_id, company_name, email, billing_address
+ netsuite:2070                                create    entity_id, company_name, email
+ netsuite:2072                                create    entity_id, first_name, last_name, billing_address
+ netsuite:2073                                create    entity_id, company_name, email, billing_address,
      shipping_address
lightspeed.CUSTOMER_EXPORT: 9 to create, 1 to link, 1 left out
applied: 9 created, 1 linked, 1 left out
planned: lightspeed.CUSTOMER_EXPORT: 10 unchanged, 1 left out
Customer 2042 opted out of mail, so Lightspeed has do_not_email: True.

== NetSuite to Upflow: two levels, whatever the depth in NetSuite.
  netsuite:-2                                  left out  id: one of NetSuite's own records, not a customer
      [G-ISO]
+ netsuite:2041                                create    external_id, name, billing_address
+ netsuite:2042                                create    external_id, name
+ netsuite:2043                                create    external_id, name
+ netsuite:2050                                create    external_id, name, billing_address
+ netsuite:2055                                create    external_id, name, parent, custom.Parent name
+ netsuite:2056                                create    external_id, name, parent, custom.Parent name
+ netsuite:2057                                create    external_id, name, billing_address
+ netsuite:2070                                create    external_id, name
+ netsuite:2072                                create    external_id, name, billing_address
+ netsuite:2073                                create    external_id, name, billing_address
upflow.CUSTOMER_IMPORT: 10 to create, 1 left out
applied: 10 created, 1 left out
planned: upflow.CUSTOMER_IMPORT: 10 unchanged, 1 left out
applied: 10 unchanged, 1 left out
planned: upflow.CUSTOMER_IMPORT: 10 unchanged, 1 left out
The parent of netsuite:2055 is netsuite:2050.
The parent of netsuite:2056 is netsuite:2050.
"""


class TestTheDemonstration:
    """It is short, deterministic, and leaves nothing behind."""

    @pytest.mark.rule("G-IDEM")
    def test_its_text(self) -> None:
        assert "\n".join(story()) == GOLDEN.rstrip("\n")

    def test_it_fits_a_few_screens(self) -> None:
        lines = "\n".join(story()).split("\n")
        assert len(lines) <= 150
        assert max(map(len, lines)) <= 108

    def test_it_shows_no_personal_value(self) -> None:
        assert re.findall(r"[\w.]+@[\w.]+|Rosalind|Brightwater J|Vale|555-01", "\n".join(story())) == []

    def test_it_leaves_nothing_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        started = story()
        next(started)
        assert len(list(tmp_path.iterdir())) == 1
        list(started)
        assert list(tmp_path.iterdir()) == []

    def test_every_integration_comes_to_rest(self) -> None:
        """The last word on each flow is that nothing is left to write."""
        said = re.findall(r"^planned: ([\w.]+): (.*)$", "\n".join(story()), re.MULTILINE)
        last = dict(said)
        assert set(last) == {*FLOWS}
        assert [
            flow for flow, counts in last.items() if re.search(r"to (create|update|link|merge)", counts)
        ] == []

    @pytest.mark.rule("G-DUP")
    def test_the_crash_makes_no_second_customer(self) -> None:
        lines = list(story())
        assert sum(line.startswith("Stripe has 1 customer with that email.") for line in lines) == 2
        assert any(line.startswith("applied: 1 recovered") for line in lines)
