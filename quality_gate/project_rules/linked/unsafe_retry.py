"""QG208 unsafe-retry."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.graph import Edge, ExternalCall
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate.project_rules.linked._chains import Chain, Reach, shown
from quality_gate.project_rules.linked._retries import Retried, kept_below, overlap, retried
from quality_gate.project_rules.linked._twice import Doubles, before_it_was_sent, is_mail


@project_rule("QG208", "unsafe-retry", severity="warning", linked=True)
def unsafe_retry(bench: Bench) -> Iterator[Finding]:
    """What a retry runs again pays, sends or orders once more: a lost answer is not a lost request.

    Read are decorators and loops of tenacity, backoff, stamina, retrying and retry, Celery's `autoretry_for` and
    `self.retry`, and hand-written loops (`for` over a range, `while`) that try one thing again. A finding needs a
    retried failure after which nobody knows whether the other side has done its work (a timeout, a lost connection,
    any exception), and at the end of the calls a payment of Stripe, a mail, a message to SQS, SNS or SES, or a POST
    whose address or function speaks of paying, sending, ordering or creating. It is new when the change touches a call
    on the way to it.

    ## In production
    The answer comes too late, the retry does the work a second time: what it pays, sends or creates is there twice.

    ## Bad
    ```python
    # shop/billing.py
    import requests
    from tenacity import retry, stop_after_attempt

    from shop.bank import charge


    @retry(stop=stop_after_attempt(3))
    def settle(order):
        charge(order)

    # shop/bank.py
    import requests


    def charge(order):
        return requests.post("https://bank.example/charges", json={"amount": order.amount}, timeout=5)
    ```

    ## Good
    ```python
    # shop/billing.py
    from tenacity import retry, stop_after_attempt

    from shop.bank import charge


    @retry(stop=stop_after_attempt(3))
    def settle(order):
        charge(order)

    # shop/bank.py
    import requests


    def charge(order):
        key = {"Idempotency-Key": order.key}
        return requests.post("https://bank.example/charges", json={"amount": order.amount}, headers=key, timeout=5)
    ```
    ```python
    # shop/billing.py
    import httpx
    from tenacity import retry, retry_if_exception_type, stop_after_attempt


    @retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(httpx.ConnectError))
    def charge(order):
        return httpx.post("https://bank.example/charges", json={"amount": order.amount})
    ```

    ## When not to use it
    Where the other side drops doubles by itself: say so with
    `# quality-gate: allow[unsafe-retry] reason="orders carry our number, they refuse a second one"`.

    ## What it cannot see
    A key that is added far away, by a session or a proxy: a module on the way that speaks of idempotency, deduplication
    or request ids silences the rule as a whole. Retries of urllib3 (which leaves POST out) and of AWS clients. Policies
    whose exceptions the module does not spell out. POSTs whose words say nothing, or speak of asking, too. Queues and
    databases, where doubles are the rule or are rolled back.

    ## Measured
    3 hits in 32,000 files of 43 public backend projects, 2 of them with hits; 3 read, 3 true: too few for more than a
    warning.
    """
    yield from findings_of(bench, unsafe_retry, _found(bench))


def _found(bench: Bench) -> Iterator[Found]:
    regions = list(retried(bench))
    if not regions:
        return
    doubles = Doubles(bench.codebase, bench.settings)

    def is_sink(name: str, call: ExternalCall | Edge) -> bool:
        return isinstance(call, ExternalCall) and doubles.is_double(call)

    reach = Reach(bench.codebase, bench.settings, is_sink)
    for region in regions:
        for chain in reach.chains(region.function, region.first, region.last):
            unanswered = doubles.unanswered(chain[-1].callee)
            types = [name for name in region.types if not before_it_was_sent(name)]
            again = overlap(types, unanswered) and not kept_below(bench.codebase, region, chain, unanswered)
            if again and not doubles.known_once(chain):
                yield _breach(bench, region, chain)


_KEYED = "send a key by which the other side knows the second attempt, or retry only what failed before sending"
_SENT_ONCE = "retry only what failed before sending: the connection; a lost answer may mean that the message is out"


def _breach(bench: Bench, region: Retried, chain: Chain) -> Found:
    first, sink = chain[0], chain[-1].callee
    return Found(
        path=first.path,
        line=first.line,
        column=first.column,
        message=f"{region.policy} makes {sink}() again when its answer is lost: {shown(bench.codebase, chain)}",
        remedy=_SENT_ONCE if is_mail(sink, bench.settings) else _KEYED,
        function=region.function,
        text=" -> ".join(link.callee for link in chain),
        touching=((region.path, region.first), *((link.path, link.line) for link in chain)),
    )
