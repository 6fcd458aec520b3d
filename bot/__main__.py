"""The command line: `earshot …`, the same as `python -m bot …`."""

import sys

import typer

from bot.commands import data, evaluate, installations, manifest, serve, talk
from bot.commands.doctor import doctor
from bot.errors import EarshotError
from bot.logs import configure_logging

app = typer.Typer(
    help="Keeps what front-line people hear from customers, and gives it back to who may see it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
imports = typer.Typer(help="Read what was recorded elsewhere.", no_args_is_help=True)
manifests = typer.Typer(help="Describe the bot to a platform.", no_args_is_help=True)

for command in (serve.run, serve.web, serve.worker, serve.migrate, talk.chat, doctor):
    app.command()(command)
app.command("eval")(evaluate.evaluate)
app.command("export")(data.export)
app.command("stats")(data.stats)
app.command("reclassify")(data.reclassify)
app.command("retrain")(data.retrain)
app.command("workspaces")(installations.workspaces)
app.command("new-key")(installations.new_key)
imports.command("customers")(data.import_customers)
app.add_typer(imports, name="import")
manifests.command("slack")(manifest.slack)
manifests.command("teams")(manifest.teams)
app.add_typer(manifests, name="manifest")


def main() -> None:
    """Run a command; an error we know of is one clear line, not a traceback."""
    configure_logging()
    try:
        app()
    except EarshotError as error:
        typer.echo(f"earshot: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
