"""QG305 mock-signature-drift."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from astroid import nodes
from astroid.exceptions import AstroidError

from quality_gate_checkers.inference import InferredHit, Sight, inferring
from quality_gate_checkers.inference._real import found, values_of
from quality_gate_checkers.model.roles import Role

_ASSERTIONS = frozenset(
    f"assert_{name}"
    for name in ("called_with", "called_once_with", "any_call", "awaited_with", "awaited_once_with", "any_await")
)
_PATCHES = ("patch", "mock.patch", "unittest.mock.patch")
_OWN_MOCK = frozenset({"new", "new_callable", "autospec", "spec", "spec_set"})
_HARMLESS = frozenset(
    {
        "builtins.staticmethod", "builtins.classmethod", "abc.abstractmethod", "functools.lru_cache", "functools.cache",
        "contextlib.contextmanager", "contextlib.asynccontextmanager", "typing.final", "functools._lru_cache_wrapper",
    }
)  # fmt: skip
"""Decorators that leave the signature as it is."""


@inferring("QG305", "mock-signature-drift", visits=("call",), roles=frozenset({Role.TESTS}))
def mock_signature_drift(node: nodes.NodeNG, sight: Sight) -> Iterator[InferredHit]:
    """A test that demands a call of a mock which the mocked function itself would refuse.

    A mock takes any arguments. When the function that it stands for gets another signature, `assert_called_with` goes
    on to demand the old call, the code goes on to make it, and the test stays green. The patched name is looked up in
    what is really installed, and the demanded arguments are bound to the real signature.

    ## In production
    The call that the test demands ends in a TypeError.

    ## Bad
    ```python
    from unittest.mock import patch

    @patch("textwrap.shorten")
    def test_title(shorten):
        title("long text")
        shorten.assert_called_with("long text", length=20)
    ```

    ## Good
    ```python
    from unittest.mock import patch

    @patch("textwrap.shorten")
    def test_title(shorten):
        title("long text")
        shorten.assert_called_with("long text", width=20)
    ```

    ## When not to use it
    Where the mocked name is replaced at run time by something with another signature.

    ## What other linters see
    None known binds the arguments. `autospec=True` lets the test itself fail, and some linters demand it of every
    patch.

    ## Known missed alarms
    Mocks kept in `self`, from `monkeypatch` and from class decorators; functions under decorators that may
    change their signature; and what takes `**kwargs`.

    ## Measured
    No hit in the handlers and tests of 14 public backend projects, with the commonest clients installed and most other
    packages of theirs not: neither a false alarm nor a true one. Its precision is unknown. How much it would see: in
    one of them each of 517 functions was given one more argument, and of 153 demands in the tests that had none of
    these findings before, 44 were found.
    """
    if not isinstance(node, nodes.Call) or not isinstance(node.func, nodes.Attribute):
        return
    mock = node.func.expr
    if node.func.attrname not in _ASSERTIONS or not isinstance(mock, nodes.Name) or _is_open(node):
        return
    target = _target_of(mock)
    signature = _signature(target) if target else None
    if target is None or signature is None:
        return
    problem = signature.refuses(len(node.args), [str(one.arg) for one in node.keywords or ()])
    if problem:
        yield InferredHit(
            node,
            f"{node.func.attrname}() demands a call that {target} refuses: {problem}",
            "demand the call as the function takes it, or patch with autospec=True",
        )


def _is_open(call: nodes.Call) -> bool:
    starred = any(isinstance(one, nodes.Starred) for one in call.args)
    return starred or any(one.arg is None for one in call.keywords or ())


# -- what a mock stands for


def _target_of(mock: nodes.Name) -> str | None:
    """Dotted name of what a name was patched in for, by a decorator of the test or a `with` around it."""
    try:
        _, bound = mock.lookup(mock.name)
    except AstroidError:
        return None
    if len(bound) != 1 or not isinstance(bound[0], nodes.AssignName):
        return None
    holder = bound[0].parent
    if isinstance(holder, nodes.Arguments):
        return _decorated(holder.parent, mock.name)
    if isinstance(holder, nodes.With | nodes.AsyncWith):
        contexts = [context for context, target in holder.items if target is bound[0]]
        return _patched(contexts[0]) if len(contexts) == 1 else None
    if isinstance(holder, nodes.Assign) and holder.targets == bound:
        return _assigned(holder.value)
    return None


def _assigned(value: nodes.NodeNG) -> str | None:
    """`mocker.patch(...)` of pytest-mock, `patch(...).start()`; `patch(...)` alone is no mock."""
    if not isinstance(value, nodes.Call) or not isinstance(value.func, nodes.Attribute):
        return None
    if value.func.attrname == "start":
        return _patched(value.func.expr)
    return _patched(value) if value.func.as_string() in ("mocker.patch", "mocker.patch.object") else None


def _decorated(function: nodes.NodeNG, name: str) -> str | None:
    """`@patch` hands its mocks over from the innermost outwards, before what pytest hands over by name."""
    if not isinstance(function, nodes.FunctionDef) or function.decorators is None:
        return None
    handed: list[str | None] = []
    for decorator in reversed(function.decorators.nodes):
        shown = decorator.func.as_string() if isinstance(decorator, nodes.Call) else ""
        if shown.endswith("patch.dict"):
            continue
        if shown.endswith("patch.multiple"):
            return None
        if shown.endswith(("patch", "patch.object")) and not _makes_its_own(decorator):
            handed.append(_patched(decorator))
    parameters = [one.name for one in function.args.args]
    first = 1 if parameters[:1] in (["self"], ["cls"]) else 0
    place = parameters.index(name) - first if name in parameters else -1
    return handed[place] if 0 <= place < len(handed) else None


def _makes_its_own(call: nodes.Call) -> bool:
    """Whether `new` is given: then nothing is handed over."""
    places = 2 if call.func.as_string().endswith("patch.object") else 1
    return len(call.args) > places or any(one.arg == "new" for one in call.keywords or ())


def _patched(call: nodes.NodeNG) -> str | None:
    if not isinstance(call, nodes.Call) or any(one.arg in _OWN_MOCK for one in call.keywords or ()):
        return None
    shown = call.func.as_string()
    if shown in (*_PATCHES, "mocker.patch") and len(call.args) == 1:
        return _text(call.args[0])
    if shown in (*(f"{name}.object" for name in _PATCHES), "mocker.patch.object") and len(call.args) == 2:
        holders = [held for held in values_of(call.args[0]) if isinstance(held, nodes.ClassDef | nodes.Module)]
        attribute = _text(call.args[1])
        return f"{_dotted(holders[0])}.{attribute}" if len(holders) == 1 and attribute else None
    return None


def _dotted(holder: nodes.ClassDef | nodes.Module) -> str:
    return str(holder.name if isinstance(holder, nodes.Module) else holder.qname())


def _text(node: nodes.NodeNG) -> str | None:
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else None


# -- signatures


class _Signature(NamedTuple):
    """What a caller may give.

    Args:
        places: names of the arguments that have a place. by_place_only: how many of them have no keyword.
        keywords: names of the arguments without a place.
        needed: names of those without a default.
        any_place, any_keyword: `*args`, `**kwargs`.
    """

    places: tuple[str, ...]
    by_place_only: int
    keywords: tuple[str, ...]
    needed: frozenset[str]
    any_place: bool
    any_keyword: bool

    def refuses(self, places: int, keywords: list[str]) -> str | None:
        """Why a call would end in a TypeError, or None."""
        if places > len(self.places) and not self.any_place:
            return f"it takes {len(self.places)} positional arguments, not {places}"
        given = self.places[:places]
        for keyword in keywords:
            if keyword in given[self.by_place_only :]:
                return f"`{keyword}` is given twice"
            if keyword not in (*self.places[self.by_place_only :], *self.keywords) and not self.any_keyword:
                return f"it has no argument `{keyword}`"
        missing = sorted(self.needed - {*given, *keywords})
        return f"`{missing[0]}` is missing" if missing else None


def _signature(target: str) -> _Signature | None:
    real = found(target)
    if isinstance(real, nodes.ClassDef):
        real = _constructor(real)
    if not isinstance(real, nodes.FunctionDef) or not _keeps_its_signature(real):
        return None
    arguments = real.args
    if arguments.args is None:
        return None  # written in C
    without_self = 0 if real.type in ("function", "staticmethod") else 1
    placed = [*arguments.posonlyargs, *arguments.args]
    defaults = len(arguments.defaults or ())
    needed = placed[without_self : len(placed) - defaults]
    lone = [
        one for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults or (), strict=False) if default is None
    ]
    return _Signature(
        tuple(one.name for one in placed[without_self:]),
        max(0, len(arguments.posonlyargs) - without_self),
        tuple(one.name for one in arguments.kwonlyargs),
        frozenset(one.name for one in (*needed, *lone)),
        arguments.vararg is not None,
        arguments.kwarg is not None,
    )


def _constructor(kind: nodes.ClassDef) -> nodes.NodeNG | None:
    """`__init__` of a class that is made as classes are: no decorator, no metaclass, no `__new__` of its own."""
    try:
        above = [kind, *kind.ancestors()]
        if kind.decorators is not None or kind.metaclass() is not None:
            return None
    except (AstroidError, RecursionError):
        return None
    for one in above:
        if one.qname() == "builtins.object" or one.decorators is not None or "__new__" in one.locals:
            return None
        if "__init__" in one.locals:
            held = one.locals["__init__"]
            return held[0] if len(held) == 1 else None
    return None


def _keeps_its_signature(function: nodes.FunctionDef) -> bool:
    holder = function.parent.frame()
    if len(holder.locals.get(function.name, ())) != 1:  # defined twice: by platform, or overloaded
        return False
    if function.decorators is None:
        return True
    try:
        names = function.decoratornames()
    except (AstroidError, RecursionError):
        return False
    return bool(names) and names <= _HARMLESS
