"""Celery: publishing retries a few times by itself; waiting for a result has no end unless one is given."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_TASK = "celery.app.task.Task"
_RESULT = "celery.result.AsyncResult"
_GROUP_RESULT = "celery.result.GroupResult"
_SIGNATURES = ("celery.canvas.Signature", "celery.canvas.group", "celery.canvas.chain", "celery.canvas.chord")
_WAITS = Deadline(keyword="timeout", position=0)


def _named(name: str) -> str:
    return f"celery.exceptions.{name}"


_BASE = _named("CeleryError")
_PREDICATE = _named("TaskPredicate")
_ERROR = _named("TaskError")
_KOMBU = "kombu.exceptions.KombuError"

LIBRARY = Library(
    name="celery",
    kind="queue",
    modules=("celery", "kombu", "billiard"),
    source="https://docs.celeryq.dev/en/stable/reference/",
    calls=(
        Call(
            names=(
                f"{_TASK}.delay",
                f"{_TASK}.apply_async",
                "celery.Celery.send_task",
                *(f"{signature}.{method}" for signature in _SIGNATURES for method in ("delay", "apply_async")),
            ),
            effect="write",
            rejects=("kombu.exceptions.EncodeError",),
            unavailable=("kombu.exceptions.OperationalError",),
        ),
        Call(
            names=(f"{_TASK}.retry",),
            effect="write",
            rejects=(_named("MaxRetriesExceededError"), "kombu.exceptions.EncodeError"),
            unavailable=("kombu.exceptions.OperationalError",),
        ),
        Call(
            names=(f"{_RESULT}.get", f"{_RESULT}.wait", f"{_GROUP_RESULT}.get", f"{_GROUP_RESULT}.join"),
            deadline=_WAITS,
        ),
        Call(names=(f"{_RESULT}.ready", f"{_RESULT}.successful", f"{_RESULT}.failed")),
        Call(names=(f"{_GROUP_RESULT}.ready", f"{_GROUP_RESULT}.successful", f"{_GROUP_RESULT}.failed")),
        Call(names=(f"{_RESULT}.forget", f"{_RESULT}.revoke", f"{_GROUP_RESULT}.revoke"), effect="write"),
    ),
    aliases={
        "celery.Task": _TASK,
        "celery.app.base.Celery": "celery.Celery",
        "celery.Signature": "celery.canvas.Signature",
        "celery.signature": "celery.canvas.signature",
        "celery.group": "celery.canvas.group",
        "celery.chain": "celery.canvas.chain",
        "celery.chord": "celery.canvas.chord",
        "celery.exceptions.OperationalError": "kombu.exceptions.OperationalError",
        "billiard.exceptions.SoftTimeLimitExceeded": _named("SoftTimeLimitExceeded"),
        "billiard.exceptions.TimeLimitExceeded": _named("TimeLimitExceeded"),
        "billiard.exceptions.WorkerLostError": _named("WorkerLostError"),
    },
    factories={
        "celery.shared_task": _TASK,
        "celery.Celery.task": _TASK,
        f"{_TASK}.delay": _RESULT,
        f"{_TASK}.apply_async": _RESULT,
        f"{_TASK}.s": "celery.canvas.Signature",
        f"{_TASK}.si": "celery.canvas.Signature",
        f"{_TASK}.signature": "celery.canvas.Signature",
        "celery.Celery.send_task": _RESULT,
        "celery.Celery.signature": "celery.canvas.Signature",
        "celery.canvas.signature": "celery.canvas.Signature",
        "celery.canvas.Signature.delay": _RESULT,
        "celery.canvas.Signature.apply_async": _RESULT,
        "celery.canvas.group": "celery.canvas.group",
        "celery.canvas.chain": "celery.canvas.chain",
        "celery.canvas.chord": "celery.canvas.chord",
        "celery.canvas.group.delay": _GROUP_RESULT,
        "celery.canvas.group.apply_async": _GROUP_RESULT,
    },
    exceptions={
        _BASE: ("builtins.Exception",),
        _PREDICATE: (_BASE,),
        _named("Retry"): (_PREDICATE,),
        _named("Ignore"): (_PREDICATE,),
        _named("Reject"): (_PREDICATE,),
        _ERROR: (_BASE,),
        _named("TimeoutError"): (_ERROR,),
        _named("MaxRetriesExceededError"): (_ERROR,),
        _named("TaskRevokedError"): (_ERROR,),
        _named("ChordError"): (_ERROR,),
        _named("InvalidTaskError"): (_ERROR,),
        _named("NotRegistered"): ("builtins.KeyError", _ERROR),
        _named("QueueNotFound"): ("builtins.KeyError", _ERROR),
        _named("ImproperlyConfigured"): (_BASE,),
        _named("BackendError"): ("builtins.Exception",),
        _named("BackendGetMetaError"): (_named("BackendError"),),
        _named("BackendStoreError"): (_named("BackendError"),),
        _named("SoftTimeLimitExceeded"): ("builtins.Exception",),
        _named("TimeLimitExceeded"): ("builtins.Exception",),
        _named("WorkerLostError"): ("builtins.Exception",),
        _KOMBU: ("builtins.Exception",),
        "kombu.exceptions.OperationalError": (_KOMBU,),
        "kombu.exceptions.LimitExceeded": (_KOMBU,),
        "kombu.exceptions.SerializationError": (_KOMBU,),
        "kombu.exceptions.EncodeError": ("kombu.exceptions.SerializationError",),
        "kombu.exceptions.DecodeError": ("kombu.exceptions.SerializationError",),
    },
    rejects=(_named("TaskRevokedError"),),
    unavailable=("kombu.exceptions.OperationalError", _named("TimeoutError"), _named("BackendError")),
    idempotent=("forget", "revoke"),
)
"""What the gate knows of Celery."""
