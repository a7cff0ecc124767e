"""The queries of the catalogue, each sent as the application sends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from dealradar.domain import comments, deals, merchants, moderation, notifications, reports, reviews, users
from dealradar.domain.comments import ThreadQuery
from dealradar.domain.deals import DealQuery
from dealradar.domain.merchants import MerchantQuery
from dealradar.domain.moderation import LogQuery
from dealradar.domain.notifications import NotificationQuery
from dealradar.domain.reports import ReportQuery
from dealradar.domain.reviews import ReviewQuery
from dealradar.domain.shapes import ListQuery
from dealradar.domain.users import Actor, Role, UserQuery
from dealradar.httpcache.control import jobs
from dealradar.invalidation import activity, outbox
from dealradar.invalidation.outbox import Due
from scripts.plans.values import NONE, Fixed, Moments, Owners, Terms, Values

MODERATOR: Final = Actor(0, Role.MODERATOR)
SEEN: Final = "status IN ('active', 'expired')"


@dataclass(frozen=True)
class Case:
    """A query of the catalogue, and the values that it is asked with.

    Attributes:
        send: Has the application send it, for a value; of a list also with the cursor to its next page.
        merges: How many pages are merged into one, where it is of several kinds of things.
        is_search: Whether it has to find all that matches before it can say which comes first.
    """

    name: str
    send: Callable[..., Any]
    values: Values = NONE
    is_list: bool = True
    merges: int = 1
    is_search: bool = False


def listing(function: Callable[..., Any], model: type[ListQuery], **asked: object) -> Callable[..., Any]:
    """Return what sends the list that *function* answers *model* with; *asked* may name the value as ``...``."""

    def send(value: Any, cursor: str | None = None) -> Any:  # noqa: ANN401  whatever the case is about
        chosen = {name: value if given is ... else given for name, given in asked.items()}
        return function(model.model_validate(chosen | {"cursor": cursor}))

    return send


def belonging(function: Callable[..., Any], model: type[ListQuery], **asked: object) -> Callable[..., Any]:
    """Return what sends the list that *function* answers about a value."""

    def send(value: Any, cursor: str | None = None) -> Any:  # noqa: ANN401  likewise
        return function(value, model.model_validate(asked | {"cursor": cursor}))

    return send


SEEN_COMMENT: Final = (
    "comments.status = 'visible' AND EXISTS (SELECT FROM reviews JOIN deals ON deals.id = reviews.deal_id"
    " WHERE reviews.id = comments.review_id AND reviews.status = 'visible' AND deals.status = 'active')"
)
AUTHORS: Final = Owners("users", of="deals", by="author_id", counting=SEEN)
SHOPS: Final = Owners("merchants", of="deals", by="merchant_id", key="slug", counting=SEEN)
SHELVES: Final = Fixed((("popular", "electronics"), ("middling", "audio"), ("small", "coffee"), ("unknown", "nothing")))
REVIEWED: Final = Owners("deals", of="reviews", by="deal_id", where=SEEN)
REVIEWERS: Final = Owners("users", of="reviews", by="author_id")
DISCUSSED: Final = Owners("reviews", of="comments", by="review_id", where="reviews.status = 'visible'")
TARGETS: Final = {
    kind: Owners(f"{kind}s", of="reports", by=f"{kind}_id") for kind in ("deal", "review", "comment", "user")
}
RECIPIENTS: Final = Owners("users", of="notifications", by="user_id")
UNREADING: Final = Owners("users", of="notifications", by="user_id", counting="read_at IS NULL")


def of_deals(name: str, values: Values = NONE, *, merges: int = 1, is_search: bool = False, **asked: object) -> Case:
    """Return a list of deals."""
    return Case(name, listing(deals.listing, DealQuery, **asked), values, merges=merges, is_search=is_search)


def of_reviews(name: str, **asked: object) -> Case:
    """Return a list of the reviews of a deal."""
    return Case(name, belonging(reviews.of_deal, ReviewQuery, **asked), REVIEWED)


def of_reports(name: str, values: Values = NONE, **asked: object) -> Case:
    """Return a list of reports."""
    return Case(name, listing(reports.listing, ReportQuery, **asked), values)


def of_log(name: str, values: Values = NONE, **asked: object) -> Case:
    """Return a list of what moderators did."""
    return Case(name, listing(moderation.log, LogQuery, **asked), values)


CASES: Final = (
    of_deals("deals, hot first", sort="hot"),
    of_deals("deals, newest first", sort="new"),
    of_deals("deals, top first", sort="top"),
    of_deals("deals of five stars", sort="top", min_rating=5),
    of_deals("deals, cheapest first", sort="price"),
    of_deals("deals between two prices", sort="price", min_price=2_000, max_price=5_000),
    of_deals("deals, most saved first", sort="discount"),
    of_deals("deals, ending first", sort="ending"),
    of_deals("deals, ended or not, first ended first", sort="ending", status="all"),
    Case("deals that have ended", lambda _: deals.close_ended(datetime.now(UTC)), is_list=False),
    of_deals("deals of a person", AUTHORS, sort="new", author=...),
    of_deals("deals of a merchant, hot first", SHOPS, sort="hot", merchant=...),
    of_deals("deals of a merchant, newest first", SHOPS, sort="new", merchant=...),
    of_deals("deals of a category, hot first", SHELVES, merges=10, sort="hot", category=...),
    of_deals("deals of a category, newest first", SHELVES, merges=10, sort="new", category=...),
    of_deals("deals of a category, top first", SHELVES, is_search=True, sort="top", category=...),
    of_deals("deals of a category, cheapest first", SHELVES, is_search=True, sort="price", category=...),
    of_deals("deals of a category, most saved first", SHELVES, is_search=True, sort="discount", category=...),
    of_deals(
        "deals with rare words", Fixed((("some", "espresso grinder"), ("none", "zymurgy"))), is_search=True, q=...
    ),
    Case(
        "prices of a deal", belonging(deals.history, ListQuery), Owners("deals", "price_changes", "deal_id", where=SEEN)
    ),
    Case("votes of a person on deals", belonging(deals.votes_of, ListQuery), Owners("users", "deal_votes", "user_id")),
    Case("bookmarks of a person", belonging(deals.bookmarked_by, ListQuery), Owners("users", "bookmarks", "user_id")),
    Case("merchants by name", listing(merchants.listing, MerchantQuery, sort="name")),
    Case("people, newest first", listing(users.listing, UserQuery)),
    Case("people who were banned", listing(users.listing, UserQuery, standing="banned")),
    Case(
        "people by a part of their name",
        listing(users.listing, UserQuery, q=...),
        Fixed((("some", "quentin"), ("none", "zzyzx"))),
        is_search=True,
    ),
    Case("tokens of a person", users.tokens.revoke_all_of, Owners("users", "tokens", "user_id"), is_list=False),
    Case("tokens long expired", lambda _: users.tokens.forget_expired(now=datetime.now(UTC)), is_list=False),
    of_reviews("reviews of a deal, newest first"),
    of_reviews("reviews of a deal, oldest first", sort="oldest"),
    of_reviews("reviews of a deal, most helpful first", sort="helpful"),
    of_reviews("reviews of a deal, best rating first", sort="rating_high"),
    of_reviews("reviews of a deal, worst rating first", sort="rating_low"),
    of_reviews("reviews of a deal with a rating, newest first", rating=2),
    of_reviews("reviews of a deal with a rating, most helpful first", rating=2, sort="helpful"),
    Case("reviews of a person", belonging(reviews.of_user, ReviewQuery), REVIEWERS),
    Case(
        "votes of a person on reviews",
        belonging(reviews.votes_of, ListQuery),
        Owners("users", "review_votes", "user_id"),
    ),
    Case("thread, newest first", belonging(comments.of_review, ThreadQuery, depth=1), DISCUSSED),
    Case("thread, oldest first", belonging(comments.of_review, ThreadQuery, depth=1, sort="oldest"), DISCUSSED),
    Case("thread, top first", belonging(comments.of_review, ThreadQuery, depth=1, sort="top"), DISCUSSED),
    Case(
        "replies to a comment",
        lambda comment_id: comments.remove(comment_id, by=MODERATOR),
        Owners("comments", "comments", "parent_id", where=SEEN_COMMENT),
        is_list=False,
    ),
    Case(
        "comments on a deal", belonging(comments.of_deal, ListQuery), Owners("deals", "comments", "deal_id", where=SEEN)
    ),
    Case("comments of a person", belonging(comments.of_user, ListQuery), Owners("users", "comments", "author_id")),
    Case(
        "votes of a person on comments",
        belonging(comments.votes_of, ListQuery),
        Owners("users", "comment_votes", "user_id"),
    ),
    of_reports("reports, newest first"),
    of_reports("reports before a time", Moments("reports", "created_at"), older_than=...),
    of_reports("reports of a status", Terms("reports", "status"), status=..., sort="oldest"),
    of_reports("reports that wait", waiting=True, sort="oldest"),
    of_reports("reports for a reason", Terms("reports", "reason"), reason=...),
    of_reports("reports of a person", Owners("users", "reports", "reporter_id"), reporter=...),
    of_reports(
        "reports for a moderator", Owners("users", "reports", "assignee_id", where="role <> 'member'"), assignee=...
    ),
    of_reports("reports about a deal", TARGETS["deal"], target_type="deal", target_id=...),
    of_reports("reports about a review", TARGETS["review"], target_type="review", target_id=...),
    of_reports("reports about a comment", TARGETS["comment"], target_type="comment", target_id=...),
    of_reports("reports about a person", TARGETS["user"], target_type="user", target_id=...),
    of_log("log, newest first"),
    of_log("log of a time", Moments("moderation_log", "created_at"), until=...),
    of_log(
        "log of a moderator", Owners("users", "moderation_log", "moderator_id", where="role <> 'member'"), moderator=...
    ),
    of_log("log of an action", Terms("moderation_log", "action"), action=...),
    of_log(
        "log of a target",
        Owners("reviews", "moderation_log", "target_id", counting="target_type = 'review'"),
        target_type="review",
        target_id=...,
    ),
    of_log("log of a report", Owners("reports", "moderation_log", "report_id"), report=...),
    Case("notifications of a person", belonging(notifications.of_user, NotificationQuery), RECIPIENTS),
    Case("notifications unread", belonging(notifications.of_user, NotificationQuery, unread=True), UNREADING),
    Case("how many notifications are unread", notifications.unread_count, UNREADING, is_list=False),
    Case("outbox, what is owed", lambda _: outbox.claim(Due("store"), limit=1_000), is_list=False),
    Case("outbox, what is told next", lambda _: activity.told_next(20), is_list=False),
    Case("outbox, what was told last", lambda _: activity.told_last(20), is_list=False),
    Case("outbox, what may go", lambda _: outbox.prune(1_000, window_s=900), is_list=False),
    Case("jobs to be done", lambda _: jobs.claim(), is_list=False),
)
