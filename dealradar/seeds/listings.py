"""How a deal is listed: what it has cost, who votes for it and who keeps it for later."""

from collections.abc import Iterator, Sequence
from typing import Final

from dealradar.domain.deals import DealStatus
from dealradar.domain.reports import TargetType
from dealradar.domain.slugs import slug_of
from dealradar.seeds import cases, offers
from dealradar.seeds.cases import Case, Target
from dealradar.seeds.crowds import Crowd
from dealradar.seeds.dice import Dice
from dealradar.seeds.ids import Ids
from dealradar.seeds.offers import Offer
from dealradar.seeds.rows import (
    BookmarkRow,
    DealRow,
    DealVoteRow,
    LogRow,
    NotificationRow,
    PriceChangeRow,
    ReportRow,
)
from dealradar.seeds.timeline import DAY_S, Timeline
from dealradar.seeds.words import adverts

REPORTED_SHARE: Final = 0.04
COUPON_SHARE: Final = 0.25
ANNOUNCED_SHARE: Final = 0.3
VOTES_A_REVIEW: Final = 3
KEPT_A_REVIEW: Final = 0.5
URL: Final = "{shop}{slug}-{id}"
MAX_SLUG_CHARS: Final = 60

ListingRow = DealRow | PriceChangeRow | DealVoteRow | BookmarkRow | ReportRow | LogRow | NotificationRow


def rows(offer: Offer, category_id: int, *, ids: Ids, timeline: Timeline) -> Iterator[ListingRow]:
    """Yield the deal and what it draws at a glance."""
    dice = Dice(f"listing {offer.id}")
    case = _case(offer, dice, timeline)
    prices = _price_changes(offer, dice, ids=ids, timeline=timeline)
    status = case.status_of_target(_unmoderated(offer, timeline)) if case else _unmoderated(offer, timeline)
    yield DealRow(
        id=offer.id,
        author_id=offer.author,
        merchant_id=offer.merchant.id,
        category_id=category_id,
        title=offer.title,
        description=_description(offer, dice),
        url=URL.format(shop=offer.merchant.url, slug=slug_of(offer.title)[:MAX_SLUG_CHARS], id=offer.id),
        price_cents=offer.price_cents,
        list_price_cents=offer.list_price_cents,
        coupon_code=f"{dice.pick(adverts.COUPONS)}{5 * dice.randint(1, 6)}" if dice.chance(COUPON_SHARE) else None,
        status=status,
        starts_at=timeline.moment(offer.posted_s + dice.randrange(DAY_S)) if dice.chance(ANNOUNCED_SHARE) else None,
        ends_at=None if offer.ends_s is None else timeline.moment(offer.ends_s),
        created_at=timeline.moment(offer.posted_s),
        updated_at=prices[-1].changed_at,
    )
    yield from prices
    yield from _attention(offer, dice, timeline)
    if case:
        yield from cases.rows(case, ids, timeline)


def _unmoderated(offer: Offer, timeline: Timeline) -> DealStatus:
    has_ended = offer.ends_s is not None and offer.ends_s <= timeline.now_s
    return DealStatus.EXPIRED if has_ended else DealStatus.ACTIVE


def _case(offer: Offer, dice: Dice, timeline: Timeline) -> Case | None:
    if offer.id == offers.FIRST or not dice.chance(REPORTED_SHARE):
        return None
    name = f"the deal “{offer.title}”"
    return cases.about(Target(TargetType.DEAL, offer.id, offer.author, offer.posted_s, name), dice, timeline)


def _price_changes(offer: Offer, dice: Dice, *, ids: Ids, timeline: Timeline) -> Sequence[PriceChangeRow]:
    """Return what the deal has cost, each time less, the present price last."""
    until_s = timeline.now_s if offer.ends_s is None else offer.ends_s
    falls = dice.tail(0.5, at_most=6)
    times_s = sorted(timeline.between(dice, offer.posted_s, until_s) for _ in range(falls))
    dearer = [offers.tag(offer.price_cents * (1 + 0.07 * step)) for step in range(falls, 0, -1)]
    return [
        PriceChangeRow(
            id=ids.take(PriceChangeRow),
            deal_id=offer.id,
            price_cents=price_cents,
            list_price_cents=offer.list_price_cents,
            changed_by_id=offer.author,
            changed_at=timeline.moment(at_s),
        )
        for at_s, price_cents in zip((offer.posted_s, *times_s), (*dearer, offer.price_cents), strict=True)
    ]


def _description(offer: Offer, dice: Dice) -> str:
    sentences = dice.sample(adverts.DESCRIPTIONS, dice.randint(1, 4))
    aspect, fault = dice.sample(offer.subject.aspects, 2)
    text = " ".join(sentences)
    return text.format(merchant=offer.merchant.name, other=f"${dice.randint(2, 60)}", aspect=aspect, fault=fault)


def _attention(offer: Offer, dice: Dice, timeline: Timeline) -> Iterator[DealVoteRow | BookmarkRow]:
    until_s = offer.quiet_from_s(timeline.now_s)
    voters = Crowd(timeline, offer.posted_s, until_s, {offer.author})
    liked = 0.45 + 0.5 * (offer.quality - 2.6) / 2.1
    for at_s, person in voters.gather(dice, offer.review_count * VOTES_A_REVIEW + dice.tail(0.7, at_most=40)):
        yield DealVoteRow(offer.id, person, 1 if dice.chance(liked) else -1, timeline.moment(at_s))
    keepers = Crowd(timeline, offer.posted_s, until_s, {offer.author})
    for at_s, person in keepers.gather(dice, int(offer.review_count * KEPT_A_REVIEW) + dice.tail(0.5, at_most=20)):
        yield BookmarkRow(offer.id, person, timeline.moment(at_s))
