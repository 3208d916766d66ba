"""Outgoing webhooks: signed, at least once under one key, never into a private network, never after a payment."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from plugin.domain.errors import InvalidInput
from plugin.services.webhooks.targets import (
    add_target,
    check_url,
    remove_target,
    secret_of,
    switch_target,
    target_named,
)
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from plugin.store.tables.staff import WebhookTarget
from sandbox.stage.house import ACTOR
from tests.support.ladders import ladder, step
from tests.support.receiver import Receiver, receiver
from tests.support.stage import Story

FRIENDLY = date(2026, 9, 18)


@pytest.fixture
def box() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def calling(story: Story, box: Receiver) -> Invoice:
    """An invoice whose ladder is one call of the target SMS."""
    with story.writing() as session:
        add_target(
            session,
            name="SMS",
            url=box.url,
            keys=story.container.keys,
            strict=False,
            now=story.now,
            actor=ACTOR,
        )
    action = {"kind": "webhook", "target": "SMS"}
    story.publish(ladder(step("sms", 3, "webhook", template="friendly", action=action)))
    invoice = story.bill()
    story.drain()
    return invoice


def target(story: Story) -> WebhookTarget:
    with story.reading() as session:
        found = target_named(session, "SMS")
    assert found is not None
    return found


def end_grace(story: Story) -> None:
    with story.writing() as session:
        session.execute(update(Effect).where(Effect.state == "unknown").values(lease_until=None))
    story.clock.instant += timedelta(minutes=2)
    story.drain()


def test_a_webhook_is_called_once_signed_and_with_its_key(story: Story, box: Receiver) -> None:
    invoice = calling(story, box)
    for hour in (10, 11):
        story.at(FRIENDLY, hour)
    (call,) = box.taken
    body = json.loads(call.body)
    assert body["invoice"]["open_minor"] == 119_000
    assert body["invoice"]["number"] == story.invoice(invoice).number
    assert body["contacts"][0]["email"] == "rechnung@brandt.example"
    assert str(story.invoice(invoice).number) in body["text"]
    assert call.headers["idempotency-key"] == body["id"] == story.step(invoice, "sms").effect_id
    assert call.path == "/hook?x=1"
    fields = dict(part.split("=", 1) for part in call.headers["dunlin-signature"].split(","))
    secret = secret_of(target(story), story.container.keys)
    signed = hmac.new(secret.encode(), fields["t"].encode() + b"." + call.body, hashlib.sha256).hexdigest()
    assert fields["v1"] == signed
    assert int(fields["t"]) == int(story.now.replace(hour=10).timestamp())
    assert story.steps(invoice) == {"sms": "sent"}


def test_a_failing_receiver_is_called_again_with_the_same_bytes(story: Story, box: Receiver) -> None:
    invoice = calling(story, box)
    box.answers = [503, 429, None]
    story.at(FRIENDLY)
    assert story.steps(invoice) == {"sms": "deferred"}
    story.at(FRIENDLY, hour=11)
    story.at(FRIENDLY, hour=12)
    assert story.steps(invoice) == {"sms": "unknown"}
    end_grace(story)
    assert story.steps(invoice) == {"sms": "sent"}
    assert len(box.taken) == 4
    assert len({(call.body, call.headers["idempotency-key"]) for call in box.taken}) == 1


def test_the_words_of_the_first_attempt_stay_when_a_day_has_passed(story: Story, box: Receiver) -> None:
    invoice = calling(story, box)
    box.answers = [503]
    story.at(FRIENDLY)
    story.at(date(2026, 9, 21))
    assert (story.steps(invoice), len({call.body for call in box.taken})) == ({"sms": "sent"}, 1)


def test_retry_after_is_kept(story: Story, box: Receiver) -> None:
    invoice = calling(story, box)
    box.answers, box.headers = [429], {"Retry-After": "1800"}
    story.at(FRIENDLY)
    story.at(FRIENDLY, minute=20)
    assert (story.steps(invoice), len(box.taken)) == ({"sms": "deferred"}, 1)
    story.at(FRIENDLY, minute=31)
    assert (story.steps(invoice), len(box.taken)) == ({"sms": "sent"}, 2)


@pytest.mark.parametrize(("status", "words"), [(302, "redirect"), (400, "refuse it again"), (410, "refuse it again")])
def test_a_refusal_fails_with_an_alert(story: Story, box: Receiver, status: int, words: str) -> None:
    invoice = calling(story, box)
    box.answers, box.headers = [status], {"Location": "http://127.0.0.1:1/"}
    story.at(FRIENDLY)
    story.at(FRIENDLY, hour=12)
    assert (story.steps(invoice), len(box.taken)) == ({"sms": "failed"}, 1)
    assert words in story.step(invoice, "sms").reason
    assert story.alerts() == ["webhook_failed"]


def test_fault_F53_a_payment_before_the_gate_calls_it_off(story: Story, box: Receiver) -> None:
    invoice = calling(story, box)
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "sms").id])
    story.pay(invoice, "1190.00", receipt=False)
    story.drain()
    assert (box.taken, story.steps(invoice)) == ([], {"sms": "cancelled"})


def test_attack_a_host_in_a_private_network_is_never_called(
    story: Story, box: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = calling(story, box)
    monkeypatch.setattr(type(story.container.settings), "may_be_private", lambda _self, _host: False)
    story.at(FRIENDLY)
    assert (box.taken, story.steps(invoice)) == ([], {"sms": "failed"})
    assert "private network" in story.step(invoice, "sms").reason


@pytest.mark.parametrize("how", ["off", "gone"])
def test_a_target_that_is_off_or_gone_fails_visibly(story: Story, box: Receiver, how: str) -> None:
    invoice = calling(story, box)
    with story.writing() as session:
        if how == "off":
            switch_target(session, target(story).id, on=False, now=story.now, actor=ACTOR)
        else:
            remove_target(session, target(story).id, now=story.now, actor=ACTOR)
    story.at(FRIENDLY)
    assert (box.taken, story.steps(invoice)) == ([], {"sms": "failed"})


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://user:pw@example.com/",
        "https://example.com:6379/",
        "ftp://example.com/",
        "https:///x",
        "https://example.com/#a",
        "https://example.com/\r\nHost: evil",
        "https://exämple.com/",
        "//example.com",
        "file:///etc/passwd",
    ],
)
def test_attack_odd_addresses_are_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        check_url(url, strict=True)


def test_secrets_are_encrypted_and_bound_to_their_target(story: Story, box: Receiver) -> None:
    calling(story, box)
    assert "whsec_" not in target(story).secret
    assert secret_of(target(story), story.container.keys).startswith("whsec_")
