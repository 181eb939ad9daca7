"""What is recorded where nobody hands a job over."""

from __future__ import annotations

import pytest

from quality_gate_recorder import job
from quality_gate_recorder.folder import own_folder


@pytest.fixture
def root(tmp_path):
    """A project with sources, tests and an environment."""
    for path in (
        "shop/__init__.py",
        "shop/pay.py",
        "shop/tests/helper.py",
        "shop/conftest.py",
        "tests/test_pay.py",
        "test_top.py",
        "setup.py",
        "node_modules/x.py",
        "env/lib/x.py",
        ".tox/x.py",
        "lib/pay.py",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "env/pyvenv.cfg").touch()
    return tmp_path


def found(root, text: str | None = None) -> list[str]:
    if text is not None:
        (root / "pyproject.toml").write_text(text)
    return job.find(root, "/scratch", "1.0").files


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, ["lib/pay.py", "setup.py", "shop/__init__.py", "shop/pay.py"]),
        ("[tool.quality-gate]\nsource = ['shop']\n", ["shop/__init__.py", "shop/pay.py"]),
        ("[tool.quality-gate]\nsource = ['lib/**', 'setup.py']\n", ["lib/pay.py", "setup.py"]),
        ("[tool.quality-gate]\nsource = 'shop'\n", ["lib/pay.py", "setup.py", "shop/__init__.py", "shop/pay.py"]),
        ("[tool.other]\n", ["lib/pay.py", "setup.py", "shop/__init__.py", "shop/pay.py"]),
        ("no toml [", ["lib/pay.py", "setup.py", "shop/__init__.py", "shop/pay.py"]),
    ],
)
def test_sources_are_what_the_table_says_or_all_that_is_no_test(text, wanted, root):
    assert found(root, text) == wanted


def test_the_nearest_table_upwards_is_the_project(root):
    (root / "pyproject.toml").write_text("[tool.quality-gate]\n")
    assert job.find(root / "shop", "/scratch", "1.0").root == str(root.resolve())


def test_the_repository_ends_the_search(root):
    (root / "pyproject.toml").write_text("[tool.quality-gate]\n")
    (root / "shop/.git").mkdir()
    assert job.find(root / "shop", "/scratch", "1.0").root == str((root / "shop").resolve())


def test_a_job_is_handed_over_as_it_is(tmp_path):
    given = job.Job("/r\udce9", ["a\udce9.py"], "/e", str(tmp_path), "c", "1", "2.5", ["p"])
    assert job.load(given.save()) == given


class TestOwnFolder:
    def test_it_keeps_itself_out_of_git(self, tmp_path):
        folder = own_folder(tmp_path)
        assert (folder / ".gitignore").read_text().splitlines()[-1] == "*"
        (folder / ".gitignore").write_text("mine\n")
        own_folder(tmp_path)
        assert (folder / ".gitignore").read_text() == "mine\n"

    def test_a_link_or_a_file_is_refused(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / ".quality-gate").symlink_to(tmp_path)
        (tmp_path / ".quality-gate").touch()
        for place in (tmp_path, tmp_path / "a"):
            with pytest.raises(PermissionError):
                own_folder(place)
