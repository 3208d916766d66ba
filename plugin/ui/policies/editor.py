"""The editor of a draft: steps as cards, and beside them what the ladder means, looked at while it is typed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec
from flask import request
from sqlalchemy import select

from plugin.domain.billing.states import OPEN
from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.reminders.lint_findings import LintFinding
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_diff import PolicyDiff, policy_diff
from plugin.domain.reminders.policy_json import from_dict
from plugin.domain.reminders.policy_move import facts_under
from plugin.domain.reminders.policy_words import policy_in_words, step_in_words
from plugin.domain.reminders.timeline import Timeline
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.gather import gather
from plugin.services.follow_ups.policies import read_policy
from plugin.services.policies.drafts import change_draft, draft_of, read_draft, throw_away
from plugin.services.policies.judge import judge
from plugin.services.policies.outside import Outside, statuses_of
from plugin.services.policies.publish import needs_review, publish_draft, submit_draft, take_as_base, terms_days_of
from plugin.services.policies.versions import newest_version, version_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyDraft
from plugin.ui import here
from plugin.ui.forms import Failed, read_form
from plugin.ui.names import names_of
from plugin.ui.policies.form import TypedPolicy, rows_of, typed_policy, typed_rows
from plugin.ui.policies.options import options
from plugin.ui.policies.picture import BESIDE, LADDER_COLUMNS, LadderPicture, picture_of
from plugin.ui.policies.place import Place
from plugin.ui.submit import Said
from plugin.ui.surface import Shown

MOST_INVOICES = 50


class DraftInput(msgspec.Struct):
    """The head of the form; the steps are rows beside it."""

    row_version: int
    name: str
    note: str = ""


class VersionInput(msgspec.Struct):
    """A button's form: the version of the draft that was seen, and the note that goes along."""

    row_version: int
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a ladder means. ``problem``: why it cannot be read; then there is nothing else.

    ``timeline``: the plan of one invoice under it, ``number`` its name.
    """

    problem: str = ""
    findings: tuple[LintFinding, ...] = ()
    words: tuple[str, ...] = ()
    picture: LadderPicture | None = None
    diff: PolicyDiff | None = None
    timeline: Timeline | None = None
    number: str = ""


def show_editor(place: Place, draft_id: str, failed: Failed | None = None) -> Shown:
    """The page; after a refusal with everything as it was typed."""
    with here.reading() as session:
        draft = draft_of(session, draft_id, project_id=place.project_id)
        typed = failed is not None and failed.form == "draft" and bool(failed.typed)
        rows = typed_rows(request.form) if typed else rows_of(draft.body)
        newest = newest_version(session, draft.policy_id) if draft.policy_id else None
        values = {
            "draft": draft,
            "rows": rows,
            "titles": _titles(draft),
            "options": options(session),
            "theirs": _theirs(draft) if typed and failed is not None and failed.stale else None,
            "meanwhile": newest if newest is not None and newest.version != draft.base_version else None,
            "names": names_of([draft.created_by, draft.submitted_by]),
            "review": needs_review(session),
            "invoices": _invoices(session, place),
            "invoice_id": request.values.get("invoice_id", ""),
            "look": _look_at_typed(session, place, draft) if typed else _look(session, place, draft, read_draft(draft)),
            "columns": LADDER_COLUMNS,
        }
        return place.shown(session, "draft", failed, values)


def look(place: Place, draft_id: str) -> Mapping[str, object]:
    """The part beside the form for what is typed right now; stores nothing."""
    with here.reading() as session:
        draft = draft_of(session, draft_id, project_id=place.project_id)
        return {"look": _look_at_typed(session, place, draft), "columns": LADDER_COLUMNS, "place": place}


def save(session: TenantSession, place: Place, draft_id: str) -> Said:
    """Saves what was typed, with what the pressed button did to the steps."""
    draft = draft_of(session, draft_id, project_id=place.project_id, lock=True)
    form = read_form(DraftInput)
    typed = typed_policy(request.form)
    with typed.in_the_form():
        change_draft(
            session,
            draft,
            body=typed.body,
            name=form.name,
            note=form.note,
            row_version=form.row_version,
            now=here.now(),
            actor=here.actor(),
        )
    return Said(title="Draft saved", body="Nothing follows it before it is published.", refresh=False)


def outside_of(place: Place, draft_id: str) -> Outside:
    """What the draft may use outside. Jira is asked before the transaction that depends on its answer."""
    with here.reading() as session:
        policy = read_draft(draft_of(session, draft_id, project_id=place.project_id))
    statuses = statuses_of(here.container().jira_of(here.principal().tenant_id), policy)
    return replace(here.outside(), statuses=statuses)


def submit_for_review(session: TenantSession, place: Place, draft_id: str, outside: Outside) -> Said:
    """Asks for a review of the draft as it is saved."""
    draft = draft_of(session, draft_id, project_id=place.project_id, lock=True)
    form = read_form(VersionInput)
    with _places(draft).in_the_form():
        submit_draft(
            session,
            draft,
            row_version=form.row_version,
            note=form.note,
            outside=outside,
            now=here.now(),
            actor=here.actor(),
        )
    return Said(title="Submitted", body="Somebody else looks at it and publishes it.", refresh=False)


def publish(session: TenantSession, place: Place, draft_id: str, outside: Outside) -> Said:
    """Publishes the draft as it is saved; its policy is shown next."""
    draft = draft_of(session, draft_id, project_id=place.project_id, lock=True)
    form = read_form(VersionInput)
    if draft.policy_id is not None:
        place.changeable(session, draft.policy_id)
    with _places(draft).in_the_form():
        done = publish_draft(
            session,
            draft,
            row_version=form.row_version,
            note=form.note,
            outside=outside,
            now=here.now(),
            actor=here.actor(),
        )
    warnings = " ".join(finding.sentence for finding in done.findings)
    told = warnings or "New invoices follow it; issued ones keep theirs until you move them."
    return Said(title=f"{done.row.name}, version {done.version.version}", body=told, subject=done.row.id, refresh=False)


def rebase(session: TenantSession, place: Place, draft_id: str) -> Said:
    """Takes the version published meanwhile as the base."""
    draft = draft_of(session, draft_id, project_id=place.project_id, lock=True)
    form = read_form(VersionInput)
    take_as_base(session, draft, row_version=form.row_version, now=here.now(), actor=here.actor())
    return Said(title="Compared with the newest version now", refresh=False)


def discard(session: TenantSession, place: Place, draft_id: str) -> Said:
    """Throws the draft away, as it was seen."""
    draft = draft_of(session, draft_id, project_id=place.project_id, lock=True)
    if draft.row_version != read_form(VersionInput).row_version:
        raise Conflict("Somebody saved this draft meanwhile; look at it again before you throw it away.")
    throw_away(session, draft, now=here.now(), actor=here.actor())
    return Said(title="Draft thrown away", refresh=False)


def _places(draft: PolicyDraft) -> TypedPolicy:
    """Errors of the saved ladder stand at its rows."""
    return TypedPolicy(dict(draft.body), tuple(row.number for row in rows_of(draft.body)))


def _titles(draft: PolicyDraft) -> dict[str, str]:
    return {step.key: step_in_words(step) for step in read_draft(draft).steps}


def _theirs(draft: PolicyDraft) -> tuple[str, ...]:
    """What the typed ladder would change of what somebody saved meanwhile."""
    try:
        typed = from_dict(typed_policy(request.form).body, policy_id=draft.id, version=1)
    except InvalidInput as problem:
        return (problem.sentence,)
    return policy_diff(read_draft(draft), typed).sentences


def _look_at_typed(session: TenantSession, place: Place, draft: PolicyDraft) -> Look:
    try:
        typed = from_dict(typed_policy(request.form).body, policy_id=draft.policy_id or draft.id, version=1)
    except InvalidInput as problem:
        return Look(problem=problem.sentence)
    return _look(session, place, draft, typed)


def _look(session: TenantSession, place: Place, draft: PolicyDraft, policy: Policy) -> Look:
    terms = terms_days_of(session, draft)
    base = version_of(session, draft.policy_id, draft.base_version) if draft.policy_id else None
    timeline, number = _plan_of_invoice(session, place, policy, request.values.get("invoice_id", ""))
    return Look(
        findings=judge(session, policy, here.outside(), terms_days=terms),
        words=policy_in_words(policy),
        picture=picture_of(policy, terms_days=terms, width=BESIDE),
        diff=policy_diff(read_policy(base), policy) if base is not None else None,
        timeline=timeline,
        number=number,
    )


def _plan_of_invoice(
    session: TenantSession, place: Place, policy: Policy, invoice_id: str
) -> tuple[Timeline | None, str]:
    if not invoice_id:
        return None, ""
    invoice = invoice_of(session, invoice_id)
    if invoice.issued_on is None or place.project_id not in (None, invoice.project_id):
        return None, ""
    asked = gather(session, invoice, now=here.now())
    return plan(facts_under(asked.facts, policy), policy, asked.calendar, asked.today), invoice.number or ""


def _invoices(session: TenantSession, place: Place) -> list[tuple[str, str]]:
    """Open invoices to try a ladder on, the newest first."""
    query = select(Invoice.id, Invoice.number).where(Invoice.state.in_([state.value for state in OPEN]))
    if place.project_id is not None:
        query = query.where(Invoice.project_id == place.project_id)
    rows = session.execute(query.order_by(Invoice.issued_on.desc(), Invoice.number.desc()).limit(MOST_INVOICES))
    return [("", "None"), *((invoice_id, number or "") for invoice_id, number in rows)]
