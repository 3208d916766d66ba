"""Policies are versions: an invoice keeps the one of its issue; client goes before project goes before site."""

from copy import deepcopy
from datetime import date

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.services.follow_ups.policies import version_in_force
from plugin.services.policies.save_policy import save_policy
from plugin.store.tables.clients import Client
from plugin.store.tables.clients import Project as BilledProject
from plugin.store.tables.policies import PolicyRow, PolicyVersion
from sandbox.stage.house import ACTOR
from tests.support.stage import Story

Body = dict[str, object]


def body_with(offset: int, key: str = "friendly") -> Body:
    """The default ladder with one step moved."""
    body: Body = deepcopy(to_dict(default_policy()))
    steps = body["steps"]
    assert isinstance(steps, list)
    for step in steps:
        if step["key"] == key:
            step["offset"] = offset
    return body


def choose(story: Story, policy_id: str, *, of: str) -> None:
    with story.writing() as session:
        row: Client | BilledProject
        if of == "client":
            row = session.get_one(Client, (session.tenant_id, story.client_id))
        else:
            row = session.scalars(select(BilledProject).where(BilledProject.id == story.billed)).one()
        row.policy_id = policy_id


def test_req_F04_an_issued_invoice_keeps_its_version(story: Story) -> None:
    before = story.bill(1)
    story.publish(body_with(5))
    after = story.bill(2)
    story.drain()
    assert story.step(before, "friendly").planned_on == date(2026, 9, 18)
    # Five days after the 15th is a Sunday.
    assert story.step(after, "friendly").planned_on == date(2026, 9, 21)
    story.at(date(2026, 9, 18))
    assert story.mails()[-1].numbers == (story.invoice(before).number,)


def test_req_F04_the_clients_policy_goes_before_the_projects_and_that_before_the_sites(story: Story) -> None:
    vip, slow = story.publish(body_with(7), name="VIP"), story.publish(body_with(6), name="Slow")

    def in_force() -> str:
        with story.reading() as session:
            client = session.get_one(Client, (session.tenant_id, story.client_id))
            project = session.scalars(select(BilledProject).where(BilledProject.id == story.billed)).one()
            version = version_in_force(session, client, project)
            return session.get_one(PolicyRow, (session.tenant_id, version.policy_id)).name

    assert in_force() == "Standard"
    choose(story, slow, of="project")
    assert in_force() == "Slow"
    choose(story, vip, of="client")
    assert in_force() == "VIP"
    story.publish(body_with(8), name="Slow")
    assert in_force() == "VIP"


def test_a_step_before_issue_is_refused_and_nothing_is_stored(story: Story) -> None:
    body = body_with(-3)
    steps = body["steps"]
    assert isinstance(steps, list)
    steps[0]["anchor"], steps[0]["offset"] = "issue_date", -1
    with pytest.raises(InvalidInput, match="notice"):
        story.publish(body)
    with story.reading() as session:
        assert list(session.scalars(select(PolicyVersion.version))) == [1]


def test_two_people_on_one_policy_the_second_is_told(story: Story) -> None:
    story.publish(body_with(5))
    with story.reading() as session:
        row = session.scalars(select(PolicyRow).where(PolicyRow.name == "Standard")).one()
    with story.writing() as session, pytest.raises(Conflict, match="newer version"):
        save_policy(session, row.id, name="Standard", body=body_with(6), row_version=1, now=story.now, actor=ACTOR)


def test_complaint_C53_two_clients_of_one_site_have_rules_of_their_own(story: Story) -> None:
    vip = story.publish(body_with(8), name="VIP")
    first = story.bill(1)
    choose(story, vip, of="client")
    second = story.bill(2)
    assert story.step(first, "friendly").planned_on != story.step(second, "friendly").planned_on
