"""The two addresses by which a workspace installs the app itself."""

import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.slack import oauth_pages as pages
from adapters.slack.api import ApiRefused
from adapters.slack.installations import InstalledConnections
from adapters.slack.manifest import INSTALL_ADDRESS, REDIRECT_ADDRESS
from adapters.slack.oauth import SlackOAuth
from bot.errors import SendFailed, SendRefused, StoreUnavailable
from bot.ports import AppInstallation, InstallStates

COOKIE: Final = "earshot_install"

_SECRET_BYTES = 32
_COOKIE_S = 600
_LONGEST = 1024  # of what comes in an address; Slack's codes have about a hundred characters

_log = logging.getLogger(__name__)


class OAuthRoutes:
    """From the first click to the stored token. No page says more than the person may know."""

    def __init__(
        self,
        oauth: SlackOAuth,
        connections: InstalledConnections,
        states: InstallStates,
        *,
        is_secure: bool,
        utc_now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._oauth = oauth
        self._connections = connections
        self._states = states
        self._is_secure = is_secure
        self._utc_now = utc_now

    @property
    def routes(self) -> list[Route]:
        """For a browser; Slack's own requests go elsewhere."""
        return [
            Route(INSTALL_ADDRESS, self.install, methods=["GET"]),
            Route(REDIRECT_ADDRESS, self.finish, methods=["GET"]),
        ]

    async def install(self, _: Request) -> Response:
        """On to Slack, with a secret that binds the way back to this browser."""
        state, browser = (secrets.token_urlsafe(_SECRET_BYTES) for _ in range(2))
        try:
            await self._connections.in_thread(self._states.put, state, browser)
            answer: Response = RedirectResponse(self._oauth.authorize_url(state), 302)
        except StoreUnavailable:
            return HTMLResponse(pages.not_now(), 503)
        answer.set_cookie(
            COOKIE,
            browser,
            max_age=_COOKIE_S,
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )
        return answer

    async def finish(self, request: Request) -> Response:
        """Back from Slack, with a code or the reason why there is none."""
        try:
            answer = await self._finish(request)
        except ApiRefused as refusal:
            _log.warning("an installation failed: %s", refusal)
            answer = HTMLResponse(pages.refused(refusal.code), 400)
        except (SendFailed, SendRefused, StoreUnavailable) as error:
            _log.warning("an installation is put off: %s", error)
            answer = HTMLResponse(pages.not_now(), 503)
        answer.delete_cookie(COOKIE, secure=self._is_secure, httponly=True, samesite="lax")
        return answer

    async def _finish(self, request: Request) -> Response:
        """Nothing of the address is looked at before its state is known to be this browser's."""
        state, browser = _given(request, "state"), request.cookies.get(COOKIE, "")[:_LONGEST]
        is_ours = state and browser
        if not is_ours or not await self._connections.in_thread(self._states.take, state, browser):
            return HTMLResponse(pages.state_unknown(), 400)
        code = _given(request, "code")
        if not code or _given(request, "error"):
            return HTMLResponse(pages.denied(), 403)
        installation = await self._oauth.exchange(code, self._utc_now())
        if not self._oauth.may_install(installation):
            await self._turn_away(installation)
            return HTMLResponse(pages.not_let_in(installation), 403)
        await self._connections.installed(installation)
        _log.info("%s has installed the app", installation.id)
        return HTMLResponse(pages.installed(installation))

    async def _turn_away(self, installation: AppInstallation) -> None:
        _log.warning("%s may not install the app by the settings", installation.id)
        try:
            await self._oauth.revoke(installation.grant)
        except (SendFailed, SendRefused) as error:
            _log.warning("its token could not be given back: %s", error)


def _given(request: Request, name: str) -> str:
    return request.query_params.get(name, "")[:_LONGEST]
