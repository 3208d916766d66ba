"""Who follows which policy, and why: the invoice's own choice, else the client's, the project's, the site's (F04)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, select

from plugin.domain.billing.states import OPEN
from plugin.domain.errors import Conflict, InvalidInput
from plugin.services.billing.lookup import invoice_of, project_of
from plugin.services.follow_ups.policies import Source, chosen
from plugin.services.policies.versions import default_row, policy_row, published_version
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyRow, PolicyVersion

BECAUSE = {
    Source.INVOICE: "because it was chosen on the invoice itself",
    Source.CLIENT: "because the client says so",
    Source.PROJECT: "because the project says so",
    Source.SITE: "because it is the site's default",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What an invoice follows. ``version``: the one it keeps; for a draft the one it would get if issued now.

    ``winner``: what it would follow if it were issued now, and ``source`` who chose that. ``others``: the policies that
    were also chosen and gave way, weakest last.
    """

    policy: PolicyRow
    version: int
    issued: bool
    winner: PolicyRow
    source: Source
    newest: int
    others: tuple[tuple[Source, str], ...] = ()

    @property
    def sentence(self) -> str:
        """Which policy and why, and what is newer where something is."""
        because = BECAUSE[self.source]
        if not self.issued:
            return f"This draft will follow {self.policy.name}, version {self.version}, {because}."
        if self.policy.id != self.winner.id:
            return (
                f"This invoice follows {self.policy.name}, version {self.version}, as it has since its issue or its "
                f"last move; a new one would follow {self.winner.name}, {because}."
            )
        newer = f" Version {self.newest} is out; move the invoice to follow it." if self.newest > self.version else ""
        return f"This invoice follows {self.policy.name}, version {self.version}, {because}.{newer}"


@dataclass(slots=True)
class Followers:
    """Who follows a policy: projects and clients by name, drafts that chose it, open invoices by version."""

    projects: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    drafts: int = 0
    open_invoices: dict[int, int] = field(default_factory=dict)


def choice_of(session: TenantSession, invoice: Invoice) -> Choice:
    """What an invoice, or a draft, follows and why."""
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    project = session.get_one(Project, (session.tenant_id, invoice.project_id))
    said = [
        *(
            (source, policy_row(session, policy_id))
            for source, policy_id in chosen(on_invoice=invoice.policy_id, client=client, project=project)
        ),
        (Source.SITE, default_row(session)),
    ]
    source, winner = said[0]
    pinned = _pinned(session, invoice)
    policy = policy_row(session, pinned.policy_id) if pinned is not None else winner
    newest = published_version(session, policy.id).version
    return Choice(
        policy=policy,
        version=pinned.version if pinned is not None else newest,
        issued=pinned is not None,
        winner=winner,
        source=source,
        newest=newest,
        others=tuple((other, row.name) for other, row in said[1:]),
    )


def choose_for_draft(
    session: TenantSession, invoice_id: str, policy_id: str, *, row_version: int, now: datetime, actor: str
) -> None:
    """The policy that a draft will follow once issued; empty leaves it to client, project and site.

    Raises Conflict for an issued invoice, which is moved with a preview instead, and when somebody changed the draft.
    """
    invoice = invoice_of(session, invoice_id, lock=True)
    if invoice.issued_on is not None:
        raise Conflict("This invoice is issued: look at what would change, and move it to the other policy then.")
    if invoice.row_version != row_version:
        raise Conflict("Somebody changed this draft meanwhile; look at it as it stands now, and choose again.")
    _require_published(session, policy_id)
    before, invoice.policy_id = invoice.policy_id, policy_id or None
    invoice.row_version += 1
    audit_choice(session, f"invoice:{invoice.id}", before, invoice.policy_id, now=now, actor=actor)


def choose_for_client(session: TenantSession, client_id: str, policy_id: str, *, now: datetime, actor: str) -> None:
    """What a client's new invoices follow, of all projects; empty leaves it to project and site."""
    client = session.scalars(select(Client).where(Client.id == client_id).with_for_update(key_share=True)).one_or_none()
    if client is None:
        raise InvalidInput("Choose one of your clients.", field="client_id")
    _require_published(session, policy_id)
    before, client.policy_id = client.policy_id, policy_id or None
    client.row_version += 1
    audit_choice(session, f"client:{client.id}", before, client.policy_id, now=now, actor=actor)


def choose_for_project(session: TenantSession, project_id: str, policy_id: str, *, now: datetime, actor: str) -> None:
    """What a project's new invoices follow where their client says nothing; empty leaves it to the site."""
    project = project_of(session, project_id)
    _require_published(session, policy_id)
    before, project.policy_id = project.policy_id, policy_id or None
    project.row_version += 1
    audit_choice(session, f"project:{project.id}", before, project.policy_id, now=now, actor=actor)


def choose_default(session: TenantSession, policy_id: str, *, now: datetime, actor: str) -> None:
    """The policy of everybody who chose none."""
    row = policy_row(session, policy_id)
    _require_published(session, policy_id)
    before = session.scalars(select(PolicyRow).where(PolicyRow.is_default).with_for_update()).one()
    before.is_default = False
    session.flush()
    row.is_default = True
    for each in {before, row}:
        each.row_version += 1
    audit_choice(session, "site", before.id, row.id, now=now, actor=actor)


def followers(session: TenantSession) -> Mapping[str, Followers]:
    """By policy; one without anybody has no entry."""
    found: dict[str, Followers] = defaultdict(Followers)
    for policy_id, name in session.execute(select(Project.policy_id, Project.name).order_by(Project.name)):
        if policy_id is not None:
            found[policy_id].projects.append(name)
    for policy_id, name in session.execute(select(Client.policy_id, Client.name).order_by(Client.name)):
        if policy_id is not None:
            found[policy_id].clients.append(name)
    drafts = select(Invoice.policy_id, func.count()).where(Invoice.issued_on.is_(None)).group_by(Invoice.policy_id)
    for policy_id, count in session.execute(drafts):
        if policy_id is not None:
            found[policy_id].drafts = count
    for policy_id, version, count in session.execute(_open_by_version()):
        found[policy_id].open_invoices[version] = count
    return found


def _open_by_version() -> Select[str, int, int]:
    return (
        select(PolicyVersion.policy_id, PolicyVersion.version, func.count())
        .join(
            Invoice,
            (Invoice.tenant_id == PolicyVersion.tenant_id) & (Invoice.policy_version_id == PolicyVersion.id),
        )
        .where(Invoice.state.in_([state.value for state in OPEN]))
        .group_by(PolicyVersion.policy_id, PolicyVersion.version)
        .order_by(PolicyVersion.policy_id, PolicyVersion.version)
    )


def _pinned(session: TenantSession, invoice: Invoice) -> PolicyVersion | None:
    if invoice.policy_version_id is None:
        return None
    return session.get_one(PolicyVersion, (session.tenant_id, invoice.policy_version_id))


def _require_published(session: TenantSession, policy_id: str) -> None:
    """Of the site's own, and with a version to follow; empty stands for "nobody chose"."""
    if not policy_id:
        return
    if session.get(PolicyRow, (session.tenant_id, policy_id)) is None:
        raise InvalidInput("Choose one of your reminder policies.", field="policy_id")
    published_version(session, policy_id)


def audit_choice(
    session: TenantSession, subject: str, before: str | None, after: str | None, *, now: datetime, actor: str
) -> None:
    """Who let what follow which policy; ``subject`` is the invoice, client, project or site."""
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="policy.chosen",
        subject=subject,
        now=now,
        before={"policy": before},
        after={"policy": after},
    )
