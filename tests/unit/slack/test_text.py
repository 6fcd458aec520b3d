"""Slack's encoding, and cutting text to size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import text

CHARACTERS = st.sampled_from(
    [
        "a",
        " ",
        "\n",
        "ß",
        "漢",
        "&",
        "<",
        "e\u0301",
        "👍🏽",
        "👩\u200d👩\u200d👧",
        "🇫🇮",
        "\r\n",
        "𝒳",
    ]
)


@given(st.text())
def test_what_is_escaped_decodes_to_itself(words: str):
    """Escaping loses nothing, and leaves nothing that Slack would parse."""
    assert text.decode(text.escape(words)) == words
    assert not {"<", ">"} & set(text.escape(words))


@pytest.mark.parametrize(
    ("encoded", "seen"),
    [
        ("<@U1|anna> knows", "@anna knows"),
        ("<@U1> knows", "@U1 knows"),
        ("in <#C1|sales>", "in #sales"),
        ("in <#C1|>", "in #C1"),
        ("<!channel> <!here|here> <!everyone>", "@channel @here @everyone"),
        ("<!subteam^S1|@sales-team>", "@sales-team"),
        ("<!subteam^S1>", "@S1"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("see <https://novara.example/a?b=1&amp;c=2>", "see https://novara.example/a?b=1&c=2"),
        ("see <http://novara.example|novara.example>", "see novara.example"),
        ("write to <mailto:p@novara.example|p@novara.example>", "write to p@novara.example"),
        (
            "<https://evil.example|https://bank.example>",
            "https://bank.example (https://evil.example)",
        ),
        ("R&amp;D &lt;b&gt;", "R&D <b>"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_an_encoded_text_is_read_as_it_was_seen(encoded: str, seen: str):
    """Mentions, links and entities become words; a link shows where it really leads."""
    assert text.decode(encoded) == seen


@pytest.mark.parametrize(
    ("encoded", "rest"),
    [
        ("<@U0BOT> Novara closes", "Novara closes"),
        ("<@U0BOT|earshot>: Novara closes", "Novara closes"),
        ("Earshot, <@U0BOT> note that Earshot is a word", "Earshot, note that Earshot is a word"),
        ("ask <@U0BOT>", "ask"),
        ("<@U0BOT> <@U0BOTTOM> said so", "<@U0BOTTOM> said so"),
        ("<@U0BOT>", ""),
        ("two\nlines <@U0BOT>\nstay", "two\nlines\nstay"),
    ],
)
def test_only_the_bots_own_mention_is_taken_off(encoded: str, rest: str):
    """Its name as a word and other people's mentions stay."""
    assert text.without_mention(encoded, "U0BOT") == rest


def test_lone_surrogates_are_replaced_and_pairs_joined():
    """JSON can carry what no database can."""
    assert text.whole("a\ud800b") == "a\ufffdb"
    assert text.whole("\ud83d\udc4d") == "👍"


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_pieces_add_up_to_the_text_and_fit(words: str, limit: int):
    """Nothing is lost; a piece is longer than the limit only when it is a single character."""
    parts = list(text.pieces(words, limit))

    assert "".join(parts) == words
    assert all(text.units(part) <= limit or len(part) == 1 for part in parts)


@given(st.lists(CHARACTERS), st.integers(min_value=16, max_value=40))
def test_no_character_as_a_person_sees_it_is_cut(characters: list[str], limit: int):
    """Accents, emoji of several parts and flags stay whole."""
    ends, position = {0}, 0
    for character in characters:
        position += len(character)
        ends.add(position)
    # Neighbours may belong together: a flag's letters pair up the same wherever counting starts.
    cut = 0
    for part in text.pieces("".join(characters), limit):
        cut += len(part)
        assert cut in ends


@given(st.text(min_size=1), st.integers(min_value=5, max_value=40))
def test_a_piece_cut_by_its_escaped_size_fits_when_escaped(words: str, limit: int):
    """So no entity is ever cut in two."""
    for part in text.pieces(words, limit, text.escaped_units):
        assert text.units(text.escape(part)) <= limit


@given(st.text(), st.integers(min_value=3, max_value=40))
def test_a_shortened_text_fits_and_says_that_it_goes_on(words: str, limit: int):
    """An ellipsis marks what was left out."""
    short = text.shorten(words, limit)

    assert text.units(short) <= limit
    assert short == words or short.endswith("…")


def test_a_long_text_is_cut_between_words():
    """A piece ends with a space rather than in a word."""
    assert list(text.pieces("Novara closes its Lyon site", 20)) == [
        "Novara closes its ",
        "Lyon site",
    ]
