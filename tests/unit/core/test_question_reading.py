"""What a question is read as: whom it is on, and which words to look for."""

import pytest

from bot.domain.answer import Question
from bot.domain.customer import Customer
from bot.domain.people import Conversation, ConversationKind
from bot.services.customer_linking import CustomerLinker
from bot.services.question_reading import QuestionReading, read_question
from bot.services.registry import Registry
from tests.fakes import MONDAY

NOVARA = Customer("c1", "w", "Novara Pharma", ("Novara",))
BRENDAL = Customer("c2", "w", "Brenndal")
ACME = (Customer("c3", "w", "Acme AI", ("Acme",)), Customer("c4", "w", "Acme Foods", ("Acme",)))
CUSTOMERS = (NOVARA, BRENDAL, *ACME)
ON_BRENNDAL = Conversation(
    "brenndal", "w", "stage", ConversationKind.PUBLIC, "visits", (), customer_id="c2"
)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry(CUSTOMERS, CustomerLinker(CUSTOMERS, []))


def asked(text: str, *customer_ids: str) -> Question:
    return Question("q0", "w", "dm", None, "anna", text, MONDAY, "en", customer_ids)


def read(
    registry: Registry,
    text: str,
    *,
    where: Conversation | None = None,
    earlier: Question | None = None,
) -> QuestionReading:
    return read_question(text, where, registry, earlier)


def test_the_customer_s_name_is_no_word_to_look_for(registry: Registry):
    """Every note on the customer has it: it would tell none of them apart."""
    found = read(registry, "what does Novara think of our reports?")
    assert found.customer_ids == ("c1",)
    assert found.words == "what does think of our reports?"


def test_a_question_that_is_only_a_name_keeps_it(registry: Registry):
    """There is nothing else to look for."""
    assert read(registry, "Novara?").words == "Novara?"


def test_an_ambiguous_name_is_looked_up_on_all_it_may_mean(registry: Registry):
    """Each citation says whose it is, so the asker can tell."""
    assert set(read(registry, "what does Acme want?").customer_ids) == {"c3", "c4"}


def test_a_short_question_is_on_the_customer_of_the_one_before(registry: Registry):
    """The customer carries over, the earlier words do not drown the new ones."""
    earlier = asked("what does Novara think of our reports?", "c1")
    found = read(registry, "and who decides there?", earlier=earlier)
    assert (found.customer_ids, found.words) == (("c1",), "and who decides there?")
    assert found.follows == earlier.text


def test_a_short_question_leans_on_the_words_of_one_that_named_nobody(registry: Registry):
    """`and in May?` means nothing by itself."""
    found = read(registry, "and in May?", earlier=asked("who asked about blister packs?"))
    assert found.words == "and in May?\nwho asked about blister packs?"
    assert found.customer_ids == ()
    assert found.follows == "who asked about blister packs?"


def test_naming_another_customer_changes_the_subject(registry: Registry):
    """The earlier question does not follow."""
    found = read(registry, "and Brenndal?", earlier=asked("who decides at Novara?", "c1"))
    assert (found.customer_ids, found.follows) == (("c2",), "")


def test_a_long_question_stands_for_itself(registry: Registry):
    """Whoever writes it all out leans on nothing."""
    text = "which of the lines that we have in the north could run blister packs next spring"
    found = read(registry, text, earlier=asked("who decides at Novara?", "c1"))
    assert (found.customer_ids, found.words, found.follows) == ((), text, "")


def test_the_customer_of_the_channel_is_meant_where_nobody_is_named(registry: Registry):
    """In a channel on one customer nobody repeats its name."""
    text = "what do they think of the reports?"
    assert read(registry, text, where=ON_BRENNDAL).customer_ids == ("c2",)
    assert read(registry, text).customer_ids == ()


def test_a_name_goes_before_the_customer_of_the_channel(registry: Registry):
    """One may ask about Novara in Brenndal's channel."""
    assert read(registry, "what of Novara?", where=ON_BRENNDAL).customer_ids == ("c1",)


def test_an_organisation_that_nobody_registered_is_told(registry: Registry):
    """So that knowledge on others is not passed off as its own."""
    found = read(registry, "what does Zentrix GmbH want?")
    assert found.customer_ids == ()
    assert any("Zentrix" in name for name in found.unknown_names)
