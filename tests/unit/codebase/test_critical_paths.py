"""From entries, comments and includes to members: chains, stops, cycles, tests' calls, and what names nothing."""

from __future__ import annotations

import pytest

from graphs import SmallCodebase, SmallRuns
from quality_gate.codebase.critical_paths import INSIDE, SEEN, resolve
from quality_gate.codebase.graph import Confidence, Edge
from quality_gate.config import CriticalPath
from quality_gate.errors import UsageErrors
from quality_gate.model import LineRange
from quality_gate.runs import ObservedCall

PAY = """\
def place(order):
    take(order)
    save(order)


def take(order):
    return capture(order)


def capture(order):
    return order


def save(order):
    return order


def unrelated():
    return place
"""
SHOP = {
    "shop/pay.py": PAY,
    "shop/telemetry.py": "def count():\n    return 1\n",
    "tests/test_pay.py": "def helper(): pass\n",
}
CALLS = [
    ("shop.pay.place", "shop.pay.take"),
    ("shop.pay.place", "shop.pay.save"),
    ("shop.pay.take", "shop.pay.capture"),
]


def is_test(path: str) -> bool:
    return path.startswith("tests/")


def paths(codebase, runs=None, **declared: CriticalPath):
    return resolve(codebase, declared, list(codebase._in), is_test, runs).paths


def path(codebase, runs=None, **keys):
    (found,) = paths(codebase, runs, payments=CriticalPath(**keys))
    return found


def names(found) -> list[str]:
    return [member.name.removeprefix("shop.") for member in found.members]


def chain(found, name: str) -> list[str]:
    member = next(member for member in found.members if member.name == name)
    return [f"{step.caller.rpartition('.')[2]}:{step.line}" for step in found.chain(member)]


def errors(codebase, **keys) -> list[str]:
    with pytest.raises(UsageErrors) as caught:
        path(codebase, **keys)
    return [f"{one.where.rpartition('.')[2]}: {one.problem}; {one.remedy}" for one in caught.value.errors]


# -- what belongs to it


@pytest.mark.parametrize("spelling", ["shop.pay:place", "shop.pay.place"])
def test_an_entry_and_everything_that_it_calls(spelling):
    found = path(SmallCodebase(SHOP, CALLS), entry=(spelling,))
    assert names(found) == ["pay.place", "pay.take", "pay.save", "pay.capture"]
    assert [member.declared for member in found.members] == ["entry", None, None, None]


def test_the_chain_is_a_shortest_one_with_the_lines_of_the_calls():
    longer = [("shop.pay.save", "shop.pay.take")]
    found = path(SmallCodebase(SHOP, longer + CALLS), entry=("shop.pay:place",))
    assert chain(found, "shop.pay.capture") == ["place:2", "take:7"]
    assert chain(found, "shop.pay.place") == []


def test_dispatch_is_followed_and_possible_calls_are_listed_apart():
    edges = [
        Edge("shop.pay.place", "shop.pay.take", 2, 5, Confidence.DISPATCH, "override"),
        Edge("shop.pay.place", "shop.pay.capture", 3, 5, Confidence.POSSIBLE, "unique-name"),
        Edge("shop.pay.take", "shop.pay.save", 3, 5, Confidence.POSSIBLE, "unique-name"),
        Edge("shop.pay.take", "shop.pay.save", 4, 5, Confidence.CERTAIN, "import"),
    ]
    found = path(SmallCodebase(SHOP, edges), entry=("shop.pay:place",))
    assert names(found) == ["pay.place", "pay.take", "pay.save"]
    assert [edge.callee for edge in found.possible] == ["shop.pay.capture"], "a member is not merely possible"


def test_recursion_and_cycles_end():
    edges = [*CALLS, ("shop.pay.capture", "shop.pay.place"), ("shop.pay.capture", "shop.pay.capture")]
    found = path(SmallCodebase(SHOP, edges), entry=("shop.pay:capture",))
    assert sorted(names(found)) == ["pay.capture", "pay.place", "pay.save", "pay.take"]
    assert chain(found, "shop.pay.take") == ["capture:11", "place:2"]


def test_a_class_as_entry_is_its_methods():
    source = "class Checkout:\n    def place(self):\n        pass\n\n    def cancel(self):\n        pass\n\n\ndef other(): pass\n"
    found = path(SmallCodebase({"shop/checkout.py": source}), entry=("shop.checkout:Checkout",))
    assert names(found) == ["checkout.Checkout.place", "checkout.Checkout.cancel"]


CLASSES = {
    "shop/checkout.py": "class Checkout:\n    def place(self): pass\n    def cancel(self): pass\n\ndef fee(): pass\n",
    "shop/rates.py": "def fee(): pass\n\nLATER = lambda: 1\n",
    "tests/test_fee.py": "def fee(): pass\n",
}
METHODS = ["checkout.Checkout.place", "checkout.Checkout.cancel"]


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ("shop.checkout:Checkout.*", METHODS),
        ("shop.checkout:Check*", METHODS),
        ("shop.checkout.*", [*METHODS, "checkout.fee"]),
        ("shop.*.fee", ["checkout.fee", "rates.fee"]),
        ("**.fee", ["checkout.fee", "rates.fee"]),
        ("shop.**", [*METHODS, "checkout.fee", "rates.fee"]),
    ],
)
def test_an_entry_may_be_a_pattern(entry, wanted):
    found = path(SmallCodebase(CLASSES), entry=(entry,))
    assert names(found) == wanted
    assert {member.declared for member in found.members} == {"entry"}


def test_a_pattern_that_names_no_function_is_told_with_the_nearest_spelling():
    said = errors(SmallCodebase(CLASSES), entry=("shop.checkout:Chekout.*",))
    assert said == [
        'entry[0]: "shop.checkout:Chekout.*" matches no function of the project; did you mean shop.checkout.Checkout?'
    ]
    assert "matches no function" in errors(SmallCodebase(CLASSES), entry=("tests.test_fee.*",))[0]


@pytest.mark.parametrize("broken", ["shop/broken.py", "src/shop/broken.py", "shop/broken/__init__.py"])
def test_where_more_of_a_pattern_may_be_in_a_file_that_nobody_can_read_that_is_a_problem(broken):
    codebase = SmallCodebase(CLASSES)
    codebase._in[broken] = ()
    for entry, known in (("shop.*.fee", 2), ("**.fee", 2), ("shop.broken.*", 0), ("shop.broken:Bank.*", 0)):
        found = path(codebase, entry=(entry, "shop.rates:fee"))
        assert found.problems == (f"{broken}, where {entry} may be, could not be analysed",)
        assert len(found.members) == max(known, 1)
    assert path(codebase, entry=("shop.rates.*",)).problems == ()


def test_test_code_is_never_a_member():
    edges = [*CALLS, ("shop.pay.place", "tests.test_pay.helper")]
    assert "tests.test_pay.helper" not in names(path(SmallCodebase(SHOP, edges), entry=("shop.pay:place",)))


def test_a_function_inside_a_member_is_a_member_and_what_it_calls():
    source = (
        "def place():\n    def inner():\n        return later()\n    return pool.submit(inner)\n\n\n"
        "def later():\n    pass\n"
    )
    codebase = SmallCodebase({"shop/pay.py": source}, [("shop.pay.place.inner", "shop.pay.later")])
    found = path(codebase, entry=("shop.pay:place",))
    assert names(found) == ["pay.place", "pay.place.inner", "pay.later"]
    assert found.members[1].via.how == INSIDE


def test_stop_ends_the_path_before_a_module_a_class_or_a_function():
    edges = [*CALLS, ("shop.pay.save", "shop.telemetry.count")]
    everything = path(SmallCodebase(SHOP, edges), entry=("shop.pay:place",))
    assert "telemetry.count" in names(everything)
    for stop in ("shop.telemetry", "shop.telemetry.*", "shop.telemetry:count", "shop.tele*", "**.count"):
        found = path(SmallCodebase(SHOP, edges), entry=("shop.pay:place",), stop=(stop,))
        assert names(found) == ["pay.place", "pay.take", "pay.save", "pay.capture"], stop
        assert found.stopped == ("shop.telemetry.count",)
    shorter = path(SmallCodebase(SHOP, edges), entry=("shop.pay:place",), stop=("shop.pay.take",))
    assert names(shorter) == ["pay.place", "pay.save", "telemetry.count"]


def test_an_included_file_belongs_whole_with_its_module_code_and_what_it_calls():
    edges = [("shop.telemetry.count", "shop.pay.save")]
    found = path(SmallCodebase(SHOP, edges), include=("shop/telemetry.py",))
    assert names(found) == ["telemetry", "telemetry.count", "pay.save"]
    assert [member.declared for member in found.members] == ["include", "include", None]


def test_class_bodies_and_lambdas_of_an_included_file_call_too():
    source = "class Order:\n    total = compute()\n\n\nHANDLERS = {'x': lambda: other()}\n\n\ndef unused(): pass\n"
    files = {"shop/order.py": source, "shop/sums.py": "def compute():\n    pass\n\n\ndef other():\n    pass\n"}
    edges = [("shop.order.Order", "shop.sums.compute"), ("shop.order.<lambda1>", "shop.sums.other")]
    found = path(SmallCodebase(files, edges), include=("shop/order.py",))
    assert names(found) == ["order", "order.<lambda1>", "order.unused", "sums.compute", "sums.other"]
    assert chain(found, "shop.sums.compute") == ["order:2"]


def test_including_module_code_does_not_include_functions_that_a_stop_takes_out_again():
    edges = [("shop.pay", "shop.telemetry.count")]
    found = path(SmallCodebase(SHOP, edges), include=("shop/pay.py",), stop=("shop.telemetry",))
    assert "telemetry.count" not in names(found)


# -- comments


def test_a_comment_makes_a_path_with_defaults_and_adds_to_a_declared_one():
    source = PAY.replace("def take(order):", "def take(order):  # quality-gate: critical[payments, refunds]")
    codebase = SmallCodebase({"shop/pay.py": source}, CALLS)
    payments, refunds = paths(codebase, payments=CriticalPath(entry=("shop.pay.save",), line=95))
    assert (payments.name, payments.declared.line, names(payments)) == (
        "payments",
        95,
        ["pay.save", "pay.take", "pay.capture"],
    )
    assert (refunds.name, refunds.declared.line, names(refunds)) == ("refunds", 80, ["pay.take", "pay.capture"])
    assert [member.declared for member in refunds.entries] == ["comment"]


def test_a_comment_in_test_code_declares_nothing():
    codebase = SmallCodebase({"tests/test_pay.py": "def helper():  # quality-gate: critical[payments]\n    pass\n"})
    assert paths(codebase) == ()


# -- calls that only the tests saw

SAW = ObservedCall("shop/pay.py", "place", 3, "shop/telemetry.py", "count")


def test_a_call_that_a_test_saw_is_reached_and_says_so():
    runs = SmallRuns(observed=[SAW])
    found = path(SmallCodebase(SHOP, CALLS), runs, entry=("shop.pay:place",))
    assert names(found)[-1] == "telemetry.count"
    (step,) = found.seen
    assert (step.caller, step.callee, step.line, step.how) == ("shop.pay.place", "shop.telemetry.count", 3, SEEN)


def test_what_the_graph_knows_is_not_called_seen():
    runs = SmallRuns(observed=[ObservedCall("shop/pay.py", "place", 2, "shop/pay.py", "capture")])
    found = path(SmallCodebase(SHOP, CALLS), runs, entry=("shop.pay:place",))
    assert found.seen == ()
    assert chain(found, "shop.pay.capture") == ["place:2", "take:7"]


def test_what_a_seen_function_calls_is_reached_too():
    edges = [*CALLS, ("shop.telemetry.count", "shop.pay.unrelated")]
    found = path(SmallCodebase(SHOP, edges), SmallRuns(observed=[SAW]), entry=("shop.pay:place",))
    assert names(found)[-1] == "pay.unrelated"


@pytest.mark.parametrize(
    ("observed", "why"),
    [
        (ObservedCall("shop/pay.py", "unrelated", 3, "shop/telemetry.py", "count"), "the caller is no member"),
        (ObservedCall("shop/pay.py", "place", 3, "shop/telemetry.py", "gone"), "it is no longer there"),
        (ObservedCall("shop/pay.py", "place", 3, "tests/test_pay.py", "helper"), "it is test code"),
        (ObservedCall("shop/pay.py", "place", 3, "elsewhere.py", "count"), "nobody knows the file"),
    ],
)
def test_calls_that_make_no_member(observed, why):
    found = path(SmallCodebase(SHOP, CALLS), SmallRuns(observed=[observed]), entry=("shop.pay:place",))
    assert len(found.members) == 4, why


def test_calls_seen_of_a_function_that_has_changed_since_no_longer_count():
    runs = SmallRuns(observed=[SAW], stale={("shop/pay.py", "place"): "it has changed"})
    assert path(SmallCodebase(SHOP, CALLS), runs, entry=("shop.pay:place",)).seen == ()


def test_local_names_of_a_recorder_are_understood():
    source = "def place():\n    def inner():\n        pass\n    return inner\n\n\ndef other():\n    pass\n"
    runs = SmallRuns(observed=[ObservedCall("shop/pay.py", "other", 8, "shop/pay.py", "place.<locals>.inner")])
    found = path(SmallCodebase({"shop/pay.py": source}), runs, entry=("shop.pay:other",))
    assert names(found) == ["pay.other", "pay.place.inner"]


# -- own lines


def own(source: str, name: str) -> list[tuple[int, int]]:
    codebase = SmallCodebase({"m.py": source})
    held = codebase.definitions_in("m.py")
    from quality_gate.codebase.critical_paths import own_lines

    return [(span.first, span.last) for span in own_lines(held, codebase.definitions[name])]


NESTED = """\
import x

@x.decorated
def outer():
    a = 1

    @x.decorated
    def inner():
        return a

    class Local:
        field = 1

        def method(self):
            return 2

    return inner


def last(): return 1
"""


def test_own_lines_leave_out_the_head_and_the_bodies_of_functions_inside():
    assert own(NESTED, "m.outer") == [(5, 8), (10, 14), (16, 17)]
    assert own(NESTED, "m.outer.inner") == [(9, 9)]
    assert own(NESTED, "m.outer.Local.method") == [(15, 15)]


def test_module_code_is_what_no_function_owns_heads_included():
    assert own(NESTED, "m") == [(1, 4), (18, 20)]


def test_a_function_on_one_line_has_no_line_of_its_own():
    assert own(NESTED, "m.last") == []


def test_every_line_belongs_to_exactly_one_function():
    codebase = SmallCodebase({"m.py": NESTED})
    spans = [
        span
        for one in codebase.definitions_in("m.py")
        if one.kind in ("module", "function")
        for span in own(NESTED, one.name)
    ]
    lines = sorted(line for first, last in spans for line in range(first, last + 1))
    assert lines == list(range(1, 21))
    assert LineRange(1, 1) != LineRange(1, 2)


def test_a_property_and_its_setter_are_one_member_with_the_lines_of_both():
    source = (
        "class Order:\n    @property\n    def total(self):\n        return 1\n\n"
        "    @total.setter\n    def total(self, new):\n        self.x = new\n"
    )
    codebase = SmallCodebase({"shop/order.py": source})
    found = path(codebase, include=("shop/order.py",))
    assert names(found) == ["order", "order.Order.total"]
    module, total = found.members
    assert [(span.first, span.last) for span in module.own] == [(1, 3), (5, 7)]
    assert [(span.first, span.last) for span in total.own] == [(4, 4), (8, 8)]


# -- what names nothing


def test_an_entry_that_names_no_function_is_told_with_the_nearest_spelling():
    codebase = SmallCodebase(SHOP, CALLS)
    assert errors(codebase, entry=("shop.pay:plase",)) == [
        'entry[0]: "shop.pay:plase" names no function of the project; did you mean shop.pay.place?'
    ]
    assert errors(codebase, entry=("shop.api.pay.capture",)) == [
        'entry[0]: "shop.api.pay.capture" names no function of the project; did you mean shop.pay.capture?'
    ]
    assert errors(codebase, entry=("qqqq.zzzz",)) == [
        'entry[0]: "qqqq.zzzz" names no function of the project; see the names with: quality-gate paths --calls'
    ]


def test_an_entry_that_is_something_else_says_what_it_is():
    files = SHOP | {"shop/model.py": "class Money:\n    cents = 1\n"}
    codebase = SmallCodebase(files)
    assert errors(codebase, entry=("shop.pay",)) == [
        'entry[0]: "shop.pay" is a module; take the file whole: include = ["shop/pay.py"]'
    ]
    assert errors(codebase, entry=("shop.model:Money",)) == [
        'entry[0]: "shop.model:Money" is a class that defines no method; name the class that defines them'
    ]
    assert errors(codebase, entry=("tests.test_pay:helper",)) == [
        'entry[0]: "tests.test_pay:helper" is test code; name the function that the test calls'
    ]


def test_patterns_that_match_nothing_are_told_and_all_errors_at_once():
    codebase = SmallCodebase(SHOP, CALLS)
    assert errors(codebase, entry=("shop.pay:nope",), include=("shop/paying/**",), stop=("shop.telemetri",)) == [
        'entry[0]: "shop.pay:nope" names no function of the project; did you mean shop.pay.place?',
        'include[0]: "shop/paying/**" matches no file of production code; did you mean shop/pay.py?',
        'stop[0]: "shop.telemetri" matches nothing in the project; did you mean shop.telemetry?',
    ]


def test_a_pattern_that_matches_tests_only_matches_nothing():
    assert "matches no file of production code" in errors(SmallCodebase(SHOP), include=("tests/**",))[0]


def test_an_included_file_that_could_not_be_analysed_is_a_problem_and_not_nothing():
    codebase = SmallCodebase(SHOP)
    codebase._in["shop/broken.py"] = ()
    found = path(codebase, include=("shop/**",))
    assert found.problems == ("shop/broken.py belongs to it and could not be analysed",)


@pytest.mark.parametrize("broken", ["shop/broken.py", "src/shop/broken.py", "shop/broken/__init__.py"])
def test_an_entry_in_a_file_that_could_not_be_analysed_is_a_problem_and_no_misspelling(broken):
    codebase = SmallCodebase(SHOP, CALLS)
    codebase._in[broken] = ()
    found = path(codebase, entry=("shop.broken:charge", "shop.pay:place"), stop=("shop.broken.Log",))
    assert found.problems == (f"{broken}, where shop.broken:charge should be, could not be analysed",)
    assert len(found.members) == 4
    assert "names no function" in errors(codebase, entry=("shop.brokenness:charge",))[0]


# -- two files, one module name


def test_two_files_that_define_one_module_name_are_both_included():
    files = {"a/pay.py": "def one():\n    pass\n", "b/pay.py": "def one():\n    pass\n"}
    codebase = SmallCodebase(files, modules=dict.fromkeys(files, "pay"))
    found = path(codebase, include=("a/**", "b/**"))
    assert [(member.path, member.name) for member in found.members] == [
        ("a/pay.py", "pay"),
        ("a/pay.py", "pay.one"),
        ("b/pay.py", "pay"),
        ("b/pay.py", "pay.one"),
    ]
    assert all(found.chain(member) == () for member in found.members)
