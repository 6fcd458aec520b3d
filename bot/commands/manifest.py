"""Commands that describe the bot to a platform, for its installation there."""

from pathlib import Path
from typing import Annotated

import typer

from bot.errors import SettingsInvalid


def slack(
    url: Annotated[str, typer.Option(help="The public https address in front of Earshot.")] = "",
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="For a bot that opens the connection itself.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
) -> None:
    """Write the manifest of the Slack app, to be pasted at https://api.slack.com/apps?new_app=1.

    Example: earshot manifest slack --url https://earshot.example.com
    """
    from bot.bootstrap.manifest import slack_manifest

    if bool(url) == socket_mode:
        raise SettingsInvalid("give either --url https://… or --socket-mode")
    text = slack_manifest(url or None)
    if out is None:
        typer.echo(text)
        return
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise SettingsInvalid(f"{out} cannot be written: {error.strerror}") from error
    typer.echo(f"Wrote {out}. Paste it at https://api.slack.com/apps?new_app=1 (From a manifest).")
