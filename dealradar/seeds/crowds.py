"""Who turns up for something, and when: each person once."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from dealradar.seeds.dice import Dice
from dealradar.seeds.timeline import Timeline

TRIES: Final = 6


class Visit(NamedTuple):
    """One person at one time."""

    at_s: int
    person: int


@dataclass(frozen=True)
class Crowd:
    """Those who may still turn up between two times: all but the *absent*, to whom everybody is added who came."""

    timeline: Timeline
    begin_s: int
    end_s: int
    absent: set[int]

    def gather(self, dice: Dice, count: int) -> list[Visit]:
        """Return *count* visits in the order of time; fewer only if there are not that many people."""
        visits = (self._next(dice) for _ in range(min(count, self.timeline.scale.people - len(self.absent))))
        return sorted(visits)

    def _next(self, dice: Dice) -> Visit:
        for _ in range(TRIES):
            at_s = self.timeline.between(dice, self.begin_s, self.end_s)
            person = self.timeline.somebody(dice, at_s)
            if person not in self.absent:
                self.absent.add(person)
                return Visit(at_s, person)
        return self._straggler(dice)

    def _straggler(self, dice: Dice) -> Visit:
        """Return a visit of somebody who is left, be it later than planned because they joined later."""
        person = 1 + dice.randrange(self.timeline.scale.people)
        while person in self.absent:
            person = person % self.timeline.scale.people + 1
        self.absent.add(person)
        begin_s = max(self.begin_s, self.timeline.joined_s(person))
        return Visit(self.timeline.between(dice, begin_s, self.timeline.now_s), person)
