"""Wherever a worker is killed while it writes: one comment, one property, one document, one mail with its bytes."""

from sqlalchemy import select

from plugin.domain.documents.snapshot import from_snapshot
from plugin.store.tables.invoices import Document, Invoice
from sandbox.jira.model import Comment, Issue, adf_text
from sandbox.stage.witness import seen_rows
from tests.story.crash.conftest import Company
from tests.support.processes import until

Billed = tuple[Invoice, Issue]
KILLS = (
    ("POSTING", "posting", "jira_comment", False),
    ("POSTED", "posted", "jira_comment", True),
    ("PUTTING", "putting", "jira_property", False),
    ("PUT", "put", "jira_property", True),
    ("PAPER", "document_rendered", "document", False),
)
"""A project's key, where the worker dies about its invoice, and whether Jira has what was to be written by then."""


def comments_on(company: Company, invoice: Invoice) -> list[Comment]:
    """What the pretend Jira holds about an invoice."""
    return [comment for comment in company.story.jira.comments() if (invoice.number or "") in adf_text(comment.body)]


def billed(company: Company, key: str) -> Billed:
    """An invoice of a project of its own, whose effects nobody has begun."""
    project, issue = company.story.second_project(key)
    return company.story.bill(project=project, issue=issue), issue


def kill_at(company: Company, point: str, kind: str, about: Billed) -> None:
    """A worker that gets to this point with what this invoice has of that kind, and no further."""
    invoice, issue = about
    company.processes.crash(f"{point}:{issue.id if kind == 'jira_property' else invoice.id}")


def documents_of(company: Company, invoice: Invoice) -> list[bytes]:
    with company.story.reading() as session:
        query = select(Document.body).where(Document.invoice_id == invoice.id)
        return list(session.scalars(query))


def rendered(company: Company, invoice: Invoice) -> bytes:
    """The bytes that the frozen content gives, made here once more."""
    snapshot = company.story.invoice(invoice).snapshot
    assert snapshot is not None
    return company.story.container.renderer.render(from_snapshot(snapshot)).content


def attached(company: Company, invoice: Invoice) -> list[bytes]:
    """The PDF of each mail that brought the invoice."""
    mails = [mail for mail in company.story.box.mails if mail.subject.startswith(f"Invoice {invoice.number} ")]
    return [mail.attachments[0].content for mail in mails]


def stands_in_jira(company: Company, kind: str, about: Billed) -> bool:
    """Whether the write that an effect of this kind was about has been carried out, and once."""
    invoice, issue = about
    if kind == "jira_property":
        return company.story.jira.property(issue, "dunlin") is not None
    return len(comments_on(company, invoice)) == 1


def test_fault_F02_F04_F06_a_killed_worker_leaves_one_comment_one_property_one_document(company: Company) -> None:
    known = billed(company, "KNOWN")
    company.story.drain()
    company.story.pay(known[0], "100.00", receipt=False)
    kill_at(company, "posted", "jira_comment", known)
    fresh = []
    for key, point, kind, is_carried_out in KILLS:
        fresh.append(billed(company, key))
        kill_at(company, point, kind, fresh[-1])
        if kind != "document":
            assert stands_in_jira(company, kind, fresh[-1]) is is_carried_out, point
    worker = company.processes.start()
    until(lambda: company.unfinished() == [], what="every effect is done", log=worker)
    for invoice, issue in (known, *fresh):
        rows = [row for row in seen_rows(company.story.jira.comments()) if row.number == invoice.number]
        assert len(comments_on(company, invoice)) == 1
        assert len(set(rows)) == len(rows) == (3 if invoice is known[0] else 2)
        told = company.story.jira.property(issue, "dunlin")
        assert isinstance(told, dict)
        assert [each["number"] for each in told["invoices"]] == [invoice.number]
        assert documents_of(company, invoice) == attached(company, invoice) == [rendered(company, invoice)]
    assert len(company.story.box.mails) == 1 + len(fresh)
