"""Cases of nested-retry; see tests/project_cases_of.py for how they are read."""

# --- both retry anything
# shop/billing.py
from tenacity import retry, stop_after_attempt

from shop.bank import balance


@retry(stop=stop_after_attempt(4), reraise=True)
def statement(account):
    return [account, balance(account)]  # QG209

# shop/bank.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(4), reraise=True)
def balance(account):
    return requests.get(f"https://bank.example/{account}", timeout=5).json()

# --- with a function between them
# shop/billing.py
import backoff
import requests

from shop.bank import total


@backoff.on_exception(backoff.expo, requests.RequestException, max_tries=5)
def statement(account):
    return total(account)  # QG209

# shop/bank.py
import requests
import stamina


def total(account):
    return balance(account) + 1


@stamina.retry(on=requests.Timeout, attempts=3)
def balance(account):
    return requests.get(f"https://bank.example/{account}", timeout=5).json()

# --- a task over a decorated function
# shop/tasks.py
import requests
from celery import shared_task

from shop.bank import balance


@shared_task(autoretry_for=(requests.RequestException,), max_retries=3)
def refresh(account):
    balance(account)  # QG209

# shop/bank.py
import requests
from tenacity import retry, retry_if_exception_type, stop_after_attempt


@retry(retry=retry_if_exception_type(requests.ConnectionError), stop=stop_after_attempt(4), reraise=True)
def balance(account):
    return requests.get(f"https://bank.example/{account}", timeout=5).json()

# --- a block that is tried again
# shop/billing.py
from tenacity import Retrying, stop_after_attempt

from shop.bank import balance


def statement(account):
    for attempt in Retrying(stop=stop_after_attempt(3), reraise=True):
        with attempt:
            return balance(account)  # QG209

# shop/bank.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(4))
def balance(account):
    return requests.get(f"https://bank.example/{account}", timeout=5).json()

# --- they retry different failures
# shop/billing.py
import backoff
import requests

from shop.bank import balance


@backoff.on_exception(backoff.expo, KeyError, max_tries=5)
def statement(account):
    return balance(account)["total"]

# shop/bank.py
import requests
from tenacity import retry, retry_if_exception_type, stop_after_attempt


@retry(retry=retry_if_exception_type(requests.ConnectionError), stop=stop_after_attempt(4), reraise=True)
def balance(account):
    return requests.get(f"https://bank.example/{account}", timeout=5).json()

# --- what the inner one raises at last is not retried outside
# shop/billing.py
import requests
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from shop.bank import balance


@retry(retry=retry_if_exception_type(requests.ConnectionError), stop=stop_after_attempt(4), reraise=True)
def statement(account):
    return balance(account)

# shop/bank.py
import requests
from tenacity import retry, retry_if_exception_type, stop_after_attempt


@retry(retry=retry_if_exception_type(requests.ConnectionError), stop=stop_after_attempt(4))
def balance(account):
    return requests.get(f"https://bank.example/{account}", timeout=5).json()

# --- a handler between them keeps the failure
# shop/billing.py
from tenacity import retry, stop_after_attempt

from shop.bank import balance


@retry(stop=stop_after_attempt(4), reraise=True)
def statement(account):
    return [account, known(account)]


def known(account):
    try:
        return balance(account)
    except Exception as error:
        account.error = error
        return 0

# shop/bank.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(4), reraise=True)
def balance(account):
    return requests.get(f"https://bank.example/{account}", timeout=5).json()

# --- it calls itself
# shop/bank.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(4), reraise=True)
def pages(account, page=0):
    found = requests.get(f"https://bank.example/{account}/{page}", timeout=5).json()
    return found + (pages(account, page + 1) if found else [])


@retry(stop=stop_after_attempt(4), reraise=True)
def balance(account):
    return requests.get(f"https://bank.example/{account}", timeout=5).json()

# --- two that do not call each other
# shop/bank.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(4), reraise=True)
def balance(account):
    return requests.get(f"https://bank.example/{account}", timeout=5).json()


@retry(stop=stop_after_attempt(4), reraise=True)
def limit(account):
    return requests.get(f"https://bank.example/{account}/limit", timeout=5).json()
