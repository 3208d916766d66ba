"""The command line ``dunlin``. Exit code 0: all is well; 1: it is not, and a sentence says why; 2: misused."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from plugin.bootstrap import Container, build_container
from plugin.domain.errors import DunlinError
from plugin.domain.reminders.policy_presets import presets
from plugin.services.explain import explain_invoice
from plugin.services.follow_ups.backtest import CAVEAT, backtest, in_words
from plugin.services.keys_rotation import rotate_keys, secrets_under_other_keys
from plugin.services.verify import verify_tenant
from plugin.services.wakeups import NoWakeups
from plugin.settings import Settings
from plugin.store.migrate import require_schema
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
def explain(number: str) -> None:
    """Say for each follow-up of an invoice why it was, was not, or will be sent."""
    found = False
    with _container() as container:
        names = tenant_names(container.planner_engine)
        for tenant_id, name in names.items():
            with container.reading(tenant_id) as session:
                lines = list(explain_invoice(session, number, now=container.clock.now()))
            found = found or bool(lines)
            if lines and len(names) > 1:
                click.echo(f"Site {name}:")
            for line in lines:
                click.echo(line)
    if not found:
        raise click.ClickException(f"There is no issued invoice {number} in this database.")


@main.command("backtest")
@click.option(
    "--policy", "names", multiple=True, type=click.Choice(list(presets())), help="may be repeated; all by default"
)
def try_policies(names: tuple[str, ...]) -> None:
    """Count what ladders would have sent about the past invoices, with the payments they really had."""
    policies = [policy for key, policy in presets().items() if not names or key in names]
    reports: dict[str, dict[str, object]] = {}
    with _container() as container:
        for tenant_id, site in tenant_names(container.planner_engine).items():
            with container.reading(tenant_id) as session:
                found = backtest(session, policies, now=container.clock.now())
            click.echo(f"Site {site}:")
            for name, one in found.items():
                click.echo("\n".join(in_words(name, one)))
            reports[site] = {name: asdict(one) for name, one in found.items()}
    click.echo(CAVEAT)
    click.echo(json.dumps(reports))


@main.command()
def verify() -> None:
    """Check the invariants on this database; exit 1 if one does not hold."""
    count = 0
    with _container() as container:
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
    with _container() as container:
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


@contextmanager
def _container() -> Iterator[Container]:
    """Of a database whose schema this version knows; Permanent says what to do about any other."""
    settings = Settings.from_environment(os.environ)
    require_schema(settings.database_url)
    container = build_container(settings, wakeups=NoWakeups())
    try:
        yield container
    finally:
        container.planner_engine.dispose()
        container.engine.dispose()


def _of_database(problem: SQLAlchemyError) -> str:
    cause = str(getattr(problem, "orig", None) or problem).strip().splitlines()
    return f"The database does not do what is asked: {cause[0] if cause else type(problem).__name__}. See DATABASE_URL."


if __name__ == "__main__":
    main()
