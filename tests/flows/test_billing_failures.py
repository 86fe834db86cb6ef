"""Failures are announced as `customer.accounting_provider_error`, without personal data beyond ids."""

import json
import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import InputError, PayloadError
from custsync.flows.lago.billing import ACCOUNTING_PROVIDER_ERROR, ProviderError, provider_error, read_error

EVENT = {
    "webhook_type": "customer.accounting_provider_error",
    "object_type": "accounting_provider_customer_error",
    "organization_id": "1a901a90-0000-4a90-8a90-1a901a901a90",
    "accounting_provider_customer_error": {
        "lago_customer_id": "0d9b7f62-52c1-4d2f-8a26-6f5f3e2a2041",
        "external_customer_id": "brightwater",
        "accounting_provider": "netsuite",
        "accounting_provider_code": "netsuite-us",
        "provider_error": {
            "message": "The field state is too long",
            "error_code": "action_script_runtime_error",
        },
    },
}


def event(answer: Any) -> ProviderError:
    return provider_error(answer, lago_customer_id="cus-1", provider_code="netsuite-us")


@pytest.mark.rule("LG-ERR")
class TestDug:
    """Code and message are dug out of wherever the provider's answer holds them."""

    @pytest.mark.parametrize(
        ("answer", "code", "message"),
        [
            pytest.param(
                {"type": "action_script_failure", "payload": {"message": "No item"}},
                "action_script_failure",
                "No item",
                id="proxy, flat",
            ),
            pytest.param(
                {
                    "error": {
                        "code": "x",
                        "message": "y",
                        "payload": {"name": "INVALID_KEY", "message": "No item"},
                    }
                },
                "INVALID_KEY",
                "No item",
                id="proxy, nested",
            ),
            pytest.param(
                {"error": {"payload": {"code": "INVALID_KEY"}, "message": "No item"}},
                "INVALID_KEY",
                "No item",
                id="proxy, half",
            ),
            pytest.param(
                {"error": {"code": "INVALID_KEY", "message": "No item"}},
                "INVALID_KEY",
                "No item",
                id="RESTlet",
            ),
            pytest.param(
                {
                    "type": "https://example.com/section-15.5.1",
                    "title": "Bad Request",
                    "o:errorDetails": [{"detail": "No item", "o:errorCode": "INVALID_CONTENT"}],
                },
                "INVALID_CONTENT",
                "No item",
                id="REST",
            ),
            pytest.param(
                {"title": "Bad Request", "o:errorDetails": []}, "unexpected_error", "Bad Request", id="title"
            ),
            pytest.param({"message": "No item", "error_code": "e-1"}, "e-1", "No item", id="provider_error"),
            pytest.param({"code": "E1", "error": "No item"}, "E1", "No item", id="error as text"),
            pytest.param("No item", "unexpected_error", "No item", id="plain text"),
        ],
    )
    def test_table(self, answer: Any, code: str, message: str) -> None:
        assert (event(answer).code, event(answer).message) == (code, message)

    @pytest.mark.parametrize(
        ("answer", "shape"),
        [
            (None, "null"),
            ([], "list, 0 items"),
            ({"error": {"code": 7, "message": " "}}, "object, 1 keys"),
            ({"error_code": "a b", "message": None}, "object, 2 keys"),
            ({"error_code": "x" * 65}, "object, 1 keys"),
            (" ", "text, 1 characters"),
        ],
        ids=repr,
    )
    def test_nothing_to_be_found_is_said_and_never_quoted(self, answer: Any, shape: str) -> None:
        assert event(answer).code == "unexpected_error"
        assert event(answer).message == f"The provider's answer holds no message ({shape})"

    @given(
        st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
    )
    def test_any_answer_makes_an_event(self, answer: Any) -> None:
        made = event(answer)
        assert made.code
        assert 0 < len(made.message) <= 500


@pytest.mark.rule("LG-ERR")
class TestMasked:
    """An event holds ids, a code and a message without what may be personal."""

    @pytest.mark.parametrize(
        ("message", "masked"),
        [
            ("Invalid item reference key 501", "Invalid item reference key 501"),
            ("Can't find it", "Can't find it"),
            ("No such email: ann@shop.example.", "No such email: ***"),
            ("Call +1-503-555-0162 now", "Call *** now"),
            ("Key 123456 is 1234567", "Key 123456 is ***"),
            ("Customer 'Ann O'Neil' exists", "Customer *** exists"),
            ('Customer "Ann" and "Bob" exist', "Customer *** and *** exist"),
            (
                "Customer \u201cAnn\u201d, \u2018Bob\u2019, \u00abEve\u00bb, `Joe`",
                "Customer ***, ***, ***, ***",
            ),
            ('Customer "Ann', "Customer ***"),
            ("two\n lines\x00", "two lines"),
            ("x " * 300, ("x " * 249 + "x")),
            ("x" * 501, "***"),
            ("y" * 500, "y" * 500),
            ("\x00", "***"),
        ],
        ids=range(14),
    )
    def test_table(self, message: str, masked: str) -> None:
        assert event({"message": message}).message == masked

    def test_repr_shows_the_length_alone(self) -> None:
        assert "Ann" not in repr(event("Ann is no customer"))
        assert "<text 18>" in repr(event("Ann is no customer"))

    @given(st.text(), st.emails(), st.text())
    def test_no_email_goes_through(self, before: str, email: str, after: str) -> None:
        assert "@" not in event(f"{before}{email}{after}").message


@pytest.mark.rule("LG-ERR")
class TestEvent:
    """The event is a value that Lago's webhook message says, both ways."""

    def test_read(self) -> None:
        read = read_error(EVENT)
        assert read == ProviderError(
            lago_customer_id="0d9b7f62-52c1-4d2f-8a26-6f5f3e2a2041",
            external_customer_id="brightwater",
            provider="netsuite",
            provider_code="netsuite-us",
            code="action_script_runtime_error",
            message="The field state is too long",
        )
        assert pickle.loads(pickle.dumps(read)) == read  # noqa: S301

    def test_there_and_back(self) -> None:
        payload = read_error(EVENT).payload()
        assert payload["webhook_type"] == ACCOUNTING_PROVIDER_ERROR
        assert payload == {key: value for key, value in EVENT.items() if key != "organization_id"}
        assert read_error(json.loads(json.dumps(payload))) == read_error(EVENT)

    def test_every_issue_at_once(self) -> None:
        with pytest.raises(PayloadError) as caught:
            read_error({"lago_customer_id": "a\n", "accounting_provider": 7, "provider_error": None})
        assert [(issue.field, issue.code) for issue in caught.value.issues] == [
            ("lago_customer_id", "not_an_id"),
            ("accounting_provider", "not_an_id"),
            ("accounting_provider_code", "not_an_id"),
            ("provider_error", "not_an_error"),
        ]

    def test_the_external_id_may_be_missing(self) -> None:
        inner = {**EVENT["accounting_provider_customer_error"], "external_customer_id": None}  # type: ignore[dict-item]
        assert read_error(inner).external_customer_id == ""

    def test_ids_are_texts(self) -> None:
        with pytest.raises(InputError, match="ids"):
            provider_error({}, lago_customer_id=7, provider_code="x")  # type: ignore[arg-type]
