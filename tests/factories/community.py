"""A small community, whose ids can be relied on: everything there is one of, and something that refers to it."""

from typing import Final

from sqlalchemy import text

from dealradar.extensions import db
from dealradar.invalidation import transaction

FOUNDING: Final = """
INSERT INTO users (username, display_name, role) VALUES
    ('alice', 'Alice', 'member'), ('bob', 'Bob', 'member'), ('carol', 'Carol', 'member'), ('mona', 'Mona', 'moderator');
INSERT INTO categories (slug, name) VALUES ('audio', 'Audio'), ('video', 'Video');
INSERT INTO categories (slug, name, parent_id) VALUES ('headphones', 'Headphones', 1);
INSERT INTO merchants (slug, name) VALUES ('acme', 'Acme'), ('zenith', 'Zenith');
INSERT INTO deals (author_id, merchant_id, category_id, title, description, price_cents, ends_at) VALUES
    (1, 1, 3, 'Good headphones', 'They fold.', 4999, now() + interval '1 day'),
    (2, 2, 2, 'A screen', '', 19999, NULL);
INSERT INTO price_changes (deal_id, price_cents, changed_by_id) VALUES (1, 5999, 1), (1, 4999, 1);
INSERT INTO reviews (deal_id, author_id, rating, title, body) VALUES
    (1, 2, 4, 'Good sound', 'They sit well.'), (2, 1, 2, NULL, 'Too dark.');
INSERT INTO comments (review_id, deal_id, author_id, body) VALUES (1, 1, 1, 'Do they fold?');
INSERT INTO comments (review_id, deal_id, author_id, parent_id, body) VALUES (1, 1, 2, 1, 'They do.');
INSERT INTO deal_votes (deal_id, user_id, value) VALUES (1, 2, 1);
INSERT INTO bookmarks (deal_id, user_id) VALUES (1, 3);
INSERT INTO review_votes (review_id, user_id, helpful) VALUES (1, 3, true);
INSERT INTO comment_votes (comment_id, user_id, value) VALUES (1, 3, 1);
INSERT INTO reports (reporter_id, target_type, review_id, reason, assignee_id) VALUES (3, 'review', 1, 'fake', 4);
INSERT INTO reports (reporter_id, target_type, deal_id, reason) VALUES (3, 'deal', 2, 'spam');
INSERT INTO reports (reporter_id, target_type, comment_id, reason) VALUES (3, 'comment', 2, 'abuse');
INSERT INTO reports (reporter_id, target_type, user_id, reason) VALUES (1, 'user', 3, 'abuse')
"""
"""Alice posted the headphones, which bob reviewed; she asked, he replied. Bob posted the screen, which alice reviewed.
Carol votes and reports; alice reports her. Nobody has reported the headphones, alice's review or her comment."""


def found() -> None:
    """Commit the community to an empty database."""
    with transaction():
        for statement in FOUNDING.split(";"):
            db.session.execute(text(statement))
