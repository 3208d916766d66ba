"""At any time at most one tenant lives at an address: who gives way there, and who is refused."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from plugin.services.installation_events import ConnectInstalled
from plugin.services.tenant_defaults import stop_reading
from plugin.store.audit import raise_alert, record_audit
from plugin.store.queries.installations import LIVING, Neighbour
from plugin.store.session import TenantSession
from plugin.store.tables.tenants import Installation

Writing = Callable[[str], AbstractContextManager[TenantSession]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What an event did: the tenant it is about ("" for none), and why it was refused ("" where it was not)."""

    tenant_id: str = ""
    refusal: str = ""


def came_last(known: Installation, event: ConnectInstalled, neighbours: Sequence[Neighbour]) -> bool:
    """Whether it lives at this address already, and the others from before it (a database of an earlier version)."""
    lives_there = known.state in LIVING and known.base_url == event.base_url
    return lives_there and all(other.installed_at < known.installed_at for other in neighbours)


def supersede(neighbours: Sequence[Neighbour], *, writing: Writing, now: datetime) -> None:
    """Silences the tenants that a site import left behind; their rows stay."""
    for other in neighbours:
        with writing(other.tenant_id) as session:
            row = session.get_one(Installation, (other.tenant_id, other.installation_id))
            row.state = "superseded"
            stop_reading(session)
            record_audit(session, actor="jira", action="installation.superseded", subject=row.id, now=now)


def refuse(
    known: Installation, event: ConnectInstalled, neighbours: Sequence[Neighbour], *, writing: Writing, now: datetime
) -> Applied:
    """Changes nothing but the audit; who lives at the address is told, and so is a live site that wanted to move."""
    refusal = (
        f"Another installation of Dunlin is in use at {event.base_url}, so this one was refused and nothing was "
        "changed. Uninstall the other one first, then install again."
    )
    told = [other.tenant_id for other in neighbours]
    with writing(known.tenant_id) as session:
        record_audit(
            session,
            actor="jira",
            action="installation.refused",
            subject=known.id,
            now=now,
            before={"state": known.state, "base_url": known.base_url},
            after={"base_url": event.base_url},
        )
    for tenant_id in [*told, known.tenant_id] if known.state in LIVING else told:
        with writing(tenant_id) as session:
            raise_alert(
                session,
                kind="address_taken",
                sentence=f"Jira announced two installations of Dunlin at {event.base_url}. The one that has been in "
                "use there goes on, the other one was refused and sends nothing from there. If the wrong one goes on, "
                "uninstall it in Jira and install Dunlin again.",
                subject=event.base_url,
                key=f"address_taken:{known.id}:{event.base_url}",
                now=now,
            )
    return Applied(tenant_id=known.tenant_id, refusal=refusal)
