"""The project page: bill, issue, follow up, be paid; as project administrators and members see it."""

import re
from pathlib import Path

from sqlalchemy import select

from plugin.services.wakeups import WakeupKind
from plugin.store.tables.follow_ups import Hold, PlannedStep, Task
from plugin.store.tables.invoices import Invoice, WorklogClaim
from plugin.store.tables.payments import Payment
from sandbox.jira.faults import Fault
from tests.support.app_seed import Business


def project(business: Business, rest: str = "") -> str:
    return f"/ui/fragment/project/{business.ours.project}{rest}"


def invoice(business: Business, rest: str = "") -> str:
    return f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}{rest}"


def text_of(business: Business, path: str, person: str = "alice") -> str:
    answer = business.world.get(path, getattr(business.world.sites, person))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_req_F48_one_page_shows_unbilled_drafts_and_overdue(business: Business) -> None:
    answer = business.world.page("project", business.world.sites.dora, project=business.world.sites.acme)
    text = answer.get_data(as_text=True)
    assert "32.00 h" in text
    assert "€1,899.20" in text
    assert "1 open task" in text


def test_a_preview_shows_what_the_draft_will_hold_and_stores_nothing(business: Business) -> None:
    text = text_of(business, project(business, "/preview?until=2026-11-30"))
    assert "€240.00" in text
    assert "€45.60" in text
    assert "€285.60" in text
    assert "Applied: site 120.00 EUR/h from 2026-01-01." in text
    assert "30.00 h in one entry" in text
    before = "€240.00" in text_of(business, project(business, "/preview?since=2026-11-02&until=2026-11-02"))
    assert before
    assert "ends on 2026-11-01" in text_of(business, project(business, "/preview?since=2026-11-02&until=2026-11-01"))


def test_from_unbilled_time_to_an_issued_invoice(business: Business) -> None:
    world = business.world
    alice = world.sites.alice
    made = world.post(project(business, "/drafts"), alice, {"until": "2026-11-30", "key": "draft-1"})
    text = made.get_data(as_text=True)
    assert made.status_code == 200
    assert "Issue invoice" in text
    with world.container.reading(world.tenant) as session:
        newest = session.scalars(select(Invoice).where(Invoice.net_minor == 24_000)).one()
    world.wakeups.taken.clear()
    issued = world.post(
        project(business, f"/invoices/{newest.id}/issue"), alice, {"due_on": "2026-12-24", "send": "on"}
    )
    assert issued.status_code == 200
    assert "Invoice INV-2026-0002" in issued.get_data(as_text=True)
    assert '"apprefresh"' in issued.headers["HX-Trigger"]
    rung = {wakeup.kind for wakeup in world.wakeups.taken}
    assert WakeupKind.EFFECTS in rung
    with world.container.reading(world.tenant) as session:
        row = session.get_one(Invoice, (world.tenant, newest.id))
        steps = session.scalars(select(PlannedStep.step_key).where(PlannedStep.invoice_id == newest.id)).all()
    assert (row.state, str(row.due_on)) == ("issued", "2026-12-24")
    assert "friendly" in steps
    again = world.post(project(business, f"/invoices/{newest.id}/issue"), alice, {"due_on": "2026-12-24"})
    assert again.status_code == 409


def test_a_deleted_draft_frees_its_time(business: Business) -> None:
    world = business.world
    answer = world.post(project(business, f"/invoices/{business.ours.draft}/deletion"), world.sites.alice)
    assert answer.status_code == 200
    with world.container.reading(world.tenant) as session:
        assert not session.scalars(select(WorklogClaim).where(WorklogClaim.invoice_id == business.ours.draft)).all()
    assert "€600.00" in text_of(business, project(business, "/preview?until=2026-11-30"))
    kept = world.post(project(business, f"/invoices/{business.ours.invoice}/deletion"), world.sites.alice)
    assert kept.status_code == 409


def test_the_list_is_filtered_and_paged(business: Business) -> None:
    def numbers(query: str) -> set[str]:
        return set(
            re.findall(r">(INV-\d{4}-\d{4}|Draft)</button>", text_of(business, project(business, f"/invoices?{query}")))
        )

    assert numbers("") == {"INV-2026-0001", "Draft"}
    assert numbers("show=draft") == {"Draft"}
    assert numbers("show=overdue") == numbers("show=1_30") == numbers("show=open") == {"INV-2026-0001"}
    assert numbers("show=31_60") == numbers("show=paid") == numbers("show=closed") == set()
    assert numbers("offset=25") == set()


def test_the_invoice_page_explains_price_and_ladder(business: Business) -> None:
    text = text_of(business, invoice(business))
    assert "Why €120.00?" in text
    assert 'role="img"' in text
    assert "Show as table" in text
    assert "Tax 19%" in text
    assert "€319.20" in text


def test_a_member_sees_no_price_and_no_form(business: Business) -> None:
    text = text_of(business, invoice(business), "bob")
    assert "INV-2026-0001" in text
    assert "€120.00" not in text
    assert "Issue invoice" not in text
    assert "Record payment" not in text
    assert "Save outcome" in text


def test_a_call_that_ends_with_a_promise_rests_until_the_day_after(business: Business) -> None:
    world = business.world
    form = {
        "outcome": "promise",
        "promised_on": "2026-12-11",
        "spoke_with": "Ada Quint",
        "notes": "Pays after the fair",
    }
    answer = world.post(invoice(business, f"/tasks/{business.ours.task}/outcome"), world.sites.bob, form)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "Pays after the fair" in text
    assert "Promised to pay" in text
    with world.container.reading(world.tenant) as session:
        task = session.get_one(Task, (world.tenant, business.ours.task))
        hold = session.scalars(select(Hold).where(Hold.kind == "promised")).one()
    assert (task.state, task.done_by) == ("done", world.sites.bob.account_id)
    assert str(hold.until) == "2026-12-11"
    again = world.post(invoice(business, f"/tasks/{business.ours.task}/outcome"), world.sites.bob, form)
    assert again.status_code == 409


def test_a_payment_stops_the_ladder_and_a_reversal_starts_it_again(business: Business) -> None:
    world = business.world
    alice = world.sites.alice
    paid = world.post(invoice(business, "/payments"), alice, {"amount": "1899.20", "received_on": "2026-11-27"})
    assert "Nothing is open any more" in paid.headers["HX-Trigger"]
    with world.container.reading(world.tenant) as session:
        row = session.get_one(Invoice, (world.tenant, business.ours.invoice))
        waiting = select(PlannedStep).where(PlannedStep.invoice_id == row.id, PlannedStep.next_at.is_not(None))
        assert (row.state, session.scalars(waiting).all()) == ("paid", [])
    back = world.post(
        invoice(business, f"/payments/{business.ours.payment}/reversal"), alice, {"reason": "Charged back"}
    )
    assert back.status_code == 200
    assert "Charged back" in back.get_data(as_text=True)
    with world.container.reading(world.tenant) as session:
        assert session.get_one(Invoice, (world.tenant, business.ours.invoice)).balance_minor == 10_000


def test_fault_F54_what_was_written_off_can_be_taken_back_and_paid_after_all(business: Business) -> None:
    world = business.world
    alice = world.sites.alice
    given_up = world.post(invoice(business, "/write-off"), alice, {"reason": "Insolvent"}).get_data(as_text=True)
    assert "Take back what was written off" in given_up
    assert "Record a payment" in given_up
    assert "Write off the rest" not in given_up
    with world.container.reading(world.tenant) as session:
        entry = session.scalars(select(Payment.id).where(Payment.kind == "write_off")).one()
    back = world.post(invoice(business, f"/payments/{entry}/reversal"), alice, {"reason": "Wrong invoice"})
    assert "Write-off taken back" in back.headers["HX-Trigger"]
    assert "Take back what was written off" not in back.get_data(as_text=True)
    assert "Write off the rest" in back.get_data(as_text=True)


def test_pause_resume_and_opt_out(business: Business) -> None:
    world = business.world
    alice = world.sites.alice
    paused = world.post(invoice(business, "/holds"), alice, {"kind": "paused", "reason": "Fair", "until": "2026-12-18"})
    standing = 'aria-label="Paused until 18 December 2026"'
    assert standing in paused.get_data(as_text=True)
    with world.container.reading(world.tenant) as session:
        hold = session.scalars(select(Hold).where(Hold.lifted_at.is_(None))).one()
    lifted = world.post(invoice(business, f"/holds/{hold.id}/lift"), alice)
    assert standing not in lifted.get_data(as_text=True)
    off = world.post(invoice(business, "/reminders"), alice, {"reason": "A friend of the house"})
    assert "A friend of the house" in off.get_data(as_text=True)
    on = world.post(invoice(business, "/reminders"), alice, {"on": "on"})
    assert on.status_code == 200
    with world.container.reading(world.tenant) as session:
        assert session.get_one(Invoice, (world.tenant, business.ours.invoice)).reminders_on


def test_formats_follow_the_person(business: Business) -> None:
    path = invoice(business)
    german = business.world.get(path, business.world.sites.alice, **{"X-Locale": "de_DE", "X-Time-Zone": "Asia/Tokyo"})
    text = german.get_data(as_text=True)
    assert "1.899,20" in text
    assert "16. November 2026" in text
    assert "18:00" in text
    odd = business.world.get(path, business.world.sites.alice, **{"X-Locale": "xx_XX", "X-Time-Zone": "Mars/Olympus"})
    assert "€1,899.20" in odd.get_data(as_text=True)


def test_names_are_asked_for_and_never_stored(business: Business) -> None:
    world = business.world
    assert "Bob Stone" in text_of(business, invoice(business))
    path = Path(world.container.settings.database_url.removeprefix("sqlite:///"))
    files = [file for file in path.parent.iterdir() if file.name.startswith(path.name)]
    assert path in files
    assert not any(b"Bob Stone" in file.read_bytes() for file in files)


def test_a_page_stands_without_names_when_jira_is_silent(business: Business) -> None:
    world = business.world
    world.jira.faults.add("bulkGetUsers", Fault.status(500), times=None)
    try:
        text = text_of(business, invoice(business))
    finally:
        world.jira.faults.clear()
    assert "Team member" in text


def step_of(business: Business, key: str) -> PlannedStep:
    with business.world.container.reading(business.world.tenant) as session:
        query = select(PlannedStep).where(PlannedStep.invoice_id == business.ours.invoice, PlannedStep.step_key == key)
        return session.scalars(query).one()


def test_req_F14_a_step_is_moved_and_the_history_keeps_the_old_day(business: Business) -> None:
    world = business.world
    assert "Change this step" in text_of(business, invoice(business))
    moved = world.post(invoice(business, "/steps/second"), world.sites.dora, {"what": "move", "to": "2026-12-05"})
    assert "Moved to 7 December 2026" in moved.headers["HX-Trigger"], "a Saturday becomes the Monday after"
    assert "moved from 2026-11-30 to 2026-12-05" in moved.get_data(as_text=True)
    assert str(step_of(business, "second").planned_on) == "2026-12-07"
    past = world.post(invoice(business, "/steps/second"), world.sites.dora, {"what": "move", "to": "2026-11-01"})
    assert past.status_code == 422
    assert "is over already" in past.get_data(as_text=True)


def test_req_F14_a_step_is_sent_now_or_left_out(business: Business) -> None:
    world = business.world
    now = world.post(invoice(business, "/steps/second"), world.sites.alice, {"what": "now"})
    assert now.status_code == 200
    step = step_of(business, "second")
    assert (step.requested, step.next_at) == (True, world.clock.now())
    assert (WakeupKind.STEPS, (step.id,)) in [(wakeup.kind, wakeup.ids) for wakeup in world.wakeups.taken]
    without = world.post(invoice(business, "/steps/final"), world.sites.alice, {"what": "skip"})
    assert without.status_code == 422
    reason = {"what": "skip", "reason": "They are a partner"}
    skipped = world.post(invoice(business, "/steps/final"), world.sites.alice, reason)
    assert "They are a partner" in skipped.get_data(as_text=True)
    assert step_of(business, "final").state == "skipped"
    again = world.post(invoice(business, "/steps/final"), world.sites.alice, {"what": "now"})
    assert again.status_code == 409
    unknown = world.post(invoice(business, "/steps/nothing"), world.sites.alice, {"what": "now"})
    assert unknown.status_code == 404
