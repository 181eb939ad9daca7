"""SARIF as other tools write it, for tests."""

from __future__ import annotations

import json


def result(uri="shop/pay.js", line=3, **more):
    """A result at one place; `more` replaces or adds keys."""
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line, "startColumn": 5}}
    return {
        "ruleId": "no-empty",
        "level": "error",
        "message": {"text": "Empty block statement."},
        "locations": [{"physicalLocation": place}],
    } | more


def run(*results, name="ESLint", rules=(), **more):
    """One run of a tool."""
    return {
        "tool": {"driver": {"name": name, "version": "9.1.0", "rules": list(rules)}},
        "results": list(results),
    } | more


def log(*runs, **more):
    """The text of a file."""
    return json.dumps({"version": "2.1.0", "runs": list(runs)} | more)
