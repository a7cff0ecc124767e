"""jobs on the cache"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cache_jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("patterns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("paths", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("cursor", sa.Text(), server_default=sa.text("'0'"), nullable=False),
        sa.Column("scanned", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("removed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("warmed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('invalidate', 'warm')", name=op.f("ck_cache_jobs_kind_is_known")),
        sa.CheckConstraint("state IN ('queued', 'running', 'done')", name=op.f("ck_cache_jobs_state_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cache_jobs")),
    )
    op.create_index("idx_cache_jobs_open", "cache_jobs", ["id"], postgresql_where=sa.text("state <> 'done'"))


def downgrade() -> None:
    op.drop_index("idx_cache_jobs_open", table_name="cache_jobs", postgresql_where=sa.text("state <> 'done'"))
    op.drop_table("cache_jobs")
