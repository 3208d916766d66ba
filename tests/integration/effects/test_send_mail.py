"""One mail from claim to outcome, over real SMTP and on both databases; the rules are scripted."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from plugin.environment import SmtpSecurity, SmtpServer
from plugin.services.effects.evidence import Finding
from plugin.services.effects.ports import Dropped, Recheck, Refusal
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Contact
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from sandbox import Mailbox, MailFault
from tests.support.databases import Urls
from tests.support.delivery import NOW, DeliveryWorld, ScriptedEvidence, delivery_world, message_row_id

HOUR = timedelta(hours=1)


def pay(amount: int) -> Callable[[TenantSession], None]:
    """A payment's effect on the balance."""

    def change(session: TenantSession) -> None:
        session.execute(update(Invoice).values(balance_minor=Invoice.balance_minor - amount))

    return change


def test_a_mail_is_sent_once_with_the_servers_reply_as_evidence(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail(kind="follow_up")
    for _ in range(3):
        world.run(effect)
    row = world.effect(effect)
    assert (row.state, row.next_at, row.lease_until) == ("sent", None, None)
    assert [entry["kind"] for entry in row.evidence] == ["gate", "reply"]
    assert row.evidence[1]["code"] == 250
    assert [mail.message_id for mail in mailbox.mails] == [world.message_id()]
    assert mailbox.mails[0].header("X-Effect-ID") == effect
    assert mailbox.mails[0].header("Auto-Submitted") == "auto-generated"
    assert world.follow_ups.told == [("rendered", "first"), ("sent", False)]
    assert world.steps() == {"invoice-one": "sent"}


def test_fault_F52_refused_at_the_gate_nothing_leaves(world: DeliveryWorld, mailbox: Mailbox) -> None:
    world.follow_ups.answer = Recheck(cancelled=Refusal(code="paid", sentence="The invoice is paid."))
    effect = world.add_mail(kind="follow_up")
    world.run(effect)
    assert mailbox.mails == []
    row = world.effect(effect)
    assert (row.state, row.reason) == ("cancelled", "The invoice is paid.")
    assert world.follow_ups.told[-1] == ("cancelled", "paid")


def test_a_hold_puts_the_mail_back_without_counting(world: DeliveryWorld, mailbox: Mailbox) -> None:
    until = NOW + timedelta(hours=3)
    world.follow_ups.answer = Recheck(hold_until=until, hold_reason="Outside the send window.")
    effect = world.add_mail(kind="follow_up")
    world.run(effect)
    row = world.effect(effect)
    assert (row.state, row.next_at, row.attempts, row.reason) == ("planned", until, 0, "Outside the send window.")
    assert mailbox.mails == []
    world.follow_ups.answer = Recheck(go=True)
    world.clock.advance(timedelta(hours=3))
    world.run(effect)
    assert len(mailbox.mails) == 1


def test_fault_F56_changed_content_is_written_anew(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail()
    world.follow_ups.answer = Recheck(stale_content=True)
    world.run(effect)
    assert (world.effect(effect).state, mailbox.mails) == ("planned", [])
    world.follow_ups.answer = Recheck(go=True)
    world.follow_ups.hash, world.follow_ups.text = "second", "Please pay the rest."
    world.run(effect)
    assert [mail.text.strip() for mail in mailbox.mails] == ["Please pay the rest."]


def test_content_that_never_settles_does_not_spin(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    world.follow_ups.answer = Recheck(stale_content=True)
    for _ in range(6):
        world.run(effect)
    assert (world.effect(effect).next_at or NOW) > NOW + HOUR


def test_a_dropped_member_leaves_the_message_and_the_rest_goes(world: DeliveryWorld, mailbox: Mailbox) -> None:
    other = world.add_invoice("two")
    effect = world.add_mail(invoices=("invoice-one", other), kind="follow_up")
    drop = Dropped(member_id=f"member-{message_row_id('one')}-{other}", code="disputed", sentence="It is disputed.")
    world.follow_ups.answer = Recheck(dropped=(drop,))
    world.run(effect)
    assert mailbox.mails == []
    assert ("dropped", ["disputed"]) in world.follow_ups.told
    world.follow_ups.answer = Recheck(go=True)
    world.run(effect)
    assert len(mailbox.mails) == 1
    with world.reading(world.tenant_id) as session:
        assert session.scalars(select(MessageMember.invoice_id)).all() == ["invoice-one"]


def test_fault_F53_a_payment_after_the_gate_is_flagged_as_crossed(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail(kind="follow_up")
    send = world.mail_channel.send

    def send_and_pay_meanwhile(envelope: object, *, gate: Callable[[], bool]) -> object:
        def gate_then_payment() -> bool:
            passed = gate()
            with world.writing(world.tenant_id) as session:
                pay(100_000)(session)
            return passed

        return send(envelope, gate=gate_then_payment)  # type: ignore[arg-type]

    world.mail_channel.send = send_and_pay_meanwhile  # type: ignore[method-assign,assignment]
    world.run(effect)
    assert len(mailbox.mails) == 1
    assert world.follow_ups.told[-1] == ("sent", True)


def test_a_payment_before_the_gate_is_not_crossed(world: DeliveryWorld) -> None:
    effect = world.add_mail(kind="follow_up")
    with world.writing(world.tenant_id) as session:
        pay(100_000)(session)
    world.run(effect)
    assert world.follow_ups.told[-1] == ("sent", False)


def test_a_second_attempt_sends_the_same_bytes(world: DeliveryWorld, mailbox: Mailbox) -> None:
    mailbox.faults.add(MailFault.data(451))
    effect = world.add_mail()
    world.run(effect)
    with world.reading(world.tenant_id) as session:
        frozen = session.scalars(select(Message.mime)).one()
    world.clock.advance(timedelta(minutes=5))
    world.run(effect)
    assert [mail.raw.replace(b"\r\n", b"\n") for mail in mailbox.mails] == [(frozen or b"").replace(b"\r\n", b"\n")]
    assert world.follow_ups.told.count(("rendered", "first")) == 1


def test_a_mail_waits_for_its_document(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail()
    with world.writing(world.tenant_id) as session:
        first = Effect(kind="document", dedupe_key="d", subject_id="invoice-one", created_at=NOW, next_at=NOW)
        session.add(first)
        session.flush()
        session.execute(update(Effect).where(Effect.id == effect).values(depends_on=first.id))
        document = first.id
    world.run(effect)
    row = world.effect(effect)
    assert (row.state, row.attempts, mailbox.mails) == ("planned", 0, [])
    assert "document" in row.reason
    with world.writing(world.tenant_id) as session:
        session.execute(update(Effect).where(Effect.id == document).values(state="sent"))
        moves.release_dependents(session, document, now=NOW)
    world.run(effect)
    assert len(mailbox.mails) == 1


def test_the_gate_refuses_when_the_job_has_too_little_time_left(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail()
    world.run(effect, seconds=659)
    assert (world.effect(effect).state, mailbox.mails) == ("planned", [])
    world.run(effect, seconds=661)
    assert len(mailbox.mails) == 1


def test_an_hour_takes_no_more_than_the_tenants_limit(world: DeliveryWorld, mailbox: Mailbox) -> None:
    with world.writing(world.tenant_id) as session:
        session.execute(update(MailSettings).values(hourly_limit=2))
    effects = [world.add_mail(name, invoices=()) for name in ("one", "two", "three")]
    for effect in effects:
        world.run(effect)
    assert len(mailbox.mails) == 2
    waiting = world.effect(effects[2])
    assert (waiting.state, waiting.next_at, waiting.attempts) == ("planned", NOW + HOUR, 0)
    world.clock.advance(HOUR + timedelta(seconds=1))
    world.run(effects[2])
    assert len(mailbox.mails) == 3


# What the server may say (section 6, F37-F47)


def test_fault_F37_a_refused_connection_defers(world: DeliveryWorld, mailbox: Mailbox) -> None:
    mailbox.add_fault(MailFault.refuse())
    effect = world.add_mail(kind="follow_up")
    world.run(effect)
    row = world.effect(effect)
    assert (row.state, row.next_at) == ("deferred", NOW + timedelta(minutes=5))
    assert world.follow_ups.told[-1] == ("deferred", NOW + timedelta(minutes=5))
    assert world.steps() == {"invoice-one": "deferred"}


@pytest.mark.parametrize("fault", [MailFault.greeting(421), MailFault.rcpt(450), MailFault.rcpt(452)])
def test_fault_F38_not_now_climbs_the_ladder_and_gives_up(
    world: DeliveryWorld, mailbox: Mailbox, fault: MailFault
) -> None:
    mailbox.faults.add(fault, times=None)
    effect = world.add_mail()
    waits: list[timedelta] = []
    while (row := world.effect(effect)).state in ("planned", "deferred"):
        assert row.next_at is not None
        world.clock.instant = row.next_at
        world.run(effect)
        later = world.effect(effect).next_at
        waits.append((later or world.clock.now()) - world.clock.now())
    minutes = [wait.total_seconds() / 60 for wait in waits]
    assert minutes[:6] == [5, 15, 30, 60, 180, 180]
    assert timedelta(days=4) <= world.clock.now() - NOW < timedelta(days=4, hours=3)
    assert (world.effect(effect).state, mailbox.mails) == ("failed", [])
    assert world.alerts() == ["mail_failed"]


def test_fault_F39_an_unknown_user_fails_and_marks_the_address(world: DeliveryWorld, mailbox: Mailbox) -> None:
    mailbox.faults.add(MailFault.rcpt(550), times=None)
    effect = world.add_mail(kind="follow_up")
    world.run(effect)
    assert world.effect(effect).state == "failed"
    assert world.alerts() == ["mail_failed"]
    with world.reading(world.tenant_id) as session:
        assert "550" in session.scalars(select(Contact.failed_reason)).one()
    world.clock.advance(timedelta(days=1))
    world.run(effect)
    assert (world.effect(effect).attempts, mailbox.mails) == (1, [])


def test_fault_F40_a_refused_login_pauses_the_tenant_after_one_try(urls: Urls) -> None:
    with Mailbox(login=("dunlin", "right")) as box:
        wrong = box.smtp_url.replace("right", "wrong")
        with delivery_world(urls, SMTP_URL=wrong) as world:
            world.add_invoice()
            first, second = world.add_mail("one"), world.add_mail("two", invoices=())
            world.run(first)
            world.run(second)
            assert world.alerts() == ["mail_paused"]
            assert world.effect(first).attempts == 1
            assert (world.effect(second).attempts, box.mails) == (0, [])
            with world.reading(world.tenant_id) as session:
                assert "535" in session.scalars(select(MailSettings.paused_reason)).one()


def test_fault_F41_refused_content_is_known_not_accepted(world: DeliveryWorld, mailbox: Mailbox) -> None:
    mailbox.faults.add(MailFault.data(552))
    effect = world.add_mail()
    world.run(effect)
    row = world.effect(effect)
    assert (row.state, row.evidence[-1]["code"], mailbox.mails) == ("failed", 552, [])
    with world.reading(world.tenant_id) as session:
        assert session.scalars(select(Contact.failed_reason)).one() == ""


def test_fault_F42_a_slow_server_is_waited_for(world: DeliveryWorld, mailbox: Mailbox) -> None:
    mailbox.faults.add(MailFault.tarpit(0.02))
    mailbox.faults.add(MailFault.delay(1.0))
    effect = world.add_mail()
    world.run(effect)
    assert (world.effect(effect).state, len(mailbox.mails)) == ("sent", 1)


def test_fault_F42_an_endless_greeting_is_broken_off(urls: Urls, mailbox: Mailbox) -> None:
    """The whole dialogue has a limit, since each byte starts a socket's own time-out anew."""
    mailbox.faults.add(MailFault.tarpit(0.2))
    limits = {"CLAIM_LEASE_SECONDS": "1", "SENDING_LEASE_SECONDS": "4", "JOB_SECONDS": "6"}
    with delivery_world(urls, SMTP_URL=mailbox.smtp_url, **limits) as world:
        world.add_invoice()
        effect = world.add_mail()
        world.run(effect)
        assert (world.effect(effect).state, mailbox.mails) == ("deferred", [])


def test_fault_F43_a_drop_amid_the_body_is_sent_again(world: DeliveryWorld, mailbox: Mailbox) -> None:
    world.follow_ups.text = "A long letter. " * 1_000_000
    mailbox.faults.add(MailFault.drop_after_354())
    effect = world.add_mail()
    world.run(effect)
    assert world.effect(effect).state == "deferred"
    world.clock.advance(timedelta(minutes=5))
    world.run(effect)
    assert (world.effect(effect).state, len(mailbox.mails)) == ("sent", 1)


def test_fault_F43_a_drop_after_354_never_doubles_a_short_mail(world: DeliveryWorld, mailbox: Mailbox) -> None:
    """A short mail and its dot may be on their way before the drop is seen; then evidence decides."""
    world.mail_evidence = ScriptedEvidence(Finding.ABSENT)
    mailbox.faults.add(MailFault.drop_after_354())
    effect = world.add_mail()
    for _ in range(3):
        world.run(effect)
        world.end_grace()
        world.clock.advance(timedelta(minutes=5))
    assert (world.effect(effect).state, len(mailbox.mails)) == ("sent", 1)


@pytest.mark.parametrize(
    ("fault", "finding", "after"),
    [
        (MailFault.drop_after_dot_kept(), Finding.FOUND, "sent"),
        (MailFault.drop_after_dot_lost(), Finding.ABSENT, "planned"),
        (MailFault.noise_instead(), Finding.FOUND, "sent"),
    ],
)
def test_fault_F44_silence_after_the_dot_is_settled_by_evidence(
    world: DeliveryWorld, mailbox: Mailbox, fault: MailFault, finding: Finding, after: str
) -> None:
    mailbox.faults.add(fault)
    world.mail_evidence = ScriptedEvidence(finding)
    effect = world.add_mail(kind="follow_up")
    world.run(effect)
    assert world.effect(effect).state == "unknown"
    world.run(effect)
    assert world.effect(effect).state == "unknown", "the grace is not over"
    world.end_grace()
    world.run(effect)
    assert world.effect(effect).state == after
    world.run(effect)
    assert (world.effect(effect).state, len(mailbox.mails)) == ("sent", 1)
    assert world.follow_ups.told[-1] == ("sent", False)


def test_fault_F44_without_evidence_a_person_decides(world: DeliveryWorld, mailbox: Mailbox) -> None:
    mailbox.faults.add(MailFault.drop_after_dot_kept())
    effect = world.add_mail(kind="follow_up")
    world.run(effect)
    world.end_grace()
    world.run(effect)
    assert (world.effect(effect).state, world.alerts()) == ("parked", ["mail_in_doubt"])
    assert world.steps() == {"invoice-one": "parked"}
    world.clock.advance(timedelta(days=9))
    world.run(effect)
    assert len(mailbox.mails) == 1


def test_a_silent_source_is_asked_ten_times(world: DeliveryWorld, mailbox: Mailbox) -> None:
    mailbox.faults.add(MailFault.drop_after_dot_kept())
    source = ScriptedEvidence(Finding.UNOBTAINABLE)
    world.mail_evidence = source
    effect = world.add_mail()
    world.run(effect)
    world.end_grace()
    for _ in range(15):
        world.run(effect)
    assert (world.effect(effect).state, len(source.asked)) == ("parked", 11)


def test_fault_F45_noise_after_the_250_is_still_sent(world: DeliveryWorld, mailbox: Mailbox) -> None:
    mailbox.faults.add(MailFault.noise_after_250())
    first, second = world.add_mail("one"), world.add_mail("two", invoices=())
    world.run(first)
    world.run(second)
    assert [world.effect(effect).state for effect in (first, second)] == ["sent", "sent"]
    assert len(mailbox.mails) == 2


def test_fault_F46_each_recipient_is_a_mail_of_its_own(world: DeliveryWorld, mailbox: Mailbox) -> None:
    names = ("one", "two", "three")
    effects = [world.add_mail(name, invoices=()) for name in names]
    with world.writing(world.tenant_id) as session:
        for name in names:
            session.execute(
                update(Message).where(Message.id == message_row_id(name)).values(recipient=f"{name}@acme.example")
            )
    mailbox.faults.add(MailFault.rcpt(550, address="two@acme.example"), times=None)
    for effect in effects:
        world.run(effect)
    assert [world.effect(effect).state for effect in effects] == ["sent", "failed", "sent"]
    assert [mail.recipients for mail in mailbox.mails] == [("one@acme.example",), ("three@acme.example",)]


def test_fault_F47_a_mail_over_the_servers_limit_is_not_offered(urls: Urls) -> None:
    with Mailbox(size_limit=200) as box, delivery_world(urls, SMTP_URL=box.smtp_url) as world:
        world.add_invoice()
        effect = world.add_mail()
        world.run(effect)
        row = world.effect(effect)
        assert (row.state, row.sending_at, box.mails) == ("failed", None, [])
        assert "at most 200" in row.reason


def test_fault_F62_an_address_that_servers_may_not_take_is_refused_before_the_dialogue(
    world: DeliveryWorld, mailbox: Mailbox
) -> None:
    effect = world.add_mail()
    with world.writing(world.tenant_id) as session:
        session.execute(update(Message).values(recipient="jürgen@müller.example"))
    world.run(effect)
    row = world.effect(effect)
    assert (row.state, row.sending_at, mailbox.mails) == ("failed", None, [])
    assert "letters" in row.reason


def test_an_error_of_ours_before_the_gate_is_parked_the_third_time(world: DeliveryWorld, mailbox: Mailbox) -> None:
    def stumble(_session: TenantSession) -> None:
        raise ZeroDivisionError

    world.follow_ups.at_gate = stumble
    effect = world.add_mail(kind="follow_up")
    for _ in range(3):
        world.run(effect)
        world.clock.advance(timedelta(minutes=5))
    assert (world.effect(effect).state, mailbox.mails) == ("parked", [])
    assert world.alerts() == ["mail_parked"]


def test_an_error_of_ours_after_the_gate_is_in_doubt(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail()
    world.follow_ups.message_sent = stumble_after  # type: ignore[method-assign,assignment]
    world.run(effect)
    assert (world.effect(effect).state, len(mailbox.mails)) == ("unknown", 1)


def stumble_after(_session: TenantSession, _message: Message, *, now: datetime, crossed: bool) -> None:
    raise ZeroDivisionError


def test_encryption_that_the_server_lacks_sends_nothing(urls: Urls, mailbox: Mailbox) -> None:
    with delivery_world(urls, SMTP_URL=mailbox.smtp_url.replace("smtp://", "smtp+starttls://")) as world:
        assert world.settings.smtp == SmtpServer(host="127.0.0.1", port=mailbox.port, security=SmtpSecurity.STARTTLS)
        world.add_invoice(due=date(2026, 11, 2))
        effect = world.add_mail()
        world.run(effect)
        assert (mailbox.mails, world.alerts()) == ([], ["mail_paused"])
