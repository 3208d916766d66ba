"""Mail that comes in: a reply holds the next step, a robot does not, a bounce marks and tells; over both ways in."""

from base64 import b64encode
from datetime import date, timedelta

import pytest
import requests
from sqlalchemy import select

from plugin.clock import machine_now
from plugin.services.answers.handle import handle_mail
from plugin.services.follow_ups.close_task import Outcome
from plugin.services.inbound.addresses import inbound_token, signature_of
from plugin.services.settings.inbound import MailboxForm, save_mailbox, store_secret
from plugin.store.tables.answers import InboundMail
from plugin.store.tables.clients import Contact
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Cursor
from tests.support.imap import PretendImap
from tests.support.letters import CLIENT, came_back, complaint, letter, out_of_office
from tests.support.stage import NewStory, Story

FRIENDLY, SECOND = date(2026, 9, 18), date(2026, 9, 29)
SECRET = "a secret of the mail provider"


class Provider:
    """A mail provider that hands mail over, signed."""

    def __init__(self, story: Story, secret: str = SECRET) -> None:
        self.story = story
        with story.writing() as session:
            store_secret(session, secret, keys=story.container.keys, now=story.now, actor="stage")
        self.address = f"{story.stage.base_url}/inbound/{inbound_token(story.container.keys, story.tenant)}"

    def hand_over(self, raw: bytes, **headers: str) -> int:
        stamp = str(int(machine_now().timestamp()))
        signed = {"X-Dunlin-Timestamp": stamp, "X-Dunlin-Signature": signature_of(SECRET, stamp, raw)}
        answer = requests.post(self.address, data=raw, headers=headers or signed, timeout=60)
        return answer.status_code


def reminded(story: Story) -> Invoice:
    """An invoice of 1,190.00 whose friendly reminder has left on 18 September."""
    invoice = story.bill()
    story.drain()
    story.at(FRIENDLY)
    assert story.reminders() == [("friendly", "2026-09-18")]
    return invoice


def last_id(story: Story) -> str:
    return story.box.mails[-1].message_id


def came_in(story: Story) -> list[InboundMail]:
    with story.reading() as session:
        return list(session.scalars(select(InboundMail).order_by(InboundMail.received_at, InboundMail.id)))


def open_tasks(story: Story) -> list[Task]:
    with story.reading() as session:
        return list(session.scalars(select(Task).where(Task.state == "open", Task.kind.in_(["reply", "fix"]))))


def test_req_F44_a_reply_holds_the_next_automatic_step_for_a_person(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = reminded(story)
    provider = Provider(story)
    assert provider.hand_over(letter("We pay next week.\n> old", answers=last_id(story))) == 204
    (mail,) = came_in(story)
    assert (mail.kind, mail.sender, mail.text, mail.invoice_ids) == ("reply", CLIENT, "We pay next week.", [invoice.id])
    assert "replied" in story.events(invoice)
    assert [task.kind for task in open_tasks(story)] == ["reply"]
    story.at(SECOND)
    assert story.step(invoice, "second").state == "held"
    assert story.step(invoice, "second").reason_code == "replied"
    with story.writing() as session:
        handle_mail(session, mail.id, note="Agreed on the phone", now=story.now, actor="712020:alice")
    assert open_tasks(story) == []
    story.drain()
    assert story.reminders()[-1] == ("second", "2026-09-29")


def test_closing_the_task_deals_with_the_reply(story: Story) -> None:
    reminded(story)
    Provider(story).hand_over(letter(answers=last_id(story)))
    (task,) = open_tasks(story)
    story.office.close(task.id, Outcome(outcome="answered"))
    (mail,) = came_in(story)
    assert mail.handled_at == story.now


def test_complaint_C08_a_reply_to_a_mail_about_two_invoices_holds_both(new_story: NewStory) -> None:
    story = new_story()
    first = story.bill()
    second = story.bill(5)
    story.drain()
    story.at(FRIENDLY)
    assert len(story.reminders()) == 1
    Provider(story).hand_over(letter(answers=last_id(story)))
    story.at(SECOND)
    assert [story.step(invoice, "second").state for invoice in (first, second)] == ["held", "held"]
    assert len(open_tasks(story)) == 1


def test_req_L52_an_out_of_office_note_holds_nothing(story: Story) -> None:
    invoice = reminded(story)
    assert Provider(story).hand_over(out_of_office(last_id(story))) == 204
    (mail,) = came_in(story)
    assert mail.kind == "auto_reply"
    assert open_tasks(story) == []
    assert "replied" not in story.events(invoice)
    story.at(SECOND)
    assert story.reminders()[-1] == ("second", "2026-09-29")


def test_fault_F48_a_bounce_marks_the_address_holds_and_tells(story: Story) -> None:
    invoice = reminded(story)
    Provider(story).hand_over(came_back(story.box.mails[-1].raw))
    (mail,) = came_in(story)
    assert mail.kind == "bounce"
    with story.reading() as session:
        contact = session.scalars(select(Contact)).one()
    assert contact.failed_at == story.now
    assert "5.1.1" in contact.failed_reason
    assert "bounced" in story.events(invoice)
    assert "bounced" in story.alerts()
    assert [task.kind for task in open_tasks(story)] == ["fix"]
    story.at(SECOND)
    assert story.step(invoice, "second").state == "held"
    assert story.step(invoice, "second").reason_code == "address_failed"
    assert len(story.reminders()) == 1


@pytest.mark.parametrize(
    ("action", "status", "kind"), [("delayed", "4.4.1", "auto_reply"), ("failed", "4.4.7", "bounce")]
)
def test_fault_F48_what_is_no_fault_of_the_address_marks_nothing(
    story: Story, action: str, status: str, kind: str
) -> None:
    invoice = reminded(story)
    Provider(story).hand_over(came_back(story.box.mails[-1].raw, action=action, status=status))
    assert [mail.kind for mail in came_in(story)] == [kind]
    with story.reading() as session:
        assert session.scalars(select(Contact)).one().failed_reason == ""
    story.at(SECOND)
    assert story.step(invoice, "second").state == "sent"


def test_attack_F48_a_forged_bounce_of_a_mail_that_is_not_ours_marks_nothing(story: Story) -> None:
    reminded(story)
    Provider(story).hand_over(came_back(letter(message_id="<guess@seestern.example>")))
    assert [mail.kind for mail in came_in(story)] == ["auto_reply"]
    with story.reading() as session:
        assert session.scalars(select(Contact)).one().failed_reason == ""
    assert "bounced" not in story.alerts()


def test_a_complaint_holds_and_asks_for_a_decision(story: Story) -> None:
    invoice = reminded(story)
    Provider(story).hand_over(complaint(last_id(story)))
    assert [mail.detail for mail in came_in(story)] == [{"complaint": True}]
    assert "reply" in story.alerts()
    story.at(SECOND)
    assert story.step(invoice, "second").state == "held"


def test_a_contact_who_writes_out_of_the_blue_is_known_by_the_address(story: Story) -> None:
    invoice = reminded(story)
    Provider(story).hand_over(letter("Please call me.", sender=f"Ines <{CLIENT.upper()}>"))
    (mail,) = came_in(story)
    assert (mail.kind, mail.client_id, mail.invoice_ids) == ("reply", story.client_id, [])
    assert "reply" in story.alerts()
    story.at(SECOND)
    assert story.step(invoice, "second").state == "held"


def test_a_stranger_holds_nothing_and_its_words_are_not_kept(story: Story) -> None:
    invoice = reminded(story)
    Provider(story).hand_over(letter("Buy this!", sender="spam@elsewhere.example"))
    (mail,) = came_in(story)
    assert (mail.kind, mail.text, mail.client_id) == ("unknown", "", None)
    story.at(SECOND)
    assert story.step(invoice, "second").state == "sent"


def test_a_reply_finds_its_mail_by_the_plus_address(new_story: NewStory) -> None:
    story = new_story()
    with story.writing() as session:
        session.get_one(MailSettings, story.tenant).reply_to = "answers+@seestern.example"
    invoice = reminded(story)
    tagged = story.box.mails[-1].header("Reply-To")
    assert tagged.startswith("answers+rem-")
    Provider(story).hand_over(letter(to=tagged, sender="assistant@brandt.example"))
    (mail,) = came_in(story)
    assert (mail.kind, mail.invoice_ids) == ("reply", [invoice.id])


def test_no_loop_our_own_mails_and_robots_never_make_a_mail(story: Story) -> None:
    reminded(story)
    provider = Provider(story)
    before = len(story.mails())
    provider.hand_over(story.box.mails[-1].raw)
    provider.hand_over(letter(sender="billing@seestern.example", answers=last_id(story)))
    provider.hand_over(out_of_office(last_id(story)))
    provider.hand_over(came_back(story.box.mails[-1].raw))
    provider.hand_over(letter(answers=last_id(story)))
    story.drain()
    assert len(story.mails()) == before
    kinds = sorted(mail.kind for mail in came_in(story))
    assert kinds == ["auto_reply", "auto_reply", "auto_reply", "bounce", "reply"]


def test_attack_A71_a_mail_that_is_handed_over_again_changes_nothing(story: Story) -> None:
    reminded(story)
    provider = Provider(story)
    raw = letter(answers=last_id(story), message_id="<once@brandt.example>")
    assert [provider.hand_over(raw) for _ in range(3)] == [204, 204, 204]
    assert provider.hand_over(b"Received: by another way\r\n" + raw) == 204
    assert len(came_in(story)) == 1
    assert len(open_tasks(story)) == 1


def test_attack_A70_nobody_else_hands_mail_over(new_story: NewStory) -> None:
    story = new_story()
    invoice = reminded(story)
    provider = Provider(story)
    raw = letter(answers=last_id(story))
    old = str(int(machine_now().timestamp()) - 1000)
    basic = b64encode(b"provider:wrong").decode()
    for headers in (
        {"X-Nothing": "1"},
        {"X-Dunlin-Timestamp": old, "X-Dunlin-Signature": signature_of(SECRET, old, raw)},
        {"X-Dunlin-Timestamp": old, "X-Dunlin-Signature": "0" * 64},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {basic}"},
        {"Authorization": "Bearer "},
    ):
        assert provider.hand_over(raw, **headers) == 401
    other = provider.address[:-1] + ("0" if provider.address[-1] != "0" else "1")
    assert requests.post(other, data=raw, headers={"Authorization": f"Bearer {SECRET}"}, timeout=20).status_code == 401
    with story.writing() as session:
        store_secret(session, "", keys=story.container.keys, now=story.now, actor="stage")
    assert provider.hand_over(raw, Authorization="Bearer ") == 401
    assert came_in(story) == []
    assert "replied" not in story.events(invoice)


def test_a_provider_that_cannot_sign_sends_the_secret(story: Story) -> None:
    reminded(story)
    provider = Provider(story)
    basic = b64encode(f"provider:{SECRET}".encode()).decode()
    assert provider.hand_over(letter("one"), Authorization=f"Basic {basic}") == 204
    assert provider.hand_over(letter("two"), Authorization=f"Bearer {SECRET}") == 204
    assert len(came_in(story)) == 2


def test_attack_A72_eleven_megabytes_are_refused(story: Story) -> None:
    provider = Provider(story)
    assert provider.hand_over(letter() + b"x" * (11 * 1024 * 1024)) == 413
    assert came_in(story) == []


def test_attack_A47_words_of_a_mail_are_text_on_our_pages(story: Story) -> None:
    invoice = reminded(story)
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    Provider(story).hand_over(letter(evil, answers=last_id(story), subject=evil))
    page = requests.get(story.jira.page_url("panel", story.alice, issue=story.issue), timeout=20).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert story.invoice(invoice).state == "issued"


# -- the mailbox over IMAP


def mailbox(story: Story, imap: PretendImap, *, password: str = "pass w/ord") -> None:
    with story.writing() as session:
        version = session.get_one(MailSettings, story.tenant).row_version
        form = MailboxForm(
            host=f"127.0.0.1:{imap.port}", user="answers", password=password, folder="INBOX", row_version=version
        )
        save_mailbox(session, form, keys=story.container.keys, scheme="imap", now=story.now, actor="stage")


def cursor(story: Story) -> Cursor:
    with story.reading() as session:
        return session.get_one(Cursor, (story.tenant, "imap"))


def test_req_F44_replies_are_fetched_over_imap_once_and_left_there(story: Story) -> None:
    invoice = reminded(story)
    with PretendImap(user="answers", password="pass w/ord") as imap:
        mailbox(story, imap)
        imap.put(letter("We pay.", answers=last_id(story), message_id="<1@brandt.example>"), on=story.today)
        story.read_jira("imap")
        imap.put(out_of_office(last_id(story)), on=story.today)
        story.read_jira("imap")
        story.read_jira("imap")
        assert sorted(mail.kind for mail in came_in(story)) == ["auto_reply", "reply"]
        assert cursor(story).value == f"{imap.validity}:2"
        assert imap.fetched == [1, 2]
        assert imap.changed == []
    assert "replied" in story.events(invoice)


def test_a_mailbox_whose_numbers_are_new_is_read_again_without_doubles(story: Story) -> None:
    reminded(story)
    with PretendImap(user="answers", password="pass w/ord") as imap:
        mailbox(story, imap)
        imap.put(letter(answers=last_id(story), message_id="<1@brandt.example>"), on=story.today)
        imap.put(letter("Old.", message_id="<0@brandt.example>"), on=story.today - timedelta(days=30))
        story.read_jira("imap")
        imap.renumber()
        story.read_jira("imap")
        assert len(came_in(story)) == 1
        assert cursor(story).value.startswith(f"{imap.validity}:")


def test_a_mailbox_that_refuses_or_is_away_is_told_and_asked_again(story: Story) -> None:
    with PretendImap(user="answers", password="right") as imap:
        mailbox(story, imap, password="wrong")
        with pytest.raises(Exception, match="refused user or password"):
            story.read_jira("imap")
        assert "refused user or password" in cursor(story).last_error
    with pytest.raises(Exception, match="cannot be reached"):
        story.read_jira("imap")
    assert cursor(story).failures == 2
    assert cursor(story).next_at is not None


def test_without_a_mailbox_nothing_is_asked_every_two_minutes(story: Story) -> None:
    story.read_jira("imap")
    assert cursor(story).next_at is None
