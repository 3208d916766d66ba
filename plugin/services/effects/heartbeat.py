"""Renews a claim while a slow server is spoken to; a stopped process renews nothing, so its lease runs out."""

import threading
from collections.abc import Callable
from types import TracebackType

import structlog

log = structlog.get_logger(__name__)


class Heartbeat:
    """A thread that calls ``beat`` every so many seconds until the block ends or ``beat`` says the claim is gone."""

    def __init__(self, beat: Callable[[], bool], *, every: float) -> None:
        self._beat = beat
        self._every = every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="claim-heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._every):
            try:
                if not self._beat():
                    return
            except Exception:
                # A missed beat costs the lease at worst; the send must not end with it.
                log.warning("claim_not_renewed", exc_info=True)
