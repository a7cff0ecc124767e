"""What is offered in a made-up community: where, at which price, and how good it turns out to be."""

from dataclasses import dataclass
from typing import Final

from dealradar.seeds.dice import Dice
from dealradar.seeds.rows import MerchantRow
from dealradar.seeds.texts import Subject
from dealradar.seeds.timeline import DAY_S, Timeline
from dealradar.seeds.words import adverts, goods
from dealradar.seeds.words.goods import Shelf

FIRST: Final = 1
"""The deal that people try things out with: it stays, and the demo's own accounts have not reviewed it."""
AFTERGLOW_S: Final = 10 * DAY_S
MAX_DAYS: Final = 45
PRICED_SHARE: Final = 0.8
ENDING_SHARE: Final = 0.65


@dataclass(frozen=True)
class Offer:
    """One deal before anybody has seen it.

    Attributes:
        ends_s: None if it has no end.
        quality: How many stars it deserves.
        review_count: How many reviews it is to have.
    """

    id: int
    author: int
    shelf: Shelf
    merchant: MerchantRow
    subject: Subject
    title: str
    price_cents: int
    list_price_cents: int | None
    posted_s: int
    ends_s: int | None
    quality: float
    review_count: int

    def quiet_from_s(self, now_s: int) -> int:
        """Return from when on hardly anybody turns up any more."""
        return now_s if self.ends_s is None else min(now_s, self.ends_s + AFTERGLOW_S)


def make(deal_id: int, review_count: int, *, merchants: tuple[MerchantRow, ...], timeline: Timeline) -> Offer:
    """Return the deal of that id."""
    dice = Dice(f"offer {deal_id}")
    shelf, merchant = dice.pick(goods.SHELVES), dice.pick(merchants)
    subject = Subject(dice.pick(adverts.BRANDS), merchant.name, shelf.aspects)
    price_cents, list_price_cents = _prices(dice, shelf)
    posted_s = timeline.posted_s(deal_id)
    ends = deal_id != FIRST and dice.chance(ENDING_SHARE)
    return Offer(
        id=deal_id,
        author=timeline.somebody(dice, posted_s) if deal_id != FIRST else timeline.people_by(posted_s),
        shelf=shelf,
        merchant=merchant,
        subject=subject,
        title=_title(dice, shelf, subject, _percent_off(price_cents, list_price_cents)),
        price_cents=price_cents,
        list_price_cents=list_price_cents,
        posted_s=posted_s,
        ends_s=posted_s + int(DAY_S * (1 + MAX_DAYS * dice.random() ** 2)) if ends else None,
        quality=2.6 + 2.1 * dice.random(),
        review_count=review_count,
    )


def tag(cents: float) -> int:
    """Return the nearest price below that a shop would put on it."""
    return max(99, int(cents) // 100 * 100 - 1)


def _prices(dice: Dice, shelf: Shelf) -> tuple[int, int | None]:
    lowest, highest = shelf.cents
    price_cents = tag(lowest * (highest / lowest) ** dice.random())
    saved = 0.05 + 0.6 * dice.random() ** 1.7
    return price_cents, tag(price_cents / (1 - saved)) if dice.chance(PRICED_SHARE) else None


def _percent_off(price_cents: int, list_price_cents: int | None) -> int:
    return round(100 - 100 * price_cents / list_price_cents) if list_price_cents else 0


def _title(dice: Dice, shelf: Shelf, subject: Subject, percent: int) -> str:
    good, _, details = dice.pick(shelf.goods).partition(": ")
    title = dice.pick(adverts.TITLES if percent else adverts.UNPRICED_TITLES).format(
        brand=subject.brand,
        quality=dice.pick(adverts.QUALITIES),
        good=good,
        detail=dice.pick(details.split(" / ")),
        merchant=subject.merchant,
        percent=percent,
    )
    return title[0].upper() + title[1:]
