"""Which part a file plays, by its path and the configuration alone."""

from __future__ import annotations

import pytest

from quality_gate_checkers.model import Role, role_of
from quality_gate_checkers.model.roles import is_test
from quality_gate_checkers.settings import Roles, Settings

DEFAULTS = {
    "shop/pay.py": Role.SOURCE,
    "src/shop/pay.py": Role.SOURCE,
    "tests/test_pay.py": Role.TESTS,
    "shop/tests/helpers.py": Role.TESTS,
    "shop/test_pay.py": Role.TESTS,
    "shop/pay_test.py": Role.TESTS,
    "conftest.py": Role.TESTS,
    "shop/latest.py": Role.SOURCE,
    "shop/contest.py": Role.SOURCE,
    "shop/attests/pay.py": Role.SOURCE,
    "shop/migrations/0001_initial.py": Role.MIGRATIONS,
    "shop/migrations.py": Role.SOURCE,
    "scripts/deploy.py": Role.SCRIPTS,
    "shop/management/commands/load.py": Role.COMMAND_LINE,
    "shop/__main__.py": Role.COMMAND_LINE,
    "shop/_vendor/requests/api.py": Role.VENDORED,
    "shop/_vendor/tests/test_api.py": Role.VENDORED,
}


@pytest.mark.parametrize(("path", "role"), DEFAULTS.items())
def test_default_roles(path, role):
    assert role_of(path, Settings()) is role
    assert is_test(path, Settings()) is (role is Role.TESTS)


def test_tests_of_the_configuration_replace_the_usual_places():
    settings = Settings(tests=("checks",))
    assert role_of("checks/pay.py", settings) is Role.TESTS
    assert role_of("tests/test_pay.py", settings) is Role.SOURCE


def test_roles_of_the_configuration():
    settings = Settings(
        roles=Roles(
            vendored=("third/**",), migrations=("db/versions",), scripts=("bin",), command_lines=("shop/cli*.py",)
        )
    )
    wanted = {
        "third/a.py": Role.VENDORED,
        "db/versions/1.py": Role.MIGRATIONS,
        "bin/x": Role.SCRIPTS,
        "shop/cli_pay.py": Role.COMMAND_LINE,
        "shop/cli/pay.py": Role.SOURCE,
        "scripts/deploy.py": Role.SOURCE,
    }
    assert {path: role_of(path, settings) for path in wanted} == wanted


def test_a_file_plays_one_part_vendored_before_tests_before_the_others():
    settings = Settings(tests=("a/**",), roles=Roles(vendored=("a/v/**",), migrations=("a/**",)))
    assert role_of("a/v/x.py", settings) is Role.VENDORED
    assert role_of("a/x.py", settings) is Role.TESTS
