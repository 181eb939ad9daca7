"""pika: connecting gives up after ten seconds; publishing fails silently unless confirms are switched on."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Library, on_each

_CONNECTION = "pika.BlockingConnection"
_CHANNEL = "pika.adapters.blocking_connection.BlockingChannel"
_CHANNELS = (_CHANNEL, "pika.channel.Channel")
_DECLARE = (
    "exchange_bind",
    "exchange_declare",
    "exchange_delete",
    "queue_bind",
    "queue_declare",
    "queue_delete",
    "queue_purge",
    "queue_unbind",
)
_ANSWER = ("basic_publish", "basic_ack", "basic_nack", "basic_reject", "tx_commit")


def _named(name: str) -> str:
    return f"pika.exceptions.{name}"


_BASE = _named("AMQPError")
_CONNECTION_ERROR = _named("AMQPConnectionError")
_CHANNEL_ERROR = _named("AMQPChannelError")
_NOT_LET_IN = (_named("ProbableAuthenticationError"), _named("ProbableAccessDeniedError"))

LIBRARY = Library(
    name="pika",
    kind="queue",
    modules=("pika",),
    source="https://pika.readthedocs.io/en/stable/modules/index.html",
    calls=(
        Call(names=(_CONNECTION,), rejects=_NOT_LET_IN, unavailable=(_CONNECTION_ERROR, "socket.gaierror")),
        Call(
            names=on_each((_CONNECTION,), "channel", "process_data_events", "sleep"),
            rejects=(),
            unavailable=(_CONNECTION_ERROR,),
        ),
        Call(names=on_each(_CHANNELS, *_DECLARE, *_ANSWER), effect="write"),
        Call(names=on_each(_CHANNELS, "basic_consume", "basic_get", "basic_qos", "confirm_delivery")),
        Call(names=on_each((_CHANNEL,), "consume", "start_consuming")),
    ),
    aliases={
        "pika.adapters.BlockingConnection": _CONNECTION,
        "pika.adapters.blocking_connection.BlockingConnection": _CONNECTION,
    },
    factories={f"{_CONNECTION}.channel": _CHANNEL},
    exceptions={
        _BASE: ("builtins.Exception",),
        _CONNECTION_ERROR: (_BASE,),
        _named("AMQPHeartbeatTimeout"): (_CONNECTION_ERROR,),
        _named("AuthenticationError"): (_CONNECTION_ERROR,),
        _named("ConnectionBlockedTimeout"): (_CONNECTION_ERROR,),
        _named("ConnectionClosed"): (_CONNECTION_ERROR,),
        _named("ConnectionClosedByBroker"): (_named("ConnectionClosed"),),
        _named("ConnectionClosedByClient"): (_named("ConnectionClosed"),),
        _named("ConnectionOpenAborted"): (_CONNECTION_ERROR,),
        _named("ConnectionWrongStateError"): (_CONNECTION_ERROR,),
        _named("IncompatibleProtocolError"): (_CONNECTION_ERROR,),
        _named("NoFreeChannels"): (_CONNECTION_ERROR,),
        _named("ProbableAccessDeniedError"): (_CONNECTION_ERROR,),
        _named("ProbableAuthenticationError"): (_CONNECTION_ERROR,),
        _named("StreamLostError"): (_CONNECTION_ERROR,),
        _CHANNEL_ERROR: (_BASE,),
        _named("ChannelClosed"): (_CHANNEL_ERROR,),
        _named("ChannelClosedByBroker"): (_named("ChannelClosed"),),
        _named("ChannelClosedByClient"): (_named("ChannelClosed"),),
        _named("ChannelWrongStateError"): (_CHANNEL_ERROR,),
        _named("ConsumerCancelled"): (_CHANNEL_ERROR,),
        _named("NackError"): (_CHANNEL_ERROR,),
        _named("UnroutableError"): (_CHANNEL_ERROR,),
    },
    rejects=(_named("UnroutableError"), _named("NackError"), _named("ChannelClosedByBroker")),
    unavailable=(_CONNECTION_ERROR, _CHANNEL_ERROR),
    idempotent=(
        "exchange_bind",
        "exchange_declare",
        "exchange_delete",
        "queue_bind",
        "queue_declare",
        "queue_delete",
        "queue_unbind",
    ),
)
"""What the gate knows of pika."""
