"""The app's modules as Jira shows them: which there are, their signed addresses, and context tokens."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlencode

from sandbox.jira import tokens
from sandbox.jira.access import is_site_admin
from sandbox.jira.lifecycle import required
from sandbox.jira.model import Installation, Issue, JsonObject, Project
from sandbox.jira.render import type_id
from sandbox.jira.site import Site

PAGE_KINDS = (
    "jiraIssueContents",
    "jiraIssueContexts",
    "jiraIssueGlances",
    "webPanels",
    "jiraProjectPages",
    "jiraProjectAdminTabPanels",
    "generalPages",
    "adminPages",
    "configurePage",
    "postInstallPage",
    "dialogs",
    "jiraDashboardItems",
)
ADMIN_KINDS = ("adminPages", "configurePage", "postInstallPage")
PAGE_LIFE = timedelta(minutes=3)
CONTEXT_LIFE = timedelta(minutes=5)
_VARIABLE = re.compile(r"\{([a-zA-Z.]+)\}")


@dataclass(frozen=True, slots=True)
class Module:
    """A surface of the app. ``url`` is relative to the app and may hold context variables."""

    key: str
    kind: str
    name: str
    url: str
    definition: JsonObject


@dataclass(frozen=True, slots=True)
class Place:
    """Who looks, and at what."""

    account: str
    issue: Issue | None = None
    project: Project | None = None


def modules(installation: Installation | None, *kinds: str) -> list[Module]:
    """The descriptor's pages, in its order; only of these kinds where some are named."""
    declared = installation.descriptor.get("modules") if installation is not None else None
    if not isinstance(declared, dict):
        return []
    found: list[Module] = []
    for kind in kinds or PAGE_KINDS:
        listed = declared.get(kind, [])
        found.extend(_module(kind, each) for each in (listed if isinstance(listed, list) else [listed]))
    return found


def module(site: Site, key: str) -> Module:
    """The module with that key. LookupError where the descriptor has none."""
    for each in modules(required(site)):
        if each.key == key:
            return each
    raise LookupError(f"the app has no module {key}")


def shown_to(site: Site, each: Module, account: str) -> bool:
    """Whether Jira would offer the module: a decoration, which the app must not rely on."""
    conditions = each.definition.get("conditions", [])
    names = [c.get("condition") for c in conditions if isinstance(c, dict)] if isinstance(conditions, list) else []
    needs_admin = each.kind in ADMIN_KINDS or "user_is_admin" in names
    return not needs_admin or is_site_admin(site.world, account)


def page_url(
    site: Site, key: str, place: Place, *, life: timedelta = PAGE_LIFE, claims: JsonObject | None = None
) -> str:
    """The signed address that Jira puts into a frame."""
    unsigned = unsigned_url(site, module(site, key), place)
    token = page_token(site, unsigned, place.account, life=life, claims=claims)
    return f"{unsigned}&{urlencode({'jwt': token})}"


def unsigned_url(site: Site, shown: Module, place: Place) -> str:
    """Context variables filled in, and what Jira appends to every page."""
    filled = _VARIABLE.sub(lambda match: quote(_variable(match[1], place), safe=""), shown.url)
    origin = site.base_url.split("/", 3)
    appended = {
        "xdm_e": "/".join(origin[:3]),
        "xdm_c": f"channel-{shown.key}",
        "cp": "",
        "lic": site.licence,
        "cv": "1001.0.0",
    }
    separator = "&" if "?" in filled else "?"
    return f"{required(site).app_url}{filled}{separator}{urlencode(appended)}"


def page_token(
    site: Site, url: str, account: str, *, life: timedelta = PAGE_LIFE, claims: JsonObject | None = None
) -> str:
    """A token for one page load: ``qsh`` over its address."""
    installation = required(site)
    qsh = tokens.query_hash("GET", url, installation.app_url)
    honest = tokens.claims(installation.client_key, now=site.token_clock.now(), life=life, sub=account, qsh=qsh)
    return tokens.sign(_changed(honest, claims), installation.secret)


def context_token(site: Site, place: Place, *, life: timedelta = CONTEXT_LIFE, claims: JsonObject | None = None) -> str:
    """What ``AP.context.getToken`` gives: ``qsh`` is ``context-qsh``, the context names issue and project."""
    installation = required(site)
    honest = tokens.claims(
        installation.client_key,
        now=site.token_clock.now(),
        life=life,
        sub=place.account,
        qsh=tokens.CONTEXT_QSH,
        context=_context(place),
    )
    return tokens.sign(_changed(honest, claims), installation.secret)


def _changed(honest: JsonObject, claims: JsonObject | None) -> JsonObject:
    return {name: value for name, value in {**honest, **(claims or {})}.items() if value is not None}


def _context(place: Place) -> JsonObject:
    jira: JsonObject = {}
    if place.issue is not None:
        issue_type = {"id": type_id(place.issue)}
        jira["issue"] = {"id": str(place.issue.id), "key": place.issue.key, "issuetype": issue_type}
    if place.project is not None:
        jira["project"] = {"id": str(place.project.id), "key": place.project.key}
    return {"jira": jira}


def _variable(name: str, place: Place) -> str:
    issue, project = place.issue, place.project
    values = {
        "issue.id": str(issue.id) if issue else "",
        "issue.key": issue.key if issue else "",
        "issuetype.id": type_id(issue) if issue else "",
        "project.id": str(project.id) if project else "",
        "project.key": project.key if project else "",
    }
    return values.get(name, "")


def _module(kind: str, definition: JsonObject) -> Module:
    target = definition.get("target")
    url = definition.get("url") or (target.get("url") if isinstance(target, dict) else "")
    name = definition.get("name")
    label = name.get("value") if isinstance(name, dict) else definition["key"]
    return Module(str(definition["key"]), kind, str(label), str(url), definition)
