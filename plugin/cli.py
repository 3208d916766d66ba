"""The command line ``dunlin``. Exit code 0: all is well; 1: it is not, and a sentence says why; 2: misused."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from plugin.bootstrap import Container
from plugin.commands.container import container_of_command, sites
from plugin.commands.policies import policies, simulate_policy, try_policies
from plugin.domain.errors import DunlinError
from plugin.services.explain import explain_invoice
from plugin.services.keys_rotation import rotate_keys, secrets_under_other_keys
from plugin.services.verify import verify_tenant
from plugin.settings import Settings
from plugin.store.migrate import upgrade as upgrade_schema
from plugin.store.queries.directory import tenant_names
from plugin.supervisor import Demo


class _Commands(click.Group):
    """What went wrong is told in a sentence, never as a traceback; our own mistakes keep theirs."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except DunlinError as problem:
            raise click.ClickException(problem.sentence) from problem
        except SQLAlchemyError as problem:
            raise click.ClickException(_of_database(problem)) from problem


@click.group(cls=_Commands)
def main() -> None:
    """Dunlin turns logged time into invoices and follows up on the unpaid ones."""


@main.command()
def upgrade() -> None:
    """Bring the database to the newest schema, and grant the roles."""
    settings = Settings.from_environment(os.environ)
    revision = upgrade_schema(
        settings.database_owner_url, app_url=settings.database_url, planner_url=settings.database_planner_url
    )
    click.echo(f"The database is up to date (schema {revision}).")


@main.command()
@click.option("--port", default=8701, show_default=True, help="of the service itself")
@click.option("--jira-port", default=8700, show_default=True, help="of the pretend Jira")
@click.option("--var", type=click.Path(path_type=Path), default=Path("var"), show_default=True)
def demo(port: int, jira_port: int, var: Path) -> None:
    """Run the whole product with a pretend Jira, a mailbox and seed data."""
    sys.exit(Demo(var=var.resolve(), port=port, sandbox_port=jira_port, say=click.echo).run())


@main.command()
@click.argument("number")
@click.option("--day", type=click.DateTime(formats=["%Y-%m-%d"]), help="another day than today, as 2026-12-22")
def explain(number: str, day: datetime | None) -> None:
    """Say for each follow-up of an invoice why it was, was not, or will be sent."""
    answers: dict[str, object] = {}
    with container_of_command() as container:
        names = sites(container)
        for tenant_id, name in names.items():
            with container.reading(tenant_id) as session:
                found = explain_invoice(session, number, now=container.clock.now(), day=day.date() if day else None)
            if found is None:
                continue
            if len(names) > 1:
                click.echo(f"Site {name}:")
            click.echo("\n".join(found.lines))
            answers[name] = found.data
    if not answers:
        raise click.ClickException(f"There is no issued invoice {number} in this database.")
    click.echo(json.dumps(answers))


@main.command()
def verify() -> None:
    """Check the invariants on this database; exit 1 if one does not hold."""
    count = 0
    with container_of_command() as container:
        names = tenant_names(container.planner_engine)
        for tenant_id, name in names.items():
            with container.reading(tenant_id) as session:
                findings = verify_tenant(session)
            count += len(findings)
            for finding in findings:
                click.echo(f"{finding.invariant}  {name}: {finding.sentence}")
    sites = "1 site" if len(names) == 1 else f"{len(names)} sites"
    click.echo(f"Checked {sites}: " + ("every invariant holds." if not count else f"{count} findings, see above."))
    click.echo(json.dumps({"sites": len(names), "findings": count, "ok": not count}))
    sys.exit(1 if count else 0)


@main.group()
def keys() -> None:
    """Encryption keys of the secrets at rest."""


@keys.command()
def rotate() -> None:
    """Encrypt every secret anew with the newest key; may be repeated and interrupted."""
    with container_of_command() as container:
        tenants = list(tenant_names(container.planner_engine))
        done = sum(_rotate(container, tenant_id) for tenant_id in tenants)
        left = sum(_left(container, tenant_id) for tenant_id in tenants)
    newest = container.keys.current_id
    click.echo(f"{done} secrets were encrypted anew with the key {newest}; {left} are left under another one.")
    if left:
        raise click.ClickException("Run this again: secrets were stored under another key meanwhile.")
    others = [key_id for key_id in container.keys.key_ids if key_id != newest]
    if others:
        click.echo(f"Nothing needs {', '.join(others)} any more; take that out of SECRET_KEYS when it suits you.")


def _rotate(container: Container, tenant_id: str) -> int:
    with container.writing(tenant_id) as session:
        return rotate_keys(session, container.keys)


def _left(container: Container, tenant_id: str) -> int:
    with container.reading(tenant_id) as session:
        return secrets_under_other_keys(session, container.keys)


def _of_database(problem: SQLAlchemyError) -> str:
    cause = str(getattr(problem, "orig", None) or problem).strip().splitlines()
    return f"The database does not do what is asked: {cause[0] if cause else type(problem).__name__}. See DATABASE_URL."


for command in (policies, simulate_policy, try_policies):
    main.add_command(command)


if __name__ == "__main__":
    main()
