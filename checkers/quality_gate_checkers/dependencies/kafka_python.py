"""kafka-python: `send` only fills a buffer; its future, which waits for ever, has what became of a message."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_PRODUCER = "kafka.KafkaProducer"
_CONSUMER = "kafka.KafkaConsumer"
_FUTURE = "kafka.producer.future.FutureRecordMetadata"
_WAITS = Deadline(keyword="timeout", position=0)


def _named(name: str) -> str:
    return f"kafka.errors.{name}"


_BASE = _named("KafkaError")
_BROKER = _named("BrokerResponseError")

LIBRARY = Library(
    name="kafka-python",
    kind="queue",
    modules=("kafka",),
    source="https://kafka-python.readthedocs.io/en/master/apidoc/modules.html",
    calls=(
        Call(names=(_PRODUCER, _CONSUMER, "kafka.KafkaAdminClient")),
        Call(names=(f"{_PRODUCER}.send",), effect="write"),
        Call(names=(f"{_PRODUCER}.flush",), effect="write", deadline=_WAITS),
        Call(names=(f"{_PRODUCER}.partitions_for",)),
        Call(names=(f"{_FUTURE}.get",), deadline=_WAITS),
        Call(
            names=tuple(
                f"{_CONSUMER}.{method}" for method in ("poll", "position", "committed", "topics", "end_offsets")
            )
        ),
        Call(names=(f"{_CONSUMER}.commit", f"{_CONSUMER}.commit_async"), effect="write"),
        Call(names=("kafka.KafkaAdminClient.list_topics", "kafka.KafkaAdminClient.describe_topics")),
        Call(
            names=("kafka.KafkaAdminClient.create_topics", "kafka.KafkaAdminClient.delete_topics"),
            effect="write",
        ),
    ),
    aliases={
        "kafka.producer.KafkaProducer": _PRODUCER,
        "kafka.producer.kafka.KafkaProducer": _PRODUCER,
        "kafka.consumer.KafkaConsumer": _CONSUMER,
        "kafka.consumer.group.KafkaConsumer": _CONSUMER,
        "kafka.admin.KafkaAdminClient": "kafka.KafkaAdminClient",
        "kafka.admin.client.KafkaAdminClient": "kafka.KafkaAdminClient",
    },
    factories={f"{_PRODUCER}.send": _FUTURE},
    exceptions={
        _BASE: ("builtins.Exception",),
        _named("RetriableError"): (_BASE,),
        _named("IllegalStateError"): (_BASE,),
        _named("CommitFailedError"): (_BASE,),
        _named("KafkaConfigurationError"): (_BASE,),
        _named("KafkaProtocolError"): (_BASE,),
        _named("KafkaTimeoutError"): (_named("RetriableError"),),
        _named("NodeNotReadyError"): (_named("RetriableError"),),
        _named("InvalidMetadataError"): (_named("RetriableError"),),
        _named("KafkaConnectionError"): (_named("InvalidMetadataError"),),
        _named("NoBrokersAvailable"): (_BASE,),
        _BROKER: (_BASE,),
        _named("AuthorizationError"): (_BROKER,),
        _named("TopicAuthorizationFailedError"): (_named("AuthorizationError"),),
        _named("MessageSizeTooLargeError"): (_BROKER,),
        _named("UnsupportedVersionError"): (_BROKER,),
        _named("TopicAlreadyExistsError"): (_BROKER,),
        _named("RequestTimedOutError"): (_named("RetriableError"), _BROKER),
        _named("NotEnoughReplicasError"): (_named("RetriableError"), _BROKER),
        _named("LeaderNotAvailableError"): (_named("InvalidMetadataError"), _BROKER),
        _named("NotLeaderForPartitionError"): (_named("InvalidMetadataError"), _BROKER),
        _named("UnknownTopicOrPartitionError"): (_named("InvalidMetadataError"), _BROKER),
    },
    rejects=(_BROKER, _named("MessageSizeTooLargeError"), _named("TopicAuthorizationFailedError")),
    unavailable=(_named("KafkaTimeoutError"), _named("KafkaConnectionError"), _named("NoBrokersAvailable")),
    idempotent=("flush", "commit", "commit_async", "create_topics", "delete_topics"),
)
"""What the gate knows of kafka-python."""
