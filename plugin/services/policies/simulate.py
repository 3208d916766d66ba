"""What would go in the days to come: the open invoices as they stand, under their own ladders or under another one.

It takes it that nothing is paid, nobody answers, tasks are done at once and bring nothing, and that people approve what
waits for them. Holds, opt-outs, plans and promises count as they stand; sandbox mode and the kill switch do not.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from plugin.domain.billing.states import OPEN
from plugin.domain.reminders.facts import InvoiceFacts, Mode, StepRecord, StepState
from plugin.domain.reminders.play import TASK_OUTCOMES, Play, PlayedContact
from plugin.domain.reminders.play_report import PlayReport, count_contacts
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_move import facts_under
from plugin.domain.reminders.timeline import Timeline
from plugin.services.follow_ups.gather import NOT_THERE_YET, PlanInput, gather_many
from plugin.services.follow_ups.plan_invoice import timeline_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice

DAYS = 90
MOST_DAYS = 366
ASSUMED = (
    "It takes it that nothing is paid, nobody answers, tasks bring nothing, and people approve what waits for them. "
    "It does not say what anybody will pay."
)

Ladder = Callable[[Invoice, Policy], Policy]
"""Which policy an invoice follows in the play, given the one it follows now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Simulation:
    """``contacts`` in the order of their days; ``numbers`` and ``clients`` name what they are about."""

    invoices: int
    contacts: tuple[PlayedContact, ...]
    report: PlayReport
    numbers: Mapping[str, str]
    clients: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OpenCourse:
    """An open invoice as its client's play sees it: as it is now, on every day, when the send window opens."""

    facts: InvoiceFacts
    policy: Policy
    today: date

    @property
    def invoice_id(self) -> str:
        """Names it."""
        return self.facts.invoice_id

    def turning_points(self) -> Iterator[date]:
        """Nothing is known of what will happen to it."""
        yield self.today

    def facts_on(self, day: date) -> InvoiceFacts:
        """The same every day, but for the hour at which it is read."""
        window = self.facts.window
        opening = window.instant_on(day) if window is not None else None
        return replace(self.facts, read_at=opening or datetime.combine(day, time(12), tzinfo=UTC))


def as_now(_: Invoice, follows: Policy) -> Policy:
    """Every invoice under the ladder it has."""
    return follows


def under(policy: Policy, *, project_id: str | None = None) -> Ladder:
    """Every invoice, or every one of a project, under another ladder."""

    def ladder(invoice: Invoice, follows: Policy) -> Policy:
        return policy if project_id is None or invoice.project_id == project_id else follows

    return ladder


def simulate(
    session: TenantSession,
    ladders: Sequence[Ladder],
    *,
    now: datetime,
    days: int = DAYS,
    project_id: str | None = None,
    most: int | None = None,
) -> tuple[Simulation, ...]:
    """One simulation for each of ``ladders``, over the same invoices, read once. Stores nothing.

    ``project_id`` leaves only the contacts about that project; its clients' other invoices are played along, since
    contacts with a client are counted over all of them. ``most``: not more than so many invoices, client by client.
    """
    asked = _asked(session, now=now, project_id=project_id, most=most)
    shown = {invoice.id for invoice, _ in asked if project_id is None or invoice.project_id == project_id}
    return tuple(_one(asked, ladder, shown, days=days) for ladder in ladders)


def timeline_on(session: TenantSession, invoice: Invoice, day: date, *, now: datetime) -> Timeline:
    """The ladder of an issued invoice as it will stand on a day to come, with every gate, if nothing happens till then.

    What its client gets before that day, also about other invoices, is played first. ``day``: the client's civil day.
    """
    asked, timeline = timeline_of(session, invoice, now=now)
    if day <= asked.today:
        return timeline
    query = select(Invoice).where(
        Invoice.client_id == invoice.client_id, Invoice.state.in_([state.value for state in OPEN])
    )
    others = [row for row in session.scalars(query) if row.id != invoice.id]
    inputs = [asked, *gather_many(session, others, now=now)]
    play = Play([OpenCourse(each.facts, each.policy, asked.today) for each in inputs], asked.calendar)
    deque(play.until(day - timedelta(days=1)), maxlen=0)
    return play.timeline(invoice.id, day)


def _asked(
    session: TenantSession, *, now: datetime, project_id: str | None, most: int | None
) -> list[tuple[Invoice, PlanInput]]:
    query = select(Invoice).where(Invoice.state.in_([state.value for state in OPEN]))
    if project_id is not None:
        of_project = select(Invoice.client_id).where(
            Invoice.tenant_id == session.tenant_id, Invoice.project_id == project_id
        )
        query = query.where(Invoice.client_id.in_(of_project))
    rows = session.scalars(query.order_by(Invoice.client_id, Invoice.id).limit(most)).all()
    return list(zip(rows, gather_many(session, rows, now=now), strict=True))


def _one(asked: Sequence[tuple[Invoice, PlanInput]], ladder: Ladder, shown: set[str], *, days: int) -> Simulation:
    of_client: dict[str, list[tuple[Invoice, PlanInput]]] = {}
    for invoice, each in asked:
        of_client.setdefault(invoice.client_id, []).append((invoice, each))
    found = [
        contact
        for pairs in of_client.values()
        for contact in _play(pairs, ladder).until(pairs[0][1].today + timedelta(days=days))
        if any(step.invoice_id in shown for step in contact.steps)
    ]
    contacts = tuple(sorted(found, key=lambda contact: (contact.day, contact.client_id, contact.steps)))
    return Simulation(
        invoices=len(shown),
        contacts=contacts,
        report=count_contacts(contacts),
        numbers={each.facts.invoice_id: each.facts.number for _, each in asked},
        clients={each.facts.client_id: each.facts.client_name for _, each in asked},
    )


def _play(asked: Sequence[tuple[Invoice, PlanInput]], ladder: Ladder) -> Play:
    courses = [_course(each, ladder(invoice, each.policy)) for invoice, each in asked]
    return Play(courses, asked[0][1].calendar)


def _course(asked: PlanInput, policy: Policy) -> OpenCourse:
    """What only stands in the way today is put aside: it is what the ladder would do that is asked for."""
    facts = facts_under(asked.facts, policy)
    played = replace(policy, ask_first=False, ask_when_late_days=None)
    return OpenCourse(
        replace(
            facts,
            switches=replace(facts.switches, mode=Mode.LIVE, kill_switch=False),
            obstacles=tuple(obstacle for obstacle in facts.obstacles if obstacle != NOT_THERE_YET),
            payments_limit_hours=None,
            window=None,
            records=tuple(_done(record, asked.today) for record in facts.records),
        ),
        played,
        asked.today,
    )


def _done(record: StepRecord, today: date) -> StepRecord:
    """A task that is open is closed today without a result, as those to come are."""
    if record.state is not StepState.OPEN or record.channel is None:
        return record
    outcome = TASK_OUTCOMES.get(record.channel, "")
    return replace(record, state=StepState.DONE, day=record.day or today, outcome=outcome)
