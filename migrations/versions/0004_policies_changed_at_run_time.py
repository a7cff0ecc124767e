"""policies changed at run time"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cache_policies",
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("ttl_s", sa.Integer(), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ttl_s BETWEEN 1 AND 86400", name=op.f("ck_cache_policies_ttl_is_an_entry_s")),
        sa.PrimaryKeyConstraint("endpoint", name=op.f("pk_cache_policies")),
    )
    op.create_table(
        "cache_policy_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("ttl_s_before", sa.Integer(), nullable=True),
        sa.Column("was_enabled", sa.Boolean(), nullable=False),
        sa.Column("ttl_s", sa.Integer(), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cache_policy_changes")),
    )


def downgrade() -> None:
    op.drop_table("cache_policy_changes")
    op.drop_table("cache_policies")
