"""Which targets are left alone for now, since they could not be told the last time."""

from typing import Final

from sqlalchemy import text

from dealradar.extensions import db
from dealradar.invalidation.targets import Target

MAX_ERROR_CHARS: Final = 500

_IS_DUE: Final = text(
    "SELECT NOT EXISTS (SELECT FROM cache_targets WHERE name = :name AND retry_at > clock_timestamp())"
)

_FAIL: Final = text("""
    INSERT INTO cache_targets (name, failures, retry_at, last_error) VALUES (:name, 1, clock_timestamp(), :error)
        ON CONFLICT (name) DO UPDATE SET failures = cache_targets.failures + 1, last_error = excluded.last_error
    RETURNING failures
""")

_PUT_OFF: Final = text("""
    UPDATE cache_targets SET retry_at = clock_timestamp() + make_interval(secs => :wait_s) WHERE name = :name
""")

_FORGIVE: Final = text("DELETE FROM cache_targets WHERE name = :name")


def is_due(target: Target) -> bool:
    """Return whether *target* may be tried now."""
    return bool(db.session.scalar(_IS_DUE, {"name": target.name}))


def fail(target: Target, error: str) -> None:
    """Leave *target* alone for a while, longer after each failure in a row; the caller commits."""
    failures = db.session.execute(_FAIL, {"name": target.name, "error": error[:MAX_ERROR_CHARS]}).scalar_one()
    db.session.execute(_PUT_OFF, {"name": target.name, "wait_s": target.backoff.after(failures)})


def succeed(target: Target) -> None:
    """Hold nothing against *target*; the caller commits."""
    db.session.execute(_FORGIVE, {"name": target.name})
