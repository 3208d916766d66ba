"""Holds what Dunlin billed against the file: every second on exactly one line or listed, every sum to the cent."""

from collections import Counter

from sqlalchemy import func, select

from plugin.domain.documents.snapshot import from_snapshot
from plugin.services.verify import verify_tenant
from plugin.store.tables.invoices import Invoice, InvoiceLine, WorklogClaim
from plugin.store.tables.jira_facts import Worklog
from sandbox.real_input.campaign import Campaign
from sandbox.real_input.expected import LONG_SECONDS
from sandbox.stage.checks import Checks

Figures = dict[str, object]


def audit_billing(campaign: Campaign, checks: Checks) -> Figures:
    """The figures as Dunlin has them, each compared with the file's."""
    figures = _logged(campaign, checks) | _invoices(campaign, checks) | _entries(campaign, checks)
    with campaign.stage.container.reading(campaign.tenant_id) as session:
        broken = [finding.sentence for finding in verify_tenant(session)]
    checks.equal("invariants broken (dunlin verify)", broken[:5], [])
    return figures


def _logged(campaign: Campaign, checks: Checks) -> Figures:
    expected = campaign.expected
    with campaign.stage.container.reading(campaign.tenant_id) as session:
        rows = session.execute(select(Worklog.seconds, Worklog.day, Worklog.confirmed_by)).all()
    dated = [seconds for seconds, day, _ in rows if day is not None]
    figures: Figures = {
        "worklogs": len(rows),
        "seconds_logged": sum(row.seconds for row in rows),
        "worklogs_dated": len(dated),
        "seconds_dated": sum(dated),
        "worklogs_without_start": len(rows) - len(dated),
        "seconds_without_start": sum(row.seconds for row in rows) - sum(dated),
        "over_24_h": sum(row.seconds > LONG_SECONDS for row in rows),
        "over_24_h_confirmed": sum(row.seconds > LONG_SECONDS and row.confirmed_by is not None for row in rows),
    }
    wanted = (
        *(expected.entries, expected.seconds),
        *(expected.dated, expected.seconds_dated),
        *(expected.entries - expected.dated, expected.seconds - expected.seconds_dated),
        *(expected.long_entries, expected.long_entries),
    )
    for (name, got), figure in zip(figures.items(), wanted, strict=True):
        checks.equal(name.replace("_", " "), got, figure)
    return figures


def _invoices(campaign: Campaign, checks: Checks) -> Figures:
    """Each invoice against the file's project and month, and its frozen document against itself."""
    wrong: list[str] = []
    sums: Counter[str] = Counter()
    with campaign.stage.container.reading(campaign.tenant_id) as session:
        for invoice in session.scalars(select(Invoice).where(Invoice.issued_on.is_not(None))):
            document = from_snapshot(invoice.snapshot or "")
            lines = sum(line.amount_minor for line in document.lines)
            bases = sum(part.base_minor for part in document.tax_lines)
            bill = campaign.bills[invoice.number or ""]
            wanted = campaign.expected.invoices[bill.project, bill.month]
            told = (len(document.lines), invoice.net_minor, invoice.tax_minor, invoice.gross_minor)
            net, tax = int(wanted.net * 100), int(wanted.tax * 100)
            agree = lines == bases == document.totals.net_minor == invoice.net_minor
            if told != (len(wanted.lines), net, tax, net + tax) or not agree:
                wrong.append(f"{invoice.number}: {told}")
            sums.update(lines=len(document.lines), line_amounts=lines, tax_bases=bases)
            sums.update(net_minor=invoice.net_minor, tax_minor=invoice.tax_minor, gross_minor=invoice.gross_minor)
            sums.update(invoices=1, balance_minor=invoice.balance_minor)
    expected = campaign.expected.invoices.values()
    checks.equal("invoices", sums["invoices"], len(expected))
    checks.equal("invoices that differ from the file", wrong[:5], [])
    checks.equal("net of all", sums["net_minor"], int(sum(each.net for each in expected) * 100))
    checks.equal("lines = net = tax bases", (sums["line_amounts"], sums["tax_bases"]), (sums["net_minor"],) * 2)
    checks.equal("net + tax = gross", sums["net_minor"] + sums["tax_minor"], sums["gross_minor"])
    checks.equal("open after all payments", sums["balance_minor"], 0)
    return dict(sums)


def _entries(campaign: Campaign, checks: Checks) -> Figures:
    """Every worklog that the pretend Jira has, by its fate in Dunlin."""
    world = campaign.stage.jira.world
    in_jira = {str(worklog.id) for worklog in world.worklogs.values()}
    with campaign.stage.container.reading(campaign.tenant_id) as session:
        claims = session.execute(
            select(WorklogClaim.worklog_id, WorklogClaim.seconds_logged, WorklogClaim.seconds_billed)
            .join(InvoiceLine, InvoiceLine.id == WorklogClaim.line_id)
            .where(WorklogClaim.released_at.is_(None))
        ).all()
        quantity = session.execute(select(func.sum(InvoiceLine.quantity_hundredths))).scalar_one()
    billed = Counter(claim.worklog_id for claim in claims)
    listed: dict[str, str] = {}
    for project in campaign.projects.values():
        for each in campaign.office.look(project, since=None, until=campaign.office.today).listed:
            listed[each.fact.worklog_id] = each.reason.value
    checks.equal("entries on two lines", sum(count > 1 for count in billed.values()), 0)
    checks.equal("entries on a line and listed", len(billed.keys() & listed.keys()), 0)
    checks.equal("entries of Jira neither on a line nor listed", len(in_jira - billed.keys() - listed.keys()), 0)
    checks.equal("entries that Jira does not know", len((billed.keys() | listed.keys()) - in_jira), 0)
    undated = campaign.expected.entries - campaign.expected.dated
    reasons = dict(Counter(listed.values()))
    checks.equal("listed, by reason", reasons, {"no_start": undated} if undated else {})
    seconds = sum(claim.seconds_billed for claim in claims)
    checks.equal("seconds billed", seconds, campaign.expected.seconds_billed)
    checks.equal("seconds of the lines' quantities", (quantity or 0) * 36, seconds)
    return {
        "entries_on_one_line": len(billed),
        "seconds_of_entries_billed": sum(claim.seconds_logged for claim in claims),
        "seconds_billed": seconds,
        "entries_listed": reasons,
    }
