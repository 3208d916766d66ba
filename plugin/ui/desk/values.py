"""What the desk of an invoice's page shows."""

from plugin.services.follow_ups.calm import calm_score
from plugin.services.follow_ups.legal import PROPOSED, final_deadline
from plugin.services.follow_ups.outbox import waiting_mails
from plugin.services.follow_ups.problems import EFFECTS
from plugin.services.legal_pack.make import is_approved
from plugin.services.plans.decide import HOW
from plugin.services.plans.rows import LIVE, plans_of, standing_of
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.contact_words import WAY_CHOICES, WAY_WORDS
from plugin.ui.desk.plan_form import RHYTHMS
from plugin.ui.invoice_view import InvoiceView
from plugin.ui.words import Words

PLAN = {
    "offered": Words("Offered", "info"),
    "running": Words("Running", "success"),
    "kept": Words("Kept", "success"),
    "broken": Words("Broken", "danger"),
    "withdrawn": Words("Withdrawn"),
}


def desk_values(session: TenantSession, view: InvoiceView) -> dict[str, object]:
    """The values of ``ui/desk/desk.html``; nothing for a draft."""
    if view.is_draft:
        return {"desk": False}
    invoice = view.invoice
    plans = [(plan, standing_of(session, invoice, plan)) for plan in plans_of(session, invoice.id)]
    deadline = final_deadline(session, invoice.id)
    return {
        "desk": True,
        "plans": plans,
        "plan_is_live": any(plan.state in LIVE for plan, _ in plans),
        "plan_words": PLAN,
        "accept_ways": list(HOW.items()),
        "rhythms": RHYTHMS,
        "problems": [(problem.value, effect.title) for problem, effect in EFFECTS.items()],
        "waiting": waiting_mails(session, [invoice.id]),
        "way_choices": WAY_CHOICES,
        "way_words": WAY_WORDS,
        "calm": calm_score(session, view.client, now=here.now()),
        "proposals": {task.id: task.detail[PROPOSED] for task in view.tasks if task.detail.get(PROPOSED)},
        "final_deadline": deadline,
        "pack_ready": deadline is not None and view.today > deadline and is_approved(session, invoice.id),
    }
