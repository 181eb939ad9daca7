"""RQ: a thin layer over redis-py, whose exceptions come through."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Library

_ENQUEUE = ("enqueue", "enqueue_call", "enqueue_in", "enqueue_at")

LIBRARY = Library(
    name="rq",
    kind="queue",
    modules=("rq",),
    source="https://python-rq.org/docs/",
    calls=(
        Call(
            names=(
                *(f"rq.Queue.{method}" for method in (*_ENQUEUE, "enqueue_many", "enqueue_job", "empty")),
                "rq.job.Job.save",
                "rq.job.Job.save_meta",
                "rq.job.Job.cancel",
                "rq.job.Job.delete",
                "rq.job.Job.requeue",
                "rq.cancel_job",
                "rq.requeue_job",
            ),
            effect="write",
        ),
        Call(
            names=(
                "rq.Queue.fetch_job",
                "rq.job.Job.fetch",
                "rq.job.Job.fetch_many",
                "rq.job.Job.refresh",
                "rq.job.Job.get_status",
            )
        ),
    ),
    aliases={"rq.queue.Queue": "rq.Queue", "rq.job.cancel_job": "rq.cancel_job"},
    factories={
        **{f"rq.Queue.{method}": "rq.job.Job" for method in _ENQUEUE},
        "rq.job.Job.fetch": "rq.job.Job",
    },
    exceptions={
        "rq.exceptions.NoSuchJobError": ("builtins.Exception",),
        "rq.exceptions.InvalidJobOperation": ("builtins.Exception",),
        "rq.exceptions.InvalidJobDependency": ("builtins.Exception",),
        "rq.exceptions.DeserializationError": ("builtins.Exception",),
        "rq.timeouts.BaseTimeoutException": ("builtins.Exception",),
        "rq.timeouts.JobTimeoutException": ("rq.timeouts.BaseTimeoutException",),
    },
    rejects=(
        "rq.exceptions.NoSuchJobError",
        "rq.exceptions.InvalidJobOperation",
        "redis.exceptions.ResponseError",
    ),
    unavailable=("redis.exceptions.ConnectionError", "redis.exceptions.TimeoutError"),
    idempotent=("cancel", "cancel_job", "delete", "empty", "save", "save_meta"),
)
"""What the gate knows of RQ."""
