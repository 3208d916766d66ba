"""Each fact of the planner comes from its rows: set one row, see one fact."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from plugin.domain.reminders.facts import (
    Instalment,
    InvoiceFacts,
    OptOut,
    PaidOnTime,
    PlanHold,
    Promise,
    QuietPeriod,
)
from plugin.domain.reminders.policy import Anchor, Channel, Policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.domain.reminders.timeline import Verdict
from plugin.services.follow_ups.gather import gather
from plugin.services.follow_ups.plan_invoice import replan
from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from plugin.store.tables.plans import InstalmentPlan
from plugin.store.tables.policies import PolicyRow, PolicyVersion
from tests.support.books import NOW, Books
from tests.support.databases import Urls
from tests.support.ledger import Ledger, noon
from tests.unit.domain.reminders.cases import eur, mail, policy

TODAY = NOW.date()


class World:
    """A client with one open invoice, 10 days overdue, and whatever a test adds."""

    def __init__(self, session: TenantSession, ladder: Policy | None = None) -> None:
        self.session = session
        self.ledger = Ledger(session, TODAY)
        self.client = self.ledger.client()
        self.version = self.ledger.version("default") if ladder is None else self._version(ladder)
        self.invoice = self.ledger.invoice(self.client, self.version)

    def _version(self, ladder: Policy) -> str:
        policy_id = self.ledger.add(PolicyRow(name="Own"))
        row = PolicyVersion(policy_id=policy_id, version=1, body=to_dict(ladder), published_at=NOW)
        return self.ledger.add(row)

    def row(self) -> Invoice:
        return self.session.get_one(Invoice, (self.session.tenant_id, self.invoice))

    def facts(self) -> InvoiceFacts:
        return gather(self.session, self.row(), now=NOW).facts

    def change_client(self, **values: object) -> None:
        client = self.session.get_one(Client, (self.session.tenant_id, self.client))
        for name, value in values.items():
            setattr(client, name, value)
        self.session.flush()


@pytest.fixture
def books(sqlite_urls: Urls) -> Iterator[Books]:
    found = Books(sqlite_urls)
    found.open()
    yield found
    found.engine.dispose()


@pytest.fixture
def world(books: Books) -> Iterator[World]:
    with books.writing() as session:
        yield World(session)


def test_quiet_periods_of_the_site_and_of_this_client_only(world: World) -> None:
    other = world.ledger.client()
    world.ledger.quiet(date(2026, 12, 23), date(2026, 1, 6), yearly=True)
    world.ledger.quiet(TODAY, TODAY, client_id=world.client)
    world.ledger.quiet(TODAY, TODAY, client_id=other)
    found = world.facts().quiet
    assert QuietPeriod("Summer", date(2025, 12, 23), date(2026, 1, 6)) in found
    assert QuietPeriod("Summer", date(2026, 12, 23), date(2027, 1, 6)) in found
    assert [period for period in found if period.first == TODAY] == [QuietPeriod("Summer", TODAY, TODAY)]


def test_req_F12_opt_outs_of_client_and_invoice_with_who_since_and_until(world: World) -> None:
    since, until = TODAY - timedelta(days=3), TODAY + timedelta(days=3)
    world.change_client(opt_out_reason="Barter", opt_out_by="alice", opt_out_since=since, opt_out_until=until)
    row = world.row()
    row.opt_out_reason, row.opt_out_by, row.opt_out_since, row.opt_out_until = "Contested", "bob", since, None
    assert world.facts().opt_outs == (
        OptOut("client", "Barter", "alice", since, until),
        OptOut("invoice", "Contested", "bob", since, None),
    )


def test_idea_U10_the_age_of_payment_data_and_the_settings_of_mail(world: World) -> None:
    world.ledger.settings(payments_limit_hours=48, payments_as_of=noon(TODAY), manual_quiet_days=5)
    facts = world.facts()
    assert (facts.payments_limit_hours, facts.payments_as_of, facts.manual_quiet_days) == (48, noon(TODAY), 5)


def test_complaint_C22_a_promise_says_where_the_ladder_resumes(world: World) -> None:
    until = TODAY + timedelta(days=4)
    world.ledger.hold(world.invoice, "promised", until=until, detail={"resume_level": 6})
    assert world.facts().promise == Promise(until, 6)


def test_segment_autopay_views_and_open_invoices(world: World) -> None:
    world.change_client(segment="Agency", autopay=True)
    world.ledger.invoice(world.client, world.version)
    world.ledger.invoice(world.client, world.version, state="paid", balance_minor=0)
    world.ledger.invoice(world.ledger.client(), world.version)
    world.row().viewed_at = noon(TODAY - timedelta(days=1), hour=23)
    facts = world.facts()
    assert (facts.segment, facts.autopay, facts.open_invoices) == ("Agency", True, 2)
    assert facts.viewed_on == TODAY, "23:00 UTC is the next day in Berlin"


def test_req_F44_a_reply_about_this_invoice_or_about_none_holds_it_until_it_is_handled(world: World) -> None:
    other = world.ledger.invoice(world.client, world.version)
    assert world.facts().reply_on is None
    world.ledger.reply(world.client, [other], on=-9)
    world.ledger.reply(world.client, [world.invoice], on=-8, kind="auto_reply")
    world.ledger.reply(world.client, [world.invoice], on=-7, handled_at=NOW)
    world.ledger.answer(world.invoice, "promise", on=-6)
    assert world.facts().reply_on is None
    world.ledger.reply(world.client, [], on=-2)
    assert world.facts().reply_on == TODAY - timedelta(days=2)
    world.ledger.answer(world.invoice, "already_paid", on=-3)
    assert world.facts().reply_on == TODAY - timedelta(days=3)


@pytest.mark.parametrize(("kind", "says"), [("already_paid", "has paid"), ("plan", "asks for instalments")])
def test_req_F44_what_a_form_said_rests_a_ladder_that_asks_for_no_replies(books: Books, kind: str, says: str) -> None:
    with books.writing() as session:
        world = World(session, policy(mail("reminder", 1, 3)))
        answer = world.ledger.answer(world.invoice, kind, on=-1)
        _, timeline = replan(session, world.row(), now=NOW)
        (entry,) = timeline.entries
        assert entry.verdict is Verdict.HELD
        assert says in entry.sentence
        session.get_one(ClientAnswer, (session.tenant_id, answer)).handled_at = NOW
        assert world.facts().obstacles == ()


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_req_F25_a_mail_past_its_gate_is_a_contact_before_its_fate_is_known(world: World, state: str) -> None:
    other = world.ledger.invoice(world.client, world.version)
    message = world.ledger.mail(world.client, [(other, "friendly", 1)], on=0, state=state)
    effect = world.session.scalars(select(Effect).where(Effect.subject_id == message)).one()
    effect.sending_at = noon(TODAY)
    assert [contact.day for contact in world.facts().contacts] == [TODAY]
    effect.state, effect.sending_at = "planned", None
    assert world.facts().contacts == ()


def test_complaint_C06_a_persons_own_mail_holds_the_automatic_one_of_the_next_morning(world: World) -> None:
    world.ledger.step(
        world.invoice, "friendly", "sent", on=-1, requested=True, done_at=noon(TODAY - timedelta(days=1), 15)
    )
    assert world.facts().manual_mails == (TODAY - timedelta(days=1),)
    replan(world.session, world.row(), now=NOW)
    call = world.session.query(PlannedStep).filter(PlannedStep.step_key == "call").one()
    assert (call.state, call.reason_code) == ("held", "manual_mail")


def test_complaint_C06_a_resend_is_a_persons_own_mail_and_an_automatic_one_is_not(world: World) -> None:
    world.ledger.mail(world.client, [(world.invoice, "friendly", 1)], on=-4)
    assert world.facts().manual_mails == ()
    world.ledger.mail(world.client, [(world.invoice, "issue", 1001)], on=-3, kind="invoice")
    world.ledger.mail(world.client, [(world.invoice, "friendly", 1001)], on=-2, state="failed")
    assert world.facts().manual_mails == (TODAY - timedelta(days=3),)


def test_letters_and_messages_count_as_contacts_with_the_client_and_what_happens_in_jira_does_not(world: World) -> None:
    other = world.ledger.invoice(world.client, world.version)
    for key, channel in (("a", "letter"), ("b", "webhook"), ("c", "jira")):
        world.ledger.step(other, key, "sent", on=-1, channel=channel)
    assert {contact.day for contact in world.facts().contacts} == {TODAY - timedelta(days=1)}
    world.ledger.step(other, "d", "sent", on=-2, channel="jira")
    assert {contact.day for contact in world.facts().contacts} == {TODAY - timedelta(days=1)}


def test_contacts_with_other_invoices_are_one_a_day_and_those_about_this_one_keep_their_steps(world: World) -> None:
    other = world.ledger.invoice(world.client, world.version)
    for _ in range(3):
        world.ledger.mail(world.client, [(other, "friendly", 1)], on=-5)
    world.ledger.mail(world.client, [(other, "second", 1), (world.invoice, "friendly", 1)], on=-2)
    found = {(contact.day, contact.channel): {ref.key for ref in contact.members} for contact in world.facts().contacts}
    assert found == {
        (TODAY - timedelta(days=5), Channel.EMAIL): set(),
        (TODAY - timedelta(days=2), Channel.EMAIL): {"second", "friendly"},
    }


def test_req_F45_a_running_plan_rests_the_ladder_and_is_paid_oldest_part_first(world: World) -> None:
    world.row().balance_minor = 70_000
    world.ledger.plan(world.invoice, [(-2, 40_000), (20, 40_000), (50, 20_000)], grace_days=4, resume_level=6)
    facts = world.facts()
    assert facts.plan == PlanHold("agreed", TODAY + timedelta(days=3), 6)
    assert facts.instalments == (
        Instalment(1, TODAY - timedelta(days=2), eur(10_000)),
        Instalment(2, TODAY + timedelta(days=20), eur(40_000)),
        Instalment(3, TODAY + timedelta(days=50), eur(20_000)),
    )


def test_req_F45_a_second_plan_goes_on_counting_and_one_that_is_only_offered_counts_for_nothing(world: World) -> None:
    world.ledger.plan(world.invoice, [(-60, 50_000), (-30, 50_000)], state="withdrawn", accepted_at=NOW - timedelta(90))
    world.ledger.plan(world.invoice, [(9, 100_000)], state="offered", accepted_at=None)
    assert (world.facts().plan, world.facts().instalments) == (None, ())
    world.ledger.plan(world.invoice, [(10, 50_000), (40, 50_000)])
    assert [part.number for part in world.facts().instalments] == [3, 4]


def test_req_F45_what_was_planned_for_a_plan_that_is_over_ends_and_comes_back_with_the_next(books: Books) -> None:
    ladder = policy(mail("one", 1, 3), mail("ahead", 2, -3, anchor=Anchor.INSTALMENT))
    with books.writing() as session:
        world = World(session, ladder)
        plan_id = world.ledger.plan(world.invoice, [(5, 50_000), (40, 50_000)])
        replan(session, world.row(), now=NOW)
        session.get_one(InstalmentPlan, (session.tenant_id, plan_id)).state = "withdrawn"
        _, timeline = replan(session, world.row(), now=NOW)
        over = [(entry.occurrence, entry.verdict) for entry in timeline.entries if entry.key == "ahead"]
        assert over == [(1, Verdict.CANCELLED), (2, Verdict.CANCELLED)]
        kept = session.query(PlannedStep).filter(PlannedStep.step_key == "ahead").all()
        assert {(row.state, row.reason_code, row.next_at) for row in kept} == {("cancelled", "no_plan", None)}
        session.get_one(InstalmentPlan, (session.tenant_id, plan_id)).state = "running"
        replan(session, world.row(), now=NOW)
        assert [row.state for row in kept] == ["planned", "planned"]


days = st.integers(-300, -10)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(days, days), max_size=20, unique_by=lambda pair: pair[1]))
def test_how_a_client_paid_is_told_by_its_last_twelve_settled_invoices(
    books: Books, settled: list[tuple[int, int]]
) -> None:
    with books.writing() as session, session.begin_nested() as once:
        world = World(session)
        for due, paid in settled:
            world.ledger.paid(world.client, world.version, due=due, paid=paid)
        facts = world.facts()
        once.rollback()
    last = sorted(settled, key=lambda pair: pair[1])[-12:]
    expected = PaidOnTime(sum(paid <= due for due, paid in last), len(last)) if len(last) >= 3 else None
    assert facts.paid_on_time == expected


def test_an_invoice_is_settled_by_its_last_payment_and_one_that_was_written_off_tells_nothing(world: World) -> None:
    for number in range(3):
        late = world.ledger.paid(world.client, world.version, due=-50, paid=-60 + number)
        world.ledger.payment(late, -40, kind="reversal")
        world.ledger.payment(late, -39)
    gone = world.ledger.invoice(world.client, world.version, state="written_off", balance_minor=0)
    world.ledger.payment(gone, -20, kind="write_off")
    assert world.facts().paid_on_time == PaidOnTime(0, 3)
