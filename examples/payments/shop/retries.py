"""When to ask the bank again.

Three attempts within eight seconds: the customer's browser waits for ten. Only failures that pass
by themselves are worth a second attempt, and only calls that carry an idempotency key may have one.
"""

from __future__ import annotations

import logging

from tenacity import (
    before_sleep_log,
    retry,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)

from shop.bank_errors import BankTimeout, BankUnavailable

log = logging.getLogger(__name__)

bank_retry = retry(
    stop=stop_after_attempt(3) | stop_after_delay(8),
    wait=wait_random_exponential(max=2),
    retry=retry_if_exception_type((BankTimeout, BankUnavailable)),
    before_sleep=before_sleep_log(log, logging.WARNING),
    reraise=True,
)
