"""QG501 vendor-exception-leak."""

from __future__ import annotations

from collections.abc import Iterator

from astroid import nodes

from quality_gate_checkers.dependencies import Fallible, catalogue
from quality_gate_checkers.inference import InferredHit, Sight, inferring
from quality_gate_checkers.inference._real import classes_of, found, lineage
from quality_gate_checkers.inference._vendors import vendor_of
from quality_gate_checkers.model.roles import Role


@inferring("QG501", "vendor-exception-leak", visits=("call", "excepthandler"), roles=frozenset({Role.SOURCE}))
def vendor_exception_leak(node: nodes.NodeNG, sight: Sight) -> Iterator[InferredHit]:
    """A vendor's exception that leaves the module declared to stand between the vendor and the rest of the code.

    Silent until boundaries are declared. A module that matches one may know its vendor: what it exports must translate
    the vendor's exceptions. All other modules must not catch them. Which exceptions a call raises is asked of the
    installed library.

    ## In production
    The vendor, or its version, changes, and failures that were handled all over the code are handled nowhere.

    ## Bad
    ```python
    import requests

    def charge(order):
        return requests.post("https://bank.example/charges", json=order, timeout=5)
    ```
    With `quality-gate-boundaries = shop.gateways.**`, in `shop/gateways/bank.py`.

    ## Good
    ```python
    import requests

    class BankUnreachable(Exception):
        pass

    def charge(order):
        try:
            return requests.post("https://bank.example/charges", json=order, timeout=5)
        except requests.RequestException as error:
            raise BankUnreachable(order) from error
    ```

    ## Options
    `quality-gate-boundaries`, in pylint's own configuration: name patterns of the modules, `*` for one part, `**` for
    any number of them; empty by default.

    ## When not to use it
    Without declared boundaries: a small service whose views call one vendor has nothing to leak into.

    ## What other linters see
    None known; import-linter and ruff's TID251 see imports, not exceptions.

    ## Known missed alarms
    Calls in private functions and in decorated ones; what a helper of the same module raises. Databases: the rest of
    the code speaks an ORM's language in most projects. Celery and RQ, whose exceptions steer the task.

    ## Measured
    15 hits in one public backend project of which we, not its team, declared one package a boundary; judged by their
    lines, all as defined here. 14 more were SQLAlchemy's exceptions and Celery's Retry, left out since. How teams draw
    their own boundaries is not measured.
    """
    if not sight.boundaries:
        return
    inside = sight.is_boundary(node)
    if isinstance(node, nodes.ExceptHandler) and not inside:
        yield from _caught_outside(node)
    elif isinstance(node, nodes.Call) and inside:
        yield from _leaves(node, sight)


def _caught_outside(handler: nodes.ExceptHandler) -> Iterator[InferredHit]:
    if handler.type is None:
        return
    parts = handler.type.elts if isinstance(handler.type, nodes.Tuple) else [handler.type]
    for part in parts:
        vendors = {vendor for kind in classes_of(part) if (vendor := vendor_of(str(kind.qname()))) is not None}
        if vendors:
            yield InferredHit(
                part,
                f"{part.as_string()} is an exception of {min(vendors)}, and no declared boundary stands between",
                "let the boundary's module raise an exception of the project's own and catch that one",
            )


# -- inside a boundary


def _leaves(call: nodes.Call, sight: Sight) -> Iterator[InferredHit]:
    scope = call.scope()
    if not isinstance(scope, nodes.FunctionDef) or scope.name.startswith("_") or _may_translate(scope, call, sight):
        return
    names = sight.called(call)
    known = catalogue().fallible(names[0]) if len(names) == 1 else None
    if known is None or vendor_of(known.name) is None:
        return
    leaving = _first_not_caught(call, known)
    if leaving is not None:
        yield InferredHit(
            call,
            f"{call.func.as_string()}() can raise {leaving}, which leaves the boundary through {scope.name}()",
            "catch it here and raise an exception of the project's own `from` it",
        )


def _may_translate(scope: nodes.FunctionDef, call: nodes.Call, sight: Sight) -> bool:
    """Whether a decorator, or a `with` of the project's own, may turn one exception into another."""
    decorators = scope.decorators.nodes if scope.decorators is not None else []
    if any(decorator.as_string() not in ("staticmethod", "classmethod") for decorator in decorators):
        return True
    for above in call.node_ancestors():
        if above is scope:
            return False
        if isinstance(above, nodes.With | nodes.AsyncWith):
            for context, _ in above.items:
                names = sight.called(context) if isinstance(context, nodes.Call) else []
                if not names or any(vendor_of(name) is None and not name.startswith("builtins.") for name in names):
                    return True
    return False


def _first_not_caught(call: nodes.Call, known: Fallible) -> str | None:
    """The first exception of a call's that no handler around it catches and turns into something else."""
    handlers = list(_handlers_around(call))
    for name in (*known.unavailable, *known.rejects):
        kind = found(name)
        if not isinstance(kind, nodes.ClassDef) or name.startswith("builtins."):
            continue
        if not any(_catches(handler, lineage(kind)) for handler in handlers):
            return name
    return None


def _handlers_around(call: nodes.Call) -> Iterator[nodes.ExceptHandler]:
    child: nodes.NodeNG = call
    for above in call.node_ancestors():
        if isinstance(above, nodes.Try) and child in above.body:
            yield from above.handlers
        if isinstance(above, nodes.FunctionDef):
            return
        child = above


def _catches(handler: nodes.ExceptHandler, family: frozenset[str]) -> bool:
    """Whether it catches an exception; one that only raises it again does not."""
    last = handler.body[-1]
    if isinstance(last, nodes.Raise) and last.exc is None:
        return False
    if handler.type is None:
        return True
    parts = handler.type.elts if isinstance(handler.type, nodes.Tuple) else [handler.type]
    kinds = [classes_of(part) for part in parts]
    return any(not held for held in kinds) or any(str(one.qname()) in family for held in kinds for one in held)
