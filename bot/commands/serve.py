"""Commands that run the product: everything in one process, or web and workers apart."""

import asyncio
import signal

import typer

from bot.errors import SettingsInvalid
from bot.settings import Settings, read_settings


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

    settings = read_settings()
    product = open_product(settings, receives=False, works=True)
    _tell(product.channels.told)

    async def work() -> None:
        stop = asyncio.Event()
        running = asyncio.get_running_loop()
        for wish in (signal.SIGTERM, signal.SIGINT):
            running.add_signal_handler(wish, stop.set)
        await product.start()
        await stop.wait()
        await product.stop()

    asyncio.run(work())


def migrate() -> None:
    """Bring the database to the form that this version needs; run before an upgrade starts.

    Example: earshot migrate
    """
    from bot.bootstrap.server import migrate as migrate_database

    migrate_database(read_settings())
    typer.echo("The database is up to date.")


def _serve(settings: Settings, *, works: bool, playground: bool, demo: bool = False) -> None:
    import uvicorn

    from bot.bootstrap.server import build_app, load_demo, open_product

    product = open_product(settings, works=works, playground=playground)
    _tell(product.channels.told)
    if demo:
        typer.echo(load_demo(product))

    def on_ready() -> None:
        address = f"http://{settings.host}:{settings.port}"
        typer.echo(f"Earshot is ready at {address}")
        if playground:
            typer.echo(f"Playground: {address}/playground")

    uvicorn.run(
        build_app(product, on_ready),
        host=settings.host,
        port=settings.port,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def _tell(lines: tuple[str, ...]) -> None:
    for line in lines:
        typer.echo(line)
