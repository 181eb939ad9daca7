"""Rows 11, 27, 34 to 36, 43, 45 and 47: a merge base whose policy somebody would rather not have read."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_scratch import FILES, POLICY, Project, asking
from quality_gate.baseline_file import NAME, Baseline, Entry, text_of
from quality_gate.fingerprints import fingerprint

LOWER = POLICY.replace("line = 90", "line = 50")


@pytest.fixture
def shop(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Project:
    """The policy is on main; a topic is checked out."""
    shop = Project(tmp_path / "shop", asking(capsysbinary, monkeypatch))
    shop.commit(FILES)
    shop.git("checkout", "--quiet", "-b", "topic")
    return shop


def on_main(shop: Project, files: dict[str, str | bytes]) -> None:
    """Commit to main, and begin the topic there."""
    shop.git("checkout", "--quiet", "main")
    shop.commit(files)
    shop.git("checkout", "--quiet", "-B", "topic")


def with_base(policy: str, base: str) -> str:
    return policy.replace("]\n", f']\nbase = "{base}"\n', 1)


def clone(shop: Project, *options: str) -> Project:
    folder = shop.folder.parent / "clone"
    shop.git("clone", "--quiet", *options, f"file://{shop.folder}", str(folder))
    return Project(folder, shop.ask, init=False)


class TestWhichCommit:
    @pytest.mark.parametrize("base", ["HEAD", "topic", "HEAD~1"])
    def test_a_base_of_the_changes_own_does_not_count(self, shop: Project, base: str) -> None:
        shop.commit({"pyproject.toml": LOWER})
        shop.commit(
            {"pyproject.toml": LOWER.replace("[tool.quality-gate]\n", f'[tool.quality-gate]\nbase = "{base}"\n', 1)}
        )
        told = shop.told()
        assert told.policy == "BROKEN"
        assert f'base: nothing → "{base}"' in told.relaxed
        assert any(one.startswith("line of the critical path payments: 90 → 50") for one in told.relaxed)

    def test_nor_for_what_is_new(self, shop: Project) -> None:
        on_main(shop, {"pyproject.toml": POLICY.replace("enforce", "new-code").replace("]\n", ']\nbase = "main"\n', 1)})
        shop.edit("pyproject.toml", 'base = "main"', 'base = "HEAD"')
        shop.commit({"shop/new.py": "import requests\n\n\ndef pay():\n    requests.post('https://x.example')\n"})
        found = shop.told().document["verdicts"][0]
        assert (found["practice"], found["outcome"]) == ("static-analysis", "BROKEN")

    def test_another_name_of_the_same_commit_does(self, shop: Project) -> None:
        shop.edit("pyproject.toml", "[tool.quality-gate]\n", '[tool.quality-gate]\nbase = "main"\n')
        assert shop.told().relaxed == []

    def test_a_base_that_the_merge_base_names_counts(self, shop: Project) -> None:
        develop = POLICY.replace("]\n", ']\nbase = "develop"\n', 1)
        on_main(shop, {"pyproject.toml": develop})
        shop.git("checkout", "--quiet", "-b", "develop")
        shop.commit({"pyproject.toml": develop.replace("line = 90", "line = 95")})
        shop.git("checkout", "--quiet", "-B", "topic")
        shop.commit({"pyproject.toml": develop})
        assert shop.told().relaxed == ["line of the critical path payments: 95 → 90; ask @shop/payments"]

    @pytest.mark.parametrize("base", ["HEAD", "HEAD~1"])
    def test_where_nobody_else_names_one_nothing_is_proved(self, shop: Project, base: str) -> None:
        """Neither origin/HEAD, main nor master, as where the default branch is called otherwise."""
        shop.git("branch", "--quiet", "--move", "main", "develop")
        shop.commit({"pyproject.toml": with_base(LOWER, base)})
        shop.commit({"more.py": ""})
        told = shop.told()
        assert (told.code, told.policy) == (3, "UNPROVEN")
        assert "git remote set-head origin BRANCH" in told.reason
        assert "set `base`" not in told.reason

    def test_what_it_says_to_type_helps(self, shop: Project) -> None:
        shop.git("branch", "--quiet", "--move", "main", "develop")
        shop.commit({"pyproject.toml": with_base(LOWER, "HEAD")})
        own = clone(shop)
        own.git("update-ref", "--no-deref", "-d", "refs/remotes/origin/HEAD")
        assert own.told().policy == "UNPROVEN"
        own.git("remote", "set-head", "origin", "develop")
        assert own.told().policy == "BROKEN"

    @pytest.mark.parametrize(("base", "outcome"), [("develop", "BROKEN"), ("HEAD", "UNPROVEN")])
    def test_a_default_branch_without_a_table(self, shop: Project, base: str, outcome: str) -> None:
        """As before the first release, where changes are for another branch."""
        on_main(shop, {"pyproject.toml": ""})
        shop.git("checkout", "--quiet", "-b", "develop")
        shop.commit({"pyproject.toml": with_base(POLICY, "develop")})
        shop.git("checkout", "--quiet", "-B", "topic")
        shop.commit({"pyproject.toml": with_base(LOWER, base)})
        assert shop.told().policy == outcome

    def test_there_the_first_adoption_is_free(self, shop: Project) -> None:
        on_main(shop, {"pyproject.toml": ""})
        shop.git("branch", "--quiet", "develop")
        shop.commit({"pyproject.toml": with_base(POLICY, "develop")})
        assert shop.told().policy == ""

    @pytest.mark.parametrize(("base", "relaxed"), [("gone", []), ("main", []), ("HEAD", ['base: "main" → "HEAD"'])])
    def test_a_default_branch_that_was_renamed(self, shop: Project, base: str, relaxed: list[str]) -> None:
        on_main(shop, {"pyproject.toml": with_base(POLICY, "gone")})
        shop.commit({"pyproject.toml": with_base(POLICY, base), "shop/new.py": "A = 1\n"})
        told = shop.told()
        assert (told.policy, told.relaxed) == ("BROKEN" if relaxed else "KEPT", relaxed)
        assert "everything is new" not in str(told.document)

    def test_to_name_the_branch_that_the_platform_names_asks_no_less(
        self, shop: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shop.git("branch", "--quiet", "--move", "main", "develop")
        shop.git("update-ref", "refs/remotes/origin/develop", "develop")
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("GITHUB_BASE_REF", "develop")
        shop.commit({"pyproject.toml": with_base(POLICY, "origin/develop")})
        told = shop.told()
        assert (told.policy, told.relaxed) == ("KEPT", [])
        assert "everything is new" not in str(told.document)
        shop.commit({"pyproject.toml": with_base(POLICY, "HEAD")})
        assert shop.told().relaxed == ['base: nothing → "HEAD"']

    def test_the_branch_that_the_platform_names_counts(self, shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        shop.git("checkout", "--quiet", "-b", "release")
        shop.commit({"pyproject.toml": POLICY.replace("line = 90", "line = 99")})
        shop.git("update-ref", "refs/remotes/origin/release", "release")
        shop.git("checkout", "--quiet", "-B", "topic")
        shop.commit({"pyproject.toml": POLICY})
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("GITHUB_BASE_REF", "release")
        assert shop.told().relaxed == ["line of the critical path payments: 99 → 90; ask @shop/payments"]
        monkeypatch.setenv("GITHUB_BASE_REF", "elsewhere")
        told = shop.told()
        assert (told.code, told.policy) == (3, "UNPROVEN")
        assert "fetch-depth: 0" in told.reason

    def test_a_merge_request_that_is_merged_with_its_target_answers_for_itself_alone(
        self, shop: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fork = shop.git("rev-parse", "main").strip()
        on_main(shop, {"pyproject.toml": LOWER})
        shop.commit({"shop/new.py": "A = 1\n"})
        monkeypatch.setenv("GITLAB_CI", "true")
        monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", fork)
        monkeypatch.setenv("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "")
        assert shop.told().policy == "BROKEN"
        monkeypatch.setenv("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", shop.git("rev-parse", "main").strip())
        assert shop.told().policy == "KEPT"

    def test_on_main_itself_nothing_is_relaxed(self, shop: Project) -> None:
        shop.git("checkout", "--quiet", "main")
        assert shop.told().policy == "KEPT"
        shop.commit({"pyproject.toml": LOWER})
        assert shop.told().policy == "KEPT", "what is merged is the policy"


class TestUnproven:
    """Never silently the change's own."""

    @pytest.mark.parametrize("options", [("--depth=1", "--no-single-branch"), ("--depth=1", "--single-branch")])
    def test_a_shallow_clone(self, shop: Project, options: tuple[str, ...]) -> None:
        shop.commit({"pyproject.toml": LOWER})
        shop.git("checkout", "--quiet", "main")
        shop.commit({"more.py": ""})
        shallow = clone(shop, *options, "--branch=topic")
        told = shallow.told()
        assert (told.code, told.policy) == (3, "UNPROVEN")
        assert "fetch-depth: 0" in told.reason

    def test_a_clone_without_a_base(self, shop: Project) -> None:
        shop.commit({"pyproject.toml": LOWER})
        single = clone(shop, "--single-branch", "--branch=topic")
        single.git("update-ref", "--no-deref", "-d", "refs/remotes/origin/HEAD")
        told = single.told()
        assert (told.code, told.policy) == (3, "UNPROVEN")
        assert "there is no base" in told.reason

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("[tool.quality-gate", "pyproject.toml"),
            ("[tool.quality-gate]\nlimes = 3\n", "unknown key"),
            (b"\xff", "pyproject.toml"),
            ("#" * 300_000, "larger than 256 KiB"),
        ],
    )
    def test_a_table_that_cannot_be_read(self, shop: Project, content: str | bytes, said: str) -> None:
        on_main(shop, {"pyproject.toml": content})
        shop.commit({"pyproject.toml": LOWER})
        told = shop.told()
        assert (told.code, told.policy) == (3, "UNPROVEN")
        assert said in told.reason
        assert "approved" in told.reason
        approved = shop.told("--approved-by", "@maintainer")
        assert (approved.policy, approved.code) == ("WAIVED", 0)
        assert approved.reason.startswith("approved by @maintainer: ")

    def test_a_clone_without_its_content(self, shop: Project) -> None:
        """Row 47: nothing is fetched while the gate runs."""
        shop.commit({"pyproject.toml": LOWER})
        shop.git("checkout", "--quiet", "main")
        shop.git("config", "uploadpack.allowFilter", "true")
        partial = clone(shop, "--filter=blob:none", "--branch=topic")
        told = partial.told()
        assert (told.code, told.policy) == (3, "UNPROVEN")
        assert told.reason.endswith("clone it whole, without --filter")

    def test_a_link_is_not_followed(self, shop: Project) -> None:
        shop.git("checkout", "--quiet", "main")
        (shop.folder / "pyproject.toml").unlink()
        (shop.folder / "pyproject.toml").symlink_to("other.toml")
        shop.write("other.toml", POLICY)
        shop.git("add", "--all")
        shop.commit()
        shop.git("checkout", "--quiet", "-B", "topic")
        (shop.folder / "pyproject.toml").unlink()
        shop.commit({"pyproject.toml": LOWER})
        told = shop.told()
        assert told.policy == "UNPROVEN"
        assert "symbolic link" in told.reason

    @pytest.mark.parametrize(
        ("content", "said"),
        [("theirs\n", "should stand here"), ("# quality-gate baseline, format 7\n", "format 7")],
    )
    def test_a_baseline_that_cannot_be_read(self, shop: Project, content: str, said: str) -> None:
        on_main(shop, {NAME: content})
        shop.commit({NAME: text_of(Baseline(("static-analysis",)))})
        told = shop.told()
        assert (told.code, told.policy) == (3, "UNPROVEN")
        assert said in told.reason

    def test_without_git_or_without_a_commit_there_is_no_change(self, shop: Project) -> None:
        for name in ("bare", "fresh"):
            other = Project(shop.folder.parent / name, shop.ask, init=name == "fresh")
            other.write("pyproject.toml", '[tool.quality-gate.practices]\nstatic-analysis = "new-code"\n')
            assert other.told().policy == ""


class TestBaseline:
    @pytest.fixture
    def known(self, shop: Project) -> Project:
        """A finding that no baseline knows, on main."""
        on_main(shop, {"shop/old.py": "import requests\n\n\ndef pay():\n    requests.post('https://x.example')\n"})
        return shop

    def test_an_entry_that_comes_to_it_is_not_believed(self, known: Project) -> None:
        held = known.told().document["verdicts"][0]["findings"]
        (found,) = [one for one in held if one["path"] == "shop/old.py"]
        entry = Entry(
            "static-analysis", "shop/old.py", "shop.old.pay", "QG201", found["name"], 1, found["fingerprint"], "0" * 16
        )
        known.commit({NAME: text_of(Baseline(("static-analysis",), (entry,)))})
        told = known.told()
        assert told.relaxed == ["baseline: call-without-deadline in shop/old.py (shop.old.pay): not known → known"]
        assert told.document["verdicts"][0]["outcome"] == "BROKEN"
        approved = known.told("--approved-by", "@maintainer")
        assert approved.document["verdicts"][0]["outcome"] == "KEPT"

    def test_ten_thousand_of_them_are_told_in_time(self, known: Project) -> None:
        entries = tuple(
            Entry(
                "static-analysis",
                f"a/{n}.py",
                "",
                "QG201",
                "call-without-deadline",
                1,
                fingerprint("QG201", f"{n}", None, "", 0),
                f"{n:016x}",
            )
            for n in range(10_000)
        )
        known.commit({NAME: text_of(Baseline(("static-analysis",), tuple(sorted(entries))))})
        assert len(known.told().relaxed) == 10_000

    def test_where_the_practice_was_not_enforced_it_is_adopted(self, shop: Project) -> None:
        on_main(shop, {"pyproject.toml": POLICY.replace("enforce", "new-code")})
        entry = Entry("static-analysis", "shop/a.py", "", "QG201", "call-without-deadline", 1, "0" * 20, "0" * 16)
        shop.commit({"pyproject.toml": POLICY, NAME: text_of(Baseline(("static-analysis",), (entry,)))})
        assert shop.told().relaxed == []


class TestWhere:
    def test_a_project_below_the_top(self, shop: Project) -> None:
        for name in ("a", "ü b", "-c"):
            on_main(shop, {f"{name}/{path}": content for path, content in FILES.items()})
            shop.commit({f"{name}/pyproject.toml": LOWER})
            told = shop.told(below=name)
            assert told.relaxed == ["line of the critical path payments: 90 → 50; ask @shop/payments"]

    def test_a_project_that_moves_keeps_its_policy(self, shop: Project) -> None:
        on_main(shop, {f"a/{path}": content for path, content in FILES.items()} | {"pyproject.toml": ""})
        shop.git("mv", "a", "b")
        shop.commit({"b/pyproject.toml": LOWER})
        assert shop.told(below="b").relaxed == ["line of the critical path payments: 90 → 50; ask @shop/payments"]

    def test_its_files_are_known_by_what_they_were_called(self, shop: Project) -> None:
        on_main(shop, {f"a/{path}": content for path, content in FILES.items()} | {"pyproject.toml": ""})
        shop.git("mv", "a", "b")
        tests = '[tool.quality-gate]\ntests = ["shop/money"]\n'
        shop.commit({"b/pyproject.toml": POLICY.replace("[tool.quality-gate]\n", tests, 1)})
        assert shop.told(below="b").relaxed == [
            'tests "shop/money": production code (shop/money/__init__.py, shop/money/sums.py) → judged as tests'
        ]

    def test_a_nearer_table_does_not_take_the_rest_out_of_sight(self, shop: Project) -> None:
        shop.commit({"shop/pyproject.toml": "[tool.quality-gate]\n"})
        told = shop.told(below="shop")
        assert told.relaxed == [
            "[tool.quality-gate]: read from pyproject.toml → read from shop/pyproject.toml; ask @shop/payments"
        ]
        assert "payments" in {one["subject"] for one in told.document["verdicts"]}

    def test_a_file_that_is_named(self, shop: Project) -> None:
        on_main(shop, {"gate.toml": POLICY})
        shop.commit({"gate.toml": LOWER})
        told = shop.told("--config", "gate.toml")
        assert told.relaxed == ["line of the critical path payments: 90 → 50; ask @shop/payments"]

    def test_a_worktree_and_a_detached_head(self, shop: Project) -> None:
        shop.commit({"pyproject.toml": LOWER})
        beside = shop.folder.parent / "beside"
        shop.git("worktree", "add", "--quiet", "--detach", str(beside))
        assert Project(beside, shop.ask, init=False).told().policy == "BROKEN"


def test_names_of_the_change_do_not_reach_the_terminal(shop: Project) -> None:
    shop.commit(
        {"pyproject.toml": POLICY.replace('["shop.pay:charge"]', '["shop.pay:charge"]\nstop = ["shop.\\u001b[31m"]')}
    )
    _, out = shop.ask(shop.folder, ("check", "--stage", "ci"))
    assert "\x1b" not in out


def test_a_filter_of_the_repository_is_not_run(shop: Project) -> None:
    """Row 11: blobs are read as they are."""
    mark = shop.folder.parent / "ran"
    shop.git("config", "filter.evil.smudge", f"touch {mark}")
    shop.git("config", "diff.evil.textconv", f"touch {mark};")
    shop.commit({".gitattributes": "*.toml filter=evil diff=evil\n", "pyproject.toml": LOWER})
    mark.unlink(missing_ok=True)
    assert shop.told().policy == "BROKEN"
    assert not mark.exists()
