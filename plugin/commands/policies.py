"""``dunlin policies``, ``simulate`` and ``backtest``: policies as files, and what they would do or would have done."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from plugin.commands.container import container_of_command, one_site, sites
from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.play_report import PlayReport, compare_reports
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_presets import presets
from plugin.services.follow_ups.backtest import CAVEAT, backtest, in_words
from plugin.services.policies.import_policies import ImportLine, import_policies, plan_import
from plugin.services.policies.outside import Outside
from plugin.services.policies.simulate import ASSUMED, DAYS, MOST_DAYS, as_now, simulate, under
from plugin.services.policies.versions import newest_policy
from plugin.services.policies.yaml_text import MOST_BYTES, read_policies, write_policies
from plugin.store.queries.settings import policies as policies_of
from plugin.store.session import TenantSession

ACTOR = "dunlin"
FILE = click.Path(dir_okay=False, path_type=Path)
READ = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("policies")
def policies() -> None:
    """Reminder policies as YAML files, to be kept and reviewed like code."""


@policies.command("export")
@click.argument("file", type=FILE)
@click.option("--site", default="", help="where the database holds several")
@click.option("--policy", "names", multiple=True, help="by name; may be repeated; all by default")
def export_policies(file: Path, site: str, names: tuple[str, ...]) -> None:
    """Write the newest versions of a site's policies into FILE."""
    with container_of_command() as container:
        tenant_id, name = one_site(container, site)
        with container.reading(tenant_id) as session:
            text = write_policies(session, names)
    file.write_text(text, encoding="utf-8")
    count = len(read_policies(text))
    click.echo(f"{_counted(count, 'policy', 'policies')} of the site {name} written to {file}.")
    click.echo(json.dumps({"site": name, "policies": count, "file": str(file)}))


@policies.command("import")
@click.argument("file", type=READ)
@click.option("--site", default="", help="where the database holds several")
@click.option("--dry-run", is_flag=True, help="only say what would change")
@click.option("--note", default="", help="what stands beside the new versions")
def import_file(file: Path, site: str, dry_run: bool, note: str) -> None:  # noqa: FBT001 - click passes a flag
    """Bring the policies of FILE into a site: what is new or changed becomes a version, or a draft to be reviewed."""
    written = read_policies(_text(file))
    with container_of_command() as container:
        tenant_id, name = one_site(container, site)
        outside = Outside(rooms=container.step_channels)
        if dry_run:
            with container.reading(tenant_id) as session:
                lines = plan_import(session, written, outside)
        else:
            with container.writing(tenant_id) as session:
                lines = import_policies(
                    session,
                    written,
                    note=note or f"Imported from {file.name}",
                    outside=outside,
                    now=container.clock.now(),
                    actor=ACTOR,
                )
    for line in lines:
        click.echo("\n".join(_import_in_words(line)))
    done = "Nothing was stored: this was a dry run." if dry_run else f"Imported into the site {name}."
    click.echo(done)
    counts = {line.name: line.action.value for line in lines}
    click.echo(json.dumps({"site": name, "dry_run": dry_run, "policies": counts}))


@click.command("simulate")
@click.option("--policy", "named", default="", help="a preset, or one of the site's policies by name")
@click.option("--file", "file", type=READ, help="the first policy of a YAML file instead")
@click.option("--days", default=DAYS, show_default=True, type=click.IntRange(1, MOST_DAYS))
@click.option("--site", default="", help="one site of several; all by default")
def simulate_policy(named: str, file: Path | None, days: int, site: str) -> None:
    """Say what would go about the open invoices in the coming days, as things are and under another policy."""
    if named and file:
        raise click.UsageError("Give --policy or --file, not both.")
    typed = read_policies(_text(file))[0].policy if file else None
    reports: dict[str, dict[str, object]] = {}
    with container_of_command() as container:
        for tenant_id, name in sites(container, site).items():
            with container.reading(tenant_id) as session:
                policy = typed or (_named(session, [named])[0] if named else None)
                ladders = [as_now, under(policy)] if policy else [as_now]
                found = simulate(session, ladders, now=container.clock.now(), days=days)
            click.echo(f"Site {name}, {_counted(found[0].invoices, 'open invoice')}, {days} days:")
            titles = ["as it is now", policy.name] if policy else ["as it is now"]
            for title, one in zip(titles, found, strict=True):
                click.echo("\n".join(_simulation_in_words(title, one.report)))
            if len(found) == 2:
                click.echo("\n".join(f"  {each}" for each in compare_reports(found[0].report, found[1].report)))
            reports[name] = {title: _report(one.report) for title, one in zip(titles, found, strict=True)}
    click.echo(ASSUMED)
    click.echo(json.dumps(reports))


@click.command("backtest")
@click.option(
    "--policy", "names", multiple=True, help="a preset or one of the site's; may be repeated; all presets else"
)
@click.option("--site", default="", help="one site of several; all by default")
def try_policies(names: tuple[str, ...], site: str) -> None:
    """Count what ladders would have sent about the past invoices, with the payments they really had."""
    reports: dict[str, dict[str, object]] = {}
    with container_of_command() as container:
        for tenant_id, name in sites(container, site).items():
            with container.reading(tenant_id) as session:
                tried = _named(session, names) if names else list(presets().values())
                found = backtest(session, tried, now=container.clock.now())
            click.echo(f"Site {name}:")
            for title, one in found.items():
                click.echo("\n".join(in_words(title, one)))
            reports[name] = {title: asdict(one) for title, one in found.items()}
    click.echo(CAVEAT)
    click.echo(json.dumps(reports))


def _named(session: TenantSession, names: Sequence[str]) -> list[Policy]:
    """Presets by their id, the site's own policies by their name. InvalidInput where there is none such."""
    own = {row.name: row for row in policies_of(session)}
    found = []
    for name in names:
        if name in own:
            found.append(newest_policy(session, own[name].id))
        elif name in presets():
            found.append(presets()[name])
        else:
            raise InvalidInput(f"There is no policy {name!r}; choose one of {', '.join([*presets(), *own])}.")
    return found


def _text(file: Path) -> str:
    if file.stat().st_size > MOST_BYTES:
        raise InvalidInput(f"{file} is larger than {MOST_BYTES // 1024} KB, so it is not read.")
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is no text in UTF-8.") from None


def _import_in_words(line: ImportLine) -> list[str]:
    default = "; becomes the site's default" if line.becomes_default else ""
    head = f"{line.name}: {line.action}{default}"
    return [head, *(f"  {each}" for each in line.sentences), *(f"  Note: {each.sentence}" for each in line.findings)]


def _simulation_in_words(title: str, report: PlayReport) -> list[str]:
    return [
        f"{title}: {_counted(report.mails, 'mail')}, {_counted(sum(report.tasks.values()), 'task')}.",
        f"  invoices by step: {_listed(report.steps)}; tasks: {_listed(report.tasks)}",
        (
            f"  mails by tone: {_listed({tone.value: count for tone, count in report.tones.items()})}; "
            f"contacts with one client: {report.busiest} at most"
        ),
    ]


def _report(report: PlayReport) -> dict[str, object]:
    return {
        "mails": report.mails,
        "weeks": {week.isoformat(): count for week, count in report.weeks.items()},
        "clients": dict(report.clients),
        "tones": {tone.value: count for tone, count in report.tones.items()},
        "steps": dict(report.steps),
        "tasks": dict(report.tasks),
        "others": dict(report.others),
    }


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def _counted(count: int, noun: str, plural: str = "") -> str:
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
