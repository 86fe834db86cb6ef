"""Runs that look at changed records only: of flows with a prescan, and where payloads alone say the mode."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.flow import Flow
from custsync.flows import stripe, upflow
from custsync.stores.memory import MemoryStore
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.fakes.upflow import FakeUpflowImport


def of_stripe(name: str) -> dict[str, Any]:
    """Return a customer of test mode, as Stripe sends it."""
    source = FakeStripe()
    source.put({"id": "cus_1", "name": name, "email": "ap@lund.example"})
    (row,) = source.rows
    return row


def of_netsuite(name: str) -> dict[str, Any]:
    return {"id": "1", "isPerson": False, "isInactive": False, "companyName": name}


@pytest.mark.rule("G-IDEM")
@pytest.mark.parametrize(
    ("flow", "target", "record"),
    [
        (stripe.IMPORT, FakeNetSuite(custom_look_ups=[stripe.STRIPE_ID_FIELD]), of_stripe),
        (upflow.CUSTOMER_IMPORT, FakeUpflowImport(), of_netsuite),
    ],
    ids=["the mode is in the payload alone", "with a prescan"],
)
def test_a_text_that_is_known_needs_no_look_at_the_target(
    flow: Flow, target: FakeSystem, record: Callable[[str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = Environment(target=target, store=MemoryStore())
    text = json.dumps(record("Lund"))
    assert sync(flow, [text], environment).summary == "1 created"
    with monkeypatch.context() as patched:
        patched.setattr(target, "find", lambda *_: pytest.fail("nothing is to be looked up"))
        assert sync(flow, [text], environment, incremental=True).summary == "1 unchanged"
    changed = json.dumps(record("Lund Mills"))
    assert sync(flow, [changed], environment, incremental=True).summary == "1 updated"
