"""reviews tallied by deal, stars and status"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty: whoever installs the triggers that keep it counts what there is in the same transaction (ADR 0063).
    op.create_table(
        "review_tallies",
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("deal_id", "rating", "status", name=op.f("pk_review_tallies")),
    )


def downgrade() -> None:
    for event in ("insert", "update", "delete"):
        # Still there until the downgrade has ended, and meanwhile reviews are written.
        op.execute(f"DROP FUNCTION IF EXISTS dealradar_tally_reviews_{event}() CASCADE")
    op.drop_table("review_tallies")
