"""The product in a terminal."""

from typing import Annotated

import typer

from bot.settings import read_settings


def chat(
    name: Annotated[str, typer.Option(help="Who you are.")] = "me",
) -> None:
    """Post notes and ask questions in a terminal, as in a direct message to the bot.

    Example: earshot chat --name Anna
    """
    from bot.bootstrap.terminal import chat as run_chat

    run_chat(read_settings(), name)
