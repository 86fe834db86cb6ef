"""One customer over all systems: what joins its records, what contradicts, which links are bridges."""

from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from custsync.errors import ConfigurationError, InputError
from custsync.models import Customer, Ref
from custsync.rules.identity import Evidence, Identity, Link, golden_view, identities
from custsync.rules.identity.graph import bridges, components, links_of
from custsync.rules.merging import Prefer, Survivorship, ValueRule
from custsync.syncrecords import Status, SyncRecord

ERP = Customer(ref=Ref("netsuite", "2041"), company_name="Bright Joinery, Inc.", email="ap@bright.example")
SHOP = Customer(ref=Ref("stripe", "cus_1"), company_name="BRIGHT JOINERY INC", email="AP@bright.example")
DESK = Customer(ref=Ref("servicetitan", "77"), company_name="Bright Joinery", phone="555-0100")
OTHER = Customer(ref=Ref("servicetitan", "78"), company_name="Brite Windows", email="office@brite.example")


def joined(one: Customer, other: Customer, by: str = "id") -> Link:
    return Link(one=one.ref, other=other.ref, by=by)


@pytest.mark.rule("G-DUP")
class TestIdentities:
    """Records that links join are one customer; each record is in one identity."""

    def test_links_join_through_others(self) -> None:
        found = identities([ERP, SHOP, DESK, OTHER], [joined(ERP, SHOP), joined(SHOP, DESK)])
        assert [one.refs for one in found] == [(ERP.ref, DESK.ref, SHOP.ref), (OTHER.ref,)]
        assert found[0].contradictions == ()

    def test_the_order_of_the_input_makes_no_difference(self) -> None:
        links = [joined(ERP, SHOP), joined(SHOP, DESK), joined(OTHER, ERP)]
        answers = {
            identities(customers, order)
            for customers in permutations([ERP, SHOP, DESK, OTHER])
            for order in permutations(links)
        }
        assert len(answers) == 1

    def test_two_records_of_one_system_contradict(self) -> None:
        (one,) = identities([ERP, DESK, OTHER], [joined(ERP, DESK), joined(ERP, OTHER)])
        codes = {(each.code, each.field) for each in one.contradictions}
        assert codes == {
            ("two_in_one_system", ""),
            ("values_differ", "email"),
            ("values_differ", "company_name"),
        }

    def test_a_record_that_was_not_read_or_is_deleted_is_named(self) -> None:
        gone = Customer(ref=Ref("upflow", "u5"), deleted=True)
        missing = Ref("lago", "L-9")
        (one,) = identities([ERP, gone], [joined(ERP, gone), Link(one=ERP.ref, other=missing, by="id")])
        assert {(each.code, each.refs) for each in one.contradictions} == {
            ("deleted", (gone.ref,)),
            ("not_read", (missing,)),
        }

    def test_a_link_that_alone_holds_the_group_together_is_a_bridge(self) -> None:
        ring = [joined(ERP, SHOP), joined(SHOP, DESK), joined(DESK, ERP)]
        (one,) = identities([ERP, SHOP, DESK, OTHER], [*ring, joined(OTHER, DESK, "email")])
        assert [link.by for link in one.bridges] == ["email"]
        assert one.without(one.bridges[0]) == ((ERP.ref, DESK.ref, SHOP.ref), (OTHER.ref,))
        assert len(one.without(joined(ERP, SHOP))) == 1

    def test_a_customer_given_twice_must_be_the_same(self) -> None:
        assert len(identities([ERP, ERP], [])) == 1
        with pytest.raises(InputError, match="given twice"):
            identities([ERP, Customer(ref=ERP.ref)], [])

    def test_sync_records_are_links(self) -> None:
        linked = SyncRecord(link="l", source=ERP.ref, target=SHOP.ref, status=Status.LINKED, flow="f")
        failed = SyncRecord(link="l", source=DESK.ref, status=Status.FAILED, flow="f")
        (link,) = links_of([linked, failed])
        assert (link.one, link.other, link.evidence) == (ERP.ref, SHOP.ref, Evidence.AUTHORITATIVE)

    def test_a_compared_field_that_no_customer_has_is_named(self) -> None:
        with pytest.raises(ConfigurationError, match="compared: a customer has no field 'nope'"):
            identities([Customer(ref=Ref("erp", "1"))], [], compared={"nope": str})


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    size = draw(st.integers(1, 7))
    ends = st.integers(0, size - 1)
    return size, draw(st.lists(st.tuples(ends, ends), max_size=12))


def near_of(pairs: list[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
    near: dict[int, list[tuple[int, int]]] = {}
    for number, (one, other) in enumerate(pairs):
        near.setdefault(one, []).append((other, number))
        near.setdefault(other, []).append((one, number))
    return near


class TestBridges:
    """A bridge is a link without which there are more groups."""

    @given(graphs())
    def test_as_counted_by_leaving_out_each_link(self, graph: tuple[int, list[tuple[int, int]]]) -> None:
        size, pairs = graph
        near = near_of(pairs)
        groups = components(range(size), near)
        found = {number for group in groups for number in bridges(group[0], near)}
        for number in range(len(pairs)):
            rest = near_of([pair if at != number else (0, 0) for at, pair in enumerate(pairs)])
            assert (len(components(range(size), rest)) > len(groups)) is (number in found)

    def test_a_long_chain_needs_no_recursion(self) -> None:
        near = near_of([(number, number + 1) for number in range(20_000)])
        assert len(bridges(0, near)) == 20_000


@pytest.mark.rule("ST-MRG-1")
class TestGoldenView:
    """One value for each field, with the record that it is from; nothing personal is printed."""

    POLICY = Survivorship(
        (ValueRule(fields=("email",), prefer=(Prefer.SOURCE_PRIORITY,), systems=("stripe",)),)
    )

    def test_provenance(self) -> None:
        one = Identity(refs=(ERP.ref, SHOP.ref))
        view = golden_view(one, {ERP.ref: ERP, SHOP.ref: SHOP}, self.POLICY)
        assert view.fields["email"].value in {ERP.email, SHOP.email}
        assert "bright.example" not in repr(view)
        assert "bright.example" not in repr(view.fields["email"])
