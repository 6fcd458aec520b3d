"""What `earshot doctor` looks at, each on its own, so that one fault does not hide another."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from bot.bootstrap.channels import Channel, build_channels
from bot.errors import EarshotError, StoreTooOld
from bot.messages import Incoming
from bot.services.personal_data import masked
from bot.settings import Settings


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
        _look("local models", lambda: _local_models(settings)),
        _look("language model", lambda: _language_model(settings)),
        _look("embedding model", lambda: _embedding_model(settings)),
        *_channels(settings),
    ]


def _look(subject: str, at: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, at())
    except StoreTooOld as error:
        # Most often nothing was ever written: this is what a new installation looks like.
        return Finding(subject, False, f"Run `earshot migrate` ({error.detail})")
    except EarshotError as error:
        return Finding(subject, False, str(error))


def _database(settings: Settings) -> str:
    from knowledge_store import check_schema, open_engine

    engine = open_engine(settings.database_url)
    try:
        check_schema(engine)
    finally:
        engine.dispose()
    return f"{settings.database_name} is up to date"


def _engine(settings: Settings) -> str:
    from adapters.jobs import check_job_tables
    from knowledge_store import open_engine

    engine = open_engine(settings.database_url)
    try:
        return check_job_tables(engine)
    finally:
        engine.dispose()


def _local_models(settings: Settings) -> str:
    from adapters.local_model import (
        LocalAnswerJudge,
        LocalClassifier,
        LocalEmbedder,
        WordTable,
        read_adjustment,
    )

    words = WordTable()
    embedder = LocalEmbedder(words)
    own = settings.earshot_classifier_adjustment
    LocalClassifier(words, read_adjustment(own) if own else None).warm()
    embedder.warm()
    LocalAnswerJudge(words).warm()
    return f"{embedder.model_id} works"


def _language_model(settings: Settings) -> str:
    if settings.openai_api_key is None:
        return "off: OPENAI_API_KEY is not set; notes are classified and answers quoted locally"
    from adapters.openai_model import OpenAiLanguageModel

    key = settings.openai_api_key.get_secret_value()
    model = OpenAiLanguageModel(key, settings.openai_base_url, settings.earshot_chat_model)
    with closing(model):
        model.check()
    return f"{model.model_id} answers"


def _embedding_model(settings: Settings) -> str:
    if settings.earshot_embedding_model == "local":
        return "local"
    if settings.openai_api_key is None:
        return "local: OPENAI_API_KEY is not set, so EARSHOT_EMBEDDING_MODEL is not used"
    from adapters.openai_model import OpenAiEmbedder

    key = settings.openai_api_key.get_secret_value()
    embedder = OpenAiEmbedder(key, settings.openai_base_url, settings.earshot_embedding_model)
    with closing(embedder):
        embedder.check()
    return f"{embedder.model_id} answers"


class _NoIntake:
    """Takes nothing: a check receives nothing."""

    def take(self, _incoming: Incoming) -> bool:
        return False


def _channels(settings: Settings) -> Iterator[Finding]:
    from adapters.inline_jobs import InlineJobs
    from adapters.system_clock import SystemClock
    from knowledge_store import open_store

    clock = SystemClock()
    try:
        store = open_store(settings.database_url, InlineJobs(), clock=clock, mask=masked)
    except EarshotError:
        return  # said under "database" already
    with closing(store):
        channels = build_channels(settings, _NoIntake(), store, clock, with_playground=False)
        for channel in channels.on:
            yield _look(channel.name, partial(_check, channel))
    for line in channels.told:
        if "is on" not in line:
            yield Finding("channel", True, line)


def _check(channel: Channel) -> str:
    return asyncio.run(_checked(channel))


async def _checked(channel: Channel) -> str:
    try:
        await channel.start(receive=False)
        return await channel.check()
    finally:
        await channel.stop()
