"""Who of us looks after a customer, by id or by name."""

from collections.abc import Iterator, Sequence

from bot.domain.people import Person
from bot.use_cases.import_customers.csv_file import Row
from bot.use_cases.import_customers.findings import Findings, quoted


class Owners:
    """Finds an employee by id, or by a name that one alone has."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._ids = {person.id for person in people}
        self._by_name: dict[str, list[str]] = {}
        self._unknown: dict[str, list[int]] = {}
        for person in people:
            self._by_name.setdefault(same(person.name), []).append(person.id)

    def find(self, row: Row, findings: Findings) -> str | None:
        """The owner's id. Somebody we have not met yet is no reason to keep the customer out."""
        written = row.get("owner")
        if not written or written in self._ids:
            return written or None
        found = self._by_name.get(same(written), [])
        if len(found) == 1:
            return found[0]
        if found:
            findings.problem(
                row.line,
                f"the owner {quoted(written)} is the name of several people: write the person's "
                "id, or leave it empty",
            )
        else:
            self._unknown.setdefault(written, []).append(row.line)
        return None

    def listed(self, row: Row, column: str, findings: Findings) -> Iterator[str]:
        """The ids of those on one list of a wall.

        An id counts though we have not met them yet. Who cannot be told by their name keeps the
        file out: a wall with a gap is none.
        """
        for written in row.items(column):
            named = self._by_name.get(same(written), [])
            if written in self._ids or (" " not in written and not named):
                yield written
            elif len(named) == 1:
                yield named[0]
            else:
                said = f"{quoted(written)} in {column} is nobody that can be told: write their id"
                findings.problem(row.line, said)

    def warn(self, findings: Findings) -> None:
        """Name everybody who could not be found, once: on a fresh install nobody is known."""
        for written, (first, *others) in self._unknown.items():
            rows = f", here and in {len(others)} more rows" if others else ""
            findings.warning(
                first,
                f"the owner {quoted(written)} is not known here yet and was left out{rows}: "
                "import again once they have written to Earshot",
            )


def same(name: str) -> str:
    """What names are compared by: neither case nor blanks tell them apart."""
    return " ".join(name.casefold().split())
