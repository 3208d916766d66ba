"""The one table of gates, in the order of ``GateName``, and how their answers become one."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from plugin.domain.reminders import gates_invoice, gates_step, gates_time
from plugin.domain.reminders.facts import Mode
from plugin.domain.reminders.guards import guards
from plugin.domain.reminders.policy import Anchor
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, GateName, Outcome
from plugin.domain.reminders.slots import Slot

_Ask = Callable[[Question], Finding | None]


class Gate(NamedTuple):
    """``per_step``: the answer differs by step and day. ``courtesy``: not asked when a person says "send now".

    ``now_only``: asked about today, never of a forecast, which cannot know hours, the age of data or approvals.
    ``matters``: whether the facts give it anything to object to; asked once a plan, since most have nothing.
    """

    name: GateName
    ask: _Ask
    per_step: bool = True
    courtesy: bool = False
    now_only: bool = False
    matters: Callable[[Question], object] = lambda _asked: True


def _concerns_plans(asked: Question) -> bool:
    """Also where no plan runs: what was planned for the instalments of one that is over has to end."""
    return asked.facts.plan is not None or any(step.anchor is Anchor.INSTALMENT for step in asked.policy.steps)


GATES = (
    Gate(GateName.TENANT, gates_invoice.tenant_active, per_step=False),
    Gate(GateName.KILL_SWITCH, gates_invoice.kill_switch, per_step=False),
    Gate(GateName.SANDBOX, gates_step.sandbox, matters=lambda asked: asked.facts.switches.mode is not Mode.LIVE),
    Gate(GateName.SWITCHES, gates_invoice.switches, per_step=False),
    Gate(GateName.OPT_OUT, gates_step.opt_out, matters=lambda asked: asked.facts.opt_outs),
    Gate(GateName.STATE, gates_invoice.state, per_step=False),
    Gate(GateName.BALANCE, gates_invoice.balance, per_step=False),
    Gate(GateName.HANDED_OVER, gates_invoice.handed_over, per_step=False),
    Gate(GateName.PAUSE, gates_time.pause, matters=lambda asked: asked.facts.pauses),
    Gate(GateName.PROMISE, gates_time.promise, matters=lambda asked: asked.facts.promise),
    Gate(GateName.DISPUTE, gates_invoice.dispute, per_step=False),
    Gate(GateName.PLAN, gates_time.plan_running, matters=_concerns_plans),
    Gate(GateName.OBSTACLE, gates_invoice.obstacle, per_step=False),
    Gate(GateName.APPLICABLE, gates_step.applicable, courtesy=True),
    Gate(GateName.AUTOPAY, gates_step.autopay, courtesy=True, matters=lambda asked: asked.facts.autopay),
    Gate(GateName.CONSUMER, gates_step.consumer, matters=lambda asked: asked.facts.is_consumer),
    Gate(GateName.GUARDS, guards),
    Gate(GateName.DEADLINE, gates_time.deadline, courtesy=True),
    Gate(
        GateName.FRESHNESS,
        gates_time.freshness,
        courtesy=True,
        now_only=True,
        matters=lambda asked: asked.facts.payments_limit_hours is not None,
    ),
    Gate(GateName.IN_DOUBT, gates_time.in_doubt, now_only=True, matters=lambda asked: asked.history.doubtful),
    Gate(GateName.INTERVAL, gates_time.interval, courtesy=True),
    Gate(GateName.MANUAL_MAIL, gates_time.manual_mail, courtesy=True, matters=lambda asked: asked.facts.manual_mails),
    Gate(GateName.QUIET, gates_time.quiet, courtesy=True, matters=lambda asked: asked.facts.quiet),
    Gate(GateName.ADDRESS, gates_step.address),
    Gate(GateName.BUSINESS_DAY, gates_time.business_day, courtesy=True),
    Gate(GateName.WINDOW, gates_time.window, courtesy=True, now_only=True, matters=lambda asked: asked.facts.window),
    Gate(
        GateName.REVIEW, gates_step.review, courtesy=True, now_only=True, matters=lambda asked: asked.policy.ask_first
    ),
    Gate(
        GateName.LATENESS,
        gates_time.lateness,
        courtesy=True,
        now_only=True,
        matters=lambda asked: asked.policy.ask_when_late_days is not None,
    ),
)

_INVOICE = tuple(gate.ask for gate in GATES if not gate.per_step)
_PER_STEP = tuple(gate for gate in GATES if gate.per_step)
_ORDER = {gate.name: place for place, gate in enumerate(GATES)}
_WEIGHT = {Outcome.CANCEL: 0, Outcome.SKIP: 1, Outcome.WAIT: 2, Outcome.HOLD: 3}


class Gates:
    """The gates that matter to one invoice, ready to be asked about any of its steps on any day."""

    __slots__ = ("_asked", "_forecast", "_invoice_wide", "_now", "_requested")

    def __init__(self, asked: Question) -> None:
        self._asked = asked
        mattering = [gate for gate in _PER_STEP if gate.matters(asked)]
        self._now: list[_Ask] = [gate.ask for gate in mattering]
        self._forecast: list[_Ask] = [gate.ask for gate in mattering if not gate.now_only]
        self._requested: list[_Ask] = [gate.ask for gate in mattering if not gate.courtesy]
        self._invoice_wide = deciding_first(found for ask in _INVOICE if (found := ask(asked)) is not None)

    def ask(self, slot: Slot, day: date) -> tuple[Finding, ...]:
        """Every objection to one step on one day, the deciding one first; nothing when it may go.

        What ends a step outranks what only delays it, so a paid invoice says "paid" and not "paused". WAIT outranks
        HOLD: a step whose condition is not there yet must not stand in the way of a weaker one. Then the order of the
        table.
        """
        asked = self._asked.about(slot, day)
        asks = self._forecast
        if day == asked.today:
            asks = self._requested if slot.is_requested else self._now
        found = [finding for ask in asks if (finding := ask(asked)) is not None]
        if not found:
            return self._invoice_wide
        found.extend(self._invoice_wide)
        return deciding_first(found)


def deciding_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Objections by weight, then by the order of the table."""
    return tuple(sorted(found, key=lambda finding: (_WEIGHT[finding.outcome], _ORDER[finding.gate])))
