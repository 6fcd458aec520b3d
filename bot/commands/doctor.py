"""Checks everything that can be wrong with an installation."""

import typer

from bot.settings import read_settings


def doctor() -> None:
    """Check settings, database, models, engine and channels; say what is wrong and what to do.

    Example: earshot doctor
    """
    from bot.bootstrap.doctor import examine

    findings = examine(read_settings())
    for finding in findings:
        typer.echo(f"{'ok ' if finding.is_fine else 'BAD'}  {finding.subject}: {finding.said}")
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(1)
