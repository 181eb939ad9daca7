# --- tenacity names none
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(2))  # QG203
def rates(http):
    return http.get("/rates")

# --- tenacity names all of them
import tenacity
from tenacity import retry, retry_if_exception_type, stop_after_attempt


@retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(Exception))  # QG203
def rates(http):
    return http.get("/rates")


@retry(stop=stop_after_attempt(2), retry=retry_if_exception_type())  # QG203
def prices(http):
    return http.get("/prices")


def fees(http):
    for attempt in tenacity.Retrying(
        stop=stop_after_attempt(2),
        retry=tenacity.retry_if_exception_type((ConnectionError, BaseException)),  # QG203
    ):
        with attempt:
            return http.get("/fees")

# --- a policy of this module, and a condition with a name
from tenacity import retry, retry_if_exception_type, stop_after_attempt

POLICY = dict(stop=stop_after_attempt(2), reraise=True)
ANY = retry_if_exception_type(Exception)


@retry(**POLICY)  # QG203
def rates(http):
    return http.get("/rates")


@retry(stop=stop_after_attempt(2), retry=ANY)  # QG203
def prices(http):
    return http.get("/prices")

# --- celery's tasks and task classes
from celery import Celery, Task, shared_task

app = Celery("shop")


@app.task(autoretry_for=(Exception,), max_retries=5)  # QG203
def settle(order):
    order.settle()


@shared_task(
    bind=True,
    autoretry_for=[ConnectionError, Exception],  # QG203
)
def publish(self, event):
    event.publish()


class Patient(Task):
    autoretry_for = (Exception,)  # QG203

# --- backoff, stamina and retry
import backoff
import stamina
from retry import retry


@backoff.on_exception(backoff.expo, Exception, max_tries=3)  # QG203
def rates(http):
    return http.get("/rates")


@stamina.retry(on=Exception, attempts=3)  # QG203
def prices(http):
    return http.get("/prices")


@retry(tries=3, delay=1)  # QG203
def fees(http):
    return http.get("/fees")

# --- a policy that also never ends is another rule's
from tenacity import retry, retry_if_exception_type


@retry(retry=retry_if_exception_type(Exception))  # QG202
def rates(http):
    return http.get("/rates")

# --- trap: named types
from tenacity import retry, retry_if_exception_type, stop_after_attempt


@retry(stop=stop_after_attempt(2), retry=retry_if_exception_type((ConnectionError, TimeoutError)))
def rates(http):
    return http.get("/rates")

# --- trap: types that are left out
from celery import shared_task
from tenacity import retry, retry_if_exception_type, retry_if_not_exception_type, stop_after_attempt


@retry(stop=stop_after_attempt(2), retry=retry_if_not_exception_type(ValueError))
def rates(http):
    return http.get("/rates")


@retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(Exception) & retry_if_not_exception_type(ValueError))
def prices(http):
    return http.get("/prices")


@shared_task(autoretry_for=(Exception,), dont_autoretry_for=(ValueError,))
def settle(order):
    order.settle()

# --- trap: the project decides
import backoff
from tenacity import retry, retry_if_exception, retry_if_result, stop_after_attempt

from shop.policies import POLICY, declined, is_transient


@retry(stop=stop_after_attempt(2), retry=retry_if_exception(is_transient))
def rates(http):
    return http.get("/rates")


@retry(stop=stop_after_attempt(2), retry=retry_if_result(lambda answer: answer is None))
def prices(http):
    return http.get("/prices")


@retry(stop=stop_after_attempt(2), **POLICY)
def fees(http):
    return http.get("/fees")


@backoff.on_exception(backoff.expo, Exception, max_tries=3, giveup=declined)
def taxes(http):
    return http.get("/taxes")

# --- trap: a module of the project's own that is called retry
from retry import retry


@retry(times=3)
def rates(http):
    return http.get("/rates")


@retry
def prices(http):
    return http.get("/prices")

# --- trap: a class that only looks like a task
class Settings:
    autoretry_for = (Exception,)
    max_retries = None

# --- a decorator that is kept under a name
from celery import shared_task

task_with_retry = shared_task(autoretry_for=(Exception,), retry_backoff=True)  # QG203


@task_with_retry
def send_receipt(order):
    order.send()

# --- trap: kept under a name, with exceptions that pass by themselves
from celery import shared_task

task_with_retry = shared_task(autoretry_for=(ConnectionError,), retry_backoff=True)


@task_with_retry
def send_receipt(order):
    order.send()
