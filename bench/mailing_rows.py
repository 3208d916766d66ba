"""Rows for ``mailing``: clients, each with an invoice that a reminder is due for, or whose own mail is to leave."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from bench.pdf import invoice as document_of
from bench.world import Rows, insert_rows
from plugin.domain.documents.snapshot import snapshot_sha256, to_snapshot
from plugin.domain.reminders.policy_default import default_ladder
from plugin.services.follow_ups.messages import MessageIds
from plugin.services.follow_ups.send_invoice import add_invoice_mail
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact, Project
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Document, Invoice
from plugin.store.tables.policies import PolicyVersion

PROJECT = "10000"
PDF = b"%PDF-1.7 " + bytes(range(256)) * 120
ISSUED_BEFORE = timedelta(days=42)


def add_clients(session: TenantSession, count: int) -> None:
    """A project, and clients with one billing address each."""
    session.add(Project(id=PROJECT, key="MAIL", name="Mail"))
    session.flush()
    clients: Rows = [
        {"id": f"client-{number}", "name": f"Client {number}", "country": "DE", "address": "Street 1"}
        for number in range(count)
    ]
    session.add_all(Client(**row) for row in clients)
    session.flush()
    session.add_all(
        Contact(client_id=f"client-{number}", email=f"pay{number}@client.example", name="Ann")
        for number in range(count)
    )
    session.flush()


def add_reminders(session: TenantSession, numbers: Iterable[int], *, now: datetime, due: date) -> list[str]:
    """Invoices with stored PDFs and ladders of which one step is due; gives the ids of those steps."""
    version = session.scalars(select(PolicyVersion.id)).one()
    numbers = list(numbers)
    insert_rows(session, Invoice, [_invoice(number, version, now=now, due=due) for number in numbers])
    insert_rows(session, Document, [_document(number, now=now) for number in numbers])
    steps = [row for number in numbers for row in _steps(number, version, now=now, due=due)]
    insert_rows(session, PlannedStep, steps)
    return [str(row["id"]) for row in steps if row["next_at"] is not None and row["planned_on"] == now.date()]


def add_invoice_mails(
    session: TenantSession, numbers: Iterable[int], *, message_ids: MessageIds, now: datetime, due: date
) -> list[tuple[str, str]]:
    """Issued invoices without their PDFs; gives the effects that make the PDF and send the mail, by invoice."""
    version = session.scalars(select(PolicyVersion.id)).one()
    numbers = list(numbers)
    insert_rows(session, Invoice, [_invoice(number, version, now=now, due=due) for number in numbers])
    found = []
    for number in numbers:
        invoice = session.get_one(Invoice, (session.tenant_id, f"invoice-{number}"))
        made = add_effect(session, kind="document", key=f"document:{invoice.id}", subject_id=invoice.id, now=now)
        (mail,) = add_invoice_mail(session, invoice, document_effect=made, message_ids=message_ids, now=now)
        found.append((made.id, mail.id))
    return found


def _invoice(number: int, version: str, *, now: datetime, due: date) -> dict[str, object]:
    snapshot = to_snapshot(document_of(6, number))
    return {
        "id": f"invoice-{number}",
        "kind": "invoice",
        "state": "issued",
        "series": "invoice",
        "number": f"INV-2026-{number:05}",
        "client_id": f"client-{number}",
        "project_id": PROJECT,
        "currency": "EUR",
        "language": "en",
        "issued_on": due - ISSUED_BEFORE,
        "due_on": due,
        "terms_days": ISSUED_BEFORE.days,
        "net_minor": 30_000,
        "tax_minor": 5_700,
        "gross_minor": 35_700,
        "balance_minor": 35_700,
        "note": "",
        "settings": {},
        "snapshot": snapshot,
        "snapshot_sha256": snapshot_sha256(snapshot),
        "policy_version_id": version,
        "reminders_on": True,
        "opt_out_reason": "",
        "revision": 2,
        "created_by": "bench",
        "created_at": now,
        "issued_at": now,
        "row_version": 1,
    }


def _document(number: int, *, now: datetime) -> dict[str, object]:
    return {
        "id": f"document-{number}",
        "invoice_id": f"invoice-{number}",
        "kind": "pdf",
        "file_name": f"INV-{number}.pdf",
        "media_type": "application/pdf",
        "body": PDF,
        "sha256": "0" * 64,
        "made_at": now,
    }


def _steps(number: int, version: str, *, now: datetime, due: date) -> Rows:
    """What came before today was left out, so that one step is due today."""
    rows: Rows = []
    for step in default_ladder():
        day = due + timedelta(days=step.offset)
        is_past = day < now.date()
        rows.append(
            {
                "id": f"step-{number}-{step.key}",
                "invoice_id": f"invoice-{number}",
                "policy_version_id": version,
                "step_key": step.key,
                "occurrence": 1,
                "level": step.level,
                "channel": step.channel.value,
                "tone": step.tone.value,
                "requested": False,
                "approved": False,
                "state": "skipped" if is_past else "planned",
                "reason_code": "notice_too_late" if is_past else "planned",
                "reason": f"Planned for {day}.",
                "planned_on": day,
                "next_at": None if is_past else now + (day - now.date()),
            }
        )
    return rows
