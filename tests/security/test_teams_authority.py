"""An authority of our own, over real connections: that Teams' keys are slow stops nobody."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise

import msal
import requests
from starlette.applications import Starlette

from adapters.teams.authenticator import ChannelAuthenticator, KeysUnavailable, TokenRefused
from tests.asgi import post
from tests.fakes import RecordingIntake
from tests.security.test_teams_auth import FORGED
from tests.teams_connector import APP_ID, TENANT_ID, FakeConnector, claims, sign, teams_channel
from tests.teams_loopback import Loopback, teams_on_loopback
from tests.unit.teams.activities import said

LONGEST_STALL_S = 0.2
_TICK_S = 0.005
_TRIES = 3


@asynccontextmanager
async def ticking() -> AsyncIterator[list[float]]:
    """The times at which the event loop was free to tick, until the block ends."""
    loop, ticks = asyncio.get_running_loop(), [asyncio.get_running_loop().time()]

    def tick() -> None:
        nonlocal timer
        ticks.append(loop.time())
        timer = loop.call_later(_TICK_S, tick)

    timer = loop.call_soon(tick)
    try:
        yield ticks
    finally:
        timer.cancel()
        ticks.append(loop.time())


def stall_s(story: Callable[[], Awaitable[None]]) -> float:
    """For how long the event loop was held up: the best of some, since neighbours are busy."""

    async def measured() -> float:
        async with ticking() as ticks:
            await story()
        return max(after - before for before, after in pairwise(ticks))

    stalls = []
    for _ in range(_TRIES):
        stalls.append(asyncio.run(measured()))
        if stalls[-1] <= LONGEST_STALL_S:
            break
    return min(stalls)


def authenticator(loopback: Loopback, http: requests.Session) -> ChannelAuthenticator:
    return ChannelAuthenticator(
        app_id=APP_ID, metadata_url=loopback.metadata_url, http=http, patience_s=0.05
    )


def good() -> str:
    return "Bearer " + sign(claims())


async def outcome(verifying: Awaitable[object]) -> int:
    try:
        await verifying
    except TokenRefused:
        return 401
    except KeysUnavailable:
        return 503
    return 200


def test_a_slow_key_server_holds_up_nothing_and_is_waited_for_a_moment_only() -> None:
    """Cold, nobody can be judged; the loop goes on meanwhile, and a later request is heard."""
    with teams_on_loopback() as loopback, requests.Session() as http:

        async def story() -> None:
            door = authenticator(loopback, http)
            with loopback.slow():
                asked = [outcome(door.verify(good())) for _ in range(20)]
                assert set(await asyncio.gather(*asked)) == {503}
            await door.warm_up()
            assert await outcome(door.verify(good())) == 200
            await door.close()

        assert stall_s(story) <= LONGEST_STALL_S


def test_a_slow_key_server_does_not_slow_those_who_are_known() -> None:
    """Warm, the key that is known is used; one that is not may be new, so it is not judged."""
    with teams_on_loopback() as loopback, requests.Session() as http:

        async def story() -> None:
            door = authenticator(loopback, http)
            await door.warm_up()
            unknown = "Bearer " + sign(claims(), kid="another")
            with loopback.slow():
                door._tried_at = float("-inf")
                assert await outcome(door.verify(unknown)) == 503
                assert await outcome(door.verify(good())) == 200
            await door.warm_up()
            await door.close()

        assert stall_s(story) <= LONGEST_STALL_S


def test_a_key_server_that_breaks_off_is_no_key_server() -> None:
    """A connection that ends in the middle is as good as none."""
    with teams_on_loopback() as loopback, requests.Session() as http:
        loopback.resets = 1

        async def story() -> None:
            door = authenticator(loopback, http)
            assert await outcome(door.verify(good())) == 503
            await door.close()

        asyncio.run(story())


def test_all_that_strangers_make_up_holds_up_nothing() -> None:
    """A hundred at once, deep, long and forged, among them those who are let in."""
    with teams_on_loopback() as loopback:
        token = "Bearer " + sign(claims(serviceurl=loopback.service_url))

        async def story() -> None:
            intake = RecordingIntake()
            channel = teams_channel(
                intake, loopback.connector, config=loopback.config, http=requests.Session()
            )
            app = Starlette(routes=channel.routes)

            async def knock(authorization: str | None, number: int) -> int:
                headers = {"Content-Type": "application/json"}
                if authorization and authorization.isascii():
                    headers["Authorization"] = authorization
                body = said(serviceUrl=loopback.service_url, id=str(number))
                raw = json.dumps(body).encode()
                return (await post(app, "/api/messages", raw, headers))[0]

            forged = [knock(made_up(), 1) for made_up in FORGED.values()]
            heard = [knock(token, number) for number in range(60)]
            statuses = await asyncio.gather(*forged, *heard)
            await channel.stop()
            assert set(statuses[: len(FORGED)]) == {401}
            assert set(statuses[len(FORGED) :]) == {200}
            assert len(intake.taken) == 60

        assert stall_s(story) <= LONGEST_STALL_S


def test_microsofts_own_library_logs_in_at_the_same_authority() -> None:
    """What our tests are played by is what msal, as it is, takes for Microsoft."""
    connector = FakeConnector()
    app = msal.ConfidentialClientApplication(
        APP_ID,
        client_credential="secret",
        authority=f"https://login.microsoftonline.com/{TENANT_ID}",
        http_client=connector.session,
    )
    scope = ["https://api.botframework.com/.default"]
    granted = app.acquire_token_for_client(scope)
    assert granted["access_token"] == "token-1"
    assert app.acquire_token_for_client(scope)["access_token"] == "token-1"
    (login,) = connector.logins
    assert login["client_secret"] == ["secret"]
    assert login["scope"] == scope
