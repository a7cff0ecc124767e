"""alerts"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("is_firing", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("peak", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_level", sa.Text(), server_default=sa.text("'ok'"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("untold_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("level IN ('ok', 'warning', 'critical')", name=op.f("ck_alerts_level_is_known")),
        sa.CheckConstraint("peak IN ('ok', 'warning', 'critical')", name=op.f("ck_alerts_peak_is_known")),
        sa.CheckConstraint("told_level IN ('ok', 'warning', 'critical')", name=op.f("ck_alerts_told_level_is_known")),
        sa.CheckConstraint("is_firing = (level <> 'ok')", name=op.f("ck_alerts_fires_while_bad")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("is_firing", "id", name=op.f("uq_alerts_is_firing_id")),
    )
    op.create_table(
        "alert_states",
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("warning_is_crossed", sa.Boolean(), nullable=False),
        sa.Column("warning_contradicted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("critical_is_crossed", sa.Boolean(), nullable=False),
        sa.Column("critical_contradicted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("rises", sa.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.PrimaryKeyConstraint("signal", name=op.f("pk_alert_states")),
    )
    op.create_table(
        "alert_values",
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("signal", "at", name=op.f("pk_alert_values")),
    )
    op.create_table(
        "alert_silences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_silences")),
    )
    op.create_table(
        "alert_turns",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alert_turns")),
    )


def downgrade() -> None:
    op.drop_table("alert_turns")
    op.drop_table("alert_silences")
    op.drop_table("alert_values")
    op.drop_table("alert_states")
    op.drop_table("alerts")
