"""Whose installation a genuine payload is for, as Slack says around it. Pure.

An event's authorization says it; the `team_id` beside that is where the event happened, which in a
channel shared between organisations may be another one's team. Where an organisation has installed
the app for all its teams, an authorization and an interaction may name no team.
Sources: docs.slack.dev/apis/events-api and docs.slack.dev/enterprise.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator

from adapters.slack.parse import read_as
from adapters.slack.payloads import Id, Part, Payload


def _none_if_empty(value: object) -> object:
    return value or None


def _is_true(value: object) -> bool:
    return value is True or value == "true"  # the fields of a command are texts


_IdOrNone = Annotated[Id | None, BeforeValidator(_none_if_empty)]
_Flag = Annotated[bool, BeforeValidator(_is_true)]


class _Authorization(Part):
    team_id: _IdOrNone = None
    enterprise_id: _IdOrNone = None
    is_enterprise_install: _Flag = False


class _Event(Part):
    team_id: _IdOrNone = None
    enterprise_id: _IdOrNone = None
    context_team_id: _IdOrNone = None
    context_enterprise_id: _IdOrNone = None
    authorizations: tuple[_Authorization, ...] | None = None


class _Team(Part):
    id: Id
    enterprise_id: _IdOrNone = None


class _Enterprise(Part):
    id: _IdOrNone = None


class _User(Part):
    team_id: _IdOrNone = None


class _Interaction(Part):
    team: _Team | None = None
    enterprise: _Enterprise | None = None
    user: _User = _User()
    is_enterprise_install: _Flag = False


class _Command(Part):
    command: str
    team_id: Id
    enterprise_id: _IdOrNone = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """The team that a payload is for, and the organisation where the team is part of one.

    `team_id` is None only where something happened to a whole organisation.
    """

    team_id: str | None
    org_id: str | None = None


def read_envelope(payload: Payload) -> Envelope | None:
    """What Slack says around a payload; None where that names nobody."""
    if payload.get("type") == "event_callback":
        event = read_as(_Event, payload)
        return _of_event(event) if event else None
    if "command" in payload:
        command = read_as(_Command, payload)
        return Envelope(command.team_id, command.enterprise_id) if command else None
    interaction = read_as(_Interaction, payload)
    return _of_interaction(interaction) if interaction else None


def naming_team(payload: Payload, team_id: str) -> Payload:
    """The same with the team named where an organisation's installation left it out."""
    if payload.get("type") == "event_callback":
        return {**payload, "authorizations": [{"team_id": team_id}]}
    return payload if payload.get("team") else {**payload, "team": {"id": team_id}}


def _of_event(event: _Event) -> Envelope | None:
    if not event.authorizations:
        return _envelope(event.team_id, event.enterprise_id)
    granted = event.authorizations[0]
    if granted.team_id or not granted.is_enterprise_install:
        return _envelope(granted.team_id, granted.enterprise_id)
    came_by = (
        (event.context_team_id, event.context_enterprise_id),
        (event.team_id, event.enterprise_id),
    )
    teams = (team for team, org in came_by if team and org == granted.enterprise_id)
    return _envelope(next(teams, None), granted.enterprise_id)


def _of_interaction(interaction: _Interaction) -> Envelope | None:
    org_id = interaction.enterprise.id if interaction.enterprise else None
    if interaction.team is not None:
        return Envelope(interaction.team.id, org_id or interaction.team.enterprise_id)
    if interaction.is_enterprise_install and interaction.user.team_id:
        return _envelope(interaction.user.team_id, org_id)
    return None


def _envelope(team_id: str | None, org_id: str | None) -> Envelope | None:
    return Envelope(team_id, org_id) if team_id or org_id else None
