"""Drafts of policies: begun, changed, submitted, published by who may, thrown away; two people lose nothing."""

from copy import deepcopy

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from plugin.domain.reminders.policy_json import to_dict
from plugin.domain.reminders.policy_presets import presets
from plugin.services.policies.begin import copy_of, from_preset, restore
from plugin.services.policies.drafts import change_draft, draft_of, drafts, read_draft, start_draft, throw_away
from plugin.services.policies.publish import Published, publish_draft, submit_draft, take_as_base
from plugin.services.policies.save_policy import save_policy
from plugin.services.policies.versions import newest_policy, versions
from plugin.store.session import TenantSession
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.clients import Project
from plugin.store.tables.policies import PolicyDraft, PolicyRow
from tests.integration.policies.conftest import ALICE, BOB, OUTSIDE, actions, ask_for_review, standard
from tests.support.books import NOW, PROJECT, Books, open_books

Body = dict[str, object]


def moved(body: Body, offset: int, key: str = "friendly") -> Body:
    """The ladder with one step on another day."""
    changed = deepcopy(body)
    steps = changed["steps"]
    assert isinstance(steps, list)
    for step in steps:
        if step["key"] == key:
            step["offset"] = offset
    return changed


def start(session: TenantSession, actor: str = ALICE) -> PolicyDraft:
    return start_draft(session, standard(session).id, now=NOW, actor=actor)


def change(session: TenantSession, draft: PolicyDraft, offset: int, *, seen: int, actor: str = ALICE) -> None:
    change_draft(
        session, draft, body=moved(draft.body, offset), name=draft.name, row_version=seen, now=NOW, actor=actor
    )


def publish(session: TenantSession, draft: PolicyDraft, actor: str, note: str = "") -> Published:
    return publish_draft(
        session, draft, row_version=draft.row_version, note=note, outside=OUTSIDE, now=NOW, actor=actor
    )


def test_a_draft_changes_nothing_until_it_is_published(books: Books) -> None:
    with books.writing() as session:
        draft = start(session)
        change(session, draft, 5, seen=1)
        assert newest_policy(session, standard(session).id).step("friendly").offset == 3
        published = publish(session, draft, ALICE, "Two days more")
    with books.reading() as session:
        assert newest_policy(session, standard(session).id).step("friendly").offset == 5
        newest, first = versions(session, published.row.id)
        assert drafts(session) == []
    assert (newest.row.version, newest.row.published_by, newest.row.note) == (2, ALICE, "Two days more")
    assert newest.diff.sentences == (
        "Step 'friendly': when was '3 days after the due date' and is '5 days after the due date'.",
    )
    assert [change.step for change in first.diff.changes][:2] == ["notice", "friendly"]
    assert actions(books) == [
        (ALICE, "policy_draft.started"),
        (ALICE, "policy_draft.changed"),
        (ALICE, "policy.published"),
        (ALICE, "policy_draft.published"),
    ]


def test_two_people_on_one_draft_the_second_is_told_and_nothing_is_lost(books: Books) -> None:
    with books.writing() as session:
        draft_id = start(session).id
    with books.writing() as session:
        change(session, draft_of(session, draft_id, project_id=None, lock=True), 5, seen=1)
    with books.writing() as session, pytest.raises(Conflict, match="saved this draft meanwhile"):
        change(session, draft_of(session, draft_id, project_id=None, lock=True), 9, seen=1, actor=BOB)
    with books.writing() as session:
        draft = draft_of(session, draft_id, project_id=None, lock=True)
        assert read_draft(draft).step("friendly").offset == 5
        change(session, draft, 9, seen=2, actor=BOB)
    with books.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.actor == BOB)).one()
    assert row.before is not None
    assert row.after is not None
    first, second = (Body(dict(side)["body"]) for side in (row.before, row.after))  # type: ignore[call-overload]
    assert (first, second) == (moved(second, 5), moved(first, 9))


def test_a_policy_that_needs_review_is_published_by_somebody_else(books: Books) -> None:
    ask_for_review(books)
    with books.writing() as session:
        draft = start(session)
        change(session, draft, 5, seen=1)
        with pytest.raises(NotAllowed, match="submit the draft first"):
            publish(session, draft, BOB)
        submit_draft(session, draft, row_version=2, note="Please look", outside=OUTSIDE, now=NOW, actor=ALICE)
        with pytest.raises(NotAllowed, match="somebody else has to publish"):
            publish(session, draft, ALICE)
        assert publish(session, draft, BOB).version.note == "Please look"


def test_whoever_changed_a_draft_is_no_second_pair_of_eyes(books: Books) -> None:
    ask_for_review(books)
    with books.writing() as session:
        draft = start(session)
        submit_draft(session, draft, row_version=1, note="", outside=OUTSIDE, now=NOW, actor=ALICE)
        change(session, draft, 6, seen=2, actor=BOB)
        assert draft.state == "draft"
        submit_draft(session, draft, row_version=3, note="", outside=OUTSIDE, now=NOW, actor=ALICE)
        for actor in (ALICE, BOB):
            with pytest.raises(NotAllowed):
                publish(session, draft, actor)
        assert publish(session, draft, "712020:carol").version.version == 2


def test_a_version_published_meanwhile_is_looked_at_first(books: Books) -> None:
    with books.writing() as session:
        draft, row = start(session), standard(session)
        body = moved(draft.body, 8, "call")
        save_policy(session, row.id, name=row.name, body=body, row_version=row.row_version, now=NOW, actor=BOB)
        with pytest.raises(Conflict, match="Version 2 was published after this draft began"):
            publish(session, draft, ALICE)
        take_as_base(session, draft, row_version=1, now=NOW, actor=ALICE)
        assert publish(session, draft, ALICE).version.version == 3


def test_a_ladder_that_breaks_a_rule_may_be_drafted_but_not_published(books: Books) -> None:
    with books.writing() as session:
        draft = start(session)
        change(session, draft, 12, seen=1)
        for attempt in (
            lambda: publish(session, draft, ALICE),
            lambda: submit_draft(session, draft, row_version=2, note="", outside=OUTSIDE, now=NOW, actor=ALICE),
        ):
            with pytest.raises(InvalidInput, match="does not come after 'friendly'"):
                attempt()
        assert draft.row_version == 2


def test_what_is_no_ladder_at_all_is_not_even_drafted(books: Books) -> None:
    with books.writing() as session:
        draft = start(session)
        with pytest.raises(InvalidInput, match="Step 2"):
            change(session, draft, 5000, seen=1)
        assert (draft.row_version, read_draft(draft).step("friendly").offset) == (1, 3)


def test_a_draft_that_was_thrown_away_is_gone_and_the_audit_keeps_it(books: Books) -> None:
    with books.writing() as session:
        draft = start(session)
        draft_id = draft.id
        throw_away(session, draft, now=NOW, actor=BOB)
    with books.reading() as session:
        with pytest.raises(NotFound):
            draft_of(session, draft_id, project_id=None)
        row = session.scalars(select(AuditRow).where(AuditRow.action == "policy_draft.thrown_away")).one()
    assert (row.actor, row.before and row.before["name"]) == (BOB, "Standard")


@pytest.mark.parametrize("preset", list(presets()))
def test_every_preset_becomes_a_policy(books: Books, preset: str) -> None:
    with books.writing() as session:
        draft = from_preset(session, preset, name=f"Our {preset}", project_id=None, now=NOW, actor=ALICE)
        published = publish(session, draft, ALICE)
        assert newest_policy(session, published.row.id).steps == presets()[preset].steps
    assert published.row.name == f"Our {preset}"


def test_a_policy_of_a_project_is_followed_by_it_once_published(books: Books) -> None:
    with books.writing() as session:
        draft = from_preset(session, "gentle", name="", project_id=PROJECT, now=NOW, actor=ALICE)
        published = publish(session, draft, ALICE)
        assert session.get_one(Project, (books.tenant, PROJECT)).policy_id == published.row.id
    assert actions(books)[-1] == (ALICE, "policy.chosen")


def test_a_copy_begins_as_the_other_stands_and_needs_a_name_of_its_own(books: Books) -> None:
    with books.writing() as session:
        row = standard(session)
        with pytest.raises(InvalidInput, match="called Standard already"):
            copy_of(session, row.id, name="Standard", project_id=None, now=NOW, actor=ALICE)
        draft = copy_of(session, row.id, name="", project_id=None, now=NOW, actor=ALICE)
        with pytest.raises(InvalidInput, match="already"):
            copy_of(session, row.id, name="", project_id=None, now=NOW, actor=ALICE)
        publish(session, draft, ALICE)
        names = session.scalars(select(PolicyRow.name).order_by(PolicyRow.name)).all()
    assert (draft.note, names) == ("Copied from Standard, version 1", ["Standard", "Standard (copy)"])


def test_an_old_version_comes_back_as_a_new_one(books: Books) -> None:
    with books.writing() as session:
        draft = start(session)
        change(session, draft, 5, seen=1)
        row = publish(session, draft, ALICE).row
        back = restore(session, row.id, 1, project_id=None, now=NOW, actor=BOB)
        assert publish(session, back, BOB).version.version == 3
        listed = versions(session, row.id)
    assert [version.row.version for version in listed] == [3, 2, 1]
    assert to_dict(listed[0].policy) == to_dict(listed[2].policy)
    with books.writing() as session, pytest.raises(NotFound, match="no version 9"):
        restore(session, row.id, 9, project_id=None, now=NOW, actor=BOB)


def test_attack_A37_a_draft_of_another_site_or_project_is_unknown(books: Books) -> None:
    with open_books(books.urls) as other:
        with other.writing() as session:
            foreign = start(session).id
        with books.reading() as session, pytest.raises(NotFound):
            draft_of(session, foreign, project_id=None)
    with books.writing() as session:
        of_the_site = start(session).id
        with pytest.raises(NotFound):
            draft_of(session, of_the_site, project_id=PROJECT)
        of_the_project = from_preset(session, "gentle", name="", project_id=PROJECT, now=NOW, actor=ALICE).id
        assert draft_of(session, of_the_project, project_id=None).project_id == PROJECT
        with pytest.raises(NotFound):
            draft_of(session, of_the_project, project_id="999")


def test_a_step_whose_text_does_not_exist_is_refused_before_its_day_comes(books: Books) -> None:
    with books.writing() as session:
        draft = start(session)
        body = deepcopy(draft.body)
        steps = body["steps"]
        assert isinstance(steps, list)
        steps[1]["template"] = "nosuch"
        change_draft(session, draft, body=body, name=draft.name, row_version=1, now=NOW, actor=ALICE)
        with pytest.raises(InvalidInput, match="uses the text 'nosuch', which does not exist"):
            publish(session, draft, ALICE)
        with pytest.raises(InvalidInput, match="uses the text 'nosuch', which does not exist"):
            submit_draft(session, draft, row_version=2, note="", outside=OUTSIDE, now=NOW, actor=ALICE)
