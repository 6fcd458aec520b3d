"""Commands that run the product: everything in one process, or web and workers apart."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from bot.errors import SettingsInvalid
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.bootstrap.server import Product


def run(
    demo: bool = typer.Option(False, "--demo", help="Load a small demonstration company first."),
) -> None:
    """Run everything in one process: web, work, and in development the playground page.

    Example: EARSHOT_ENV=dev earshot run --demo
    """
    from bot.bootstrap.server import migrate as migrate_database

    settings = read_settings()
    if demo and not settings.is_dev:
        raise SettingsInvalid("the demonstration company is only for EARSHOT_ENV=dev")
    migrate_database(settings)
    _serve(settings, works=True, playground=settings.is_dev, demo=demo)


def web() -> None:
    """Take requests only; `earshot worker` does the work they bring.

    Example: PORT=8080 earshot web
    """
    _serve(read_settings(), works=False, playground=False)


def worker() -> None:
    """Do the work that `earshot web` accepted.

    Example: earshot worker
    """
    from bot.bootstrap.server import open_product

    _end_at_once_when_asked()
    product = open_product(read_settings(), receives=False, works=True)
    _tell(product.channels.told)

    async def work() -> None:
        asked_to_end = asyncio.Event()
        _when_asked_to_end(lambda _: asked_to_end.set())
        async with product.running():
            typer.echo("Earshot's worker is ready.")
            await asked_to_end.wait()

    asyncio.run(work())
    _leave(product)


def migrate() -> None:
    """Bring the database to the form that this version needs; run before an upgrade starts.

    Example: earshot migrate
    """
    from bot.bootstrap.server import migrate as migrate_database

    migrate_database(read_settings())
    typer.echo("The database is up to date.")


def _serve(settings: Settings, *, works: bool, playground: bool, demo: bool = False) -> None:
    from bot.bootstrap.server import load_demo, make_server, open_product

    _end_at_once_when_asked()
    product = open_product(settings, works=works, playground=playground)
    _tell(product.channels.told)
    if demo:
        typer.echo(load_demo(product))
    listener = _listen(settings)

    async def serve() -> None:
        server = make_server(product)
        _when_asked_to_end(lambda wish: server.handle_exit(wish, None))
        async with product.running():
            _tell_where(settings, playground=playground)
            await server.serve(sockets=[listener])

    asyncio.run(serve())
    _leave(product)


def _listen(settings: Settings) -> socket.socket:
    """Take the port before any work is begun; who connects meanwhile waits."""
    try:
        return socket.create_server((settings.host, settings.port))
    except OSError as error:
        raise SettingsInvalid(f"PORT {settings.port}: {error.strerror}") from None


def _end_at_once_when_asked() -> None:
    """Until there is an event loop: what was begun by then can be left as it is."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def _when_asked_to_end(do: Callable[[signal.Signals], None]) -> None:
    running = asyncio.get_running_loop()
    for wish in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(wish, do, wish)


def _leave(product: "Product") -> None:
    """Do not wait for threads whose jobs had their time: what they do is begun again."""
    if product.left_work_running:
        sys.stdout.flush()
        os._exit(0)


def _tell_where(settings: Settings, *, playground: bool) -> None:
    address = f"http://{settings.host}:{settings.port}"
    typer.echo(f"Earshot is ready at {address}")
    if playground:
        typer.echo(f"Playground: {address}/playground")


def _tell(lines: tuple[str, ...]) -> None:
    for line in lines:
        typer.echo(line)
