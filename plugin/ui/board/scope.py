"""Whose board it is: a project's, for those who see the project, or the site's, for its administrators."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from plugin.domain.billing.states import OPEN
from plugin.services.billing.lookup import invoice_in, invoice_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.ui.rights import Rights, require_biller, require_site_admin, rights_in

SITE = "site"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """``kind`` is project or site; ``place`` the project's id, or "-" for the site."""

    kind: str
    place: str

    @property
    def project_id(self) -> str | None:
        """The project whose board it is; None for the site's."""
        return None if self.kind == SITE else self.place

    @property
    def address(self) -> dict[str, str]:
        """What its addresses are built with."""
        return {"kind": self.kind, "place": self.place}

    @property
    def target(self) -> str:
        """The part of the page that its answers replace."""
        return "#admin" if self.kind == SITE else "#project"

    def rights(self) -> Rights:
        """What the caller may do here. Raises NotAllowed for somebody who may not even look."""
        if self.kind == SITE:
            require_site_admin()
            return Rights(bills=True, site=True)
        return rights_in(self.place)

    def require_biller(self) -> None:
        """Refuses whoever may only look."""
        if self.kind == SITE:
            require_site_admin()
        else:
            require_biller(self.place)

    def own(self, session: TenantSession, invoice_id: str) -> Invoice:
        """An invoice of this board. NotFound for another project's: a nested id opens nothing else (A39)."""
        if self.project_id is None:
            return invoice_of(session, invoice_id)
        return invoice_in(session, invoice_id, self.project_id)

    def of_open_invoices(self, session: TenantSession) -> list[ColumnElement[bool]]:
        """The conditions on ``Invoice`` for those of this board that are followed up."""
        own = [] if self.project_id is None else [Invoice.project_id == self.project_id]
        return [Invoice.tenant_id == session.tenant_id, Invoice.state.in_([state.value for state in OPEN]), *own]
