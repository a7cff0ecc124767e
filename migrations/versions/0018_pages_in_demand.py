"""pages in demand"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hot_pages",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("demand", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_hot_pages")),
    )


def downgrade() -> None:
    op.drop_table("hot_pages")
