"""The moves of an effect: each is one conditional UPDATE, and says whether it won. Nothing else changes these columns.

The planned steps of a mail follow the state of its effect in the same transaction.
"""

from plugin.store.effect_moves.claims import claim, defer, finish, pass_gate, plan_again, put_back, renew, to_unknown
from plugin.store.effect_moves.row import IN_DOUBT, IN_FLIGHT, STEP_KINDS, Claim
from plugin.store.effect_moves.settling import (
    STALLS_UNTIL_PARKED,
    Stalled,
    add_evidence,
    look_again,
    resolve,
    settle_parked,
    settle_stalled,
    strike,
)
from plugin.store.effect_moves.waiting import (
    WAITS_FOR_APPROVAL,
    WAITS_FOR_UNDO,
    call_off_mail,
    push_next,
    release_approved,
    release_dependents,
    send_at_once,
    wait_for_all,
    wait_for_issue,
    wait_until,
    wake_from_the_future,
    wake_mails,
)

__all__ = [
    "IN_DOUBT",
    "IN_FLIGHT",
    "STALLS_UNTIL_PARKED",
    "STEP_KINDS",
    "WAITS_FOR_APPROVAL",
    "WAITS_FOR_UNDO",
    "Claim",
    "Stalled",
    "add_evidence",
    "call_off_mail",
    "claim",
    "defer",
    "finish",
    "look_again",
    "pass_gate",
    "plan_again",
    "push_next",
    "put_back",
    "release_approved",
    "release_dependents",
    "renew",
    "resolve",
    "send_at_once",
    "settle_parked",
    "settle_stalled",
    "strike",
    "to_unknown",
    "wait_for_all",
    "wait_for_issue",
    "wait_until",
    "wake_from_the_future",
    "wake_mails",
]
