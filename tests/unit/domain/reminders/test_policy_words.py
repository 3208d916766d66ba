"""A policy in words: what each field says, and the default ladder as a person reads it (C23)."""

from dataclasses import replace
from datetime import date

import pytest

from plugin.domain.reminders.policy import (
    Action,
    ActionKind,
    Anchor,
    Ask,
    AskKind,
    Attachment,
    CallOutcome,
    Channel,
    Guard,
    GuardKind,
    PolicyStep,
    Repetition,
    Role,
    Tone,
    Unit,
)
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_words import guard_in_words, policy_in_words, step_in_words, when_in_words

MAIL = PolicyStep(
    key="friendly",
    level=1,
    anchor=Anchor.DUE_DATE,
    offset=3,
    channel=Channel.EMAIL,
    tone=Tone.FRIENDLY,
    template="friendly",
)


def test_complaint_C23_the_default_policy_is_shown_in_words_with_its_intervals() -> None:
    assert policy_in_words(default_policy()) == (
        "3 days before the due date: a friendly mail to billing.",
        "3 days after the due date: a friendly mail to billing. Waits for a person when the client has replied.",
        "10 days after the due date: a phone call. Waits for a person when the client has replied.",
        (
            "14 days after the due date: a firm mail to billing, asking for payment within 7 business days. "
            "Waits for a person when the client has replied."
        ),
        "24 days after the due date: a task to offer a payment plan. Waits for a person when the client has replied.",
        (
            "35 days after the due date: a final mail to billing and the sponsor, asking for payment within 7 business "
            "days. Waits for a person when the client has replied."
        ),
        (
            "45 days after the due date: a decision of a person on legal steps. Not before the deadline of 'final' is "
            "over; waits for a person when the client has replied."
        ),
        "3 days before the due day of each instalment: a friendly mail to billing.",
        (
            "2 business days after the due day of each instalment: a friendly mail to billing. Waits for a person when "
            "the client has replied."
        ),
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"offset": 0}, "on the due date"),
        ({"offset": 1}, "1 day after the due date"),
        ({"offset": -1, "unit": Unit.BUSINESS_DAYS}, "1 business day before the due date"),
        ({"anchor": Anchor.ISSUE_DATE, "offset": 30}, "30 days after the issue date"),
        ({"anchor": Anchor.PREVIOUS_STEP, "offset": 7}, "7 days after the step before is done"),
        ({"anchor": Anchor.PREVIOUS_STEP, "offset": 0}, "when the step before is done"),
        ({"anchor": Anchor.PROMISE, "offset": 2}, "2 days after the promised day"),
        ({"anchor": Anchor.LAST_CONTACT, "offset": 14}, "14 days after the last contact"),
        ({"anchor": Anchor.INSTALMENT, "offset": -3}, "3 days before the due day of each instalment"),
        ({"anchor": Anchor.ABSOLUTE, "on": date(2026, 12, 22), "offset": 0}, "on 22 December 2026"),
        ({"anchor": Anchor.ABSOLUTE, "on": date(2026, 12, 22)}, "3 days after 22 December 2026"),
        ({"anchor": Anchor.ABSOLUTE}, "3 days after a day that is not chosen yet"),
    ],
)
def test_every_anchor_has_its_words(changes: dict[str, object], words: str) -> None:
    assert when_in_words(replace(MAIL, **changes)) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("guard", "words"),
    [
        (Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=123_405), "only while at least 1,234.05 is owed"),
        (Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=5_000, decimals=0), "only while at least 5,000 is owed"),
        (Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=50_125, decimals=3), "only while at least 50.125 is owed"),
        (Guard(GuardKind.NOT_VIEWED), "only if the client has not opened the invoice"),
        (Guard(GuardKind.VIEWED), "only if the client has opened the invoice"),
        (Guard(GuardKind.NO_REPLY), "waits for a person when the client has replied"),
        (
            Guard(GuardKind.CALL_OUTCOME, outcomes=(CallOutcome.NO_ANSWER, CallOutcome.VOICEMAIL)),
            "only if the last call ended with no answer or voicemail",
        ),
        (Guard(GuardKind.DEADLINE_PASSED, step="second"), "not before the deadline of 'second' is over"),
        (Guard(GuardKind.OVERDUE_AT_LEAST, days=1), "not before it is 1 day overdue"),
        (
            Guard(GuardKind.SEGMENT, names=("VIP", "public", "new")),
            "only for clients of the segment VIP, public or new",
        ),
        (
            Guard(GuardKind.RELIABILITY, at_least=20, at_most=60),
            "only for clients who paid at least 20 % and at most 60 % of their last invoices on time",
        ),
        (Guard(GuardKind.OPEN_INVOICES, at_least=1), "only for clients with at least 1 open invoice"),
    ],
)
def test_every_condition_has_its_words(guard: Guard, words: str) -> None:
    assert guard_in_words(guard) == words


def test_what_is_rare_is_said_after_the_head() -> None:
    step = replace(
        MAIL,
        channel=Channel.LETTER,
        tone=Tone.FINAL,
        recipients=(Role.BILLING, Role.ESCALATION),
        attachments=(Attachment.PDF, Attachment.STATEMENT),
        states_claim=True,
        ask=Ask(AskKind.DEADLINE, 1),
        repetition=Repetition(every=7, at_most=2, within_days=60),
    )
    assert step_in_words(step) == (
        "3 days after the due date: a final letter to billing and the escalation contact, asking for payment within "
        "1 business day. It states interest and the fixed sum. With the invoice as PDF and the statement of account. "
        "Again every 7 days, at most 2 times, until 60 days after the due date."
    )


@pytest.mark.parametrize(
    ("channel", "action", "words"),
    [
        (Channel.JIRA, Action(ActionKind.COMMENT), "a comment on the Jira issue"),
        (Channel.JIRA, Action(ActionKind.MENTION), "a comment that mentions the project's owner"),
        (Channel.JIRA, Action(ActionKind.NOTIFY), "a notification by Jira"),
        (Channel.JIRA, Action(ActionKind.TRANSITION, "Chasing"), "the Jira issue moves to Chasing"),
        (Channel.WEBHOOK, Action(ActionKind.WEBHOOK, "sms"), "a message through sms to billing"),
    ],
)
def test_every_action_has_its_words(channel: Channel, action: Action, words: str) -> None:
    step = replace(MAIL, channel=channel, action=action)
    assert step_in_words(step) == f"3 days after the due date: {words}."


def test_settings_of_the_policy_come_first() -> None:
    policy = replace(default_policy(), ask_first=True, ask_when_late_days=3)
    assert policy_in_words(policy)[:2] == (
        "Every step waits until a person has approved it.",
        "What is more than 3 days late waits for a person.",
    )
