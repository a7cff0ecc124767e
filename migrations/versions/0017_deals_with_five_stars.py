"""deals with five stars"""

from alembic import op
from dealradar.indexes import Index, building

revision = "0017"
down_revision = "0013"
branch_labels = None
depends_on = None

MADE = Index(
    "idx_deals_five_stars", "deals", ("score", "id"), where="status IN ('active', 'expired') AND rating_avg >= 5"
)
GONE = Index("idx_merchants_deals", "merchants", ("deal_count", "id"))


def upgrade() -> None:
    step(build=MADE, drop=GONE)


def downgrade() -> None:
    step(build=GONE, drop=MADE)


def step(build: Index, drop: Index) -> None:
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        with building.at_work(connection):
            building.ensure(connection, build)
            building.drop(connection, drop.name)
