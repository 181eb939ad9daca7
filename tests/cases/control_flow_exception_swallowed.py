# --- celery never hears of the retry
import logging

from celery import shared_task

log = logging.getLogger(__name__)


@shared_task(bind=True)
def settle(self, pk):
    try:
        if not ready(pk):
            raise self.retry(countdown=30)
        pay_out(pk)
    except Exception:  # QG104
        log.exception("settling %s failed", pk)

# --- a task of the project's own app, retried without raise
import logging

from shop.celery import app

log = logging.getLogger(__name__)


@app.task(bind=True, max_retries=3)
def export(task, day):
    try:
        if locked(day):
            task.retry(countdown=60)
        write(day)
    except Exception as error:  # QG104
        log.error("export of %s: %s", day, error)

# --- 404 becomes 500
from fastapi import APIRouter, HTTPException

router = APIRouter()


@router.get("/orders/{number}")
async def order(number: str):
    try:
        found = await find(number)
        if found is None:
            raise HTTPException(status_code=404, detail="no such order")
        return found
    except Exception as error:  # QG104
        raise HTTPException(status_code=500, detail="internal error") from error

# --- Http404 becomes a page that says all is well
from django.http import Http404, JsonResponse


def receipt(request, number):
    try:
        found = find(number)
        if found.owner != request.user:
            raise Http404
        return JsonResponse(found.as_dict())
    except Exception as error:  # QG104
        return JsonResponse({"error": str(error)})  # QG109

# --- abort() and a bare except
from flask import abort, jsonify


def cancel(number):
    try:
        order = find(number)
        if order.shipped:
            abort(409)
        order.cancel()
    except:  # QG104
        return jsonify(ok=False)
    return jsonify(ok=True)

# --- tenacity never tries again
import logging

from tenacity import TryAgain, retry, retry_if_exception_type, stop_after_attempt

log = logging.getLogger(__name__)


@retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError))
def state(job):
    try:
        found = ask(job)
        if found == "running":
            raise TryAgain
        return found
    except Exception:  # QG104
        log.exception("state of %s", job)

# --- trap: an earlier handler lets it through
import logging

from celery import shared_task
from celery.exceptions import Retry
from fastapi import HTTPException

log = logging.getLogger(__name__)


@shared_task(bind=True)
def settle(self, pk):
    try:
        if not ready(pk):
            raise self.retry(countdown=30)
    except Retry:
        raise
    except Exception:
        log.exception("settling %s failed", pk)


async def order(number: str):
    try:
        found = await find(number)
        if found is None:
            raise HTTPException(404)
    except HTTPException:
        raise
    except Exception as error:
        raise HTTPException(500) from error

# --- trap: retried where it is caught
from celery import shared_task


@shared_task(bind=True)
def settle(self, pk):
    try:
        if not ready(pk):
            raise self.retry(countdown=30)
        pay_out(pk)
    except Exception as error:
        raise self.retry(exc=error)

# --- trap: raised again
import logging

from django.http import Http404

log = logging.getLogger(__name__)


def receipt(number):
    try:
        if not number.isdigit():
            raise Http404
        return find(number)
    except Exception:
        log.exception("receipt %s", number)
        raise

# --- trap: raised in the handler, not in the try
from fastapi import HTTPException


async def order(number: str):
    try:
        return await find(number)
    except Exception as error:
        raise HTTPException(status_code=502) from error

# --- trap: a look-up that is answered in the handler
from django.shortcuts import get_object_or_404

from shop.models import Order


def order_or_guess(number):
    try:
        order = get_object_or_404(Order, number=number)
    except Exception:
        order = guess(number)
    return order

# --- trap: one refusal for every reason, on purpose
from django.core.exceptions import PermissionDenied
from django.http import Http404


def download(token):
    try:
        found = find(token)
        if found.expired:
            raise Http404
    except Exception:
        raise PermissionDenied
    return found

# --- trap: told not to raise; no task at all
import logging

from celery import shared_task

log = logging.getLogger(__name__)


@shared_task(bind=True)
def settle(self, pk):
    try:
        self.retry(countdown=30, throw=False)
    except Exception:
        log.exception("settling %s failed", pk)


def again(job):
    try:
        job.retry()
    except Exception:
        log.exception("%s was not started again", job)
