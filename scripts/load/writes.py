"""What members write, and what moderators do about it."""

from collections.abc import Callable
from typing import Final

from scripts.bench.traffic import Dice
from scripts.load.requests import Ground, Person, Request, sent

BURST: Final = 25
"""So many writes in turn have one review that everybody talks about."""


class Writers:
    """Draws writes; nobody reports the same thing twice."""

    def __init__(self, ground: Ground, dice: Dice) -> None:
        self._ground, self._dice, self._random = ground, dice, dice.random
        self._reported: set[tuple[int, int]] = set()
        self._drawn = 0

    def draw(self) -> Request:
        """Return the next one."""
        if self._drawn % BURST == 0:
            self._talked_about = self._dice.draw("review")
        self._drawn += 1
        return self._random.choice(_WRITES)(self)

    def vote(self) -> Request:
        """Return a vote on a deal."""
        what = {"value": self._random.choice((1, -1))}
        return sent("POST", "/api/deals/{}/vote", self._dice.draw("deal"), by=self._member(), what=what)

    def judge_review(self) -> Request:
        """Return whether a review has helped."""
        what = {"helpful": self._random.choice((True, False))}
        return sent("POST", "/api/reviews/{}/vote", self._dice.draw("review"), by=self._member(), what=what)

    def comment(self) -> Request:
        """Return a comment somewhere."""
        return self._comment_on(self._dice.draw("review"))

    def join_in(self) -> Request:
        """Return a comment where everybody comments just now."""
        return self._comment_on(self._talked_about)

    def report(self) -> Request:
        """Return a report of a person."""
        while True:
            member, person = self._member(), self._random.choice(self._ground.places.people)
            if (member.id, person) not in self._reported:
                break
        self._reported.add((member.id, person))
        what = {"target_type": "user", "target_id": person, "reason": "spam"}
        return sent("POST", "/api/reports", 0, by=member, what=what)

    def take_up(self) -> Request:
        """Return that a moderator is to look at a report, or that nobody is."""
        moderator, report = self._random.choice(self._ground.moderators), self._random.choice(self._ground.reports)
        what = {"assignee_id": self._random.choice((moderator.id, None))}
        return sent("PATCH", "/api/reports/{}", report, by=moderator, what=what)

    def _comment_on(self, review: int) -> Request:
        what = {"review_id": review, "body": "Still there this morning."}
        return sent("POST", "/api/comments", 0, by=self._member(), what=what)

    def _member(self) -> Person:
        return self._random.choice(self._ground.members)


_WRITES: Final[tuple[Callable[[Writers], Request], ...]] = (
    *(Writers.vote, Writers.vote, Writers.vote),
    *(Writers.judge_review, Writers.judge_review),
    *(Writers.comment, Writers.join_in, Writers.join_in),
    *(Writers.report, Writers.take_up),
)
"""Each is as likely as the next."""
