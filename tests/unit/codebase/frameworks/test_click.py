"""click and typer: commands, groups, and what is no command."""

from __future__ import annotations

from framework_cases import entries, project


def test_commands_and_groups_of_click() -> None:
    shop = project(
        shop="""
            import click

            def counted(context, parameter, value): ...

            @click.group()
            def cli(): ...

            @cli.command()
            @click.option("--order", callback=lambda context, parameter, value: value)
            @click.argument("number", callback=counted)
            def pay_order(order, number): ...

            @cli.group("stock")
            def goods(): ...

            @goods.command("count")
            def count_goods(): ...

            @click.command(name="alone")
            def single(): ...
        """
    )
    assert entries(shop) == {
        "command cli": "shop.cli",
        "command pay-order": "shop.pay_order",
        "command stock": "shop.goods",
        "command count": "shop.count_goods",
        "command alone": "shop.single",
        "callback of an option": "shop.<lambda1>, shop.counted",
    }


def test_a_group_of_another_module() -> None:
    shop = project(
        shop__root="import click\n@click.group()\ndef cli(): ...\n",
        shop__pay="from shop.root import cli\n@cli.command\ndef pay(): ...\n",
    )
    assert entries(shop)["command pay"] == "shop.pay.pay"


def test_typer() -> None:
    shop = project(
        shop="""
            import typer
            app = typer.Typer()
            def checked(value): ...

            @app.callback()
            def shop(): ...

            def counted(value): ...

            @app.command("pay")
            def pay_all(
                order: str = typer.Option(None, callback=checked),
                number: int = typer.Argument(1, callback=counted),
            ): ...

            def main(): ...
            typer.run(main)
        """
    )
    assert entries(shop) == {
        "command shop": "shop.shop",
        "command pay": "shop.pay_all",
        "callback of an option": "shop.checked, shop.counted",
        "command main": "shop.main",
    }


def test_commands_of_flask() -> None:
    shop = project(
        shop="""
            from flask import Flask
            from flask.cli import AppGroup
            app = Flask(__name__)
            users = AppGroup("users")

            @app.cli.command("seed")
            def seed(): ...
            @users.command("add")
            def add_user(): ...
        """
    )
    assert entries(shop) == {"command seed": "shop.seed", "command add": "shop.add_user"}


def test_what_only_looks_like_a_command() -> None:
    shop = project(
        shop="""
            class Bus:
                def command(self, name): return lambda f: f
                def run(self, f): ...
            bus = Bus()
            @bus.command("pay")
            def pay(): ...
            def helper(): ...
            def command(f): return f
            @command
            def other(): ...
            bus.run(helper)
        """
    )
    assert entries(shop) == {}
