"""Links, mentions and addresses in a sentence that a model wrote: what a client may act on."""

import re
import unicodedata

_LINK = re.compile(r"\w://|\bwww\.|\bmailto:|\w\.[a-z]{2,24}/|\]\(|<[^<>]*\|", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@\w|<[@!#]|</?[a-z]", re.IGNORECASE)
# Breaks a word in two for the checks below and not for a reader. Two joiners are part of scripts.
_UNSEEN = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_DOMAIN = re.compile(r"(?<![\w-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}\.[a-z]{2,24}\b")
# Written like a domain, and none that anybody can have: names of files and of software.
_NO_DOMAIN = (
    *(".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".csv", ".txt", ".eml"),
    *(".htm", ".html", ".jpg", ".jpeg", ".png", ".js", ".ts"),
)


def has_links(sentence: str) -> bool:
    """Also one of wide characters, which some clients take for others, or one that is disguised."""
    forms = (sentence, unicodedata.normalize("NFKC", sentence))
    is_plain = not any(_LINK.search(form) or _MENTION.search(form) for form in forms)
    return not is_plain or _UNSEEN.search(sentence) is not None


def has_addresses(sentence: str, evidence: str, names: str) -> bool:
    """Whether there is an e-mail address, or a domain that is no customer's name.

    Clients make links of both, and a note must not be able to put one into an answer. `evidence`
    and `names` are folded.
    """
    folded = unicodedata.normalize("NFKC", sentence).casefold()
    return _EMAIL.search(folded) is not None or any(
        domain not in (evidence if domain.endswith(_NO_DOMAIN) else names)
        for domain in _DOMAIN.findall(folded)
    )
