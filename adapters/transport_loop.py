"""The bridge from worker threads to the event loop that the transports live on."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, TypeVar

from bot.errors import SendFailed

_PATIENCE_S = 60.0

Result = TypeVar("Result")


class TransportLoop:
    """Runs coroutines of the transports for threads that must wait for the result."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self) -> None:
        """Take the running loop; called once on it, when the process starts."""
        self._loop = asyncio.get_running_loop()

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Wait for a coroutine from another thread. Raises SendFailed after a minute."""
        if self._loop is None:
            coroutine.close()
            raise SendFailed("the transports have not started")
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(_PATIENCE_S)
        except FutureTimeoutError:
            future.cancel()
            raise SendFailed(f"no answer within {_PATIENCE_S:.0f} s") from None
