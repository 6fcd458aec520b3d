"""What comes back over the wire of an OpenAI-compatible server, checked.

All of it is a stranger's: what is wrong with it raises ModelUnavailable or pydantic's
ValidationError.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ValidationError

from bot.domain.answer import Vector
from bot.errors import ModelUnavailable
from bot.ports import Schema


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """What one call cost. `purpose` is the prompt's version, or `embed`."""

    model_id: str
    purpose: str
    input_tokens: int
    output_tokens: int


class Usage(BaseModel):
    """The tokens of a call; servers that do not count leave them out."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def of(self, model_id: str, purpose: str) -> TokenUsage:
        """The same, and what they were spent on."""
        return TokenUsage(model_id, purpose, self.prompt_tokens, self.completion_tokens)


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class Completion(BaseModel):
    """The body of a chat completion."""

    choices: list[_Choice]
    usage: Usage | None = None

    def text(self) -> str:
        """What the model wrote, whole. Raises ModelUnavailable when it refused or was cut off."""
        if not self.choices:
            raise ModelUnavailable("an empty answer")
        choice = self.choices[0]
        if choice.message.refusal or choice.finish_reason == "content_filter":
            raise ModelUnavailable("the model refused to answer")
        if choice.finish_reason == "length":
            raise ModelUnavailable("the answer was cut off")
        if not choice.message.content:
            raise ModelUnavailable("an empty answer")
        return choice.message.content


class _Embedding(BaseModel):
    embedding: list[float]
    index: int


class Embeddings(BaseModel):
    """The body of an answer to texts that were to be embedded."""

    data: list[_Embedding]
    usage: Usage | None = None

    def vectors(self, count: int) -> list[Vector]:
        """One vector of unit length a text, in order. Raises ModelUnavailable unless `count`."""
        in_order = sorted(self.data, key=lambda item: item.index)
        if [item.index for item in in_order] != list(range(count)):
            raise ModelUnavailable("not one vector a text")
        return [_unit(item.embedding) for item in in_order]


def _unit(numbers: Sequence[float]) -> Vector:
    vector = np.asarray(numbers, dtype=np.float64)
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0.0:
        raise ModelUnavailable("a vector without a direction")
    return (vector / length).astype(np.float32)


def parsed(answer: str, schema: type[Schema]) -> Schema:
    """The answer as a value of the schema. Raises ValidationError."""
    try:
        return schema.model_validate_json(answer)
    except ValidationError:
        # Models without a schema to hold to wrap their JSON: in fences, in thoughts, in manners.
        after_thoughts = answer.rpartition("</think>")[2]
        start, end = after_thoughts.find("{"), after_thoughts.rfind("}")
        return schema.model_validate_json(after_thoughts[start : end + 1])


def bare_schema(schema: Mapping[str, object]) -> dict[str, object]:
    """A JSON schema without titles, descriptions and defaults, which strict servers refuse."""
    bare: dict[str, object] = {}
    for key, value in schema.items():
        if key in {"title", "default", "description"}:
            continue
        if key in {"properties", "$defs"} and isinstance(value, dict):
            bare[key] = {name: bare_schema(part) for name, part in value.items()}
        elif isinstance(value, dict):
            bare[key] = bare_schema(value)
        elif isinstance(value, list):
            bare[key] = [bare_schema(part) if isinstance(part, dict) else part for part in value]
        else:
            bare[key] = value
    return bare
