"""What the plain text of a test says of it: that it checks something, or that not raising is all that it shows."""

from __future__ import annotations

import ast
import re

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.oracles import words
from quality_gate_checkers.regexes import regex

_ASSERTS = regex(r"assert(?!\s+(?:True|1)\b)", re.IGNORECASE)
_SEES_AN_ORACLE = regex(r"\b(?:raises|warns|raise|fail|skip|skipTest|xfail|should|expect)\b")
"""Most tests have an oracle that the plain text shows; the others are looked at closely."""

_NAMED_SO = regex(
    r"(^|_)(no|not|without|never|doesnt|dont|wont|cant|isnt|nothing|noop|ignor\w*|skip\w*|allow\w*|accept\w*|permit\w*|"
    r"pass(es)?|ok|okay|valid|success\w*|succe\w*|work|works|can|smoke|sanity|import|imports|importable|safe|safely|"
    r"toler\w*|grace\w*|support\w*|compat\w*|survive\w*|robust\w*|resil\w*|idempotent|twice|crash\w*|hang\w*|deadlock\w*|"
    r"exception\w*|error\w*|fail\w*|raise\w*|bench\w*|perf\w*|fuzz\w*|stress\w*|leak\w*|regress\w*|runs?|clean|"
    r"good|legal|happy|correct|proper|optional|[a-z]{3,}[ai]ble|instantiat\w*|constructs?|init\w*|loads?|compiles?|starts?|bails?|[a-z]+snt|arent|werent|null|validat\w*|checks?|clean\w*)(_|$)"
)
"""Words in the name of a test that only shows that nothing is raised."""

_SAYS_SO = regex(
    r"\b(no|not|n't|never|without|nothing)\b[^.]{0,60}\b(rais|error|except|fail|crash|throw|break|explo|blow|warn|hang|block|die)"
    r"|\b(will|would|should|must|shall)\b[^.]{0,20}\b(raise|fail|throw|crash)"
    r"|\b(does|do|should|must|wo|ca|did)n't\b[^.]{0,60}\b(rais|error|except|fail|crash|throw|break|explo|blow|hang|die)"
    r"|smoke|sanity|regression|grace|no-op|noop|succe(ed|ss)"
    r"|just (to|run|make sure|check|exercise|call)|coverage|skipped",
    re.IGNORECASE,
)
"""The same said in a docstring or a comment."""


def shows_an_oracle(text: str) -> bool:
    """Whether a word that makes an oracle stands in a text outside comments."""
    for word in (_ASSERTS, _SEES_AN_ORACLE):
        for found in word.finditer(text):
            if "#" not in text[text.rfind("\n", 0, found.start()) + 1 : found.start()]:
                return True
    return False


def only_runs(module: Module, function: FunctionNode, text: str) -> bool:
    """Whether a test says, in its name or in words, that not raising is all that it shows."""
    if _NAMED_SO.search(words(function.name.removeprefix("test"))):
        return True
    above = module.lines[max(0, function.lineno - 3 - len(function.decorator_list)) : function.lineno - 1]
    said = [ast.get_docstring(function) or "", *re.findall(r"#(.*)", text)]
    said += [line for line in above if line.lstrip().startswith("#")]
    return any(_SAYS_SO.search(one) for one in said)
