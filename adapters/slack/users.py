"""Who a user of Slack's is, as Slack tells of them. Pure."""

from collections.abc import Mapping

from adapters.slack.config import Installation
from adapters.slack.payloads import Payload
from bot.domain.people import Person, Standing

_GUESTS_MARKS = ("is_restricted", "is_ultra_restricted")


def person_of(person_id: str, told: Payload, here: Installation) -> Person:
    """Somebody as Slack tells of them."""
    return Person(
        id=person_id,
        workspace=here.workspace,
        name=display_name(told),
        role=_role(told),
        time_zone=str(told.get("tz") or ""),
        standing=standing_of(told, here),
    )


def standing_of(user: Payload, here: Installation) -> Standing:
    """What a user is to the workspace: a full member only if Slack says so in every respect."""
    if user.get("deleted"):
        return Standing.DEACTIVATED
    if not user.get("team_id") or is_bot_user(user):
        return Standing.UNKNOWN
    if user.get("is_stranger") or here.team_id not in _teams(user):
        return Standing.STRANGER
    return Standing.GUEST if any(map(user.get, _GUESTS_MARKS)) else Standing.MEMBER


def _teams(user: Payload) -> list[object]:
    """Somebody of an organisation may be of several of its workspaces."""
    return [user.get("team_id"), *list_in(part_of(user, "enterprise_user"), "teams")]


def is_bot_user(user: Payload) -> bool:
    """Whether it is a program."""
    return bool(user.get("is_bot")) or user.get("id") == "USLACKBOT"


def display_name(user: Payload) -> str:
    """The name that somebody is shown with."""
    profile = part_of(user, "profile")
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"))
    return next((str(name) for name in (*names, user.get("name")) if name), "")


def _role(user: Payload) -> str:
    return str(part_of(user, "profile").get("title") or "")


def part_of(payload: Payload, name: str) -> Payload:
    """An object inside another; empty where it is none."""
    part = payload.get(name)
    return part if isinstance(part, Mapping) else {}


def list_in(payload: Payload, name: str) -> list[object]:
    """A list inside an object; empty where it is none."""
    part = payload.get(name)
    return part if isinstance(part, list) else []
