"""The rules of alerts as Prometheus' alerting rules, from the same table and the same settings."""

from collections.abc import Iterator, Mapping
from typing import Final

from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.signals import Sense, Signal
from dealradar.monitoring.alerts.thresholds import Bound, Rule
from dealradar.monitoring.export.expressions import BY_SIGNAL

RUNBOOK: Final = "docs/alerts.md"
SHORTEST_WINDOW_S: Final = 60
"""Shorter ones may hold no two scrapes, and then nothing has grown."""
_OPERATORS: Final = {Sense.ABOVE: ">", Sense.BELOW: "<"}


def alert_name(signal: Signal) -> str:
    """Return what Prometheus calls the alert of *signal*."""
    return "DealRadar" + signal.replace("_", " ").title().replace(" ", "")


def quoted(text: str) -> str:
    """Return *text* as a string of YAML, in which nothing but the quote itself is special."""
    return "'" + text.replace("'", "''") + "'"


def rules_file(rules: Mapping[Signal, Rule]) -> str:
    """Return the file of alerting rules, in YAML, two rules a signal.

    It differs from our own alerts in what PromQL can't say: an alert clears at its threshold, not better by a margin.
    """
    lines = ["groups:", "  - name: dealradar", "    rules:"]
    for rule in rules.values():
        for level, bound in ((Level.WARNING, rule.warning), (Level.CRITICAL, rule.critical)):
            lines += _rule(rule, level, bound)
    return "\n".join(lines) + "\n"


def window_s(rule: Rule) -> int:
    """Return how long a time the value of *rule* is of; 0: of a moment."""
    return max(rule.window_s, SHORTEST_WINDOW_S) if rule.window_s else 0


def expression(rule: Rule, bound: Bound) -> str:
    """Return in PromQL that the signal of *rule* is beyond *bound*."""
    told = BY_SIGNAL[rule.definition.signal]
    beyond = f"({told.value}) {_OPERATORS[bound.sense]} {bound.value:g}"
    minimum = rule.definition.minimum
    if told.amount is not None and minimum is not None:
        beyond += f" and {told.amount} >= {minimum.count}"
    return beyond.replace("{window}", f"{window_s(rule)}s")


def _rule(rule: Rule, level: Level, bound: Bound) -> Iterator[str]:
    definition = rule.definition
    summary = f"{definition.title}: {bound.sense} {bound.value:g}"
    yield f"      - alert: {alert_name(definition.signal)}"
    yield f"        expr: {quoted(expression(rule, bound))}"
    yield f"        for: {rule.for_s:g}s"
    if rule.clear_for_s:
        yield f"        keep_firing_for: {rule.clear_for_s:g}s"
    yield f"        labels: {{severity: {level}}}"
    yield "        annotations:"
    yield f"          summary: {quoted(summary)}"
    yield f"          description: {quoted(definition.meaning)}"
    yield f"          runbook: {RUNBOOK}#{definition.anchor}"
    yield '          value: "{{ $value }}"'
