"""pylint's own test tools over one file of a scratch project, with small packages in place of the real ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
from astroid.builder import AstroidBuilder
from astroid.manager import AstroidManager
from pylint.testutils import UnittestLinter
from pylint.utils import ASTWalker

from quality_gate_checkers.hosts.pylint_inference import OPTION, InferenceChecker
from quality_gate_checkers.inference import _real, inference_rules
from quality_gate_checkers.inference import wrong_exception_family as wrong

PACKAGES = {
    "requests/__init__.py": """
from requests.api import get, post
from requests.sessions import Session
from requests.exceptions import ConnectionError, HTTPError, RequestException, Timeout
""",
    "requests/exceptions.py": """
class RequestException(IOError): pass
class HTTPError(RequestException): pass
class ConnectionError(RequestException): pass
class Timeout(RequestException): pass
class ReadTimeout(Timeout): pass
class ConnectTimeout(ConnectionError, Timeout): pass
""",
    "requests/sessions.py": """
from requests.models import Response
class Session:
    def get(self, url, **kwargs): return Response()
    def post(self, url, data=None, json=None, **kwargs): return Response()
""",
    "requests/models.py": "class Response:\n    def json(self): return {}\n    def raise_for_status(self): ...\n",
    "requests/api.py": """
from requests.models import Response
def get(url, params=None, **kwargs): return Response()
def post(url, data=None, json=None, **kwargs): return Response()
""",
    "redis/__init__.py": """
from redis.client import Redis
from redis.exceptions import ConnectionError, RedisError, TimeoutError
""",
    "redis/client.py": "class Redis:\n    def get(self, name): ...\n    def set(self, name, value): ...\n",
    "redis/exceptions.py": """
class RedisError(Exception): pass
class ConnectionError(RedisError): pass
class TimeoutError(RedisError): pass
""",
    "celery/__init__.py": "",
    "celery/exceptions.py": "class CeleryError(Exception): pass\nclass Retry(CeleryError): pass\n",
    "django/__init__.py": "",
    "django/core/__init__.py": "",
    "django/core/exceptions.py": "class ObjectDoesNotExist(Exception): pass\n",
    "sqlalchemy/__init__.py": "",
    "sqlalchemy/exc.py": "class SQLAlchemyError(Exception): pass\n",
    "aiohttp/__init__.py": "class ClientSession:\n    async def get(self, url): ...\n",
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Iterator[None]:
    """The packages above, as if pip had installed them; nothing of them is left in astroid afterwards.

    Once a module: astroid takes half a second to get over a cleared cache.
    """
    site = tmp_path_factory.mktemp("site")
    for name, text in PACKAGES.items():
        file = site / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    forget()
    sys.path.insert(0, str(site))
    yield
    sys.path.remove(str(site))
    forget()


def forget() -> None:
    AstroidManager().clear_cache()
    _real.found.cache_clear()
    _real._families.clear()
    wrong._library_exceptions.cache_clear()


Hits = Callable[..., list[tuple[int, str]]]


@pytest.fixture
def hits(tmp_path) -> Hits:
    """(line, message) of what one rule finds in a source; further files of the project by keyword `others`.

    `module` is the name that pylint gives it, where that is not its path's.
    """

    def run(name, source, path="shop/pay.py", boundaries=(), others=(), module=None):
        project = tmp_path / "project"
        for where, text in [*others, (path, source)]:
            file = project / where
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        (project / ".git").mkdir(exist_ok=True)
        rule = next(one for one in inference_rules() if one.name == name)
        linter = UnittestLinter()
        checker = InferenceChecker(linter, rule)
        setattr(linter.config, OPTION.replace("-", "_"), boundaries)
        checker.open()
        walker = ASTWalker(linter)
        walker.add_checker(checker)
        module = module or path.removesuffix(".py").replace("/", ".")
        walker.walk(AstroidBuilder(AstroidManager()).file_build(str(project / path), module))
        return [(message.line or message.node.lineno, message.args[0]) for message in linter.release_messages()]

    return run
