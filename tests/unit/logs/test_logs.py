"""Logs: one JSON object a line, no secrets, and nobody writes lines of their own."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from plugin.logs import HIDDEN, configure_logs, scrub

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhY21lIn0.c2lnbmF0dXJl"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers, root.level
    stream = io.StringIO()
    configure_logs("INFO", stream=stream)
    yield stream
    root.handlers, root.level = before
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_both_kinds_of_logger_write_json(stream: io.StringIO) -> None:
    structlog.get_logger("ours").info("invoice issued", number="2026-0001", lines=3)
    logging.getLogger("theirs").warning("slow answer from %s", "jira")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["number"], ours["lines"], ours["level"]) == ("invoice issued", "2026-0001", 3, "info")
    assert (theirs["event"], theirs["logger"]) == ("slow answer from jira", "theirs")
    assert ours["at"].endswith("+00:00")


def test_the_level_is_kept(stream: io.StringIO) -> None:
    structlog.get_logger("ours").debug("not shown")
    logging.getLogger("theirs").debug("not shown")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("text", ["one\ntwo", "one\r\ntwo", "\x1b[2Jgone", "exe.\u202etxt", "a\u2028b", "a\x85b"])
def test_attack_A83_text_stays_in_its_line(stream: io.StringIO, text: str) -> None:
    structlog.get_logger("ours").info(text, subject=text)
    written = stream.getvalue()
    assert written.count("\n") == 1
    assert all(" " <= sign <= "~" for sign in written.rstrip("\n"))
    assert lines(stream)[0]["subject"] == text


SECRETS = {
    "shared_secret": "s3cr3t-value",
    "sharedSecret": "s3cr3t-value",
    "password": "s3cr3t-value",
    "Authorization": "s3cr3t-value",
    "Set-Cookie": "s3cr3t-value",
    "access_token": "s3cr3t-value",
    "api_key": "s3cr3t-value",
    "iban": "s3cr3t-value",
}


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_values_under_telling_names_are_hidden_at_any_depth(stream: io.StringIO, name: str) -> None:
    structlog.get_logger("ours").info("call", **{name: SECRETS[name]}, deep={"list": [{name: SECRETS[name]}]})
    assert "s3cr3t-value" not in stream.getvalue()
    assert lines(stream)[0][name] == HIDDEN


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: JWT {TOKEN}",
        f"GET /page?jwt={TOKEN}&x=1",
        "bearer c2VjcmV0c2VjcmV0",
        "postgresql+psycopg://app:c2VjcmV0c2VjcmV0@db/dunlin",
        "redis://:c2VjcmV0c2VjcmV0@127.0.0.1/0",
        "https://pay.example.com/?token=c2VjcmV0c2VjcmV0",
        "v1.k1.c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0",
    ],
)
def test_telling_values_are_hidden_under_any_name(stream: io.StringIO, text: str) -> None:
    structlog.get_logger("ours").info("failed: %s", text, where=text, deep=[{"where": text}])
    logging.getLogger("theirs").error(text)
    for part in ("c2VjcmV0", TOKEN.split(".")[1]):
        assert part not in stream.getvalue()


def test_a_traceback_is_one_line_and_scrubbed(stream: io.StringIO) -> None:
    try:
        raise ValueError("cannot reach postgresql://app:hunter2@db/dunlin")
    except ValueError:
        structlog.get_logger("ours").exception("failed")
    (line,) = lines(stream)
    assert "ValueError" in line["exception"]
    assert "hunter2" not in line["exception"]


def test_endless_nesting_ends(stream: io.StringIO) -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    structlog.get_logger("ours").info("loop", endless=endless)
    assert HIDDEN in stream.getvalue()


@given(st.text(st.characters(categories=["L", "N", "Zs"])))
def test_ordinary_words_are_left_alone(text: str) -> None:
    if not any(word in text.lower() for word in ("bearer", "basic", "jwt", "eyj")):
        assert scrub(text) == text
