"""Import, export, figures and reclassification, over the store that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.bootstrap.core import WORKSPACE, build_handler
from bot.bootstrap.models import build_budget, load_models, model_use_of
from bot.domain.audience import Audience
from bot.domain.audit import OPERATOR, AuditEntry, AuditEvent
from bot.domain.model_use import ModelUse
from bot.domain.spending import Payer
from bot.errors import FileNotWritten, WorkspaceUnknown
from bot.ports import InstalledWorkspace
from bot.services.model_budget import paid_by
from bot.services.personal_data import masked
from bot.settings import Settings
from bot.use_cases import retrain as retraining
from bot.use_cases.export import ExportFormat, ExportKind, export
from bot.use_cases.import_customers import import_customers
from bot.use_cases.reclassify import Reclassify
from bot.use_cases.stats import as_json, as_table, stats

if TYPE_CHECKING:
    from knowledge_store import Store


@contextmanager
def opened_store(settings: Settings) -> "Iterator[Store]":
    """The store for a command that enqueues no work."""
    from adapters.inline_jobs import InlineJobs
    from adapters.system_clock import SystemClock
    from knowledge_store import check_schema, open_engine, open_store

    engine = open_engine(settings.database_url)
    check_schema(engine)
    store = open_store(engine, InlineJobs(), clock=SystemClock(), mask=masked)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_workspace(settings: Settings, workspace: str) -> "Iterator[tuple[Store, Audience]]":
    """The store, and who sees everything in this workspace. Raises WorkspaceUnknown."""
    with opened_store(settings) as store:
        known = {WORKSPACE, *(one.workspace for one in store.workspaces())}
        if workspace not in known:
            raise WorkspaceUnknown(workspace)
        yield store, Audience.operator(workspace)


def import_customers_file(settings: Settings, file: Path, workspace: str) -> str:
    """Import customers, and say what was done and what is worth a look."""
    with opened_workspace(settings, workspace) as (store, _):
        report = import_customers(
            file, workspace=workspace, customers=store.customers, directory=store.directory
        )
    done = f"{report.created} customers created, {report.updated} updated."
    return "\n".join((done, *(f"Worth a look: {warning}" for warning in report.warnings)))


def workspace_lines(settings: Settings) -> list[str]:
    """A line for each workspace that has its own knowledge; never a token."""
    with opened_store(settings) as store:
        ours = f"{WORKSPACE}  Teams, and Slack by SLACK_BOT_TOKEN"
        return [ours, *map(_told, store.workspaces())]


def _told(one: InstalledWorkspace) -> str:
    if one.installed_at is None:
        return f"{one.workspace}  not installed any more; what it kept is still there"
    whole = ", installed for the whole organisation" if one.is_org_wide else ""
    return f"{one.workspace}  {one.name}{whole}, since {one.installed_at:%Y-%m-%d}"


def export_lines(
    settings: Settings, kind: ExportKind, form: ExportFormat, workspace: str
) -> Iterator[str]:
    """Everything of a kind, line by line, as the operator may see it."""
    with opened_workspace(settings, workspace) as (store, operator):
        store.audit.record(AuditEntry(workspace, AuditEvent.EXPORTED, OPERATOR, kind.value))
        yield from export(
            kind,
            form,
            operator,
            notes=store.notes,
            customers=store.customers,
            ratings=store.ratings,
        )


def settings_line(settings: Settings, workspace: str, use: ModelUse | None) -> str:
    """Decide what may go to a remote model, unless None; and say what may."""
    with opened_workspace(settings, workspace) as (store, _):
        if use is not None:
            store.workspace_settings.set_model_use(workspace, use, by=OPERATOR)
        decided = store.workspace_settings.model_use(workspace)
    if decided is None:
        return f"model use: {settings.earshot_model_use}, by EARSHOT_MODEL_USE"
    return f"model use: {decided}, decided for this workspace"


def stats_report(settings: Settings, *, for_machines: bool, workspace: str) -> str:
    """The figures of everything, as the operator may see it."""
    with opened_workspace(settings, workspace) as (store, operator):
        counted = stats(
            operator,
            notes=store.notes,
            learning=store.learning,
            questions=store.questions,
            ratings=store.ratings,
        )
    return as_json(counted) if for_machines else as_table(counted)


def reclassify_notes(settings: Settings, *, everything: bool, workspace: str) -> str:
    """Read notes again, and say how many."""
    from adapters.system_clock import SystemClock

    with opened_workspace(settings, workspace) as (store, operator):
        models = load_models(
            settings, budget=build_budget(settings, store), use_of=model_use_of(settings, store)
        )
        handler = build_handler(store, models, {}, SystemClock())
        again = Reclassify(store.notes, store.directory, handler.capture)
        with paid_by(Payer(workspace)):
            count = again.run(operator, everything=everything)
    return f"{count.read_again} of {count.looked_at} notes were read again."


@dataclass(frozen=True, slots=True)
class RetrainReport:
    """What `earshot retrain` says, and whether what was learned may be used."""

    text: str
    is_accepted: bool


def retrain_report(
    settings: Settings, *, write_to: Path | None, for_machines: bool, workspace: str
) -> RetrainReport:
    """Learn from what people corrected; write the file where one is named and it is any better."""
    from adapters.local_model import LocalRetrainer

    with opened_workspace(settings, workspace) as (store, operator):
        retrained = retraining.retrain(
            operator, learning=store.learning, retrainer=LocalRetrainer()
        )
    written = None
    if write_to is not None and retrained.is_accepted:
        _write_whole(write_to, retrained.proposal.content)
        written = str(write_to)
    show = retraining.as_json if for_machines else retraining.as_table
    return RetrainReport(show(retrained, written), retrained.is_accepted)


def _write_whole(path: Path, content: bytes) -> None:
    """Put the file there in one step: who starts meanwhile reads the old one or the new one."""
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise FileNotWritten(str(path)) from error
