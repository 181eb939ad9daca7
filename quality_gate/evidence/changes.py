"""What is new: the lines that a change adds or touches, as product.md, "New code", defines them.

Git says which paths differ and prints hunks without context and without regard to white space; the rest is
done here. An added file is read from the work tree, for that is what is analysed. A moved line is not new.
Whatever git cannot say makes everything new, never nothing (hostile-inputs.md, D7 and rows 28, 34, 35, 45).
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path

import msgspec

from quality_gate.errors import UsageError
from quality_gate.evidence.git import Git, GitError
from quality_gate.evidence.sources import folder_prefix, read_regular
from quality_gate.model import Change, LineRange, Stage
from quality_gate_checkers.model.text import MAXIMUM_BYTES

ALL_LINES = LineRange(1, 2**31 - 1)
"""Stands for a file whose lines git and Python count differently, or that is too large to be compared."""

_DEFAULT_BASES = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)

# The repository's and the user's `diff.*` settings are overruled one by one: they may change what is printed.
_DIFF = (
    "diff",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--ignore-submodules=dirty",
)
_NAMES = (*_DIFF, "--name-status", "-z")
_PATCH = (
    *_DIFF,
    "--text",
    "--unified=0",
    "--inter-hunk-context=0",
    "--ignore-all-space",
    "--diff-algorithm=histogram",
    "--indent-heuristic",
    "--submodule=short",
    "--dst-prefix=b/",
)

_FETCH_DEPTH = "; check out with `fetch-depth: 0`"

_ARGUMENT_BYTES = 24_000
"""Of paths in one call: Windows allows 32,767 characters."""

_LEAST_MOVED = 20
"""Alphanumeric characters of the smallest block that counts as moved, as with git's --color-moved=blocks."""

_MOST_PLACES = 16
"""Where a moved block is looked for: hostile input may hold one line a million times."""

_MOST_STEPS_UP = 200
"""Lines looked at for the statement that a deletion belongs to."""

_ALPHANUMERIC = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _AllNew(Exception):
    """There is nothing to compare with.

    Args:
        why: a clause for the report.
    """


class _Hunk(msgspec.Struct):
    """One place where lines were replaced, added or deleted.

    Args:
        path: the file as it is now, from git's top folder; empty where the file is gone.
        start: the number of the first added line; of the line before, where nothing is added.
        whole: the file is wholly new, or wholly gone.
    """

    path: str
    start: int
    removed: list[bytes]
    added: list[bytes]
    whole: bool = False


def change_at(
    git: Git | None,
    root: Path,
    stage: Stage,
    base: str | None,
    all_files: bool,
    pushed: tuple[str, str] | None,
    also: Collection[str] = (),
) -> Change:
    """The change that is judged.

    Args:
        git: as `find_top` gives it.
        root: the project's root, absolute, in git's work tree.
        stage: commit: the index against HEAD, or with nothing staged the work tree against the merge base
            with `base`; push: the pushed range; ci: HEAD, as the work tree holds it, against the merge base.
            Untracked files are part of the change at the commit stage only, and only with nothing staged.
        base: the configured base; None: the remote's default branch, else main, else master.
        all_files: at the commit stage: as if nothing were staged.
        pushed: PRE_COMMIT_FROM_REF and PRE_COMMIT_TO_REF; None or empty where pre-commit does not say.
        also: judged paths that are Python without being called so (a script with a shebang).

    Raises:
        UsageError: the configured base does not exist.
    """
    if git is None:
        return _all_new("there is no git repository here, or no git")
    try:
        return _Comparison(git, Path(os.path.realpath(root)), also).at(stage, base, all_files, pushed)
    except _AllNew as error:
        return _all_new(str(error))
    except GitError as error:
        return _all_new(" ".join(str(error).split()))


def _all_new(why: str) -> Change:
    return Change(description=f"everything is new: {why}", everything=True)


class _Comparison:
    """One question to git, and the way from its answer to a `Change`."""

    def __init__(self, git: Git, root: Path, also: Collection[str]) -> None:
        if not root.is_relative_to(git.top):
            raise _AllNew(f"the project lies outside the repository {git.top}")
        self._git = git
        self._prefix = folder_prefix(git, root)
        self._also = {self._prefix + path for path in also}

    def at(self, stage: Stage, base: str | None, all_files: bool, pushed: tuple[str, str] | None) -> Change:
        if stage is Stage.COMMIT and not all_files:
            staged = self._names("--cached")
            if staged:
                return self._staged(staged)
        head = self._git.commit("HEAD")
        if head is None:
            raise _AllNew("there is no commit yet")
        if stage is Stage.PUSH and pushed is not None and all(map(_is_named, pushed)):
            return self._pushed(head, *pushed)
        name, tip = self._base(base)
        start = self._merge_base(head, tip, name)
        return self._since(start, head, f"the merge base with {name}", untracked=stage is Stage.COMMIT)

    # --- what is compared with what ---

    def _staged(self, staged: dict[str, str]) -> Change:
        whole = {path for path, letter in staged.items() if letter in "AU"}
        # HEAD against the work tree, for its lines are analysed; with no commit yet all files are added.
        hunks = self._patch(("HEAD",), [path for path in staged if path not in whole])
        return self._change("the index against HEAD", staged, hunks, whole)

    def _since(self, start: str, head: str, name: str, *, untracked: bool) -> Change:
        committed = {} if start == head else self._names(start, head)
        dirty = self._dirty(untracked=untracked)
        paths = committed.keys() | dirty.keys()
        # An untracked file is not in git's patch, and of an unmerged one there is no one version to compare.
        whole = {path for path, letter in dirty.items() if letter in "?U"}
        hunks = self._patch((start,), sorted(committed.keys() | (dirty.keys() - whole)))
        side = "the work tree" if dirty else "HEAD"
        return self._change(f"{side} against {name} ({start[:8]})", paths, hunks, whole)

    def _pushed(self, head: str, from_ref: str, to_ref: str) -> Change:
        first, last = self._git.commit(from_ref), self._git.commit(to_ref)
        if first is None or last is None:
            pushed = f"{from_ref[:40]}..{to_ref[:40]}"
            raise _AllNew(f"the pushed range {pushed} is not in this clone{self._fetch_more()}")
        start = self._merge_base(last, first, from_ref[:40])
        if last == head:
            return self._since(start, head, "what was pushed before", untracked=False)
        changed = self._names(start, last)
        hunks = self._patch((start, last), list(changed))
        return self._change(f"the pushed commit {last[:8]} against {start[:8]}", changed, hunks, ())

    def _base(self, base: str | None) -> tuple[str, str]:
        """The base's name and hash."""
        if base is not None:
            tip = self._git.commit(base)
            if tip is not None:
                return base, tip
            if self._git.is_shallow():
                raise _AllNew(f"this shallow clone does not hold {base}{_FETCH_DEPTH}")
            raise self._unknown(base)
        answer = self._git.run("for-each-ref", "--format=%(refname) %(objectname)", *_DEFAULT_BASES)
        words = os.fsdecode(answer).split()
        known = dict(zip(words[0::2], words[1::2], strict=True))
        for reference in _DEFAULT_BASES:
            if reference in known:
                return reference.removeprefix("refs/remotes/").removeprefix("refs/heads/"), known[reference]
        remedy = self._fetch_more(otherwise="; set `base`")
        raise _AllNew(f"there is no base: neither origin/HEAD nor a branch main or master{remedy}")

    def _unknown(self, base: str) -> UsageError:
        import difflib  # 5 ms, and only on the way to an error

        answer = self._git.run("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes")
        near = difflib.get_close_matches(base[:200], os.fsdecode(answer).split(), n=1, cutoff=0.0)
        nearest = f"; the nearest branch here is {near[0]!r}" if near else ""
        return UsageError(
            "pyproject.toml: tool.quality-gate.base",
            f"{base!r} is no branch, tag or commit of this repository",
            f"fetch it, or name one that is here{nearest}",
        )

    def _merge_base(self, one: str, other: str, name: str) -> str:
        try:
            return self._git.run("merge-base", one, other).decode("ascii").strip()
        except GitError as error:
            if error.code != 1:
                raise
            raise _AllNew(f"HEAD and {name} have no common history{self._fetch_more()}") from error

    def _fetch_more(self, otherwise: str = "") -> str:
        return _FETCH_DEPTH if self._git.is_shallow() else otherwise

    # --- what git is asked ---

    def _names(self, *which: str) -> dict[str, str]:
        """Letter (A, D, M, T, U) by path, from git's top folder."""
        fields = os.fsdecode(self._git.run(*_NAMES, *which, "--", index=True)).split("\0")
        return dict(zip(fields[1::2], fields[0::2], strict=False))

    def _dirty(self, *, untracked: bool) -> dict[str, str]:
        """Letter (U for unmerged, ? for untracked, else M) by path, where HEAD, index and work tree differ."""
        answer = self._git.run(
            "status", "--porcelain=v1", "-z", "--no-renames", "--ignore-submodules=dirty",
            f"--untracked-files={'all' if untracked else 'no'}", index=True,
        )  # fmt: skip
        return {record[3:]: _letter(record[:2]) for record in os.fsdecode(answer).split("\0") if record}

    def _patch(self, against: Sequence[str], paths: Iterable[str]) -> list[_Hunk]:
        wanted = [path for path in paths if self._is_python(path)]
        hunks: list[_Hunk] = []
        for some in _batches(wanted):
            hunks.extend(read_patch(self._git.run(*_PATCH, *against, "--", *some, index=True)))
        return hunks

    def _is_python(self, path: str) -> bool:
        return path.startswith(self._prefix) and (path.endswith((".py", ".pyi")) or path in self._also)

    # --- from its answer to a change ---

    def _change(self, description: str, paths: Collection[str], hunks: list[_Hunk], whole: Collection[str]) -> Change:
        contents: dict[str, list[bytes]] = {}
        beyond: set[str] = set()
        for path in sorted(paths):
            content = self._content(path) if self._is_python(path) else None
            if content is None:
                continue
            if _has_lone_carriage_return(content) or len(content) > MAXIMUM_BYTES:
                beyond.add(path)
                continue
            contents[path] = content.split(b"\n")
            if path in whole and content:
                hunks.append(_Hunk(path, 1, [], content.removesuffix(b"\n").split(b"\n"), whole=True))
        lines = {self._inner(path): spans for path, spans in new_lines(hunks, contents).items()}
        lines |= {self._inner(path): (ALL_LINES,) for path in beyond}
        files = frozenset(self._inner(path) for path in paths if path.startswith(self._prefix))
        return Change(description=description, lines=lines, files=files)

    def _content(self, path: str) -> bytes | None:
        return read_regular(f"{self._git.top}/{path}", MAXIMUM_BYTES)

    def _inner(self, path: str) -> str:
        return path[len(self._prefix) :]


def _is_named(reference: str) -> bool:
    """Whether pre-commit has named a commit; only zeros mean that there is none."""
    return bool(reference.strip("0"))


def _letter(status: str) -> str:
    """One letter for the two columns of `git status`: index and work tree."""
    if status == "??":
        return "?"
    return "U" if "U" in status or status in ("AA", "DD") else "M"


def _batches(paths: Iterable[str]) -> Iterator[list[str]]:
    """The paths in lists that fit on a command line."""
    some: list[str] = []
    size = 0
    for path in paths:
        size += len(os.fsencode(path)) + 3  # on Windows: a space, and perhaps quotes
        if some and size > _ARGUMENT_BYTES:
            yield some
            some, size = [], 0
        some.append(path)
    if some:
        yield some


def _has_lone_carriage_return(content: bytes) -> bool:
    """Whether there is one that ends a line for Python and not for git."""
    return content.count(b"\r") != content.count(b"\r\n")


# --- the patch ---


def read_patch(patch: bytes) -> list[_Hunk]:
    """The hunks of `git diff --unified=0`.

    Lines are counted by the hunks' headers: a removed `-- a/x` is printed as `--- a/x`.

    Args:
        patch: what git printed, with `core.quotePath=false`.

    Raises:
        GitError: it ends within a hunk, or a header cannot be read.
    """
    lines = patch.split(b"\n")
    hunks: list[_Hunk] = []
    path, at, is_new = "", 0, False
    try:
        while at < len(lines):
            line = lines[at]
            at += 1
            if line.startswith(b"--- "):
                is_new = line == b"--- /dev/null"
            elif line.startswith(b"+++ "):
                path = _path_of_label(line[4:])
            elif line.startswith(b"@@ "):
                hunk, at = _read_hunk(path, lines, at)
                hunk.whole = is_new or not path
                hunks.append(hunk)
    except (ValueError, IndexError) as error:
        raise GitError("diff", 0, "its patch cannot be read") from error
    return hunks


def _read_hunk(path: str, lines: list[bytes], at: int) -> tuple[_Hunk, int]:
    """One hunk, and the number of the line after it.

    Args:
        at: the line after the header `@@ -a,b +c,d @@`.
    """
    _, old, new, _ = lines[at - 1].split(b" ", 3)
    _, missing_removed = _start_and_count(old)
    start, missing_added = _start_and_count(new)
    hunk = _Hunk(path, start, [], [])
    while len(hunk.removed) < missing_removed or len(hunk.added) < missing_added:
        line = lines[at]
        at += 1
        if line.startswith(b"-"):
            hunk.removed.append(line[1:])
        elif line.startswith(b"+"):
            hunk.added.append(line[1:])
        elif not line.startswith(b"\\"):  # `\ No newline at end of file`
            raise ValueError(line)
    return hunk, at


def _start_and_count(side: bytes) -> tuple[int, int]:
    """`-12,3` or `+12`, which is short for `+12,1`."""
    start, comma, count = side[1:].partition(b",")
    return int(start), int(count) if comma else 1


def _path_of_label(label: bytes) -> str:
    """The path in `b/path`, quoted as in C where it holds a control character, a quote or a backslash."""
    if label == b"/dev/null":
        return ""
    if label.startswith(b'"'):
        return os.fsdecode(_unquoted(label[1 : label.rindex(b'"', 1)])[2:])
    return os.fsdecode(label[2:].removesuffix(b"\t"))  # git puts it after a name with a space


_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


def _unquoted(text: bytes) -> bytes:
    result = bytearray()
    at = 0
    while at < len(text):
        letter = text[at + 1 : at + 2]
        if text[at : at + 1] != b"\\":
            result.append(text[at])
            at += 1
        elif letter in _ESCAPES:
            result.append(_ESCAPES[letter])
            at += 2
        else:
            result.append(int(text[at + 1 : at + 4], 8))
            at += 4
    return bytes(result)


# --- moved lines, and what deletions touch ---


def new_lines(hunks: Sequence[_Hunk], contents: dict[str, list[bytes]]) -> dict[str, tuple[LineRange, ...]]:
    """The new lines of each file, without moved ones and with those that a deletion touches.

    Args:
        hunks: of the whole change, since lines move between files.
        contents: each present file's lines; other files have no new lines.
    """
    removed = _Removed(hunks)
    moved = [removed.take_moved(hunk) for hunk in hunks]
    numbers: dict[str, set[int]] = {}
    for index, hunk in enumerate(hunks):
        lines = contents.get(hunk.path)
        if lines is None:
            continue
        new = set(_kept(hunk, moved[index])) or _touched(hunk, removed.left(index), lines)
        if new:
            numbers.setdefault(hunk.path, set()).update(new)
    return {path: tuple(_ranges(sorted(found))) for path, found in numbers.items()}


class _Removed:
    """The removed lines of a change, among which added ones are looked for; each can be found once.

    Leading and trailing white space does not count. The time grows with the number of lines and no faster: a
    block starts at a line with an alphanumeric character, so a line is part of 19 too small blocks at most.
    """

    def __init__(self, hunks: Sequence[_Hunk]) -> None:
        self._hunks = hunks
        self._texts: list[bytes | None] = []
        self._begins: list[int] = []
        self._whole_files: dict[int, int] = {}
        for hunk in hunks:
            begin = len(self._texts)
            self._begins.append(begin)
            if hunk.whole and hunk.removed:
                self._whole_files[begin] = len(hunk.removed)
            self._texts.extend(line.strip() for line in hunk.removed)
            self._texts.append(None)  # no block goes on into the next hunk
        self._used = bytearray(len(self._texts))
        self._places: dict[bytes, deque[int]] = {}
        for place, text in enumerate(self._texts):
            if text:
                self._places.setdefault(text, deque()).append(place)

    def take_moved(self, hunk: _Hunk) -> bytearray:
        """For each added line of a hunk 1 where it is moved, else 0; what is found is used up."""
        texts = [line.strip() for line in hunk.added]
        moved = bytearray(len(texts))
        at = 0
        while at < len(texts):
            place, length = self._longest(texts, at)
            if not length or not self._is_enough(hunk, texts, at, place, length):
                at += 1
                continue
            back = self._back(texts, at, place)
            moved[at - back : at + length] = b"\1" * (back + length)
            self._used[place - back : place + length] = b"\1" * (back + length)
            at += length
        return moved

    def left(self, index: int) -> list[bytes]:
        """The removed lines of a hunk that were not found elsewhere."""
        begin = self._begins[index]
        removed = self._hunks[index].removed
        return [line for offset, line in enumerate(removed) if not self._used[begin + offset]]

    def _longest(self, texts: list[bytes], at: int) -> tuple[int, int]:
        """Place and length of the longest removed block that equals the added lines from `at` on; or 0, 0."""
        places = self._places.get(texts[at])
        if not places or not _weight(texts[at]):
            return 0, 0
        while places and self._used[places[0]]:
            places.popleft()
        lengths = ((self._length(texts, at, place), -place) for place in islice(places, _MOST_PLACES))
        length, place = max(lengths, default=(0, 0))
        return -place, length

    def _length(self, texts: list[bytes], at: int, place: int) -> int:
        length = 0
        while (
            at + length < len(texts)
            and self._texts[place + length] == texts[at + length]
            and not self._used[place + length]
        ):
            length += 1
        return length

    def _back(self, texts: list[bytes], at: int, place: int) -> int:
        """How many equal lines stand before a block: blank ones and brackets, at which no block starts."""
        back = 0
        while (
            min(at, place) > back
            and self._texts[place - back - 1] == texts[at - back - 1]
            and not self._used[place - back - 1]
        ):
            back += 1
        return back

    def _is_enough(self, hunk: _Hunk, texts: list[bytes], at: int, place: int, length: int) -> bool:
        if hunk.whole and length == len(texts) == self._whole_files.get(place):
            return True  # a renamed file, however short
        return sum(map(_weight, texts[at : at + length])) >= _LEAST_MOVED


def _weight(text: bytes) -> int:
    return len(text) - len(text.translate(None, _ALPHANUMERIC))


def _kept(hunk: _Hunk, moved: bytearray) -> Iterator[int]:
    """The numbers of the added lines that are not moved, without runs of nothing but blank lines."""
    for is_moved, run in groupby(range(len(hunk.added)), key=moved.__getitem__):
        offsets = list(run)
        if not is_moved and any(hunk.added[offset].strip() for offset in offsets):
            yield from (hunk.start + offset for offset in offsets)


def _touched(hunk: _Hunk, left: list[bytes], lines: list[bytes]) -> set[int]:
    """The line that a deletion touches: the one before which belongs to the same block.

    Deleting a `raise` touches its handler; deleting a function does not touch the function before it.

    Args:
        left: the deleted lines that were not moved elsewhere.
        lines: the file as it is now.
    """
    gone = next((line for line in left if line.strip()), None)
    if gone is None:
        return set()
    before = hunk.start if not hunk.added else hunk.start - 1
    depth = _depth(gone)
    if gone.lstrip().startswith(b"@") and not any(_opens_scope(line) for line in left):
        return {before + len(hunk.added) + 1}  # a decorator belongs to what follows
    for number in range(min(before, len(lines)), max(0, before - _MOST_STEPS_UP), -1):
        line = lines[number - 1]
        if line.strip() and _depth(line) <= depth:
            is_neighbour = _depth(line) == depth and _opens_scope(line)
            return set() if is_neighbour else {number}
    return {before} if before > _MOST_STEPS_UP else set()


def _depth(line: bytes) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


def _opens_scope(line: bytes) -> bool:
    return line.lstrip().startswith((b"def ", b"class ", b"async def "))


def _ranges(numbers: list[int]) -> Iterator[LineRange]:
    """Ascending numbers as ranges."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield LineRange(first, last)
            first = number
        last = number
    yield LineRange(first, last)
