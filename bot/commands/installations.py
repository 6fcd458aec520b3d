"""Commands for installations of several workspaces."""

import typer

from bot.settings import make_key, read_settings


def workspaces() -> None:
    """List the workspaces that have knowledge of their own, and who has installed Earshot.

    Example: earshot workspaces
    """
    from bot.bootstrap.data import workspace_lines

    for line in workspace_lines(read_settings()):
        typer.echo(line)


def new_key() -> None:
    """Make a key for EARSHOT_ENCRYPTION_KEY; put it before those that are there.

    Example: earshot new-key
    """
    typer.echo(make_key())
