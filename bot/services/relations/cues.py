"""Words by which a statement tells that it changes, agrees with or denies what was said before."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.services.cue_words import CueWords, read_cues


@cache
def cue_words() -> Mapping[str, CueWords]:
    """By kind: `change`, `agreement`, `denial`, `negation`."""
    return read_cues(resources.files(__package__).joinpath("cues.toml"))
