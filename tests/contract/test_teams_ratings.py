"""Answers that are rated with Teams' own thumbs, through the whole product."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.audience import Audience
from tests.contract.channel_driver import Shown
from tests.contract.channels import Playing, play
from tests.contract.drivers_teams import Sent, TeamsDriver

NOVARA = "Novara Pharma says our deviation reports come too late to be of use"
WORDS = "what does Novara say about our deviation reports?"
ANNA, BEN, DIRECT = TeamsDriver.ANNA, TeamsDriver.BEN, TeamsDriver.DIRECT


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    with play("teams", tmp_path) as playing:
        yield playing


@pytest.fixture
def driver(playing: Playing) -> TeamsDriver:
    assert isinstance(playing.driver, TeamsDriver)
    return playing.driver


@pytest.fixture
def answer(driver: TeamsDriver) -> Shown:
    driver.post(NOVARA, author=ANNA, conversation=DIRECT)
    driver.shown()
    driver.command("ask", WORDS, author=ANNA, conversation=DIRECT)
    (shown,) = driver.shown()
    return shown


def ratings(playing: Playing) -> list[tuple[str, str, str]]:
    rated = playing.store.ratings.all(Audience.operator(playing.workspace))
    return [(rating.person_id, rating.verdict, rating.remark) for _, rating in rated]


@pytest.mark.parametrize(("thumb", "verdict"), [("like", "good"), ("dislike", "bad")])
def test_a_thumb_is_kept_with_what_was_written_beside_it(
    playing: Playing, driver: TeamsDriver, answer: Shown, thumb: str, verdict: str
) -> None:
    """Teams has asked already, so nobody is asked again."""
    driver.rate(answer, thumb, "it is <old> & said twice", person=ANNA)
    assert ratings(playing) == [(ANNA, verdict, "it is <old> & said twice")]
    (thanks,) = driver.shown()
    assert thanks.form == ()


def test_who_changes_their_mind_is_heard_last(
    playing: Playing, driver: TeamsDriver, answer: Shown
) -> None:
    """The last thumb counts."""
    driver.rate(answer, "like", "", person=ANNA)
    driver.rate(answer, "dislike", "too old", person=ANNA)
    assert ratings(playing) == [(ANNA, "bad", "too old")]


def test_an_answer_is_rated_by_whoever_asked(
    playing: Playing, driver: TeamsDriver, answer: Shown
) -> None:
    """Whoever else presses is told nothing of the question."""
    driver.rate(answer, "like", "", person=BEN)
    assert ratings(playing) == []
    assert all(WORDS not in shown.text for shown in driver.shown())


def test_an_answer_cites_in_its_entity_what_its_text_cites(answer: Shown) -> None:
    """By the same number, with the words of the note."""
    assert isinstance(answer.handle, Sent)
    (entity,) = answer.handle.activity["entities"]
    (claim,) = entity["citation"]
    assert claim["position"] == 1
    assert "deviation reports come too late" in claim["appearance"]["abstract"]
    assert "Anna Berg" in claim["appearance"]["name"]
