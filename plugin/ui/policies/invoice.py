"""On the page of an invoice: which policy it follows and why, and another one chosen for it after a look at it."""

from collections.abc import Mapping

import msgspec
from flask import request

from plugin.domain.billing.states import OPEN, InvoiceState
from plugin.domain.errors import InvalidInput
from plugin.services.billing.lookup import invoice_in
from plugin.services.policies.choose_for_invoice import choose_for_issued, look_at_choice
from plugin.services.policies.move_invoices import seal_of_all
from plugin.services.policies.resolution import choice_of, choose_for_draft
from plugin.services.policies.versions import policy_row
from plugin.store.queries.settings import policies
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.ui import here
from plugin.ui.forms import read_form
from plugin.ui.submit import Said


class DraftChoice(msgspec.Struct):
    """For a draft; empty: whatever client, project and site say."""

    row_version: int
    policy_id: str = ""


class IssuedChoice(msgspec.Struct):
    """For an issued invoice, with the seal of what was shown."""

    policy_id: str
    seen: str


def choice_values(session: TenantSession, invoice: Invoice) -> Mapping[str, object]:
    """What the page says: the sentence, what else was chosen, and what may be chosen instead."""
    choice = choice_of(session, invoice)
    return {
        "choice": choice,
        "choice_others": [f"{source} says {name}" for source, name in choice.others],
        "choice_policies": [(row.id, row.name) for row in policies(session)],
        "may_move": InvoiceState(invoice.state) in OPEN,
    }


def look_at_policy(project_id: str, invoice_id: str) -> Mapping[str, object]:
    """What the chosen policy would change for this invoice; stores nothing."""
    with here.reading() as session:
        invoice = invoice_in(session, invoice_id, project_id)
        row = policy_row(session, request.args.get("policy_id") or choice_of(session, invoice).policy.id)
        target, move = look_at_choice(session, invoice, row.id, now=here.now())
        return {
            "project_id": project_id,
            "policy": row,
            "target": target,
            "move": move,
            "seen": seal_of_all([move], target),
        }


def choose(session: TenantSession, project_id: str, invoice_id: str) -> Said:
    """Chooses a policy on the invoice itself."""
    invoice = invoice_in(session, invoice_id, project_id)
    now, actor = here.now(), here.actor()
    if invoice.issued_on is None:
        form = read_form(DraftChoice)
        choose_for_draft(session, invoice_id, form.policy_id, row_version=form.row_version, now=now, actor=actor)
        return Said(title="Chosen", body="The draft follows it once it is issued.", refresh=False)
    issued = read_form(IssuedChoice)
    if not issued.policy_id:
        raise InvalidInput("Choose one of your reminder policies.", field="policy_id")
    move = choose_for_issued(session, invoice_id, issued.policy_id, seen=issued.seen, now=now, actor=actor)
    told = f"Goes today: {', '.join(move.goes_today)}." if move.goes_today else "Nothing goes today because of it."
    return Said(title="The invoice follows it now", body=told)
