"""The words of a message that Teams passes on as HTML."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.html_text import text_of


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("Globex wants delivery in May", "Globex wants delivery in May"),
        ("<div>Novara &amp; Co<br>closes\n Lyon</div>", "Novara & Co\ncloses Lyon"),
        ("<p>One</p><p>Two</p>\n<ul><li>Three</li></ul>", "One\nTwo\nThree"),
        ('<at id="0">Ben Ode</at>&nbsp;met&#32;Novara', "Ben Ode met Novara"),
        ('good <emoji id="smile" alt="🙂" title="Smile"></emoji>!', "good 🙂!"),
        ('<img src="https://x" alt="chart">', "chart"),
        ('<attachment id="1"></attachment><p>See it</p>', "See it"),
        ("&lt;b&gt; stays, &amp;lt; too", "<b> stays, &lt; too"),
        ("a < b and c > d <3", "a < b and c > d <3"),
        ("<p>&nbsp;</p>", ""),
    ],
)
def test_a_person_reads_the_same(markup: str, read: str) -> None:
    """Lines, names and emoji stay; tags go, and what only looks like one stays."""
    assert text_of(markup) == read


@given(st.text(alphabet="<>a/ \"'=&;é🙂\n", max_size=200))
def test_any_markup_has_a_text(markup: str) -> None:
    """Whatever a client sends."""
    assert text_of(markup) == text_of(markup).strip()


@pytest.mark.parametrize("piece", ["<", "<a ", '<img alt="', "<!--", "&", "</", "\n ", "<p>"])
def test_a_megabyte_takes_no_longer_than_its_length(piece: str) -> None:
    """Nobody can keep the bot busy with one message."""
    began = time.process_time()
    text_of(piece * (500_000 // len(piece)))
    assert time.process_time() - began < 2
