"""The stage itself: what one test changed, the next does not see."""

from sandbox.history.staged import StagedCompany


def seen(company: StagedCompany) -> tuple[object, ...]:
    jira = company.stage.jira
    comments = {comment.id: comment.edits for comment in jira.comments()}
    properties = {issue.key: jira.property(issue, "dunlin") for issue in jira.world.issues.values()}
    return company.clock.instant, len(company.stage.mailbox.mails), comments, properties


def test_a_restored_company_stands_where_its_history_ended_however_often(company: StagedCompany) -> None:
    beginning = seen(company)
    for _ in range(2):
        company.stage.walk(2)
        assert seen(company) != beginning
        company.restore()
        assert seen(company) == beginning
