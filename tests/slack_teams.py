"""A Slack with several teams and an organisation, each with tokens of its own."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.slack_api import ALL_SCOPES, BOT_TOKEN, FakeSlackApi, LoopThread

CLIENT_ID = "111.222"
CLIENT_SECRET = "client-secret"
_BASIC = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


@dataclass
class Owner:
    """A team, or an organisation, that can install the app."""

    id: str
    name: str
    is_org: bool = False
    tokens: set[str] = field(default_factory=set)

    @property
    def bot_user(self) -> str:
        return f"U0BOT{self.id}"


class SlackOfTeams(FakeSlackApi):
    """Gives tokens for codes, and each token sees the conversations of its own team alone.

    Tokens expire after `lasts_s`, None for never: then there is a refresh token, good for once.
    """

    def __init__(self, loop: LoopThread) -> None:
        super().__init__(loop)
        self.owners: dict[str, Owner] = {}
        self.team_of_conversation: dict[str, str] = {}
        self.orgs: dict[str, str] = {}
        self.lasts_s: int | None = None
        self._codes: dict[str, Owner] = {}
        self._refresh_tokens: dict[str, Owner] = {}
        self._made = 0

    def add(self, owner: Owner) -> None:
        self.owners[owner.id] = owner

    def furnish(self, team_id: str, person: str, *, org_id: str | None = None) -> tuple[str, str]:
        """A channel and a direct message with one person; returns their ids."""
        channel, direct = f"C0{team_id}", f"D0{team_id}"
        owner = self.owners[org_id or team_id]
        if org_id is not None:
            self.orgs[team_id] = org_id
        self.conversations[channel] = {
            "id": channel, "name": "sales", "is_channel": True, "is_private": False
        }  # fmt: skip
        self.conversations[direct] = {"id": direct, "is_im": True, "user": person}
        self.members[channel] = [person, owner.bot_user]
        self.members[direct] = [person, owner.bot_user]
        self.users[person] = {"id": person, "team_id": team_id, "name": person.lower()}
        self.users[owner.bot_user] = {"id": owner.bot_user, "is_bot": True}
        self.team_of_conversation.update({channel: team_id, direct: team_id})
        return channel, direct

    def code_for(self, owner_id: str) -> str:
        """What the browser brings back once somebody there has allowed it."""
        self._made += 1
        self._codes[f"code-{self._made}"] = self.owners[owner_id]
        return f"code-{self._made}"

    def revoke(self, owner_id: str) -> None:
        """Somebody there removes the app."""
        self.owners[owner_id].tokens.clear()

    def _answer(self, method: str, arguments: Mapping[str, Any], token: str) -> dict[str, Any]:
        if method == "oauth.v2.access":
            return self._access(arguments) if token == _BASIC else {"error": "bad_client_secret"}
        owner = next((one for one in self.owners.values() if token in one.tokens), None)
        if owner is None:
            return {"error": "token_revoked" if token.startswith("xoxb-") else "not_authed"}
        if method == "auth.test":
            return self._who(owner)
        if method == "auth.revoke":
            owner.tokens.discard(token)
            return {"revoked": True}
        channel = arguments.get("channel") or arguments.get("channel_id")
        team = self.team_of_conversation.get(str(channel), owner.id)
        if owner.id not in {team, self.orgs.get(team)}:
            return {"error": "channel_not_found"}
        return super()._answer(method, arguments, BOT_TOKEN)

    def _who(self, owner: Owner) -> dict[str, Any]:
        return {
            "url": f"https://{owner.id.lower()}.slack.com/",
            "team": owner.name,
            "user": "earshot",
            "team_id": owner.id,
            "user_id": owner.bot_user,
            "bot_id": f"B0{owner.id}",
        }

    def _access(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if arguments.get("grant_type") == "refresh_token":
            owner = self._refresh_tokens.pop(arguments["refresh_token"], None)
            return self._granted(owner) if owner else {"error": "invalid_refresh_token"}
        owner = self._codes.pop(arguments["code"], None)
        if owner is None:
            return {"error": "invalid_code"}
        named = {"id": owner.id, "name": owner.name}
        return {
            **self._granted(owner),
            "app_id": "A0EARSHOT",
            "team": None if owner.is_org else named,
            "enterprise": named if owner.is_org else None,
            "is_enterprise_install": owner.is_org,
            "authed_user": {"id": "U0INSTALLER"},
        }

    def _granted(self, owner: Owner) -> dict[str, Any]:
        self._made += 1
        token = f"xoxb-{owner.id}-{self._made}"
        owner.tokens.add(token)
        granted = {
            "access_token": token,
            "token_type": "bot",
            "scope": ALL_SCOPES,
            "bot_user_id": owner.bot_user,
        }
        if self.lasts_s is None:
            return granted
        refresh_token = f"xoxe-1-{owner.id}-{self._made}"
        self._refresh_tokens[refresh_token] = owner
        return {**granted, "expires_in": self.lasts_s, "refresh_token": refresh_token}
