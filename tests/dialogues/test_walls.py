"""Whoever looks after a customer says who may know of it."""

import pytest

from bot.domain.people import Person, Standing
from bot.messages import Action, WayIn
from tests.stage import ANNA, BEN, CARLA, SALES, WORKSPACE, Stage, one_of_us


@pytest.fixture
def novara(stage: Stage) -> str:
    """Anna looks after Novara, of which something was said in public."""
    stage.store.directory.put_people(map(one_of_us, (ANNA, BEN, CARLA)))
    customer = stage.customer("Novara Pharma", "Novara", owner=ANNA)
    stage.note(BEN, "Novara closes Lyon", way_in=WayIn.MENTION, where=SALES)
    return customer


def command(stage: Stage, person: str, words: str) -> str:
    (reply,) = stage.say(person, words, way_in=WayIn.EARSHOT_COMMAND)
    return reply.plain_text


def test_a_wall_is_built_shown_and_taken_down(stage: Stage, novara: str) -> None:
    """By names and mentions; who is not let in finds nothing, as if there were nothing."""
    assert "no wall" in command(stage, ANNA, "wall Novara")
    told = command(stage, ANNA, "wall Novara; allow ben; deny @carla")
    assert "Anna, Ben" in told
    assert "Kept out of it: Carla" in told
    assert stage.ask(BEN, "does Novara close Lyon?").shows
    assert not stage.ask(CARLA, "does Novara close Lyon?").shows
    unknown = command(stage, CARLA, "customer Nowhere").replace("Nowhere", "Novara")
    assert command(stage, CARLA, "customer Novara") == unknown
    assert command(stage, CARLA, "wall Novara") == unknown
    assert "no wall" in command(stage, ANNA, "wall Novara; off")
    assert stage.ask(CARLA, "does Novara close Lyon?").shows


def test_only_whoever_looks_after_it_may(stage: Stage, novara: str) -> None:
    """Others are told whom to ask."""
    assert "Ask Anna" in command(stage, BEN, "wall Novara; allow ben")
    assert not stage.store.walls.epoch("elsewhere")
    assert stage.ask(CARLA, "does Novara close Lyon?").shows


@pytest.mark.parametrize("words", ["allow Nobody Known", "invite ben", "allow", "off ben"])
def test_what_is_not_understood_changes_nothing(stage: Stage, novara: str, words: str) -> None:
    """Not even the part that was."""
    assert "Nothing was changed" in command(stage, ANNA, f"wall Novara; deny ben; {words}")
    assert stage.ask(BEN, "does Novara close Lyon?").shows


def test_a_name_that_two_have_is_nobodys(stage: Stage, novara: str) -> None:
    """A wall around the wrong one would be none."""
    stage.store.directory.put_people(
        Person(one, WORKSPACE, "Sam Lee", standing=Standing.MEMBER) for one in ("s1", "s2")
    )
    assert "Nothing was changed" in command(stage, ANNA, "wall Novara; deny Sam Lee")
    assert "Kept out of it: Sam Lee" in command(stage, ANNA, "wall Novara; deny s2")


def test_registering_a_walled_customer_looks_like_registering_a_new_one(
    stage: Stage, novara: str
) -> None:
    """Its owner, its aliases and its kind stay unknown."""
    command(stage, ANNA, "wall Novara; allow ben")
    new = command(stage, CARLA, "customer Nobody Pharma; NP").replace("Nobody", "Novara")
    assert command(stage, CARLA, "customer Novara Pharma; NP") == new
    assert not stage.ask(CARLA, "does Novara close Lyon?").shows


def test_who_is_kept_out_cannot_unlink_their_own_note(stage: Stage, novara: str) -> None:
    """They may say what it is, not that it is not on a customer they do not know of."""
    command(stage, ANNA, "wall Novara; deny ben")
    (record,) = stage.notes()
    opened = stage.act(BEN, Action.CHANGE, record.insights[0].id)
    assert "Novara Pharma" not in repr(opened.form)
    stage.submit(BEN, opened)
    (after,) = stage.notes()
    assert after.insights[0].customer_ids == (novara,)
