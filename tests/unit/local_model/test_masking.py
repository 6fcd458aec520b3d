"""What belongs to one company only does not reach the classifier."""

import pytest

from adapters.local_model.masking import mask
from adapters.local_model.register import Register
from tests.unit.local_model.company import CUSTOMERS

KNOWN = Register(CUSTOMERS).known_names("Mika Aalto")


@pytest.mark.parametrize(
    "leak", ["Novara", "NVP", "Petra", "Keller", "Mika", "U123", "12", "example"]
)
def test_names_addresses_and_figures_are_masked(leak: str) -> None:
    """Neither customers, contacts, the author, mentions, addresses nor figures are left."""
    text = (
        "Mika: Novara (NVP) pays 12.500,00 says Petra Keller <@U123> "
        "https://example.org/12 petra@example.org"
    )
    assert leak not in mask(text, KNOWN)


def test_the_words_that_carry_the_meaning_stay() -> None:
    """Masking leaves one word for each kind, and everything else."""
    assert mask("Novara told Petra 5 %", KNOWN) == "qcustomerq told qpersonq 0 %"


def test_two_customers_look_alike() -> None:
    """The classifier cannot tell whose note it reads."""
    assert mask("Novara complains", KNOWN) == mask("Brixholm complains", KNOWN)
