"""readings, and the processes that make them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("not_modified", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("misses", sa.BigInteger(), nullable=False),
        sa.Column("stale", sa.BigInteger(), nullable=False),
        sa.Column("bypasses", sa.BigInteger(), nullable=False),
        sa.Column("statements", sa.BigInteger(), nullable=False),
        sa.Column("database_s", sa.Double(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("latencies", postgresql.JSONB(), nullable=False),
        sa.Column("routes", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("slot", "process_id", name=op.f("pk_readings")),
    )
    op.create_table(
        "gauge_readings",
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redis_memory_bytes", sa.BigInteger(), nullable=True),
        sa.Column("redis_max_memory_bytes", sa.BigInteger(), nullable=True),
        sa.Column("redis_keys", sa.BigInteger(), nullable=True),
        sa.Column("redis_clients", sa.BigInteger(), nullable=True),
        sa.Column("redis_evictions", sa.BigInteger(), nullable=True),
        sa.Column("outbox_rows", sa.BigInteger(), nullable=True),
        sa.Column("outbox_oldest_s", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_gauge_readings")),
    )
    op.create_table(
        "processes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('web', 'worker', 'beat')", name=op.f("ck_processes_kind_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )


def downgrade() -> None:
    op.drop_table("processes")
    op.drop_table("gauge_readings")
    op.drop_table("readings")
