"""An invoice that bills two issues, events in its history, and the worker's part of writing them to Jira."""

from datetime import timedelta

from sqlalchemy import select, update

from plugin.services.history.record import record_event
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice, InvoiceLine, WorklogClaim
from plugin.store.tables.jira_facts import Worklog
from plugin.store.tables.outbox import Effect
from tests.support.delivery import NOW, DeliveryWorld
from tests.support.scripted_jira import ScriptedJira

HOME, OTHER = "10001", "10002"


def two_billed_issues(world: DeliveryWorld) -> ScriptedJira:
    """A Jira for the world's tenant, whose invoice bills two issues and leaves 1.5 hours of one unbilled."""
    site = ScriptedJira()
    world.jira = site
    with world.writing(world.tenant_id) as session:
        session.add(
            InvoiceLine(
                id="line",
                invoice_id="invoice-one",
                position=1,
                description="Work",
                quantity_hundredths=100,
                unit_price_minor=100_000,
                amount_minor=100_000,
                tax_category="S",
                tax_rate_bp=1900,
            )
        )
        session.flush()
        for number, issue in enumerate((HOME, OTHER)):
            session.add(_claim(number, issue))
            session.add(_worklog(f"{number}", issue, 3600))
        session.add(_worklog("unbilled", HOME, 5400))
        session.execute(update(CompanyProfile).values(comment_role="Billing"))
    return site


def event(world: DeliveryWorld, key: str, *, kind: str = "issued", text: str = "1,190.00 EUR due") -> None:
    with world.writing(world.tenant_id) as session:
        invoice = session.get_one(Invoice, (world.tenant_id, "invoice-one"))
        record_event(session, invoice, kind=kind, text=text, key=key, now=world.clock.now(), step_key="friendly")
    world.clock.advance(timedelta(seconds=1))


def work(world: DeliveryWorld, *, rounds: int = 3) -> None:
    """Does what is due, as tick and worker would."""
    for _ in range(rounds):
        with world.reading(world.tenant_id) as session:
            due = session.scalars(
                select(Effect.id)
                .where(Effect.next_at <= world.clock.now(), Effect.state.in_(["planned", "deferred", "unknown"]))
                .order_by(Effect.created_at)
            ).all()
        for effect in due:
            world.run(effect)


def states(world: DeliveryWorld, kind: str) -> list[str]:
    with world.reading(world.tenant_id) as session:
        rows = session.execute(select(Effect.payload, Effect.state).where(Effect.kind == kind))
        return [state for _payload, state in sorted(rows, key=lambda row: str(row[0].get("revision")))]


def _claim(number: int, issue: str) -> WorklogClaim:
    return WorklogClaim(
        worklog_id=str(number),
        issue_id=issue,
        invoice_id="invoice-one",
        line_id="line",
        seconds_logged=3600,
        seconds_billed=3600,
        content_hash="0" * 64,
    )


def _worklog(worklog_id: str, issue: str, seconds: int) -> Worklog:
    return Worklog(id=worklog_id, issue_id=issue, seconds=seconds, updated_at=NOW, content_hash="0" * 64)
