"""Customers come in from a CSV file, all of them or none, with a message for each bad row."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.domain.customer import Contact, CustomerDraft
from bot.domain.people import Person
from bot.domain.taxonomy import CustomerStatus
from bot.errors import ImportRejected
from bot.ports import CustomerStore, DirectoryStore
from bot.use_cases.import_customers import ImportReport, import_customers

HEADING = "name,aliases,owner,segment,industry,status,contacts\n"
DOCS = Path(__file__).parents[2] / "docs" / "import.md"


class CustomersInMemory(CustomerStore):
    """Remembers what was imported."""

    def __init__(self) -> None:
        self.drafts: list[CustomerDraft] = []

    def import_all(self, workspace: str, drafts: Sequence[CustomerDraft]) -> tuple[int, int]:
        known = {draft.name for draft in self.drafts}
        self.drafts = [*self.drafts, *drafts]
        changed = sum(draft.name in known for draft in drafts)
        return len(drafts) - changed, changed


class PeopleInMemory(DirectoryStore):
    """Knows three employees, two of the same name."""

    def people(self, workspace: str) -> tuple[Person, ...]:
        return (
            Person("U1", workspace, "Mirja Halonen"),
            Person("U2", workspace, "Sam Lee"),
            Person("U3", workspace, "Sam Lee"),
        )


class NobodyYet(DirectoryStore):
    """A fresh install: nobody has written to the bot."""

    def people(self, workspace: str) -> tuple[Person, ...]:
        return ()


@pytest.fixture
def store() -> CustomersInMemory:
    return CustomersInMemory()


def run(text: str | Path, store: CustomersInMemory) -> ImportReport:
    source = text if isinstance(text, Path) else io.StringIO(text, newline="")
    return import_customers(source, workspace="W", customers=store, directory=PeopleInMemory())


def problems(text: str | Path, store: CustomersInMemory) -> tuple[str, ...]:
    with pytest.raises(ImportRejected) as rejected:
        run(text, store)
    assert store.drafts == []
    return rejected.value.problems


def test_every_column_is_imported(store: CustomersInMemory) -> None:
    """Lists are separated by semicolons, a contact's role stands in brackets."""
    row = 'Velmora Therapeutics,Velmora; VMT,mirja halonen,virtual,"capsules, US",prospect,'
    report = run(HEADING + row + "Dana Whitlock (VP Operations); Lorna Tate\n", store)
    assert report == ImportReport(created=1, updated=0)
    assert store.drafts == [
        CustomerDraft(
            name="Velmora Therapeutics",
            aliases=("Velmora", "VMT"),
            owner_id="U1",
            segment="virtual",
            industry="capsules, US",
            status=CustomerStatus.PROSPECT,
            contacts=(Contact("Dana Whitlock", "VP Operations"), Contact("Lorna Tate")),
        )
    ]


def test_the_name_alone_is_enough(store: CustomersInMemory) -> None:
    """Other columns may be missing, empty, or in another order; blank lines are passed over."""
    run("Status,NAME\nformer, Velmora \n\n,Kestrin\n", store)
    assert [(d.name, d.status) for d in store.drafts] == [
        ("Velmora", CustomerStatus.FORMER),
        ("Kestrin", CustomerStatus.EXISTING),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_spreadsheets_save_is_read(
    encoding: str, separator: str, tmp_path: Path, store: CustomersInMemory
) -> None:
    """Whichever encoding and separator the country's spreadsheet uses."""
    file = tmp_path / "customers.csv"
    file.write_bytes(f"name{separator}segment\r\nSablière{separator}Größe\r\n".encode(encoding))
    run(file, store)
    assert [(d.name, d.segment) for d in store.drafts] == [("Sablière", "Größe")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("company\nVelmora\n", "line 1: there is no column name"),
        ("name,colour\nVelmora,red\n", "line 1: the column 'colour' is unknown"),
        ("name,name\nVelmora,V\n", "line 1: the column name is there twice"),
        ("name,\nVelmora,V\n", "line 1: a column has no name"),
        ("name,segment\nVelmora,a\n,mid\n", "line 3: the name is missing"),
        (f"name\n{'x' * 201}\n", "line 2: the name has 201 characters"),
        ("name,status\nVelmora,lost\n", "line 2: the status “lost” is unknown"),
        ("name,owner\nVelmora,Sam Lee\n", "line 2: the owner “Sam Lee” is the name of several"),
        ("name,contacts\nVelmora,Dana (VP\n", "line 2: the contact “Dana (VP” is not written as"),
        ("name,contacts\nVelmora,(VP)\n", "line 2: the contact “(VP)” is not written as"),
        ("name\nVelmora\nKestrin\nvelmora\n", "line 4: the name “velmora” is in line 2 too"),
        ("name,segment\nVelmora,a,b\n", "line 2: has 3 cells for 2 columns"),
        ('name\nVelmora\n"Kestrin\nHollis\n', "line 3: the quotes are broken"),
        ('name\n"Kes"trin\n', "line 2: the quotes are broken"),
        ("name\nVelmora\nKes\0trin\n", "line 3: has a NUL character"),
        (f"name\n{'x' * 1_100_000}\n", "line 2: a cell is longer than"),
    ],
)
def test_a_bad_row_is_named_with_its_line(
    text: str, expected: str, store: CustomersInMemory
) -> None:
    """The message says where, what, and what to do; nothing is imported."""
    found = problems(text, store)
    assert any(problem.startswith(expected) for problem in found), found


def test_the_line_counts_line_breaks_within_cells(store: CustomersInMemory) -> None:
    """A row is named by the line that an editor shows."""
    text = 'name,segment\nVelmora,"two\nlines"\nKestrin,\n,mid\n'
    assert problems(text, store) == ("line 5: the name is missing: fill it in",)


def test_one_bad_row_keeps_the_good_ones_out(store: CustomersInMemory) -> None:
    """All problems are told at once, of every row."""
    found = problems("name,status\nVelmora,\n,lost\nKestrin,gone\n", store)
    assert [problem[:6] for problem in found] == ["line 3", "line 3", "line 4"]


def test_a_long_list_of_problems_is_cut(store: CustomersInMemory) -> None:
    """Nobody reads five thousand lines."""
    found = problems("name,segment\n" + ",x\n" * 5_000, store)
    assert len(found) == 51
    assert found[-1] == "and 4950 more problems; correct these first"


def test_a_shared_alias_is_imported_with_a_warning(store: CustomersInMemory) -> None:
    """It is no mistake, but a note that uses it will be asked about."""
    report = run("name,aliases\nVelmora,VMT\nKestrin,vmt\nHollis,Velmora\n", store)
    assert report.created == 3
    assert [warning[:27] for warning in report.warnings] == [
        "line 3: the alias “vmt” nam",
        "line 4: the alias “Velmora”",
    ]


def test_an_owner_who_is_not_known_yet_is_left_out_with_a_warning(store: CustomersInMemory) -> None:
    """On a fresh install nobody is known, and the customers are wanted all the same."""
    report = run("name,owner\nVelmora,Ida Berg\nKestrin,Mirja Halonen\n", store)
    assert [(d.name, d.owner_id) for d in store.drafts] == [("Velmora", None), ("Kestrin", "U1")]
    assert report.warnings == (
        "line 2: the owner “Ida Berg” is not known here yet and was left out: "
        "import again once they have written to Earshot",
    )


def test_an_owner_who_is_not_known_yet_is_named_once(store: CustomersInMemory) -> None:
    """However many customers they own."""
    report = run("name,owner\n" + "".join(f"C{n},Ida Berg\n" for n in range(200)), store)
    assert report.created == 200
    [warning] = report.warnings
    assert warning.startswith("line 2: the owner “Ida Berg” is not known here yet")
    assert "and in 199 more rows" in warning


def test_formula_like_cells_stay_text(store: CustomersInMemory) -> None:
    """As they are, and without the apostrophe that an export put before them."""
    run("name,segment\n=SUM(A1),+plus\n'@home,'-\n", store)
    assert [(d.name, d.segment) for d in store.drafts] == [("=SUM(A1)", "+plus"), ("@home", "-")]


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, store: CustomersInMemory) -> None:
    """With its name, not a traceback."""
    (found,) = problems(tmp_path / "missing.csv", store)
    assert found.endswith("missing.csv cannot be read: No such file or directory")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path, store: CustomersInMemory) -> None:
    """A workbook is not a CSV file."""
    file = tmp_path / "customers.xlsx"
    file.write_bytes(b"PK\x03\x04\x81\x8d\x8f\x90\x9d")
    (found,) = problems(file, store)
    assert found.endswith("save it as CSV in UTF-8")


def test_the_example_in_the_documentation_imports(store: CustomersInMemory) -> None:
    """What docs/import.md shows is accepted as it stands there."""
    example = DOCS.read_text(encoding="utf-8").split("```csv\n")[1].split("```")[0]
    assert run(example, store).created == 3


def test_the_example_imports_on_a_fresh_install(store: CustomersInMemory) -> None:
    """Where nobody has written to the bot yet, it takes the customers and names the owner."""
    example = DOCS.read_text(encoding="utf-8").split("```csv\n")[1].split("```")[0]
    report = import_customers(
        io.StringIO(example), workspace="W", customers=store, directory=NobodyYet()
    )
    assert report.created == 3
    assert [warning[:34] for warning in report.warnings] == [
        "line 2: the owner “Mirja Halonen” "[:34]
    ]


def test_importing_again_gives_the_owner_that_is_known_by_then(store: CustomersInMemory) -> None:
    """What the warning says to do does it."""
    text = "name,owner\nVelmora,Mirja Halonen\n"
    import_customers(io.StringIO(text), workspace="W", customers=store, directory=NobodyYet())
    assert run(text, store) == ImportReport(created=0, updated=1)
    assert [draft.owner_id for draft in store.drafts] == [None, "U1"]
