"""The register of customers is arranged once, and then found quickly."""

import dataclasses

from adapters.local_model.names import customer_names, find_names
from adapters.local_model.register import Register, Registers
from bot.domain.customer import Contact, Customer
from tests.unit.local_model.company import BRIXHOLM, CUSTOMERS, NOVARA


def _customer(number: int) -> Customer:
    name = f"Kunde{number:04d}"
    contacts = (Contact(f"Given{number} Family{number}"),)
    return Customer(f"c{number}", "w", f"{name} GmbH", aliases=(name,), contacts=contacts)


def test_the_same_customers_are_arranged_once() -> None:
    """The tuple that comes with each note is the same until a customer changes."""
    registers = Registers()
    assert registers.of(CUSTOMERS) is registers.of(CUSTOMERS)


def test_changed_customers_are_arranged_anew() -> None:
    """Another tuple is another register, also where it has as many customers."""
    registers = Registers()
    assert registers.of(CUSTOMERS).named("Larch rang") == []
    renamed = dataclasses.replace(NOVARA, name="Larch")
    assert registers.of((renamed, BRIXHOLM)).named("Larch rang") == [renamed]


def test_only_the_last_few_registers_are_kept() -> None:
    """A process that sees many customer lists does not grow with them."""
    registers = Registers()
    first = registers.of(CUSTOMERS)
    for number in range(4):
        registers.of((_customer(number),))
    assert registers.of(CUSTOMERS) is not first


def test_a_customer_is_named_by_any_of_its_names() -> None:
    """In the order of the register, each once."""
    named = Register(CUSTOMERS).named("The dairy, Brixholm that is, and NVP build a plant")
    assert named == [NOVARA, BRIXHOLM]


def test_a_name_that_two_customers_share_names_both() -> None:
    """Which of them is meant is for others to ask."""
    twin = dataclasses.replace(BRIXHOLM, aliases=("Novara",))
    assert Register((NOVARA, twin)).named("Novara rang") == [NOVARA, twin]


def test_few_names_are_looked_at_however_many_there_are() -> None:
    """Of three thousand customers only those that a word begins like are searched for."""
    customers = tuple(_customer(number) for number in range(3_000))
    text = "Novara told Given7 Family7 about Larch"
    among = Register((*customers, NOVARA)).known_names("Mika Aalto").customers.among(text)
    assert among == ["Novara"]
    everything = [name for c in (*customers, NOVARA) for name in customer_names(c)]
    assert [m.name for m in find_names(text, everything)] == ["Novara"]
