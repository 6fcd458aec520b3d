"""Prompts as named, versioned files; a released file is never edited, its successor is `.v2`.

A file has `system` and `user` texts with `string.Template` variables, listed under `variables`.
"""

import tomllib
from functools import cache
from importlib.resources import files
from string import Template

from bot.errors import PromptInvalid
from bot.ports import RenderedPrompt


@cache
def _load(version: str) -> dict[str, object]:
    source = files(__name__).joinpath(f"{version}.toml")
    if not source.is_file():
        raise PromptInvalid(f"there is no prompts/{version}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def render(version: str, **variables: str) -> RenderedPrompt:
    """Fill in a prompt, `render("answer.v1", question=...)`.

    Raises PromptInvalid when a variable is missing, or one is given that the prompt does not list.
    """
    prompt = _load(version)
    listed = set(_texts(prompt["variables"]))
    if listed != variables.keys():
        wrong = ", ".join(sorted(listed ^ variables.keys()))
        raise PromptInvalid(f"{version}: missing or unknown: {wrong}")
    return RenderedPrompt(
        version=version,
        system=Template(str(prompt["system"])).substitute(variables),
        user=Template(str(prompt["user"])).substitute(variables),
    )


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise PromptInvalid("`variables` must be a list of names")
    return value
