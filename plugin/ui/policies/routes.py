"""Policies, in the administration and in a project's settings: the same pages, each with the rights of its place."""

from collections.abc import Callable

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from plugin.services.billing.lookup import invoice_in
from plugin.services.policies.drafts import draft_of
from plugin.services.policies.import_policies import ImportLine
from plugin.services.policies.versions import policy_row
from plugin.services.policies.yaml_text import write_policies
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.download import attachment
from plugin.ui.forms import Failed
from plugin.ui.policies import editor, invoice, listing, moves, policy_page, trials
from plugin.ui.policies.place import Place, place
from plugin.ui.project.invoice_page import show_invoice
from plugin.ui.rights import require_biller
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit
from plugin.ui.surface import Shown, fragment

routes = Routes("policies", __name__)

SITE, PROJECT = "/ui/fragment/admin/policies", "/ui/fragment/settings/<project_id>/policies"
INVOICE = "/ui/fragment/project/<project_id>/invoices/<invoice_id>/policy"

Show = Callable[[Said | None, Failed | None], Shown]


@routes.fragment(SITE)
@routes.fragment(PROJECT)
def policies(project_id: str | None = None) -> ResponseReturnValue:
    """All policies of the place."""
    return str(fragment(listing.show_list(place(project_id))))


@routes.action(SITE)
@routes.action(PROJECT)
def begin(project_id: str | None = None) -> Response:
    """Begins a new policy from a preset or another one; the draft is shown next."""
    where = place(project_id)

    def show(said: Said | None, failed: Failed | None) -> Shown:
        return editor.show_editor(where, said.subject) if said else listing.show_list(where, failed)

    return _change("begin", lambda session: listing.begin(session, where), show)


@routes.action(f"{SITE}/file")
def look_at_file() -> Response:
    """Says what a file would change; stores nothing."""
    where = place(None)
    lines: list[ImportLine] = []

    def look(_: TenantSession) -> Said:
        lines.extend(listing.look_at_file())
        return Said(title="Nothing is stored yet", tone="info", refresh=False)

    return _change("file", look, lambda _, failed: listing.show_list(where, failed, tuple(lines)))


@routes.action(f"{SITE}/imports")
def import_file() -> Response:
    """Makes drafts of what is new or changed in a file."""
    where = place(None)
    return _change("file", listing.import_file, lambda _, failed: listing.show_list(where, failed))


@routes.fragment(f"{SITE}/file")
def export_file() -> ResponseReturnValue:
    """All policies as a file."""
    place(None)
    with here.reading() as session:
        response = make_response(write_policies(session))
    response.headers["Content-Type"] = "application/yaml; charset=utf-8"
    response.headers["Content-Disposition"] = attachment("policies.yaml")
    return response


@routes.action(f"{SITE}/review")
def set_review() -> Response:
    """Turns the four eyes on or off."""
    where = place(None)
    return _change("review", listing.set_review, lambda _, failed: listing.show_list(where, failed))


@routes.fragment(f"{SITE}/of/<policy_id>")
@routes.fragment(f"{PROJECT}/of/<policy_id>")
def policy(policy_id: str, project_id: str | None = None) -> ResponseReturnValue:
    """One policy with its versions."""
    return str(fragment(policy_page.show_policy(place(project_id), policy_id)))


@routes.action(f"{SITE}/of/<policy_id>/drafts")
@routes.action(f"{PROJECT}/of/<policy_id>/drafts")
def change_policy(policy_id: str, project_id: str | None = None) -> Response:
    """Begins a draft of a policy."""
    where = _with_policy(place(project_id), policy_id)
    return _begun(where, policy_id, lambda session: policy_page.change(session, where, policy_id), "change")


@routes.action(f"{SITE}/of/<policy_id>/versions")
@routes.action(f"{PROJECT}/of/<policy_id>/versions")
def bring_back(policy_id: str, project_id: str | None = None) -> Response:
    """Begins a draft that is an old version again."""
    where = _with_policy(place(project_id), policy_id)
    return _begun(where, policy_id, lambda session: policy_page.bring_back(session, where, policy_id), "restore")


@routes.action(f"{SITE}/of/<policy_id>/offer")
@routes.action(f"{PROJECT}/of/<policy_id>/offer")
def take_offer(policy_id: str, project_id: str | None = None) -> Response:
    """Begins a draft with what the policy's preset has more by now."""
    where = _with_policy(place(project_id), policy_id)
    return _begun(where, policy_id, lambda session: policy_page.take_offer(session, where, policy_id), "offer")


@routes.action(f"{SITE}/of/<policy_id>/followed")
@routes.action(f"{PROJECT}/of/<policy_id>/followed")
def follow(policy_id: str, project_id: str | None = None) -> Response:
    """Lets the place follow a policy."""
    where = _with_policy(place(project_id), policy_id)
    return _change(
        "follow",
        lambda session: policy_page.follow(session, where, policy_id),
        lambda _, failed: policy_page.show_policy(where, policy_id, failed),
    )


@routes.fragment(f"{SITE}/of/<policy_id>/moves")
@routes.fragment(f"{PROJECT}/of/<policy_id>/moves")
def moves_to(policy_id: str, project_id: str | None = None) -> ResponseReturnValue:
    """What moving open invoices to a policy would change."""
    return str(fragment(moves.show_moves(place(project_id), policy_id)))


@routes.action(f"{SITE}/of/<policy_id>/moves")
@routes.action(f"{PROJECT}/of/<policy_id>/moves")
def move(policy_id: str, project_id: str | None = None) -> Response:
    """Moves invoices, as it was shown."""
    where = _with_policy(place(project_id), policy_id)
    return _change(
        "move",
        lambda session: moves.move(session, where, policy_id),
        lambda _, failed: moves.show_moves(where, policy_id, failed),
    )


@routes.fragment(f"{SITE}/drafts/<draft_id>")
@routes.fragment(f"{PROJECT}/drafts/<draft_id>")
def draft(draft_id: str, project_id: str | None = None) -> ResponseReturnValue:
    """The editor of a draft."""
    return str(fragment(editor.show_editor(place(project_id), draft_id)))


@routes.action(f"{SITE}/drafts/<draft_id>/look")
@routes.action(f"{PROJECT}/drafts/<draft_id>/look")
def look(draft_id: str, project_id: str | None = None) -> ResponseReturnValue:
    """What the typed ladder means; stores nothing."""
    return render_template("ui/policies/look.html", **editor.look(place(project_id), draft_id))


@routes.action(f"{SITE}/drafts/<draft_id>")
@routes.action(f"{PROJECT}/drafts/<draft_id>")
def save_draft(draft_id: str, project_id: str | None = None) -> Response:
    """Saves the draft."""
    where = _with_draft(place(project_id), draft_id)
    return _edited(where, draft_id, "draft", editor.save)


@routes.action(f"{SITE}/drafts/<draft_id>/review")
@routes.action(f"{PROJECT}/drafts/<draft_id>/review")
def submit_draft(draft_id: str, project_id: str | None = None) -> Response:
    """Asks for a review."""
    where = _with_draft(place(project_id), draft_id)
    outside = editor.outside_of(where, draft_id)

    def work(session: TenantSession, place: Place, draft_id: str) -> Said:
        return editor.submit_for_review(session, place, draft_id, outside)

    return _edited(where, draft_id, "submit", work)


@routes.action(f"{SITE}/drafts/<draft_id>/base")
@routes.action(f"{PROJECT}/drafts/<draft_id>/base")
def rebase(draft_id: str, project_id: str | None = None) -> Response:
    """Compares the draft with the newest version from now on."""
    where = _with_draft(place(project_id), draft_id)
    return _edited(where, draft_id, "rebase", editor.rebase)


@routes.action(f"{SITE}/drafts/<draft_id>/version")
@routes.action(f"{PROJECT}/drafts/<draft_id>/version")
def publish(draft_id: str, project_id: str | None = None) -> Response:
    """Publishes the draft; the policy is shown next."""
    where = _with_draft(place(project_id), draft_id)

    def show(said: Said | None, failed: Failed | None) -> Shown:
        return policy_page.show_policy(where, said.subject) if said else editor.show_editor(where, draft_id, failed)

    outside = editor.outside_of(where, draft_id)
    return _change("publish", lambda session: editor.publish(session, where, draft_id, outside), show)


@routes.action(f"{SITE}/drafts/<draft_id>/end")
@routes.action(f"{PROJECT}/drafts/<draft_id>/end")
def throw_away(draft_id: str, project_id: str | None = None) -> Response:
    """Throws the draft away."""
    where = _with_draft(place(project_id), draft_id)

    def show(said: Said | None, failed: Failed | None) -> Shown:
        return listing.show_list(where) if said else editor.show_editor(where, draft_id, failed)

    return _change("end", lambda session: editor.discard(session, where, draft_id), show)


@routes.fragment(INVOICE)
def look_at_policy(project_id: str, invoice_id: str) -> ResponseReturnValue:
    """What another policy would change for one invoice."""
    require_biller(project_id)
    return render_template("ui/policies/invoice_move.html", **invoice.look_at_policy(project_id, invoice_id))


@routes.action(INVOICE)
def choose_for_invoice(project_id: str, invoice_id: str) -> Response:
    """Lets one invoice follow another policy."""
    require_biller(project_id)
    with here.reading() as session:
        invoice_in(session, invoice_id, project_id)
    return _change(
        "policy",
        lambda session: invoice.choose(session, project_id, invoice_id),
        lambda _, failed: show_invoice(project_id, invoice_id, failed),
    )


@routes.action(f"{SITE}/of/<policy_id>/clients")
def follow_for_client(policy_id: str) -> Response:
    """Lets a client's new invoices follow a policy."""
    where = _with_policy(place(None), policy_id)
    return _change(
        "client",
        lambda session: policy_page.follow_for_client(session, policy_id),
        lambda _, failed: policy_page.show_policy(where, policy_id, failed),
    )


@routes.fragment(f"{SITE}/simulation")
@routes.fragment(f"{PROJECT}/simulation")
def simulation(project_id: str | None = None) -> ResponseReturnValue:
    """What would go in the days to come."""
    return str(fragment(trials.show_simulation(place(project_id))))


@routes.fragment(f"{SITE}/backtest")
@routes.fragment(f"{PROJECT}/backtest")
def backtest(project_id: str | None = None) -> ResponseReturnValue:
    """What would have gone in the past."""
    return str(fragment(trials.show_backtest(place(project_id))))


def _with_policy(where: Place, policy_id: str) -> Place:
    """A stranger's id is unknown before anything is asked of the form."""
    with here.reading() as session:
        policy_row(session, policy_id)
    return where


def _with_draft(where: Place, draft_id: str) -> Place:
    with here.reading() as session:
        draft_of(session, draft_id, project_id=where.project_id)
    return where


def _begun(where: Place, policy_id: str, work: Callable[[TenantSession], Said], form: str) -> Response:
    """The new draft is shown; after a refusal the policy again."""

    def show(said: Said | None, failed: Failed | None) -> Shown:
        return editor.show_editor(where, said.subject) if said else policy_page.show_policy(where, policy_id, failed)

    return _change(form, work, show)


def _edited(where: Place, draft_id: str, form: str, work: Callable[[TenantSession, Place, str], Said]) -> Response:
    return _change(
        form,
        lambda session: work(session, where, draft_id),
        lambda _, failed: editor.show_editor(where, draft_id, failed),
    )


def _change(form: str, work: Callable[[TenantSession], Said], show: Show) -> Response:
    return submit(form, work=work, show=lambda said, failed: fragment(show(said, failed)))
