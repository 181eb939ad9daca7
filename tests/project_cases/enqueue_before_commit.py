"""Cases of enqueue-before-commit; see tests/project_cases_of.py for how they are read."""

# --- a task is sent off in the block
# shop/orders.py
from django.db import transaction

from shop.tasks import send_receipt


def place(order):
    with transaction.atomic():
        order.save()
        send_receipt.delay(order.pk)  # QG210

# shop/tasks.py
from celery import shared_task


@shared_task
def send_receipt(pk):
    return pk

# --- through a function of the project
# shop/orders.py
from django.db import transaction

from shop.tasks import tell


@transaction.atomic
def place(order):
    order.save()
    tell(order)  # QG210

# shop/tasks.py
from celery import shared_task


@shared_task
def send_receipt(pk):
    return pk


def tell(order):
    send_receipt.apply_async(args=[order.pk])

# --- a job of RQ
# shop/orders.py
from django.db import transaction
from rq import Queue


def send_receipt(pk):
    return pk


def place(order, queue: Queue):
    with transaction.atomic():
        order.save()
        queue.enqueue(send_receipt, order.pk)  # QG210

# --- a message to SQS from a session's transaction
# shop/orders.py
import boto3
from sqlalchemy.orm import Session

sqs = boto3.client("sqs")


def place(order, session: Session):
    with session.begin():
        session.add(order)
        sqs.send_message(QueueUrl="orders", MessageBody=order.id)  # QG210

# --- handed to the commit in every way that is usual
# shop/orders.py
from functools import partial

from django.db import transaction

from shop.tasks import send_receipt


@transaction.atomic
def place(order):
    order.save()
    transaction.on_commit(lambda: send_receipt.delay(order.pk))
    transaction.on_commit(partial(send_receipt.delay, order.pk))
    receipt = send_receipt.s(order.pk)
    transaction.on_commit(receipt.delay)
    send_receipt.delay_on_commit(order.pk)

# shop/tasks.py
from celery import shared_task


@shared_task
def send_receipt(pk):
    return pk

# --- after the block
# shop/orders.py
from celery import shared_task
from django.db import transaction


@shared_task
def send_receipt(pk):
    return pk


def place(order):
    with transaction.atomic():
        order.save()
    send_receipt.delay(order.pk)

# --- what tells of a failure must not wait for a commit that never comes
# shop/orders.py
from celery import shared_task
from django.db import transaction


@shared_task
def tell_the_desk(pk):
    return pk


@transaction.atomic
def place(order):
    try:
        order.save()
    except ValueError:
        tell_the_desk.delay(order.pk)
        raise

# --- the project's task class waits for the commit by itself
# shop/tasks.py
from celery import Task, shared_task
from django.db import transaction


class CommittedTask(Task):
    def apply_async(self, *args, **kwargs):
        transaction.on_commit(lambda: super(CommittedTask, self).apply_async(*args, **kwargs))


@shared_task(base=CommittedTask)
def send_receipt(pk):
    return pk

# shop/orders.py
from django.db import transaction

from shop.tasks import send_receipt


@transaction.atomic
def place(order):
    order.save()
    send_receipt.delay(order.pk)

# --- the task itself is run, not sent off
# shop/orders.py
from celery import shared_task
from django.db import transaction


@shared_task
def send_receipt(pk):
    return pk


@transaction.atomic
def place(order):
    order.save()
    send_receipt(order.pk)

# --- told not to send it off
# shop/orders.py
from celery import shared_task
from django.db import transaction


@shared_task
def send_receipt(pk):
    return pk


def store(order, tell=True):
    order.save()
    if tell:
        send_receipt.delay(order.pk)


@transaction.atomic
def place(order):
    store(order, tell=False)

# --- a receiver may look first who has sent a signal
# shop/orders.py
from celery import shared_task
from django.db import models, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver


class Order(models.Model):
    pass


class Receipt(models.Model):
    pass


@shared_task
def send_receipt(pk):
    return pk


@receiver(post_save)
def after_save(sender, instance, **kwargs):
    if issubclass(sender, Receipt):
        send_receipt.delay(instance.pk)


@transaction.atomic
def place(number):
    Order.objects.create(number=number)

# --- every view runs in a transaction
# shop/settings.py
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "ATOMIC_REQUESTS": True}}

# shop/urls.py
from django.urls import path

from shop import views

urlpatterns = [path("orders", views.place), path("orders/<int:pk>", views.close), path("all", views.Orders.as_view())]

# shop/views.py
from django.db import transaction
from django.views import View

from shop.tasks import send_receipt


def place(request):
    order = request.shop.place()
    order.save()
    send_receipt.delay(order.pk)  # QG210


@transaction.non_atomic_requests
def close(request, pk):
    request.shop.orders.filter(pk=pk).delete()
    send_receipt.delay(pk)


class Orders(View):
    def post(self, request):
        order = request.shop.orders.create(number=1)
        send_receipt.delay(order.pk)  # QG210

    def get(self, request):
        send_receipt.delay(request.number)


def not_a_view(order):
    send_receipt.delay(order.pk)

# shop/tasks.py
from celery import shared_task


@shared_task
def send_receipt(pk):
    return pk

# --- no settings put views into transactions
# shop/urls.py
from django.urls import path

from shop import views

urlpatterns = [path("orders", views.place)]

# shop/views.py
from shop.tasks import send_receipt


def place(request):
    order = request.shop.place()
    order.save()
    send_receipt.delay(order.pk)

# shop/tasks.py
from celery import shared_task


@shared_task
def send_receipt(pk):
    return pk

# --- too far away to be seen as one step
# shop/orders.py
from celery import shared_task
from django.db import transaction


@shared_task
def send_receipt(pk):
    return pk


@transaction.atomic
def place(order):
    store(order)


def store(order):
    tell(order)


def tell(order):
    send(order)


def send(order):
    send_receipt.delay(order.pk)
