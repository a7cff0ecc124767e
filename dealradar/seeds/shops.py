"""Where a made-up community buys, and the shelves there."""

from collections.abc import Iterator
from datetime import datetime
from itertools import product

from dealradar.domain.slugs import slug_of
from dealradar.seeds.rows import CategoryRow, MerchantRow
from dealradar.seeds.words import adverts, goods


def merchants(count: int, since: datetime) -> Iterator[MerchantRow]:
    """Yield *count* merchants."""
    names = (f"{name} {kind}" for kind, name in product(adverts.SHOP_KINDS, adverts.SHOP_NAMES))
    for merchant_id, name in zip(range(1, count + 1), names, strict=False):
        slug = slug_of(name)
        yield MerchantRow(merchant_id, slug, name, f"https://www.{slug}.example/", since)


def categories(since: datetime) -> Iterator[CategoryRow]:
    """Yield the categories, each after the one that it belongs to."""
    ids: dict[tuple[str, ...], int] = {}
    for shelf in goods.SHELVES:
        for depth in range(1, len(shelf.path) + 1):
            path = shelf.path[:depth]
            if path not in ids:
                ids[path] = len(ids) + 1
                yield CategoryRow(ids[path], slug_of(path[-1]), path[-1], ids.get(path[:-1]), since)
