"""Calls that send many things at once and answer "200, but these failed"."""

from __future__ import annotations

import ast

import msgspec

from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import callee
from quality_gate_checkers.regexes import regex


class Batch(msgspec.Struct, frozen=True):
    """What is known of the answer of a batch call.

    Args:
        failures: as the code reads them; one key or attribute.
        successes: the part that says nothing of failures.
        needs: keywords that an AWS client of any class must be given, all of one group: they tell it from
            other people's methods of the same name.
        service: the AWS service, None for others.
    """

    failures: str
    successes: tuple[str, ...] = ()
    needs: tuple[frozenset[str], ...] = ()
    service: str | None = None


def _aws(service: str, failures: str, successes: str, *needs: str) -> Batch:
    return Batch(failures, (successes,), tuple(frozenset(group.split()) for group in needs), service)


_SQS = _aws("sqs", "Failed", "Successful", "QueueUrl Entries", "Entries")
_AWS: dict[str, Batch] = {
    "send_message_batch": _aws("sqs", "Failed", "Successful", "QueueUrl Entries"),
    "delete_message_batch": _aws("sqs", "Failed", "Successful", "QueueUrl Entries"),
    "change_message_visibility_batch": _SQS,
    "send_messages": _aws("sqs", "Failed", "Successful", "Entries"),
    "delete_messages": _aws("sqs", "Failed", "Successful", "Entries"),
    "publish_batch": _aws("sns", "Failed", "Successful", "PublishBatchRequestEntries"),
    "put_records": _aws("kinesis", "FailedRecordCount", "", "Records StreamName", "Records StreamARN"),
    "put_record_batch": _aws("firehose", "FailedPutCount", "", "DeliveryStreamName Records"),
    "batch_write_item": _aws("dynamodb", "UnprocessedItems", "ItemCollectionMetrics", "RequestItems"),
    "batch_get_item": _aws("dynamodb", "UnprocessedKeys", "Responses", "RequestItems"),
    "delete_objects": _aws("s3", "Errors", "Deleted", "Bucket Delete", "Delete"),
    "put_events": _aws("events", "FailedEntryCount", "", "Entries"),
    "run_task": _aws("ecs", "failures", "tasks", "taskDefinition"),
}
_SEARCH_FLAG = Batch("errors", ("took", "items"))
_SEARCH_HELPER = Batch("the second of the pair")
_ROWS = Batch("the list that it returns")
_PUSH = Batch("failure_count", ("success_count",))
_NAMED: dict[str, Batch] = {
    **{
        f"google.cloud.bigquery.{holder}.{method}": _ROWS
        for holder in ("Client", "client.Client")
        for method in ("insert_rows", "insert_rows_json", "insert_rows_from_dataframe")
    },
    **{
        f"firebase_admin.messaging.{function}": _PUSH
        for function in (
            "send_each", "send_each_async", "send_each_for_multicast", "send_each_for_multicast_async",
            "send_all", "send_multicast",
        )
    },
    **{
        f"{package}.{client}.bulk": _SEARCH_FLAG
        for package in ("elasticsearch", "opensearchpy")
        for client in ("Elasticsearch", "AsyncElasticsearch", "OpenSearch", "AsyncOpenSearch")
    },
}  # fmt: skip
_HELPERS = frozenset(
    f"{package}.{module}.{function}"
    for package in ("elasticsearch", "opensearchpy")
    for module in ("helpers", "helpers.actions")
    for function in ("bulk", "async_bulk")
)
METHODS = frozenset(_AWS) | {name.rpartition(".")[2] for name in (*_NAMED, *_HELPERS)}

_SERVICE = regex(
    r"(?:mypy_boto3|types_boto3|types_aiobotocore)_(\w+)\.|(?:botocore\.client|boto3\.resources?)\.([a-z]\w*)"
)
_ANYTHING = frozenset({"typing.Any", "builtins.object"})
_CLIENTS = (
    "botocore.",
    "boto3.",
    "aiobotocore.",
    "aioboto3.",
    "mypy_boto3",
    "types_boto3",
    "types_aiobotocore",
)


def batch_of(module: Module, call: ast.Call) -> Batch | None:
    """What a call answers, where it is a batch call whose answer may list failures."""
    name = callee(module, call)
    known = catalogue().canonical(name) if name else None
    if known in _NAMED:
        return _NAMED[known]
    if known in _HELPERS:
        return _SEARCH_HELPER if _keeps_quiet(call) else None
    if not isinstance(call.func, ast.Attribute):
        return None
    if call.func.attr == "insert_rows_json":
        return _ROWS if _may_be_anything(module, call.func.value) else None
    found = _AWS.get(call.func.attr)
    return found if found is not None and _is_aws(module, call, call.func.value, found) else None


def _keeps_quiet(call: ast.Call) -> bool:
    """`raise_on_error=False`; by default the helper raises."""
    return any(
        keyword.arg == "raise_on_error" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in call.keywords
    )


def _may_be_anything(module: Module, receiver: ast.expr) -> bool:
    """Nothing tells which class it is an instance of: neither one of the project's nor another library's."""
    if isinstance(receiver, ast.Name) and receiver.id in ("self", "cls"):
        return False
    if isinstance(receiver, ast.Call) and getattr(receiver.func, "id", "") == "super":
        return False
    return (module.names.type_of(receiver) or "typing.Any") in _ANYTHING


def _is_aws(module: Module, call: ast.Call, receiver: ast.expr, batch: Batch) -> bool:
    """The class says so, or nothing speaks against it and the keywords, which AWS alone spells so, do."""
    held = catalogue().canonical(module.names.type_of(receiver) or "")
    match = _SERVICE.match(held)
    if match:
        return (match.group(1) or match.group(2)) == batch.service
    if not held.startswith(_CLIENTS) and not _may_be_anything(module, receiver):
        return False
    given = {keyword.arg for keyword in call.keywords}
    return not call.args and any(group <= given for group in batch.needs)
