"""RQ's forking worker with our limits: one queue, JSON, an allow-list, and children that finish what they began."""

import gc

from redis import Redis
from rq import Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from plugin.services.calendars import countries
from worker import jobs
from worker.dispatch import queue_of
from worker.ports import WorkerContainer

WORKER_TTL = 60


class AllowedJob(Job):
    """Whoever can write to Redis may ring for work that the database wants, and nothing else (R14, F63)."""

    def perform(self) -> object:
        """Runs the job if its function is one of ours."""
        if self.func_name not in jobs.ALLOWED or self.instance is not None:
            raise PermissionError(f"a job for '{str(self.func_name)[:80]}', which the worker may not run")
        return super().perform()

    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None


class ForkingWorker(Worker):
    """Its children outlive a SIGTERM to the whole group long enough to write down what became of a mail (F11)."""

    def setup_work_horse_signals(self) -> None:
        """The first thing in a child. Replaces RQ's signals, under which SIGTERM would kill it amid a send."""
        jobs.begin_child()


def run_worker(container: WorkerContainer, redis_url: str, *, burst: bool = False) -> None:
    """Works off wake-ups until told to stop (``burst``: until there are none). Ends when Redis is lost."""
    jobs.use(container)
    _load_ahead()
    connection = Redis.from_url(redis_url)
    worker = ForkingWorker(
        [queue_of(connection, job_seconds=container.settings.job_seconds)],
        connection=connection,
        serializer=JSONSerializer,
        job_class=AllowedJob,
        worker_ttl=WORKER_TTL,
        log_job_description=False,
    )
    worker.work(burst=burst, logging_level="WARNING", with_scheduler=False)


def _load_ahead() -> None:
    """What every child would load for itself, 0.3 s a job; and what is loaded is no garbage to look for."""
    countries()
    gc.collect()
    gc.freeze()
