"""What simulations and backtests try: a policy of the site, a draft, a ladder that comes with the product."""

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_presets import presets
from plugin.services.policies.drafts import draft_of, drafts, read_draft
from plugin.services.policies.versions import newest_policy
from plugin.store.queries.settings import policies
from plugin.store.session import TenantSession
from plugin.ui.policies.place import Place

NOW = "now"
AS_NOW = (NOW, "Each invoice as it is now")


def choices(session: TenantSession, place: Place) -> list[tuple[str, str]]:
    """Values and words of a select field."""
    own = [(f"policy:{row.id}", row.name) for row in policies(session)]
    begun = [(f"draft:{draft.id}", f"{draft.name} (draft)") for draft in drafts(session, project_id=place.project_id)]
    ready = [(f"preset:{key}", f"{policy.name} (preset)") for key, policy in presets().items()]
    return [*own, *begun, *ready]


def chosen(session: TenantSession, place: Place, value: str) -> Policy:
    """The policy that a value stands for. InvalidInput for one that was not offered, NotFound for one that is gone."""
    kind, _, name = value.partition(":")
    if kind == "policy":
        return newest_policy(session, name)
    if kind == "draft":
        return read_draft(draft_of(session, name, project_id=place.project_id))
    if kind == "preset" and name in presets():
        return presets()[name]
    raise InvalidInput("Choose one of the policies offered.", field="policy")
