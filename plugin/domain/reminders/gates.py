"""The one table of gates, in the order of ``GateName``, and how their answers become one."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from plugin.domain.reminders import gates_invoice, gates_step, gates_time
from plugin.domain.reminders.guards import guards
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, GateName, Outcome


class Gate(NamedTuple):
    """``per_step``: the answer differs by step and day. ``courtesy``: not asked when a person says "send now".

    ``now_only``: asked about today, never of a forecast, which cannot know hours, the age of data or approvals.
    """

    name: GateName
    ask: Callable[[Question], Finding | None]
    per_step: bool = True
    courtesy: bool = False
    now_only: bool = False


GATES = (
    Gate(GateName.TENANT, gates_invoice.tenant_active, per_step=False),
    Gate(GateName.KILL_SWITCH, gates_invoice.kill_switch, per_step=False),
    Gate(GateName.SANDBOX, gates_step.sandbox),
    Gate(GateName.SWITCHES, gates_invoice.switches, per_step=False),
    Gate(GateName.OPT_OUT, gates_step.opt_out),
    Gate(GateName.STATE, gates_invoice.state, per_step=False),
    Gate(GateName.BALANCE, gates_invoice.balance, per_step=False),
    Gate(GateName.HANDED_OVER, gates_invoice.handed_over, per_step=False),
    Gate(GateName.PAUSE, gates_time.pause),
    Gate(GateName.PROMISE, gates_time.promise),
    Gate(GateName.DISPUTE, gates_invoice.dispute, per_step=False),
    Gate(GateName.PLAN, gates_time.plan_running),
    Gate(GateName.OBSTACLE, gates_invoice.obstacle, per_step=False),
    Gate(GateName.APPLICABLE, gates_step.applicable, courtesy=True),
    Gate(GateName.AUTOPAY, gates_step.autopay, courtesy=True),
    Gate(GateName.CONSUMER, gates_step.consumer),
    Gate(GateName.GUARDS, guards),
    Gate(GateName.DEADLINE, gates_time.deadline, courtesy=True),
    Gate(GateName.FRESHNESS, gates_time.freshness, courtesy=True, now_only=True),
    Gate(GateName.IN_DOUBT, gates_time.in_doubt, now_only=True),
    Gate(GateName.INTERVAL, gates_time.interval, courtesy=True),
    Gate(GateName.MANUAL_MAIL, gates_time.manual_mail, courtesy=True),
    Gate(GateName.QUIET, gates_time.quiet, courtesy=True),
    Gate(GateName.ADDRESS, gates_step.address),
    Gate(GateName.BUSINESS_DAY, gates_time.business_day, courtesy=True),
    Gate(GateName.WINDOW, gates_time.window, courtesy=True, now_only=True),
    Gate(GateName.REVIEW, gates_step.review, courtesy=True, now_only=True),
    Gate(GateName.LATENESS, gates_time.lateness, courtesy=True, now_only=True),
)

_INVOICE = tuple(gate.ask for gate in GATES if not gate.per_step)
_NOW = tuple(gate.ask for gate in GATES if gate.per_step)
_FORECAST = tuple(gate.ask for gate in GATES if gate.per_step and not gate.now_only)
_REQUESTED = tuple(gate.ask for gate in GATES if gate.per_step and not gate.courtesy)
_ORDER = {gate.name: place for place, gate in enumerate(GATES)}
_WEIGHT = {Outcome.CANCEL: 0, Outcome.SKIP: 1, Outcome.WAIT: 2, Outcome.HOLD: 3}


def ask_invoice(asked: Question) -> tuple[Finding, ...]:
    """The objections that hold for every step of the invoice."""
    return deciding_first(found for ask in _INVOICE if (found := ask(asked)) is not None)


def ask_step(asked: Question, invoice_wide: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Every objection to one step on one day, the deciding one first; nothing when it may go.

    What ends a step outranks what only delays it, so a paid invoice says "paid" and not "paused". WAIT outranks HOLD:
    a step whose condition is not there yet must not stand in the way of a weaker one. Then the order of the table.
    """
    asks = _FORECAST
    if asked.day == asked.today:
        asks = _REQUESTED if asked.slot.is_requested else _NOW
    found = [finding for ask in asks if (finding := ask(asked)) is not None]
    if not found:
        return invoice_wide
    found.extend(invoice_wide)
    return deciding_first(found)


def deciding_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Objections by weight, then by the order of the table."""
    return tuple(sorted(found, key=lambda finding: (_WEIGHT[finding.outcome], _ORDER[finding.gate])))
