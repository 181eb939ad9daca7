"""Rules that need the linked codebase, through the real command: at which stages they speak, and for which change."""

from __future__ import annotations

import json

import pytest

from gate_process import gate
from git_scratch import Scratch

PLANS = """\
from django.db import transaction

from shop.billing import stop_billing


@transaction.atomic
def archive(plan):
    plan.save()
    stop_billing(plan)
"""
QUIET = """\
def stop_billing(plan):
    return plan
"""
REMOTE = """\
import requests


def stop_billing(plan):
    requests.delete(f"https://bank.example/{plan.pk}", timeout=5)
"""


@pytest.fixture
def shop(tmp_path):
    """A project whose transaction calls a function in another file."""
    scratch = Scratch(tmp_path / "shop")
    scratch.stage("shop/__init__.py")
    scratch.stage("shop/plans.py", PLANS)
    return scratch


def found(scratch, *arguments, **variables):
    """Exit code, and (rule, path, line, new) of every finding."""
    run = gate(scratch.folder, *arguments, "--format", "json", **variables)
    told = json.loads(run.stdout)
    return run.returncode, [
        (one["name"], one["path"], one["line"], one["new"])
        for verdict in told["verdicts"]
        for one in verdict["findings"]
    ]


ARCHIVE = ("remote-call-in-transaction", "shop/plans.py", 9, True)


@pytest.mark.parametrize(
    ("arguments", "code", "findings"),
    [
        (("check", "--stage", "commit", "--all-files"), 0, []),
        (("check", "--stage", "push", "--all-files"), 1, [ARCHIVE]),
        (("check", "--stage", "ci"), 1, [ARCHIVE]),
        (("report",), 0, [ARCHIVE]),
    ],
)
def test_stages_at_which_linked_rules_speak(shop, arguments, code, findings) -> None:
    shop.write("shop/billing.py", REMOTE)
    assert found(shop, *arguments) == (code, findings)


def test_a_change_far_away_breaks_the_file_that_it_does_not_touch(shop) -> None:
    shop.commit({"shop/billing.py": QUIET})
    shop.git("checkout", "-q", "-b", "remote")
    shop.commit({"shop/billing.py": REMOTE})
    assert found(shop, "check", "--stage", "ci") == (1, [ARCHIVE])


def test_what_was_there_before_does_not_block(shop) -> None:
    shop.commit({"shop/billing.py": REMOTE})
    shop.git("checkout", "-q", "-b", "more")
    shop.commit({"shop/more.py": "def more():\n    return 1\n"})
    assert found(shop, "check", "--stage", "ci") == (0, [])
    assert found(shop, "report") == (0, [(*ARCHIVE[:3], False)])


def test_the_second_run_says_the_same_from_the_cache(shop) -> None:
    shop.write("shop/billing.py", REMOTE)
    first = found(shop, "check", "--stage", "push", "--all-files")
    assert found(shop, "check", "--stage", "push", "--all-files") == first
    shop.write("shop/billing.py", QUIET)
    assert found(shop, "check", "--stage", "push", "--all-files") == (0, [])


@pytest.mark.parametrize(
    ("arguments", "findings"),
    [
        (("check", "--stage", "commit"), []),
        (("check", "--stage", "ci"), [("call-without-deadline", "shop/pay.py", 5, True)]),
        (("report",), [("call-without-deadline", "shop/pay.py", 5, True)]),
    ],
    ids=["commit", "ci", "report"],
)
def test_where_files_are_linked_other_modules_tell_rules_more(tmp_path, arguments, findings):
    """A client made in another module: one file does not tell what `session` is."""
    scratch = Scratch(tmp_path / "shop")
    scratch.commit({"shop/__init__.py": "", "shop/http.py": "import requests\n\nsession = requests.Session()\n"})
    scratch.git("checkout", "-q", "-b", "pay")
    scratch.stage("shop/pay.py", "from .http import session\n\n\ndef pay():\n    session.post('/charges')\n")
    if "ci" in arguments:
        scratch.git("commit", "-qm", "Pay")
    assert found(scratch, *arguments)[1] == findings


SILENT = """\
import requests


def send(rates):
    try:
        requests.post("https://bank.example/rates", json=rates, timeout=5)
    except OSError:  {}
        pass
"""


def test_a_comment_that_names_no_rule_says_so_at_commit_and_where_files_are_linked(shop):
    comment = '# quality-gate: allow[{}] reason="settled by night"'
    linked = comment.format("remote-call-in-transactoin")
    shop.write("shop/billing.py", REMOTE)
    shop.stage("shop/plans.py", PLANS.replace("    stop_billing(plan)", f"    stop_billing(plan)  {linked}"))
    shop.stage("shop/rates.py", SILENT.format(comment.format("silent-failur")))
    alone = '"silent-failur" in the comment on line 7 names no rule of ours: did you mean silent-failure?'
    assert messages(shop, "check") == [("silent-failure", alone)]
    assert messages(shop, "report") == [
        (
            "remote-call-in-transaction",
            '"remote-call-in-transactoin" in the comment on line 9 names no rule of ours: '
            "did you mean remote-call-in-transaction?",
        ),
        ("silent-failure", alone),
    ]


def messages(scratch, *arguments):
    """Each finding's rule, and the last clause of what it says."""
    told = json.loads(gate(scratch.folder, *arguments, "--format", "json").stdout)
    every = [one for verdict in told["verdicts"] for one in verdict["findings"]]
    return sorted((one["name"], one["message"].rpartition("; ")[2]) for one in every)
