"""QG205 partial-failure-ignored."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.batch_answers import METHODS, Batch, batch_of
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.logs import log_level

_STATUS = "ResponseMetadata"


@rule("QG205", "partial-failure-ignored", triggers=tuple(method.lower().encode() for method in sorted(METHODS)))
def partial_failure_ignored(module: Module) -> Iterator[Hit]:
    """A batch call answers "200, but these failed", and nobody reads which.

    SQS, SNS, Kinesis, Firehose, EventBridge, DynamoDB, S3, ECS, BigQuery, Firebase and the bulk calls of
    Elasticsearch and OpenSearch raise only when the whole call fails. That some of its items failed stands in
    the answer. Reported is a call whose answer is dropped, bound to a name that is never read, or read only
    for what went well or for the HTTP status.

    ## In production
    A part of the batch is lost under load, the code goes on as if all of it had arrived, and no error is ever
    raised.

    ## Bad
    ```python
    import boto3

    sqs = boto3.client("sqs")

    def publish(url, entries):
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    ```
    ```python
    from mypy_boto3_dynamodb import DynamoDBClient

    def prices(db: DynamoDBClient, keys):
        return db.batch_get_item(RequestItems={"prices": {"Keys": keys}})["Responses"]["prices"]
    ```

    ## Good
    ```python
    import boto3

    sqs = boto3.client("sqs")

    def publish(url, entries):
        failed = sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed", [])
        if failed:
            raise NotPublished([entry["Id"] for entry in failed])
    ```

    ## When not to use it
    Where a lost item really does not matter, say why:
    `# quality-gate: allow[partial-failure-ignored] reason="sampled telemetry" until=2027-01-31`.
    An answer that is returned, passed on, logged whole or compared is taken as read.

    ## What other linters see
    Nothing: neither ruff, pylint, bugbear, Sonar's and semgrep's public rules nor the vendors' own tools look
    at these answers.

    ## Known missed alarms
    Answers that are passed to a helper which ignores them; calls made through `run_in_executor` or
    `to_thread`; Kafka producers, whose failures arrive in futures and callbacks; `table.batch_writer()` needs
    nothing, it sends again itself. AWS clients of unknown class are recognised by the keywords that only AWS
    spells so (`QueueUrl=`, `Entries=`).

    ## Measured
    5 hits in 2.04 M lines of 12 public backend projects, 5 read, 5 true; 15 hits in 0.76 M lines of 8 more
    that work with AWS or HTTP, 15 read, 15 true. Some of the entries sent stood alone in their batch; the
    fault is the same.
    """
    for call in module.mentioning(ast.Call, METHODS):
        if called_name(call) not in METHODS:
            continue
        ignored = _ignored(module, call)
        if ignored is None:
            continue
        batch = batch_of(module, call)
        hit = _hit(module, call, batch, *ignored) if batch is not None else None
        if hit is not None:
            yield hit


def _ignored(module: Module, call: ast.Call) -> tuple[ast.AST, list[ast.expr]] | None:
    """Where the answer goes, and all expressions that read it; None where we cannot follow it."""
    answer: ast.AST = call
    holder = module.parent(call)
    if isinstance(holder, ast.Await):
        answer, holder = holder, module.parent(holder)
    if isinstance(holder, ast.Expr):
        return holder, []
    if isinstance(holder, ast.Subscript | ast.Attribute) and holder.value is answer:
        return holder, [call]
    if not isinstance(holder, ast.Assign) or len(holder.targets) != 1:
        return None
    target = holder.targets[0]
    if isinstance(target, ast.Tuple):  # `done, _ = bulk(...)`
        return (holder, []) if len(target.elts) == 2 and _is_throwaway(target.elts[1]) else None
    if not isinstance(target, ast.Name):
        return None
    function = module.enclosing_function(call)
    if function is None or target.id in _declared_elsewhere(function):
        return (holder, []) if target.id == "_" else None
    return holder, [
        node for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id == target.id and not isinstance(node.ctx, ast.Store)
    ]  # fmt: skip


def _is_throwaway(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id.startswith("_")


def _declared_elsewhere(function: ast.AST) -> set[str]:
    return {name for node in ast.walk(function) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}


def _hit(module: Module, call: ast.Call, batch: Batch, place: ast.AST, reads: list[ast.expr]) -> Hit | None:
    if isinstance(place, ast.Assign) and isinstance(place.targets[0], ast.Tuple) and batch.successes:
        return None
    looked = [_looks_only_at(module, read, batch) for read in reads]
    if None in looked:
        return None
    how = f"only for {' and '.join(sorted({repr(part) for part in looked}))}" if looked else "by nobody"
    failures = repr(batch.failures) if " " not in batch.failures else batch.failures
    return Hit(
        call,
        f"{written(call.func)}() lists what failed in {failures}, and its answer is read {how}",
        "read the failures: send them again, raise, or count and log them",
        also=(place, *reads),
    )


def _looks_only_at(module: Module, read: ast.expr, batch: Batch) -> str | None:
    """The part of an answer that is read, where it cannot tell what failed; None where it may."""
    above = module.parent(read)
    if isinstance(above, ast.Await):
        above = module.parent(above)
    part = _part(module, above)
    if part == _STATUS or (part in batch.successes and (part == "Responses" or _only_said(module, above))):
        return part
    return None


def _part(module: Module, taken: ast.AST | None) -> str | None:
    """`x` of `answer["x"]`, `answer.get("x")` and `answer.x`."""
    if isinstance(taken, ast.Subscript) and isinstance(taken.slice, ast.Constant):
        return str(taken.slice.value)
    if isinstance(taken, ast.Attribute) and taken.attr == "get":
        call = module.parent(taken)
        first = call.args[0] if isinstance(call, ast.Call) and call.args else None
        return str(first.value) if isinstance(first, ast.Constant) else None
    return taken.attr if isinstance(taken, ast.Attribute) else None


def _only_said(module: Module, taken: ast.AST | None) -> bool:
    """It goes into a log line or a print; a comparison or a sum may well tell what is missing."""
    if taken is None:
        return False
    for above in module.ancestors(taken):
        if isinstance(above, ast.Compare | ast.BinOp):
            return False
        if isinstance(above, ast.stmt):
            call = above.value if isinstance(above, ast.Expr) else None
            return isinstance(call, ast.Call) and (called_name(call) == "print" or log_level(module, call) is not None)
    return False
