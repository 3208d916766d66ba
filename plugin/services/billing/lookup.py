"""Loads the rows a use case starts from, or says in a sentence what is missing."""

from typing import Protocol

from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice

NO_SUCH_INVOICE = "There is no such invoice here; it may have been a draft that was deleted."


def project_of(session: TenantSession, project_id: str) -> Project:
    """The project by Jira's id. NotFound where the app has never seen it."""
    project = session.get(Project, (session.tenant_id, project_id))
    if project is None:
        raise NotFound("Dunlin does not know this project yet; it appears after the next read of Jira, within minutes.")
    return project


def client_of(session: TenantSession, project: Project) -> Client:
    """The client a project is billed to. InvalidInput where none is chosen."""
    if project.client_id is None:
        raise InvalidInput(
            f"Project {project.key} is billed to nobody yet; choose its client in the project's Dunlin settings.",
            field="client",
        )
    return session.get_one(Client, (session.tenant_id, project.client_id))


def company_of(session: TenantSession) -> CompanyProfile:
    """The seller's profile; every tenant has one."""
    return session.get_one(CompanyProfile, session.tenant_id)


def invoice_of(session: TenantSession, invoice_id: str, *, lock: bool = False) -> Invoice:
    """The invoice by id, locked for change where asked. A foreign id is as unknown as a made-up one.

    A lock may have to wait for somebody else's change, so the row is read anew under it, whoever read it before.
    """
    query = select(Invoice).where(Invoice.id == invoice_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    invoice = session.scalars(query).one_or_none()
    if invoice is None:
        raise NotFound(NO_SUCH_INVOICE)
    return invoice


def invoice_in(session: TenantSession, invoice_id: str, project_id: str) -> Invoice:
    """An invoice of a project. NotFound for another's: a nested id opens nothing else (A39)."""
    invoice = invoice_of(session, invoice_id)
    if invoice.project_id != project_id:
        raise NotFound(NO_SUCH_INVOICE)
    return invoice


class Versioned(Protocol):
    """A row that counts its changes."""

    @property
    def row_version(self) -> int: ...


def check_version(row: Versioned, seen: int) -> None:
    """Refuses to overwrite what somebody else changed since the page was opened."""
    if row.row_version != seen:
        raise Conflict(
            "Somebody changed this meanwhile. Your values stand in the form, theirs beside them; save again to replace."
        )
