"""The parts that are read of what Teams asks and waits for, checked."""

from typing import TypeVar

from pydantic import Field, ValidationError

from adapters.teams.activity import Activity, Id, Instant, Part, Words

_Value = TypeVar("_Value", bound=Part)


class _User(Part):
    id: Id


class _Sender(Part):
    user: _User | None = None


class _Body(Part):
    content_type: str | None = None
    content: Words | None = None


class PointedMessage(Part):
    """A message that somebody pointed at, as Teams passes it on."""

    id: Id
    created_date_time: Instant | None = None
    deleted: bool | None = None
    sender: _Sender | None = Field(default=None, alias="from")
    body: _Body | None = None


class CaptureData(Part):
    """What our own dialog sends back. Nothing in it is believed but the person's own words."""

    text: Words = ""
    wish: Id | None = None


class ActionOnMessage(Part):
    """An action of ours was chosen, or its dialog submitted."""

    command_id: str
    message_payload: PointedMessage | None = None
    data: CaptureData | None = None


class _Parameter(Part):
    name: str | None = None
    value: Words | None = None


class _Page(Part):
    skip: int = 0


class Query(Part):
    """Words to search for. Not every client says which search or which parameter it is."""

    command_id: str | None = None
    parameters: tuple[_Parameter, ...] = ()
    query_options: _Page | None = None


def read_value(kind: type[_Value], activity: Activity) -> _Value | None:
    """The value of an invoke; None where it is not of this kind."""
    try:
        return kind.model_validate(activity.value)
    except (ValidationError, RecursionError):
        return None
