"""Phrases in the languages people ask in."""

import tomllib
from functools import cache
from importlib.resources import files
from string import Template


@cache
def _phrases() -> dict[str, dict[str, str]]:
    source = files("bot.services.presentation").joinpath("phrases.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def phrase(name: str, language: str, **variables: str) -> str:
    """A phrase in a language, in English where there is none."""
    in_languages = _phrases()[name]
    return Template(in_languages.get(language, in_languages["en"])).substitute(variables)
