"""One contract for every bell: the one in memory that tests count, and RQ on a real Valkey."""

import socket
from collections.abc import Callable

import pytest
import redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from plugin.clock import monotonic
from plugin.embedded import free_port
from plugin.services.wakeups import BATCH, WakeupKind, Wakeups
from tests.support.wakeups import MemoryWakeups
from worker.dispatch import QUEUE, RqWakeups, job_id

Taken = Callable[[], list[tuple[str, list[str]]]]


@pytest.fixture(params=["memory", "rq"])
def bell(request: pytest.FixtureRequest) -> tuple[Wakeups, Taken]:
    """A bell, and what it has rung so far: (tenant, ids)."""
    if request.param == "memory":
        memory = MemoryWakeups()
        return memory, lambda: [(wakeup.tenant_id, list(wakeup.ids)) for wakeup in memory.taken]
    url: str = request.getfixturevalue("valkey_url")
    wakeups = RqWakeups(url, job_seconds=900)
    return wakeups, lambda: [(job.args[0], job.args[1]) for job in jobs(url)]


def jobs(url: str) -> list[Job]:
    with redis.Redis.from_url(url) as connection:
        return list(Queue(QUEUE, connection=connection, serializer=JSONSerializer).get_jobs())


def test_a_wakeup_carries_a_tenant_and_its_ids(bell: tuple[Wakeups, Taken]) -> None:
    wakeups, taken = bell
    wakeups.wake(WakeupKind.EFFECTS, "tenant", ["a", "b"], fence=3)
    assert taken() == [("tenant", ["a", "b"])]
    assert wakeups.failures == 0


def test_many_ids_are_rung_in_batches_and_none_rings_nothing(bell: tuple[Wakeups, Taken]) -> None:
    wakeups, taken = bell
    ids = [f"id-{number}" for number in range(BATCH * 2 + 1)]
    wakeups.wake(WakeupKind.STEPS, "tenant", [])
    wakeups.wake(WakeupKind.STEPS, "tenant", ids)
    assert [len(batch) for _tenant, batch in taken()] == [BATCH, BATCH, 1]
    assert [row_id for _tenant, batch in taken() for row_id in batch] == ids


def test_a_job_of_rq_is_small_json_without_retry_or_result(valkey_url: str) -> None:
    RqWakeups(valkey_url, job_seconds=900).wake(WakeupKind.EFFECTS, "tenant", ["effect"], fence=7)
    (job,) = jobs(valkey_url)
    assert (job.id, job.func_name, job.result_ttl, job.timeout) == ("wake-effect-7", "worker.jobs.run_effects", 0, 900)
    assert not job.should_retry
    with redis.Redis.from_url(valkey_url) as connection:
        raw = connection.hget(f"rq:job:{job.id}", "data")
    assert b"pickle" not in (raw or b"")


def test_fault_F15_a_bell_without_redis_is_counted_and_raises_nothing() -> None:
    wakeups = RqWakeups(f"redis://127.0.0.1:{free_port()}/0", job_seconds=900)
    for _ in range(2):
        wakeups.wake(WakeupKind.EFFECTS, "tenant", ["effect"])
    assert wakeups.failures == 2


def test_fault_F18_a_redis_that_took_the_call_and_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as half_open:
        port = half_open.getsockname()[1]
        wakeups = RqWakeups(f"redis://127.0.0.1:{port}/0", job_seconds=900, patience=0.2)
        started = monotonic()
        wakeups.wake(WakeupKind.EFFECTS, "tenant", ["effect"])
        assert monotonic() - started < 5
    assert wakeups.failures == 1


def test_fault_F17_a_full_redis_is_counted(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as connection:
        before = connection.config_get("maxmemory")["maxmemory"]
        connection.config_set("maxmemory", "1")
        try:
            wakeups = RqWakeups(valkey_url, job_seconds=900)
            wakeups.wake(WakeupKind.EFFECTS, "tenant", ["effect"])
        finally:
            connection.config_set("maxmemory", before)
    assert wakeups.failures == 1
    wakeups.wake(WakeupKind.EFFECTS, "tenant", ["effect"])
    assert len(jobs(valkey_url)) == 1


def test_job_ids_are_rq_safe_and_tell_batches_apart() -> None:
    assert job_id(["a:b/c"], fence=0) == "wake-a_b_c-0"
    assert job_id(["a"], fence=1) != job_id(["a"], fence=2)
    assert job_id(["a", "b"], fence=1) != job_id(["a", "c"], fence=1)
    assert job_id(["a", "b"], fence=1) == job_id(["a", "b"], fence=1)
