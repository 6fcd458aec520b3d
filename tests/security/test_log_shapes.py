"""Whatever shape a secret or a person's data has, and whichever way it fails, no log holds it."""

import asyncio
import io
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx2
import pytest
import sqlalchemy
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from bot.logs import configure_logging, take_over_hooks
from bot.services.log_redaction import HIDDEN, redacted, secrets_of

SHAPES = {
    "Slack bot token": "xoxb-2345678901-3456789012-AbCdEfGhIjKlMnOpQrStUvWx",
    "Slack user token": "xoxp-2345678901-3456789012-abcdef0123456789",
    "Slack rotating token": "xoxe.xoxb-1-MS0yLTEyMzQ1Njc4OTAtYWJj",
    "Slack refresh token": "xoxe-1-My0xLTEyMzQ1Njc4OTAtMjM0NTY3ODkwMS1h",
    "Slack app token": "xapp-1-A0123456789-1234567890-0123456789abcdef0123456789abcdef",
    "Slack signing secret": "signing_secret=8f742231b10e8888abcd99yyyzzz85a5",
    "Slack webhook": "https://hooks.slack.com/services/T0123ABCD/B0123ABCD/ZyXwVuTsRqPo",
    "Slack response address": "https://hooks.slack.com/actions/T0123ABCD/12345/QwErTyUiOp",
    "Teams webhook": "https://acme.webhook.office.com/webhookb2/1a2b@3c4d/IncomingWebhook/5e6f",
    "OAuth code": "/slack/oauth_redirect?code=1234567890.abc&state=QwErTyUi",
    "OAuth code in words": "code: 4815162342.1337.c0ffee",
    "OAuth state": "state=1f0e2d3c4b5a69788796a5b4c3d2e1f0",
    "client secret": "client_secret=3a4b5c6d7e8f90123456",
    "Azure client secret": "app_password='Abc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789'",
    "OpenAI key": "sk-proj-AbCd1234EfGh5678IjKl",
    "Fernet key": "uY9bV3nQ2wE5rT8yU1iO4pA7sD0fG6hJ9kL2zX5cV8w=",
    "JSON web token": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJib3QifQ.c2lnbmF0dXJl",
    "bearer header": "Authorization: Bearer AbC.dEf-123_456~7",
    "basic header": "Basic dXNlcjpwYXNzd29yZA==",
    "cookie": "Set-Cookie: earshot_install=Zm9vYmFy; Path=/",
    "signature": "X-Slack-Signature: v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666",
    "database password": "postgresql+psycopg://earshot:hunter2secret@db.internal:5432/earshot",
    "proxy password": "http://jane:swordfish99@proxy.internal:3128",
    "private key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
    "GitHub token": "ghp_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",
    "AWS key": "AKIAIOSFODNN7EXAMPLE",
    "e-mail": "sari.virtanen@novara-pharma.example",
    "phone": "+358 40 123 4567",
    "phone within a country": "040-123 4567",
    "IBAN": "FI21 1234 5600 0007 85",
    "IBAN in one": "DE89370400440532013000",
    "card": "4111 1111 1111 1111",
    "social security": "078-05-1120",
    "personal code": "131052-308T",
}

FOREIGN = (
    "httpx2", "slack_sdk.web.async_base_client", "slack_bolt.AsyncApp", "botbuilder.core", "dbos",
    "sqlalchemy.engine.Engine", "sqlalchemy.pool", "aiohttp.client", "aiohttp.access", "asyncio",
    "msal.application", "openai._base_client", "uvicorn.access", "urllib3.connectionpool", "pypdf",
)  # fmt: skip

NOTE = "Novara zahlt kanarienvogel zuviel"
"""A note's words: of no shape at all."""


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the product prints, with every hook as in a process of its own."""
    out, root = io.StringIO(), logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    for owner, name in (
        (sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook"),
        (warnings, "showwarning"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, getattr(owner, name))
    configure_logging(out)
    take_over_hooks()
    yield out
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level, logging.raiseExceptions = before


def core(secret: str) -> str:
    """The part that must not be seen: what stands beside it may."""
    for prefix in ("signing_secret=", "code: ", "state=", "client_secret=", "app_password='"):
        secret = secret.removeprefix(prefix)
    for frame in ("Authorization: Bearer ", "Basic ", "X-Slack-Signature: v0="):
        secret = secret.removeprefix(frame)
    return {
        "Set-Cookie: earshot_install=Zm9vYmFy; Path=/": "Zm9vYmFy",
        SHAPES["OAuth code"]: "1234567890.abc",
        SHAPES["database password"]: "hunter2secret",
        SHAPES["proxy password"]: "swordfish99",
        SHAPES["private key"]: "MIIEvQIBADANBg",
    }.get(secret, secret)


def raise_chained(secret: str) -> None:
    """As libraries do: an error with the value in it, for another, for a third."""
    try:
        try:
            raise KeyError(secret)  # noqa: TRY301 - the chain is what is tested
        except KeyError as missing:
            raise ValueError(f"cannot use {secret}", {"value": secret}) from missing
    except ValueError:
        raise RuntimeError(secret)  # noqa: B904 - the context is what is tested


def test_there_are_thirty_shapes_at_least() -> None:
    """Secrets of every platform and vendor, and people's data."""
    assert len(SHAPES) >= 30


@pytest.mark.parametrize("secret", [*SHAPES.values(), NOTE], ids=[*SHAPES, "a note"])
def test_no_traceback_holds_it(log: io.StringIO, secret: str) -> None:
    """Chained errors, their arguments and notes; ours, and of each library."""
    for name in ("bot", *FOREIGN):
        try:
            raise_chained(secret)
        except RuntimeError as error:
            error.add_note(secret)
            logging.getLogger(name).exception("it failed")
    logged = log.getvalue()
    assert core(secret) not in logged
    assert logged.count("builtins.KeyError") == 1 + len(FOREIGN)  # each cause is told by its kind
    assert "raise_chained" in logged


@pytest.mark.parametrize("secret", [*SHAPES.values(), NOTE], ids=[*SHAPES, "a note"])
def test_no_library_s_message_holds_it(log: io.StringIO, secret: str) -> None:
    """Put together before or by the logger, as a text or as any object."""
    for name in FOREIGN:
        library = logging.getLogger(name)
        library.error("failed with %s", secret)
        library.error(f"failed with {secret}")
        library.critical("%r %r", {"body": secret}, ValueError(secret))
        library.error(ValueError(secret))
    assert core(secret) not in log.getvalue()
    assert log.getvalue().count("(not told) at security/test_log_shapes.py") == 4 * len(FOREIGN)


@pytest.mark.parametrize("secret", SHAPES.values(), ids=SHAPES)
def test_not_even_our_own_message_shows_its_shape(log: io.StringIO, secret: str) -> None:
    """A slip of ours is caught by the shape."""
    logging.getLogger("bot").error("it failed: %s", secret)
    logging.getLogger("adapters.slack").warning(f"refused ({secret}), tried again")
    assert core(secret) not in log.getvalue()
    assert log.getvalue().count(HIDDEN) >= 2


@pytest.mark.parametrize("secret", [*SHAPES.values(), NOTE], ids=[*SHAPES, "a note"])
def test_no_hook_prints_it(
    log: io.StringIO, capfd: pytest.CaptureFixture[str], secret: str
) -> None:
    """What nobody caught, in the process, a thread or a task; warnings; and a failing logger."""
    try:
        raise_chained(secret)
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
        threading.excepthook(
            SimpleNamespace(exc_type=type(error), exc_value=error, exc_traceback=None, thread=None)
        )
        sys.unraisablehook(
            SimpleNamespace(
                exc_type=type(error), exc_value=error, exc_traceback=None, err_msg=secret,
                object=secret,
            )
        )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(f"unexpected value {secret}", stacklevel=1)
        logging.captureWarnings(capture=False)
    logging.getLogger("bot").error("too %s many", *(secret, secret))
    asyncio.run(_lost_task(secret))
    printed = capfd.readouterr()
    assert core(secret) not in log.getvalue() + printed.out + printed.err
    assert "nobody expected" in log.getvalue()


async def _lost_task(secret: str) -> None:
    asyncio.get_running_loop().call_exception_handler(
        {"message": f"a task failed: {secret}", "exception": ValueError(secret), "task": secret}
    )


def real_http(secret: str) -> None:
    with httpx2.Client() as client:
        client.get(f"http://127.0.0.1:1/?token={secret}", headers={"Authorization": "Bearer x"})


def real_database(secret: str) -> None:
    engine = sqlalchemy.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("SELECT * FROM gone WHERE a = :a"), {"a": secret})


def real_thread(secret: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(raise_chained, secret).result()


@pytest.mark.parametrize("fail", [real_http, real_database, real_thread, int])
def test_no_real_failure_tells_it(log: io.StringIO, fail: Callable[[str], object]) -> None:
    """As these libraries fail by themselves, told by whoever caught it."""
    for secret in (*SHAPES.values(), NOTE):
        try:
            fail(secret.replace("\n", " "))
        except Exception:
            logging.getLogger("bot").exception("it failed")
        assert core(secret) not in log.getvalue()


def test_the_web_server_tells_no_query(log: io.StringIO) -> None:
    """It keeps no log of accesses, and tells of an error only where it was."""

    async def failing(request: Request) -> None:
        raise ValueError(str(request.query_params))

    config = uvicorn.Config(
        Starlette(routes=[Route("/x", failing)]), port=0, lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)

    async def asked() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - it tells by nothing else
            await asyncio.sleep(0)
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx2.AsyncClient() as client:
            await client.get(f"http://127.0.0.1:{port}/x?code=kanari4711.code&text=kanarienvogel")
        server.should_exit = True
        await serving

    asyncio.run(asked())
    assert "kanari" not in log.getvalue()
    assert "builtins.ValueError" in log.getvalue()


def test_settings_that_are_secret_are_hidden_by_their_value() -> None:
    """Of whatever shape; each key of several, and the password in an address."""
    secrets = secrets_of(
        {
            "TEAMS_APP_PASSWORD": "plain words",
            "EARSHOT_ENCRYPTION_KEY": "first one,second one",
            "DATABASE_URL": "postgresql+psycopg://bot:correcthorse@db/earshot",
            "PORT": "8080",
            "API_KEY": "",
            "SHORT_TOKEN": "abc",
        }
    )
    assert "8080" not in secrets
    line = redacted("plain words, first one, second one, correcthorse, 8080 abc", secrets)
    assert line == f"{HIDDEN}, {HIDDEN}, {HIDDEN}, {HIDDEN}, 8080 abc"


@pytest.mark.parametrize(
    "line",
    [
        "T0123ABCD|C0123ABCD|1731234567.123456|posted failed: ValueError at _save:12 < take:60",
        "reply 0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b withheld: its readers may no longer see it",
        "job handle:3f2e1d0c-1234-5678-9abc-def012345678:1.2 failed and is tried again in 0.5 s",
        "the database cannot be reached (/var/lib/earshot/earshot.db: disk I/O error)",
        "a19:0123456789abcdef0123456789abcdef@thread.tacv2 is unknown",
        "2026-11-23 09:15:27,123 stopped with 12 jobs running; they are begun again",
        "at test_a_very_long_function_name_that_somebody_gave_a_test_once:88",
        "[Errno 98] error while attempting to bind on address ('0.0.0.0', 8080)",
    ],
)
def test_what_an_operator_needs_stays(line: str) -> None:
    """Ids, places, times and addresses of our own are no secrets."""
    assert redacted(line) == line


def test_no_text_forges_a_line_of_the_log(log: io.StringIO) -> None:
    """Line breaks and terminal codes are shown as what they are."""
    logging.getLogger("bot").warning("%s left", "x\n2026-01-01 INFO bot all fine\x1b[2J\u2028y")
    assert log.getvalue().count("\n") == 1
    assert "\x1b" not in log.getvalue()
    assert "\u2028" not in log.getvalue()
