"""What people are asked to do, and how each task may end: the words of forms and of the history."""

from collections.abc import Mapping

from plugin.domain.reminders.policy import CallOutcome, Channel

FIX, REPLY, NEXT, ENDED = "fix", "reply", "next", "end_of_schedule"
LETTER = "letter"
"""Tasks that no step of a ladder asks for: something to mend, a reply to read, a next action, an ended ladder."""

TITLES: Mapping[str, str] = {
    Channel.CALL: "Call the client",
    Channel.PLAN_OFFER: "Offer a payment plan",
    Channel.LEGAL_DECISION: "Decide on legal steps",
    FIX: "Mend what stands in the way",
    REPLY: "Answer the client",
    NEXT: "Next action",
    ENDED: "The schedule has ended: decide what to do",
    LETTER: "Print and post the letter",
}

OUTCOMES: Mapping[str, Mapping[str, str]] = {
    Channel.CALL: {
        CallOutcome.ANSWERED: "Spoke with the client",
        CallOutcome.VOICEMAIL: "Left a message on voicemail",
        CallOutcome.NO_ANSWER: "Nobody answered",
        CallOutcome.WRONG_CONTACT: "Wrong contact",
        CallOutcome.PROMISE: "Promised to pay",
        CallOutcome.DISPUTE: "Disputes the invoice",
        CallOutcome.REFUSED: "Refuses to pay",
    },
    Channel.PLAN_OFFER: {
        "accepted": "Payment plan accepted",
        "declined": "Payment plan declined",
        "no_answer": "No answer to the plan",
        "not_offered": "No plan offered",
    },
    Channel.LEGAL_DECISION: {
        "hand_over": "Handed over to collection or a lawyer",
        "wait": "Decided to wait",
        "no_action": "Decided against legal steps",
    },
    FIX: {"mended": "Mended", "not_needed": "It need not be mended"},
    REPLY: {"answered": "Answered the client", "not_needed": "No answer is needed"},
    LETTER: {"posted": "Letter posted", "not_posted": "Letter not posted"},
    NEXT: {"done": "Done", "dropped": "Not done after all"},
    ENDED: {
        "wait": "Decided to wait",
        "plan": "A payment plan is to be offered",
        "legal": "Legal steps are to be decided",
        "no_action": "Left as it is",
    },
}
"""The words of the history by kind of task and outcome; each form offers exactly these."""

FOLLOWS_UP = (Channel.CALL.value, Channel.PLAN_OFFER.value, Channel.LEGAL_DECISION.value, LETTER, ENDED)
"""What is left undone once a lawyer or an agency has the invoice; to answer a client, or to mend something, is not."""

NEEDS_DAY = frozenset({CallOutcome.PROMISE.value, "wait"})
"""Outcomes that name a day: of the promise, or the last of the wait."""
