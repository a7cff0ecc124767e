"""What docs/alerts.md says is what the program does."""

import re
from pathlib import Path

import pytest

from dealradar.alert_settings import AlertSettings
from dealradar.monitoring.alerts import runbooks, wording
from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.signals import DEFINITIONS, Signal
from dealradar.monitoring.alerts.thresholds import rules

PAGE = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text()
RULES = rules(AlertSettings())


def section(signal: Signal) -> str:
    """Return what stands below the heading that *signal*'s anchor leads to."""
    heading = DEFINITIONS[signal].anchor.replace("-", " ").capitalize()
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    return " ".join(found[1].replace("`", "").split())


@pytest.mark.parametrize("signal", Signal)
def test_each_signal_has_its_runbook_with_the_steps_that_a_mail_says(signal: Signal) -> None:
    told = section(signal)

    assert DEFINITIONS[signal].meaning in told
    assert [step for step in runbooks.STEPS[signal] if " ".join(step.replace("`", "").split()) not in told] == []


@pytest.mark.parametrize("signal", Signal)
def test_the_table_says_the_thresholds_that_hold_without_settings(signal: Signal) -> None:
    rule = RULES[signal]
    (row,) = re.findall(rf"^\| \[`{signal}`\].*$", PAGE, re.MULTILINE)
    cells = [cell.strip() for cell in row.strip("|").split("|")][1:]
    minimum = rule.definition.minimum

    assert cells == [
        wording.limit(rule, Level.WARNING),
        wording.limit(rule, Level.CRITICAL),
        wording.span(rule.window_s) if rule.window_s else "this moment",
        f"{minimum.count} {minimum.what}" if minimum else "",
        wording.span(rule.for_s) if rule.for_s else "at once",
        wording.span(rule.clear_for_s) if rule.clear_for_s else "at once",
    ]
