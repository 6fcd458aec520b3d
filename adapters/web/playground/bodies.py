"""What the page may send, checked."""

from http import HTTPStatus
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from adapters.web.playground.platform import Refused

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,80}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Text = Annotated[str, StringConstraints(max_length=40_000)]


class Body(BaseModel):
    """A JSON object with exactly these fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NewPerson(Body):
    """Somebody new."""

    name: Name
    role: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""


class NewChannel(Body):
    """A channel that `person` opens."""

    person: Id
    name: Name
    private: bool = False
    listening: bool = False
    members: Annotated[list[Id], Field(max_length=500)] = []


class Listening(Body):
    """Whether the bot shall read along."""

    person: Id
    listening: bool


class NewMessage(Body):
    """What `person` writes; the same `client_key` again is the same message."""

    person: Id
    text: Text
    thread: Id | None = None
    mention: bool = False
    client_key: Id | None = None


class ChangedMessage(Body):
    """What `person` makes of their message."""

    person: Id
    text: Text


class ByPerson(Body):
    """Who does it."""

    person: Id


class Press(Body):
    """Which button `person` presses, counted from 0."""

    person: Id
    button: Annotated[int, Field(ge=0)]
    press_id: Id


class HomePress(Press):
    """The same on the person's page, as they saw it in this version."""

    version: Annotated[int, Field(ge=1)]


class Submission(Body):
    """What `person` filled in, by field."""

    person: Id
    press_id: Id
    fields: dict[Id, list[Text]]


AnyBody = TypeVar("AnyBody", bound=Body)


def read_body(raw: bytes, schema: type[AnyBody]) -> AnyBody:
    """Check a request's body. Raises Refused, naming the first field that does not fit."""
    try:
        return schema.model_validate_json(raw)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False, include_context=False)[0]
        if problem["type"] == "json_invalid":
            raise Refused(HTTPStatus.BAD_REQUEST, "The body must be JSON.") from None
        where = ".".join(map(str, problem["loc"])) or "body"
        message = f"{where}: {problem['msg']}."
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, message) from None
