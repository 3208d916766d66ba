"""Counts mails in the sink and rows of comments in the pretend Jira by step, and holds them against the script.

What must be true of each reminder is worked out from the invoice's course alone: nothing of Dunlin's is asked.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

from sandbox.jira.model import Issue
from sandbox.real_input.campaign import Bill, Campaign
from sandbox.stage.checks import Checks
from sandbox.stage.witness import SeenMail, SeenRow, seen_mails, seen_rows

ZONE = ZoneInfo("Europe/Vienna")
OFFSETS = {"notice": -3, "friendly": 3, "call": 10, "second": 14, "plan_offer": 24, "final": 35, "legal": 45}
"""Days from the due date, as DESIGN.md has them."""
SLACK = {"notice": 4, "friendly": 4, "call": 4, "second": 10, "plan_offer": 10}
"""Days by which business days, the pause between contacts and a promise may put a step off."""
TASKS = ("call", "plan_offer", "legal")

Figures = dict[str, object]


def audit_ladder(campaign: Campaign, checks: Checks) -> Figures:
    """The counts, each compared with what the courses of the invoices allow and demand."""
    jira = campaign.stage.jira
    mails, comments = seen_mails(campaign.stage.mailbox.mails), jira.comments()
    rows = seen_rows(comments)
    bills = campaign.bills
    reminders = [mail for mail in mails if mail.is_reminder]
    _arrivals(bills, mails, checks)
    _each_reminder(bills, reminders, checks)
    _each_row(bills, rows, checks)
    _together(reminders, rows, checks)
    _complete(bills, rows, checks)
    checks.equal("comments (one for each invoice)", len(comments), len(bills))
    told = {row.number for row in rows}
    checks.equal("invoices whose history a comment tells", len(told), len(bills))
    return {
        "mails_accepted": len(mails),
        "mails_by_step": _sorted(Counter(mail.step for mail in mails)),
        "invoices_in_reminders_by_step": _sorted(Counter(row.step for row in rows if _is_reminder(row))),
        "history_comments": len(comments),
        "comment_edits": sum(comment.edits for comment in comments),
        "comment_rows": len(rows),
        "comment_rows_by_step": _sorted(Counter(row.step or "(state)" for row in rows)),
        "issues_with_property": sum(_has_property(campaign, issue) for issue in jira.world.issues.values()),
        "duplicates": len(mails) - len({mail.message_id for mail in mails}),
        "after_settlement": sum(bool(_late(bills, mail)) for mail in reminders),
        "before_their_day": sum(bool(_early(bills, mail)) for mail in reminders),
    }


def _arrivals(bills: dict[str, Bill], mails: list[SeenMail], checks: Checks) -> None:
    brought = Counter(mail.numbers[:1] for mail in mails if mail.step == "issue")
    checks.equal("invoices that arrived once", sum(count == 1 for count in brought.values()), len(bills))
    checks.equal("their PDFs", sum(len(mail.pdfs) for mail in mails if mail.step == "issue"), len(bills))
    checks.equal("receipts", sum(mail.step == "receipt" for mail in mails), len(bills))
    checks.equal("mails of an unknown kind", sum(not mail.step for mail in mails), 0)
    checks.equal("mails with one Message-ID twice", len(mails) - len({mail.message_id for mail in mails}), 0)


def _each_reminder(bills: dict[str, Bill], reminders: list[SeenMail], checks: Checks) -> None:
    checks.equal("reminders after settlement", [n for mail in reminders for n in _late(bills, mail)][:5], [])
    checks.equal("reminders before their day", [n for mail in reminders for n in _early(bills, mail)][:5], [])
    checks.equal("reminders amid a dispute", [n for m in reminders for n in m.numbers if _disputed(bills[n], m.at)], [])
    days_off = holidays.country_holidays("AT", subdiv="9")
    odd = [mail.at for mail in reminders if _local(mail).weekday() >= 5 or _local(mail).date() in days_off]
    checks.equal("reminders on a day off", odd[:5], [])
    checks.equal("reminders outside 9 to 17", [m.at for m in reminders if not 9 <= _local(m).hour < 17][:5], [])
    twice = Counter((number, _local(mail).date(), mail.recipients) for mail in reminders for number in mail.numbers)
    checks.equal("an invoice in two reminders of a day", [key for key, count in twice.items() if count > 1][:5], [])
    steps = Counter((mail.numbers, mail.step) for mail in reminders if len(mail.numbers) == 1)
    checks.equal("a step mailed twice", [key for key, count in steps.items() if count > 1][:5], [])


def _each_row(bills: dict[str, Bill], rows: list[SeenRow], checks: Checks) -> None:
    """The comment names the step of each invoice, also where one mail spoke of several."""
    steps = [row for row in rows if _is_reminder(row) or row.text.endswith(": task opened")]
    early = [row for row in steps if row.day < bills[row.number].course.due_on + timedelta(days=OFFSETS[row.step])]
    checks.equal("steps before their day", early[:5], [])
    late = [row for row in steps if row.day > bills[row.number].course.paid_at.date()]
    checks.equal("steps after settlement", late[:5], [])
    twice = Counter((row.number, row.step) for row in steps)
    checks.equal("steps twice", [key for key, count in twice.items() if count > 1][:5], [])


def _together(reminders: list[SeenMail], rows: list[SeenRow], checks: Checks) -> None:
    """What the comments say was sent is what the sink accepted, invoice by invoice and day by day."""
    told = Counter((row.number, row.day) for row in rows if _is_reminder(row))
    seen = Counter((number, _local(mail).date()) for mail in reminders for number in mail.numbers)
    checks.equal("comments and sink differ", sorted((told - seen) + (seen - told))[:5], [])


def _complete(bills: dict[str, Bill], rows: list[SeenRow], checks: Checks) -> None:
    """What had to go went: nobody disputed it, and it was still open well after its day."""
    done = {(row.number, row.step) for row in rows if _is_reminder(row) or row.text.endswith(": task opened")}
    missing = [key for bill in bills.values() for key in _demanded(bill) if key not in done]
    checks.equal("steps that had to go and did not", missing[:5], [])


def _demanded(bill: Bill) -> Iterator[tuple[str, str]]:
    course = bill.course
    if course.disputed_at is None:
        for step, slack in SLACK.items():
            if course.paid_at.date() > course.due_on + timedelta(days=OFFSETS[step] + slack):
                yield bill.number, step


def _late(bills: dict[str, Bill], mail: SeenMail) -> list[str]:
    return [number for number in mail.numbers if mail.at >= bills[number].course.paid_at]


def _early(bills: dict[str, Bill], mail: SeenMail) -> list[str]:
    """One mail may speak of several invoices: its own step is that of at least one, none is before its first step."""
    first = timedelta(days=min(OFFSETS.values()))
    own = timedelta(days=OFFSETS[mail.step])
    today = _local(mail).date()
    before = [number for number in mail.numbers if today < bills[number].course.due_on + first]
    reached = any(today >= bills[number].course.due_on + own for number in mail.numbers)
    return before if reached else list(mail.numbers)


def _disputed(bill: Bill, at: datetime) -> bool:
    course = bill.course
    return course.disputed_at is not None and course.disputed_at <= at < (course.settled_at or course.paid_at)


def _is_reminder(row: SeenRow) -> bool:
    return row.step in OFFSETS and row.step not in TASKS and " sent: " in row.text


def _local(mail: SeenMail) -> datetime:
    return mail.at.astimezone(ZONE)


def _has_property(campaign: Campaign, issue: Issue) -> bool:
    return campaign.stage.jira.property(issue, "dunlin") is not None


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
