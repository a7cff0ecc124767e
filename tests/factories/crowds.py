"""Many of everything below one thing, so that what should cost the same for few and for many can be seen to."""

from typing import Final

from sqlalchemy import text

from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.things import Ids

CROWDING: Final = """
INSERT INTO users (username, display_name)
SELECT 'p-' || :deal_id || '-' || n, 'Somebody' FROM generate_series(1, :n) n;
INSERT INTO categories (slug, name) SELECT 'c-' || :deal_id || '-' || n, 'Some' FROM generate_series(1, :n) n;
INSERT INTO merchants (slug, name) SELECT 'm-' || :deal_id || '-' || n, 'A shop' FROM generate_series(1, :n) n;
INSERT INTO deals (author_id, merchant_id, category_id, title, price_cents)
SELECT :user_id, (SELECT max(id) FROM merchants), (SELECT max(id) FROM categories), 'lamp-' || :deal_id, n
  FROM generate_series(1, :n) n;
INSERT INTO price_changes (deal_id, price_cents) SELECT :deal_id, n FROM generate_series(1, :n) n;
INSERT INTO reviews (deal_id, author_id, rating, body)
SELECT :deal_id, id, 4, 'Yes.' FROM users WHERE username LIKE 'p-' || :deal_id || '-%';
INSERT INTO reviews (deal_id, author_id, rating, body)
SELECT id, :user_id, 4, 'Yes.' FROM deals WHERE title = 'lamp-' || :deal_id;
INSERT INTO comments (review_id, deal_id, author_id, parent_id, body)
SELECT :review_id, :deal_id, :user_id, parent_id, 'Why?'
  FROM generate_series(1, :n), (VALUES (NULL), (:comment_id)) AS under (parent_id);
INSERT INTO bookmarks (deal_id, user_id)
SELECT deals.id, users.id FROM deals, users WHERE title = 'lamp-' || :deal_id AND role = 'admin';
INSERT INTO deal_votes (deal_id, user_id, value)
SELECT deals.id, users.id, 1 FROM deals, users WHERE title = 'lamp-' || :deal_id AND role = 'admin';
INSERT INTO review_votes (review_id, user_id, helpful)
SELECT reviews.id, users.id, true FROM reviews, users WHERE deal_id = :deal_id AND role = 'admin'
                                                         AND author_id <> :user_id;
INSERT INTO comment_votes (comment_id, user_id, value)
SELECT comments.id, users.id, 1 FROM comments, users WHERE deal_id = :deal_id AND role = 'admin'
                                                       AND comments.id <> :comment_id;
INSERT INTO reports (reporter_id, target_type, deal_id, reason)
SELECT id, 'deal', :deal_id, 'spam' FROM users WHERE username LIKE 'p-' || :deal_id || '-%';
INSERT INTO reports (reporter_id, target_type, review_id, reason)
SELECT id, 'review', :review_id, 'fake' FROM users WHERE username LIKE 'p-' || :deal_id || '-%';
INSERT INTO moderation_log (moderator_id, action, target_type, target_id)
SELECT :user_id, 'hide', 'deal', :deal_id FROM generate_series(1, :n);
INSERT INTO notifications (user_id, kind, subject_type, subject_id, message)
SELECT id, 'warning', 'deal', :deal_id, 'Mind.' FROM users, generate_series(1, :n) WHERE role = 'admin'
"""


def crowd(ids: Ids, count: int) -> None:
    """Commit *count* more of everything below the things that *ids* name, and of what an admin has and did."""
    with transaction():
        for statement in CROWDING.split(";"):
            db.session.execute(text(statement), {**ids, "n": count})
