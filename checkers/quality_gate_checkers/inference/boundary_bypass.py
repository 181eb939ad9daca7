"""QG502 boundary-bypass."""

from __future__ import annotations

from collections.abc import Iterator

from astroid import nodes

from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.inference import InferredHit, Sight, inferring
from quality_gate_checkers.inference._vendors import is_pythons_own
from quality_gate_checkers.model.roles import Role

_KINDS = frozenset({"http", "cloud"})
"""What other companies run: databases, caches and queues of the team's own are spoken to everywhere."""


@inferring("QG502", "boundary-bypass", visits=("functiondef", "asyncfunctiondef"), roles=frozenset({Role.SOURCE}))
def boundary_bypass(node: nodes.NodeNG, sight: Sight) -> Iterator[InferredHit]:
    """A call of a vendor's client outside the modules that are declared to make such calls.

    Silent until boundaries are declared. A call is told by what it really calls: a session that was handed in counts,
    a method that only has the same name does not. One function has one finding for each vendor, at its first call.

    ## In production
    The deadline, the retry and the translated failures of the boundary hold everywhere but here, where nobody looks.

    ## Bad
    ```python
    import requests

    def charge(order):
        return requests.post("https://bank.example/charges", json=order, timeout=5)
    ```
    With `quality-gate-boundaries = shop.gateways.**`, in `shop/views.py`.

    ## Good
    ```python
    from shop.gateways import bank

    def charge(order):
        return bank.charge(order)
    ```

    ## Options
    `quality-gate-boundaries`, in pylint's own configuration: name patterns of the modules, `*` for one part, `**` for
    any number of them; empty by default.

    ## When not to use it
    Without declared boundaries: a small service whose views call one vendor has nothing to go round.

    ## What other linters see
    import-linter and ruff's TID251 see imports of a library: they ban its exceptions and types together with its calls,
    and pass a client that another module has made.

    ## Known missed alarms
    Calls in module code and of clients whose class nothing tells. urllib, which belongs to Python.

    ## Measured
    22 hits in three public projects of which we, not their teams, declared a package to be the boundary, all as defined
    here; 14 more stood inside one of them, in folders without `__init__.py`, whose modules pylint knows by the file's
    name alone, and are silent since. How teams draw their own boundaries is not measured.
    """
    if not sight.boundaries or sight.is_boundary(node):
        return
    told: set[str] = set()
    for call in node.nodes_of_class(nodes.Call):
        vendor = _vendor_called(call, sight) if call.frame() is node else None
        if vendor is not None and vendor not in told:
            told.add(vendor)
            yield InferredHit(
                call,
                f"{call.func.as_string()}() speaks to {vendor}, and {node.root().name} is no declared boundary",
                "call a function of a boundary's module that does it",
            )


def _vendor_called(call: nodes.Call, sight: Sight) -> str | None:
    names = sight.called(call)
    known = catalogue().fallible(names[0]) if len(names) == 1 else None
    if known is None or known.kind not in _KINDS or is_pythons_own(known.name):
        return None
    return known.dependency
