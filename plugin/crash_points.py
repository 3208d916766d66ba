"""Named places at which a test makes this process die at once, as from kill -9. Unarmed they cost one comparison.

Settings refuse ``CRASH_AT`` in production.
"""

import os

_DEATH = 137
_armed: str | None = None


def arm(name: str | None) -> None:
    """From now on ``crash_point(name)`` ends this process and what it forks; None disarms."""
    global _armed  # noqa: PLW0603 - one value for the whole process, set once at its start
    _armed = name


def crash_point(name: str) -> None:
    """Ends the process without any clean-up if this point is armed, and says so on standard error first."""
    if name != _armed:
        return
    os.write(2, f"crash point {name}\n".encode())
    os._exit(_DEATH)
