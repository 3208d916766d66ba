"""What DNS says of the sender stands in the first steps and beside going live; it warns and never blocks."""

from collections.abc import Sequence

from plugin.services.mail_domain.keys import make_key, signing_domain
from plugin.store.tables.company import MailSettings
from plugin.store.tables.tenants import Tenant
from tests.support.app import AppWorld
from tests.support.app_seed import LATE, Business

CHECK = "/ui/fragment/admin/sender-check"
FOLLOW_UPS = "/ui/fragment/admin/follow-ups"
DELIVERY = "/ui/fragment/admin/delivery"
ADDRESS = "93.184.216.34"


def publish(world: AppWorld, zone: dict[str, list[str]]) -> None:
    """DNS answers with this zone, and the mail server stands in the public internet."""

    def lookup(name: str, kind: str) -> Sequence[str]:
        if kind == "A":
            return [ADDRESS]
        return zone.get(name, []) if kind == "TXT" else []

    world.container.__dict__["dns_lookup"] = lookup
    form = {"host": "mail.fernwood.example", "security": "smtps", "user": "u", "password": "p"}
    with world.container.reading(world.tenant) as session:
        version = session.get_one(MailSettings, world.tenant).row_version
    saved = world.post(f"{DELIVERY}/server", world.sites.alice, form | {"row_version": str(version)})
    assert saved.status_code == 200


def text(world: AppWorld, path: str = CHECK) -> str:
    return world.get(path, world.sites.alice).get_data(as_text=True)


def sandboxed(world: AppWorld) -> None:
    with world.container.writing(world.tenant) as session:
        session.get_one(Tenant, world.tenant).mode = "sandbox"


def test_complaint_C36_the_first_steps_and_the_button_that_goes_live_load_the_check(business: Business) -> None:
    world = business.world
    started = world.page("get-started", world.sites.alice).get_data(as_text=True)
    assert f'hx-get="{CHECK}" hx-trigger="load"' in started
    assert CHECK not in text(world, FOLLOW_UPS)
    sandboxed(world)
    assert f'hx-get="{CHECK}" hx-trigger="load"' in text(world, FOLLOW_UPS)


def test_complaint_C36_a_sender_that_is_not_permitted_is_warned_of_with_the_records_and_may_go_live(
    business: Business,
) -> None:
    world = business.world
    sandboxed(world)
    publish(world, {"fernwood.example": ["v=spf1 ip4:203.0.113.9 -all"]})
    shown = text(world)
    assert "Receivers may refuse your mails" in shown
    assert f"does not permit mail.fernwood.example ({ADDRESS})" in shown
    assert '<code class="anywhere">v=spf1 ip4:203.0.113.9 a:mail.fernwood.example -all</code>' in shown
    assert "Mails are not signed" in shown
    assert "v=DMARC1; p=none" in shown
    live = world.post("/ui/fragment/admin/switches", world.sites.alice, {"what": "live", "on": "on"})
    assert live.status_code == 200
    with world.container.reading(world.tenant) as session:
        assert session.get_one(Tenant, world.tenant).mode == "live"


def test_a_sender_in_order_has_no_warning(business: Business) -> None:
    world, built = business.world, business.world.container
    with built.writing(world.tenant) as session:
        mail = make_key(session, keys=built.keys, make=built.new_dkim_key, now=LATE, actor="alice")
        public = signing_domain(mail, built.keys)
    zone = {
        public.domain: [f"v=spf1 ip4:{ADDRESS} -all"],
        f"{public.selector}._domainkey.{public.domain}": [f"v=DKIM1; k=rsa; p={public.public_key}"],
        f"_dmarc.{public.domain}": ["v=DMARC1; p=reject"],
    }
    publish(world, zone)
    shown = text(world)
    assert shown.count("In order") == 3
    assert "may refuse" not in shown
    assert f"permits mail.fernwood.example ({ADDRESS}), which sends your mails" in shown


def test_without_a_sender_or_without_dns_the_page_says_so(business: Business) -> None:
    world = business.world
    assert "The demo asks no DNS server" in text(world)
    assert "Check now" not in text(world, DELIVERY)
    publish(world, {})
    with world.container.writing(world.tenant) as session:
        session.get_one(MailSettings, world.tenant).from_address = ""
    assert "Enter the sender's address under Mail" in text(world)
    assert "Check now" not in text(world, DELIVERY)


def test_attack_A40_only_an_admin_has_dns_asked(business: Business) -> None:
    world = business.world
    asked: list[str] = []
    world.container.__dict__["dns_lookup"] = lambda name, _kind: asked.append(name)
    for person in (world.sites.bob, world.sites.dora):
        assert world.get(CHECK, person).status_code == 403
    assert asked == []
