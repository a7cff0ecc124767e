import pytest

from dealradar.cache import prefixes
from dealradar.httpcache.surrogates import MAX_BYTES, MAX_KEYS, REST, cache_tag, purging, purging_listed, surrogate_key

TAGS = ("reviews@deal:123", *prefixes("/reviews/deal/123"))
MANY = (*(f"review:{number}" for number in range(1_000)), *TAGS)


def test_every_tag_is_a_key() -> None:
    assert surrogate_key(TAGS).split() == list(TAGS)


def test_of_too_many_the_most_general_are_kept() -> None:
    field = surrogate_key(MANY)

    assert len(field) <= MAX_BYTES
    assert field.endswith(" ".join((*TAGS, REST)))


@pytest.mark.parametrize(("count", "is_whole"), [(MAX_KEYS, True), (MAX_KEYS + 1, False)])
def test_of_short_ones_there_are_as_many_as_every_cdn_reads(count: int, *, is_whole: bool) -> None:
    keys = surrogate_key([f"r:{number}" for number in range(count)]).split()

    assert len(keys) == MAX_KEYS
    assert (REST not in keys) == is_whole


@pytest.mark.parametrize("tag", ["review:0", "review:999", "path:/"])
def test_an_answer_is_purged_by_each_of_its_tags_also_by_those_that_did_not_fit(tag: str) -> None:
    assert set(purging([tag])) & set(surrogate_key(MANY).split())


def test_a_bound_that_nothing_fits_leaves_the_one_for_the_rest() -> None:
    assert surrogate_key(TAGS, max_bytes=10) == REST


@pytest.mark.parametrize("tag", ["review:0", "review:999", "path:/", "path:/merchants/a,b"])
def test_a_list_of_tags_is_purged_by_each_of_them_also_by_one_with_a_comma(tag: str) -> None:
    assert set(purging_listed([tag])) & set(cache_tag((*MANY, "path:/merchants/a,b")).split(","))
