"""A step that waits for a person and that no mail carries is tried again, or left out, where people see it (I2)."""

from sqlalchemy import select, update
from werkzeug.test import TestResponse

from plugin.store.audit import raise_alert
from plugin.store.base import new_id
from plugin.store.outbox import add_effect
from plugin.store.tables.audit import Alert, AuditRow
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import Effect
from tests.support.app_seed import LATE, Business

ATTENTION = "/ui/fragment/admin/attention"
DECIDE = "/ui/fragment/admin/parked-steps"
SECOND = "second"


def step(business: Business) -> PlannedStep:
    world = business.world
    with world.container.reading(world.tenant) as session:
        wanted = PlannedStep.invoice_id == business.ours.invoice, PlannedStep.step_key == SECOND
        return session.scalars(select(PlannedStep).where(*wanted)).one()


def stumble(business: Business) -> None:
    """Our own code failed over the second reminder three times."""
    world = business.world
    with world.container.writing(world.tenant) as session:
        row = session.scalars(
            select(PlannedStep).where(PlannedStep.invoice_id == business.ours.invoice, PlannedStep.step_key == SECOND)
        ).one()
        row.state, row.next_at, row.reason_code = "parked", None, "stumbled3"
        row.reason = "An error of Dunlin's own (KeyError), 3 of 3 tries."
        raise_alert(session, kind="step_parked", sentence="Parked.", subject="x", key=f"step-parked:{row.id}", now=LATE)


def in_doubt(business: Business) -> str:
    """The second reminder goes by webhook, and nobody can say whether it was taken; gives its effect."""
    world = business.world
    with world.container.writing(world.tenant) as session:
        row = session.scalars(
            select(PlannedStep).where(PlannedStep.invoice_id == business.ours.invoice, PlannedStep.step_key == SECOND)
        ).one()
        effect = add_effect(session, kind="webhook", key=f"webhook:{new_id()}", subject_id=row.id, now=LATE)
        effect.state, effect.sending_at, effect.next_at = "parked", LATE, None
        effect.reason = "May have been carried out: nobody could say."
        row.state, row.channel, row.effect_id, row.next_at = "parked", "webhook", effect.id, None
        key = f"in-doubt:{effect.id}:1"
        raise_alert(session, kind="webhook_in_doubt", sentence="?", subject="x", key=key, now=LATE)
        return effect.id


def open_alerts(business: Business, kind: str) -> int:
    world = business.world
    with world.container.reading(world.tenant) as session:
        return len(session.scalars(select(Alert).where(Alert.kind == kind, Alert.settled_at.is_(None))).all())


def actions(business: Business) -> list[str]:
    world = business.world
    with world.container.reading(world.tenant) as session:
        return list(session.scalars(select(AuditRow.action).where(AuditRow.action.like("step.%"))))


def decide(business: Business, person: str = "alice", **form: str) -> TestResponse:
    world = business.world
    return world.post(DECIDE, getattr(world.sites, person), form)


def alone(business: Business) -> dict[str, str]:
    return {"invoice": business.ours.invoice, "step": SECOND}


def test_fault_F63_a_step_we_stumbled_over_is_listed_and_tried_again(business: Business) -> None:
    world = business.world
    stumble(business)
    text = world.get(ATTENTION, world.sites.alice).get_data(as_text=True)
    assert "Follow-ups that could not be planned" in text
    assert "KeyError" in text
    assert "Nothing has left" in text
    assert decide(business, what="again", **alone(business)).status_code == 200
    found = step(business)
    assert found.state in ("planned", "held")
    assert "stumbled" not in found.reason_code
    assert open_alerts(business, "step_parked") == 0
    assert actions(business) == ["step.tried_again"]
    assert decide(business, what="again", **alone(business)).status_code == 409


def test_fault_F63_or_left_out_with_a_reason_that_the_history_shows(business: Business) -> None:
    world = business.world
    stumble(business)
    assert decide(business, what="leave", reason=" ", **alone(business)).status_code == 422
    assert step(business).state == "parked"
    left = decide(business, what="leave", reason="We spoke on the phone", **alone(business))
    assert left.status_code == 200
    assert "could not be planned" not in left.get_data(as_text=True)
    found = step(business)
    assert (found.state, found.reason_code, found.reason) == (
        "skipped",
        "skipped_by_person",
        "Left out by a person: We spoke on the phone",
    )
    page = world.get(f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}", world.sites.bob)
    assert "We spoke on the phone" in page.get_data(as_text=True)
    assert actions(business) == ["step.skipped"]


def test_the_invoices_page_offers_the_same_to_those_who_bill(business: Business) -> None:
    world = business.world
    stumble(business)
    at = f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}"
    assert "Leave this step out" in world.get(at, world.sites.dora).get_data(as_text=True)
    assert "Leave this step out" not in world.get(at, world.sites.bob).get_data(as_text=True)
    url = f"{at}/steps/{SECOND}"
    assert world.post(url, world.sites.bob, {"what": "again"}).status_code == 403
    assert world.post(url, world.sites.charlie, {"what": "again"}).status_code == 404
    assert world.post(url, world.sites.dora, {"what": "again"}).status_code == 200
    assert step(business).state in ("planned", "held")
    stumble(business)
    assert world.post(url, world.sites.dora, {"what": "leave", "reason": "Settled"}).status_code == 200
    assert step(business).state == "skipped"


def test_req_F13_a_step_in_doubt_that_is_no_mail_was_done_is_done_again_or_left_out(business: Business) -> None:
    world = business.world
    effect = in_doubt(business)
    text = world.get(ATTENTION, world.sites.alice).get_data(as_text=True)
    for words in ("It was done", "Do it again", "Leave it out"):
        assert words in text
    left = decide(business, what="leave", effect=effect, reason="The client has it")
    assert left.status_code == 200
    with world.container.reading(world.tenant) as session:
        row = session.get_one(Effect, (world.tenant, effect))
    assert (row.state, row.evidence[-1]["actor"]) == ("cancelled", world.sites.alice.account_id)
    assert (step(business).state, step(business).reason_code) == ("skipped", "skipped_by_person")
    assert open_alerts(business, "webhook_in_doubt") == 0
    assert decide(business, what="leave", effect=effect, reason="Again").status_code == 409


def test_a_step_in_doubt_is_done_again_by_whoever_knows_that_it_did_not_happen(business: Business) -> None:
    world = business.world
    effect = in_doubt(business)
    again = world.post(f"/ui/fragment/admin/effects/{effect}", world.sites.alice, {"decision": "again"})
    assert again.status_code == 200
    with world.container.reading(world.tenant) as session:
        assert session.get_one(Effect, (world.tenant, effect)).state == "planned"
    assert step(business).state == "planned"


def test_attack_A40_only_an_admin_of_the_site_decides(business: Business) -> None:
    world = business.world
    stumble(business)
    for person in ("bob", "dora"):
        assert decide(business, person, what="again", **alone(business)).status_code == 403
    assert decide(business, "charlie", what="again", **alone(business)).status_code == 404
    assert step(business).state == "parked"
    effect = in_doubt(business)
    assert decide(business, "charlie", what="leave", effect=effect, reason="x").status_code == 404
    assert decide(business, what="leave", effect=new_id(), reason="x").status_code == 404
    mail = new_id()
    with world.container.writing(world.tenant) as session:
        session.add(Effect(id=mail, kind="document", dedupe_key=mail, subject_id="x", state="parked", created_at=LATE))
    assert decide(business, what="leave", effect=mail, reason="x").status_code == 404
    with world.container.writing(world.tenant) as session:
        session.execute(update(Effect).where(Effect.id == effect).values(state="sent"))
    assert decide(business, what="leave", effect=effect, reason="x").status_code == 409
    assert decide(business, what="dance", effect=effect).status_code == 422
