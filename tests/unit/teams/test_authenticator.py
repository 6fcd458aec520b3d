"""The keys of Teams' tokens: downloaded once, refreshed in time, kept when that fails."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from adapters.teams.authenticator import ChannelAuthenticator, KeysUnavailable, TokenRefused
from adapters.teams.config import OPENID_METADATA_URL
from tests.teams_connector import APP_ID, FakeConnector, claims, sign

HOUR, DAY = 3600.0, 24 * 3600.0


class Bench:
    """An authenticator with a clock that is set by hand."""

    def __init__(self) -> None:
        self.connector = FakeConnector()
        self.now = 0.0
        self.authenticator = ChannelAuthenticator(
            app_id=APP_ID,
            metadata_url=OPENID_METADATA_URL,
            http=self.connector.session,
            clock=lambda: self.now,
        )

    @property
    def downloads(self) -> int:
        return self.connector.called.count("GET /v1/.well-known/openidconfiguration")

    async def verify(self, kid: str = "teams") -> str:
        try:
            await self.authenticator.verify("Bearer " + sign(claims(), kid=kid))
        except TokenRefused:
            return "refused"
        except KeysUnavailable:
            return "no keys"
        return "good"


def on_bench(story: Callable[[Bench], Awaitable[None]]) -> None:
    asyncio.run(_told(story))


async def _told(story: Callable[[Bench], Awaitable[None]]) -> None:
    bench = Bench()
    await story(bench)
    await bench.authenticator.close()


def test_many_requests_at_once_share_one_download() -> None:
    """A busy start must not become a rush on Microsoft's server."""

    async def story(bench: Bench) -> None:
        assert set(await asyncio.gather(*(bench.verify() for _ in range(20)))) == {"good"}
        assert bench.downloads == 1

    on_bench(story)


def test_keys_are_used_for_a_day_and_then_refreshed_beside_the_work() -> None:
    """The request that finds them old is answered with them, and the next with new ones."""

    async def story(bench: Bench) -> None:
        await bench.verify()
        bench.now = DAY - 1
        await bench.verify()
        assert bench.downloads == 1
        bench.now, bench.connector.keys = DAY + 1, {"new": ["msteams"]}
        assert await bench.verify() == "good"
        assert await bench.verify("new") == "good"
        assert await bench.verify() == "refused"
        assert bench.downloads == 2

    on_bench(story)


def test_old_keys_stay_when_the_key_server_is_down() -> None:
    """An outage of one of Microsoft's servers must not silence the bot."""

    async def story(bench: Bench) -> None:
        await bench.verify()
        bench.now, bench.connector.authority_is_down = 3 * DAY, True
        assert await bench.verify() == "good"
        await bench.authenticator.warm_up()
        assert await bench.verify() == "good"

    on_bench(story)


def test_a_new_key_is_fetched_when_it_is_first_met() -> None:
    """Keys are rotated without a warning."""

    async def story(bench: Bench) -> None:
        await bench.verify()
        bench.now, bench.connector.keys = HOUR, {"teams": ["msteams"], "new": ["msteams"]}
        assert await bench.verify("new") == "good"
        assert bench.downloads == 2

    on_bench(story)


def test_a_stranger_cannot_make_us_download_all_the_time() -> None:
    """An unknown key asks for one download in five minutes."""

    async def story(bench: Bench) -> None:
        await bench.verify()
        bench.now = HOUR
        for _ in range(5):
            assert await bench.verify("stranger") == "refused"
        assert bench.downloads == 2
        bench.now += 301
        await bench.verify("stranger")
        assert bench.downloads == 3

    on_bench(story)


def test_a_cold_start_without_key_server_is_tried_again_soon() -> None:
    """Nobody can be judged; after five seconds it is worth asking again."""

    async def story(bench: Bench) -> None:
        bench.connector.authority_is_down = True
        assert [await bench.verify() for _ in range(3)] == ["no keys"] * 3
        assert bench.downloads == 1
        bench.connector.authority_is_down = False
        bench.now = 6
        assert await bench.verify() == "good"

    on_bench(story)


def test_an_unknown_key_is_not_judged_while_the_key_server_is_down() -> None:
    """It may be a new one of Teams': to refuse it would lose the message."""

    async def story(bench: Bench) -> None:
        await bench.verify()
        bench.now, bench.connector.authority_is_down = HOUR, True
        assert [await bench.verify("new") for _ in range(3)] == ["no keys"] * 3
        assert bench.downloads == 2
        assert await bench.verify() == "good"
        bench.now, bench.connector.authority_is_down = HOUR + 6, False
        bench.connector.keys = {"teams": ["msteams"], "new": ["msteams"]}
        assert await bench.verify("new") == "good"

    on_bench(story)


def test_a_key_set_that_is_garbage_is_no_key_set() -> None:
    """Nothing usable must not take the place of what is used."""

    async def story(bench: Bench) -> None:
        await bench.verify()
        bench.now, bench.connector.keys = DAY + 1, {}
        await bench.verify()
        await bench.authenticator.warm_up()
        assert await bench.verify() == "good"

    on_bench(story)


def test_every_download_has_a_time_out() -> None:
    """A server that accepts and says nothing would hold a thread for ever."""

    async def story(bench: Bench) -> None:
        await bench.verify()
        assert bench.connector.timeouts == [5.0, 5.0]

    on_bench(story)


def test_an_empty_app_id_is_no_audience() -> None:
    """It would be found in every token that names none."""
    with pytest.raises(ValueError, match="app id"):
        ChannelAuthenticator(app_id="", metadata_url="x", http=FakeConnector().session)
