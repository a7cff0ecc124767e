"""What `scripts/dev load` decides, without starting anything."""

import struct
from collections.abc import Sequence
from dataclasses import replace

import pytest

from scripts.bench.database import Cost
from scripts.load import command, figures, goals, profiles, report
from scripts.load.crew import Played
from scripts.load.generator import wanted_by
from scripts.load.histogram import Histogram, bucket_of, top_us
from scripts.load.report import Found
from scripts.load.requests import ABUSERS, EVERYBODY
from scripts.load.stages import Stage
from scripts.load.tally import CUT, Kind, Tally, together
from scripts.load.vitals import Vitals, growths, slope

NOTHING = Cost(0, 0, 0)
HIT = Kind(EVERYBODY, "GET /api/deals", "HIT", 200)
MISS = HIT._replace(x_cache="MISS")
REFUSED = HIT._replace(x_cache="-", status=429)


def _tally(*answers: tuple[Kind, int]) -> Tally:
    """Return a tally of so many answers of each kind, of a millisecond each."""
    tally = Tally()
    for kind, count in answers:
        for _ in range(count):
            tally.add(kind, duration_us=1_000, body_bytes=100)
    return tally


def _stage(name: str, *seconds: Tally, statements: float = 0, struck_at_s: float | None = None) -> Stage:
    played = Played(float(len(seconds)), seconds, cpu_share=0.1, unsent=0)
    return Stage(name, played, replace(NOTHING, statements=statements), (), struck_at_s)


@pytest.mark.parametrize("duration_us", [0, 1, 127, 128, 129, 255, 256, 1_000, 65_535, 65_536, 9_999_999])
def test_a_bucket_holds_a_duration_and_is_narrow(duration_us: int) -> None:
    bucket = bucket_of(duration_us)

    assert top_us(bucket - 1) < duration_us <= top_us(bucket)
    assert top_us(bucket) <= duration_us * 1.016


def test_percentiles_are_those_of_all_histograms_together() -> None:
    quick, slow = Histogram(), Histogram()
    for _ in range(99):
        quick.add(1_000)
    slow.add(100_000)
    quick.merge(slow)

    assert quick.total == 100
    assert quick.mean_ms == pytest.approx(1.99)
    assert quick.percentile_ms(99) == pytest.approx(1, rel=0.016)
    assert quick.percentile_ms(99.9) == pytest.approx(100, rel=0.016)
    assert Histogram().percentile_ms(99) == 0


def test_the_hit_ratio_is_of_what_was_looked_up() -> None:
    tally = together([_tally((HIT, 6), (REFUSED, 5)), _tally((HIT._replace(x_cache="STALE"), 1), (MISS, 3))])

    assert tally.hit_ratio() == 0.7
    assert tally.count() == 15
    assert tally.body_bytes == 1_500
    assert _tally((REFUSED, 1)).hit_ratio() is None


def test_what_is_refused_or_cut_off_is_wrong_and_what_is_not_modified_is_not() -> None:
    tally = _tally((HIT._replace(status=304), 1), (REFUSED, 2), (HIT._replace(status=CUT), 3))

    assert tally.wrong() == {("GET /api/deals", 429): 2, ("GET /api/deals", CUT): 3}


def _readings(values: Sequence[float]) -> list[Vitals]:
    return [Vitals(10.0 * at, int(value), 100, 10, 1_000, 1_000_000, 0) for at, value in enumerate(values)]


def test_a_request_is_wanted_as_soon_as_it_is_due() -> None:
    rate_per_s = 75.0

    assert [wanted_by(number / rate_per_s + 1e-9, rate_per_s) for number in range(50)] == list(range(1, 51))
    assert [wanted_by(number / rate_per_s - 1e-9, rate_per_s) for number in range(1, 50)] == list(range(1, 50))


def test_the_slope_is_not_moved_by_an_outlier() -> None:
    assert slope([(0, 0), (1, 2), (2, 4), (3, 900), (4, 8), (5, 10)]) == pytest.approx(2)


@pytest.mark.parametrize(
    ("memory", "is_flat"),
    [
        ([200e6 + 1e6 * (at % 3) for at in range(40)], True),
        ([200e6 + 10e6 * min(at, 10) for at in range(40)], True),  # it fills while it warms up
        ([200e6 + 2e6 * at for at in range(40)], False),
        ([200e6 + 2e6 * at + (80e6 if at == 20 else 0) for at in range(40)], False),
    ],
    ids=["steady", "fills at first", "leaks", "leaks with a peak"],
)
def test_growth_after_the_warm_up_is_told_from_none(memory: Sequence[float], *, is_flat: bool) -> None:
    found = {growth.bound.field: growth.is_flat for growth in growths(_readings(memory))}

    assert found.pop("web_bytes") == is_flat
    assert all(found.values())


def test_too_few_readings_tell_nothing() -> None:
    assert growths(_readings([1, 2, 3, 4, 5, 6])) == ()


def test_recovery_counts_from_the_strike_to_the_end_of_the_first_good_second() -> None:
    good, bad = _tally((HIT, 19), (MISS, 1)), _tally((HIT, 1), (MISS, 19))

    struck = _stage("struck", good, good, bad, bad, good, good, struck_at_s=1.5)
    lost = _stage("struck", good, good, bad, bad, struck_at_s=1.5)

    assert struck.recovery_s(0.9) == 3.5
    assert lost.recovery_s(0.9) is None
    assert _stage("warm", good).recovery_s(0.9) is None


def _compared(*, rate: int = 20, hits: int = 99, statements: float = 0.04, wrong: int = 0) -> dict[str, Stage]:
    """Return stages, the first of which answers 10 requests a second by two statements each."""
    off = _stage("off", _tally((HIT._replace(x_cache="BYPASS"), 10)), statements=20)
    stored = rate * 10 * hits // 100
    warm_tally = _tally((HIT, stored), (MISS, rate * 10 - stored - wrong), (REFUSED, wrong))
    warm = _stage("warm", warm_tally, statements=statements * rate * 10)
    return {"off": off, "warm": warm}


@pytest.mark.parametrize(
    ("stages", "missed"),
    [
        (_compared(), set()),
        (_compared(rate=19), {"throughput, warm against off"}),
        (_compared(hits=96), {"hit ratio, warm"}),
        (_compared(statements=0.2), {"statements a request, spared"}),
        (_compared(wrong=1), {"errors"}),
    ],
    ids=["met", "too slow", "too few hits", "too many statements", "an error"],
)
def test_what_is_missed_is_named(stages: dict[str, Stage], missed: set[str]) -> None:
    verdicts = goals.judge(goals.CACHING, stages, is_max=True)

    # Each answer takes a millisecond in these, so that no time is spared.
    assert {verdict.goal for verdict in verdicts if not verdict.is_met} == {*missed, "average response time, spared"}


def test_where_requests_are_sent_by_the_clock_throughput_is_no_goal() -> None:
    verdicts = goals.judge(goals.CACHING, _compared(rate=1), is_max=False)

    assert not any("throughput" in verdict.goal for verdict in verdicts)


def test_abuse_is_judged_by_who_was_refused() -> None:
    abuser = HIT._replace(crowd=ABUSERS)
    fair = _tally((HIT, 50), (abuser, 100), (abuser._replace(status=429), 30))
    stages = {"calm": _stage("calm", _tally((HIT, 50))), "abused": _stage("abused", fair)}
    unfair = {**stages, "abused": _stage("abused", fair, _tally((REFUSED, 1), (abuser, 1)))}

    assert all(verdict.is_met for verdict in goals.judge(goals.LIMITING, stages, is_max=False))
    assert [verdict.is_met for verdict in goals.judge(goals.LIMITING, unfair, is_max=False)] == [False, False, True]


@pytest.mark.parametrize("profile", profiles.PROFILES, ids=lambda profile: profile.name)
def test_each_profile_can_be_judged_by_the_stages_that_it_has(profile: profiles.Profile) -> None:
    good = _tally((HIT, 100))
    struck = {act.name: 1.5 if act.strike else None for act in profile.acts}
    stages = {name: _stage(name, good, good, good, struck_at_s=at_s) for name, at_s in struck.items()}

    verdicts = goals.judge(profile.goals, stages, is_max=True)

    assert len(verdicts) == len(profile.goals)


def test_the_pace_is_the_wished_one_else_the_profile_s() -> None:
    soak = profiles.named("soak")
    wishes = [["--profile", "soak"], ["--rate", "50", "--minutes", "2"], ["--max"]]

    paces = [command.pace_of(command.wish_of(wish), soak) for wish in wishes]

    assert [(pace.rate_per_s, pace.duration_s) for pace in paces] == [(300, 3_600), (50, 120), (None, 3_600)]


@pytest.mark.parametrize("arguments", [["--rate", "0"], ["--rate", "5", "--max"], ["--minutes", "-1"]])
def test_a_pace_that_makes_no_sense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.wish_of(arguments)

    assert "error: argument" in capsys.readouterr().err


def _found() -> Found:
    stages = _compared(wrong=2)
    verdicts = goals.judge(goals.CACHING, stages, is_max=True)
    return Found("browse", "scripts/dev load", tuple(stages.values()), verdicts)


def test_the_report_has_the_figures_of_each_stage_what_was_missed_and_what_went_wrong() -> None:
    lines = report.markdown(_found()).splitlines()

    assert any(line.startswith("| off | 10 |") for line in lines)
    assert any(line.startswith("| warm | 200 |") for line in lines)
    assert "| errors | 2 | ≤ 0 | **not met** |" in lines
    assert "| throughput | 10/s | 200/s | 20.0 x |" in lines
    assert lines[-1] == "warm: GET /api/deals 429: 2"


def test_a_page_has_each_profile_once_and_keeps_the_rest() -> None:
    page = "# Performance\n\nFirst.\n\n## Under load\n\nWords.\n\n### Browse\n\nold\n\n## Last\n\nEnd.\n"

    once = report.replaced(page, "browse", "new")
    twice = report.replaced(once, "soak", "flat")

    assert once == page.replace("old", "new")
    assert twice == page.replace("old", "new\n\n### Soak\n\nflat")
    assert report.replaced(twice, "soak", "flat") == twice
    assert report.replaced("# P\n", "soak", "flat") == "# P\n\n## Under load\n\n### Soak\n\nflat\n"


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, (0, 1)),
        (1, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (43, (0, 10, 20, 30, 40, 50)),
        (5_000, (0, 1e3, 2e3, 3e3, 4e3, 5e3)),
    ],
)
def test_an_axis_has_round_values_up_to_the_highest(highest: float, ticks: tuple[float, ...]) -> None:
    assert figures.ticks(highest) == pytest.approx(ticks)


def test_the_charts_are_a_picture_and_a_page_that_loads_nothing() -> None:
    second = _tally((HIT, 3), (MISS, 1))
    drawn = figures.charts([_stage("cold", second, second, second), _stage("warm", second, second, second)])

    picture, page = figures.png(drawn), figures.html(drawn, title="a <b>", text="1 < 2")

    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == (2 * figures.WIDTH, 2 * figures.HEIGHT * len(drawn))
    assert page.count("<svg") == len(drawn)
    assert page.count("<polyline") > 2 * len(drawn)
    assert "a &lt;b&gt;" in page
    assert "1 &lt; 2" in page
    assert "http" not in page


def test_a_hit_ratio_that_never_came_back_is_told_so() -> None:
    good, bad = _tally((HIT, 10)), _tally((MISS, 10))
    stages = {"warm": _stage("warm", good), "struck": _stage("struck", good, bad, bad, struck_at_s=0.5)}

    verdict = goals.judge(goals.RECOVERING, stages, is_max=False)[0]

    assert (verdict.value, verdict.wanted, verdict.is_met) == ("never", "≤ 20.0", False)
