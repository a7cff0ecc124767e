"""Which targets are left alone for now: they could not be told, are being told, or take so much at a time."""

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

_TAKE: Final = text("""
    INSERT INTO cache_targets (name, failures, retry_at, last_error)
    VALUES (:name, 0, clock_timestamp() + make_interval(secs => :busy_s), '')
        ON CONFLICT (name) DO UPDATE SET retry_at = excluded.retry_at WHERE cache_targets.retry_at <= clock_timestamp()
    RETURNING true
""")

_REST: Final = text("""
    UPDATE cache_targets
       SET failures = 0, last_error = '', retry_at = clock_timestamp() + make_interval(secs => :pace_s)
     WHERE name = :name
""")

_FORGIVE: Final = text("DELETE FROM cache_targets WHERE name = :name")


def is_due(target: Target) -> bool:
    """Return whether *target* may be tried now."""
    return bool(db.session.scalar(_IS_DUE, {"name": target.name}))


def take(target: Target, *, busy_s: float) -> bool:
    """Return whether *target* may be tried now by us, and by nobody else for *busy_s*; the caller commits."""
    return bool(db.session.scalar(_TAKE, {"name": target.name, "busy_s": busy_s}))


def fail(target: Target, error: str, *, retry_after_s: float = 0.0) -> None:
    """Leave *target* alone for *retry_after_s*, or longer after more failures in a row; the caller commits."""
    failures = db.session.execute(_FAIL, {"name": target.name, "error": error[:MAX_ERROR_CHARS]}).scalar_one()
    db.session.execute(_PUT_OFF, {"name": target.name, "wait_s": max(retry_after_s, target.backoff.after(failures))})


def succeed(target: Target) -> None:
    """Hold nothing against *target*, which may be told again after its pace; the caller commits."""
    if target.pace_s:
        db.session.execute(_REST, {"name": target.name, "pace_s": target.pace_s})
        return
    db.session.execute(_FORGIVE, {"name": target.name})
