"""samples of what is stored"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cache_samples",
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.CheckConstraint("stale BETWEEN 0 AND samples", name=op.f("ck_cache_samples_stale_are_samples")),
        sa.PrimaryKeyConstraint("began_at", name=op.f("pk_cache_samples")),
    )


def downgrade() -> None:
    op.drop_table("cache_samples")
