"""What is measured of the answers of cacheable endpoints: how they were come by, and why so."""

from typing import Final

from prometheus_client import Counter, Histogram

from dealradar.httpcache.serving import Served, XCache
from dealradar.monitoring.observations import Observed, add

AGE_BUCKETS_S: Final = (0.1, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 1_800.0)
VALID: Final = "valid"

RESPONSES: Final = Counter(
    "dealradar_cache_responses",
    "Answers of cacheable endpoints by how they were come by, and why so.",
    ("endpoint", "result", "reason"),
)
HIT_AGE: Final = Histogram(
    "dealradar_cache_hit_age_seconds", "How old hits were.", ("endpoint",), buckets=AGE_BUCKETS_S
)
WARMED_HITS: Final = Counter(
    "dealradar_cache_warmed_hits", "Hits of entries that were made before anybody had asked for them.", ("endpoint",)
)


def note(endpoint: str, served: Served, *, now_s: float) -> None:
    """Count how *served* was come by; *now_s* is Unix time."""
    RESPONSES.labels(endpoint, served.x_cache, reason_of(served)).inc()
    if served.x_cache is XCache.HIT and served.stored_at_s is not None:
        HIT_AGE.labels(endpoint).observe(max(0.0, now_s - served.stored_at_s))
        if served.warmed:
            WARMED_HITS.labels(endpoint).inc()


def add_hits(endpoint: str, ages: Observed, *, warmed: int = 0) -> None:
    """Count hits that nobody noted one by one: their *ages* in `AGE_BUCKETS_S`, and how many were of *warmed* ones."""
    RESPONSES.labels(endpoint, XCache.HIT, VALID).inc(ages.count)
    add(HIT_AGE.labels(endpoint), ages)
    if warmed:
        WARMED_HITS.labels(endpoint).inc(warmed)


def reason_of(served: Served) -> str:
    """Return why *served* was come by as it was: a word of a small fixed set."""
    return served.missed or served.detail or VALID
