"""The guided strip: each step is done by what the world shows, compared with how it began."""

from pathlib import Path

from sandbox.host.guide import Facts, Guide, MailFact, Places, awaits_call, facts_of, steps_of

PLACES = Places(billing="/projects/ACM/apps/project", call="/browse/ACM-7", issues={"2026-0042": "/browse/ACM-1"})
PDF = ("application/pdf",)
# Rows of the living comment as plain text: step, channel, what happened.
OPENED = "Phone callPhoneCall the client: task opened"
OUTCOME = "Phone callPhonePromised to pay"


def mails(*media: tuple[str, ...]) -> list[MailFact]:
    return [MailFact(number=number, subject="x", media_types=types) for number, types in enumerate(media, start=1)]


def done(now: Facts, start: Facts, sent: list[MailFact] | None = None) -> list[int]:
    return [step.number for step in steps_of(now, start, sent or [], PLACES) if step.done]


def test_nothing_is_done_in_a_fresh_world() -> None:
    start = Facts(issued=("1",), settled=("1",), call_rows=3, drafts=2, mails=5)
    assert done(start, start, mails(*[PDF] * 5)) == []


def test_each_step_is_done_by_its_own_fact() -> None:
    start = Facts(issued=("1",))
    assert done(Facts(issued=("1",), drafts=1), start) == [1]
    assert done(Facts(issued=("1", "2")), start) == [1, 2]
    assert done(Facts(issued=("1",), mails=1), start, mails(())) == [3]
    assert done(Facts(issued=("1",), call_rows=1), start) == [4]
    assert done(Facts(issued=("1",), settled=("1",)), start) == [5]


def test_the_mail_of_the_new_invoice_is_not_a_follow_up() -> None:
    start = Facts(issued=("1",), mails=1)
    steps = steps_of(Facts(issued=("1", "2"), mails=2), start, mails((), PDF), PLACES)
    assert [step.number for step in steps if step.done] == [1, 2]
    assert steps[1].changed == ("/mailbox/2", "See the mail and its PDF")
    steps = steps_of(Facts(issued=("1", "2"), mails=3), start, mails((), PDF, PDF), PLACES)
    assert steps[2].changed == ("/mailbox/3", "See the mail")


def test_the_payment_leads_to_the_issue_that_tells_it() -> None:
    steps = steps_of(Facts(settled=("2026-0042",)), Facts(), [], PLACES)
    assert steps[4].changed == ("/browse/ACM-1", "See the history")


def test_facts_are_what_everyone_sees() -> None:
    properties = [
        {"invoices": [{"number": "2", "state": "issued"}, {"number": "1", "state": "paid"}]},
        {"invoices": [{"number": "1", "state": "paid"}, {"number": None}]},
        {"unbilledHours": 3},
        "odd",
    ]
    comments = [f"Invoice 1 Overdue\n{OPENED}\n{OUTCOME}", "Please phone me"]
    facts = facts_of(properties, comments, ["Draft created", "Draft deleted", "Client saved"], mails(PDF))
    assert facts == Facts(issued=("1", "2"), settled=("1",), call_rows=1, drafts=1, mails=1)


def test_a_call_is_awaited_until_its_outcome_stands_below() -> None:
    assert awaits_call(f"Invoice 1\n{OPENED}")
    assert not awaits_call(f"Invoice 1\n{OPENED}\n{OUTCOME}")
    assert not awaits_call("Invoice 1")


def test_the_beginning_is_kept_until_it_is_set_anew(tmp_path: Path) -> None:
    world = {"facts": Facts(issued=("1",))}
    kept = tmp_path / "state" / "guide.json"
    guide = Guide(kept, lambda: (world["facts"], [], PLACES))
    assert guide.answer()["done"] == 0
    world["facts"] = Facts(issued=("1", "2"))
    assert guide.answer()["done"] == 2
    again = Guide(kept, lambda: (world["facts"], [], PLACES))
    assert again.answer()["done"] == 2
    again.begin()
    assert again.answer()["done"] == 0
