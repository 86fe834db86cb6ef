"""A flow: frozen data, changed by one expression, and refused at once where its parts do not fit together."""

import os
import pickle
import subprocess
import sys
from typing import Any

import pytest
from attrs import evolve

from custsync.errors import FlowError
from custsync.flow import Conflict, Flow
from custsync.models import Issue
from custsync.rules.eligibility import Check, ExclusionPeriod
from custsync.rules.fields.mapping import Constant, Copied, FieldMapping
from custsync.rules.matching.rule import Key
from tests.environments import BY_EMAIL, FLOW, row


class Mobile:
    """A row's value that belongs to an object."""

    def __call__(self, one: Any, _there: Any) -> Any:
        return one.mobile_phone or ""


READING: dict[str, Any] = {
    "phone": lambda one, _there: one.phone,
    "mobile_phone": Mobile(),
    "addresses": lambda one, there: there or one.billing_address or one.addresses,
    "custom": lambda one, _there: one.custom.get("crm"),
}
"""What a row computes, and a field that it reads."""


class Judge:
    """Rules that belong to an object."""

    def __call__(self, one: Any) -> bool:
        return bool(one)

    def of_two(self, one: Any, other: Any) -> bool:
        return bool(one and other)


KNOWN: Any = Check(
    fails=Judge(),
    issue=Issue(code="known", rule="G-ISO", field="name", reason="known", remedy="Nothing to do"),
)

_SALTS = """
from custsync.flows import lago, lightspeed, servicetitan, stripe, upflow
print([flow.salt for flow in (stripe.EXPORT, stripe.IMPORT, lightspeed.CUSTOMER_EXPORT,
    upflow.CUSTOMER_IMPORT, servicetitan.CUSTOMER_SYNC,
    lago.customer_sync("us", subsidiaries=["2", "3"], cuts=lago.LAGO_CUTS))])
"""

TWO: Any = lambda _one, _two: ""  # noqa: E731 - of another arity
NONE: Any = lambda: None  # noqa: E731 - of another arity
BROKEN: list[Any] = [
    pytest.param(
        {"fields": (row("emale"),), "source_id_field": ""}, "no customer field is named 'emale'", id="target"
    ),
    pytest.param(
        {"fields": (row("email", sources=("emale",)),), "source_id_field": ""},
        "named 'emale'",
        id="read field",
    ),
    pytest.param(
        {"match": (evolve(BY_EMAIL, keys=Key("emale", right="email")),)},
        "named 'emale'",
        id="field looked for",
    ),
    pytest.param(
        {"match": (evolve(BY_EMAIL, keys=Key("email", right="emale")),)},
        "named 'emale'",
        id="field that holds it",
    ),
    pytest.param(
        {"fields": (row("phone", sources=("phone",), compute=Copied("fax")),), "source_id_field": ""},
        "sources must name 'fax', which it reads",
        id="a field copied and not watched",
    ),
    *(
        pytest.param(
            {"fields": (row("phone", sources=("fax",), compute=compute),), "source_id_field": ""},
            f"sources must name '{name}', which it reads",
            id=f"a field read and not watched: {name}",
        )
        for name, compute in READING.items()
    ),
    pytest.param(
        {"fields": (row("email", compute=lambda _: ""),), "source_id_field": ""},
        "field 'email': compute must take 2 arguments: the customer, the target customer or None",
        id="compute of one argument",
    ),
    pytest.param(
        {"match": (evolve(BY_EMAIL, keys=Key("email", kind=TWO)),)},
        "match step 'email': key must take 1 argument: the value",
        id="key of two arguments",
    ),
    pytest.param(
        {"match": (evolve(BY_EMAIL, accept_hit=NONE),)},
        "accept_hit must take 2 arguments: the customer, the one that was found",
        id="accept_hit of none",
    ),
    pytest.param(
        {"checks": (evolve(KNOWN, fails=lambda _, *, zone: zone),)},
        "check 'known': fails must take 1 argument: the customer",
        id="check with a name that is not given",
    ),
    pytest.param(
        {"checks": (evolve(KNOWN, fails=Judge().of_two),)},
        "check 'known': fails must take 1 argument: the customer",
        id="method of two arguments",
    ),
    pytest.param({"checks": (evolve(KNOWN, outcome="drop"),)}, "outcome must be 'skip' or", id="outcome"),
    pytest.param({"checks": (evolve(KNOWN, when="never"),)}, "when must be 'always' or", id="when"),
    pytest.param(
        {"checks": (evolve(KNOWN, when="create", lasts=ExclusionPeriod.ALWAYS),)},
        "excludes for a period",
        id="a check of new customers that excludes",
    ),
    pytest.param(
        {"checks": (evolve(KNOWN, outcome="invalid", hides=True),)},
        "excludes for a period",
        id="a check that refuses and excludes",
    ),
    pytest.param(
        {"transactions": Judge()},
        "transactions must take 2 arguments: the customer, its decision",
        id="object",
    ),
    pytest.param({"source_id_field": "stamp"}, "named 'stamp'", id="source id field"),
    pytest.param({"unique_key": "key"}, "named 'key'", id="unique key"),
    pytest.param({"write_back": "kept"}, "named 'kept'", id="write-back"),
    pytest.param(
        {"fields": (row("email"), row("email")), "source_id_field": ""},
        "2 field mappings write 'email'",
        id="two rows",
    ),
    pytest.param(
        {"parent": "parent"}, "no row makes 'parent' from the customer's parent", id="parent without row"
    ),
    pytest.param(
        {"source_id_field": "custom.other"},
        "no field mapping makes the source id field 'custom.other'",
        id="source id field without row",
    ),
    pytest.param({"colour": "red"}, "has no part named colour", id="no such part"),
    pytest.param({"salt": b""}, "has no part named salt", id="a part that is made"),
    pytest.param({"field_for": {}}, "has no part named field_for", id="another that is made"),
]


class TestArity:
    """A function fits that can be called with what it is called with."""

    @pytest.mark.parametrize(
        "fails",
        [
            lambda *_: True,
            lambda _, _zone="utc": True,
            lambda _, *, zone="utc": zone,
            bool,
            str,
            Judge(),
            max,
        ],
        ids=["any number", "a default", "a named default", "class", "text", "object", "built in"],
    )
    def test_fits(self, fails: Any) -> None:
        assert FLOW.replace(checks=(evolve(KNOWN, fails=fails),)).checks


class TestWatching:
    """A row names what it reads."""

    @pytest.mark.parametrize(
        ("reads", "compute"),
        [
            ("custom.crm", lambda one, _there: one.custom.get("crm")),
            ("addresses", lambda one, _there: one.billing_address),
            ("billing_address", lambda one, _there: one.addresses),
            ("phone", lambda one, there: (there and there.fax) or one.phone.title()),
            ("phone", lambda *all_of_it: all_of_it[0].fax),
            ("phone", max),
            ("phone", lambda one, _there: (one.id, one.phone, one.whole)),
        ],
        ids=["custom", "book", "view", "other side", "not seen", "built in", "never changes"],
    )
    def test_what_it_names_is_enough(self, reads: str, compute: Any) -> None:
        rows = (row("phone", sources=(reads,), compute=compute),)
        assert FLOW.replace(fields=rows, source_id_field="").fields == rows

    def test_a_row_without_a_function_copies_its_one_source(self) -> None:
        assert FieldMapping(target="phone", sources=("fax",), rule="G-LOSS").compute == Copied("fax")

    @pytest.mark.parametrize("sources", [(), ("fax", "phone")])
    def test_of_several_none_is_copied(self, sources: tuple[str, ...]) -> None:
        with pytest.raises(FlowError, match="field 'phone': give compute, or name one source field"):
            FieldMapping(target="phone", sources=sources, rule="G-LOSS")


class TestNames:
    """Each field that a match step reads is one."""

    def test_of_several_each_is_known(self) -> None:
        step = evolve(BY_EMAIL, authoritative=False, keys=Key("email", "billing_address.city", "custom.vat"))
        assert FLOW.replace(match=(step,)).match == (step,)

    @pytest.mark.parametrize("name", ["emale", "billing_address.town", "mail.city"])
    def test_one_that_is_none(self, name: str) -> None:
        with pytest.raises(FlowError, match=f"no customer field is named '{name}'"):
            FLOW.replace(match=(evolve(BY_EMAIL, authoritative=False, keys=Key("email", name)),))


class TestFitting:
    """What does not fit together is refused, all of it at once, and the flow is named."""

    @pytest.mark.parametrize(("changes", "text"), BROKEN)
    def test_table(self, changes: dict[str, Any], text: str) -> None:
        with pytest.raises(FlowError, match=text) as caught:
            FLOW.replace(**changes)
        assert "'shop.EXPORT'" in str(caught.value)

    def test_a_source_that_cannot_keep_the_target_s_id(self) -> None:
        source = evolve(FLOW.source, takes=lambda _: False)
        with pytest.raises(FlowError, match="it cannot keep the target's id there"):
            FLOW.replace(source=source)

    def test_everything_that_is_wrong_is_said_at_once(self) -> None:
        with pytest.raises(FlowError) as caught:
            FLOW.replace(fields=(row("a"), row("b"), row("b")), source_id_field="custom.x")
        assert len(str(caught.value).split(";")) == 4

    @pytest.mark.parametrize(
        "name", ["custom.anything", "billing_address", "shipping_address", "id", "company_name"]
    )
    def test_fields_and_views_and_custom_fields_fit(self, name: str) -> None:
        assert name in FLOW.with_field(row("phone", sources=(name,))).field_for["phone"].sources


class TestChanging:
    """To change one thing is one expression, and the flow itself stays what it is."""

    def test_but(self) -> None:
        changed = FLOW.replace(conflict=Conflict.REVIEW)
        assert (changed.conflict, FLOW.conflict) == (Conflict.REVIEW, Conflict.SOURCE)
        assert changed.replace(conflict=Conflict.SOURCE) == FLOW

    def test_it_is_shown_by_its_name_and_ends(self) -> None:
        ends = f"source={FLOW.source!r}, target={FLOW.target!r}"
        assert repr(FLOW) == f"Flow('shop.EXPORT', {ends})"

    def test_with_a_new_row(self) -> None:
        changed = FLOW.with_field(row("fax"))
        assert [kept.target for kept in changed.fields] == [*(kept.target for kept in FLOW.fields), "fax"]
        assert changed.field_for["fax"] == row("fax")

    def test_with_a_row_replaced_where_it_stands(self) -> None:
        changed = FLOW.with_field(row("email", clear_on_blank=False))
        assert [kept.target for kept in changed.fields] == [kept.target for kept in FLOW.fields]
        assert not changed.field_for["email"].clear_on_blank

    def test_without_a_row(self) -> None:
        assert "phone" not in FLOW.without_field("phone").field_for
        with pytest.raises(FlowError, match="has no row for 'fax'"):
            FLOW.without_field("fax")

    def test_another_policy_knows_no_text_yet(self) -> None:
        others: list[Flow] = [
            FLOW.replace(name="other"),
            FLOW.replace(version="2"),
            FLOW.replace(conflict=Conflict.TARGET),
            FLOW.replace(write_back=""),
            FLOW.replace(updates=False),
            FLOW.replace(may_cut=frozenset({"name"})),
            FLOW.without_field("name"),
            FLOW.with_field(row("name", compute=Constant("Ann"))),
            FLOW.with_field(row("name", clear_on_blank=False)),
        ]
        assert len({flow.salt for flow in (FLOW, *others)}) == len(others) + 1
        assert FLOW.replace().salt == FLOW.salt

    @pytest.mark.rule("G-IDEM")
    def test_another_process_knows_the_policy(self) -> None:
        """Whatever the order of its sets: a plan is carried out, and a text is known, where it is read."""
        salts = {
            subprocess.run(
                [sys.executable, "-c", _SALTS],
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                check=True,
                text=True,
            ).stdout
            for seed in "012"
        }
        assert len(salts) == 1

    @pytest.mark.parametrize(
        "changes",
        [
            {"conflict": "source"},
            {"fields": (*FLOW.fields, row("fax", sources="fax"))},
            {"fields": (*FLOW.fields, row("fax", compute="fax"))},
            {"may_cut": "name"},
            {"prescan": "prescan"},
            {"prescan": str},
        ],
        ids=["conflict", "reads", "value", "may cut", "prescan", "what a prescan sets"],
    )
    def test_parts_of_another_kind_are_refused(self, changes: dict[str, Any]) -> None:
        with pytest.raises(FlowError, match="must be"):
            FLOW.replace(**changes)

    def test_survives_a_pickle(self) -> None:
        assert pickle.loads(pickle.dumps(FLOW)) == FLOW  # noqa: S301 - our own bytes
