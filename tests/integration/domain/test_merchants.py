import pytest

from dealradar.domain import merchants
from dealradar.domain.errors import NotFoundError
from dealradar.domain.merchants import MerchantQuery, MerchantSort
from tests.factories.deals import make_merchant

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    ("sort", "slugs"), [(MerchantSort.NAME, ["acme", "books", "zoo"]), (MerchantSort.DEALS, ["books", "zoo", "acme"])]
)
def test_merchants_are_listed_by_name_or_by_how_many_deals_they_have(sort: MerchantSort, slugs: list[str]) -> None:
    make_merchant("zoo", name="Zoo", deal_count=2)
    make_merchant("acme", name="ACME", deal_count=1)
    make_merchant("books", name="books & more", deal_count=3)

    first = merchants.listing(MerchantQuery(sort=sort, limit=2))
    second = merchants.listing(MerchantQuery(sort=sort, limit=2, cursor=first.next_cursor))

    assert [each.slug for each in (*first.items, *second.items)] == slugs
    assert second.next_cursor is None


@pytest.mark.parametrize("sort", list(MerchantSort))
def test_pages_neither_skip_nor_repeat_merchants_that_are_alike(sort: MerchantSort) -> None:
    for number in range(3):
        make_merchant(f"acme-{number}", name="ACME")

    first = merchants.listing(MerchantQuery(sort=sort, limit=2))
    second = merchants.listing(MerchantQuery(sort=sort, limit=2, cursor=first.next_cursor))

    assert {each.id for each in (*first.items, *second.items)} == {1, 2, 3}
    assert len(second.items) == 1


def test_a_merchant_is_found_by_slug() -> None:
    make_merchant("acme", url="https://acme.example")

    found = merchants.get("acme")

    assert (found.slug, found.name, found.url, found.deal_count) == ("acme", "Acme", "https://acme.example", 0)


@pytest.mark.parametrize("slug", ["other", "ACME", "", "ac\x00me"])
def test_no_other_slug_finds_one(slug: str) -> None:
    make_merchant("acme")

    with pytest.raises(NotFoundError):
        merchants.get(slug)
