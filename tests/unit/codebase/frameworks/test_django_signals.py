"""Signals of Django: who hears what, who sends it, and what saving a model sends."""

from __future__ import annotations

import pytest

from calls import callees
from framework_cases import edges, entries, project

MODELS = """
    from django.db import models
    from django.dispatch import Signal

    paid = Signal()

    class Order(models.Model):
        number = models.IntegerField()

    class Refund(models.Model):
        def save(self, *given, **named):
            self.check()
            super().save(*given, **named)
        def check(self): ...
"""
RECEIVERS = """
    from django.db.models.signals import post_delete, post_save, pre_save
    from django.dispatch import receiver
    from shop import models
    from shop.models import Order, paid

    @receiver(paid)
    def send_receipt(sender, **given): ...

    @receiver([pre_save, post_save], sender=Order)
    def index(sender, **given): ...

    def forget(sender, **given): ...
    post_delete.connect(forget, sender=models.Order)

    @paid.connect
    def log(sender, **given): ...

    @receiver(post_save, sender="shop.Refund")
    def tell(sender, **given): ...
"""


def signalled(caller: str) -> dict[str, str]:
    source = f"""
from shop.models import Order, Refund, paid
from django.contrib.auth.models import User
def act(orders: list[Order]):
    {caller}
"""
    return edges(project(shop__models=MODELS, shop__receivers=RECEIVERS, shop__pay=source), "shop.pay.act")


def test_receivers_are_entry_points() -> None:
    shop = project(shop__models=MODELS, shop__receivers=RECEIVERS)
    assert entries(shop) == {
        "signal paid": "shop.receivers.log, shop.receivers.send_receipt",
        "signal pre_save of Order": "shop.receivers.index",
        "signal post_save of Order": "shop.receivers.index",
        "signal post_delete of Order": "shop.receivers.forget",
        "signal post_save of Refund": "shop.receivers.tell",
    }


PAID = {"shop.receivers.log", "shop.receivers.send_receipt"}
SENT = {
    "a signal of the project": ("paid.send(sender=Order)", PAID),
    "robustly": ("paid.send_robust(None)", PAID),
    "asynchronously": ("paid.asend(None)", PAID),
    "both": ("paid.asend_robust(None)", PAID),
    "saving asynchronously": ("Order().asave()", {"shop.receivers.index"}),
    "creating asynchronously": ("Order.objects.acreate(number=1)", {"shop.receivers.index"}),
    "updating or creating": ("Order.objects.update_or_create(number=1)", {"shop.receivers.index"}),
    "deleting asynchronously": ("Order().adelete()", {"shop.receivers.forget"}),
    "saving": ("Order().save()", {"shop.receivers.index"}),
    "saving what came from elsewhere": ("orders[0].save()", {"shop.receivers.index"}),
    "creating": ("Order.objects.create(number=1)", {"shop.receivers.index"}),
    "getting or creating": ("Order.objects.get_or_create(number=1)", {"shop.receivers.index"}),
    "deleting": ("Order().delete()", {"shop.receivers.forget"}),
    "filtering": ("Order.objects.filter(number=1)", set()),
    "a model with a save of its own": ("Refund().save()", set()),
    "a model of somebody else": ("User().save()", set()),
}


@pytest.mark.parametrize(("call", "heard"), SENT.values(), ids=SENT)
def test_whoever_sends_calls_the_receivers(call: str, heard: set[str]) -> None:
    found = signalled(call)
    assert set(found) == heard
    assert set(found.values()) <= {"django-signal"}


def test_the_models_own_save_sends() -> None:
    shop = project(shop__models=MODELS, shop__receivers=RECEIVERS)
    assert edges(shop, "shop.models.Refund.save") == {"shop.receivers.tell": "django-signal"}


def test_the_sender_must_be_the_one_that_is_listened_to() -> None:
    shop = project(
        shop="""
            from django.dispatch import Signal, receiver
            class A: ...
            class B: ...
            changed = Signal()
            @receiver(changed, sender=A)
            def of_a(sender, **given): ...
            @receiver(changed)
            def of_any(sender, **given): ...
            def act():
                changed.send(sender=B)
            def act_for_whom(cls):
                changed.send(sender=cls)
        """
    )
    assert set(edges(shop, "shop.act")) == {"shop.of_any"}
    assert set(edges(shop, "shop.act_for_whom")) == {"shop.of_a", "shop.of_any"}


def test_what_only_looks_like_a_signal() -> None:
    shop = project(
        shop="""
            class Line:
                def connect(self, f): ...
                def send(self, text): ...
            class File:
                def save(self): ...
            line = Line()
            def heard(): ...
            line.connect(heard)
            def act():
                line.send("x")
                File().save()
        """
    )
    assert entries(shop) == {}
    assert edges(shop, "shop.act") == {}


HELPED = """
    from django.db.models.signals import post_save
    from shop.models import Order, Refund

    def index(sender, **given): ...
    def count(sender, **given): ...
    def hear(receiver, sender):
        post_save.connect(receiver=receiver, sender=sender)
"""


def test_receivers_and_senders_that_a_helper_is_given_may_not_belong_together() -> None:
    calls = "    hear(index, Order)\n    hear(count, Refund)\n"
    pay = "from shop.models import Order\ndef act(order: Order):\n    order.save()\n"
    shop = project(shop__models=MODELS, shop__receivers=HELPED + calls, shop__pay=pay)
    assert callees(shop, "shop.pay.act") == {"shop.receivers.index": "possible", "shop.receivers.count": "possible"}
    sure = calls + "    post_save.connect(index, sender=Order)\n"
    shop = project(shop__models=MODELS, shop__receivers=HELPED + sure, shop__pay=pay)
    assert callees(shop, "shop.pay.act") == {"shop.receivers.index": "certain", "shop.receivers.count": "possible"}


def test_a_helper_with_one_receiver_is_certain() -> None:
    pay = "from shop.models import Order\ndef act(order: Order):\n    order.save()\n"
    shop = project(shop__models=MODELS, shop__receivers=HELPED + "    hear(index, Order)\n", shop__pay=pay)
    assert callees(shop, "shop.pay.act") == {"shop.receivers.index": "certain"}


APPS = """
    from django.apps import apps
    from django.conf import settings
    from django.db.models.signals import post_save
    from django.dispatch import receiver

    Order = apps.get_model("shop", "Order")
    Category = apps.get_model("catalogue", "Category")
    Basket = apps.get_model("catalogue.Order")

    @receiver(post_save, sender=Order)
    def of_order(sender, **given): ...
    @receiver(post_save, sender=Category)
    def of_category(sender, **given): ...
    @receiver(post_save, sender=Basket)
    def of_anothers_order(sender, **given): ...
    @receiver(post_save, sender=settings.AUTH_USER_MODEL)
    def of_whom(sender, **given): ...
    @receiver(post_save)
    def of_any(sender, **given): ...

    def connected():
        for model in (Order, Category):
            post_save.connect(of_one, sender=model)
    def of_one(sender, **given): ...
"""


def test_a_model_is_found_by_its_applications_label_and_what_nothing_tells_is_only_possible() -> None:
    pay = "from shop.models import Order\ndef act(order: Order):\n    order.save()\n"
    shop = project(shop__models=MODELS, shop__receivers=APPS, shop__pay=pay)
    assert callees(shop, "shop.pay.act") == {
        "shop.receivers.of_order": "certain",
        "shop.receivers.of_any": "certain",
        "shop.receivers.of_whom": "possible",
        "shop.receivers.of_one": "possible",
    }


OF_ITSELF = """
    from django.dispatch import Signal, receiver
    class A:
        def act(self):
            changed.send(sender={sender})
    class B: ...
    changed = Signal()
    @receiver(changed, sender=A)
    def of_a(sender, **given): ...
    @receiver(changed, sender=B)
    def of_b(sender, **given): ...
"""


@pytest.mark.parametrize("sender", ["self.__class__", "type(self)"])
def test_an_object_sends_for_its_class(sender: str) -> None:
    assert set(edges(project(shop=OF_ITSELF.format(sender=sender)), "shop.A.act")) == {"shop.of_a"}


def test_a_sender_that_nothing_tells_may_be_any() -> None:
    shop = project(shop=OF_ITSELF.format(sender="self.whom()"))
    assert callees(shop, "shop.A.act") == {"shop.of_a": "possible", "shop.of_b": "possible"}
