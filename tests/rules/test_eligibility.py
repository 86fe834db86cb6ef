"""Who takes part: the first filter that leaves a customer out says why."""

import pickle

import pytest
from attrs import evolve

from custsync.models import Customer, Issue, Ref
from custsync.rules.eligibility import Filter, is_deleted, is_system_entity, left_out_by
from tests.environments import shop

SAID = Issue(code="deleted", rule="G-DUP", field="deleted", reason="deleted there", remedy="Nothing to do")
DELETED = Filter(leaves_out=is_deleted, issue=SAID)
SYSTEM = Filter(leaves_out=is_system_entity, issue=evolve(SAID, code="system"))


@pytest.mark.rule("G-WHY", "G-ISO")
class TestFilters:
    """The first filter that leaves a customer out gives the reason."""

    @pytest.mark.parametrize(
        ("identity", "deleted", "code"),
        [
            pytest.param("1", False, None, id="takes part"),
            pytest.param("1", True, "deleted", id="first"),
            pytest.param("-1", False, "system", id="second"),
            pytest.param("-1", True, "deleted", id="both: the first"),
        ],
    )
    def test_table(self, identity: str, deleted: bool, code: str | None) -> None:  # noqa: FBT001 - a table
        caught = left_out_by([DELETED, SYSTEM], shop(identity, deleted=deleted))
        assert (caught.issue.code if caught else None) == code

    def test_without_filters_everybody_takes_part(self) -> None:
        assert left_out_by([], shop(deleted=True)) is None

    @pytest.mark.parametrize(
        ("identity", "is_system"), [("-2", True), ("2", False), ("", False), ("2-1", False)], ids=repr
    )
    def test_system_entities_have_negative_ids(self, identity: str, is_system: bool) -> None:  # noqa: FBT001 - a table
        assert is_system_entity(Customer(ref=Ref("netsuite", identity))) is is_system

    def test_a_filter_survives_a_pickle(self) -> None:
        assert pickle.loads(pickle.dumps(DELETED)) == DELETED  # noqa: S301 - our own bytes
