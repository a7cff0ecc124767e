"""Every index beside primary keys and unique constraints, and which queries each is there for (ADR 0050)."""

from typing import Final

from dealradar.indexes.index import Index

SEEN: Final = "status IN ('active', 'expired')"
"""The deals that lists are read off, in their order, whatever status is asked for."""

PARENT: Final = "(COALESCE(parent_id, 0))"
"""Comments that answer none, as the first level of a thread is: PostgreSQL reads nothing in order below a null."""

DEALS: Final = (
    Index("idx_deals_seen_hot", "deals", ("hot_score", "id"), ("deals, hot first",), where=SEEN),
    Index("idx_deals_seen_created", "deals", ("created_at", "id"), ("deals, newest first",), where=SEEN),
    Index("idx_deals_seen_score", "deals", ("score", "id"), ("deals, top first",), where=SEEN),
    Index(
        "idx_deals_five_stars", "deals", ("score", "id"), ("deals of five stars",), where=f"{SEEN} AND rating_avg >= 5"
    ),
    Index(
        "idx_deals_seen_price",
        "deals",
        ("price_cents", "id"),
        ("deals, cheapest first", "deals between two prices"),
        where=SEEN,
    ),
    Index("idx_deals_seen_discount", "deals", ("discount_ratio", "id"), ("deals, most saved first",), where=SEEN),
    Index(
        "idx_deals_ends",
        "deals",
        ("ends_at", "id"),
        ("deals, ending first", "deals that have ended"),
        where="status = 'active' AND ends_at IS NOT NULL",
    ),
    Index(
        "idx_deals_seen_ends",
        "deals",
        ("ends_at", "id"),
        ("deals, ended or not, first ended first",),
        where=f"{SEEN} AND ends_at IS NOT NULL",
    ),
    Index("idx_deals_author", "deals", ("author_id", "created_at", "id"), ("deals of a person",)),
    Index("idx_deals_merchant_hot", "deals", ("merchant_id", "hot_score", "id"), ("deals of a merchant, hot first",)),
    Index(
        "idx_deals_merchant_created",
        "deals",
        ("merchant_id", "created_at", "id"),
        ("deals of a merchant, newest first",),
    ),
    Index(
        "idx_deals_category_hot",
        "deals",
        ("category_id", "hot_score", "id"),
        ("deals of a category, hot first",),
        include=("status",),
    ),
    Index(
        "idx_deals_category_created",
        "deals",
        ("category_id", "created_at", "id"),
        (
            "deals of a category, newest first",
            "deals of a category, top first",
            "deals of a category, cheapest first",
            "deals of a category, most saved first",
        ),
        include=("status", "score", "price_cents", "discount_ratio"),
    ),
    Index("idx_deals_search", "deals", ("search",), ("deals with rare words",), method="gin"),
    Index("idx_price_changes_deal", "price_changes", ("deal_id", "changed_at", "id"), ("prices of a deal",)),
    Index(
        "idx_deal_votes_user",
        "deal_votes",
        ("user_id", "voted_at", "deal_id"),
        ("votes of a person on deals",),
        include=("value",),
    ),
    Index("idx_bookmarks_user_created", "bookmarks", ("user_id", "created_at", "deal_id"), ("bookmarks of a person",)),
)

MERCHANTS: Final = (
    Index(
        "idx_merchants_name",
        "merchants",
        ("(left(lower(name::text), 24))", "id"),
        ("merchants by name",),
    ),
)

USERS: Final = (
    Index("idx_users_created", "users", ("created_at", "id"), ("people, newest first",)),
    Index(
        "idx_users_standing",
        "users",
        ("standing", "created_at", "id"),
        ("people who were banned",),
        where="standing <> 'good'",
    ),
    Index(
        "idx_users_names_trigram",
        "users",
        ("username", "display_name"),
        ("people by a part of their name",),
        method="gin",
        opclass="gin_trgm_ops",
    ),
    Index(
        "idx_tokens_user",
        "tokens",
        ("user_id",),
        ("tokens of a person",),
        where="revoked_at IS NULL",
    ),
    Index("idx_tokens_expires", "tokens", ("expires_at",), ("tokens long expired",)),
)

REVIEWS: Final = (
    Index(
        "idx_reviews_deal_sort",
        "reviews",
        ("deal_id", "status", "created_at", "id"),
        ("reviews of a deal, newest first", "reviews of a deal, oldest first"),
    ),
    Index(
        "idx_reviews_deal_helpful",
        "reviews",
        ("deal_id", "status", "helpful_count", "id"),
        ("reviews of a deal, most helpful first",),
    ),
    Index(
        "idx_reviews_deal_rating",
        "reviews",
        ("deal_id", "status", "rating", "created_at", "id"),
        (
            "reviews of a deal, best rating first",
            "reviews of a deal, worst rating first",
            "reviews of a deal with a rating, newest first",
        ),
    ),
    Index(
        "idx_reviews_deal_rating_helpful",
        "reviews",
        ("deal_id", "status", "rating", "helpful_count", "id"),
        ("reviews of a deal with a rating, most helpful first",),
    ),
    Index("idx_reviews_author", "reviews", ("author_id", "created_at", "id"), ("reviews of a person",)),
    Index(
        "idx_review_votes_user",
        "review_votes",
        ("user_id", "voted_at", "review_id"),
        ("votes of a person on reviews",),
        include=("helpful",),
    ),
)

COMMENTS: Final = (
    Index(
        "idx_comments_thread",
        "comments",
        ("review_id", PARENT, "created_at", "id"),
        ("thread, newest first", "thread, oldest first"),
    ),
    Index(
        "idx_comments_thread_top",
        "comments",
        ("review_id", PARENT, "score", "created_at", "id"),
        ("thread, top first",),
    ),
    Index("idx_comments_parent", "comments", ("parent_id",), ("replies to a comment",)),
    Index("idx_comments_deal", "comments", ("deal_id", "created_at", "id"), ("comments on a deal",)),
    Index("idx_comments_author", "comments", ("author_id", "created_at", "id"), ("comments of a person",)),
    Index(
        "idx_comment_votes_user",
        "comment_votes",
        ("user_id", "voted_at", "comment_id"),
        ("votes of a person on comments",),
        include=("value",),
    ),
)

REPORTS: Final = (
    Index("idx_reports_created", "reports", ("created_at", "id"), ("reports, newest first", "reports before a time")),
    Index("idx_reports_status", "reports", ("status", "created_at", "id"), ("reports of a status",)),
    Index(
        "idx_reports_waiting",
        "reports",
        ("created_at", "id"),
        ("reports that wait",),
        where="status IN ('open', 'triaged')",
    ),
    Index("idx_reports_reason", "reports", ("reason", "created_at", "id"), ("reports for a reason",)),
    Index("idx_reports_reporter", "reports", ("reporter_id", "created_at", "id"), ("reports of a person",)),
    Index(
        "idx_reports_assignee",
        "reports",
        ("assignee_id", "created_at", "id"),
        ("reports for a moderator",),
        where="assignee_id IS NOT NULL",
    ),
    Index(
        "idx_reports_deal",
        "reports",
        ("deal_id", "created_at", "id"),
        ("reports about a deal",),
        where="deal_id IS NOT NULL",
    ),
    Index(
        "idx_reports_review",
        "reports",
        ("review_id", "created_at", "id"),
        ("reports about a review",),
        where="review_id IS NOT NULL",
    ),
    Index(
        "idx_reports_comment",
        "reports",
        ("comment_id", "created_at", "id"),
        ("reports about a comment",),
        where="comment_id IS NOT NULL",
    ),
    Index(
        "idx_reports_user",
        "reports",
        ("user_id", "created_at", "id"),
        ("reports about a person",),
        where="user_id IS NOT NULL",
    ),
)

MODERATION: Final = (
    Index("idx_moderation_log_created", "moderation_log", ("created_at", "id"), ("log, newest first", "log of a time")),
    Index(
        "idx_moderation_log_moderator",
        "moderation_log",
        ("moderator_id", "created_at", "id"),
        ("log of a moderator",),
    ),
    Index("idx_moderation_log_action", "moderation_log", ("action", "created_at", "id"), ("log of an action",)),
    Index(
        "idx_moderation_log_target",
        "moderation_log",
        ("target_type", "target_id", "created_at", "id"),
        ("log of a target",),
    ),
    Index(
        "idx_moderation_log_report",
        "moderation_log",
        ("report_id", "created_at", "id"),
        ("log of a report",),
        where="report_id IS NOT NULL",
    ),
)

NOTIFICATIONS: Final = (
    Index(
        "idx_notifications_user_created",
        "notifications",
        ("user_id", "created_at", "id"),
        ("notifications of a person",),
    ),
    Index(
        "idx_notifications_unread",
        "notifications",
        ("user_id", "created_at", "id"),
        ("notifications unread", "how many notifications are unread"),
        where="read_at IS NULL",
    ),
)

CACHE: Final = (
    Index(
        "idx_cache_outbox_owed",
        "cache_outbox",
        ("kind", "transaction_id"),
        ("outbox, what is owed", "outbox, what is told next"),
        where="delivered_at IS NULL",
    ),
    Index(
        "idx_cache_outbox_delivered",
        "cache_outbox",
        ("delivered_at",),
        ("outbox, what may go", "outbox, what was told last"),
        where="delivered_at IS NOT NULL",
    ),
    Index("idx_cache_jobs_open", "cache_jobs", ("id",), ("jobs to be done",), where="state <> 'done'"),
)

CATALOGUE: Final = (
    *DEALS,
    *MERCHANTS,
    *USERS,
    *REVIEWS,
    *COMMENTS,
    *REPORTS,
    *MODERATION,
    *NOTIFICATIONS,
    *CACHE,
)
