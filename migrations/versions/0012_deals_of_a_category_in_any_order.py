"""deals of a category in any order"""

from alembic import op
from dealradar.indexes import Index, building

revision = "0012"
down_revision = "0007"
branch_labels = None
depends_on = None

MADE = (
    Index(
        "idx_deals_seen_ends",
        "deals",
        ("ends_at", "id"),
        where="status IN ('active', 'expired') AND ends_at IS NOT NULL",
    ),
)
CHANGED = (
    Index(
        "idx_deals_category_created",
        "deals",
        ("category_id", "created_at", "id"),
        include=("status", "score", "price_cents", "discount_ratio"),
    ),
)
FORMER = (Index("idx_deals_category_created", "deals", ("category_id", "created_at", "id"), include=("status",)),)
GONE = (Index("idx_categories_parent", "categories", ("parent_id",)),)


def upgrade() -> None:
    step(build=MADE + CHANGED, drop=GONE)


def downgrade() -> None:
    step(build=GONE + FORMER, drop=MADE)


def step(build: tuple[Index, ...], drop: tuple[Index, ...]) -> None:
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        with building.at_work(connection):
            for index in build:
                building.ensure(connection, index)
            for index in drop:
                building.drop(connection, index.name)
