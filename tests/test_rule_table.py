"""The table of the rules: its data is true, and its check notices what is wrong.

The check runs on small made-up projects here.
"""

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rule_table.__main__ import ROOT, main
from tests.rule_table.data import read_table
from tests.rule_table.pages import RULES_PAGE, SOURCES_PAGE

TABLE = read_table(ROOT)
PARAMETERS = sorted({name for rule in TABLE.rules for one in rule.decision for name in one.by})
DOTTED = re.compile(r"`([A-Za-z_]\w*(?:\.\w+)+)`")

RULES = """
[out_of_reach]
screens = "Clicks."

[[page]]
key = "shop"
flow = "Till → Books"
title = "Customers of the shop"
by = "the shop's help"

[[rule]]
id = "AB-ONE"
page = "shop"
section = "Names"
text = "A name is a name."

[[rule.decision]]
open = "Two | names."
decided = "The first."
by = ["custsync.names.choose:which"]
values = "`2`"
"""
WALK = """
[[sentence]]
at = "Names"
says = "A name is a name."
rules = ["AB-ONE"]
how = "`custsync.names.choose`"

[[sentence]]
at = "Names"
says = "Click."
out = "screens"
how = "A person does it."
"""
MODULE = '''
def choose():
    """Return the name.

    Rule: AB-ONE
    """
'''
TEST = """
import pytest

@pytest.mark.rule("AB-ONE")
def test_it():
    pass
"""
FILES = {
    "tests/rule_table/rules.toml": RULES,
    "tests/rule_table/walk/shop.toml": WALK,
    "src/custsync/names.py": MODULE,
    "tests/test_names.py": TEST,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a small project in which all is well, its pages written."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert main(["--root", str(tmp_path)]) == 0
    return tmp_path


def checked(project: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Return the exit code of the check, and the lines that it prints."""
    code = main(["--check", "--root", str(project)])
    return code, capsys.readouterr().out.splitlines()


def replaced(project: Path, name: str, old: str, new: str) -> None:
    path = project / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    main(["--root", str(project)])


def found(name: str) -> object:
    """Return what a dotted name stands for: modules first, then attributes."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            value: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            value = getattr(value, part)
        return value
    raise ModuleNotFoundError(name)


def told() -> Iterator[str]:
    """Yield every sentence of the data that may name code."""
    for rule in TABLE.rules:
        yield rule.text
        for decision in rule.decision:
            yield from (decision.open, decision.decided, decision.values, decision.fixed)
    for sentences in TABLE.walks.values():
        for sentence in sentences:
            yield from (sentence.says, sentence.how)


NAMED = sorted({name for text in told() for name in DOTTED.findall(text)})


class TestTheData:
    """Whatever the table says is there is there."""

    @pytest.mark.parametrize("parameter", PARAMETERS)
    def test_each_parameter_exists(self, parameter: str) -> None:
        where, _, name = parameter.partition(":")
        taker = found(where)
        assert callable(taker)
        assert name in inspect.signature(taker).parameters

    @pytest.mark.parametrize("name", [name for name in NAMED if name.startswith("custsync.")])
    def test_each_name_of_code_exists(self, name: str) -> None:
        assert found(name) is not None

    def test_names_of_code_are_whole(self) -> None:
        others = {name for name in NAMED if not name.startswith("custsync.")}
        assert others <= {"custom.NAME", "customer.accounting_provider_error", "ramda.min.js"}

    def test_what_is_not_there_is_noticed(self) -> None:
        with pytest.raises(AttributeError):
            found("custsync.names.split_names")
        with pytest.raises(ModuleNotFoundError):
            found("nothing.of.the.kind")
        assert "polcy" not in inspect.signature(found("custsync.names.split_name")).parameters  # type: ignore[arg-type]


class TestThePages:
    """What is written is the rules with their modules, tests and decisions, and the sources by sentence."""

    def test_a_rule_has_its_module_and_its_tests(self, project: Path) -> None:
        text = (project / RULES_PAGE).read_text(encoding="utf-8")
        line = "| AB-ONE | A name is a name. | Names | [`names`](../src/custsync/names.py) | "
        assert f"{line}[`test_names`](../tests/test_names.py) 1 |\n" in text

    def test_a_decision_has_its_parameter(self, project: Path) -> None:
        text = (project / RULES_PAGE).read_text(encoding="utf-8")
        assert "| AB-ONE | Two \\| names. | The first. | `names.choose(which=...)`: `2` |\n" in text

    def test_each_sentence_is_there(self, project: Path) -> None:
        text = (project / SOURCES_PAGE).read_text(encoding="utf-8")
        assert "| A name is a name. | AB-ONE | `names.choose` |\n" in text
        assert "| Click. | *screens* | A person does it. |\n" in text

    def test_a_rule_that_nobody_keeps_is_seen(self, project: Path) -> None:
        replaced(project, "tests/test_names.py", '@pytest.mark.rule("AB-ONE")', "")
        assert "(../src/custsync/names.py) | **none** |\n" in (project / RULES_PAGE).read_text(
            encoding="utf-8"
        )

    def test_all_marks_count_once_each(self, project: Path) -> None:
        more = 'pytestmark = pytest.mark.rule("AB-ONE")\n\n\n@pytest.mark.rule("AB-ONE")'
        replaced(project, "tests/test_names.py", '@pytest.mark.rule("AB-ONE")', more)
        assert "(../tests/test_names.py) 2 |\n" in (project / RULES_PAGE).read_text(encoding="utf-8")

    def test_writing_again_changes_nothing(self, project: Path) -> None:
        before = {path: path.read_bytes() for path in project.rglob("*.md")}
        assert main(["--root", str(project)]) == 0
        assert {path: path.read_bytes() for path in project.rglob("*.md")} == before
        assert len(before) == 2


class TestTheCheck:
    """The check is silent where all is well, and names what is not; nothing is written."""

    def test_all_is_well(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert checked(project, capsys) == (0, [])

    @pytest.mark.parametrize("page", [RULES_PAGE, SOURCES_PAGE])
    @pytest.mark.parametrize("gone", [True, False], ids=["gone", "changed"])
    def test_a_page_that_is_out_of_date(
        self, project: Path, capsys: pytest.CaptureFixture[str], page: str, *, gone: bool
    ) -> None:
        path = project / page
        path.unlink()
        if not gone:
            path.write_text("Something else.\n", encoding="utf-8")
        assert checked(project, capsys) == (1, [f"{page} is out of date: run python -m tests.rule_table"])
        assert path.exists() is not gone

    @pytest.mark.parametrize(
        ("name", "old", "new", "says"),
        [
            ("tests/test_names.py", '@pytest.mark.rule("AB-ONE")', "", "AB-ONE: no test carries it"),
            (
                "tests/test_names.py",
                '"AB-ONE"',
                '"AB-ONE", "AB-TWO"',
                "tests/test_names.py:4: no rule has the id 'AB-TWO'",
            ),
            (
                "tests/test_names.py",
                '"AB-ONE"',
                '"AB-ONE", NAME',
                "tests/test_names.py:4: write the ids in the mark itself, each as a text",
            ),
            (
                "tests/test_names.py",
                '"AB-ONE")',
                '"AB-ONE")\n@pytest.mark.rule',
                "tests/test_names.py:5: write the ids in the mark itself, each as a text",
            ),
            (
                "tests/test_names.py",
                '"AB-ONE"',
                '"AB-ONE", "one"',
                "tests/test_names.py:4: write the ids in the mark itself, each as a text",
            ),
            ("src/custsync/names.py", "Rule: AB-ONE", "", "AB-ONE: no module cites it in a docstring"),
            (
                "src/custsync/names.py",
                "Rule: AB-ONE",
                "Rule: AB-ONE, AB-TWO",
                "src/custsync/names.py:5: no rule has the id 'AB-TWO'",
            ),
            (
                "src/custsync/names.py",
                "Rule: AB-ONE",
                "Rule: AB-ONE\n    Rule: AB-ONE.",
                'src/custsync/names.py:6: write "Rule: " and ids, separated by commas, on one line',
            ),
            (
                "src/custsync/names.py",
                "Rule: AB-ONE",
                "Rule: AB-ONE\n    Rules: AB-ONE",
                'src/custsync/names.py:6: write "Rule: " and ids, separated by commas, on one line',
            ),
            (
                "src/custsync/names.py",
                "def choose",
                'SAID = dict(rule="AB-TWO")\n\n\ndef choose',
                "src/custsync/names.py:2: no rule has the id 'AB-TWO'",
            ),
        ],
        ids=[
            "a rule without a test",
            "a test with an unknown id",
            "a mark with a name for an id",
            "a mark without an id",
            "a mark with no id's form",
            "a rule without a module",
            "a module with an unknown id",
            "a full stop",
            "another word",
            "an issue with an unknown id",
        ],
    )
    def test_marks(
        self, project: Path, capsys: pytest.CaptureFixture[str], name: str, old: str, new: str, says: str
    ) -> None:
        replaced(project, name, old, new)
        assert checked(project, capsys) == (1, [says])

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ('rules = ["AB-ONE"]', 'rules = ["AB-TWO"]', "sentence 1: no rule has the id 'AB-TWO'"),
            ('rules = ["AB-ONE"]', 'out = "screens"', "no sentence names AB-ONE"),
            ('out = "screens"', "", "sentence 2: it names the rules that carry it, or the kind"),
            ('out = "screens"', 'out = "screens"\nrules = ["AB-ONE"]', "sentence 2: it names the rules"),
            ('out = "screens"', 'out = "clicks"', "sentence 2: nothing out of reach is called 'clicks'"),
            ('how = "A person does it."', 'how = " "', "sentence 2: what it says, and how"),
        ],
        ids=["unknown rule", "rule that is nowhere", "neither", "both", "unknown kind", "no how"],
    )
    def test_sentences(
        self, project: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, says: str
    ) -> None:
        replaced(project, "tests/rule_table/walk/shop.toml", old, new)
        code, lines = checked(project, capsys)
        assert code == 1
        assert says in lines[0]

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ('page = "shop"', 'page = "shops"', "AB-ONE: no page has the key 'shops'"),
            ('by = ["custsync.names.choose:which"]', "", "AB-ONE: a decision names the parameters"),
            ('key = "shop"', 'key = "till"', "AB-ONE: no page has the key 'shop'"),
            ("[[rule]]", RULES[RULES.index("[[rule]]") :] + "[[rule]]", "AB-ONE: no id, or an id of 2 rules"),
            ('id = "AB-ONE"', 'id = "one"', "one: no id, or an id of 1 rules"),
        ],
        ids=["unknown page", "no parameter", "page without a walk", "doubled", "no id"],
    )
    def test_rules(
        self, project: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, says: str
    ) -> None:
        replaced(project, "tests/rule_table/rules.toml", old, new)
        code, lines = checked(project, capsys)
        assert code == 1
        assert lines[0].startswith(says)

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("rules.toml", 'text = "', 'texts = "'),
            ("rules.toml", "[out_of_reach]", "[out]\n[out_of_reach]"),
            ("rules.toml", 'open = "', 'opens = "'),
            ("rules.toml", "[[rule]]", "[[rule"),
            ("walk/shop.toml", 'says = "', 'say = "'),
            ("walk/shop.toml", "[[sentence]]", "[[sentences]]"),
        ],
        ids=["rule", "table", "decision", "no TOML", "sentence", "no sentences"],
    )
    def test_data_that_nobody_can_read(self, project: Path, name: str, old: str, new: str) -> None:
        path = project / "tests/rule_table" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        with pytest.raises(SystemExit, match=Path(name).stem):
            main(["--check", "--root", str(project)])

    def test_no_data(self, tmp_path: Path) -> None:
        with pytest.raises(SystemExit, match=r"rules\.toml"):
            main(["--check", "--root", str(tmp_path)])

    def test_the_command_says_so_by_its_exit_code(self, project: Path) -> None:
        (project / RULES_PAGE).unlink()
        command = [sys.executable, "-m", "tests.rule_table", "--check", "--root", str(project)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
        assert (ran.returncode, ran.stderr) == (1, "")
        assert ran.stdout == f"{RULES_PAGE} is out of date: run python -m tests.rule_table\n"
