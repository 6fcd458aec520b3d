"""Erasing, retention and the audit log, over the store that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from bot.bootstrap.data import opened_store, opened_workspace
from bot.domain.audience import Audience
from bot.domain.audit import OPERATOR, AuditRecord, AuditVerdict
from bot.domain.erasure import ErasureKind, ErasureTarget
from bot.errors import NotFound
from bot.settings import Settings
from bot.use_cases.forget import lines_of

if TYPE_CHECKING:
    from knowledge_store import Store


class Erasure:
    """One erasure, from what it would take to the deed."""

    def __init__(self, store: "Store", target: ErasureTarget, name: str) -> None:
        self._store = store
        self._target = target
        self.name = name

    def preview(self) -> list[str]:
        """What would go; the first line names whom or what."""
        return [self.name, *lines_of(self._store.erasures.preview(self._target))]

    def carry_out(self, *, rewrite: bool) -> list[str]:
        """Erase it, and leave no trace on the disk."""
        counts = self._store.erasures.erase(self._target, by=OPERATOR)
        return [self.name, *lines_of(counts), _scrubbed(self._store, rewrite=rewrite)]


@contextmanager
def opened_erasure(
    settings: Settings, kind: ErasureKind, subject: str, workspace: str
) -> Iterator[Erasure]:
    """A person or customer by id or whole name, a note by id. Raises NotFound, WorkspaceUnknown."""
    if kind is ErasureKind.WORKSPACE:
        workspace = subject
    with opened_workspace(settings, workspace) as (store, operator):
        subject_id, name = _meant(store, operator, kind, subject)
        yield Erasure(store, ErasureTarget(kind, workspace, subject_id), name)


def _meant(store: "Store", operator: Audience, kind: ErasureKind, subject: str) -> tuple[str, str]:
    match kind:
        case ErasureKind.CUSTOMER:
            by_id = store.customers.get(subject, operator)
            named = (by_id,) if by_id else store.customers.named(subject, operator)
            return _one_of([(found.id, found.name) for found in named], subject)
        case ErasureKind.PERSON:
            return _person(store, operator.workspace, subject)
        case _:
            return subject, subject


def _person(store: "Store", workspace: str, subject: str) -> tuple[str, str]:
    """By id, also of somebody who is not in the directory any more."""
    named = [
        p for p in store.directory.people(workspace) if p.name.casefold() == subject.casefold()
    ]
    if not named:
        known = store.directory.person(workspace, subject)
        return subject, known.name if known else subject
    return _one_of([(person.id, person.name) for person in named], subject)


def _one_of(found: list[tuple[str, str]], subject: str) -> tuple[str, str]:
    if len(found) != 1:
        ids = ", ".join(one for one, _ in found)
        raise NotFound(f"{subject}: {f'it may be any of {ids}' if found else 'unknown'}")
    return found[0]


def scrub(settings: Settings, *, rewrite: bool) -> str:
    """Leave nothing on the disk of what was deleted."""
    with opened_store(settings) as store:
        return _scrubbed(store, rewrite=rewrite)


def _scrubbed(store: "Store", *, rewrite: bool) -> str:
    if store.erasures.scrub(rewrite=rewrite):
        return "Nothing of it is left in the database's files."
    return (
        "Somebody was reading all the while, so traces may be left in the database's log: run "
        "`earshot scrub` once more."
    )


def apply_retention(settings: Settings, workspace: str, days: int | None, *, dry_run: bool) -> str:
    """Say or do what keeping notes for so many days means; None keeps them for ever."""
    with opened_workspace(settings, workspace) as (store, _):
        if days is None:
            store.erasures.set_retention(workspace, None, by=OPERATOR)
            return "Everything is kept from now on."
        counts = store.erasures.expire(workspace, days, dry_run=True)
        told = "\n".join(lines_of(counts))
        if dry_run:
            return f"Older than {days} days, and would go:\n{told}\nNothing was changed."
        store.erasures.set_retention(workspace, days, by=OPERATOR)
        store.erasures.expire(workspace, days, dry_run=False)
        return f"Older than {days} days, and gone:\n{told}\n{_scrubbed(store, rewrite=False)}"


def kept_for(settings: Settings, workspace: str) -> str:
    """The retention that is set."""
    with opened_workspace(settings, workspace) as (store, _):
        days = store.erasures.retention(workspace)
    return "Everything is kept." if days is None else f"Notes and questions go after {days} days."


def audit_verdicts(settings: Settings) -> list[AuditVerdict]:
    """Of every workspace that has a log."""
    with opened_store(settings) as store:
        return [store.audit.verify(workspace) for workspace in store.audit.workspaces()]


def audit_records(
    settings: Settings, workspace: str, *, person_id: str | None, day: date | None
) -> Iterator[AuditRecord]:
    """In order."""
    with opened_store(settings) as store:
        yield from store.audit.entries(workspace, person_id=person_id, day=day)
