"""What somebody tells the bot of a customer is an insight, however short."""

import dataclasses

from adapters.local_model import LocalClassifier
from tests.unit.local_model.company import context


def test_a_short_note_that_was_told_to_the_bot_is_an_insight():
    """Overheard it may be chatter; told to the bot, it is hardly that."""
    classifier = LocalClassifier()
    text = "Novara pays late"
    told = dataclasses.replace(context(text), expects_insight=True)
    assert len(classifier.classify(text, told).insights) == 1
