"""Batch jobs in the journal: who has what, and what is set aside."""

from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.llm.journal import Journal
from stages.llm.orders import Order, make_order
from stages.llm.request import Reply
from tests.stages.llm.plain_client import make_params, make_request

ANSWER = Reply("{}", "stop", 100, 10)


def half(name: str, budget_usd: float = 1.0) -> Order:
    params = make_params(usd_per_million_output=2000.0, budget_usd=budget_usd)  # at most $0.2, in a job $0.1
    return make_order(make_request(name), params, "synth", "openai", "http://a").in_a_batch()


def test_money_stays_set_aside_for_a_job_that_nobody_waits_for(tmp_path: Path) -> None:
    """Guards against a budget that a killed run makes free again while its job goes on."""
    with Journal(tmp_path) as journal:
        job, later = journal.jobs.begin([(half(name), 0) for name in "abc"])
        assert job and len(job.keys) == 3 and later == []
    with Journal(tmp_path) as journal:
        assert journal.jobs.usd("synth") == pytest.approx(0.3)
        assert journal.spent("synth") == 0
        tight = make_order(make_request("d"), half("d", 0.45).params, "synth", "openai", "http://a")
        with pytest.raises(StageError, match=r"\$0\.3000 of budget_usd 0\.45 .*\$0\.3000 of it set aside for batch"):
            journal.claim(tight, 0)


def test_two_processes_have_no_request_in_two_jobs(tmp_path: Path) -> None:
    """Guards against two processes that each begin a job of the same requests."""
    orders = {order.key: order for order in map(half, "abc")}
    wanted = [(order, 0) for order in orders.values()]
    with Journal(tmp_path) as first, Journal(tmp_path) as second:
        job, _ = first.jobs.begin(wanted[:2])
        other, _ = second.jobs.begin(wanted)
        assert job and other and other.keys == {wanted[2][0].key}
        assert second.jobs.adopt(orders) == []
        assert second.claim(wanted[0][0], 0) == "wait"
        first.jobs.release(job)
        (adopted,) = second.jobs.adopt(orders)
        assert adopted == job


def test_an_answer_is_kept_once(tmp_path: Path) -> None:
    """Guards against results that are counted twice, as they are read again after a kill."""
    a, b = half("a"), half("b")
    with Journal(tmp_path) as journal:
        job, _ = journal.jobs.begin([(a, 0), (b, 0)])
        assert job
        assert journal.jobs.keep(job, [(a, ANSWER), (a, ANSWER)]) == [(a, ANSWER)]
        assert journal.jobs.keep(job, [(a, ANSWER)]) == []
        assert journal.spent("synth") == pytest.approx(10 * 2000 / 1e6 / 2)
        assert journal.jobs.missing(job) == [b.key]
        journal.jobs.close(job)
        assert journal.jobs.usd("synth") == 0
        assert journal.claim(b, 0) == "granted"


def test_what_a_run_does_not_want_stays_for_one_that_does(tmp_path: Path) -> None:
    """Guards against answers that are lost because a run with fewer pages comes first."""
    a, b = half("a"), half("b")
    with Journal(tmp_path) as journal:
        job, _ = journal.jobs.begin([(a, 0), (b, 0)])
        assert job
        journal.jobs.confirm(job, "batch_1")
        journal.jobs.release(job)
        (mine,) = journal.jobs.adopt({a.key: a})
        journal.jobs.keep(mine, [(a, ANSWER)])
        journal.jobs.close(mine)
        (rest,) = journal.jobs.adopt({a.key: a, b.key: b})
        assert rest.id == "batch_1" and rest.keys == frozenset({b.key})


def test_a_journal_of_an_earlier_version_gets_the_tables(tmp_path: Path) -> None:
    """Guards against a journal full of answers that can't be opened any more."""
    with Journal(tmp_path) as journal:
        journal.record(half("a"), ANSWER)
        with journal._database.transaction() as connection:
            connection.execute("DROP TABLE jobs")
            connection.execute("DROP TABLE batched")
    with Journal(tmp_path) as journal:
        assert journal.latest(half("a")) is not None
        assert not journal.jobs.has(half("a").key)
