"""A preset that has grown is offered to the policies that began with it; a person takes it over in a draft."""

from datetime import datetime

from plugin.domain.errors import Conflict
from plugin.domain.reminders.policy_editions import PresetOffer, offer_to
from plugin.services.policies.drafts import start_draft
from plugin.services.policies.versions import versions
from plugin.store.session import TenantSession
from plugin.store.tables.policies import PolicyDraft


def preset_offer(session: TenantSession, policy_id: str) -> PresetOffer | None:
    """What the preset of a policy has more than the policy; None where nothing is offered."""
    return offer_to([listed.policy for listed in reversed(versions(session, policy_id))])


def take_over(
    session: TenantSession, policy_id: str, *, project_id: str | None, now: datetime, actor: str
) -> PolicyDraft:
    """A draft of the policy with what its preset has more. Raises Conflict where nothing is offered any more."""
    offer = preset_offer(session, policy_id)
    if offer is None:
        raise Conflict("There is nothing new to take over; the policy has it already. Reload the page.")
    note = f"Taken over from the preset {offer.preset}"
    return start_draft(session, policy_id, policy=offer.policy, note=note, project_id=project_id, now=now, actor=actor)
