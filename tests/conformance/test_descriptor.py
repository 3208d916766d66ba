"""The Connect descriptor, as file and as served, against Atlassian's own schema of modules and the documented rules."""

import copy
import json
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from plugin.hosts.connect.descriptor import DESCRIPTOR_FILE, descriptor_bytes
from tests.conformance.descriptor_rules import modules_of, wrong_with_descriptor
from tools import connect_schema
from tools.steps import SetupFailed

Descriptor = dict[str, Any]


@pytest.fixture(params=["file", "served"])
def descriptor(request: pytest.FixtureRequest) -> Descriptor:
    content = DESCRIPTOR_FILE.read_bytes() if request.param == "file" else descriptor_bytes("https://dunlin.test/app")
    found: Descriptor = json.loads(content)
    return found


@pytest.fixture(scope="session")
def schema() -> Descriptor:
    """Atlassian's schema. It is fetched from elsewhere, so a machine that cannot get it skips, loudly.

    Every documented rule is held against the descriptor on any machine, by the test above.
    """
    if not connect_schema.STORED.is_file():
        pytest.skip(connect_schema.NOT_CHECKED)
    found: Descriptor = json.loads(connect_schema.STORED.read_text(encoding="utf-8"))
    return found


def wrong_by_schema(schema: Descriptor, descriptor: Descriptor) -> list[str]:
    """What Atlassian's schema has against the modules and the lifecycle."""
    modules = [*modules_of(descriptor), ("lifecycle", descriptor["lifecycle"])]
    known = schema["definitions"]["ModuleSchema"]["properties"]
    problems = []
    for number, (kind, module) in enumerate(modules):
        if f"connect-jira:{kind}" not in known:
            problems.append(f"{kind}: no such module")
            continue
        # The schema is that of a Forge manifest: everything is a list there, and has a key.
        validator = Draft7Validator({**known[f"connect-jira:{kind}"], "definitions": schema["definitions"]})
        problems += [f"{kind}: {error.message}" for error in validator.iter_errors([{"key": f"m{number}", **module}])]
    return problems


def test_the_descriptor_keeps_every_documented_rule(descriptor: Descriptor) -> None:
    assert wrong_with_descriptor(descriptor) == []


def test_the_descriptor_fits_atlassians_schema(schema: Descriptor, descriptor: Descriptor) -> None:
    assert wrong_by_schema(schema, descriptor) == []


def first(kind: str) -> Callable[[Descriptor], Any]:
    return lambda descriptor: descriptor["modules"][kind][0]


BY_SCHEMA: list[tuple[Callable[[Descriptor], object], str]] = [
    (lambda d: first("jiraIssueContents")(d).pop("tooltip"), "'tooltip' is a required property"),
    (lambda d: first("jiraIssueContents")(d)["target"].update(type="dialog"), "'dialog' is not one of"),
    (lambda d: first("webhooks")(d).pop("event"), "'event' is a required property"),
    (lambda d: first("webhooks")(d).update(event="x" * 101), "is too long"),
    (lambda d: first("jiraProjectPages")(d).update(weight="first"), "is not of type 'integer'"),
    (lambda d: d["modules"].update(jiraSomething=[{}]), "no such module"),
    (lambda d: d["lifecycle"].update(installed=1), "is not of type 'string'"),
]


@pytest.mark.parametrize(("spoil", "complaint"), BY_SCHEMA)
def test_atlassians_schema_finds_what_is_wrong(
    schema: Descriptor, spoil: Callable[[Descriptor], object], complaint: str
) -> None:
    spoiled = copy.deepcopy(json.loads(descriptor_bytes("https://dunlin.test")))
    spoil(spoiled)
    problems = wrong_by_schema(schema, spoiled)
    assert any(complaint in problem for problem in problems), problems


def extraction(descriptor: Descriptor) -> Any:
    return first("jiraEntityProperties")(descriptor)["keyConfigurations"][0]["extractions"][0]


BY_RULE: list[tuple[Callable[[Descriptor], object], str]] = [
    (lambda d: d.update(key="com dunlin"), "key has odd characters or more than 64"),
    (lambda d: d.update(key="x" * 65), "key has odd characters or more than 64"),
    (lambda d: d.update(baseUrl="http://dunlin.test"), "baseUrl is no https address"),
    (lambda d: d.update(baseUrl="https://dunlin.test/"), "baseUrl is no https address"),
    (lambda d: d.update(scope=["READ"]), "unknown property scope"),
    (lambda d: d.update(scopes=["READ", "EVERYTHING"]), "scopes are missing, repeated or unknown"),
    (lambda d: d.pop("authentication"), "authentication is missing"),
    (lambda d: d["apiMigrations"].pop("signed-install"), "apiMigrations lacks"),
    (lambda d: d["apiMigrations"].update({"context-qsh": False}), "apiMigrations lacks"),
    (lambda d: d["apiMigrations"].pop("gdpr"), "apiMigrations lacks"),
    (lambda d: d["lifecycle"].update(removed="/connect/removed"), "lifecycle has an unknown event"),
    (lambda d: d["lifecycle"].update(enabled="https://evil.test/"), "lifecycle.enabled is not below baseUrl"),
    (lambda d: d["modules"]["configurePage"].update(key="admin"), "two modules have the key admin"),
    (lambda d: d["modules"].update(adminPages=d["modules"]["adminPages"][0]), "adminPages is a list"),
    (lambda d: first("adminPages")(d).update(url="//evil.test/admin"), "is not below baseUrl"),
    (lambda d: first("adminPages")(d).update(icon={"url": "http://evil.test/i.svg"}), "is not below baseUrl"),
    (lambda d: first("adminPages")(d).update(colour="red"), "unknown property colour"),
    (lambda d: first("adminPages")(d)["name"].update(value="x" * 1501), "name is empty or too long"),
    (lambda d: first("adminPages")(d).update(name="Admin"), "name is not an object"),
    (lambda d: first("adminPages")(d).update(conditions=[{"condition": "user_is_amdin"}]), "unknown condition"),
    (lambda d: first("jiraProjectPages")(d).update(url="/ui/project?p={projectId}"), "unknown variable projectId"),
    (lambda d: first("webhooks")(d).update(event="worklog_changed"), "unknown event"),
    (lambda d: first("webhooks")(d).update(key="hook"), "unknown property key"),
    (lambda d: extraction(d).update(type="money"), "unknown type money"),
    (lambda d: extraction(d).update(alias="invoice state"), "an alias is no name for JQL"),
    (lambda d: extraction(d).update(alias="unbilledHours"), "an alias is no name for JQL, or stands twice"),
    (lambda d: extraction(d).pop("objectName"), "an extraction needs an objectName"),
]


@pytest.mark.parametrize(("spoil", "complaint"), BY_RULE)
def test_each_rule_can_be_broken(spoil: Callable[[Descriptor], object], complaint: str) -> None:
    spoiled = copy.deepcopy(json.loads(descriptor_bytes("https://dunlin.test")))
    spoil(spoiled)
    problems = wrong_with_descriptor(spoiled)
    assert any(complaint in problem for problem in problems), problems


def test_a_schema_from_another_package_is_refused(tmp_path: Path) -> None:
    packed, stored = tmp_path / "package.tgz", tmp_path / "schema.json"
    with tarfile.open(packed, "w:gz") as archive:
        member = tarfile.TarInfo(connect_schema.MEMBER)
        member.size = 2
        archive.addfile(member, BytesIO(b"{}"))
    with pytest.raises(SetupFailed, match="nothing of it was used"):
        connect_schema.take_schema(packed, stored)
    assert not stored.exists()
