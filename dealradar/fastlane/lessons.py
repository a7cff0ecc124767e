"""What the ordinary road has shown a request target to mean."""

from dataclasses import dataclass
from typing import Final

from flask import Request

from dealradar.cache.near import Wanted
from dealradar.httpcache.overrides import PoliciesInForce
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.policies import Policy, Sharing
from dealradar.ratelimit.limits import LIMITS, By, RateLimit
from dealradar.security.callers import ANYBODY, Caller
from dealradar.web.answer import PLANNED

MAX_LESSONS: Final = 20_000
MAX_TARGET_BYTES: Final = 1_000


ANYBODYS: Final = next(limit for limit in LIMITS if limit.by is By.ADDRESS and limit.endpoints is None)
"""The limit that is counted on the short road, and the only one."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What a GET of a target by anybody is answered with: the entry of *plan*, under *policy*.

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
        if target in self._by_target or len(target) > MAX_TARGET_BYTES:
            return
        while len(self._by_target) >= MAX_LESSONS:
            self._by_target.pop(next(iter(self._by_target)), None)
        self._by_target[target] = lesson


def learn(lessons: Lessons, request: Request, caller: Caller) -> None:
    """Teach *lessons* what the *request* of *caller*, which the cache was asked for, turned out to mean.

    Only what is the same for everybody, and was asked by nobody in particular.
    """
    target = request.environ.get("RAW_URI", "")
    if caller != ANYBODY or not target.startswith("/"):
        return
    policy, plan = request.environ[PLANNED]
    if policy.sharing is Sharing.PUBLIC and limits_of_anybody(request.endpoint) == [ANYBODYS]:
        wanted = Wanted(plan.key, plan.tags)
        lesson = Lesson(plan, policy, route=str(request.url_rule), path=request.path, wanted=wanted)
        lessons.teach(target.encode("latin-1"), lesson)


def limits_of_anybody(endpoint: str | None) -> list[RateLimit]:
    """Return the limits that a request of nobody in particular to *endpoint* is under."""
    return [limit for limit in LIMITS if limit.by is not By.CALLER and limit.covers(endpoint)]
