"""Django's other calls: settings, commands, admin, template tags, forms and serializers."""

from __future__ import annotations

import pytest

from framework_cases import edges, entries, project


def test_what_settings_name() -> None:
    shop = project(
        shop__web="""
            class Timing:
                def __init__(self, get_response): ...
                def __call__(self, request): ...
                def process_exception(self, request, error): ...
            def plain(get_response): ...
            def old(get_response): ...
            class Tokens:
                def authenticate(self, request): ...
            def basket(request): ...
            def failed(error, context): ...
        """,
        shop__settings="""
            MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "shop.web.Timing"]
            MIDDLEWARE += ["shop.web.plain"]
            MIDDLEWARE_CLASSES = ["shop.web.old"]
            AUTHENTICATION_BACKENDS = ("shop.web.Tokens",)
            TEMPLATES = [{"OPTIONS": {"context_processors": ["shop.web.basket"]}}]
            REST_FRAMEWORK = {"EXCEPTION_HANDLER": "shop.web.failed"}
        """,
    )
    assert entries(shop) == {
        "middleware Timing": "shop.web.Timing.__call__, shop.web.Timing.__init__, shop.web.Timing.process_exception",
        "middleware plain": "shop.web.plain",
        "middleware old": "shop.web.old",
        "authentication by Tokens": "shop.web.Tokens.authenticate",
        "context processor basket": "shop.web.basket",
        "setting of the REST framework failed": "shop.web.failed",
    }


def test_commands_whatever_their_base() -> None:
    command = """
        from company.commands import CompanyCommand
        class Command(CompanyCommand):
            def handle(self, *given, **named): ...
        class Helper:
            def handle(self): ...
    """
    shop = project(shop__management__commands__settle=command, shop__commands__settle=command)
    assert entries(shop) == {"command settle": "shop.management.commands.settle.Command.handle"}


def test_applications_admin_permissions_and_tags() -> None:
    shop = project(
        shop__apps="from django.apps import AppConfig\nclass Shop(AppConfig):\n    def ready(self): ...\n",
        shop__admin="""
            from django.contrib import admin
            class OrderAdmin(admin.ModelAdmin):
                def settle(self, request, orders): ...
                def _own(self): ...
            @admin.action(description="x")
            def export(page, request, orders): ...
            @admin.display
            def shown(order): ...
        """,
        shop__rest="""
            from rest_framework.permissions import BasePermission
            class IsClerk(BasePermission):
                def has_permission(self, request, view): ...
        """,
        shop__templatetags__money="""
            from django import template
            register = template.Library()
            @register.filter
            def euros(value): ...
            @register.simple_tag(takes_context=True)
            def total(context): ...
            @register.inclusion_tag("x.html")
            def basket(): ...
            @register.tag
            def parsed(parser, token): ...
            @register.simple_block_tag
            def boxed(content): ...
        """,
    )
    assert entries(shop) == {
        "start of shop": "shop.apps.Shop.ready",
        "admin OrderAdmin": "shop.admin.OrderAdmin.settle",
        "admin action export": "shop.admin.export",
        "admin display shown": "shop.admin.shown",
        "permission IsClerk": "shop.rest.IsClerk.has_permission",
        "template filter euros": "shop.templatetags.money.euros",
        "template tag total": "shop.templatetags.money.total",
        "template tag basket": "shop.templatetags.money.basket",
        "template tag parsed": "shop.templatetags.money.parsed",
        "template tag boxed": "shop.templatetags.money.boxed",
    }


@pytest.mark.parametrize("call", ["is_valid", "full_clean"])
def test_validating_a_form_calls_its_cleaning(call: str) -> None:
    shop = project(
        shop=f"""
            from django import forms
            class Base(forms.Form):
                def clean(self): ...
            class Buy(Base):
                def clean_number(self): ...
                def helper(self): ...
            def pay(data):
                form = Buy(data)
                if form.{call}():
                    return form.helper
        """
    )
    assert edges(shop, "shop.pay") == {"shop.Base.clean": "django-form", "shop.Buy.clean_number": "django-form"}


def test_serializers_validate_and_save() -> None:
    shop = project(
        shop="""
            from rest_framework import serializers
            class OrderSerializer(serializers.ModelSerializer):
                def validate_number(self, value): ...
                def create(self, data): ...
            def pay(data):
                given = OrderSerializer(data=data)
                given.is_valid(raise_exception=True)
            def keep(given: OrderSerializer):
                given.save()
        """
    )
    assert edges(shop, "shop.pay") == {"shop.OrderSerializer.validate_number": "django-serializer"}
    assert edges(shop, "shop.keep") == {"shop.OrderSerializer.create": "django-serializer"}


def test_what_only_looks_like_django() -> None:
    shop = project(
        shop="""
            class Form:
                def clean(self): ...
                def is_valid(self): ...
            class Register:
                def filter(self, f): return f
            register = Register()
            @register.filter
            def kept(value): ...
            class Command:
                def handle(self): ...
            MIDDLEWARE = ["shop.Nothing", "shop.kept.more"]
            def pay():
                Form().is_valid()
        """
    )
    assert entries(shop) == {}
    assert edges(shop, "shop.pay") == {}
