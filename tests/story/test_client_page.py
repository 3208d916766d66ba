"""The page behind a mail's links: what counts as viewed, what each answer does to the ladder, what is refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import requests
from sqlalchemy import select

from plugin.services.answers.handle import handle_answer, undo_answer
from plugin.services.answers.links import ClientLink, LinkKind, binding_of, link_token, read_token
from plugin.services.answers.opened import open_link
from plugin.services.follow_ups.holds import lift_hold
from plugin.store.tables.answers import ClientAnswer
from plugin.store.tables.clients import Contact
from plugin.store.tables.follow_ups import Hold, Message, Task
from plugin.store.tables.invoices import Invoice
from tests.story.client_page import ClientBrowser, links_of
from tests.support.stage import NewStory, Story

DUE = date(2026, 9, 15)
FRIENDLY = date(2026, 9, 18)
CLIENT = ClientBrowser()


def billed(story: Story) -> Invoice:
    """An invoice of 1,190.00, due on 15 September, whose mail has left."""
    invoice = story.bill()
    story.drain()
    return invoice


def reminded(story: Story) -> Invoice:
    """The same on the day of its friendly reminder, which has left."""
    invoice = billed(story)
    story.at(FRIENDLY)
    assert story.reminders() == [("friendly", "2026-09-18")]
    return invoice


def link(story: Story) -> str:
    """The page's address in the newest mail."""
    return links_of(story.box.mails[-1])[0]


def answers(story: Story) -> list[ClientAnswer]:
    with story.reading() as session:
        return list(session.scalars(select(ClientAnswer).order_by(ClientAnswer.given_at)))


def tasks(story: Story) -> list[Task]:
    with story.reading() as session:
        return list(session.scalars(select(Task).where(Task.state == "open", Task.kind != "call")))


def holds(story: Story) -> list[Hold]:
    with story.reading() as session:
        return list(session.scalars(select(Hold).where(Hold.lifted_at.is_(None))))


def test_req_F13_a_mail_carries_links_and_the_page_shows_the_invoice(story: Story) -> None:
    invoice = reminded(story)
    found = links_of(story.box.mails[-1])
    forms = [address.partition("?a=")[2] for address in found]
    assert forms == ["", "already_paid", "promise", "query", "wrong_contact"]
    page = CLIENT.open(found[0])
    assert page.status_code == 200
    for words in (invoice.number, "1,190.00", "DE89 3704 0044 0532 0130 00", "Login page", "Seestern Software GmbH"):
        assert str(words) in page.text
    assert "Set-Cookie" not in page.headers
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Cache-Control"] == "no-cache, no-store"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert 'id="promise" open' in CLIENT.open(found[2]).text


def test_complaint_C34_scanners_change_nothing(story: Story) -> None:
    invoice = billed(story)
    address = link(story)
    before = story.events(invoice)
    for _ in range(3):
        assert CLIENT.open(address).status_code == 200
    assert requests.head(address, timeout=20).status_code == 200
    CLIENT.open(address, **{"Sec-Purpose": "prefetch;prerender"})
    for agent in ("", "Mimecast/1.0", "python-requests/2.32", "Googlebot/2.1", "Mozilla/5.0 HeadlessChrome/130"):
        ClientBrowser(agent).look(address)
    requests.post(f"{address}/seen", headers={"User-Agent": CLIENT.agent, "Purpose": "prefetch"}, timeout=20)
    assert story.invoice(invoice).viewed_at is None
    assert story.events(invoice) == before


def test_complaint_C34_somebody_who_looks_has_viewed_it_once(story: Story) -> None:
    invoice = billed(story)
    assert CLIENT.look(link(story)).status_code == 204
    first = story.invoice(invoice).viewed_at
    assert first == story.now
    story.clock.instant += timedelta(hours=1)
    CLIENT.look(link(story))
    assert story.invoice(invoice).viewed_at == first
    assert story.events(invoice).count("viewed") == 1
    assert len(story.mails()) == 1


def test_complaint_C34_fetching_the_pdf_is_viewing_and_gives_the_stored_bytes(story: Story) -> None:
    invoice = billed(story)
    pdf = requests.post(f"{link(story)}/pdf/1", headers={"User-Agent": CLIENT.agent}, timeout=20)
    assert pdf.content == story.box.mails[0].attachments[0].content
    assert pdf.headers["Content-Disposition"].startswith("attachment; filename=")
    assert story.invoice(invoice).viewed_at == story.now
    assert requests.post(f"{link(story)}/pdf/2", headers={"User-Agent": CLIENT.agent}, timeout=20).status_code == 404


def test_complaint_C34_a_copy_for_staff_never_counts(story: Story) -> None:
    invoice = billed(story)
    keys = story.container.keys
    copy = ClientLink(
        kind=LinkKind.COPY,
        tenant_id=story.tenant,
        subject_id=invoice.id,
        until=story.now + timedelta(days=1),
        binding=binding_of(keys, story.tenant, "", [invoice.id])[0],
    )
    address = f"{story.stage.base_url}/c/{link_token(keys, copy)}"
    page = CLIENT.open(address)
    assert page.status_code == 200
    assert "Preview for the team" in page.text
    assert "data-seen" not in page.text
    CLIENT.look(address)
    requests.post(f"{address}/pdf/1", headers={"User-Agent": CLIENT.agent}, timeout=20)
    assert story.invoice(invoice).viewed_at is None
    assert CLIENT.answer(address, "promise", day=DUE.isoformat()).status_code == 422
    assert answers(story) == []


def test_req_F44_already_paid_holds_the_next_step_until_somebody_has_dealt_with_it(story: Story) -> None:
    invoice = reminded(story)
    address = link(story)
    told = CLIENT.answer(address, "already_paid", day="2026-09-17", amount="1.190,00", reference="RE 17")
    assert told.status_code == 303
    page = CLIENT.after(told)
    assert "Thank you" in page.text
    assert "You have paid on 17 September 2026." in page.text
    (answer,) = answers(story)
    assert answer.detail == {"day": "2026-09-17", "amount_minor": 119_000, "reference": "RE 17"}
    assert [task.kind for task in tasks(story)] == ["reply"]
    assert {"replied", "viewed"} <= set(story.events(invoice))
    story.at(date(2026, 9, 29))
    assert story.step(invoice, "second").state == "held"
    assert story.reminders() == [("friendly", "2026-09-18")]
    with story.writing() as session:
        handle_answer(session, answer.id, note="Nothing came in", now=story.now, actor="712020:alice")
    assert tasks(story) == []
    story.drain()
    assert story.reminders()[-1] == ("second", "2026-09-29")


def test_req_F42_a_wrong_contact_is_an_obstacle_and_a_task(story: Story) -> None:
    invoice = reminded(story)
    CLIENT.answer(link(story), "wrong_contact", name="Olaf Meer", email="olaf@brandt.example")
    (hold,) = holds(story)
    assert hold.kind == "obstacle"
    assert "Olaf Meer, olaf@brandt.example" in hold.reason
    assert [task.kind for task in tasks(story)] == ["fix"]
    story.at(date(2026, 9, 29))
    assert story.step(invoice, "second").reason_code == "obstacle"


def test_req_U12_a_query_of_a_line_lowers_what_is_asked_for(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    other = story.jira.add_issue(story.project, "Search")
    story.log(2, issue=other)
    invoice = billed(story)
    assert story.invoice(invoice).gross_minor == 142_800
    told = CLIENT.answer(link(story), "query", about=_line(story, "Search"), text="We did not order the search.")
    assert told.status_code == 303
    (hold,) = holds(story)
    assert (hold.kind, hold.amount_minor) == ("disputed", 23_800)
    story.at(FRIENDLY)
    mail = story.box.mails[-1]
    assert "1,190.00" in mail.text
    assert "1,428.00" not in mail.text
    assert "€238.00 is being looked into" in CLIENT.open(link(story)).text
    with story.writing() as session:
        lift_hold(session, hold.id, now=story.now, actor="712020:alice")
    story.at(date(2026, 9, 29))
    assert "1,428.00" in story.box.mails[-1].text


def _line(story: Story, description: str) -> str:
    with story.reading() as session:
        opened = open_link(
            session,
            story.container.keys,
            read_token(story.container.keys, link(story).rsplit("/", 1)[1]),
            now=story.now,
        )
    return next(f"1.{line.position}" for line in opened.bills[0].document.lines if line.description == description)


def test_complaint_C22_a_promise_on_the_page_rests_the_ladder_until_the_day_after(story: Story) -> None:
    reminded(story)
    day = date(2026, 10, 5)
    CLIENT.answer(link(story), "promise", day=day.isoformat(), text="The pay run is on Monday.")
    (hold,) = holds(story)
    assert (hold.kind, hold.until) == ("promised", day)
    story.walk(day)
    assert story.reminders() == [("friendly", "2026-09-18")]
    story.at(date(2026, 10, 6))
    assert story.reminders()[-1] == ("second", "2026-10-06")


def test_complaint_C22_a_promise_that_is_kept_ends_the_ladder_and_the_link_says_thanks(story: Story) -> None:
    invoice = reminded(story)
    address = link(story)
    CLIENT.answer(address, "promise", day="2026-10-05")
    story.at(date(2026, 10, 2))
    story.pay(invoice, "1190.00")
    story.walk(date(2026, 11, 20))
    assert len(story.reminders()) == 1
    page = CLIENT.open(address)
    assert page.status_code == 200
    assert "Paid. Thank you!" in page.text
    assert "Something to tell us?" not in page.text


def test_req_F45_asking_for_instalments_is_a_task_with_a_proposal(story: Story) -> None:
    invoice = reminded(story)
    CLIENT.answer(link(story), "plan", parts="3", day="2026-09-30", text="Cash is short.")
    (task,) = tasks(story)
    assert task.kind == "plan_offer"
    assert task.detail["proposed"] == [
        {"due_on": "2026-09-30", "amount_minor": 39_667},
        {"due_on": "2026-10-30", "amount_minor": 39_667},
        {"due_on": "2026-11-30", "amount_minor": 39_666},
    ]
    story.at(date(2026, 9, 29))
    assert story.step(invoice, "second").state == "held"
    assert "Cash is short" not in "".join(str(comment.body) for comment in story.jira.world.comments.values())


def test_taking_an_answer_back_takes_its_effect_back(story: Story) -> None:
    invoice = reminded(story)
    CLIENT.answer(link(story), "promise", day="2026-10-05")
    (answer,) = answers(story)
    with story.writing() as session:
        undo_answer(session, answer.id, note="They meant another invoice", now=story.now, actor="712020:alice")
    assert holds(story) == []
    story.at(date(2026, 9, 29))
    assert story.reminders()[-1] == ("second", "2026-09-29")
    assert story.steps(invoice)["second"] == "sent"


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("promise", {"day": ""}, "promise-day"),
        ("promise", {"day": "2026-12-24"}, "promise-day"),
        ("promise", {"day": "2026-09-17"}, "promise-day"),
        ("already_paid", {"day": "2026-09-30"}, "already_paid-day"),
        ("already_paid", {"amount": "-1"}, "already_paid-amount"),
        ("query", {"about": "1", "text": ""}, "query-text"),
        ("query", {"about": "1", "text": "x" * 2001}, "query-text"),
        ("query", {"about": "1.99", "text": "What is this?"}, "query-about"),
        ("query", {"about": "7", "text": "What is this?"}, ""),
        ("plan", {"parts": "12", "day": "2026-09-30"}, "plan-parts"),
        ("wrong_contact", {"email": "olaf@"}, "wrong_contact-email"),
        ("wrong_contact", {"name": ""}, "wrong_contact-name"),
    ],
)
def test_a_form_that_makes_no_sense_is_shown_again(story: Story, kind: str, typed: dict[str, str], field: str) -> None:
    reminded(story)
    told = CLIENT.answer(link(story), kind, **({"name": "Ada"} | typed))
    assert told.status_code == 422
    assert f'id="{kind}" open' in told.text
    assert not field or f'id="{field}-error"' in told.text
    assert answers(story) == []
    assert holds(story) == []


def test_attack_A86_a_form_sent_twice_counts_once(story: Story) -> None:
    reminded(story)
    action, values = CLIENT.forms(link(story))["promise"]
    for _ in range(3):
        assert CLIENT.send(action, values | {"day": "2026-10-05"}).status_code == 303
    assert len(answers(story)) == 1
    assert len(holds(story)) == 1


def test_attack_A51_a_form_that_is_not_ours_or_too_old_is_refused(story: Story) -> None:
    reminded(story)
    action, values = CLIENT.forms(link(story))["promise"]
    story.clock.instant += timedelta(days=2)
    for key in ("", "x", values["key"], values["key"][:-1] + "0", "0" * 96):
        assert CLIENT.send(action, values | {"day": "2026-10-05", "key": key}).status_code == 422
    assert answers(story) == []


def test_attack_A86_tampered_swapped_and_old_links_open_nothing(new_story: NewStory) -> None:
    story = new_story()
    invoice = reminded(story)
    address = link(story)
    token = address.rsplit("/", 1)[1]
    known = read_token(story.container.keys, token)
    bad = {
        token[:-2]: 404,
        token[:-1] + ("A" if token[-1] != "A" else "B"): 404,
        link_token(story.container.keys, replace(known, tenant_id="0" * 32)): 404,
        link_token(story.container.keys, replace(known, subject_id="0" * 32)): 404,
        link_token(story.container.keys, replace(known, binding="0" * 16)): 404,
        link_token(story.container.keys, replace(known, until=story.now - timedelta(seconds=1))): 410,
    }
    for changed, status in bad.items():
        page = CLIENT.open(f"{story.stage.base_url}/c/{changed}")
        assert page.status_code == status
        for secret in (invoice.number, "Brandt", "Seestern", "1,190"):
            assert str(secret) not in page.text
        for way in ("seen", "answer", "pdf/1"):
            acted = CLIENT.send(f"{story.stage.base_url}/c/{changed}/{way}", {})
            assert acted.status_code == status
    story.clock.instant += timedelta(days=401)
    assert CLIENT.open(address).status_code == 410


def test_a_link_ends_with_its_mail_its_person_and_its_invoice(new_story: NewStory) -> None:
    story = new_story()
    invoice = reminded(story)
    address = link(story)
    with story.writing() as session:
        contact = session.scalars(select(Contact)).one()
        contact.email = "someone@else.example"
    assert CLIENT.open(address).status_code == 410
    with story.writing() as session:
        session.scalars(select(Contact)).one().email = "rechnung@brandt.example"
        session.get_one(Invoice, (story.tenant, invoice.id)).state = "credited"
    assert CLIENT.open(address).status_code == 410
    with story.writing() as session:
        session.get_one(Invoice, (story.tenant, invoice.id)).state = "issued"
        assert session.scalars(select(Message)).first() is not None
    assert CLIENT.open(address).status_code == 200


def test_attack_A47_what_a_client_types_is_text_everywhere(story: Story) -> None:
    reminded(story)
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202egnp'
    told = CLIENT.answer(link(story), "query", about="1", text=evil, name='"><svg onload=alert(1)>')
    page = CLIENT.after(told)
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "\u202e" not in page.text
    refused = CLIENT.answer(link(story), "promise", day="never", text=evil)
    assert refused.status_code == 422
    assert "<script>alert" not in refused.text


def test_attack_A84_one_link_cannot_be_hammered(story: Story) -> None:
    reminded(story)
    statuses = [CLIENT.look(link(story)).status_code for _ in range(25)]
    assert statuses[0] == 204
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Ich habe schon bezahlt"), ("en", "I have already paid")],
)
def test_the_page_speaks_the_clients_language(new_story: NewStory, language: str, words: str) -> None:
    from tests.support.stage import ENGLISH

    story = new_story(client=replace(ENGLISH, language=language))
    billed(story)
    page = CLIENT.open(link(story))
    assert f'<html lang="{language}"' in page.text
    assert words in page.text
