"""Commands that bring knowledge in and out."""

from pathlib import Path
from typing import Annotated

import typer

from bot.settings import read_settings
from bot.use_cases.export import ExportFormat, ExportKind

_Workspace = Annotated[
    str, typer.Option(help="Whose knowledge it is; `earshot workspaces` lists them.")
]


def import_customers(
    file: Annotated[Path, typer.Argument(help="A CSV file; docs/import.md describes its columns.")],
    workspace: _Workspace = "main",
) -> None:
    """Register or update customers from a CSV file: all rows, or none and a line for each bad one.

    Example: earshot import customers customers.csv
    """
    from bot.bootstrap.data import import_customers_file

    typer.echo(import_customers_file(read_settings(), file, workspace))


def export(
    kind: Annotated[ExportKind, typer.Argument(help="What to export.")],
    format: Annotated[  # noqa: A002 - the option is called --format
        ExportFormat, typer.Option(help="One JSON object a line, or CSV for a spreadsheet.")
    ] = ExportFormat.JSONL,
    workspace: _Workspace = "main",
) -> None:
    """Write everything that is stored to standard output, with labels, links, author and time.

    Example: earshot export insights --format csv > insights.csv
    """
    from bot.bootstrap.data import export_lines

    for line in export_lines(read_settings(), kind, format, workspace):
        typer.echo(line, nl=False)


def stats(
    for_machines: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of a table.")
    ] = False,
    workspace: _Workspace = "main",
) -> None:
    """Count what is kept, how well it was read, what was asked and how answers were rated.

    No note, question or remark is shown.

    Example: earshot stats
    """
    from bot.bootstrap.data import stats_report

    typer.echo(stats_report(read_settings(), for_machines=for_machines, workspace=workspace))


def reclassify(
    everything: Annotated[
        bool, typer.Option("--all", help="Also notes that the first-choice classifier has read.")
    ] = False,
    workspace: _Workspace = "main",
) -> None:
    """Read again the notes that a fallback classified, or all of them; corrections stay.

    Example: earshot reclassify
    """
    from bot.bootstrap.data import reclassify_notes

    typer.echo(reclassify_notes(read_settings(), everything=everything, workspace=workspace))


def retrain(
    write: Annotated[
        Path | None,
        typer.Option(help="Where to put what was learned, if it is accepted; else nowhere."),
    ] = None,
    for_machines: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of a table.")
    ] = False,
    workspace: _Workspace = "main",
) -> None:
    """Learn from what people corrected, and show what that is worth; no note is shown.

    It is accepted if corrections that were left out are read better, and notes of other companies
    no worse. With --write, what is not accepted ends with code 1.

    Example: earshot retrain --write var/adjustment.npz
    """
    from bot.bootstrap.data import retrain_report

    report = retrain_report(
        read_settings(), write_to=write, for_machines=for_machines, workspace=workspace
    )
    typer.echo(report.text)
    if write is not None and not report.is_accepted:
        raise typer.Exit(1)
