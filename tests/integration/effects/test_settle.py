"""What a person may decide about a mail, and what nobody may."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from plugin.domain.errors import Conflict, NotFound
from plugin.services.effects.settle import mark_as_sent, resend, resume_mail, try_again
from plugin.store.audit import raise_alert
from plugin.store.tables.audit import Alert, AuditRow
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep
from plugin.store.tables.outbox import Effect
from sandbox import Mailbox
from tests.support.delivery import NOW, DeliveryWorld


def park(world: DeliveryWorld, effect: str, *, state: str = "parked", offered: bool = True) -> None:
    with world.writing(world.tenant_id) as session:
        session.execute(
            update(Effect)
            .where(Effect.id == effect)
            .values(state=state, fence=3, next_at=None, sending_at=NOW if offered else None)
        )
        raise_alert(session, kind="mail_in_doubt", sentence="?", subject="m", key=f"in-doubt:{effect}:3", now=NOW)


def test_a_person_marks_a_mail_in_doubt_as_sent(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail(kind="follow_up")
    park(world, effect)
    with world.writing(world.tenant_id) as session:
        mark_as_sent(session, effect, actor="alice", now=NOW, follow_ups=world.follow_ups)
    world.run(effect)
    row = world.effect(effect)
    assert (row.state, mailbox.mails, world.steps()) == ("sent", [], {"invoice-one": "sent"})
    assert row.evidence[-1]["actor"] == "alice"
    assert world.follow_ups.told == [("sent", False)]
    with world.reading(world.tenant_id) as session:
        assert session.scalars(select(Alert.settled_by)).one() == "alice"
        assert session.scalars(select(AuditRow.action)).all() == ["effect.marked_sent"]


def test_a_resend_is_a_new_occurrence_under_a_new_message_id(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail(kind="follow_up")
    park(world, effect)
    with world.writing(world.tenant_id) as session:
        new = resend(session, effect, actor="alice", now=NOW, keys=world.keys, host_name=world.settings.host_name)
    world.run(effect)
    world.run(new)
    assert (world.effect(effect).state, world.effect(new).state) == ("cancelled", "sent")
    (mail,) = mailbox.mails
    assert mail.message_id not in ("", world.message_id())
    with world.reading(world.tenant_id) as session:
        occurrences = session.scalars(select(MessageMember.occurrence).order_by(MessageMember.occurrence)).all()
        steps = session.execute(select(PlannedStep.occurrence, PlannedStep.state, PlannedStep.requested)).all()
        assert len(set(session.scalars(select(Message.message_id)))) == 2
    assert occurrences == [1, 1001]
    assert sorted(tuple(step) for step in steps) == [(1, "cancelled", False), (1001, "sent", True)]


def test_a_failed_mail_is_sent_again_as_a_new_one(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail(kind="follow_up")
    park(world, effect, state="failed", offered=False)
    with world.writing(world.tenant_id) as session:
        new = resend(session, effect, actor="a", now=NOW, keys=world.keys, host_name=world.settings.host_name)
    world.run(new)
    assert (world.effect(effect).state, len(mailbox.mails)) == ("failed", 1)


def send_again(world: DeliveryWorld, effect: str) -> str:
    with world.writing(world.tenant_id) as session:
        return resend(session, effect, actor="a", now=NOW, keys=world.keys, host_name=world.settings.host_name)


def try_it(world: DeliveryWorld, effect: str) -> None:
    with world.writing(world.tenant_id) as session:
        try_again(session, effect, actor="b", now=NOW)


@pytest.mark.parametrize("second", [send_again, try_it])
@pytest.mark.parametrize("already_sent", [False, True])
def test_attack_two_people_send_a_failed_mail_again_and_it_leaves_once(
    world: DeliveryWorld, mailbox: Mailbox, second: Callable[[DeliveryWorld, str], object], already_sent: bool
) -> None:
    effect = world.add_mail(kind="follow_up")
    park(world, effect, state="failed", offered=False)
    new = send_again(world, effect)
    if already_sent:
        world.run(new)
    with pytest.raises(Conflict, match="once more already"):
        second(world, effect)
    world.run(effect)
    world.run(new)
    assert len(mailbox.mails) == 1


def test_a_resend_that_failed_too_is_followed_up_from_one_of_the_two_rows_only(
    world: DeliveryWorld, mailbox: Mailbox
) -> None:
    effect = world.add_mail(kind="follow_up")
    park(world, effect, state="failed", offered=False)
    new = send_again(world, effect)
    park(world, new, state="failed", offered=False)
    try_it(world, effect)
    world.run(effect)
    for second in (send_again, try_it):
        with pytest.raises(Conflict, match="once more already"):
            second(world, new)
    assert len(mailbox.mails) == 1


def test_what_was_never_offered_is_tried_again(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail()
    park(world, effect, offered=False)
    with world.writing(world.tenant_id) as session:
        try_again(session, effect, actor="alice", now=NOW)
    world.run(effect)
    assert (world.effect(effect).state, len(mailbox.mails)) == ("sent", 1)


def test_what_may_have_arrived_is_not_simply_tried_again(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail()
    park(world, effect)
    with world.writing(world.tenant_id) as session, pytest.raises(Conflict, match="may have arrived"):
        try_again(session, effect, actor="alice", now=NOW)


@pytest.mark.parametrize("state", ["planned", "claimed", "sending", "unknown", "sent", "cancelled"])
def test_only_what_is_settled_by_nobody_else_is_settled_by_a_person(world: DeliveryWorld, state: str) -> None:
    effect = world.add_mail()
    park(world, effect, state=state)
    with world.writing(world.tenant_id) as session:
        with pytest.raises(Conflict):
            mark_as_sent(session, effect, actor="a", now=NOW, follow_ups=world.follow_ups)
        with pytest.raises(Conflict):
            try_again(session, effect, actor="a", now=NOW)
        with pytest.raises(Conflict):
            resend(session, effect, actor="a", now=NOW, keys=world.keys, host_name="example.com")
    assert world.effect(effect).state == state


def test_attack_a_foreign_effect_is_not_found(world: DeliveryWorld) -> None:
    effect = world.add_mail()
    park(world, effect)
    world.add_tenant("b" * 32)
    with world.writing("b" * 32) as session, pytest.raises(NotFound):
        mark_as_sent(session, effect, actor="charlie", now=NOW, follow_ups=world.follow_ups)


def test_mail_goes_on_when_the_login_is_mended(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail()
    with world.writing(world.tenant_id) as session:
        session.execute(update(MailSettings).values(paused_reason="535 no"))
    world.run(effect)
    assert (world.effect(effect).attempts, mailbox.mails) == (0, [])
    with world.writing(world.tenant_id) as session:
        resume_mail(session, actor="alice", now=NOW)
    world.run(effect)
    assert len(mailbox.mails) == 1
