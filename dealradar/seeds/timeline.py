"""When things happen in a made-up community, in seconds since it began; it has grown steadily until today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dealradar.seeds.dice import Dice
from dealradar.seeds.scales import Scale

DAY_S: Final = 86_400
FOUNDERS_SHARE: Final = 0.05
BUSYNESS: Final = 1.6
"""The larger, the more of all that is done is done by those who joined first."""
HASTE: Final = 1.6
"""The larger, the sooner after a deal is posted people turn up."""


@dataclass(frozen=True)
class Timeline:
    """The time from the community's first day until *today*, which begins at midnight."""

    scale: Scale
    today: datetime

    @property
    def now_s(self) -> int:
        """Return how old the community is."""
        return self.scale.age_days * DAY_S

    def moment(self, at_s: int) -> datetime:
        """Return the point in time."""
        return self.today + timedelta(seconds=at_s - self.now_s)

    def joined_s(self, person: int) -> int:
        """Return when the person of that id joined; the founders were there from the beginning."""
        return 0 if person <= self._founders else self.now_s * person // (self.scale.people + 1)

    def people_by(self, at_s: int) -> int:
        """Return how many had joined by then; their ids are 1 to that."""
        return max(self._founders, min(self.scale.people, at_s * (self.scale.people + 1) // self.now_s))

    def posted_s(self, deal: int) -> int:
        """Return when the deal of that id was posted; the later, the more are."""
        return int(self.now_s * (deal / (self.scale.deals + 1)) ** 0.7)

    def somebody(self, dice: Dice, at_s: int) -> int:
        """Return one of those who had joined by then, busy people more often than others."""
        return 1 + int(self.people_by(at_s) * dice.random() ** BUSYNESS)

    def between(self, dice: Dice, begin_s: int, end_s: int) -> int:
        """Return a time between the two, rather early than late, and before now."""
        latest_s = min(end_s, self.now_s - 1)
        return min(latest_s, begin_s + int((latest_s - begin_s) * dice.random() ** HASTE))

    @property
    def _founders(self) -> int:
        return max(1, int(self.scale.people * FOUNDERS_SHARE))
