"""What the ordinary road has shown a request target to mean."""

from dataclasses import dataclass, replace
from typing import Final

from flask import Request

from dealradar.cache.near import Wanted
from dealradar.fastlane import environs
from dealradar.httpcache.overrides import PoliciesInForce
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.policies import Policy, Sharing
from dealradar.ratelimit.limits import LIMITS, By, RateLimit
from dealradar.web.answer import PLANNED

MAX_LESSONS: Final = 20_000
MAX_TARGET_BYTES: Final = 1_000

ADDRESSES: Final = next(limit for limit in LIMITS if limit.by is By.ADDRESS and limit.endpoints is None)
CALLERS: Final = next(limit for limit in LIMITS if limit.by is By.CALLER and limit.endpoints is None)
"""The limits that are counted on the short road, and the only ones."""


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
    """Lessons by the target as the request line has it, for as long as the policies hold that they were learned under.

    Threads teach, one looks up; who was taught first is forgotten first.
    """

    def __init__(self, in_force: PoliciesInForce) -> None:
        self._in_force = in_force
        self._by_target: dict[bytes, Lesson] = {}

    def find(self, target: bytes) -> Lesson | None:
        """Return what *target* means, None if it isn't known, or not any more."""
        lesson = self._by_target.get(target)
        if lesson is None or self._in_force.find(lesson.policy.endpoint) is lesson.policy:
            return lesson
        self._by_target.pop(target, None)
        return None

    def teach(self, target: bytes, lesson: Lesson) -> None:
        """Remember that *target* means *lesson*."""
        known = self._by_target.get(target)
        if (known is not None and known.policy is lesson.policy) or len(target) > MAX_TARGET_BYTES:
            return
        while len(self._by_target) >= MAX_LESSONS:
            self._by_target.pop(next(iter(self._by_target)), None)
        self._by_target[target] = lesson


def learn(lessons: Lessons, request: Request) -> None:
    """Teach *lessons* what the *request*, which the cache was asked for, turned out to mean.

    Only what is the same for everybody, and everybody may read.
    """
    target = environs.target_of(request.environ)
    policy, plan = request.environ[PLANNED]
    if not target.startswith("/") or policy.sharing is not Sharing.PUBLIC:
        return
    if limits_of(request.endpoint) == [ADDRESSES, CALLERS]:
        wanted = Wanted(plan.key, plan.tags)
        lesson = Lesson(
            replace(plan, reader=None), policy, route=str(request.url_rule), path=request.path, wanted=wanted
        )
        lessons.teach(target.encode("latin-1"), lesson)


def limits_of(endpoint: str | None) -> list[RateLimit]:
    """Return the limits that requests to *endpoint* are under."""
    return [limit for limit in LIMITS if limit.covers(endpoint)]
