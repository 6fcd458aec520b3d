"""The command line: `earshot …`, the same as `python -m bot …`."""

import sys

import typer

from bot.commands import (
    backups,
    data,
    evaluate,
    installations,
    manifest,
    privacy,
    serve,
    talk,
    walls,
)
from bot.commands.doctor import doctor
from bot.errors import EarshotError
from bot.logs import configure_logging, take_over_hooks

app = typer.Typer(
    help="Keeps what front-line people hear from customers, and gives it back to who may see it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
audits = typer.Typer(help="Who saw or changed what.", no_args_is_help=True)
imports = typer.Typer(help="Read what was recorded elsewhere.", no_args_is_help=True)
manifests = typer.Typer(help="Describe the bot to a platform.", no_args_is_help=True)

for command in (serve.run, serve.web, serve.worker, serve.migrate, talk.chat, doctor):
    app.command()(command)
app.command("eval")(evaluate.evaluate)
app.command("export")(data.export)
app.command("stats")(data.stats)
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)
app.command("reclassify")(data.reclassify)
app.command("retrain")(data.retrain)
app.command("forget")(privacy.forget)
app.command("scrub")(privacy.scrub)
app.command("retention")(privacy.retention)
app.command("settings")(privacy.settings)
audits.command("verify")(privacy.audit_verify)
audits.command("list")(privacy.audit_list)
app.add_typer(audits, name="audit")
app.command("walls")(walls.walls)
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
    take_over_hooks()
    try:
        app()
    except EarshotError as error:
        typer.echo(f"earshot: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
