"""Row 39: SARIF is JSON from anybody: deep, doubled, huge, no numbers; it is an answer, or an UNPROVEN that says why."""

from __future__ import annotations

import pytest

from quality_gate.evidence.linters._tool_words import Garbled
from quality_gate.evidence.linters.sarif import read_sarif
from sarif_files import log, result, run

DEEP = 200_000
HEAD = '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": '


@pytest.mark.parametrize(
    "text",
    [
        "[" * DEEP,
        HEAD + "[" * DEEP,
        HEAD + '[], "properties": ' + '{"a":' * DEEP + "1" + "}" * DEEP + "}]}",
        HEAD + "NaN}]}",
        HEAD + "[{}], }]}",
        HEAD + '[{"locations": [{"physicalLocation": {"region": {"startLine": 1e999}}}]}]}]}',
        HEAD + '[{"locations": [{"physicalLocation": {"region": {"startLine": ' + "9" * 5000 + "}}}]}]}]}",
        HEAD + '[{"locations": [{"physicalLocation": {"region": {"startLine": "3"}}}]}]}]}',
        HEAD + '[{"ruleId": "\\ud800"}]}]}',
    ],
)
def test_what_no_tool_writes_is_refused_in_a_sentence(text):
    with pytest.raises(Garbled) as refused:
        read_sarif(text.encode())
    assert len(str(refused.value)) < 400


def test_of_doubled_keys_one_counts_and_nothing_breaks():
    text = log(run(result())).replace('"ruleId": "no-empty"', '"ruleId": "a", "ruleId": "b"')
    (said,) = read_sarif(text.encode())
    assert [one.code for one in said.results] == ["b"]


@pytest.mark.parametrize("line", [-1, 0, 2**31, 2**62])
def test_lines_of_any_size_are_numbers(line):
    (said,) = read_sarif(log(run(result(line=line))).encode())
    assert said.results[0].line == line
