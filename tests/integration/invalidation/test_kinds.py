"""How urgent each kind of write is: what hurries, and what may be merged."""

from typing import Final

import pytest
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.invalidation.kinds import Kind

KINDS: Final[dict[str, tuple[str | tuple[str, ...], str, str]]] = {
    "a deal is voted on": ("INSERT INTO deal_votes (deal_id, user_id, value) VALUES (2, 1, 1)", "", "deals"),
    "a deal is bookmarked": ("INSERT INTO bookmarks (deal_id, user_id) VALUES (2, 1)", "", "deals"),
    "a review is found helpful": (
        "INSERT INTO review_votes (review_id, user_id, helpful) VALUES (1, 1, true)",
        "",
        "reviews@deal:1 reviews@user:2",
    ),
    "a comment is voted on": (
        "INSERT INTO comment_votes (comment_id, user_id, value) VALUES (2, 3, -1)",
        "",
        "comments@review:1 comments@deal:1 comments@user:2",
    ),
    "an author gains reputation": (
        "UPDATE users SET reputation = 9 WHERE id = 2",
        "",
        "deals reviews@deal:1 reviews@user:2 comments@review:1 comments@deal:1 comments@user:2 reports",
    ),
    "an author is renamed": ("UPDATE users SET display_name = 'Robert' WHERE id = 2", "", ""),
    "a deal is posted": (
        "INSERT INTO deals (author_id, category_id, merchant_id, title, price_cents) VALUES (1, 1, 1, 'New', 1)",
        "",
        "",
    ),
    "a deal is over": ("UPDATE deals SET status = 'expired' WHERE id = 1", "", ""),
    "a review is commented on, which counts elsewhere": (
        "INSERT INTO comments (review_id, deal_id, author_id, body) VALUES (2, 2, 3, 'Why?')",
        "",
        "reviews@deal:2 reviews@user:1 deals",
    ),
    "a deal is hidden, with all that was said about it": (
        "UPDATE deals SET status = 'hidden' WHERE id = 1",
        """
        deal:1 deals reviews@deal:1 review:1 reviews@user:2 comments@deal:1 comment:1 comment:2 comments@review:1
        comments@user:1 comments@user:2
        """,
        "",
    ),
    "a review is hidden, with all that was said about it": (
        "UPDATE reviews SET status = 'hidden' WHERE id = 1",
        """
        review:1 reviews@deal:1 reviews@user:2 comments@review:1 comment:1 comment:2 comments@deal:1 comments@user:1
        comments@user:2
        """,
        "deals",
    ),
    "a comment is deleted": (
        "UPDATE comments SET status = 'deleted', deleted_at = now() WHERE id = 2",
        "comment:2 comments@review:1 comments@deal:1 comments@user:2",
        "reviews@deal:1 reviews@user:2 deals",
    ),
    "somebody is banned": ("UPDATE users SET standing = 'banned' WHERE id = 3", "user:3 reports", ""),
    "somebody loses a role": ("UPDATE users SET role = 'member' WHERE id = 4", "user:4", ""),
    "somebody leaves, who had written nothing": (
        "DELETE FROM users WHERE id = 4",
        "user:4 reviews@user:4 comments@user:4",
        "",
    ),
    "a review is rewritten and voted on at once: the more urgent wins": (
        (
            "INSERT INTO review_votes (review_id, user_id, helpful) VALUES (1, 1, true)",
            "UPDATE reviews SET body = 'They hurt.' WHERE id = 1",
        ),
        "",
        "",
    ),
    "a review is voted on and then hidden: the more urgent wins": (
        (
            "INSERT INTO review_votes (review_id, user_id, helpful) VALUES (2, 2, true)",
            "UPDATE reviews SET status = 'hidden' WHERE id = 2",
            "UPDATE reviews SET body = 'They hurt.' WHERE id = 2",
        ),
        "review:2 reviews@deal:2 reviews@user:1 comments@review:2",
        "deals",
    ),
    "a table is emptied": ("TRUNCATE price_changes", "path:/", ""),
}
"""What is written, what of it hurries (hard), and what may be merged (soft); the rest is strict."""


@pytest.mark.usefixtures("_community")
@pytest.mark.parametrize("case", KINDS)
def test_what_takes_something_down_hurries_and_what_moves_scores_in_lists_may_wait(case: str) -> None:
    written, hard, soft = KINDS[case]

    for statement in (written,) if isinstance(written, str) else written:
        db.session.execute(text(statement))

    found = db.session.execute(text("SELECT kind, array_agg(tag) FROM cache_outbox GROUP BY kind")).all()
    owed = {Kind(kind): set(tags) for kind, tags in found}
    assert (owed.get(Kind.HARD, set()), owed.get(Kind.SOFT, set())) == (set(hard.split()), set(soft.split()))
