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
    several_workspaces: Annotated[
        bool,
        typer.Option(
            "--several-workspaces", help="For an app that each workspace installs by OAuth."
        ),
    ] = False,
    public_url: Annotated[
        str,
        typer.Option(
            envvar="EARSHOT_PUBLIC_URL",
            help="What links to customers begin with, where that is not --url.",
        ),
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
) -> None:
    """Write the manifest of the Slack app, to be pasted at https://api.slack.com/apps?new_app=1.

    Example: earshot manifest slack --url https://earshot.example.com
    """
    from bot.bootstrap.manifest import slack_manifest

    if bool(url) == socket_mode:
        raise SettingsInvalid("give either --url https://… or --socket-mode")
    text = slack_manifest(
        url or None, several_workspaces=several_workspaces, public_url=public_url or None
    )
    if out is None:
        typer.echo(text)
        return
    _write(out, f"{text}\n".encode())
    typer.echo(f"Wrote {out}. Paste it at https://api.slack.com/apps?new_app=1 (From a manifest).")


def teams(
    url: Annotated[str, typer.Option(help="The public https address in front of Earshot.")],
    app_id: Annotated[
        str, typer.Option(envvar="TEAMS_APP_ID", help="The Microsoft App ID of the bot.")
    ] = "",
    developer: Annotated[
        str, typer.Option(help="Who runs it, as people read it in Teams.")
    ] = "Earshot",
    without_listening: Annotated[
        bool,
        typer.Option(
            "--without-listening",
            help="Ask for no permission to see messages that do not mention Earshot.",
        ),
    ] = False,
    out: Annotated[Path, typer.Option(help="Write it to this file.")] = Path("earshot-teams.zip"),
) -> None:
    """Write the app package for Teams, to be uploaded under Apps → Manage your apps.

    Example: earshot manifest teams --url https://earshot.example.com
    """
    from bot.bootstrap.manifest import teams_package

    package = teams_package(url, app_id, developer=developer, listens=not without_listening)
    _write(out, package)
    typer.echo(f"Wrote {out}. Upload it in Teams: Apps → Manage your apps → Upload an app.")


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise SettingsInvalid(f"{out} cannot be written: {error.strerror}") from error
