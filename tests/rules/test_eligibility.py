"""Who takes part: the first check that fails says why."""

import pickle
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import ConfigurationError, FlowError
from custsync.models import Customer, Issue, Ref
from custsync.rules.eligibility import (
    Check,
    CheckTime,
    ExclusionPeriod,
    RuleRaisedError,
    compiled_checks,
    failed_checks,
    is_deleted,
    is_system_entity,
    raised_in,
    rule_raised,
    tracebacks,
)
from tests.environments import shop

SAID = Issue(code="deleted", rule="G-DUP", field="deleted", reason="deleted there", remedy="Nothing to do")
DELETED = Check(fails=is_deleted, issue=SAID)
SYSTEM = Check(fails=is_system_entity, issue=evolve(SAID, code="system"))


def refusing(check: Check) -> Check:
    return evolve(check, outcome="invalid")


def of_new(check: Check) -> Check:
    return evolve(check, when="create")


CHECKS: Final = st.builds(
    lambda result, outcome, when: Check(
        fails=lambda _: _told(result), issue=SAID, outcome=outcome, when=when
    ),
    st.sampled_from([True, False, False, False, 1, None, "", ValueError(), KeyError()]),
    st.sampled_from(["skip", "invalid"]),
    st.sampled_from(["always", "create"]),
)


def _told(result: Any) -> Any:
    if isinstance(result, Exception):
        raise result
    return result


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

    @given(st.lists(CHECKS, max_size=5), st.sampled_from(["always", "create"]))
    def test_asked_at_once_or_one_by_one(self, checks: list[Check], when: CheckTime) -> None:
        assert compiled_checks(checks)(shop("1"), when) == failed_checks(checks, shop("1"), when)

    def test_asked_at_once_one_of_ours_and_one_of_the_caller_s(self) -> None:
        asked = compiled_checks([SYSTEM, of_new(Check(fails=failing, issue=SAID))])
        assert [check.issue.code for check in asked(shop("-1"))] == ["system"]
        assert asked(shop("1")) == ()
        assert [check.issue.code for check in asked(shop("1"), "create")] == ["rule_raised"]

    @pytest.mark.parametrize("identity", ["1", "-1"])
    def test_asked_at_once_one_that_raises_what_ends_an_iterator(self, identity: str) -> None:
        checks, customer = [Check(fails=finding_nothing, issue=SAID), SYSTEM], shop(identity)
        assert compiled_checks(checks)(customer) == failed_checks(checks, customer)
        assert [check.issue.code for check in compiled_checks(checks)(customer)] == ["rule_raised"]

    @pytest.mark.parametrize(
        ("identity", "is_system"), [("-2", True), ("2", False), ("", False), ("2-1", False)], ids=repr
    )
    def test_system_entities_have_negative_ids(self, identity: str, is_system: bool) -> None:  # noqa: FBT001 - a table
        assert is_system_entity(Customer(ref=Ref("netsuite", identity))) is is_system

    def test_a_check_survives_a_pickle(self) -> None:
        assert pickle.loads(pickle.dumps(DELETED)) == DELETED  # noqa: S301 - our own bytes


def failing(_: object) -> bool:
    raise KeyError("Rosa Okafor")


def finding_nothing(_: object) -> bool:
    return next(iter(list[bool]()))


def misconfigured(_: object) -> bool:
    raise ConfigurationError("no such plan of charges")


def caught(place: str = "") -> Exception:
    """Return what `failing` raises, as a rule's reader wraps it where a place is given."""
    try:
        try:
            failing(None)
        except KeyError as error:
            if not place:
                raise
            raise RuleRaisedError(place) from error
    except Exception as error:  # noqa: BLE001 - what was raised is what is asked for
        return error
    raise AssertionError


@pytest.mark.rule("G-ISO")
class TestRaising:
    """A function of the caller's that raises fails one customer: which function, what, in which line."""

    WHERE = f"(test_eligibility.py, line {failing.__code__.co_firstlineno + 1})"
    OUTER = f"(test_eligibility.py, line {caught.__code__.co_firstlineno + 4})"

    def test_a_check_that_raises_has_failed_and_neither_lasts_nor_hides(self) -> None:
        lasting = evolve(DELETED, fails=failing, lasts=ExclusionPeriod.ALWAYS, hides=True, outcome="invalid")
        (failed,) = failed_checks([lasting], shop())
        assert (failed.lasts, failed.hides, failed.outcome) == (ExclusionPeriod.NEVER, False, "invalid")
        assert failed.issue.reason == f"the check 'deleted' [G-DUP] raised KeyError {self.WHERE}"

    def test_our_own_exceptions_end_the_run(self) -> None:
        with pytest.raises(ConfigurationError):
            failed_checks([evolve(DELETED, fails=misconfigured)], shop())

    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            pytest.param(caught(), f"a rule of the flow raised KeyError {OUTER}", id="as it was raised"),
            pytest.param(caught("the row"), f"the row raised KeyError {OUTER}", id="with its place"),
            pytest.param(
                RuleRaisedError("the row returned 7"), "the row returned 7", id="nothing was raised"
            ),
            pytest.param(KeyError("x"), "a rule of the flow raised KeyError", id="without a traceback"),
        ],
    )
    def test_the_reason_names_no_value(self, error: Exception, reason: str) -> None:
        issue = rule_raised(error)
        assert (issue.code, issue.reason) == ("rule_raised", reason)

    def test_our_own_files_are_not_named(self) -> None:
        with pytest.raises(AttributeError) as raised:
            is_deleted.__wrapped__(None)  # type: ignore[attr-defined]  # past its guard
        frames = raised.value.__traceback__
        assert frames is not None
        assert raised_in(raised.value).startswith(" (test_eligibility.py")
        assert raised_in(raised.value.with_traceback(frames.tb_next)) == ""

    def test_the_traceback_is_raised_for_who_asks(self) -> None:
        token = tracebacks.set(True)
        try:
            with pytest.raises(FlowError, match="the row raised KeyError") as raised:
                rule_raised(caught("the row"))
        finally:
            tracebacks.reset(token)
        assert isinstance(raised.value.__cause__, KeyError)
