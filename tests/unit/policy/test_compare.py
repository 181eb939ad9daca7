"""The stricter of two configurations: which it is, and what is said of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from quality_gate.config import Config, Table, parse
from quality_gate.policy.compare import compared
from quality_gate.policy.strictness import RULES
from quality_gate_checkers.settings import Keys

PYPROJECT = Path("/project/pyproject.toml")
FILES = ("shop/__init__.py", "shop/pay.py", "shop/legacy/old.py", "tests/test_pay.py", "vendor/lib.py")
PATH = '[tool.quality-gate.critical-paths.payments]\nowner = "@pay"\nentry = ["shop.pay:charge"]\n'


def config(text: str) -> Config:
    found = parse(f"[tool.quality-gate]\n{text}".encode(), "pyproject.toml", PYPROJECT)
    assert found is not None
    return found


def unmoved(files: Sequence[str]) -> dict[str, str]:
    """Files that are called as before."""
    return {path: path for path in files}


def judged(before: str, after: str, files: Sequence[str] = FILES) -> tuple[Config, list[str]]:
    """The stricter one, and what is told of the second one."""
    stricter, relaxed = compared(config(before), config(after), lambda: unmoved(files))
    return stricter, [
        f"{'.'.join(one.keys[2:])} {one.less.what}: {one.less.before} → {one.less.after}" for one in relaxed
    ]


def said(before: str, after: str, files: Sequence[str] = FILES) -> list[str]:
    return judged(before, after, files)[1]


def structs(annotation: object) -> Iterator[type[msgspec.Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
        for field in msgspec.structs.fields(annotation):
            yield from structs(field.type)
    for argument in get_args(annotation):
        yield from structs(argument)


def test_every_key_of_the_configuration_has_a_rule_of_strictness() -> None:
    """Whoever adds a key says in `strictness.RULES` which of two values asks more, and `compare` asks it."""
    keys = set(Keys.__struct_fields__)
    for struct in set(structs(Table)):
        fields = set(struct.__struct_fields__) - (keys if struct is Table else set())
        assert set(RULES.get(struct, {})) == fields, struct.__name__
    assert set(RULES[Keys]) == keys


def test_what_a_configuration_has_beside_its_keys_is_known() -> None:
    assert set(Config.__struct_fields__) - set(Table.__struct_fields__) == {"root", "file", "settings"}


CHANGES = {
    "a linter": ("[tool.quality-gate.linters.mypy]", "", "linters.mypy : asked → dropped"),
    "what blocks of a linter": (
        '[tool.quality-gate.linters.pylint]\nblocks = "everything"',
        "[tool.quality-gate.linters.pylint]",
        'linters.pylint.blocks : "everything" → "errors"',
    ),
    "files of a linter": (
        '[tool.quality-gate.linters.pylint]\npaths = ["shop", "lib"]',
        '[tool.quality-gate.linters.pylint]\npaths = ["shop"]',
        "linters.pylint.paths lib: listed → dropped",
    ),
    "some files of a linter that was asked about all": (
        "[tool.quality-gate.linters.pylint]",
        '[tool.quality-gate.linters.pylint]\npaths = ["shop"]',
        "linters.pylint.paths : nothing → shop",
    ),
    "arguments of a linter": (
        "[tool.quality-gate.linters.pylint]",
        '[tool.quality-gate.linters.pylint]\narguments = ["--disable=all"]',
        "linters.pylint.arguments : nothing → --disable=all",
    ),
    "a SARIF file": ('sarif = ["eslint.sarif"]', "", "sarif eslint.sarif: listed → dropped"),
    "a mode": (
        '[tool.quality-gate.practices]\nboundaries = "enforce"',
        '[tool.quality-gate.practices]\nboundaries = "new-code"',
        "practices.boundaries : enforce → new-code",
    ),
    "a default mode": (
        "",
        '[tool.quality-gate.practices]\nstatic-analysis = "observe"',
        "practices.static-analysis : new-code → observe",
    ),
    "counted tests": ('counted-tests = "unit"', "", 'counted-tests : "unit" → "all"'),
    "a base": ('base = "origin/main"', 'base = "HEAD"', 'base : "origin/main" → "HEAD"'),
    "a base left out": ('base = "origin/develop"', "", 'base : "origin/develop" → nothing'),
    "an oracle": ("", 'oracles = ["**"]', "oracles **: not listed → listed"),
    "lines": (PATH + "line = 90", PATH + "line = 50", "critical-paths.payments.line : 90 → 50"),
    "lines left out": (PATH + "line = 90", PATH, "critical-paths.payments.line : 90 → 80"),
    "branches": (PATH, PATH + "branch = 0", "critical-paths.payments.branch : 80 → 0"),
    "failures": (PATH + "failure = 100", PATH + "failure = 99", "critical-paths.payments.failure : 100 → 99"),
    "a path": (PATH, "", "critical-paths.payments : guarded → dropped"),
    "an entry": (
        PATH,
        PATH.replace("charge", "refund"),
        "critical-paths.payments.entry shop.pay:charge: listed → dropped",
    ),
    "a file": (
        PATH + 'include = ["shop/pay.py"]',
        PATH,
        "critical-paths.payments.include shop/pay.py: listed → dropped",
    ),
    "a stop": (PATH, PATH + 'stop = ["shop.bank"]', "critical-paths.payments.stop shop.bank: not listed → listed"),
    "a dependency": (
        '[tool.quality-gate.dependencies.bank]\ncalls = ["shop.bank.*"]',
        "",
        "dependencies.bank : declared → dropped",
    ),
    "a call": (
        '[tool.quality-gate.dependencies.bank]\ncalls = ["shop.bank.*"]',
        '[tool.quality-gate.dependencies.bank]\ncalls = ["shop.other.*"]',
        "dependencies.bank.calls shop.bank.*: listed → dropped",
    ),
    "an effect": (
        '[tool.quality-gate.dependencies.bank]\neffect = "write"',
        "[tool.quality-gate.dependencies.bank]",
        'dependencies.bank.effect : "write" → "depends"',
    ),
    "a deadline": (
        '[tool.quality-gate.dependencies.bank]\ndeadline = "timeout"',
        "[tool.quality-gate.dependencies.bank]",
        'dependencies.bank.deadline : "timeout" → left out',
    ),
    "what may be done twice": (
        "[tool.quality-gate.dependencies.bank]",
        '[tool.quality-gate.dependencies.bank]\nidempotent = ["shop.bank.pay"]',
        "dependencies.bank.idempotent shop.bank.pay: not listed → listed",
    ),
    "a table that hides a library": (
        "",
        '[tool.quality-gate.dependencies.mine]\ncalls = ["requests.**"]',
        "dependencies.mine.calls requests.**: known otherwise → of mine",
    ),
    "a table that hides everything": (
        "",
        '[tool.quality-gate.dependencies.mine]\ncalls = ["**"]',
        "dependencies.mine.calls **: known otherwise → of mine",
    ),
    "sources": (
        "",
        'source = ["tests"]',
        "source : production code (shop/__init__.py, shop/pay.py, shop/legacy/old.py) → not judged",
    ),
    "a folder of sources": (
        'source = ["shop", "tests"]',
        'source = ["shop/legacy", "tests"]',
        "source shop: judged → not judged",
    ),
    "production code as tests": (
        "",
        'tests = ["tests", "shop/legacy"]',
        "tests shop/legacy: production code (shop/legacy/old.py) → judged as tests",
    ),
    "tests as nothing": (
        'source = ["shop"]\ntests = ["tests", "vendor"]',
        'source = ["shop"]\ntests = ["vendor"]',
        "tests tests: judged as tests → not judged",
    ),
    "vendored code": (
        "",
        '[tool.quality-gate.roles]\nvendored = ["**/vendor/**", "shop/legacy/**"]',
        "roles.vendored shop/legacy/**: production code (shop/legacy/old.py) → vendored",
    ),
    "scripts that are not there yet": (
        "[tool.quality-gate.roles]\nscripts = []",
        '[tool.quality-gate.roles]\nscripts = ["shop/new/**"]',
        "roles.scripts shop/new/**: not listed → scripts",
    ),
    "integration tests that count no more": (
        'counted-tests = "unit"',
        'counted-tests = "unit"\n[tool.quality-gate.integration-tests]\nmarks = []',
        "integration-tests.marks integration: listed → dropped",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_asks_less_is_told_and_does_not_count(name: str) -> None:
    before, after, expected = CHANGES[name]
    stricter, told = judged(before, after)
    assert expected in told
    again = compared(stricter, config(after), lambda: unmoved(FILES))
    assert expected.partition(" ")[0] in {".".join(one.keys[2:]) for one in again.relaxed}, "the stricter one has it"


BOTH_WAYS = {
    "an entry",
    "a base",
    "a base left out",
    "some files of a linter that was asked about all",
    "arguments of a linter",
    "a call",
    "a table that hides a library",
    "a table that hides everything",
}
"""Something is dropped either way, or nobody can tell which asks more."""


@pytest.mark.parametrize("name", CHANGES)
def test_the_other_way_round_nobody_is_asked(name: str) -> None:
    before, after, _ = CHANGES[name]
    if name not in BOTH_WAYS:
        assert said(after, before) == []


@pytest.mark.parametrize("name", CHANGES)
def test_the_same_is_the_same(name: str) -> None:
    for text in CHANGES[name][:2]:
        stricter, told = judged(text, text)
        assert (stricter, told) == (config(text), [])


KEPT = {
    "another notation": (PATH, PATH.replace("shop.pay:charge", "shop.pay.charge")),
    "a wider pattern": (PATH + 'include = ["shop/pay/**", "shop/pay.py"]', PATH + 'include = ["shop"]'),
    "the class of a method": (PATH.replace("charge", "Bank.charge"), PATH.replace("charge", "Bank")),
    "a stop within another": (PATH + 'stop = ["shop.log"]', PATH + 'stop = ["shop.log", "shop.log.debug"]'),
    "a package of calls": (
        '[tool.quality-gate.dependencies.bank]\ncalls = ["shop.bank.Gateway.pay"]',
        '[tool.quality-gate.dependencies.bank]\ncalls = ["shop.bank.**"]',
    ),
    "a reason and an owner": (PATH, PATH.replace("@pay", "@other") + 'why = "Money."'),
    "an interpreter": ("", 'python = ".venv"'),
    "a folder of tests": ('tests = ["tests"]', 'tests = ["tests", "more"]'),
    "sources that are gone": ('source = ["shop", "gone"]', 'source = ["shop"]'),
    "a first dependency": ("", '[tool.quality-gate.dependencies.bank]\ncalls = ["shop.bank.**"]'),
    "marks where all tests count": ("", "[tool.quality-gate.integration-tests]\nmarks = []"),
    "a role of tests": ("", '[tool.quality-gate.roles]\nscripts = ["tests/**"]'),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_asks_no_less_is_nothing_to_tell(name: str) -> None:
    before, after = KEPT[name]
    told = said(before, after, (*FILES, "more/test_more.py"))
    assert [line for line in told if not line.startswith("roles.scripts **") and "bin/**" not in line] == []


def test_the_owner_is_whom_the_merge_base_names() -> None:
    after = PATH.replace("@pay", "@mallory") + "line = 0"
    (told,) = compared(config(PATH), config(after), lambda: unmoved(FILES)).relaxed
    assert (told.owner, told.critical_path) == ("@pay", "payments")


def test_what_the_change_adds_counts_beside_what_it_drops() -> None:
    stricter, _ = judged(PATH, PATH.replace("charge", "refund") + "line = 95\nbranch = 10")
    path = stricter.critical_paths["payments"]
    assert path.entry == ("shop.pay:refund", "shop.pay:charge")
    assert (path.line, path.branch) == (95, 80)


def test_files_are_not_listed_where_they_do_not_matter() -> None:
    def never() -> Sequence[str]:
        raise AssertionError

    assert compared(config(PATH), config(PATH + "line = 0"), never).relaxed


def test_a_wildcard_is_no_folder() -> None:
    """`shop/*/x.py` does not hold what `shop/**` does, nor does `shop.pay` hold `shop.payments`."""
    assert said(PATH + 'include = ["shop/**"]', PATH + 'include = ["shop/*/x.py"]')
    assert said(PATH.replace("pay:charge", "payments:charge"), PATH.replace("pay:charge", "pay:other"))
