"""The guided strip: each step is done by what the world shows, compared with how it began."""

from pathlib import Path

from sandbox.host.guide import Facts, Guide, MailFact, Places, Told, awaits_call, facts_of, steps_of

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
    start = Facts(issued=("1",), settled=("1",), calls={"1": 3}, drafts=2, mails=5)
    assert done(start, start, mails(*[PDF] * 5)) == []


def test_each_step_is_done_by_its_own_fact() -> None:
    start = Facts(issued=("1",))
    assert done(Facts(issued=("1",), drafts=1), start) == [1]
    assert done(Facts(issued=("1", "2")), start) == [1, 2]
    assert done(Facts(issued=("1",), mails=1), start, mails(())) == [3]
    assert done(Facts(issued=("1",), calls={"1": 1}), start) == [4]
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


def test_the_draft_is_found_where_it_was_made() -> None:
    places = Places(billing="/b", call="/c", issues={}, draft="/projects/ACM/apps/project#!invoices%2F7")
    first, second, *_ = steps_of(Facts(drafts=1), Facts(), [], places)
    assert first.changed == ("/projects/ACM/apps/project#!invoices%2F7", "See the draft")
    assert (second.href, second.link) == ("/projects/ACM/apps/project#!invoices%2F7", "Open the draft")
    issued, *_ = steps_of(Facts(drafts=1, issued=("9",)), Facts(), [], places)
    assert issued.changed == ("/projects/ACM/apps/project#!invoices%2F7", "See the invoice")


def test_the_first_follow_up_stays_the_one_that_is_shown() -> None:
    steps = steps_of(Facts(mails=3), Facts(mails=1), mails(PDF, PDF, ()), PLACES)
    assert steps[2].changed == ("/mailbox/2", "See the mail")


def test_after_the_call_both_last_steps_are_about_the_client_who_was_called() -> None:
    places = Places(billing="/b", call="/browse/ACM-9", issues={"1": "/browse/ACM-1", "2": "/browse/ACM-2"})
    before = steps_of(Facts(calls={"1": 1, "2": 0}), Facts(calls={"1": 1, "2": 0}), [], places)
    assert [step.href for step in before[3:]] == ["/browse/ACM-9", "/browse/ACM-9"]
    after = steps_of(Facts(calls={"1": 1, "2": 1}), Facts(calls={"1": 1, "2": 0}), [], places)
    assert [step.href for step in after[3:]] == ["/browse/ACM-2", "/browse/ACM-2"]
    assert (after[3].done, after[3].changed) == (True, ("/browse/ACM-2", "See the history"))


def test_facts_are_what_everyone_sees() -> None:
    properties = [
        {"invoices": [{"number": "2", "state": "issued"}, {"number": "1", "state": "paid"}]},
        {"invoices": [{"number": "1", "state": "paid"}, {"number": None}]},
        {"unbilledHours": 3},
        "odd",
    ]
    told = [Told(number="1", path="/browse/ACM-1", text=f"Invoice 1 Overdue\n{OPENED}\n{OUTCOME}")]
    facts = facts_of(properties, told, 1, mails(PDF))
    assert facts == Facts(issued=("1", "2"), settled=("1",), calls={"1": 1}, drafts=1, mails=1)


def test_a_call_is_awaited_until_its_outcome_stands_below() -> None:
    assert awaits_call(f"Invoice 1\n{OPENED}")
    assert not awaits_call(f"Invoice 1\n{OPENED}\n{OUTCOME}")
    assert not awaits_call("Invoice 1")


def test_the_beginning_is_kept_until_it_is_set_anew(tmp_path: Path) -> None:
    world = {"facts": Facts(issued=("1",))}
    kept = tmp_path / "state" / "guide.json"
    guide = Guide(kept, lambda: (world["facts"], [], PLACES))
    assert (guide.has_begun, guide.answer()["done"]) == (False, 0)
    guide.begin()
    assert guide.has_begun
    world["facts"] = Facts(issued=("1", "2"))
    assert guide.answer()["done"] == 2
    again = Guide(kept, lambda: (world["facts"], [], PLACES))
    assert again.answer()["done"] == 2
    again.begin()
    assert again.answer()["done"] == 0
