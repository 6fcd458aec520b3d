"""What can go wrong. The first paragraph of an error's docstring is its message: what to do next."""

import inspect
from enum import StrEnum


class EarshotError(Exception):
    """Something went wrong in Earshot. Look at the log for the cause."""

    def __init__(self, detail: str = "") -> None:
        message = inspect.cleandoc(type(self).__doc__ or "").split("\n\n")[0]
        super().__init__(f"{message} ({detail})" if detail else message)
        self.detail = detail


class SettingsInvalid(EarshotError):
    """The settings do not fit together. Correct the variables named here and start again."""


class StoreUnavailable(EarshotError):
    """The database cannot be reached. Check DATABASE_URL, then the server, or the disk and the file's owner, and try again."""


class EncryptionKeyWrong(EarshotError):
    """EARSHOT_ENCRYPTION_KEY does not open what is stored. Put the key it was stored with back, behind the new one after a comma; if it is lost, have every workspace install again."""


class StoreTooNew(EarshotError):
    """The database was written by a newer Earshot. Install that version or restore a backup."""


class StoreTooOld(EarshotError):
    """The database was written by an older Earshot. Run `earshot migrate` and start again."""


class StoreUnsupported(EarshotError):
    """This kind of database is not supported. Set DATABASE_URL to sqlite:///path/to/file.db or to postgresql+psycopg://user:password@host/database."""


class SqliteTooOld(EarshotError):
    """This SQLite can corrupt its write-ahead log. Install the pysqlite3 wheel with SQLite 3.51.3 or newer."""


class PostgresUnfit(EarshotError):
    """This PostgreSQL database cannot be worked with. docs/operate.md says how to make one."""


class ModelUnavailable(EarshotError):
    """The language model gave no usable answer. Earshot goes on without it; check OPENAI_BASE_URL and the key."""


class ModelLimitReached(ModelUnavailable):
    """What models may cost in a day is spent. Earshot goes on without them until midnight UTC; EARSHOT_MODEL_CALLS_… and EARSHOT_MODEL_TOKENS_… set the limits."""


class ModelNotWanted(ModelUnavailable):
    """This workspace sends nothing to a remote model. `earshot settings --model-use redacted` lets it."""


class PromptInvalid(EarshotError):
    """A prompt does not fit its variables. Compare the prompt file with the call."""


class RosterUnavailable(EarshotError):
    """The platform did not say who is there. Nothing is shown to people whose membership is unknown; try again."""


class MessageUnavailable(EarshotError):
    """The platform did not give the message that was pointed at. It is tried again by itself."""


class FileUnavailable(EarshotError):
    """The platform did not give a file, or what was said in it, just now. It is tried again by itself."""


class TranscriptPending(FileUnavailable):
    """The platform is still writing down what was said in a recording. It is tried again by itself."""


class FileProblem(StrEnum):
    """Why a file is not part of a note. The values lie on a process boundary."""

    OTHER_KIND = "other_kind"
    TOO_BIG = "too_big"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    NO_TEXT = "no_text"  # a scan: pictures of words
    DAMAGED = "damaged"
    TOO_COMPLEX = "too_complex"  # it would take more time or memory than a file is worth
    GONE = "gone"
    NOT_ALLOWED = "not_allowed"
    NO_TRANSCRIPT = "no_transcript"
    NOT_FETCHED = "not_fetched"


class FileNotRead(EarshotError):
    """Nothing of this file can be kept. Whoever posted it is told why.

    `problem` says what is wrong.
    """

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class SendFailed(EarshotError):
    """The platform did not take a reply. It is tried again by itself.

    `retry_after_s` is the pause that the platform asked for, None where it asked for none.
    """

    def __init__(self, detail: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class SendPostponed(SendFailed):
    """The platform allows this call only later. It is made then, by itself.

    Nothing was sent and nothing failed: it does not count as a try.
    """

    def __init__(self, pause_s: float) -> None:
        super().__init__(retry_after_s=pause_s)
        self.pause_s = pause_s


class SendRefused(EarshotError):
    """The platform will never take this reply. Check that the bot is still a member there."""


class ImportRejected(EarshotError):
    """The file was not imported; nothing was changed. Correct the rows named here and import it again."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class NotFound(EarshotError):
    """There is nothing by this name that you may see."""


class ErasedBefore(NotFound):
    """This was erased, or whoever wrote it was. It is not kept again."""


class EarlierWorkWaits(EarshotError):
    """What this message changes has not been worked on yet. It is tried again by itself."""


class CorpusInvalid(EarshotError):
    """The corpus cannot be read. It needs company.json, notes.jsonl and, for answers, questions.jsonl."""


class NothingKnown(EarshotError):
    """The evidence does not answer the question. Say so, rather than quote it as an answer."""


class WorkspaceUnknown(EarshotError):
    """There is no such workspace. `earshot workspaces` lists them."""


class TooFewCorrections(EarshotError):
    """There are too few corrections to learn from. Go on correcting with Change, and try again."""


class AdjustmentUnusable(EarshotError):
    """EARSHOT_CLASSIFIER_ADJUSTMENT cannot be used. Make the file anew with `earshot retrain --write`, or leave the variable out."""


class FileNotWritten(EarshotError):
    """The file could not be written. Check that its folder exists and that you may write there."""


class BackupUnusable(EarshotError):
    """This backup cannot be used. Take another one, and look at the disk that it lay on."""


class RestoreRefused(EarshotError):
    """Nothing was restored and nothing was changed. Do what is said here, and try again."""


class BackupUnsupported(EarshotError):
    """Earshot copies SQLite databases only. Use pg_dump and pg_restore; docs/operate.md tells more."""
