"""What each kind of write purges, to the tag: what isn't listed is spared."""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

import pytest
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.invalidation import rules

OwedBy = Callable[..., set[str]]

BOB_AS_AUTHOR: Final = (
    "deal:2 deals review:1 reviews@deal:1 reviews@user:2 comment:2 comments@review:1 comments@deal:1 comments@user:2"
    " reports"
)

DIGEST_OF_X: Final = sha256(b"x").hexdigest()
DIGEST_OF_Y: Final = sha256(b"y").hexdigest()
TOKENS_OF_ALICE: Final = (
    "INSERT INTO tokens (user_id, token_hash, expires_at) SELECT 1, sha256(each), now()"
    " FROM unnest('{x,y}'::bytea[]) AS each"
)
TOKENS_OF_RAMONA: Final = "INSERT INTO tokens (user_id, token_hash, expires_at) VALUES (4, sha256('x'), now())"
API_KEY: Final = "INSERT INTO api_keys (name, prefix, key_hash, scopes) VALUES ('k', 'k', sha256('x'), '{a,b}')"

WRITES: Final[dict[str, tuple[str | tuple[str, ...], str]]] = {
    # People
    "somebody joins": (
        "INSERT INTO users (username, display_name) VALUES ('dave', 'Dave')",
        "user:5 reviews@user:5 comments@user:5",
    ),
    "an author is renamed": ("UPDATE users SET display_name = 'Robert' WHERE id = 2", f"user:2 {BOB_AS_AUTHOR}"),
    "an author gets a role": ("UPDATE users SET role = 'admin' WHERE id = 2", f"user:2 {BOB_AS_AUTHOR}"),
    "an author gains reputation": ("UPDATE users SET reputation = 9 WHERE id = 2", f"user:2 {BOB_AS_AUTHOR}"),
    "who assigned reports are shown is renamed": (
        "UPDATE users SET display_name = 'Ramona' WHERE id = 4",
        "user:4 reports",
    ),
    "who reports is renamed": ("UPDATE users SET display_name = 'Caro' WHERE id = 3", "user:3 reports"),
    "who was reported is banned": ("UPDATE users SET standing = 'banned' WHERE id = 3", "user:3 reports"),
    "who was not reported is warned": ("UPDATE users SET standing = 'warned' WHERE id = 2", "user:2"),
    "what nobody sees of a person changes": (
        "UPDATE users SET email = 'b@example.org', password_hash = 'x', email_alerts = false WHERE id = 2",
        "",
    ),
    "somebody leaves, who had written nothing": (
        "DELETE FROM users WHERE id = 4",
        "user:4 reviews@user:4 comments@user:4 reports",
    ),
    "an author leaves, with all that was theirs": (
        "DELETE FROM users WHERE id = 2",
        """
        user:2 reviews@user:2 comments@user:2 deal:2 deals review:1 reviews@deal:1 comment:1 comment:2
        comments@review:1 comments@deal:1 reports reviews@deal:2 comments@deal:2 merchants categories
        review:2 reviews@user:1 comments@review:2 user:1 comments@user:1 deal:1
        """,
    ),
    # Categories and merchants
    "a category is added": ("INSERT INTO categories (slug, name) VALUES ('toys', 'Toys')", "categories deals"),
    "a category is renamed": ("UPDATE categories SET name = 'Phones' WHERE id = 3", "categories deal:1 deals"),
    "a category without deals is renamed": ("UPDATE categories SET name = 'Sound' WHERE id = 1", "categories"),
    "a category without deals is told apart anew": (
        "UPDATE categories SET slug = 'sound' WHERE id = 1",
        "categories deals",
    ),
    "a category moves below another": ("UPDATE categories SET parent_id = 2 WHERE id = 3", "categories deals"),
    "a category goes, its deals stay": ("DELETE FROM categories WHERE id = 2", "categories deal:2 deals"),
    "a merchant is renamed": ("UPDATE merchants SET name = 'ACME' WHERE id = 1", "merchants deal:1 deals"),
    "a merchant moves": ("UPDATE merchants SET url = 'https://acme.example' WHERE id = 1", "merchants"),
    "a merchant goes, its deals stay": ("DELETE FROM merchants WHERE id = 1", "merchants deal:1 deals"),
    "stars are counted anew": ("UPDATE review_tallies SET count = 9 WHERE deal_id = 1", "reviews@deal:1"),
    # Deals
    "a deal is posted": (
        "INSERT INTO deals (author_id, category_id, merchant_id, title, price_cents) VALUES (1, 1, 1, 'New', 1)",
        "deal:3 deals reviews@deal:3 comments@deal:3 user:1 categories merchants",
    ),
    "a deal is repriced": ("UPDATE deals SET price_cents = 1 WHERE id = 1", "deal:1 deals"),
    "a deal is retitled": (
        "UPDATE deals SET title = 'Best headphones' WHERE id = 1",
        "deal:1 deals review:1 reviews@deal:1 reviews@user:2",
    ),
    "a reported deal is described": ("UPDATE deals SET description = 'Wide.' WHERE id = 2", "deal:2 deals reports"),
    "a deal moves to another category": (
        "UPDATE deals SET category_id = 2 WHERE id = 1",
        "deal:1 deals categories",
    ),
    "a deal is over": ("UPDATE deals SET status = 'expired' WHERE id = 1", "deal:1 deals"),
    "a deal is hidden, with all that was said about it": (
        "UPDATE deals SET status = 'hidden' WHERE id = 1",
        """
        deal:1 deals user:1 categories merchants reviews@deal:1 review:1 reviews@user:2 comments@deal:1
        comment:1 comment:2 comments@review:1 comments@user:1 comments@user:2
        """,
    ),
    "a hidden deal is removed": (
        ("UPDATE deals SET status = 'hidden' WHERE id = 1", "UPDATE deals SET status = 'removed' WHERE id = 1"),
        "deal:1 deals",
    ),
    "what nobody sees of a deal changes": ("UPDATE deals SET source_key = 'x' WHERE id = 1", ""),
    "a price is recorded": ("INSERT INTO price_changes (deal_id, price_cents) VALUES (2, 1)", "prices@deal:2"),
    "who recorded a price goes": ("UPDATE price_changes SET changed_by_id = NULL", ""),
    "a deal is voted on": ("INSERT INTO deal_votes (deal_id, user_id, value) VALUES (2, 1, 1)", "deal:2 deals"),
    "a vote is cast again": ("UPDATE deal_votes SET voted_at = now() + interval '1 s'", ""),
    "a deal is bookmarked": ("INSERT INTO bookmarks (deal_id, user_id) VALUES (2, 1)", "deal:2 deals"),
    # Reviews
    "a review is published": (
        "INSERT INTO reviews (deal_id, author_id, rating, body) VALUES (1, 3, 5, 'Yes!')",
        "review:3 reviews@deal:1 reviews@user:3 comments@review:3 deal:1 deals user:3",
    ),
    "a review is rewritten": (
        "UPDATE reviews SET body = 'They hurt.' WHERE id = 2",
        "review:2 reviews@deal:2 reviews@user:1",
    ),
    "a reported review is rewritten": (
        "UPDATE reviews SET body = 'They hurt.' WHERE id = 1",
        "review:1 reviews@deal:1 reviews@user:2 reports",
    ),
    "a review is rated anew": (
        "UPDATE reviews SET rating = 1 WHERE id = 2",
        "review:2 reviews@deal:2 reviews@user:1 deal:2 deals",
    ),
    "a review moves to another deal": (
        "UPDATE reviews SET deal_id = 2 WHERE id = 1",
        "review:1 reviews@deal:1 reviews@deal:2 reviews@user:2 deal:1 deal:2 deals",
    ),
    "a review is hidden, with all that was said about it": (
        "UPDATE reviews SET status = 'hidden' WHERE id = 1",
        """
        review:1 reviews@deal:1 reviews@user:2 deal:1 deals user:2 reports comments@review:1
        comments@deal:1 comment:1 comment:2 comments@user:1 comments@user:2
        """,
    ),
    "a review is found helpful": (
        "INSERT INTO review_votes (review_id, user_id, helpful) VALUES (1, 1, true)",
        "review:1 reviews@deal:1 reviews@user:2",
    ),
    "a review goes, with all that was said about it": (
        "DELETE FROM reviews WHERE id = 1",
        """
        review:1 reviews@deal:1 reviews@user:2 deal:1 deals user:1 user:2 reports comments@review:1
        comments@deal:1 comment:1 comment:2 comments@user:1 comments@user:2
        """,
    ),
    # Comments
    "a review is commented on": (
        "INSERT INTO comments (review_id, deal_id, author_id, body) VALUES (2, 2, 3, 'Why?')",
        """
        comment:3 comments@review:2 comments@deal:2 comments@user:3 review:2 reviews@deal:2
        reviews@user:1 deal:2 deals user:3
        """,
    ),
    "a comment is replied to": (
        "INSERT INTO comments (review_id, deal_id, author_id, parent_id, body) VALUES (1, 1, 3, 2, 'Good.')",
        """
        comment:3 comments@review:1 comments@deal:1 comments@user:3 comment:2 comments@user:2 review:1
        reviews@deal:1 reviews@user:2 deal:1 deals user:3
        """,
    ),
    "a comment is rewritten": (
        "UPDATE comments SET body = 'Do they?' WHERE id = 1",
        "comment:1 comments@review:1 comments@deal:1 comments@user:1",
    ),
    "a reported comment is hidden": (
        "UPDATE comments SET status = 'hidden' WHERE id = 2",
        """
        comment:2 comments@review:1 comments@deal:1 comments@user:2 comment:1 comments@user:1 review:1
        reviews@deal:1 reviews@user:2 deal:1 deals user:2 reports
        """,
    ),
    "a comment is voted on": (
        "INSERT INTO comment_votes (comment_id, user_id, value) VALUES (2, 3, -1)",
        "comment:2 comments@review:1 comments@deal:1 comments@user:2",
    ),
    # Reports
    "something is reported": (
        "INSERT INTO reports (reporter_id, target_type, deal_id, reason) VALUES (3, 'deal', 1, 'spam')",
        "reports",
    ),
    "a report is decided": ("UPDATE reports SET resolution = 'No.' WHERE id = 1", "reports"),
    # What no cached answer is made of
    "a token is used": (
        "INSERT INTO tokens (user_id, token_hash, expires_at) VALUES (1, sha256('x'), now())",
        "",
    ),
    "somebody is notified": (
        "INSERT INTO notifications (user_id, kind, subject_type, subject_id, message) SELECT 1, 'vote', 'deal', 1, 'x'",
        "",
    ),
    "a decision is logged": (
        "INSERT INTO moderation_log (action, target_type, target_id) VALUES ('hide', 'deal', 1)",
        "",
    ),
    # Who shows a token or an API key
    "a log-in is revoked": (
        (TOKENS_OF_ALICE, "UPDATE tokens SET revoked_at = now() WHERE token_hash = sha256('x')"),
        f"token:{DIGEST_OF_X}",
    ),
    "the use of a log-in is noted": ((TOKENS_OF_ALICE, "UPDATE tokens SET last_used_at = now()"), ""),
    "log-ins are deleted": (
        (TOKENS_OF_ALICE, "DELETE FROM tokens WHERE token_hash = sha256('x')"),
        f"token:{DIGEST_OF_X}",
    ),
    "who is logged in twice is banned": (
        (TOKENS_OF_ALICE, "UPDATE users SET standing = 'banned' WHERE id = 1"),
        f"user:1 token:{DIGEST_OF_X} token:{DIGEST_OF_Y}",
    ),
    "who is logged in twice has another password": (
        (TOKENS_OF_ALICE, "UPDATE users SET email = 'a@example.org', password_hash = 'x' WHERE id = 1"),
        f"token:{DIGEST_OF_X} token:{DIGEST_OF_Y}",
    ),
    "who has logged out is banned": (
        (TOKENS_OF_ALICE, "UPDATE tokens SET revoked_at = now()", "UPDATE users SET standing = 'banned' WHERE id = 1"),
        "user:1",
    ),
    "who is logged in gains reputation, and has written nothing": (
        (TOKENS_OF_RAMONA, "UPDATE users SET reputation = 9 WHERE id = 4"),
        "user:4 reports",
    ),
    "an API key is made": (API_KEY, ""),
    "an API key is revoked": ((API_KEY, "UPDATE api_keys SET revoked_at = now()"), f"api-key:{DIGEST_OF_X}"),
    "an API key may do less": ((API_KEY, "UPDATE api_keys SET scopes = '{b}'"), f"api-key:{DIGEST_OF_X}"),
    "the use of an API key is noted": ((API_KEY, "UPDATE api_keys SET last_used_at = now()"), ""),
    # Whole tables
    "nothing is written, by a statement that could have": ("UPDATE deals SET title = 'x' WHERE id = 99", ""),
    "everything is written as it was": ("UPDATE reviews SET body = body, rating = rating", ""),
    "a table is emptied": ("TRUNCATE price_changes", "path:/"),
}


@pytest.mark.parametrize("case", WRITES)
def test_a_write_purges_what_shows_it_and_spares_the_rest(case: str, owed_by: OwedBy) -> None:
    written, purged = WRITES[case]
    *before, write = (written,) if isinstance(written, str) else written
    owed_by(*before)

    owed = owed_by(write)

    assert owed == set(purged.split())


def test_many_rows_owe_each_tag_once(owed_by: OwedBy) -> None:
    owed = owed_by(
        "INSERT INTO users (username, display_name) SELECT 'member' || i, 'Member' FROM generate_series(1, 200) AS i",
        "INSERT INTO reviews (deal_id, author_id, rating, body) SELECT 2, id, 5, 'Yes!' FROM users WHERE id > 4",
    )

    of_everybody = {f"{tag}:{i}" for tag in ("user", "reviews@user", "comments@user") for i in range(5, 205)}
    of_reviews = {f"{tag}:{i}" for tag in ("review", "comments@review") for i in range(3, 203)}
    assert owed == of_everybody | of_reviews | {"reviews@deal:2", "deal:2", "deals"}


def test_several_statements_of_a_transaction_owe_each_tag_once(owed_by: OwedBy) -> None:
    owed = owed_by(
        "UPDATE deals SET price_cents = 1 WHERE id = 1",
        "UPDATE deals SET price_cents = 2 WHERE id = 1",
        "UPDATE deals SET price_cents = 3 WHERE id = 1",
    )

    assert owed == {"deal:1", "deals"}


def test_an_upsert_owes_what_came_and_what_changed(owed_by: OwedBy) -> None:
    owed = owed_by(
        "INSERT INTO merchants (slug, name) VALUES ('acme', 'ACME'), ('new', 'New')"
        " ON CONFLICT (slug) DO UPDATE SET name = excluded.name"
    )

    assert owed == {"merchants", "deal:1", "deals"}


@pytest.mark.usefixtures("_community")
def test_a_savepoint_that_was_rolled_back_owes_nothing(owed_by: OwedBy) -> None:
    savepoint = db.session.begin_nested()
    db.session.execute(text("UPDATE deals SET price_cents = 1 WHERE id = 1"))
    savepoint.rollback()

    assert owed_by("UPDATE deals SET price_cents = 2 WHERE id = 2") == {"deal:2", "deals"}


@pytest.mark.usefixtures("_community")
def test_a_transaction_that_was_rolled_back_owes_nothing(owed_by: OwedBy) -> None:
    db.session.execute(text("UPDATE deals SET price_cents = 1 WHERE id = 1"))
    db.session.rollback()

    assert owed_by() == set()


def test_a_session_that_looks_elsewhere_for_its_tables_owes_all_the_same(owed_by: OwedBy) -> None:
    owed = owed_by("SET LOCAL search_path = ''", "UPDATE public.deals SET price_cents = 1 WHERE id = 1")

    assert owed == {"deal:1", "deals"}


def test_every_rule_is_of_a_table_that_is_written_above() -> None:
    written = " ".join(str(write) for write, _ in WRITES.values())

    assert [rule.table for rule in rules.RULES if f" {rule.table} " not in written.replace("'", " ")] == []
