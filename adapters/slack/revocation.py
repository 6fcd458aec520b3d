"""The events by which Slack tells that an installation was taken back. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from pydantic import Field

from adapters.slack.envelope import Envelope, read_envelope
from adapters.slack.parse import read_as
from adapters.slack.payloads import Id, Part, Payload

REVOCATIONS: Final = ("app_uninstalled", "tokens_revoked")
"""The bot is told of these where several workspaces may install it."""


class _Tokens(Part):
    bot: tuple[Id, ...] = ()


class _RevokingEvent(Part):
    type: Literal["app_uninstalled", "tokens_revoked"]
    tokens: _Tokens = _Tokens()


class _Revoking(Part):
    event: _RevokingEvent
    event_time: int = Field(ge=0, le=253_402_300_799)


@dataclass(frozen=True, slots=True)
class Revocation:
    """Whose installation was taken back, and when."""

    envelope: Envelope
    happened_at: datetime


def read_revocation(payload: Payload) -> Revocation | None:
    """None where nothing of the bot's was taken back, but perhaps a token of a person."""
    revoking, envelope = read_as(_Revoking, payload), read_envelope(payload)
    if revoking is None or envelope is None:
        return None
    event = revoking.event
    if event.type == "tokens_revoked" and not event.tokens.bot:
        return None
    return Revocation(envelope, datetime.fromtimestamp(revoking.event_time, UTC))
