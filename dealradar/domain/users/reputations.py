"""What the community thinks of a person, as one number."""

from typing import Final

from sqlalchemy import text

from dealradar.extensions import db

TIMEOUT_S: Final = 60
REFRESH: Final = text("""
    WITH earned (user_id, points) AS (
        SELECT author_id, 10 * sum(helpful_count::bigint) - 2 * sum(unhelpful_count::bigint)
          FROM reviews WHERE status = 'visible' AND author_id BETWEEN :first AND :last GROUP BY author_id
        UNION ALL
        SELECT author_id, sum(score::bigint)
          FROM comments WHERE status = 'visible' AND author_id BETWEEN :first AND :last GROUP BY author_id
        UNION ALL
        SELECT author_id, 5 * sum(greatest(score, 0)::bigint)
          FROM deals
         WHERE status IN ('active', 'expired') AND author_id BETWEEN :first AND :last GROUP BY author_id
    ), deserved (user_id, reputation) AS (
        SELECT user_id, least(greatest(sum(points), -2147483648), 2147483647)::integer FROM earned GROUP BY user_id
    ), changed (user_id, reputation) AS (
        SELECT users.id, coalesce(deserved.reputation, 0)
          FROM users LEFT JOIN deserved ON deserved.user_id = users.id
         WHERE users.id BETWEEN :first AND :last AND users.reputation <> coalesce(deserved.reputation, 0)
           FOR NO KEY UPDATE OF users SKIP LOCKED
    ), written AS (
        UPDATE users SET reputation = changed.reputation FROM changed WHERE users.id = changed.user_id RETURNING 1
    )
    SELECT count(*) FROM written
""")
"""The formula: 10 for each helpful vote on a visible review, -2 for each unhelpful one, the score of each visible
comment, and 5 for each up-vote by which a visible deal is ahead.

Only rows that change are written, and those that somebody else is writing are left for the next time, so that nobody
waits for the refresh, nor it for them.
"""


def refresh_reputations(part: int = 0, *, of: int = 1) -> int:
    """Bring the reputations of a *part* of all people up to date; return how many changed. The caller commits.

    *of* is how many parts there are, the first being 0: what is changed is read anew, and all at once that would be
    most of what is read. Its transaction may take up to ``TIMEOUT_S``, longer than a request's.
    """
    db.session.execute(text(f"SET LOCAL statement_timeout = '{TIMEOUT_S}s'"))
    people: int = db.session.execute(text("SELECT coalesce(max(id), 0) FROM users")).scalar_one()
    bounds = {"first": people * part // of + 1, "last": people * (part + 1) // of}
    changed: int = db.session.execute(REFRESH, bounds).scalar_one()
    return changed
