"""Claims for late payment: told by the steps that state them, never booked, never on an issued invoice."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from plugin.domain.late_payment.claim import Claim, NoClaim, NoClaimCode
from plugin.domain.money import Currency, Money
from plugin.domain.payments.instalments import Rhythm, split
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.services.follow_ups.preview_step import preview_step
from plugin.services.late_payment.claim import claim_of
from plugin.services.late_payment.confirmations import confirm_fixed_sums, withdraw_fixed_sums
from plugin.services.plans.decide import accept_plan
from plugin.services.plans.offer import offer_plan
from plugin.services.settings.clients import ClientForm
from plugin.store.tables.invoices import Document, Invoice
from plugin.store.tables.payments import Payment
from sandbox.stage.house import ACTOR
from tests.support.stage import ENGLISH, NewStory, Story

FRIENDLY, SECOND, FINAL = date(2026, 9, 18), date(2026, 9, 29), date(2026, 10, 20)
"""Of an invoice of 1 September with 14 days to pay, due on 15 September."""
EUROPE = replace(ENGLISH, law_profile="eu")


def stating(*keys: str) -> dict[str, object]:
    """The default ladder, of which some steps state the claim."""
    body = deepcopy(to_dict(default_policy()))
    steps = body["steps"]
    assert isinstance(steps, list)
    for step in steps:
        if step["key"] in keys:
            step["states_claim"] = True
    return body


def told(story: Story, key: str) -> str:
    return next(mail.text for mail in reversed(story.mails()) if mail.step == key)


def opened(new_story: NewStory, client: ClientForm = EUROPE, *keys: str) -> tuple[Story, Invoice]:
    story = new_story(client=client)
    confirm(story)
    story.publish(stating(*(keys or ("second", "final"))))
    invoice = story.bill()
    story.drain()
    return story, invoice


def confirm(story: Story) -> None:
    """The seller says that it claims the fixed sums of the euro countries."""
    with story.writing() as session:
        confirm_fixed_sums(session, "eu", now=story.now, actor=ACTOR)


def claim_on(story: Story, invoice: Invoice, day: date) -> Claim | NoClaim:
    with story.reading() as session:
        return claim_of(session, session.get_one(Invoice, (story.tenant, invoice.id)), day=day)


def test_req_F24_a_step_that_says_so_states_interest_and_fixed_sum_with_the_formula(new_story: NewStory) -> None:
    story, _ = opened(new_story)
    story.at(FRIENDLY)
    story.at(SECOND)
    assert "interest" not in told(story, "friendly")
    second = told(story, "second")
    assert "1,190.00 x 10.40 % x 14 / 365 = 4.75" in second
    assert "€4.75 up to today" in second
    assert "fixed sum of €40.00" in second
    assert "Please pay €1,190.00 by" in second
    story.at(FINAL)
    assert "1,190.00 x 10.40 % x 35 / 365 = 11.87" in told(story, "final")


def test_law_L08_no_mail_carries_the_fixed_sum_before_the_seller_confirmed_it(new_story: NewStory) -> None:
    """Also the one that waits: what it says is asked again at the gate."""
    story, invoice = opened(new_story)
    with story.writing() as session:
        withdraw_fixed_sums(session, "eu", now=story.now, actor=ACTOR)
    story.at(SECOND)
    assert "€4.75 up to today" in told(story, "second")
    assert "fixed sum" not in told(story, "second")
    offered = claim_on(story, invoice, SECOND)
    assert isinstance(offered, Claim)
    assert (str(offered.offered), str(offered.fixed_sum)) == ("40.00 EUR", "0.00 EUR")
    confirm(story)
    story.at(FINAL)
    assert "fixed sum of €40.00" in told(story, "final")


def test_complaint_C28_C33_after_a_part_payment_rest_and_interest_on_the_rest(new_story: NewStory) -> None:
    story, invoice = opened(new_story)
    story.at(date(2026, 9, 21))
    story.pay(invoice, "190.00", received_on=date(2026, 9, 20))
    story.at(SECOND)
    second = told(story, "second")
    assert "1,190.00 x 10.40 % x 5 / 365 + 1,000.00 x 10.40 % x 9 / 365 = 4.26" in second
    assert "Please pay €1,000.00 by" in second
    assert "Paid so far: €190.00" in second
    assert "€1,190.00" not in second


def test_complaint_C33_principal_paid_and_interest_not_the_claim_stays(new_story: NewStory) -> None:
    story, invoice = opened(new_story)
    story.at(SECOND)
    story.pay(invoice, "1190.00")
    story.at(FINAL)
    assert story.invoice(invoice).state == "paid"
    kept = claim_on(story, invoice, date(2026, 12, 1))
    assert isinstance(kept, Claim)
    assert (str(kept.interest), str(kept.fixed_sum)) == ("4.75 EUR", "40.00 EUR")
    assert "final" not in [mail.step for mail in story.mails()]


def test_complaint_C31_law_L14_hourly_runs_add_no_fee_and_change_no_issued_document(new_story: NewStory) -> None:
    story, invoice = opened(new_story)

    def document() -> tuple[str | None, int, str, int]:
        with story.reading() as session:
            row = session.get_one(Invoice, (story.tenant, invoice.id))
            pdf = session.scalars(select(Document).where(Document.invoice_id == invoice.id)).one()
            return row.snapshot_sha256, row.balance_minor, pdf.sha256, len(list(session.scalars(select(Payment))))

    before = document()
    story.at(SECOND)
    day_before = claim_on(story, invoice, SECOND)
    for hour in range(24):
        story.clock.instant += timedelta(hours=1)
        story.drain()
        assert claim_on(story, invoice, SECOND) == day_before, hour
    story.walk(date(2026, 10, 20))
    assert document() == before
    sent = [mail.step for mail in story.mails()]
    assert sorted(sent) == sorted(set(sent))


def test_complaint_C32_interest_grows_with_the_days(new_story: NewStory) -> None:
    story, invoice = opened(new_story)
    claims = [claim_on(story, invoice, date(2026, 9, 16) + timedelta(days=day)) for day in range(60)]
    amounts = [claim.interest.minor for claim in claims if isinstance(claim, Claim)]
    assert len(amounts) == 60
    assert amounts == sorted(set(amounts))


def test_complaint_C32_a_law_of_fourteen_new_days_is_obeyed(new_story: NewStory) -> None:
    story, invoice = opened(new_story, replace(ENGLISH, law_profile="no"))
    story.at(FRIENDLY)
    story.at(SECOND)
    # Seven business days would be 8 October; fourteen days are the 13th.
    assert story.step(invoice, "second").deadline_on == date(2026, 10, 13)
    assert "by 13 October 2026" in told(story, "second")


@pytest.mark.parametrize(
    ("client", "code"),
    [
        (replace(EUROPE, is_business=False), NoClaimCode.CONSUMER),
        (replace(ENGLISH, law_profile=""), NoClaimCode.UNKNOWN_RATE),
        (replace(ENGLISH, law_profile="none"), NoClaimCode.NO_PROFILE),
    ],
    ids=["a consumer", "a German half-year that is not in the table", "no claims wanted"],
)
def test_where_the_law_gives_none_the_mail_is_silent_and_the_reason_is_known(
    new_story: NewStory, client: ClientForm, code: NoClaimCode
) -> None:
    story, invoice = opened(new_story, client, "friendly")
    story.at(FRIENDLY)
    assert "interest" not in told(story, "friendly")
    assert "365" not in told(story, "friendly")
    found = claim_on(story, invoice, FRIENDLY)
    assert isinstance(found, NoClaim)
    assert found.code is code


def test_a_disputed_part_bears_no_claim(new_story: NewStory) -> None:
    story, invoice = opened(new_story)
    story.hold(invoice, "disputed", amount_minor=190_00)
    found = claim_on(story, invoice, SECOND)
    assert isinstance(found, Claim)
    assert found.segments[0].principal.minor == 1_000_00


def test_the_preview_of_a_step_states_what_the_mail_will_state(new_story: NewStory) -> None:
    story, invoice = opened(new_story)
    story.at(date(2026, 9, 28))
    with story.reading() as session:
        links = story.container.mail_links
        shown = preview_step(session, invoice.id, "second", now=story.now, links=links)
    assert "1,190.00 x 10.40 % x 14 / 365 = 4.75" in shown.mail.text
    story.at(SECOND)
    assert "1,190.00 x 10.40 % x 14 / 365 = 4.75" in told(story, "second")


def test_law_L09_an_instalment_is_asked_for_alone_and_bears_interest_alone(new_story: NewStory) -> None:
    story = new_story(client=EUROPE)
    body = stating()
    steps = body["steps"]
    assert isinstance(steps, list)
    late = next(deepcopy(step) for step in steps if step["key"] == "friendly")
    late |= {"key": "late-part", "level": 10, "anchor": "instalment", "offset": 3, "template": "instalment"}
    steps.append(late | {"states_claim": True})
    story.publish(body)
    invoice = story.bill()
    story.drain()
    parts = split(Money(119_000, Currency("EUR", 2)), count=3, first=date(2026, 9, 21), rhythm=Rhythm.FORTNIGHT)
    with story.writing() as session:
        plan = offer_plan(
            session,
            invoice.id,
            parts,
            grace_days=10,
            resume_level=None,
            note="",
            today=story.today,
            now=story.now,
            actor=ACTOR,
        )
        accept_plan(session, plan.id, who="Ines Brandt", how="phone", now=story.now, actor=ACTOR)
    story.at(date(2026, 9, 24))
    mail = story.box.mails[-1]
    assert mail.subject == "Instalment 1 of 3 is still open"
    assert "was due on 21 September 2026, 3 days ago. €396.67 is due now." in mail.text
    assert "396.67 x 10.40 % x 3 / 365 = 0.34" in mail.text
    assert "€1,190.00" not in mail.text


def test_claims_of_several_invoices_are_told_one_by_one(new_story: NewStory) -> None:
    story, _ = opened(new_story)
    story.bill(2)
    story.drain()
    story.at(SECOND)
    second = told(story, "second")
    assert "INV-2026-0001: 1,190.00 x 10.40 % x 14 / 365 = 4.75; INV-2026-0002: 238.00" in second
    assert "fixed sum of €80.00" in second
