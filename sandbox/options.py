"""What may differ between runs of the pretend world, read from the environment by ``python -m sandbox``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol, Self


class Keeper(Protocol):
    """Who remembers how the world began."""

    def keep(self) -> None: ...

    def restore(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Options:
    """Ports, files and addresses. Tests take the defaults, which touch no file."""

    port: int = 8700
    second_port: int = 8702
    smtp_port: int = 8725
    app_url: str = "http://127.0.0.1:8701"
    clock_file: Path = Path("var/clock")
    state: Path = Path("var/sandbox")
    reset_flag: Path = Path("var/reset")
    node_modules: Path = field(default=Path("frontend/node_modules"))
    context_life: timedelta = timedelta(minutes=5)
    keeper: Keeper | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """ValueError names the variable that is odd."""
        return cls(
            port=_number(environ, "SANDBOX_PORT", 8700),
            second_port=_number(environ, "SANDBOX_SECOND_PORT", 8702),
            smtp_port=_number(environ, "SANDBOX_SMTP_PORT", 8725),
            app_url=environ.get("BASE_URL", "http://127.0.0.1:8701").rstrip("/"),
            clock_file=Path(environ.get("DUNLIN_CLOCK_FILE", "var/clock")),
            state=Path(environ.get("SANDBOX_STATE", "var/sandbox")),
            reset_flag=Path(environ.get("SANDBOX_RESET_FILE", "var/reset")),
            node_modules=Path(environ.get("SANDBOX_NODE_MODULES", "frontend/node_modules")),
            context_life=timedelta(seconds=_number(environ, "SANDBOX_TOKEN_SECONDS", 300)),
        )


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    raw = environ.get(name, "")
    if not raw:
        return default
    if not raw.isdecimal():
        raise ValueError(f"{name} must be a whole number, but is {raw!r}.")
    return int(raw)
