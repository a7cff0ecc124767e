"""runs of warming, and what they earned"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "warm_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("warmed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("skipped", postgresql.JSONB(), nullable=False),
        sa.Column("gone", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("earned_hits", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("trigger IN ('upkeep', 'loss')", name=op.f("ck_warm_runs_trigger_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warm_runs")),
    )
    op.add_column("hot_pages", sa.Column("worth", sa.Double(), server_default=sa.text("1"), nullable=False))
    op.add_column("hot_pages", sa.Column("cost_s", sa.Double(), nullable=True))
    op.add_column("hot_pages", sa.Column("run_id", sa.BigInteger(), nullable=True))
    op.add_column("hot_pages", sa.Column("hits_before", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_check_constraint(op.f("ck_hot_pages_worth_is_a_part"), "hot_pages", "worth BETWEEN 0 AND 1")


def downgrade() -> None:
    for column in ("hits_before", "run_id", "cost_s", "worth"):
        op.drop_column("hot_pages", column)
    op.drop_table("warm_runs")
