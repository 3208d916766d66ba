"""One invoice of a project: its lines and why they cost what they cost, its follow-ups, its money, its history."""

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

from plugin.domain.billing.totals import Totals
from plugin.services.billing.document import billed_totals
from plugin.services.billing.lookup import invoice_in
from plugin.services.contacts.note import notes_of
from plugin.services.follow_ups.task_words import OUTCOMES, TITLES
from plugin.store.queries.invoice_parts import events_of, lines_of, payments_of
from plugin.store.tables.payments import Payment
from plugin.ui import here, words
from plugin.ui.debit_note_values import note_values
from plugin.ui.desk.values import desk_values
from plugin.ui.filters import day, money, percent
from plugin.ui.forms import Failed, Forms
from plugin.ui.invoice_view import InvoiceView, history_entries, view_invoices
from plugin.ui.names import names_of
from plugin.ui.policies.invoice import choice_values
from plugin.ui.project.frame import project_values, shown
from plugin.ui.project.law import law_pairs
from plugin.ui.rights import rights_in
from plugin.ui.surface import Shown
from plugin.ui.svg import TimelineMark, timeline
from plugin.ui.voices import handlers_of, voices_of

EARLIEST, LATEST = -60, 150
"""Days from the due date within which today has a place on the figure."""


def show_invoice(project_id: str, invoice_id: str, failed: Failed | None = None) -> Shown:
    """The page of one invoice. NotFound where it is another project's: a nested id opens nothing else (A39)."""
    rights = rights_in(project_id)
    with here.reading() as session:
        invoice = invoice_in(session, invoice_id, project_id)
        (view,) = view_invoices(session, [invoice], now=here.now())
        voices = voices_of(session, [invoice])
        lines, payments = lines_of(session, invoice_id), payments_of(session, invoice_id)
        events = events_of(session, [invoice_id])
        values = project_values(session, project_id, rights, tab="invoice")
        today = here.today_of(session)
        law = law_pairs(session, invoice, day=today) if rights.bills else []
        choice = choice_values(session, invoice)
        desk = desk_values(session, view) if rights.bills else {"desk": False}
        claimed = note_values(session, invoice) if rights.bills else {}
        notes = notes_of(session, invoice.client_id) if rights.bills else []
    totals = billed_totals(lines)
    actors = [*(event.actor for event in events), *(entry.recorded_by for entry in payments)]
    names = names_of([*actors, *handlers_of(voices), *view.people, *(row.noted_by for row in notes)])
    return shown(
        {
            **values,
            **choice,
            **desk,
            **claimed,
            "view": view,
            "lines": lines,
            "totals": totals,
            "tax_rows": _taxes(totals, invoice.currency),
            "timeline_entries": _by_day(view),
            "payments": payments,
            "reversible": _reversible(payments),
            "payment_words": words.PAYMENT,
            "entries": history_entries(events, names),
            "names": names,
            "voices": voices,
            "notes": notes,
            "law": law,
            "forms": Forms(failed),
            "hold_words": words.HOLD,
            "outcomes": OUTCOMES,
            "task_titles": TITLES,
            "figure": _figure(view),
            "timeline_rows": [(step.title, day(step.day), step.state.text) for step in view.steps],
            "due_default": today + timedelta(days=invoice.terms_days),
        }
    )


def _taxes(totals: Totals, currency: str) -> list[tuple[str, str]]:
    return [(f"Tax {percent(part.rate.basis_points)}", money(part.tax, currency)) for part in totals.breakdown]


def _reversible(payments: Sequence[Payment]) -> set[str]:
    """Ids of payments and write-offs of which something is left; a payment takes a part of a write-off back."""
    left = {entry.id: entry.amount_minor for entry in payments if entry.kind in ("payment", "write_off")}
    for entry in payments:
        if entry.reverses_id in left:
            left[entry.reverses_id] -= entry.amount_minor
    return {entry_id for entry_id, minor in left.items() if minor > 0}


def _by_day(view: InvoiceView) -> list[dict[str, object]]:
    """The figure as a list, for windows that are too narrow for it."""
    found: list[tuple[date, dict[str, object]]] = []
    for step in view.steps:
        if step.day:
            when = f"{day(step.day)}, {step.state.text.lower()}"
            icon, tone = words.CHANNEL_ICON[step.channel], words.TONE.get(step.tone, "")
            found.append((step.day, {"icon": icon, "tone": tone, "title": step.title, "when": when}))
    if view.invoice.due_on:
        found.append((view.invoice.due_on, {"icon": "calendar", "title": "Due", "when": day(view.invoice.due_on)}))
    found.append((view.today, {"icon": "clock", "tone": "info", "title": "Today", "when": day(view.today)}))
    return [entry for _, entry in sorted(found, key=lambda dated: dated[0])]


def _figure(view: InvoiceView) -> Markup | None:
    """The ladder over the days around the due date; the same facts stand beside it as a list."""
    due = view.invoice.due_on
    dated = [step for step in view.steps if step.days is not None]
    if due is None or not dated:
        return None
    marks = [
        TimelineMark(
            day=step.days or 0,
            label=step.title,
            icon=words.CHANNEL_ICON[step.channel],
            detail=f"{step.title}, {day(step.day)}: {step.state.text}",
            tone=words.TONE.get(step.tone, ""),
        )
        for step in dated
    ]
    today = (view.today - due).days
    nearest = view.next
    finding = f"Next: {nearest.title}, {day(nearest.day)}" if nearest and nearest.day else "No follow-up is ahead"
    return timeline(
        marks,
        label=f"Follow-ups of {view.name}, due {day(due)}. {finding}.",
        due_text=f"Due {day(due)}",
        today=today if EARLIEST <= today <= LATEST else None,
        today_text="Today",
    )
