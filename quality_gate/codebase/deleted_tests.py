"""Tests that a change deletes, and what their source spoke of: told from the files as they were and as they are.

A test that was renamed, moved or merged into another one is not deleted. Where that is in doubt, nothing is said.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from quality_gate_checkers.model import NotAnalysable, decode, parse

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_PREPARING = frozenset({"setUp", "setUpClass", "setUpTestData", "asyncSetUp", "setup_method", "setup_class"})
"""What unittest and pytest call before the tests of a class."""

_CALLED_BY_ITS_CLASS = frozenset({"__init__", "__call__"})


class WrittenTest(msgspec.Struct, frozen=True):
    """A test as one state of the files has it.

    Args:
        path: its file. name: within it: `TestPay.test_ok`.
        text: the lines of its body, without layout and docstring.
        names: what it speaks of by its imports, as dotted names. attributes: every word behind a dot.
        expects: the exceptions that it expects by `raises(...)` or `assertRaises(...)`, as they are written.
    """

    path: str
    name: str
    text: tuple[str, ...]
    names: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    expects: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """As pytest has it."""
        return f"{self.path}::{self.name.replace('.', '::')}"

    @property
    def called(self) -> str:
        """Its last name."""
        return self.name.rpartition(".")[2]

    def speaks_of(self, function: str) -> bool:
        """Whether it names a function, or the class of a method that it calls.

        Args:
            function: the dotted name.
        """
        owner, _, name = function.rpartition(".")
        return function in self.names or (
            owner in self.names and (name in self.attributes or name in _CALLED_BY_ITS_CLASS)
        )


def tests_in(content: bytes, path: str) -> Sequence[WrittenTest] | None:
    """The tests of a file; None where it cannot be analysed.

    Args:
        path: relative to the project's root.
    """
    try:
        tree = parse(decode(content))
        return list(_File(tree, path).tests())
    except (NotAnalysable, RecursionError, MemoryError, ValueError, OverflowError):
        return None


def deleted(
    before: Iterable[WrittenTest], was: Mapping[str, Sequence[WrittenTest]], now: Iterable[WrittenTest]
) -> list[WrittenTest]:
    """Those of some tests that are neither there under their name nor under another one.

    Args:
        before: tests as they were. was: the tests of the same files, by file.
        now: the tests of all files that the change adds or touches.
    """
    present = list(now)
    called = {test.called for test in present}
    grown = [lines for test in present if (lines := _new_lines(test, was))]
    return [
        test for test in before if test.called not in called and not any(_is_mostly_in(test.text, one) for one in grown)
    ]


def _new_lines(test: WrittenTest, was: Mapping[str, Sequence[WrittenTest]]) -> Counter[str]:
    """What a test holds that it did not hold under this name."""
    old = next((one for one in was.get(test.path, ()) if one.name == test.name), None)
    return Counter(test.text) - Counter(old.text if old is not None else ())


def _is_mostly_in(text: Sequence[str], other: Counter[str]) -> bool:
    """Whether another test holds half of the lines: then it may be the same one under another name."""
    return 2 * (Counter(text) & other).total() >= len(text)


class _File:
    """The tests of one file, and what its names stand for."""

    def __init__(self, tree: ast.Module, path: str) -> None:
        self._tree = tree
        self._path = path
        self._imported = dict(_imports(tree, path))
        self._functions = {node.name: node for node in tree.body if isinstance(node, _Function)}

    def tests(self) -> Iterator[WrittenTest]:
        """Functions and methods that pytest or unittest would collect."""
        yield from self._tests_of(self._tree, "", {})

    def _tests_of(
        self, holder: ast.Module | ast.ClassDef, prefix: str, known: Mapping[str, _Function]
    ) -> Iterator[WrittenTest]:
        near = {**known, **{node.name: node for node in holder.body if isinstance(node, _Function)}}
        for node in holder.body:
            if isinstance(node, _Function) and node.name.startswith("test") and not _is_fixture(node):
                yield self._test(node, f"{prefix}{node.name}", near)
            elif isinstance(node, ast.ClassDef) and (node.name.startswith("Test") or node.bases):
                yield from self._tests_of(node, f"{prefix}{node.name}.", near)

    def _test(self, node: _Function, name: str, near: Mapping[str, _Function]) -> WrittenTest:
        used: set[str] = set()
        attributes: set[str] = set()
        helpers = [one for called, one in near.items() if called in _PREPARING]
        waiting, seen = [node, *helpers], {node.name, *(one.name for one in helpers)}
        while waiting:
            read = _Reading(waiting.pop())
            used |= read.names
            attributes |= read.attributes
            further = (read.words & near.keys()) - seen
            seen |= further
            waiting += [near[one] for one in sorted(further) if not near[one].name.startswith("test")]
        meant = frozenset(self._meant(used))
        return WrittenTest(self._path, name, _lines_of(node), meant, frozenset(attributes), tuple(_expected(node)))

    def _meant(self, used: Iterable[str]) -> Iterator[str]:
        """Dotted names by the imports, each with what it begins with: `pay.Till.charge`, `pay.Till`, `pay`."""
        for name in used:
            first, _, rest = name.partition(".")
            target = self._imported.get(first)
            if target is not None:
                whole = f"{target}.{rest}" if rest else target
                parts = whole.split(".")
                yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))


class _Reading:
    """What the source of a function names.

    Args:
        node: the function.
    """

    def __init__(self, node: _Function) -> None:
        self.names: set[str] = set()
        """Dotted ones, as they are written."""
        self.attributes: set[str] = set()
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        self.words = {argument.arg for argument in arguments}
        """What may be a function or fixture of the same file."""
        for one in ast.walk(node):
            if isinstance(one, ast.Attribute):
                self.attributes.add(one.attr)
                self.words.add(one.attr)
            dotted = _dotted(one)
            if dotted:
                self.names.add(dotted)
                self.words.add(dotted)


def _expected(node: _Function) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and one.args:
            name = _dotted(one.func).rpartition(".")[2]
            if name == "raises" or name.startswith("assertRaises"):
                types = one.args[0].elts if isinstance(one.args[0], ast.Tuple) else [one.args[0]]
                yield from (ast.unparse(each) for each in types)


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _imports(tree: ast.Module, path: str) -> Iterator[tuple[str, str]]:
    """What each imported name stands for, wherever the import stands."""
    package = path.split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.level <= len(package) + 1:
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield alias.asname or alias.name, f"{module}.{alias.name}" if module else alias.name


def _is_fixture(node: _Function) -> bool:
    return any("fixture" in ast.unparse(one) for one in node.decorator_list)


def _lines_of(node: _Function) -> tuple[str, ...]:
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    text = ast.unparse(ast.Module(body, []))
    return tuple(line.strip() for line in text.splitlines() if line.strip())
