"""Settings: everything that is missing or odd is named at once, and production has no defaults for secrets."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.environment import SECRET_VARIABLES, SettingsError, SmtpSecurity
from plugin.settings import DEMO_SECRET_KEYS, NEEDED_IN_PRODUCTION, Environment, Settings

ROOT = Path(__file__).resolve().parents[3]
KEY = "k1:" + "0123456789abcdef" * 4
PRODUCTION = {
    "DUNLIN_ENV": "production",
    "BASE_URL": "https://dunlin.example.com/",
    "DATABASE_URL": "postgres://app:pw@db/dunlin",
    "DATABASE_OWNER_URL": "postgresql://owner@db/dunlin",
    "DATABASE_PLANNER_URL": "postgresql+psycopg://planner@db/dunlin",
    "REDIS_URL": "rediss://:pw@redis:6380/0",
    "SECRET_KEYS": KEY,
    "SMTP_URL": "smtps://user:p%40ss@mail.example.com",
}


def problems_of(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environ)
    return caught.value.problems


def named(problems: list[str]) -> set[str]:
    return {problem.split()[0] for problem in problems}


def test_demo_needs_nothing_and_leaves_the_machine_for_nothing() -> None:
    settings = Settings.from_environment({})
    assert settings.environment is Environment.DEMO
    assert settings.database_url == "sqlite:///var/dunlin.db"
    assert settings.redis_url is None
    for url in (settings.base_url, settings.connect_keys_url, settings.forge_jwks_url, settings.ap_script_url):
        assert re.match(r"http://(localhost|127\.0\.0\.1):", url)
    assert (settings.smtp.host, settings.smtp.port) == ("127.0.0.1", 8725)


def test_a_complete_production_starts() -> None:
    settings = Settings.from_environment(PRODUCTION)
    assert settings.is_production
    assert settings.base_url == "https://dunlin.example.com"
    assert settings.host_name == "dunlin.example.com"
    assert settings.base_path == ""
    assert settings.database_url == "postgresql+psycopg://app:pw@db/dunlin"
    assert settings.database_owner_url == "postgresql+psycopg://owner@db/dunlin"
    assert settings.database_planner_url == "postgresql+psycopg://planner@db/dunlin"
    assert (settings.smtp.security, settings.smtp.port) == (SmtpSecurity.TLS, 465)
    assert (settings.smtp.username, settings.smtp.password) == ("user", "p@ss")
    assert settings.connect_keys_url == "https://connect-install-keys.atlassian.com"
    assert settings.allowed_hosts == (".atlassian.net",)
    assert (settings.claim_lease_seconds, settings.sending_lease_seconds) == (60, 660)
    assert (settings.tick_seconds, settings.job_seconds) == (5, 900)
    assert settings.jira_points_per_hour == 65_000


def test_production_names_everything_that_is_missing_at_once() -> None:
    assert named(problems_of({"DUNLIN_ENV": "production"})) == set(NEEDED_IN_PRODUCTION)


@pytest.mark.parametrize("name", sorted(NEEDED_IN_PRODUCTION))
def test_production_has_no_default_for(name: str) -> None:
    without = {key: value for key, value in PRODUCTION.items() if key != name}
    assert named(problems_of(without)) == {name}


def test_production_refuses_the_key_that_everybody_knows() -> None:
    demo_key = DEMO_SECRET_KEYS.partition(":")[2]
    problems = problems_of(PRODUCTION | {"SECRET_KEYS": f"{KEY},old:{demo_key}"})
    assert named(problems) == {"SECRET_KEYS"}
    assert demo_key not in " ".join(problems)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CRASH_AT", "gate_passed"),
        ("DUNLIN_CLOCK_FILE", "/srv/clock"),
        ("MAIL_EVIDENCE_URL", "http://localhost/search"),
    ],
)
def test_production_refuses_what_is_for_tests(name: str, value: str) -> None:
    assert named(problems_of(PRODUCTION | {name: value})) == {name}
    Settings.from_environment({name: value})


@pytest.mark.parametrize("name", ["BASE_URL", "CONNECT_KEYS_URL", "FORGE_JWKS_URL"])
def test_production_refuses_plain_http(name: str) -> None:
    assert named(problems_of(PRODUCTION | {name: "http://example.com"})) == {name}


def test_postgresql_in_production_has_three_roles() -> None:
    lacking = {
        key: value for key, value in PRODUCTION.items() if key not in ("DATABASE_OWNER_URL", "DATABASE_PLANNER_URL")
    }
    assert named(problems_of(lacking)) == {"DATABASE_OWNER_URL", "DATABASE_PLANNER_URL"}
    settings = Settings.from_environment(lacking | {"DATABASE_URL": "sqlite:////srv/dunlin.db"})
    assert settings.database_owner_url == settings.database_planner_url == "sqlite:////srv/dunlin.db"


ODD = [
    ("DUNLIN_ENV", "staging"),
    ("BASE_URL", "dunlin.example.com"),
    ("BASE_URL", "https://user:pw@dunlin.example.com"),
    ("BASE_URL", "https://dunlin.example.com/?x=1"),
    ("BASE_URL", "https://[dunlin"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "eighty"),
    ("PORT", "٨٠"),
    ("LOG_LEVEL", "LOUD"),
    ("DATABASE_URL", "mysql://localhost/dunlin"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_OWNER_URL", "postgresql://host:port/db"),
    ("REDIS_URL", "valkey+unix:///run/valkey"),
    ("SECRET_KEYS", "only-an-id"),
    ("SECRET_KEYS", "k1:tooshort"),
    ("SECRET_KEYS", f"{KEY},{KEY}"),
    ("SECRET_KEYS", "k1:" + "00" * 32),
    ("SMTP_URL", "mail.example.com"),
    ("SMTP_URL", "smtp://user:pw@mail.example.com"),
    ("ALLOWED_HOSTS", "https://jira.example.com"),
    ("ALLOWED_HOSTS", "*.atlassian.net"),
    ("ALLOWED_HOSTS", "http://localhost:8700/path"),
    ("CRASH_AT", "two words"),
    ("CLAIM_LEASE_SECONDS", "0"),
    ("CLAIM_LEASE_SECONDS", "-1"),
    ("TICK_SECONDS", "nan"),
    ("TICK_SECONDS", "1e400"),
    ("TICK_SECONDS", "soon"),
    ("JIRA_POINTS_PER_HOUR", "1999"),
    ("JIRA_POINTS_PER_HOUR", "1e5"),
    ("JIRA_POINTS_PER_HOUR", "٦٥٠٠٠"),
    ("JIRA_POINTS_PER_HOUR", "1000000001"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "9"),
    ("TRUSTED_PROXIES", "all"),
    ("TRUSTED_PROXIES", "١"),
]


@pytest.mark.parametrize(("name", "value"), ODD)
def test_an_odd_value_is_named(name: str, value: str) -> None:
    problems = problems_of({name: value})
    assert named(problems) == {name}
    assert all(problem.endswith(".") for problem in problems)


def test_all_odd_values_are_named_together() -> None:
    odd = {name: value for name, value in ODD if name != "DUNLIN_ENV"}
    assert named(problems_of(odd)) == set(odd)


def test_a_lease_that_outlives_its_job_is_named() -> None:
    assert named(problems_of({"JOB_SECONDS": "600"})) == {"JOB_SECONDS"}
    assert named(problems_of({"SENDING_LEASE_SECONDS": "30"})) == {"SENDING_LEASE_SECONDS"}
    scaled = {"CLAIM_LEASE_SECONDS": "0.5", "SENDING_LEASE_SECONDS": "2", "JOB_SECONDS": "4", "TICK_SECONDS": "0.05"}
    assert Settings.from_environment(scaled).claim_lease_seconds == 0.5


def test_secrets_come_from_files_too(tmp_path: Path) -> None:
    files = {}
    for name in SECRET_VARIABLES:
        (tmp_path / name).write_text(PRODUCTION[name] + "\n", encoding="utf-8")
        files[f"{name}_FILE"] = str(tmp_path / name)
    others = {name: value for name, value in PRODUCTION.items() if name not in SECRET_VARIABLES}
    assert Settings.from_environment(others | files) == Settings.from_environment(PRODUCTION)


def test_a_secret_file_that_is_missing_empty_or_beside_a_value_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    without = {name: value for name, value in PRODUCTION.items() if name not in ("REDIS_URL", "SMTP_URL")}
    odd = {
        "REDIS_URL_FILE": str(tmp_path / "nowhere"),
        "SMTP_URL_FILE": str(tmp_path / "empty"),
        "SECRET_KEYS_FILE": str(tmp_path / "empty"),
    }
    assert named(problems_of(without | odd)) == {"REDIS_URL_FILE", "SMTP_URL_FILE", "SECRET_KEYS"}


def test_secrets_stand_neither_in_the_repr_nor_in_problems() -> None:
    settings = Settings.from_environment(PRODUCTION)
    key = KEY.partition(":")[2]
    assert key not in repr(settings)
    assert "p@ss" not in repr(settings)
    assert "pw" not in repr(settings)
    assert "hunter2" not in str(
        problems_of({"SMTP_URL": "smtp://u:hunter2@mail.example.com", "DATABASE_URL": "x:hunter2"})
    )


def test_production_refuses_the_pretend_jira_as_a_host() -> None:
    pretend = {"ALLOWED_HOSTS": ".atlassian.net, http://localhost:8700"}
    assert Settings.from_environment(pretend).allowed_hosts == (".atlassian.net", "http://localhost:8700")
    assert named(problems_of(PRODUCTION | pretend)) == {"ALLOWED_HOSTS"}


@given(st.dictionaries(st.sampled_from([name for name, _ in ODD]), st.text(max_size=40), max_size=8))
def test_any_environment_gives_settings_or_named_problems(environ: dict[str, str]) -> None:
    problems: list[str] = []
    try:
        Settings.from_environment(environ)
    except SettingsError as error:
        problems = error.problems
    leases = {"JOB_SECONDS", "SENDING_LEASE_SECONDS"}
    assert named(problems) <= set(environ) | set(NEEDED_IN_PRODUCTION) | leases


def test_the_example_documents_exactly_what_is_read() -> None:
    documented = set(
        re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    source = (ROOT / "plugin" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'reader\.(?:take|maybe)\("([A-Z_]+)"', source))
    for_tools = {"TEST_DATABASE_URL", "CHROMIUM", "TEST_WORKERS"}
    assert documented == read | for_tools


def test_the_example_names_a_crash_point_that_exists() -> None:
    example = re.search(r"^# CRASH_AT=(\w+)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert example is not None
    sources = [
        path.read_text(encoding="utf-8") for part in ("plugin", "worker") for path in (ROOT / part).rglob("*.py")
    ]
    assert any(f'crash_point("{example[1]}"' in source for source in sources)


def test_the_example_says_the_defaults_of_production() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    example = dict(re.findall(r"^([A-Z_]+)=(.+)$", text, re.MULTILINE))
    assert Settings.from_environment(PRODUCTION | example) == Settings.from_environment(PRODUCTION)
