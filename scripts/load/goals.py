"""What a load test has to show: one table for each profile, judged in one place."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from scripts.load.requests import ABUSERS, EVERYBODY
from scripts.load.stages import Stage, is_hit
from scripts.load.vitals import growths

QUOTA: Final = 100
"""Requests of one address in a window, as the limiter has it by default."""
_RECOVERED: Final = 0.9

Stages = Mapping[str, Stage]


@dataclass(frozen=True)
class Goal:
    """*measure* of the stages has to be at least *least*, at most *most*; *needs_max* holds for closed loops alone."""

    name: str
    measure: Callable[[Stages], float]
    least: float | None = None
    most: float | None = None
    form: str = "{:.3g}"
    needs_max: bool = False


@dataclass(frozen=True)
class Verdict:
    """A goal, and where one stands."""

    goal: str
    value: str
    wanted: str
    is_met: bool


def _throughput(stages: Stages) -> float:
    return stages["warm"].rate_per_s / max(1e-9, stages["off"].rate_per_s)


def _statements_saved(stages: Stages) -> float:
    return 1 - stages["warm"].statements / max(1e-9, stages["off"].statements)


def _time_saved(stages: Stages) -> float:
    return 1 - stages["warm"].mean_ms / max(1e-9, stages["off"].mean_ms)


def _hit_p99_ms(stages: Stages) -> float:
    return stages["warm"].total.taken(is_hit).percentile_ms(99)


def _errors(stages: Stages) -> float:
    return sum(stage.errors for stage in stages.values())


def _recovery_s(stages: Stages) -> float:
    found = [stage.recovery_s(_RECOVERED) for stage in stages.values() if stage.struck_at_s is not None]
    return max(math.inf if one is None else one for one in found)


def _worst_p99(stages: Stages) -> float:
    warm_ms = max(0.001, stages["warm"].total.taken().percentile_ms(99))
    return max(stage.worst_p99_ms() for stage in stages.values() if stage.struck_at_s is not None) / warm_ms


def _others_refused(stages: Stages) -> float:
    return sum(stage.of_crowd(EVERYBODY).wrong().total() for stage in stages.values())


def _abusers_passed(stages: Stages) -> float:
    abusers = stages["abused"].of_crowd(ABUSERS)
    return abusers.count() - abusers.wrong().total()


def _others_slowed_ms(stages: Stages) -> float:
    calm, abused = (stages[name].of_crowd(EVERYBODY).taken().percentile_ms(99) for name in ("calm", "abused"))
    return abused - calm


def _growing(stages: Stages) -> float:
    return sum(not growth.is_flat for growth in growths(stages["warm"].vitals))


NO_ERRORS: Final = Goal("errors", _errors, most=0, form="{:,.0f}")
CACHING: Final = (
    Goal("throughput, warm against off", _throughput, least=20, form="{:.1f} x", needs_max=True),
    Goal("hit ratio, warm", lambda stages: stages["warm"].hit_ratio, least=0.97, form="{:.1%}"),
    Goal("statements a request, spared", _statements_saved, least=0.95, form="{:.1%}"),
    Goal("average response time, spared", _time_saved, least=0.95, form="{:.1%}"),
    Goal("p99 of a cached answer in ms", _hit_p99_ms, most=5, form="{:.2f}"),
    NO_ERRORS,
)
RECOVERING: Final = (
    Goal(f"seconds until the hit ratio is {_RECOVERED:.0%} again", _recovery_s, most=20, form="{:.1f}"),
    Goal("worst second's p99 against the warm one", _worst_p99, most=3, form="{:.1f} x"),
    NO_ERRORS,
)
LIMITING: Final = (
    Goal("others who were refused", _others_refused, most=0, form="{:,.0f}"),
    Goal("abuser's requests that passed", _abusers_passed, most=QUOTA, form="{:,.0f}"),
    Goal("others' p99, longer by ms", _others_slowed_ms, most=5, form="{:.2f}"),
)
LASTING: Final = (Goal("figures that grow", _growing, most=0, form="{:,.0f}"), NO_ERRORS)


def judge(goals: tuple[Goal, ...], stages: Stages, *, is_max: bool) -> tuple[Verdict, ...]:
    """Return where *stages* stand; what needs a closed loop is left out where there was none."""
    return tuple(_judged(goal, goal.measure(stages)) for goal in goals if is_max or not goal.needs_max)


def _judged(goal: Goal, value: float) -> Verdict:
    shown = "never" if math.isinf(value) else goal.form.format(value)
    if goal.least is not None:
        return Verdict(goal.name, shown, f"≥ {goal.form.format(goal.least)}", value >= goal.least)
    most = math.inf if goal.most is None else goal.most
    return Verdict(goal.name, shown, f"≤ {goal.form.format(most)}", value <= most)
