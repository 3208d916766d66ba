"""How one environment variable becomes one value. A parser's InvalidInput says what follows the variable's name."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from plugin.domain.errors import InvalidInput

Value = TypeVar("Value")

SECRET_VARIABLES = (
    "SECRET_KEYS",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_PLANNER_URL",
    "REDIS_URL",
    "SMTP_URL",
)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_PLAIN_ORIGIN = re.compile(r"http://[a-z0-9.-]+(:[0-9]{1,5})?")
_HOST_SUFFIX = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*")
_NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,200}")
_PSYCOPG = "postgresql+psycopg://"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SettingsError(InvalidInput):
    """The environment is missing values or holds odd ones; ``problems`` has one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"Dunlin cannot start; {len(problems)} setting(s) need attention, see .env.example:\n{lines}")
        self.problems = problems


class SmtpSecurity(StrEnum):
    """How the way to the mail server is protected; the value is the URL's scheme."""

    PLAIN = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpServer:
    """The mail server that takes our mail."""

    host: str
    port: int
    security: SmtpSecurity
    username: str | None = None
    password: str | None = field(default=None, repr=False)


class Reader:
    """Takes values out of a mapping and collects a sentence for each that is missing or odd."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []
        self.odd: set[str] = set()

    def complain(self, name: str, sentence: str) -> None:
        """Notes one problem; reading goes on, so that all of them are named at once."""
        self.odd.add(name)
        problem = f"{name} {sentence}"
        if problem not in self.problems:
            self.problems.append(problem)

    def text(self, name: str) -> str | None:
        """The value of NAME, or for secrets what the file named by NAME_FILE holds; None where it is missing."""
        value = self._environ.get(name, "").strip() or None
        file_name = self._environ.get(f"{name}_FILE", "").strip() if name in SECRET_VARIABLES else ""
        if not file_name:
            return value
        if value:
            self.complain(name, f"is set beside {name}_FILE; keep one of the two.")
            return value
        return self._file(f"{name}_FILE", Path(file_name))

    def take(self, name: str, parse: Callable[[str], Value], default: str) -> Value:
        """The parsed value; where it is odd the problem is noted and the default stands in until the end of reading."""
        value = self.maybe(name, parse)
        return parse(default) if value is None else value

    def maybe(self, name: str, parse: Callable[[str], Value]) -> Value | None:
        """The parsed value, or None where the variable is missing or odd."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return parse(text)
        except InvalidInput as error:
            self.complain(name, f"{error.sentence}.")
            return None

    def _file(self, name: str, path: Path) -> str | None:
        try:
            text = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.complain(name, f"names '{path}', which cannot be read ({type(error).__name__}).")
            return None
        if not text:
            self.complain(name, f"names '{path}', which is empty.")
        return text or None


def web_url(text: str) -> str:
    """An http or https URL without query, credentials and trailing slash."""
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput("is not an http or https URL")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise InvalidInput("must have no query, fragment, user or password")
    return text.rstrip("/")


def database_url(text: str) -> str:
    """A SQLAlchemy URL of SQLite or PostgreSQL; the short names of PostgreSQL become the driver that is installed."""
    for scheme in ("postgres://", "postgresql://"):
        if text.startswith(scheme):
            text = _PSYCOPG + text.removeprefix(scheme)
    _split(text)
    if not text.startswith((_PSYCOPG, "sqlite:///")):
        raise InvalidInput("must begin with sqlite:/// or postgresql://")
    return text


def redis_url(text: str) -> str:
    """A URL that redis-py understands."""
    parts = _split(text)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise InvalidInput("must begin with redis://, rediss:// or unix://")
    return text


def smtp_server(text: str) -> SmtpServer:
    """``smtp://``, ``smtp+starttls://`` or ``smtps://`` with host and, where asked for, port, user, password."""
    parts = _split(text)
    if parts.scheme not in list(SmtpSecurity) or not parts.hostname:
        raise InvalidInput("must look like smtps://user:password@host:465, smtp+starttls://host:587 or smtp://host:25")
    security = SmtpSecurity(parts.scheme)
    if parts.password and security is SmtpSecurity.PLAIN and parts.hostname not in _LOOPBACK:
        raise InvalidInput("would send its password in the clear; use smtps:// or smtp+starttls://")
    usual = {SmtpSecurity.PLAIN: 25, SmtpSecurity.STARTTLS: 587, SmtpSecurity.TLS: 465}
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or usual[security],
        security=security,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def host_suffixes(text: str) -> tuple[str, ...]:
    """Hosts with commas between; one that begins with a dot allows everything below it.

    ``http://localhost:8700`` is an exact origin, for the pretend Jira; production refuses it.
    """
    entries = tuple(entry.strip().lower() for entry in text.split(",") if entry.strip())
    odd = [entry for entry in entries if not _HOST_SUFFIX.fullmatch(entry) and not _PLAIN_ORIGIN.fullmatch(entry)]
    if odd:
        raise InvalidInput(f"holds '{odd[0]}', which is no host name; write .atlassian.net or jira.example.com")
    return entries


def port(text: str) -> int:
    """A TCP port."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:6]) < 65536:
        raise InvalidInput(f"is '{text[:20]}', not a port between 1 and 65535")
    return int(text)


def seconds(text: str) -> float:
    """A positive, finite number of seconds up to a day."""
    try:
        value = float(text)
    except ValueError:
        raise InvalidInput(f"is '{text[:20]}', not a number of seconds") from None
    if not math.isfinite(value) or not 0 < value <= 86_400:
        raise InvalidInput(f"is {text[:20]}; it must lie above 0 and at most at 86400 seconds")
    return value


def points(text: str) -> int:
    """Points of Jira an hour; fewer than the dearest calls need would stop all reading."""
    if not text.isascii() or not text.isdigit() or not 2_000 <= int(text) <= 1_000_000_000:
        raise InvalidInput(f"is '{text[:20]}', not a whole number from 2000 to 1000000000")
    return int(text)


def proxies(text: str) -> int:
    """How many proxies of ours stand before the service; each of them must add the address it heard from."""
    if not text.isascii() or not text.isdigit() or int(text[:6]) > 8:
        raise InvalidInput(f"is '{text[:20]}', not a whole number from 0 to 8")
    return int(text)


def log_level(text: str) -> str:
    """A level of the standard library, in capitals."""
    if text.upper() not in LOG_LEVELS:
        raise InvalidInput(f"is '{text[:20]}', not one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def name(text: str) -> str:
    """An identifier: an app id or a crash point."""
    if not _NAME.fullmatch(text):
        raise InvalidInput("holds signs other than letters, digits and . : / _ -")
    return text


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - the port is checked when it is read
    except ValueError:
        raise InvalidInput("is not a URL; its host or port is odd") from None
    return parts
