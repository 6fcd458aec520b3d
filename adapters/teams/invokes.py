"""What Teams is told at once when it waits for an answer. The work itself follows as a job."""

from dataclasses import dataclass

from adapters.teams.activity import JsonObject
from adapters.teams.parse import CARD_ACTION

_TAKEN = "Got it."
_UNKNOWN = "This button is not known any more. Ask Earshot again to get a fresh one."
_NOT_OFFERED = "Earshot does not offer this here. Mention it, or write to it in its chat."


@dataclass(frozen=True, slots=True)
class InvokeAnswer:
    """A status and a body of the shape that this kind of invoke demands."""

    status: int
    body: JsonObject


def answer_invoke(name: str | None, *, understood: bool) -> InvokeAnswer:
    """The answer to an invoke; one that Earshot never asked for is told so in words."""
    if name == CARD_ACTION:
        return InvokeAnswer(200, _taken() if understood else _refused())
    if name == "composeExtension/query":
        return InvokeAnswer(200, {"composeExtension": _told("text")})
    if name in {"composeExtension/fetchTask", "composeExtension/submitAction"}:
        return InvokeAnswer(200, {"task": _told("value")})
    if name == "message/submitAction":
        return InvokeAnswer(200, {})
    return InvokeAnswer(400, {"error": _NOT_OFFERED})


def _taken() -> JsonObject:
    return {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": _TAKEN,
    }


def _refused() -> JsonObject:
    return {
        "statusCode": 400,
        "type": "application/vnd.microsoft.error",
        "value": {"code": "BadRequest", "message": _UNKNOWN},
    }


def _told(key: str) -> JsonObject:
    return {"type": "message", key: _NOT_OFFERED}
