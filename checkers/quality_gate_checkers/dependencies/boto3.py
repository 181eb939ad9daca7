"""boto3: a minute to connect, a minute to read, five attempts; batch calls answer 200 with failures inside.

What `boto3.client("sqs")` makes is called `botocore.client.sqs` here, what `boto3.resource("s3")` makes
`boto3.resources.s3`: the real classes are made from data at run time and have no importable name.
"""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_MINUTE = Deadline(keyword="", default=60.0, on_client="config")
_READS = {
    "sqs": ("get_queue_attributes", "get_queue_url", "list_queues", "receive_message"),
    "kinesis": ("describe_stream", "get_records", "get_shard_iterator", "list_streams"),
    "firehose": ("describe_delivery_stream", "list_delivery_streams"),
    "dynamodb": ("batch_get_item", "describe_table", "get_item", "query", "scan", "transact_get_items"),
    "s3": (
        "download_file",
        "download_fileobj",
        "get_object",
        "head_bucket",
        "head_object",
        "list_buckets",
        "list_objects",
        "list_objects_v2",
    ),
    "sns": ("get_topic_attributes", "list_topics"),
    "events": ("describe_rule", "list_rules"),
    "lambda": ("get_function", "list_functions"),
    "ses": ("get_send_quota", "list_identities"),
}
_WRITES = {
    "sqs": (
        "change_message_visibility",
        "change_message_visibility_batch",
        "delete_message",
        "delete_message_batch",
        "purge_queue",
        "send_message",
        "send_message_batch",
    ),
    "kinesis": ("put_record", "put_records"),
    "firehose": ("put_record", "put_record_batch"),
    "dynamodb": (
        "batch_write_item",
        "delete_item",
        "put_item",
        "transact_write_items",
        "update_item",
    ),
    "s3": (
        "complete_multipart_upload",
        "copy",
        "copy_object",
        "delete_object",
        "delete_objects",
        "put_object",
        "upload_file",
        "upload_fileobj",
        "upload_part",
    ),
    "sns": ("publish", "publish_batch"),
    "events": ("put_events",),
    "lambda": ("invoke",),
    "ses": ("send_bulk_templated_email", "send_email", "send_raw_email", "send_templated_email"),
}
_OTHERS = (
    "athena",
    "bedrock-runtime",
    "cloudfront",
    "cloudwatch",
    "cognito-idp",
    "ec2",
    "ecs",
    "glue",
    "kms",
    "logs",
    "pinpoint",
    "rds",
    "rekognition",
    "scheduler",
    "secretsmanager",
    "sesv2",
    "ssm",
    "stepfunctions",
    "sts",
    "textract",
)
"""Services whose calls are known only by being calls."""
_LOCAL = (
    "can_paginate",
    "close",
    "generate_presigned_post",
    "generate_presigned_url",
    "get_paginator",
    "get_waiter",
)
_PAGINATED = ("sqs", "kinesis", "dynamodb", "s3", "sns", "events", "lambda", "ses")
_WAITED = ("kinesis", "dynamodb", "s3", "lambda", "ses")
_STUBS = {
    "sqs": "SQSClient",
    "kinesis": "KinesisClient",
    "firehose": "FirehoseClient",
    "dynamodb": "DynamoDBClient",
    "s3": "S3Client",
    "sns": "SNSClient",
    "events": "EventBridgeClient",
    "lambda": "LambdaClient",
    "ses": "SESClient",
}
_RESOURCE_STUBS = {
    "sqs": ("SQSServiceResource", "Queue", "Message"),
    "dynamodb": ("DynamoDBServiceResource", "Table"),
    "s3": ("S3ServiceResource", "Bucket", "Object", "ObjectSummary"),
    "sns": ("SNSServiceResource", "Topic"),
}
_STUB_PACKAGES = tuple(f"{family}_boto3_{service}" for family in ("mypy", "types") for service in _STUBS)
_RESOURCE_READS = {
    "sqs": ("get_queue_by_name", "Queue.receive_messages", "Queue.load", "Queue.reload"),
    "dynamodb": (
        "batch_get_item",
        "Table.get_item",
        "Table.query",
        "Table.scan",
        "Table.load",
        "Table.reload",
    ),
    "s3": (
        "Bucket.download_file",
        "Bucket.download_fileobj",
        "Object.download_file",
        "Object.download_fileobj",
        "Object.get",
        "Object.load",
        "Object.reload",
        "ObjectSummary.get",
    ),
    "sns": ("Topic.load", "Topic.reload"),
}
_RESOURCE_WRITES = {
    "sqs": (
        "Message.change_visibility",
        "Message.delete",
        "Queue.change_message_visibility_batch",
        "Queue.delete_messages",
        "Queue.purge",
        "Queue.send_message",
        "Queue.send_messages",
    ),
    "dynamodb": (
        "batch_write_item",
        "Table.batch_writer",
        "Table.delete_item",
        "Table.put_item",
        "Table.update_item",
    ),
    "s3": (
        "Bucket.copy",
        "Bucket.delete_objects",
        "Bucket.put_object",
        "Bucket.upload_file",
        "Bucket.upload_fileobj",
        "Object.copy",
        "Object.copy_from",
        "Object.delete",
        "Object.put",
        "Object.upload_file",
        "Object.upload_fileobj",
        "ObjectSummary.delete",
    ),
    "sns": ("Topic.publish",),
}


def _on(kind: str, methods: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(f"{kind}.{service}.{name}" for service, names in methods.items() for name in names)


def _aliases() -> dict[str, str]:
    """Classes of boto3-stubs and types-boto3, which people write in annotations."""
    found = {"boto3.session.Session": "boto3.Session"}
    for package in _STUB_PACKAGES:
        service = package.rpartition("_")[2]
        client = _STUBS[service]
        found |= dict.fromkeys((f"{package}.{client}", f"{package}.client.{client}"), f"botocore.client.{service}")
        whole, *parts = _RESOURCE_STUBS.get(service, ("",))
        if whole:
            resource = f"boto3.resources.{service}"
            found |= dict.fromkeys((f"{package}.{whole}", f"{package}.service_resource.{whole}"), resource)
            found |= {f"{package}.service_resource.{part}": f"{resource}.{part}" for part in parts}
    return found


def _named(name: str) -> str:
    return f"botocore.exceptions.{name}"


_CORE = _named("BotoCoreError")
_HTTP = _named("HTTPClientError")
_CONNECTION = _named("ConnectionError")
_BOTO3 = "boto3.exceptions.Boto3Error"

LIBRARY = Library(
    name="boto3",
    kind="cloud",
    modules=("boto3", "botocore", *_STUB_PACKAGES),
    source="https://docs.aws.amazon.com/boto3/latest/reference/services/index.html",
    calls=(
        Call(names=_on("botocore.client", _READS), deadline=_MINUTE),
        Call(names=_on("botocore.client", _WRITES), effect="write", deadline=_MINUTE),
        Call(
            names=tuple(f"botocore.client.{service}.*" for service in (*_STUBS, *_OTHERS)),
            effect="depends",
            deadline=_MINUTE,
            excluding=_LOCAL,
        ),
        Call(names=_on("boto3.resources", _RESOURCE_READS), deadline=_MINUTE),
        Call(names=_on("boto3.resources", _RESOURCE_WRITES), effect="write", deadline=_MINUTE),
        Call(names=("botocore.paginate.Paginator.paginate",)),
        Call(names=("botocore.waiter.Waiter.wait",), rejects=(_named("WaiterError"),)),
    ),
    aliases=_aliases(),
    factories={
        "boto3.client": "botocore.client.{0}",
        "boto3.Session.client": "botocore.client.{0}",
        "boto3.resource": "boto3.resources.{0}",
        "boto3.Session.resource": "boto3.resources.{0}",
        "boto3.resources.s3.Bucket.Object": "boto3.resources.s3.Object",
        "boto3.resources.sqs.get_queue_by_name": "boto3.resources.sqs.Queue",
        "boto3.resources.sqs.create_queue": "boto3.resources.sqs.Queue",
        "boto3.resources.sns.create_topic": "boto3.resources.sns.Topic",
        **{f"botocore.client.{service}.get_paginator": "botocore.paginate.Paginator" for service in _PAGINATED},
        **{f"botocore.client.{service}.get_waiter": "botocore.waiter.Waiter" for service in _WAITED},
    },
    exceptions={
        _named("ClientError"): ("builtins.Exception",),
        _named("EventStreamError"): (_named("ClientError"),),
        _CORE: ("builtins.Exception",),
        _HTTP: (_CORE,),
        _CONNECTION: (_CORE,),
        # boto3 keeps a copy of old requests, whose exceptions are OSErrors, as bases of these
        _named("ConnectTimeoutError"): (_CONNECTION, "builtins.OSError"),
        _named("ProxyConnectionError"): (_CONNECTION, "builtins.OSError"),
        _named("SSLError"): (_CONNECTION, "builtins.OSError"),
        _named("ReadTimeoutError"): (_HTTP, "builtins.OSError"),
        _named("EndpointConnectionError"): (_CONNECTION,),
        _named("ConnectionClosedError"): (_HTTP,),
        _named("ResponseStreamingError"): (_HTTP,),
        _named("IncompleteReadError"): (_CORE,),
        _named("NoCredentialsError"): (_CORE,),
        _named("PartialCredentialsError"): (_CORE,),
        _named("CredentialRetrievalError"): (_CORE,),
        _named("NoRegionError"): (_CORE,),
        _named("ProfileNotFound"): (_CORE,),
        _named("ParamValidationError"): (_CORE,),
        _named("PaginationError"): (_CORE,),
        _named("WaiterError"): (_CORE,),
        _BOTO3: ("builtins.Exception",),
        "boto3.exceptions.S3TransferFailedError": (_BOTO3,),
        "boto3.exceptions.S3UploadFailedError": (_BOTO3,),
        "boto3.exceptions.RetriesExceededError": (_BOTO3,),
    },
    rejects=(_named("ClientError"), _named("ParamValidationError"), "boto3.exceptions.S3UploadFailedError"),
    unavailable=(
        _CORE,
        _named("EndpointConnectionError"),
        _named("ConnectTimeoutError"),
        _named("ReadTimeoutError"),
        _named("ConnectionClosedError"),
        _named("NoCredentialsError"),
    ),
    idempotent=(
        "change_message_visibility",
        "change_message_visibility_batch",
        "change_visibility",
        "complete_multipart_upload",
        "copy",
        "copy_from",
        "copy_object",
        "delete",
        "delete_item",
        "delete_message",
        "delete_message_batch",
        "delete_messages",
        "delete_object",
        "delete_objects",
        "put",
        "put_item",
        "put_object",
        "upload_file",
        "upload_part",
        "batch_write_item",
    ),
)
"""What the gate knows of boto3."""
