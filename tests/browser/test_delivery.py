"""How mail leaves, in a real browser: the own server, the signature, what DNS says, and the targets of webhooks."""

import pytest

from plugin.services.mail_domain.keys import signing_domain
from plugin.services.mail_domain.lookup import Records
from plugin.store.tables.company import MailSettings
from plugin.store.tables.tenants import Tenant
from sandbox.history.staged import StagedCompany
from tests.browser.conftest import Visitor
from tests.browser.visit import Visit
from tests.support.receiver import receiver

ADMIN, STARTED = "/admin/admin", "/admin/get-started"
ADDRESS = "93.184.216.34"
THEMES = ["light", "dark"]
REFUSED = "status of 422"


def clean(visit: Visit) -> None:
    """Whether the page is sound at a screen's and at a phone's width, and nothing was complained of."""
    for width in (1280, 360):
        visit.page.set_viewport_size({"width": width, "height": 1600})
        assert visit.violations() == []
        assert visit.too_wide() == {}
    visit.page.set_viewport_size({"width": 1280, "height": 1600})
    assert [line for line in visit.trouble if REFUSED not in line] == []


def opened(visit: Visit, tab: str) -> Visit:
    visit.open(ADMIN)
    visit.tab(tab)
    return visit


class Zone:
    """DNS as a test writes it; the mail server stands at one public address."""

    def __init__(self, company: StagedCompany) -> None:
        self.texts: dict[str, list[str]] = {}
        self._company = company

    def lookup(self, name: str, kind: str) -> Records:
        return [ADDRESS] if kind == "A" else self.texts.get(name, []) if kind == "TXT" else []

    def publish(self, spf: str) -> None:
        """What the page asks for."""
        stage = self._company.stage
        with stage.container.reading(stage.tenant_id) as session:
            mail = session.get_one(MailSettings, stage.tenant_id)
        public = signing_domain(mail, stage.container.keys)
        self.texts = {
            public.domain: [spf],
            f"{public.selector}._domainkey.{public.domain}": [f"v=DKIM1; k=rsa; p={public.public_key}"],
            f"_dmarc.{public.domain}": ["v=DMARC1; p=quarantine"],
        }


@pytest.fixture
def zone(company: StagedCompany, monkeypatch: pytest.MonkeyPatch) -> Zone:
    found = Zone(company)
    monkeypatch.setitem(company.stage.container.__dict__, "dns_lookup", found.lookup)
    return found


@pytest.mark.parametrize("theme", THEMES)
def test_the_own_server_is_stored_and_tried_out(visitor: Visitor, company: StagedCompany, theme: str) -> None:
    visit = opened(visitor("Alice", theme=theme), "Delivery")
    visit.app.get_by_label("Host").fill(f"127.0.0.1:{company.stage.mailbox.port}")
    visit.app.get_by_label("Encryption").select_option("smtp")
    visit.app.get_by_role("button", name="Save").click()
    visit.flag("Mail server saved")
    visit.app.get_by_role("button", name="Try it out").click()
    visit.flag("The mail server takes our mail")
    clean(visit)
    visit.app.get_by_label("Host").fill("127.0.0.1:1")
    visit.app.get_by_role("button", name="Save").click()
    visit.app.locator("[name=host][value='127.0.0.1:1']").wait_for()
    visit.app.get_by_role("button", name="Try it out").click()
    visit.app.get_by_role("alert").get_by_text("mail server").first.wait_for()
    clean(visit)


@pytest.mark.parametrize("theme", THEMES)
def test_complaint_C36_the_records_to_publish_are_shown_until_they_align(
    visitor: Visitor, zone: Zone, theme: str
) -> None:
    visit = opened(visitor("Alice", theme=theme), "Delivery")
    visit.app.get_by_label("Host").fill("mail.example.com:465")
    visit.app.get_by_label("Encryption").select_option("smtps")
    visit.app.get_by_role("button", name="Save").click()
    visit.flag("Mail server saved")
    visit.app.get_by_role("button", name="Make a key").click()
    visit.app.get_by_text("v=DKIM1; k=rsa; p=").first.wait_for()
    visit.app.get_by_role("button", name="Check now").click()
    visit.app.get_by_text("Not aligned").wait_for()
    visit.app.get_by_text("v=spf1 a:mail.example.com ~all").wait_for()
    clean(visit)
    zone.publish(f"v=spf1 ip4:{ADDRESS} -all")
    visit.app.get_by_role("button", name="Check now").click()
    visit.app.get_by_text("Aligned", exact=True).wait_for()
    visit.app.get_by_text(f"The SPF record permits mail.example.com ({ADDRESS})").wait_for()
    clean(visit)


@pytest.mark.parametrize("theme", THEMES)
def test_complaint_C36_first_steps_and_going_live_show_what_dns_says_and_stop_nobody(
    visitor: Visitor, company: StagedCompany, zone: Zone, theme: str
) -> None:
    stage = company.stage
    with stage.container.writing(stage.tenant_id) as session:
        session.get_one(Tenant, stage.tenant_id).mode = "sandbox"
    visit = visitor("Alice", theme=theme)
    visit.open(STARTED)
    visit.app.get_by_text("Receivers may refuse your mails").wait_for()
    clean(visit)
    visit.open(ADMIN)
    visit.tab("Follow-ups")
    visit.app.get_by_text("Receivers may refuse your mails").wait_for()
    clean(visit)
    visit.page.on("dialog", lambda dialog: dialog.accept())
    visit.app.get_by_role("button", name="Go live").click()
    visit.flag("Live: mail reaches clients")
    assert zone.texts == {}


@pytest.mark.parametrize("theme", THEMES)
def test_a_webhook_is_added_tried_switched_off_and_removed(visitor: Visitor, theme: str) -> None:
    visit = opened(visitor("Alice", theme=theme), "Webhooks")
    clean(visit)
    with receiver() as box:
        visit.app.get_by_label("Name").fill("Text messages")
        visit.app.get_by_label("Address").fill(box.url)
        visit.app.get_by_role("button", name="Add").click()
        visit.app.get_by_text("The secret of Text messages").wait_for()
        clean(visit)
        visit.app.get_by_role("button", name="Try it out").click()
        visit.flag("took the call")
        assert b'"type": "trial"' in box.taken[0].body
        box.answers = [500]
        visit.app.get_by_role("button", name="Try it out").click()
        visit.app.get_by_role("alert").get_by_text("500").wait_for()
        clean(visit)
    visit.app.get_by_role("button", name="Switch off").click()
    visit.app.get_by_text("Off", exact=True).wait_for()
    visit.app.get_by_role("button", name="Remove").click()
    visit.app.get_by_text("No webhook yet").wait_for()
    clean(visit)
