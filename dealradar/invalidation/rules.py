"""What each write makes stale: this table becomes the triggers that fill the outbox (ADR 0003).

A tag names what answers are made of; `dealradar.httpcache.policies` says which answer depends on which.
"""

from dataclasses import dataclass
from typing import Final

from dealradar.invalidation.kinds import Kind

DEAL: Final = ("deal:{id}", "deals")
REVIEW: Final = ("review:{id}", "reviews@deal:{deal_id}", "reviews@user:{author_id}")
COMMENT: Final = ("comment:{id}", "comments@review:{review_id}", "comments@deal:{deal_id}", "comments@user:{author_id}")
REPORT: Final = ("reports",)
TOKEN: Final = ("token:{token_hash:hex}",)
API_KEY: Final = ("api-key:{key_hash:hex}",)

ITEMS: Final = frozenset({"user:{id}", "deal:{id}", "review:{id}", "comment:{id}"})
"""The tags of one thing itself: whatever changes of it, its own answer shows at once."""

NAMES: Final = ("username", "display_name", "role")
IS_SEEN: Final = "status IN ('active', 'expired')"
IS_VISIBLE: Final = "status = 'visible'"


@dataclass(frozen=True)
class Others:
    """The rows of another table whose answers show the changed row: those where *by* is its id.

    Attributes:
        table: Whose rows they are.
        by: The column, of *table* or of what *join* brings in.
        tags: What goes stale with each of them, as templates over their columns.
        only: A further condition; the others of *table* show nothing any more.
    """

    table: str
    by: str
    tags: tuple[str, ...]
    join: str = ""
    only: str = ""


def deals(by: str) -> Others:
    """Return the deals where *by* is the id of the changed row."""
    return Others("deals", f"deals.{by}", DEAL)


def reviews(by: str, *, also: tuple[str, ...] = ()) -> Others:
    """Return the reviews where *by* is the id of the changed row; the tags *also* go stale with each."""
    return Others("reviews", f"reviews.{by}", REVIEW + also)


def comments(by: str) -> Others:
    """Return the comments where *by* is the id of the changed row."""
    return Others("comments", f"comments.{by}", COMMENT)


def reports(by: str) -> Others:
    """Return the reports where *by* is the id of the changed row."""
    return Others("reports", f"reports.{by}", REPORT)


def reports_on(table: str, target_id: str) -> Others:
    """Return the reports about what the changed row, a person, wrote in *table*."""
    return Others("reports", f"{table}.author_id", REPORT, join=f"JOIN {table} ON {table}.id = reports.{target_id}")


@dataclass(frozen=True)
class Rule:
    """What goes stale when a row of *table* comes, goes, or changes in what *when* lists.

    Attributes:
        when: The columns, or expressions of them, that answers show, select or sort by. A change of any other purges
            nothing.
        tags: What goes stale with the row itself, as templates over its columns, before and after the write; of
            bytes, ``{column:hex}``. That one of these columns changes always counts.
        others: Whose answers go stale as well; asked on a change alone, since a row that comes has nobody who shows
            it, and those of one that goes are deleted or changed themselves.
        kind: How urgent it is when a row changes. When one comes it is strict, when one goes hard.
        spares_new: Whether nothing is stale when a row comes: where that there is none is never kept.
        identity: The columns that tell one row from another.
    """

    table: str
    when: tuple[str, ...]
    tags: tuple[str, ...] = ()
    others: tuple[Others, ...] = ()
    kind: Kind = Kind.STRICT
    spares_new: bool = False
    identity: tuple[str, ...] = ("id",)

    def kind_of(self, tag: str) -> Kind:
        """Return how urgent *tag* is: that of an item itself never waits."""
        return Kind.STRICT if self.kind is Kind.SOFT and tag in ITEMS else self.kind


OF_AUTHORS: Final = (
    deals(by="author_id"),
    reviews(by="author_id"),
    comments(by="author_id"),
    reports(by="reporter_id"),
    reports(by="assignee_id"),
    reports(by="user_id"),
    reports_on("deals", "deal_id"),
    reports_on("reviews", "review_id"),
    reports_on("comments", "comment_id"),
)
"""Whatever shows its author's name, or another person's."""

TOKENS_OF: Final = Others("tokens", "tokens.user_id", TOKEN, only="tokens.revoked_at IS NULL")
"""The log-ins of a person that are good for anything."""

RULES: Final = (
    # A person as such; as the author of what is shown; as one of whom there are lists.
    Rule(
        "users",
        when=(*NAMES, "reputation", "deal_count", "review_count", "comment_count", "created_at"),
        tags=("user:{id}",),
    ),
    Rule("users", when=("role", "standing"), tags=("user:{id}",), kind=Kind.HARD),
    Rule("users", when=NAMES, others=OF_AUTHORS),
    Rule("users", when=("reputation",), others=OF_AUTHORS, kind=Kind.SOFT),
    Rule("users", when=("standing",), others=(reports(by="user_id"),), kind=Kind.HARD),
    Rule("users", when=(), tags=("reviews@user:{id}", "comments@user:{id}")),
    # Who shows a token or an API key, and what they may do.
    Rule("users", when=("role", "standing", "password_hash"), others=(TOKENS_OF,), kind=Kind.HARD),
    Rule("tokens", when=("user_id", "expires_at", "revoked_at"), tags=TOKEN, kind=Kind.HARD, spares_new=True),
    Rule("api_keys", when=("scopes", "expires_at", "revoked_at"), tags=API_KEY, kind=Kind.HARD, spares_new=True),
    # Categories and merchants: their lists; the deals that name them; the lists of deals that are asked for by them.
    Rule("categories", when=("slug", "name", "parent_id", "deal_count"), tags=("categories",)),
    Rule("categories", when=("slug", "name"), others=(deals(by="category_id"),)),
    Rule("categories", when=("slug", "parent_id"), tags=("deals",)),
    Rule("merchants", when=("slug", "name", "url", "deal_count", "created_at"), tags=("merchants",)),
    Rule("merchants", when=("slug", "name"), others=(deals(by="merchant_id"),)),
    Rule("merchants", when=("slug",), tags=("deals",)),
    # A deal; its title beside its reviews; whether what is said about it is seen at all.
    Rule(
        "deals",
        when=(
            *("title", "description", "url", "price_cents", "list_price_cents", "coupon_code", "status"),
            *("starts_at", "ends_at", "author_id", "merchant_id", "category_id", "created_at", "updated_at"),
        ),
        tags=DEAL,
    ),
    Rule(
        "deals",
        when=("upvote_count", "downvote_count", "bookmark_count", "review_count", "rating_sum", "comment_count"),
        tags=DEAL,
        kind=Kind.SOFT,
    ),
    Rule("deals", when=("title",), others=(reviews(by="deal_id"),)),
    Rule("deals", when=("title", "description", "status", "author_id"), others=(reports(by="deal_id"),)),
    Rule(
        "deals",
        when=(IS_SEEN,),
        tags=(*DEAL, "reviews@deal:{id}", "comments@deal:{id}"),
        others=(reviews(by="deal_id", also=("comments@review:{id}",)), comments(by="deal_id")),
        kind=Kind.HARD,
    ),
    Rule(
        "price_changes",
        when=("price_cents", "list_price_cents", "changed_at"),
        tags=("prices@deal:{deal_id}",),
    ),
    # A review; whether its comments are seen at all.
    Rule(
        "reviews",
        when=("rating", "title", "body", "status", "created_at", "updated_at"),
        tags=REVIEW,
    ),
    Rule("reviews", when=("helpful_count", "unhelpful_count", "comment_count"), tags=REVIEW, kind=Kind.SOFT),
    Rule("reviews", when=("title", "body", "status", "author_id"), others=(reports(by="review_id"),)),
    Rule("reviews", when=(IS_VISIBLE,), tags=REVIEW, kind=Kind.HARD),
    Rule(
        "reviews",
        when=(IS_VISIBLE,),
        tags=("comments@review:{id}",),
        others=(comments(by="review_id"),),
        kind=Kind.HARD,
    ),
    # How many there are of each rating: follows the reviews, unless it is mended.
    Rule(
        "review_tallies",
        when=("count",),
        tags=("reviews@deal:{deal_id}",),
        identity=("deal_id", "rating", "status"),
    ),
    # A comment.
    Rule(
        "comments",
        when=("parent_id", "body", "status", "created_at", "updated_at", "reply_count"),
        tags=COMMENT,
    ),
    Rule("comments", when=("upvote_count", "downvote_count"), tags=COMMENT, kind=Kind.SOFT),
    Rule("comments", when=(IS_VISIBLE,), tags=COMMENT, kind=Kind.HARD),
    Rule("comments", when=("body", "status", "author_id"), others=(reports(by="comment_id"),)),
    # A report, and what its answers show of what it is about: the rules above.
    Rule(
        "reports",
        when=(
            *("reporter_id", "target_type", "deal_id", "review_id", "comment_id", "user_id", "reason", "details"),
            *("status", "assignee_id", "resolution", "action", "created_at", "updated_at", "closed_at"),
        ),
        tags=REPORT,
    ),
)
