"""Plays the smoke story: signed install, sync, draft, issue, the ladder over frozen days, tasks, payments, history."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from plugin.services.verify import verify_tenant
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice, InvoiceLine
from plugin.store.tables.jira_facts import Worklog
from sandbox.jira.model import Issue
from sandbox.smoke.plot import (
    AUGUST,
    DAYS,
    DEBTOR,
    DEBTOR_MAILS,
    DEBTOR_TASKS,
    LISTED,
    OUTCOMES,
    PART_MINOR,
    PART_PAID_ON,
    PAYER,
    PAYER_MAILS,
    PRICES,
    REST_PAID_ON,
    STEPS_OF_A_LADDER,
    TIME,
    expected_sums,
)
from sandbox.stage import Stage
from sandbox.stage.checks import Checks
from sandbox.stage.house import bill_to, furnish, rates_by_person
from sandbox.stage.office import Office
from sandbox.stage.witness import SeenMail, SeenRow, seen_mails, seen_rows


@dataclass
class Smoke:
    """The story; ``run`` plays it and gives the figures."""

    stage: Stage
    checks: Checks = field(default_factory=Checks)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    _accounts: dict[str, str] = field(default_factory=dict)
    _projects: dict[str, str] = field(default_factory=dict)

    def run(self) -> dict[str, int]:
        """Plays everything in order and gives the figures by their names in the JSON line."""
        self._build_world()
        self._tenant_id = self.stage.install()
        self._office = Office(self.stage.container, self._tenant_id)
        self.stage.drain()
        self._furnish()
        for key, project in self._projects.items():
            draft = self._office.draft(project, since=AUGUST[0], until=AUGUST[1])
            self.invoices[key] = self._office.issue(draft.id)
        self.stage.drain()
        self.stage.walk(DAYS, each_day=self._day)
        return self._figures()

    def _build_world(self) -> None:
        jira = self.stage.jira
        alice = jira.add_person("Alice Berger", admin=True)
        people = {name: jira.add_person(name) for name in PRICES}
        self._accounts = {name: person.account_id for name, person in people.items()}
        projects = {
            key: jira.add_project(key, name, lead=alice, members=people.values(), admins=[alice])
            for key, name in (("ACM", "Acme relaunch"), ("NRD", "Nordmann orders"))
        }
        self._projects = {key: str(project.id) for key, project in projects.items()}
        issues: dict[tuple[str, str], Issue] = {}
        with jira.bulk():
            for key, summary, name, day, seconds in (*TIME, *LISTED):
                issue = issues.get((key, summary)) or jira.add_issue(projects[key], summary)
                issues[key, summary] = issue
                started = None if day is None else datetime(2026, 8, day, 9, 30, tzinfo=UTC)
                jira.add_worklog(issue, started=started, seconds=seconds, author=people[name], comment="Worked")

    def _furnish(self) -> None:
        now = self._office.now
        prices = {self._accounts[name]: price for name, price in PRICES.items()}
        with self.stage.container.writing(self._tenant_id) as session:
            furnish(session, now=now)
            for key, client in (("ACM", PAYER), ("NRD", DEBTOR)):
                bill_to(session, self._projects[key], client, now=now)
                rates_by_person(session, self._projects[key], prices, since=date(2026, 1, 1), now=now)

    def _day(self, _now: datetime) -> None:
        """What people do on a day, after the morning's mails."""
        today = self._office.today
        names = {invoice.id: key for key, invoice in self.invoices.items()}
        for task in self._office.tasks():
            self._office.close(task.id, OUTCOMES[names[task.invoice_id], task.kind])
        if today == PART_PAID_ON:
            self._office.pay(self.invoices["ACM"].id, PART_MINOR)
        if today == REST_PAID_ON:
            self._office.pay(self.invoices["ACM"].id)

    def _figures(self) -> dict[str, int]:
        mails = seen_mails(self.stage.mailbox.mails)
        rows = seen_rows(self.stage.jira.comments())
        figures = self._from_database() | self._from_outside(mails, rows)
        self._check_billing(figures)
        self._check_mails(mails, figures)
        self._check_history(rows, figures)
        with self.stage.container.reading(self._tenant_id) as session:
            self.checks.equal("invariants broken (dunlin verify)", verify_tenant(session), [])
        return figures

    def _from_database(self) -> dict[str, int]:
        with self.stage.container.reading(self._tenant_id) as session:
            logged = session.execute(select(func.count(), func.sum(Worklog.seconds)).select_from(Worklog)).one()
            lines = session.scalars(select(InvoiceLine)).all()
            invoices = session.scalars(select(Invoice).where(Invoice.issued_on.is_not(None))).all()
            steps = session.scalars(select(func.count()).select_from(PlannedStep)).one()
        return {
            "worklogs": logged[0],
            "seconds_logged": logged[1],
            "seconds_billed": sum(line.quantity_hundredths for line in lines) * 36,
            "lines": len(lines),
            "net_minor": sum(invoice.net_minor for invoice in invoices),
            "tax_minor": sum(invoice.tax_minor for invoice in invoices),
            "gross_minor": sum(invoice.gross_minor for invoice in invoices),
            "steps_planned": steps,
        }

    def _from_outside(self, mails: list[SeenMail], rows: list[SeenRow]) -> dict[str, int]:
        payer = self.invoices["ACM"].number
        told = [(mail.step, mail.numbers, mail.at.date(), mail.recipients) for mail in mails]
        ids = [mail.message_id for mail in mails]
        late = [mail for mail in mails if mail.is_reminder and payer in mail.numbers and mail.at.date() >= REST_PAID_ON]
        return {
            "invoices": sum(mail.step == "issue" for mail in mails),
            "pdf_bytes": sum(sum(mail.pdfs) for mail in mails if mail.step == "issue"),
            "mails_accepted": len(mails),
            "history_comments": len(self.stage.jira.comments()),
            "payments": sum(row.text.startswith("Payment of ") for row in rows),
            "duplicates": len(ids) - len(set(ids)) + len(told) - len(set(told)),
            "after_payment": len(late),
        }

    def _check_billing(self, figures: dict[str, int]) -> None:
        parts = {key: expected_sums(key) for key in self.invoices}
        everything = (*TIME, *LISTED)
        self.checks.equal("worklogs", figures["worklogs"], len(everything))
        self.checks.equal("seconds logged", figures["seconds_logged"], sum(each[4] for each in everything))
        self.checks.equal("seconds billed", figures["seconds_billed"], sum(s.seconds_billed for s in parts.values()))
        self.checks.equal("lines", figures["lines"], sum(sums.lines for sums in parts.values()))
        for key, sums in parts.items():
            invoice = self.invoices[key]
            self.checks.equal(f"net of {key}", invoice.net_minor, sums.net)
            self.checks.equal(f"tax of {key}", invoice.tax_minor, sums.tax)
            self.checks.equal(f"gross of {key}", invoice.gross_minor, sums.net + sums.tax)
        listed = self._office.look(self._projects["ACM"], since=None, until=AUGUST[1]).listed
        listed += self._office.look(self._projects["NRD"], since=None, until=AUGUST[1]).listed
        self.checks.equal("listed, not billed", sorted(each.reason.value for each in listed), ["no_start", "too_long"])

    def _check_mails(self, mails: list[SeenMail], figures: dict[str, int]) -> None:
        payer, debtor = (self.invoices[key] for key in ("ACM", "NRD"))
        self.checks.equal("invoices that arrived with a PDF", [len(m.pdfs) for m in mails if m.step == "issue"], [1, 1])
        for name, invoice, expected in (("ACM", payer, PAYER_MAILS), ("NRD", debtor, DEBTOR_MAILS)):
            told = [(mail.step, mail.at.date()) for mail in mails if mail.numbers == (invoice.number,)]
            self.checks.equal(f"mails about {name}", _shown(told), _shown(expected))
        rest = f"€{Decimal(payer.gross_minor - PART_MINOR) / 100:,.2f}"
        second = next((mail for mail in mails if mail.step == "second" and payer.number in mail.numbers), None)
        self.checks.equal(f"second reminder asks for {rest}", second is not None and rest in second.text, True)
        self.checks.equal("mails accepted", figures["mails_accepted"], len(PAYER_MAILS) + len(DEBTOR_MAILS))
        self.checks.equal("sent twice", figures["duplicates"], 0)
        self.checks.equal("reminders after payment", figures["after_payment"], 0)

    def _check_history(self, rows: list[SeenRow], figures: dict[str, int]) -> None:
        debtor, payer = self.invoices["NRD"].number, self.invoices["ACM"].number
        self.checks.equal("steps planned", figures["steps_planned"], 2 * STEPS_OF_A_LADDER)
        self.checks.equal("history comments", figures["history_comments"], 2)
        self.checks.equal("payments in the history", figures["payments"], 2)
        opened = [(r.step, r.day) for r in rows if r.number == debtor and r.text.endswith(": task opened")]
        self.checks.equal("tasks of NRD", _shown(opened), _shown(DEBTOR_TASKS))
        counted = Counter(row.step for row in rows if row.number == debtor)
        self.checks.equal("rows about tasks of NRD", [counted[key] for key, _ in DEBTOR_TASKS], [2, 2, 2, 2])
        promised = [row.text for row in rows if row.number == payer and "promise" in row.text.lower()]
        self.checks.equal("promise of ACM in the history", bool(promised), True)
        states = sorted(self._states())
        self.checks.equal("states in Jira's issue properties", states, ["overdue", "overdue", "paid", "paid"])

    def _states(self) -> list[str]:
        found: list[str] = []
        for issue in self.stage.jira.world.issues.values():
            value = self.stage.jira.property(issue, "dunlin")
            invoices = value.get("invoices") if isinstance(value, dict) else None
            found.extend(str(each["state"]) for each in invoices or [])
        return found


def _shown(steps: list[tuple[str, date]]) -> str:
    return ", ".join(f"{step} {day:%m-%d}" for step, day in steps)
