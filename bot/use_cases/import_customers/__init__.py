"""Registers customers from a CSV file, all of them or none. The format is in docs/import.md."""

from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bot.ports import CustomerStore, DirectoryStore
from bot.use_cases.import_customers.csv_file import COLUMNS, read_rows
from bot.use_cases.import_customers.drafts import read_drafts
from bot.use_cases.import_customers.findings import Findings

__all__ = ["COLUMNS", "ImportReport", "import_customers"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. `warnings` name what was imported and is worth a look."""

    created: int
    updated: int
    warnings: tuple[str, ...] = ()


def import_customers(
    source: TextIO | Path,
    *,
    workspace: str,
    customers: CustomerStore,
    directory: DirectoryStore,
) -> ImportReport:
    """Register every customer of the file, or change those that have the same name.

    An owner is a person's id or full name. Raises ImportRejected, and changes nothing, when any
    row is wrong.
    """
    findings = Findings()
    rows = read_rows(source, findings)
    findings.check()
    drafts = read_drafts(rows, directory.people(workspace), findings)
    findings.check()
    created, updated = customers.import_all(workspace, drafts)
    return ImportReport(created, updated, tuple(findings.warnings))
