"""Each remark of the lint, on the smallest ladder that earns it."""

import pytest

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import Anchor, Ask, AskKind, Channel, Guard, GuardKind, Policy, Tone, Unit
from plugin.domain.reminders.policy_lint import Severity, check, lint
from tests.unit.domain.reminders.cases import THREE, mail, policy, task

E, W = Severity.ERROR, Severity.WARNING
SEVEN = Ask(AskKind.DEADLINE, 7)
LEGAL = task("legal", 9, 90, Channel.LEGAL_DECISION, Tone.FINAL)


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
    ],
)
def test_each_remark(ladder: Policy, severity: Severity, code: str, words: str) -> None:
    found = {finding.code: finding for finding in lint(ladder, terms_days=14)}
    assert code in found
    assert found[code].severity is severity
    assert words in found[code].sentence


def test_a_task_must_ask_for_what_it_is() -> None:
    step = task("call", 1, 3)
    wrong = policy(type(step)(**{**{name: getattr(step, name) for name in step.__slots__}, "ask": Ask(AskKind.PLAN)}))
    assert [finding.code for finding in lint(wrong)] == ["wrong_ask"]


def test_a_policy_step_before_issue_is_refused_on_save_and_names_the_field() -> None:
    with pytest.raises(InvalidInput, match=r"Step 1 \('a'\) would go before the invoice is issued") as refused:
        check(policy(mail("a", 1, -1, anchor=Anchor.ISSUE_DATE)))
    assert refused.value.field == "steps[0].offset"


def test_req_F06_a_softer_tone_warns_and_does_not_keep_from_saving() -> None:
    check(policy(mail("a", 1, 3, Tone.FIRM), mail("b", 2, 9)))


def test_a_sound_ladder_has_no_remark() -> None:
    sound = policy(*THREE.steps, mail("final", 4, 40, Tone.FINAL, ask=SEVEN), LEGAL)
    assert lint(sound, terms_days=0) == ()
