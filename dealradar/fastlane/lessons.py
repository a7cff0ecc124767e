"""What request targets were found to mean, remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dealradar.cache.near import Wanted
from dealradar.httpcache.overrides import PoliciesInForce
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.policies import Policy

MAX_LESSONS: Final = 20_000
MAX_TARGET_BYTES: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What a GET of a target is answered with, whoever asks: the entry of *plan*, under *policy*.

    *route* and *path* are the request's, for those who count and word it.
    """

    plan: Plan
    policy: Policy
    route: str
    path: str
    wanted: Wanted


class Lessons:
    """Lessons by the target as the request line has it, for as long as the policies hold that they were found under.

    *learn* finds those that aren't remembered; whose was found first is forgotten first.
    """

    def __init__(self, in_force: PoliciesInForce, learn: Callable[[bytes], Lesson | None]) -> None:
        self._in_force = in_force
        self._learn = learn
        self._by_target: dict[bytes, Lesson] = {}

    def find(self, target: bytes) -> Lesson | None:
        """Return what *target* means, None if that is for the ordinary road to say."""
        lesson = self._by_target.get(target)
        if lesson is not None and self._in_force.find(lesson.policy.endpoint) is lesson.policy:
            return lesson
        self._by_target.pop(target, None)
        lesson = self._learn(target) if len(target) <= MAX_TARGET_BYTES else None
        if lesson is not None:
            while len(self._by_target) >= MAX_LESSONS:
                self._by_target.pop(next(iter(self._by_target)), None)
            self._by_target[target] = lesson
        return lesson
