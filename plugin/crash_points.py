"""Named places at which a test makes this process die or stand still. Unarmed they cost one comparison.

Settings refuse ``CRASH_AT`` in production.
"""

import os
import signal

_DEATH = 137
_STOP = "stop:"
_armed: str | None = None


def arm(name: str | None) -> None:
    """From now on ``crash_point(name)`` ends this process and what it forks, as kill -9 would; None disarms.

    ``stop:<name>`` stops it there instead, as SIGSTOP does, until it gets SIGCONT.
    """
    global _armed  # noqa: PLW0603 - one value for the whole process, set once at its start
    _armed = name


def crash_point(name: str, subject: str = "") -> None:
    """Dies or stops here if this point is armed, alone or for this subject (``name:subject``); says so first."""
    if _armed is None:
        return
    wanted = _armed.removeprefix(_STOP)
    if wanted not in (name, f"{name}:{subject}"):
        return
    os.write(2, f"crash point {wanted} {os.getpid()}\n".encode())
    if wanted == _armed:
        os._exit(_DEATH)
    os.kill(os.getpid(), signal.SIGSTOP)
