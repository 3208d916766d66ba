"""The descriptor: least scopes, the surfaces of the design, and addresses that exist."""

import json
from typing import Any

import pytest

from plugin.hosts.connect.descriptor import APP_KEY, DESCRIPTOR_FILE, descriptor_bytes
from plugin.hosts.connect.lifecycle import LifecycleEvent
from plugin.jira.comments import MARKER_KEY


@pytest.fixture
def descriptor() -> dict[str, Any]:
    served: dict[str, Any] = json.loads(descriptor_bytes("https://dunlin.test/app/"))
    return served


def test_it_is_the_file_with_our_address_filled_in(descriptor: dict[str, Any]) -> None:
    on_disk = json.loads(DESCRIPTOR_FILE.read_text(encoding="utf-8"))
    assert descriptor["baseUrl"] == "https://dunlin.test/app"
    assert descriptor["links"]["self"] == "https://dunlin.test/app/atlassian-connect.json"
    assert {**descriptor, "baseUrl": "", "links": {}} == {**on_disk, "baseUrl": "", "links": {}}
    assert descriptor["key"] == APP_KEY
    assert f"{APP_KEY}.effect" == MARKER_KEY


def test_least_scopes_and_the_migrations_that_bind_tokens(descriptor: dict[str, Any]) -> None:
    assert descriptor["scopes"] == ["READ", "WRITE"]
    assert descriptor["authentication"] == {"type": "jwt"}
    assert descriptor["apiMigrations"] == {"gdpr": True, "signed-install": True, "context-qsh": True}
    assert set(descriptor["lifecycle"]) == {event.value for event in LifecycleEvent}


def test_the_surfaces_and_their_addresses(descriptor: dict[str, Any]) -> None:
    modules = descriptor["modules"]
    addresses = {
        "panel": modules["jiraIssueContents"][0]["target"]["url"],
        "project": modules["jiraProjectPages"][0]["url"],
        "project settings": modules["jiraProjectAdminTabPanels"][0]["url"],
        "admin": modules["adminPages"][0]["url"],
        "configure": modules["configurePage"]["url"],
        "get started": modules["postInstallPage"]["url"],
    }
    assert addresses == {
        "panel": "/ui/panel?issue={issue.id}",
        "project": "/ui/project?project={project.id}",
        "project settings": "/ui/project-settings?project={project.id}",
        "admin": "/ui/admin",
        "configure": "/ui/admin",
        "get started": "/ui/get-started",
    }
    assert {one["key"] for one in modules["dialogs"]} == {"log-call", "record-payment"}
    hooks = {one["event"]: one["url"] for one in modules["webhooks"]}
    assert hooks == {
        event: f"/connect/webhooks/{event.removeprefix('jira:')}"
        for event in (
            "worklog_created",
            "worklog_updated",
            "worklog_deleted",
            "jira:issue_updated",
            "jira:issue_deleted",
        )
    }


def test_jql_finds_invoices_by_the_property(descriptor: dict[str, Any]) -> None:
    configuration, call = descriptor["modules"]["jiraEntityProperties"][0]["keyConfigurations"]
    assert (configuration["propertyKey"], call["propertyKey"]) == ("dunlin", "dunlin-call")
    found = {one["alias"]: (one["objectName"], one["type"]) for one in configuration["extractions"]}
    assert found == {
        "invoiceState": ("invoices.state", "string"),
        "invoiceNumber": ("invoices.number", "string"),
        "invoiceDue": ("invoices.due", "date"),
        "invoiceBucket": ("invoices.bucket", "string"),
        "unbilledHours": ("unbilledHours", "number"),
    }


def test_no_module_is_cacheable_and_no_url_is_absolute(descriptor: dict[str, Any]) -> None:
    text = json.dumps(descriptor["modules"])
    assert "cacheable" not in text
    assert "http" not in text
