"""Slack's addresses for replacing what only one person sees.

A message that only one person sees cannot be updated by its id, only through the address that
came with the press of its button. They are short-lived and secret, so they are kept in memory
alone: after a restart a new message is shown instead.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlsplit

from adapters.slack.interaction_payloads import BlockActions
from adapters.slack.parse import read_as
from adapters.slack.payloads import Payload
from bot.messages import Outgoing

_Key: TypeAlias = tuple[str, str, str, str]

_VALID_S = 30 * 60
_KEPT = 2000
_SLACK_HOSTS = {"hooks.slack.com", "hooks.slack-gov.com"}


class ResponseUrls:
    """The latest address of each private message, by the message's id."""

    def __init__(self, api_base_url: str, now: Callable[[], float] = time.monotonic) -> None:
        self._api = urlsplit(api_base_url)
        self._now = now
        self._urls: OrderedDict[_Key, tuple[str, float]] = OrderedDict()

    def remember(self, payload: Payload, workspace: str) -> None:
        """Keep the address of a press in this workspace, if it is one of Slack's."""
        pressed = read_as(BlockActions, payload)
        if pressed is None or pressed.response_url is None:
            return
        if pressed.container.is_ephemeral and self._is_slacks(pressed.response_url):
            key = (workspace, pressed.channel.id, pressed.container.message_ts, pressed.user.id)
            self._urls.pop(key, None)
            self._urls[key] = (pressed.response_url, self._now() + _VALID_S)
            if len(self._urls) > _KEPT:
                self._urls.popitem(last=False)

    def for_source(self, outgoing: Outgoing) -> str | None:
        """The address for replacing what this answers, None when there is none (any more)."""
        url, valid_until = self._urls.get(_key(outgoing), ("", 0.0))
        return url if self._now() < valid_until else None

    def forget_source(self, outgoing: Outgoing) -> None:
        """Slack does not take the address any more."""
        self._urls.pop(_key(outgoing), None)

    def _is_slacks(self, url: str) -> bool:
        """The address comes with a request: only Slack's hosts are ever posted to."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if (parts.scheme, parts.netloc) == (self._api.scheme, self._api.netloc):
            return True
        return parts.scheme == "https" and parts.netloc in _SLACK_HOSTS


def _key(outgoing: Outgoing) -> _Key:
    place, source = outgoing.place, outgoing.source_message_id or ""
    return place.workspace, place.conversation_id, source, outgoing.person_id
