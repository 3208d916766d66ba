"""One policy: in words and as a picture, who follows it, and its versions with what each one changed."""

import msgspec

from plugin.domain.reminders.policy_words import policy_in_words
from plugin.services.policies.begin import restore
from plugin.services.policies.drafts import drafts, start_draft
from plugin.services.policies.judge import judge
from plugin.services.policies.preset_offer import preset_offer, take_over
from plugin.services.policies.resolution import choose_default, choose_for_client, choose_for_project, followers
from plugin.services.policies.versions import newest_policy, policy_row, versions
from plugin.store.queries.settings import client_names
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.forms import Failed, read_form
from plugin.ui.names import names_of
from plugin.ui.policies.picture import LADDER_COLUMNS, picture_of
from plugin.ui.policies.place import Place
from plugin.ui.submit import Said
from plugin.ui.surface import Shown


class ClientInput(msgspec.Struct):
    """Whose new invoices follow a policy."""

    client_id: str


class VersionInput(msgspec.Struct):
    """Which version is meant."""

    version: int


def show_policy(place: Place, policy_id: str, failed: Failed | None = None) -> Shown:
    """The page."""
    with here.reading() as session:
        row = policy_row(session, policy_id)
        listed = versions(session, policy_id)
        policy = newest_policy(session, policy_id)
        begun = [draft for draft in drafts(session, project_id=place.project_id) if draft.policy_id == policy_id]
        values = {
            "policy": row,
            "version": policy.version,
            "words": policy_in_words(policy),
            "picture": picture_of(policy),
            "columns": LADDER_COLUMNS,
            "findings": judge(session, policy, here.outside()),
            "offer": preset_offer(session, policy_id),
            "versions": listed,
            "names": names_of([version.row.published_by for version in listed]),
            "drafts": begun,
            "followers": followers(session).get(policy_id) if place.project_id is None else None,
            "clients": client_names(session) if place.project_id is None else [],
            "may_change": place.may_change(session, row),
        }
        return place.shown(session, "policy", failed, values)


def change(session: TenantSession, place: Place, policy_id: str) -> Said:
    """Begins a draft of the policy as it stands now."""
    row = place.changeable(session, policy_id)
    draft = start_draft(session, row.id, project_id=place.project_id, now=here.now(), actor=here.actor())
    return Said(title="A draft was begun", body="The policy stays as it is until you publish.", subject=draft.id)


def bring_back(session: TenantSession, place: Place, policy_id: str) -> Said:
    """Begins a draft that is an old version again."""
    row = place.changeable(session, policy_id)
    version = read_form(VersionInput).version
    draft = restore(session, row.id, version, project_id=place.project_id, now=here.now(), actor=here.actor())
    return Said(title=f"Version {version} stands in a draft", body="Publish it to bring it back.", subject=draft.id)


def take_offer(session: TenantSession, place: Place, policy_id: str) -> Said:
    """Begins a draft with what the policy's preset has more by now."""
    row = place.changeable(session, policy_id)
    draft = take_over(session, row.id, project_id=place.project_id, now=here.now(), actor=here.actor())
    return Said(title="It stands in a draft", body="The policy stays as it is until you publish.", subject=draft.id)


def follow(session: TenantSession, place: Place, policy_id: str) -> Said:
    """Makes it the policy of the place: the site's default, or the project's own choice."""
    row = policy_row(session, policy_id)
    if place.project_id is None:
        choose_default(session, row.id, now=here.now(), actor=here.actor())
        return Said(title=f"{row.name} is the default now", body="Issued invoices keep what they follow.")
    choose_for_project(session, place.project_id, row.id, now=here.now(), actor=here.actor())
    return Said(title=f"The project follows {row.name} now", body="Issued invoices keep what they follow.")


def follow_for_client(session: TenantSession, policy_id: str) -> Said:
    """Lets a client's new invoices, of all projects, follow the policy."""
    client_id = read_form(ClientInput).client_id
    choose_for_client(session, client_id, policy_id, now=here.now(), actor=here.actor())
    return Said(title="The client follows it now", body="Issued invoices keep what they follow.")
