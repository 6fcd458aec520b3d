"""Slack is called no faster than it allows, and nobody is made to wait for long."""

import asyncio
import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.paced_client import PacedClient
from adapters.slack.pacing import CALLS_A_MINUTE, PATIENCE_S, Pace, Pacing
from bot.errors import SendPostponed
from tests.slack_api import BOT_TOKEN, FakeSlackApi, LoopThread

MESSAGE, TIER_3 = "chat.postMessage", "chat.update"


class Time:
    """Passes only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def play(
    time: Time, pacing: Pacing, calls: Sequence[tuple[float, str]], method: str
) -> dict[str, list[float]]:
    """When calls are made that come after these pauses, each again when it is told to."""
    made: dict[str, list[float]] = {}
    due = []
    at = time.now
    for pause, conversation in calls:
        at += pause
        due.append((at, len(due), conversation))
    while due:
        due.sort()
        time.now, number, conversation = due.pop(0)
        try:
            wait_s = pacing.book(method, conversation)
        except SendPostponed as postponed:
            due.append((time.now + postponed.pause_s, number, conversation))
        else:
            assert wait_s <= PATIENCE_S
            made.setdefault(conversation, []).append(time.now + wait_s)
    return made


CALLS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.3, 1.0, 7.0]), st.sampled_from(["C1", "C2", "C3"])),
    max_size=90,
)


@given(CALLS)
def test_no_minute_holds_more_calls_than_the_tier(calls: list[tuple[float, str]]) -> None:
    """However they come, each is made in the end."""
    time = Time()
    made = play(time, Pacing(Pace(interval_s=0), time), calls, TIER_3)
    times = sorted(at for ats in made.values() for at in ats)
    limit = CALLS_A_MINUTE[TIER_3]
    assert len(times) == len(calls)
    assert all(
        later - earlier > 60 - 1e-6 for earlier, later in zip(times, times[limit:], strict=False)
    )


@given(CALLS)
def test_a_conversation_gets_one_message_a_second(calls: list[tuple[float, str]]) -> None:
    """However many wait; others wait for theirs alone."""
    time = Time()
    made = play(time, Pacing(Pace(), time), calls, MESSAGE)
    assert sum(map(len, made.values())) == len(calls)
    for times in made.values():
        ordered = sorted(times)
        assert all(b - a > 1 - 1e-6 for a, b in itertools.pairwise(ordered))


def test_a_free_conversation_waits_for_no_busy_one() -> None:
    """A channel that everybody writes in holds up nobody elsewhere."""
    time = Time()
    pacing = Pacing(Pace(), time)
    for _ in range(50):
        try:
            pacing.book(MESSAGE, "C1")
        except SendPostponed:
            continue
    assert pacing.book(MESSAGE, "C2") == 0


def test_those_who_are_postponed_come_one_after_another() -> None:
    """And not all at once, only to be postponed again."""
    time = Time()
    pacing = Pacing(Pace(), time)
    pauses = []
    for _ in range(6):
        try:
            pacing.book(MESSAGE, "C1")
        except SendPostponed as postponed:
            pauses.append(postponed.pause_s)
    assert pauses == [2, 3, 4, 5]


def test_who_comes_again_goes_before_who_comes_first() -> None:
    """Else those who wait could wait for ever."""
    time = Time()
    pacing = Pacing(Pace(), time)
    for _ in range(2):
        pacing.book(MESSAGE, "C1")
    with pytest.raises(SendPostponed) as first:
        pacing.book(MESSAGE, "C1")
    time.now += first.value.pause_s - 0.5
    with pytest.raises(SendPostponed) as second:
        pacing.book(MESSAGE, "C1")
    assert second.value.pause_s == 1.5
    time.now += 0.5
    assert pacing.book(MESSAGE, "C1") == 0


def test_a_method_that_was_told_to_wait_waits() -> None:
    """In every conversation, for as long as Slack said, and no other method."""
    time = Time()
    pacing = Pacing(Pace(), time)
    pacing.shut(MESSAGE, 30)
    pacing.shut(MESSAGE, 10)
    for conversation in "C1", "C2":
        with pytest.raises(SendPostponed) as postponed:
            pacing.book(MESSAGE, conversation)
        assert postponed.value.pause_s == 30
    assert pacing.book(TIER_3, "C1") == 0
    time.now += 30
    assert pacing.book(MESSAGE, "C1") == 0


def test_a_turn_that_was_booked_before_is_not_taken_when_slack_says_wait() -> None:
    """Who sleeps until its turn looks again."""
    pacing = Pacing(Pace(), time := Time())
    pacing.check(MESSAGE)
    pacing.shut(MESSAGE, None)
    with pytest.raises(SendPostponed):
        pacing.check(MESSAGE)
    time.now += 5
    pacing.check(MESSAGE)


def test_a_form_that_somebody_waits_for_opens_at_once() -> None:
    """Its permission would be over; only Slack itself can say wait."""
    pacing = Pacing(Pace(), Time())
    assert {pacing.book("views.open") for _ in range(500)} == {0}
    pacing.shut("views.open", 3)
    with pytest.raises(SendPostponed):
        pacing.book("views.open")


def test_nothing_is_remembered_of_a_conversation_that_is_quiet() -> None:
    """There may be many thousands."""
    pacing = Pacing(Pace(), time := Time())
    pacing.book(MESSAGE, "C1")
    time.now += 1.5
    pacing.book(MESSAGE, "C2")
    assert list(pacing._conversations) == [(MESSAGE, "C2")]


def test_every_method_that_is_called_has_its_tier() -> None:
    """The client paces whatever the SDK calls, and sleeps only as long as it has patience for."""
    loop, time = LoopThread(), Time()
    api = FakeSlackApi(loop)
    api.conversations = {"C1": {"id": "C1"}}
    client = PacedClient(BOT_TOKEN, api.base_url, pacing=Pacing(Pace(), time), sleep=time.sleep)
    client.proxy = None

    async def post(count: int) -> None:
        for _ in range(count):
            await client.chat_postMessage(
                channel="C1", text="Kept.", unfurl_links=False, unfurl_media=False
            )

    async def at_once() -> list[object]:
        return await asyncio.gather(
            *(client.users_list() for _ in range(21)), return_exceptions=True
        )

    loop.run(post(3))
    assert time.now == 1002
    *listed, last = loop.run(at_once())
    assert isinstance(last, SendPostponed)
    assert not any(isinstance(one, Exception) for one in listed)
    api.close()
