"""QG109 error-response-as-success."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.responses import error_in, payload_of_success
from quality_gate_checkers.reading.walks import walk_now
from quality_gate_checkers.regexes import regex

_MUST_BE_200 = regex(
    r"web_?hook|graph_?ql|callback|(?:json|xml)_?rpc|_hook|(?:^|[_/])ipn(?:$|[_/])|slack|telegram|bulk|batch",
    re.IGNORECASE,
)
"""Those who call these read the payload and take any other status for "send it again"."""


@rule(
    "QG109",
    "error-response-as-success",
    severity="warning",
    triggers=(b"except",),
)
def error_response_as_success(module: Module) -> Iterator[Hit]:
    """A view catches a failure and answers with an error in the payload and 200 as its status.

    Looked at are views of Django, Django REST framework, Flask, Quart and FastAPI: what a handler returns without a
    status, and whose payload says `error`, `"success": False`, `"status": "failed"`, or holds the exception as its
    message.

    ## In production
    Clients do not try again, caches keep the error, and the error rate on the dashboard stays at nought.

    ## Bad
    ```python
    from django.http import JsonResponse
    from shop.bank import BankError

    def refund(request, bank):
        try:
            bank.refund(request.POST["order"])
        except BankError as error:
            return JsonResponse({"error": str(error)})
        return JsonResponse({"refunded": True})
    ```

    ## Good
    ```python
    from django.http import JsonResponse
    from shop.bank import BankError

    def refund(request, bank):
        try:
            bank.refund(request.POST["order"])
        except BankError as error:
            return JsonResponse({"error": str(error)}, status=502)
        return JsonResponse({"refunded": True})
    ```

    ## When not to use it
    Where a protocol wants 200 for errors too, write `status=200` out, or
    `# quality-gate: allow[error-response-as-success] reason="the form library reads success"`. Silent by design:
    webhooks, callbacks, GraphQL, RPC and bulk endpoints, by the name of the view, of its class, of its file or by its
    route; any status that is written out; a view that sets `response.status_code`.

    ## What other linters see
    Sonar S6863 looks at the status of Flask's error handlers, S8415 at whether FastAPI's exceptions are documented.
    Handlers within views are looked at by none.

    ## Known missed alarms
    A response that is kept in a variable or made by a helper, an error that stands in plain text or in a template,
    a status of 2xx that is written out, an error that is answered outside of any handler.

    ## Measured
    4 hits in 4.8 million lines of 35 public backend projects, all read, 3 true; the fourth had written 200 out, which
    is accepted since. In 1.5 million lines of eight others that the rule had not seen: 1 hit, true.
    """
    for handler in module.nodes(ast.ExceptHandler):
        function = module.enclosing_function(handler)
        if function is None:
            continue
        for node in walk_now(handler.body):
            told = _told(module, node, function, handler.name) if isinstance(node, ast.Return) else None
            if told is not None and not _must_be_200(module, function):
                yield Hit(
                    node,
                    f'{function.name}() has failed and answers 200 with "{told}" in the payload',
                    "give the answer the status of the failure (502, 409, 400 ...), or let the exception rise",
                    also=(handler,),
                )


def _told(module: Module, node: ast.Return, function: FunctionNode, exception: str | None) -> str | None:
    """The key by which a returned payload tells of an error, None where the status tells it or nothing does."""
    payload = payload_of_success(module, node.value, function) if node.value is not None else None
    return error_in(payload, exception) if payload is not None else None


def _must_be_200(module: Module, function: FunctionNode) -> bool:
    owner = module.parent(function)
    names = [module.path, function.name, owner.name if isinstance(owner, ast.ClassDef) else ""]
    routes = (
        part.value
        for decorator in function.decorator_list
        for part in ast.walk(decorator)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )
    return any(_MUST_BE_200.search(text) for text in (*names, *routes))
