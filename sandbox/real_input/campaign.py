"""Drives the product through ten years in one chronological walk, from one instant with something due to the next."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path

from plugin.clock import FrozenClock
from plugin.domain.billing.worklogs import NotBilled
from plugin.services.follow_ups.close_task import Outcome
from plugin.services.settings.clients import ClientForm, ContactForm
from sandbox.loader import Loaded, load
from sandbox.real_input.behaviour import Behaviour
from sandbox.real_input.expected import LONG_SECONDS, Expected, price_of
from sandbox.real_input.script import ISSUE_AT, Course, Script, at, course_of, issue_day, last_day
from sandbox.stage import Stage
from sandbox.stage.drain import next_due
from sandbox.stage.house import COMPANY, bill_to, furnish, rates_by_person
from sandbox.stage.laps import Laps
from sandbox.stage.office import Office

READS = ("buckets",)
"""What is still read once all time has been: the time is ten years old, nobody logs any more."""
SELLER = replace(
    COMPANY,
    name="Seestern Software GmbH",
    address="Donaukanal 3\n1020 Wien",
    country="AT",
    vat_id="ATU13585627",
    iban="AT611904300234573201",
    bic="BKAUATWW",
    bank_name="Donaubank",
    footer="Seestern Software GmbH · Handelsgericht Wien",
    zone="Europe/Vienna",
    region="9",
)
PROMISED_FOR = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """An invoice that was issued, with the course it takes."""

    project: str
    month: date
    invoice_id: str
    number: str
    course: Course


@dataclass
class Campaign:
    """``expected`` says which projects and months have time; ``behaviour`` gives each new invoice its course."""

    stage: Stage
    expected: Expected
    behaviour: Iterator[Behaviour]
    laps: Laps
    say: Callable[[str], None]
    bills: dict[str, Bill] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    loaded: Loaded | None = None
    office: Office = field(init=False)
    tenant_id: str = ""
    stops: int = 0

    def prepare(self, time_path: Path) -> None:
        """Fills the pretend Jira, installs the app by signed calls, reads the time in pages, furnishes the house."""
        with self.laps.of("load"):
            self.loaded = load(self.stage.jira, time_path, projects=self.expected.projects)
        with self.laps.of("install"):
            self.tenant_id = self.stage.install()
        with self.laps.of("first sync"):
            self.stage.drain()
        self.office = Office(self.stage.container, self.tenant_id, zone=SELLER.zone)
        self.projects = {project.key: str(project.id) for project in self.stage.jira.world.projects.values()}
        with self.laps.of("settings"):
            self._furnish()
        self.say(f"prepared: {self.loaded}")

    def walk(self) -> None:
        """From the first invoice to the last payment."""
        self._script = Script()
        self._calls = cycle(_CALLS)
        for month in sorted({month for _, month in self.expected.invoices}):
            self._script.add(at(issue_day(month), ISSUE_AT), partial(self._bill, month))
        clock = self.stage.clock
        if not isinstance(clock, FrozenClock):
            raise TypeError("the walk needs a frozen clock")
        while (moment := self._next_moment()) is not None:
            if moment.year != clock.instant.year:
                self.say(f"{moment.year}: {len(self.bills)} invoices, {len(self.stage.mailbox.mails)} mails so far")
            clock.instant = moment
            self._stop()

    def _next_moment(self) -> datetime | None:
        found = [moment for moment in (self._script.next_at, next_due(self.stage.container)) if moment is not None]
        return min(found) if found else None

    def _stop(self) -> None:
        self.stops += 1
        self._script.play(self.office.now)
        self.stage.drain(reads=READS, laps=self.laps)
        tasks = self.office.tasks()
        for task in tasks:
            with self.laps.of("tasks"):
                self.office.close(task.id, self._outcome(task.kind))
        if tasks:
            self.stage.drain(reads=READS, laps=self.laps)

    def _furnish(self) -> None:
        now = self.office.now
        since = now.date()
        with self.stage.container.writing(self.tenant_id) as session:
            furnish(session, now=now, company=SELLER)
            for key, people in sorted(self.expected.people.items()):
                bill_to(session, self.projects[key], _client(key), now=now)
                prices = {f"712020:developer-{who}": str(price_of(who)) for who in sorted(people)}
                rates_by_person(session, self.projects[key], prices, since=since, now=now)

    def _bill(self, month: date) -> None:
        for project in sorted((key for key, each in self.expected.invoices if each == month), key=_natural):
            self._confirm(project, month)
            with self.laps.of("draft"):
                draft = self.office.draft(self.projects[project], since=month, until=last_day(month))
            course = course_of(self.office.today, next(self.behaviour))
            with self.laps.of("issue"):
                invoice = self.office.issue(draft.id, due=course.due_on)
            number = invoice.number or ""
            bill = Bill(project=project, month=month, invoice_id=invoice.id, number=number, course=course)
            self.bills[number] = bill
            self._script.add(course.paid_at, partial(self._pay, bill))
            if course.disputed_at is not None:
                self._script.add(course.disputed_at, partial(self._dispute, bill))

    def _confirm(self, project: str, month: date) -> None:
        """A person releases what is listed as longer than a day."""
        with self.laps.of("preview"):
            listed = self.office.look(self.projects[project], since=month, until=last_day(month)).listed
        held = [
            each.fact.worklog_id
            for each in listed
            if each.reason is NotBilled.TOO_LONG
            or (each.reason is NotBilled.NO_START and each.fact.seconds > LONG_SECONDS)
        ]
        new = sorted(set(held) - self.confirmed)
        if new:
            with self.laps.of("confirm"):
                self.office.confirm(new)
            self.confirmed.update(new)

    def _pay(self, bill: Bill) -> None:
        with self.laps.of("payment"):
            self.office.pay(bill.invoice_id)

    def _dispute(self, bill: Bill) -> None:
        with self.laps.of("dispute"):
            hold = self.office.dispute(bill.invoice_id, "The client questions the hours.")
        if bill.course.settled_at is not None:
            self._script.add(bill.course.settled_at, partial(self._settle, hold))

    def _settle(self, hold: str) -> None:
        with self.laps.of("dispute"):
            self.office.settle(hold)

    def _outcome(self, kind: str) -> Outcome:
        if kind == "plan_offer":
            return Outcome(outcome="declined")
        if kind in ("legal_decision", "end_of_schedule"):
            return Outcome(outcome="no_action")
        outcome = next(self._calls)
        promised = self.office.today + timedelta(days=PROMISED_FOR) if outcome == "promise" else None
        return Outcome(outcome=outcome, promised_on=promised)


_CALLS = ("answered", "voicemail", "promise")


def _client(key: str) -> ClientForm:
    return ClientForm(
        name=f"Client of {key}",
        address="Ringstraße 1\n1010 Wien",
        country="AT",
        region="9",
        zone="Europe/Vienna",
        tax_percent="20",
        contacts=(ContactForm(role="billing", name="", email=f"billing@{key.lower()}.example"),),
    )


def _natural(key: str) -> tuple[int, str]:
    return len(key), key
