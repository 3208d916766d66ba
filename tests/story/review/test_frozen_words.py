"""A mail says what its hash stands for: no change between the two, and no worker whose time was over, parts them."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from sqlalchemy import select

from plugin.services.effects.attempt import Attempt
from plugin.services.effects.mail_channel import Envelope, Reply
from plugin.services.effects.mail_content import prepare
from plugin.services.effects.timing import Timing
from plugin.services.follow_ups import render
from plugin.services.follow_ups.members import Member
from plugin.store.effects import Claim
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.outbox import Effect
from tests.support.stage import Story

FRIENDLY = date(2026, 9, 18)
NewStory = Callable[[], Story]


def test_fault_F53_a_dispute_while_the_words_are_written_changes_the_sum(
    new_story_on_both: NewStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = new_story_on_both()
    invoice = story.bill()
    story.drain()
    values, done = render.mail_values, [False]

    def meanwhile(session: TenantSession, message: Message, members: list[Member]) -> object:
        found = values(session, message, members)
        if not done[0]:
            done[0] = True
            story.hold(invoice, "disputed", amount_minor=19000, reason="line 2")
        return found

    monkeypatch.setattr(render, "mail_values", meanwhile)
    story.at(FRIENDLY)
    story.drain()
    assert done[0]
    assert [("€1,190.00" in mail.text, "€1,000.00" in mail.text) for mail in story.box.mails[1:]] == [(False, True)]


def test_fault_F09_a_worker_whose_claim_is_over_replaces_no_frozen_words(
    new_story_on_both: NewStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = new_story_on_both()
    invoice = story.bill()
    story.drain()
    channel, late = story.container.mail_channel, list[object]()
    send = channel.send

    def meanwhile(envelope: Envelope, *, gate: Callable[[], bool]) -> Reply | None:
        if not late:
            story.hold(invoice, "disputed", amount_minor=19000, reason="line 2")
            late.append(prepare(claimed_before(story)))
        return send(envelope, gate=gate)

    monkeypatch.setattr(channel, "send", meanwhile)
    story.at(FRIENDLY)
    story.drain()
    assert late == [None]
    assert [("€1,190.00" in mail.text, "€1,000.00" in mail.text) for mail in story.box.mails[1:]] == [(False, True)]


def claimed_before(story: Story) -> Attempt:
    """The attempt of a worker that slept through the end of its lease; another has claimed the row since."""
    with story.reading() as session:
        rows: Sequence[Effect] = session.scalars(
            select(Effect).where(Effect.kind == "mail", Effect.state == "claimed")
        ).all()
    (row,) = rows
    held = Claim(
        effect_id=row.id,
        kind="mail",
        subject_id=row.subject_id,
        payload=row.payload,
        fence=row.fence - 1,
        attempts=1,
        first_tried_at=story.now,
    )
    return Attempt(
        runtime=story.container,
        tenant_id=story.tenant,
        held=held,
        timing=Timing.of(story.container.settings),
        time_left=lambda: 100.0,
    )
