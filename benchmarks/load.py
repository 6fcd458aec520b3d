"""Requests over loopback, on a schedule or as fast as they are answered; run in a process apart."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """One signed POST. `kind` is what it is counted as."""

    kind: str
    content_type: str
    body: bytes
    timestamp: str
    signature: str

    @property
    def raw(self) -> bytes:
        """What goes over the wire."""
        head = (
            "POST /slack/events HTTP/1.1\r\nhost: localhost\r\n"
            f"content-type: {self.content_type}\r\ncontent-length: {len(self.body)}\r\n"
            f"x-slack-request-timestamp: {self.timestamp}\r\n"
            f"x-slack-signature: {self.signature}\r\n\r\n"
        )
        return head.encode() + self.body


class _Connections:
    """Kept open, as many as are needed at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, raw: bytes) -> int:
        """Send a request; the status of its answer."""
        reader, writer = await self._one()
        writer.write(raw)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        self._free.append((reader, writer))
        return int(head.split(b" ", 2)[1])

    async def _one(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()  # a server closes what was long not used
        return await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        """Close those that are open."""
        for _, writer in self._free:
            writer.close()


def on_schedule(port: int, requests: Sequence[Request], a_second: float) -> list[float]:
    """Seconds from when each was due to its answer, however late it was sent."""
    return asyncio.run(_on_schedule(port, requests, a_second))


async def _on_schedule(port: int, requests: Sequence[Request], a_second: float) -> list[float]:
    connections, began = _Connections(port), time.perf_counter() + 0.05

    async def one(number: int, raw: bytes) -> float:
        due = began + number / a_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        _require(await connections.ask(raw))
        return time.perf_counter() - due

    answers = [one(number, request.raw) for number, request in enumerate(requests)]
    seconds = await asyncio.gather(*answers)
    connections.close()
    return seconds


def saturating(port: int, requests: Sequence[Request], connections: int) -> float:
    """Requests a second over so many connections, each sending as soon as it is answered."""
    return asyncio.run(_saturating(port, requests, connections))


async def _saturating(port: int, requests: Sequence[Request], count: int) -> float:
    connections, waiting = _Connections(port), iter([request.raw for request in requests])

    async def one_after_another() -> None:
        for raw in waiting:
            _require(await connections.ask(raw))

    began = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(count)))
    took_s = time.perf_counter() - began
    connections.close()
    return len(requests) / took_s


def _require(status: int) -> None:
    if status != 200:
        raise SystemExit(f"an application answered {status}")
