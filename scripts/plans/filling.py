"""Rows for tables of which no seeded community has any, as a site has after a month."""

from typing import Final

from sqlalchemy import text

from dealradar.extensions import db

FILLERS: Final = {
    "tokens": """
        INSERT INTO tokens (user_id, token_hash, created_at, expires_at)
        SELECT owner.id, sha256(n::text::bytea), now(), now() + make_interval(days => n % 40 - 33, secs => n * 0.001)
          FROM generate_series(1, :rows) AS n
          JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number FROM users ORDER BY id LIMIT 5000) AS owner
            ON owner.number = 1 + n % least(5000, (SELECT count(*) FROM users))
    """,
    "cache_outbox": """
        INSERT INTO cache_outbox (transaction_id, tag, created_at, delivered_at)
        SELECT n, 'deal:' || n, now() - interval '2 hours',
               CASE WHEN n % 500 > 0 THEN now() - make_interval(secs => n * 0.1) END
          FROM generate_series(1, :rows) AS n
    """,
    "cache_jobs": """
        INSERT INTO cache_jobs (kind, state, asked_by, tags, patterns, paths)
        SELECT 'warm', CASE WHEN n % 1000 > 0 THEN 'done' ELSE 'queued' END, 'operator', '{}', '{}', '{/deals}'
          FROM generate_series(1, :rows) AS n
    """,
}


def fill(table: str, rows: int) -> None:
    """Put *rows* into *table*, if it is one of those; the caller rolls back."""
    if table in FILLERS:
        db.session.execute(text(FILLERS[table]), {"rows": rows})
        db.session.execute(text(f"ANALYZE {table}"))
