"""A client promises on its page once a rung of the ladder; after that a person decides (C22)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from plugin.domain.errors import InvalidInput
from plugin.services.answers.give import give_answer
from plugin.services.answers.handle import handle_answer, undo_answer
from plugin.services.answers.links import read_token
from plugin.services.answers.opened import open_link
from plugin.services.answers.said import AnswerKind, Said
from plugin.store.tables.answers import ClientAnswer
from tests.story.client_page import ClientBrowser
from tests.story.test_client_page import answers, holds, link, reminded, tasks
from tests.support.stage import NewStory, Story

CLIENT = ClientBrowser()
FIRST, LATER = date(2026, 9, 25), date(2026, 10, 16)
WHY = "the client promises another day"


def kinds(story: Story) -> list[str]:
    return [answer.kind for answer in answers(story)]


def promised(story: Story) -> list[date | None]:
    return [hold.until for hold in holds(story) if hold.kind == "promised"]


def test_complaint_C22_a_second_promise_rests_nothing_and_waits_for_a_person(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = reminded(story)
    address = link(story)
    CLIENT.answer(address, "promise", day=FIRST.isoformat())
    told = CLIENT.answer(address, "promise", day=LATER.isoformat(), text="The pay run has moved.")
    assert kinds(story) == ["promise", "promise_again"]
    assert promised(story) == [FIRST], "the day that was given first"
    (task,) = tasks(story)
    assert task.kind == "reply"
    page = CLIENT.after(told).text
    assert "You name a new day, 16 October 2026. Somebody here will look at it." in page
    assert "You will pay on 25 September 2026." in page
    assert "we will get back to you" in page
    story.walk(date(2026, 9, 30))
    assert story.step(invoice, "second").state == "held"
    assert WHY in story.step(invoice, "second").reason
    with story.writing() as session:
        handle_answer(session, answers(story)[1].id, note="No", now=story.now, actor="712020:alice")
    story.walk(date(2026, 10, 1))
    assert story.reminders()[-1][0] == "second"


def test_complaint_C22_after_the_next_step_a_day_may_be_promised_again_but_never_without_end(story: Story) -> None:
    invoice = reminded(story)
    CLIENT.answer(link(story), "promise", day=FIRST.isoformat())
    story.walk(date(2026, 9, 29))
    assert story.reminders()[-1] == ("second", "2026-09-29")
    CLIENT.answer(link(story), "promise", day="2026-10-12")
    assert kinds(story) == ["promise", "promise"]
    assert date(2026, 10, 12) in promised(story)
    for day in ("2026-10-13", "2026-10-14", "2026-10-15"):
        CLIENT.answer(link(story), "promise", day=day)
    assert kinds(story)[2:] == ["promise_again"] * 3
    assert len(tasks(story)) == 3
    assert date(2026, 10, 13) not in promised(story)
    assert story.steps(invoice)["second"] == "sent"


def test_complaint_C22_a_promise_that_was_taken_back_does_not_count(story: Story) -> None:
    reminded(story)
    address = link(story)
    CLIENT.answer(address, "promise", day=FIRST.isoformat())
    with story.writing() as session:
        undo_answer(session, answers(story)[0].id, note="Another invoice", now=story.now, actor="712020:alice")
    CLIENT.answer(address, "promise", day=LATER.isoformat())
    assert kinds(story) == ["promise", "promise"]
    assert promised(story) == [LATER]


def test_complaint_C22_each_invoice_of_a_mail_counts_for_itself(story: Story) -> None:
    first, second = story.bill(), story.bill(5)
    story.drain()
    story.at(date(2026, 9, 18))
    address = link(story)
    CLIENT.answer(address, "promise", day=FIRST.isoformat(), bill="1")
    (answer,) = answers(story)
    CLIENT.answer(address, "promise", day=LATER.isoformat())
    other = second if answer.invoice_id == first.id else first
    assert {(given.invoice_id, given.kind) for given in answers(story)} == {
        (answer.invoice_id, "promise"),
        (answer.invoice_id, "promise_again"),
        (other.id, "promise"),
    }
    assert sorted(day for day in promised(story) if day) == [FIRST, LATER]


def test_fault_F04_of_two_promises_at_once_one_rests_the_ladder(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    reminded(story)
    token = link(story).rpartition("/")[2]
    keys = story.container.keys

    def promise(days: int) -> list[ClientAnswer]:
        with story.writing() as session:
            opened = open_link(session, keys, read_token(keys, token), now=story.now)
            said = Said(kind=AnswerKind.PROMISE, day=FIRST + timedelta(days=days))
            return give_answer(session, opened, said, now=story.now)

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(promise, days) for days in range(4)]:
            assert not isinstance(each.exception(), InvalidInput)
            each.result()
    assert sorted(kinds(story)) == ["promise", "promise_again", "promise_again", "promise_again"]
    assert len(promised(story)) == 1
