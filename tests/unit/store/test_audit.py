"""The audit chain: an edit, a deletion, a swap and a cut are each named to the row (A82, I9)."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from plugin.services.settle_alert import settle_alert
from plugin.services.verify.audit import audit_findings
from plugin.store.audit import link_hash, raise_alert, record_audit
from plugin.store.base import new_id
from plugin.store.database import open_engine
from plugin.store.session import reading, writing
from plugin.store.tables.audit import Alert, AuditHead, AuditRow
from tests.support.databases import Urls

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)


class Chain:
    """Ten links of one tenant, and somebody with the database file in hand."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self.tenant = new_id()
        with writing(self.engine, self.tenant) as session:
            for number in range(1, 11):
                record_audit(
                    session,
                    actor="alice",
                    action="rate.added",
                    subject=f"rate-{number}",
                    now=NOW,
                    before={"minor": number, "note": "ä€"} if number % 2 else None,
                    after={"minor": number + 1},
                )

    def tamper(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            # The database refuses by itself; whoever owns it can take that away first.
            connection.exec_driver_sql("DROP TRIGGER audit_is_never_updated")
            connection.exec_driver_sql("DROP TRIGGER audit_is_never_deleted")
            for statement in statements:
                connection.exec_driver_sql(statement)

    def findings(self) -> list[str]:
        with reading(self.engine, self.tenant) as session:
            return [finding.sentence for finding in audit_findings(session)]


@pytest.fixture
def chain(sqlite_urls: Urls) -> Iterator[Chain]:
    made = Chain(sqlite_urls.app)
    yield made
    made.engine.dispose()


def test_an_honest_chain_has_no_finding(chain: Chain) -> None:
    assert chain.findings() == []


@pytest.mark.parametrize(
    "change", ["actor = 'mallory'", "after = '{\"minor\":1}'", "before = NULL", "at = '2026-09-02 08:00:00.000000'"]
)
def test_attack_A82_an_edited_row_is_named(chain: Chain, change: str) -> None:
    chain.tamper(f"UPDATE audit SET {change} WHERE seq = 5")
    assert chain.findings() == ["Audit row 5 (rate.added) does not fit the row before it."]


def test_attack_A82_an_edited_row_with_a_hash_of_its_own_is_found_by_the_next(chain: Chain) -> None:
    chain.tamper("UPDATE audit SET actor = 'mallory', hash = '00' || substr(hash, 3) WHERE seq = 5")
    assert "Audit row 6 (rate.added) does not fit the row before it." in chain.findings()


def test_attack_A82_a_deleted_row_is_named(chain: Chain) -> None:
    chain.tamper("DELETE FROM audit WHERE seq = 4")
    assert chain.findings()[0] == "Audit rows 4 to 4 are missing before row 5."


def test_attack_A82_swapped_rows_are_named(chain: Chain) -> None:
    chain.tamper(
        "UPDATE audit SET seq = 100 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 7",
        "UPDATE audit SET seq = 7 WHERE seq = 100",
    )
    named = chain.findings()
    assert "Audit row 3 (rate.added) does not fit the row before it." in named
    assert "Audit row 7 (rate.added) does not fit the row before it." in named


def test_attack_A82_a_cut_tail_is_named(chain: Chain) -> None:
    chain.tamper("DELETE FROM audit WHERE seq > 8")
    assert chain.findings() == ["The audit chain ends at row 8, but its head says 10."]


def test_attack_A82_a_missing_head_is_named(chain: Chain) -> None:
    chain.tamper("DELETE FROM audit WHERE seq > 8", "DELETE FROM audit_head")
    assert chain.findings() == ["The audit chain ends at row 8, but its head says nothing."]


def test_the_chain_of_one_tenant_does_not_depend_on_anothers(chain: Chain) -> None:
    with writing(chain.engine, new_id()) as session:
        record_audit(session, actor="bob", action="x", subject="y", now=NOW)
        assert session.get_one(AuditHead, session.tenant_id).seq == 1
    assert chain.findings() == []


def test_the_hash_is_what_the_reference_says() -> None:
    body = 'ab\n{"a":1,"b":"ü"}\n7'
    assert link_hash("ab", 7, {"b": "ü", "a": 1}) == hashlib.sha256(body.encode()).hexdigest()


def test_an_alert_is_raised_once_while_it_is_open_and_again_after_it_was_settled(chain: Chain) -> None:
    def alarm(sentence: str) -> None:
        raise_alert(session, kind="no_address", sentence=sentence, subject="i", key="no_address:i", now=NOW)

    def standing() -> tuple[str, bool]:
        alert = session.scalars(select(Alert)).one()
        return alert.sentence, alert.settled_at is None

    with writing(chain.engine, chain.tenant) as session:
        alarm("first")
        alarm("second")
        assert standing() == ("first", True)
        settle_alert(session, session.scalars(select(Alert.id)).one(), now=NOW, actor="alice")
        assert standing() == ("first", False)
        alarm("third")
        assert standing() == ("third", True)
        assert len(session.scalars(select(AuditRow)).all()) == 11
