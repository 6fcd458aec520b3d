"""Prompts are files whose variables are checked."""

import re
import tomllib
from enum import StrEnum
from importlib.resources import files
from string import Template

import pytest

from bot.domain.taxonomy import (
    Belief,
    Certainty,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Signal,
    Source,
    Topic,
    UseKind,
)
from bot.errors import PromptInvalid
from bot.services.answer_writing import WrittenAnswer, WrittenSentence
from bot.services.model_classification import ReadInsight
from prompts import render

FILES = sorted(file.name for file in files("prompts").iterdir() if file.name.endswith(".toml"))
ANSWER = {
    "boundary": "b0",
    "asked": "Monday 2026-11-09",
    "language": "en",
    "question": "who?",
    "insights": "[1] them",
}


def _loaded(name: str) -> dict[str, object]:
    return tomllib.loads(files("prompts").joinpath(name).read_text(encoding="utf-8"))


def _used(prompt: dict[str, object]) -> set[str]:
    text = f"{prompt['system']}{prompt['user']}"
    assert Template(text).is_valid()
    return set(Template(text).get_identifiers())


@pytest.mark.parametrize("name", FILES)
def test_a_prompt_lists_the_variables_that_it_uses(name: str) -> None:
    """A variable that is listed and not used, or used and not listed, is a slip."""
    prompt = _loaded(name)
    listed = prompt["variables"]
    assert isinstance(listed, list)
    assert _used(prompt) == set(listed)


@pytest.mark.parametrize("name", FILES)
def test_a_prompt_has_a_version_in_its_name(name: str) -> None:
    """What a prompt produced names the version that produced it."""
    assert re.fullmatch(r"[a-z_]+\.v[0-9]+\.toml", name)


@pytest.mark.parametrize("name", FILES)
def test_a_prompt_keeps_what_people_wrote_out_of_its_instructions(name: str) -> None:
    """The system text knows nothing but the name of the fence; all data stand inside it."""
    prompt = _loaded(name)
    system = Template(str(prompt["system"]))
    assert system.get_identifiers() == ["boundary"]
    before, _, rest = str(prompt["user"]).partition("<data-$boundary>")
    inside, _, after = rest.partition("</data-$boundary>")
    assert set(Template(before + after).get_identifiers()) <= {"asked", "language"}
    assert inside.strip()


def test_a_rendered_prompt_holds_its_variables_and_its_version() -> None:
    """What is sent is what was given."""
    prompt = render("answer.v1", **ANSWER)
    assert prompt.version == "answer.v1"
    assert "<data-b0>" in prompt.user
    assert "question: who?" in prompt.user


def test_a_dollar_in_what_people_wrote_stays_a_dollar() -> None:
    """Data are not read for variables."""
    prompt = render("answer.v1", **{**ANSWER, "question": "$5 or $boundary or ${system}?"})
    assert "$5 or $boundary or ${system}?" in prompt.user


def test_a_missing_variable_is_told() -> None:
    """A call that forgets something does not send half a prompt."""
    with pytest.raises(PromptInvalid, match="missing or unknown: language"):
        render("answer.v1", **{name: text for name, text in ANSWER.items() if name != "language"})


def test_an_unknown_variable_is_told() -> None:
    """A call that gives too much means another prompt."""
    with pytest.raises(PromptInvalid, match="missing or unknown: colour"):
        render("answer.v1", **ANSWER, colour="red")


def test_an_unknown_prompt_is_told() -> None:
    """The name of the file that was looked for is in the message."""
    with pytest.raises(PromptInvalid, match=r"prompts/answer\.v99\.toml"):
        render("answer.v99", **ANSWER)


@pytest.mark.parametrize(
    "facet",
    [
        KnowledgeType,
        ProcessStage,
        UseKind,
        Signal,
        Topic,
        Moment,
        MomentDirection,
        Certainty,
        Source,
    ],
)
def test_the_classifying_prompt_explains_every_value_of_a_facet(facet: type[StrEnum]) -> None:
    """A value that a model is not told of is never chosen."""
    system = str(_loaded("classify_note.v1.toml")["system"])
    assert [value for value in facet if not re.search(rf"\b{value}\b", system)] == []


def test_the_classifying_prompt_names_every_field_of_its_answer() -> None:
    """Servers without schemas know the fields only from the text."""
    system = str(_loaded("classify_note.v1.toml")["system"])
    fields = ReadInsight.model_fields
    assert [name for name in fields if not re.search(rf"\b{name}\b", system)] == []


def test_the_answering_prompt_names_every_field_of_its_answer() -> None:
    """Servers without schemas know the fields only from the text."""
    system = str(_loaded("answer.v1.toml")["system"])
    fields = [*WrittenAnswer.model_fields, *WrittenSentence.model_fields]
    assert [field for field in fields if f'"{field}"' not in system] == []


def test_the_answering_prompt_says_what_is_past() -> None:
    """Superseded and expired statements are never told as current."""
    system = str(_loaded("answer.v1.toml")["system"])
    assert Belief.SUPERSEDED in system
    assert Belief.EXPIRED in system
