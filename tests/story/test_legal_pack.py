"""The legal pack: only with two people's word after the final notice; complete, digested, the same bytes twice."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict
from plugin.services.follow_ups.close_task import Outcome
from plugin.services.follow_ups.legal import approve_hand_over
from plugin.services.legal_pack.archive import archive
from plugin.services.legal_pack.make import LegalPack, legal_pack
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Document, Invoice
from sandbox.stage.house import ACTOR
from tests.story.test_escalation import ANOTHER, up_to_the_legal_step
from tests.support.stage import Story


def pack(story: Story, invoice: Invoice) -> LegalPack:
    with story.writing() as session:
        return legal_pack(session, invoice.id, today=story.today, now=story.now, actor=ACTOR)


def handed_over(story: Story) -> tuple[Invoice, Task]:
    invoice, task = up_to_the_legal_step(story)
    story.pay(invoice, "190.00", receipt=False)
    story.office.close(task.id, Outcome(outcome="hand_over", notes="=To Lex & Partner"))
    with story.writing() as session:
        approve_hand_over(session, task.id, today=story.today, now=story.now, actor=ANOTHER)
    return invoice, task


def test_req_F46_the_pack_holds_everything_with_its_digest(story: Story) -> None:
    invoice, _ = handed_over(story)
    made = pack(story, invoice)
    assert made.file_name == "INV-2026-0001-legal-pack.zip"
    with zipfile.ZipFile(io.BytesIO(made.content)) as zipped:
        assert zipped.testzip() is None
        files = {name: zipped.read(name) for name in zipped.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert (manifest["invoice"], manifest["balance_minor"]) == ("INV-2026-0001", 100_000)
    with story.reading() as session:
        document = session.scalars(select(Document).where(Document.invoice_id == invoice.id)).one()
    assert files[f"documents/{document.file_name}"] == document.body
    sent = sorted(mail.raw for mail in story.box.mails)
    assert sorted(content for name, content in files.items() if name.endswith(".eml")) == sent
    rows = list(csv.DictReader(io.StringIO(files["statement.csv"].decode())))
    assert [(row["amount_EUR"], row["balance"]) for row in rows] == [("1190.00", "1190.00"), ("-190.00", "1000.00")]
    assert "Handing over approved" in files["history.csv"].decode()
    assert "'=To Lex" in files["history.csv"].decode(), "no cell is a formula"
    assert b"laim" in files["interest.txt"]


def test_req_F46_the_same_state_and_day_give_the_same_bytes(story: Story) -> None:
    invoice, _ = handed_over(story)
    assert pack(story, invoice).content == pack(story, invoice).content
    files = {"b": b"2", "a": b"1"}
    assert archive(files, {}) == archive(dict(sorted(files.items())), {})
    assert archive(files, {}) != archive({"a": b"1"}, {})


def test_req_F46_no_pack_before_the_final_notice(story: Story) -> None:
    early = story.bill(2)
    story.drain()
    with pytest.raises(Conflict, match="No final notice"):
        pack(story, early)


def test_req_F46_no_pack_without_an_approver(story: Story) -> None:
    invoice, task = up_to_the_legal_step(story)
    with pytest.raises(Conflict, match="approved first"):
        pack(story, invoice)
    story.office.close(task.id, Outcome(outcome="hand_over", notes="To Lex & Partner"))
    with pytest.raises(Conflict, match="approved first"):
        pack(story, invoice)
    assert story.today > date(2026, 10, 29)
