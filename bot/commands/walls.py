"""The command that shows and changes who may know of a customer."""

from typing import Annotated

import typer

from bot.domain.wall import WallChange
from bot.settings import read_settings


def walls(
    customer: Annotated[
        str | None, typer.Argument(help="A customer's name; without one, every wall is listed.")
    ] = None,
    *,
    allow: Annotated[
        list[str] | None, typer.Option(help="Let in a person, by id; nobody else gets in then.")
    ] = None,
    deny: Annotated[
        list[str] | None, typer.Option(help="Keep a person out, by id, whatever else is set.")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="Take a person off both lists, by id.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Take the wall down.")] = False,
    workspace: Annotated[
        str, typer.Option(help="Whose customers they are; `earshot workspaces` lists them.")
    ] = "main",
) -> None:
    """Show or change who may know of a customer, and of what was heard from it.

    Example: earshot walls "Novara Pharma" --allow U012ABCDEF --allow U034GHIJKL
    """
    from bot.bootstrap.walls import wall_lines

    change = WallChange(tuple(allow or ()), tuple(deny or ()), tuple(drop or ()), opens=off)
    for line in wall_lines(read_settings(), customer, change, workspace):
        typer.echo(line)
