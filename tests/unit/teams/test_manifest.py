"""The app package that operators upload."""

import io
import json
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from adapters.teams import extensions
from adapters.teams.manifest import LISTENING_PERMISSIONS, SCOPES, app_package, translation
from adapters.teams.references import Scope
from bot.__main__ import app
from bot.errors import SettingsInvalid
from bot.messages import WayIn
from bot.services.spoken_commands import as_meant
from bot.use_cases import earshot_command
from tests.teams_connector import APP_ID
from tests.unit.teams.activities import FIXTURES, MENTION, said_in_channel
from tests.unit.teams.test_parse import message

URL = "https://earshot.example.com"
_STEP = re.compile(r"([A-Za-z]+)(?:\[(\d+)\])?")


def package(**how: Any) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(app_package(URL, APP_ID, **how)))


@pytest.fixture(scope="module")
def made() -> zipfile.ZipFile:
    return package()


@pytest.fixture(scope="module")
def manifest(made: zipfile.ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made.read("manifest.json"))
    return found


def at(manifest: Any, path: str) -> Any:
    """What stands at `bots[0].commandLists[0]`; raises where nothing does."""
    for name, index in _STEP.findall(path):
        manifest = manifest[name]
        manifest = manifest[int(index)] if index else manifest
    return manifest


def commands(manifest: dict[str, Any]) -> list[str]:
    lists = manifest["bots"][0]["commandLists"]
    return [command["title"] for each in lists for command in each["commands"]]


@pytest.mark.parametrize("listens", [True, False])
def test_teams_takes_the_manifest(listens: bool) -> None:
    """It fits Microsoft's schema, with listening and without."""
    schema = json.loads((FIXTURES / "manifest-1.29.schema.json").read_text())
    manifest = json.loads(package(listens=listens).read("manifest.json"))

    jsonschema.validators.validator_for(schema)(schema).validate(manifest)
    assert ("authorization" in manifest) is listens


def test_the_package_holds_what_the_manifest_names(
    made: zipfile.ZipFile, manifest: dict[str, Any]
) -> None:
    """No file more, none less, and no folder around them."""
    languages = manifest["localizationInfo"]
    named = {
        *manifest["icons"].values(),
        languages["defaultLanguageFile"],
        *(each["file"] for each in languages["additionalLanguages"]),
    }

    assert set(made.namelist()) == {"manifest.json", *named}
    assert made.testzip() is None


def test_the_same_app_is_the_same_file() -> None:
    """An operator can tell whether anything has changed."""
    assert app_package(URL, APP_ID) == app_package(f"{URL}/api/messages", APP_ID)


def test_the_pictures_are_as_teams_wants_them(made: zipfile.ZipFile) -> None:
    """One opaque of 192 pixels, one of 32 in white on transparent."""
    color, outline = pixels(made.read("color.png")), pixels(made.read("outline.png"))

    assert (len(color), len(outline)) == (192 * 192, 32 * 32)
    assert {alpha for *_, alpha in color} == {255}
    assert len(set(color)) > 2
    assert {tuple(rgb) for *rgb, _ in outline} == {(255, 255, 255)}
    assert {0, 255} < {alpha for *_, alpha in outline}


def pixels(png: bytes) -> list[tuple[int, int, int, int]]:
    """The pixels of an unfiltered RGBA picture, its checksums verified."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, chunks = 8, {}
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        chunks[kind] = png[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + chunks[kind])
        at += 12 + length
    width, height, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert rest == [8, 6, 0, 0, 0]
    rows = zlib.decompress(chunks[b"IDAT"])
    stride = 1 + 4 * width
    kept = b"".join(rows[y * stride + 1 : (y + 1) * stride] for y in range(height))
    return list(struct.iter_unpack("BBBB", kept))


def test_it_covers_every_scope_that_is_read(manifest: dict[str, Any]) -> None:
    """Each with a list of its own commands."""
    (bot,) = manifest["bots"]
    listed = [scope for each in bot["commandLists"] for scope in each["scopes"]]

    assert set(SCOPES) == set(Scope)
    assert sorted(listed) == sorted(bot["scopes"]) == sorted(SCOPES.values())


def test_every_command_of_the_lists_is_understood(manifest: dict[str, Any]) -> None:
    """What Teams writes for the person who chooses one."""
    for title in commands(manifest):
        meant = as_meant(message(said_in_channel(f"{MENTION} {title} Novara")))
        assert meant.way_in.value.endswith("_command"), title


def test_every_command_that_is_understood_is_in_the_lists(manifest: dict[str, Any]) -> None:
    """A word that nobody is told of might as well not be there; a list holds ten at most."""
    source = Path(earshot_command.__file__).read_text(encoding="utf-8")
    words = set(re.findall(r'^ +"(\w+)": (?:lambda|general)', source, re.MULTILINE))
    told_of_elsewhere = {"brief", "forget", "loop", "settings"}
    titles = [title for title in commands(manifest) if title.startswith("earshot ")]
    listed = {title.split()[1] for title in titles} | told_of_elsewhere

    assert listed == words
    assert {title.split()[0] for title in commands(manifest)} == {
        way_in.value.removesuffix("_command")
        for way_in in WayIn
        if way_in.value.endswith("_command")
    }


def test_the_extension_is_what_the_code_answers(manifest: dict[str, Any]) -> None:
    """An action on messages, and a search with the one parameter that is read."""
    (extension,) = manifest["composeExtensions"]
    by_id = {command["id"]: command for command in extension["commands"]}

    assert set(by_id) == {extensions.CAPTURE, extensions.SEARCH}
    assert by_id[extensions.CAPTURE]["context"] == ["message"]
    assert by_id[extensions.CAPTURE]["fetchTask"]
    (words,) = by_id[extensions.SEARCH]["parameters"]
    assert words["name"] == extensions.SEARCH_WORDS


def test_everything_is_this_bots(manifest: dict[str, Any]) -> None:
    """One id, one address, and the two permissions for listening."""
    asked = manifest["authorization"]["permissions"]["resourceSpecific"]

    assert {manifest["id"], manifest["bots"][0]["botId"], manifest["webApplicationInfo"]["id"]} == {
        APP_ID
    }
    assert manifest["composeExtensions"][0]["botId"] == APP_ID
    assert manifest["validDomains"] == ["earshot.example.com"]
    assert [each["name"] for each in asked] == list(LISTENING_PERMISSIONS)


@pytest.mark.parametrize("language", ["en", "fi"])
def test_every_translated_text_stands_in_the_manifest(
    language: str, manifest: dict[str, Any], made: zipfile.ZipFile
) -> None:
    """At the place that it names, within the length that the place allows."""
    texts = json.loads(made.read(f"{language}.json"))
    assert texts.pop("$schema").endswith("MicrosoftTeams.Localization.schema.json")
    schema = json.loads((FIXTURES / "manifest-1.29.schema.json").read_text())
    localised = json.loads(json.dumps(manifest))
    for path, text in texts.items():
        *steps, last = path.split(".")
        assert isinstance(at(manifest, path), str)
        at(localised, ".".join(steps))[last] = text

    jsonschema.validators.validator_for(schema)(schema).validate(localised)
    assert (localised == manifest) is (language == "en")


def test_nothing_that_people_read_is_left_untranslated(manifest: dict[str, Any]) -> None:
    """But the name, and the words that the bot understands."""
    english, finnish = translation("en"), translation("fi")
    same = {path for path in english if english[path] == finnish[path]}
    read = {
        f"{where}.{name}"
        for where in people_read(manifest)
        for name in ("title", "description")
        if name in at(manifest, where) and not (name == "title" and where.startswith("bots"))
    }

    assert same == {"$schema", "name.short"}
    assert read <= set(finnish)


def people_read(manifest: dict[str, Any]) -> list[str]:
    """Where commands and their parameters stand."""
    lists = manifest["bots"][0]["commandLists"]
    found = [
        f"bots[0].commandLists[{part}].commands[{at}]"
        for part, each in enumerate(lists)
        for at in range(len(each["commands"]))
    ]
    for number, command in enumerate(manifest["composeExtensions"][0]["commands"]):
        where = f"composeExtensions[0].commands[{number}]"
        found += [where]
        found += [f"{where}.parameters[{at}]" for at in range(len(command.get("parameters", ())))]
    return found


@pytest.mark.parametrize(
    "url",
    [
        "http://earshot.example.com",
        "earshot.example.com",
        "https://",
        "https://user:secret@earshot.example.com",
        "https://earshot.example.com/?a=1",
        "https://[::1",
        "https://earshot.example.com:port",
        "https://earshot.example.com/a b",
    ],
)
def test_an_address_that_teams_would_refuse_is_said_to_be_wrong(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="--url"):
        app_package(url, APP_ID)


@pytest.mark.parametrize("app_id", ["", "earshot", f"{APP_ID}x"])
def test_an_app_needs_the_bots_id(app_id: str) -> None:
    with pytest.raises(SettingsInvalid, match="TEAMS_APP_ID"):
        app_package(URL, app_id)


def test_the_command_writes_it(tmp_path: Path) -> None:
    """With the id that the bot is run with."""
    out = tmp_path / "earshot.zip"
    arguments = ["manifest", "teams", "--url", URL, "--out", str(out)]
    result = CliRunner().invoke(app, arguments, env={"TEAMS_APP_ID": APP_ID})

    assert result.exit_code == 0
    assert out.read_bytes() == app_package(URL, APP_ID)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--url", URL, "--app-id", ""],
        ["--url", "http://x", "--app-id", APP_ID],
        ["--url", URL, "--app-id", APP_ID, "--out", "/no/such/folder/earshot.zip"],
        ["--url", URL, "--app-id", APP_ID, "--developer", "x" * 33],
    ],
)
def test_what_it_cannot_do_it_says(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["manifest", "teams", *arguments])

    assert isinstance(result.exception, SettingsInvalid)
