"""Each remark of the lint, on the smallest ladder that earns it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.lint_findings import LintFinding, Severity
from plugin.domain.reminders.policy import (
    Action,
    ActionKind,
    Anchor,
    Ask,
    AskKind,
    Attachment,
    Channel,
    Guard,
    GuardKind,
    Policy,
    PolicyStep,
    Repetition,
    Tone,
    Unit,
)
from plugin.domain.reminders.policy_lint import check, lint
from tests.unit.domain.reminders.cases import THREE, mail, policy, task

E, W = Severity.ERROR, Severity.WARNING
SEVEN = Ask(AskKind.DEADLINE, 7)
LEGAL = task("legal", 9, 90, Channel.LEGAL_DECISION, Tone.FINAL)
INSTALMENT: dict[str, Any] = {"anchor": Anchor.INSTALMENT}


def on(key: str, level: int, day: date | None, **changes: Any) -> PolicyStep:
    return mail(key, level, 0, anchor=Anchor.ABSOLUTE, on=day, **changes)


def jira(key: str, level: int, offset: int, action: Action | None, **changes: Any) -> PolicyStep:
    return mail(key, level, offset, channel=Channel.JIRA, action=action, template="", **changes)


def webhook(action: Action | None, **changes: Any) -> Policy:
    return policy(mail("a", 1, 3, channel=Channel.WEBHOOK, action=action, **changes))


COMMENT = Action(ActionKind.COMMENT)
SMS = Action(ActionKind.WEBHOOK, "sms")


def remarks(ladder: Policy, **known: Any) -> tuple[LintFinding, ...]:
    """All but one that these small ladders would earn at every step."""
    return tuple(finding for finding in lint(ladder, **known) if finding.code != "reply_ignored")


@pytest.mark.parametrize(
    ("ladder", "severity", "code", "words"),
    [
        (policy(), E, "no_steps", "has no step"),
        (Policy(id="p", version=1, name=" ", steps=THREE.steps), E, "no_name", "needs a name"),
        (policy(mail("a", 1, 3), mail("a", 2, 9)), E, "double_key", "Step 2 ('a') uses a key"),
        (policy(mail("a", 1, 3), mail("b", 1, 9)), E, "level_order", "above 1, that of 'a'"),
        (policy(mail("a", 1, -1, anchor=Anchor.ISSUE_DATE)), E, "before_issue", "before the invoice is issued"),
        (policy(mail("a", 1, -15)), E, "before_issue", "due 14 days after issue"),
        (policy(mail("a", 1, -11, unit=Unit.BUSINESS_DAYS)), E, "before_issue", "due 14 days after issue"),
        (policy(mail("a", 1, 3, anchor=Anchor.PREVIOUS_STEP)), E, "no_previous", "it is the first"),
        (policy(mail("a", 1, 3), mail("b", 2, 0, anchor=Anchor.PREVIOUS_STEP)), E, "not_after", "at least 1 day"),
        (policy(mail("a", 1, 9), mail("b", 2, 9)), E, "offset_order", "does not come after 'a'"),
        (policy(mail("a", 1, 9), mail("b", 2, 7, unit=Unit.BUSINESS_DAYS)), E, "offset_order", "would never go"),
        (policy(mail("a", 1, 3, Tone.FIRM), mail("b", 2, 9)), W, "tone_softens", "is friendly after 'a' was firm"),
        (policy(mail("a", 1, 3, ask=SEVEN), mail("b", 2, 12)), W, "deadline_unreachable", "would wait"),
        (policy(mail("a", 1, 3, ask=Ask(AskKind.LEGAL_DECISION))), E, "no_human_gate", "a person decides that"),
        (policy(mail("a", 1, 3, template="legal_threat")), E, "no_human_gate", "threaten legal action by itself"),
        (policy(mail("a", 1, 3, Tone.FINAL)), W, "no_human_gate", "no step lets a person decide"),
        (policy(mail("a", 1, 3, template="")), E, "no_template", "without a template"),
        (policy(mail("a", 1, 3, recipients=())), E, "no_recipients", "mail to nobody"),
        (
            policy(mail("a", 1, 3), mail("b", 2, 9, guards=(Guard(GuardKind.DEADLINE_PASSED, step="c"),))),
            E,
            "unknown_step",
            "waits for 'c', which is no step before it",
        ),
        (
            policy(mail("a", 1, 3), mail("b", 2, 9, guards=(Guard(GuardKind.DEADLINE_PASSED, step="a"),))),
            W,
            "no_deadline",
            "waits for 'a', which gives no deadline",
        ),
        (
            policy(mail("a", 1, 3), mail("b", 2, 0, anchor=Anchor.LAST_CONTACT)),
            E,
            "not_after",
            "after the last contact",
        ),
        (policy(on("a", 1, None)), E, "no_date", "none is given"),
        (policy(mail("a", 1, 3, on=date(2026, 12, 1))), E, "odd_date", "counts from due_date"),
        (
            policy(on("a", 1, date(2026, 12, 2)), on("b", 2, date(2026, 12, 2))),
            E,
            "offset_order",
            "does not come after 'a'",
        ),
        (
            policy(on("a", 1, date(2026, 12, 1), ask=SEVEN), on("b", 2, date(2026, 12, 10))),
            W,
            "deadline_unreachable",
            "before the deadline of 'a'",
        ),
        (
            policy(mail("a", 1, 3, ask=SEVEN), mail("b", 2, 9, anchor=Anchor.PREVIOUS_STEP)),
            W,
            "deadline_unreachable",
            "before the deadline of 'a'",
        ),
        (policy(mail("a", 1, 0, **INSTALMENT, ask=SEVEN)), E, "instalment_ask", "must ask for its payment"),
        (policy(replace(task("a", 1, 0), **INSTALMENT)), E, "instalment_task", "cannot be a call task"),
        (policy(mail("a", 1, 0, **INSTALMENT, repetition=Repetition(3, 2))), E, "instalment_repeats", "for each"),
        (policy(mail("a", 1, 3, **INSTALMENT), mail("b", 2, 3, **INSTALMENT)), E, "offset_order", "would never go"),
        (
            policy(mail("a", 1, 3, **INSTALMENT), mail("b", 2, 3, anchor=Anchor.PREVIOUS_STEP)),
            E,
            "no_previous",
            "it is the first",
        ),
        (policy(jira("a", 1, 3, None)), E, "no_action", "choose a comment"),
        (policy(jira("a", 1, 3, SMS)), E, "wrong_action", "cannot do webhook on the channel jira"),
        (policy(jira("a", 1, 3, Action(ActionKind.TRANSITION, " "))), E, "no_target", "status to move the issue to"),
        (policy(jira("a", 1, 3, COMMENT, ask=Ask(AskKind.CALL))), E, "no_human_gate", "step of the channel jira"),
        (webhook(None), E, "no_action", "choose the target to call"),
        (webhook(COMMENT), E, "wrong_action", "cannot do comment on the channel webhook"),
        (webhook(Action(ActionKind.WEBHOOK)), E, "no_target", "names no webhook target"),
        (webhook(SMS, template="legal"), E, "no_human_gate", "threaten legal action by itself"),
        (policy(mail("a", 1, 3, channel=Channel.LETTER, template="")), E, "no_template", "channel letter without"),
        (policy(mail("a", 1, 3, Tone.FINAL, channel=Channel.LETTER)), W, "no_human_gate", "no step lets a person"),
        (policy(mail("a", 1, 3, action=COMMENT)), E, "odd_action", "channel email, which has no action"),
        (policy(mail("a", 1, -3, states_claim=True)), E, "claim_too_early", "before the invoice is overdue"),
        (policy(mail("a", 1, 0, states_claim=True)), E, "claim_too_early", "before the invoice is overdue"),
        (policy(jira("a", 1, 3, COMMENT, states_claim=True)), E, "odd_claim", "has no text"),
        (
            policy(mail("a", 1, 3, guards=(Guard(GuardKind.RELIABILITY, at_least=60, at_most=50),))),
            E,
            "no_such_share",
            "which nobody is",
        ),
    ],
)
def test_each_remark(ladder: Policy, severity: Severity, code: str, words: str) -> None:
    found = {finding.code: finding for finding in lint(ladder, terms_days=14)}
    assert code in found
    assert found[code].severity is severity
    assert words in found[code].sentence


def test_a_task_must_ask_for_what_it_is() -> None:
    step = task("call", 1, 3)
    wrong = policy(replace(step, ask=Ask(AskKind.PLAN)))
    assert [finding.code for finding in lint(wrong)] == ["wrong_ask"]


def test_a_policy_step_before_issue_is_refused_on_save_and_names_the_field() -> None:
    with pytest.raises(InvalidInput, match=r"Step 1 \('a'\) would go before the invoice is issued") as refused:
        check(policy(mail("a", 1, -1, anchor=Anchor.ISSUE_DATE)))
    assert refused.value.field == "steps[0].offset"


def test_req_F06_a_softer_tone_warns_and_does_not_keep_from_saving() -> None:
    check(policy(mail("a", 1, 3, Tone.FIRM), mail("b", 2, 9)))


def test_a_sound_ladder_has_no_remark() -> None:
    sound = policy(*THREE.steps, mail("final", 4, 40, Tone.FINAL, ask=SEVEN), LEGAL)
    assert remarks(sound, terms_days=0) == ()


TEXTS = {("one", "en"), ("one", "de"), ("two", "en")}


def test_a_text_is_there_in_every_language_in_use() -> None:
    ladder = policy(mail("one", 1, 3), mail("two", 2, 9), mail("three", 3, 15), jira("four", 4, 20, COMMENT))
    found = remarks(ladder, texts=TEXTS, languages=["en", "de"])
    assert [(each.step, each.severity, each.code) for each in found] == [
        ("two", W, "missing_language"),
        ("three", E, "no_text"),
    ]
    assert "no text in de" in found[0].sentence
    assert remarks(ladder) == ()
    with pytest.raises(InvalidInput, match=r"Step 3 \('three'\) uses the text 'three', which does not exist"):
        check(ladder, texts=TEXTS, languages=["en", "de"])


def test_what_happens_in_jira_or_about_instalments_is_no_rung_of_the_ladder() -> None:
    """Neither the day nor the tone of the client's next step is judged by them."""
    ladder = policy(
        mail("first", 1, 1, Tone.NEUTRAL),
        jira("owner", 2, 1, Action(ActionKind.MENTION)),
        jira("status", 3, 1, Action(ActionKind.TRANSITION, "Overdue"), tone=Tone.FRIENDLY),
        mail("second", 4, 9, Tone.FIRM),
        mail("ahead", 5, -3, **INSTALMENT),
        mail("late", 6, 2, Tone.NEUTRAL, **INSTALMENT),
        mail("third", 7, 20, Tone.FIRM, channel=Channel.LETTER),
        mail("sms", 8, 22, Tone.FIRM, channel=Channel.WEBHOOK, action=SMS, states_claim=True),
    )
    assert remarks(ladder, terms_days=14) == ()


def test_req_F44_a_reminder_that_does_not_wait_for_replies_is_remarked_and_a_notice_is_not() -> None:
    waits = mail("waits", 2, 3, guards=(Guard(GuardKind.NO_REPLY),))
    ladder = policy(mail("notice", 1, -3), waits, mail("goes", 3, 9), jira("told", 4, 10, COMMENT), LEGAL)
    assert [(finding.step, finding.code) for finding in lint(ladder)] == [("goes", "reply_ignored")]
    assert "although the client has replied" in lint(ladder)[0].sentence


def test_an_xml_that_is_not_made_yet_is_remarked() -> None:
    step = mail("a", 1, 3, attachments=(Attachment.PDF, Attachment.XML))
    assert [finding.code for finding in remarks(policy(step))] == ["no_xml"]
