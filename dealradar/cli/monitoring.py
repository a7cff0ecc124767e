"""What other tools watch the site with, on the command line."""

from pathlib import Path
from typing import Final

import click
from flask import current_app
from flask.cli import AppGroup

from dealradar.config import Settings
from dealradar.monitoring.alerts import thresholds
from dealradar.monitoring.export.dashboard import dashboard_file
from dealradar.monitoring.export.rules import rules_file
from dealradar.monitoring.export.trials import trials_file

RULES_NAME: Final = "dealradar.rules.yml"
TRIALS_NAME: Final = "dealradar.rules.test.yml"
DASHBOARD_NAME: Final = "dealradar.grafana.json"

commands: Final = AppGroup("monitoring", help="What Prometheus and Grafana watch the site with.")


@commands.command("export")
@click.option("--rules", "what", flag_value="rules", help="Print Prometheus' alerting rules.")
@click.option("--grafana", "what", flag_value="grafana", help="Print a dashboard for Grafana.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write both, and tests of the rules, here."
)
def export(*, what: str | None, out: Path | None) -> None:
    """Make alerting rules of the thresholds that are set, and a dashboard of what /metrics tells."""
    if (what is None) == (out is None):
        raise click.UsageError("Say one of --rules, --grafana and --out DIR.")
    settings: Settings = current_app.extensions["settings"]
    rules = thresholds.rules(settings)
    if out is None:
        click.echo(rules_file(rules) if what == "rules" else dashboard_file(), nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, text in (
        (RULES_NAME, rules_file(rules)),
        (TRIALS_NAME, trials_file(rules, rules_name=RULES_NAME)),
        (DASHBOARD_NAME, dashboard_file()),
    ):
        (out / name).write_text(text)
        click.echo(out / name)
