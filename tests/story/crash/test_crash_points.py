"""F01-F11: wherever a worker dies or stands still, each mail is accepted exactly once, or a person is told."""

import os
import signal

import redis

from plugin.store.tables.outbox import Effect
from sandbox import MailFault
from tests.story.crash.conftest import Delivery
from tests.support.processes import until, until_gone

NO_HEARTBEAT_YET = {"CLAIM_LEASE_SECONDS": "4.5"}
"""A worker stopped while its heartbeat writes would keep SQLite's only lock until it wakes: no test of ours, then."""

DEATH = 137


def acceptances(row: Effect) -> int:
    """How often a server's 250 was written down."""
    return sum(1 for entry in row.evidence if entry["kind"] == "reply" and entry["code"] == 250)


MAIL_POINTS = (
    ("dot_sent", 1, "sending"),
    ("gate_passed", 0, "sending"),
    ("accepted", 1, "sending"),
    ("outcome_kept", 1, "sent"),
    ("before_claim", 0, "planned"),
    ("claimed", 0, "claimed"),
    ("rcpt_accepted", 0, "claimed"),
)
"""The point, mails accepted when the worker dies there, and the row's state. Those that wait longest come first."""
CLAIMED_TWICE = ("gate_passed", "claimed", "rcpt_accepted")


def test_fault_F01_F02_F03_F04_F05_F06_a_killed_worker_sends_each_mail_once(delivery: Delivery) -> None:
    effects = {}
    for point, accepted, state in MAIL_POINTS:
        effects[point] = delivery.mail(point)
        # The channel knows no effect, so nothing else may be under way when it is its turn.
        delivery.processes.crash(point if point == "dot_sent" else f"{point}:{effects[point]}")
        delivery.until_accepted(point, accepted)
        # The reconciler may be as quick as this test.
        assert delivery.state(effects[point]) in (state, "planned", "unknown"), point
    delivery.processes.start()
    for effect in effects.values():
        delivery.until_state(effect, "sent")
    assert sorted(delivery.message_ids) == sorted(delivery.world.message_id(point) for point in effects)
    for point, accepted, state in MAIL_POINTS:
        row = delivery.world.effect(effects[point])
        by_evidence = bool(accepted) and state == "sending"
        assert row.evidence[-1]["kind"] == ("verdict" if by_evidence else "reply"), point
        assert (acceptances(row), row.attempts >= 2) == (0 if by_evidence else 1, point in CLAIMED_TWICE), point
    assert delivery.world.alerts() == []


def test_fault_F01_a_clock_killed_after_it_pushed_and_before_it_rang_costs_one_delay(delivery: Delivery) -> None:
    delivery.processes.started[0].kill()
    effect = delivery.mail()
    clock = delivery.processes.crash("tick_pushed", "clock")
    assert clock.process.returncode == DEATH
    with redis.Redis.from_url(delivery.valkey_url) as queue:
        assert queue.keys("rq:job:wake-*") == []
    delivery.processes.start()
    delivery.processes.start("clock")
    delivery.until_state(effect, "sent")
    row = delivery.world.effect(effect)
    assert (delivery.message_ids, row.attempts) == ([delivery.world.message_id()], 1)


def test_fault_F04_F10_without_a_mailbox_to_ask_a_person_is_told_and_a_late_refusal_counts(delivery: Delivery) -> None:
    """Two workers pass the gate and say no more: one is dead, one only sleeps and wakes before anybody has settled."""
    delivery.processes.environment.pop("MAIL_EVIDENCE_URL")
    delivery.processes.environment.update(NO_HEARTBEAT_YET)
    asleep = delivery.mail("asleep")
    first, child = delivery.processes.stopped_at(f"gate_passed:{asleep}")
    dead = delivery.mail("dead")
    delivery.processes.crash(f"gate_passed:{dead}")
    delivery.until_state(asleep, "unknown")
    # Its parent would look for more work; killed, it would take the stopped child along.
    os.kill(first.pid, signal.SIGSTOP)
    os.kill(child, signal.SIGCONT)
    until_gone(child, first)
    first.kill()
    delivery.processes.start()
    delivery.until_state(asleep, "sent")
    delivery.until_state(dead, "parked")
    assert delivery.message_ids == [delivery.world.message_id("asleep")]
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


def test_fault_F09_F10_a_worker_that_slept_sends_nothing_more(delivery: Delivery) -> None:
    """One sleeps over its lease before the gate, which turns it away; one behind it, and its own clock says no."""
    delivery.processes.environment.update(NO_HEARTBEAT_YET)
    before = delivery.mail("before")
    at_rcpt, early = delivery.processes.stopped_at(f"rcpt_accepted:{before}")
    behind = delivery.mail("behind")
    at_gate, late = delivery.processes.stopped_at(f"gate_passed:{behind}")
    second = delivery.processes.start()
    delivery.until_state(before, "sent")
    delivery.until_state(behind, "unknown")
    assert delivery.message_ids == [delivery.world.message_id("before")]
    delivery.until_state(behind, "sent")
    for child, log in ((early, at_rcpt), (late, at_gate)):
        os.kill(child, signal.SIGCONT)
        until_gone(child, log)
    rows = {name: delivery.world.effect(effect) for name, effect in (("before", before), ("behind", behind))}
    assert sorted(delivery.message_ids) == sorted(delivery.world.message_id(name) for name in rows), second.words
    assert [(row.state, acceptances(row)) for row in rows.values()] == [("sent", 1)] * 2
    assert [entry["text"] for entry in rows["behind"].evidence if entry.get("late")] == [
        "our own deadline was over before the end of the mail"
    ]


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
