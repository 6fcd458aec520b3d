"""Commands that erase, and that tell who saw or changed what."""

from datetime import datetime
from typing import Annotated

import typer

from bot.domain.audit import AuditRecord, AuditVerdict
from bot.domain.erasure import ErasureKind
from bot.domain.model_use import ModelUse
from bot.settings import read_settings

_Workspace = Annotated[
    str, typer.Option(help="Whose knowledge it is; `earshot workspaces` lists them.")
]
_Rewrite = Annotated[
    bool,
    typer.Option(
        "--rewrite/--no-rewrite",
        help="Copy whole tables, so that the disk keeps no trace; nobody else can work meanwhile.",
    ),
]


def forget(
    kind: Annotated[ErasureKind, typer.Argument(help="What is erased.")],
    subject: Annotated[
        str, typer.Argument(help="A person's or customer's id or whole name, or the others' id.")
    ],
    *,
    workspace: _Workspace = "main",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    rewrite: _Rewrite = True,
) -> None:
    """Erase a person, a customer, a note or a whole workspace from every place, for good.

    Example: earshot forget person U012ABCDEF --dry-run
    """
    from bot.bootstrap.privacy import opened_erasure

    with opened_erasure(read_settings(), kind, subject, workspace) as erasure:
        _say(erasure.preview())
        if dry_run:
            typer.echo("Nothing was changed.")
            return
        if not yes:
            typer.confirm(f"Erase {erasure.name} for good?", abort=True)
        _say(erasure.carry_out(rewrite=rewrite)[-1:])


def scrub(rewrite: _Rewrite = True) -> None:
    """Leave nothing in the database's files of what was deleted.

    Example: earshot scrub
    """
    from bot.bootstrap.privacy import scrub as scrub_files

    typer.echo(scrub_files(read_settings(), rewrite=rewrite))


def retention(
    workspace: _Workspace = "main",
    days: Annotated[
        int | None, typer.Option(min=1, help="Notes and questions go when they are so old.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep everything from now on.")] = False,
    apply: Annotated[
        bool,
        typer.Option("--apply/--dry-run", help="Do it, now and daily; else say what it means."),
    ] = False,
) -> None:
    """Show or set for how long notes, questions and answers are kept; without it, for ever.

    Example: earshot retention --days 730 --dry-run
    """
    from bot.bootstrap.privacy import apply_retention, kept_for

    settings = read_settings()
    if days is None and not keep:
        typer.echo(kept_for(settings, workspace))
        return
    typer.echo(apply_retention(settings, workspace, None if keep else days, dry_run=not apply))


def settings(
    workspace: _Workspace = "main",
    model_use: Annotated[
        ModelUse | None,
        typer.Option(
            help="What may go to language and embedding models: nothing, all but personal data, or "
            "everything."
        ),
    ] = None,
) -> None:
    """Show or change what was decided for a workspace.

    Example: earshot settings --model-use redacted
    """
    from bot.bootstrap.data import settings_line

    typer.echo(settings_line(read_settings(), workspace, model_use))


def audit_verify() -> None:
    """Check that the audit log is as it was written; ends with code 1 where it is not.

    Whoever keeps the last digest elsewhere also notices a log that was made anew.

    Example: earshot audit verify
    """
    from bot.bootstrap.privacy import audit_verdicts

    verdicts = audit_verdicts(read_settings())
    for verdict in verdicts:
        typer.echo(_told(verdict))
    if any(verdict.broken_at for verdict in verdicts):
        raise typer.Exit(1)


def audit_list(
    workspace: _Workspace = "main",
    person: Annotated[str | None, typer.Option(help="Only what this person did or saw.")] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only this day (UTC).")
    ] = None,
) -> None:
    """List who was shown what, who was refused, and what was changed: times and ids.

    Example: earshot audit list --person U012ABCDEF --day 2026-11-23
    """
    from bot.bootstrap.privacy import audit_records

    on = day.date() if day else None
    for record in audit_records(read_settings(), workspace, person_id=person, day=on):
        typer.echo(_line(record))


def _say(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line)


def _told(verdict: AuditVerdict) -> str:
    if verdict.broken_at is None:
        return f"{verdict.workspace}  {verdict.entries} entries fit, the last is {verdict.digest}"
    return f"{verdict.workspace}  BROKEN at entry {verdict.broken_at}"


def _line(record: AuditRecord) -> str:
    entry = record.entry
    return "\t".join(
        (
            str(record.position),
            record.at.isoformat(timespec="seconds"),
            entry.event,
            entry.actor_id,
            entry.subject,
            " ".join(entry.ids),
        )
    )
