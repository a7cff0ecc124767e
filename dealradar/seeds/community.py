"""A whole made-up community, row by row; the same for the same scale and day."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from dealradar.seeds import discussion, listings, offers, people, popularity, shops
from dealradar.seeds.ids import Ids
from dealradar.seeds.timeline import Timeline


def rows(timeline: Timeline, password_hashes: Mapping[str, str]) -> Iterator[NamedTuple]:
    """Yield everything there is, each row after those that it refers to; see `people.rows` for the passwords."""
    ids = Ids()
    since = timeline.moment(0)
    merchants = tuple(shops.merchants(timeline.scale.merchants, since))
    categories = tuple(shops.categories(since))
    shelves = {category.name: category.id for category in categories}
    yield from chain(people.rows(timeline, password_hashes), people.reports(timeline, ids), merchants, categories)
    for deal_id, review_count in enumerate(popularity.reviews_by_deal(timeline.scale), start=1):
        offer = offers.make(deal_id, review_count, merchants=merchants, timeline=timeline)
        yield from listings.rows(offer, shelves[offer.shelf.path[-1]], ids=ids, timeline=timeline)
        yield from discussion.rows(offer, ids, timeline)
