"""Gates that ask about the site, the client and the invoice; their answer is the same for every step."""

from plugin.domain.billing.states import InvoiceState
from plugin.domain.reminders.facts import TenantStatus
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, GateName, Outcome, Reason, ReasonCode

_TENANT = {
    TenantStatus.UNINSTALLED: (Outcome.CANCEL, ReasonCode.TENANT_UNINSTALLED),
    TenantStatus.DISABLED: (Outcome.HOLD, ReasonCode.TENANT_DISABLED),
    TenantStatus.BROKEN: (Outcome.HOLD, ReasonCode.TENANT_BROKEN),
    TenantStatus.UNLICENSED: (Outcome.HOLD, ReasonCode.TENANT_UNLICENSED),
}
_STATE = {
    InvoiceState.DRAFT: (Outcome.HOLD, ReasonCode.NOT_ISSUED),
    InvoiceState.SUBMITTED: (Outcome.HOLD, ReasonCode.NOT_ISSUED),
    InvoiceState.APPROVED: (Outcome.HOLD, ReasonCode.NOT_ISSUED),
    InvoiceState.PAID: (Outcome.CANCEL, ReasonCode.PAID),
    InvoiceState.CREDITED: (Outcome.CANCEL, ReasonCode.CREDITED),
    InvoiceState.WRITTEN_OFF: (Outcome.CANCEL, ReasonCode.WRITTEN_OFF),
}


def tenant_active(asked: Question) -> Finding | None:
    """The app is installed, enabled and licensed; uninstalling cancels what is planned (F34)."""
    status = asked.facts.switches.tenant
    if status is TenantStatus.ACTIVE:
        return None
    outcome, code = _TENANT[status]
    return Finding(GateName.TENANT, outcome, Reason(code))


def kill_switch(asked: Question) -> Finding | None:
    """Nobody has stopped everything (F10)."""
    if not asked.facts.switches.kill_switch:
        return None
    return Finding(GateName.KILL_SWITCH, Outcome.HOLD, Reason(ReasonCode.KILL_SWITCH))


def switches(asked: Question) -> Finding | None:
    """Follow-ups are on at site, project, client and invoice (F10)."""
    on = asked.facts.switches
    if not on.site_on:
        code = ReasonCode.OFF_AT_SITE
    elif not on.project_on:
        code = ReasonCode.OFF_AT_PROJECT
    elif not on.client_on:
        code = ReasonCode.OFF_AT_CLIENT
    elif not on.invoice_on:
        code = ReasonCode.OFF_AT_INVOICE
    else:
        return None
    return Finding(GateName.SWITCHES, Outcome.HOLD, Reason(code))


def state(asked: Question) -> Finding | None:
    """The invoice is issued and not at its end (C08)."""
    verdict = _STATE.get(asked.facts.state)
    return Finding(GateName.STATE, verdict[0], Reason(verdict[1])) if verdict else None


def balance(asked: Question) -> Finding | None:
    """More than the tolerance is owed after part payments and credits (F08, L40)."""
    facts = asked.facts
    if facts.balance.minor > facts.tolerance_minor:
        return None
    return Finding(GateName.BALANCE, Outcome.CANCEL, Reason(ReasonCode.SETTLED, {"balance": facts.balance}))


def handed_over(asked: Question) -> Finding | None:
    """No lawyer or agency has it; that stops everything else (F46)."""
    day = asked.facts.handed_over_on
    if day is None:
        return None
    return Finding(GateName.HANDED_OVER, Outcome.HOLD, Reason(ReasonCode.HANDED_OVER, {"day": day}))


def dispute(asked: Question) -> Finding | None:
    """Something undisputed is left to ask for; only the disputed amount is held (U12)."""
    facts = asked.facts
    if not facts.disputes or asked.amount.minor > facts.tolerance_minor:
        return None
    cause = "; ".join(dispute.reason for dispute in facts.disputes)
    reason = Reason(ReasonCode.DISPUTED, {"amount": asked.disputed, "cause": cause})
    return Finding(GateName.DISPUTE, Outcome.HOLD, reason)


def obstacle(asked: Question) -> Finding | None:
    """Nothing on our side has to be mended first, such as a missing purchase order (F42)."""
    if not asked.facts.obstacles:
        return None
    cause = "; ".join(obstacle.reason for obstacle in asked.facts.obstacles)
    return Finding(GateName.OBSTACLE, Outcome.HOLD, Reason(ReasonCode.OBSTACLE, {"cause": cause}))
