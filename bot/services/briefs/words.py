"""What a statement says that no facet tells: a promise of ours, what suppliers are chosen by."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.domain.brief import SupplierCriterion
from bot.services.cue_words import CueWords, read_cues, words_of

_PROMISE = "promise"
_FEWEST_CRITERIA = 2  # one alone is a remark, not a way of choosing


def is_promise(statement: str) -> bool:
    """Whether it tells that we said we would do something."""
    return _cues()[_PROMISE].first(words_of(statement)) is not None


def criteria_in(statement: str) -> tuple[SupplierCriterion, ...]:
    """The criteria that it names, in its own order; none where it names a single one."""
    words = words_of(statement)
    places = {criterion: _cues()[criterion].first(words) for criterion in SupplierCriterion}
    named = {criterion: at for criterion, at in places.items() if at is not None}
    return tuple(sorted(named, key=named.__getitem__)) if len(named) >= _FEWEST_CRITERIA else ()


@cache
def _cues() -> Mapping[str, CueWords]:
    return read_cues(resources.files(__package__).joinpath("brief_words.toml"))
