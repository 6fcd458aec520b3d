"""From rows to customers: what each row says, and whether the rows go together."""

from collections.abc import Iterator, Sequence

from bot.domain.customer import LONGEST_NAME, Contact, CustomerDraft
from bot.domain.people import Person
from bot.domain.taxonomy import CustomerStatus
from bot.use_cases.import_customers.csv_file import Row
from bot.use_cases.import_customers.findings import Findings, quoted
from bot.use_cases.import_customers.owners import Owners, same


def read_drafts(
    rows: Sequence[Row], people: Sequence[Person], findings: Findings
) -> list[CustomerDraft]:
    """The customers of the rows that are right."""
    owners = Owners(people)
    read = []
    for row in rows:
        before = len(findings.problems)
        draft = _draft(row, owners, findings)
        if len(findings.problems) == before:
            read.append((row.line, draft))
    owners.warn(findings)
    _check_names(read, findings)
    _compare_aliases(read, findings)
    return [draft for _, draft in read]


def _draft(row: Row, owners: Owners, findings: Findings) -> CustomerDraft:
    return CustomerDraft(
        name=_name(row, findings),
        aliases=tuple(dict.fromkeys(row.items("aliases"))),
        owner_id=owners.find(row, findings),
        segment=row.get("segment"),
        industry=row.get("industry"),
        status=_status(row, findings),
        contacts=tuple(_contacts(row, findings)),
        let_in=tuple(owners.listed(row, "let_in", findings)),
        kept_out=tuple(owners.listed(row, "kept_out", findings)),
    )


def _name(row: Row, findings: Findings) -> str:
    name = " ".join(row.get("name").split())
    if not name:
        findings.problem(row.line, "the name is missing: fill it in")
    elif len(name) > LONGEST_NAME:
        findings.problem(row.line, f"the name has {len(name)} characters: {LONGEST_NAME} at most")
    return name


def _status(row: Row, findings: Findings) -> CustomerStatus:
    written = row.get("status").lower()
    if not written:
        return CustomerStatus.EXISTING
    try:
        return CustomerStatus(written)
    except ValueError:
        allowed = ", ".join(CustomerStatus)
        said = f"the status {quoted(written)} is unknown: write one of {allowed}"
        findings.problem(row.line, said)
        return CustomerStatus.EXISTING


def _contacts(row: Row, findings: Findings) -> Iterator[Contact]:
    """`Dana Whitlock (VP Operations); Lorna Tate`."""
    for item in row.items("contacts"):
        name, bracket, role = item.partition("(")
        closes = role.rstrip().endswith(")")
        if not name.strip() or bool(bracket) != closes:
            findings.problem(row.line, f"the contact {quoted(item)} is not written as Name (role)")
            continue
        yield Contact(" ".join(name.split()), role.rstrip().removesuffix(")").strip())


# --- between the rows ---


def _check_names(read: Sequence[tuple[int, CustomerDraft]], findings: Findings) -> None:
    """A name that is there twice is an error."""
    lines: dict[str, int] = {}
    for line, draft in read:
        first = lines.setdefault(same(draft.name), line)
        if first != line:
            said = f"the name {quoted(draft.name)} is in line {first} too: merge the rows"
            findings.problem(line, said)


def _compare_aliases(read: Sequence[tuple[int, CustomerDraft]], findings: Findings) -> None:
    """An alias that is shared links to nobody."""
    names = {same(draft.name): line for line, draft in reversed(read)}
    aliases: dict[str, int] = {}
    for line, draft in read:
        for alias in draft.aliases:
            other = names.get(same(alias)) or aliases.get(same(alias)) or line
            if other != line:
                findings.warning(
                    line,
                    f"the alias {quoted(alias)} names the customer in line {other} too: notes that "
                    "use it are linked to neither without asking",
                )
            aliases.setdefault(same(alias), line)
