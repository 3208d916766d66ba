"""Finds things of the world for the control routes; what is not there is a 404 with a sentence."""

from werkzeug.exceptions import NotFound

from sandbox.builder import WorldBuilder
from sandbox.control.bodies import Body, text
from sandbox.jira.model import Issue, Person, Worklog
from sandbox.jira.site import Site


class Builder(WorldBuilder):
    """Changes the world of a site that somebody else serves."""

    def __init__(self, site: Site) -> None:
        self.site = site


def issue_of(site: Site, key: str) -> Issue:
    found = site.world.issue(key)
    if found is None:
        raise NotFound(f"There is no issue {key}.")
    return found


def worklog_of(site: Site, log_id: int) -> Worklog:
    found = site.world.worklogs.get(log_id)
    if found is None:
        raise NotFound(f"There is no worklog {log_id}.")
    return found


def person_of(site: Site, given: Body, name: str) -> Person | None:
    account = text(given, name)
    if not account:
        return None
    found = site.world.people.get(account)
    if found is None:
        raise NotFound(f"There is no person {account}.")
    return found
