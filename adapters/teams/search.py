"""The search of the message extension: what is asked for, and the list of finds. Pure."""

import re
from collections.abc import Sequence

from adapters.teams.activity import Activity, JsonObject
from adapters.teams.extensions import SEARCH
from adapters.teams.invoke_values import Query, read_value
from adapters.teams.render import CARD_TYPE
from adapters.teams.windows import card_of
from bot.ports import Find

MOST = 10
SLOW = "Earshot is slow right now. Search again in a moment."
_PREVIEW = "application/vnd.microsoft.card.thumbnail"
_MOST_CHARACTERS = 200
_NOTHING = "Nothing is known on that which everybody here may see."
_NOBODY_KNOWS = (
    "Earshot does not know who reads along here, so it shows nothing. Search in your chat with "
    "Earshot, or add Earshot to this conversation."
)
_INITIAL = "initialRun"
_JOINER = "\u2060"
# A preview is read as markup by some clients. After a joiner none of these begins any.
_MARKUP = re.compile(r"[<&\[*_`]")


def words_of(activity: Activity) -> str | None:
    """What to search for, empty where the list just opens; None for a search that is not ours."""
    query = read_value(Query, activity)
    if query is None or query.command_id not in {None, SEARCH}:
        return None
    words = (each.value or "" for each in query.parameters if each.name != _INITIAL)
    return next(words, "").strip()[:_MOST_CHARACTERS]


def is_further_page(activity: Activity) -> bool:
    """Whether the client has scrolled to the end: there is one page."""
    query = read_value(Query, activity)
    return query is not None and query.query_options is not None and query.query_options.skip > 0


def list_of(finds: Sequence[Find] | None) -> JsonObject:
    """The answer that shows what was found; None where nobody knows who would read it."""
    if finds is None:
        return said(_NOBODY_KNOWS)
    if not finds:
        return said(_NOTHING)
    return _result([_attachment(find) for find in finds])


def nothing_more() -> JsonObject:
    """The answer that ends a list."""
    return _result([])


def said(sentence: str) -> JsonObject:
    """The answer that says a sentence in the place of a list."""
    return {"composeExtension": {"type": "message", "text": sentence}}


def _result(attachments: list[JsonObject]) -> JsonObject:
    shown = {"type": "result", "attachmentLayout": "list", "attachments": attachments}
    return {"composeExtension": shown}


def _attachment(find: Find) -> JsonObject:
    preview = {"title": _literal(find.title), "text": _literal(find.line)}
    return {
        "contentType": CARD_TYPE,
        "content": card_of(find.reply),
        "preview": {"contentType": _PREVIEW, "content": preview},
    }


def _literal(text: str) -> str:
    return _MARKUP.sub(lambda found: found[0] + _JOINER, text)
