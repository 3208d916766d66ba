"""The seam of channels, by a channel that only tests know: carrier pigeons, which leave by the kind ``webhook``.

``docs/how-to-add-a-channel.md`` is the checklist that this follows.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from plugin.domain.errors import DunlinError, InvalidInput, Permanent, Transient
from plugin.domain.reminders.policy import PolicyStep
from plugin.services.effects.evidence import Finding
from plugin.services.effects.step_channel import Content, Receipt, StepAbout, StepChannel, StepInDoubt, StepJob
from plugin.services.follow_ups.switches import kill_switch
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from sandbox.stage.house import ACTOR
from tests.support.ladders import ladder, step
from tests.support.stage import Story

FRIENDLY = date(2026, 9, 18)
GUIDE = Path(__file__).parents[2] / "docs" / "how-to-add-a-channel.md"


@dataclass
class Pigeons:
    """A room whose loft a test looks into. ``failures`` are raised by the next flights, ``lost`` after they arrived."""

    kind: str = "webhook"
    what: str = "A pigeon"
    keeps_content: bool = True
    loft: list[tuple[str, Content]] = field(default_factory=list)
    failures: list[DunlinError] = field(default_factory=list)
    lost: list[DunlinError] = field(default_factory=list)
    finding: Callable[[StepJob], Finding] | None = None

    def check(self, session: TenantSession, step: PolicyStep) -> None:
        if step.action is None:
            raise InvalidInput("A pigeon needs an address.", field="action")

    def compose(self, session: TenantSession, about: StepAbout) -> Content:
        self.check(session, about.wanted)
        assert about.entry.amount is not None
        return {"invoice": about.invoice.number, "minor": about.entry.amount.minor}

    def act(self, job: StepJob) -> Receipt:
        if self.failures:
            raise self.failures.pop(0)
        if job.effect_id not in {effect_id for effect_id, _ in self.loft}:
            self.loft.append((job.effect_id, job.content))
        if self.lost:
            raise self.lost.pop(0)
        return Receipt(text="A pigeon arrived", evidence={"loft": len(self.loft)})

    def look(self, job: StepJob) -> Finding:
        if self.finding is not None:
            return self.finding(job)
        return Finding.FOUND if any(job.effect_id == known for known, _ in self.loft) else Finding.ABSENT


def flying(story: Story, pigeons: Pigeons | None = None) -> tuple[Pigeons, Invoice]:
    """A story whose ladder is one pigeon, and its invoice; the day has come."""
    room = pigeons or Pigeons()
    story.container.__dict__["step_channels"] = {"webhook": room}
    action = {"kind": "webhook", "target": "loft"}
    story.publish(ladder(step("coo", 3, "webhook", template="friendly", action=action)))
    invoice = story.bill()
    story.drain()
    return room, invoice


def end_grace(story: Story) -> None:
    """The grace of what is in doubt counts in database time; it is over now."""
    with story.writing() as session:
        session.execute(update(Effect).where(Effect.state == "unknown").values(lease_until=None))
    story.clock.instant += timedelta(minutes=2)
    story.drain()


def test_the_guide_names_every_member_of_a_room() -> None:
    named = set(re.findall(r"^   \| `(\w+)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE))
    assert {name for name in vars(StepChannel) if not name.startswith("_")} <= named
    room: StepChannel = Pigeons()
    assert room.kind == "webhook"


def test_a_new_channel_carries_its_step_once_and_the_history_tells_it(story: Story) -> None:
    room, invoice = flying(story)
    for hour in (10, 11, 12):
        story.at(FRIENDLY, hour)
    ((effect_id, content),) = room.loft
    assert content == {"invoice": story.invoice(invoice).number, "minor": 119_000}
    assert story.steps(invoice) == {"coo": "sent"}
    assert story.step(invoice, "coo").effect_id == effect_id
    assert story.events(invoice).count("sent") == 2


def test_req_F25_a_pigeon_counts_as_a_contact_with_the_client(story: Story) -> None:
    flying(story)
    story.at(FRIENDLY)
    assert story.client().last_contact_at == story.now


def test_fault_F53_a_payment_before_the_gate_calls_it_off(story: Story) -> None:
    room, invoice = flying(story)
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "coo").id])
    story.pay(invoice, "1190.00", receipt=False)
    story.drain()
    assert (room.loft, story.steps(invoice)) == ([], {"coo": "cancelled"})


def test_fault_F55_a_kill_switch_between_claim_and_act_holds_it(story: Story) -> None:
    room, invoice = flying(story)
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "coo").id])
    with story.writing() as session:
        kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    story.drain()
    assert (room.loft, story.steps(invoice)) == ([], {"coo": "held"})


def test_what_is_known_not_to_have_happened_is_tried_again_with_the_same_content(story: Story) -> None:
    room, invoice = flying(story, Pigeons(failures=[Transient("Fog over the loft.")]))
    story.at(FRIENDLY)
    assert story.steps(invoice) == {"coo": "deferred"}
    assert "Fog over the loft. Next try" in story.step(invoice, "coo").reason
    story.at(FRIENDLY, hour=11)
    assert (story.steps(invoice), len(room.loft)) == ({"coo": "sent"}, 1)


def test_what_no_retry_helps_fails_with_an_alert_in_the_rooms_words(story: Story) -> None:
    _, invoice = flying(story, Pigeons(failures=[Permanent("The loft is gone.")]))
    story.at(FRIENDLY)
    assert (story.steps(invoice), story.alerts()) == ({"coo": "failed"}, ["webhook_failed"])
    assert story.step(invoice, "coo").reason == "The loft is gone."
    assert "failed" in story.events(invoice)


@pytest.mark.parametrize(
    ("finding", "state"), [(Finding.FOUND, "sent"), (Finding.ABSENT, "sent"), (Finding.NEVER, "parked")]
)
def test_a_doubt_is_settled_by_the_rooms_evidence_and_never_by_time(story: Story, finding: Finding, state: str) -> None:
    room = Pigeons(lost=[StepInDoubt("The pigeon did not come back.")], finding=lambda _job: finding)
    room, invoice = flying(story, room)
    story.at(FRIENDLY)
    story.at(FRIENDLY, hour=12)
    assert (story.steps(invoice), len(room.loft)) == ({"coo": "unknown"}, 1)
    end_grace(story)
    assert (story.steps(invoice), len(room.loft)) == ({"coo": state}, 1)


def test_content_that_changed_after_a_doubt_waits_for_a_person(story: Story) -> None:
    room = Pigeons(lost=[StepInDoubt("The pigeon did not come back.")], finding=lambda _job: Finding.ABSENT)
    room, invoice = flying(story, room)
    story.at(FRIENDLY)
    story.pay(invoice, "500.00", receipt=False)
    end_grace(story)
    assert (story.steps(invoice), len(room.loft)) == ({"coo": "parked"}, 1)
    assert "has changed since" in story.step(invoice, "coo").reason
    assert "webhook_in_doubt" in story.alerts()


def test_content_that_changed_after_a_known_failure_flies_anew(story: Story) -> None:
    room, invoice = flying(story, Pigeons(failures=[Transient("Fog over the loft.")]))
    story.at(FRIENDLY)
    story.pay(invoice, "500.00", receipt=False)
    story.at(FRIENDLY, hour=11)
    assert [content["minor"] for _, content in room.loft] == [69_000]
    assert story.steps(invoice) == {"coo": "sent"}
    assert sorted(story.effects("webhook")) == ["cancelled", "sent"]
