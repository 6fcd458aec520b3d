"""Slack with several workspaces in play: the whole product, and browsers that install it."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from starlette.applications import Starlette

from adapters.inline_jobs import InlineJobs
from adapters.slack.channel import SeveralWorkspaces, SlackChannel
from adapters.slack.config import OAuthConfig, SlackConfig
from adapters.slack.pacing import Pace
from bot.bootstrap.core import build_deliveries, build_handler, build_intake
from bot.deliveries import Deliveries
from bot.ports import InstallationStore
from bot.services.personal_data import masked
from bot.settings import make_key
from knowledge_store import Store, migrate, open_engine, open_store
from tests.contract.channels import models
from tests.contract.drivers_slack import SECRET, signed_headers
from tests.fakes import FakeClock
from tests.slack_api import ApiCall, LoopThread
from tests.slack_teams import CLIENT_ID, CLIENT_SECRET, Owner, SlackOfTeams

KEY = make_key()
ACME, BOLT, ORG = "T0ACME", "T0BOLT", "E0ORG"
ANNA, BO = "U0ANNA", "U0BO"
EVENT_TIME = 4_000_000_000  # after every installation


@dataclass
class Browser:
    """Somebody's browser: it keeps cookies and follows no redirect by itself."""

    app: Starlette
    loop: LoopThread
    cookies: dict[str, str] = field(default_factory=dict)
    latest: httpx2.Response | None = None

    def get(self, address: str) -> httpx2.Response:
        return self.loop.run(self._get(address))

    async def _get(self, address: str) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(
            transport=transport, base_url="https://earshot", cookies=self.cookies
        ) as client:
            self.latest = await client.get(address)
            self.cookies = dict(client.cookies)
        return self.latest

    def begin(self) -> str:
        """Begin an installation; returns the state that Slack is sent."""
        answer = self.get("/slack/install")
        assert answer.status_code == 302
        return parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]


class Several:
    """One process that workspaces install; `other_process` is another one on its database."""

    def __init__(
        self,
        store: Store,
        api: SlackOfTeams,
        jobs: InlineJobs,
        *,
        allowed: frozenset[str] = frozenset(),
        key: str = KEY,
    ) -> None:
        self.store, self.api, self.jobs = store, api, jobs
        self.installations: InstallationStore = store.installations([key])
        self.channel = SlackChannel(
            SlackConfig(
                signing_secret=SECRET,
                api_base_url=api.base_url,
                pace=Pace(interval_s=0, factor=1000),
            ),
            build_intake(store),
            SeveralWorkspaces(
                OAuthConfig(CLIENT_ID, CLIENT_SECRET, allowed),
                self.installations,
                store.install_states,
            ),
        )
        self.deliveries = self._deliveries()
        self._events = count(1)

    def _deliveries(self) -> Deliveries:
        channel = self.channel
        handler = build_handler(
            self.store,
            models(),
            {"slack": channel.roster},
            FakeClock(),
            sources={"slack": channel.messages},
            files={"slack": channel.files},
        )
        return build_deliveries(self.store, handler, {"slack": channel.gateway}, self.api.loop.run)

    def start(self) -> None:
        self.api.loop.run(self.channel.start())
        self.api.at_close(self.channel.stop)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=self.channel.routes)

    def browser(self) -> Browser:
        return Browser(self.app, self.api.loop)

    def install(self, owner_id: str) -> httpx2.Response:
        """Somebody there installs the app, and all goes well."""
        browser = self.browser()
        state, code = browser.begin(), self.api.code_for(owner_id)
        return browser.get(f"/slack/oauth_redirect?code={code}&state={state}")

    def say(self, text: str, *, team: str, person: str, **envelope: Any) -> list[ApiCall]:
        """A direct message to the bot; returns what was posted because of it."""
        before = len(self.api.calls)
        event = {
            "type": "message",
            "channel": f"D0{team}",
            "channel_type": "im",
            "user": person,
            "team": team,
            "ts": self.api.next_ts(),
            "text": text,
        }
        answer = self.event(event, team=team, **envelope)
        assert answer.status_code == 200
        self.jobs.run_waiting()
        return [call for call in self.api.calls[before:] if call.method == "chat.postMessage"]

    def event(self, event: Mapping[str, Any], *, team: str | None, **envelope: Any) -> Any:
        """What Slack sends; `envelope` takes the place of what a team's own installation gets."""
        body = {
            "type": "event_callback",
            "team_id": team,
            "event_id": f"Ev{next(self._events)}",
            "event_time": EVENT_TIME,
            "authorizations": [{"team_id": team, "is_enterprise_install": False}],
            "event": event,
            **envelope,
        }
        return self.api.loop.run(self._post(json.dumps(body).encode(), "application/json"))

    def form(self, body: bytes) -> Any:
        return self.api.loop.run(self._post(body, "application/x-www-form-urlencoded"))

    async def _post(self, body: bytes, content_type: str) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://earshot") as client:
            headers = {**signed_headers(body), "content-type": content_type}
            return await client.post("/slack/events", content=body, headers=headers)

    def wait(self) -> None:
        """Let what goes on in the background come to its end."""
        self.api.loop.run(asyncio.sleep(0))


@contextmanager
def several_workspaces(folder: Path, **settings: Any) -> Iterator[Several]:
    """A started process on a fresh database; Acme and Bolt could install it, and so could Org."""
    engine = open_engine(f"sqlite:///{folder / 'several.db'}")
    migrate(engine)
    jobs = InlineJobs()
    store = open_store(engine, jobs, clock=FakeClock(), mask=masked)
    api = SlackOfTeams(LoopThread())
    for owner in (Owner(ACME, "Acme"), Owner(BOLT, "Bolt"), Owner(ORG, "Org", is_org=True)):
        api.add(owner)
    several = Several(store, api, jobs, **settings)
    jobs.start(several.deliveries.handlers)
    api.furnish(ACME, ANNA)
    api.furnish(BOLT, BO)
    try:
        several.start()
        yield several
    finally:
        api.close()
        store.close()
