"""How a job can end badly. Each message names ids only, since the library keeps and logs it."""


class JobGivenUp(Exception):
    """A job failed as often as it may; it is tried again when the process next starts."""


class JobNotRecorded(Exception):
    """The database failed as the next attempt was added; it is added when the database is back."""


class PickleRefused(Exception):
    """A row of the job tables claims to be pickled. Earshot writes none: look who wrote it."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)
