"""The command line: ``dunlin upgrade``, ``demo``, ``explain``, ``verify``, ``keys``."""

import json
import os
import sys
from pathlib import Path

import click

from plugin.bootstrap import Container, build_container
from plugin.domain.errors import DunlinError
from plugin.services.explain import explain_invoice
from plugin.services.keys_rotation import rotate_keys
from plugin.services.verify import verify_tenant
from plugin.services.wakeups import NoWakeups
from plugin.settings import Settings
from plugin.store.migrate import upgrade as upgrade_schema
from plugin.store.queries.directory import tenants
from plugin.supervisor import Demo


@click.group()
def main() -> None:
    """Dunlin turns logged time into invoices and follows up on the unpaid ones."""


@main.command()
def upgrade() -> None:
    """Bring the database to the newest schema, and grant the roles."""
    settings = _settings()
    upgrade_schema(
        settings.database_owner_url, app_url=settings.database_url, planner_url=settings.database_planner_url
    )
    click.echo("The database is up to date.")


@main.command()
@click.option("--port", default=8701, show_default=True, help="of the service itself")
@click.option("--jira-port", default=8700, show_default=True, help="of the pretend Jira")
@click.option("--var", type=click.Path(path_type=Path), default=Path("var"), show_default=True)
def demo(port: int, jira_port: int, var: Path) -> None:
    """Run the whole product with a pretend Jira, a mailbox and seed data."""
    sys.exit(Demo(var=var.resolve(), port=port, sandbox_port=jira_port, say=click.echo).run())


@main.command()
@click.argument("number")
def explain(number: str) -> None:
    """Say for each follow-up of an invoice why it was, was not, or will be sent."""
    container = _container()
    found = False
    for tenant_id in tenants(container.planner_engine):
        with container.reading(tenant_id) as session:
            for line in explain_invoice(session, number, now=container.clock.now()):
                found = True
                click.echo(line)
    if not found:
        raise click.ClickException(f"There is no issued invoice {number} in this database.")


@main.command()
def verify() -> None:
    """Check the invariants on this database; exit 1 if one does not hold."""
    container = _container()
    findings = []
    for tenant_id in tenants(container.planner_engine):
        with container.reading(tenant_id) as session:
            findings.extend(verify_tenant(session))
    for finding in findings:
        click.echo(f"{finding.invariant}  {finding.sentence}")
    click.echo(json.dumps({"findings": len(findings), "ok": not findings}))
    sys.exit(1 if findings else 0)


@main.group()
def keys() -> None:
    """Encryption keys of the secrets at rest."""


@keys.command()
def rotate() -> None:
    """Encrypt every secret anew with the newest key; may be repeated and interrupted."""
    container = _container()
    done = sum(_rotate(container, tenant_id) for tenant_id in tenants(container.planner_engine))
    click.echo(f"{done} secrets were encrypted anew; 0 are left.")


def _rotate(container: Container, tenant_id: str) -> int:
    with container.writing(tenant_id) as session:
        return rotate_keys(session, container.keys)


def _settings() -> Settings:
    try:
        return Settings.from_environment(os.environ)
    except DunlinError as problem:
        raise click.ClickException(problem.sentence) from problem


def _container() -> Container:
    return build_container(_settings(), wakeups=NoWakeups())


if __name__ == "__main__":
    main()
