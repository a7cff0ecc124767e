import pytest
from sqlalchemy import update

from dealradar.domain import categories
from dealradar.domain.categories import CategoryOut
from dealradar.domain.categories.models import Category
from dealradar.domain.deals import DealQuery, listing
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_category

pytestmark = pytest.mark.usefixtures("app")


def _names(siblings: list[CategoryOut]) -> dict[str, object]:
    return {each.name: _names(each.children) for each in siblings}


def test_categories_come_as_a_tree_siblings_by_name() -> None:
    garden, electronics = make_category("garden"), make_category("electronics")
    make_category("video", parent=electronics)
    audio = make_category("audio", parent=electronics)
    make_category("earphones", parent=audio)
    make_category("hoses", parent=garden)

    page = categories.tree()

    assert _names(page.items) == {
        "Electronics": {"Audio": {"Earphones": {}}, "Video": {}},
        "Garden": {"Hoses": {}},
    }
    assert [each.name for each in page.items] == ["Electronics", "Garden"]
    assert page.next_cursor is None


def test_a_total_counts_the_deals_of_all_below() -> None:
    electronics = make_category("electronics", deal_count=1)
    audio = make_category("audio", parent=electronics, deal_count=20)
    make_category("earphones", parent=audio, deal_count=300)
    make_category("video", parent=electronics, deal_count=4_000)

    (root,) = categories.tree().items

    assert (root.deal_count, root.total_deal_count) == (1, 4_321)
    assert [(each.deal_count, each.total_deal_count) for each in root.children] == [(20, 320), (4_000, 4_000)]


def test_categories_that_contain_each_other_hang_nobody() -> None:
    chicken = make_category("chicken")
    egg = make_category("egg", parent=chicken)
    with transaction():
        db.session.execute(update(Category).where(Category.id == chicken.id).values(parent_id=egg.id))

    assert categories.tree().items == []
    assert listing(DealQuery(category="egg")).items == []
