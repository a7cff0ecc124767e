"""What is said about a deal: its reviews, and the votes on them."""

from collections.abc import Iterator
from typing import Final

from dealradar.domain.notifications import Kind
from dealradar.domain.reports import TargetType
from dealradar.domain.reviews import ReviewStatus
from dealradar.seeds import cases, notices, offers, people, texts, threads
from dealradar.seeds.cases import Case, Target
from dealradar.seeds.crowds import Crowd, Visit
from dealradar.seeds.dice import Dice
from dealradar.seeds.ids import Ids
from dealradar.seeds.notices import Notice
from dealradar.seeds.offers import Offer
from dealradar.seeds.rows import LogRow, NotificationRow, ReportRow, ReviewRow, ReviewVoteRow
from dealradar.seeds.threads import ThreadRow, Topic
from dealradar.seeds.timeline import DAY_S, Timeline

REPORTED_SHARE: Final = 0.02
EDITED_SHARE: Final = 0.05
HELPFUL_SHARE: Final = 0.8
TOLD_SHARE: Final = 0.2
HEED_S: Final = 30 * DAY_S
"""How long a review draws votes."""

DiscussionRow = ReviewRow | ReviewVoteRow | ReportRow | LogRow | NotificationRow | ThreadRow


def rows(offer: Offer, ids: Ids, timeline: Timeline) -> Iterator[DiscussionRow]:
    """Yield the reviews of a deal with all that is below them."""
    dice = Dice(f"reviews {offer.id}")
    absent = {offer.author}
    if offer.id == offers.FIRST:
        absent.update(range(1, len(people.LOG_INS) + 1))
    reviewers = Crowd(timeline, offer.posted_s, offer.quiet_from_s(timeline.now_s), absent)
    for visit in reviewers.gather(dice, offer.review_count):
        yield from _review(offer, visit, dice=dice, ids=ids, timeline=timeline)


def _review(offer: Offer, visit: Visit, *, dice: Dice, ids: Ids, timeline: Timeline) -> Iterator[DiscussionRow]:
    review_id = ids.take(ReviewRow)
    case = _case(review_id, visit, dice, timeline)
    rating = min(5, max(1, round(dice.gauss(offer.quality, 1.0))))
    edited_s = timeline.between(dice, visit.at_s, visit.at_s + DAY_S) if dice.chance(EDITED_SHARE) else visit.at_s
    yield ReviewRow(
        id=review_id,
        deal_id=offer.id,
        author_id=visit.person,
        rating=rating,
        title=texts.review_title(dice, rating, offer.subject),
        body=texts.review_body(dice, rating, offer.subject),
        status=case.status_of_target(ReviewStatus.VISIBLE) if case else ReviewStatus.VISIBLE,
        created_at=timeline.moment(visit.at_s),
        updated_at=timeline.moment(edited_s),
    )
    if case:
        yield from cases.rows(case, ids, timeline)
    yield from _votes(Topic(offer, review_id, visit), dice=dice, ids=ids, timeline=timeline)
    yield from threads.rows(Topic(offer, review_id, visit), dice=dice, ids=ids, timeline=timeline)


def _case(review_id: int, visit: Visit, dice: Dice, timeline: Timeline) -> Case | None:
    if not dice.chance(REPORTED_SHARE):
        return None
    name = f"a review by {people.display_name(visit.person)}"
    return cases.about(Target(TargetType.REVIEW, review_id, visit.person, visit.at_s, name), dice, timeline)


def _votes(topic: Topic, *, dice: Dice, ids: Ids, timeline: Timeline) -> Iterator[ReviewVoteRow | NotificationRow]:
    at_s, author = topic.review
    voters = Crowd(timeline, at_s, at_s + HEED_S, {author})
    helped = None
    for vote in voters.gather(dice, dice.tail(0.65, at_most=200)):
        is_helpful = dice.chance(HELPFUL_SHARE)
        helped = vote if is_helpful else helped
        yield ReviewVoteRow(topic.review_id, vote.person, is_helpful, timeline.moment(vote.at_s))
    if helped and dice.chance(TOLD_SHARE):
        message = f"Your review of “{topic.offer.title}” was found helpful."
        subject = ("review", topic.review_id)
        yield notices.row(Notice(helped.at_s, author, Kind.VOTE, subject, message, helped.person), ids, timeline)
