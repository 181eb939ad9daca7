"""Posts what a pull request's own run wrote as one comment, which later runs edit in place.

It runs in a job that may write, so that everything the other run left behind is data (hostile-inputs.md, row 50): which
pull request it is for is asked of GitHub, and a text is posted only where the gate's Markdown format could have
written it, in which nothing mentions, links or shows an image. It needs Python's standard library and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

COMMENT, NUMBER = "comment.md", "pull-request"
"""The files that the action leaves behind for each project."""

_MOST_BYTES = 4 * 65_536
_MOST_CHARACTERS = 65_536
"""GitHub takes no more."""
_MOST_PROJECTS = 20
_MOST_PAGES = 100
_SECONDS = 30

_MARKER = re.compile(r"<!-- quality-gate comment(?: [0-9a-f]{12})? -->")
_TABLES = {
    "| practice | outcome | measured | |": "|---|---|---|---|",
    "| critical path | What if ... | Which test says so? |": "|---|---|---|",
}
"""The line below a table's head, by the head."""
_BEGINNINGS = ("### ", "**", "- ", "Next: ", "verdicts truncated: ")
"""Of every other line that is not a row of a table."""

_CODE = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)")
_ENTITY = re.compile(r"&#(?:33|38|42|60|62|91|92|93|95|96|124|126);")
_ACTIVE = re.compile(r"[@#$&<>`\[\]\\~!|]|://|www\.|gh-\d", re.IGNORECASE)
"""What begins a mention, a reference, a link, an image, a formula or HTML."""


class Refused(Exception):
    """What was left behind is not to be posted; says why in words of ours."""


# -- is it a text of the Markdown format?


def fault(text: str) -> str | None:
    """Why a text is no comment that the `markdown` format can have written; None where it is one."""
    if len(text) > _MOST_CHARACTERS:
        return f"it has more than {_MOST_CHARACTERS:,} characters"
    if not all(letter == "\n" or letter.isprintable() for letter in text):
        return "it has control characters"
    first, *lines = text.removesuffix("\n").split("\n")
    if not _MARKER.fullmatch(first):
        return "its first line is not the marker"
    before = head = ""
    for number, line in enumerate(lines, 2):
        if not _may_follow(before, line, head):
            return f"its line {number} is none that the gate writes"
        before = line
        head = line if line in _TABLES else head if line.startswith("|") else ""
    return None


def _may_follow(before: str, line: str, head: str) -> bool:
    """Whether a line is one of ours where it stands: a row of a table reads the pipes in code as ends of cells.

    Args:
        head: of the table that the line before belongs to; empty for none.
    """
    if line in _TABLES:
        return not before
    if before in _TABLES or line in _TABLES.values():
        return _TABLES.get(before) == line
    if line.startswith("|"):
        return bool(head) and line.count("|") == head.count("|") and all(map(_is_inert, line.split("|")))
    return not line or (not head and line.startswith(_BEGINNINGS) and _is_inert(line.removeprefix("### ")))


def _is_inert(line: str) -> bool:
    """Whether nothing in a line does more than to be read; code spans end in the line that they begin in."""
    outside = _CODE.sub(" ", line)
    return not _ACTIVE.search(_ENTITY.sub(" ", outside.replace("<br>", " ")))


# -- what the other run left behind


def left_behind(folder: Path) -> Iterator[tuple[int, str]]:
    """Number of the pull request and text, of each project.

    Raises:
        Refused: it is not what the action leaves.
    """
    inside = (place for place in sorted(folder.glob("*/")) if not place.is_symlink())
    places = [place for place in (folder, *inside) if os.path.lexists(place / COMMENT)]
    if len(places) > _MOST_PROJECTS:
        raise Refused(f"there are {len(places)} comments, and no more than {_MOST_PROJECTS} are posted")
    for place in places:
        number = _read(place / NUMBER).strip()
        if not re.fullmatch(r"[1-9][0-9]{0,9}", number):
            raise Refused(f"{NUMBER} holds no number of a pull request")
        text = _read(place / COMMENT)
        found = fault(text)
        if found:
            raise Refused(f"{COMMENT}: {found}")
        yield int(number), text


def _read(file: Path) -> str:
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Refused(f"{file.name} is no plain file")
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise Refused(f"{file.name} cannot be read: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise Refused(f"{file.name} has more than {_MOST_BYTES:,} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{file.name} is not UTF-8") from error


# -- GitHub


class _Stay(urllib.request.HTTPRedirectHandler):
    """The token goes to the one address that the runner names."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


class GitHub:
    """The API, as far as it is needed.

    Args:
        address: of the API. repository: `owner/name`. token: may read pull requests and write their comments.
    """

    def __init__(self, address: str, repository: str, token: str) -> None:
        self._address = f"{address.rstrip('/')}/repos/{repository}"
        self._token = token
        self._opener = urllib.request.build_opener(_Stay)

    def ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> object:
        """Send a request below the repository; gives the answer's JSON.

        Raises:
            Refused: there is no good answer.
        """
        request = urllib.request.Request(
            f"{self._address}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._token}",
                "Accept": "application/vnd.github+json",
                "Content-Type": "application/json",
                "User-Agent": "quality-gate",
            },
        )
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            hint = "; the job needs `permissions: {pull-requests: write}`" if error.code in (401, 403) else ""
            raise Refused(f"GitHub answered {error.code} to {method} {path}{hint}") from error
        except (OSError, ValueError) as error:
            raise Refused(f"GitHub did not answer {method} {path} as expected ({type(error).__name__})") from error

    def comments(self, number: int) -> Iterator[object]:
        """Every comment of a pull request."""
        for page in range(1, _MOST_PAGES + 1):
            found = self.ask("GET", f"issues/{number}/comments?per_page=100&page={page}")
            held = found if isinstance(found, list) else []
            yield from held
            if len(held) < 100:
                return


def _at(found: object, *keys: str) -> object:
    """What lies at some keys of JSON; None where nothing does."""
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def post(github: GitHub, run: object, number: int, text: str, author: str) -> str:
    """Make or edit the comment; gives what was done.

    Args:
        run: the run that left the text, as GitHub tells of it. number: the pull request that the text says it is for.
        author: whose comments are ours.

    Raises:
        Refused: the run was not of that pull request, or GitHub takes no comment.
    """
    pull = github.ask("GET", f"pulls/{number}")
    source = _at(run, "head_repository", "id")
    if source is None or _at(pull, "head", "repo", "id") != source:
        raise Refused(f"the run was not of pull request {number}")
    if _at(pull, "state") != "open" or _at(pull, "head", "sha") != _at(run, "head_sha"):
        return f"pull request {number} has moved on; nothing was posted"
    own = _own(github, number, author, text.partition("\n")[0])
    if own is None:
        github.ask("POST", f"issues/{number}/comments", {"body": text})
        return f"commented on pull request {number}"
    github.ask("PATCH", f"issues/comments/{own}", {"body": text})
    return f"edited the comment of pull request {number}"


def _own(github: GitHub, number: int, author: str, marker: str) -> int | None:
    """Our comment: of our author and with the marker, for everybody can write either alone."""
    for comment in github.comments(number):
        found, body = _at(comment, "id"), _at(comment, "body")
        ours = _at(comment, "user", "login") == author and _at(comment, "user", "type") == "Bot"
        begins = isinstance(body, str) and body.replace("\r\n", "\n").partition("\n")[0] == marker
        if ours and begins and isinstance(found, int):
            return found
    return None


def main(environment: Mapping[str, str]) -> int:
    """Post what FOLDER holds.

    Args:
        environment: the runner's variables, and FOLDER, TOKEN and AUTHOR, which the action sets.

    Returns:
        0, or 1 where something was refused.
    """
    event: object = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_bytes())
    github = GitHub(environment["GITHUB_API_URL"], environment["GITHUB_REPOSITORY"], environment["TOKEN"])
    run, author = _at(event, "workflow_run"), environment["AUTHOR"]
    try:
        done = [post(github, run, number, text, author) for number, text in left_behind(Path(environment["FOLDER"]))]
    except Refused as refused:
        print(f"::error title=quality-gate::nothing was posted: {refused}")
        return 1
    print("\n".join(done) or "the run left no comment behind")
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
