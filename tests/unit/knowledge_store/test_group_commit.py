"""Several writes share a commit, and nothing else."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.errors import StoreUnavailable
from knowledge_store.group_commit import GroupCommit

PATIENCE_S = 20


class Desk:
    """Remembers what was written together; the first write ends when it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun = threading.Event()
        self.let_go = threading.Event()

    def write(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        self.begun.set()
        assert self.let_go.wait(PATIENCE_S)
        if 13 in items:
            raise ValueError(f"{len(items)} items")
        if 503 in items:
            raise StoreUnavailable("locked")
        return [item * 2 for item in items]


def write_at_once(desk: Desk, *items: int) -> list[int | str]:
    """The first alone, and the others while it is being written; what became of each."""
    commit = GroupCommit(desk.write)

    def outcome(item: int) -> int | str:
        try:
            return commit(item)
        except (ValueError, StoreUnavailable) as error:
            return str(error)

    with ThreadPoolExecutor(len(items)) as callers:
        first = callers.submit(outcome, items[0])
        assert desk.begun.wait(PATIENCE_S)
        others = [callers.submit(outcome, item) for item in items[1:]]
        while len(commit._waiting) < len(others):
            assert not others[0].done()
        desk.let_go.set()
        return [future.result(PATIENCE_S) for future in (first, *others)]


def test_those_who_wait_are_written_together() -> None:
    """In one transaction, and each gets its own result."""
    desk = Desk()
    assert write_at_once(desk, 1, 2, 3, 4) == [2, 4, 6, 8]
    assert [sorted(batch) for batch in desk.batches] == [[1], [2, 3, 4]]


def test_alone_nobody_waits_for_others() -> None:
    """There is no pause in which a batch would be gathered."""
    desk = Desk()
    desk.let_go.set()
    commit = GroupCommit(desk.write)
    assert [commit(1), commit(2)] == [2, 4]
    assert desk.batches == [[1], [2]]


def test_what_fails_fails_alone() -> None:
    """The others are written each in a transaction of its own."""
    desk = Desk()
    assert write_at_once(desk, 1, 13, 3) == [2, "1 items", 6]
    assert sorted(map(len, desk.batches)) == [1, 1, 1, 2]


def test_a_failure_does_not_outlast_itself() -> None:
    """The next write begins anew."""
    desk = Desk()
    desk.let_go.set()
    commit = GroupCommit(desk.write)
    with pytest.raises(ValueError, match="1 items"):
        commit(13)
    assert commit(2) == 4


def test_nobody_waits_once_more_for_a_database_that_is_away() -> None:
    """That takes many seconds each time, and those who come meanwhile wait behind all of them."""
    desk = Desk()
    first, *others = write_at_once(desk, 1, 503, 3, 4)
    assert first == 2
    assert len({str(told) for told in others}) == 1
    assert sorted(map(len, desk.batches)) == [1, 3]


class Interrupted(BaseException):
    """As when the process is told to end in the middle of a write."""


def test_a_write_that_was_interrupted_takes_nobodys_with_it() -> None:
    """Whoever waited with it writes their own."""
    begun, let_go, batches = threading.Event(), threading.Event(), list[list[int]]()

    def write(items: Sequence[int]) -> list[int]:
        batches.append(list(items))
        begun.set()
        assert let_go.wait(PATIENCE_S)
        if len(batches) == 2:
            raise Interrupted
        return [item * 2 for item in items]

    commit = GroupCommit(write)

    def outcome(item: int) -> int | str:
        try:
            return commit(item)
        except Interrupted:
            return "interrupted"

    with ThreadPoolExecutor(4) as callers:
        futures = [callers.submit(outcome, 1)]
        assert begun.wait(PATIENCE_S)
        futures += [callers.submit(outcome, item) for item in (2, 3, 4)]
        while len(commit._waiting) < 3:
            assert not futures[1].done()
        let_go.set()
        ends = [future.result(PATIENCE_S) for future in futures]
    assert ends[0] == 2
    assert ends.count("interrupted") == 1
    assert len({4, 6, 8} & set(ends)) == 2
