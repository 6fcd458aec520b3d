"""Finding registered contacts in a note."""

import pytest

from adapters.local_model.register import Register
from tests.unit.local_model.company import CUSTOMERS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("petra keller signs", ("Petra Keller",)),
        ("Keller signs, Tom does not", ("Petra Keller", "Tom Hale")),
        ("Anna signs", ()),
        ("Anna from Novara signs", ("Anna Lund",)),
        ("Brixholm: Anna signs", ("Anna Berg",)),
        ("a hale and hearty plant", ()),
        ("Tomorrow we meet", ()),
        ("", ()),
    ],
)
def test_contacts_are_found_where_a_name_points_to_one(
    text: str, expected: tuple[str, ...]
) -> None:
    """A full name counts always, a part where it is written as a name and is one contact's only."""
    assert Register(CUSTOMERS).contacts(text) == expected
