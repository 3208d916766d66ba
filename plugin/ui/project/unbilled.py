"""Unbilled time of a project: the draft as it would become, live while the period is chosen. Looking stores nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from flask import request

from plugin.domain.billing.draft import Draft
from plugin.domain.billing.worklogs import ListedWorklog, NotBilled
from plugin.domain.errors import DunlinError, InvalidInput
from plugin.services.billing.confirm_worklogs import confirm_worklogs
from plugin.services.billing.draft_invoice import draft_invoice
from plugin.services.billing.line_words import LineWords, line_words, role_names
from plugin.services.billing.lookup import client_of, project_of
from plugin.services.billing.unbilled import preview_draft
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.ui import here
from plugin.ui.filters import counted
from plugin.ui.forms import Failed, Forms, read_form
from plugin.ui.project.frame import project_values, shown
from plugin.ui.rights import Rights
from plugin.ui.submit import Said
from plugin.ui.surface import Shown

LISTED = 200


class PeriodForm(msgspec.Struct):
    """Civil days of the seller, both inclusive; without a start everything that is open."""

    until: date
    since: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewView:
    """What the period would bill. ``problem`` is the sentence that says why there is no preview."""

    draft: Draft | None = None
    client: Client | None = None
    words: Sequence[LineWords] = ()
    problem: str = ""

    @property
    def to_confirm(self) -> list[ListedWorklog]:
        """Entries over 24 hours, which a person must confirm."""
        return [one for one in self._listed() if one.reason is NotBilled.TOO_LONG]

    @property
    def refused(self) -> list[ListedWorklog]:
        """The other worklogs that are not billed, with their reasons."""
        return [one for one in self._listed() if one.reason is not NotBilled.TOO_LONG]

    def _listed(self) -> Sequence[ListedWorklog]:
        return self.draft.listed if self.draft else ()


def show_unbilled(project_id: str, rights: Rights, failed: Failed | None = None) -> Shown:
    """The tab with its form and the preview of the period that the form holds."""
    with here.reading() as session:
        values = project_values(session, project_id, rights, tab="unbilled")
        forms = Forms(failed)
        chosen = {"since": request.form.get("since", ""), "until": request.form.get("until", "")}
        form = forms("draft", {**chosen, "until": chosen["until"] or last_month(here.today_of(session))})
        preview = _preview(session, project_id, form.values["since"], form.values["until"]) if rights.bills else None
    return shown({**values, "forms": forms, "form": form, "preview": preview, "listed_most": LISTED})


def show_preview(project_id: str) -> dict[str, object]:
    """The preview alone, for the period in the address."""
    with here.reading() as session:
        preview = _preview(session, project_id, request.args.get("since", ""), request.args.get("until", ""))
        project = project_of(session, project_id)
    return {
        "preview": preview,
        "project": project,
        "forms": Forms(),
        "listed_most": LISTED,
        "period": request.args,
    }


def make_draft(session: TenantSession, project_id: str) -> Said:
    """Stores the draft of the period in the form."""
    form = read_form(PeriodForm)
    invoice = draft_invoice(
        session,
        project_id=project_id,
        since=form.since,
        until=form.until,
        today=here.today_of(session),
        now=here.now(),
        actor=here.actor(),
    )
    return Said(title="Draft created", body="Check it, then issue it.", subject=invoice.id)


def confirm(session: TenantSession, project_id: str) -> Said:
    """Releases the ticked entries over 24 hours, if they are this project's and listed for that reason."""
    preview = _preview(session, project_id, request.form.get("since", ""), request.form.get("until", ""))
    asked = {entry.fact.worklog_id for entry in preview.to_confirm}
    ticked = [worklog for worklog in request.form.getlist("worklog") if worklog in asked]
    if not ticked:
        raise InvalidInput("Tick the entries that are right.", field="worklog")
    confirm_worklogs(session, ticked, now=here.now(), actor=here.actor())
    return Said(title="Confirmed", body=f"{counted(len(ticked), 'entry')} can be billed now.", refresh=False)


def last_month(today: date) -> date:
    """The last day of the month before."""
    return today.replace(day=1) - timedelta(days=1)


def _preview(session: TenantSession, project_id: str, since: object, until: object) -> PreviewView:
    try:
        start, end = _day(since), _day(until) or here.today_of(session)
        project = project_of(session, project_id)
        client = client_of(session, project)
        if start is not None and start > end:
            raise InvalidInput(f"The period ends on {end}, before it starts on {start}.", field="until")
        today = here.today_of(session)
        draft = preview_draft(session, project, client, since=start, until=end, today=today).draft
        roles = role_names(session)
    except DunlinError as problem:
        return PreviewView(problem=problem.sentence)
    return PreviewView(draft=draft, client=client, words=[line_words(line, roles) for line in draft.lines])


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("Enter a day, such as 2026-12-31.") from None
