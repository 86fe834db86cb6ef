"""Which field becomes which, how long it may be, and whether two values say the same."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import FlowError
from custsync.models import ABSENT, Address, Issue, Severity, SubscriptionStatus
from custsync.rules.fields.compiled import Quick, compiled
from custsync.rules.fields.limits import Limit, check_limits
from custsync.rules.fields.mapping import FieldMapping, MappedValue, reader_of, value_of
from custsync.rules.fields.values import canonical, digest, payload_digests, says_nothing
from custsync.systems.system import fit_values
from tests.environments import BOOKS, row, shop

BLANKS = [
    None,
    ABSENT,
    "",
    " \u00a0\n",
    Address(),
    Address(city=" "),
    Address(city="", line1=None, id="7", label="Main"),
]
texts = st.text(st.characters(exclude_categories=()))
blanks_or_texts = st.sampled_from([None, ABSENT, ""]) | texts
addresses = st.builds(
    Address, city=blanks_or_texts, line1=blanks_or_texts, country=blanks_or_texts, addressee=blanks_or_texts
)
values = (
    blanks_or_texts
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | st.datetimes(timezones=st.just(UTC))
    | st.sampled_from(SubscriptionStatus)
    | addresses
)
DIGESTS = {
    "null": None,
    "text": "Brightwater",
    "other script": "Ōsaka 大阪",
    "flag": True,
    "number": Decimal("10.50"),
    "time": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "address": Address(city="Astoria", country="US"),
}
SCRIPT = """
from datetime import UTC, datetime
from decimal import Decimal
from custsync.rules.fields.values import digest
from custsync.models import Address
for value in ({values}):
    print(digest(value))
"""


class TestCanonical:
    """Null, empty and a field that is not there are alike when it comes to writing."""

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    def test_every_blank_is_none(self, blank: Any) -> None:
        assert canonical(blank) is None

    @pytest.mark.parametrize(
        ("value", "want"),
        [
            pytest.param("a", "a", id="text"),
            pytest.param(" x ", " x ", id="blanks at the ends"),
            pytest.param(False, False, id="false is no blank"),
            pytest.param(0, 0, id="zero is no blank"),
            pytest.param(Decimal("10.50"), "10.5", id="number"),
            pytest.param(Decimal("1E+3"), "1000", id="exponent"),
            pytest.param(Decimal("-0.00"), "0", id="a zero has no sign"),
            pytest.param(Decimal("sNaN"), "sNaN", id="no number"),
            pytest.param(Decimal("-Infinity"), "-Infinity", id="no finite number"),
            pytest.param(SubscriptionStatus.SOFT_OPT_IN, "soft_opt_in", id="enum"),
            pytest.param(datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00", id="time"),
        ],
    )
    def test_table(self, value: Any, want: Any) -> None:
        assert canonical(value) == want

    @given(values)
    def test_twice_is_once(self, value: Any) -> None:
        assert canonical(canonical(value)) == canonical(value)

    @given(addresses)
    def test_an_address_is_its_components(self, address: Address) -> None:
        assert canonical(evolve(address, id="7", label="x", default_billing=True)) == canonical(address)


class TestSame:
    """Two values are the same where writing one over the other would change nothing."""

    SAME = staticmethod(row("name").same)

    @given(values)
    def test_reflexive(self, value: Any) -> None:
        assert self.SAME(value, value)

    @given(values, values)
    def test_same_values_have_one_canonical_form_and_one_digest(self, one: Any, other: Any) -> None:
        if not isinstance(one, Address):
            assert self.SAME(one, other) == self.SAME(other, one) == (canonical(one) == canonical(other))
        if digest(one) == digest(other):
            assert self.SAME(one, other)

    @given(addresses, addresses)
    def test_an_address_compares_only_what_it_carries(self, desired: Address, there: Address) -> None:
        names = ("city", "line1", "country", "addressee")
        pairs = [(getattr(desired, name), getattr(there, name)) for name in names]
        want = all(part is ABSENT or (part or None) == (shown or None) for part, shown in pairs)
        assert row("name").same(desired, there) == (want or desired is there)

    @pytest.mark.parametrize(
        ("desired", "there", "same"),
        [
            pytest.param(Address(city="Bend"), None, False, id="nothing there"),
            pytest.param(Address(), None, True, id="blank and nothing"),
            pytest.param(None, Address(city="Bend"), False, id="to be cleared"),
            pytest.param("", None, True, id="blanks"),
            pytest.param(Decimal("1.0"), Decimal(1), True, id="numbers"),
        ],
    )
    def test_table(self, desired: Any, there: Any, same: bool) -> None:  # noqa: FBT001 - a table
        assert row("billing_address").same(desired, there) is same

    def test_a_row_that_maps_one_component(self) -> None:
        same = evolve(row("billing_address"), components=("city",)).same
        assert same(Address(city="Bend"), Address(city="Bend", line1="1 Elm"))
        assert not same(Address(city="Bend"), Address(city="Reno", line1="1 Elm"))
        assert same(Address(line1="2 Oak"), Address(city="Reno", line1="1 Elm"))


class TestDigest:
    """A digest is the same on every machine: for every hash seed, process and interned text."""

    @pytest.mark.parametrize(
        ("name", "want"),
        [
            ("null", "ec7ff12a2fd1a4f7"),
            ("text", "5a398fd1128f3c22"),
            ("other script", "f76ee600499b84a1"),
            ("flag", "f47eb34f5862a795"),
            ("number", "872f7dc770e293dd"),
            ("time", "d23a0ce7ca562c71"),
            ("address", "f895dd631511a7d5"),
        ],
    )
    def test_golden(self, name: str, want: str) -> None:
        """These are stored: if one changes, every sync record forgets what it has seen."""
        assert digest(DIGESTS[name]) == want

    @pytest.mark.parametrize("seed", ["0", "1", "4242"])
    def test_independent_of_the_hash_seed(self, seed: str) -> None:
        plain = {name: value for name, value in DIGESTS.items() if name not in ("time", "address")}
        script = SCRIPT.format(values=", ".join(map(repr, plain.values())))
        ran = subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        )
        assert ran.stdout.decode().split() == [digest(value) for value in plain.values()]

    @given(texts)
    def test_an_interned_text_digests_like_its_copy(self, text: str) -> None:
        copy = "".join([*text, "x"])[:-1]
        assert digest(sys.intern(text)) == digest(copy)

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    def test_every_blank_has_one_digest(self, blank: Any) -> None:
        assert digest(blank) == digest(None)

    @given(values, values)
    def test_different_values_differ(self, one: Any, other: Any) -> None:
        if canonical(one) != canonical(other):
            assert digest(one) != digest(other)


def payload_digest(item: Any, salt: bytes) -> str:
    (found,) = payload_digests([item], salt)
    return found


class TestPayloadDigest:
    """The digest of a whole payload: of the text itself where it is text, salted by the flow."""

    @given(st.text(st.characters(codec="utf-8")))
    def test_a_text_and_its_bytes_have_one_digest(self, text: str) -> None:
        assert payload_digests([text], b"s") == payload_digests([text.encode()], b"s")

    def test_salts_keep_flows_apart(self) -> None:
        assert payload_digests(["{}"], b"one") != payload_digests(["{}"], b"two")

    @given(st.dictionaries(st.text(), st.text() | st.integers() | st.none() | st.lists(st.text())))
    def test_equal_payloads_have_one_digest(self, payload: dict[str, Any]) -> None:
        assert payload_digests([payload], b"s") == payload_digests([dict(payload.items())], b"s") != [""]

    def test_a_payload_that_changed_has_another(self) -> None:
        assert payload_digests([{"id": "1"}], b"s") != payload_digests([{"id": "2"}], b"s")

    def test_what_cannot_be_digested_is_merely_unknown(self) -> None:
        assert payload_digests([{"id": object()}], b"s") == [""]


LIMIT = Limit(length=3, cited="the invented manual", confidence="A")
LIMITED = evolve(BOOKS, limits={"name": LIMIT, "address.city": LIMIT, "address.line1": LIMIT})
LONG = Address(city="Astoria", line1="abc")


@pytest.mark.rule("G-LOSS")
class TestLimits:
    """What does not fit a target field is an error or an explicit, reported policy."""

    @pytest.mark.parametrize(
        ("given_values", "may_cut", "want", "said"),
        [
            pytest.param({"name": "abc"}, (), {"name": "abc"}, [], id="fits"),
            pytest.param({"name": "abcd"}, (), {"name": "abcd"}, [("too_long", "name")], id="too long"),
            pytest.param({"name": "abcd"}, ("name",), {"name": "abc"}, [("cut", "name")], id="cut"),
            pytest.param({"name": "éèêë"}, ("name",), {"name": "éèê"}, [("cut", "name")], id="code points"),
            pytest.param({"name": None}, (), {"name": None}, [], id="null"),
            pytest.param({"name": 12345}, (), {"name": 12345}, [], id="not a text"),
            pytest.param({"phone": "abcd"}, (), {"phone": "abcd"}, [], id="no limit known"),
            pytest.param({"billing_address": None}, (), {"billing_address": None}, [], id="no address"),
            pytest.param(
                {"billing_address": LONG},
                (),
                {"billing_address": LONG},
                [("too_long", "billing_address.city")],
                id="component too long",
            ),
            pytest.param(
                {"billing_address": LONG},
                ("billing_address.city",),
                {"billing_address": evolve(LONG, city="Ast")},
                [("cut", "billing_address.city")],
                id="component cut by its own name",
            ),
            pytest.param(
                {"shipping_address": LONG},
                ("address.city",),
                {"shipping_address": evolve(LONG, city="Ast")},
                [("cut", "shipping_address.city")],
                id="component cut by every address's name",
            ),
            pytest.param(
                {"shipping_address": LONG},
                ("billing_address.city", "city"),
                {"shipping_address": LONG},
                [("too_long", "shipping_address.city")],
                id="another address's leave is none",
            ),
        ],
    )
    def test_table(
        self,
        given_values: dict[str, Any],
        may_cut: tuple[str, ...],
        want: dict[str, Any],
        said: list[tuple[str, str]],
    ) -> None:
        fitted, issues = check_limits(given_values, LIMITED.limits, frozenset(may_cut))
        assert dict(fitted) == want
        assert [(issue.code, issue.field) for issue in issues] == said
        cut = [Severity.WARNING if code == "cut" else Severity.ERROR for code, _ in said]
        assert [issue.severity for issue in issues] == cut

    def test_the_issue_names_the_source_of_the_limit_and_the_shape_only(self) -> None:
        _, (issue,) = check_limits({"name": "secret"}, LIMITED.limits, frozenset())
        assert issue.shape == "text, 6 characters"
        assert "the invented manual" in issue.reason
        assert "secret" not in f"{issue} {issue!r}"


class TestReading:
    """A field is read by its name; `custom.NAME` reads a custom field; what is not there is absent."""

    CUSTOMER = shop(name="Ann", custom={"tier": "gold", "none": None})

    @pytest.mark.parametrize(
        ("name", "want"),
        [
            ("name", "Ann"),
            ("email", ABSENT),
            ("id", "1"),
            ("billing_address", ABSENT),
            ("custom.tier", "gold"),
            ("custom.none", None),
            ("custom.other", ABSENT),
        ],
    )
    def test_both_ways_of_reading(self, name: str, want: Any) -> None:
        assert value_of(self.CUSTOMER, name) == reader_of(name)(self.CUSTOMER) == want

    def test_a_mapped_value_is_not_shown(self) -> None:
        assert "secret" not in repr(MappedValue(value="secret"))


NOTED: Final = Issue(code="noted", rule="G-LOSS", field="name", reason="noted", remedy="Nothing to do")
TEXTS: Final = st.sampled_from(
    (
        *("", " ", "Ann", "x" * 9, "x" * 10, "x" * 600, "NULL", "#REF!", "1.2E+11", "\ufffd", "a\nb"),
        *("a@b.example", " a@b.example", "a@m\u00fcller.example", "a@b.example, c@d.example"),
        "x" * 520 + "@b.example",
    )
)
PLACES: Final = st.builds(
    Address,
    line1=TEXTS | st.sampled_from([None, ABSENT, 7]),
    city=TEXTS | st.sampled_from([None, ABSENT]),
    phone=TEXTS,
)
OF_ROWS: Final[st.SearchStrategy[Any]] = (
    TEXTS | PLACES | st.sampled_from([None, ABSENT, True, False, Decimal(0), 0, [], b"x"])
)


@pytest.mark.rule("G-LOSS")
class TestQuickValues:
    """The values of a new customer, all at once, are those that are computed row by row."""

    LIMITS: Final = {"name": 9, "address.line1": 9}

    @given(
        st.lists(st.tuples(OF_ROWS, st.sampled_from([(), (NOTED,), (NOTED, NOTED)])), min_size=4, max_size=4)
    )
    def test_equal_or_left_to_the_rows(self, given: list[tuple[Any, tuple[Issue, ...]]]) -> None:
        mapped = [MappedValue(value=value, issues=issues) if issues else value for value, issues in given]
        fields = ("name", "email", "billing_address", "custom.tier")
        rows = [(field, lambda *_, value=value: value) for field, value in zip(fields, mapped, strict=True)]
        quick = _made(compiled(rows, self.LIMITS))
        kept = {
            name: value for name, (value, _) in zip(fields, given, strict=True) if not says_nothing(value)
        }
        limits = {
            name: Limit(length=length, cited="", confidence="D") for name, length in self.LIMITS.items()
        }
        system = evolve(BOOKS, limits=limits)
        if quick is not None:
            assert fit_values(kept, system, frozenset()) == (quick[0], ())
            assert quick[1] == tuple(dict.fromkeys(issue for _, issues in given for issue in issues))

    @pytest.mark.parametrize(
        ("value", "is_quick"),
        [
            pytest.param("Ann", True, id="a text"),
            pytest.param("", True, id="nothing"),
            pytest.param(" ", False, id="blanks"),
            pytest.param("x" * 10, False, id="too long"),
            pytest.param(Address(line1="x" * 9, city="x" * 99), True, id="an address"),
            pytest.param(Address(line1="x" * 10), False, id="an address that is too long"),
            pytest.param(True, True, id="a flag"),
            pytest.param(MappedValue(value=MappedValue(value="x")), False, id="mapped twice"),
            pytest.param([], False, id="no value"),
        ],
    )
    def test_what_is_left_to_the_rows(self, value: Any, is_quick: bool) -> None:  # noqa: FBT001 - a table
        made = compiled([((("name", "part"),), lambda *_: {"part": value})], self.LIMITS)(shop())
        assert (made is not None) is is_quick


def _made(quick: Quick) -> Any:
    try:
        return quick(shop())
    except TypeError:  # no text where one must be: the rows are computed one by one
        return None


class TestCopying:
    """A row without `compute` copies its one source field."""

    def test_one_source_field(self) -> None:
        made = FieldMapping(target="phone", sources=("mobile_phone",), rule="G-LOSS")
        assert made.compute(shop(mobile_phone="1"), None) == "1"

    @pytest.mark.parametrize("sources", [(), ("phone", "fax")], ids=["none", "two"])
    def test_others_are_refused(self, sources: tuple[str, ...]) -> None:
        with pytest.raises(FlowError, match="field 'phone': give compute, or name one source field to copy"):
            FieldMapping(target="phone", sources=sources, rule="G-LOSS")
