"""Every parser of what strangers write: what it is fed with, and what it may raise."""

import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from pydantic import ValidationError

from adapters.console_screen import printable
from adapters.documents import child
from adapters.local_model import LocalLanguageDetector
from adapters.openai_wire import Completion, parsed
from adapters.slack import envelope, interactions, revocation, shortcuts, workflow_steps
from adapters.slack import parse as slack_parse
from adapters.slack import text as slack_text
from adapters.slack.config import Installation
from adapters.slack.front import _Rejected, decode_body
from adapters.teams import capture_dialog, feedback, search
from adapters.teams import parse as teams_parse
from adapters.teams.activity import ActivityInvalid, read_activity
from adapters.teams.html_text import text_of
from adapters.web.playground import bodies
from bot.domain.customer import Customer
from bot.domain.documents import DocumentKind
from bot.domain.people import Person
from bot.errors import (
    ImportRejected,
    ModelUnavailable,
    SettingsInvalid,
)
from bot.messages import Action, ActionTaken, Place
from bot.services import evidence, evidence_check, form_reading, question_reading, triage
from bot.services.answer_writing import WrittenAnswer
from bot.services.customer_linking import CustomerLinker, LinkContext
from bot.services.dates import resolve_dates
from bot.services.log_redaction import redacted
from bot.services.model_classification import ReadNote
from bot.services.prompt_data import as_data
from bot.services.registry import Registry
from bot.services.spoken_commands import _read
from bot.settings import Settings, read_settings
from bot.use_cases.import_customers.csv_file import read_rows
from bot.use_cases.import_customers.drafts import read_drafts
from bot.use_cases.import_customers.findings import Findings
from tests.fuzz.mutator import Mutator
from tests.slack_api import BOT_USER, TEAM
from tests.slack_documented import ALL
from tests.unit.documents.pdf_files import pdf
from tests.unit.teams.activities import recorded, said, said_in_channel

NOW = datetime(2026, 11, 9, 9, tzinfo=UTC)
_HERE = Installation(workspace="main", team_id=TEAM, bot_user_id=BOT_USER)
_NOVARA = Customer("c1", "main", "Novara Pharma", ("Novara", "N&P"))
_LINKER = CustomerLinker((_NOVARA,), ("Anna Berg",))
_REGISTRY = Registry((_NOVARA,), _LINKER)
_DETECTOR = LocalLanguageDetector()

TEXTS = (
    "Novara wants 4 000 glass vials by 24.12.2026, says P. Keller (keller@novara.example).",
    "Mitä Novara sanoi hinnasta viime viikolla? Soita +358 40 123 4567.",
    "note: N&P pays 1.2 million EUR in 10-12 weeks; see <https://a.example|the offer> & “more”",
    "What does Novara want from next Monday to the end of Q3?",
    "<@U0EARSHOT> <!here> *b* `c` [1] 【2†x】 <at>Earshot</at> /ask who?",
)

_TABLE = (
    b"name;aliases;status;owner;contacts\n"
    b'Novara Pharma;"Novara; N&P";active;Anna Berg;"P. Keller <keller@novara.example>"\n'
    b"Delta Foods,,prospect,,\n"
)
_MAIL = (
    b"From: P. Keller <keller@novara.example>\nSubject: =?utf-8?b?VmlhbHM=?=\n"
    b"MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n"
    b"--x\nContent-Type: text/plain; charset=utf-8\n\n"
    b"Glass vials, please.\n\nOn Monday A wrote:\n> old\n"
    b"--x\nContent-Type: text/html; charset=iso-8859-1\n\n<p>Glass <b>vials</b></p>\n--x--\n"
)


@dataclass(frozen=True)
class Parser:
    """Feeds a parser, for ever. `allowed` is how it refuses.

    `may_be_slow` marks what runs in a process that is killed when its time is over.
    """

    inputs: Callable[[Mutator], Iterator[Any]]
    feed: Callable[[Any], object]
    allowed: tuple[type[Exception], ...] = ()
    may_be_slow: bool = field(default=False)


# --- Slack and Teams ------------------------------------------------------------------------------


def _slack(body: bytes) -> None:
    payload = decode_body(b"application/json", body)
    envelope.read_envelope(payload)
    revocation.read_revocation(payload)
    slack_parse.event(payload, _HERE)
    slack_parse.command(payload, _HERE, NOW)
    interactions.press(payload, _HERE)
    interactions.submission(payload, _HERE, NOW)
    shortcuts.form_of(payload, _HERE)
    shortcuts.submitted(payload, _HERE, NOW)
    shortcuts.problems(payload, _HERE)
    workflow_steps.run_of(payload, _HERE)


def _slack_form(body: bytes) -> None:
    decode_body(b"application/x-www-form-urlencoded", body)


def _teams(body: bytes) -> None:
    activity = read_activity(body)
    incoming = teams_parse.parse(activity, workspace="main", received_at=NOW)
    if incoming is not None:
        assert incoming.delivery_key
    teams_parse.person_of(activity)
    teams_parse.team_of(activity)
    teams_parse.press_of(activity, "main", NOW)
    capture_dialog.opened(activity)
    capture_dialog.submitted(activity, "main", NOW)
    search.words_of(activity)
    search.is_further_page(activity)


def _origins(text: str) -> None:
    interactions.origin_of(text)
    interactions.action_of(text)
    shortcuts._origin(text)
    feedback._given({"actionName": "feedback", "actionValue": {"feedback": text}})


# --- files ----------------------------------------------------------------------------------------


def _document(kind: DocumentKind) -> Callable[[bytes], None]:
    def feed(content: bytes) -> None:
        answer = child._answer(content, kind, 40_000)
        json.dumps(answer).encode()
        assert len(answer.get("text", "")) <= 40_000

    return feed


def _customers(content: bytes) -> None:
    findings = Findings()
    rows = read_rows(io.StringIO(content.decode("utf-8", "replace")), findings)
    findings.check()
    people = (Person("anna", "main", "Anna Berg"),)
    read_drafts(rows, people, findings)
    findings.check()


# --- words ----------------------------------------------------------------------------------------


def _dates(text: str) -> None:
    for moment in resolve_dates(text, NOW):
        assert moment.start <= moment.end


def _question(text: str) -> None:
    question_reading.read_question(text, None, _REGISTRY, None)
    triage.is_question(text)
    _read(text)
    _DETECTOR.detect(text)


def _note(text: str) -> None:
    _LINKER.link(text[:5_000], LinkContext())
    evidence.quote(text, "what does Novara want?")
    evidence_check._numbers_with_units(text)
    as_data(text, "boundary", 40_000)
    redacted(text)


def _shown(text: str) -> None:
    slack_text.decode(text)
    slack_text.without_mention(text, "U0EARSHOT")
    assert not set(slack_text.escape(text)) & set("<>")
    list(slack_text.pieces(text, 100))
    text_of(text)
    assert "\x1b" not in printable(text)


def _form(fields: dict[str, str]) -> None:
    taken = ActionTaken(
        place=Place("slack", "main", "C1"),
        person_id="anna",
        action=Action.SAVE_CUSTOMER,
        value="",
        press_id="p",
        taken_at=NOW,
        fields={name: tuple(value.split("|")) for name, value in fields.items()},
    )
    form_reading.read_customer_form(taken)
    kind = form_reading._one_of(form_reading.KnowledgeType, fields.get("knowledge_type", ""))
    list(form_reading._facet_problems(taken.fields, kind, None))
    form_reading._names(taken.fields, "contacts")


# --- JSON bodies and settings ---------------------------------------------------------------------

_BODIES = [
    kind
    for kind in vars(bodies).values()
    if isinstance(kind, type) and issubclass(kind, bodies.Body) and kind is not bodies.Body
]
_BODY_SAMPLES: list[object] = [
    {"person": "anna", "text": "Novara", "thread": None, "mention": True, "client_key": "k"},
    {"person": "anna", "button": 0, "press_id": "p", "version": 1},
    {"person": "anna", "fields": {"name": ["Novara"]}, "press_id": "p"},
    {"name": "sales", "role": "x", "kind": "public", "members": ["anna"], "listening": True},
]


def _body(raw: bytes) -> None:
    for kind in _BODIES:
        try:
            bodies.read_body(raw, kind)
        except bodies.Refused:
            continue


_COMPLETIONS: list[object] = [
    {
        "choices": [{"message": {"content": json.dumps(content)}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2},
    }
    for content in (
        {"nothing_known": False, "sentences": [{"text": "Novara wants vials", "citations": [1]}]},
        {"insights": [{"statement": "x", "knowledge_type": "about", "process_stage": "storage"}]},
    )
]


def _completion(raw: bytes) -> None:
    answer = Completion.model_validate_json(raw).text()
    for schema in (WrittenAnswer, ReadNote):
        try:
            parsed(answer, schema)
        except ValidationError:
            continue


def _settings(given: dict[str, str]) -> None:
    # An environment holds no NUL and no halves of characters.
    environment = {
        name: value.replace("\0", "").encode("utf-8", "replace").decode()
        for name, value in given.items()
    }
    with patch.dict(os.environ, environment, clear=True):
        read_settings()


_SETTINGS = tuple(name.upper() for name in Settings.model_fields)
_VALUES = (
    "sqlite:///x.db",
    "postgresql+psycopg://a:b@c:5432/d",
    "8080",
    "dev",
    "production",
    "https://a.example",
    "xoxb-1-2",
    "xapp-1",
    "T0123ABCD,E0123ABCD",
    "ear",
    "1.5",
    "true",
    "",
    " , ",
    "127.0.0.1",
    "gpt-5-mini",
    "http://[::1",
    "https://a:b@c.example?x#y",
    "1e999",
    "-1",
    "off",
    "redacted",
)
_FORM_NAMES = (
    "name",
    "aliases",
    "contacts",
    "customers",
    "knowledge_type",
    "process_stage",
    "topics",
    "signal",
    "moment",
    "certainty",
    "source",
    "status",
    "owner",
)
_FORM_VALUES = (
    "Novara|N&P",
    "about",
    "storage",
    "price|delivery",
    "; DROP",
    "c" * 32,
    "P. Keller; x",
)

_SLACK_FORMS = [
    b"command=%2Fask&text=what+does+Novara+want%3F&user_id=U1&team_id=T1&channel_id=C1&trigger_id=1.2",
    b"payload=%7B%22type%22%3A%22block_actions%22%7D",
]

PARSERS: dict[str, Parser] = {
    "slack payloads": Parser(lambda m: m.of_json(list(ALL.values())), _slack, (_Rejected,)),
    "slack forms": Parser(lambda m: m.of_bytes(_SLACK_FORMS), _slack_form, (_Rejected,)),
    "teams activities": Parser(
        lambda m: m.of_json([*recorded(), said(), said_in_channel("<at>Earshot</at> Novara")]),
        _teams,
        (ActivityInvalid,),
    ),
    "private metadata": Parser(
        lambda m: m.of_texts(['{"channel":"C1","workspace":"main"}', "undo.1", "good|1"]), _origins
    ),
    "customers table": Parser(lambda m: m.of_bytes([_TABLE]), _customers, (ImportRejected,)),
    "mail": Parser(lambda m: m.of_bytes([_MAIL]), _document(DocumentKind.MAIL), may_be_slow=True),
    "table": Parser(
        lambda m: m.of_bytes([_TABLE]), _document(DocumentKind.TABLE), may_be_slow=True
    ),
    "text file": Parser(
        lambda m: m.of_bytes([TEXTS[0].encode("utf-16"), TEXTS[1].encode(), _TABLE]),
        _document(DocumentKind.TEXT),
        may_be_slow=True,
    ),
    "pdf": Parser(
        lambda m: m.of_bytes([pdf("Novara wants vials"), pdf("a", "b", "c")]),
        _document(DocumentKind.PDF),
        may_be_slow=True,
    ),
    "dates": Parser(lambda m: m.of_texts(TEXTS), _dates),
    "questions": Parser(lambda m: m.of_texts(TEXTS), _question),
    "notes": Parser(lambda m: m.of_texts(TEXTS), _note),
    "shown text": Parser(lambda m: m.of_texts(TEXTS), _shown),
    "forms": Parser(lambda m: m.of_fields(_FORM_NAMES, _FORM_VALUES), _form),
    "JSON bodies": Parser(lambda m: m.of_json(_BODY_SAMPLES), _body),
    "model answers": Parser(
        lambda m: m.of_json(_COMPLETIONS), _completion, (ValidationError, ModelUnavailable)
    ),
    "settings": Parser(lambda m: m.of_fields(_SETTINGS, _VALUES), _settings, (SettingsInvalid,)),
}
