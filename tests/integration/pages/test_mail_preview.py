"""F05, F08: the mail of a step before it goes, with the right amount, tone and language; and who may see it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from plugin.hosts.ports import UNAUTHENTICATED
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import PlannedStep
from tests.attack.catalogue import snapshot
from tests.support.app_seed import LATE, Business

ADDRESS = re.compile(r'<iframe class="mail" sandbox="" title="[^"]+" src="([^"]+)"')


def preview_of(business: Business, step: str) -> str:
    """The fragment, as Alice gets it."""
    world = business.world
    world.clock.instant = LATE
    answer = world.get(url(business, step), world.sites.alice)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def url(business: Business, step: str) -> str:
    ours = business.ours
    return f"/ui/fragment/project/{ours.project}/invoices/{ours.invoice}/steps/{step}/mail"


def address_in(fragment: str) -> str:
    found = ADDRESS.search(fragment)
    assert found is not None, fragment
    return found.group(1)


def test_req_F05_F08_the_mail_is_shown_as_the_client_will_read_it(business: Business) -> None:
    before = snapshot(business.world.container.engine)
    fragment = preview_of(business, "second")
    assert "Fernwood &lt;billing@fernwood.example&gt;" in fragment
    assert "ada@northwind.example" in fragment
    assert "INV-2026-0001" in fragment
    answer = business.world.client.get(address_in(fragment))
    assert answer.status_code == 200
    html = answer.get_data(as_text=True)
    assert "€1,899.20" in html
    assert "€1,999.20" not in html, "what is owed after the part payment, never the full sum"
    assert "Ada Quint" in html
    with business.world.container.reading(business.world.tenant) as session:
        step = select(PlannedStep).where(
            PlannedStep.step_key == "second", PlannedStep.invoice_id == business.ours.invoice
        )
        day = session.scalars(step).one().planned_on
    assert day > LATE.date()
    assert "December 2026" in html, "the deadline that this mail will give"
    assert snapshot(business.world.container.engine) == before


def test_req_F06_each_step_has_its_own_tone_and_the_clients_language(business: Business) -> None:
    subjects = [re.search(r"<dt>Subject</dt><dd>([^<]+)", preview_of(business, key)) for key in ("second", "final")]
    assert all(subjects)
    assert len({found.group(1) for found in subjects if found}) == 2
    world = business.world
    with world.container.writing(world.tenant) as session:
        session.execute(update(Client).where(Client.id == business.ours.client).values(language="de"))
    german = world.client.get(address_in(preview_of(business, "second"))).get_data(as_text=True)
    assert '<html lang="de"' in german
    assert "1.899,20" in german


def test_the_frame_may_show_its_styles_and_nothing_else(business: Business) -> None:
    answer = business.world.client.get(address_in(preview_of(business, "second")))
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith(
        "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'"
    )
    assert "script-src" not in policy
    ancestors = policy.rpartition("frame-ancestors ")[2].split()
    assert ancestors[0] == "'self'"
    assert business.world.jira.base_url in ancestors
    assert answer.headers["Cache-Control"] == "no-cache, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


def test_attack_A40_the_preview_is_for_those_who_bill(business: Business) -> None:
    world = business.world
    world.clock.instant = LATE
    people = (world.sites.alice, world.sites.dora, world.sites.bob, world.sites.charlie)
    assert [world.get(url(business, "second"), person).status_code for person in people] == [200, 200, 403, 404]
    page = f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}"
    assert "See the mail" in world.get(page, world.sites.alice).get_data(as_text=True)
    assert "See the mail" not in world.get(page, world.sites.bob).get_data(as_text=True)


@pytest.mark.parametrize("change", ["missing", "empty", "tampered", "stripped", "other purpose"])
def test_attack_A01_an_address_that_we_did_not_sign_opens_nothing(business: Business, change: str) -> None:
    address = address_in(preview_of(business, "second"))
    path, _, signed = address.partition("?mail=")
    body, _, signature = signed.rpartition(".")
    token = business.world.jira.context_token(business.world.sites.alice)
    asked = {
        "missing": path,
        "empty": f"{path}?mail=",
        "tampered": f"{path}?mail={'A' if body[0] != 'A' else 'B'}{body[1:]}.{signature}",
        "stripped": f"{path}?mail={body}",
        "other purpose": f"{path}?mail={token}",
    }[change]
    answer = business.world.client.get(asked)
    assert (answer.status_code, answer.get_data(as_text=True)) == (401, UNAUTHENTICATED)


def test_attack_A20_an_address_lives_for_a_minute(business: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    address = address_in(preview_of(business, "second"))
    later = datetime.now(UTC) + timedelta(seconds=55)
    monkeypatch.setattr("plugin.ui.signed_frame.machine_now", lambda: later)
    assert business.world.client.get(address).status_code == 200
    monkeypatch.setattr("plugin.ui.signed_frame.machine_now", lambda: later + timedelta(seconds=10))
    assert business.world.client.get(address).status_code == 401


@pytest.mark.parametrize(
    ("step", "status", "says"),
    [("call", 400, "sends no mail"), ("friendly", 400, "is over"), ("nonsense", 404, "no such step")],
)
def test_a_step_without_a_mail_to_come_says_so(business: Business, step: str, status: int, says: str) -> None:
    world = business.world
    world.clock.instant = LATE
    answer = world.get(url(business, step), world.sites.alice)
    assert says in answer.get_data(as_text=True)
    assert answer.status_code == status
