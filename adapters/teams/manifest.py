"""The app package that is uploaded to Teams: its manifest, pictures and translations."""

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from adapters.teams.activity import JsonObject
from adapters.teams.extensions import CAPTURE, SEARCH, SEARCH_WORDS
from adapters.teams.icons import ACCENT, color_icon, outline_icon
from adapters.teams.references import Scope
from bot.errors import SettingsInvalid

ADDRESS: Final = "/api/messages"
_VERSION = "1.29"
_SCHEMAS = f"https://developer.microsoft.com/json-schemas/teams/v{_VERSION}"
_SCHEMA = f"{_SCHEMAS}/MicrosoftTeams.schema.json"
_TRANSLATION_SCHEMA = f"{_SCHEMAS}/MicrosoftTeams.Localization.schema.json"

# As Teams spells them in a manifest.
_PERSONAL, _TEAM, _GROUP = "personal", "team", "groupChat"
SCOPES: Final[Mapping[Scope, str]] = {
    Scope.PERSONAL: _PERSONAL,
    Scope.CHANNEL: _TEAM,
    Scope.GROUP: _GROUP,
}

LISTENING_PERMISSIONS: Final = ("ChannelMessage.Read.Group", "ChatMessage.Read.Chat")
"""What lets the bot see messages that do not mention it, where it is installed."""

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONGEST_DEVELOPER_NAME = 32


@dataclass(frozen=True, slots=True)
class _Text:
    """What people read, in English and in Finnish."""

    en: str
    fi: str


# A command's title is what is written for the person who chooses it, so it is not translated.
_EVERYWHERE: Final[Mapping[str, _Text]] = {
    "note": _Text(
        "Keep what you heard: note Novara closes Lyon",
        "Tallenna kuulemasi: note Novara closes Lyon",
    ),
    "ask": _Text(
        "Ask what is known: ask who decides at Novara?",
        "Kysy, mitä tiedetään: ask who decides at Novara?",
    ),
    "brief me on": _Text(
        "Before you meet a customer: brief me on Novara",
        "Ennen asiakkaan tapaamista: brief me on Novara",
    ),
    "earshot customer": _Text(
        "What is known of a customer: earshot customer Novara",
        "Mitä asiakkaasta tiedetään: earshot customer Novara",
    ),
    "earshot wall": _Text(
        "Who may know of a customer: earshot wall Novara",
        "Kuka saa tietää asiakkaasta: earshot wall Novara",
    ),
    "earshot moments": _Text("What may turn at your customers", "Mikä voi kääntyä asiakkaillasi"),
    "earshot needs": _Text("What we should find out", "Mitä meidän pitäisi selvittää"),
    "earshot help": _Text("What Earshot can do", "Mitä Earshot osaa"),
}
_IN_PERSONAL: Final[Mapping[str, _Text]] = {
    "earshot mine": _Text("Your notes and their fate", "Muistiinpanosi ja niiden kohtalo"),
    "earshot home": _Text(
        "Your notes, your customers, and what became of them",
        "Muistiinpanosi, asiakkaasi ja mitä niistä seurasi",
    ),
}
_AMONG_OTHERS: Final[Mapping[str, _Text]] = {
    "earshot listen on": _Text(
        "Read along here, and keep what is customer knowledge",
        "Seuraa tätä keskustelua ja tallenna asiakastieto",
    ),
    "earshot listen off": _Text("Stop reading along here", "Lopeta tämän keskustelun seuraaminen"),
}
_COMMAND_LISTS: Final = (
    ((_PERSONAL,), {**_EVERYWHERE, **_IN_PERSONAL}),
    ((_TEAM, _GROUP), {**_EVERYWHERE, **_AMONG_OTHERS}),
)
_SHORT_NAME = "Earshot"
_FULL_NAME = _Text("Earshot: what we hear from customers", "Earshot: mitä kuulemme asiakkailta")
_SHORT_DESCRIPTION = _Text(
    "Keeps what you hear from customers, and answers from it.",
    "Tallentaa, mitä kuulet asiakkailta, ja vastaa sen pohjalta.",
)
_FULL_DESCRIPTION = _Text(
    "Tell Earshot what you hear from customers: in its chat, by mentioning it, or from a message's "
    "menu. It keeps what you wrote, understands it, and answers the questions of everyone who may "
    "know it, with the source beside each answer.",
    "Kerro Earshotille, mitä kuulet asiakkailta: sen omassa keskustelussa, mainitsemalla sen tai "
    "viestin valikosta. Se tallentaa kirjoittamasi, ymmärtää sen ja vastaa kaikille, jotka saavat "
    "sen tietää, lähde jokaisen vastauksen vieressä.",
)
_CAPTURE_TITLE = _Text("Save to Earshot", "Tallenna Earshotiin")
_CAPTURE_DESCRIPTION = _Text(
    "Keep what this message says of a customer", "Tallenna, mitä viesti kertoo asiakkaasta"
)
_SEARCH_TITLE = _Text("Search Earshot", "Hae Earshotista")
_SEARCH_DESCRIPTION = _Text(
    "Insert what is known into the conversation", "Lisää keskusteluun, mitä tiedetään"
)
_WORDS_TITLE = _Text("What about?", "Mistä?")
_WORDS_DESCRIPTION = _Text("A customer, or words of what was heard", "Asiakas tai kuullun sanoja")


def app_manifest(
    url: str, app_id: str, *, developer: str = "Earshot", listens: bool = True
) -> JsonObject:
    """The manifest of this bot's app, reached at this address. Raises SettingsInvalid.

    Without `listens` it asks for no permission to see messages that do not mention it.
    """
    base_url, host = _checked_address(url)
    app_id = _checked_id(app_id)
    if not 0 < len(developer) <= _LONGEST_DEVELOPER_NAME:
        raise SettingsInvalid(f"--developer is a name of 1 to {_LONGEST_DEVELOPER_NAME} characters")
    return {
        "$schema": _SCHEMA,
        "manifestVersion": _VERSION,
        "version": "1.0.0",
        "id": app_id,
        "localizationInfo": {
            "defaultLanguageTag": "en",
            "defaultLanguageFile": "en.json",
            "additionalLanguages": [{"languageTag": "fi", "file": "fi.json"}],
        },
        "developer": {
            "name": developer,
            "websiteUrl": base_url,
            "privacyUrl": f"{base_url}/privacy",
            "termsOfUseUrl": f"{base_url}/terms",
        },
        "name": {"short": _SHORT_NAME, "full": _FULL_NAME.en},
        "description": {"short": _SHORT_DESCRIPTION.en, "full": _FULL_DESCRIPTION.en},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#{:02X}{:02X}{:02X}".format(*ACCENT),
        "bots": [_bot(app_id)],
        "composeExtensions": [{"botId": app_id, "commands": [_capture(), _search()]}],
        "validDomains": [host],
        **(_listening(app_id, base_url) if listens else {}),
    }


def app_package(
    url: str, app_id: str, *, developer: str = "Earshot", listens: bool = True
) -> bytes:
    """The zip that is uploaded to Teams. Raises SettingsInvalid."""
    manifest = app_manifest(url, app_id, developer=developer, listens=listens)
    files: dict[str, str | bytes] = {
        "manifest.json": _as_json(manifest),
        "color.png": color_icon(),
        "outline.png": outline_icon(),
        "en.json": _as_json(translation("en")),
        "fi.json": _as_json(translation("fi")),
    }
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # Without the time of day, so that the same app is the same file.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return package.getvalue()


def translation(language: str) -> JsonObject:
    """What the manifest says in one of its languages, by where it stands there."""
    texts = {
        "name.full": _FULL_NAME,
        "description.short": _SHORT_DESCRIPTION,
        "description.full": _FULL_DESCRIPTION,
        **{
            f"bots[0].commandLists[{part}].commands[{at}].description": text
            for part, (_, commands) in enumerate(_COMMAND_LISTS)
            for at, text in enumerate(commands.values())
        },
        "composeExtensions[0].commands[0].title": _CAPTURE_TITLE,
        "composeExtensions[0].commands[0].description": _CAPTURE_DESCRIPTION,
        "composeExtensions[0].commands[1].title": _SEARCH_TITLE,
        "composeExtensions[0].commands[1].description": _SEARCH_DESCRIPTION,
        "composeExtensions[0].commands[1].parameters[0].title": _WORDS_TITLE,
        "composeExtensions[0].commands[1].parameters[0].description": _WORDS_DESCRIPTION,
    }
    said = {where: getattr(text, language) for where, text in texts.items()}
    return {"$schema": _TRANSLATION_SCHEMA, "name.short": _SHORT_NAME, **said}


def _bot(app_id: str) -> JsonObject:
    return {
        "botId": app_id,
        "scopes": list(SCOPES.values()),
        "supportsFiles": False,
        "isNotificationOnly": False,
        "commandLists": [_command_list(scopes, texts) for scopes, texts in _COMMAND_LISTS],
    }


def _command_list(scopes: Sequence[str], commands: Mapping[str, _Text]) -> JsonObject:
    listed = [{"title": title, "description": text.en} for title, text in commands.items()]
    return {"scopes": list(scopes), "commands": listed}


def _capture() -> JsonObject:
    return {
        "id": CAPTURE,
        "type": "action",
        "title": _CAPTURE_TITLE.en,
        "description": _CAPTURE_DESCRIPTION.en,
        "context": ["message"],
        "fetchTask": True,
    }


def _search() -> JsonObject:
    words = {
        "name": SEARCH_WORDS,
        "title": _WORDS_TITLE.en,
        "description": _WORDS_DESCRIPTION.en,
        "inputType": "text",
    }
    return {
        "id": SEARCH,
        "type": "query",
        "title": _SEARCH_TITLE.en,
        "description": _SEARCH_DESCRIPTION.en,
        "context": ["compose", "commandBox"],
        "initialRun": True,
        "parameters": [words],
    }


def _listening(app_id: str, base_url: str) -> JsonObject:
    asked = [{"name": name, "type": "Application"} for name in LISTENING_PERMISSIONS]
    return {
        "webApplicationInfo": {"id": app_id, "resource": base_url},
        "authorization": {"permissions": {"resourceSpecific": asked}},
    }


def _checked_address(url: str) -> tuple[str, str]:
    base_url = url.rstrip("/").removesuffix(ADDRESS)
    try:
        parts = urlsplit(base_url)
        is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
        is_good = parts.scheme == "https" and bool(parts.hostname) and is_plain
        _ = parts.port
    except ValueError:
        is_good = False
    if not is_good or any(each.isspace() for each in base_url):
        raise SettingsInvalid(f"--url is an address like https://earshot.example.com, not {url!r}")
    return base_url, parts.hostname or ""


def _checked_id(app_id: str) -> str:
    if not _GUID.fullmatch(app_id):
        raise SettingsInvalid(
            "TEAMS_APP_ID or --app-id is the Microsoft App ID of the bot, like "
            "00000000-0000-0000-0000-000000000000"
        )
    return app_id


def _as_json(content: JsonObject) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
