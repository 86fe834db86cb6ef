"""What a caller configures, and what is refused at once."""

import pickle
from typing import Any

import pytest

from custsync.errors import ConfigurationError
from custsync.rules.matching import Field, Key, MatchStrategy, OnAlreadyLinked, OnMultiple, Rule


class TestWhatIsTaken:
    """Texts stand for the plain case of each part."""

    def test_a_text_is_a_key_a_field_a_policy(self) -> None:
        rule = Rule("EMAIL", "email", on_multiple="oldest", on_already_linked="skip")
        assert rule.keys == (Key("email"),)
        assert (rule.on_multiple, rule.on_already_linked) == (OnMultiple.OLDEST, OnAlreadyLinked.SKIP)
        assert MatchStrategy(fields="email").fields == (Field("email"),)
        assert MatchStrategy(rules=rule).rules == (rule,)

    def test_the_right_field_may_have_another_name(self) -> None:
        assert Key("stripe_id", right="id").right == ("id",)
        assert Key("first", "last", right=("given", "family")).right == ("given", "family")
        assert Field("name", right="full_name").right == ("full_name",)

    def test_it_prints(self) -> None:
        strategy = MatchStrategy(
            rules=[Rule("ID", Key("stripe_id", kind="id", right="id")), Rule("NAME", "last", "zip")],
            fields=["email", Field("name", kind="company")],
        )
        assert str(strategy).splitlines() == [
            "ID: stripe_id = id (id)",
            "NAME: last + zip",
            "compares email",
            "compares name (company)",
        ]
        assert str(MatchStrategy(fields=["email"])).splitlines()[0] == "rules: derived from the data"

    def test_it_pickles(self) -> None:
        strategy = MatchStrategy(
            rules=[Rule("EMAIL", Key("email", kind="email"))], fields=["name"], groups=[("name",)]
        )
        assert pickle.loads(pickle.dumps(strategy))  # noqa: S301 - its own text == strategy


class TestWhatIsRefused:
    """A mistake in the configuration is named when it is made."""

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (MatchStrategy, "needs rules, or fields"),
            (lambda: MatchStrategy(rules=[]), "needs rules, or fields"),
            (lambda: MatchStrategy(fields=[7]), "fields: .* not int"),
            (lambda: MatchStrategy(rules=["email"]), "rules: .* not str"),
            (lambda: MatchStrategy(rules=[Rule("A", "x"), Rule("A", "y")]), "rules: A is there twice"),
            (lambda: MatchStrategy(fields=["x", "x"]), "fields: x is there twice"),
            (lambda: MatchStrategy(fields=["x"], groups=[("y",)]), "groups: no field is called y"),
            (lambda: MatchStrategy(fields=["x"], groups=[("x",), ("x",)]), "groups: x is there twice"),
            (lambda: MatchStrategy(fields=["x"], accept_odds=0.01), "review_odds <= accept_odds"),
            (lambda: MatchStrategy(fields=["x"], review_odds=0), "review_odds <= accept_odds"),
            (lambda: Rule("A"), "rule A: it needs a key"),
            (lambda: Rule(7, "x"), "is a text, not int"),  # type: ignore[arg-type]
            (lambda: Rule("A", 7), "a rule's key: .* not int"),  # type: ignore[arg-type]
            (lambda: Rule("A", "x", on_multiple="first"), "OnMultiple: one of 'review', 'oldest', 'newest'"),
            (Key, "needs the name of a field"),
            (lambda: Key(" "), "is a text, not str"),
            (lambda: Key("x", kind="mail"), "no kind is called 'mail'"),
            (lambda: Field("x", kind="mail"), "no kind is called 'mail'"),
        ],
    )
    def test_it_is_named(self, make: Any, message: str) -> None:
        with pytest.raises(ConfigurationError, match=message):
            make()
