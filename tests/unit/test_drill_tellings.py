"""What `scripts/dev drill alerts` reads off the mails, without starting anything."""

from email.message import EmailMessage

import pytest

from dealradar.monitoring.alerts.signals import Signal
from scripts.drill import alerts, tellings
from scripts.drill.inbox import Mail, read
from scripts.drill.scenes import CRITICAL, OK, SCENES, WARNING
from scripts.drill.tellings import Telling

TWO = """
CRITICAL: Cache hit ratio

Since:      14:10 UTC
Now:        39.2 %
Threshold:  below 60 %

----------------------------------------

WARNING: Average response time

Now:        0.71 s
Threshold:  above 0.5 s
"""


def mail(**levels: str) -> Mail:
    return Mail(arrived_s=1.0, message_id="<1@a>", subject="2 alerts", text=TWO, levels=levels)


BOTH = mail(cache_hit_ratio=CRITICAL, response_time_mean=WARNING)


def test_a_mail_says_in_a_field_of_what_it_tells() -> None:
    message = EmailMessage()
    message["Message-ID"], message["Subject"] = "<7@example.org>", "2 alerts"
    message["X-DealRadar-Alerts"] = "redis_memory=warning, disk_free=ok"
    message.set_content("Now: 1")

    taken = read(message.as_bytes(), arrived_s=3.0)

    assert (taken.arrived_s, taken.message_id, taken.subject) == (3.0, "<7@example.org>", "2 alerts")
    assert taken.levels == {"redis_memory": WARNING, "disk_free": OK}
    assert taken.text == "Now: 1\n"


def test_the_mail_that_tells_of_a_level_is_found_and_no_other() -> None:
    assert tellings.found([BOTH], "response_time_mean", WARNING) is BOTH
    assert tellings.found([BOTH], "response_time_mean", CRITICAL) is None


@pytest.mark.parametrize(("signal", "value"), [("cache_hit_ratio", "39.2 %"), ("response_time_mean", "0.71 s")])
def test_of_several_alerts_in_a_mail_each_has_its_value(signal: str, value: str) -> None:
    assert tellings.value(BOTH, signal) == value


def test_a_mail_that_came_twice_is_named() -> None:
    assert tellings.doubled([BOTH, BOTH]) == ["2 alerts"]
    assert tellings.doubled([BOTH]) == []


def test_what_nobody_was_told_of_stands_out() -> None:
    table = tellings.table([Telling("all misses", "cache_hit_ratio", WARNING, mail=None, waited_s=60.0)])

    assert "NO MAIL" in table.splitlines()[1]


def test_every_signal_of_the_site_has_its_scene() -> None:
    assert sorted(alerts.SIGNALS) == sorted(Signal)


def test_every_signal_is_made_critical_and_well_again() -> None:
    told = {(signal, level) for scene in SCENES for step in scene.steps for signal, level in step.told.items()}

    assert {signal for signal, level in told if level == OK} == set(alerts.SIGNALS)
    assert {signal for signal, level in told if level == CRITICAL} >= set(alerts.SIGNALS) - {"mail_failing"}


def test_scenes_are_chosen_by_signal_and_an_unknown_one_is_refused() -> None:
    assert [scene.signals for scene in alerts.chosen("disk_free")] == [("disk_free",)]
    with pytest.raises(ValueError, match="there is no signal 'disk'"):
        alerts.chosen("disk")
