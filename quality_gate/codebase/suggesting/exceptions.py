"""How an exception is made: those that cannot be made of a message alone, and the project's own."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from quality_gate.codebase.graph import Codebase
from quality_gate.codebase.suggesting.nouns import Known
from quality_gate.codebase.suggesting.sources import Function, Source
from quality_gate.failure_paths import UNKNOWN

_MADE: Mapping[str, str] = {
    "httpx.HTTPStatusError": '{type}("{says}", request=httpx.Request("GET", "https://example.test"), '
    "response=httpx.Response(402))",
    "requests.exceptions.HTTPError": '{type}("{says}")',
    "urllib.error.HTTPError": '{type}("https://example.test", 402, "{says}", None, None)',
    "botocore.exceptions.ClientError": '{type}({{"Error": {{"Code": "AccessDenied", "Message": "{says}"}}}}, "call")',
    "botocore.exceptions.ConnectTimeoutError": '{type}(endpoint_url="https://example.test")',
    "botocore.exceptions.ReadTimeoutError": '{type}(endpoint_url="https://example.test")',
    "botocore.exceptions.EndpointConnectionError": '{type}(endpoint_url="https://example.test")',
    "botocore.exceptions.ConnectionClosedError": '{type}(endpoint_url="https://example.test")',
    "smtplib.SMTPRecipientsRefused": '{type}({{"nobody@example.test": (550, b"{says}")}})',
    "smtplib.SMTPSenderRefused": '{type}(550, b"{says}", "nobody@example.test")',
    "smtplib.SMTPDataError": '{type}(554, b"{says}")',
    "smtplib.SMTPConnectError": '{type}(421, b"{says}")',
    "smtplib.SMTPHeloError": '{type}(504, b"{says}")',
    "smtplib.SMTPAuthenticationError": '{type}(535, b"{says}")',
    "smtplib.SMTPResponseException": '{type}(554, b"{says}")',
    "subprocess.CalledProcessError": '{type}(1, "{says}")',
    "subprocess.TimeoutExpired": '{type}("{says}", 1)',
    "json.JSONDecodeError": '{type}("{says}", "", 0)',
    "json.decoder.JSONDecodeError": '{type}("{says}", "", 0)',
    "requests.exceptions.JSONDecodeError": '{type}("{says}", "", 0)',
    "builtins.UnicodeDecodeError": '{type}("utf-8", b"", 0, 1, "{says}")',
    "builtins.UnicodeEncodeError": '{type}("utf-8", "", 0, 1, "{says}")',
    "urllib3.exceptions.MaxRetryError": '{type}(None, "https://example.test", "{says}")',
    "urllib3.exceptions.ConnectTimeoutError": '{type}("{says}")',
    "urllib3.exceptions.ReadTimeoutError": '{type}(None, "https://example.test", "{says}")',
    "urllib3.exceptions.NewConnectionError": '{type}(None, "{says}")',
    "sqlalchemy.exc.OperationalError": '{type}("{says}", {{}}, Exception())',
    "sqlalchemy.exc.IntegrityError": '{type}("{says}", {{}}, Exception())',
    "sqlalchemy.exc.DataError": '{type}("{says}", {{}}, Exception())',
    "sqlalchemy.exc.ProgrammingError": '{type}("{says}", {{}}, Exception())',
    "sqlalchemy.exc.DBAPIError": '{type}("{says}", {{}}, Exception())',
    "stripe.error.CardError": '{type}("{says}", "card", "card_declined")',
    "stripe.CardError": '{type}("{says}", "card", "card_declined")',
    "stripe.InvalidRequestError": '{type}("{says}", "card")',
    "aiohttp.ClientResponseError": '{type}(None, (), status=402, message="{says}")',
    "aiohttp.ClientConnectorError": "{type}(None, OSError())",
    "asyncio.IncompleteReadError": '{type}(b"", 1)',
}
"""What to write, by the exception's dotted name."""

_OF_A_KIND = {"str": '"{says}"', "int": "1", "float": "1.0", "bool": "True", "bytes": 'b"{says}"', "dict": "{{}}"}


def made(name: str, shown: str, says: str, known: Known) -> str:
    """An expression that makes an exception.

    Args:
        name: dotted, of its type. shown: the type as the test's file writes it. says: its message.
    """
    if name in _MADE:
        return _MADE[name].format(type=shown, says=says)
    function = _constructor(name, known)
    if function is None:
        return f'{shown}("{says}")'
    return f"{shown}({', '.join(_values(function)).format(says=says)})"


def extra_imports(name: str) -> tuple[str, ...]:
    """Modules that the expression of `made` needs besides the type's own."""
    return ("httpx",) if name == "httpx.HTTPStatusError" else ()


def module_of(name: str, codebase: Codebase) -> tuple[str, str]:
    """A dotted name as its module and what stands in it."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        if ".".join(parts[:length]) in codebase.modules:
            return ".".join(parts[:length]), ".".join(parts[length:])
    length = next((place for place, part in enumerate(parts[:-1]) if part[:1].isupper()), len(parts) - 1)
    return ".".join(parts[:length]), ".".join(parts[length:])


def _constructor(name: str, known: Known) -> Function | None:
    """The `__init__` of an exception of the project, its own or that of a base."""
    for _ in range(8):
        definition = known.codebase.definitions.get(name)
        source = known.source(definition.path) if definition is not None else None
        if source is None or definition is None:
            return None
        qualified = module_of(name, known.codebase)[1]
        function = source.function(f"{qualified}.__init__")
        held = source.within(qualified)
        if function is not None or not isinstance(held, ast.ClassDef) or not held.bases:
            return function
        name = _base(held.bases[0], name, source, known)
    return None


def _base(base: ast.expr, name: str, source: Source, known: Known) -> str:
    written = ast.unparse(base)
    first, _, rest = written.partition(".")
    module = module_of(name, known.codebase)[0]
    meant = source.imports.get(first, f"{module}.{first}")
    if meant.startswith("."):
        level = len(meant) - len(meant.lstrip("."))
        above = module.split(".")[: -level if not source.path.endswith("__init__.py") else None]
        meant = ".".join([*above, meant.lstrip(".")])
    return f"{meant}.{rest}" if rest else meant


def _values(function: Function) -> list[str]:
    """A value for each argument that has to be given."""
    held = function.args
    plain = [*held.posonlyargs, *held.args][1:]
    needed = plain[: len(plain) - len(held.defaults)] if held.defaults else plain
    named = [one for one, value in zip(held.kwonlyargs, held.kw_defaults, strict=True) if value is None]
    values = [_value(one) for one in needed] + [f"{one.arg}={_value(one)}" for one in named]
    return values or (['"{says}"'] if held.vararg is not None or plain else [])


def _value(argument: ast.arg) -> str:
    if argument.annotation is None:
        return '"{says}"'
    return _OF_A_KIND.get(ast.unparse(argument.annotation).split("[")[0].split(" |")[0].strip("'\""), "None")


def short_name(name: str) -> str:
    """An exception as a person says it."""
    return "an error" if name == UNKNOWN else name.rpartition(".")[2]
