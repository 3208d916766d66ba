"""The demo's story holds on whatever day somebody starts it: played through the planner, holidays and all."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import pytest

from plugin.domain.billing.states import InvoiceState
from plugin.domain.money import Currency, Money
from plugin.domain.reminders.facts import ContactMade, InvoiceFacts, Recipient, StepRecord, StepState
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy_default import default_policy
from plugin.services.calendars import business_calendar
from sandbox.history.plot import Event, plot
from sandbox.history.terms import CLIENTS, CONTACT_INTERVAL_DAYS
from sandbox.seed.hours import first_day

FIRST, LAST = 2026, 2028
DAY = timedelta(days=1)
EUR = Currency("EUR", 2)
Steps = dict[str, tuple[StepState, date]]
Invoice = tuple[str, int]
"""The project and the month billed, counted back from the last full one."""


@lru_cache
def lived(project: str, billed: date, today: date) -> Steps:
    """What an unpaid invoice's steps have come to by the evening of ``today``; nobody does the tasks."""
    client = CLIENTS[project]
    calendar = business_calendar(client.country, client.region, year_from=FIRST - 1, year_to=LAST + 1)
    facts = InvoiceFacts(
        invoice_id="one",
        number="INV-1",
        state=InvoiceState.ISSUED,
        gross=Money(100_000, EUR),
        balance=Money(100_000, EUR),
        issue_date=billed,
        due_date=billed + timedelta(days=client.terms_days),
        client_id=project,
        read_at=datetime.combine(today, time(10), UTC),
        recipients=(Recipient(client.contacts[0].email),),
        contact_interval_days=CONTACT_INTERVAL_DAYS,
    )
    came: Steps = {}
    look: date | None = billed
    while look is not None and look <= today:
        timeline = plan(facts, default_policy(), calendar, look)
        for entry in timeline.due:
            came[entry.key] = (StepState.OPEN if entry.channel.is_task else StepState.SENT, look)
            if not entry.channel.is_task:
                facts = replace(facts, contacts=(*facts.contacts, ContactMade(look, members=frozenset({entry.ref}))))
        records = tuple(StepRecord(key=key, state=state, day=day) for key, (state, day) in came.items())
        facts = replace(facts, records=records)
        look = plan(facts, default_policy(), calendar, look).next_look
    return came


def when(story: list[Event], kind: str) -> dict[Invoice, date]:
    return {(each.project, each.month): each.day for each in story if each.kind == kind}


def month_ends(today: date) -> list[date]:
    """The last day of the last full month, of the one before, and so on."""
    ends = [today.replace(day=1) - DAY]
    while len(ends) < 5:
        ends.append(ends[-1].replace(day=1) - DAY)
    return ends


def wrong(today: date) -> list[str]:
    """What the story that ends today lacks."""
    story, ends = plot(today), month_ends(today)
    billed, disputed, called = when(story, "bill"), when(story, "dispute"), when(story, "call")
    paid = {
        (project, month): sum(e.part for e in story if (e.project, e.month, e.kind) == (project, month, "pay"))
        for project, month in billed
    }
    unpaid = {
        invoice: lived(invoice[0], day, disputed.get(invoice, today + DAY) - DAY)
        for invoice, day in billed.items()
        if not paid[invoice]
    }
    overdue = {invoice for invoice, steps in unpaid.items() if "friendly" in steps}
    waits = [steps for steps in unpaid.values() if "call" in steps]
    checks = {
        "in order, from the first hours logged to yesterday": first_day(today) < story[0].day
        and [each.day for each in story] == sorted(each.day for each in story)
        and story[-1].day < today,
        "whole months are billed, the last one by nobody": set(billed) == {(p, m) for p in CLIENTS for m in (2, 3, 4)}
        and all(day > ends[month - 1] for (_, month), day in billed.items()),
        "one is not due": [invoice for invoice in unpaid if invoice not in overdue] == [("CLV", 2)]
        and billed["CLV", 2] + timedelta(days=CLIENTS["CLV"].terms_days) > today,
        "one is reminded": list(unpaid["MRL", 2]) == ["notice", "friendly"] and unpaid["MRL", 2]["friendly"][1] < today,
        "one awaits a call, since yesterday at the latest": [list(steps)[:3] for steps in waits]
        == [["notice", "friendly", "call"]]
        and waits[0]["call"][1] < today
        and waits[0].get("second", (None, today))[1] == today,
        "one is disputed, after a reminder": list(disputed) == [("MRL", 3)]
        and list(unpaid["MRL", 3]) == ["notice", "friendly"],
        "one was called about, then paid": list(called) == [("BRW", 3)]
        and list(lived("BRW", billed["BRW", 3], called["BRW", 3] - DAY)) == ["notice", "friendly", "call"]
        and "second" not in lived("BRW", billed["BRW", 3], when(story, "pay")["BRW", 3] - DAY),
        "the others are paid": {invoice for invoice, share in paid.items() if share == 0} == {*unpaid}
        and len(unpaid) == 4,
    }
    return [what for what, holds in checks.items() if not holds]


@pytest.mark.parametrize("year", range(FIRST, LAST + 1))
def test_on_every_day_of_a_year_the_story_ends_with_an_invoice_in_each_state(year: int) -> None:
    days = [date(year, 1, 1) + DAY * number for number in range(366)]
    assert {day: wrong(day) for day in days if wrong(day)} == {}
