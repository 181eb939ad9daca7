"""Which commits mend a bug: told from their subjects, and from the issues that they say they fix.

Counted is what mends the product: a commit must also change production code, which is for the caller to say. The
classification is plain on purpose; every commit that counts is listed with what told it.
"""

from __future__ import annotations

import re

_TYPE = re.compile(r"(?P<type>[a-z]+)\s*(?:\((?P<scope>[^)]{0,60})\))?!?:\s", re.IGNORECASE)
"""Of a conventional commit: `fix(cart)!: `."""
FIXING_TYPES = frozenset({"fix", "bugfix", "hotfix", "bug", "regression"})
"""Types of conventional commits that mend a bug."""

_OTHER_TYPES = frozenset(
    {
        "feat", "feature", "chore", "docs", "doc", "test", "tests", "ci", "build", "refactor", "style", "perf",
        "revert", "deps", "release", "lint", "typing", "types", "wip", "i18n", "l10n", "add", "cleanup",
    }
)  # fmt: skip
_NOT_THE_PRODUCT = (
    r"typos?|spellings?|grammar|wording|docs?|doc[ -]?strings?|documentation|"
    r"read-?the-?docs|readme|changelog|release ?notes?|comments?|"
    r"lint(?:er|ing|s)?|line lengths?|trailing \w+|flake\w*|"
    r"ruff|isort|black|pylint|code ?climate|sonar\w*|mypy|pyright|codestyle|code style|"
    r"style|formatting|"
    r"indent(?:ation)?|whitespaces?|pep ?8|types?|typing|type hints?|annotations?|imports? order|imports?|"
    r"tests?|tests? suite|testing|unit ?tests?|coverage|conftest|fixtures?|flak(?:y|iness)|assertions?|mocks?|"
    r"ci|cd|builds?|workflows?|github actions?|actions|travis|circleci|tox|pre-commit|docker(?:file)?|makefile|"
    r"packaging|setup|requirements|dependenc(?:y|ies)|deps|merge|conflicts?|rebase|"
    r"warnings?|deprecations?|deprecation warnings?|variable names?|naming|copyright|licen[cs]e"
)
_ABOUT_OTHERS = re.compile(
    rf"\b(?:fix(?:e[sd]|ing|up)?|correct(?:s|ed)?|repair(?:s|ed)?)\s+(?:up\s+)?(?:(?:a|an|the|some|more|few|minor|small|"
    rf"broken|failing|bad|wrong|all|various|remaining|missing|unused|new|old|last|another|several|python|pytest|"
    rf"sphinx|integration|functional|e2e|frontend|api|model|view|linter|unit|obvious|code)\s+)*"
    rf"(?:{_NOT_THE_PRODUCT})\b",
    re.IGNORECASE,
)
"""Work on tests, style, documentation or the build, which no user meets."""
_ENDS_ELSEWHERE = re.compile(
    r"\bfix\S*\s+(?:\S+\s+){0,4}(?:tests?(?: failures?| errors?| cases?)?|mocks?|typos?|spellings?|docs|"
    r"doc[ -]?strings?|lint\w*|mypy|type ?check\w*|type (?:hints?|aliases)|annotations?|indentation|warnings?)"
    r"(?:\s+(?:for|in|on|with)\b.*)?\W*(?:\(#\d+\))?$",
    re.IGNORECASE,
)
"""The same where words stand between: `Fix the last performance tests`."""
_BEHIND = re.compile(
    rf"\b(?:{_NOT_THE_PRODUCT}|review|pr|feedback)\s+(?:errors?\s+|issues?\s+)?fix(?:e[sd]|up)?\b", re.IGNORECASE
)
_ON_THE_WAY = re.compile(
    r"\W*(?:(?:bug|hot|quick|small|minor|more|some|further)?\s*fix(?:e[sd]|up)?\W*(?:it|this|line|again|more|stuff|things)?"
    r"\W*(?:\(#\d+\))?$)"
    r"|.*\bfix\w*\b.*\b(?:after|from|per|during) (?:the |a |code )?(?:rebas\w+|review\w*|merg\w+|comments?|feedback)\b"
    r"|\W*(?:minor|small|some|more|various|misc\w*|several|other) fix(?:e[sd])?\b"
    r"|.*\bfix\w*\b.*\bre-?factor|.*\bre-?factor.*\bfix|.*\breview (?:comments?|feedback|remarks?)\b"
    r"|.*\bpull request finding|typos?\b",
    re.IGNORECASE,
)
"""Steps on the way to a change, which mend what it has just broken: `fix`, `Fixes after review`."""
_REFERENCE = r"(?:[\w.-]+/[\w.-]+)?(?:#|gh-)\d+|\b[A-Z][A-Z0-9]+-\d+|https?://\S+/(?:issues|pull|browse)/\S+"
_FIXES_ISSUE = re.compile(
    rf"\b(?:fix(?:e[sd])?|bugfix|hotfix)\b[\s:]*(?:(?:for|issue|bug)[\s:]+)*(?P<issue>{_REFERENCE})", re.IGNORECASE
)
_FIRST_WORD = re.compile(
    r"^\W*(?:\[[^\]]{0,30}\]\s*)?(?:[\w./-]{1,30}:\s+)?(?P<word>(?:bug|hot|quick)?fix(?:e[sd]|ing)?|repair(?:s|ed)?)\b",
    re.IGNORECASE,
)
_BUG = re.compile(
    r"\b(?:"
    r"(?i:bugs?(?!\s*#?\d)|bug-?fix(?:es)?|hot-?fix(?:es)?|regressions?|crash(?:es|ed|ing)?|deadlocks?|"
    r"race conditions?|memory leaks?|tracebacks?|stack ?traces?|500s?|null pointer|"
    r"infinite (?:loop|recursion)|data loss|fix(?:e[sd])?)"
    r"|[A-Z]\w*(?:Error|Exception))\b"
)
_ADDS = re.compile(
    r"(?:add(?:s|ed)?|allow(?:s|ed)?|implement(?:s|ed)?|introduc\w+|support(?:s|ed)?|enabl\w+|improv\w+|refactor\w*|"
    r"clean\w*|updat\w+|upgrad\w+|bump\w*|remov\w+|drop\w*|renam\w+|mov(?:e[sd]?|ing)|document\w*|deprecat\w+|"
    r"extend\w*|enhanc\w+|creat\w+|chang\w+|convert\w*|migrat\w+|replac\w+|switch\w*|use[sd]?|make[s]?|test\w*|"
    r"initial\w*|release\w*|prepare\w*|port\w*|log(?:s|ged|ging)?|new|wip|rais(?:e[sd]?|ing)|"
    r"options?|optional\w*|optimi[sz]\w+|speed\w*|provid\w+|simplif\w+|tweak\w*|bring\w*|split\w*|hide|show)\b",
    re.IGNORECASE,
)
"""First words of work that adds or tidies; a fixing word later in such a subject speaks of something else."""
_TOPIC = re.compile(
    rf"^\W*(?:\[[^\]]{{0,30}}\]\s*)?(?:(?:clos|resolv|fix)\w*\s+)?"
    rf"(?:(?:[\w./-]{{1,30}}|{_REFERENCE})(?:[:,]|\s+[-–—]+)\s+)?\W*",
    re.IGNORECASE,
)
_FAULT = re.compile(
    r"\b(?:do(?:es)?n['’]?t|do(?:es)? not|not|never|no longer|cannot|can['’]t|avoid\w*|prevent\w*|"
    r"wrong\w*|incorrect\w*|correct\w*|missing|invalid|broken|fail\w*|errors?|handl\w+|properly|ensur\w+|only|time-?outs?|[45]\d\d|none|null|"
    r"empty|duplicat\w+|leak\w*|races?|escap\w+|sanitiz\w+|stuck|hang\w*|instead of|always|restor\w+|work ?around\w*|"
    r"keep\w*|catch|ignor\w+|stop|un\w+ed)\b",
    re.IGNORECASE,
)
"""What a subject speaks of that mends something without saying so."""
_TICKET = re.compile(r"^\W*(?:bug|issue|ticket)?\s*(?:#?\d+|[A-Z][A-Z0-9]+-\d+)\W*[:\-–—]\s*", re.IGNORECASE)
"""The number that a project puts before every subject: `Bug 1700327 - `, `PAY-812: `."""
_BOT = re.compile(
    r"\[bot\]|\b(?:dependabot|renovate|pyup|greenkeeper|snyk|pre-commit-ci|weblate|transifex)\b", re.IGNORECASE
)
_NEVER = re.compile(r"(?:revert\b|merge\b|merged\b|bump\b|backmerge\b|fixup!|squash!|amend!)", re.IGNORECASE)
_LONGEST = 300
"""Characters of a subject that are looked at."""


def why_a_fix(subject: str, body: str, author: str) -> str | None:
    """What tells that a commit mends a bug, as a few words; None where nothing does.

    Args:
        subject, body: of its message.
        author: name and address.
    """
    subject = _TICKET.sub("", subject[:_LONGEST]).strip()
    if not subject or _BOT.search(author) or _NEVER.match(subject):
        return None
    conventional = _TYPE.match(subject)
    kind = conventional.group("type").lower() if conventional else ""
    if conventional and kind in FIXING_TYPES:
        return None if _is_about_others(subject, conventional) else conventional.group(0).strip()
    others = (
        _ABOUT_OTHERS.search(subject),
        _BEHIND.search(subject),
        _ENDS_ELSEWHERE.search(subject),
        _ON_THE_WAY.match(subject),
    )
    if kind in _OTHER_TYPES or any(others):
        return None
    return _by_words(subject) or _by_issue(subject, body)


def _is_about_others(subject: str, conventional: re.Match[str]) -> bool:
    """`fix(ci): ...`, `fix: typo in ...`: a fix of what no user meets."""
    scope = conventional.group("scope") or ""
    rest = subject[conventional.end() :]
    return bool(re.fullmatch(_NOT_THE_PRODUCT, scope, re.IGNORECASE) or _ABOUT_OTHERS.search(f"fix {rest}"))


def _by_words(subject: str) -> str | None:
    first = _FIRST_WORD.match(subject)
    if first:
        issue = _FIXES_ISSUE.search(subject)
        behind = subject[issue.end() :].lstrip(" :-–—.,)]") if issue else ""
        if _ADDS.match(behind):  # "Fixes #12: Add a filter": the issue was a wish
            return None
        return f"its first word: {first.group('word')}"
    if _ADDS.match(_without_topic(subject)):
        return None
    word = _BUG.search(_FIXES_ISSUE.sub(" ", subject))
    return f"its word: {word.group(0)}" if word else None


def _by_issue(subject: str, body: str) -> str | None:
    """`Fixes #12` in the message of a commit whose subject does not say that it adds something."""
    issue = _FIXES_ISSUE.search(f"{subject}\n{body}")
    if issue is None or _ADDS.match(_without_topic(subject)):
        return None
    if not (_FAULT.search(subject) or "sentry" in issue.group("issue")):  # a wish is fixed too
        return None
    return f"its issue: {' '.join(issue.group(0).split())[:60]}"


def _without_topic(subject: str) -> str:
    """A subject without what stands before its verb: `[3.2]`, `Search:`, `Closes #12:`."""
    return _TOPIC.sub("", subject)
