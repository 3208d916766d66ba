"""F01-F11: wherever a worker dies or stands still, each mail is accepted exactly once, or a person is told."""

import os
import signal

import pytest
import redis

from plugin.store.tables.outbox import Effect
from sandbox import MailFault
from tests.story.crash.conftest import Delivery
from tests.support.processes import is_alive, until

NO_HEARTBEAT_YET = {"CLAIM_LEASE_SECONDS": "4.5"}
"""A worker stopped while its heartbeat writes would keep SQLite's only lock until it wakes: no test of ours, then."""


def acceptances(row: Effect) -> int:
    """How often a server's 250 was written down."""
    return sum(1 for entry in row.evidence if entry["kind"] == "reply" and entry["code"] == 250)


@pytest.mark.parametrize(
    ("point", "accepted_at_crash", "state_after"),
    [
        pytest.param("before_claim", 0, "planned", id="test_fault_F01"),
        pytest.param("claimed", 0, "claimed", id="test_fault_F02"),
        pytest.param("rcpt_accepted", 0, "claimed", id="test_fault_F03"),
        pytest.param("gate_passed", 0, "sending", id="test_fault_F04"),
        pytest.param("dot_sent", 1, "sending", id="test_fault_F05"),
        pytest.param("accepted", 1, "sending", id="test_fault_F06"),
    ],
)
def test_fault_F01_to_F06_a_killed_worker_sends_each_mail_once(
    delivery: Delivery, point: str, accepted_at_crash: int, state_after: str
) -> None:
    effect = delivery.mail()
    delivery.processes.crash(point)
    until(lambda: len(delivery.mailbox.mails) == accepted_at_crash, what="the mailbox has what was sent")
    # The reconciler may be as quick as this test.
    assert delivery.state(effect) in (state_after, "planned", "unknown")
    delivery.processes.start()
    delivery.until_state(effect, "sent")
    assert delivery.message_ids == [delivery.world.message_id()]
    row = delivery.world.effect(effect)
    assert row.evidence[-1]["kind"] == ("verdict" if accepted_at_crash else "reply")
    assert acceptances(row) == 1 - accepted_at_crash
    assert row.attempts >= (2 if not accepted_at_crash and point != "before_claim" else 1)


def test_fault_F04_without_evidence_the_mail_is_parked_for_a_person(delivery: Delivery) -> None:
    effect = delivery.mail()
    delivery.processes.environment.pop("MAIL_EVIDENCE_URL")
    delivery.processes.crash("gate_passed")
    delivery.processes.start()
    delivery.until_state(effect, "parked")
    assert delivery.message_ids == []
    assert delivery.world.alerts() == ["mail_in_doubt"]


def test_fault_F07_a_worker_without_its_parent_finishes_alone(delivery: Delivery) -> None:
    delivery.mailbox.faults.add(MailFault.delay(3))
    effect = delivery.mail()
    first = delivery.processes.start()
    delivery.until_state(effect, "sending")
    first.kill()
    delivery.processes.start()
    delivery.until_state(effect, "sent")
    assert (len(delivery.message_ids), acceptances(delivery.world.effect(effect))) == (1, 1)


def test_fault_F08_a_poison_row_is_parked_and_the_others_go_on(delivery: Delivery) -> None:
    names = ("one", "poison", "two")
    effects = {name: delivery.mail(name) for name in names}
    delivery.processes.start(CRASH_AT=f"claimed:{effects['poison']}")
    for name in ("one", "two"):
        delivery.until_state(effects[name], "sent")
    delivery.until_state(effects["poison"], "parked")
    assert delivery.world.effect(effects["poison"]).attempts == 3
    # The invoices of this world were due before the day on which it begins.
    assert [kind for kind in delivery.world.alerts() if kind != "invoice_left_late"] == ["effect_parked"]
    assert sorted(delivery.message_ids) == sorted(delivery.world.message_id(name) for name in ("one", "two"))


def test_fault_F09_a_worker_that_slept_over_its_lease_is_turned_away_at_the_gate(delivery: Delivery) -> None:
    delivery.processes.environment.update(NO_HEARTBEAT_YET)
    effect = delivery.mail()
    first, child = delivery.processes.stopped_at("rcpt_accepted")
    delivery.processes.start()
    delivery.until_state(effect, "sent")
    os.kill(child, signal.SIGCONT)
    until(lambda: not is_alive(child), what="the first child ends", log=first)
    row = delivery.world.effect(effect)
    assert (len(delivery.message_ids), row.state, acceptances(row)) == (1, "sent", 1)


def test_fault_F10_a_worker_that_slept_after_the_gate_sends_nothing_more(delivery: Delivery) -> None:
    delivery.processes.environment.update(NO_HEARTBEAT_YET)
    effect = delivery.mail()
    first, child = delivery.processes.stopped_at("gate_passed")
    second = delivery.processes.start()
    delivery.until_state(effect, "unknown")
    assert delivery.message_ids == []
    delivery.until_state(effect, "sent")
    os.kill(child, signal.SIGCONT)
    until(lambda: not is_alive(child), what="the first child ends", log=first)
    assert delivery.message_ids == [delivery.world.message_id()], second.words
    row = delivery.world.effect(effect)
    assert row.state == "sent"
    assert [entry["text"] for entry in row.evidence if entry.get("late")] == [
        "our own deadline was over before the end of the mail"
    ]


def test_fault_F10_a_late_refusal_counts_as_evidence_when_nobody_else_knows(delivery: Delivery) -> None:
    """The sleeper wakes before anybody has settled the row: what it says is that nothing was sent."""
    delivery.processes.environment["MAIL_EVIDENCE_URL"] = "http://127.0.0.1:9/nothing"
    delivery.processes.environment.update(NO_HEARTBEAT_YET)
    effect = delivery.mail()
    first, child = delivery.processes.stopped_at("gate_passed")
    delivery.until_state(effect, "unknown")
    os.kill(child, signal.SIGCONT)
    until(lambda: not is_alive(child), what="the first child ends", log=first)
    first.kill()
    delivery.processes.start()
    delivery.until_state(effect, "sent")
    assert len(delivery.message_ids) == 1


def test_fault_F11_a_deploy_lets_the_send_finish(delivery: Delivery) -> None:
    delivery.mailbox.faults.add(MailFault.delay(3))
    effect, waiting = delivery.mail(), delivery.mail("two")
    worker = delivery.processes.start()
    until(
        lambda: "sending" in (delivery.state(effect), delivery.state(waiting)), what="a mail is under way", log=worker
    )
    for pid in (worker.pid, *worker.children()):
        os.kill(pid, signal.SIGTERM)
    assert worker.process.wait(timeout=30) == 0
    assert len(delivery.message_ids) == 1
    assert sorted((delivery.state(effect), delivery.state(waiting))) == ["planned", "sent"]


def test_fault_F14_losing_the_whole_queue_delays_and_loses_nothing(delivery: Delivery) -> None:
    effects = [delivery.mail(str(number)) for number in range(5)]
    with redis.Redis.from_url(delivery.valkey_url) as queue:
        until(lambda: bool(queue.keys("rq:job:wake-*")), what="the tick has rung")
        queue.flushdb()
    delivery.processes.start()
    for effect in effects:
        delivery.until_state(effect, "sent")
    assert len(set(delivery.message_ids)) == len(delivery.message_ids) == 5


def test_fault_F63_a_job_that_is_not_ours_is_refused_and_the_worker_goes_on(delivery: Delivery) -> None:
    from rq import Queue
    from rq.serializers import JSONSerializer

    with redis.Redis.from_url(delivery.valkey_url) as connection:
        queue = Queue("dunlin", connection=connection, serializer=JSONSerializer)
        made = delivery.processes.folder / "made-by-a-stranger"
        queue.enqueue_call("os.mkdir", args=[str(made)])
        queue.enqueue_call("worker.jobs.run_effects", args=["no-such-tenant", ["no-such-effect"], "too many"])
        queue.enqueue_call("worker.jobs.run_effects", args=["no-such-tenant", ["no-such-effect"]])
        worker = delivery.processes.start()
        effect = delivery.mail()
        delivery.until_state(effect, "sent")
        assert not made.exists()
        assert worker.process.poll() is None
        assert queue.failed_job_registry.count == 2
