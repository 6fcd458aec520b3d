"""What `earshot doctor` looks at, each on its own, so that one fault does not hide another."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.bootstrap.channels import Channel, build_channels
from bot.errors import EarshotError
from bot.messages import Incoming
from bot.settings import Settings

if TYPE_CHECKING:
    from knowledge_store import Store


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is. `said` tells what to do where it is not fine."""

    subject: str
    is_fine: bool
    said: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; settings that do not fit together never get here."""
    return [
        Finding("settings", True, f"{settings.earshot_env.value}, port {settings.port}"),
        _look("database", lambda: _database(settings)),
        _look("engine", lambda: _engine(settings)),
        _look("local models", _local_models),
        _look("language model", lambda: _language_model(settings)),
        *_channels(settings),
    ]


def _look(subject: str, at: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, at())
    except EarshotError as error:
        return Finding(subject, False, str(error))


def _database(settings: Settings) -> str:
    from knowledge_store import check_schema, open_engine

    engine = open_engine(settings.database_url)
    try:
        check_schema(engine)
    finally:
        engine.dispose()
    return f"{settings.database_path} is up to date"


def _engine(settings: Settings) -> str:
    from adapters.jobs import check_job_tables
    from knowledge_store import open_engine

    engine = open_engine(settings.database_url)
    try:
        return check_job_tables(engine)
    finally:
        engine.dispose()


def _local_models() -> str:
    from adapters.local_model import LocalClassifier, LocalEmbedder

    LocalClassifier()
    embedder = LocalEmbedder()
    embedder.embed(["ready?"])
    return f"{embedder.model_id} works"


def _language_model(settings: Settings) -> str:
    if settings.openai_api_key is None:
        return "off: OPENAI_API_KEY is not set; notes are classified and answers quoted locally"
    from adapters.openai_model import OpenAiLanguageModel

    model = OpenAiLanguageModel(
        settings.openai_api_key.get_secret_value(),
        settings.openai_base_url,
        settings.earshot_chat_model,
    )
    model.check()
    return f"{model.model_id} answers"


class _NoIntake:
    """Takes nothing: a check receives nothing."""

    def take(self, _incoming: Incoming) -> bool:
        return False


def _channels(settings: Settings) -> Iterator[Finding]:
    from adapters.inline_jobs import InlineJobs
    from adapters.system_clock import SystemClock
    from knowledge_store import open_engine, open_store

    try:
        engine = open_engine(settings.database_url)
        store: Store = open_store(engine, InlineJobs(), clock=SystemClock())
    except EarshotError:
        return  # said under "database" already
    channels = build_channels(settings, _NoIntake(), store, SystemClock(), with_playground=False)
    for channel in channels.on:
        yield _look(channel.name, lambda channel=channel: asyncio.run(_checked(channel)))  # type: ignore[misc]
    for line in channels.told:
        if "is on" not in line:
            yield Finding("channel", True, line)
    store.close()


async def _checked(channel: Channel) -> str:
    await channel.start(receive=False)
    try:
        return await channel.check()
    finally:
        await channel.stop()
