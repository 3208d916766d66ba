"""What a policy's steps use outside is looked for before it comes into force: targets, statuses, texts of letters."""

from collections.abc import Mapping

import pytest

from plugin.channels.rooms import step_channels
from plugin.domain.errors import InvalidInput, Transient
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_json import from_dict
from plugin.keys import KeyRing, parse_keys
from plugin.services.policies.drafts import start_draft
from plugin.services.policies.import_policies import import_policies
from plugin.services.policies.judge import judge
from plugin.services.policies.outside import Outside, statuses_of
from plugin.services.policies.publish import publish_draft, submit_draft
from plugin.services.policies.yaml_text import WrittenPolicy
from plugin.services.webhooks.targets import add_target
from plugin.settings import DEMO_SECRET_KEYS
from plugin.store.session import TenantSession
from plugin.store.tables.policies import PolicyDraft
from tests.integration.policies.conftest import ALICE, OUTSIDE
from tests.support.books import NOW, Books
from tests.support.ladders import ladder, step
from tests.support.scripted_jira import ScriptedJira

KEYS = KeyRing(parse_keys(DEMO_SECRET_KEYS))
SMS = {"kind": "webhook", "target": "SMS"}
MOVE = {"kind": "transition", "target": "Overdue"}


def policy(channel: str, action: Mapping[str, str] | None = None) -> Policy:
    text = "" if channel == "jira" else "friendly"
    one = step("one", 3, channel, template=text, action=dict(action) if action else None)
    return from_dict(ladder(one, name="Ours"), policy_id="ours", version=1)


def draft(session: TenantSession, channel: str, action: Mapping[str, str]) -> PolicyDraft:
    return start_draft(session, None, policy=policy(channel, action), name="Ours", now=NOW, actor=ALICE)


def publish(session: TenantSession, row: PolicyDraft, outside: Outside = OUTSIDE) -> None:
    publish_draft(session, row, row_version=row.row_version, note="", outside=outside, now=NOW, actor=ALICE)


def test_req_F15_a_webhook_that_is_not_set_up_is_refused_by_its_step(books: Books) -> None:
    with books.writing() as session:
        row = draft(session, "webhook", SMS)
        said = judge(session, policy("webhook", SMS), OUTSIDE)
        assert [(one.severity.value, one.step, one.field) for one in said if one.code == "outside"] == [
            ("error", "one", "steps[0].target")
        ]
        with pytest.raises(InvalidInput, match="webhook SMS, which is not set up") as refused:
            publish(session, row)
        assert refused.value.field == "steps[0].target"
        with pytest.raises(InvalidInput, match="not set up"):
            submit_draft(session, row, row_version=row.row_version, note="", outside=OUTSIDE, now=NOW, actor=ALICE)
        add_target(session, name="SMS", url="https://sms.example/in", keys=KEYS, strict=True, now=NOW, actor=ALICE)
        publish(session, row)


def test_req_F15_a_status_that_jira_lacks_is_refused(books: Books) -> None:
    known = Outside(rooms=step_channels(), statuses=frozenset({"to do", "done"}))
    with books.writing() as session:
        row = draft(session, "jira", MOVE)
        with pytest.raises(InvalidInput, match="moves the issue to Overdue, a status that Jira lacks") as refused:
            publish(session, row, known)
        assert refused.value.field == "steps[0].target"
        publish(session, row, Outside(rooms=step_channels(), statuses=frozenset({"overdue"})))


def test_fault_F40_a_jira_that_does_not_answer_keeps_no_policy_back(books: Books) -> None:
    class Silent(ScriptedJira):
        def statuses(self) -> list[str]:
            raise Transient("Jira does not answer.", retry_after=5)

    moves = policy("jira", MOVE)
    assert statuses_of(Silent(), moves) is None
    assert statuses_of(ScriptedJira(), moves) == frozenset(name.casefold() for name in ScriptedJira().workflow)
    assert statuses_of(Silent(), policy("email")) is None, "not asked at all"
    with books.writing() as session:
        publish(session, draft(session, "jira", MOVE))


def test_req_F15_an_import_that_names_an_unknown_webhook_stores_nothing(books: Books) -> None:
    written = WrittenPolicy(policy=policy("webhook", SMS), is_default=False)
    with books.writing() as session, pytest.raises(InvalidInput, match="not set up"):
        import_policies(session, [written], note="", outside=OUTSIDE, now=NOW, actor=ALICE)


def test_every_channel_that_is_carried_out_alone_has_a_room() -> None:
    rooms: Mapping[str, object] = step_channels()
    assert set(rooms) == {"jira_action", "webhook", "letter"}
