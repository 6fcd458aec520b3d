"""The words of an HTML mail, without the mails that it answers."""

from html.parser import HTMLParser

_BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol"}
_UNSEEN = {"script", "style", "head", "title"}
_HISTORY_IDS = {"divrplyfwdmsg", "appendonsend"}
_HISTORY_CLASSES = {"gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix"}


def text_of_html(html: str) -> str:
    """What a reader of the mail sees of its new part; of all where nothing is new."""
    for with_history in (False, True):
        parser = _Words(with_history=with_history)
        parser.feed(html)
        parser.close()
        if text := parser.text.strip():
            return text
    return ""


class _Words(HTMLParser):
    """Collects text. After a mark of a mail program's history nothing more is new."""

    def __init__(self, *, with_history: bool) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._unseen = 0
        self._quotes = 0
        self._is_over = False
        self._with_history = with_history

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "blockquote":
            self._quotes += 1
        elif tag in _BREAKS:
            self._parts.append("\n")
        marks = {name: (value or "").lower() for name, value in attrs}
        classes = set(marks.get("class", "").split())
        if marks.get("id") in _HISTORY_IDS or classes & _HISTORY_CLASSES:
            self._is_over = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)

    def handle_data(self, data: str) -> None:
        is_old = self._is_over or self._quotes
        if self._unseen or (is_old and not self._with_history):
            return
        words = " ".join(data.split())
        spaced = f" {words} " if words and data[:1].isspace() else f"{words} " if words else ""
        self._parts.append(spaced if data[-1:].isspace() else spaced.rstrip(" "))
