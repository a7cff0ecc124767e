"""fifty-five indexes"""

from alembic import op
from dealradar.indexes import Index, building

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MADE = (
    Index("idx_deals_merchant_hot", "deals", ("merchant_id", "hot_score", "id")),
    Index("idx_deals_merchant_created", "deals", ("merchant_id", "created_at", "id")),
    Index("idx_deals_category_hot", "deals", ("category_id", "hot_score", "id"), include=("status",)),
    Index("idx_deals_category_created", "deals", ("category_id", "created_at", "id"), include=("status",)),
    Index("idx_merchants_name", "merchants", ("(left(lower(name::text), 24))", "id")),
    Index("idx_merchants_deals", "merchants", ("deal_count", "id")),
    Index("idx_users_created", "users", ("created_at", "id")),
    Index("idx_users_standing", "users", ("standing", "created_at", "id"), where="standing <> 'good'"),
    Index("idx_users_names_trigram", "users", ("username", "display_name"), method="gin", opclass="gin_trgm_ops"),
    Index("idx_tokens_expires", "tokens", ("expires_at",)),
    Index("idx_reviews_deal_rating_helpful", "reviews", ("deal_id", "status", "rating", "helpful_count", "id")),
    Index(
        "idx_comments_thread_top", "comments", ("review_id", "(COALESCE(parent_id, 0))", "score", "created_at", "id")
    ),
    Index("idx_reports_created", "reports", ("created_at", "id")),
    Index("idx_reports_waiting", "reports", ("created_at", "id"), where="status IN ('open', 'triaged')"),
    Index("idx_reports_reason", "reports", ("reason", "created_at", "id")),
    Index("idx_moderation_log_action", "moderation_log", ("action", "created_at", "id")),
    Index("idx_moderation_log_target", "moderation_log", ("target_type", "target_id", "created_at", "id")),
)
CHANGED = (
    Index("idx_comments_thread", "comments", ("review_id", "(COALESCE(parent_id, 0))", "created_at", "id")),
    Index("idx_deals_author", "deals", ("author_id", "created_at", "id")),
    Index("idx_deal_votes_user", "deal_votes", ("user_id", "voted_at", "deal_id"), include=("value",)),
    Index("idx_review_votes_user", "review_votes", ("user_id", "voted_at", "review_id"), include=("helpful",)),
    Index("idx_comment_votes_user", "comment_votes", ("user_id", "voted_at", "comment_id"), include=("value",)),
    Index("idx_tokens_user", "tokens", ("user_id",), where="revoked_at IS NULL"),
    Index("idx_reviews_deal_rating", "reviews", ("deal_id", "status", "rating", "created_at", "id")),
    Index("idx_reports_reporter", "reports", ("reporter_id", "created_at", "id")),
    Index("idx_reports_assignee", "reports", ("assignee_id", "created_at", "id"), where="assignee_id IS NOT NULL"),
    Index("idx_reports_deal", "reports", ("deal_id", "created_at", "id"), where="deal_id IS NOT NULL"),
    Index("idx_reports_review", "reports", ("review_id", "created_at", "id"), where="review_id IS NOT NULL"),
    Index("idx_reports_comment", "reports", ("comment_id", "created_at", "id"), where="comment_id IS NOT NULL"),
    Index("idx_reports_user", "reports", ("user_id", "created_at", "id"), where="user_id IS NOT NULL"),
    Index(
        "idx_moderation_log_report",
        "moderation_log",
        ("report_id", "created_at", "id"),
        where="report_id IS NOT NULL",
    ),
    Index("idx_notifications_unread", "notifications", ("user_id", "created_at", "id"), where="read_at IS NULL"),
)
FORMER = (
    Index("idx_comments_thread", "comments", ("review_id", "parent_id", "created_at", "id")),
    Index("idx_deals_author", "deals", ("author_id",)),
    Index("idx_deal_votes_user", "deal_votes", ("user_id",)),
    Index("idx_review_votes_user", "review_votes", ("user_id",)),
    Index("idx_comment_votes_user", "comment_votes", ("user_id",)),
    Index("idx_tokens_user", "tokens", ("user_id",)),
    Index("idx_reviews_deal_rating", "reviews", ("deal_id", "status", "rating", "id")),
    Index("idx_reports_reporter", "reports", ("reporter_id",)),
    Index("idx_reports_assignee", "reports", ("assignee_id",)),
    Index("idx_reports_deal", "reports", ("deal_id",)),
    Index("idx_reports_review", "reports", ("review_id",)),
    Index("idx_reports_comment", "reports", ("comment_id",)),
    Index("idx_reports_user", "reports", ("user_id",)),
    Index("idx_moderation_log_report", "moderation_log", ("report_id",)),
    Index("idx_notifications_unread", "notifications", ("user_id",), where="read_at IS NULL"),
)
GONE = (
    Index("idx_deals_category", "deals", ("category_id",)),
    Index("idx_deals_merchant", "deals", ("merchant_id",)),
)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    step(build=MADE + CHANGED, drop=GONE)


def downgrade() -> None:
    step(build=GONE + FORMER, drop=MADE)
    op.execute("DROP EXTENSION IF EXISTS pg_trgm")


def step(build: tuple[Index, ...], drop: tuple[Index, ...]) -> None:
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        with building.at_work(connection):
            for index in build:
                building.ensure(connection, index)
            for index in drop:
                building.drop(connection, index.name)
