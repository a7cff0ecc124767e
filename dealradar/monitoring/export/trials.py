"""Tests of the alerting rules, for ``promtool test rules``: each is seen to fire and to clear."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Final

from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.alerts.thresholds import Rule
from dealradar.monitoring.export.expressions import BY_SIGNAL, Series
from dealradar.monitoring.export.rules import alert_name, quoted, window_s

STEP_S: Final = 15
SPARE_STEPS: Final = 20


def trials_file(rules: Mapping[Signal, Rule], *, rules_name: str) -> str:
    """Return the file of tests, in YAML, of the rules in the file *rules_name* beside it."""
    lines = ["rule_files:", f"  - {rules_name}", f"evaluation_interval: {STEP_S}s", "tests:"]
    for rule in rules.values():
        lines += _trial(rule)
    return "\n".join(lines) + "\n"


def _trial(rule: Rule) -> Iterator[str]:
    name = alert_name(rule.definition.signal)
    waits_s = rule.critical.value if rule.definition.signal is Signal.CELERY_SILENT else 0  # time alone makes it bad
    bad = ceil((window_s(rule) + rule.for_s + waits_s) / STEP_S) + SPARE_STEPS
    good = ceil((window_s(rule) + rule.clear_for_s) / STEP_S) + SPARE_STEPS
    yield f"  - name: {rule.definition.signal}"
    yield f"    interval: {STEP_S}s"
    yield "    input_series:"
    for series in BY_SIGNAL[rule.definition.signal].series:
        yield f"      - series: {quoted(series.name)}"
        yield f"        values: {quoted(_values(series, bad, good))}"
    yield "    promql_expr_test:"
    yield from _firing(name, bad, ["warning", "critical"])
    yield from _firing(name, bad + good, [])


def _values(series: Series, bad: int, good: int) -> str:
    """Return *series* in promtool's notation: so many steps bad, and so many good."""
    if not series.grows:
        return f"{series.bad:g}+0x{bad} {series.good:g}+0x{good}"
    reached = series.bad * bad
    return f"0+{series.bad:g}x{bad} {reached + series.good:.0f}+{series.good:g}x{good}"


def _firing(name: str, at_step: int, levels: Sequence[str]) -> Iterator[str]:
    firing = f'count by (severity) (ALERTS{{alertname="{name}", alertstate="firing"}})'
    yield f"      - expr: {quoted(firing)}"
    yield f"        eval_time: {at_step * STEP_S}s"
    if not levels:
        yield "        exp_samples: []"
        return
    yield "        exp_samples:"
    for level in sorted(levels):
        yield f"""          - {{labels: '{{severity="{level}"}}', value: 1}}"""
