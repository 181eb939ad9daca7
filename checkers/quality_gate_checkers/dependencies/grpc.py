"""gRPC: a call waits for ever unless `timeout` is given.

The stubs that users call are generated (`payments_pb2_grpc.PaymentsStub.Charge`): their names are the
project's.
"""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_SHAPES = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
_SECOND = Deadline(keyword="timeout", position=1)


def _callable(package: str, shape: str) -> str:
    return f"{package}.{''.join(part.title() for part in shape.split('_'))}MultiCallable"


_SYNC = tuple(_callable("grpc", shape) for shape in _SHAPES)
_ASYNC = tuple(_callable("grpc.aio", shape) for shape in _SHAPES)
_ANSWERS_ONCE = tuple(f"{_callable('grpc', shape)}.{way}" for shape in _SHAPES[::2] for way in ("with_call", "future"))

LIBRARY = Library(
    name="grpc",
    kind="http",
    modules=("grpc",),
    source="https://grpc.github.io/grpc/python/grpc.html",
    calls=(
        Call(names=tuple(f"{name}.__call__" for name in _SYNC), effect="depends", deadline=_SECOND),
        Call(names=_ANSWERS_ONCE, effect="depends", deadline=_SECOND),
        Call(
            names=tuple(f"{name}.__call__" for name in _ASYNC[:2]),
            effect="depends",
            deadline=Deadline(keyword="timeout"),
        ),
        Call(names=tuple(f"{name}.__call__" for name in _ASYNC[2:]), effect="depends", deadline=_SECOND),
        Call(
            names=("grpc.Future.result", "grpc.Future.exception"),
            deadline=Deadline(keyword="timeout", position=0),
        ),
        Call(names=("grpc.aio.Channel.channel_ready",)),
    ),
    factories={
        "grpc.insecure_channel": "grpc.Channel",
        "grpc.secure_channel": "grpc.Channel",
        "grpc.intercept_channel": "grpc.Channel",
        "grpc.channel_ready_future": "grpc.Future",
        "grpc.aio.insecure_channel": "grpc.aio.Channel",
        "grpc.aio.secure_channel": "grpc.aio.Channel",
        **{f"grpc.Channel.{shape}": _callable("grpc", shape) for shape in _SHAPES},
        **{f"grpc.aio.Channel.{shape}": _callable("grpc.aio", shape) for shape in _SHAPES},
    },
    exceptions={
        "grpc.RpcError": ("builtins.Exception",),
        "grpc.FutureTimeoutError": ("builtins.Exception",),
        "grpc.FutureCancelledError": ("builtins.Exception",),
        "grpc.aio.AioRpcError": ("grpc.RpcError",),
        "grpc.aio.BaseError": ("builtins.Exception",),
        "grpc.aio.UsageError": ("grpc.aio.BaseError",),
        "grpc.aio.InternalError": ("grpc.aio.BaseError",),
        "grpc.aio.AbortError": ("grpc.aio.BaseError",),
    },
    rejects=("grpc.RpcError",),
    unavailable=("grpc.RpcError", "grpc.FutureTimeoutError"),
)
"""What the gate knows of gRPC."""
