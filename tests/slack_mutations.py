"""Payloads with something missing, odd, huge or new: the same ones in every run."""

import copy
import random
from collections.abc import Iterator
from typing import Any

ODD_VALUES = [..., None, 0, -1, True, 1e300, "", " ", "x", [], {}, [[]], {"a": {}}, "9" * 400]
"""What something is replaced with; Ellipsis leaves it out."""

ODD_TEXTS = [
    "👩‍👩‍👧🏽" * 40,
    "a\ud83d b\udc4d c\ud83d",
    "\u202eNovara\u202c \u2067שלום\u2069",
    "\u200b\u200d\ufeff\u2060",
    "\x00Novara\x1b[31m\r\n",
    "<@U0EARSHOT> <!channel> <https://a.example|b> <",
    "&amp;lt;!here&amp;gt; &amp;",
    "<@U0EARSHOT>" * 300,
    "",
    "x" * 500_000,
]

_SAMPLES = 28
_DEPTH = 150


def mutations(payload: Any, seed: str) -> Iterator[tuple[str, Any]]:
    """Each with what was done to it. Identifiers of teams are never made up."""
    yield "as it is", payload
    yield "with new fields everywhere", with_new_fields(payload)
    yield "with odd numbers for times", _mapped(payload, _odd_time)
    paths = sorted(paths_in(payload), key=repr)
    chance = random.Random(seed)
    for path, value in chance.sample(_replacements(paths), _SAMPLES):
        yield f"{path} = {str(value)[:20]!r}", replaced(payload, path, value)
    texts = [path for path in paths if path[-1] == "text"] or paths
    for words in ODD_TEXTS:
        path = chance.choice(texts)
        yield f"{path} = {words[:12]!r}… ({len(words)})", replaced(payload, path, words)
    path = chance.choice(paths)
    yield f"{path} nested", replaced(payload, path, _nested())


def _replacements(paths: list[tuple[Any, ...]]) -> list[tuple[tuple[Any, ...], Any]]:
    found = [(path, value) for path in paths for value in ODD_VALUES]
    return found if len(found) >= _SAMPLES else found * _SAMPLES


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a payload."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, inner in items:
        yield from paths_in(inner, (*path, key))


def replaced(payload: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with one thing replaced, or left out when `value` is Ellipsis."""
    changed = copy.deepcopy(payload)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return changed


def with_new_fields(value: Any) -> Any:
    """The payload with a field more in every object."""
    if isinstance(value, list):
        return [with_new_fields(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: with_new_fields(item) for key, item in value.items()} | {"newer": [{"a": None}]}


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _mapped(change(key, item), change) for key, item in value.items()}
    return value


def _odd_time(key: str, value: Any) -> Any:
    if key == "event_time":
        return 10**300
    return "9999999999.999999999" if key.endswith("ts") and isinstance(value, str) else value


def _nested() -> Any:
    value: Any = "x"
    for level in range(_DEPTH):
        value = {"a": value} if level % 2 else [value]
    return value
