"""Every rule in code order; doubles, wrong forms and rules that nothing would ever ask are refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from quality_gate_checkers.catalog import Catalog, catalog
from quality_gate_checkers.model import Hit, Module, Role, Rule, parse, rule
from quality_gate_checkers.plug import PlugError
from quality_gate_checkers.settings import Settings


def made(code: str = "QG199", name: str = "some-fault", triggers: tuple[bytes, ...] = (b"x",)) -> Rule:
    @rule(code, name, triggers=triggers)
    def check(module: Module) -> Iterator[Hit]:
        """A fault."""
        yield from ()

    return check


def test_in_code_order_by_code_and_by_name_in_any_case():
    known = Catalog([made("QG201", "later"), made("QG101", "first")])
    assert [found.code for found in known.rules] == ["QG101", "QG201"]
    for key in ("QG101", "qg101", "first", "FIRST", "First"):
        assert known.get(key) is known.rules[0]
    assert known["QG201"] is known.rules[1]
    assert known.get("QG999") is None
    assert known.get("") is None


@pytest.mark.parametrize(
    ("other", "called"), [(made("QG199", "other-fault"), "QG199"), (made("QG198", "some-fault"), "some-fault")]
)
def test_doubles_are_refused_and_both_are_named(other, called):
    with pytest.raises(PlugError, match=f"two rules are called {called}") as caught:
        Catalog([made(), other])
    assert "QG199 some-fault" in str(caught.value)
    assert f"{other.code} {other.name}" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("QG001", "a"), ("QG701", "a"), ("QG801", "a"), ("QG10", "a"), ("QG1011", "a"), ("qg101", "a"), ("W9101", "a"), ("", "a"),
        ("QG101", "Silent"), ("QG101", "silent_failure"), ("QG101", "-a"), ("QG101", "a-"), ("QG101", "a--b"), ("QG101", ""), ("QG101", "a1"),
    ],
)  # fmt: skip
def test_codes_and_names_of_another_form_are_refused(code, name):
    with pytest.raises(PlugError, match="a code is QG and three digits"):
        Catalog([made(code, name)])


@pytest.mark.parametrize("triggers", [(), (b"",), (b"Thread(",), (b"thread(",), (b"= none",), (b"x", b"EXCEPT")])
def test_a_rule_that_would_never_be_asked_is_refused(triggers):
    with pytest.raises(PlugError, match="never asked"):
        Catalog([made(triggers=triggers)])


def test_applicable_are_the_rules_whose_triggers_stand_in_a_file():
    known = Catalog([made("QG101", "one", (b"except", b"suppress")), made("QG102", "two", (b"requests",))])

    def codes(content: bytes) -> list[str]:
        return [found.code for found in known.applicable(content, Role.SOURCE).alone]

    assert codes(b"x = 1") == []
    assert known.applicable(b"try: x\nexcept: y", Role.TESTS).alone == [], "these rules are about production code"
    assert codes(b"try: x\nExcept: y") == ["QG101"]
    assert codes(b"import requests; suppress()") == ["QG101", "QG102"]
    assert codes("import ｒｅｑｕｅｓｔｓ".encode()) == ["QG102"], "the parser folds compatible letters"
    assert codes("ſuppress = 'é'".encode()) == ["QG101"]
    assert codes("# é\nimport os".encode()) == []


def test_pylint_ids_are_derived():
    assert [made(code).pylint_id for code in ("QG101", "QG214", "QG601")] == ["W9101", "W9214", "W9601"]


def test_names_are_all_that_a_comment_may_say():
    assert Catalog([made("QG101", "one")]).names == {"one", "QG101", "W9101"}


def test_the_rules_of_this_installation():
    known = catalog()
    assert known is catalog()
    assert known["QG101"].name == "silent-failure"
    assert [found.code for found in known.rules] == sorted(found.code for found in known.rules)


def test_a_message_is_one_printable_line_that_is_not_too_long():
    """flake8 and pylint print it as it is, and what a rule quotes comes from the project."""

    @rule("QG199", "some-fault", triggers=(b"x",))
    def check(module: Module) -> Iterator[Hit]:
        """A fault."""
        yield Hit(module.tree.body[0], "a\x1b[31m\n::error::\u202e" + "m" * 5_000, "r" * 5_000)

    source = f"def {'f' * 5_000}(): pass"
    (violation,) = check.violations(Module("shop/pay.py", source, parse(source), Settings()))
    assert violation.message.startswith("a\\u001b[31m\\u000a::error::\\u202emmm")
    for text in (violation.message, violation.remedy, violation.function):
        assert text.isprintable()
        assert len(text) < 700
        assert text.endswith("…")
