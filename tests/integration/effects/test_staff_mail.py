"""Mails to colleagues: once, with the same evidence rules as a client's mail, and stopped by what stops the site."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.services.effects.evidence import Finding
from plugin.services.effects.ports import Refusal
from plugin.services.follow_ups.staff_mail import add_staff_mail
from plugin.store.tables.staff import StaffMail
from sandbox import Mailbox, MailFault
from tests.support.databases import Urls
from tests.support.delivery import NOW, DeliveryWorld, ScriptedEvidence, delivery_world

TODAY = NOW.date()


def add(
    world: DeliveryWorld,
    key: str = "digest:10000:2026-11-05",
    *,
    kind: str = "digest",
    to: str = "bob@fernwood.example",
    day: date = TODAY,
) -> str:
    with world.writing(world.tenant_id) as session:
        return add_staff_mail(
            session,
            kind=kind,
            recipient=to,
            subject="7 reminders tomorrow",
            text="Acme: INV-1",
            html="<p>Acme: INV-1</p>",
            day=day,
            now=NOW,
            message_ids=lambda row_id: f"<{row_id}@dunlin.example>",
            dedupe_key=key,
        ).id


def test_req_F19_a_staff_mail_is_sent_once_whatever_asks_again(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = add(world)
    assert add(world) == effect
    for _ in range(3):
        world.run(effect)
    row = world.effect(effect)
    assert (row.state, row.kind, [entry["kind"] for entry in row.evidence]) == ("sent", "staff_mail", ["reply"])
    (mail,) = mailbox.mails
    assert mail.header("X-Effect-ID") == effect
    assert mail.header("Auto-Submitted") == "auto-generated"
    assert "7 reminders tomorrow" in mail.header("Subject")
    assert world.follow_ups.told == []


def test_an_odd_kind_or_address_is_refused(world: DeliveryWorld) -> None:
    with pytest.raises(InvalidInput):
        add(world, to="bob@fernwood.example, eve@evil.example")
    with pytest.raises(InvalidInput):
        add(world, kind="newsletter")


def test_the_kill_switch_and_sandbox_mode_hold_it_and_the_bytes_stay(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = add(world)
    mailbox.faults.add(MailFault.rcpt(450, address="bob@fernwood.example"))
    world.run(effect)
    assert world.effect(effect).state == "deferred"
    with world.reading(world.tenant_id) as session:
        (row,) = session.scalars(select(StaffMail)).all()
        frozen = row.mime
    assert frozen is not None
    for code in ("kill_switch", "sandbox"):
        world.follow_ups.stopped = Refusal(code=code, sentence=f"Stopped by {code}.")
        world.clock.advance(timedelta(hours=2))
        world.run(effect)
        assert (world.effect(effect).state, world.effect(effect).reason) == ("planned", f"Stopped by {code}.")
    assert mailbox.mails == []
    world.follow_ups.stopped = None
    world.clock.advance(timedelta(hours=2))
    world.run(effect)
    assert [mail.raw for mail in mailbox.mails] == [frozen]


def test_in_a_demo_sandbox_mode_does_not_hold_it_since_all_mail_goes_to_the_mailbox(
    urls: Urls, mailbox: Mailbox
) -> None:
    with delivery_world(urls, SMTP_URL=mailbox.smtp_url, DUNLIN_ENV="demo") as world:
        world.follow_ups.stopped = Refusal(code="sandbox", sentence="Not live yet.")
        effect = add(world)
        world.run(effect)
        assert world.effect(effect).state == "sent"


def test_a_digest_of_a_day_gone_by_is_not_sent(world: DeliveryWorld, mailbox: Mailbox) -> None:
    late, test = add(world), add(world, "test:1", kind="test")
    world.clock.advance(timedelta(days=2))
    for effect in (late, test):
        world.run(effect)
    assert (world.effect(late).state, world.effect(test).state) == ("cancelled", "sent")
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(("finding", "state"), [(Finding.FOUND, "sent"), (Finding.ABSENT, "planned")])
def test_fault_F44_silence_after_the_dot_is_settled_by_evidence(
    world: DeliveryWorld, mailbox: Mailbox, finding: Finding, state: str
) -> None:
    effect = add(world)
    mailbox.faults.add(MailFault.drop_after_dot_kept())
    world.run(effect)
    assert world.effect(effect).state == "unknown"
    world.mail_evidence = ScriptedEvidence(answer=finding)
    world.end_grace()
    world.run(effect)
    assert world.effect(effect).state == state


def test_fault_F44_without_a_source_of_evidence_a_person_decides(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = add(world)
    mailbox.faults.add(MailFault.drop_after_dot_kept())
    world.run(effect)
    world.end_grace()
    world.run(effect)
    assert world.effect(effect).state == "parked"
    assert world.alerts() == ["staff_mail_in_doubt"]


def test_a_refused_colleague_is_told_of_in_an_alert(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = add(world)
    mailbox.faults.add(MailFault.rcpt(550, address="bob@fernwood.example"))
    world.run(effect)
    assert world.effect(effect).state == "failed"
    assert world.alerts() == ["staff_mail_failed"]
