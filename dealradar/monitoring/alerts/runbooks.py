"""What to do about each signal, a step each; docs/alerts.md says the same, and a test compares them."""

from collections.abc import Mapping
from typing import Final

from dealradar.monitoring.alerts.signals import Signal

STEPS: Final[Mapping[Signal, tuple[str, ...]]] = {
    Signal.CACHE_HIT_RATIO: (
        "flask --app wsgi cache policies: is an endpoint switched off, or its TTL very short?",
        "flask --app wsgi cache stats: has Redis been emptied, or does it evict?",
        "After a deployment or a flush wait five minutes, or fill it: flask --app wsgi cache warm --top 200",
    ),
    Signal.RESPONSE_TIME_MEAN: (
        "Look which endpoint is slow: /metrics/cache, or the endpoints' table of the dashboard.",
        "Look whether another alert says why: Redis, the database, the hit ratio.",
        "flask --app wsgi db-indexes status: is each index there and ready?",
        "SELECT pid, now() - query_start, query FROM pg_stat_activity WHERE state = 'active': what runs for long?",
    ),
    Signal.RESPONSE_TIME_P95: (
        "Look which endpoint is slow: /metrics/cache, or the endpoints' table of the dashboard.",
        "SELECT pid, now() - query_start, query FROM pg_stat_activity WHERE state = 'active': what runs for long?",
        "Look at dealradar_cache_shield_total: does it grow by gave_up, so that a crowd waits for recomputes?",
    ),
    Signal.ERROR_RATE: (
        "Look at /ready: which dependency is down?",
        'Look for what fails in the logs of the web processes: "level": "error", by request id.',
        "If it began with a deployment, go back to the one before; docs/operations.md, rollback.",
    ),
    Signal.REDIS_MEMORY: (
        "flask --app wsgi cache stats: how many keys of which kind, how much is evicted?",
        "Compare maxmemory with what the machine has: redis-cli config get maxmemory",
        "Let entries live shorter: flask --app wsgi cache policies set '/deals' --ttl-s 60",
    ),
    Signal.REDIS_CONNECTION: (
        "Look at /ready: what does the connection to the cache say?",
        "Look whether Redis runs, and at its log; start it if it doesn't. It may come back empty.",
        "If it is up but slow: redis-cli slowlog get 10, and redis-cli --latency",
        "If it can't be mended soon: CACHE_ENABLED=false and restart web; docs/operations.md, switching the cache off.",
    ),
    Signal.BROKER_CONNECTION: (
        "Look at /ready: what does the connection to the broker say?",
        "Look whether the broker's Redis runs, and at its log; start it if it doesn't.",
        "Nothing needs to be done afterwards: workers come back by themselves, and the sweep pays what is owed.",
    ),
    Signal.OUTBOX_OLDEST: (
        "Look whether worker and beat run; the sweep pays what is owed.",
        "TABLE cache_targets: who can't be told, and why?",
        "Follow docs/operations.md, a cache in front cannot be told.",
    ),
    Signal.STALE_RATIO: (
        "Look for cache_entry_stale in the logs of the workers: which path and which tags?",
        "flask --app wsgi cache invalidate --all: what is stale is gone.",
        "Did somebody write with triggers off (session_replication_role), or restore a backup?",
    ),
    Signal.CELERY_SILENT: (
        "Look whether beat and at least one worker run, and at their logs; start them if they don't.",
        "Look at /ready: does the broker answer?",
        "A worker that runs and does nothing is stuck in a task: restart it, its tasks are run again.",
    ),
    Signal.DATABASE_DOWN: (
        "Look whether PostgreSQL runs, at its log and its disk; start it if it doesn't.",
        "If it has too many connections: SELECT state, count(*) FROM pg_stat_activity GROUP BY state",
        "Reads of what is cached go on meanwhile; CACHE_STALE_IF_ERROR_S lets what is outdated be served, too.",
    ),
    Signal.DISK_FREE: (
        "df -h and du -xh --max-depth=2 / | sort -h | tail: what is large?",
        "Remove old logs, and .eml files in MAIL_DIR that were read.",
        "Where PostgreSQL's disk is full, give it more before it stops; it refuses writes then.",
    ),
    Signal.MAIL_FAILING: (
        "flask --app wsgi alerts test-mail: what does the mail server say?",
        "Compare SMTP_HOST, SMTP_PORT, SMTP_TLS, SMTP_USERNAME and SMTP_PASSWORD with what the server wants.",
        "Nothing is lost: mails that could not be sent are tried again, and stand in the dashboard.",
    ),
}
