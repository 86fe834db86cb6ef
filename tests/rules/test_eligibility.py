"""Who takes part: the first check that fails says why."""

import pickle

import pytest
from attrs import evolve

from custsync.models import Customer, Issue, Ref
from custsync.rules.eligibility import Check, failed_checks, is_deleted, is_system_entity
from tests.environments import shop

SAID = Issue(code="deleted", rule="G-DUP", field="deleted", reason="deleted there", remedy="Nothing to do")
DELETED = Check(fails=is_deleted, issue=SAID)
SYSTEM = Check(fails=is_system_entity, issue=evolve(SAID, code="system"))


def refusing(check: Check) -> Check:
    return evolve(check, outcome="invalid")


def of_new(check: Check) -> Check:
    return evolve(check, when="create")


@pytest.mark.rule("G-WHY", "G-ISO")
class TestChecks:
    """The checks are read from top to bottom; the first one that fails decides the outcome."""

    @pytest.mark.parametrize(
        ("identity", "deleted", "codes"),
        [
            pytest.param("1", False, [], id="takes part"),
            pytest.param("1", True, ["deleted"], id="first"),
            pytest.param("-1", False, ["system"], id="second"),
            pytest.param("-1", True, ["deleted"], id="both: the first"),
        ],
    )
    def test_table(self, identity: str, deleted: bool, codes: list[str]) -> None:  # noqa: FBT001 - a table
        failed = failed_checks([DELETED, SYSTEM], shop(identity, deleted=deleted))
        assert [check.issue.code for check in failed] == codes

    @pytest.mark.parametrize(
        ("checks", "codes"),
        [
            pytest.param([refusing(DELETED), refusing(SYSTEM)], ["deleted", "system"], id="all that refuse"),
            pytest.param([refusing(DELETED), SYSTEM], ["deleted"], id="refused before it is left out"),
            pytest.param([DELETED, refusing(SYSTEM)], ["deleted"], id="left out before it is refused"),
            pytest.param([of_new(DELETED), SYSTEM], ["system"], id="not asked of everybody"),
        ],
    )
    def test_several_that_fail(self, checks: list[Check], codes: list[str]) -> None:
        failed = failed_checks(checks, shop("-1", deleted=True))
        assert [check.issue.code for check in failed] == codes

    def test_new_customers_are_asked_their_own_checks_and_hear_all(self) -> None:
        checks = [SYSTEM, of_new(DELETED), of_new(SYSTEM)]
        assert failed_checks(checks, shop("-1", deleted=True), "create") == tuple(checks[1:])
        assert failed_checks(checks, shop("1"), "create") == ()

    def test_without_checks_everybody_takes_part(self) -> None:
        assert failed_checks([], shop(deleted=True)) == ()

    @pytest.mark.parametrize(
        ("identity", "is_system"), [("-2", True), ("2", False), ("", False), ("2-1", False)], ids=repr
    )
    def test_system_entities_have_negative_ids(self, identity: str, is_system: bool) -> None:  # noqa: FBT001 - a table
        assert is_system_entity(Customer(ref=Ref("netsuite", identity))) is is_system

    def test_a_check_survives_a_pickle(self) -> None:
        assert pickle.loads(pickle.dumps(DELETED)) == DELETED  # noqa: S301 - our own bytes
