"""What the encoder reads of a statement and of a question."""

from dataclasses import replace

from adapters.local_model.passages import passage_text, question_text
from tests.unit.local_model.company import BRIXHOLM, NOVARA


def test_a_statement_goes_with_its_customers_and_the_conversation() -> None:
    """The industry stands beside the name, where it is known."""
    dairy = replace(BRIXHOLM, industry="dairy products")
    assert passage_text("they pay late", [NOVARA, dairy], "visits") == (
        "passage: Novara Pharma AG; Brixholm Dairy (dairy products) | visits: they pay late"
    )


def test_a_statement_on_nobody_said_nowhere_stands_alone() -> None:
    """What is not known leaves no mark."""
    assert passage_text("they pay late", [], "") == "passage: they pay late"


def test_no_more_than_three_customers_are_named() -> None:
    """A list of names would push the statement out."""
    many = [replace(NOVARA, name=f"Customer{number}") for number in range(5)]
    text = passage_text("they pay late", many, "")
    assert text == "passage: Customer0; Customer1; Customer2 | they pay late"


def test_a_question_stands_before_the_one_that_it_follows_up_on() -> None:
    """Its own words come first, since the first words are those that count."""
    assert question_text("and in May?", "who pays late?") == "query: and in May? / who pays late?"
    assert question_text("who pays late?") == "query: who pays late?"
