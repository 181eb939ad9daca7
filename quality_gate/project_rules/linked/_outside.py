"""What stands at the end of a chain: which calls wait for another machine, which hand on work."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Fallible, lookup
from quality_gate_checkers.settings import Settings

_ANSWER_IN_HAND = frozenset({"raise_for_status", "json", "read", "aread"})
"""Methods of an answer that has come already."""

MAIL = frozenset(
    {
        "django.core.mail.send_mail",
        "django.core.mail.send_mass_mail",
        "django.core.mail.mail_admins",
        "django.core.mail.mail_managers",
        "django.core.mail.EmailMessage.send",
        "django.core.mail.EmailMultiAlternatives.send",
        "django.core.mail.message.EmailMessage.send",
    }
)
_PUBLISHING = {
    "celery": ("delay", "apply_async", "send_task"),
    "rq": ("enqueue", "enqueue_call", "enqueue_in", "enqueue_at", "enqueue_many", "enqueue_job"),
    "pika": ("basic_publish", "publish"),
    "kafka-python": ("send",),
    "confluent-kafka": ("produce",),
}
_CLOUD_PUBLISHING = (
    ".sqs.send_message",
    ".sqs.send_message_batch",
    ".sns.publish",
    ".sns.publish_batch",
    ".events.put_events",
    ".kinesis.put_record",
    ".kinesis.put_records",
    ".sqs.Queue.send_message",
    ".sqs.Queue.send_messages",
)


def publishes(name: str, settings: Settings) -> bool:
    """Whether a call hands work to another process through a queue."""
    known = lookup(name, settings)
    if known is None:
        return False
    if known.name.endswith(_CLOUD_PUBLISHING):
        return True
    return _method(name) in _PUBLISHING.get(known.dependency, ())


def waits_for_network(name: str, settings: Settings) -> bool:
    """Whether a call waits for another service's answer: HTTP, mail, a cloud's API, a dependency of the team's own.

    Databases and caches are asked inside transactions as a matter of course, queues have a rule of their own.
    """
    if name in MAIL:
        return True
    known = lookup(name, settings)
    if known is None or known.kind not in ("http", "mail", "cloud", "own"):
        return False
    return not (_is_answer(known) or _method(known.name) in _AT_HAND or publishes(name, settings))


def _is_answer(known: Fallible) -> bool:
    return known.name.rpartition(".")[0].endswith("Response") and _method(known.name) in _ANSWER_IN_HAND


def _method(name: str) -> str:
    return name.rpartition(".")[2]


_BLOCKING_KINDS = ("http", "database", "cache", "mail", "cloud")
_BLOCKING = frozenset(
    {
        "time.sleep",
        "os.system",
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "subprocess.Popen.communicate",
        "subprocess.Popen.wait",
        "socket.create_connection",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
    }
)
_AT_HAND = frozenset({"begin", "close", "expunge", "add", "paginate", "generate_db_auth_token"})
"""Methods of clients that send nothing by themselves."""


def blocks(name: str, settings: Settings) -> bool:
    """Whether a call keeps its thread until another process has answered or some time has passed."""
    if name in _BLOCKING or name in MAIL:
        return True
    known = lookup(name, settings)
    if known is None or known.kind not in _BLOCKING_KINDS or known.dependency == "sqlite3":
        return False
    if _is_awaitable(known.name) or _is_django_async(known.name, settings):
        return False
    return not (_is_answer(known) or _method(known.name) in _AT_HAND)


def _is_django_async(name: str, settings: Settings) -> bool:
    """`afirst` beside `first`: Django's asynchronous methods bear the name of the other with an `a` in front."""
    holder, _, method = name.rpartition(".")
    return name.startswith("django.") and method[:1] == "a" and lookup(f"{holder}.{method[1:]}", settings) is not None


def _is_awaitable(name: str) -> bool:
    """Clients for asyncio carry it in their names: `redis.asyncio.Redis`, `httpx.AsyncClient`, `grpc.aio.Channel`."""
    parts = name.split(".")
    return any(part.startswith(("Async", "async", "aio")) for part in parts)
