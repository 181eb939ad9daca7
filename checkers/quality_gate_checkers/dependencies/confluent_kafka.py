"""confluent-kafka: `produce` only fills a buffer; its delivery callback is told what became of a message."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library, on_each

_PRODUCERS = ("confluent_kafka.Producer", "confluent_kafka.SerializingProducer")
_CONSUMERS = ("confluent_kafka.Consumer", "confluent_kafka.DeserializingConsumer")
_TRANSACTION = ("init_transactions", "commit_transaction", "abort_transaction")
_ERROR = "confluent_kafka.KafkaException"


LIBRARY = Library(
    name="confluent-kafka",
    kind="queue",
    modules=("confluent_kafka",),
    source="https://docs.confluent.io/platform/current/clients/confluent-kafka-python/html/index.html",
    calls=(
        Call(names=on_each(_PRODUCERS, "produce"), effect="write"),
        Call(
            names=on_each(_PRODUCERS, "flush", *_TRANSACTION),
            effect="write",
            deadline=Deadline(keyword="timeout", position=0),
        ),
        Call(
            names=on_each((*_PRODUCERS, *_CONSUMERS), "list_topics"),
            deadline=Deadline(keyword="timeout", position=1),
        ),
        Call(names=on_each(_CONSUMERS, "poll", "position", "subscribe")),
        Call(names=on_each(_CONSUMERS[:1], "consume")),
        Call(
            names=on_each(_CONSUMERS, "committed", "offsets_for_times", "get_watermark_offsets"),
            deadline=Deadline(keyword="timeout", position=1),
        ),
        Call(names=on_each(_CONSUMERS, "commit"), effect="write"),
    ),
    aliases={
        "confluent_kafka.cimpl.Producer": "confluent_kafka.Producer",
        "confluent_kafka.cimpl.Consumer": "confluent_kafka.Consumer",
        "confluent_kafka.cimpl.KafkaException": _ERROR,
        "confluent_kafka.error.KafkaException": _ERROR,
        "confluent_kafka.serializing_producer.SerializingProducer": _PRODUCERS[1],
        "confluent_kafka.deserializing_consumer.DeserializingConsumer": _CONSUMERS[1],
    },
    exceptions={
        _ERROR: ("builtins.Exception",),
        "confluent_kafka.serialization.SerializationError": (_ERROR,),
        "confluent_kafka.error.ProduceError": (_ERROR,),
        "confluent_kafka.error.ConsumeError": (_ERROR,),
        "confluent_kafka.error.KeySerializationError": (
            "confluent_kafka.error.ProduceError",
            "confluent_kafka.serialization.SerializationError",
        ),
        "confluent_kafka.error.ValueSerializationError": (
            "confluent_kafka.error.ProduceError",
            "confluent_kafka.serialization.SerializationError",
        ),
    },
    rejects=(_ERROR,),
    unavailable=(_ERROR, "builtins.BufferError"),
    idempotent=("flush", "commit", "init_transactions"),
)
"""What the gate knows of confluent-kafka."""
