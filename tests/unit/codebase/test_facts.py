"""Facts of one file: what it defines, and that they survive the cache."""

from __future__ import annotations

from textwrap import dedent

import pytest

from quality_gate.codebase.facts import decode, decode_body, decode_head, encode
from quality_gate.codebase.facts_of import facts_of
from quality_gate.codebase.graph import Definition
from quality_gate.codebase.modules import definitions_of
from quality_gate_checkers.settings import Settings


def _definitions(source: str) -> tuple[Definition, ...]:
    return definitions_of(facts_of("m.py", dedent(source).encode(), Settings()), "m.py", "m")


def test_definitions_in_source_order_with_their_lines() -> None:
    source = """\
        import x

        @x.one
        @two(3)
        async def f():
            def g():
                return lambda: (lambda: 1)
            class C:
                h = lambda self: 2
        """
    found = [(one.name, one.kind, one.first, one.line, one.last, one.is_async) for one in _definitions(source)]
    assert found == [
        ("m", "module", 1, 1, 9, False),
        ("m.f", "function", 3, 5, 9, True),
        ("m.f.g", "function", 6, 6, 7, False),
        ("m.f.g.<lambda1>", "lambda", 7, 7, 7, False),
        ("m.f.g.<lambda1>.<lambda1>", "lambda", 7, 7, 7, False),
        ("m.f.C", "class", 8, 8, 9, False),
        ("m.f.C.<lambda1>", "lambda", 9, 9, 9, False),
    ]
    assert _definitions(source)[1].decorators == ("x.one", "two")


@pytest.mark.parametrize(
    "source",
    [
        "# quality-gate: critical[pay, ship]\ndef f(): ...\n",
        "def f():  # quality-gate: critical[pay, ship]\n    pass\n",
        "@x  # quality-gate: critical[pay, ship]\ndef f(): ...\n",
        "# quality-gate: critical[pay, ship]\n@x\nclass f: ...\n",
    ],
)
def test_a_critical_comment_on_a_definition(source: str) -> None:
    module, found = _definitions(source)
    assert found.critical == ("pay", "ship")
    assert module.critical == ()


@pytest.mark.parametrize(
    "source",
    [
        "# quality-gate: critical[pay]\n\ndef f(): ...\n",
        "x = 1  # quality-gate: critical[pay]\ndef f(): ...\n",
        "s = '# quality-gate: critical[pay]'\ndef f(): ...\n",
        "def f():\n    # quality-gate: critical[pay]\n    pass\n",
        "# quality-gate: critical\ndef f(): ...\n",
    ],
)
def test_a_critical_comment_elsewhere_says_nothing(source: str) -> None:
    assert [found.critical for found in _definitions(source)] == [()] * 2


def test_facts_survive_the_cache() -> None:
    facts = facts_of(
        "m.py", b"import a.b\ndef f(x: 'A | None' = 1):\n    with x as y: return [z for z in y if z]\n", Settings()
    )
    again = decode(encode(facts))
    assert again is not None
    assert encode(again) == encode(facts)
    head = decode_head(encode(facts))
    assert head is not None
    assert head.imports == ("a.b",)
    assert [type(one).__name__ for one in decode_body(again.codes[1].body).statements] == [
        "Bind",
        "Bind",
        "Evaluate",
        "Return",
    ]


def test_a_head_is_read_without_the_code_behind_it() -> None:
    facts = facts_of("m.py", b"import a.b\ndef f(): ...\n", Settings())
    broken = encode(facts).replace(b"\xa8function", b"\xa8function"[:-1] + b"?")
    assert broken != encode(facts)
    assert decode(broken) is None
    head = decode_head(broken)
    assert head is not None
    assert head.imports == ("a.b",)


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x93\x01\x02\x03", b"garbage"])
def test_garbage_is_no_facts(content: bytes) -> None:
    assert decode(content) is None
    assert decode_head(content) is None


def test_code_that_does_nothing_of_interest_is_kept_small() -> None:
    facts = facts_of("m.py", b"X = [" + b"1, " * 10_000 + b"]\n" + b"'doc'\n" * 1000, Settings())
    assert len(encode(facts)) < 60_000


def test_half_a_surrogate_pair_is_no_name() -> None:
    facts = facts_of("m.py", b"x = '\\ud800'\ndef f(): ...\n", Settings())
    assert facts.fault is None
    assert len(facts.codes) == 2
