"""reports tallied by status and reason"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty: whoever installs the triggers that keep it counts what there is in the same transaction (ADR 0063).
    op.create_table(
        "report_tallies",
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("status", "reason", name=op.f("pk_report_tallies")),
    )


def downgrade() -> None:
    for event in ("insert", "update", "delete"):
        # Still there until the downgrade has ended, and meanwhile reports are filed.
        op.execute(f"DROP FUNCTION IF EXISTS dealradar_tally_reports_{event}() CASCADE")
    op.drop_table("report_tallies")
