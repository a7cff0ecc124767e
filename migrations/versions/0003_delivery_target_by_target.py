"""delivery target by target"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHURN = {
    # Room for the versions of rows that some targets have and others don't.
    "fillfactor": "80",
    # Every row is written, updated and deleted once: vacuum by what has come to lie dead, not by the table's size.
    "autovacuum_vacuum_scale_factor": "0.02",
    "autovacuum_vacuum_threshold": "2000",
    "autovacuum_analyze_scale_factor": "0.05",
    "autovacuum_vacuum_cost_delay": "0",
}


def upgrade() -> None:
    op.add_column("cache_outbox", sa.Column("kind", sa.SmallInteger(), server_default=sa.text("1"), nullable=False))
    op.add_column(
        "cache_outbox",
        sa.Column("delivered_to", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("cache_outbox", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_cache_outbox_kind_is_known"), "cache_outbox", "kind BETWEEN 0 AND 2")
    op.create_index(
        "idx_cache_outbox_owed",
        "cache_outbox",
        ["kind", "transaction_id"],
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_index(
        "idx_cache_outbox_delivered",
        "cache_outbox",
        ["delivered_at"],
        postgresql_where=sa.text("delivered_at IS NOT NULL"),
    )
    op.execute(f"ALTER TABLE cache_outbox SET ({', '.join(f'{name} = {value}' for name, value in CHURN.items())})")
    op.create_table(
        "cache_targets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cache_targets")),
    )


def downgrade() -> None:
    op.drop_table("cache_targets")
    op.execute("DELETE FROM cache_outbox WHERE delivered_at IS NOT NULL")  # or they'd be owed again
    op.execute(f"ALTER TABLE cache_outbox RESET ({', '.join(CHURN)})")
    op.drop_index("idx_cache_outbox_delivered", table_name="cache_outbox")
    op.drop_index("idx_cache_outbox_owed", table_name="cache_outbox")
    op.drop_constraint(op.f("ck_cache_outbox_kind_is_known"), "cache_outbox")
    op.drop_column("cache_outbox", "delivered_at")
    op.drop_column("cache_outbox", "delivered_to")
    op.drop_column("cache_outbox", "kind")
