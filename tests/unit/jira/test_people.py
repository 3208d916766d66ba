"""People, their groups, and what they may do."""

from plugin.services.jira_facts import Granted, ProjectPermission
from tests.unit.jira.wire import Answer, Sent, Wire, site_on


def test_pitfall_19_forty_authors_give_forty_names_though_jira_pages_them() -> None:
    def page(sent: Sent) -> Answer:
        ids, start = sent.query["accountId"], int(sent.query["startAt"][0])
        size = min(int(sent.query["maxResults"][0]), 10)
        part = [{"accountId": one, "displayName": one.title()} for one in ids[start : start + size]]
        is_last = start + size >= len(ids)
        return Answer({"startAt": start, "maxResults": size, "total": len(ids), "isLast": is_last, "values": part})

    wire = Wire(page)
    people = [f"p{one}" for one in range(73)]
    found = site_on(wire).users([*people, "p0"])
    assert [one.account_id for one in found] == people
    assert found[3].display_name == "P3"
    assert all(len(one.query["accountId"]) <= 50 and one.query["maxResults"] == ["50"] for one in wire.sent)


def test_a_page_of_people_without_anybody_ends_the_loop() -> None:
    wire = Wire(Answer({"startAt": 0, "maxResults": 50, "total": 1, "isLast": False, "values": []}))
    assert site_on(wire).users(["gone"]) == []
    assert len(wire.sent) == 1


def test_pitfall_18_an_id_that_the_answer_lacks_is_denied() -> None:
    wire = Wire(
        Answer(
            {
                "globalPermissions": ["ADMINISTER", "NOT_ASKED"],
                "projectPermissions": [{"permission": "BROWSE_PROJECTS", "projects": [10, 99], "issues": [7]}],
            }
        )
    )
    asked = ProjectPermission(permission="BROWSE_PROJECTS", project_ids=("10", "11"), issue_ids=("7", "8"))
    found = site_on(wire).granted("bob", site=("ADMINISTER",), projects=(asked,))
    assert found == Granted(
        site=frozenset({"ADMINISTER"}),
        projects=frozenset({("BROWSE_PROJECTS", "10")}),
        issues=frozenset({("BROWSE_PROJECTS", "7")}),
    )
    assert wire.sent[0].body == {
        "accountId": "bob",
        "globalPermissions": ["ADMINISTER"],
        "projectPermissions": [{"permissions": ["BROWSE_PROJECTS"], "projects": [10, 11], "issues": [7, 8]}],
    }


def test_groups_and_the_own_account() -> None:
    groups = [{"groupId": "g1", "name": "billing"}, {"groupId": "g2", "name": "all"}]
    assert site_on(Wire(Answer(groups))).groups_of("bob") == frozenset({"g1", "g2"})
    me = site_on(Wire(Answer({"accountId": "app", "displayName": "Dunlin", "timeZone": "UTC"}))).myself()
    assert (me.account_id, me.display_name, me.time_zone) == ("app", "Dunlin", "UTC")


def test_the_roles_of_a_project_are_known_by_their_names() -> None:
    wire = Wire(Answer({"Administrators": "https://x/role/10002", "Billing": "https://x/role/10009"}))
    assert site_on(wire).roles_of("10000") == {"Administrators", "Billing"}
    assert [(sent.method, sent.path) for sent in wire.sent] == [("GET", "/rest/api/3/project/10000/role")]
