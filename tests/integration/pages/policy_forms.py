"""What the editor of a policy sends: the whole form, whatever button was pressed."""

from collections.abc import Mapping

from sqlalchemy import select

from plugin.store.tables.policies import PolicyDraft, PolicyRow, PolicyVersion
from plugin.ui.policies.form import rows_of
from plugin.ui.policies.step_row import StepRow
from tests.support.app_seed import Business

SITE = "/ui/fragment/admin/policies"


def project(business: Business, rest: str = "") -> str:
    """An address of the project's own policies."""
    return f"/ui/fragment/settings/{business.ours.project}/policies{rest}"


def editor_form(body: Mapping[str, object], *, version: int, **changes: str) -> dict[str, object]:
    """A stored ladder as the form sends it, with some fields changed."""
    form: dict[str, object] = {"name": str(body["name"]), "row_version": str(version), "note": ""}
    for row in rows_of(body):
        for name in StepRow.__dataclass_fields__:
            if name != "number":
                value = getattr(row, name)
                form[row.place + name] = list(value) if isinstance(value, tuple) else value
    return form | dict(changes)


def standard_body(business: Business) -> dict[str, object]:
    """The newest version of the site's default."""
    with business.world.container.reading(business.world.tenant) as session:
        default = session.scalars(select(PolicyRow.id).where(PolicyRow.is_default)).one()
        versions = select(PolicyVersion.body).where(PolicyVersion.policy_id == default)
        return dict(session.scalars(versions.order_by(PolicyVersion.version.desc())).first() or {})


def newest_draft(business: Business, name: str = "Standard") -> PolicyDraft:
    """The one draft of that name."""
    with business.world.container.reading(business.world.tenant) as session:
        return session.scalars(select(PolicyDraft).where(PolicyDraft.name == name)).one()


def publish_own(business: Business, name: str, **changes: str) -> str:
    """Makes a policy of the project's own in the editor, as Alice; gives its id."""
    world, alice = business.world, business.world.sites.alice
    begun = world.post(project(business), alice, {"start": f"policy:{business.ours.policy_row}", "name": name})
    assert begun.status_code == 200, begun.get_data(as_text=True)[:500]
    draft = newest_draft(business, name)
    form = editor_form(draft.body, version=1, **changes)
    saved = world.post(project(business, f"/drafts/{draft.id}"), alice, form)
    assert saved.status_code == 200, saved.get_data(as_text=True)[:500]
    done = world.post(project(business, f"/drafts/{draft.id}/version"), alice, {"row_version": "2", "note": "Ours"})
    assert done.status_code == 200, done.get_data(as_text=True)[:500]
    with world.container.reading(world.tenant) as session:
        return session.scalars(select(PolicyRow.id).where(PolicyRow.name == name)).one()
