"""The container of a command, and the site it is about."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from plugin.bootstrap import Container, build_container
from plugin.domain.errors import InvalidInput
from plugin.services.wakeups import NoWakeups
from plugin.settings import Settings
from plugin.store.migrate import require_schema
from plugin.store.queries.directory import tenant_names


@contextmanager
def container_of_command() -> Iterator[Container]:
    """Of a database whose schema this version knows; Permanent says what to do about any other."""
    settings = Settings.from_environment(os.environ)
    require_schema(settings.database_url)
    container = build_container(settings, wakeups=NoWakeups())
    try:
        yield container
    finally:
        container.planner_engine.dispose()
        container.engine.dispose()


def sites(container: Container, named: str = "") -> dict[str, str]:
    """Names of sites by tenant, all of them or the one named. InvalidInput where there is no such site."""
    names = tenant_names(container.planner_engine)
    if not named:
        return names
    found = {tenant: name for tenant, name in names.items() if named in (name, tenant)}
    if not found:
        known = ", ".join(sorted(names.values())) or "none"
        raise InvalidInput(f"There is no site {named!r} in this database; there are: {known}.")
    return found


def one_site(container: Container, named: str) -> tuple[str, str]:
    """The site named, or the only one there is."""
    found = sites(container, named)
    if len(found) != 1:
        raise InvalidInput(f"There are {len(found)} sites in this database; name one with --site.")
    return next(iter(found.items()))
