"""What the environment says, read once and checked as a whole: every missing or odd variable is named at once.

Values that hold secrets may also come from a file: ``NAME_FILE`` names it. ``.env.example`` documents every variable.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from plugin import environment as env
from plugin.domain.errors import InvalidInput
from plugin.environment import Reader, SettingsError, SmtpServer
from plugin.keys import SecretKey, parse_keys

ATLASSIAN = {
    "CONNECT_KEYS_URL": "https://connect-install-keys.atlassian.com",
    "FORGE_JWKS_URL": "https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json",
    "AP_SCRIPT_URL": "https://connect-cdn.atl-paas.net/all.js",
    "ALLOWED_HOSTS": ".atlassian.net",
}
PRETEND_WORLD = {
    "CONNECT_KEYS_URL": "http://localhost:8700/install-keys",
    "FORGE_JWKS_URL": "http://localhost:8700/forge/jwks.json",
    "AP_SCRIPT_URL": "http://localhost:8700/atlassian-connect/all.js",
    "ALLOWED_HOSTS": ".atlassian.net,http://localhost:8700,http://localhost:8702",
}
# A key that stands in public code protects nothing; production refuses it.
DEMO_SECRET_KEYS = "demo:8f1d0b7ce2a956344e6c90d37ba182f5c35f7e18a4d2690bd7480fe31c6b95a2"  # noqa: S105 - not secret
NEEDED_IN_PRODUCTION = {
    "BASE_URL": "the https address under which Jira and clients reach this service",
    "DATABASE_URL": "the database, for example postgresql://dunlin@db.example.com/dunlin",
    "REDIS_URL": "the Redis or Valkey server, for example redis://redis.example.com:6379/0",
    "SECRET_KEYS": "id:key; make a key with: python3 -c 'import secrets; print(secrets.token_hex(32))'",
    "SMTP_URL": "the mail server, for example smtps://user:password@mail.example.com",
}
FORBIDDEN_IN_PRODUCTION = ("CRASH_AT", "DUNLIN_CLOCK_FILE", "MAIL_EVIDENCE_URL")


class Environment(StrEnum):
    """Where the service runs. Demo and test have defaults for everything; production has none for a secret."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All settings, checked. URLs have no trailing slash, times are in seconds, no ``redis_url`` means embedded."""

    environment: Environment
    base_url: str
    port: int
    var_dir: Path
    log_level: str
    secret_keys: tuple[SecretKey, ...] = field(repr=False)
    database_url: str = field(repr=False)
    database_owner_url: str = field(repr=False)
    database_planner_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    smtp: SmtpServer
    mail_evidence_url: str | None
    connect_keys_url: str
    forge_jwks_url: str
    forge_app_id: str | None
    ap_script_url: str
    allowed_hosts: tuple[str, ...]
    clock_file: Path | None
    crash_at: str | None
    claim_lease_seconds: float
    sending_lease_seconds: float
    tick_seconds: float
    job_seconds: float
    jira_points_per_hour: int
    private_hosts: tuple[str, ...]
    trusted_proxies: int

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Reads and checks everything. Raises SettingsError with one sentence for each missing or odd variable."""
        reader = Reader(environ)
        settings = _read(reader)
        _check_leases(reader, settings)
        if settings.is_production:
            _check_production(reader, settings)
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings

    @property
    def is_production(self) -> bool:
        """Whether real clients get what leaves from here."""
        return self.environment is Environment.PRODUCTION

    def may_be_private(self, host: str) -> bool:
        """Whether a host that a person typed may lead into a private network: in demo and tests, and those named."""
        name = host.lower().rstrip(".")
        named = any(name == entry.lstrip(".") or name.endswith(f".{entry.lstrip('.')}") for entry in self.private_hosts)
        return named or not self.is_production

    @property
    def host_name(self) -> str:
        """The host of BASE_URL, as it stands in Message-IDs."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def base_path(self) -> str:
        """The path of BASE_URL, empty at the root; it is left out before a query string hash is made."""
        return urlsplit(self.base_url).path


def _read(reader: Reader) -> Settings:
    environment = reader.take("DUNLIN_ENV", _environment, Environment.DEMO)
    var_dir = reader.take("DUNLIN_VAR", Path, "var")
    port = reader.take("PORT", env.port, "8701")
    database = reader.take("DATABASE_URL", env.database_url, f"sqlite:///{var_dir / 'dunlin.db'}")
    hosts = ATLASSIAN if environment is Environment.PRODUCTION else PRETEND_WORLD
    return Settings(
        environment=environment,
        base_url=reader.take("BASE_URL", env.web_url, f"http://127.0.0.1:{port}"),
        port=port,
        var_dir=var_dir,
        log_level=reader.take("LOG_LEVEL", env.log_level, "INFO"),
        secret_keys=reader.take("SECRET_KEYS", parse_keys, DEMO_SECRET_KEYS),
        database_url=database,
        database_owner_url=reader.take("DATABASE_OWNER_URL", env.database_url, database),
        database_planner_url=reader.take("DATABASE_PLANNER_URL", env.database_url, database),
        redis_url=reader.maybe("REDIS_URL", env.redis_url),
        smtp=reader.take("SMTP_URL", env.smtp_server, "smtp://127.0.0.1:8725"),
        mail_evidence_url=reader.maybe("MAIL_EVIDENCE_URL", env.web_url),
        connect_keys_url=reader.take("CONNECT_KEYS_URL", env.web_url, hosts["CONNECT_KEYS_URL"]),
        forge_jwks_url=reader.take("FORGE_JWKS_URL", env.web_url, hosts["FORGE_JWKS_URL"]),
        forge_app_id=reader.maybe("FORGE_APP_ID", env.name),
        ap_script_url=reader.take("AP_SCRIPT_URL", env.web_url, hosts["AP_SCRIPT_URL"]),
        allowed_hosts=reader.take("ALLOWED_HOSTS", env.host_suffixes, hosts["ALLOWED_HOSTS"]),
        clock_file=reader.maybe("DUNLIN_CLOCK_FILE", Path),
        crash_at=reader.maybe("CRASH_AT", env.name),
        claim_lease_seconds=reader.take("CLAIM_LEASE_SECONDS", env.seconds, "60"),
        sending_lease_seconds=reader.take("SENDING_LEASE_SECONDS", env.seconds, "660"),
        tick_seconds=reader.take("TICK_SECONDS", env.seconds, "5"),
        job_seconds=reader.take("JOB_SECONDS", env.seconds, "900"),
        jira_points_per_hour=reader.take("JIRA_POINTS_PER_HOUR", env.points, "65000"),
        private_hosts=reader.take("PRIVATE_HOSTS", env.host_suffixes, ""),
        trusted_proxies=reader.take("TRUSTED_PROXIES", env.proxies, "0"),
    )


def _environment(text: str) -> Environment:
    if text not in list(Environment):
        raise InvalidInput(f"is '{text[:20]}', not one of {', '.join(Environment)}")
    return Environment(text)


def _check_leases(reader: Reader, settings: Settings) -> None:
    if settings.job_seconds <= settings.sending_lease_seconds:
        reader.complain("JOB_SECONDS", "must be longer than SENDING_LEASE_SECONDS, or a job ends amid a send.")
    if settings.sending_lease_seconds <= settings.claim_lease_seconds:
        reader.complain("SENDING_LEASE_SECONDS", "must be longer than CLAIM_LEASE_SECONDS: a send follows a claim.")


def _check_production(reader: Reader, settings: Settings) -> None:
    for name, meaning in NEEDED_IN_PRODUCTION.items():
        if reader.text(name) is None and not reader.text(f"{name}_FILE"):
            reader.complain(name, f"is missing: {meaning}.")
    for name in FORBIDDEN_IN_PRODUCTION:
        if reader.text(name) is not None:
            reader.complain(name, "is for demo and tests only; remove it in production.")
    if "BASE_URL" not in reader.odd and not settings.base_url.startswith("https://"):
        reader.complain("BASE_URL", "must begin with https:// in production, since Jira and clients send tokens to it.")
    known_to_all = {key.material for key in parse_keys(DEMO_SECRET_KEYS)}
    if "SECRET_KEYS" not in reader.odd and any(key.material in known_to_all for key in settings.secret_keys):
        reader.complain("SECRET_KEYS", "holds the demo's key, which everybody knows; make one of your own.")
    _check_atlassian(reader, settings)
    if settings.database_url.startswith("postgresql"):
        _check_roles(reader)


def _check_atlassian(reader: Reader, settings: Settings) -> None:
    if any(entry.startswith("http://") for entry in settings.allowed_hosts):
        reader.complain("ALLOWED_HOSTS", "holds an http:// origin, which is for demo and tests only; take it out.")
    for name, value in (("CONNECT_KEYS_URL", settings.connect_keys_url), ("FORGE_JWKS_URL", settings.forge_jwks_url)):
        if not value.startswith("https://"):
            reader.complain(name, "must begin with https:// in production, since it says whose signatures we trust.")


def _check_roles(reader: Reader) -> None:
    for name, duty in (
        ("DATABASE_OWNER_URL", "owns the tables"),
        ("DATABASE_PLANNER_URL", "reads due rows of all tenants"),
    ):
        if reader.text(name) is None:
            reader.complain(name, f"is missing: on PostgreSQL the role that {duty} is not the one of DATABASE_URL.")
