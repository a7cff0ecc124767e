"""What is exported for Prometheus and Grafana is judged by promtool, and asks for nothing that isn't measured."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client import REGISTRY

import workers  # noqa: F401  tasks have families as well
from dealradar.config import Settings
from dealradar.monitoring.alerts import thresholds
from dealradar.monitoring.alerts.signals import TABLE
from dealradar.monitoring.export.dashboard import dashboard_file
from dealradar.monitoring.export.expressions import EXPRESSIONS
from dealradar.monitoring.export.panels import ROWS
from dealradar.monitoring.export.rules import rules_file
from tests.applications import Make
from tests.servers import promtool

RULES = "dealradar.rules.yml"
judged = pytest.mark.skipif(promtool.missing() is not None, reason=f"NOT TESTED: {promtool.missing()}")


def exported(app: Flask, directory: Path) -> Path:
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["monitoring", "export", "--out", str(directory)])
    assert done.exit_code == 0, done.output
    return directory


def names_in(query: str) -> set[str]:
    names = re.findall(r"\b(?:dealradar|flask)_\w+", query)
    return {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in names}


def measured(app: Flask) -> set[str]:
    told = app.test_client().get("/metrics").text
    present = {name.removesuffix("_total") for name in re.findall(r"^# TYPE (\w+) ", told, re.MULTILINE)}
    return present | {family.name for family in REGISTRY.collect()}


@judged
def test_promtool_accepts_the_rules_and_sees_each_fire_and_clear(app: Flask, tmp_path: Path) -> None:
    exported(app, tmp_path)

    assert promtool.complaints("check", "rules", tmp_path / RULES) == []
    assert promtool.complaints("test", "rules", tmp_path / "dealradar.rules.test.yml") == []


@judged
def test_with_other_thresholds_they_fire_and_clear_as_well(make: Make, tmp_path: Path) -> None:
    app = make(alert_window_s=60, alert_celery_silent_critical=900.0, alert_cache_hit_ratio_warning=0.95)

    exported(app, tmp_path)

    assert "< 0.95 " in (tmp_path / RULES).read_text()
    assert promtool.complaints("test", "rules", tmp_path / "dealradar.rules.test.yml") == []


@judged
def test_a_trial_fails_where_a_rule_can_not_fire(app: Flask, tmp_path: Path) -> None:
    rules = exported(app, tmp_path) / RULES
    rules.write_text(rules.read_text().replace("dealradar_broker_up", "dealradar_broker_is_up"))

    assert promtool.complaints("test", "rules", tmp_path / "dealradar.rules.test.yml") != []


@judged
def test_every_query_of_the_dashboard_is_promql(tmp_path: Path) -> None:
    queries = [query for row in ROWS for panel in row.panels for query, _ in panel.queries]
    lines = [f"      - {{record: 'a:b', expr: {json.dumps(one.replace('$__rate_interval', '1m'))}}}" for one in queries]
    (tmp_path / RULES).write_text("groups:\n  - name: a\n    rules:\n" + "\n".join(dict.fromkeys(lines)))

    assert promtool.complaints("check", "rules", tmp_path / RULES) == []


def test_each_signal_has_its_expression_and_two_rules(settings: Settings) -> None:
    rules = rules_file(thresholds.rules(settings))

    assert [expression.signal for expression in EXPRESSIONS] == [definition.signal for definition in TABLE]
    assert rules.count("severity: warning") == rules.count("severity: critical") == len(TABLE)
    assert "{window}" not in rules


def test_what_has_a_minimum_of_traffic_asks_for_it() -> None:
    expressions = {expression.signal: expression for expression in EXPRESSIONS}

    assert {definition.signal for definition in TABLE if definition.minimum is not None} == {
        signal for signal, expression in expressions.items() if expression.amount is not None
    }


def test_nothing_is_asked_for_that_is_not_measured(app: Flask, settings: Settings) -> None:
    app.test_client().get("/api/categories")
    asked = names_in(dashboard_file()) | names_in(rules_file(thresholds.rules(settings)))

    assert asked - measured(app) == set()


def test_the_dashboard_is_laid_out_without_overlaps() -> None:
    panels: list[dict[str, Any]] = json.loads(dashboard_file())["panels"]

    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in panels)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in panels}) == len(panels)


@pytest.mark.parametrize(("option", "begins"), [("--rules", "groups:\n"), ("--grafana", "{\n")])
def test_each_can_be_printed(app: Flask, option: str, begins: str) -> None:
    done = app.test_cli_runner().invoke(args=["monitoring", "export", option])

    assert (done.exit_code, done.output.startswith(begins)) == (0, True)


@pytest.mark.parametrize("arguments", [[], ["--rules", "--out", "x"]])
def test_it_has_to_be_said_what_is_wanted(app: Flask, arguments: list[str]) -> None:
    done = app.test_cli_runner().invoke(args=["monitoring", "export", *arguments])

    assert done.exit_code == 2
    assert "--rules, --grafana and --out DIR" in done.output
