"""What clients said, on our pages: where answers come in, and who may say that something is dealt with."""

from sqlalchemy import select

from plugin.services.inbound.parse import parse_mail
from plugin.services.inbound.take import take_mail
from plugin.services.settings.inbound import inbound_view, mailbox_of, secret_of
from plugin.store.tables.answers import InboundMail
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.company import MailSettings
from plugin.store.tables.outbox import Cursor, IdempotencyKey
from tests.support.app import AppWorld
from tests.support.app_seed import LATE, Business
from tests.support.letters import letter

MAILBOX = {"host": "imap.fernwood.example", "user": "answers", "password": "a pass/word", "folder": "INBOX"}
TAB = "/ui/fragment/admin/answers"


def settings(world: AppWorld) -> MailSettings:
    with world.container.reading(world.tenant) as session:
        return session.get_one(MailSettings, world.tenant)


def save(world: AppWorld, **more: str) -> int:
    form = {**MAILBOX, "row_version": str(settings(world).row_version), **more}
    return world.post(f"{TAB}/mailbox", world.sites.alice, form).status_code


def wrote(business: Business, text: str = "We pay on Friday.") -> str:
    """Ada has written; the id of her mail."""
    world = business.world
    with world.container.writing(world.tenant) as session:
        stored = take_mail(session, parse_mail(letter(text, sender="ada@northwind.example")), now=LATE)
        assert stored is not None
        return stored.id


def test_a_mailbox_is_stored_encrypted_and_read_at_once(business: Business) -> None:
    world = business.world
    assert save(world) == 200
    row = settings(world)
    assert row.imap_url.startswith("v1.")
    assert "pass" not in row.imap_url
    with world.container.reading(world.tenant) as session:
        keys = world.container.keys
        assert mailbox_of(session, keys) == ("imaps://answers:a%20pass%2Fword@imap.fernwood.example", "INBOX")
        assert session.get_one(Cursor, (world.tenant, "imap")).next_at == LATE
        assert "inbound.mailbox" in session.scalars(select(AuditRow.action)).all()
        assert inbound_view(session, keys).host == "imap.fernwood.example"
    page = world.get(TAB, world.sites.alice).get_data(as_text=True)
    assert "imap.fernwood.example" in page
    assert "pass/word" not in page


def test_attack_A61_the_password_is_kept_for_the_same_mailbox_only(business: Business) -> None:
    world = business.world
    save(world)
    assert save(world, password="") == 200
    assert save(world, password="", host="imap.evil.example") == 422
    with world.container.reading(world.tenant) as session:
        found = mailbox_of(session, world.container.keys)
    assert found is not None
    assert "imap.fernwood.example" in found[0]


def test_a_mailbox_that_makes_no_sense_is_refused_by_its_field(business: Business) -> None:
    for wrong in (
        {"host": "https://x"},
        {"host": "a@b"},
        {"host": "a:b"},
        {"host": "a/b"},
        {"user": ""},
        {"password": ""},
    ):
        assert save(business.world, **wrong) == 422, wrong
    assert save(business.world, row_version="99") == 409
    assert settings(business.world).imap_url == ""


def test_a_mailbox_is_taken_away(business: Business) -> None:
    save(business.world)
    assert save(business.world, host="") == 200
    assert settings(business.world).imap_url == ""


def test_attack_A79_the_providers_secret_is_shown_once_and_stored_encrypted(business: Business) -> None:
    world = business.world
    first = world.post(f"{TAB}/secret", world.sites.alice, {"key": "once"}).get_data(as_text=True)
    with world.container.reading(world.tenant) as session:
        secret = secret_of(session, world.container.keys)
        kept = session.scalars(select(IdempotencyKey.body).where(IdempotencyKey.key == "once")).one()
    assert secret in first
    assert secret not in kept
    assert secret not in settings(world).inbound_secret
    assert secret not in world.get(TAB, world.sites.alice).get_data(as_text=True)
    assert secret not in world.post(f"{TAB}/secret", world.sites.alice, {"key": "once"}).get_data(as_text=True)


def test_how_long_mails_are_kept_is_a_setting_with_an_audit_row(business: Business) -> None:
    world, alice, at = business.world, business.world.sites.alice, "/ui/fragment/admin/answers/kept"
    before = settings(world)
    assert before.inbound_kept_days == 365
    form = {"days": "90", "row_version": str(before.row_version)}
    assert world.post(at, world.sites.bob, form).status_code == 403
    for odd in ("29", "3651", "-1", "1e9", ""):
        assert world.post(at, alice, form | {"days": odd}).status_code == 422
    assert 'value="90"' in world.post(at, alice, form).get_data(as_text=True)
    assert world.post(at, alice, form | {"days": "60"}).status_code == 409
    assert settings(world).inbound_kept_days == 90
    with world.container.reading(world.tenant) as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "inbound.kept")).one()
    assert (row.before, row.after) == ({"days": 365}, {"days": 90})


def test_attack_A40_only_an_admin_says_where_answers_come_in(business: Business) -> None:
    world = business.world
    for person in (world.sites.bob, world.sites.dora):
        assert world.get(TAB, person).status_code == 403
        assert world.post(f"{TAB}/mailbox", person, MAILBOX).status_code == 403
        assert world.post(f"{TAB}/secret", person).status_code == 403


def test_a_mail_is_shown_and_dealt_with_by_somebody_who_bills(business: Business) -> None:
    world, ours = business.world, business.ours
    mail_id = wrote(business, "<b>We pay</b> on Friday.")
    page = world.get(f"/ui/fragment/project/{ours.project}/invoices/{ours.invoice}", world.sites.alice)
    assert "What the client said" in page.get_data(as_text=True)
    assert "&lt;b&gt;We pay&lt;/b&gt; on Friday." in page.get_data(as_text=True)
    path = f"/ui/fragment/project/{ours.project}/invoices/{ours.invoice}/answers/{mail_id}"
    assert world.post(path, world.sites.bob, {"what": "handled"}).status_code == 403
    assert world.post(path, world.sites.charlie, {"what": "handled"}).status_code == 404
    assert world.post(path, world.sites.alice, {"what": "shout"}).status_code == 422
    assert world.post(path, world.sites.alice, {"what": "undone"}).status_code == 422
    assert world.post(path, world.sites.alice, {"what": "handled", "note": "Agreed"}).status_code == 200
    assert world.post(path, world.sites.alice, {"what": "handled"}).status_code == 409
    with world.container.reading(world.tenant) as session:
        mail = session.scalars(select(InboundMail).where(InboundMail.id == mail_id)).one()
    assert (mail.handled_by, mail.detail["note"]) == (world.sites.alice.account_id, "Agreed")
    page = world.get(f"/ui/fragment/project/{ours.project}/invoices/{ours.invoice}", world.sites.alice)
    assert "Dealt with by Alice Berger: Agreed" in page.get_data(as_text=True)
