"""C52: open invoices move to another policy: what would change is shown, confirmed as seen, and then so planned."""

from copy import deepcopy
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.reminders.policy_json import to_dict
from plugin.domain.reminders.policy_move import InvoiceMove
from plugin.domain.reminders.policy_presets import presets
from plugin.services.policies.move_invoices import movable, move_invoices, preview_move, seal_of_all
from plugin.services.policies.resolution import choice_of, choose_default, choose_for_client, choose_for_draft
from plugin.services.policies.versions import newest_version
from plugin.services.settings.control import control_of, save_control
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.company import MailSettings
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from plugin.store.tables.policies import PolicyRow, PolicyVersion
from sandbox.stage.house import ACTOR
from tests.attack.catalogue import snapshot
from tests.support.stage import Story


def publish(story: Story, key: str, name: str = "") -> str:
    return story.publish(to_dict(presets()[key]), name=name or presets()[key].name)


def target(story: Story, policy_id: str) -> PolicyVersion:
    with story.reading() as session:
        found = newest_version(session, policy_id)
        assert found is not None
        return found


def look(story: Story, to: PolicyVersion) -> tuple[tuple[InvoiceMove, ...], str]:
    with story.reading() as session:
        moves = preview_move(session, movable(session, to), to, now=story.now)
    return moves, seal_of_all(moves, to)


def move(story: Story, to: PolicyVersion) -> None:
    _, seen = look(story, to)
    with story.writing() as session:
        move_invoices(session, movable(session, to), to, seen=seen, now=story.now, actor=ACTOR)


def days(move: InvoiceMove) -> dict[str, tuple[date | None, date | None]]:
    return {step.key: (step.day_before, step.day_after) for step in move.steps if step.changes}


def test_complaint_C52_what_would_change_is_shown_and_nothing_is_stored(story: Story) -> None:
    story.bill()
    story.drain()
    strict = target(story, publish(story, "strict"))
    before = snapshot(story.container.engine)
    ((found,), _) = look(story, strict)
    assert snapshot(story.container.engine) == before
    assert days(found) == {
        "notice": (date(2026, 9, 14), date(2026, 9, 10)),
        "friendly": (date(2026, 9, 18), date(2026, 9, 16)),
        "call": (date(2026, 9, 25), date(2026, 9, 21)),
        "second": (date(2026, 9, 29), date(2026, 9, 23)),
        "final": (date(2026, 10, 20), date(2026, 10, 5)),
        "legal": (date(2026, 10, 30), date(2026, 10, 15)),
        "plan_offer": (date(2026, 10, 9), None),
    }
    assert (found.next_before, found.next_after, found.goes_today) == (date(2026, 9, 14), date(2026, 9, 10), ())


def test_complaint_C52_a_confirmed_move_is_what_happens(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    move(story, target(story, publish(story, "strict")))
    assert story.steps(invoice)["plan_offer"] == "cancelled"
    story.walk(date(2026, 9, 24))
    assert story.reminders() == [("notice", "2026-09-10"), ("friendly", "2026-09-16"), ("second", "2026-09-23")]
    assert "Follows Strict, version 1, from now on" in list(texts(story, invoice))


def texts(story: Story, invoice: Invoice) -> list[str]:
    with story.reading() as session:
        query = select(InvoiceEvent.text).where(InvoiceEvent.invoice_id == invoice.id)
        return list(session.scalars(query))


def test_what_already_went_counts_in_the_new_ladder(story: Story) -> None:
    """No step is sent again, none softer than what went, and what falls due at once is told before."""
    invoice = story.bill()
    story.drain()
    story.walk(date(2026, 9, 24))
    assert story.reminders() == [("notice", "2026-09-14"), ("friendly", "2026-09-18")]
    strict = target(story, publish(story, "strict"))
    ((found,), _) = look(story, strict)
    assert found.goes_today == ("second",)
    move(story, strict)
    story.drain()
    assert story.reminders()[2:] == [("second", "2026-09-24")]
    assert story.steps(invoice)["call"] == "superseded"


def test_a_move_there_and_back_leaves_the_ladder_as_it_was(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    with story.reading() as session:
        standard = session.scalars(select(PolicyRow.id).where(PolicyRow.is_default)).one()
    before = {row.step_key: (row.state, row.planned_on) for row in story.step_rows(invoice)}
    move(story, target(story, publish(story, "gentle")))
    assert {row.step_key: (row.state, row.planned_on) for row in story.step_rows(invoice)} != before
    move(story, target(story, standard))
    assert {row.step_key: (row.state, row.planned_on) for row in story.step_rows(invoice)} == before


def test_what_changed_since_it_was_shown_is_shown_again(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    strict = target(story, publish(story, "strict"))
    _, seen = look(story, strict)
    story.pay(invoice, "100.00")
    story.hold(invoice, "paused", until=date(2026, 9, 30))
    with story.writing() as session, pytest.raises(Conflict, match="look at it again"):
        move_invoices(session, movable(session, strict), strict, seen=seen, now=story.now, actor=ACTOR)
    with story.reading() as session:
        assert session.get_one(Invoice, (story.tenant, invoice.id)).policy_version_id != strict.id
    with story.writing() as session, pytest.raises(InvalidInput, match="at least one"):
        move_invoices(session, [], strict, seen=seen, now=story.now, actor=ACTOR)


def test_a_reminder_that_waits_in_the_outbox_does_not_leave_under_the_old_ladder(story: Story) -> None:
    """Its step is none of the new one's: the mail is called off at the gate, and the step ends with the reason."""
    with story.writing() as session:
        mail = session.get_one(MailSettings, session.tenant_id)
        save_control(session, replace(control_of(mail), undo_minutes=10), now=story.now, actor=ACTOR)
    invoice = story.bill()
    story.drain()
    story.at(date(2026, 9, 14), 8)
    retainer = target(story, publish(story, "retainer"))
    move(story, retainer)
    story.at(date(2026, 9, 14), 9)
    assert story.reminders() == []
    assert story.step(invoice, "notice").reason_code == "no_step"
    assert story.steps(invoice)["notice"] == "cancelled"
    story.at(date(2026, 9, 21), 10)
    story.at(date(2026, 9, 21), 11)
    assert story.reminders() == [("friendly", "2026-09-21")]


def test_only_open_invoices_of_another_version_are_offered(story: Story) -> None:
    first, paid = story.bill(1), story.bill(2)
    story.drain()
    story.pay(paid, "238.00")
    body = deepcopy(to_dict(presets()["default"]))
    standard = target(story, story.publish(body | {"ask_first": True}))
    later = story.bill(3)
    with story.reading() as session:
        offered = [invoice.id for invoice in movable(session, standard, policy_id=standard.policy_id)]
    assert (standard.version, offered) == (2, [first.id])
    assert later.policy_version_id == standard.id


def test_req_F04_the_winner_is_named_with_its_reason(story: Story) -> None:
    gentle, strict = publish(story, "gentle"), publish(story, "strict")
    draft = story.draft()

    def sentence(invoice: Invoice) -> str:
        with story.reading() as session:
            return choice_of(session, session.get_one(Invoice, (story.tenant, invoice.id))).sentence

    assert sentence(draft) == "This draft will follow Standard, version 1, because it is the site's default."
    with story.writing() as session:
        choose_for_client(session, story.client_id, gentle, now=story.now, actor=ACTOR)
    assert sentence(draft) == "This draft will follow Gentle, version 1, because the client says so."
    with story.writing() as session:
        version = session.get_one(Invoice, (story.tenant, draft.id)).row_version
        choose_for_draft(session, draft.id, strict, row_version=version, now=story.now, actor=ACTOR)
    assert sentence(draft) == ("This draft will follow Strict, version 1, because it was chosen on the invoice itself.")
    issued = story.office.issue(draft.id)
    assert sentence(issued).startswith("This invoice follows Strict, version 1, because it was chosen on the invoice")
    publish(story, "strict")
    assert sentence(issued).endswith("Version 2 is out; move the invoice to follow it.")
    second = story.bill(2)
    with story.writing() as session:
        choose_for_client(session, story.client_id, "", now=story.now, actor=ACTOR)
    assert "a new one would follow Standard, because it is the site's default" in sentence(second)
    with story.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "policy.chosen").order_by(AuditRow.seq)).all()
    assert [(row.before, row.after) for row in rows] == [
        ({"policy": None}, {"policy": gentle}),
        ({"policy": None}, {"policy": strict}),
        ({"policy": gentle}, {"policy": None}),
    ]


def test_the_sites_default_is_changed_for_everybody_who_chose_none(story: Story) -> None:
    gentle = publish(story, "gentle")
    with story.writing() as session:
        choose_default(session, gentle, now=story.now, actor=ACTOR)
        assert [row.id for row in session.scalars(select(PolicyRow).where(PolicyRow.is_default))] == [gentle]
    story.bill()
    story.walk(date(2026, 9, 22))
    assert story.reminders() == [("notice", "2026-09-14"), ("friendly", "2026-09-21")]
