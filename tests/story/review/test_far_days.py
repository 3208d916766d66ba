"""Days that nobody means: a slip in the year is refused by its field, and no plan runs off the calendar."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from plugin.domain.errors import InvalidInput
from plugin.domain.payments.instalments import Rhythm, split
from plugin.services.follow_ups.change_step import move_step
from plugin.services.follow_ups.close_task import Outcome
from plugin.services.follow_ups.switches import opt_out_client, opt_out_invoice
from plugin.services.follow_ups.try_step import try_move
from plugin.services.settings.quiet_periods import QuietForm, add_quiet_period
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR
from tests.support.stage import Story
from tests.unit.domain.reminders.cases import eur

LAST_DAY, OVER_TEN_YEARS, WITHIN = date(9999, 12, 31), date(2036, 10, 1), date(2036, 9, 1)
"""The stories begin on 1 September 2026."""

Work = Callable[[Story, Invoice, date], object]


def pause(story: Story, invoice: Invoice, day: date) -> None:
    story.hold(invoice, "paused", until=day)


def promise(story: Story, invoice: Invoice, day: date) -> None:
    story.hold(invoice, "promised", until=day)


def move(story: Story, invoice: Invoice, day: date) -> None:
    with story.writing() as session:
        move_step(session, invoice.id, "friendly", to=day, today=story.today, now=story.now, actor=ACTOR)


def look(story: Story, invoice: Invoice, day: date) -> None:
    with story.reading() as session:
        try_move(session, invoice.id, "friendly", to=day, now=story.now)


def client_out(story: Story, _: Invoice, day: date, since: date | None = None) -> None:
    with story.writing() as session:
        opt_out_client(
            session,
            story.client_id,
            on=False,
            reason="In court",
            until=day,
            since=since,
            today=story.today,
            now=story.now,
            actor=ACTOR,
        )


def client_out_from(story: Story, invoice: Invoice, day: date) -> None:
    client_out(story, invoice, day, since=day)


def invoice_out(story: Story, invoice: Invoice, day: date) -> None:
    with story.writing() as session:
        opt_out_invoice(
            session,
            invoice.id,
            on=False,
            reason="In court",
            until=day,
            today=story.today,
            now=story.now,
            actor=ACTOR,
        )


def quiet(story: Story, _: Invoice, day: date) -> None:
    form = QuietForm(name="Closed", starts_on=day, ends_on=day, yearly=False)
    with story.writing() as session:
        add_quiet_period(session, form, now=story.now, actor=ACTOR)


def issue(story: Story, _: Invoice, day: date) -> None:
    story.office.issue(story.draft(3).id, due=day)


EVERY_WAY: list[tuple[Work, str]] = [
    (pause, "until"),
    (promise, "until"),
    (move, "to"),
    (look, "to"),
    (client_out, "opt_out_until"),
    (client_out_from, "opt_out_until"),
    (invoice_out, "until"),
    (quiet, "ends_on"),
    (issue, "due_on"),
]


@pytest.mark.parametrize(("work", "field"), EVERY_WAY, ids=[work.__name__ for work, _ in EVERY_WAY])
def test_attack_A46_a_day_more_than_ten_years_ahead_is_refused_with_its_field(
    story: Story, work: Work, field: str
) -> None:
    invoice = story.bill()
    story.drain()
    for day in (LAST_DAY, OVER_TEN_YEARS):
        with pytest.raises(InvalidInput, match="ten years ahead") as refused:
            work(story, invoice, day)
        assert refused.value.field == field
    work(story, invoice, WITHIN)
    story.at(date(2026, 9, 18))


@pytest.mark.parametrize("field", ["promised_on", "next_on"])
def test_attack_A46_the_outcome_of_a_call_names_a_day_within_ten_years(story: Story, field: str) -> None:
    story.bill()
    story.drain()
    story.at(date(2026, 9, 25))
    (task,) = story.office.tasks()
    said = Outcome(outcome="promise", next_action="Call again", promised_on=WITHIN)
    odd = replace(said, promised_on=LAST_DAY) if field == "promised_on" else replace(said, next_on=LAST_DAY)
    with pytest.raises(InvalidInput, match="ten years ahead") as refused:
        story.office.close(task.id, odd)
    assert refused.value.field == field
    assert [open_task.id for open_task in story.office.tasks()] == [task.id]


@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_attack_A46_instalments_do_not_run_off_the_calendar(rhythm: Rhythm) -> None:
    with pytest.raises(InvalidInput, match="too far ahead") as refused:
        split(eur(100_000), count=12, first=date(9999, 12, 1), rhythm=rhythm)
    assert refused.value.field == "first_on"
