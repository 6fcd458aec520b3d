"""Telling where a note speaks of different customers."""

from adapters.local_model.register import Register
from adapters.local_model.several import parts_by_customer
from adapters.local_model.statements import new_segments
from tests.unit.local_model.company import CUSTOMERS


def parts(text: str) -> list[str]:
    found = parts_by_customer(new_segments(text), Register(CUSTOMERS))
    return [text[part.segments[0].start : part.segments[-1].end] for part in found]


def test_each_customer_gets_its_own_part() -> None:
    """A sentence on another customer begins a part; one that names nobody goes on."""
    assert parts("Novara closes Lyon. They told us today. Brixholm wants a discount.") == [
        "Novara closes Lyon. They told us today.",
        "Brixholm wants a discount.",
    ]


def test_customers_of_one_sentence_stay_together() -> None:
    """Nothing inside a sentence is cut."""
    assert len(parts("Novara and Brixholm build a plant together. Brixholm pays.")) == 1


def test_an_opening_without_a_customer_belongs_to_the_first() -> None:
    """Words before the first name are not a part of their own."""
    assert len(parts("Good meeting today. Novara closes Lyon.")) == 1
