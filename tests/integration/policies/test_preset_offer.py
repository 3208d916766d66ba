"""A site set up with an earlier release is offered what its preset has more; nothing changes by itself."""

import pytest
from sqlalchemy import update

from plugin.domain.errors import Conflict
from plugin.domain.reminders.policy import Track
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.services.policies.drafts import read_draft
from plugin.services.policies.preset_offer import preset_offer, take_over
from plugin.services.policies.publish import publish_draft
from plugin.services.policies.versions import newest_policy
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyVersion
from tests.integration.policies.conftest import ALICE, OUTSIDE, actions, standard
from tests.support.books import NOW, Books


@pytest.fixture
def old_site(books: Books) -> Books:
    """Its default policy is the ladder of the first release."""
    body = to_dict(default_policy())
    steps = [step for step in body["steps"] if step["anchor"] != "instalment"]  # type: ignore[attr-defined]
    with books.writing() as session:
        mine = PolicyVersion.policy_id == standard(session).id
        session.execute(update(PolicyVersion).where(mine).values(body={**body, "steps": steps}))
    return books


def test_req_F45_the_offer_becomes_a_draft_and_issued_invoices_keep_their_version(old_site: Books) -> None:
    old_site.log(1)
    old_site.issue(old_site.draft(1))
    with old_site.writing() as session:
        policy_id = standard(session).id
        offer = preset_offer(session, policy_id)
        assert offer is not None
        assert [change.step for change in offer.diff.changes] == ["instalment_soon", "instalment_late"]
        draft = take_over(session, policy_id, project_id=None, now=NOW, actor=ALICE)
        assert (read_draft(draft).steps, draft.note) == (
            default_policy().steps,
            "Taken over from the preset Standard",
        )
        assert all(step.track is Track.LADDER for step in newest_policy(session, policy_id).steps)
        publish_draft(session, draft, row_version=1, note="", outside=OUTSIDE, now=NOW, actor=ALICE)
        assert newest_policy(session, policy_id).steps == default_policy().steps
        assert preset_offer(session, policy_id) is None
        with pytest.raises(Conflict, match="nothing new"):
            take_over(session, policy_id, project_id=None, now=NOW, actor=ALICE)
    with old_site.reading() as session:
        pinned = session.query(Invoice).one().policy_version_id
        assert session.get_one(PolicyVersion, (old_site.tenant, pinned)).version == 1
    assert (ALICE, "policy_draft.started") in actions(old_site)


def test_a_new_site_has_it_all_and_is_offered_nothing(books: Books) -> None:
    with books.reading() as session:
        assert preset_offer(session, standard(session).id) is None
