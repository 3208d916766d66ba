"""Rings through RQ. A job carries a tenant and up to 50 ids, as JSON; losing it costs a minute and a tick at most."""

import hashlib
from collections.abc import Sequence

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from plugin.services.wakeups import BATCH, WakeupKind

log = structlog.get_logger(__name__)

QUEUE = "dunlin"
FUNCTIONS = {
    WakeupKind.STEPS: "worker.jobs.run_steps",
    WakeupKind.EFFECTS: "worker.jobs.run_effects",
    WakeupKind.SYNC: "worker.jobs.run_sync",
}
FAILED_JOBS_SECONDS = 3600
SLOW_REDIS_SECONDS = 5.0


def queue_of(connection: redis.Redis, *, job_seconds: float) -> Queue:
    """The one queue: a worker on more than one could lose a job between taking and starting it (R2)."""
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer, default_timeout=int(job_seconds))


class RqWakeups:
    """``Wakeups`` through Redis. No retry, no result, no schedule: the database has all of these."""

    def __init__(self, redis_url: str, *, job_seconds: float, patience: float = SLOW_REDIS_SECONDS) -> None:
        self._connection = redis.Redis.from_url(
            redis_url,
            socket_timeout=patience,
            socket_connect_timeout=patience,
            retry=Retry(NoBackoff(), 1),
        )
        self._queue = queue_of(self._connection, job_seconds=job_seconds)
        self._failures = 0

    @property
    def failures(self) -> int:
        """Wake-ups that Redis did not take since this process began."""
        return self._failures

    def wake(self, kind: WakeupKind, tenant_id: str, ids: Sequence[str], *, fence: int = 0) -> None:
        """Rings for ids of one tenant; see ``Wakeups``."""
        for batch in (ids[start : start + BATCH] for start in range(0, len(ids), BATCH)):
            try:
                self._queue.enqueue_call(
                    FUNCTIONS[kind],
                    args=[tenant_id, list(batch)],
                    result_ttl=0,
                    failure_ttl=FAILED_JOBS_SECONDS,
                    job_id=job_id(batch, fence=fence),
                )
            except (redis.RedisError, OSError) as problem:
                self._failures += 1
                log.warning("wakeup_lost", wakeup=kind.value, ids=len(batch), problem=type(problem).__name__)


def job_id(ids: Sequence[str], *, fence: int) -> str:
    """``wake-<first id>-<fence>``; a batch adds a digest of all its ids, or it would replace another that begins alike.

    The same wake-up twice is one job of RQ at most; that spares clutter and guards nothing.
    """
    first = "".join(sign if sign.isalnum() else "_" for sign in ids[0])
    rest = "" if len(ids) == 1 else f"-{hashlib.sha256('.'.join(ids).encode()).hexdigest()[:12]}"
    return f"wake-{first}-{fence}{rest}"
