"""What findings of linked rules share: what makes them new, what silences them, what identifies them, what they cost."""

from __future__ import annotations

import datetime

import pytest

from graphs import SmallCodebase
from project_cases_of import bench_of, findings
from quality_gate.bench import Bench, ProjectRule
from quality_gate.bench_linked import Linked
from quality_gate.codebase.graph import Confidence, Edge, ExternalCall, Mark
from quality_gate.model import Change, LineRange, Mode, Stage
from quality_gate.practices.static_analysis import static_analysis
from quality_gate.project_rules import linked
from quality_gate.project_rules.linked._chains import DEPTH, Reach
from quality_gate.project_rules.linked.blocking_call_in_async import blocking_call_in_async
from quality_gate.project_rules.linked.remote_call_in_transaction import remote_call_in_transaction
from quality_gate_checkers.plug import collect
from quality_gate_checkers.settings import Settings

PLANS = """\
from django.db import transaction

from shop.billing import stop_billing


def archive(plan):
    with transaction.atomic():
        plan.save()
        stop_billing(plan)
"""
BILLING = """\
import requests


def stop_billing(plan):
    print(plan)
    requests.delete("https://bank.example", timeout=5)
"""
SHOP = {"shop/plans.py": PLANS, "shop/billing.py": BILLING}


def changed(path: str, line: int) -> Change:
    return Change(description="a line", lines={path: (LineRange(line, line),)}, files=frozenset({path}))


def found(files=SHOP, **more):
    return findings(remote_call_in_transaction, files, **more)


def test_the_chain_names_every_call_and_its_place() -> None:
    (finding,) = found()
    assert finding.path == "shop/plans.py"
    assert (finding.line, finding.column) == (9, 9)
    assert finding.function == "shop.plans.archive"
    assert finding.message.endswith("archive (shop/plans.py:9) -> stop_billing (shop/billing.py:6) -> requests.delete")


@pytest.mark.parametrize(
    ("path", "line", "new"),
    [
        ("shop/plans.py", 7, True),
        ("shop/plans.py", 9, True),
        ("shop/billing.py", 6, True),
        ("shop/plans.py", 8, False),
        ("shop/billing.py", 5, False),
    ],
)
def test_it_is_new_when_a_line_that_makes_it_is(path, line, new) -> None:
    (finding,) = found(change=changed(path, line))
    assert finding.new is new


LOGIN = """\
import requests


async def login(form):
    requests.get("https://a.example", timeout=5)
    requests.get("https://b.example", timeout=5)
"""


@pytest.mark.parametrize(("line", "new"), [(5, True), (6, True), (4, False)])
def test_calls_of_one_client_are_one_finding_and_each_of_them_makes_it_new(line, new) -> None:
    (finding,) = findings(blocking_call_in_async, {"shop/login.py": LOGIN}, change=changed("shop/login.py", line))
    assert (finding.line, finding.new) == (5, new)
    assert "and 1 more call here" in finding.message


HELPED = {
    "shop/trail.py": "import requests\n\n\ndef audit(form):\n    requests.post('https://audit.example', timeout=5)\n",
    "shop/login.py": "from shop.trail import audit\n\n\nasync def login(form):\n    audit(form)\n\n\n"
    "async def logout(form):\n    audit(form)\n",
}


def test_who_comes_to_one_call_shares_a_finding() -> None:
    (finding,) = findings(blocking_call_in_async, HELPED)
    assert finding.message.endswith("requests.post; 1 more async function comes to this call: shop/login.py:9")


def test_old_and_new_ways_to_one_call_stay_apart() -> None:
    found = findings(blocking_call_in_async, HELPED, change=changed("shop/login.py", 9))
    assert [(one.line, one.new) for one in found] == [(5, False), (9, True)]


def test_a_suppression_silences_its_own_way_only() -> None:
    allowed = "    audit(form)  # quality-gate: allow[blocking-call-in-async] reason='one at a time'\n"
    files = HELPED | {"shop/login.py": HELPED["shop/login.py"].replace("    audit(form)\n", allowed, 1)}
    found = findings(blocking_call_in_async, files)
    assert [(one.line, one.suppressed) for one in found] == [(5, "one at a time"), (9, None)]


def test_of_djangos_orm_the_truth_is_told() -> None:
    source = (
        "from django.db import models, transaction\n\n\nclass Order(models.Model):\n    pass\n\n\n"
        "async def newest():\n    return Order.objects.first()\n\n\nasync def keep():\n    transaction.commit()\n"
    )
    first, commit = findings(blocking_call_in_async, {"shop/orders.py": source})
    assert "is refused by Django in async code" in first.message
    assert first.remedy == "await `afirst`, or put the function that asks behind `sync_to_async`"
    assert commit.remedy == "put the function that asks behind `sync_to_async`"


def test_a_change_elsewhere_on_the_chain_breaks_the_practice() -> None:
    bench = bench_of(SHOP, change=changed("shop/billing.py", 6))
    bench.whole = False
    (verdict,) = static_analysis.judge(bench, Mode.NEW_CODE)
    assert [finding.code for finding in verdict.findings if finding.new] == ["QG206"]
    assert verdict.outcome == "BROKEN"
    assert (verdict.measured, verdict.of) == (1, 1)


COMMENTS = {
    '# quality-gate: allow[remote-call-in-transaction] reason="a stub"': "a stub",
    '# quality-gate: allow[QG206] reason="a stub" until=2026-11-22': "a stub",
    "# noqa: QG206": "without a reason",
    "# noqa: QG2": "without a reason",
    '# quality-gate: allow[enqueue-before-commit] reason="another rule"': None,
    "# quality-gate: allow[remote-call-in-transaction]": None,
    '# quality-gate: allow[remote-call-in-transaction] reason="late" until=2026-11-21': None,
    "# noqa": None,
}


@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize(("path", "code"), [("shop/plans.py", "stop_billing(plan)"), ("shop/billing.py", "timeout=5)")])
def test_a_comment_at_any_call_of_the_chain_silences_it(comment, path, code) -> None:
    (finding,) = found(SHOP | {path: SHOP[path].replace(code, f"{code}  {comment}")})
    assert finding.suppressed == COMMENTS[comment]


def test_a_comment_that_does_not_hold_says_why() -> None:
    files = SHOP | {"shop/plans.py": PLANS.replace("billing(plan)", "billing(plan)  # quality-gate: allow[QG206]")}
    (finding,) = found(files)
    assert "the comment on line 9 does not silence this: it gives no reason" in finding.message


def test_a_comment_that_names_no_rule_says_so() -> None:
    comment = '  # quality-gate: allow[remote-call-in-transactoin] reason="a stub"'
    (finding,) = found(SHOP | {"shop/plans.py": PLANS.replace("billing(plan)", f"billing(plan){comment}")})
    assert finding.suppressed is None
    assert finding.message.endswith(
        '; "remote-call-in-transactoin" in the comment on line 9 names no rule of ours: '
        "did you mean remote-call-in-transaction?"
    )


def test_moved_lines_keep_their_identity() -> None:
    (before,) = found()
    (after,) = found({path: f"# a comment\n\n{text}" for path, text in SHOP.items()})
    assert before.fingerprint == after.fingerprint
    assert after.line == before.line + 2


def test_two_equal_calls_have_two_identities() -> None:
    twice = PLANS + "        stop_billing(plan)\n"
    first, second = found(SHOP | {"shop/plans.py": twice})
    assert first.fingerprint != second.fingerprint


def test_calls_in_a_circle_end() -> None:
    circle = BILLING.replace("print(plan)", "stop_billing(plan) if plan else None")
    assert len(found(SHOP | {"shop/billing.py": circle})) == 1
    quiet = circle.replace('requests.delete("https://bank.example", timeout=5)', "stop_billing(plan)")
    assert found(SHOP | {"shop/billing.py": quiet}) == []


class Unlinked(SmallCodebase):
    """A codebase whose calls nobody may ask for."""

    def calls_from(self, name: str) -> tuple[Edge, ...]:
        raise AssertionError(name)

    external_calls = calls_to = unresolved_calls = calls_from
    entry_points = property(calls_from)

    def __init__(self, files, **more) -> None:
        self.definitions = {}
        self._in, self._marks = {}, more.get("marks", ())


def bench_with(codebase, *, stage=Stage.CI, whole=True) -> Bench:
    def nothing_changed() -> Change:
        return Change(description="nothing")

    return Bench(
        stage=stage,
        whole=whole,
        today=datetime.date(2026, 11, 22),
        critical_paths=(),
        change=nothing_changed,
        inspections=dict,
        settings=Settings(),
        linked=Linked(codebase=lambda: codebase),
    )


@pytest.mark.parametrize("rule", collect(linked, ProjectRule), ids=lambda rule: rule.name)
def test_nothing_is_linked_where_no_file_holds_what_a_rule_looks_for(rule) -> None:
    assert list(rule.check(bench_with(Unlinked({})))) == []


def test_the_commit_stage_asks_for_no_codebase() -> None:
    def never() -> SmallCodebase:
        raise AssertionError("linked at the commit stage")

    bench = bench_with(None, stage=Stage.COMMIT, whole=False)
    bench._linked = Linked(codebase=never)
    assert list(static_analysis.judge(bench, Mode.ENFORCE))


def chain_of(length: int, **first: object) -> SmallCodebase:
    source = "".join(f"def f{number}():\n    pass\n" for number in range(length))
    edge = {"confidence": Confidence.CERTAIN, "rung": "import"} | first
    edges = [Edge("shop.f0", "shop.f1", 2, 5, edge["confidence"], edge["rung"])]
    edges += [(f"shop.f{number}", f"shop.f{number + 1}") for number in range(1, length - 1)]
    last = f"shop.f{length - 1}"
    return SmallCodebase(
        {"shop.py": source}, edges, external=[ExternalCall(last, "requests.get", 2 * length, 5)],
        marks=first.get("marks", ()),
    )  # fmt: skip


def reached(codebase, **more) -> list[int]:
    reach = Reach(codebase, Settings(), lambda name, call: name == "requests.get", **more)
    return [len(chain) for chain in reach.chains("shop.f0", 1, 2)]


def test_what_is_too_far_away_is_not_reached() -> None:
    assert reached(chain_of(DEPTH + 1)) == [DEPTH + 1]
    assert reached(chain_of(DEPTH + 2)) == []


@pytest.mark.parametrize(
    "first",
    [
        {"confidence": Confidence.POSSIBLE},
        {"confidence": Confidence.DISPATCH},
        {"rung": "django-signal"},
        {"rung": "celery-task"},
        {"rung": "handed-over"},
        {"marks": [Mark("elsewhere", "shop.f0", 2, 2, 1, "on_commit")]},
        {"marks": [Mark("first-time", "shop.f0", 2, 2, 1)]},
        {"marks": [Mark("muted", "shop.f0", 2, 2, 5)]},
        {"marks": [Mark("generator", "shop.f1", 3, 4, 1)]},
    ],
    ids=str,
)
def test_calls_that_are_not_followed(first) -> None:
    assert reached(chain_of(3)) == [3]
    assert reached(chain_of(3, **first)) == []


def test_a_body_that_a_rule_does_not_enter() -> None:
    assert reached(chain_of(3), enters=lambda definition: definition.name != "shop.f1") == []


def test_a_helper_that_the_configuration_names_counts_as_an_oracle() -> None:
    from quality_gate.project_rules.linked.test_without_oracle_in_reach import test_without_oracle_in_reach as rule

    files = {
        "tests/robots.py": "def pay_and_look(order):\n    return order\n",
        "tests/test_pay.py": "from tests.robots import pay_and_look\ndef test_pay_by_card():\n    pay_and_look(7)\n",
    }
    assert [finding.code for finding in rule.check(bench_of(files))] == ["QG341"]
    named = Settings(oracles=("tests.robots.*",))
    assert list(rule.check(bench_of(files, settings=named))) == []


def test_a_test_without_an_oracle_is_new_when_one_of_its_lines_is() -> None:
    from quality_gate.project_rules.linked.test_without_oracle_in_reach import test_without_oracle_in_reach as rule

    files = {"tests/conftest.py": "import pytest\n@pytest.fixture\ndef order():\n    return 7\n"}
    files["tests/test_pay.py"] = "from shop.pay import pay\ndef test_pay_by_card(order):\n    pay(order)\n"
    touched = Change(description="a line", lines={"tests/test_pay.py": (LineRange(3, 3),)})
    elsewhere = Change(description="a line", lines={"tests/conftest.py": (LineRange(3, 3),)})
    assert [finding.new for finding in rule.check(bench_of(files, change=touched))] == [True]
    assert [finding.new for finding in rule.check(bench_of(files, change=elsewhere))] == [False]
