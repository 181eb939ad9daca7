"""Rows 28, 42 and 43: a change that lowers the bar it is measured with."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_scratch import Scratch
from policy_scratch import FILES, POLICY, Project, Told, asking

STEP = 'jobs:\n  gate:\n    steps:\n      - run: quality-gate ci --approved-by "$LABEL"\n'
HOOK = "repos:\n  - repo: https://example.org/quality-gate\n    hooks: [{id: quality-gate}, {id: quality-gate-push}]\n"

REFUND = """\
def refund(order):  # quality-gate: critical[payments]
    amount = sum(order)
    remembered = {"amount": amount, "order": order}
    return remembered
"""


@pytest.fixture
def shop(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Project:
    """The policy is on main; a topic is checked out."""
    shop = Project(tmp_path / "shop", asking(capsysbinary, monkeypatch))
    shop.commit({**FILES, ".pre-commit-config.yaml": HOOK, ".github/workflows/gate.yml": STEP})
    shop.git("checkout", "--quiet", "-b", "topic")
    return shop


def test_what_asks_no_less_is_kept(shop: Project) -> None:
    shop.edit("pyproject.toml", "line = 90", "line = 95")
    told = shop.told()
    assert (told.policy, told.relaxed) == ("KEPT", [])
    assert told.reason.startswith("it asks no less than main (")


def test_a_lower_threshold_does_not_count_and_its_owner_is_named(shop: Project) -> None:
    shop.edit("pyproject.toml", "line = 90", "line = 50\nbranch = 0")
    told = shop.told()
    assert (told.code, told.policy) == (1, "BROKEN")
    assert told.relaxed == [
        "line of the critical path payments: 90 → 50; ask @shop/payments",
        "branch of the critical path payments: 80 → 0; ask @shop/payments",
    ]


def test_who_is_named_as_owner_is_not_for_the_change_to_say(shop: Project) -> None:
    shop.edit("pyproject.toml", 'owner = "@shop/payments"', 'owner = "@mallory"\nfailure = 0')
    assert shop.told().relaxed == ["failure of the critical path payments: 80 → 0; ask @shop/payments"]


def test_a_path_that_is_dropped_stays(shop: Project) -> None:
    shop.commit({"pyproject.toml": POLICY.partition("[tool.quality-gate.critical")[0]})
    told = shop.told()
    assert told.relaxed == ["the critical path payments: guarded → dropped; ask @shop/payments"]
    assert "payments" in {one["subject"] for one in told.document["verdicts"]}


@pytest.mark.parametrize("table", ["", "[tool.other]\n"])
def test_the_table_itself_stays(shop: Project, table: str) -> None:
    shop.commit({"pyproject.toml": table})
    told = shop.told()
    assert told.relaxed == ["[tool.quality-gate]: read from pyproject.toml → gone; ask @shop/payments"]
    assert "payments" in {one["subject"] for one in told.document["verdicts"]}


def test_a_file_that_is_deleted_with_its_table_is_gone_too(shop: Project) -> None:
    shop.git("rm", "--quiet", "pyproject.toml")
    shop.commit()
    assert shop.told().code == 1


def test_a_mode_that_is_lowered_does_not_count(shop: Project) -> None:
    shop.edit("pyproject.toml", '"enforce"', '"observe"')
    shop.commit(
        {"shop/new.py": "import requests\n\n\ndef pay(order):\n    requests.post('https://x.example', json=order)\n"}
    )
    told = shop.told()
    assert told.relaxed == ["the practice static-analysis: enforce → observe"]
    static = told.document["verdicts"][0]
    assert (static["mode"], static["outcome"]) == ("enforce", "BROKEN")


@pytest.mark.parametrize(
    ("was", "told"),
    [
        ("shop/qa/pages.py", ['tests "shop/qa": production code (shop/qa/pages.py) → judged as tests']),
        ("shop/pages.py", ['tests "shop/qa": production code (shop/qa/pages.py) → judged as tests']),
        ("tests/pages.py", []),
        ("", ['(tests "shop/qa": new production code (shop/qa/pages.py) → judged as tests)']),
    ],
)
def test_what_was_no_production_code_may_be_called_tests(shop: Project, was: str, told: list[str]) -> None:
    """Of a new file who reviews is told; one that the change renames is no new one."""
    code = "def login(browser):\n    page = browser.open('login')\n    return page.title\n"
    shop.git("checkout", "--quiet", "main")
    shop.commit({"tests/test_pay.py": "", was or "README.md": code})
    shop.git("checkout", "--quiet", "-B", "topic")
    shop.commit({"shop/qa/pages.py": code})
    if was not in ("", "shop/qa/pages.py"):
        shop.git("rm", "--quiet", was)
    shop.edit("pyproject.toml", "[tool.quality-gate]\n", '[tool.quality-gate]\ntests = ["tests", "shop/qa"]\n')
    assert shop.told().relaxed == told


RATES = "def rate(order):\n    return len(order)\n"
CALLING = "from shop.{0} import rate\nfrom shop.money.sums import total\n\n\ndef charge(order):\n    return total(order) + rate(order)\n"


def functions_of_payments(told: Told) -> int:
    verdicts = [one for one in told.document["verdicts"] if one["practice"] == "critical-path-coverage"]
    return next(one["critical_path"]["members"] for one in verdicts if one["subject"] == "payments")


def test_a_new_file_that_the_change_calls_a_test_stays_on_the_critical_path(shop: Project) -> None:
    shop.commit({"shop/rates.py": RATES, "shop/pay.py": CALLING.format("rates"), "tests/test_pay.py": ""})
    shop.edit("pyproject.toml", "[tool.quality-gate]\n", '[tool.quality-gate]\ntests = ["tests", "shop/rates.py"]\n')
    told = shop.told()
    assert told.relaxed == ['(tests "shop/rates.py": new production code (shop/rates.py) → judged as tests)']
    assert functions_of_payments(told) == 5


def test_helpers_may_come_with_the_tests_of_a_new_folder(shop: Project) -> None:
    shop.commit({"tests/test_pay.py": "", "e2e/test_login.py": "", "e2e/pages.py": RATES})
    shop.edit("pyproject.toml", "[tool.quality-gate]\n", '[tool.quality-gate]\ntests = ["tests", "e2e"]\n')
    assert shop.told().relaxed == []


@pytest.mark.parametrize("was_there", [False, True], ids=["new", "renamed"])
@pytest.mark.parametrize("module", ["ab_test", "testing.rates", "vendor.rates"])
def test_who_reviews_sees_code_that_is_put_where_no_critical_path_goes(
    shop: Project, module: str, was_there: bool
) -> None:
    if was_there:
        shop.git("checkout", "--quiet", "main")
        shop.commit({"shop/rates.py": RATES, "shop/pay.py": CALLING.format("rates")})
        shop.git("checkout", "--quiet", "-B", "topic")
        shop.git("rm", "--quiet", "shop/rates.py")
    path = f"shop/{module.replace('.', '/')}.py"
    shop.commit({path: RATES, "shop/pay.py": CALLING.format(module)})
    told = shop.told()
    assert (told.policy, len(told.relaxed)) == ("KEPT", 1)
    before = "production code, shop/rates.py" if was_there else "not there"
    assert told.relaxed[0].startswith(
        f"(shop.{module}.rate, called on the critical path payments: {before} → left out: {path} "
    )


def test_what_was_left_out_at_the_merge_base_is_no_news(shop: Project) -> None:
    shop.git("checkout", "--quiet", "main")
    shop.commit({"shop/ab_test.py": RATES, "shop/vendor/more.py": RATES, "shop/pay.py": CALLING.format("ab_test")})
    shop.git("checkout", "--quiet", "-B", "topic")
    shop.edit("shop/ab_test.py", "len(order)", "len(order) + 1")
    shop.edit("shop/pay.py", "total(order) +", "2 * total(order) +")
    assert shop.told().relaxed == []
    shop.edit("shop/ab_test.py", "def rate", "def fee(order):\n    return 3\n\n\ndef rate")
    shop.edit("shop/pay.py", "import rate\n", "import fee, rate\n")
    shop.edit("shop/pay.py", "+ rate(order)", "+ rate(order) + fee(order)")
    assert len(shop.told().relaxed) == 1


def test_what_was_outside_of_source_is_no_news_either(shop: Project) -> None:
    shop.git("checkout", "--quiet", "main")
    shop.edit(
        "pyproject.toml", "[tool.quality-gate]\n", '[tool.quality-gate]\nsource = ["shop/pay.py", "shop/money"]\n'
    )
    shop.commit({"shop/rates.py": RATES, "shop/pay.py": CALLING.format("rates")})
    shop.git("checkout", "--quiet", "-B", "topic")
    shop.edit("shop/pay.py", "total(order) +", "2 * total(order) +")
    assert shop.told().relaxed == []


def test_a_link_in_the_place_of_a_critical_file_is_seen(shop: Project) -> None:
    shop.git("checkout", "--quiet", "main")
    shop.commit({"shop/rates.py": RATES, "shop/pay.py": CALLING.format("rates")})
    shop.git("checkout", "--quiet", "-B", "topic")
    shop.commit({"other/rates.txt": RATES})
    (shop.folder / "shop/rates.py").unlink()
    (shop.folder / "shop/rates.py").symlink_to("../other/rates.txt")
    shop.commit()
    (relaxed,) = shop.told().relaxed
    assert "production code, shop/rates.py → left out: shop/rates.py is a symbolic link" in relaxed


def test_approval_comes_from_outside_and_names_who(shop: Project) -> None:
    shop.edit("pyproject.toml", "line = 90", "line = 50")
    told = shop.told("--approved-by", "@maintainer")
    assert told.policy == "WAIVED"
    assert told.code != 1
    assert told.reason.startswith("approved by @maintainer: it asks less than main (")
    verdict = told.document["verdicts"][-1]
    assert [one["suppressed"] for one in verdict["findings"]] == ["approved by @maintainer"]
    _, out = shop.ask(shop.folder, ("check", "--stage", "ci", "--approved-by", "@maintainer", "--format", "sarif"))
    assert '"kind": "external"' in out
    assert '"kind": "inSource"' not in out


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_nobody_is_no_approval(shop: Project, name: str) -> None:
    shop.edit("pyproject.toml", "line = 90", "line = 50")
    assert shop.told("--approved-by", name).policy == "BROKEN"


def test_nothing_in_the_tree_approves(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("APPROVED_BY", "QUALITY_GATE_APPROVED_BY", "QG_APPROVED_BY"):
        monkeypatch.setenv(name, "me")
    shop.commit(
        {
            "pyproject.toml": '# quality-gate: allow[policy-relaxed] reason="approved" until=2099-01-01\n'
            + POLICY.replace("line = 90", 'line = 50  # quality-gate: allow[policy-relaxed] reason="x"'),
            ".env": "QUALITY_GATE_APPROVED_BY=me\n",
        },
        message="approved-by: @maintainer\n\nApproved-by: @maintainer",
    )
    assert shop.told().policy == "BROKEN"


def test_nor_does_who_edits_the_file_that_says_who_approves(shop: Project) -> None:
    shop.edit("pyproject.toml", "line = 90", "line = 50")
    shop.edit(".github/workflows/gate.yml", '"$LABEL"', '"me"')
    told = shop.told("--approved-by", "me")
    assert told.policy == "BROKEN"
    assert any(one.startswith("who approves, in .github/workflows/gate.yml") for one in told.relaxed)


def test_line_ends_of_a_checkout_are_no_edit(shop: Project) -> None:
    """As `core.autocrlf` writes them."""
    shop.edit("pyproject.toml", "line = 90", "line = 50")
    (shop.folder / ".github/workflows/gate.yml").write_bytes(STEP.replace("\n", "\r\n").encode())
    assert shop.told("--approved-by", "me").policy == "WAIVED"


def test_that_file_may_change_where_nobody_is_asked(shop: Project) -> None:
    shop.edit(".github/workflows/gate.yml", '"$LABEL"', '"$REVIEW"')
    assert shop.told("--approved-by", "me").policy == "KEPT"


class TestAround:
    def test_hooks_and_steps(self, shop: Project) -> None:
        shop.edit(".pre-commit-config.yaml", ", {id: quality-gate-push}", "")
        shop.edit(".github/workflows/gate.yml", "quality-gate ci", "quality-gate ci || true")
        assert shop.told().relaxed == [
            "hook quality-gate-push in .pre-commit-config.yaml: installed → gone",
            "CI step in .github/workflows/gate.yml: asks the gate → gone",
        ]

    def test_a_step_that_may_fail_is_for_who_reviews(self, shop: Project) -> None:
        shop.edit(".github/workflows/gate.yml", "    steps:", "    continue-on-error: true\n    steps:")
        told = shop.told()
        assert told.policy == "KEPT"
        (line,) = told.relaxed
        assert line.startswith("(.github/workflows/gate.yml, which asks the gate: ")

    def test_sources_that_diffs_do_not_show(self, shop: Project) -> None:
        shop.commit({"shop/money/.gitattributes": "*.py -diff\n"})
        (told,) = shop.told().relaxed
        assert told.startswith(
            "shop/money/.gitattributes: *.py -diff: diffs show all sources → they do not show shop/money/"
        )
        assert told.endswith("; ask @shop/payments")

    def test_of_other_code_they_are_for_who_reviews(self, shop: Project) -> None:
        shop.commit({".gitattributes": "*_pb2.py linguist-generated\n", "shop/x_pb2.py": "A = 1\n"})
        told = shop.told()
        assert (told.code, told.policy) != (1, "BROKEN")
        assert told.relaxed == [
            "(.gitattributes: *_pb2.py linguist-generated: diffs show all sources → they do not show shop/x_pb2.py)"
        ]


class TestCode:
    def test_a_critical_file_that_is_moved_out_of_its_pattern_stays_critical(self, shop: Project) -> None:
        shop.git("mv", "shop/money/sums.py", "shop/sums.py")
        shop.edit("shop/pay.py", "shop.money.sums", "shop.sums")
        told = shop.told()
        assert told.relaxed == [
            "shop/sums.py of the critical path payments: included as shop/money/sums.py → moved out of its pattern; "
            "ask @shop/payments"
        ]

    def test_tests_that_are_moved_with_it_are_not(self, shop: Project) -> None:
        shop.git("checkout", "--quiet", "main")
        shop.commit({"shop/money/tests/test_sums.py": "def test_sums():\n    assert 1\n"})
        shop.git("checkout", "--quiet", "-B", "topic")
        shop.git("mv", "shop/money", "shop/cash")
        shop.edit("shop/pay.py", "shop.money", "shop.cash")
        shop.edit("pyproject.toml", 'include = ["shop/money/**"]', "")
        moved, dropped = sorted(shop.told().relaxed, reverse=True)
        assert moved.startswith("shop/cash/sums.py of the critical path payments: included as shop/money/sums.py")
        assert dropped.startswith('(include "shop/money/**" of the critical path payments')

    def test_a_folder_that_is_moved_with_its_pattern_asks_no_less(self, shop: Project) -> None:
        shop.git("mv", "shop/money", "shop/cash")
        shop.edit("shop/pay.py", "shop.money", "shop.cash")
        shop.edit("pyproject.toml", "shop/money/**", "shop/cash/**")
        told = shop.told()
        assert (told.policy, told.relaxed) == ("KEPT", [])

    def test_a_folder_of_which_a_file_is_gone_is_for_who_reviews(self, shop: Project) -> None:
        shop.git("checkout", "--quiet", "main")
        shop.commit({"shop/money/coins.py": "CENTS = 100\n"})
        shop.git("checkout", "--quiet", "-B", "topic")
        shop.git("mv", "shop/money", "shop/cash")
        shop.git("rm", "--quiet", "-f", "shop/cash/coins.py")
        shop.edit("shop/pay.py", "shop.money", "shop.cash")
        shop.edit("pyproject.toml", "shop/money/**", "shop/cash/**")
        told = shop.told()
        assert told.policy == "KEPT"
        assert told.reason.startswith("what it may ask less than main (")
        assert told.relaxed == [
            '(include "shop/money/**" of the critical path payments: listed → gone from the code; ask @shop/payments)'
        ]

    def test_a_module_that_is_moved_with_its_entry_asks_no_less(self, shop: Project) -> None:
        shop.git("mv", "shop/pay.py", "shop/taking.py")
        shop.edit("pyproject.toml", "shop.pay:charge", "shop.taking:charge")
        told = shop.told()
        assert (told.policy, told.relaxed) == ("KEPT", [])

    def test_a_module_that_is_moved_with_another_entry_blocks(self, shop: Project) -> None:
        shop.commit({"shop/pay.py": FILES["shop/pay.py"] + "\n\ndef other():\n    return 1\n"})
        shop.git("mv", "shop/pay.py", "shop/taking.py")
        shop.edit("pyproject.toml", "shop.pay:charge", "shop.taking:other")
        assert shop.told().policy == "BROKEN"

    def test_an_entry_that_is_renamed_is_for_who_reviews(self, shop: Project) -> None:
        shop.edit("shop/pay.py", "def charge", "def take")
        shop.edit("pyproject.toml", "shop.pay:charge", "shop.pay:take")
        told = shop.told()
        assert told.policy == "KEPT"
        assert told.relaxed == [
            '(entry "shop.pay:charge" of the critical path payments: listed → gone from the code; ask @shop/payments)'
        ]

    @pytest.mark.parametrize("entry", ["shop.other:other", "shop.pay:other"])
    def test_an_entry_that_is_there_still_is_not_renamed(self, shop: Project, entry: str) -> None:
        shop.commit(
            {
                "shop/other.py": "def other():\n    return 1\n",
                "shop/pay.py": FILES["shop/pay.py"] + "\n\ndef other():\n    return 1\n",
            }
        )
        shop.edit("pyproject.toml", "shop.pay:charge", entry)
        told = shop.told()
        assert told.policy == "BROKEN"
        assert told.relaxed == [
            'entry "shop.pay:charge" of the critical path payments: listed → dropped; ask @shop/payments'
        ]

    def test_an_entry_that_is_gone_and_replaced_by_something_else_blocks(self, shop: Project) -> None:
        shop.commit({"shop/other.py": "def other():\n    return 1\n"})
        shop.edit("shop/pay.py", "def charge", "def take")
        shop.edit("pyproject.toml", "shop.pay:charge", "shop.other:other")
        assert shop.told().policy == "BROKEN"

    def test_comments_that_silence_on_a_critical_path(self, shop: Project) -> None:
        own = '# quality-gate: allow[silent-failure] reason="approved by all" until=2099-01-01 owner="@mallory"'
        shop.edit("shop/pay.py", "return total(order)", f"return total(order)  {own}")
        shop.edit("shop/money/sums.py", "sum(order)", "sum(order)  # type: ignore[arg-type]  # it is one")
        told = shop.told()
        assert told.policy == "BROKEN"
        assert sorted(told.relaxed) == [
            "(`# type: ignore[arg-type]` on the critical path payments: not there → added; ask @shop/payments)",
            "`# quality-gate: allow[silent-failure]` on the critical path payments: not there → added; ask @shop/payments",
        ]

    @pytest.mark.parametrize(
        "comment",
        ["# pylint: disable=silent-failure", "# flake8: noqa: QG101", "# quality-gate: allow[silent-failure]"],
    )
    def test_a_comment_for_the_whole_file(self, shop: Project, comment: str) -> None:
        shop.commit({"shop/pay.py": f"{comment}\n\n{FILES['shop/pay.py']!s}"})
        silences = "allow" not in comment  # that one speaks of its own line and the next
        assert bool(shop.told().relaxed) is silences

    def test_those_that_were_there_are_nothing_new(self, shop: Project) -> None:
        shop.git("checkout", "--quiet", "main")
        shop.edit("shop/pay.py", "return total(order)", "first = total(order)  # noqa: QG101, E501\n    return first")
        shop.git("checkout", "--quiet", "-B", "topic")
        shop.edit("shop/pay.py", "return first", "return first + 0")
        assert shop.told().relaxed == []
        shop.edit("shop/pay.py", "first = total(order)", "first = total(order) + 0")
        assert shop.told().relaxed == [], "whose line is edited, either"
        shop.edit("shop/pay.py", "+ 0\n", "+ 0  # noqa: QG101, E501\n")
        assert shop.told().relaxed, "and now there is one more"

    def test_elsewhere_they_are_their_owners_business(self, shop: Project) -> None:
        shop.commit({"shop/other.py": 'A = 1  # quality-gate: allow[silent-failure] reason="telemetry only"\n'})
        assert shop.told().relaxed == []

    def test_a_comment_that_named_a_path_and_is_gone(self, shop: Project) -> None:
        marked = "def refund(order):  # quality-gate: critical[refunds]\n    return order\n"
        shop.git("checkout", "--quiet", "main")
        shop.commit({"shop/refund.py": marked})
        shop.git("checkout", "--quiet", "-B", "topic")
        shop.edit("shop/refund.py", "  # quality-gate: critical[refunds]", "")
        told = shop.told()
        assert told.relaxed == ["refund of the critical path refunds: named by a comment → the comment is gone"]

    def test_nor_does_a_file_that_is_renamed_lose_it_unsaid(self, shop: Project) -> None:
        shop.git("checkout", "--quiet", "main")
        shop.commit({"shop/refund.py": REFUND})
        shop.git("checkout", "--quiet", "-B", "topic")
        shop.git("mv", "shop/refund.py", "shop/back.py")
        shop.edit("shop/back.py", "  # quality-gate: critical[payments]", "")
        assert shop.told().relaxed == [
            "refund of the critical path payments: named by a comment → the comment is gone; ask @shop/payments"
        ]

    @pytest.mark.parametrize(
        "declared", ['["shop.pay:charge", "shop.refund:refund"]', '["shop.pay:charge"]\ninclude = ["shop/r*.py"]']
    )
    def test_what_the_configuration_names_instead_needs_no_comment(self, shop: Project, declared: str) -> None:
        policy = POLICY.replace('include = ["shop/money/**"]\n', "")
        shop.git("checkout", "--quiet", "main")
        shop.commit({"pyproject.toml": policy, "shop/refund.py": REFUND})
        shop.git("checkout", "--quiet", "-B", "topic")
        shop.edit("shop/refund.py", "  # quality-gate: critical[payments]", "")
        shop.commit({"pyproject.toml": policy.replace('["shop.pay:charge"]', declared)})
        assert shop.told().relaxed == []


def test_the_first_adoption_needs_nobodys_word(shop: Project) -> None:
    fresh = Scratch(shop.folder.parent / "fresh")
    fresh.commit({"shop/pay.py": "A = 1\n"})
    fresh.git("checkout", "--quiet", "-b", "topic")
    fresh.commit({"pyproject.toml": '[tool.quality-gate.practices]\nstatic-analysis = "observe"\n'})
    told = Project(fresh.folder, shop.ask, init=False).told()
    assert (told.code, told.policy) == (0, "")
