"""From what people write to a full-text query."""

import pytest

from knowledge_store.words import match_expression, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Who decides at Novara?", ["decides", "Novara"]),
        ("Wer entscheidet bei Größe 7?", ["entscheidet", "Größe", "7"]),
        ("lyon LYON Lyon", ["Lyon"]),
        ("what is it", ["what", "is", "it"]),
        ("follow-up: supplier's", ["follow", "up", "supplier", "s"]),
        ("😀 !? \0", []),
    ],
)
def test_words_worth_looking_for(text: str, words: list[str]) -> None:
    """Once each, without stop words unless there is nothing else."""
    assert words_of(text) == words


def test_no_more_than_thirty_two_words_are_looked_for() -> None:
    """The first; a query of thousands would hold up everybody."""
    assert words_of(" ".join(f"w{n}" for n in range(1_000))) == [f"w{n}" for n in range(32)]


def test_every_word_and_tag_is_quoted() -> None:
    """So none is an operator, and no quote ends another."""
    assert match_expression(["AND", 'a"b']) == '{search_text} : ("AND" OR "a""b")'
    assert match_expression(["x"], ["c1", "c2"]) == (
        '{search_text} : ("x") AND {tags} : ("c1" OR "c2")'
    )
