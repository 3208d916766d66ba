"""What Atlassian documents of a Connect descriptor, as rules of our own: the schemas of its modules let extras pass.

Written from the documentation of Connect; shares nothing with the product and nothing with Atlassian's schema.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit


def _names(*listed: str) -> frozenset[str]:
    return frozenset(" ".join(listed).split())


KEY = re.compile(r"[a-zA-Z0-9_-]+")
APP_KEY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
TOP_LEVEL = _names(
    "key name description vendor baseUrl links authentication apiVersion scopes enableLicensing lifecycle modules",
    "translations apiMigrations",
)
REQUIRED = frozenset({"key", "name", "baseUrl", "authentication"})
LIFECYCLE = frozenset({"installed", "enabled", "disabled", "uninstalled", "dare-migration"})
SCOPES = _names("READ WRITE DELETE PROJECT_ADMIN ADMIN ACT_AS_USER ACCESS_EMAIL_ADDRESSES")
CONDITIONS = _names(
    "user_is_logged_in user_is_admin user_is_sysadmin user_is_project_admin addon_is_licensed feature_flag",
    "has_project_permission has_global_permission entity_property_equal_to entity_property_exists",
)
"""Those that a descriptor of ours may come to use; Jira ignores a module whose condition it does not know."""
VARIABLES = frozenset({"issue.id", "issue.key", "issuetype.id", "project.id", "project.key"})
EVENTS = _names(
    "jira:issue_created jira:issue_updated jira:issue_deleted comment_created comment_updated comment_deleted",
    "worklog_created worklog_updated worklog_deleted project_created project_updated project_deleted",
    "issue_property_set issue_property_deleted user_created user_updated user_deleted",
)
MIGRATIONS = {"gdpr": True, "signed-install": True, "context-qsh": True}
"""Account ids only, installs signed by Atlassian, context tokens bound by their hash."""
EXTRACTIONS = frozenset({"number", "text", "string", "user", "date"})
SINGLE = frozenset({"configurePage", "postInstallPage"})
PROPERTIES: Mapping[str, tuple[str, str]] = {
    "jiraIssueContents": ("key name icon tooltip target", "contentPresentConditions conditions jiraNativeAppsEnabled"),
    "jiraProjectPages": ("key name url", "iconUrl weight conditions"),
    "jiraProjectAdminTabPanels": ("key name url", "location weight conditions params"),
    "adminPages": ("key name url", "location weight icon cacheable conditions params fullPage"),
    "configurePage": ("key name url", "location weight icon cacheable conditions params fullPage"),
    "postInstallPage": ("key name url", "location weight icon cacheable conditions params"),
    "dialogs": ("key url", "options cacheable"),
    "jiraEntityProperties": ("key name keyConfigurations", "entityType"),
    "webhooks": ("event url", "filter excludeBody propertyKeys conditions"),
}
"""Of each module that we know to declare: what it must have, and what it may have besides."""


def wrong_with_descriptor(descriptor: Mapping[str, Any]) -> list[str]:
    """A sentence for each broken rule."""
    return [*_top_level(descriptor), *_modules(descriptor.get("modules", {}))]


def modules_of(descriptor: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each module with its type; a single one like one of a list."""
    for kind, declared in descriptor.get("modules", {}).items():
        for module in [declared] if isinstance(declared, dict) else declared:
            yield kind, module


def _top_level(descriptor: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"unknown property {name}" for name in sorted(set(descriptor) - TOP_LEVEL))
    yield from (f"{name} is missing" for name in sorted(REQUIRED - set(descriptor)))
    base = urlsplit(str(descriptor.get("baseUrl", "")))
    if base.scheme != "https" or not base.hostname or base.query or base.fragment or base.path.endswith("/"):
        yield "baseUrl is no https address without query and trailing slash"
    if not APP_KEY.fullmatch(str(descriptor.get("key", ""))):
        yield "key has odd characters or more than 64"
    if descriptor.get("authentication") != {"type": "jwt"}:
        yield "authentication is not jwt"
    if type(descriptor.get("apiVersion", 1)) is not int or type(descriptor.get("enableLicensing", False)) is not bool:
        yield "apiVersion is no integer, or enableLicensing neither true nor false"
    if descriptor.get("apiMigrations") != MIGRATIONS:
        yield "apiMigrations lacks one that binds tokens or accounts"
    scopes = descriptor.get("scopes", [])
    if not scopes or len(set(scopes)) != len(scopes) or set(scopes) - SCOPES:
        yield "scopes are missing, repeated or unknown"
    lifecycle = descriptor.get("lifecycle", {})
    if set(lifecycle) - LIFECYCLE or "installed" not in lifecycle:
        yield "lifecycle has an unknown event or no installed"
    yield from (f"lifecycle.{name} is not below baseUrl" for name, url in lifecycle.items() if not _is_relative(url))


def _modules(modules: Mapping[str, Any]) -> Iterator[str]:
    seen: set[str] = set()
    for kind, declared in modules.items():
        if kind not in PROPERTIES:
            yield f"unknown module {kind}"
            continue
        if isinstance(declared, dict) is not (kind in SINGLE):
            yield f"{kind} is a list where it should be single, or the other way round"
            continue
        for module in [declared] if kind in SINGLE else declared:
            key = module.get("key")
            if key in seen:
                yield f"two modules have the key {key}"
            seen |= {key} if key else set()
            yield from (f"{kind} {key or module.get('event')}: {problem}" for problem in _module(kind, module))


def _module(kind: str, module: Mapping[str, Any]) -> Iterator[str]:
    required, optional = (set(names.split()) for names in PROPERTIES[kind])
    yield from (f"unknown property {name}" for name in sorted(set(module) - required - optional))
    yield from (f"{name} is missing" for name in sorted(required - set(module)))
    if "key" in module and not KEY.fullmatch(module["key"]):
        yield "key has odd characters"
    for name in ("name", "tooltip"):
        yield from _text(name, module.get(name))
    yield from _addresses(module)
    yield from _conditions(module)
    if len(str(module.get("location", ""))) > 100 or type(module.get("weight", 0)) is not int:
        yield "location is too long, or weight no integer"
    if kind == "webhooks" and module.get("event") not in EVENTS:
        yield "unknown event"
    if kind == "jiraEntityProperties":
        yield from _indexes(module)


def _text(name: str, value: object) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, dict) or set(value) - {"value", "i18n"}:
        yield f"{name} is not an object with value and i18n"
    elif not 0 < len(value.get("value", "")) <= 1500 or len(value.get("i18n", "")) > 300:
        yield f"{name} is empty or too long"


def _addresses(module: Mapping[str, Any]) -> Iterator[str]:
    target, icon = module.get("target") or {}, module.get("icon") or {}
    if target and (target.get("type") != "web_panel" or set(target) != {"type", "url"}):
        yield "target is no web_panel with an url"
    for url in filter(None, (module.get("url"), module.get("iconUrl"), target.get("url"), icon.get("url"))):
        if not _is_relative(url):
            yield f"{url} is not below baseUrl"
        unknown = set(re.findall(r"{([^}]*)}", url)) - VARIABLES
        if unknown:
            yield f"{url} has the unknown variable {min(unknown)}"


def _conditions(module: Mapping[str, Any]) -> Iterator[str]:
    for each in module.get("conditions", []):
        if set(each) - {"condition", "invert", "params"} or each.get("condition") not in CONDITIONS:
            yield f"unknown condition {each.get('condition')}"


def _indexes(module: Mapping[str, Any]) -> Iterator[str]:
    if module.get("entityType", "issue") not in ("issue", "user", "project"):
        yield "unknown entityType"
    aliases: list[str] = []
    for configuration in module.get("keyConfigurations", []):
        if set(configuration) != {"propertyKey", "extractions"} or not configuration["extractions"]:
            yield "a keyConfiguration needs a propertyKey and extractions"
            continue
        for extraction in configuration["extractions"]:
            aliases += [extraction["alias"]] if "alias" in extraction else []
            if set(extraction) - {"objectName", "type", "alias"} or not extraction.get("objectName"):
                yield "an extraction needs an objectName and has an unknown property"
            if extraction.get("type") not in EXTRACTIONS:
                yield f"unknown type {extraction.get('type')}"
    if len(set(aliases)) != len(aliases) or not all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", each) for each in aliases):
        yield "an alias is no name for JQL, or stands twice"


def _is_relative(url: str) -> bool:
    return url.startswith("/") and not url.startswith("//") and not urlsplit(url).scheme
