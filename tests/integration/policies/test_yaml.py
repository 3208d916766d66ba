"""Policies as YAML: out and in again they are the same; what is odd is refused with line, column and step (U08)."""

import textwrap

import pytest
from hypothesis import given
from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.services.policies.begin import from_preset
from plugin.services.policies.drafts import drafts
from plugin.services.policies.import_policies import import_policies, plan_import
from plugin.services.policies.publish import publish_draft
from plugin.services.policies.versions import newest_policy
from plugin.services.policies.yaml_text import read_policies, write_policies
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyRow
from tests.attack.catalogue import snapshot
from tests.integration.policies.conftest import ALICE, OUTSIDE, ask_for_review, standard
from tests.support.books import NOW, Books, open_books

ONE = """\
dunlin: policies/1
policies:
  - name: House rules
    steps:
      - key: first
        level: 1
        anchor: due_date
        offset: 3
        channel: email
        tone: friendly
        template: friendly
      - key: second
        level: 2
        anchor: due_date
        offset: 10
        channel: email
        tone: firm
        template: second
"""


def exported(books: Books) -> str:
    with books.reading() as session:
        return write_policies(session)


def by_name(session: TenantSession) -> dict[str, Policy]:
    return {row.name: newest_policy(session, row.id) for row in session.scalars(select(PolicyRow))}


def preset(session: TenantSession, key: str) -> None:
    draft = from_preset(session, key, name="", project_id=None, now=NOW, actor=ALICE)
    publish_draft(session, draft, row_version=1, note="", outside=OUTSIDE, now=NOW, actor=ALICE)


def test_req_U08_what_is_exported_is_imported_as_it_was(books: Books) -> None:
    with books.writing() as session:
        for key in ("gentle", "strict", "autopay"):
            preset(session, key)
        ours = {name: to_dict(policy) for name, policy in by_name(session).items()}
    text = exported(books)
    assert {one.policy.name: to_dict(one.policy) for one in read_policies(text)} == ours
    with open_books(books.urls) as other, other.writing() as session:
        lines = import_policies(
            session, read_policies(text), note="From the other site", outside=OUTSIDE, now=NOW, actor=ALICE
        )
        assert {line.name: line.action.value for line in lines} == {
            "Standard": "same",
            "Gentle": "new",
            "Strict": "new",
            "Notice before automatic debit": "new",
        }
        assert {name: to_dict(policy) for name, policy in by_name(session).items()} == ours
        assert {line.action.value for line in plan_import(session, read_policies(text), OUTSIDE)} == {"same"}


def plan_rows(books: Books, number: str) -> list[tuple[object, ...]]:
    """The planned steps of one invoice, without the ids of a site."""
    with books.reading() as session:
        query = (
            select(PlannedStep)
            .join(Invoice, (Invoice.tenant_id == PlannedStep.tenant_id) & (Invoice.id == PlannedStep.invoice_id))
            .where(Invoice.number == number)
            .order_by(PlannedStep.level, PlannedStep.occurrence)
        )
        names = ("step_key", "occurrence", "level", "channel", "tone", "state", "reason_code", "reason", "planned_on")
        return [tuple(getattr(row, name) for name in (*names, "next_at")) for row in session.scalars(query)]


def test_req_U08_an_empty_site_that_imports_plans_the_same_rows(books: Books) -> None:
    """The default of the one becomes that of the other, and each invoice gets the same ladder, day by day."""
    with books.writing() as session:
        row = standard(session)
        row.name = "Old ways"
        row.is_default = False
        session.flush()
        preset(session, "strict")
        session.scalars(select(PolicyRow).where(PolicyRow.name == "Strict")).one().is_default = True
    text = exported(books)
    with open_books(books.urls) as other:
        with other.writing() as session:
            import_policies(session, read_policies(text), note="", outside=OUTSIDE, now=NOW, actor=ALICE)
            assert standard(session).name == "Strict"
        for site in (books, other):
            site.log(3)
            assert [site.issue(site.draft(day)) for day in (1, 2, 3)][-1] == "INV-2026-0003"
        for number in ("INV-2026-0001", "INV-2026-0002", "INV-2026-0003"):
            ours = plan_rows(books, number)
            assert [row[0] for row in ours] == ["notice", "friendly", "call", "second", "final", "legal"]
            assert plan_rows(other, number) == ours


def test_a_dry_run_says_what_would_change_and_changes_nothing(books: Books) -> None:
    text = exported(books).replace("offset: 3\n", "offset: 4\n", 1)
    before = snapshot(books.engine)
    with books.reading() as session:
        (line,) = plan_import(session, read_policies(text), OUTSIDE)
    assert (line.name, line.action.value, line.becomes_default) == ("Standard", "changed", False)
    assert line.sentences == (
        "Step 'friendly': when was '3 days after the due date' and is '4 days after the due date'.",
    )
    assert snapshot(books.engine) == before


def test_where_policies_need_a_review_an_import_waits_for_it(books: Books) -> None:
    ask_for_review(books)
    with books.writing() as session:
        import_policies(session, read_policies(ONE), note="From git", outside=OUTSIDE, now=NOW, actor=ALICE)
        (draft,) = drafts(session)
        assert (draft.name, draft.state, draft.note) == ("House rules", "submitted", "From git")
        assert list(by_name(session)) == ["Standard"]


@given(...)
def test_a_text_that_nobody_wrote_is_refused_and_never_a_crash(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_policies(text)


ODD = [
    ("offset: 3", "offset: soon", "Line 8, column 17: Step 1 ('first'): offset must be a whole number"),
    ("offset: 10", "offset: 010", "Line 15, column 17: '010' is no text, whole number, true or false"),
    ("offset: 10", "offset: 1:30", "Line 15, column 17: '1:30' is no text"),
    ("offset: 10", "offset: 1.5", "Line 15, column 17: '1.5' is no text"),
    ("tone: firm", "tone: shouting", "Line 17, column 15: Step 2 ('second'): tone must be one of friendly"),
    ("tone: firm", "tone: on", "Line 17, column 15: 'on' is no text"),
    ("        tone: firm\n", "        tone: firm\n        tone: final\n", "Line 18, column 9: The field 'tone' stands"),
    ("tone: firm", "tone: firm\n        colour: red", "Step 2 ('second') has the unknown field 'colour'"),
    ("offset: 10", "offset: 2", "Step 2 ('second') does not come after 'first'"),
    ("anchor: due_date\n        offset: 3", "anchor: issue_date\n        offset: -1", "before the invoice is issued"),
    ("name: House rules", "name: !!python/object/apply:os.system [id]", "Line 3, column 11:"),
    ("name: House rules", "name: &x House rules", "Line 3, column 11: Anchors and aliases are not read"),
    ("dunlin: policies/1", "dunlin: policies/2", "must begin with 'dunlin: policies/1'"),
    ("policies:\n", "extra: 1\npolicies:\n", "unknown field 'extra'"),
    ("  - name: House rules", "  - default: maybe\n    name: House rules", "Line 3, column 14: Default must be true"),
    ("    steps:", "    steps: [", "this is no YAML"),
]


@pytest.mark.parametrize(("old", "new", "says"), ODD, ids=[new.strip()[:30] for _, new, _ in ODD])
def test_req_U08_what_is_odd_is_refused_with_its_place(old: str, new: str, says: str) -> None:
    assert old in ONE
    with pytest.raises(InvalidInput) as refusal:
        read_policies(ONE.replace(old, new, 1))
    assert says.casefold() in refusal.value.sentence.casefold()


def test_attack_aliases_that_stand_for_billions_are_refused_before_they_are_built() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{two}: &{two} [*{one}, *{one}]\n" for one, two in zip("abcdefgh", "bcdefghi"))  # noqa: B905
    with pytest.raises(InvalidInput, match=r"Line 1, column 4: Anchors and aliases are not read"):
        read_policies(bomb)


@pytest.mark.parametrize(
    "text", ["[" * 200, "- " * 5000, "a: " * 300, "{" * 50_000], ids=["lists", "dashes", "a", "maps"]
)
def test_attack_what_is_nested_too_deep_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_policies(text)


def test_attack_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(InvalidInput, match="larger than 256 KB"):
        read_policies(ONE + "#" * 300_000)
    with pytest.raises(InvalidInput, match="too much here"):
        read_policies("- x\n" * 30_000)


def test_two_policies_of_one_name_or_two_defaults_are_refused() -> None:
    again = textwrap.indent(textwrap.dedent(ONE.split("policies:\n", 1)[1]), "  ")
    with pytest.raises(InvalidInput, match="two policies called 'House rules'"):
        read_policies(ONE + again)
    both = ONE.replace("- name", "- default: true\n    name") + again.replace(
        "- name: House rules", "- default: true\n    name: B"
    )
    with pytest.raises(InvalidInput, match="Only one policy can be the default"):
        read_policies(both)


def test_a_written_policy_reads_like_code(books: Books) -> None:
    head = exported(books).splitlines()[:8]
    assert head == [
        "dunlin: policies/1",
        "policies:",
        "- name: Standard",
        "  default: true",
        "  ask_first: false",
        "  ask_when_late_days: null",
        "  steps:",
        "  - key: notice",
    ]
    assert to_dict(default_policy()) == to_dict(read_policies(exported(books))[0].policy)
