"""Answers that are written together: when, and what becomes of them if the run is stopped or the disk is full."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.llm.group_commit import GroupCommit
from stages.llm.journal import Journal, JournalEntry
from stages.llm.orders import Order, make_order
from stages.llm.request import Reply
from tests.stages.llm.plain_client import make_params, make_request

REPLY = Reply("{}", "stop", 1, 1)


class Counting(Journal):
    """Counts its writes, and fails in as many as it is told."""

    def __init__(self, folder: Path, failures: int = 0) -> None:
        super().__init__(folder)
        self.sizes: list[int] = []
        self.failures = failures

    def record_all(self, replies: Sequence[tuple[Order, Reply]]) -> list[JournalEntry]:
        self.sizes.append(len(replies))
        if len(self.sizes) <= self.failures:
            raise StageError("the disk is full")
        return super().record_all(replies)


def order(name: str) -> Order:
    return make_order(make_request(name), make_params(), "synth", "openai", "http://here")


def test_answers_that_come_together_are_written_together_and_count_when_they_are_on_the_disk(tmp_path: Path) -> None:
    """Guards against a wait for the disk for each of many answers, and an answer that is used before it is kept."""

    async def keep_all(commits: GroupCommit, journal: Journal) -> list[JournalEntry]:
        async def keep(number: int) -> JournalEntry:
            entry = await commits.keep(order(f"page {number}"), REPLY)
            assert journal.latest(order(f"page {number}")) == entry
            return entry

        return await asyncio.gather(*(keep(number) for number in range(100)))

    with Counting(tmp_path) as journal:
        for number in range(100):
            journal.claim(order(f"page {number}"), 0)
        entries = asyncio.run(keep_all(GroupCommit(journal), journal))
        assert [entry.id for entry in entries] == list(range(1, 101))
        assert journal.sizes == [100]
        assert journal._database.rows("SELECT count(*) FROM claims") == [(0,)]


def test_an_answer_whose_task_is_cancelled_is_kept(tmp_path: Path) -> None:
    """Guards against an answer that was paid for and came just before a second Ctrl+C."""

    async def cancel(commits: GroupCommit) -> None:
        task = asyncio.create_task(commits.keep(order("tea"), REPLY))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with Journal(tmp_path) as journal:
        commits = GroupCommit(journal)
        asyncio.run(cancel(commits))
        commits.close()
        assert journal.last_id() == 1


@pytest.mark.parametrize(("failures", "kept"), [(1, 2), (3, 0)])
def test_what_could_not_be_written_is_tried_once_more(
    tmp_path: Path, failures: int, kept: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def keep_both(commits: GroupCommit) -> list[JournalEntry | BaseException]:
        return await asyncio.gather(*(commits.keep(order(name), REPLY) for name in "ab"), return_exceptions=True)

    with Counting(tmp_path, failures) as journal:
        commits = GroupCommit(journal)
        assert [str(error) for error in asyncio.run(keep_both(commits))] == ["the disk is full"] * 2
        commits.close()
        assert journal.last_id() == kept
    assert caplog.text.count("the answer cannot be kept, and is paid for again") == 2 - kept
