"""How exceptions of Python and of well-known libraries are made that take more than a message, or something else."""

from __future__ import annotations

from collections.abc import Mapping

MADE: Mapping[str, str] = {
    "httpx.HTTPStatusError": '{type}("{says}", request=httpx.Request("GET", "https://example.test"), '
    "response=httpx.Response(402))",
    "requests.exceptions.HTTPError": '{type}("{says}", response=requests.Response())',
    "urllib.error.HTTPError": '{type}("https://example.test", 402, "{says}", None, None)',
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
    "stripe.SignatureVerificationError": '{type}("{says}", "t=1,v1=0")',
    "stripe.error.InvalidRequestError": '{type}("{says}", "card")',
    "stripe.error.SignatureVerificationError": '{type}("{says}", "t=1,v1=0")',
    "asyncio.IncompleteReadError": '{type}(b"", 1)',
    **dict.fromkeys(
        ("aiohttp.ClientResponseError", "aiohttp.ClientHttpProxyError", "aiohttp.ContentTypeError",
         "aiohttp.TooManyRedirects", "aiohttp.WSServerHandshakeError"),
        '{type}(aiohttp.RequestInfo("https://example.test", "GET", {{}}, "https://example.test"), (), status=402, '
        'message="{says}")',
    ),
    **dict.fromkeys(
        ("aiohttp.ClientConnectorError", "aiohttp.ClientConnectorDNSError", "aiohttp.ClientConnectorSSLError",
         "aiohttp.ClientProxyConnectionError", "aiohttp.ClientSSLError"),
        '{type}(aiohttp.client_reqrep.ConnectionKey("example.test", 443, True, True, None, None, None), OSError())',
    ),
    **dict.fromkeys(
        ("botocore.exceptions.ClientError", "botocore.exceptions.EventStreamError"),
        '{type}({{"Error": {{"Code": "AccessDenied", "Message": "{says}"}}}}, "call")',
    ),
    **dict.fromkeys(
        ("botocore.exceptions.ConnectTimeoutError", "botocore.exceptions.ReadTimeoutError",
         "botocore.exceptions.EndpointConnectionError", "botocore.exceptions.ConnectionClosedError"),
        '{type}(endpoint_url="https://example.test")',
    ),
    **dict.fromkeys(
        ("botocore.exceptions.BotoCoreError", "botocore.exceptions.NoCredentialsError",
         "botocore.exceptions.NoRegionError"),
        "{type}()",
    ),
    **dict.fromkeys(
        ("botocore.exceptions.ConnectionError", "botocore.exceptions.HTTPClientError",
         "botocore.exceptions.ResponseStreamingError"),
        '{type}(error="{says}")',
    ),
    **dict.fromkeys(
        ("botocore.exceptions.SSLError", "botocore.exceptions.ProxyConnectionError"),
        '{type}(endpoint_url="https://example.test", proxy_url="https://example.test", error="{says}")',
    ),
    "botocore.exceptions.IncompleteReadError": "{type}(actual_bytes=0, expected_bytes=1)",
    "botocore.exceptions.PaginationError": '{type}(message="{says}")',
    "botocore.exceptions.ParamValidationError": '{type}(report="{says}")',
    "botocore.exceptions.ProfileNotFound": '{type}(profile="{says}")',
    "botocore.exceptions.WaiterError": '{type}(name="wait", reason="{says}", last_response={{}})',
    **dict.fromkeys(
        ("httpx.RequestNotRead", "httpx.ResponseNotRead", "httpx.StreamClosed", "httpx.StreamConsumed"), "{type}()"
    ),
    **dict.fromkeys(
        ("paramiko.ssh_exception.BadAuthenticationType", "paramiko.ssh_exception.ProxyCommandFailure"),
        '{type}("{says}", [])',
    ),
    "paramiko.ssh_exception.ChannelException": '{type}(1, "{says}")',
    "paramiko.ssh_exception.NoValidConnectionsError": '{type}({{("example.test", 22): OSError("{says}")}})',
    **dict.fromkeys(
        ("pika.exceptions.ChannelClosed", "pika.exceptions.ChannelClosedByBroker",
         "pika.exceptions.ChannelClosedByClient", "pika.exceptions.ConnectionClosed",
         "pika.exceptions.ConnectionClosedByBroker", "pika.exceptions.ConnectionClosedByClient"),
        '{type}(404, "{says}")',
    ),
    "pymongo.errors.BulkWriteError": '{type}({{"writeErrors": [], "writeConcernErrors": []}})',
    **dict.fromkeys(("redis.exceptions.AskError", "redis.exceptions.MovedError"), '{type}("1 example.test:6379")'),
    **dict.fromkeys(
        ("sqlalchemy.exc.DatabaseError", "sqlalchemy.exc.InterfaceError", "sqlalchemy.exc.InternalError",
         "sqlalchemy.exc.NotSupportedError"),
        '{type}("{says}", {{}}, Exception())',
    ),
    "sqlalchemy.exc.StatementError": '{type}("{says}", "SELECT 1", {{}}, Exception())',
    "urllib.error.ContentTooShortError": '{type}("{says}", b"")',
    **dict.fromkeys(
        ("urllib3.exceptions.ClosedPoolError", "urllib3.exceptions.EmptyPoolError", "urllib3.exceptions.PoolError"),
        '{type}(None, "{says}")',
    ),
    "urllib3.exceptions.RequestError": '{type}(None, "https://example.test", "{says}")',
    "urllib3.exceptions.ProxyError": '{type}("{says}", OSError())',
    "urllib3.exceptions.IncompleteRead": "{type}(0, 1)",
    "asyncio.LimitOverrunError": '{type}("{says}", 1)',
}  # fmt: skip
"""What to write, by the exception's dotted name."""

UNMADE = frozenset(
    {
        "aiohttp.ClientConnectorCertificateError",
        "aiohttp.ServerFingerprintMismatch",
        "botocore.exceptions.CredentialRetrievalError",
        "botocore.exceptions.PartialCredentialsError",
        "elasticsearch.ApiError",
        "elasticsearch.AuthenticationException",
        "elasticsearch.AuthorizationException",
        "elasticsearch.BadRequestError",
        "elasticsearch.ConflictError",
        "elasticsearch.NotFoundError",
        "elasticsearch.UnsupportedProductError",
        "elasticsearch.helpers.BulkIndexError",
        "paramiko.ssh_exception.BadHostKeyException",
        "sqlalchemy.orm.exc.ObjectDeletedError",
        "urllib3.exceptions.HostChangedError",
        "urllib3.exceptions.NameResolutionError",
    }
)
"""Those that take more than a message, and more than a test can easily have."""
