"""A small invented company for the tests of the local model."""

from bot.domain.customer import Contact, Customer
from bot.ports import NoteContext
from tests.fakes import MONDAY

NOVARA = Customer(
    id="c-novara",
    workspace="w",
    name="Novara Pharma AG",
    aliases=("Novara", "NVP"),
    contacts=(Contact("Petra Keller"), Contact("Anna Lund")),
)
BRIXHOLM = Customer(
    id="c-brixholm",
    workspace="w",
    name="Brixholm Dairy",
    aliases=("Brixholm", "the dairy", "PE"),
    contacts=(Contact("Anna Berg"), Contact("Tom Hale")),
)
CUSTOMERS = (NOVARA, BRIXHOLM)


def context(*thread: str, customers: tuple[Customer, ...] = CUSTOMERS) -> NoteContext:
    """What a note in Novara's channel is read with; the channel's name links it to Novara."""
    return NoteContext("Mika Aalto", "acct-novara", MONDAY, thread, customers, customers[:1])
