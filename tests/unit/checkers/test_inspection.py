"""What inspecting thousands of files in one run stands on: trees are freed, words are remembered within bounds."""

from __future__ import annotations

import ast
import gc

from quality_gate_checkers import catalog as module
from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model import Role
from quality_gate_checkers.settings import Settings


def modules_alive() -> int:
    return sum(isinstance(found, ast.Module) for found in gc.get_objects())


def test_no_tree_outlives_its_inspection_though_the_collector_is_off():
    examples = [(rule, fence.code) for rule in catalog().rules for fence in rule.page.fences()]
    gc.collect()
    gc.disable()
    try:
        before = modules_alive()
        for rule, source in examples:
            path = "shop/example.py" if Role.SOURCE in rule.roles else "tests/test_example.py"
            inspect(path, source.encode(), Settings())
        assert modules_alive() == before
    finally:
        gc.enable()


def test_words_are_forgotten_before_they_fill_the_memory_and_are_found_again(monkeypatch):
    monkeypatch.setattr(module, "_MOST_WORDS", 2)
    every = [b"except", b"import requests", b"= {}", b".get("]
    triggers = module.Triggers(every)

    def found(content):
        hold = triggers.holding(content, module.words_in(content.decode()))
        return {trigger for trigger in every if hold((trigger,))}

    for _ in range(3):
        assert found(b"import requests, os, sys") == {b"import requests"}
        assert found(b"exceptional = {}") == {b"except", b"= {}"}
        assert found(b"requests = import_all.got(1)") == set()
        assert found(b"x.get(1)") == {b".get("}
    assert len(triggers._known) <= 2 + 4
