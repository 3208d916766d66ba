"""Column types, and the rule that only the store goes round the session."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from plugin.store.base import Instant, JsonText, new_id

ROOT = Path(__file__).resolve().parents[3]
SQLITE, POSTGRES = create_engine("sqlite://").dialect, create_engine("postgresql+psycopg://nowhere/").dialect


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_comes_back_as_the_same_instant(instant: datetime) -> None:
    for dialect in (SQLITE, POSTGRES):
        try:
            stored = Instant().process_bind_param(instant, dialect)
        except OverflowError:
            return
        back = Instant().process_result_value(stored, dialect)
        assert back == instant.astimezone(UTC)
        assert back is not None
        assert back.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Instant().process_bind_param(datetime(2026, 9, 1, 8), SQLITE)  # noqa: DTZ001 - the point


def test_instants_on_sqlite_sort_as_text_whatever_their_zone() -> None:
    tokyo = timezone(timedelta(hours=9))
    early = Instant().process_bind_param(datetime(2026, 9, 1, 8, tzinfo=tokyo), SQLITE)
    late = Instant().process_bind_param(datetime(2026, 9, 1, 0, tzinfo=UTC), SQLITE)
    assert early is not None
    assert late is not None
    assert early < late


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_json_is_the_same_text_in_whatever_order_it_was_written(value: dict[str, object]) -> None:
    turned = dict(reversed(list(value.items())))
    text = JsonText().process_bind_param(value, SQLITE)
    assert text == JsonText().process_bind_param(turned, POSTGRES)
    assert JsonText().process_result_value(text, SQLITE) == value


def test_json_refuses_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        JsonText().process_bind_param({"rate": float("nan")}, SQLITE)


def test_ids_are_random_and_say_nothing() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)


def test_only_the_store_goes_round_the_session() -> None:
    """SQLite has no row security: there this rule is the only thing between two tenants (security 5, layer 5)."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in ("plugin/services", "plugin/ui", "plugin/hosts", "plugin/jira", "worker")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ("sqlalchemy" in line and re.search(r"import .*\btext\b", line))
        or re.search(r"\.from_statement\(|\.bulk_\w+\(|session\.connection\(\)", line)
        or ("__table__" in line and not re.search(r"\b(upsert|insert_new)\(", line))
    ]
    assert found == []
