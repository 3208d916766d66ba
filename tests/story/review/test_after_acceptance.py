"""Trouble of our own after the server took a mail: nothing is sent again, and evidence settles the row."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from plugin.domain.errors import DunlinError, Permanent, Transient
from plugin.store.tables.outbox import Effect
from tests.support.stage import NewStory


@pytest.mark.parametrize("problem", [Transient("Later."), Permanent("Never.")])
def test_fault_F06_an_error_of_ours_after_the_250_never_sends_again(
    new_story_on_both: NewStory, problem: DunlinError
) -> None:
    story = new_story_on_both()
    story.bill()
    # Nobody else can be asked: what the sender heard itself must do.
    story.container.mail_evidence = None
    rules = story.container.follow_ups
    written = type(rules).message_sent
    raised: list[DunlinError] = []

    def stumbles_once(*args: object, **words: object) -> None:
        if not raised:
            raised.append(problem)
            raise problem
        written(rules, *args, **words)  # type: ignore[arg-type]

    rules.message_sent = stumbles_once  # type: ignore[method-assign]
    story.drain()
    assert (raised, len(story.mails())) == ([problem], 1)
    assert story.effects("mail") == ["unknown"]
    # The grace of two minutes is machine time; the lease ends it for the test.
    with story.writing() as session:
        session.execute(update(Effect).where(Effect.kind == "mail").values(lease_until=None))
    story.clock.instant += timedelta(minutes=20)
    story.drain()
    assert story.effects("mail") == ["sent"]
    assert len(story.mails()) == 1
