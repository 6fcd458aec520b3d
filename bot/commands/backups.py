"""Commands that copy the whole database, and put a copy back."""

from pathlib import Path
from typing import Annotated

import typer

from bot.settings import read_settings


def backup(
    file: Annotated[Path, typer.Argument(help="Where to put the copy; a file that is not there.")],
) -> None:
    """Copy the whole database to a file, while Earshot runs; what is stored in it is not encrypted.

    Example: earshot backup /backups/earshot-2026-11-23.db
    """
    from bot.bootstrap.backups import back_up

    typer.echo(back_up(read_settings(), file))


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `earshot backup` made.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Give up what the database holds now.")
    ] = False,
) -> None:
    """Put a backup in the place of the database. Stop Earshot first; what was erased stays erased.

    Example: earshot restore /backups/earshot-2026-11-23.db
    """
    from bot.bootstrap.backups import restore as put_back

    typer.echo(put_back(read_settings(), file, replace=replace))
