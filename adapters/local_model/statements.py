"""Cuts a note into statements, and tells what a mail repeats from what it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_CUT = re.compile(r"\n+|(?<=[.!?…。！？])[\"'”»)]*\s+")
_ABBREVIATION = re.compile(
    r"(?:^|\W)(?:incl|excl|approx|ca|e\.g|i\.e|vs|no|nr|dr|mr|mrs|ms|prof|st|inc|ltd|co|z\.b|d\.h|"
    r"bzw|evtl|ggf|inkl|bl\.a|t\.ex|esim|mm|\w)\.$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:(?:[-*•–]|\d{1,2}[.)])\s*)?")
_ATTRIBUTION = re.compile(
    r"^(?:on|am|le|el|den|il|op)\b.{0,200}(?:wrote|schrieb|écrit|escribió|skrev|ha scritto|schreef)"
    r".{0,80}:\s*$|^-{2,} ?(?:original message|forwarded message|ursprüngliche nachricht)",
    re.IGNORECASE,
)

# More statements than this no chat message makes; a pasted log or table does.
_MAX_SEGMENTS = 40
_FEWEST_NEW_WORDS = 5


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or a line: `text[start:end]`."""

    start: int
    end: int
    text: str


def new_segments(text: str) -> list[Segment]:
    """The sentences and lines that the note itself says, in order.

    Quoted history and a signature are left out where enough is left; a quotation that the note
    introduces ("she writes:") is what the note is about, and stays.
    """
    lines = _lines(text)
    kept = [
        line for line, is_repeated in zip(lines, _repeated(lines), strict=True) if not is_repeated
    ]
    if sum(len(line.text.split()) for line in kept) < _FEWEST_NEW_WORDS:
        kept = lines
    return [segment for line in kept for segment in _sentences(line)][:_MAX_SEGMENTS]


def span(text: str, segments: Sequence[Segment], limit: int) -> str:
    """The literal part of the text from the first segment to the last, cut at a word."""
    if not segments:
        return text[:limit].strip()
    whole = text[segments[0].start : segments[-1].end]
    return whole if len(whole) <= limit else whole[:limit].rsplit(maxsplit=1)[0]


def _lines(text: str) -> list[Segment]:
    lines: list[Segment] = []
    start = 0
    for line in text.split("\n")[: 4 * _MAX_SEGMENTS]:
        if line.strip():
            lines.append(Segment(start, start + len(line), line))
        start += len(line) + 1
    return lines


def _repeated(lines: Sequence[Segment]) -> list[bool]:
    """For each line, whether it belongs to the history or the signature of a mail."""
    verdicts: list[bool] = []
    in_history = in_signature = is_introduced = False
    for line in lines:
        stripped = line.text.strip()
        is_quote = stripped.startswith(">")
        in_history = in_history or bool(_ATTRIBUTION.match(stripped))
        in_signature = in_signature or line.text in {"--", "-- "}
        verdicts.append(in_history or in_signature or (is_quote and not is_introduced))
        if not is_quote:
            is_introduced = stripped.endswith(":")
    return verdicts


def _sentences(line: Segment) -> list[Segment]:
    sentences: list[Segment] = []
    start = 0
    for cut in [*(c for c in _CUT.finditer(line.text) if _ends_sentence(line.text, c)), None]:
        end = cut.start() if cut else len(line.text)
        bullet = _BULLET.match(line.text, start, end)
        first = bullet.end() if bullet else start
        if first < end:
            sentence = line.text[first:end].rstrip()
            absolute = line.start + first
            sentences.append(Segment(absolute, absolute + len(sentence), sentence))
        start = cut.end() if cut else end
    return sentences


def _ends_sentence(text: str, cut: re.Match[str]) -> bool:
    before = text[max(0, cut.start() - 12) : cut.start()]
    return not _ABBREVIATION.search(before)
