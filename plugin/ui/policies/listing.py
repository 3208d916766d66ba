"""All policies of a place: who follows which, the drafts, and the ways a new one begins."""

import msgspec
from flask import request

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy_presets import presets
from plugin.services.policies.begin import copy_of, from_preset
from plugin.services.policies.drafts import drafts
from plugin.services.policies.import_policies import ImportAction, ImportLine, import_as_drafts, plan_import
from plugin.services.policies.preset_offer import preset_offer
from plugin.services.policies.publish import needs_review, require_review
from plugin.services.policies.resolution import Followers, followers
from plugin.services.policies.versions import newest_version
from plugin.services.policies.yaml_text import read_policies
from plugin.store.queries.settings import policies
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.filters import counted
from plugin.ui.forms import Failed, read_form
from plugin.ui.names import names_of
from plugin.ui.policies.place import Place
from plugin.ui.submit import Said
from plugin.ui.surface import Shown


class NewInput(msgspec.Struct):
    """``start``: ``preset:<id>`` or ``policy:<id>``."""

    start: str
    name: str = ""


class FileInput(msgspec.Struct):
    """A file's text; without ``confirmed`` only what would change is shown."""

    text: str
    confirmed: bool = False


class ReviewInput(msgspec.Struct):
    """Whether a second person has to publish."""

    on: bool = False


def show_list(place: Place, failed: Failed | None = None, lines: tuple[ImportLine, ...] = ()) -> Shown:
    """The page. ``lines``: what a file would change, after a look at it."""
    with here.reading() as session:
        offered = policies(session)
        following = followers(session)
        begun = drafts(session, project_id=place.project_id)
        rows = [
            (row, newest_version(session, row.id), _followed(following.get(row.id)), preset_offer(session, row.id))
            for row in offered
        ]
        values = {
            "rows": rows,
            "drafts": begun,
            "names": names_of(draft.created_by for draft in begun),
            "starts": [
                *((f"preset:{key}", f"{policy.name} (preset)") for key, policy in presets().items()),
                *((f"policy:{row.id}", f"As {row.name}") for row in offered),
            ],
            "review": needs_review(session),
            "lines": lines,
            "text": request.form.get("text", "") if lines or failed else "",
        }
        return place.shown(session, "list", failed, values)


def begin(session: TenantSession, place: Place) -> Said:
    """Begins a new policy; what was begun is shown next."""
    form = read_form(NewInput)
    kind, _, which = form.start.partition(":")
    if kind not in ("preset", "policy"):
        raise InvalidInput("Choose what the new policy begins with.", field="start")
    start = from_preset if kind == "preset" else copy_of
    draft = start(session, which, name=form.name, project_id=place.project_id, now=here.now(), actor=here.actor())
    return Said(title="A draft was begun", body="Nothing follows it before it is published.", subject=draft.id)


def look_at_file() -> tuple[ImportLine, ...]:
    """What the typed file would change. Raises InvalidInput with line and column."""
    written = read_policies(read_form(FileInput).text)
    with here.reading() as session:
        return plan_import(session, written, here.outside())


def import_file(session: TenantSession) -> Said:
    """What is new or changed becomes drafts, to be looked at and published like others."""
    written = read_policies(read_form(FileInput).text)
    lines = import_as_drafts(
        session, written, note="Imported from YAML", outside=here.outside(), now=here.now(), actor=here.actor()
    )
    made = sum(line.action is not ImportAction.SAME for line in lines)
    return Said(title=f"{counted(made, 'draft')} made of the file", body="Look at them, then publish.", refresh=False)


def set_review(session: TenantSession) -> Said:
    """Says whether a second person has to publish policies."""
    on = read_form(ReviewInput).on
    require_review(session, on=on, now=here.now(), actor=here.actor())
    return Said(title="A second person publishes policies" if on else "Whoever wrote a policy may publish it")


def _followed(by: Followers | None) -> list[str]:
    """Who follows a policy, in a few words."""
    if by is None:
        return []
    invoices = sum(by.open_invoices.values())
    parts = [counted(len(by.clients), "client"), counted(len(by.projects), "project"), counted(by.drafts, "draft")]
    counts = (len(by.clients), len(by.projects), by.drafts)
    words = [part for part, count in zip(parts, counts, strict=True) if count]
    return [*words, f"{counted(invoices, 'invoice')} open"] if invoices else words
