"""``dunlin verify`` finds what does not hold, by invariant and row: each promise is broken once, behind its back."""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from plugin.domain.money import Currency, Money
from plugin.services.payments.record_payment import record_payment
from plugin.store.base import new_id
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep
from plugin.store.tables.invoices import Document
from plugin.store.tables.outbox import Effect
from sandbox.stage.house import ACTOR
from tests.support.books import NOW, TODAY, Books, open_books
from tests.support.databases import Urls


@pytest.fixture(scope="module")
def three_invoices(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Books]:
    """INV-2026-0001 to 0003, and a draft."""
    path = tmp_path_factory.mktemp("verify") / "dunlin.db"
    shutil.copy(migrated_file, path)
    with open_books(_urls(path)) as books:
        books.log(4)
        for number in (1, 2, 3):
            books.issue(books.draft(number))
        books.draft(4)
        return path, books


@pytest.fixture
def books(three_invoices: tuple[Path, Books], tmp_path: Path) -> Iterator[Books]:
    original, made = three_invoices
    path = tmp_path / "dunlin.db"
    shutil.copy(original, path)
    opened = Books(_urls(path), made.tenant, made.client_id)
    yield opened
    opened.engine.dispose()


def _urls(path: Path) -> Urls:
    url = f"sqlite:///{path}"
    return Urls(url, url, url)


def tamper(books: Books, statement: str) -> None:
    with books.engine.begin() as connection:
        assert connection.exec_driver_sql(statement).rowcount


def named(books: Books, invariant: str) -> list[str]:
    """The sentences about one invariant; there is none about any other."""
    found = books.findings()
    assert {finding.split(" ", 1)[0] for finding in found} == {invariant}
    return found


def add_mail(books: Books, *, effects: int = 1, sent_at_minutes: int = 0) -> None:
    """A follow-up of the first invoice that the mail server took."""
    with books.writing() as session:
        step = session.scalars(select(PlannedStep).where(PlannedStep.step_key == "friendly")).first()
        assert step is not None
        message = Message(
            id=new_id(),
            kind="follow_up",
            client_id=books.client_id,
            currency="EUR",
            day=TODAY,
            recipient="rechnung@brandt.example",
            message_id=f"<{new_id()}@x.example>",
            language="en",
            created_at=NOW,
        )
        session.add(message)
        session.flush()
        session.add(
            MessageMember(
                message_row_id=message.id,
                invoice_id=step.invoice_id,
                step_key="friendly",
                recipient="rechnung@brandt.example",
                amount_minor=1,
            )
        )
        for number in range(effects):
            session.add(
                Effect(
                    kind="mail",
                    dedupe_key=f"mail:{number}",
                    subject_id=message.id,
                    state="sent",
                    sending_at=NOW + timedelta(minutes=sent_at_minutes),
                    done_at=NOW,
                    created_at=NOW,
                )
            )


def test_honest_books_have_no_finding(books: Books) -> None:
    add_mail(books)
    assert books.findings() == []


def test_I1_a_mail_that_was_accepted_twice(books: Books) -> None:
    add_mail(books, effects=2)
    assert "was sent 2 times" in named(books, "I1")[0]


def test_I2_a_step_that_waits_for_nothing(books: Books) -> None:
    tamper(books, "UPDATE planned_step SET next_at = NULL WHERE step_key = 'second'")
    assert len(named(books, "I2")) == 3


def test_I2_a_step_left_behind_by_its_mail(books: Books) -> None:
    add_mail(books)
    tamper(books, "UPDATE planned_step SET message_row_id = (SELECT id FROM message) WHERE step_key = 'friendly'")
    assert all("is over" in sentence for sentence in named(books, "I2"))


@pytest.mark.parametrize("state", ["skipped", "superseded", "cancelled", "held", "failed", "parked", "sent"])
def test_I2_an_end_without_a_reason(books: Books, state: str) -> None:
    tamper(books, f"UPDATE planned_step SET state = '{state}', reason = '' WHERE step_key = 'call'")
    assert len(named(books, "I2")) == 3


@pytest.mark.parametrize(("minutes", "crossed", "found"), [(1, 0, True), (1, 1, False), (-1, 0, False)])
def test_I3_a_gate_that_was_passed_after_the_payment(
    books: Books,
    minutes: int,
    crossed: int,
    found: bool,
) -> None:
    with books.reading() as session:
        step = session.scalars(select(PlannedStep).where(PlannedStep.step_key == "friendly")).first()
        assert step is not None
        invoice_id = step.invoice_id
    with books.writing() as session:
        record_payment(
            session,
            invoice_id,
            amount=Money(11_900, Currency("EUR", 2)),
            received_on=TODAY,
            today=TODAY,
            now=NOW,
            actor=ACTOR,
            message_ids=lambda row_id: f"<{row_id}@x.example>",
            receipt=False,
        )
    add_mail(books, sent_at_minutes=minutes)
    tamper(books, f"UPDATE message SET crossed_payment = {crossed}")
    assert bool(books.findings()) == found
    if found:
        assert "after the payment" in named(books, "I3")[0]


def test_I4_a_number_that_is_missing(books: Books) -> None:
    tamper(books, "UPDATE number_series SET last = 5")
    assert named(books, "I4") == [
        "I4 Series invoice: number 4 of 2026 was never issued.",
        "I4 Series invoice: number 5 of 2026 was never issued.",
    ]


def test_I4_a_draft_with_a_number(books: Books) -> None:
    tamper(books, "UPDATE invoice SET number = 'INV-2026-0004' WHERE state = 'draft'")
    assert "Draft" in named(books, "I4")[0]


def test_I4_I6_a_number_that_was_changed_leaves_a_gap_and_differs_from_the_paper(books: Books) -> None:
    tamper(books, "UPDATE invoice SET number = 'INV-2026-0009' WHERE number = 'INV-2026-0002'")
    found = books.findings()
    assert "I4 Series invoice: number 2 of 2026 was never issued." in found
    assert any(finding.startswith("I6 INV-2026-0009") for finding in found)


def test_I5_a_line_whose_worklogs_do_not_add_up(books: Books) -> None:
    tamper(books, "UPDATE worklog_claim SET seconds_billed = seconds_billed + 900 WHERE worklog_id = '30002'")
    assert "INV-2026-0002, line 1" in named(books, "I5")[0]


def test_I6_a_snapshot_that_was_edited(books: Books) -> None:
    tamper(books, "UPDATE invoice SET snapshot = replace(snapshot, 'Login', 'Logout') WHERE number = 'INV-2026-0001'")
    assert named(books, "I6") == ["I6 INV-2026-0001: the frozen snapshot is not what was issued."]


def test_attack_A82_a_snapshot_edited_together_with_its_hash(books: Books) -> None:
    with books.reading() as session:
        texts = session.connection().exec_driver_sql("SELECT snapshot FROM invoice WHERE number = 'INV-2026-0001'")
        forged = str(texts.scalar_one()).replace("Login", "Logout")
    digest = hashlib.sha256(forged.encode()).hexdigest()
    with books.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE invoice SET snapshot = ?, snapshot_sha256 = ? WHERE number = 'INV-2026-0001'", (forged, digest)
        )
    assert named(books, "I6") == ["I6 INV-2026-0001: the audit chain has another snapshot for its issue."]


def test_I6_a_due_date_that_moved(books: Books) -> None:
    tamper(books, "UPDATE invoice SET due_on = '2027-01-01' WHERE number = 'INV-2026-0003'")
    assert "INV-2026-0003" in named(books, "I6")[0]


def test_I6_a_stored_document_that_changed(books: Books) -> None:
    with books.writing() as session:
        step = session.scalars(select(PlannedStep)).first()
        assert step is not None
        session.add(
            Document(
                invoice_id=step.invoice_id,
                kind="pdf",
                file_name="a.pdf",
                media_type="application/pdf",
                body=b"%PDF one",
                sha256="0" * 64,
                made_at=NOW,
            )
        )
    assert "a.pdf" in named(books, "I6")[0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoice_line SET amount_minor = amount_minor + 1 WHERE amount_minor > 0",
        "UPDATE invoice SET tax_minor = tax_minor + 1",
        "UPDATE invoice SET balance_minor = balance_minor - 1 WHERE state = 'issued'",
    ],
)
def test_attack_A82_I7_sums_that_do_not_agree(books: Books, statement: str) -> None:
    tamper(books, statement)
    assert len(named(books, "I7")) >= 3


def test_the_year_of_a_series_ends_and_the_next_begins_at_one(
    three_invoices: tuple[Path, Books], tmp_path: Path
) -> None:
    original, made = three_invoices
    path = tmp_path / "year.db"
    shutil.copy(original, path)
    books = Books(_urls(path), made.tenant, made.client_id)
    with books.writing() as session:
        draft = session.connection().exec_driver_sql("SELECT id FROM invoice WHERE state = 'draft'").scalar_one()
        assert books.issue_in(session, str(draft), today=date(2027, 1, 4)) == "INV-2027-0001"
    assert books.findings() == []
    books.engine.dispose()
