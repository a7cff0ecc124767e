"""What the cache store's server says of itself, as families: read when they are asked for, by whichever process is."""

from typing import Final

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from dealradar.monitoring.servers import StoreReading

UP: Final = "dealradar_redis_up"
_PREFIX: Final = "dealradar_redis_"
_GAUGES: Final = (
    ("memory_bytes", "Memory that the cache store's server uses."),
    ("max_memory_bytes", "Memory that it may use; 0 where it is not bounded."),
    ("keys", "Keys in the database that the cache uses."),
    ("clients", "Connections to the server."),
)
_COUNTERS: Final = (
    ("evictions", "evicted_keys", "Keys that it dropped to make room."),
    ("expirations", "expired_keys", "Keys whose time was over."),
)
FAMILIES: Final = frozenset(
    {UP, *(_PREFIX + name for name, _ in _GAUGES), *(f"{_PREFIX}{name}_total" for _, name, _ in _COUNTERS)}
)


def gauges(reading: StoreReading | None) -> list[Metric]:
    """Return `FAMILIES` as *reading* has them; without one, that the server doesn't answer, and nothing more."""
    is_up = GaugeMetricFamily(UP, "Whether the cache store's server answers.", value=int(reading is not None))
    if reading is None:
        return [is_up]
    return [
        is_up,
        *(GaugeMetricFamily(_PREFIX + name, text, value=getattr(reading, name)) for name, text in _GAUGES),
        *(CounterMetricFamily(_PREFIX + name, text, value=getattr(reading, of)) for of, name, text in _COUNTERS),
    ]
