"""Every state that can be shown has a word, a tone and an icon; formats follow the person."""

import re
from pathlib import Path

import pytest

from plugin.domain.billing.states import InvoiceState
from plugin.domain.errors import (
    Conflict,
    DunlinError,
    InvalidInput,
    Kind,
    NotAllowed,
    NotFound,
    Permanent,
    Transient,
    Unauthenticated,
)
from plugin.domain.payments.ledger import EntryKind
from plugin.domain.reminders.policy import Channel, Tone
from plugin.domain.reminders.timeline import Verdict
from plugin.errors import RETRIES, http_status, wait_seconds
from plugin.services.follow_ups.holds import KINDS
from plugin.services.tenant_defaults import CURSORS
from plugin.ui import words
from plugin.ui.admin.attention import READINGS
from plugin.ui.filters import counted
from plugin.ui.wire import host_request

ROOT = Path(__file__).resolve().parents[3]
TONES = {"neutral", "info", "success", "warning", "danger", "discovery", ""}


def test_every_state_has_a_word() -> None:
    assert set(words.INVOICE) == {state.value for state in InvoiceState} | {"overdue"}
    assert set(words.VERDICT) == set(Verdict)
    assert set(words.HOLD) == set(KINDS)
    assert set(words.CHANNEL) == set(Channel)
    assert set(words.PAYMENT) == {kind.value for kind in EntryKind}
    assert set(words.TONE) == {tone.value for tone in Tone}
    for table in (words.INVOICE, words.VERDICT, words.HOLD, words.PAYMENT):
        assert {shown.tone for shown in table.values()} <= TONES


def test_every_kind_of_event_that_is_recorded_has_an_icon() -> None:
    recorded = {
        kind
        for path in (ROOT / "plugin" / "services").rglob("*.py")
        for kind in re.findall(r'record_event\([^)]*?kind="([a-z_]+)"', path.read_text(), re.DOTALL)
    }
    assert len(recorded) > 5
    assert recorded <= set(words.EVENT)
    assert {kind for kind, _ in KINDS.values()} <= set(words.EVENT)


@pytest.mark.parametrize(
    ("number", "noun", "said"), [(0, "invoice", "0 invoices"), (1, "entry", "1 entry"), (2, "entry", "2 entries")]
)
def test_counts_agree_with_their_nouns(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("x"), 400),
        (Unauthenticated("x"), 401),
        (NotAllowed("x"), 403),
        (NotFound("x"), 404),
        (Conflict("x"), 409),
        (Permanent("x"), 409),
        (Transient("x"), 503),
        (DunlinError("x"), 500),
    ],
)
def test_every_kind_of_error_has_a_status(error: DunlinError, status: int) -> None:
    assert http_status(error) == status
    assert http_status(InvalidInput("x"), form=True) == 422
    assert set(RETRIES) == set(Kind)


def test_only_what_may_pass_says_when_to_try_again() -> None:
    assert wait_seconds(Transient("x", retry_after=0.2)) == 1
    assert wait_seconds(Transient("x", retry_after=90.0)) == 90
    assert wait_seconds(Transient("x")) == 30
    assert wait_seconds(NotFound("x")) is None


@pytest.mark.parametrize(
    ("raw", "path", "query"),
    [
        ("/ui/panel?issue=1%2F2&jwt=x", "/ui/panel", "issue=1%2F2&jwt=x"),
        ("http://evil.example/ui/panel?a=b", "/ui/panel", "a=b"),
        ("/ui/panel", "/ui/panel", ""),
        ("/ui/a?b?c", "/ui/a", "b?c"),
    ],
)
def test_the_address_is_taken_as_it_came(raw: str, path: str, query: str) -> None:
    from werkzeug.test import EnvironBuilder
    from werkzeug.wrappers import Request

    environ = EnvironBuilder(path="/other").get_environ()
    environ["RAW_URI"] = raw
    seen = host_request(Request(environ))
    assert (seen.path, seen.query) == (path, query)


def test_everything_kept_in_step_with_jira_has_a_name_for_people() -> None:
    assert set(READINGS) == set(CURSORS)
    assert all(name and does.endswith(".") for name, does in READINGS.values())
