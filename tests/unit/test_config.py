"""The configuration: found, typed, every error at once; its schema and its page say the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

import quality_gate
from quality_gate import config, config_errors, config_schema
from quality_gate.errors import UsageErrors
from quality_gate.model import PRACTICES, Mode
from quality_gate_checkers.settings import Settings, find_settings

PROJECT = Path(__file__).parents[2]
ROOT = Path("/project")

WHOLE = """
[tool.quality-gate]
source = ["shop"]
tests = ["tests"]
base = "origin/main"

[tool.quality-gate.practices]
static-analysis = "enforce"
failure-scenarios = "new-code"

[tool.quality-gate.critical-paths.payments]
why = "Money moves here."
owner = "@shop/payments"
entry = ["shop.api.checkout:create_order"]
stop = ["shop.telemetry"]
include = ["shop/payments/**"]
line = 90
failure = 100

[tool.quality-gate.dependencies.bank]
calls = ["shop.bank.Gateway.*"]
rejects = ["shop.bank.CardDeclined"]
unavailable = ["TimeoutError"]

[tool.quality-gate.roles]
scripts = ["jobs/**"]
"""


def parse(text):
    return config.parse(text.encode(), "pyproject.toml", ROOT / "pyproject.toml")


def errors_of(text):
    with pytest.raises(UsageErrors) as caught:
        parse(text)
    return [(error.where, error.problem, error.remedy) for error in caught.value.errors]


def one_error(text):
    (error,) = errors_of(text)
    return error


class TestRightTables:
    def test_every_key_arrives(self):
        found = parse(WHOLE)
        assert (found.root, found.file) == ("/project", "/project/pyproject.toml")
        assert found.base == "origin/main"
        assert type(found.settings) is Settings
        assert found.settings.source == ("shop",)
        assert found.settings.tests == ("tests",)
        assert found.settings.roles.scripts == ("jobs/**",)
        assert found.settings.roles.migrations == Settings().roles.migrations
        assert found.settings.dependencies["bank"].unavailable == ("TimeoutError",)
        path = found.critical_paths["payments"]
        assert (path.line, path.branch, path.failure) == (90, 80, 100)
        assert path.entry == ("shop.api.checkout:create_order",)
        assert path.stop == ("shop.telemetry",)
        assert path.include == ("shop/payments/**",)
        assert (path.why, path.owner) == ("Money moves here.", "@shop/payments")

    def test_modes_are_those_of_the_file_over_the_defaults(self):
        found = parse(WHOLE)
        assert found.mode("static-analysis") is Mode.ENFORCE
        assert found.mode("failure-scenarios") is Mode.NEW_CODE
        assert found.mode("boundaries") is Mode.OBSERVE
        assert tuple(found.practices) == PRACTICES

    def test_without_a_word_static_analysis_judges_new_code_and_the_rest_observes(self):
        found = parse("[tool.quality-gate.practices]\nboundaries = 'enforce'")
        assert found.mode("static-analysis") is Mode.NEW_CODE
        assert found.mode("critical-path-coverage") is Mode.OBSERVE
        assert found.base is None

    def test_a_practice_that_does_not_exist_has_no_mode(self):
        with pytest.raises(KeyError):
            parse(WHOLE).mode("statik-analysis")

    def test_an_empty_table_is_a_table(self):
        assert parse("[tool.quality-gate]").file == "/project/pyproject.toml"

    @pytest.mark.parametrize("text", ["", "[project]\nname = 'x'", "[tool.ruff]\nline-length = 100"])
    def test_no_table_is_no_configuration(self, text):
        assert parse(text) is None

    @pytest.mark.parametrize(
        "pattern", ["shop", "shop/", "./shop", ".", "**/x.py", "src/*/api", "...", "a..b/c", "é/**"]
    )
    def test_path_patterns(self, pattern):
        assert parse(f"[tool.quality-gate]\nsource = ['{pattern}']").settings.source == (pattern,)

    @pytest.mark.parametrize("name", ["shop.api:create", "shop.api.create", "shop.*", "shop.api:Class.method", "a.**"])
    def test_entries(self, name):
        found = parse(f"[tool.quality-gate.critical-paths.p]\nentry = ['{name}']")
        assert found.critical_paths["p"].entry == (name,)


TOP = "[tool.quality-gate]\n"
PATH = "[tool.quality-gate.critical-paths.payments]\ninclude = ['x']\n"
MODES = '"observe", "new-code", "enforce"'

WRONG = [
    # text, key below tool.quality-gate, problem, a part of the remedy
    (TOP + "sorce = []", "sorce", "unknown key", "did you mean `source`?"),
    (TOP + "critical_paths = {}", "critical_paths", "unknown key", "did you mean `critical-paths`?"),
    (TOP + "zzz = 1", "zzz", "unknown key", "write one of `source`, `tests`,"),
    (TOP + '"a b" = 1', '"a b"', "unknown key", "write one of"),
    (TOP + "'größe' = 1", '"größe"', "unknown key", "write one of"),
    (TOP + "source = 'shop'", "source", '"shop" is not a list', 'write ["shop"]'),
    (TOP + "source = 3", "source", "3 is not a list", "square brackets"),
    (TOP + "source = [3]", "source[0]", "3 is not a path pattern", '"shop/payments/**"'),
    (TOP + "source = ['a', '']", "source[1]", '"" is not a path pattern', "path from the project's root"),
    (TOP + "source = [' ']", "source[0]", '" " is not a path pattern', "path from the project's root"),
    (TOP + "tests = ['/abs']", "tests[0]", '"/abs" is not a path pattern', "path from the project's root"),
    (
        TOP + "tests = ['C:/abs']",
        "tests[0]",
        '"C:/abs" is not a path pattern',
        "path from the project's root",
    ),
    (TOP + "tests = ['..']", "tests[0]", '".." is not a path pattern', "without `..`"),
    (TOP + "tests = ['a/../b']", "tests[0]", '"a/../b" is not a path pattern', "without `..`"),
    (TOP + "tests = ['a\\b']", "tests[0]", '"a\\b" is not a path pattern', "forward slashes"),
    (TOP + "base = ''", "base", '"" is not a branch, tag or commit', '"origin/main"'),
    (TOP + "base = '--output=x'", "base", '"--output=x" is not a branch, tag or commit', '"origin/main"'),
    (TOP + r'base = "main\n"', "base", r'"main\u000a" is not a branch, tag or commit', '"origin/main"'),
    (TOP + "base = 3", "base", "3 is not a branch, tag or commit", '"origin/main"'),
    (TOP + "practices = 'all'", "practices", '"all" is not a table', "[tool.quality-gate.practices]"),
    (
        TOP + "practices.statik-analysis = 'observe'",
        "practices.statik-analysis",
        '"statik-analysis" is not known here',
        'did you mean "static-analysis"?',
    ),
    (
        TOP + "practices.boundaries = 'enforced'",
        "practices.boundaries",
        '"enforced" is not known here',
        f'did you mean "enforce"? Known: {MODES}',
    ),
    (
        TOP + "practices.boundaries = true",
        "practices.boundaries",
        "true is not known here",
        f"write one of {MODES}",
    ),
    (
        TOP + "practices.boundaries = 1979-05-27",
        "practices.boundaries",
        "a date or time is not known here",
        MODES,
    ),
    (TOP + "roles.command_lines = []", "roles.command_lines", "unknown key", "did you mean `command-lines`?"),
    (TOP + "roles.scripts = [['x']]", "roles.scripts[0]", "a list is not a path pattern", "project's root"),
    (TOP + "roles = []", "roles", "a list is not a table", "write [tool.quality-gate.roles]"),
    (TOP + "dependencies.bank.call = []", "dependencies.bank.call", "unknown key", "did you mean `calls`?"),
    (
        TOP + "dependencies.bank.calls = ['a..b']",
        "dependencies.bank.calls[0]",
        '"a..b" is not a name pattern',
        '"shop.bank.Gateway.*"',
    ),
    (
        TOP + "dependencies.bank.rejects = ['']",
        "dependencies.bank.rejects[0]",
        '"" is not a name pattern',
        "dotted",
    ),
    (
        TOP + "dependencies.bank = 1.5",
        "dependencies.bank",
        "1.5 is not a table",
        "[tool.quality-gate.dependencies.bank]",
    ),
    (PATH + "lines = 90", "critical-paths.payments.lines", "unknown key", "did you mean `line`?"),
    (
        PATH + "line = 101",
        "critical-paths.payments.line",
        "101 is not a percentage",
        "a whole number from 0 to 100",
    ),
    (PATH + "line = -1", "critical-paths.payments.line", "-1 is not a percentage", "from 0 to 100"),
    (PATH + "branch = 80.0", "critical-paths.payments.branch", "80.0 is not a percentage", "whole number"),
    (PATH + "failure = '80'", "critical-paths.payments.failure", '"80" is not a percentage', "whole number"),
    (PATH + "failure = true", "critical-paths.payments.failure", "true is not a percentage", "whole number"),
    (PATH + "why = 3", "critical-paths.payments.why", "3 is not text", "in quotes"),
    (
        PATH + "entry = ['charge']",
        "critical-paths.payments.entry[0]",
        '"charge" is not the dotted name of a function or class',
        '"shop.api.checkout:create_order"',
    ),
    (
        PATH + "entry = ['a b.c']",
        "critical-paths.payments.entry[0]",
        '"a b.c" is not the dotted name of a function or class',
        "dotted name",
    ),
    (
        PATH + "entry = ['a.b:c:d']",
        "critical-paths.payments.entry[0]",
        '"a.b:c:d" is not the dotted name of a function or class',
        "dotted name",
    ),
    (
        PATH + "entry = ['shop/api.py']",
        "critical-paths.payments.entry[0]",
        '"shop/api.py" is not the dotted name of a function or class',
        "dotted name",
    ),
    (TOP + "critical-paths.x = {}", "critical-paths.x", "names no code", "write `entry` or `include`"),
    (
        TOP + "critical-paths.'a b'.include = ['x']",
        'critical-paths."a b"',
        '"a b" is not a name',
        '"payments"',
    ),
    (
        TOP + r'critical-paths."a\tb".include = ["x"]',
        r'critical-paths."a\u0009b"',
        r'"a\u0009b" is not a name',
        "one word",
    ),
    (
        TOP + "critical-paths.'-x'.include = ['x']",
        "critical-paths.-x",
        '"-x" is not a name',
        "no dash in front",
    ),
]


class TestErrors:
    @pytest.mark.parametrize(("text", "key", "problem", "remedy"), WRONG, ids=[case[0][-40:] for case in WRONG])
    def test_one_wrong_thing_is_one_error_with_its_remedy(self, text, key, problem, remedy):
        where, said, advice = one_error(text)
        assert where == f"pyproject.toml: tool.quality-gate.{key}"
        assert said == problem
        assert remedy in advice

    @pytest.mark.parametrize(("text", "key", "problem", "remedy"), WRONG, ids=[case[0][-40:] for case in WRONG])
    def test_the_schema_refuses_it_too(self, text, key, problem, remedy):
        if problem in ("names no code", "80.0 is not a percentage"):
            pytest.skip("JSON Schema knows no such rule")
        table = json.loads(json.dumps(tomli.loads(text)["tool"]["quality-gate"], default=str))
        assert not VALIDATOR.is_valid(table)

    @pytest.mark.parametrize(
        ("text", "where"),
        [
            ("[tool.quality_gate.practices]\n", "tool.quality_gate"),
            ("[tool.qualitygate]\n", "tool.qualitygate"),
            ("[tool.Quality-Gates]\n[tool.quality-gate]\n", "tool.Quality-Gates"),
            ("[quality-gate]\n", "quality-gate"),
            ('["tool.quality-gate"]\n', "tool.quality-gate"),
        ],
    )
    def test_a_table_of_another_spelling_is_no_silent_default(self, tmp_path, text, where):
        (tmp_path / "pyproject.toml").write_text(text)
        with pytest.raises(UsageErrors) as caught:
            config.load(tmp_path, None)
        assert [(error.where, error.remedy) for error in caught.value.errors] == [
            (f"pyproject.toml: {where}", "call the table [tool.quality-gate]")
        ]

    @pytest.mark.parametrize("text", ["[tool.quality]\n", "[tool.gate]\n", "[tool.quality-gate]\n", "x = 1\n"])
    def test_tables_of_others_are_theirs(self, tmp_path, text):
        (tmp_path / "pyproject.toml").write_text(text)
        assert config.load(tmp_path, None).root == str(tmp_path)

    def test_all_of_them_at_once_in_the_order_of_the_file(self):
        found = errors_of(
            "[tool.quality-gate]\nbase = 1\nsorce = 1\npractices.x = 'y'\n"
            "[tool.quality-gate.critical-paths.a]\nline = 101\nentry = ['x', 'y']\n"
        )
        prefix = "pyproject.toml: tool.quality-gate."
        assert [where.removeprefix(prefix) for where, _, _ in found] == [
            "base",
            "sorce",
            "practices.x",
            "practices.x",
            "critical-paths.a.line",
            "critical-paths.a.entry[0]",
            "critical-paths.a.entry[1]",
        ]

    def test_a_misspelt_include_is_one_error_and_not_two(self):
        _, problem, remedy = one_error("[tool.quality-gate.critical-paths.a]\ninlcude = ['x']")
        assert (problem, "`include`?" in remedy) == ("unknown key", True)

    @pytest.mark.parametrize(
        ("text", "where"),
        [
            ("tool = 3", "pyproject.toml: tool"),
            ("[[tool]]", "pyproject.toml: tool"),
            ("[tool]\nquality-gate = 'yes'", "pyproject.toml: tool.quality-gate"),
            ("[[tool.quality-gate]]", "pyproject.toml: tool.quality-gate"),
        ],
    )
    def test_what_should_be_a_table(self, text, where):
        found, problem, remedy = one_error(text)
        assert found == where
        assert problem.endswith("is not a table")
        assert remedy.startswith("write [tool")

    def test_unparsable_toml_names_its_line(self):
        where, problem, remedy = one_error("[tool.quality-gate]\n\nsource = [\n'x' y]\n")
        assert where == "pyproject.toml:4"
        assert "Unclosed array" in problem
        assert "nothing was read" in remedy

    def test_what_is_not_utf_8(self):
        with pytest.raises(UsageErrors) as caught:
            config.parse(b"# caf\xe9", "pyproject.toml", ROOT / "pyproject.toml")
        (error,) = caught.value.errors
        assert (error.where, error.remedy) == ("pyproject.toml", "save the file as UTF-8")

    def test_what_the_walk_would_miss_is_not_lost(self, monkeypatch):
        monkeypatch.setattr(config_errors, "errors_in", lambda *_: iter(()))
        where, problem, _ = one_error(TOP + "sorce = 1")
        assert where == "pyproject.toml: tool.quality-gate"
        assert "sorce" in problem


def write(folder, text=TOP):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text)
    return folder


class TestFinding:
    def test_the_nearest_table_upwards(self, tmp_path):
        write(tmp_path)
        near = write(tmp_path / "a")
        below = tmp_path / "a" / "b" / "c"
        below.mkdir(parents=True)
        found = config.load(below, None)
        assert (found.root, found.file) == (str(near), str(near / "pyproject.toml"))

    def test_a_pyproject_without_the_table_is_passed_by(self, tmp_path):
        write(tmp_path)
        start = write(tmp_path / "a", "[project]\nname = 'x'")
        assert config.load(start, None).root == str(tmp_path)

    @pytest.mark.parametrize("git_is_a_file", [False, True])
    def test_the_search_stops_at_the_git_root(self, tmp_path, git_is_a_file):
        write(tmp_path)
        start = tmp_path / "a" / "b"
        start.mkdir(parents=True)
        git = tmp_path / "a" / ".git"
        git.write_text("gitdir: elsewhere") if git_is_a_file else git.mkdir()
        found = config.load(start, None)
        assert (found.root, found.file) == (str(tmp_path / "a"), None)
        assert found.mode("static-analysis") is Mode.NEW_CODE

    def test_the_table_at_the_git_root_counts(self, tmp_path):
        write(tmp_path, TOP + "base = 'main'")
        (tmp_path / ".git").mkdir()
        assert config.load(tmp_path, None).base == "main"

    def test_neither_table_nor_git(self, tmp_path):
        assert (config.load(tmp_path, None).root, config.load(tmp_path, None).file) == (str(tmp_path), None)

    def test_a_broken_pyproject_on_the_way_is_an_error_named_from_the_start(self, tmp_path):
        write(tmp_path, "[tool\n")
        start = tmp_path / "a"
        start.mkdir()
        with pytest.raises(UsageErrors) as caught:
            config.load(start, None)
        assert caught.value.errors[0].where == f"{Path('..', 'pyproject.toml')}:1"

    def test_the_hosts_find_the_same_root_and_the_same_settings(self, tmp_path):
        write(tmp_path, WHOLE)
        repository = tmp_path / "a"
        inner = write(repository / "b", "[project]\nname = 'x'")
        for git in (False, True):
            if git:
                (repository / ".git").mkdir()
            for start in (tmp_path, repository, inner):
                ours = config.load(start, None)
                assert find_settings(start) == (Path(ours.root), ours.settings)

    def test_an_unreadable_file(self, tmp_path, monkeypatch):
        write(tmp_path)

        def refuse(*_args, **_kwargs):
            raise PermissionError(13, "Permission denied")

        # Tests may run as root, to whom every file is readable.
        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(UsageErrors) as caught:
            config.load(tmp_path, None)
        (error,) = caught.value.errors
        assert (error.where, error.problem) == ("pyproject.toml", "Permission denied")
        assert "readable" in error.remedy


class TestExplicit:
    def test_its_folder_is_the_root(self, tmp_path):
        write(tmp_path / "start")
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "gate.toml").write_text(TOP + "base = 'main'")
        found = config.load(tmp_path / "start", Path("../other/gate.toml"))
        assert (found.root, found.base) == (str(tmp_path / "other"), "main")
        assert found.file == str(tmp_path / "other" / "gate.toml")
        assert config.load(tmp_path / "start", tmp_path / "other" / "gate.toml") == found

    @pytest.mark.parametrize(
        ("make", "problem"),
        [
            (lambda file: None, "there is no such file"),
            (lambda file: file.mkdir(), "there is no such file"),
            (lambda file: file.write_text("[tool.ruff]"), "holds no [tool.quality-gate]"),
            (lambda file: file.write_text("source = []"), "holds no [tool.quality-gate]"),
        ],
    )
    def test_it_must_be_there_and_hold_the_table(self, tmp_path, make, problem):
        write(tmp_path)
        make(tmp_path / "gate.toml")
        with pytest.raises(UsageErrors) as caught:
            config.load(tmp_path, Path("gate.toml"))
        (error,) = caught.value.errors
        assert (error.where, error.problem) == ("gate.toml", problem)
        assert "--config" in error.remedy

    def test_its_errors_name_it(self, tmp_path):
        (tmp_path / "gate.toml").write_text(TOP + "sorce = 1")
        with pytest.raises(UsageErrors) as caught:
            config.load(tmp_path, Path("gate.toml"))
        assert caught.value.errors[0].where == "gate.toml: tool.quality-gate.sorce"


def test_loading_imports_nothing_but_its_three_libraries(tmp_path):
    """The commit hook has 0.15 s for everything; difflib alone would take a tenth of it."""
    write(tmp_path, WHOLE)
    program = """
import sys
import msgspec, tomli, pathlib
import quality_gate.model, quality_gate_checkers.settings
before = set(sys.modules)
from quality_gate import config
config.load(pathlib.Path(sys.argv[1]), None)
print(*sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["quality_gate.config", "quality_gate.config_linters", "quality_gate.errors"]


SCHEMA = config_schema.schema()
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)


def keys_of_the_schema():
    components = [SCHEMA, *SCHEMA["$defs"].values()]
    keys = {key for component in components for key in component.get("properties", {})}
    return sorted(keys | set(SCHEMA["properties"]["practices"]["propertyNames"]["enum"]) | set(Mode))


class TestSchema:
    def test_it_is_a_schema_with_its_identity(self):
        jsonschema_rs.meta.validate(SCHEMA)
        assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert SCHEMA["$id"] == "https://json.schemastore.org/partial-quality-gate.json"

    def test_no_table_takes_unknown_keys(self):
        tables = [SCHEMA, *(each for each in SCHEMA["$defs"].values() if "properties" in each)]
        assert len(tables) == 6
        assert all(table["additionalProperties"] is False for table in tables)

    def test_every_key_and_table_is_described(self):
        tables = [SCHEMA, *(each for each in SCHEMA["$defs"].values() if "properties" in each)]
        for table in tables:
            assert table["description"]
            assert "Args:" not in table["description"]
            assert all(each["description"] for each in table["properties"].values())

    def test_it_takes_what_we_take(self):
        VALIDATOR.validate(tomli.loads(WHOLE)["tool"]["quality-gate"])

    def test_validate_pyproject_gets_the_draft_that_it_asks_for(self):
        schema = config_schema.validate_pyproject_schema("quality-gate")
        assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
        validator = jsonschema_rs.Draft7Validator(schema)
        validator.validate(tomli.loads(WHOLE)["tool"]["quality-gate"])
        assert not validator.is_valid({"sorce": []})
        assert not validator.is_valid({"practices": {"x": "observe"}})
        assert not validator.is_valid({"critical-paths": {"x": {"line": 101}}})
        with pytest.raises(ValueError, match=r"tool\.other"):
            config_schema.validate_pyproject_schema("other")

    def test_the_file_is_the_one_that_the_code_makes(self):
        file = PROJECT / "docs" / "configuration.schema.json"
        if os.environ.get("UPDATE_GENERATED") == "1":
            file.write_text(config_schema.schema_text(), encoding="utf-8", newline="\n")
        assert file.read_text(encoding="utf-8") == config_schema.schema_text(), "UPDATE_GENERATED=1 pytest writes it"


words = st.sampled_from(
    ["shop", "", "/abs", "..", "a.b", "a.b:c", "observe", "main", "a b", "-x", "x\n", "C:\\x", "a..b"]
)
leaves = st.one_of(words, st.integers(-1, 101), st.booleans(), st.floats(0.5, 0.6), st.just(1 << 70))
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from([*keys_of_the_schema(), "a b", ""]), inner, max_size=3)
    ),
    max_leaves=6,
)
tables = st.dictionaries(st.sampled_from([*SCHEMA["properties"], "sorce"]), values, max_size=3)


@settings(max_examples=400, derandomize=True, deadline=None, database=None)
@given(tables)
def test_reading_walking_and_the_schema_agree(table):
    """Three judges of the same table: one that is fast, one that explains, one for editors."""
    walked = list(config_errors.errors_in(table, config.Table, "f", ()))
    try:
        msgspec.convert(table, config.Table)
        right = True
    except msgspec.ValidationError:
        right = False
    assert right == (not walked)
    known_to_us_alone = ("names no code", "is not known here")
    if right or not all(error.problem.endswith(known_to_us_alone) for error in walked):
        assert VALIDATOR.is_valid(table) == right


class TestPage:
    PAGE = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")

    @pytest.mark.parametrize("key", keys_of_the_schema())
    def test_every_key_has_its_row(self, key):
        assert re.search(rf"^\| `{re.escape(key)}` \| .+ \|$", self.PAGE, re.MULTILINE)

    def test_every_row_is_a_key(self):
        rows = set(re.findall(r"^\| `([^`]+)` \|", self.PAGE, re.MULTILINE))
        assert rows == set(keys_of_the_schema())

    def test_its_examples_are_right(self):
        examples = re.findall(r"```toml\n(.*?)```", self.PAGE, re.DOTALL)
        assert examples
        for example in examples:
            assert parse(example) is not None

    def test_its_numbers_are_the_defaults(self):
        path = SCHEMA["$defs"]["CriticalPath"]["properties"]
        for key in ("line", "branch", "failure"):
            assert re.search(rf"^\| `{key}` \| .* \| {path[key]['default']} \|$", self.PAGE, re.MULTILINE)


class TestWrittenTwice:
    PYPROJECT = tomli.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    def test_the_repository(self):
        assert self.PYPROJECT["urls"]["Repository"] == quality_gate.REPOSITORY

    def test_the_version(self):
        assert self.PYPROJECT["version"] == quality_gate.__version__

    def test_no_other_code_spells_the_address(self):
        address = quality_gate.REPOSITORY.removeprefix("https://")
        packages = (PROJECT / "quality_gate", PROJECT / "checkers")
        files = [file for package in packages for file in package.rglob("*.py")]
        holding = [file for file in files if address in file.read_text(encoding="utf-8")]
        assert holding == [PROJECT / "quality_gate" / "__init__.py"]
